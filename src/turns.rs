//! Loops of tests that end: a mistake which makes one go on for ever fails in it, and hangs nothing.

/// More than any loop of a test needs.
const MANY: u32 = 2_000_000;

/// How often a loop was gone through.
#[derive(Debug, Default)]
pub(crate) struct Turns(u32);

impl Turns {
    /// Counts one more, and gives what it was given: the condition of a loop.
    pub(crate) fn count<T>(&mut self, condition: T) -> T {
        self.0 += 1;
        assert!(self.0 < MANY, "this never ends");
        condition
    }
}
