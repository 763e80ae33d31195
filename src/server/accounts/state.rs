//! What is known of accounts, and who is logged in with which key.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use crate::crypto::srp::{SrpParams, SrpServer};
use crate::crypto::{EntropyExt, KeyId, Secret};
use crate::ids::{DcId, SessionId};
use crate::rpc::RpcError;
use crate::server::DcEntropy;
use crate::server::accounts::code::{Code, CodeKind, SentCode};
use crate::server::accounts::invalid;
use crate::server::accounts::qr::{self, Token};
use crate::tl::api::types::UpdateShort;

/// A key of a data centre's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) dc: DcId,
    pub(super) key: KeyId,
}

pub(super) struct State {
    pub(super) entropy: Box<dyn DcEntropy>,
    pub(super) users: BTreeMap<i64, User>,
    pub(super) bots: HashMap<String, i64>,
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
    pub(super) logins: HashMap<Key, Login>,
    /// Keys whose login was ended, and what they are told.
    pub(super) revoked: HashMap<Key, String>,
    /// Keys that have still to prove a password, and whose.
    pub(super) pending: HashMap<Key, i64>,
    /// The questions that were asked, each to be answered once.
    pub(super) questions: HashMap<Key, (i64, i64, SrpServer)>,
    pub(super) tokens: Vec<Token>,
    pub(super) qr_lifetime: Duration,
    pub(super) transfers: HashMap<Vec<u8>, Transfer>,
    pub(super) updates: Vec<(Key, SessionId, UpdateShort)>,
    pub(super) addresses: BTreeMap<DcId, SocketAddr>,
    /// What the next calls of a function are answered with, whatever they ask.
    pub(super) refusals: HashMap<u32, VecDeque<RpcError>>,
    next_user: i64,
}

/// What a key is that of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Login {
    pub(super) user: i64,
    /// The key that logged in: this one, or the one that the login was transferred from.
    pub(super) by: Key,
}

pub(super) struct User {
    pub(super) id: i64,
    pub(super) home: DcId,
    /// Without one it is a bot.
    pub(super) phone: Option<String>,
    pub(super) first_name: String,
    pub(super) last_name: Option<String>,
    pub(super) password: Option<Password>,
}

pub(super) struct Password {
    pub(super) params: SrpParams,
    pub(super) salt1: Vec<u8>,
    pub(super) salt2: Vec<u8>,
    pub(super) verifier: Secret<256>,
    pub(super) hint: String,
}

/// An authorization on its way to another data centre.
pub(super) struct Transfer {
    pub(super) login: Login,
    pub(super) to: DcId,
    pub(super) expires: Duration,
}

/// Five minutes, as long as Telegram's codes last at least.
const CODE_LIFETIME: Duration = Duration::from_secs(300);

/// The numbers of people begin here, so that they need 64 bits as many of Telegram's do.
const FIRST_USER: i64 = 5_000_000_001;

impl State {
    pub(super) fn new(entropy: Box<dyn DcEntropy>) -> Self {
        Self {
            entropy,
            users: BTreeMap::new(),
            bots: HashMap::new(),
            expired_tokens: HashSet::new(),
            banned: HashSet::new(),
            codes: HashMap::new(),
            outgoing: VecDeque::new(),
            kinds: vec![CodeKind::Sms, CodeKind::Call],
            code_lifetime: CODE_LIFETIME,
            home_of_new: None,
            logins: HashMap::new(),
            revoked: HashMap::new(),
            pending: HashMap::new(),
            questions: HashMap::new(),
            tokens: Vec::new(),
            qr_lifetime: qr::LIFETIME,
            transfers: HashMap::new(),
            updates: Vec::new(),
            addresses: BTreeMap::new(),
            refusals: HashMap::new(),
            next_user: FIRST_USER,
        }
    }

    pub(super) fn add_user(&mut self, home: DcId, phone: &str, first_name: &str) -> i64 {
        let id = self.next_user;
        self.next_user += 1;
        let user = User {
            id,
            home,
            phone: Some(digits(phone)),
            first_name: first_name.to_owned(),
            last_name: None,
            password: None,
        };
        self.users.insert(id, user);
        id
    }

    pub(super) fn add_bot(&mut self, home: DcId, token: &str, name: &str) -> i64 {
        let number = token.split(':').next().and_then(|id| id.parse().ok());
        let id = number.unwrap_or_else(|| {
            self.next_user += 1;
            self.next_user - 1
        });
        let user = User {
            id,
            home,
            phone: None,
            first_name: name.to_owned(),
            last_name: None,
            password: None,
        };
        self.users.insert(id, user);
        self.bots.insert(token.to_owned(), id);
        id
    }

    pub(super) fn user_by_phone(&self, phone: &str) -> Option<&User> {
        self.users.values().find(|user| user.phone.as_deref() == Some(phone))
    }

    /// Random bytes.
    pub(super) fn random<const N: usize>(&mut self) -> [u8; N] {
        self.entropy.array()
    }

    /// Who is logged in with a key.
    pub(super) fn login(&self, key: Key) -> Result<i64, RpcError> {
        if let Some(name) = self.revoked.get(&key) {
            let code = if name == "AUTH_KEY_DUPLICATED" { 406 } else { 401 };
            return Err(RpcError::parse(code, name));
        }
        match (self.logins.get(&key), self.pending.get(&key)) {
            (Some(login), _) => Ok(login.user),
            (None, Some(_)) => Err(RpcError::parse(401, "SESSION_PASSWORD_NEEDED")),
            (None, None) => Err(RpcError::parse(401, "AUTH_KEY_UNREGISTERED")),
        }
    }

    /// Logs an account in, unless a password is missing or it lives elsewhere.
    pub(super) fn log_in(&mut self, key: Key, user: i64) -> Result<(), RpcError> {
        let account = self.users.get(&user).ok_or_else(|| invalid("USER_DEACTIVATED"))?;
        if account.home != key.dc {
            let number = account.home.number;
            return Err(RpcError::parse(303, &format!("USER_MIGRATE_{number}")));
        }
        if account.password.is_some() {
            self.pending.insert(key, user);
            return Err(RpcError::parse(401, "SESSION_PASSWORD_NEEDED"));
        }
        self.logged_in(key, user);
        Ok(())
    }

    /// The key is that of a login from now on.
    pub(super) fn logged_in(&mut self, key: Key, user: i64) {
        self.transferred(key, Login { user, by: key });
    }

    /// The key is that of a login, which came from another data centre.
    pub(super) fn transferred(&mut self, key: Key, login: Login) {
        self.pending.remove(&key);
        self.revoked.remove(&key);
        self.logins.insert(key, login);
    }

    /// Ends a login in every data centre that it was taken to.
    pub(super) fn log_out(&mut self, key: Key) {
        let Some(Login { by, .. }) = self.logins.get(&key).copied() else { return };
        self.logins.retain(|_, login| login.by != by);
        // What is on its way is not valid any more either.
        self.transfers.retain(|_, transfer| transfer.login.by != by);
    }

    pub(super) fn revoke(&mut self, key: Key, name: &str) {
        self.logins.remove(&key);
        self.revoked.insert(key, name.to_owned());
    }
}

/// A phone number as its digits.
pub(super) fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}
