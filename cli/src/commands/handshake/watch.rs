//! Counts and passes on what happens.

use std::time::{Duration, Instant};

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
    /// Why there is no link.
    why: Option<String>,
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
            why: None,
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

    /// Why there is no link, if there is none.
    pub(super) fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }

    pub(super) fn into_record(self) -> Option<Record> {
        self.record
    }

    fn count(&mut self, happening: &Happening) {
        match happening {
            Happening::Connected { .. } => {
                self.linked = Some(Instant::now());
                self.why = None;
            }
            Happening::Disconnected { why, .. } => self.why = Some(why.to_string()),
            Happening::Step(Step::Sent { packet }) => self.totals.sent.count(packet),
            Happening::Step(Step::Received { packet }) => self.totals.received.count(packet),
            Happening::Step(Step::Finished { .. }) => {
                self.totals.key = self.linked.map_or(Duration::ZERO, |linked| linked.elapsed());
            }
            Happening::Pong { .. } => self.totals.pings = self.totals.pings.saturating_add(1),
            Happening::FutureSalts(salts) => self.totals.salts = salts.len(),
            _ => {}
        }
    }
}
