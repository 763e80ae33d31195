//! How a box stands: one value, which changes in one function, `State::hear`. It is pure: it has no clock, holds nothing and asks for
//! nothing. What it says is done by `common` and `channels`.
//!
//! * **What follows is delivered, what does not waits** for half a second, then the difference is asked for (UP-14 to UP-17).
//! * **While a difference runs, what comes is held** (UP-27, UP-58). Afterwards it is looked at again, as if it came then.
//! * **Whoever wants a difference while one runs gets another**: the answer may have been made before.
//! * **Failing has an end**: after a number of tries the box sleeps until an update needs the difference (`Dormant`).
//!
//! A cell has the state that follows and, behind a comma, what is done. `·` is no change.
//!
#![doc = include_str!("table.md")]

#[cfg(test)]
mod tests;
mod word;

pub use word::Word;

/// How a box stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum State {
    /// No position is known.
    #[default]
    Unknown,
    /// Nothing is missing.
    Level,
    /// Something is missing and may still come.
    Gap,
    /// The difference waits to be asked for.
    Due,
    /// The difference was asked for.
    Asking,
    /// The same, and it is wanted once more.
    Again,
    /// The difference failed, and waits to be asked for again.
    Resting,
    /// It has failed too often.
    Dormant,
}

impl State {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 8] = [
        Self::Unknown,
        Self::Level,
        Self::Gap,
        Self::Due,
        Self::Asking,
        Self::Again,
        Self::Resting,
        Self::Dormant,
    ];
}

/// What is done about what was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Nothing.
    Nothing,
    /// The update is the first: the box begins before it.
    Begin,
    /// The update is delivered.
    Deliver,
    /// The update is delivered, unless an equal one was.
    DeliverOnce,
    /// The update is held.
    Hold,
    /// The update is dropped.
    Drop,
    /// All that is held is dropped.
    Clear,
}

impl State {
    /// What follows from a word.
    pub(super) fn hear(self, word: Word) -> (Self, Act) {
        match word {
            Word::First | Word::Early => self.came_unplaced(word),
            Word::Next | Word::Same | Word::Old | Word::Overlap | Word::Ahead => self.came(word),
            Word::Shed => match self {
                Self::Asking => (Self::Again, Act::Drop),
                Self::Again | Self::Resting => (self, Act::Drop),
                _ => (Self::Due, Act::Drop),
            },
            Word::Flooded => (self.wanted(), Act::Clear),
            Word::Wanted => (self.wanted(), Act::Nothing),
            Word::Late => match self {
                Self::Gap | Self::Resting => (Self::Due, Act::Nothing),
                _ => (self, Act::Nothing),
            },
            Word::Filled if self == Self::Gap => (Self::Level, Act::Nothing),
            Word::Asked if self == Self::Due => (Self::Asking, Act::Nothing),
            Word::Filled | Word::Asked => (self, Act::Nothing),
            Word::Slice | Word::Final | Word::Failed | Word::Spent => {
                (self.answered(word), Act::Nothing)
            }
        }
    }

    /// Whether a difference is under way.
    pub(super) fn is_asking(self) -> bool {
        matches!(self, Self::Asking | Self::Again)
    }

    fn came_unplaced(self, word: Word) -> (Self, Act) {
        match (self, word) {
            (Self::Unknown, Word::First) => (Self::Level, Act::Begin),
            (Self::Unknown | Self::Level | Self::Gap | Self::Dormant, _) => (Self::Due, Act::Hold),
            _ => (self, Act::Hold),
        }
    }

    fn came(self, word: Word) -> (Self, Act) {
        match (self, word) {
            (_, Word::Old) => (self, Act::Drop),
            (Self::Asking | Self::Again, _) => (self, Act::Hold),
            (_, Word::Next) => (self, Act::Deliver),
            (_, Word::Same) => (self, Act::DeliverOnce),
            (Self::Level, Word::Ahead) => (Self::Gap, Act::Hold),
            (Self::Level | Self::Gap | Self::Dormant, Word::Overlap)
            | (Self::Dormant, Word::Ahead) => (Self::Due, Act::Hold),
            _ => (self, Act::Hold),
        }
    }

    fn wanted(self) -> Self {
        match self {
            Self::Asking | Self::Again => Self::Again,
            Self::Resting => Self::Resting,
            _ => Self::Due,
        }
    }

    fn answered(self, word: Word) -> Self {
        match (self, word) {
            (Self::Asking | Self::Again, Word::Slice) | (Self::Again, Word::Final) => Self::Due,
            (Self::Asking, Word::Final) => Self::Level,
            (Self::Asking | Self::Again, Word::Failed) => Self::Resting,
            (Self::Asking | Self::Again, Word::Spent) => Self::Dormant,
            _ => self,
        }
    }
}
