//! The list of chats.

use std::collections::HashMap;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::{PeerRef, id_of};
use crate::client::verbs::lists::{List, Page, Pages};
use crate::tl::api::enums::messages::Dialogs as Answer;
use crate::tl::api::enums::{Chat, Dialog, InputPeer, Message, User};
use crate::tl::api::functions::messages::GetDialogs;
use crate::tl::api::types;
use crate::updates::{PeerId, Peers};

/// Pages of the list of chats.
#[derive(Debug, Clone)]
pub struct Dialogs {
    folder: Option<i32>,
}

/// A chat of the list.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DialogItem {
    /// How it stands: unread messages, marks, drafts.
    pub dialog: types::Dialog,
    /// Its latest message.
    pub message: Option<Message>,
    /// Who it is with, if it is private.
    pub user: Option<User>,
    /// The group or channel, if it is one.
    pub chat: Option<Chat>,
}

impl DialogItem {
    /// Which chat it is.
    #[must_use]
    pub fn id(&self) -> PeerId {
        id_of(&self.dialog.peer)
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.user, &self.chat) {
            (Some(User::User(user)), _) => {
                let names = [&user.first_name, &user.last_name];
                let names: Vec<_> = names.into_iter().flatten().map(String::as_str).collect();
                names.join(" ")
            }
            (_, Some(Chat::Chat(chat))) => chat.title.clone(),
            (_, Some(Chat::ChatForbidden(chat))) => chat.title.clone(),
            (_, Some(Chat::Channel(channel))) => channel.title.clone(),
            (_, Some(Chat::ChannelForbidden(channel))) => channel.title.clone(),
            _ => String::new(),
        }
    }
}

impl From<&DialogItem> for PeerRef {
    fn from(dialog: &DialogItem) -> Self {
        match (&dialog.user, &dialog.chat) {
            (Some(user), _) => Self::from(user),
            (_, Some(chat)) => Self::from(chat),
            _ => Self::from(&dialog.dialog.peer),
        }
    }
}

impl Client {
    /// The list of chats: those that are pinned, and then those where something was said last. Bots have none.
    ///
    /// # Errors
    ///
    /// Of `next`: see [`Error`].
    ///
    /// Source: <https://core.telegram.org/method/messages.getDialogs>.
    #[must_use]
    pub fn dialogs(&self) -> List<Dialogs> {
        List::new(self, Dialogs { folder: None })
    }
}

impl List<Dialogs> {
    /// Of a folder: 1 is the archive.
    #[must_use]
    pub fn in_folder(mut self, folder: i32) -> Self {
        self.pages.folder = Some(folder);
        self
    }
}

impl Pages for Dialogs {
    type Item = DialogItem;
    /// The date and number of the latest message, and the chat. Source: <https://core.telegram.org/api/offsets>.
    type Offset = Option<(i32, i32, InputPeer)>;
    const AT_A_TIME: i32 = 100;

    async fn page(
        &self,
        client: &Client,
        after: &Self::Offset,
        limit: i32,
    ) -> Result<Page<DialogItem, Self::Offset>, Error> {
        let start = (0, 0, InputPeer::InputPeerEmpty);
        let (offset_date, offset_id, offset_peer) = after.clone().unwrap_or(start);
        let new = GetDialogs::new(offset_date, offset_id, offset_peer, limit, 0);
        // Those that are pinned come with the first page.
        let exclude_pinned = after.is_some();
        let call = GetDialogs { exclude_pinned, folder_id: self.folder, ..new };
        let (dialogs, messages, peers, total, is_all) = match client.ask(&call).await? {
            Answer::Dialogs(all) => {
                let total = i32::try_from(all.dialogs.len()).ok();
                let peers = Peers { users: all.users, chats: all.chats };
                (all.dialogs, all.messages, peers, total, true)
            }
            Answer::DialogsSlice(some) => {
                let peers = Peers { users: some.users, chats: some.chats };
                (some.dialogs, some.messages, peers, Some(some.count), false)
            }
            Answer::DialogsNotModified(same) => {
                (Vec::new(), Vec::new(), Peers::default(), Some(same.count), true)
            }
        };
        let is_full = i32::try_from(dialogs.len()).is_ok_and(|count| count >= limit);
        let mut latest: HashMap<(PeerId, i32), Message> = HashMap::new();
        for message in messages {
            if let Some(id) = place_of(&message) {
                latest.insert((id, message.id()), message);
            }
        }
        let (mut items, mut place) = (Vec::with_capacity(dialogs.len()), after.clone());
        for dialog in dialogs {
            let Dialog::Dialog(dialog) = dialog else { continue };
            let item = item(*dialog, &mut latest, &peers);
            // A pinned one stands outside of the order: whoever goes on after it goes on at the beginning.
            if !item.dialog.pinned
                && let Some(peer) = client.known_peer(PeerRef::from(&item.dialog.peer))
                && let Some(date) = item.message.as_ref().and_then(date_of)
            {
                place = Some((date, item.dialog.top_message, peer));
            }
            items.push((item, place.clone()));
        }
        let next = Some(place).filter(|place| !is_all && is_full && place != after);
        Ok(Page { items, next, total, peers })
    }
}

fn item(
    dialog: types::Dialog,
    latest: &mut HashMap<(PeerId, i32), Message>,
    peers: &Peers,
) -> DialogItem {
    let id = id_of(&dialog.peer);
    let message = latest.remove(&(id, dialog.top_message));
    let user = |number| peers.users.iter().find(|user| user.id() == number).cloned();
    let chat = |number, is_channel| {
        let is_it = |chat: &&Chat| {
            let is_one = matches!(chat, Chat::Channel(_) | Chat::ChannelForbidden(_));
            chat.id() == number && is_one == is_channel
        };
        peers.chats.iter().find(is_it).cloned()
    };
    let (user, chat) = match id {
        PeerId::User(id) => (user(id), None),
        PeerId::Chat(id) => (None, chat(id, false)),
        PeerId::Channel(id) => (None, chat(id, true)),
    };
    DialogItem { dialog, message, user, chat }
}

fn place_of(message: &Message) -> Option<PeerId> {
    match message {
        Message::Message(message) => Some(id_of(&message.peer_id)),
        Message::MessageService(message) => Some(id_of(&message.peer_id)),
        Message::MessageEmpty(message) => message.peer_id.as_ref().map(id_of),
    }
}

fn date_of(message: &Message) -> Option<i32> {
    match message {
        Message::Message(message) => Some(message.date),
        Message::MessageService(message) => Some(message.date),
        Message::MessageEmpty(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_is_called_what_its_peer_is_called() {
        let peer = types::PeerUser { user_id: 1 };
        let settings = types::PeerNotifySettings::default();
        let item = |user: Option<User>, chat: Option<Chat>| DialogItem {
            dialog: types::Dialog::new(peer.clone().into(), 0, 0, 0, 0, 0, 0, 0, settings.clone()),
            message: None,
            user,
            chat,
        };
        let user = |first: Option<&str>, last: Option<&str>| {
            let (first_name, last_name) = (first.map(Into::into), last.map(Into::into));
            User::from(types::User { first_name, last_name, ..types::User::new(1) })
        };
        for (first, last, name) in [
            (Some("Ada"), Some("Lovelace"), "Ada Lovelace"),
            (Some("Ada"), None, "Ada"),
            (None, Some("Lovelace"), "Lovelace"),
            (None, None, ""),
        ] {
            assert_eq!(item(Some(user(first, last)), None).name(), name);
        }
        let title = || "Engines".to_owned();
        let photo = || crate::tl::api::enums::ChatPhoto::ChatPhotoEmpty;
        for chat in [
            Chat::from(types::Chat::new(1, title(), photo(), 1, 0, 1)),
            types::ChatForbidden::new(1, title()).into(),
            types::Channel::new(1, title(), photo(), 0).into(),
            types::ChannelForbidden::new(1, 1, title()).into(),
        ] {
            assert_eq!(item(None, Some(chat)).name(), "Engines");
        }
        assert_eq!(item(None, None).name(), "");
    }
}
