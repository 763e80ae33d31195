//! The bytes that the user means.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::failure::Failure;
use crate::files::{self, ReadError};

/// The bytes, and what to call them.
pub(super) fn read(value: &str) -> Result<(String, Vec<u8>), Failure> {
    if value == "-" {
        let bytes = files::read_bytes(io::stdin(), files::VALUE);
        return named("standard input".to_owned(), bytes);
    }
    if let Some(bytes) = from_hex(value.as_bytes()) {
        return Ok(("the bytes".to_owned(), bytes));
    }
    match File::open(Path::new(value)) {
        Ok(file) => named(value.to_owned(), files::read_bytes(file, files::VALUE)),
        Err(error) => Err(Failure::Input(format!(
            "{value}: expected pairs of hexadecimal digits or a file, and the file cannot be read: {error}"
        ))),
    }
}

fn named(name: String, bytes: Result<Vec<u8>, ReadError>) -> Result<(String, Vec<u8>), Failure> {
    match bytes {
        Ok(bytes) => {
            let bytes = from_hex(&bytes).unwrap_or(bytes);
            Ok((name, bytes))
        }
        Err(error) => Err(Failure::Input(format!("{name}: {error}"))),
    }
}

/// The bytes that pairs of hexadecimal digits say, with spaces anywhere; `None` if it is anything else.
fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.iter().copied().filter(|c| !c.is_ascii_whitespace()).collect();
    if digits.is_empty() { None } else { hex::decode(digits).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_digits_are_bytes_and_all_else_is_none() {
        assert_eq!(from_hex(b"00 fF\n0a\r\n"), Some(vec![0, 255, 10]));
        assert_eq!(from_hex(b"0 0"), Some(vec![0]));
        for other in [&b""[..], b" \n", b"0", b"0x00", b"\xec\x77\xbe\x7a", b"zz"] {
            assert_eq!(from_hex(other), None);
        }
    }
}
