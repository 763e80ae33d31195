//! What came of a schedule, and what came of many.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use telewire::rpc::CallError;
use telewire::server::Tally;
use telewire::session::Cells;
use telewire::session::fate::{State, Word};
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
    /// The requests that were accepted, by their numbers.
    pub calls: Vec<Ended>,
    /// What the server sent.
    pub tally: Tally,
    /// The faults that were met, by kind: that had something to go wrong with.
    pub met: BTreeMap<&'static str, u64>,
    /// What else was met.
    pub seen: Seen,
    /// The cells of the table of fates that were met.
    pub cells: Cells,
    /// How many entries each table had at most, and in the end.
    pub sizes: BTreeMap<&'static str, (usize, usize)>,
    /// How long it took after the last step until nothing was awaited any more.
    pub rest: Duration,
    /// What happened, if it was to be told.
    pub lines: Vec<String>,
}

/// A request that was accepted, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its number.
    pub number: i32,
    /// How it ended; `None` if it did not.
    pub end: Option<Result<usize, CallError>>,
    /// How often it arrived at its handler.
    pub arrived: u32,
}

/// How often clients did what not all of them do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// Quick acknowledgements that were told.
    pub quick_acks: u64,
    /// Temporary keys that were bound.
    pub bound: u64,
    /// Requests that ran after the one that they were to run after.
    pub in_order: u64,
    /// Requests that were not taken because too many waited.
    pub full: u64,
}

impl Seen {
    fn add(&mut self, Self { quick_acks, bound, in_order, full }: Self) {
        self.quick_acks += quick_acks;
        self.bound += bound;
        self.in_order += in_order;
        self.full += full;
    }

    fn rows(&self) -> [(&'static str, u64); 4] {
        [
            ("quick acknowledgements", self.quick_acks),
            ("temporary keys bound", self.bound),
            ("requests run in order", self.in_order),
            ("requests not taken", self.full),
        ]
    }
}

/// What came of many schedules.
#[derive(Debug, Default)]
pub struct Coverage {
    schedules: u64,
    requests: u64,
    faults: BTreeMap<&'static str, u64>,
    pairs: BTreeMap<(&'static str, &'static str), u64>,
    tally: Tally,
    seen: Seen,
    cells: Cells,
    sizes: BTreeMap<&'static str, (usize, usize)>,
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
        add_all(&mut self.faults, outcome.met.clone());
        let kinds: Vec<&str> = outcome.met.keys().copied().collect();
        self.seen.add(outcome.seen);
        self.cells.add(&outcome.cells);
        self.add_sizes(&outcome.sizes);
        for (place, first) in kinds.iter().enumerate() {
            for second in kinds.iter().skip(place + 1) {
                *self.pairs.entry((first, second)).or_default() += 1;
            }
        }
        add_all(&mut self.tally.messages, outcome.tally.messages.clone());
        add_all(&mut self.tally.refusals, outcome.tally.refusals.clone());
        self.rest = self.rest.max((outcome.rest, plan.seed));
        if let Some(violation) = &outcome.violation {
            self.violations.entry(violation.name()).or_default().push(plan.seed);
        }
    }

    /// Counts what others have counted.
    pub fn merge(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.requests += other.requests;
        add_all(&mut self.faults, other.faults);
        add_all(&mut self.pairs, other.pairs);
        add_all(&mut self.tally.messages, other.tally.messages);
        add_all(&mut self.tally.refusals, other.tally.refusals);
        self.seen.add(other.seen);
        self.cells.add(&other.cells);
        self.add_sizes(&other.sizes);
        self.rest = self.rest.max(other.rest);
        for (name, seeds) in other.violations {
            let all = self.violations.entry(name).or_default();
            all.extend(seeds);
            all.sort_unstable();
        }
    }

    fn add_sizes(&mut self, sizes: &BTreeMap<&'static str, (usize, usize)>) {
        for (name, (most, last)) in sizes {
            let of = self.sizes.entry(name).or_default();
            *of = (of.0.max(*most), of.1.max(*last));
        }
    }

    /// The cells of the table of fates, and how often each was met. Not all can be met: the table says which say nothing.
    pub fn cells(&self) -> impl Iterator<Item = (State, Word, u64)> {
        self.cells.iter()
    }

    /// Notes how long they took.
    pub fn took(&mut self, time: Duration) {
        self.took = time;
    }

    /// What was met less often than that: kinds of faults, messages, refusals, and what not all clients do.
    #[must_use]
    pub fn rarer_than(&self, least: u64) -> Vec<String> {
        let faults = KINDS.map(|kind| (kind.to_owned(), self.faults.get(kind)));
        let rows = ROWS.map(|id| (name_of(id).to_owned(), self.tally.messages.get(&id)));
        let codes = CODES.map(|code| (format!("refusal {code}"), self.tally.refusals.get(&code)));
        let all = faults.into_iter().chain(rows).chain(codes);
        let all = all.map(|(name, count)| (name, count.copied().unwrap_or(0)));
        let seen = self.seen.rows().map(|(name, count)| (name.to_owned(), count));
        all.chain(seen).filter(|(_, count)| *count < least).map(|(name, _)| name).collect()
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
        writeln!(f, "\nfaults that had an effect")?;
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
            if mtproto::SCHEMA.name_of(*id).is_some() || *id == UNKNOWN {
                writeln!(f, "  {:<30}{count:>12}", name_of(*id))?;
            }
        }
        writeln!(f, "\nrefusals by code")?;
        for (code, count) in &self.tally.refusals {
            writeln!(f, "  {code:<18}{count:>10}")?;
        }
        writeln!(f, "\nand")?;
        for (name, count) in self.seen.rows() {
            writeln!(f, "  {name:<30}{count:>12}")?;
        }
        writeln!(f, "\nentries of tables: at most, and when nothing is open")?;
        for (name, (most, last)) in &self.sizes {
            writeln!(f, "  {name:<18}{most:>10}{last:>10}")?;
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

fn add_all<K: Ord>(sums: &mut BTreeMap<K, u64>, counts: BTreeMap<K, u64>) {
    for (key, count) in counts {
        *sums.entry(key).or_default() += count;
    }
}

fn name_of(id: u32) -> &'static str {
    if id == UNKNOWN {
        return "(of no schema)";
    }
    mtproto::SCHEMA.name_of(id).unwrap_or("(of the API)")
}

/// The messages of an honest server that a client must have a reaction to.
const ROWS: [u32; 24] = [
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
    types::DestroySessionNone::ID,
    types::DestroyAuthKeyOk::ID,
    types::MsgsStateReq::ID,
    types::MsgsAllInfo::ID,
    types::MsgResendReq::ID,
    types::MsgCopy::ID,
    UNKNOWN,
];

/// What the server sends as a message that no schema has.
const UNKNOWN: u32 = 0x0bad_c0de;

/// The codes of refusals.
const CODES: [i32; 11] = [16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64];
