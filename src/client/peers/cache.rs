//! Who is known, and what was looked up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::client::error::Error;
use crate::map::IdMap;
use crate::tl::api::enums::{Chat, User};
use crate::updates::PeerId;

/// How long it is kept whose a name is. A name may be given up and taken by another; clients of Telegram's own keep names for up to a day.
pub const KEEP_NAMES: Duration = Duration::from_secs(3_600);

/// How long the list of chats is not asked for again on behalf of an id that was not in it.
const KEEP_DIALOGS: Duration = Duration::from_secs(60);

/// Peers of each of two generations: some 2 MiB in all. A list of participants brings two hundred at a time.
const MAX_KNOWN: usize = 16_384;

/// Names that are kept. When there are as many, those that are old go, or else all.
const MAX_NAMES: usize = 4_096;

/// What the server is asked for, once for all who ask.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// In small letters.
    Username(String),
    Phone(String),
    Invite(String),
    /// The list of chats, for ids.
    Dialogs,
}

/// Who was found.
pub(super) type Found = Result<Option<PeerId>, Error>;

/// Who is known to a login. It shows no access hash.
#[derive(Default)]
pub(in crate::client) struct Cache(Mutex<State>);

#[derive(Default)]
struct State {
    /// Access hashes: what is used goes from the old generation to the young one, and what is left there when that is full goes.
    young: IdMap<PeerId, i64>,
    old: IdMap<PeerId, i64>,
    names: HashMap<Question, (Option<PeerId>, Instant)>,
    asking: HashMap<Question, Arc<OnceCell<Found>>>,
    /// How many logins there were: hashes of one say nothing in another.
    login: Login,
}

/// Which login it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::client) struct Login(u64);

impl Cache {
    /// The login at hand, to be given with what is learnt.
    pub(in crate::client) fn login(&self) -> Login {
        self.lock().login
    }

    /// Somebody logged in or out.
    pub(in crate::client) fn forget(&self) {
        let mut state = self.lock();
        *state = State { login: Login(state.login.0.wrapping_add(1)), ..State::default() };
    }

    /// Hears of users and chats. Of `min` ones the hash names nobody (<https://core.telegram.org/api/min>).
    pub(in crate::client) fn learn(&self, login: Login, users: &[User], chats: &[Chat]) {
        let mut state = self.lock();
        if state.login != login {
            return;
        }
        for user in users {
            let User::User(user) = user else { continue };
            if let Some(hash) = user.access_hash.filter(|_| !user.min) {
                let id = PeerId::User(user.id);
                let more = user.usernames.iter().flatten().filter(|name| name.active);
                let names = user.username.iter().chain(more.map(|name| &name.username));
                state.meet(id, hash, names);
            }
        }
        for chat in chats {
            match chat {
                Chat::Channel(channel) => {
                    if let Some(hash) = channel.access_hash.filter(|_| !channel.min) {
                        let id = PeerId::Channel(channel.id);
                        let more = channel.usernames.iter().flatten().filter(|name| name.active);
                        let names = channel.username.iter().chain(more.map(|name| &name.username));
                        state.meet(id, hash, names);
                    }
                }
                Chat::ChannelForbidden(channel) => {
                    state.meet(PeerId::Channel(channel.id), channel.access_hash, []);
                }
                _ => {}
            }
        }
    }

    /// The access hash of somebody who is known.
    pub(super) fn hash(&self, id: PeerId) -> Option<i64> {
        let mut state = self.lock();
        if let Some(hash) = state.young.get(&id) {
            return Some(*hash);
        }
        let hash = state.old.get(&id).copied()?;
        state.keep(id, hash);
        Some(hash)
    }

    /// What was found not long ago.
    pub(super) fn found(&self, question: &Question) -> Option<Option<PeerId>> {
        let keep = if *question == Question::Dialogs { KEEP_DIALOGS } else { KEEP_NAMES };
        let (found, at) = self.lock().names.get(question).copied()?;
        (at.elapsed() < keep).then_some(found)
    }

    /// Keeps what was found.
    pub(super) fn keep_found(&self, login: Login, question: &Question, found: Option<PeerId>) {
        let mut state = self.lock();
        if state.login == login {
            state.name(question.clone(), found);
        }
    }

    /// A place to wait for an answer in, with all others who ask the same.
    pub(super) fn ask(&self, question: &Question) -> Asking<'_> {
        let cell = self.lock().asking.entry(question.clone()).or_default().clone();
        Asking { cache: self, question: question.clone(), cell }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn meet<'a, N: IntoIterator<Item = &'a String>>(&mut self, id: PeerId, hash: i64, names: N) {
        self.keep(id, hash);
        for name in names {
            self.name(Question::Username(name.to_lowercase()), Some(id));
        }
    }

    fn keep(&mut self, id: PeerId, hash: i64) {
        if self.young.len() >= MAX_KNOWN && !self.young.contains_key(&id) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, hash);
    }

    fn name(&mut self, question: Question, found: Option<PeerId>) {
        if self.names.len() >= MAX_NAMES && !self.names.contains_key(&question) {
            self.names.retain(|_, (_, at)| at.elapsed() < KEEP_NAMES);
            if self.names.len() >= MAX_NAMES {
                self.names.clear();
            }
        }
        self.names.insert(question, (found, Instant::now()));
    }
}

/// A question that is under way, as long as somebody waits.
pub(super) struct Asking<'a> {
    cache: &'a Cache,
    question: Question,
    pub(super) cell: Arc<OnceCell<Found>>,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut state = self.cache.lock();
        let is_it =
            state.asking.get(&self.question).is_some_and(|cell| Arc::ptr_eq(cell, &self.cell));
        // Nobody but the map and this has it.
        let is_last = Arc::strong_count(&self.cell) <= 2;
        if is_it && (self.cell.initialized() || is_last) {
            state.asking.remove(&self.question);
        }
    }
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.lock();
        write!(f, "Cache({} peers, {} names)", state.young.len(), state.names.len())
    }
}
