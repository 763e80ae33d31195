//! A function that gives back what it is given, the last byte first.

#[path = "../shared/echo.rs"]
mod function;

use telewire::tl::Bytes;

pub(crate) use function::Echo;

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
