//! What can be heard of a box.

/// A word about a box: of an update that came, of the server's answers, of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// An update came before any position was known, and it can be the first.
    First,
    /// An update came, and no position is known to compare it with.
    Early,
    /// An update follows what was delivered (UP-14).
    Next,
    /// An update without a count stands where the box is (UP-14).
    Same,
    /// An update was delivered before (UP-14).
    Old,
    /// An update holds events that were delivered, and others that were not (UP-15).
    Overlap,
    /// Something is missing before an update (UP-16).
    Ahead,
    /// An update came while its reader had no room for more (UP-86).
    Shed,
    /// More is held than may be (UP-24).
    Flooded,
    /// The difference is wanted (UP-25, UP-51).
    Wanted,
    /// Its time has come.
    Late,
    /// Nothing is held any more (UP-19).
    Filled,
    /// The difference was asked for.
    Asked,
    /// An answer came, and more follows (UP-29, UP-53).
    Slice,
    /// The last answer came.
    Final,
    /// No answer came that can be used.
    Failed,
    /// The same, once too often.
    Spent,
}

impl Word {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 17] = [
        Self::First,
        Self::Early,
        Self::Next,
        Self::Same,
        Self::Old,
        Self::Overlap,
        Self::Ahead,
        Self::Shed,
        Self::Flooded,
        Self::Wanted,
        Self::Late,
        Self::Filled,
        Self::Asked,
        Self::Slice,
        Self::Final,
        Self::Failed,
        Self::Spent,
    ];
}
