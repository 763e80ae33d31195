//! FI-09: the MD5 that a small file is sent with.

use md5::{Digest, Md5};

/// MD5 of a file that is read in its order. What was not read in order has none, which servers take too.
#[derive(Debug, Clone)]
pub(crate) struct Checksum {
    hash: Option<Md5>,
    /// How many bytes it is of.
    upto: u64,
}

impl Checksum {
    /// Of a file that is read from its begin.
    pub(crate) fn from_begin() -> Self {
        Self { hash: Some(Md5::new()), upto: 0 }
    }

    /// None: a part of the file was read by somebody else.
    pub(crate) fn none() -> Self {
        Self { hash: None, upto: 0 }
    }

    /// Takes bytes that lie at an offset. Those that were read before change nothing.
    pub(crate) fn update(&mut self, offset: u64, bytes: &[u8]) {
        let end = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if offset > self.upto {
            self.hash = None;
        }
        if let (Some(hash), true) = (&mut self.hash, offset == self.upto) {
            hash.update(bytes);
            self.upto = end;
        }
    }

    /// FI-09: in lower-case hexadecimal, if all of `size` bytes were read in order; else the empty string.
    pub(crate) fn text(self, size: u64) -> String {
        let complete = self.hash.filter(|_| self.upto == size);
        let digest = complete.map(|hash| <[u8; 16]>::from(hash.finalize()));
        digest.map(|digest| digest.map(|byte| format!("{byte:02x}")).concat()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test suite of RFC 1321.
    const KNOWN: [(&str, &str); 4] = [
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
    ];

    #[test]
    fn fi_09_the_checksum_is_that_of_the_whole_file_in_lower_case() {
        for (text, md5) in KNOWN {
            for part in 1..=text.len() {
                let mut checksum = Checksum::from_begin();
                for (number, bytes) in text.as_bytes().chunks(part).enumerate() {
                    checksum.update((number * part) as u64, bytes);
                    // A part that is read again is not hashed again.
                    checksum.update((number * part) as u64, bytes);
                }
                assert_eq!(checksum.clone().text(text.len() as u64), md5);
                assert_eq!(checksum.text(text.len() as u64 + 1), "");
            }
        }
    }

    #[test]
    fn fi_09_what_was_not_read_in_order_has_none() {
        let mut gap = Checksum::from_begin();
        gap.update(0, b"ab");
        gap.update(3, b"d");
        gap.update(2, b"c");
        assert_eq!(gap.text(4), "");
        let mut resumed = Checksum::none();
        resumed.update(0, b"abc");
        assert_eq!(resumed.text(3), "");
    }
}
