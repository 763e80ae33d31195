//! Fresh references (FI-60 to FI-63), and logins that files need.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::client::core::Client;
use crate::client::files::remote::{Place, RemoteFile};
use crate::client::invoke::Course;
use crate::client::policy::InvokeOptions;
use crate::files::references::{Origin, Source};
use crate::files::{Dc, Location};
use crate::ids::DcId;
use crate::tl::Deserialize;
use crate::tl::api::enums;
use crate::tl::api::functions::upload::GetFile;
use crate::tl::api::functions::{channels, messages};
use crate::tl::api::types;
use crate::updates::PeerId;

/// What a program brings a fresh file by.
pub(super) type Refresh = Arc<dyn Fn() -> Fetching + Send + Sync>;

/// A file that is being brought.
pub(super) type Fetching = Pin<Box<dyn Future<Output = Option<RemoteFile>> + Send>>;

/// FI-61, FI-62: the program is asked before the message that the file came with.
pub(super) async fn fetch(
    client: &Client,
    refresh: Option<Refresh>,
    source: &Source,
) -> Option<(Location, Option<u64>)> {
    let fresh = match refresh {
        Some(refresh) => refresh().await?,
        None => match source.origin {
            Origin::Message | Origin::ChannelMessage => of_message(client, source).await?,
            _ => in_its_place(client, source).await?,
        },
    };
    match fresh.place {
        Place::There { location, size, .. } => Some((location, size)),
        _ => None,
    }
}

/// FI-63: the file of a message, as it is now.
async fn of_message(client: &Client, source: &Source) -> Option<RemoteFile> {
    let mut numbers = source.key.chunks_exact(8).map(|of| of.try_into().map(i64::from_le_bytes));
    let (channel, message) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let id = vec![types::InputMessageId { id: i32::try_from(message).ok()? }.into()];
    let answer = match source.origin {
        Origin::Message => client.invoke(&messages::GetMessages { id }).await.ok()?,
        Origin::ChannelMessage => {
            let enums::InputPeer::InputPeerChannel(peer) =
                client.input_peer(PeerId::Channel(channel))?
            else {
                return None;
            };
            let (channel_id, access_hash) = (peer.channel_id, peer.access_hash);
            let channel = types::InputChannel { channel_id, access_hash }.into();
            client.invoke(&channels::GetMessages { channel, id }).await.ok()?
        }
        _ => return None,
    };
    use enums::messages::Messages as M;
    let messages = match &answer {
        M::Messages(of) => &of.messages,
        M::MessagesSlice(of) => &of.messages,
        M::ChannelMessages(of) => &of.messages,
        M::MessagesNotModified(_) => return None,
    };
    messages.first().map(RemoteFile::from)
}

/// FI-38: what a peer or a set has now, where the location names what it had.
async fn in_its_place(client: &Client, source: &Source) -> Option<RemoteFile> {
    match enums::InputFileLocation::from_bytes(&source.key).ok()? {
        enums::InputFileLocation::InputPeerPhotoFileLocation(of) => {
            client.photo_of(of.peer, of.big).await.ok()?
        }
        enums::InputFileLocation::InputStickerSetThumb(of) => {
            let stickerset = of.stickerset.clone();
            let call = messages::GetStickerSet { stickerset, hash: 0 };
            let enums::messages::StickerSet::StickerSet(found) = client.invoke(&call).await.ok()?
            else {
                return None;
            };
            let thumbs = found.set.thumbs?;
            let (dc, thumb_version) = (thumbs.thumb_dc_id, thumbs.thumb_version);
            let location = types::InputStickerSetThumb { thumb_version, ..*of };
            Some(RemoteFile::at(&location.into(), dc, None))
        }
        _ => None,
    }
}

/// FI-34: the login is taken to a data centre, unless it is there.
pub(super) async fn log_in(client: &Client, dc: Dc) -> bool {
    let options = InvokeOptions::default();
    let course = Course::new::<GetFile>(&options);
    let is_test = client.home().is_test;
    let dc = DcId { number: dc.number(), is_test, is_media: false };
    client.inner.authorize(dc, &course).await.is_ok()
}
