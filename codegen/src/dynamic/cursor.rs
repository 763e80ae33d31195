//! A place in the bytes, and how far one may go from it.

use crate::dynamic::error::ErrorKind;

/// Walks over bytes. Nothing is taken beyond the end of the part that is being read.
pub(super) struct Cursor<'b> {
    bytes: &'b [u8],
    offset: usize,
    end: usize,
}

impl<'b> Cursor<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, offset: 0, end: bytes.len() }
    }

    /// How many bytes stand before this place.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// How many bytes may still be taken.
    pub(super) fn left(&self) -> usize {
        self.end.saturating_sub(self.offset)
    }

    /// The bytes that may still be taken.
    pub(super) fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.offset..self.end).unwrap_or_default()
    }

    /// The next four bytes as an id, without going past them.
    pub(super) fn peek_id(&self) -> Result<u32, ErrorKind> {
        match self.rest().first_chunk() {
            Some(id) => Ok(u32::from_le_bytes(*id)),
            None => Err(ErrorKind::Truncated { needed: 4, left: self.left() }),
        }
    }

    /// As many bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'b [u8], ErrorKind> {
        let truncated = ErrorKind::Truncated { needed: count, left: self.left() };
        let (taken, _) = self.rest().split_at_checked(count).ok_or(truncated)?;
        self.offset = self.offset.saturating_add(count);
        Ok(taken)
    }

    /// A fixed number of bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ErrorKind> {
        let truncated = ErrorKind::Truncated { needed: N, left: self.left() };
        self.take(N)?.first_chunk().copied().ok_or(truncated)
    }

    /// Ends the part that is being read after `length` bytes. Give what it returns to [`widen`](Self::widen).
    pub(super) fn narrow(&mut self, length: usize) -> Result<usize, ErrorKind> {
        match self.offset.checked_add(length) {
            Some(end) if end <= self.end => Ok(std::mem::replace(&mut self.end, end)),
            _ => Err(ErrorKind::Truncated { needed: length, left: self.left() }),
        }
    }

    /// Goes back to the part around the one that was narrowed to.
    pub(super) fn widen(&mut self, end: usize) {
        self.end = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_beyond_the_end() {
        let mut cursor = Cursor::new(&[1, 0, 0, 0, 5, 6]);
        assert_eq!((cursor.peek_id(), cursor.offset()), (Ok(1), 0));
        assert_eq!(cursor.array::<4>(), Ok([1, 0, 0, 0]));
        assert_eq!(cursor.peek_id(), Err(ErrorKind::Truncated { needed: 4, left: 2 }));
        assert_eq!(
            cursor.take(usize::MAX),
            Err(ErrorKind::Truncated { needed: usize::MAX, left: 2 })
        );
        assert_eq!((cursor.take(2), cursor.left()), (Ok(&[5, 6][..]), 0));
    }

    #[test]
    fn a_part_ends_where_it_was_said_to() {
        let mut cursor = Cursor::new(&[1, 2, 3, 4]);
        let end = cursor.narrow(2).unwrap();
        assert_eq!(cursor.narrow(3), Err(ErrorKind::Truncated { needed: 3, left: 2 }));
        assert_eq!(
            cursor.narrow(usize::MAX),
            Err(ErrorKind::Truncated { needed: usize::MAX, left: 2 })
        );
        assert_eq!((cursor.rest(), cursor.take(3).is_err()), (&[1, 2][..], true));
        cursor.take(1).unwrap();
        cursor.widen(end);
        assert_eq!(cursor.rest(), [2, 3, 4]);
    }
}
