//! What is told about messages that came: `msgs_state_info`.
//!
//! ```text
//!  bit  7 6  5  4  3  2 1 0
//!         |  |  |  |  +-+-+-- 1 nothing known  2 not received  3 not received, newer than all that was  4 received
//!         |  |  |  +--------- acknowledged already
//!         |  |  +------------ needs no acknowledgement
//!         |  +--------------- a request that is or was processed
//!         +------------------ its answer was made
//! ```

use crate::message_id::MessageId;
use crate::server::session::{Session, Stage};

/// Nothing is known: older than all that is remembered.
const UNKNOWN: u8 = 1;
/// Not received, though others before it and after it were.
const NOT_RECEIVED: u8 = 2;
/// Not received, and newer than all that was.
const TOO_HIGH: u8 = 3;
/// Received.
const RECEIVED: u8 = 4;
/// It was acknowledged already.
const ACKNOWLEDGED: u8 = 8;
/// It is not content-related.
const NO_ACK: u8 = 16;
/// It is a request that is being processed, or was.
const PROCESSED: u8 = 32;
/// The answer to it was made.
const ANSWERED: u8 = 64;

impl Session {
    /// What is known of a message of the client's, as a
    /// [byte](https://core.telegram.org/mtproto/service_messages_about_messages#informational-message-regarding-status-of-messages).
    pub(in crate::server) fn state(&self, id: MessageId) -> u8 {
        let Some(received) = self.received.get(id) else {
            return self.state_of_missing(id);
        };
        let mut state = RECEIVED;
        if received.is_acknowledged {
            state |= ACKNOWLEDGED;
        }
        if !received.seqno.is_content() {
            state |= NO_ACK;
        }
        state
            | match received.stage {
                Stage::Service => 0,
                Stage::Running | Stage::Dropped => PROCESSED,
                Stage::Answered { .. } => PROCESSED | ANSWERED,
            }
    }

    fn state_of_missing(&self, id: MessageId) -> u8 {
        let (first, last) = (self.received.first(), self.received.last());
        // The server's own messages are none of the client's.
        let is_of_client = id.0 % 4 == 0;
        if !is_of_client || id <= self.forgotten || first.is_some_and(|first| id < first) {
            UNKNOWN
        } else if last.is_none_or(|last| id > last) {
            TOO_HIGH
        } else {
            NOT_RECEIVED
        }
    }
}
