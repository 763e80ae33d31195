//! Counts and passes on what happens.

use std::time::{Duration, Instant};

use telewire::connection::Disconnected;
use telewire::handshake::Step;

use super::happening::{Happening, Report, Stage, Totals};
use super::record::Record;
use crate::failure::Failure;

/// Knows how far it has come, and tells those who report it.
pub(super) struct Watch {
    report: Box<dyn Report>,
    record: Option<Record>,
    start: Instant,
    stage: Stage,
    linked: Option<Instant>,
    totals: Totals,
    /// Why links ended before there was a key: the last reason, and how often it came one after the other. A server that takes
    /// links and ends them for the same reason again and again is known by that.
    ended: Option<(Disconnected, u32)>,
}

impl Watch {
    /// `start` is when the program began.
    pub(super) fn new(report: Box<dyn Report>, record: Option<Record>, start: Instant) -> Self {
        Self {
            report,
            record,
            start,
            stage: Stage::Connecting,
            linked: None,
            totals: Totals::default(),
            ended: None,
        }
    }

    /// Passes on what happened.
    pub(super) fn tell(&mut self, happening: &Happening) -> Result<(), Failure> {
        self.stage = self.stage.after(happening);
        self.count(happening);
        if let Some(record) = &mut self.record {
            record.take(happening);
        }
        Ok(self.report.report(happening)?)
    }

    /// Passes on that it is done.
    pub(super) fn tell_done(&mut self) -> Result<(), Failure> {
        self.totals.all = self.start.elapsed();
        self.tell(&Happening::Done(self.totals))
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    /// Why links ended before there was a key, and how often.
    pub(super) fn ended(&self) -> Option<&(Disconnected, u32)> {
        self.ended.as_ref()
    }

    pub(super) fn into_record(self) -> Option<Record> {
        self.record
    }

    fn count(&mut self, happening: &Happening) {
        match happening {
            Happening::Connected { .. } => {
                self.linked = Some(Instant::now());
            }
            Happening::Disconnected { why, .. } => {
                let before = self.ended.take().filter(|(last, _)| last == why);
                let count = before.map_or(1, |(_, count)| count.saturating_add(1));
                self.ended = Some((why.clone(), count));
            }
            Happening::Step(Step::Sent { packet }) => self.totals.sent.count(packet),
            Happening::Step(Step::Received { packet }) => self.totals.received.count(packet),
            Happening::Step(Step::Finished { .. }) => {
                self.ended = None;
                self.totals.key = self.linked.map_or(Duration::ZERO, |linked| linked.elapsed());
            }
            Happening::Pong { .. } => self.totals.pings = self.totals.pings.saturating_add(1),
            Happening::FutureSalts(salts) => self.totals.salts = salts.len(),
            _ => {}
        }
    }
}
