//! What came of a schedule, and what came of many.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use telewire::server::Tally;
use telewire::tl::Identifiable;
use telewire::tl::mtproto::{self, types};

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
    /// How long it took after the last step until nothing was awaited any more.
    pub rest: Duration,
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
    /// The longest rest, and the seed.
    rest: (Duration, u64),
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
        self.rest = self.rest.max((outcome.rest, plan.seed));
        if let Some(violation) = &outcome.violation {
            self.violations.entry(violation.name()).or_default().push(plan.seed);
        }
    }

    /// Notes how long they took.
    pub fn took(&mut self, time: Duration) {
        self.took = time;
    }

    /// What was met less often than that: kinds of faults, pairs of them, messages and refusals.
    #[must_use]
    pub fn rarer_than(&self, least: u64) -> Vec<String> {
        let faults = KINDS.map(|kind| (kind.to_owned(), self.faults.get(kind)));
        let rows = ROWS.map(|id| (name_of(id).to_owned(), self.tally.messages.get(&id)));
        let codes = CODES.map(|code| (format!("refusal {code}"), self.tally.refusals.get(&code)));
        let all = faults.into_iter().chain(rows).chain(codes);
        let rare = all.filter(|(_, count)| count.copied().unwrap_or(0) < least);
        rare.map(|(name, _)| name).collect()
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
            if mtproto::SCHEMA.name_of(*id).is_some() {
                writeln!(f, "  {:<30}{count:>12}", name_of(*id))?;
            }
        }
        writeln!(f, "\nrefusals by code")?;
        for (code, count) in &self.tally.refusals {
            writeln!(f, "  {code:<18}{count:>10}")?;
        }
        let (rest, seed) = self.rest;
        writeln!(f, "\nlongest rest after the last step: {rest:.1?}, seed {seed}")?;
        writeln!(f, "\nviolations: {}", self.violations())?;
        for (name, seeds) in &self.violations {
            let first: Vec<_> = seeds.iter().take(5).map(u64::to_string).collect();
            writeln!(f, "  {name:<30}{:>8}   seeds {}", seeds.len(), first.join(" "))?;
        }
        Ok(())
    }
}

fn name_of(id: u32) -> &'static str {
    mtproto::SCHEMA.name_of(id).unwrap_or("(of the API)")
}

/// The messages of an honest server that a client must have a reaction to.
const ROWS: [u32; 17] = [
    types::MsgContainer::ID,
    types::GzipPacked::ID,
    types::RpcResult::ID,
    types::RpcError::ID,
    types::RpcAnswerUnknown::ID,
    types::RpcAnswerDroppedRunning::ID,
    types::RpcAnswerDropped::ID,
    types::MsgsAck::ID,
    types::BadMsgNotification::ID,
    types::BadServerSalt::ID,
    types::MsgsStateInfo::ID,
    types::MsgDetailedInfo::ID,
    types::MsgNewDetailedInfo::ID,
    types::NewSessionCreated::ID,
    types::FutureSalts::ID,
    types::Pong::ID,
    types::DestroySessionOk::ID,
];

/// The codes of refusals.
const CODES: [i32; 11] = [16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64];
