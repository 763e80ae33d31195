//! A reader over the bytes of a TL value.

use byteorder::{ByteOrder, LittleEndian};

use crate::tl::{DecodeError, DecodeErrorKind};

/// How deep recursive values may nest. Real ones stay below 20 levels; the bound keeps hostile ones from exhausting the
/// stack (TL-03).
pub const MAX_DEPTH: u16 = 128;

/// Reads TL values from bytes, and keeps count of what was odd about them.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    left: &'a [u8],
    total: usize,
    depth: u16,
    lossy_strings: u32,
    dirty_paddings: u32,
}

impl<'a> Reader<'a> {
    /// Reads from `bytes`, with a depth budget of [`MAX_DEPTH`].
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::with_depth(bytes, MAX_DEPTH)
    }

    /// Reads from `bytes`, with a depth budget of its own.
    pub fn with_depth(bytes: &'a [u8], depth: u16) -> Self {
        Self { left: bytes, total: bytes.len(), depth, lossy_strings: 0, dirty_paddings: 0 }
    }

    /// How many bytes were read.
    pub fn offset(&self) -> usize {
        self.total - self.left.len()
    }

    /// The bytes not read yet.
    pub fn remaining(&self) -> &'a [u8] {
        self.left
    }

    /// How many strings were not UTF-8, so that replacement characters stand in them (TL-12).
    pub fn lossy_strings(&self) -> u32 {
        self.lossy_strings
    }

    /// How many strings were padded with something else than zeros (TL-11).
    pub fn dirty_paddings(&self) -> u32 {
        self.dirty_paddings
    }

    /// Requires that nothing is left (TL-14).
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::TrailingBytes`].
    pub fn finish(&self) -> Result<(), DecodeError> {
        match self.left.len() {
            0 => Ok(()),
            count => Err(self.error(DecodeErrorKind::TrailingBytes { count })),
        }
    }

    /// Reads a constructor id.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn constructor_id(&mut self) -> Result<u32, DecodeError> {
        self.word()
    }

    /// Reads a `#` word.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn word(&mut self) -> Result<u32, DecodeError> {
        Ok(LittleEndian::read_u32(self.take::<4>()?))
    }

    /// Reads a constructor id that must be this one.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::UnexpectedConstructor`] with the type's name, [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn expect_id(&mut self, expected: u32, type_name: &'static str) -> Result<(), DecodeError> {
        match self.constructor_id()? {
            id if id == expected => Ok(()),
            id => Err(self.unexpected(id, type_name)),
        }
    }

    /// The error for a constructor id just read.
    #[cold]
    pub fn unexpected(&self, id: u32, type_name: &'static str) -> DecodeError {
        let kind = DecodeErrorKind::UnexpectedConstructor { id };
        DecodeError::new(kind, self.offset().saturating_sub(4)).within(type_name)
    }

    /// Reads the length of a measured object: not negative, divisible by 4, no more than is left.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::ObjectLength`], [`DecodeErrorKind::Truncated`].
    pub fn length(&mut self) -> Result<usize, DecodeError> {
        let length = self.word()?.cast_signed();
        match usize::try_from(length) {
            Ok(bytes) if bytes % 4 == 0 && bytes <= self.left.len() => Ok(bytes),
            Ok(bytes) if bytes % 4 == 0 => Err(self.truncated(bytes)),
            _ => Err(self.error(DecodeErrorKind::ObjectLength { length })),
        }
    }

    /// Enters a value that may contain values of its own type; each level costs one of the budget (TL-03).
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::TooDeep`].
    #[inline]
    pub fn descend(&mut self) -> Result<(), DecodeError> {
        match self.depth.checked_sub(1) {
            Some(depth) => {
                self.depth = depth;
                Ok(())
            }
            None => Err(self.error(DecodeErrorKind::TooDeep)),
        }
    }

    /// Leaves what [`descend`](Self::descend) entered.
    #[inline]
    pub fn ascend(&mut self) {
        self.depth = self.depth.saturating_add(1);
    }

    /// Reads a fixed number of bytes.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], DecodeError> {
        match self.left.split_first_chunk::<N>() {
            Some((chunk, left)) => {
                self.left = left;
                Ok(chunk)
            }
            None => Err(self.truncated(N)),
        }
    }

    /// Reads `count` bytes.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn take_slice(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        match self.left.split_at_checked(count) {
            Some((slice, left)) => {
                self.left = left;
                Ok(slice)
            }
            None => Err(self.truncated(count)),
        }
    }

    /// Reads everything that is left.
    pub fn take_rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }

    pub(super) fn count_lossy_string(&mut self) {
        self.lossy_strings = self.lossy_strings.saturating_add(1);
    }

    pub(super) fn count_dirty_padding(&mut self) {
        self.dirty_paddings = self.dirty_paddings.saturating_add(1);
    }

    #[cold]
    pub(super) fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.offset())
    }

    #[cold]
    fn truncated(&self, needed: usize) -> DecodeError {
        self.error(DecodeErrorKind::Truncated { needed, left: self.left.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tl_14_bytes_left_over_are_counted() {
        let mut reader = Reader::new(&[0; 7]);
        reader.word().unwrap();
        let error = reader.finish().unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::TrailingBytes { count: 3 });
        assert_eq!(error.offset(), 4);
    }

    #[test]
    fn the_depth_budget_is_spent_and_returned() {
        let mut reader = Reader::with_depth(&[], 2);
        reader.descend().unwrap();
        reader.descend().unwrap();
        assert_eq!(reader.descend().unwrap_err().kind(), DecodeErrorKind::TooDeep);
        reader.ascend();
        reader.descend().unwrap();
    }

    #[test]
    fn a_measured_length_is_sane() {
        let length = |length: i32| Reader::new(&[length.to_le_bytes(), [0; 4]].concat()).length();
        assert_eq!(length(0), Ok(0));
        assert_eq!(length(4), Ok(4));
        for bad in [-4, -1, 1, 2, 3, i32::MIN, i32::MAX] {
            let error = length(bad).unwrap_err();
            assert_eq!(error.kind(), DecodeErrorKind::ObjectLength { length: bad });
        }
        assert_eq!(
            length(8).unwrap_err().kind(),
            DecodeErrorKind::Truncated { needed: 8, left: 4 }
        );
    }

    #[test]
    fn an_error_says_what_where_and_in_which_type() {
        let error = Reader::new(&[1, 0, 0, 0]).expect_id(2, "pong").unwrap_err();
        assert_eq!(error.to_string(), "in pong, at byte 0: unexpected constructor 00000001");
        assert_eq!(size_of_val(&error), size_of::<usize>());
    }
}
