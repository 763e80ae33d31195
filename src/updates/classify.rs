//! Where an update has its position, and what the answer of a call says of the boxes: generated from `schema/boxes.json`, which the
//! build holds against the schema (UP-01).

use crate::tl::api::enums;

include!(concat!(env!("OUT_DIR"), "/boxes.rs"));

/// The position of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the account's own box.
    Common { pts: i32, count: i32, of: Of },
    /// In a channel's.
    Channel { pts: i32, count: i32, of: Of },
    /// `updateReadChannelInbox`: at a position of a channel's, of which it is none (UP-59).
    Read { pts: i32, of: Of },
    /// `updateChannelTooLong` (UP-51).
    TooLong { pts: Option<i32>, of: Of },
    /// In the box that is counted by `qts`.
    Qts(i32),
    /// It has none, and does not wait for its container's.
    Now,
    /// Its container's.
    Seq,
}

/// Whose box an update says it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// It does not say.
    Nobody,
    /// A person's or a basic group's.
    Own,
    /// A channel's.
    Channel(i64),
}

impl Of {
    fn peer(peer: &enums::Peer) -> Self {
        match peer {
            enums::Peer::PeerChannel(channel) => Self::Channel(channel.channel_id),
            _ => Self::Own,
        }
    }

    fn message(message: &enums::Message) -> Self {
        match message {
            enums::Message::MessageEmpty(empty) => {
                empty.peer_id.as_ref().map_or(Self::Nobody, Self::peer)
            }
            enums::Message::Message(message) => Self::peer(&message.peer_id),
            enums::Message::MessageService(message) => Self::peer(&message.peer_id),
        }
    }
}

/// What the answer of a call holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feed {
    /// `Updates`, and where the peer of the call stands.
    Updates(Option<At>),
    /// `payments.PaymentResult`
    PaymentResult,
    /// `messages.InvitedUsers`
    InvitedUsers,
    /// `messages.ChatInviteJoinResult`
    ChatInviteJoinResult,
    /// `messages.AffectedMessages`: the caller knows which.
    AffectedMessages(Option<At>),
    /// `messages.AffectedHistory`: nobody knows which, but the server.
    AffectedHistory(Option<At>),
    /// `messages.AffectedFoundMessages`: the same.
    AffectedFoundMessages(Option<At>),
}

/// Where a peer stands in the bytes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    /// The bytes before it.
    skip: usize,
    /// The bit of the first word that says whether it is there.
    bit: Option<u8>,
    /// Whether it is an `InputChannel`, and no `InputPeer`.
    is_channel: bool,
}

impl At {
    /// The channel that a call is about, if it is one.
    pub(super) fn channel(self, call: &[u8]) -> Option<i64> {
        use crate::tl::Reader;
        use enums::{InputChannel, InputPeer};

        if let Some(bit) = self.bit {
            let flags = call.get(4..8)?.first_chunk::<4>().copied().map(u32::from_le_bytes)?;
            if flags & 1_u32.checked_shl(bit.into())? == 0 {
                return None;
            }
        }
        let mut reader = Reader::new(call.get(self.skip..)?);
        if self.is_channel {
            return match <InputChannel as crate::tl::Deserialize>::read(&mut reader)? {
                InputChannel::InputChannel(channel) => Some(channel.channel_id),
                InputChannel::InputChannelFromMessage(channel) => Some(channel.channel_id),
                InputChannel::InputChannelEmpty => None,
            };
        }
        match <InputPeer as crate::tl::Deserialize>::read(&mut reader)? {
            InputPeer::InputPeerChannel(channel) => Some(channel.channel_id),
            InputPeer::InputPeerChannelFromMessage(channel) => Some(channel.channel_id),
            _ => None,
        }
    }
}
