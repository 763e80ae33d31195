//! What the world knows of a life: what ran and what was sent. It is held against what the client says.

use std::collections::{BTreeSet, HashMap};

use telewire::client::Error;
use telewire::rpc::{CallError, Execution, known};
use telewire::tl::Repeat;

#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// How often each call ran, by its number.
    ran: HashMap<i32, u32>,
    /// How each call ended that ended while its program lived.
    ended: Vec<(i32, Repeat, Result<(), Error>)>,
    /// The last message that was sent.
    sent: i32,
    /// Those that have to come: they were sent after the client had kept where its box was.
    owed: BTreeSet<i32>,
    /// Those that came to any program.
    came: BTreeSet<i32>,
    /// The last one that came to the program at hand.
    last: Option<i32>,
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

    /// The number of the next message.
    pub(super) fn next_message(&mut self) -> i32 {
        self.sent += 1;
        self.sent
    }

    pub(super) fn owe(&mut self, message: i32) {
        self.owed.insert(message);
    }

    /// The login ends: another one begins where the box is then.
    pub(super) fn owe_nothing(&mut self) {
        self.owed.clear();
    }

    /// A program begins, which may be told again what was not committed.
    pub(super) fn begin(&mut self) {
        self.last = None;
    }

    /// A message comes: in its order, and once in a program.
    pub(super) fn come(&mut self, message: i32) {
        let last = self.last.replace(message);
        assert!(last.is_none_or(|last| last < message), "message {message} came after {last:?}");
        self.came.insert(message);
    }

    pub(super) fn has_come(&self, message: i32) -> bool {
        self.came.contains(&message)
    }

    /// The messages that had to come and did not.
    pub(super) fn lost(&self) -> Vec<i32> {
        self.owed.difference(&self.came).copied().collect()
    }

    pub(super) fn calls_that_succeeded(&self) -> usize {
        self.ended.iter().filter(|(.., result)| result.is_ok()).count()
    }

    pub(super) fn messages_that_came(&self) -> usize {
        self.came.len()
    }

    pub(super) fn messages_that_had_to_come(&self) -> usize {
        self.owed.len()
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
        assert_eq!(self.lost(), Vec::<i32>::new(), "seed {seed}: messages were lost in silence");
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
