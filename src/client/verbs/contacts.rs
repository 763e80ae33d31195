//! The address book, who is found, and who is blocked.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::verbs::refs;
use crate::tl::api::enums::User;
use crate::tl::api::enums::contacts::Contacts;
use crate::tl::api::functions::contacts;
use crate::tl::api::types;

impl Client {
    /// Whoever is in the address book.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn contacts(&self) -> Result<Vec<User>, Error> {
        Ok(match self.ask(&contacts::GetContacts { hash: 0 }).await? {
            Contacts::Contacts(all) => all.users,
            Contacts::ContactsNotModified => Vec::new(),
        })
    }

    /// Adds somebody who can be named, or changes how they are called.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CONTACT_NAME_EMPTY`, `CONTACT_ID_INVALID`.
    pub async fn add_contact(
        &self,
        user: impl Into<PeerRef>,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> Result<(), Error> {
        let id = self.resolve_user(user.into()).await?;
        let (first_name, last_name) = (first_name.into(), last_name.into());
        let call = contacts::AddContact::new(id, first_name, last_name, String::new());
        self.ask(&call).await.map(drop)
    }

    /// Adds somebody by their phone number; `None` if nobody there is on Telegram, or is to be found by it.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn import_contact(
        &self,
        phone: impl Into<String>,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> Result<Option<User>, Error> {
        let client_id = self.random_id();
        let (first_name, last_name) = (first_name.into(), last_name.into());
        let contact = types::InputPhoneContact::new(client_id, phone.into(), first_name, last_name);
        let contacts = vec![contact];
        let answer = self.ask(&contacts::ImportContacts { contacts }).await?;
        let imported = answer.imported.iter().find(|imported| imported.client_id == client_id);
        let id = imported.map(|imported| imported.user_id);
        Ok(answer.users.into_iter().find(|user| Some(user.id()) == id))
    }

    /// Takes users out of the address book.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`], and what [`Error`] says.
    pub async fn delete_contacts<P: Into<PeerRef>>(
        &self,
        users: impl IntoIterator<Item = P>,
    ) -> Result<(), Error> {
        let users = refs(users);
        let id = self.resolve_users(users).await?;
        self.ask(&contacts::DeleteContacts { id }).await.map(drop)
    }

    /// Looks for users, groups and channels by their names: first those one knows, then all others.
    ///
    /// # Errors
    ///
    /// `QUERY_TOO_SHORT`, `SEARCH_QUERY_EMPTY`.
    pub async fn search_contacts(
        &self,
        query: impl Into<String>,
        limit: i32,
    ) -> Result<types::contacts::Found, Error> {
        self.ask(&contacts::Search::new(query.into(), limit)).await
    }

    /// Hears nothing more from somebody.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`], and what [`Error`] says.
    pub async fn block(&self, peer: impl Into<PeerRef>) -> Result<(), Error> {
        let id = self.resolve(peer).await?;
        self.invoke(&contacts::Block::new(id)).await.map(drop)
    }

    /// Takes that back.
    ///
    /// # Errors
    ///
    /// As [`block`](Self::block).
    pub async fn unblock(&self, peer: impl Into<PeerRef>) -> Result<(), Error> {
        let id = self.resolve(peer).await?;
        self.invoke(&contacts::Unblock::new(id)).await.map(drop)
    }
}
