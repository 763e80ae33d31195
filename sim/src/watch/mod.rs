//! Reads along on the wire: what the client sends and what reaches it. It knows the rules of the protocol, and nothing of how the client
//! keeps them.
//!
//! ```text
//!  client ── frame ──> Watch::sent ── Tap ── Envelope ──┬─ order   ids, sequence numbers, repetitions (EM-08 to EM-12)
//!                                                       ├─ once    what must not run twice goes again by permission only
//!                                                       └─ acks    what came is acknowledged
//!  bytes ──> client, then Watch::reached ── Tap ── Envelope ── once, acks, the updates in it
//!  frame ──> data centre, then Watch::arrived ── late   copies that the server alone can refuse
//! ```

mod acks;
mod late;
mod once;
mod order;
mod tap;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::Duration;

use telewire::crypto::{AuthKey, Sender, Suite};
use telewire::framing::Framing;
use telewire::tl::wrap::functions::InvokeAfterMsg;
use telewire::tl::{Deserialize, Identifiable};

use crate::api::{Run, Update};
use crate::envelope::{Envelope, Message, int};
use acks::Acks;
pub use late::{FrameId, Late};
use once::Once;
use order::Order;
use tap::Tap;

/// A session of a client's: its key, and its number.
pub type Place = ([u8; 8], i64);

/// A rule of the wire that was broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// What was sent names a key, and cannot be opened with it.
    #[error("EM-01: a packet that nobody can open")]
    Sealed,
    /// A message id is not greater than the one before, or none of a client's.
    #[error("EM-08: message {id:x} after {last:x}")]
    Id {
        /// Its id.
        id: i64,
        /// The greatest before.
        last: i64,
    },
    /// A sequence number is not what the messages before make it.
    #[error("EM-09: message {id:x} has the sequence number {seqno} and not {right}")]
    Seqno {
        /// Its id.
        id: i64,
        /// Its number.
        seqno: i32,
        /// What it should be.
        right: i32,
    },
    /// A message or a container is larger than one may be.
    #[error("EM-10: message {id:x} has {count} messages or ids")]
    Large {
        /// Its id.
        id: i64,
        /// How many.
        count: usize,
    },
    /// A message was sent again outside of a container, or the container was.
    #[error("EM-12: message {id:x} was sent again, bare")]
    Bare {
        /// Its id.
        id: i64,
    },
    /// A message was sent again and says something else.
    #[error("EM-12: message {id:x} was sent again with other contents")]
    Changed {
        /// Its id.
        id: i64,
    },
    /// What must not run twice was sent again though the server had not said that it did not run.
    #[error("P2: request {number} must run once and was sent again, {why}")]
    Again {
        /// Its number.
        number: i32,
        /// What the server had said.
        why: &'static str,
    },
    /// A message of the server's was not acknowledged.
    #[error("message {id:x} came and was not acknowledged in time")]
    Unacknowledged {
        /// Its id.
        id: i64,
    },
}

impl Broken {
    /// The rule, by which they are counted.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sealed => "EM-01 sealed",
            Self::Id { .. } => "EM-08 ids",
            Self::Seqno { .. } => "EM-09 sequence numbers",
            Self::Large { .. } => "EM-10 sizes",
            Self::Bare { .. } => "EM-12 bare repetition",
            Self::Changed { .. } => "EM-12 changed",
            Self::Again { .. } => "P2 sent again",
            Self::Unacknowledged { .. } => "not acknowledged",
        }
    }
}

/// What the rules depend on.
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    /// Whether the peer is a data centre.
    pub is_honest: bool,
    /// Whether no clock jumps: then nothing that comes is dropped for its time.
    pub is_steady: bool,
    /// Whether all that comes is to be acknowledged: no more comes than a client remembers, no session goes with its temporary key, and
    /// nothing is dropped for its time before the client knows the server's.
    pub is_moderate: bool,
}

/// Reads along.
#[derive(Debug)]
pub struct Watch {
    suite: Suite,
    watched: Watched,
    keys: HashMap<[u8; 8], AuthKey>,
    tap: Option<Tap>,
    /// The session that the client used last.
    place: Option<Place>,
    order: Order,
    once: Once,
    acks: Acks,
    /// What arrived at the data centre, and when it forgot.
    pub late: Late,
}

impl Watch {
    /// Knows no key yet.
    #[must_use]
    pub fn new(suite: Suite, watched: Watched) -> Self {
        Self {
            suite,
            watched,
            keys: HashMap::new(),
            tap: None,
            place: None,
            order: Order::default(),
            once: Once::default(),
            acks: Acks::default(),
            late: Late::default(),
        }
    }

    /// A key by which packets are read from now on.
    pub fn know(&mut self, key: AuthKey) {
        self.keys.insert(key.id().to_le_bytes(), key);
    }

    /// A request was made that must not run twice.
    pub fn must_run_once(&mut self, number: i32) {
        self.once.add(number);
    }

    /// There is a new link.
    pub fn connected(&mut self, now: Duration, framing: Framing) {
        self.tap = Some(Tap::new(framing));
        self.acks.connected(now);
    }

    /// There is none.
    pub fn disconnected(&mut self) {
        self.tap = None;
    }

    /// The client sends a frame. Gives the number by which its arrival is told.
    ///
    /// # Errors
    ///
    /// The rule that it breaks.
    pub fn sent(&mut self, frame: &[u8]) -> Result<FrameId, Broken> {
        let mut opened = Vec::new();
        for packet in self.tap.as_mut().map(|tap| tap.up(frame)).unwrap_or_default() {
            opened.extend(self.open(&packet, Sender::Client)?);
        }
        let frame = self.late.sent(&opened);
        for (place, envelope) in opened {
            if self.place.replace(place).is_some_and(|before| before != place) {
                self.acks.forget();
            }
            self.order.check(place, &envelope)?;
            if self.watched.is_honest {
                self.once.sent(place, &envelope)?;
            }
            self.acks.sent(&envelope);
        }
        Ok(frame)
    }

    /// Bytes reached the client. `is_taken` says whether it still wanted the link afterwards: if not, something of them was wrong, and
    /// what it made of the rest is open. Gives the numbers of the updates that it has taken.
    pub fn reached(&mut self, now: Duration, bytes: &[u8], is_taken: bool) -> Vec<i32> {
        let mut updates = Vec::new();
        for packet in self.tap.as_mut().map(|tap| tap.down(bytes)).unwrap_or_default() {
            let Ok(Some((place, envelope))) = self.open(&packet, Sender::Server) else { continue };
            let is_current = self.place == Some(place);
            // A temporary key goes with its session.
            let is_read = self.place.is_some_and(|(key, _)| key == place.0);
            let is_sure = is_taken && is_current && self.watched.is_steady;
            for message in envelope.messages() {
                if self.watched.is_honest {
                    self.once.heard(place, message, is_sure);
                }
                if is_sure && self.watched.is_honest && self.watched.is_moderate {
                    self.acks.came(now, message);
                }
                let update = Update::from_bytes(&message.body).ok();
                updates.extend(update.filter(|_| is_taken && is_read).map(|update| update.number));
            }
        }
        updates
    }

    /// Time has passed, and there is a link or none.
    ///
    /// # Errors
    ///
    /// What should have been sent by now.
    pub fn check(&self, now: Duration) -> Result<(), Broken> {
        if self.tap.is_some() { self.acks.check(now) } else { Ok(()) }
    }

    fn open(&self, packet: &[u8], sender: Sender) -> Result<Option<(Place, Envelope)>, Broken> {
        let Some(id) = Envelope::key_of(packet) else { return Ok(None) };
        // Of a key exchange, or of a key that nobody told of.
        let Some(key) = self.keys.get(&id) else { return Ok(None) };
        let envelope = Envelope::open(&self.suite, key, packet, sender).ok_or(Broken::Sealed)?;
        Ok(Some(((id, envelope.session), envelope)))
    }
}

/// A request without the one that it is to run after.
fn unwrapped(body: &[u8]) -> &[u8] {
    let is_wrapped = int(body, 0).map(i32::cast_unsigned) == Some(InvokeAfterMsg::<Run>::ID);
    if is_wrapped { body.get(12..).unwrap_or_default() } else { body }
}

/// The number of the request that a message makes.
fn request(message: &Message) -> Option<i32> {
    let body = unwrapped(&message.body);
    let is_run = int(body, 0).map(i32::cast_unsigned) == Some(Run::ID);
    int(body, 4).filter(|_| is_run)
}
