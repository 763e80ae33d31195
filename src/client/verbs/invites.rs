//! Links into groups and channels, and joining.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::{PeerError, PeerRef, invite_hash};
use crate::client::verbs::sent::chat_of;
use crate::tl::api::enums::messages::ChatInviteJoinResult;
use crate::tl::api::enums::{Chat, ChatInvite, ExportedChatInvite};
use crate::tl::api::functions::{channels, messages};
use crate::tl::api::types;

/// What came of joining.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Joined {
    /// The account is in.
    In(Chat),
    /// An admin has been asked, and will say.
    Requested,
    /// A bot asks something first, in a page.
    Page(Box<types::messages::ChatInviteJoinResultWebView>),
}

/// A link that is to be made: await it.
#[derive(Debug, Clone)]
#[must_use = "no link is made before it is awaited"]
pub struct ExportInvite {
    client: Client,
    peer: PeerRef,
    title: Option<String>,
    expires: Option<i32>,
    uses: Option<i32>,
    asks: bool,
}

impl ExportInvite {
    /// With a title that admins see.
    pub fn titled(self, title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    /// Until a time, in seconds since 1970.
    pub fn until(self, unix: i32) -> Self {
        Self { expires: Some(unix), ..self }
    }

    /// For so many.
    pub fn uses(self, most: i32) -> Self {
        Self { uses: Some(most), ..self }
    }

    /// By which one asks to come in: see [`answer_join_request`](Client::answer_join_request).
    pub fn with_approval(self) -> Self {
        Self { asks: true, ..self }
    }

    async fn send(self) -> Result<types::ChatInviteExported, Error> {
        let peer = self.client.resolve(self.peer).await?;
        let call = messages::ExportChatInvite {
            request_needed: self.asks,
            expire_date: self.expires,
            usage_limit: self.uses,
            title: self.title,
            ..messages::ExportChatInvite::new(peer)
        };
        exported(self.client.invoke(&call).await?)
    }
}

awaited!(ExportInvite => types::ChatInviteExported);

fn exported(invite: ExportedChatInvite) -> Result<types::ChatInviteExported, Error> {
    match invite {
        ExportedChatInvite::ChatInviteExported(invite) => Ok(*invite),
        ExportedChatInvite::ChatInvitePublicJoinRequests => {
            Err(Error::Missing { what: "the link" })
        }
    }
}

/// The hash of a link.
fn hash(link: &str) -> Result<String, Error> {
    let unreadable = || PeerError::Unreadable { written: link.to_owned() };
    Ok(invite_hash(link).ok_or_else(unreadable)?)
}

impl Client {
    /// Joins a channel or supergroup by its name, or any group by a link (`t.me/+…`).
    ///
    /// # Errors
    ///
    /// [`Error::Peer`] when nobody is named so, and for basic groups, which need a link; `INVITE_HASH_EXPIRED`,
    /// `USER_ALREADY_PARTICIPANT`, `CHANNELS_TOO_MUCH`.
    pub async fn join(&self, peer: impl Into<PeerRef>) -> Result<Joined, Error> {
        let peer = match peer.into() {
            PeerRef::Written(written) => PeerRef::read(&written)?,
            peer => peer,
        };
        let answer = match peer {
            PeerRef::Invite(hash) => self.ask(&messages::ImportChatInvite { hash }).await,
            peer => {
                let channel = self.resolve_channel(peer).await?;
                self.ask(&channels::JoinChannel { channel }).await
            }
        };
        match answer {
            Ok(ChatInviteJoinResult::ChatInviteJoinResultOk(joined)) => {
                chat_of(joined.updates).map(Joined::In)
            }
            Ok(ChatInviteJoinResult::ChatInviteJoinResultWebView(page)) => Ok(Joined::Page(page)),
            // It is said as an error, and is what was to happen.
            Err(error) if error.is("INVITE_REQUEST_SENT") => Ok(Joined::Requested),
            Err(error) => Err(error),
        }
    }

    /// What a link leads to, without joining.
    ///
    /// # Errors
    ///
    /// [`PeerError::Unreadable`] for what is no link; `INVITE_HASH_EXPIRED`.
    pub async fn check_invite(&self, link: &str) -> Result<ChatInvite, Error> {
        let hash = hash(link)?;
        self.ask(&messages::CheckChatInvite { hash }).await
    }

    /// Makes a link into a group or channel.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CHAT_ADMIN_REQUIRED`.
    pub fn export_invite(&self, peer: impl Into<PeerRef>) -> ExportInvite {
        ExportInvite {
            client: self.clone(),
            peer: peer.into(),
            title: None,
            expires: None,
            uses: None,
            asks: false,
        }
    }

    /// Has a link lead nowhere any more.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `INVITE_HASH_EXPIRED`.
    pub async fn revoke_invite(
        &self,
        peer: impl Into<PeerRef>,
        link: impl Into<String>,
    ) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        let call = messages::EditExportedChatInvite {
            revoked: true,
            ..messages::EditExportedChatInvite::new(peer, link.into())
        };
        self.invoke(&call).await.map(drop)
    }

    /// The hundred latest who came by a link, or with `requested` those who asked to.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CHAT_ADMIN_REQUIRED`.
    pub async fn importers(
        &self,
        peer: impl Into<PeerRef>,
        requested: bool,
    ) -> Result<types::messages::ChatInviteImporters, Error> {
        let peer = self.resolve(peer).await?;
        let nobody = crate::tl::api::enums::InputUser::InputUserEmpty;
        let call = messages::GetChatInviteImporters {
            requested,
            ..messages::GetChatInviteImporters::new(peer, 0, nobody, 100)
        };
        self.ask(&call).await
    }
}
