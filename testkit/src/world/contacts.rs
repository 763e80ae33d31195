//! Address books: whom an account knows, and how it calls them.

use crate::world::State;

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
        let peer = crate::world::Peer::User(user);
        let knows = self.accounts.iter().filter(|(id, account)| {
            **id != user
                && (account.contacts.contains_key(&user) || account.dialogs.contains_key(&peer))
        });
        knows.map(|(id, _)| *id).collect()
    }
}
