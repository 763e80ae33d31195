//! What the world knows of a life: what ran and what was sent. It is held against what the client says.

use std::collections::{BTreeMap, HashMap};

use telewire::client::Error;
use telewire::rpc::{CallError, Execution, known};
use telewire::tl::Repeat;

#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// How often each call ran, by its number.
    ran: HashMap<i32, u32>,
    /// How each call ended that ended while its program lived.
    ended: Vec<(i32, Repeat, Result<(), Error>)>,
    /// Counts what happens to updates, to say what was before what.
    clock: u64,
    /// When each update was sent, by its number.
    pushed: BTreeMap<i32, u64>,
    /// How often each came.
    came: BTreeMap<i32, u32>,
    /// When the last gap was told.
    gap: Option<u64>,
}

impl Ledger {
    /// A call runs; whether it has never run before.
    pub(super) fn run(&mut self, number: i32) -> bool {
        let times = self.ran.entry(number).or_default();
        *times += 1;
        *times == 1
    }

    pub(super) fn has_run(&self, number: i32) -> bool {
        self.ran.contains_key(&number)
    }

    pub(super) fn end(&mut self, number: i32, repeat: Repeat, result: Result<(), Error>) {
        self.ended.push((number, repeat, result));
    }

    /// The number of the next update.
    pub(super) fn next_update(&self) -> i32 {
        self.pushed.last_key_value().map_or(1, |(last, _)| last + 1)
    }

    pub(super) fn push(&mut self, update: i32) {
        self.clock += 1;
        self.pushed.insert(update, self.clock);
    }

    pub(super) fn come(&mut self, update: i32) {
        *self.came.entry(update).or_default() += 1;
    }

    pub(super) fn has_come(&self, update: i32) -> bool {
        self.came.contains_key(&update)
    }

    pub(super) fn tell_gap(&mut self) {
        self.clock += 1;
        self.gap = Some(self.clock);
    }

    /// The updates that did not come and that no gap told later stands for.
    pub(super) fn lost(&self) -> Vec<i32> {
        let is_lost = |(update, at): &(&i32, &u64)| {
            !self.came.contains_key(update) && self.gap.is_none_or(|gap| gap < **at)
        };
        self.pushed.iter().filter(is_lost).map(|(update, _)| *update).collect()
    }

    pub(super) fn calls_that_succeeded(&self) -> usize {
        self.ended.iter().filter(|(.., result)| result.is_ok()).count()
    }

    pub(super) fn updates_that_came(&self) -> usize {
        self.came.len()
    }

    /// Holds what the client said against what ran. Nothing is on its way any more.
    pub(super) fn check(&self, seed: u64) {
        for (number, repeat, result) in &self.ended {
            let times = self.ran.get(number).copied().unwrap_or(0);
            let what =
                format!("seed {seed}: call {number}, {repeat:?}, ran {times} times, {result:?}");
            match result {
                Ok(()) => assert!(times >= 1, "{what}"),
                Err(error) => {
                    match error.execution() {
                        Execution::Never => assert_eq!(times, 0, "{what}"),
                        Execution::Ran => assert!(times >= 1, "{what}"),
                        Execution::Maybe => {}
                    }
                    // The server refuses none of them, but for a repetition that it knows.
                    if let Error::Call(CallError::Rpc(error)) = error {
                        assert_eq!(error.name, known::RANDOM_ID_DUPLICATE, "{what}");
                        assert_eq!(*repeat, Repeat::Keyed, "{what}");
                    }
                }
            }
        }
        // Those of programs that crashed too.
        for (number, times) in &self.ran {
            let may_repeat = repeat_of(*number) == Repeat::Safe;
            assert!(may_repeat || *times == 1, "seed {seed}: call {number} ran {times} times");
        }
        for (update, times) in &self.came {
            assert_eq!(*times, 1, "seed {seed}: update {update} came {times} times");
        }
        assert_eq!(self.lost(), Vec::<i32>::new(), "seed {seed}: updates were lost in silence");
    }
}

/// A call's number says of which class it is.
pub(super) fn repeat_of(number: i32) -> Repeat {
    match number % 3 {
        0 => Repeat::Once,
        1 => Repeat::Keyed,
        _ => Repeat::Safe,
    }
}
