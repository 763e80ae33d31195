//! The bytes that the user means, in whatever form they come.
//!
//! | form | as |
//! |---|---|
//! | digits | `ec77be7a`, `ec 77 be 7a`, `EC:77:BE:7A`, `ec-77`, `ec,77`, `0xec77be7a`, `\xec\x77` |
//! | arrays | `{0xec, 0x77}`, `[236, 119]`, `unsigned char x[] = {…};` |
//! | literals | `b'\xecw\xbez'`, `"\xec\x77"`, several after one another |
//! | dumps | of `xxd`, `hexdump -C`, `od -t x1`, `tcpdump -X`, Wireshark |
//! | base64 | with either alphabet |
//! | a file | with one of these as text, or the bytes themselves |

mod array;
mod digits;
mod dump;
mod literal;

use std::fs::File;
use std::io;
use std::path::Path;

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};

use crate::failure::Failure;
use crate::files::{self, ReadError};

/// Bytes, and what to call them.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Reads what the user names.
pub(super) fn read(value: &str) -> Result<Input, Failure> {
    if value == "-" {
        let bytes = files::read_bytes(io::stdin(), files::VALUE);
        return named("standard input", bytes);
    }
    // What cannot be a file's name, or is one only if somebody makes it hard for himself.
    match from_text(value) {
        Ok(Some(bytes)) => return Ok(Input { name: "the bytes".to_owned(), bytes }),
        Ok(None) => {}
        Err(wrong) => return Err(Failure::Input(format!("the bytes: {wrong}"))),
    }
    match File::open(Path::new(value)) {
        Ok(file) => named(value, files::read_bytes(file, files::VALUE)),
        Err(error) => match from_base64(value) {
            Some(bytes) => Ok(Input { name: "the bytes, read as base64".to_owned(), bytes }),
            None => Err(Failure::Input(format!(
                "{value}: expected bytes in hexadecimal, as a dump or in base64, or a file, and the file cannot be \
                 read: {error}"
            ))),
        },
    }
}

fn named(name: &str, bytes: Result<Vec<u8>, ReadError>) -> Result<Input, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::Input(format!("{name}: {error}"));
    let bytes = bytes.map_err(|error| wrong(&error))?;
    let name = name.to_owned();
    let Some(text) = as_text(&bytes) else { return Ok(Input { name, bytes }) };
    if let Some(bytes) = from_text(&text).map_err(|error| wrong(&error))? {
        return Ok(Input { name, bytes });
    }
    match from_base64(&text) {
        Some(bytes) => Ok(Input { name: format!("{name}, read as base64"), bytes }),
        None => Ok(Input { name, bytes }),
    }
}

/// Whether bytes are somebody's text, and no value that happens to begin with letters.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let is_shown = |c: char| !c.is_control() || c.is_whitespace();
    as_text(bytes).is_some_and(|text| !text.is_empty() && text.chars().all(is_shown))
}

/// The text that bytes are: UTF-8, or UTF-16 with a mark, as some shells write their output.
fn as_text(bytes: &[u8]) -> Option<String> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, odd) = rest.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).ok().filter(|_| odd.is_empty())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        bytes => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// The bytes that a text says; `None` if it is in no form that is known. What is in one, and wrong, is an error.
fn from_text(text: &str) -> Result<Option<Vec<u8>>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_matches(['\n', '\r']);
    if let Some(bytes) = dump::read(text)? {
        return Ok(Some(bytes));
    }
    let text = text.trim();
    Ok(digits::read(text).or_else(|| literal::read(text)).or_else(|| array::read(text)))
}

/// The bytes that base64 says. Those of a value are some fours, which tells it from most words.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let digits = digits.trim_end_matches('=');
    let bytes = Base64Unpadded::decode_vec(digits);
    let bytes = bytes.or_else(|_| Base64UrlUnpadded::decode_vec(digits)).ok()?;
    (!bytes.is_empty() && bytes.len().is_multiple_of(4)).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: [u8; 12] = [0xec, 0x77, 0xbe, 0x7a, 7, 0, 0, 0, 0, 0, 0, 0];

    /// Every form, as people's programs write it.
    #[test]
    fn bytes_are_read_in_each_form() {
        for text in [
            "ec77be7a0700000000000000",
            "EC77BE7A 07000000 00000000",
            "0xec77be7a0700000000000000",
            "0XEC77BE7A0700000000000000",
            "ec:77:be:7a:07:00:00:00:00:00:00:00",
            "ec-77-be-7a-07-00-00-00-00-00-00-00",
            "ec 77 be 7a 07 00 00 00 00 00 00 00",
            "ec,77,be,7a,07,00,00,00,00,00,00,00",
            "ec, 77, be, 7a, 07, 00, 00, 00, 00, 00, 00, 00",
            "0xec 0x77 0xbe 0x7a 0x07 0x00 0x00 0x00 0x00 0x00 0x00 0x00",
            "0xec,0x77,0xbe,0x7a,0x7,0x0,0x0,0x0,0x0,0x0,0x0,0x0,",
            r"\xec\x77\xbe\x7a\x07\x00\x00\x00\x00\x00\x00\x00",
            r"b'\xecw\xbez\x07\x00\x00\x00\x00\x00\x00\x00'",
            r#"b"\xecw\xbez\x07\x00\x00\x00\x00\x00\x00\x00""#,
            r"bytearray(b'\xecw\xbez\x07\x00\x00\x00\x00\x00\x00\x00')",
            r#""\xec\x77\xbe\x7a\a\0\0\0\000\x00\0\0""#,
            "b'\\xecw\\xbez'\n b'\\x07\\0\\0\\0\\0\\0\\0\\0'",
            "(b'\\xecw\\xbez'\n b'\\x07\\0\\0\\0\\0\\0\\0\\0')",
            "{0xec, 0x77, 0xbe, 0x7a, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}",
            "[236, 119, 190, 122, 7, 0, 0, 0, 0, 0, 0, 0]",
            "[236 119 190 122 7 0 0 0 0 0 0 0]",
            "[-20, 119, -66, 122, 7, 0, 0, 0, 0, 0, 0, 0]",
            "[ec, 77, be, 7a, 7, 0, 0, 0, 0, 0, 0, 0]",
            "Uint8Array(12) [236, 119, 190, 122, 7, 0, 0, 0, 0, 0, 0, 0]",
            "<Buffer ec 77 be 7a 07 00 00 00 00 00 00 00>",
            "unsigned char ping_bin[] = {\n  0xec, 0x77, 0xbe, 0x7a, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00,\n  \
             0x00, 0x00 // the end\n};\nunsigned int ping_bin_len = 12;",
            "let ping = &[0xec_u8, 0x77, 0xbe, 0x7a, 0x07, 0, 0, 0, 0, 0, 0, 0];",
            "00000000: ec77 be7a 0700 0000 0000 0000            .w.z........",
            "00000000  ec 77 be 7a 07 00 00 00  00 00 00 00              |.w.z........|\n0000000c",
            "0000  ec 77 be 7a 07 00 00 00  00 00 00 00              .w.z........",
            "0000   ec 77 be 7a 07 00 00 00 00 00 00 00   .w.z........",
        ] {
            for text in [
                text.to_owned(),
                format!("{text}\n"),
                format!("\u{feff}{text}\r\n"),
                text.replace('\n', "\r\n"),
            ] {
                assert_eq!(from_text(&text), Ok(Some(PING.to_vec())), "{text}");
            }
        }
    }

    #[test]
    fn what_is_in_no_form_is_none() {
        for text in [
            "",
            " ",
            "0",
            "0x",
            "0x0",
            "abc",
            "ec:7",
            "ec::77",
            "zz",
            "hello",
            "ping.bin",
            "./beef",
            "a:b",
            "b''",
            "''",
            "[]",
            "{}",
            "[1, 256]",
            "[x]",
            "b'open",
            "0xec77 and more",
            "C:77",
            "{\"a\": 1}",
        ] {
            assert_eq!(from_text(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn base64_is_read_where_it_says_some_fours() {
        for text in ["7HO+egcAAAAAAAAA", "7HO-egcAAAAAAAAA", "7HO+egcA\nAAAAAAAA\n"] {
            assert_eq!(from_base64(text).unwrap()[..4], [0xec, 0x73, 0xbe, 0x7a], "{text}");
        }
        assert_eq!(from_base64("AQIDBA=="), Some(vec![1, 2, 3, 4]));
        for text in ["", "hello", "ping.bin", "abcd", "AQIDBA==AA"] {
            assert_eq!(from_base64(text), None, "{text}");
        }
    }

    #[test]
    fn files_may_be_marked_and_wide() {
        let hex = "ec77be7a0700000000000000";
        let wide: Vec<u8> = hex.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let other: Vec<u8> = hex.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            hex.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", hex.as_bytes(), b"\n"].concat(),
            [&[0xff, 0xfe][..], &wide].concat(),
            [&[0xfe, 0xff][..], &other].concat(),
            PING.to_vec(),
        ] {
            assert_eq!(named("x", Ok(bytes)).unwrap().bytes, PING);
        }
        assert!(is_text(b"HTTP/1.1 200 OK\r\n") && is_text("привет".as_bytes()));
        assert!(!is_text(&PING) && !is_text(b"abc\0") && !is_text(b""));
    }
}
