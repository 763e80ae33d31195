//! Who is logged in with which key, and who is about to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use telewire::crypto::Secret;
use telewire::crypto::srp::{SrpParams, SrpServer};
use telewire::ids::{DcId, SessionId};
use telewire::rpc::RpcError;

use crate::accounts::code::{Code, CodeKind, SentCode};
use crate::accounts::qr::{self, Token};
use crate::world::{Context, Key, Recent, State, unauthorized};

/// Who is logged in, and who is about to.
#[derive(Clone)]
pub(crate) struct Auth {
    /// Bots by their tokens.
    pub(crate) bots: HashMap<String, i64>,
    /// Tokens that were replaced.
    pub(super) expired_tokens: HashSet<String>,
    /// Phone numbers that may not log in.
    pub(super) banned: HashSet<String>,
    /// The codes by phone number, the latest alone.
    pub(super) codes: HashMap<String, Code>,
    /// The codes on their way to whoever takes them.
    pub(super) outgoing: VecDeque<SentCode>,
    pub(super) kinds: Vec<CodeKind>,
    pub(super) code_lifetime: Duration,
    pub(super) home_of_new: Option<DcId>,
    pub(crate) logins: HashMap<Key, Login>,
    /// The sessions of a key that called last, the latest in front.
    pub(crate) sessions: HashMap<Key, VecDeque<SessionId>>,
    /// The keys of each account that is logged in.
    keys: HashMap<i64, BTreeSet<Key>>,
    /// Keys whose login was ended, and what they are told.
    pub(super) revoked: Recent<Key, String, MAX_KEYS>,
    /// Keys that have still to prove a password, and whose.
    pub(super) pending: Recent<Key, i64, MAX_KEYS>,
    /// The questions that were asked, each to be answered once.
    pub(super) questions: Recent<Key, (i64, i64, SrpServer), MAX_QUESTIONS>,
    /// The salts that were given for a new password.
    pub(super) offered: Recent<Key, (Vec<u8>, Vec<u8>), MAX_QUESTIONS>,
    pub(super) tokens: Vec<Token>,
    pub(super) qr_lifetime: Duration,
    pub(super) transfers: Recent<[u8; TRANSFER_BYTES], Transfer, MAX_TRANSFERS>,
    pub(crate) addresses: BTreeMap<DcId, SocketAddr>,
    /// What the next calls of a function are answered with, whatever they ask.
    pub(crate) refusals: HashMap<u32, VecDeque<RpcError>>,
}

/// What a key is that of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Login {
    pub(crate) user: i64,
    /// The key that logged in: this one, or the one that the login was transferred from.
    pub(crate) by: Key,
    /// The session that called last, of those that are to get updates (UM-09).
    pub(crate) session: Option<SessionId>,
    /// The number of the last container that has one (UM-08).
    pub(crate) seq: i32,
    /// When it called first, and when it did last.
    pub(super) created: i32,
    pub(super) active: i32,
}

#[derive(Clone)]
pub(crate) struct Password {
    pub(super) params: SrpParams,
    pub(super) salt1: Vec<u8>,
    pub(super) salt2: Vec<u8>,
    pub(super) verifier: Secret<256>,
    pub(super) hint: String,
}

/// An authorization on its way to another data centre.
#[derive(Clone)]
pub(super) struct Transfer {
    pub(super) login: Login,
    pub(super) to: DcId,
    pub(super) expires: Duration,
}

/// Sessions of a key that are remembered: as many as a bot may have at once, and no more.
const MAX_SESSIONS: usize = 8;

/// Keys that are not those of a login but are remembered. One that is forgotten is as if it were new: it logs in from the beginning.
const MAX_KEYS: usize = 16_384;

/// Questions about passwords at a time; each takes 2 KiB. One that is forgotten is asked again.
const MAX_QUESTIONS: usize = 1_024;

/// Logins on their way to other data centres at a time; each lasts a minute.
const MAX_TRANSFERS: usize = 16_384;

/// Bytes by which one is imported.
pub(super) const TRANSFER_BYTES: usize = 32;

/// The number before the first container that has one.
pub(super) const FIRST_SEQ: i32 = 1;

/// Five minutes, as long as Telegram's codes last at least.
const CODE_LIFETIME: Duration = Duration::from_secs(300);

impl Default for Auth {
    fn default() -> Self {
        Self {
            bots: HashMap::new(),
            expired_tokens: HashSet::new(),
            banned: HashSet::new(),
            codes: HashMap::new(),
            outgoing: VecDeque::new(),
            kinds: vec![CodeKind::Sms, CodeKind::Call],
            code_lifetime: CODE_LIFETIME,
            home_of_new: None,
            logins: HashMap::new(),
            sessions: HashMap::new(),
            keys: HashMap::new(),
            revoked: Recent::default(),
            pending: Recent::default(),
            questions: Recent::default(),
            offered: Recent::default(),
            tokens: Vec::new(),
            qr_lifetime: qr::LIFETIME,
            transfers: Recent::default(),
            addresses: BTreeMap::new(),
            refusals: HashMap::new(),
        }
    }
}

impl Auth {
    /// The logins of an account, by the order of their keys.
    pub(crate) fn logins_of(&self, user: i64) -> impl Iterator<Item = (Key, Login)> {
        let keys = self.keys.get(&user).into_iter().flatten();
        keys.filter_map(|key| Some((*key, *self.logins.get(key)?)))
    }

    /// The sessions of a key that called last and are to get updates, the latest in front.
    pub(crate) fn sessions_of(&self, key: Key) -> Vec<SessionId> {
        self.sessions.get(&key).into_iter().flatten().copied().collect()
    }

    /// The token of a bot.
    pub(crate) fn token_of(&self, bot: i64) -> Option<&str> {
        let valid = self.bots.iter().filter(|(token, _)| !self.expired_tokens.contains(*token));
        valid.filter(|(_, id)| **id == bot).map(|(token, _)| token.as_str()).min()
    }

    /// UM-09: somebody called; if it is to get updates, its session is the one from now on.
    pub(crate) fn seen(&mut self, context: &Context) {
        let Some(login) = self.logins.get_mut(&context.key) else { return };
        login.active = context.date();
        if login.created == 0 {
            login.created = login.active;
        }
        if context.wants_updates {
            login.session = Some(context.session);
            let sessions = self.sessions.entry(context.key).or_default();
            if sessions.front() != Some(&context.session) {
                sessions.retain(|session| *session != context.session);
                sessions.push_front(context.session);
                sessions.truncate(MAX_SESSIONS);
            }
        }
    }

    fn insert(&mut self, key: Key, login: Login) {
        self.remove(key);
        self.logins.insert(key, login);
        self.keys.entry(login.user).or_default().insert(key);
    }

    fn remove(&mut self, key: Key) {
        let Some(login) = self.logins.remove(&key) else { return };
        self.sessions.remove(&key);
        if let Some(keys) = self.keys.get_mut(&login.user) {
            keys.remove(&key);
            if keys.is_empty() {
                self.keys.remove(&login.user);
            }
        }
    }
}

impl State {
    /// Who is logged in with a key.
    pub(crate) fn login(&self, key: Key) -> Result<i64, RpcError> {
        if let Some(name) = self.auth.revoked.get(&key) {
            let code = if name == "AUTH_KEY_DUPLICATED" { 406 } else { 401 };
            return Err(RpcError::parse(code, name));
        }
        match (self.auth.logins.get(&key), self.auth.pending.get(&key)) {
            (Some(login), _) => Ok(login.user),
            (None, Some(_)) => Err(unauthorized("SESSION_PASSWORD_NEEDED")),
            (None, None) => Err(unauthorized("AUTH_KEY_UNREGISTERED")),
        }
    }

    /// Logs an account in, unless a password is missing or it lives elsewhere.
    pub(super) fn log_in(&mut self, key: Key, user: i64) -> Result<(), RpcError> {
        let account = self.people.user(user).ok_or_else(|| unauthorized("USER_DEACTIVATED"))?;
        if account.home != key.dc {
            let number = account.home.number;
            return Err(RpcError::parse(303, &format!("USER_MIGRATE_{number}")));
        }
        if account.password.is_some() {
            self.auth.pending.insert(key, user);
            return Err(unauthorized("SESSION_PASSWORD_NEEDED"));
        }
        self.logged_in(key, user);
        Ok(())
    }

    /// The key is that of a login from now on.
    pub(super) fn logged_in(&mut self, key: Key, user: i64) {
        self.transferred(
            key,
            Login { user, by: key, session: None, seq: FIRST_SEQ, created: 0, active: 0 },
        );
    }

    /// The key is that of a login, which came from another data centre.
    pub(super) fn transferred(&mut self, key: Key, login: Login) {
        self.auth.pending.remove(&key);
        self.auth.revoked.remove(&key);
        self.auth.insert(key, login);
    }

    /// Ends a login in every data centre that it was taken to.
    pub(super) fn log_out(&mut self, key: Key) {
        let Some(Login { user, by, .. }) = self.auth.logins.get(&key).copied() else { return };
        let all: Vec<_> = self.auth.logins_of(user).collect();
        for (key, _) in all.into_iter().filter(|(_, login)| login.by == by) {
            self.auth.remove(key);
        }
        // What is on its way is not valid any more either.
        self.auth.transfers.retain(|transfer| transfer.login.by != by);
    }

    pub(super) fn revoke(&mut self, key: Key, name: &str) {
        self.auth.remove(key);
        self.auth.revoked.insert(key, name.to_owned());
    }
}
