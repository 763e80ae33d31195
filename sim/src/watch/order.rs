//! Ids and sequence numbers of what the client sends.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use telewire::message_id::MessageId;
use telewire::tl::Identifiable;
use telewire::tl::mtproto::{functions, types};

use crate::envelope::{Envelope, Message, int};
use crate::watch::{Broken, Place, unwrapped};

/// What the client has sent in each session.
#[derive(Debug, Default)]
pub(super) struct Order(HashMap<Place, Sent>);

/// What the client has sent in a session.
#[derive(Debug, Default)]
struct Sent {
    /// The greatest id.
    last: i64,
    /// How many content-related messages.
    content: i32,
    /// The messages, and what identifies their contents.
    known: HashMap<i64, u64>,
}

/// The messages that a container may have.
const MAX_MESSAGES: usize = 1_020;

/// The bytes of a container of several messages, as large as those of Telegram's clients.
const MAX_BYTES: usize = (1 << 15) + 8;

/// The ids that a message may name.
const MAX_IDS: usize = 8_192;

impl Order {
    pub(super) fn check(&mut self, place: Place, envelope: &Envelope) -> Result<(), Broken> {
        let sent = self.0.entry(place).or_default();
        let Envelope { outer, inner, .. } = envelope;
        // EM-12: the same header must not be encrypted twice.
        if sent.known.contains_key(&outer.id) {
            return Err(Broken::Bare { id: outer.id });
        }
        let is_large = inner.len() > 1 && outer.body.len() > MAX_BYTES;
        if inner.len() > MAX_MESSAGES || is_large {
            return Err(Broken::Large { id: outer.id, count: inner.len() });
        }
        inner.iter().try_for_each(|message| sent.message(message))?;
        // After what is in it, so that its id is greater.
        sent.message(outer)
    }
}

impl Sent {
    fn message(&mut self, message: &Message) -> Result<(), Broken> {
        let Message { id, seqno, .. } = *message;
        let contents = digest(message);
        match self.known.entry(id) {
            Entry::Occupied(known) if *known.get() == contents => return Ok(()),
            Entry::Occupied(_) => return Err(Broken::Changed { id }),
            Entry::Vacant(place) => _ = place.insert(contents),
        }
        // EM-08
        if MessageId(id) <= MessageId(self.last) || id % 4 != 0 {
            return Err(Broken::Id { id, last: self.last });
        }
        self.last = id;
        // EM-09
        let is_content = seqno % 2 != 0 || !may_be_even(message.constructor());
        let is_never = is_never_content(message.constructor());
        let right = self.content.wrapping_mul(2).wrapping_add((is_content && !is_never).into());
        if seqno != right {
            return Err(Broken::Seqno { id, seqno, right });
        }
        self.content = self.content.wrapping_add(seqno & 1);
        // EM-10
        let ids = named(message);
        if ids > MAX_IDS { Err(Broken::Large { id, count: ids }) } else { Ok(()) }
    }
}

/// What identifies the contents of a message. The request that another is to run after may have ended meanwhile, so what is said of
/// that may change.
fn digest(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    (message.seqno, unwrapped(&message.body)).hash(&mut hasher);
    hasher.finish()
}

/// How many ids a message names.
fn named(message: &Message) -> usize {
    let count = match message.constructor() {
        types::MsgsAck::ID | types::MsgsStateReq::ID | types::MsgResendReq::ID => {
            int(&message.body, 8).unwrap_or(0)
        }
        _ => 0,
    };
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn is_never_content(constructor: u32) -> bool {
    matches!(constructor, types::MsgContainer::ID | types::MsgsAck::ID)
}

/// Service messages need no acknowledgement; requests do.
fn may_be_even(constructor: u32) -> bool {
    is_never_content(constructor)
        || matches!(
            constructor,
            functions::Ping::ID
                | functions::PingDelayDisconnect::ID
                | functions::GetFutureSalts::ID
                | functions::DestroySession::ID
                | functions::DestroyAuthKey::ID
                | functions::RpcDropAnswer::ID
                | functions::HttpWait::ID
                | types::MsgsStateReq::ID
                | types::MsgsStateInfo::ID
                | types::MsgsAllInfo::ID
                | types::MsgResendReq::ID
                | types::MsgResendAnsReq::ID
        )
}
