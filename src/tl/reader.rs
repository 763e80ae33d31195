//! A reader over the bytes of a TL value.

use byteorder::{ByteOrder, LittleEndian};

use crate::tl::{DecodeError, DecodeErrorKind};

/// How deep recursive values may nest. Real ones stay below 20 levels; the bound keeps hostile ones from exhausting the
/// stack (TL-03).
pub const MAX_DEPTH: u16 = 128;

/// How many bytes one vector reserves before its items are read; after that it grows as they arrive.
const RESERVE: usize = 4096;

/// How many bytes all vectors of a value together reserve, for each byte of it. Each vector of real values has what it needs
/// by that: an item has 16 times its bytes on the wire in memory, but for few. Nested vectors that claim the same bytes
/// again and again find nothing left (TL-01, TL-20).
const RESERVE_PER_BYTE: usize = 16;

/// Reads TL values from bytes, and keeps count of what was odd about them.
///
/// **It remembers the first thing that is wrong** instead of returning it from each step: from then on every step gives
/// zero, nothing, or an empty slice, and [`check`](Self::check) gives the error. That makes the thousands of steps in
/// generated code short and without branches, which shows in the time to build it and in the time to run it. A loop
/// asks [`is_failed`](Self::is_failed).
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    left: &'a [u8],
    total: usize,
    /// The constructor that is being read, for errors; empty for none.
    type_name: &'static str,
    /// An id that is not in the bytes, since the value is bare.
    assumed: Option<u32>,
    depth: u16,
    /// How many bytes vectors may still reserve for items that were not read (TL-20).
    reserve: usize,
    /// How many items without bytes may still come: as many as the value has bytes. Each vector of them could else claim as many
    /// as bytes are left, and a vector of such vectors the square of that (TL-01).
    empty_items: usize,
    lossy_strings: u32,
    dirty_paddings: u32,
    error: Option<DecodeError>,
}

impl<'a> Reader<'a> {
    /// Reads from `bytes`, with a depth budget of [`MAX_DEPTH`].
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::with_depth(bytes, MAX_DEPTH)
    }

    /// Reads from `bytes`, with a depth budget of its own.
    pub fn with_depth(bytes: &'a [u8], depth: u16) -> Self {
        Self {
            left: bytes,
            total: bytes.len(),
            type_name: "",
            assumed: None,
            depth,
            reserve: bytes.len().saturating_mul(RESERVE_PER_BYTE),
            empty_items: bytes.len(),
            lossy_strings: 0,
            dirty_paddings: 0,
            error: None,
        }
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

    /// Whether something was wrong.
    #[inline]
    pub fn is_failed(&self) -> bool {
        self.error.is_some()
    }

    /// Whether nothing was wrong and nothing is left.
    #[inline]
    pub(super) fn is_finished(&self) -> bool {
        self.error.is_none() && self.left.is_empty()
    }

    /// Whether all that was read is what it should be.
    ///
    /// # Errors
    ///
    /// The first thing that was wrong.
    pub fn check(&self) -> Result<(), DecodeError> {
        match &self.error {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// As [`check`](Self::check), and requires that nothing is left (TL-14).
    ///
    /// # Errors
    ///
    /// The first thing that was wrong, or [`DecodeErrorKind::TrailingBytes`].
    pub fn finish(&self) -> Result<(), DecodeError> {
        self.check()?;
        match self.left.len() {
            0 => Ok(()),
            count => Err(self.error(DecodeErrorKind::TrailingBytes { count })),
        }
    }

    /// A constructor id.
    #[inline(never)]
    pub fn constructor_id(&mut self) -> u32 {
        self.next_id()
    }

    #[inline]
    pub(super) fn next_id(&mut self) -> u32 {
        match self.assumed.take() {
            Some(id) => id,
            None => self.take::<4>().map_or(0, |bytes| LittleEndian::read_u32(bytes)),
        }
    }

    /// A `#` word.
    #[inline(never)]
    pub fn word(&mut self) -> u32 {
        self.take::<4>().map_or(0, |bytes| LittleEndian::read_u32(bytes))
    }

    /// Words that follow one another: a run of parameters of fixed length, read at once.
    #[inline(never)]
    pub fn words<const N: usize>(&mut self) -> [u32; N] {
        let mut words = [0; N];
        let needed = 4 * N;
        match self.left.split_at_checked(needed) {
            Some((run, left)) => {
                self.left = left;
                let (run, _) = run.as_chunks::<4>();
                for (word, bytes) in words.iter_mut().zip(run) {
                    *word = u32::from_le_bytes(*bytes);
                }
            }
            None => self.fail(DecodeErrorKind::Truncated { needed, left: self.left.len() }),
        }
        words
    }

    /// `int`
    #[inline(never)]
    pub fn int(&mut self) -> i32 {
        self.take::<4>().map_or(0, |bytes| LittleEndian::read_i32(bytes))
    }

    /// `long`
    #[inline(never)]
    pub fn long(&mut self) -> i64 {
        self.take::<8>().map_or(0, |bytes| LittleEndian::read_i64(bytes))
    }

    /// `double`
    #[inline(never)]
    pub fn double(&mut self) -> f64 {
        self.take::<8>().map_or(0.0, |bytes| LittleEndian::read_f64(bytes))
    }

    /// `int128` and its wider kin.
    #[inline(never)]
    pub fn wide<const N: usize>(&mut self) -> [u8; N] {
        self.take().copied().unwrap_or([0; N])
    }

    /// The constructor id that comes next, which is not read yet.
    #[inline(never)]
    pub fn peek_id(&mut self) -> u32 {
        match (self.assumed, self.left.first_chunk::<4>()) {
            (Some(id), _) => id,
            (None, Some(id)) => LittleEndian::read_u32(id),
            (None, None) => self.constructor_id(),
        }
    }

    /// Reads the constructor id that was looked at.
    #[inline(never)]
    pub fn skip_id(&mut self) {
        self.constructor_id();
    }

    /// The next value is bare: this is the id that it would have.
    pub fn assume_id(&mut self, id: u32) {
        self.assumed = Some(id);
    }

    /// Begins a constructor with this id. Give what it returns to [`end`](Self::end).
    #[inline(never)]
    pub fn begin(&mut self, expected: u32, type_name: &'static str) -> &'static str {
        let id = self.next_id();
        if id != expected {
            self.unexpected(id, type_name);
        }
        std::mem::replace(&mut self.type_name, type_name)
    }

    /// Ends the constructor that was begun last.
    #[inline]
    pub fn end(&mut self, outer: &'static str) {
        self.type_name = outer;
    }

    /// As [`begin`](Self::begin), for a constructor whose values may contain values of its own type: each level costs one
    /// of the budget (TL-03). Give what it returns to [`end_nested`](Self::end_nested).
    #[inline(never)]
    pub fn begin_nested(&mut self, expected: u32, type_name: &'static str) -> &'static str {
        let outer = self.begin(expected, type_name);
        match self.depth.checked_sub(1) {
            Some(depth) => self.depth = depth,
            // Nothing more is read, so nothing more can be nested.
            None => self.fail(DecodeErrorKind::TooDeep),
        }
        outer
    }

    /// Ends what [`begin_nested`](Self::begin_nested) began.
    #[inline(never)]
    pub fn end_nested(&mut self, outer: &'static str) {
        self.depth = self.depth.saturating_add(1);
        self.end(outer);
    }

    /// Notes that the constructor id just read is none of the type's.
    #[cold]
    pub fn unexpected(&mut self, id: u32, type_name: &'static str) {
        // If the bytes ended, there was no id, and that was noted.
        if self.error.is_none() {
            let kind = DecodeErrorKind::UnexpectedConstructor { id };
            let offset = self.offset().saturating_sub(4);
            self.error = Some(DecodeError::new(kind, offset, type_name));
            self.left = &[];
        }
    }

    /// The length of a measured object: not negative, divisible by 4, no more than is left.
    pub fn length(&mut self) -> usize {
        let length = self.int();
        match usize::try_from(length) {
            Ok(bytes) if bytes.is_multiple_of(4) && bytes <= self.left.len() => bytes,
            Ok(bytes) if bytes.is_multiple_of(4) => {
                self.fail(DecodeErrorKind::Truncated { needed: bytes, left: self.left.len() });
                0
            }
            _ => {
                self.fail(DecodeErrorKind::ObjectLength { length });
                0
            }
        }
    }

    /// A fixed number of bytes.
    #[inline]
    pub fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        match self.left.split_first_chunk::<N>() {
            Some((chunk, left)) => {
                self.left = left;
                Some(chunk)
            }
            None => {
                self.fail(DecodeErrorKind::Truncated { needed: N, left: self.left.len() });
                None
            }
        }
    }

    /// `count` bytes; none if there are fewer.
    #[inline(never)]
    pub fn take_slice(&mut self, count: usize) -> &'a [u8] {
        match self.left.split_at_checked(count) {
            Some((slice, left)) => {
                self.left = left;
                slice
            }
            None => {
                self.fail(DecodeErrorKind::Truncated { needed: count, left: self.left.len() });
                &[]
            }
        }
    }

    /// How many items of this many bytes of memory a vector reserves, of those that it claims.
    #[inline(never)]
    pub(super) fn reserve(&mut self, count: usize, size: usize) -> usize {
        let bytes = count.saturating_mul(size).min(RESERVE).min(self.reserve);
        self.reserve -= bytes;
        bytes.checked_div(size).unwrap_or(0)
    }

    /// Whether a vector may have so many items without bytes.
    pub(super) fn spend_empty_items(&mut self, count: usize) -> bool {
        match self.empty_items.checked_sub(count) {
            Some(left) => {
                self.empty_items = left;
                true
            }
            None => false,
        }
    }

    /// Passes over bytes that were looked at.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) {
        self.left = self.left.get(count..).unwrap_or_default();
    }

    /// Everything that is left.
    pub fn take_rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }

    /// Notes that something is wrong here, unless something was before. Nothing more is read.
    #[cold]
    pub fn fail(&mut self, kind: DecodeErrorKind) {
        if self.error.is_none() {
            self.error = Some(self.error(kind));
            self.left = &[];
        }
    }

    /// The error of a value that is not there although nothing was noted.
    #[cold]
    pub(super) fn no_value(&self) -> DecodeError {
        self.error(DecodeErrorKind::NoValue)
    }

    pub(super) fn count_lossy_string(&mut self) {
        self.lossy_strings = self.lossy_strings.saturating_add(1);
    }

    pub(super) fn count_dirty_padding(&mut self) {
        self.dirty_paddings = self.dirty_paddings.saturating_add(1);
    }

    fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.offset(), self.type_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tl_14_bytes_left_over_are_counted() {
        let mut reader = Reader::new(&[0; 7]);
        reader.word();
        let error = reader.finish().unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::TrailingBytes { count: 3 });
        assert_eq!(error.offset(), 4);
    }

    #[test]
    fn the_first_error_stays_and_nothing_more_is_read() {
        let mut reader = Reader::new(&[1; 7]);
        assert_eq!((reader.int(), reader.is_failed()), (0x0101_0101, false));
        assert_eq!((reader.int(), reader.is_failed()), (0, true));
        assert_eq!((reader.long(), reader.double(), reader.wide()), (0, 0.0, [0; 16]));
        assert_eq!((reader.take_slice(0), reader.take_slice(1)), (&[][..], &[][..]));
        reader.unexpected(5, "x");
        let error = reader.check().unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::Truncated { needed: 4, left: 3 });
        assert_eq!(error.offset(), 4);
        assert_eq!(reader.finish(), Err(error));
    }

    #[test]
    fn tl_03_the_depth_budget_is_spent_and_returned() {
        let bytes = [1, 0, 0, 0].repeat(4);
        let mut reader = Reader::with_depth(&bytes, 2);
        assert_eq!(reader.begin_nested(1, "a"), "");
        assert_eq!(reader.begin_nested(1, "b"), "a");
        reader.end_nested("a");
        assert_eq!(reader.begin_nested(1, "b"), "a");
        assert!(!reader.is_failed());
        reader.begin_nested(1, "c");
        let error = reader.check().unwrap_err();
        assert_eq!((error.kind(), error.type_name()), (DecodeErrorKind::TooDeep, Some("c")));
    }

    #[test]
    fn an_id_can_be_looked_at_skipped_and_assumed() {
        let mut reader = Reader::new(&[1, 0, 0, 0, 2, 0, 0, 0]);
        assert_eq!((reader.peek_id(), reader.peek_id(), reader.offset()), (1, 1, 0));
        reader.skip_id();
        reader.assume_id(9);
        assert_eq!((reader.peek_id(), reader.begin(9, "bare"), reader.offset()), (9, "", 4));
        assert_eq!(reader.int(), 2);
        assert_eq!((reader.peek_id(), reader.is_failed()), (0, true));
    }

    #[test]
    fn words_are_read_all_or_none() {
        let mut reader = Reader::new(&[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]);
        assert_eq!((reader.words(), reader.offset()), ([1, 2], 8));
        assert_eq!(reader.words(), [0, 0]);
        let error = reader.check().unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::Truncated { needed: 8, left: 5 });
        assert_eq!(error.offset(), 8);
    }

    #[test]
    fn tl_20_what_is_reserved_for_claims_is_bounded_in_all() {
        let mut reader = Reader::new(&[0; 600]);
        assert_eq!(reader.reserve(3, 100), 3);
        assert_eq!(reader.reserve(1_000_000, 100), RESERVE / 100);
        assert_eq!(reader.reserve(usize::MAX, 1), RESERVE);
        assert_eq!(
            reader.reserve(usize::MAX, 100),
            (600 * RESERVE_PER_BYTE - 300 - 2 * RESERVE) / 100
        );
        assert_eq!((reader.reserve(1, 100), reader.reserve(1, 0)), (0, 0));
    }

    #[test]
    fn a_measured_length_is_sane() {
        let length = |length: i32| {
            let bytes = [length.to_le_bytes(), [0; 4]].concat();
            let mut reader = Reader::new(&bytes);
            let length = reader.length();
            reader.check().map(|()| length).map_err(|error| error.kind())
        };
        assert_eq!(length(0), Ok(0));
        assert_eq!(length(4), Ok(4));
        for bad in [-4, -1, 1, 2, 3, i32::MIN, i32::MAX] {
            assert_eq!(length(bad), Err(DecodeErrorKind::ObjectLength { length: bad }));
        }
        assert_eq!(length(8), Err(DecodeErrorKind::Truncated { needed: 8, left: 4 }));
    }

    #[test]
    fn an_error_says_what_where_and_in_which_type() {
        let mut reader = Reader::new(&[1, 0, 0, 0]);
        reader.begin(2, "pong");
        let error = reader.check().unwrap_err();
        assert_eq!(error.to_string(), "in pong, at byte 0: unexpected constructor 00000001");
        assert_eq!(size_of_val(&error), size_of::<usize>());
    }

    #[test]
    fn an_error_names_the_constructor_it_is_in_also_after_an_inner_one() {
        let mut reader = Reader::new(&[0; 4]);
        reader.type_name = "outer";
        reader.assume_id(1);
        let outer = reader.begin(1, "inner");
        reader.int();
        reader.end(outer);
        reader.int();
        assert_eq!(reader.check().unwrap_err().type_name(), Some("outer"));
    }
}
