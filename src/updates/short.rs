//! The short forms of a message, made whole (UP-64 to UP-66).

use crate::tl::api::enums::{InputPeer, InputReplyTo, Message, MessageReplyHeader, Peer, Update};
use crate::tl::api::functions::messages::SendMessage;
use crate::tl::api::types;
use crate::tl::{Deserialize, Identifiable, Reader};
use crate::updates::engine::Engine;

impl Engine {
    /// UP-64: in a private chat, from whoever is not the receiver.
    pub(super) fn short_message(&self, short: types::UpdateShortMessage) -> Update {
        let from = if short.out { self.own_id() } else { Some(short.user_id) };
        let message = types::Message {
            out: short.out,
            mentioned: short.mentioned,
            media_unread: short.media_unread,
            silent: short.silent,
            from_id: from.map(user),
            fwd_from: short.fwd_from,
            via_bot_id: short.via_bot_id,
            reply_to: short.reply_to,
            entities: short.entities,
            ttl_period: short.ttl_period,
            ..types::Message::new(short.id, user(short.user_id), short.date, short.message)
        };
        whole(message, short.pts, short.pts_count)
    }

    /// UP-65: the same, in a basic group.
    pub(super) fn short_chat_message(&self, short: types::UpdateShortChatMessage) -> Update {
        let chat = Peer::PeerChat(types::PeerChat::new(short.chat_id));
        let message = types::Message {
            out: short.out,
            mentioned: short.mentioned,
            media_unread: short.media_unread,
            silent: short.silent,
            from_id: Some(user(short.from_id)),
            fwd_from: short.fwd_from,
            via_bot_id: short.via_bot_id,
            reply_to: short.reply_to,
            entities: short.entities,
            ttl_period: short.ttl_period,
            ..types::Message::new(short.id, chat, short.date, short.message)
        };
        whole(message, short.pts, short.pts_count)
    }

    /// UP-66: what was sent by a call, from the call and its answer. Without a call that is understood there is no message.
    pub(super) fn sent_message(
        &self,
        call: &[u8],
        sent: types::UpdateShortSentMessage,
    ) -> Option<Update> {
        let request = SentText::read(call)?;
        let peer = self.peer_of(&request.peer)?;
        let is_channel = matches!(peer, Peer::PeerChannel(_));
        let message = types::Message {
            out: sent.out,
            silent: request.is_silent,
            from_id: self.own_id().map(user),
            reply_to: request.reply_to,
            media: sent.media,
            entities: sent.entities,
            ttl_period: sent.ttl_period,
            ..types::Message::new(sent.id, peer, sent.date, request.text)
        };
        if !is_channel {
            return Some(whole(message, sent.pts, sent.pts_count));
        }
        let message = Message::Message(Box::new(message));
        let new = types::UpdateNewChannelMessage::new(message, sent.pts, sent.pts_count);
        Some(Update::UpdateNewChannelMessage(Box::new(new)))
    }

    fn peer_of(&self, peer: &InputPeer) -> Option<Peer> {
        let channel = |id| Peer::PeerChannel(types::PeerChannel::new(id));
        Some(match peer {
            InputPeer::InputPeerEmpty => return None,
            InputPeer::InputPeerSelf => user(self.own_id()?),
            InputPeer::InputPeerChat(chat) => Peer::PeerChat(types::PeerChat::new(chat.chat_id)),
            InputPeer::InputPeerUser(of) => user(of.user_id),
            InputPeer::InputPeerUserFromMessage(of) => user(of.user_id),
            InputPeer::InputPeerChannel(of) => channel(of.channel_id),
            InputPeer::InputPeerChannelFromMessage(of) => channel(of.channel_id),
        })
    }
}

/// What `messages.sendMessage` was asked to send.
struct SentText {
    is_silent: bool,
    peer: InputPeer,
    reply_to: Option<MessageReplyHeader>,
    text: String,
}

/// The bits of its flags that are needed.
const REPLY_TO: u32 = 1;
const SILENT: u32 = 1 << 5;

impl SentText {
    fn read(call: &[u8]) -> Option<Self> {
        let (id, rest) = call.split_first_chunk::<4>()?;
        let (flags, rest) = rest.split_first_chunk::<4>()?;
        if u32::from_le_bytes(*id) != SendMessage::ID {
            return None;
        }
        let flags = u32::from_le_bytes(*flags);
        let mut reader = Reader::new(rest);
        let peer = InputPeer::read(&mut reader)?;
        let reply_to = match flags & REPLY_TO {
            0 => None,
            _ => reply(InputReplyTo::read(&mut reader)?),
        };
        let text = String::read(&mut reader)?;
        let read = Self { is_silent: flags & SILENT != 0, peer, reply_to, text };
        (!reader.is_failed()).then_some(read)
    }
}

/// What a reply becomes, as far as that is known without the server.
fn reply(to: InputReplyTo) -> Option<MessageReplyHeader> {
    let InputReplyTo::InputReplyToMessage(to) = to else { return None };
    // A reply into another chat has a peer that only the server can name.
    if to.reply_to_peer_id.is_some() {
        return None;
    }
    let mut header = types::MessageReplyHeader::new();
    (header.reply_to_msg_id, header.reply_to_top_id) = (Some(to.reply_to_msg_id), to.top_msg_id);
    Some(MessageReplyHeader::MessageReplyHeader(Box::new(header)))
}

fn user(id: i64) -> Peer {
    Peer::PeerUser(types::PeerUser::new(id))
}

fn whole(message: types::Message, pts: i32, count: i32) -> Update {
    let message = Message::Message(Box::new(message));
    Update::UpdateNewMessage(Box::new(types::UpdateNewMessage::new(message, pts, count)))
}
