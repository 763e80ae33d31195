//! What goes wrong in a schedule.

use std::fmt;

use telewire::server;

use crate::dice::Dice;

/// Something that goes wrong: in the network, with the client's clock, or in the data centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The link breaks; both sides notice.
    Cut,
    /// The link breaks after so many more bytes to the server, or to the client.
    CutAt {
        /// To the server.
        up: bool,
        /// After how many bytes.
        bytes: usize,
    },
    /// Nothing arrives any more in one direction or in both, and nobody notices.
    HalfOpen {
        /// To the server.
        up: bool,
        /// To the client.
        down: bool,
    },
    /// A bit of the next packet is flipped.
    Corrupt {
        /// To the server.
        up: bool,
        /// Which byte of it, modulo its length.
        byte: usize,
    },
    /// The next packet comes twice.
    Duplicate {
        /// To the server.
        up: bool,
    },
    /// The next packet comes after the one behind it.
    Reorder {
        /// To the server.
        up: bool,
    },
    /// What is sent takes so many milliseconds longer, for as long again.
    Stall {
        /// How many.
        millis: u64,
    },
    /// The client reads a few bytes at a time, for a while.
    SlowReader,
    /// The next dials fail at once, or hang.
    Dials {
        /// How many.
        count: u32,
        /// Whether they hang.
        hang: bool,
    },
    /// The client's wall clock is set.
    Clock {
        /// Forward by so many seconds.
        seconds: i64,
    },
    /// Nothing happens for an hour and a half: all salts that are known expire.
    LongIdle,
    /// Something goes wrong in the data centre.
    Server(server::Fault),
}

/// What some faults have beside their kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Detail {
    /// To the server.
    pub up: bool,
    /// To the client.
    pub down: bool,
    /// Bytes, milliseconds, seconds or a count.
    pub number: i64,
}

/// The names of all kinds of faults, in no particular order; [`Fault::kind`] is one of them.
pub const KINDS: [&str; 48] = [
    "cut",
    "cut-at",
    "half-open",
    "corrupt",
    "duplicate",
    "reorder",
    "stall",
    "slow-reader",
    "dial-fails",
    "dial-hangs",
    "clock-ahead",
    "clock-behind",
    "clock-ten-years",
    "clock-ten-ahead",
    "clock-after-2038",
    "clock-back",
    "long-idle",
    "forget-key",
    "forget-session",
    "forget-answers",
    "forget-messages",
    "change-salts",
    "skew-ahead",
    "skew-behind",
    "error-404",
    "error-429",
    "error-444",
    "error-403",
    "refuse-16",
    "refuse-17",
    "refuse-18",
    "refuse-19",
    "refuse-20",
    "refuse-32",
    "refuse-33",
    "refuse-34",
    "refuse-35",
    "refuse-48",
    "refuse-64",
    "drop-ack",
    "drop-answer",
    "ignore-state",
    "same-unique-id",
    "ask-states",
    "tell-states",
    "ask-again",
    "send-unknown",
    "send-copy",
];

/// Kinds after which a client may give up: no server of that kind comes back. They are rare, so that schedules go on.
pub const FATAL: [&str; 4] = ["forget-key", "error-444", "error-404", "refuse-18"];

impl Fault {
    /// A fault of a kind, with anything that it may have.
    #[must_use]
    pub fn draw(kind: &str, dice: &mut Dice) -> Option<Self> {
        let up = dice.percent(50);
        let mut detail = Detail { up, down: !up, number: 0 };
        match kind {
            "cut-at" => detail.number = signed(dice.below(600)),
            "half-open" => {
                (detail.up, detail.down) = match dice.below(3) {
                    0 => (true, false),
                    1 => (false, true),
                    _ => (true, true),
                };
            }
            "corrupt" => detail.number = signed(dice.below(1_000)),
            "stall" => detail.number = (dice.number() % 40_000).cast_signed(),
            "dial-fails" | "dial-hangs" => detail.number = 1,
            "clock-ahead" => detail.number = HOUR,
            "clock-behind" => detail.number = -HOUR,
            "skew-ahead" => detail.number = skew(dice),
            "skew-behind" => detail.number = -skew(dice),
            "clock-ten-years" => detail.number = -TEN_YEARS,
            "clock-ten-ahead" => detail.number = TEN_YEARS,
            "clock-after-2038" => detail.number = AFTER_2038,
            "clock-back" => detail.number = -40,
            _ => {}
        }
        Self::new(kind, detail)
    }

    /// A fault of a kind. `None` for what is no kind, or when the number is none that it may have.
    #[must_use]
    pub fn new(kind: &str, Detail { up, down, number }: Detail) -> Option<Self> {
        use server::Fault as Server;
        let count = || u32::try_from(number).ok();
        Some(match kind {
            "cut" => Self::Cut,
            "cut-at" => Self::CutAt { up, bytes: usize::try_from(number).ok()? },
            "half-open" => Self::HalfOpen { up, down },
            "corrupt" => Self::Corrupt { up, byte: usize::try_from(number).ok()? },
            "duplicate" => Self::Duplicate { up },
            "reorder" => Self::Reorder { up },
            "stall" => Self::Stall { millis: u64::try_from(number).ok()? },
            "slow-reader" => Self::SlowReader,
            "dial-fails" => Self::Dials { count: count()?, hang: false },
            "dial-hangs" => Self::Dials { count: count()?, hang: true },
            kind if kind.starts_with("clock-") => Self::Clock { seconds: number },
            "long-idle" => Self::LongIdle,
            "forget-key" => Self::Server(Server::ForgetKeys),
            "forget-session" => Self::Server(Server::ForgetSessions),
            "forget-answers" => Self::Server(Server::ForgetAnswers),
            "forget-messages" => Self::Server(Server::ForgetMessages),
            "change-salts" => Self::Server(Server::ChangeSalts),
            "skew-ahead" | "skew-behind" => {
                Self::Server(Server::SkewClock { seconds: i32::try_from(number).ok()? })
            }
            "drop-ack" => Self::Server(Server::DropAck),
            "drop-answer" => Self::Server(Server::DropAnswer),
            "ignore-state" => Self::Server(Server::IgnoreStateRequests(true)),
            "same-unique-id" => Self::Server(Server::SameUniqueId(true)),
            "ask-states" => Self::Server(Server::AskStates),
            "tell-states" => Self::Server(Server::TellStates),
            "ask-again" => Self::Server(Server::AskAgain),
            "send-unknown" => Self::Server(Server::SendUnknown),
            "send-copy" => Self::Server(Server::SendCopy),
            _ => {
                let (kind, code) = kind.split_once('-')?;
                let code: i32 = code.parse().ok()?;
                match kind {
                    "error" => Self::Server(Server::TransportError { code: -code }),
                    "refuse" => Self::Server(Server::RefuseNext { code }),
                    _ => return None,
                }
            }
        })
    }

    /// What it has beside its kind: [`new`](Self::new) makes the same of both.
    #[must_use]
    pub fn detail(&self) -> Detail {
        let mut detail = Detail::default();
        match *self {
            Self::CutAt { up, bytes } => (detail.up, detail.number) = (up, signed(bytes)),
            Self::HalfOpen { up, down } => (detail.up, detail.down) = (up, down),
            Self::Corrupt { up, byte } => (detail.up, detail.number) = (up, signed(byte)),
            Self::Duplicate { up } | Self::Reorder { up } => detail.up = up,
            Self::Stall { millis } => detail.number = millis.cast_signed(),
            Self::Dials { count, .. } => detail.number = count.into(),
            Self::Clock { seconds } => detail.number = seconds,
            Self::Server(server::Fault::SkewClock { seconds }) => detail.number = seconds.into(),
            Self::Cut | Self::SlowReader | Self::LongIdle | Self::Server(_) => {}
        }
        detail
    }

    /// Whether it is the network's alone: the data centre and the clocks do as they should.
    #[must_use]
    pub fn is_of_network(&self) -> bool {
        !matches!(self, Self::Clock { .. } | Self::LongIdle | Self::Server(_))
    }

    /// The kind by which it is counted.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        use server::Fault as Server;
        match self {
            Self::Cut => "cut",
            Self::CutAt { .. } => "cut-at",
            Self::HalfOpen { .. } => "half-open",
            Self::Corrupt { .. } => "corrupt",
            Self::Duplicate { .. } => "duplicate",
            Self::Reorder { .. } => "reorder",
            Self::Stall { .. } => "stall",
            Self::SlowReader => "slow-reader",
            Self::Dials { hang: false, .. } => "dial-fails",
            Self::Dials { hang: true, .. } => "dial-hangs",
            Self::Clock { seconds: ..-100_000 } => "clock-ten-years",
            Self::Clock { seconds: -100_000..-1_000 } => "clock-behind",
            Self::Clock { seconds: -1_000..=0 } => "clock-back",
            Self::Clock { seconds: 1..=100_000 } => "clock-ahead",
            Self::Clock { seconds: 100_001..=TEN_YEARS } => "clock-ten-ahead",
            Self::Clock { .. } => "clock-after-2038",
            Self::LongIdle => "long-idle",
            Self::Server(fault) => match fault {
                Server::ForgetKeys => "forget-key",
                Server::ForgetSessions => "forget-session",
                Server::ForgetAnswers => "forget-answers",
                Server::ForgetMessages => "forget-messages",
                Server::ChangeSalts => "change-salts",
                Server::SkewClock { seconds: 0.. } => "skew-ahead",
                Server::SkewClock { .. } => "skew-behind",
                Server::TransportError { code: -404 } => "error-404",
                Server::TransportError { code: -429 } => "error-429",
                Server::TransportError { code: -444 } => "error-444",
                Server::TransportError { .. } => "error-403",
                Server::RefuseNext { code: 16 } => "refuse-16",
                Server::RefuseNext { code: 17 } => "refuse-17",
                Server::RefuseNext { code: 18 } => "refuse-18",
                Server::RefuseNext { code: 19 } => "refuse-19",
                Server::RefuseNext { code: 20 } => "refuse-20",
                Server::RefuseNext { code: 32 } => "refuse-32",
                Server::RefuseNext { code: 33 } => "refuse-33",
                Server::RefuseNext { code: 34 } => "refuse-34",
                Server::RefuseNext { code: 35 } => "refuse-35",
                Server::RefuseNext { code: 48 } => "refuse-48",
                Server::RefuseNext { .. } => "refuse-64",
                Server::DropAck => "drop-ack",
                Server::DropAnswer => "drop-answer",
                Server::SameUniqueId(_) => "same-unique-id",
                Server::AskStates => "ask-states",
                Server::TellStates => "tell-states",
                Server::AskAgain => "ask-again",
                Server::SendUnknown => "send-unknown",
                Server::SendCopy => "send-copy",
                _ => "ignore-state",
            },
        }
    }
}

/// Places in a packet are small.
fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// An hour in seconds.
const HOUR: i64 = 3_600;

/// How far a server's clock jumps: so little that ids are still taken, more than messages may lead, or more than they may be old.
fn skew(dice: &mut Dice) -> i64 {
    dice.pick(&[3, 25, 60, 290, 310, HOUR]).copied().unwrap_or(HOUR)
}

/// Ten years in seconds: a device whose battery was empty.
pub(crate) const TEN_YEARS: i64 = 10 * 365 * 86_400;

/// From 2024 to 2039, in seconds: message ids have 31 bits for the seconds, which end on 2038-01-19.
pub(crate) const AFTER_2038: i64 = 15 * 365 * 86_400;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self:?}", self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_drawn_and_has_its_name() {
        let mut dice = Dice::new(1, 0);
        for kind in KINDS {
            assert_eq!(Fault::draw(kind, &mut dice).map(|fault| fault.kind()), Some(kind));
        }
        assert!(FATAL.iter().all(|kind| KINDS.contains(kind)));
        assert_eq!(Fault::draw("sunshine", &mut dice), None);
    }
}
