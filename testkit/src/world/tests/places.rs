//! Groups and channels, for tests.

use telewire::tl::api::functions::channels::{CreateChannel, InviteToChannel};
use telewire::tl::api::functions::messages::{CreateChat, GetHistory, SendMessage};
use telewire::tl::api::{enums, types};

use super::{Device, Script};
use crate::world::{Key, Peer, Viewer};

/// What is said in a chat: its number, whether it is one's own, and the text, or the name of what happened.
pub(super) type Said = (i32, bool, String);

impl Script {
    pub(super) fn hash(&mut self, device: Device, peer: Peer) -> i64 {
        let state = self.world.state();
        let by = state.auth.logins[&Key { dc: crate::world::HOME, key: device.key }].by;
        state.access_hash(Viewer { user: device.user, by }, peer)
    }

    /// A basic group of some people; gives its number.
    pub(super) fn group(&mut self, founder: Device, others: &[Device]) -> i64 {
        let named = others.iter().map(|other| self.input_user(founder, other.user).into());
        let request = CreateChat::new(named.collect(), "Group".into());
        let answer = self.ask(founder, &request).unwrap();
        match &super::updates(&answer.updates).chats[0] {
            enums::Chat::Chat(chat) => chat.id,
            other => panic!("{other:?}"),
        }
    }

    /// A supergroup of some people, or a broadcast channel; gives its number.
    pub(super) fn channel(
        &mut self,
        founder: Device,
        others: &[Device],
        is_broadcast: bool,
    ) -> i64 {
        let request = CreateChannel {
            broadcast: is_broadcast,
            megagroup: !is_broadcast,
            ..CreateChannel::new("Channel".into(), "about".into())
        };
        let answer = self.ask(founder, &request).unwrap();
        let id = match &super::updates(&answer).chats[0] {
            enums::Chat::Channel(channel) => channel.id,
            other => panic!("{other:?}"),
        };
        for other in others {
            self.invite(founder, id, *other).unwrap();
        }
        self.told();
        id
    }

    pub(super) fn invite(&mut self, by: Device, id: i64, other: Device) -> Result<(), String> {
        let users = vec![self.input_user(by, other.user).into()];
        let request = InviteToChannel { channel: self.input_channel(by, id), users };
        self.ask(by, &request).map(drop)
    }

    /// How a device names a channel.
    pub(super) fn input_channel(&mut self, device: Device, id: i64) -> enums::InputChannel {
        let access_hash = self.hash(device, Peer::Channel(id));
        types::InputChannel { channel_id: id, access_hash }.into()
    }

    pub(super) fn place(&mut self, device: Device, peer: Peer) -> enums::InputPeer {
        match peer {
            Peer::User(id) => self.input_peer(device, id),
            Peer::Chat(chat_id) => types::InputPeerChat { chat_id }.into(),
            Peer::Channel(channel_id) => {
                let access_hash = self.hash(device, peer);
                types::InputPeerChannel { channel_id, access_hash }.into()
            }
        }
    }

    /// Says something in a group or channel.
    pub(super) fn say(
        &mut self,
        from: Device,
        to: Peer,
        text: &str,
    ) -> Result<enums::Updates, String> {
        self.keys += 1;
        let peer = self.place(from, to);
        let request = SendMessage::new(peer, text.into(), self.keys);
        self.ask(from, &request)
    }

    /// What a device is answered as the history of a group or channel, the newest first.
    pub(super) fn said(&mut self, device: Device, peer: Peer) -> Result<Vec<Said>, String> {
        let peer = self.place(device, peer);
        let request = GetHistory {
            peer,
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 100,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let messages = match self.ask(device, &request)? {
            enums::messages::Messages::Messages(all) => all.messages,
            enums::messages::Messages::ChannelMessages(all) => all.messages,
            other => panic!("{other:?}"),
        };
        Ok(messages.iter().map(said).collect())
    }
}

pub(super) fn said(message: &enums::Message) -> Said {
    match message {
        enums::Message::Message(message) => (message.id, message.out, message.message.clone()),
        enums::Message::MessageService(service) => {
            let action = format!("{:?}", service.action);
            let name = action.split(['(', ' ']).next().unwrap().replace("messageAction", "");
            (service.id, service.out, name)
        }
        enums::Message::MessageEmpty(empty) => (empty.id, false, "-".into()),
        other => panic!("{other:?}"),
    }
}

/// Messages that are new in boxes, with the positions after them: of a common box and of channels.
pub(super) fn new_here(all: &enums::Updates) -> Vec<(Said, i32)> {
    let new = super::updates(all).updates.iter().filter_map(|update| match update {
        enums::Update::UpdateNewMessage(new) => Some((said(&new.message), new.pts)),
        enums::Update::UpdateNewChannelMessage(new) => Some((said(&new.message), new.pts)),
        _ => None,
    });
    new.collect()
}

/// The chats that come along.
pub(super) fn chats(all: &enums::Updates) -> &[enums::Chat] {
    &super::updates(all).chats
}
