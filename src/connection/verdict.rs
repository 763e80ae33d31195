//! Whether a link that broke is the end of more than itself.
//!
//! Silence never is: of a network that swallows everything, of a portal that answers with its own pages, of a server that
//! hangs up in the middle, nothing is known but that it was not there. What somebody said counts as it is worth: a refusal
//! of the exchange (KX-09), a key that is none of ours (KX-04), and of what nobody signed what
//! [`unsigned`](crate::connection::unsigned) has in its table.

use crate::connection::error::{ConnectionError, Disconnected};
use crate::connection::keys::Phase;
use crate::connection::link::{Link, Wire};
use crate::connection::machine::Connection;
use crate::connection::unsigned::{MAX_DOUBTS, Standing, Worth, worth};
use crate::framing::TransportError;
use crate::handshake;
use crate::time::Now;

/// What a broken link is, besides broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Nothing,
    /// The connection is over.
    Over(ConnectionError),
    /// The exchange was refused; after several it is over.
    Refused(ConnectionError),
    /// The key in use may be unknown; after several it is.
    Doubt(ConnectionError),
    /// What was to follow the key in use is given up for a while.
    Postponed(ConnectionError),
}

impl Connection {
    /// What it means that this link ends so.
    pub(super) fn judge(&self, now: Now, why: &Disconnected) -> Verdict {
        let Link::Up(wire) = &self.link else { return Verdict::Nothing };
        let standing = self.keys.standing(wire, now);
        match why {
            Disconnected::Transport(error) => match worth(standing, *error) {
                Worth::Mend => Verdict::Nothing,
                Worth::WrongDc => Verdict::Over(ConnectionError::WrongDc),
                Worth::Refusal => Verdict::Refused(refused(*error)),
                Worth::Doubt => Verdict::Doubt(refused(*error)),
                Worth::Postpone => Verdict::Postponed(refused(*error)),
            },
            Disconnected::Handshake(error) => match (standing, error) {
                // No other key will come to be ours.
                (Standing::NoKey, handshake::Error::NoKnownKey) => {
                    Verdict::Over(error.clone().into())
                }
                (Standing::NoKey | Standing::First, error) if is_answer(wire, error) => {
                    Verdict::Refused(error.clone().into())
                }
                _ => Verdict::Nothing,
            },
            _ => Verdict::Nothing,
        }
    }

    /// Does what a verdict asks for; the error if the connection is over by it.
    pub(super) fn carry_out(&mut self, now: Now, verdict: Verdict) -> Option<ConnectionError> {
        match verdict {
            Verdict::Nothing => None,
            Verdict::Over(error) => Some(error),
            Verdict::Refused(error) => self.keys.refused().then_some(error),
            Verdict::Postponed(error) => {
                self.postpone(now, error);
                None
            }
            Verdict::Doubt(error) => {
                self.keys.doubts += 1;
                if self.keys.doubts < MAX_DOUBTS {
                    return None;
                }
                if let Phase::Keyed(session) = &mut self.keys.phase {
                    session.disown();
                }
                match (&self.keys.phase, error) {
                    (Phase::Keyed(_), error) if self.keys.temporary.is_some() => {
                        self.temporary_unknown(now).then_some(error)
                    }
                    (_, ConnectionError::WrongDc) => Some(ConnectionError::WrongDc),
                    _ => Some(ConnectionError::KeyUnknown),
                }
            }
        }
    }
}

fn refused(error: TransportError) -> ConnectionError {
    match error {
        TransportError::INVALID_DC => ConnectionError::WrongDc,
        error => ConnectionError::Refused(error),
    }
}

/// Whether an exchange failed by what a server of the protocol answered: by something that had our nonce in it, or that came
/// after that. Anything else may come from whoever is there instead.
fn is_answer(wire: &Wire, error: &handshake::Error) -> bool {
    use handshake::Error;
    match error {
        Error::Deadline { .. } => false,
        Error::PacketTooShort { .. }
        | Error::Encrypted
        | Error::MessageId { .. }
        | Error::MessageLength { .. }
        | Error::BytesAfterMessage { .. }
        | Error::BytesAfterValue { .. }
        | Error::Decode { .. }
        | Error::Unexpected { .. }
        | Error::NotAwaited
        | Error::Nonce { .. } => wire.has_exchanged(),
        _ => true,
    }
}
