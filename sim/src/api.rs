//! The API of the simulation: one function, and one update.

use telewire::tl::{Bytes, Deserialize, Function, Identifiable, Reader, Repeat, Serialize};

/// A request. Each has a number of its own, by which the oracle counts how often it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub number: i32,
    /// Whether the server recognises a repetition.
    pub is_keyed: bool,
    /// Whether it is refused instead of run.
    pub is_refused: bool,
    /// How many bytes the result has.
    pub bytes: i32,
    /// After how many milliseconds it is answered.
    pub after: i32,
}

impl Identifiable for Run {
    const ID: u32 = 0x51b0_0001;
    const NAME: &'static str = "sim.run";
}

impl Serialize for Run {
    fn serialize(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::ID.to_le_bytes());
        self.number.serialize(out);
        self.is_keyed.serialize(out);
        self.is_refused.serialize(out);
        self.bytes.serialize(out);
        self.after.serialize(out);
    }
}

impl Deserialize for Run {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let outer = r.begin(Self::ID, Self::NAME);
        let run = Self {
            number: r.int(),
            is_keyed: r.boolean(),
            is_refused: r.boolean(),
            bytes: r.int(),
            after: r.int(),
        };
        r.end(outer);
        Some(run)
    }
}

impl Function for Run {
    type Return = Bytes;
    // Schedules say it request by request.
    const REPEAT: Repeat = Repeat::Once;
}

impl Run {
    /// What it returns: its number, and as many zeros as were asked for.
    #[must_use]
    pub fn result(&self) -> Bytes {
        let mut result = self.number.to_le_bytes().to_vec();
        result.resize(4 + usize::try_from(self.bytes).unwrap_or(0), 0);
        result.into()
    }
}

/// An update that the server sends unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Update {
    /// Its number.
    pub number: i32,
    /// Whether it is a large one.
    pub is_large: bool,
}

impl Identifiable for Update {
    const ID: u32 = 0x51b0_0002;
    const NAME: &'static str = "sim.update";
}

/// More than the data centre sends again unasked.
const LARGE: usize = 20_000;

impl Serialize for Update {
    fn serialize(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::ID.to_le_bytes());
        self.number.serialize(out);
        Bytes::from(vec![0; if self.is_large { LARGE } else { 0 }]).serialize(out);
    }
}

impl Deserialize for Update {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let outer = r.begin(Self::ID, Self::NAME);
        let (number, filling) = (r.int(), r.bytes());
        r.end(outer);
        Some(Self { number, is_large: !filling.is_empty() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_written_and_read() {
        let run = Run { number: 3, is_keyed: true, is_refused: false, bytes: 8, after: 9 };
        assert_eq!(Run::from_bytes(&run.to_bytes()), Ok(run));
        assert_eq!(run.result()[..], [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for is_large in [false, true] {
            let update = Update { number: 3, is_large };
            assert_eq!(Update::from_bytes(&update.to_bytes()), Ok(update));
        }
    }
}
