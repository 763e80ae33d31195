//! People and bots: one registry of them, by number, phone number and username.

use std::collections::{BTreeMap, HashMap};

use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::tl::api::types::BotCommand;

use crate::accounts::Password;
use crate::world::{Peer, Presence, Scope, State, invalid};

/// A person or a bot, as a test has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    id: i64,
    /// A phone number, or a bot's token.
    login: String,
    is_bot: bool,
}

/// What is known of a person or a bot.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) home: DcId,
    /// Without one it is a bot.
    pub(crate) phone: Option<String>,
    pub(crate) first_name: String,
    pub(crate) last_name: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) about: Option<String>,
    /// The photos, the one that all see first.
    pub(crate) photos: Vec<i64>,
    pub(crate) password: Option<Password>,
    pub(crate) presence: Presence,
    /// Whether it signed up and did not accept the terms of service yet.
    pub(crate) has_terms: bool,
    /// A bot's commands, by whom they are for and the language.
    pub(crate) commands: BTreeMap<(Scope, String), Vec<BotCommand>>,
}

/// All of them.
#[derive(Default, Clone)]
pub(crate) struct People {
    by_id: BTreeMap<i64, User>,
    by_phone: HashMap<String, i64>,
    /// Who is called by a username, in lower case. Channels are too.
    names: HashMap<String, Peer>,
    /// How many numbers were given.
    given: i64,
}

/// The numbers of people begin here, so that they need 64 bits as many of Telegram's do.
const FIRST_USER: i64 = 5_000_000_001;

/// Phone numbers that are made up begin so: `999` is no country.
const MADE_UP: &str = "99977";

/// The number of those who help, as Telegram's.
pub(crate) const SUPPORT_PHONE: &str = "42777";

/// Characters of a username: <https://core.telegram.org/method/account.checkUsername>.
const USERNAME_LENGTH: std::ops::RangeInclusive<usize> = 5..=32;

impl Person {
    /// The account's number.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The digits of the phone number; nothing of a bot.
    #[must_use]
    pub fn phone(&self) -> Option<&str> {
        (!self.is_bot).then_some(&*self.login)
    }

    /// The token, of a bot.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.is_bot.then_some(&*self.login)
    }
}

impl User {
    pub(crate) fn is_bot(&self) -> bool {
        self.phone.is_none()
    }

    pub(crate) fn is_support(&self) -> bool {
        self.phone.as_deref() == Some(SUPPORT_PHONE)
    }
}

impl People {
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &User> {
        self.by_id.values()
    }

    pub(crate) fn user(&self, id: i64) -> Option<&User> {
        self.by_id.get(&id)
    }

    pub(crate) fn user_mut(&mut self, id: i64) -> Option<&mut User> {
        self.by_id.get_mut(&id)
    }

    /// Who has a username, which is compared without case.
    pub(crate) fn named(&self, username: &str) -> Option<Peer> {
        self.names.get(&username.to_ascii_lowercase()).copied()
    }

    /// A name is somebody's, or a channel's.
    pub(crate) fn occupy(&mut self, username: &str, by: Peer) {
        self.names.insert(username.to_ascii_lowercase(), by);
    }

    pub(crate) fn release(&mut self, username: &str) {
        self.names.remove(&username.to_ascii_lowercase());
    }

    fn next(&mut self) -> i64 {
        self.given += 1;
        FIRST_USER + self.given - 1
    }
}

impl State {
    pub(crate) fn add_user(&mut self, home: DcId, phone: &str, first_name: &str) -> i64 {
        let id = self.people.next();
        let phone = digits(phone);
        self.people.by_phone.insert(phone.clone(), id);
        self.insert(id, home, Some(phone), first_name);
        id
    }

    pub(crate) fn add_bot(&mut self, home: DcId, token: &str, name: &str) -> i64 {
        let number = token.split(':').next().and_then(|id| id.parse().ok());
        let id = number.unwrap_or_else(|| self.people.next());
        self.insert(id, home, None, name);
        self.auth.bots.insert(token.to_owned(), id);
        id
    }

    pub(crate) fn make_user(&mut self, home: DcId, first_name: &str) -> Person {
        let mut number = self.people.given;
        let phone = loop {
            let phone = format!("{MADE_UP}{number:05}");
            if self.user_by_phone(&phone).is_none() {
                break phone;
            }
            number += 1;
        };
        let id = self.add_user(home, &phone, first_name);
        Person { id, login: phone, is_bot: false }
    }

    pub(crate) fn make_bot(&mut self, home: DcId, name: &str) -> Person {
        let id = self.people.next();
        let token = format!("{id}:{:016x}", u64::from_le_bytes(self.random()));
        self.add_bot(home, &token, name);
        let stem: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let stem = stem.to_ascii_lowercase();
        let numbered = (2..).map(|number: u32| format!("{stem}{number}_bot"));
        let mut names = [format!("{stem}_bot")].into_iter().chain(numbered);
        // A name that can be none stays away.
        let free = names.find(|name| self.people.named(name).is_none());
        let _ = free.map(|name| self.set_username(id, &name));
        Person { id, login: token, is_bot: true }
    }

    fn insert(&mut self, id: i64, home: DcId, phone: Option<String>, first_name: &str) {
        let user = User {
            id,
            home,
            phone,
            first_name: first_name.to_owned(),
            last_name: None,
            username: None,
            about: None,
            photos: Vec::new(),
            password: None,
            presence: Presence::Unknown,
            has_terms: false,
            commands: BTreeMap::new(),
        };
        self.people.by_id.insert(id, user);
    }

    pub(crate) fn set_username(&mut self, id: i64, username: &str) -> Result<(), RpcError> {
        let peer = Peer::User(id);
        let user = self.people.user(id).ok_or_else(|| invalid("USER_ID_INVALID"))?;
        let old = user.username.as_deref().map(str::to_ascii_lowercase);
        let name = username.to_ascii_lowercase();
        if !name.is_empty() {
            if !is_username(&name) {
                return Err(invalid("USERNAME_INVALID"));
            }
            if self.people.named(&name).is_some_and(|other| other != peer) {
                return Err(invalid("USERNAME_OCCUPIED"));
            }
        }
        if let Some(old) = old {
            self.people.names.remove(&old);
        }
        if !name.is_empty() {
            self.people.names.insert(name, peer);
        }
        if let Some(user) = self.people.user_mut(id) {
            user.username = Some(username.to_owned()).filter(|name| !name.is_empty());
        }
        Ok(())
    }

    /// Gives an account another phone number, which nobody has.
    pub(crate) fn set_phone(&mut self, id: i64, phone: String) {
        let Some(user) = self.people.by_id.get_mut(&id) else { return };
        if let Some(old) = user.phone.replace(phone.clone()) {
            self.people.by_phone.remove(&old);
        }
        self.people.by_phone.insert(phone, id);
    }

    pub(crate) fn person(&self, id: i64) -> Option<Person> {
        let user = self.people.user(id)?;
        let (is_bot, login) = match &user.phone {
            Some(phone) => (false, phone.clone()),
            None => (true, self.auth.token_of(id)?.to_owned()),
        };
        Some(Person { id, login, is_bot })
    }

    pub(crate) fn is_bot(&self, id: i64) -> bool {
        self.people.user(id).is_some_and(User::is_bot)
    }

    pub(crate) fn user_by_phone(&self, phone: &str) -> Option<&User> {
        self.people.by_phone.get(phone).and_then(|id| self.people.user(*id))
    }
}

/// Letters, digits and underscores, a letter first.
pub(crate) fn is_username(name: &str) -> bool {
    USERNAME_LENGTH.contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A phone number as its digits.
pub(crate) fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}
