//! One request: what it is, and the message that it is in.

use std::time::Duration;

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::rpc::{CallId, Execution, Request};
use crate::session::fate::Fate;
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
    /// What is known of the message that it is in.
    pub(super) fate: Fate,
    /// That message, once it was sent.
    pub(super) sent: Option<Sent>,
    /// The messages that it was in before, whose answers count too.
    pub(super) former: Vec<MessageId>,
    /// Whether the server may have run one of those.
    pub(super) may_have_run: bool,
    /// How often a message of it was refused.
    pub(super) refusals: u8,
    /// With how many messages it may share a packet at most, itself among them (64).
    pub(super) company: usize,
    /// Whether it stands in the line of copies. There it stays, once, when its copy is taken back and becomes due again.
    pub(super) is_in_line: bool,
    pub(super) deadline: Option<Duration>,
}

/// The message that a request was sent in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) message: MessageId,
    pub(super) seqno: SeqNo,
    /// The packet of the last copy: the message itself, or the container that it is in.
    pub(super) packet: MessageId,
    /// How many copies were sent, refused ones too.
    pub(super) copies: u8,
    /// The link that it was first sent over, by its number.
    pub(super) link: u32,
    /// Whether a copy went out over a link after the server had said there that it does not know the key: that is not of it.
    pub(super) is_after_refusal: bool,
    /// How many sessions the server was known to have forgotten then, or that were told of since.
    pub(super) forgotten: u32,
    /// When the last copy was sent.
    pub(super) at: Duration,
    /// When the question about it was asked, if it is open.
    pub(super) asked: Option<Duration>,
    /// When something is to be done about it.
    pub(super) due: Duration,
}

impl Call {
    pub(super) fn new(request: Request, deadline: Option<Duration>) -> Self {
        let Request { body, repeat, after, quick_ack, .. } = request;
        Self {
            repeat,
            body,
            after,
            quick_ack,
            fate: Fate::PENDING,
            sent: None,
            former: Vec::new(),
            may_have_run: false,
            refusals: 0,
            company: usize::MAX,
            is_in_line: false,
            deadline,
        }
    }

    /// Whether it ran, as far as is known without an answer.
    pub(super) fn execution(&self) -> Execution {
        let may_have_run = self.may_have_run || self.fate.may_have_run();
        if may_have_run { Execution::Maybe } else { Execution::Never }
    }

    /// When something is to be done about it.
    pub(super) fn due(&self) -> Option<Duration> {
        let due = self.sent.map(|sent| sent.due);
        due.into_iter().chain(self.deadline).min().filter(|due| *due < Duration::MAX)
    }

    /// Whether a refusal that names this is one of the copy that went out last. One that names the message and not the packet may
    /// be of an earlier copy, if there was one; it says nothing of the last.
    pub(super) fn is_last_copy(&self, named: MessageId) -> bool {
        self.sent.is_some_and(|sent| sent.packet == named || sent.copies <= 1)
    }

    /// Whether this is the message that it is in.
    pub(super) fn is_in(&self, message: MessageId) -> bool {
        self.sent.is_some_and(|sent| sent.message == message)
    }
}
