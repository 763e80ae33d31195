//! Transfers of files against servers with all faults, on virtual time, by seeds: two data centres, a CDN, and a program that is killed.
//!
//! ```text
//!  Program ── lives, and what each leaves on the disk ── Rig ── telewire::files::Planner
//!     └── Servers: what they hold to be true, and faults
//! ```
//! What is promised: a file is equal, or there is an error and a partial file that is gone on with (FI-80); no byte of another file is
//! written; windows and memory are bounded (FI-70, FI-87).

mod program;
mod rig;
mod server;

use std::collections::BTreeMap;
use std::fmt;

use crate::schedules::{self, Broken};
use program::Program;

/// What came of one schedule, or of many.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Schedules.
    pub schedules: u64,
    /// How often things happened that the servers, the disk or the program did.
    pub met: BTreeMap<&'static str, u64>,
}

/// All that happens.
pub const KINDS: [&str; 18] = [
    "files",
    "killed",
    "at a journal",
    "torn",
    "resumed",
    "errors",
    "waits",
    "moves",
    "stalls",
    "references",
    "logins",
    "from a CDN",
    "late answers",
    "seeks",
    "back again",
    "ranges",
    "cut short",
    "beyond the end",
];

impl Figures {
    fn count(&mut self, kind: &'static str) {
        *self.met.entry(kind).or_default() += 1;
    }

    /// What was met less often.
    #[must_use]
    pub fn rarer_than(&self, least: u64) -> Vec<&'static str> {
        let is_rare = |kind: &&str| self.met.get(*kind).copied().unwrap_or_default() < least;
        KINDS.into_iter().filter(is_rare).collect()
    }
}

impl schedules::Figures for Figures {
    fn add(&mut self, other: &Self) {
        self.schedules += other.schedules;
        for (kind, count) in &other.met {
            *self.met.entry(kind).or_default() += count;
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schedules = self.schedules;
        write!(
            f,
            "{schedules} schedules of files: each was equal, or its partial was gone on with"
        )?;
        for (number, kind) in KINDS.into_iter().enumerate() {
            let start = if number % 6 == 0 { "\n  " } else { ", " };
            write!(f, "{start}{kind} {}", self.met.get(kind).copied().unwrap_or_default())?;
        }
        Ok(())
    }
}

/// What was not kept, as a sentence.
type Checked<T = ()> = Result<T, String>;

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(what()) }
}

/// Runs the schedule of a seed.
///
/// # Errors
///
/// What was not kept.
pub fn run(seed: u64) -> Result<Figures, Broken> {
    let ran = Program::new(seed).and_then(Program::run);
    ran.map_err(|what| Broken { seed, what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::{Range, many};

    #[test]
    fn fi_80_whatever_happens_a_file_is_equal_or_a_partial_one_is_gone_on_with() {
        let (figures, broken) = many(Range { schedules: 100, seed: 0, threads: 2 }, run);
        assert!(broken.is_empty(), "{broken:?}");
        // Each kind of fault was met.
        assert_eq!(figures.rarer_than(6), [""; 0], "{figures}");
    }
}
