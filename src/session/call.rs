//! One request: what it is, and how far it has come.

use std::time::Duration;

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::rpc::{CallId, Execution, Request};
use crate::tl::Repeat;

/// A request that has not ended.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) repeat: Repeat,
    /// What is sent: the function, compressed if that is shorter.
    pub(super) body: Vec<u8>,
    /// The request that the server is to run first.
    pub(super) after: Option<CallId>,
    pub(super) quick_ack: bool,
    /// The message under way.
    pub(super) sent: Option<Sent>,
    /// The messages that it was before, whose answers count too.
    pub(super) former: Vec<MessageId>,
    /// Whether the server may have run one of those.
    pub(super) may_have_run: bool,
    /// How often a message of it was refused.
    pub(super) refused: u32,
    /// Whether it may not share a container (64).
    pub(super) is_alone: bool,
    /// Whether it was taken back: it ends with whatever the server says next of it.
    pub(super) is_cancelled: bool,
    pub(super) deadline: Option<Duration>,
}

/// A message that a request was sent in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) message: MessageId,
    pub(super) seqno: SeqNo,
    /// The packet: the message itself, or the container that it is in.
    pub(super) packet: MessageId,
    /// How many links there were after the one that it was first sent over.
    pub(super) links: u32,
    /// How often it was sent.
    pub(super) copies: u32,
    /// How many of those the server has refused.
    pub(super) refused: u32,
    /// Whether the server has acknowledged one.
    pub(super) is_acknowledged: bool,
    /// Whether it waits to be sent again.
    pub(super) is_again: bool,
    /// When it was sent last.
    pub(super) at: Duration,
    /// When the server was asked about it last.
    pub(super) asked: Duration,
    /// When the server is asked about it next.
    pub(super) ask_at: Duration,
    /// How often the server was asked and said nothing.
    pub(super) silences: u32,
    /// How often the server said how far it is with it.
    pub(super) waits: u32,
    /// How often the server said that it has answered it.
    pub(super) missed: u32,
}

impl Sent {
    /// It goes into the next packet.
    pub(super) fn new(message: MessageId, seqno: SeqNo) -> Self {
        Self {
            message,
            seqno,
            packet: message,
            links: 0,
            copies: 0,
            refused: 0,
            is_acknowledged: false,
            is_again: false,
            at: Duration::ZERO,
            asked: Duration::ZERO,
            ask_at: Duration::MAX,
            silences: 0,
            waits: 0,
            missed: 0,
        }
    }
}

impl Call {
    pub(super) fn new(request: Request, deadline: Option<Duration>) -> Self {
        let Request { body, repeat, after, quick_ack, .. } = request;
        Self {
            repeat,
            body,
            after,
            quick_ack,
            sent: None,
            former: Vec::new(),
            may_have_run: false,
            refused: 0,
            is_alone: false,
            is_cancelled: false,
            deadline,
        }
    }

    /// Whether it ran, as far as is known without an answer.
    pub(super) fn execution(&self) -> Execution {
        if self.sent.is_some() || self.may_have_run { Execution::Maybe } else { Execution::Never }
    }

    /// When something is to be done about it.
    pub(super) fn due(&self) -> Option<Duration> {
        let ask = self.sent.map(|sent| sent.ask_at);
        ask.into_iter().chain(self.deadline).min().filter(|due| *due < Duration::MAX)
    }
}
