//! Address books: whom an account knows, and how it calls them.

use std::collections::BTreeSet;

use crate::world::{Peer, State};

/// Somebody in an address book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) first_name: String,
    pub(crate) last_name: Option<String>,
    /// Whether the number is known.
    pub(crate) has_phone: bool,
}

impl Contact {
    pub(crate) fn new(first_name: &str, last_name: &str, has_phone: bool) -> Self {
        let last_name = Some(last_name.trim().to_owned()).filter(|name| !name.is_empty());
        Self { first_name: first_name.trim().to_owned(), last_name, has_phone }
    }
}

impl State {
    /// Somebody in the address book of an account.
    pub(crate) fn contact(&self, of: i64, user: i64) -> Option<&Contact> {
        self.accounts.get(&of)?.contacts.get(&user)
    }

    /// Those who have somebody in their address book, or a chat with them: who hears of what changes.
    pub(crate) fn acquainted(&self, user: i64) -> Vec<i64> {
        // A chat is there for both of the two.
        let account = self.accounts.get(&user);
        let chats = account.into_iter().flat_map(|account| account.dialogs.keys());
        let chats = chats.filter_map(|peer| match peer {
            Peer::User(other) => Some(*other),
            Peer::Chat(_) | Peer::Channel(_) => None,
        });
        let keepers = self.kept_by.get(&user).into_iter().flatten().copied();
        let mut all: BTreeSet<i64> = chats.chain(keepers).collect();
        all.remove(&user);
        all.into_iter().collect()
    }

    /// Puts somebody into the address book of an account.
    pub(crate) fn keep_contact(&mut self, of: i64, user: i64, contact: Contact) {
        self.account(of).contacts.insert(user, contact);
        self.kept_by.entry(user).or_default().insert(of);
    }

    /// Takes somebody out of the address book of an account; whether they were in it.
    pub(crate) fn drop_contact(&mut self, of: i64, user: i64) -> bool {
        let was = self.account(of).contacts.remove(&user).is_some();
        if let Some(keepers) = self.kept_by.get_mut(&user) {
            keepers.remove(&of);
            if keepers.is_empty() {
                self.kept_by.remove(&user);
            }
        }
        was
    }
}
