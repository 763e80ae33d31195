//! All that is kept, at one moment.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::client::store::change::Change;
use crate::client::store::secrets::{SecretChange, SecretRows};
use crate::connection::StoredKey;
use crate::ids::DcId;
use crate::updates::{Checkpoint, Kept};

/// What is kept of a session at one moment. Its `Debug` shows the names of keys, never the keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The data centre that the account lives in, once it is known.
    pub home: Option<DcId>,
    /// Who is logged in; where the key is that of no login, who was last with it.
    pub user: Option<SessionUser>,
    /// What is known of each data centre.
    pub dcs: BTreeMap<DcId, DcRecord>,
    /// How far the updates of the account were dealt with, and whom it knows. Access hashes hold for this login alone.
    pub updates: Kept,
    /// The secret chats of this login: keys, counters, and what is not settled yet. They are as secret as the key of the login, and
    /// go with it (SC-81).
    pub secrets: SecretRows,
    /// How many batches each secret chat has made, by its number, as a witness beside the rest says: chats that have made fewer are of
    /// a copy that was put back (SC-84). No form of a session has it in itself.
    pub generations: BTreeMap<i32, u64>,
}

/// What is kept of a data centre.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DcRecord {
    /// The permanent key.
    pub key: Option<StoredKey>,
    /// Whether the key is that of a login.
    pub is_authorized: bool,
    /// Its addresses, if the server has told them: 255 at most, the preferred first.
    pub addresses: Vec<SocketAddr>,
}

/// Who is logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionUser {
    /// The number of the account.
    pub id: i64,
    /// Whether it is a bot.
    pub is_bot: bool,
}

/// Addresses of a data centre that are kept: a session's bytes have one byte for their count. Telegram tells a handful.
pub(super) const MAX_ADDRESSES: usize = 255;

impl Snapshot {
    /// The key of a data centre.
    #[must_use]
    pub fn key(&self, dc: DcId) -> Option<&StoredKey> {
        self.dcs.get(&dc)?.key.as_ref()
    }

    /// Whether the key of a data centre is that of a login.
    #[must_use]
    pub fn is_authorized(&self, dc: DcId) -> bool {
        self.dcs.get(&dc).is_some_and(|record| record.is_authorized)
    }

    /// All of it as one batch, which makes it of a session with nothing in it: to keep it in another store, under another key, or under
    /// none (SC-86). Two programs that go on from both use the numbers of secret chats twice, so that one of both has to go (SC-84).
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use telewire::client::store::{FileStore, Store, StoreKey};
    ///
    /// let (old, new) = (StoreKey::passphrase("correct horse"), StoreKey::passphrase("battery staple"));
    /// let session = FileStore::read_encrypted("session", &old)?;
    /// FileStore::open_encrypted("session-new", &new)?.apply(&session.changes())?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for (dc, DcRecord { key, is_authorized, addresses }) in &self.dcs {
            changes.push(Change::Addresses { dc: *dc, addresses: addresses.clone() });
            if let Some(key) = key {
                changes.push(Change::Key { dc: *dc, key: Box::new(key.clone()) });
                changes.push(Change::Authorized { dc: *dc, is_authorized: *is_authorized });
            }
        }
        // What belongs to a login comes after what says which one it is.
        changes.extend(self.home.map(Change::Home));
        changes.push(Change::User(self.user));
        let Kept { common, channels, peers } = &self.updates;
        changes.push(Change::Updates(Box::new(Checkpoint {
            common: *common,
            channels: channels.iter().map(|(id, state)| (*id, Some(*state))).collect(),
            peers: peers.values().cloned().collect(),
            forgotten: Vec::new(),
        })));
        let rows = self.secrets.iter();
        let rows = rows.map(|(row, value)| SecretChange::Put(row, value.to_vec().into()));
        changes.push(Change::Secret(rows.collect()));
        changes.extend(self.generations.iter().map(|(chat, generation)| Change::Generation {
            chat: *chat,
            generation: Some(*generation),
        }));
        changes
    }

    /// Applies a batch of changes.
    pub fn apply(&mut self, changes: &[Change]) {
        self.apply_as(changes);
    }

    /// As [`apply`](Self::apply). Whether what was learnt before means nothing any more (UP-73).
    pub(in crate::client) fn apply_as(&mut self, changes: &[Change]) -> bool {
        let mut is_another = false;
        for change in changes {
            let forgets = self.forgets_updates(change);
            if forgets {
                self.updates = Kept::default();
                self.secrets = SecretRows::default();
                self.generations.clear();
            }
            is_another |= forgets;
            match change {
                Change::Home(dc) => self.home = Some(*dc),
                Change::Key { dc, key } => {
                    let record = self.dcs.entry(*dc).or_default();
                    record.key = Some((**key).clone());
                    record.is_authorized = false;
                }
                Change::KeyForgotten(dc) => {
                    if let Some(record) = self.dcs.get_mut(dc) {
                        record.key = None;
                        record.is_authorized = false;
                    }
                }
                Change::Salt { dc, salt } => {
                    let key = self.dcs.get_mut(dc).and_then(|record| record.key.as_mut());
                    if let Some(key) = key {
                        key.salt = *salt;
                    }
                }
                Change::Authorized { dc, is_authorized } => {
                    if let Some(record) = self.dcs.get_mut(dc).filter(|r| r.key.is_some()) {
                        record.is_authorized = *is_authorized;
                    }
                }
                Change::Addresses { dc, addresses } => {
                    let first = addresses.iter().take(MAX_ADDRESSES).copied().collect();
                    self.dcs.entry(*dc).or_default().addresses = first;
                }
                Change::User(user) => self.user = *user,
                Change::Updates(checkpoint) => checkpoint.apply_to(&mut self.updates),
                Change::Secret(changes) => self.secrets.apply(changes),
                Change::Generation { chat, generation: Some(generation) } => {
                    self.generations.insert(*chat, *generation);
                }
                Change::Generation { chat, generation: None } => {
                    self.generations.remove(chat);
                }
            }
        }
        is_another
    }

    /// UP-73, SC-81: what was learnt holds for one account, and for the login of one key. One that moves to another data centre takes it along.
    fn forgets_updates(&self, change: &Change) -> bool {
        match change {
            Change::Key { dc, .. } | Change::KeyForgotten(dc) => self.home == Some(*dc),
            Change::Home(dc) => {
                self.home.is_some_and(|home| home != *dc && !self.is_authorized(home))
            }
            // Whose number was not known has the same key.
            Change::User(user) => {
                self.user.is_some_and(|old| user.is_none_or(|user| user.id != old.id))
            }
            _ => false,
        }
    }
}
