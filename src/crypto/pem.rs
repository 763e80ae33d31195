//! PEM as people have it: [RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)'s lax form, and what files, environments and
//! sources do to it.
//!
//! ```text
//!  anything                                    text, comments, other blocks
//!  -----BEGIN RSA PUBLIC KEY-----              anywhere in a line
//!  Proc-Type: 4,ENCRYPTED                      headers (RFC 1421)
//!  MIIBCgKCAQEA…                               lines of any length, indented, with blanks; "\n" as two characters, quotes
//!  -----END RSA PUBLIC KEY-----
//! ```
//!
//! The `rsa` crate reads what is inside; its own PEM takes the strict form alone.

use base64ct::{Base64Unpadded, Encoding};
use zeroize::Zeroizing;

use super::rsa_key::KeyError;

/// The most blocks of a text that are read. No data centre has as many keys.
const MAX_BLOCKS: usize = 64;

/// A block: what its first line calls it, and what is inside. It may be a private key, so that it is wiped.
pub(super) struct Block<'t> {
    pub(super) label: &'t str,
    body: &'t str,
}

/// The blocks of a text, in their order.
///
/// # Errors
///
/// [`KeyError::NoEnd`], and [`KeyError::ManyBlocks`].
pub(super) fn blocks(text: &str) -> Result<Vec<Block<'_>>, KeyError> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        // Dashes of another kind, a ruler say, are text.
        let Some((label, after)) = after.split_once(DASHES).filter(|(label, _)| is_label(label))
        else {
            rest = after;
            continue;
        };
        let (body, after) = after.split_once(END).ok_or(KeyError::NoEnd)?;
        let after = after.strip_prefix(label).and_then(|after| after.strip_prefix(DASHES));
        rest = after.ok_or(KeyError::NoEnd)?;
        blocks.push(Block { label, body });
        if blocks.len() > MAX_BLOCKS {
            return Err(KeyError::ManyBlocks { limit: MAX_BLOCKS });
        }
    }
    Ok(blocks)
}

impl Block<'_> {
    /// Whether only a password opens it: by its label (PKCS#8), or by a header (RFC 1421).
    #[cfg(feature = "server")]
    pub(super) fn is_encrypted(&self) -> bool {
        let is_header = |line: &str| line.starts_with("Proc-Type:") && line.contains("ENCRYPTED");
        self.label.starts_with("ENCRYPTED ") || self.body.lines().map(str::trim).any(is_header)
    }

    /// The bytes inside.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] of what is no base64.
    pub(super) fn der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        // As large as it can become, so that nothing is left behind where it grew.
        let mut digits = Zeroizing::new(String::with_capacity(self.body.len()));
        for line in self.body.lines() {
            let line = line.trim();
            // No digit of base64 is a colon or `#`.
            if line.contains(':') || line.starts_with('#') {
                continue;
            }
            let mut characters = line.chars().peekable();
            while let Some(character) = characters.next() {
                match character {
                    // `\n` and `\r` as environments and JSON write them, and a line of source that goes on.
                    '\\' => drop(characters.next_if(|next| "nrt\\".contains(*next))),
                    '"' | '\'' | '=' => {}
                    blank if blank.is_whitespace() => {}
                    digit => digits.push(digit),
                }
            }
        }
        let bytes = Base64Unpadded::decode_vec(&digits);
        bytes.map(Zeroizing::new).map_err(|_| KeyError::malformed("it is no base64"))
    }
}

/// Capital letters, digits and spaces.
fn is_label(label: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    (1..=MAX_LABEL).contains(&label.len()) && label.bytes().all(is_known)
}

/// The longest label. `CERTIFICATE REQUEST` is shorter.
const MAX_LABEL: usize = 64;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(&str, Vec<u8>)>, KeyError> {
        let blocks = blocks(text)?;
        blocks.iter().map(|block| Ok((block.label, block.der()?.to_vec()))).collect()
    }

    #[test]
    fn blocks_are_found_in_any_text() {
        let block =
            |label, body: &str| format!("-----BEGIN {label}-----{body}-----END {label}-----");
        for (text, expected) in [
            (String::new(), vec![]),
            ("-----BEGIN of something".to_owned(), vec![]),
            ("----- BEGIN A-----".to_owned(), vec![]),
            (block("A", "AAEC"), vec![("A", vec![0, 1, 2])]),
            (block("A B 1", "\nAAEC\n"), vec![("A B 1", vec![0, 1, 2])]),
            (
                format!("x{}y\n{}", block("A", " AA==\t"), block("B", "\r\n AA\r\n EC \r\n")),
                vec![("A", vec![0]), ("B", vec![0, 1, 2])],
            ),
            (block("A", "\nX-Note: AAAA\n# AAAA\n\nAAEC\n"), vec![("A", vec![0, 1, 2])]),
            (block("A", r"\nAA\nEC\r\n"), vec![("A", vec![0, 1, 2])]),
            (block("A", "\\n\\\n\"AA\"\n\"EC\\n\"\n\""), vec![("A", vec![0, 1, 2])]),
        ] {
            assert_eq!(read(&text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn blocks_without_an_end_and_too_many_are_refused() {
        for text in [
            "-----BEGIN A-----",
            "-----BEGIN A-----AA-----END B-----",
            "-----BEGIN A-----AA-----END A----",
        ] {
            assert_eq!(read(text), Err(KeyError::NoEnd), "{text}");
        }
        let one = "-----BEGIN A-----AA-----END A-----";
        assert_eq!(read(&one.repeat(MAX_BLOCKS)).unwrap().len(), MAX_BLOCKS);
        let error = Err(KeyError::ManyBlocks { limit: MAX_BLOCKS });
        assert_eq!(read(&one.repeat(MAX_BLOCKS + 1)), error);
        for body in ["A", "AA?A", "A-B", "ÄÄÄÄ"] {
            let text = format!("-----BEGIN A-----{body}-----END A-----");
            assert!(matches!(read(&text), Err(KeyError::Malformed { .. })), "{body}");
        }
    }
}
