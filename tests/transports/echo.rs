//! A function that gives back what it is given.

use telewire::tl::{Bytes, Deserialize, Function, Identifiable, Reader, Repeat, Serialize};

/// Gives its bytes back, the last first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Echo(pub(crate) Bytes);

impl Identifiable for Echo {
    const ID: u32 = 0x51b0_0010;
    const NAME: &'static str = "test.echo";
}

impl Serialize for Echo {
    fn serialize(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::ID.to_le_bytes());
        self.0.serialize(out);
    }
}

impl Deserialize for Echo {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let outer = r.begin(Self::ID, Self::NAME);
        let echo = Self(r.bytes());
        r.end(outer);
        Some(echo)
    }
}

impl Function for Echo {
    type Return = Bytes;
    const REPEAT: Repeat = Repeat::Safe;
}

impl Echo {
    /// So many bytes that are not alike and do not compress.
    pub(crate) fn of(length: usize) -> Self {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_le_bytes()[7]
        };
        Self(std::iter::repeat_with(&mut next).take(length).collect::<Vec<_>>().into())
    }

    pub(crate) fn answer(&self) -> Bytes {
        self.0.iter().rev().copied().collect::<Vec<_>>().into()
    }
}
