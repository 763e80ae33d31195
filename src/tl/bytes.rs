//! `bytes`: a string of bytes that is no text.

use std::fmt;
use std::ops::Deref;

/// A string of bytes. Its `Debug` is hexadecimal.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// The bytes, without copying them.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Bytes {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Bytes {
    fn from(bytes: &[u8; N]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        bytes.0
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

/// How many bytes a `Debug` shows; a file part has half a million.
const MAX_SHOWN: usize = 64;

pub(super) fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    for byte in bytes.iter().take(MAX_SHOWN) {
        write!(f, "{byte:02x}")?;
    }
    match bytes.len().checked_sub(MAX_SHOWN) {
        Some(more @ 1..) => write!(f, "… and {more} bytes"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_hexadecimal_and_bounded() {
        assert_eq!(format!("{:?}", Bytes::from([0xab, 0x01])), "ab01");
        let long = format!("{:?}", Bytes::from(vec![0; 100]));
        assert!(long.ends_with("0… and 36 bytes") && long.starts_with(&"00".repeat(64)), "{long}");
        assert_eq!(format!("{:?}", Bytes::from(vec![0; 64])), "00".repeat(64));
    }
}
