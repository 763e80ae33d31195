//! What happens on the way to a key and after it, and who is told.

use std::fmt;
use std::io;
use std::time::Duration;

use telewire::connection::Disconnected;
use telewire::crypto::DhGen;
use telewire::framing::Framing;
use telewire::handshake::Step;
use telewire::ids::{DcId, Salt};

use super::target::Server;

/// Something that happened.
#[derive(Debug, Clone)]
pub(super) enum Happening {
    /// It begins.
    Connecting { server: Server, addresses: Vec<String>, dc: DcId, framing: Framing },
    /// There is a link.
    Connected { address: String },
    /// There is no link any more, or none was made.
    Disconnected { address: String, why: Disconnected },
    /// A step of the key exchange.
    Step(Step),
    /// A ping was answered.
    Pong { number: u32, of: u32, round_trip: Duration },
    /// The salts to come.
    FutureSalts(Vec<TimedSalt>),
    /// Events were dropped, because they were not taken in time.
    Lost { count: u64 },
    /// It ended well.
    Done(Totals),
    /// It did not.
    Failed { stage: Stage, why: String },
}

/// A salt, and the unix times from and to which it is valid.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimedSalt {
    pub(super) since: i32,
    pub(super) until: i32,
    pub(super) salt: Salt,
}

/// What it took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    /// From the link to the key.
    pub(super) key: Duration,
    /// Packets of the key exchange, without their framing.
    pub(super) sent: Traffic,
    pub(super) received: Traffic,
    pub(super) pings: u32,
    pub(super) salts: usize,
    /// From the start of the program.
    pub(super) all: Duration,
}

/// Packets and their bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Traffic {
    pub(super) packets: u64,
    pub(super) bytes: u64,
}

impl Traffic {
    pub(super) fn count(&mut self, packet: &[u8]) {
        self.packets = self.packets.saturating_add(1);
        let bytes = u64::try_from(packet.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

/// Somebody who is told.
pub(super) trait Report {
    /// Takes notice of something that happened.
    fn report(&mut self, happening: &Happening) -> io::Result<()>;
}

/// How far it has come: what is done now, or awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Connecting,
    ResPq,
    Factorising,
    ServerDhParams,
    Powers,
    DhGen,
    Calls,
    Closing,
}

impl Stage {
    /// Where things stand after something happened.
    pub(super) fn after(self, happening: &Happening) -> Self {
        match happening {
            Happening::Connecting { .. } => Self::Connecting,
            // A key that is there is kept when a link breaks.
            Happening::Disconnected { .. } if !self.has_key() => Self::Connecting,
            Happening::Connected { .. } if !self.has_key() => Self::ResPq,
            Happening::Step(step) => match step {
                Step::ResPq { .. } => Self::Factorising,
                Step::ReqDhParams { .. } => Self::ServerDhParams,
                Step::ServerDhParams { .. } | Step::DhGen { answer: DhGen::Retry } => Self::Powers,
                Step::SetClientDhParams { .. } => Self::DhGen,
                Step::Finished { .. } => Self::Calls,
                _ => self,
            },
            Happening::Done(_) => Self::Closing,
            _ => self,
        }
    }

    pub(super) fn has_key(self) -> bool {
        matches!(self, Self::Calls | Self::Closing)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "before step 1, connecting",
            Self::ResPq => "at step 2, waiting for resPQ",
            Self::Factorising => "at step 3, factorising pq",
            Self::ServerDhParams => "at step 5, waiting for server_DH_params_ok",
            Self::Powers => "at step 6, computing g_b and the key",
            Self::DhGen => "at step 7, waiting for dh_gen_ok",
            Self::Calls => "after step 7, waiting for an answer to a call",
            Self::Closing => "after step 7, closing",
        })
    }
}
