//! The world: all that Telegram's servers know, behind one lock, without I/O and without a clock.
//!
//! ```text
//!  State ─┬─ people     users and bots, by number, phone and name        one registry
//!         ├─ auth       codes, passwords asked for, QR codes, keys       crate::accounts
//!         ├─ accounts   what each of them has: its box, its dialogs, what it sent
//!         ├─ posts      what was said, once, however many boxes have a copy
//!         ├─ chats      basic groups; what is said there is in each one's box
//!         ├─ channels   supergroups and broadcast channels, each with its box
//!         ├─ invites    links into both
//!         ├─ cards      links by which people are found for a while
//!         ├─ files      parts that were saved, photos and documents; messages name them
//!         ├─ secrets    secret chats: who is in them, and packets on their way
//!         ├─ polls      how each stands; the messages that show one name it
//!         ├─ pushes     what waits to be handed to sessions, in the forms of `habits` and with what `faults` does to it
//!         ├─ due        when what is scheduled is to be sent
//!         ├─ lifetimes  when what was said goes by itself
//!         └─ dice       the only randomness
//! ```

mod account;
mod card;
mod channel;
mod chat;
mod commands;
mod contacts;
mod context;
mod dialog;
mod dice;
mod edit;
mod entities;
mod event;
mod faults;
mod files;
mod habits;
mod invite;
mod lifetime;
mod mailbox;
mod notify;
mod peer;
mod people;
mod poll;
mod post;
mod presence;
mod push;
mod query;
mod read;
mod reads;
mod receipt;
mod recent;
mod remove;
mod schedule;
mod secrets;
mod seed;
mod send;
mod send_as;
mod state;
#[cfg(test)]
pub(crate) mod tests;
mod transcript;
mod view;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use telewire::crypto::Entropy;
use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::server::{DataCentre, Dispatcher};
use telewire::time::Now;

use crate::layers::AnyLayer;
use crate::methods;
pub(crate) use account::Sent;
pub(crate) use channel::{
    BLUE, Ban, Channel, Deed, Founding, GENERAL, Logged, Missed, Topic, count,
};
pub(crate) use chat::{Exit as ChatExit, MAX_MEMBERS as MAX_CHAT_MEMBERS, MAX_TITLE};
pub(crate) use commands::Scope;
pub(crate) use contacts::Contact;
pub(crate) use context::{
    Actor, Caller, Context, Key, Viewer, forbidden, invalid, seconds, unauthorized,
};
pub(crate) use dialog::{Dialog, Part};
pub use faults::{PushFault, PushFaults};
pub use files::{DownloadFault, FileFaults, UploadFault};
pub(crate) use files::{FileKind, FileMedia, FilePart, FileRange, is_cdn};
pub use habits::{Habits, OwnPts};
pub(crate) use invite::{Invite, hash_of};
pub(crate) use lifetime::Lifetimes;
pub(crate) use mailbox::{Event, MessageCopy, What};
pub(crate) use notify::NotifyFor;
pub(crate) use peer::Peer;
pub use people::Person;
pub(crate) use people::{SUPPORT_PHONE, User, digits, is_username};
pub(crate) use post::{Content, Forward, Media, Post, PostId, Reacted};
pub(crate) use presence::Presence;
pub use push::Push;
pub(crate) use push::Wake;
pub(crate) use query::{PATIENCE, Results};
pub(crate) use recent::Recent;
pub(crate) use schedule::new_waiting;
pub(crate) use secrets::{Posted, SecretChat, Stage};
pub use state::Counts;
pub(crate) use state::State;
pub use transcript::Called;
pub(crate) use transcript::Transcript;
pub(crate) use view::View;

/// A Telegram: people, bots, and all that they say to each other. Clones are the same one.
///
/// Several data centres share it. Each account lives in one of them, and the others answer `PHONE_MIGRATE_X`,
/// `USER_MIGRATE_X` or `auth.loginTokenMigrateTo`. Codes are not sent anywhere: they are handed to whoever
/// [takes](World::take_codes) them.
///
/// It does nothing by itself: [`register`](Self::register) has a dispatcher answer for it, and whoever drives the data centre calls
/// [`deliver`](Self::deliver) after each step of it, so that clients get what nobody asked for.
#[derive(Clone)]
pub struct World(Arc<Mutex<State>>);

/// All that a world knew at a moment.
#[derive(Clone)]
pub struct Snapshot(Box<State>);

/// Where those live of whom nobody said where.
pub(crate) const HOME: DcId = DcId::production(2);

impl World {
    /// A world without anybody. Codes, numbers and secrets are drawn from a seed of 32 bytes, which is taken from `entropy`.
    #[must_use]
    pub fn new(mut entropy: impl Entropy) -> Self {
        Self(Arc::new(Mutex::new(State::new(&mut entropy))))
    }

    /// Adds a person, with a phone number that is made up, in data centre 2.
    #[must_use]
    pub fn user(&self, first_name: &str) -> Person {
        self.state().make_user(HOME, first_name)
    }

    /// Adds a bot, with a token and a username that are made up, in data centre 2: `Echo` is `echo_bot`, or `echo2_bot` if
    /// somebody is called so.
    #[must_use]
    pub fn bot(&self, name: &str) -> Person {
        self.state().make_bot(HOME, name)
    }

    /// Adds the account of a person, who lives in a data centre; gives its number. A phone number is told by its digits.
    pub fn add_user(&self, dc: DcId, phone: &str, first_name: &str) -> i64 {
        self.state().add_user(dc, phone, first_name)
    }

    /// Adds a bot that logs in with a token; gives its number, which is the token's first part if that is one.
    pub fn add_bot(&self, dc: DcId, token: &str, name: &str) -> i64 {
        self.state().add_bot(dc, token, name)
    }

    /// Gives a person or a bot a username, or takes it away with `""`; the person it was of has it no more.
    ///
    /// # Errors
    ///
    /// As `account.updateUsername`: `USERNAME_INVALID`, `USERNAME_OCCUPIED`; and `USER_ID_INVALID` when there is nobody with that
    /// number.
    pub fn set_username(&self, user: i64, username: &str) -> Result<(), RpcError> {
        self.state().set_username(user, username)
    }

    /// Somebody who was added otherwise, for [`log_in`](crate::Running::log_in) say; `None` if there is nobody of that number, or it
    /// is a bot whose token is not valid any more.
    #[must_use]
    pub fn person(&self, id: i64) -> Option<Person> {
        self.state().person(id)
    }

    /// The account that has a phone number, which is told by its digits.
    #[must_use]
    pub fn user_by_phone(&self, phone: &str) -> Option<i64> {
        self.state().user_by_phone(&digits(phone)).map(|user| user.id)
    }

    /// Has a data centre's dispatcher answer for this world. What it does not model is answered with `INPUT_METHOD_INVALID` and
    /// [counted](Self::unmodelled).
    ///
    /// Clients of the layers 135 to 230 are served: see [`layers`](crate::layers). A data centre with a number above 100 is a CDN: it
    /// answers `upload.getCdnFile` and nothing else ([`set_cdn`](Self::set_cdn)).
    pub fn register(&self, dc: DcId, dispatcher: &mut Dispatcher) {
        methods::install(self, dc, dispatcher);
        dispatcher.translate_with(AnyLayer);
    }

    /// How many positions behind the latest clients of a channel may be before `updates.getChannelDifference` answers
    /// `updates.channelDifferenceTooLong`: 100,000, unless it is said.
    pub fn keep_channel_events(&self, count: u32) {
        self.state().channels.kept = i32::try_from(count).unwrap_or(i32::MAX);
    }

    /// The methods that were asked for and are not modelled, and how often: by their names, or by their constructors if no schema
    /// knows them.
    #[must_use]
    pub fn unmodelled(&self) -> Vec<(String, u64)> {
        self.state().unmodelled.iter().map(|(name, count)| (name.clone(), *count)).collect()
    }

    /// How many calls were answered and refused, and how much clients were told.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.state().counts
    }

    /// Hands to clients of a data centre what waits for them.
    pub fn deliver(&self, dc: DcId, data_centre: &mut DataCentre, now: Now) {
        // The time is the data centre's, however wrong its clock is.
        self.tick(data_centre.clock(now).unix);
        for Push { key, session, updates } in self.take_pushes(dc) {
            // UM-09: a session that is gone has another of the login's in its place, if that is to get updates too. Of a client that
            // has none any more nobody is told: it asks by itself when it comes back.
            let others = self.state().auth.sessions_of(Key { dc, key });
            let is_known = !others.is_empty();
            let mut sessions = session.into_iter().chain(others);
            let is_told = sessions.any(|session| data_centre.push(now, key, session, &updates));
            if !is_told && !is_known {
                // Of whoever is about to log in, whose temporary key was replaced meanwhile.
                data_centre.push_to_latest(now, key, &updates);
            }
        }
        let answers = self.state().take_answers(dc);
        for (token, answer) in answers {
            // Whoever asked may be gone.
            data_centre.answer(now, token, answer);
        }
    }

    /// What waits for clients of a data centre, for whoever hands it over.
    #[must_use]
    pub fn take_pushes(&self, dc: DcId) -> Vec<Push> {
        self.state().take_pushes(dc)
    }

    /// The time has come to this: what was to happen until then happens, as messages that were scheduled are sent. Each call and each
    /// [`deliver`](Self::deliver) does it too; the time never goes back.
    pub fn tick(&self, unix: Duration) {
        let mut state = self.state();
        let unix = unix.saturating_add(state.ahead);
        state.pass(unix);
    }

    /// When something happens next though nobody calls: the unix time by which to [`deliver`](Self::deliver) again.
    #[must_use]
    pub fn next_at(&self) -> Option<Duration> {
        let state = self.state();
        state.next_at().map(|at| at.saturating_sub(state.ahead))
    }

    /// In which form clients are told what happens, from now on.
    pub fn set_habits(&self, habits: Habits) {
        self.state().habits = habits;
    }

    /// What goes wrong with what clients are told, by chance, from now on.
    pub fn set_push_faults(&self, chances: PushFaults) {
        self.state().faults.chances = chances;
    }

    /// What happens to what clients are told next, one after the other, whatever the chances are.
    pub fn script_pushes(&self, faults: impl IntoIterator<Item = PushFault>) {
        self.state().faults.script.extend(faults);
    }

    /// How many events of a box are kept for `updates.getDifference`: beyond them it is `updates.differenceTooLong`. Of Telegram's
    /// common boxes these are some five million.
    pub fn set_box_size(&self, events: usize) {
        self.state().box_size = events;
    }

    /// How many events one answer of `updates.getDifference` has, if the client does not say: more of them come in slices (UM-06).
    pub fn set_page(&self, events: usize) {
        self.state().page = events.max(1);
    }

    /// Has `wake` called whenever something begins to wait for clients, from within the call that causes it: it must neither
    /// wait nor lock a data centre. Whoever is woken by it should [`deliver`](Self::deliver) in each data centre. It is called at once
    /// if something waits already.
    pub fn on_push(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.with(|state| state.wake = Wake::new(wake));
    }

    /// All that is known now, to go back to it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(Box::new(self.state().clone()))
    }

    /// Goes back to what was known. Clients are not told: their sessions are their data centres', and stay.
    pub fn restore(&self, snapshot: Snapshot) {
        let mut state = self.state();
        let wake = std::mem::take(&mut state.wake);
        *state = *snapshot.0;
        state.wake = wake.clone();
        drop(state);
        // What waited then waits again.
        wake.call();
    }

    /// Does something with what is known, and wakes whoever hands out what waits afterwards.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let done = work(&mut state);
        let wake = if state.is_idle() { Wake::default() } else { state.wake.clone() };
        drop(state);
        wake.call();
        done
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "World({} accounts)", self.state().people.len())
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot({} accounts)", self.0.people.len())
    }
}
