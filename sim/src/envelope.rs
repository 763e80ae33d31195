//! Encrypted packets, opened by those who read along and sealed by those who are neither the client nor the data centre.

use telewire::crypto::message_key::{derive, message_key};
use telewire::crypto::{AuthKey, MessageKey, Sender, Suite};
use telewire::tl::mtproto::types;
use telewire::tl::{Identifiable, Serialize};

/// What is in a packet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Its salt.
    pub salt: i64,
    /// Its session.
    pub session: i64,
    /// Its message.
    pub outer: Message,
    /// If that is a container, what is in it.
    pub inner: Vec<Message>,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: i64,
    /// Its sequence number.
    pub seqno: i32,
    /// What it says.
    pub body: Vec<u8>,
}

impl Message {
    /// What it is.
    #[must_use]
    pub fn constructor(&self) -> u32 {
        int(&self.body, 0).map_or(0, i32::cast_unsigned)
    }

    /// Whether it holds others.
    #[must_use]
    pub fn is_container(&self) -> bool {
        self.constructor() == types::MsgContainer::ID
    }
}

impl Envelope {
    /// The key that a packet names.
    #[must_use]
    pub fn key_of(packet: &[u8]) -> Option<[u8; 8]> {
        packet.first_chunk::<8>().copied()
    }

    /// Opens a packet; `None` when it is no whole one of that key, or not authentic: whoever gets it drops it (EM-02), and has heard
    /// nothing of what seems to be in it.
    #[must_use]
    pub fn open(suite: &Suite, key: &AuthKey, packet: &[u8], sender: Sender) -> Option<Self> {
        let (header, data) = packet.split_at_checked(24)?;
        if Self::key_of(header)? != key.id().to_le_bytes() {
            return None;
        }
        let msg_key = MessageKey(header.get(8..)?.try_into().ok()?);
        let suite = &**suite;
        let mut plain = data.get(..data.len() / 16 * 16)?.to_vec();
        derive(suite, key, &msg_key, sender).decrypt(suite, &mut plain).ok()?;
        if !message_key(suite, key, sender, &plain).0.matches(suite, &msg_key) {
            return None;
        }
        let length = usize::try_from(int(&plain, 28)?).ok()?;
        let body = plain.get(32..)?.get(..length)?.to_vec();
        let outer = Message { id: long(&plain, 16)?, seqno: int(&plain, 24)?, body };
        let inner = if outer.is_container() { children(&outer.body) } else { Vec::new() };
        Some(Self { salt: long(&plain, 0)?, session: long(&plain, 8)?, outer, inner })
    }

    /// The packet that holds its message as it stands, with so much padding at least. `length` is what it says of the message, if
    /// that is not so.
    #[must_use]
    pub fn seal(
        &self,
        suite: &Suite,
        key: &AuthKey,
        sender: Sender,
        padding: usize,
        length: Option<usize>,
    ) -> Vec<u8> {
        let suite = &**suite;
        let Message { id, seqno, body } = &self.outer;
        let mut plain = Vec::new();
        for number in [self.salt, self.session, *id] {
            number.serialize(&mut plain);
        }
        seqno.serialize(&mut plain);
        i32::try_from(length.unwrap_or(body.len())).unwrap_or(0).serialize(&mut plain);
        plain.extend_from_slice(body);
        plain.resize((plain.len() + padding).next_multiple_of(16), 0);
        let (msg_key, _) = message_key(suite, key, sender, &plain);
        // Whole blocks, so it cannot fail.
        let _ = derive(suite, key, &msg_key, sender).encrypt(suite, &mut plain);
        [&key.id().to_le_bytes()[..], &msg_key.0, &plain].concat()
    }

    /// The messages that say something: what is in the container, or what is none.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        if self.outer.is_container() { &self.inner } else { std::slice::from_ref(&self.outer) }
    }
}

/// `count: 4 | ( msg_id: 8 | seqno: 4 | length: 4 | body )…`
fn children(body: &[u8]) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut rest = body.get(8..).unwrap_or_default();
    while let (Some(id), Some(seqno), Some(length)) = (long(rest, 0), int(rest, 8), int(rest, 12)) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let whole = rest.get(16..).and_then(|rest| rest.split_at_checked(length));
        let Some((body, after)) = whole else { break };
        messages.push(Message { id, seqno, body: body.to_vec() });
        rest = after;
    }
    messages
}

/// A number at a place.
#[must_use]
pub fn long(bytes: &[u8], at: usize) -> Option<i64> {
    bytes.get(at..)?.first_chunk::<8>().map(|bytes| i64::from_le_bytes(*bytes))
}

/// A number at a place.
#[must_use]
pub fn int(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..)?.first_chunk::<4>().map(|bytes| i32::from_le_bytes(*bytes))
}
