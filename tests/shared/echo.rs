//! A function that nobody has: what it returns is made of the bytes that it is given.

use telewire::tl::{Bytes, Deserialize, Function, Identifiable, Reader, Repeat, Serialize};

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
        let bytes = r.bytes();
        r.end(outer);
        Some(Self(bytes))
    }
}

impl Function for Echo {
    type Return = Bytes;
    const REPEAT: Repeat = Repeat::Safe;
}
