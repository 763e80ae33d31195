//! Reading files that the user names.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most that a key or a file of credentials may have. The largest key has some 2 KiB.
pub(crate) const SMALL: u64 = 64 << 10;

/// The most that a schema may have. That of the API has half a megabyte.
pub(crate) const SCHEMA: u64 = 64 << 20;

/// The most that bytes to inspect may have. Of a request or an answer no server takes or sends more.
pub(crate) const VALUE: u64 = 16 << 20;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The system reported an error.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It has more bytes than such a file has.
    #[error("expected {limit} bytes at most")]
    TooLarge {
        /// How many it may have.
        limit: u64,
    },
    /// It is no UTF-8.
    #[error("line {line}: expected UTF-8")]
    NotUtf8 {
        /// The line with the first byte that is none.
        line: usize,
    },
}

/// Reads a file as text.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, ReadError> {
    read(File::open(path)?, limit)
}

/// Reads a text from anywhere. What stands before it to mark it as UTF-8 is dropped.
pub(crate) fn read(source: impl Read, limit: u64) -> Result<String, ReadError> {
    let bytes = read_bytes(source, limit)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        ReadError::NotUtf8 { line: 1 + good.filter(|byte| **byte == b'\n').count() }
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// Reads bytes from anywhere.
pub(crate) fn read_bytes(source: impl Read, limit: u64) -> Result<Vec<u8>, ReadError> {
    // A key fits without being copied, so that wiping the text wipes all of it.
    let mut bytes = Vec::with_capacity(8 << 10);
    let read = source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > limit {
        return Err(ReadError::TooLarge { limit });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_up_to_the_limit() {
        assert_eq!(read(&b"abc"[..], 3).unwrap(), "abc");
        assert_eq!(read(&b"\xef\xbb\xbfabc"[..], 6).unwrap(), "abc");
        let error = read(&b"abcd"[..], 3).unwrap_err();
        assert_eq!(error.to_string(), "expected 3 bytes at most");
        assert!(matches!(read(io::repeat(b'a'), SMALL), Err(ReadError::TooLarge { .. })));
    }

    #[test]
    fn what_is_no_text_is_named_by_its_line() {
        let error = read(&b"a\nb\n\xff\n"[..], SMALL).unwrap_err();
        assert_eq!(error.to_string(), "line 3: expected UTF-8");
    }

    #[test]
    fn a_missing_file_is_an_error_of_the_system() {
        let error = read_text(Path::new("/nowhere/at all"), SMALL).unwrap_err();
        assert!(matches!(error, ReadError::Io(_)), "{error}");
    }
}
