//! Many schedules of one kind, on several threads, and the one that breaks a promise.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// What was promised and not kept.
#[derive(Debug, thiserror::Error)]
#[error("seed {seed}: {what}")]
pub struct Broken {
    /// Of the schedule.
    pub seed: u64,
    /// What happened.
    pub what: String,
}

/// What came of schedules.
pub trait Figures: Default + Send {
    /// Adds what came of others.
    fn add(&mut self, other: &Self);
}

/// Which schedules.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// How many.
    pub schedules: u64,
    /// The seed of the first; each other has the next.
    pub seed: u64,
    /// How many threads run them. What comes of a seed does not depend on it.
    pub threads: u64,
}

/// Runs schedules. The first of a thread that breaks a promise is its last; a panic is a promise that is broken.
pub fn many<F: Figures>(
    range: Range,
    run: impl Fn(u64) -> Result<F, Broken> + Sync,
) -> (F, Vec<Broken>) {
    let threads = range.threads.max(1);
    let one = |seed| {
        let ran = catch_unwind(AssertUnwindSafe(|| run(seed)));
        ran.unwrap_or_else(|_| Err(Broken { seed, what: "it panicked".into() }))
    };
    let of_thread = |number: u64| {
        let mut figures = F::default();
        for number in (number..range.schedules).step_by(usize::try_from(threads).unwrap_or(1)) {
            match one(range.seed.wrapping_add(number)) {
                Ok(more) => figures.add(&more),
                Err(broken) => return (figures, Some(broken)),
            }
        }
        (figures, None)
    };
    let (mut all, mut broken) = (F::default(), Vec::new());
    thread::scope(|scope| {
        let numbers = 0..threads.min(range.schedules);
        let running: Vec<_> =
            numbers.map(|number| scope.spawn(move || of_thread(number))).collect();
        for running in running {
            // No thread panics: its schedules are caught.
            if let Ok((figures, of_it)) = running.join() {
                all.add(&figures);
                broken.extend(of_it);
            }
        }
    });
    (all, broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Sum(u64);

    impl Figures for Sum {
        fn add(&mut self, other: &Self) {
            self.0 += other.0;
        }
    }

    #[test]
    fn each_seed_is_run_once_whatever_the_number_of_threads_is() {
        for threads in [0, 1, 2, 7] {
            let range = Range { schedules: 5, seed: 10, threads };
            let (sum, broken) = many(range, |seed| Ok(Sum(seed)));
            assert_eq!((sum.0, broken.len()), (10 + 11 + 12 + 13 + 14, 0), "{threads}");
        }
    }

    #[test]
    fn what_breaks_or_panics_is_told_with_its_seed() {
        let range = Range { schedules: 2, seed: 7, threads: 2 };
        let (_, broken) = many(range, |seed| match seed {
            7 => Err::<Sum, _>(Broken { seed, what: "lost".into() }),
            _ => panic!("of its own"),
        });
        let said: Vec<_> = broken.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["seed 7: lost", "seed 8: it panicked"]);
    }
}
