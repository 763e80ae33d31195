//! Which messages of a client's are taken.

use std::time::Duration;

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::server::session::Session;

/// How far a client's clock may be behind.
const MAX_AGE: Duration = Duration::from_secs(300);

/// How far it may be ahead.
const MAX_LEAD: Duration = Duration::from_secs(30);

/// What is to be done with a message of a client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Judgement {
    /// It is new.
    Take,
    /// It came before.
    Duplicate,
    /// It is refused with a code of `bad_msg_notification`.
    Bad(i32),
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Place {
    /// In a packet of its own.
    Packet,
    /// In a container. That one has shown the time, so a message that is sent again keeps its old id and number there.
    Container,
}

impl Session {
    /// Judges the id of a message, and its sequence number, by
    /// [the rules](https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message).
    pub(in crate::server) fn judge(
        &self,
        id: MessageId,
        seqno: SeqNo,
        place: Place,
        unix: Duration,
    ) -> Judgement {
        if id.0 % 4 != 0 {
            return Judgement::Bad(18);
        }
        if self.received.get(id).is_some() {
            return Judgement::Duplicate;
        }
        if place == Place::Packet && id.unix().saturating_add(MAX_AGE) < unix {
            return Judgement::Bad(16);
        }
        if id.unix() > unix.saturating_add(MAX_LEAD) {
            return Judgement::Bad(17);
        }
        if id <= self.forgotten {
            return Judgement::Bad(20);
        }
        // Those that were taken are in order, so the neighbours say it for all.
        let clashes = |other: SeqNo| other == seqno && seqno.is_content();
        let (before, after) = self.received.around(id);
        if before.is_some_and(|other| other.seqno > seqno || clashes(other.seqno)) {
            return Judgement::Bad(32);
        }
        if after.is_some_and(|other| other.seqno < seqno || clashes(other.seqno)) {
            return Judgement::Bad(33);
        }
        Judgement::Take
    }
}
