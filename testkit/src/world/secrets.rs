//! Secret chats, as the servers see them: who is in one, with which login each, and packets that nobody here can read.
//!
//! ```text
//!  requestEncryption ──> Asked ── acceptEncryption ──> Open ── discardEncryption ──> Over
//!  all logins of the     │        one login of theirs;  │      the other end is told
//!  other account hear    └─────── the others hear that it is over
//! ```
//!
//! A chat is between two keys, not between two accounts: messages go to the login that has it, which numbers them by `qts` of its own
//! and has them kept until it confirms them. Source: <https://core.telegram.org/api/end-to-end>.

use std::collections::{BTreeMap, HashMap, VecDeque};

use telewire::tl::api::{enums, types};

use crate::world::{Key, Peer, State, View, Viewer};

/// All secret chats.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets {
    pub(crate) chats: BTreeMap<i32, SecretChat>,
    queues: HashMap<Key, Queue>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct SecretChat {
    /// Who asked, and with which login.
    pub(crate) admin: (i64, Key),
    /// Who was asked.
    pub(crate) participant: i64,
    pub(crate) stage: Stage,
    /// When it was asked for.
    pub(crate) date: i32,
    /// When its stage was another last.
    changed: i32,
    /// What was sent, by whom and under which number, and when: nothing is sent twice.
    pub(crate) sent: HashMap<(Key, i64), Posted>,
}

/// What became of something that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posted {
    pub(crate) date: i32,
    /// The file that went with it.
    pub(crate) file: Option<i64>,
}

/// How far a chat has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    Asked {
        g_a: Vec<u8>,
    },
    Open {
        /// The login that accepted.
        by: Key,
        g_a: Vec<u8>,
        g_b: Vec<u8>,
        fingerprint: i64,
    },
    Over {
        history_deleted: bool,
        /// The login that had accepted.
        by: Option<Key>,
    },
}

/// What a login was sent and has not confirmed.
#[derive(Debug, Clone)]
struct Queue {
    /// The number of the last message.
    qts: i32,
    /// With their numbers, and the names that they were sent under.
    kept: VecDeque<(i32, i64, enums::EncryptedMessage)>,
}

impl Default for Queue {
    /// `qts` begins at 1 as positions do: 0 is that of a login without secret chats.
    fn default() -> Self {
        Self { qts: 1, kept: VecDeque::new() }
    }
}

impl SecretChat {
    pub(crate) fn asked(admin: (i64, Key), participant: i64, g_a: Vec<u8>, date: i32) -> Self {
        let (stage, sent) = (Stage::Asked { g_a }, HashMap::new());
        Self { admin, participant, stage, date, changed: date, sent }
    }

    pub(crate) fn becomes(&mut self, stage: Stage, date: i32) {
        (self.stage, self.changed) = (stage, date);
    }

    /// Whether a login is at one end of it; while it is asked for, all of the account are.
    pub(crate) fn is_of(&self, user: i64, key: Key) -> bool {
        if self.admin == (user, key) {
            return true;
        }
        let is_theirs = match &self.stage {
            Stage::Asked { .. } => true,
            Stage::Open { by, .. } => *by == key,
            Stage::Over { by, .. } => by.is_none_or(|by| by == key),
        };
        user == self.participant && is_theirs
    }

    /// The login at the other end, once both have one.
    pub(crate) fn other(&self, key: Key) -> Option<(i64, Key)> {
        match &self.stage {
            Stage::Open { by, .. } if key == *by => Some(self.admin),
            Stage::Open { by, .. } if key == self.admin.1 => Some((self.participant, *by)),
            _ => None,
        }
    }
}

impl Secrets {
    /// Where a login's messages are; 0 without any chat.
    pub(crate) fn qts(&self, key: Key) -> i32 {
        self.queues.get(&key).map_or(0, |queue| queue.qts)
    }

    /// A login has a chat now.
    pub(crate) fn begin(&mut self, key: Key) {
        self.queues.entry(key).or_default();
    }

    /// A message for a login, with its number.
    pub(crate) fn post(
        &mut self,
        to: Key,
        random_id: i64,
        message: enums::EncryptedMessage,
    ) -> i32 {
        let queue = self.queues.entry(to).or_default();
        queue.qts = queue.qts.saturating_add(1);
        queue.kept.push_back((queue.qts, random_id, message));
        queue.qts
    }

    /// A login has all up to a number; the names of those that it had not confirmed before.
    pub(crate) fn confirm(&mut self, key: Key, qts: i32) -> Vec<i64> {
        let Some(queue) = self.queues.get_mut(&key) else { return Vec::new() };
        let mut confirmed = Vec::new();
        while let Some((_, random_id, _)) = queue.kept.pop_front_if(|(at, ..)| *at <= qts) {
            confirmed.push(random_id);
        }
        confirmed
    }

    /// What a login has not confirmed, in its order.
    pub(crate) fn kept(&self, key: Key) -> Vec<enums::EncryptedMessage> {
        let kept = self.queues.get(&key).map(|queue| &queue.kept);
        kept.into_iter().flatten().map(|(.., message)| message.clone()).collect()
    }

    /// The chats of a login that were others before this moment.
    pub(crate) fn changed(&self, user: i64, key: Key, since: i32) -> Vec<i32> {
        let is_news = |chat: &SecretChat| match &chat.stage {
            _ if chat.changed < since => false,
            // Whoever asked was answered so.
            Stage::Asked { .. } => chat.admin.1 != key && chat.participant == user,
            _ => chat.admin.1 == key || chat.participant == user,
        };
        let news = self.chats.iter().filter(|(_, chat)| is_news(chat));
        news.map(|(id, _)| *id).collect()
    }
}

impl State {
    /// The access hash of a secret chat, of the account and the login that see it.
    pub(crate) fn secret_hash(&self, viewer: Viewer, id: i32) -> i64 {
        // No user has this number.
        self.access_hash(viewer, Peer::User(i64::MIN | i64::from(id)))
    }

    /// A chat as a login sees it.
    pub(crate) fn secret_chat(&self, viewer: Viewer, key: Key, id: i32) -> enums::EncryptedChat {
        let Some(chat) = self.secrets.chats.get(&id) else {
            return types::EncryptedChatEmpty { id }.into();
        };
        let access_hash = self.secret_hash(viewer, id);
        let (date, (admin_id, admin), participant_id) = (chat.date, chat.admin, chat.participant);
        match &chat.stage {
            Stage::Asked { .. } if key == admin => {
                types::EncryptedChatWaiting { id, access_hash, date, admin_id, participant_id }
                    .into()
            }
            Stage::Asked { g_a } => types::EncryptedChatRequested {
                folder_id: None,
                id,
                access_hash,
                date,
                admin_id,
                participant_id,
                g_a: g_a.clone().into(),
            }
            .into(),
            Stage::Open { by, g_a, g_b, fingerprint } if key == admin || key == *by => {
                let theirs = if key == admin { g_b } else { g_a };
                types::EncryptedChat {
                    id,
                    access_hash,
                    date,
                    admin_id,
                    participant_id,
                    g_a_or_b: theirs.clone().into(),
                    key_fingerprint: *fingerprint,
                }
                .into()
            }
            // Another login of the account has it.
            Stage::Open { .. } => {
                types::EncryptedChatDiscarded { history_deleted: false, id }.into()
            }
            Stage::Over { history_deleted, .. } => {
                types::EncryptedChatDiscarded { history_deleted: *history_deleted, id }.into()
            }
        }
    }

    /// Tells a login that a chat has changed.
    pub(crate) fn tell_secret_chat(&mut self, user: i64, key: Key, id: i32, date: i32) {
        self.tell_key(user, key, date, |state, viewer| {
            let chat = state.secret_chat(viewer, key, id);
            types::UpdateEncryption { chat, date }.into()
        });
    }

    /// Tells one login something; those who are in its chats come along.
    pub(crate) fn tell_key(
        &mut self,
        user: i64,
        key: Key,
        date: i32,
        update: impl Fn(&Self, Viewer) -> enums::Update,
    ) {
        let Some(login) = self.auth.logins.get(&key).filter(|login| login.user == user) else {
            return;
        };
        let (viewer, session) = (Viewer { user, by: login.by }, login.session);
        let update = update(self, viewer);
        let mut view = self.view(viewer);
        view.name_parties(&update);
        let updates = view.updates(vec![update], date);
        // Who is not there asks for the difference later.
        if session.is_some() {
            self.push_to(key, session, updates);
        }
    }
}

impl View<'_> {
    /// That a secret chat has changed, for a login.
    pub(crate) fn secret_news(&mut self, key: Key, id: i32, date: i32) -> enums::Update {
        let chat = self.state.secret_chat(self.viewer, key, id);
        let update = types::UpdateEncryption { chat, date }.into();
        self.name_parties(&update);
        update
    }

    /// Whom a secret chat is with comes along.
    fn name_parties(&mut self, update: &enums::Update) {
        let enums::Update::UpdateEncryption(of) = update else { return };
        let party = match &of.chat {
            enums::EncryptedChat::EncryptedChatRequested(chat) => chat.admin_id,
            enums::EncryptedChat::EncryptedChat(chat) => chat.participant_id,
            _ => return,
        };
        self.name(Peer::User(party));
    }
}
