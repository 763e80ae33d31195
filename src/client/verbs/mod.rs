//! What people do all day: methods of [`Client`] that send, list, change and answer.
//!
//! | subject | verbs |
//! | --- | --- |
//! | messages | [`send_message`](Client::send_message), [`send_album`](Client::send_album), [`edit_message`](Client::edit_message), [`forward_messages`](Client::forward_messages), [`delete_messages`](Client::delete_messages), [`pin_message`](Client::pin_message), [`react`](Client::react), [`mark_read`](Client::mark_read), [`typing`](Client::typing), [`vote`](Client::vote), [`messages`](Client::messages) |
//! | drafts, scheduled | [`save_draft`](Client::save_draft), [`drafts`](Client::drafts), [`scheduled_messages`](Client::scheduled_messages), [`send_scheduled`](Client::send_scheduled) |
//! | lists | [`dialogs`](Client::dialogs), [`history`](Client::history), [`search`](Client::search), [`search_everywhere`](Client::search_everywhere), [`participants`](Client::participants), [`admin_log`](Client::admin_log), [`blocked`](Client::blocked) |
//! | groups, channels | [`create_group`](Client::create_group), [`create_channel`](Client::create_channel), [`invite`](Client::invite), [`join`](Client::join), [`leave`](Client::leave), [`kick`](Client::kick), [`ban`](Client::ban), [`set_admin`](Client::set_admin), [`set_title`](Client::set_title), [`export_invite`](Client::export_invite) |
//! | photos | [`peer_photo`](Client::peer_photo) |
//! | contacts | [`contacts`](Client::contacts), [`add_contact`](Client::add_contact), [`import_contact`](Client::import_contact), [`search_contacts`](Client::search_contacts), [`block`](Client::block) |
//! | one's own profile | [`set_name`](Client::set_name), [`set_username`](Client::set_username), [`set_bio`](Client::set_bio), [`set_online`](Client::set_online) |
//! | bots | [`start_bot`](Client::start_bot), [`press`](Client::press), [`inline_results`](Client::inline_results), [`answer_callback`](Client::answer_callback), [`answer_inline`](Client::answer_inline), [`set_commands`](Client::set_commands) |
//! | forums | [`create_topic`](Client::create_topic), [`topics`](Client::topics), [`replies`](Client::replies) |
//!
//! * Whom a verb is about is [whatever names somebody](PeerRef): `"@ada"`, a link, an id that was met, a `&User`.
//! * They give the types of the API. What they do not do, [`invoke`](Client::invoke) does, with peers from [`resolve`](Client::resolve).
//! * What they change is told by [`updates`](Client::updates) too, as `is_own`, if somebody reads them.
//! * Calls that begin something (a message, a topic) carry a `random_id` that the client draws, once for a call however often it goes
//!   out: the server does it once. When a call has no answer, [`Error::execution`] says whether it ran. For `Maybe`, await a clone of
//!   the call that was kept: it has the same number, and is refused with `RANDOM_ID_DUPLICATE` if it ran the first time.
//!
//! ```no_run
//! use telewire::client::text::Text;
//!
//! # async fn example(client: telewire::client::Client) -> Result<(), telewire::client::Error> {
//! let sent = client.send_message("@ada", "hello").await?;
//! client.edit_message("@ada", sent.id, "hello again").await?;
//! client.send_message("me", Text::from("a note")).silent().await?;
//! let mut history = client.history("@ada").limit(50);
//! while let Some(message) = history.next().await? {
//!     println!("{message:?}");
//! }
//! # Ok(())
//! # }
//! ```

/// Has a builder awaited: `client.send_message(…).silent().await`.
macro_rules! awaited {
    ($name:ident => $output:ty) => {
        impl IntoFuture for $name {
            type Output = Result<$output, Error>;
            type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}

mod albums;
mod bots;
mod brings;
mod chats;
mod contacts;
mod dialogs;
mod drafts;
mod edit;
mod forward;
mod invites;
mod keyboard;
mod lists;
mod members;
mod messages;
mod photos;
mod profile;
mod send;
mod sent;
mod topics;

pub use albums::{AlbumItem, SendAlbum};
pub use bots::{AnswerCallback, AnswerInline, article};
pub use chats::Created;
pub use edit::EditMessage;
pub use forward::ForwardMessages;
pub use invites::{ExportInvite, Joined};
pub use keyboard::{Button, inline_keyboard, reply_keyboard};
pub use lists::{
    AdminLog, Blocked, DialogItem, Dialogs, GlobalSearch, History, List, Member, Members, Pages,
    Replies, Search, TopicItem, Topics,
};
pub use members::{Membership, all_admin_rights, no_admin_rights, no_bans};
pub use messages::PinMessage;
pub use send::SendMessage;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::text::Text;
use crate::tl::api::enums::MessageEntity;
use crate::tl::api::types;
use crate::updates::PeerId;

/// As many messages as the server takes in one call. Source: <https://core.telegram.org/method/messages.getMessages>.
const MESSAGES_AT_A_TIME: usize = 100;

impl Client {
    /// A number by which the server knows a call again.
    fn random_id(&self) -> i64 {
        i64::from_le_bytes(self.inner.random())
    }

    /// A text as calls have it. Who is mentioned is named as in other calls.
    async fn marked(&self, text: Text) -> Result<(String, Option<Vec<MessageEntity>>), Error> {
        let Text { text, mut entities } = text.trimmed();
        for entity in &mut entities {
            if let MessageEntity::MessageEntityMentionName(mention) = entity {
                let types::MessageEntityMentionName { offset, length, user_id } = *mention;
                let user = PeerRef::Id(PeerId::User(user_id));
                let user_id = self.resolve_user(user).await?;
                *entity = types::InputMessageEntityMentionName { offset, length, user_id }.into();
            }
        }
        Ok((text, Some(entities).filter(|entities| !entities.is_empty())))
    }
}

/// All of a list of peers.
fn refs<P: Into<PeerRef>>(peers: impl IntoIterator<Item = P>) -> Vec<PeerRef> {
    peers.into_iter().map(Into::into).collect()
}
