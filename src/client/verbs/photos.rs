//! Photos of people, groups and channels.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::files::RemoteFile;
use crate::client::peers::PeerRef;
use crate::tl::api::enums::{
    Chat, ChatFull, ChatPhoto, InputFileLocation, InputPeer, User, UserProfilePhoto,
};
use crate::tl::api::types;

impl Client {
    /// The photo of a user, a group or a channel, in its large size; `None` if there is none to be seen. It is called `user_5.jpg`,
    /// `chat_5.jpg` or `channel_5.jpg`.
    ///
    /// ```no_run
    /// # async fn example(client: telewire::client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(photo) = client.peer_photo("@ada").await? {
    ///     client.download(photo).to_path("photos/").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; what `users.getFullUser`, `messages.getFullChat` and `channels.getFullChannel` answer.
    ///
    /// Source: <https://core.telegram.org/api/files#downloading-files>.
    pub async fn peer_photo(&self, peer: impl Into<PeerRef>) -> Result<Option<RemoteFile>, Error> {
        let peer = self.resolve(peer).await?;
        self.photo_of(peer, true).await
    }

    /// The same of a peer that was resolved, in either size.
    pub(in crate::client) async fn photo_of(
        &self,
        peer: InputPeer,
        big: bool,
    ) -> Result<Option<RemoteFile>, Error> {
        let found = match &peer {
            InputPeer::InputPeerUser(_)
            | InputPeer::InputPeerUserFromMessage(_)
            | InputPeer::InputPeerSelf => {
                let full = self.full_user(PeerRef::from(&peer)).await?;
                let user = full.users.iter().find(|user| user.id() == full.full_user.id);
                user.and_then(of_user)
            }
            _ => {
                let full = self.full_chat(PeerRef::from(&peer)).await?;
                let of = match &full.full_chat {
                    ChatFull::ChatFull(chat) => ("chat", chat.id),
                    ChatFull::ChannelFull(channel) => ("channel", channel.id),
                    ChatFull::CommunityFull(_) => return Ok(None),
                };
                full.chats.iter().filter_map(of_chat).find(|photo| (photo.kind, photo.id) == of)
            }
        };
        Ok(found.map(|Photo { kind, id, photo_id, dc }| {
            let location: InputFileLocation =
                types::InputPeerPhotoFileLocation { big, peer, photo_id }.into();
            RemoteFile::at(&location, dc, None).named(format!("{kind}_{id}.jpg"))
        }))
    }
}

/// Whose photo it is, and where.
struct Photo {
    kind: &'static str,
    id: i64,
    photo_id: i64,
    dc: i32,
}

fn of_user(user: &User) -> Option<Photo> {
    let User::User(user) = user else { return None };
    match &user.photo {
        Some(UserProfilePhoto::UserProfilePhoto(photo)) => {
            Some(Photo { kind: "user", id: user.id, photo_id: photo.photo_id, dc: photo.dc_id })
        }
        _ => None,
    }
}

fn of_chat(chat: &Chat) -> Option<Photo> {
    let (kind, id, photo) = match chat {
        Chat::Chat(chat) => ("chat", chat.id, &chat.photo),
        Chat::Channel(channel) => ("channel", channel.id, &channel.photo),
        _ => return None,
    };
    match photo {
        ChatPhoto::ChatPhoto(photo) => {
            Some(Photo { kind, id, photo_id: photo.photo_id, dc: photo.dc_id })
        }
        ChatPhoto::ChatPhotoEmpty => None,
    }
}
