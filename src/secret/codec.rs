//! The rows of a chat as bytes: numbers little-endian, strings of bytes after their length. What is written is secret, and
//! wiped.

use zeroize::Zeroizing;

use crate::crypto::{AuthKey, Secret};
use crate::secret::error::RestoreError;

/// Writes one row. It has room for all of it from the beginning, so that growing leaves no copy of a key or of a text behind.
pub(crate) struct Writer(Zeroizing<Vec<u8>>);

/// The record of a chat with all its keys is smaller.
const ROOM: usize = 4096;

impl Writer {
    pub(crate) fn new() -> Self {
        Self::with_room(0)
    }

    /// With room for more than the keys.
    pub(crate) fn with_room(more: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(ROOM.saturating_add(more))))
    }

    pub(crate) fn put<const N: usize>(&mut self, bytes: &[u8; N]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn flag(&mut self, flag: bool) -> &mut Self {
        self.put(&[u8::from(flag)])
    }

    pub(crate) fn string(&mut self, bytes: &[u8]) -> &mut Self {
        self.put(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    /// A value that may be missing.
    pub(crate) fn maybe<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T),
    ) -> &mut Self {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
        self
    }

    pub(crate) fn finish(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

/// Reads one row.
pub(crate) struct Source<'a>(&'a [u8]);

type Read<T> = Result<T, RestoreError>;

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take<const N: usize>(&mut self) -> Read<&'a [u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>().ok_or(RestoreError::Damaged)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(crate) fn byte(&mut self) -> Read<u8> {
        self.take().map(|[byte]| *byte)
    }

    pub(crate) fn flag(&mut self) -> Read<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(RestoreError::Damaged),
        }
    }

    pub(crate) fn u32(&mut self) -> Read<u32> {
        self.take().copied().map(u32::from_le_bytes)
    }

    pub(crate) fn i32(&mut self) -> Read<i32> {
        self.take().copied().map(i32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Read<u64> {
        self.take().copied().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Read<i64> {
        self.take().copied().map(i64::from_le_bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        self.take().copied()
    }

    pub(crate) fn secret(&mut self) -> Read<Box<Secret<256>>> {
        self.take().map(Secret::boxed)
    }

    pub(crate) fn key(&mut self) -> Read<AuthKey> {
        self.take().map(AuthKey::copy_of)
    }

    pub(crate) fn string(&mut self) -> Read<&'a [u8]> {
        let length = usize::try_from(self.u32()?).map_err(|_| RestoreError::Damaged)?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(RestoreError::Damaged)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(crate) fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<Option<T>> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    /// All of the row was read.
    pub(crate) fn end(self) -> Read<()> {
        if self.0.is_empty() { Ok(()) } else { Err(RestoreError::Damaged) }
    }
}
