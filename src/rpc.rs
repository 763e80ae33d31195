//! How a request ends: with a result, an error of the server's, or an error on the way.

pub mod known;
mod sample;

use std::fmt;
use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::tl::mtproto::types::GzipPacked;
use crate::tl::{Bytes, DecodeError, Function, Repeat, Serialize};

/// An error that the server answers a request with: `rpc_error#2144ca19 error_code:int error_message:string`.
///
/// A number in the message stands apart, so that the name can be compared:
///
/// ```
/// use telewire::rpc::RpcError;
///
/// let error = RpcError::parse(400, "FILE_PART_7_MISSING");
/// assert_eq!((error.name.as_str(), error.value), ("FILE_PART_X_MISSING", Some(7)));
/// assert_eq!(error.to_string(), "400 FILE_PART_X_MISSING (7)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpcError {
    /// The code, similar to those of HTTP.
    pub code: i32,
    /// The name, with `X` in place of its number. [`known`] has a constant for each that is known.
    pub name: String,
    /// The number.
    pub value: Option<i64>,
}

impl RpcError {
    /// Takes a message apart. Its first part is never a number: `2FA_CONFIRM_WAIT_123` is `2FA_CONFIRM_WAIT_X`.
    ///
    /// [`message`](Self::message) gives back what it was, so what could not be told from a name stays in it: a number beside an
    /// `X`, or with zeros before it.
    #[must_use]
    pub fn parse(code: i32, message: &str) -> Self {
        if message.split('_').skip(1).any(is_place) {
            return Self { code, name: message.to_owned(), value: None };
        }
        let mut value = None;
        let parts: Vec<String> = message
            .split('_')
            .enumerate()
            .map(|(place, part)| match number(part) {
                Some((number, unit)) if place > 0 && value.is_none() => {
                    value = Some(number);
                    format!("X{unit}")
                }
                _ => part.to_owned(),
            })
            .collect();
        Self { code, name: parts.join("_"), value }
    }

    /// The message as the server sends it, with its number.
    #[must_use]
    pub fn message(&self) -> String {
        let Some(value) = self.value else { return self.name.clone() };
        let mut value = Some(value.to_string());
        let parts: Vec<String> = self
            .name
            .split('_')
            .enumerate()
            .map(|(place, part)| match value.take_if(|_| place > 0 && is_place(part)) {
                Some(value) => value + part.trim_start_matches('X'),
                None => part.to_owned(),
            })
            .collect();
        parts.join("_")
    }

    /// CF-15: the wait that the server orders: `FLOOD_WAIT_X`, `FLOOD_PREMIUM_WAIT_X`, `SLOWMODE_WAIT_X` or
    /// `FLOOD_TEST_PHONE_WAIT_X`, with code 420. It is a second at least, since after a wait of none the same would be asked again at
    /// once, for ever; and [`MAX_ORDERED_WAIT`] at most.
    ///
    /// ```
    /// use std::time::Duration;
    /// use telewire::rpc::RpcError;
    ///
    /// let wait = |message: &str| RpcError::parse(420, message).ordered_wait();
    /// assert_eq!(wait("FLOOD_WAIT_42"), Some(Duration::from_secs(42)));
    /// assert_eq!(wait("FLOOD_WAIT_0"), Some(Duration::from_secs(1)));
    /// assert_eq!(wait("TAKEOUT_INIT_DELAY_42"), None);
    /// ```
    #[must_use]
    pub fn ordered_wait(&self) -> Option<Duration> {
        let is_wait = matches!(
            self.name.as_str(),
            known::FLOOD_WAIT_X
                | known::FLOOD_PREMIUM_WAIT_X
                | known::SLOWMODE_WAIT_X
                | known::FLOOD_TEST_PHONE_WAIT_X
        );
        let seconds = u64::try_from(self.value?).ok()?;
        let wait = Duration::from_secs(seconds).clamp(LEAST_ORDERED_WAIT, MAX_ORDERED_WAIT);
        (self.code == 420 && is_wait).then_some(wait)
    }

    /// What the error says about the request.
    fn execution(&self) -> Execution {
        match (self.code, self.name.as_str()) {
            // SM-X4: the server knows the `random_id`, so the request ran before and its answer was lost.
            (500, "RANDOM_ID_DUPLICATE") => Execution::Ran,
            // The server failed in the midst of it (SM-X2).
            (500.. | ..0, _) => Execution::Maybe,
            _ => Execution::Never,
        }
    }
}

/// The shortest wait that is taken for one.
const LEAST_ORDERED_WAIT: Duration = Duration::from_secs(1);

/// The longest wait that is taken for one: 14 days, as TDLib has it.
pub const MAX_ORDERED_WAIT: Duration = Duration::from_secs(14 * 86_400);

/// Whether a part of a name stands for a number.
fn is_place(part: &str) -> bool {
    matches!(part, "X" | "XMIN")
}

/// A part that is a number, with a unit behind it in one known error (`PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_5MIN`).
fn number(part: &str) -> Option<(i64, &str)> {
    let digits = part.strip_suffix("MIN").unwrap_or(part);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let is_number = is_number && (digits == "0" || !digits.starts_with('0'));
    let unit = part.get(digits.len()..)?;
    if is_number { digits.parse().ok().map(|number| (number, unit)) } else { None }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.name)?;
        match self.value {
            Some(value) => write!(f, " ({value})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RpcError {}

/// Why a request has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server answered with an error.
    #[error("the server answered {0}")]
    Rpc(#[from] RpcError),
    /// The request was sent again after nobody knew whether it ran, and the server answered that with an error. The first
    /// time it may have run.
    #[error("the server answered {0} to a repetition of the request")]
    RpcRepeated(RpcError),
    /// The server answered, but not with what the function returns. The bytes are kept.
    #[error("the answer is malformed: {source}")]
    Decode {
        /// What is wrong with it.
        source: DecodeError,
        /// The answer.
        answer: Bytes,
    },
    /// The connection to the server's session was lost while the request was under way, and it may not be repeated.
    #[error("nobody knows whether the request ran: its answer was lost, and it must not run twice")]
    Unknown,
    /// The request was taken back.
    #[error("the request was cancelled")]
    Cancelled {
        /// Whether it ran before that.
        execution: Execution,
    },
    /// The request was not answered in time.
    #[error("the request was not answered in time")]
    Deadline {
        /// Whether it ran.
        execution: Execution,
    },
    /// The connection is over.
    #[error("the connection is over: {why}")]
    Closed {
        /// Whether the request ran before that.
        execution: Execution,
        /// Why it is over.
        why: CloseReason,
    },
    /// The server refused the request's messages, again and again.
    #[error("the server refused the request's messages with code {code}")]
    Refused {
        /// The code of its last `bad_msg_notification` or `bad_server_salt`.
        code: i32,
        /// Whether the request ran before that.
        execution: Execution,
    },
    /// The request is larger than a message may be.
    #[error("a request of {length} bytes is larger than a message may be")]
    TooLarge {
        /// Its bytes.
        length: usize,
    },
    /// Too many requests are waiting already.
    #[error("too many requests are waiting; wait for some of them")]
    Full,
}

/// Whether a request ran on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Execution {
    /// It had no effect.
    Never,
    /// Nobody knows.
    Maybe,
    /// It had its effect.
    Ran,
}

/// Why a connection is over, as its calls hear it. [`ConnectionError`](crate::connection::ConnectionError) says more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CloseReason {
    /// Who has it closed it, or dropped its last handle.
    #[error("it was closed")]
    Closed,
    /// No key could be exchanged with the server.
    #[error("no key could be exchanged")]
    NoKey,
    /// The server is another data centre than the one named.
    #[error("the server is another data centre than the one named")]
    WrongDc,
    /// No temporary key could be bound to the permanent one.
    #[error("no temporary key could be bound")]
    NotBound,
    /// The server does not know the authorization key.
    #[error("the server does not know the authorization key")]
    KeyUnknown,
    /// What drove it is gone: its task was aborted, or the runtime that it ran on has ended.
    #[error("its driver was dropped")]
    DriverGone,
}

impl CallError {
    /// The server's error, if it is one: to the request, or to a repetition of it.
    #[must_use]
    pub fn rpc(&self) -> Option<&RpcError> {
        match self {
            Self::Rpc(error) | Self::RpcRepeated(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the request ran.
    #[must_use]
    pub fn execution(&self) -> Execution {
        match self {
            Self::Rpc(error) => error.execution(),
            Self::RpcRepeated(error) => match error.execution() {
                Execution::Never => Execution::Maybe,
                execution => execution,
            },
            Self::Decode { .. } => Execution::Ran,
            Self::Unknown => Execution::Maybe,
            Self::Cancelled { execution }
            | Self::Deadline { execution }
            | Self::Refused { execution, .. }
            | Self::Closed { execution, .. } => *execution,
            Self::TooLarge { .. } | Self::Full => Execution::Never,
        }
    }
}

/// A request: a function as bytes, and how to treat it.
#[derive(Clone)]
pub struct Request {
    /// The function.
    pub(crate) body: Vec<u8>,
    /// Whether it may be sent again when nobody knows whether it ran.
    pub(crate) repeat: Repeat,
    /// Within what time it must be answered.
    pub(crate) deadline: Option<Duration>,
    /// The request after which the server is to run it.
    pub(crate) after: Option<CallId>,
    /// Whether the server is asked for a quick acknowledgement.
    pub(crate) quick_ack: bool,
    /// Whether it may be compressed.
    pub(crate) compress: bool,
}

/// Bodies below this are not worth compressing: they and the header of the compressed data fit into one segment of TCP.
const COMPRESS_FROM: usize = 512;

impl Request {
    /// Calls a function.
    #[must_use]
    pub fn new<F: Function>(function: &F) -> Self {
        Self::from_bytes(function.to_bytes(), F::REPEAT)
    }

    /// Calls a function that is given as bytes; `repeat` is the caller's word.
    #[must_use]
    pub fn from_bytes(body: Vec<u8>, repeat: Repeat) -> Self {
        Self { body, repeat, deadline: None, after: None, quick_ack: false, compress: true }
    }

    /// Treats the function as another class than its own.
    #[must_use]
    pub fn with_repeat(self, repeat: Repeat) -> Self {
        Self { repeat, ..self }
    }

    /// Ends with [`CallError::Deadline`] if there is no answer within this time.
    #[must_use]
    pub fn with_deadline(self, within: Duration) -> Self {
        Self { deadline: Some(within), ..self }
    }

    /// Has the server run it after another request of the same connection, by
    /// [`invokeAfterMsg`](https://core.telegram.org/method/invokeAfterMsg) as long as that one has not ended.
    #[must_use]
    pub fn after(self, call: CallId) -> Self {
        Self { after: Some(call), ..self }
    }

    /// Asks for a [quick acknowledgement](https://core.telegram.org/mtproto/mtproto-transports#quick-ack): an event says
    /// when the server has received the request.
    #[must_use]
    pub fn with_quick_ack(self) -> Self {
        Self { quick_ack: true, ..self }
    }

    /// Sends it as it is. By default a large request is compressed where that makes it a tenth smaller.
    #[must_use]
    pub fn uncompressed(self) -> Self {
        Self { compress: false, ..self }
    }

    /// Whether [`compressed`](Self::compressed) looks at it.
    pub(crate) fn may_compress(&self) -> bool {
        self.compress && self.body.len() >= COMPRESS_FROM
    }

    /// The request with its body compressed, if it may be and that is worth it.
    ///
    /// Most that is large is parts of files, which do not get smaller. To find that out by compressing one of 512 KiB takes the
    /// driver's task more than twenty times as long as a look at a [sample].
    pub(crate) fn compressed(mut self) -> Self {
        if self.may_compress() && sample::is_promising(&self.body) {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            // Writing into memory does not fail; if it did, the body would go as it is.
            if encoder.write_all(&self.body).is_ok()
                && let Ok(packed) = encoder.finish()
                && packed.len() < self.body.len() / 10 * 9
            {
                self.body = GzipPacked { packed_data: packed.into() }.to_bytes();
            }
        }
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} bytes, {:?})", self.body.len(), self.repeat)
    }
}

/// The number of a request, as whoever took it counts: the connection, or the handles of a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub(crate) u64);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::Deserialize;

    fn parse(message: &str) -> (String, Option<i64>) {
        let error = RpcError::parse(400, message);
        (error.name, error.value)
    }

    #[test]
    fn cf_15_an_ordered_wait_is_neither_none_nor_endless() {
        let week = Duration::from_secs(7 * 86_400);
        for name in ["FLOOD_WAIT", "FLOOD_PREMIUM_WAIT", "SLOWMODE_WAIT", "FLOOD_TEST_PHONE_WAIT"] {
            let wait =
                |seconds: i64| RpcError::parse(420, &format!("{name}_{seconds}")).ordered_wait();
            assert_eq!([0, 1].map(wait), [Some(LEAST_ORDERED_WAIT); 2], "{name}");
            assert_eq!([2, 604_800].map(wait), [Some(2 * LEAST_ORDERED_WAIT), Some(week)]);
            for seconds in [1_209_600, 1_209_601, i64::MAX] {
                assert_eq!(wait(seconds), Some(MAX_ORDERED_WAIT), "{name}");
            }
            // No number, one that is none, and another error of the same name.
            let bare = RpcError::parse(420, name);
            let negative =
                RpcError { value: Some(-1), ..RpcError::parse(420, &format!("{name}_1")) };
            let other = RpcError::parse(400, &format!("{name}_7"));
            for error in [bare, negative, other, RpcError::parse(420, &format!("{name}_X"))] {
                assert_eq!(error.ordered_wait(), None, "{error}");
            }
        }
        for message in ["2FA_CONFIRM_WAIT_7", "TAKEOUT_INIT_DELAY_7", "FROZEN_METHOD_INVALID", ""] {
            assert_eq!(RpcError::parse(420, message).ordered_wait(), None, "{message}");
        }
    }

    #[test]
    fn a_number_stands_apart_wherever_it_is() {
        for (message, name, value) in [
            ("FLOOD_WAIT_42", "FLOOD_WAIT_X", Some(42)),
            ("FILE_PART_7_MISSING", "FILE_PART_X_MISSING", Some(7)),
            ("2FA_CONFIRM_WAIT_123", "2FA_CONFIRM_WAIT_X", Some(123)),
            ("INTERDC_2_CALL_RICH_ERROR", "INTERDC_X_CALL_RICH_ERROR", Some(2)),
            (
                "PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_5MIN",
                "PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_XMIN",
                Some(5),
            ),
            ("FILE_REFERENCE_0_EXPIRED", "FILE_REFERENCE_X_EXPIRED", Some(0)),
            ("MD5_CHECKSUM_INVALID", "MD5_CHECKSUM_INVALID", None),
            ("PHONE_CODE_INVALID", "PHONE_CODE_INVALID", None),
            ("Timeout", "Timeout", None),
            ("", "", None),
            ("_", "_", None),
            ("A_1_2", "A_X_2", Some(1)),
            ("A_MIN", "A_MIN", None),
            ("X_5", "X_X", Some(5)),
            ("A_X_5", "A_X_5", None),
            ("A_5_XMIN", "A_5_XMIN", None),
            ("A_007", "A_007", None),
            ("A_0_1", "A_X_1", Some(0)),
            ("42", "42", None),
            ("A_99999999999999999999", "A_99999999999999999999", None),
            ("A_-1", "A_-1", None),
            ("A_é1", "A_é1", None),
        ] {
            assert_eq!(parse(message), (name.to_owned(), value), "{message}");
            assert_eq!(RpcError::parse(400, message).message(), message);
        }
    }

    #[test]
    fn every_error_says_whether_the_request_ran() {
        let rpc = |code, message| CallError::Rpc(RpcError::parse(code, message));
        let source = i32::from_bytes(&[]).unwrap_err();
        let closed = |execution| CallError::Closed { execution, why: CloseReason::Closed };
        for (error, execution) in [
            (rpc(400, "PEER_ID_INVALID"), Execution::Never),
            (rpc(420, "FLOOD_WAIT_3"), Execution::Never),
            (rpc(303, "PHONE_MIGRATE_4"), Execution::Never),
            (rpc(500, "INTERNAL"), Execution::Maybe),
            (rpc(-503, "Timeout"), Execution::Maybe),
            (rpc(500, "RANDOM_ID_DUPLICATE"), Execution::Ran),
            (CallError::Decode { source, answer: Bytes::default() }, Execution::Ran),
            (CallError::RpcRepeated(RpcError::parse(400, "PEER_ID_INVALID")), Execution::Maybe),
            (CallError::RpcRepeated(RpcError::parse(500, "RANDOM_ID_DUPLICATE")), Execution::Ran),
            (CallError::Unknown, Execution::Maybe),
            (CallError::Cancelled { execution: Execution::Never }, Execution::Never),
            (CallError::Deadline { execution: Execution::Maybe }, Execution::Maybe),
            (closed(Execution::Maybe), Execution::Maybe),
            (closed(Execution::Never), Execution::Never),
            (CallError::Refused { code: 16, execution: Execution::Never }, Execution::Never),
            (CallError::Full, Execution::Never),
            (CallError::TooLarge { length: 1 << 20 }, Execution::Never),
        ] {
            assert_eq!(error.execution(), execution, "{error}");
        }
    }
}
