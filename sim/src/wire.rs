//! A link between client and server: two pipes, and who is at the other end.

use std::time::Duration;

use telewire::server::LinkId;

use crate::dice::Dice;
use crate::fault::Fault;
use crate::pipe::Pipe;
use crate::plan::Plan;
use crate::rogue::Rogue;

/// A link.
#[derive(Debug)]
pub struct Wire {
    /// To the server.
    pub up: Pipe,
    /// To the client.
    pub down: Pipe,
    /// The server's end.
    pub end: End,
    /// When the server hears that the client closed it.
    pub closes_at: Option<Duration>,
}

/// The server's end of a link.
#[derive(Debug)]
pub enum End {
    /// The data centre.
    DataCentre(LinkId),
    /// A peer that sends anything at all.
    Rogue(Box<Rogue>),
}

/// How long a client reads slowly.
const SLOW: Duration = Duration::from_secs(10);

/// How long a server keeps a link that is silent.
const SILENCE: Duration = Duration::from_secs(600);

impl Wire {
    /// A new link.
    #[must_use]
    pub fn new(plan: &Plan, end: End) -> Self {
        let pipe = || Pipe::new(plan.latency, plan.jitter);
        Self { up: pipe(), down: pipe(), end, closes_at: None }
    }

    /// The client closed it. What it sent before arrives still; unless the link is silent, the server hears of it then.
    pub fn close(&mut self, now: Duration, dice: &mut Dice) {
        if let End::Rogue(rogue) = &mut self.end {
            rogue.hang_up();
        }
        let takes = if self.up.is_silent() { dice.time(SILENCE) } else { Duration::ZERO };
        self.closes_at = Some(now + takes);
        self.down.silence();
    }

    /// Something goes wrong with it. Faults that are none of a link's change nothing.
    pub fn fail(&mut self, now: Duration, fault: Fault) {
        match fault {
            Fault::CutAt { up, bytes } => self.pipe(up).cut_after(bytes),
            Fault::HalfOpen { up, down } => {
                if up {
                    self.up.half_open();
                }
                if down {
                    self.down.half_open();
                }
            }
            Fault::Corrupt { up, byte } => self.pipe(up).corrupt(byte),
            Fault::Duplicate { up } => self.pipe(up).duplicate(),
            Fault::Reorder { up } => self.pipe(up).reorder(),
            Fault::Stall { millis } => {
                let by = Duration::from_millis(millis);
                self.up.stall(now, by);
                self.down.stall(now, by);
            }
            Fault::SlowReader => self.down.slow(now + SLOW),
            Fault::Cut
            | Fault::Dials { .. }
            | Fault::Clock { .. }
            | Fault::LongIdle
            | Fault::Server(_) => {}
        }
    }

    /// The faults of it that were met.
    pub fn met(&self) -> impl Iterator<Item = &'static str> {
        self.up.met().iter().chain(self.down.met()).copied()
    }

    fn pipe(&mut self, is_up: bool) -> &mut Pipe {
        if is_up { &mut self.up } else { &mut self.down }
    }

    /// When something happens to it.
    #[must_use]
    pub fn next(&self) -> Option<Duration> {
        let closes_at = self.closes_at.filter(|_| self.up.is_empty());
        let speaks_at = match &self.end {
            End::Rogue(rogue) => rogue.speaks_at(),
            End::DataCentre(_) => None,
        };
        [self.up.next(), self.down.next(), closes_at, speaks_at].into_iter().flatten().min()
    }

    /// Whether it broke under way.
    #[must_use]
    pub fn is_broken(&self, now: Duration) -> bool {
        self.up.is_broken(now) || self.down.is_broken(now)
    }

    /// Whether the server has heard that the client closed it.
    #[must_use]
    pub fn is_over(&self, now: Duration) -> bool {
        let is_closed = self.closes_at.is_some_and(|at| at <= now) && self.up.is_empty();
        is_closed || self.is_broken(now)
    }
}
