//! What came of a schedule, and what came of many.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use telewire::server::Tally;
use telewire::tl::mtproto;

use crate::fault::KINDS;
use crate::oracle::Violation;
use crate::plan::Plan;

/// What came of a schedule.
#[derive(Debug)]
pub struct Outcome {
    /// The promise that was broken.
    pub violation: Option<Violation>,
    /// What the server sent.
    pub tally: Tally,
    /// What happened, if it was to be told.
    pub lines: Vec<String>,
}

/// What came of many schedules.
#[derive(Debug, Default)]
pub struct Coverage {
    schedules: u64,
    requests: u64,
    faults: BTreeMap<&'static str, u64>,
    pairs: BTreeMap<(&'static str, &'static str), u64>,
    tally: Tally,
    violations: BTreeMap<&'static str, Vec<u64>>,
    took: Duration,
}

impl Coverage {
    /// Counts a schedule.
    pub fn add(&mut self, plan: &Plan, outcome: &Outcome) {
        self.schedules += 1;
        let faults = plan.faults().count();
        self.requests += (plan.steps.len() - faults) as u64;
        let mut kinds: Vec<&str> = plan.faults().map(|fault| fault.kind()).collect();
        for kind in &kinds {
            *self.faults.entry(kind).or_default() += 1;
        }
        kinds.sort_unstable();
        kinds.dedup();
        for (place, first) in kinds.iter().enumerate() {
            for second in kinds.iter().skip(place + 1) {
                *self.pairs.entry((first, second)).or_default() += 1;
            }
        }
        for (id, count) in &outcome.tally.messages {
            *self.tally.messages.entry(*id).or_default() += count;
        }
        for (code, count) in &outcome.tally.refusals {
            *self.tally.refusals.entry(*code).or_default() += count;
        }
        if let Some(violation) = &outcome.violation {
            self.violations.entry(violation.name()).or_default().push(plan.seed);
        }
    }

    /// Notes how long they took.
    pub fn took(&mut self, time: Duration) {
        self.took = time;
    }

    /// How many schedules broke a promise.
    #[must_use]
    pub fn violations(&self) -> usize {
        self.violations.values().map(Vec::len).sum()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.schedules as f64 / self.took.as_secs_f64();
        writeln!(f, "{} schedules in {:.2?}, {rate:.0} a second", self.schedules, self.took)?;
        writeln!(f, "{} requests, updates and cancellations", self.requests)?;
        writeln!(f, "\nfaults")?;
        for kind in KINDS {
            let count = self.faults.get(kind).copied().unwrap_or(0);
            writeln!(f, "  {kind:<18}{count:>10}")?;
        }
        let all = KINDS.len() * (KINDS.len() - 1) / 2;
        let least = if self.pairs.len() < all {
            0
        } else {
            self.pairs.values().copied().min().unwrap_or(0)
        };
        writeln!(
            f,
            "\npairs of faults: {} of {all}, each in {least} schedules or more",
            self.pairs.len()
        )?;
        writeln!(f, "\nmessages that the client had to deal with")?;
        for (id, count) in &self.tally.messages {
            let name = mtproto::SCHEMA.name_of(*id).unwrap_or("(of the API)");
            writeln!(f, "  {name:<30}{count:>12}")?;
        }
        writeln!(f, "\nrefusals by code")?;
        for (code, count) in &self.tally.refusals {
            writeln!(f, "  {code:<18}{count:>10}")?;
        }
        writeln!(f, "\nviolations: {}", self.violations())?;
        for (name, seeds) in &self.violations {
            let first: Vec<_> = seeds.iter().take(5).map(u64::to_string).collect();
            writeln!(f, "  {name:<30}{:>8}   seeds {}", seeds.len(), first.join(" "))?;
        }
        Ok(())
    }
}
