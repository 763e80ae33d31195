//! What comes late and the server alone can refuse.
//!
//! No client can see to it that a message which was *under way already* does not arrive once more, so a second arrival is not held
//! against it in these cases:
//!
//! 1. The server had the message, forgot the session, and then another copy of the same message came, which the client had sent *before*
//!    the server forgot. (Two copies of one message are under way when the server said that it lacks it while the first was on
//!    its way over a link that had been left; or because the network copied a packet.) The client could not know when it sent it that
//!    the server would forget. As long as the server remembers, it takes the second for what it is; it has promised to remember for as
//!    long as the session lives. Once it has forgotten, nothing in the packet tells it from a first one, and no message can call it
//!    back.
//! 2. The server refused a packet, which says that nothing in it ran, and then a copy of the very packet came, which the network
//!    made. The client does what the refusal asks of it, in a new message. The copy bears what was refused before; to refuse it
//!    again is the server's.
//!
//! 3. The server forgot the session *and then lost the notice* by which it tells so, before the client had heard it. Then what it says of a
//!    message that it has forgotten is what it says of one that never came, and a client that does what it says sends it again.
//!
//! Nothing else is excused: what the client sends *after* the server has forgotten or refused is its own doing, and so is a copy
//! under another id. Only what really ran is counted, and only as often as such copies ran.

use std::collections::{HashMap, HashSet};

use crate::envelope::{Envelope, Message};
use crate::watch::{Place, request};

/// The number of a frame that the client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameId(usize);

/// What arrived at the data centre, and when it forgot. Its time counts what happens, so that no two things happen at once.
#[derive(Debug, Default)]
pub struct Late {
    frames: Vec<Sent>,
    time: u64,
    /// When messages arrived last.
    arrived: HashMap<(Place, i64), u64>,
    /// When the data centre forgot its sessions last.
    forgot: Option<u64>,
    /// Whether the client has not heard of that yet, and whether it never will.
    is_untold: bool,
    is_lost: bool,
    /// Frames that were refused.
    refused: HashSet<FrameId>,
}

/// A frame that the client sent.
#[derive(Debug)]
struct Sent {
    at: u64,
    messages: Vec<Request>,
}

/// A request in it.
#[derive(Debug, Clone, Copy)]
struct Request {
    place: Place,
    id: i64,
    number: i32,
}

impl Late {
    /// The client sends a frame with these packets.
    pub(super) fn sent(&mut self, packets: &[(Place, Envelope)]) -> FrameId {
        let request_of = |place: Place, message: &Message| {
            request(message).map(|number| Request { place, id: message.id, number })
        };
        let messages = packets
            .iter()
            .flat_map(|(place, envelope)| {
                envelope.messages().iter().filter_map(|message| request_of(*place, message))
            })
            .collect();
        self.time += 1;
        self.frames.push(Sent { at: self.time, messages });
        FrameId(self.frames.len() - 1)
    }

    /// The data centre forgets its sessions.
    pub fn forgot(&mut self) {
        self.time += 1;
        self.forgot = Some(self.time);
        (self.is_untold, self.is_lost) = (true, false);
    }

    /// The client has heard that a session began.
    pub fn told(&mut self) {
        self.is_untold = false;
    }

    /// The data centre loses what it has not delivered: if it has forgotten its sessions, the notice of that too.
    pub fn lost_notices(&mut self) {
        self.is_lost |= self.is_untold;
    }

    /// A frame arrived at the data centre, which has done with it what it does. `was_refused` says whether it refused something.
    /// Gives the requests of which another copy came that nobody but the server can refuse.
    pub fn arrived(&mut self, frame: FrameId, was_refused: bool) -> Vec<i32> {
        let Some(Sent { at: sent, messages }) = self.frames.get(frame.0) else { return Vec::new() };
        self.time += 1;
        let is_copy = self.refused.contains(&frame);
        let (forgot, time, is_lost) = (self.forgot, self.time, self.is_lost);
        let mut excused = Vec::new();
        for Request { place, id, number } in messages {
            let before = self.arrived.insert((*place, *id), time);
            let is_forgotten = before
                .zip(forgot)
                .is_some_and(|(before, forgot)| before < forgot && (is_lost || *sent < forgot));
            if is_forgotten || is_copy {
                excused.push(*number);
            }
        }
        if was_refused {
            self.refused.insert(frame);
        }
        excused
    }

    /// The requests that are in a frame.
    pub fn requests(&self, frame: FrameId) -> impl Iterator<Item = i32> {
        let messages = self.frames.get(frame.0).map(|sent| &sent.messages[..]).unwrap_or_default();
        messages.iter().map(|request| request.number)
    }
}
