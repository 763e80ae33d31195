//! Many schedules, on as many threads as there are to be. What comes of a schedule is its own: a thread shares nothing with
//! the others.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::oracle::Violation;
use crate::outcome::{Coverage, Outcome};
use crate::plan::Plan;
use crate::world::World;

/// What a schedule may allocate at once, client, network and server together (P4). The results of all its requests are
/// 3 MiB at most, and are copied a few times on their way; a flood is eight thousand requests, of which each side keeps a
/// kilobyte.
const MAX_MEMORY: u64 = 24 << 20;

/// What is to be run.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// How many schedules.
    pub count: u64,
    /// On how many threads.
    pub threads: usize,
    /// Whether others are run after one that broke a promise.
    pub keeps_going: bool,
}

/// A schedule that broke a promise.
#[derive(Debug)]
pub struct Failure {
    /// Which of all.
    pub number: u64,
    /// The schedule.
    pub plan: Plan,
    /// What it broke.
    pub violation: Violation,
}

/// Runs schedules by their numbers, from 0. Gives what came of them, and the first that broke a promise, whoever ran it.
pub fn many(job: Job, plan_of: impl Fn(u64) -> Plan + Sync) -> (Coverage, Option<Failure>) {
    let start = Instant::now();
    // The next to be run, and the first of those that failed: none behind it has to be run then.
    let (next, end) = (AtomicU64::new(0), AtomicU64::new(job.count));
    let all = Mutex::new((Coverage::default(), None::<Failure>));
    let work = || {
        let mut coverage = Coverage::default();
        let mut first = None::<Failure>;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= end.load(Ordering::Relaxed) {
                break;
            }
            let plan = plan_of(number);
            let outcome = measured(&plan);
            coverage.add(&plan, &outcome);
            if let Some(violation) = outcome.violation
                && first.is_none()
            {
                if !job.keeps_going {
                    end.fetch_min(number, Ordering::Relaxed);
                }
                first = Some(Failure { number, plan, violation });
            }
        }
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.0.merge(coverage);
        if first.as_ref().is_some_and(|new| all.1.as_ref().is_none_or(|f| new.number < f.number)) {
            all.1 = first;
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..job.threads {
            scope.spawn(work);
        }
        work();
    });
    let (mut coverage, failure) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    coverage.took(start.elapsed().max(Duration::from_nanos(1)));
    (coverage, failure)
}

/// Runs a schedule and looks at what it allocates.
#[must_use]
pub fn measured(plan: &Plan) -> Outcome {
    let mut outcome = None;
    let info = allocation_counter::measure(|| outcome = Some(World::run(plan, false)));
    let mut outcome = outcome.unwrap_or_else(|| World::run(plan, false));
    if info.bytes_max > MAX_MEMORY {
        outcome.violation.get_or_insert(Violation::Memory { bytes: info.bytes_max });
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Options;

    #[test]
    fn what_comes_of_schedules_does_not_depend_on_how_many_threads_run_them() {
        let run = |threads| {
            let job = Job { count: 60, threads, keeps_going: true };
            let (mut coverage, failure) = many(job, |n| Plan::new(n, &Options::default()));
            coverage.took(Duration::from_secs(1));
            (coverage.to_string(), failure.map(|failure| failure.number))
        };
        assert_eq!(run(1), run(3));
    }
}
