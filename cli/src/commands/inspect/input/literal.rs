//! Literals of strings, as Python, C and Rust write them.

/// The bytes of one or several literals, with nothing but blanks and brackets around them.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    let text =
        text.strip_prefix("bytearray").or_else(|| text.strip_prefix("bytes")).unwrap_or(text);
    let text = text.trim();
    let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    let mut bytes = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let begun = rest.strip_prefix(['b', 'B']).unwrap_or(rest);
        let quote = begun.chars().next().filter(|quote| "'\"".contains(*quote))?;
        rest = one(begun.get(1..)?, quote, &mut bytes)?.trim_start();
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// Reads to the closing quote; what follows it.
fn one<'t>(text: &'t str, quote: char, bytes: &mut Vec<u8>) -> Option<&'t str> {
    let mut rest = text;
    loop {
        let mut characters = rest.chars();
        let character = characters.next()?;
        rest = characters.as_str();
        if character == quote {
            return Some(rest);
        }
        if character != '\\' {
            // A literal of bytes has ASCII alone.
            bytes.push(u8::try_from(character).ok().filter(u8::is_ascii)?);
            continue;
        }
        let escape = characters.next()?;
        rest = characters.as_str();
        bytes.push(match escape {
            'x' => {
                let length = rest.bytes().take(2).take_while(u8::is_ascii_hexdigit).count();
                let (digits, after) = rest.split_at_checked(length)?;
                rest = after;
                u8::from_str_radix(digits, 16).ok()?
            }
            '0'..='7' => {
                let more =
                    rest.bytes().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                let (digits, after) = rest.split_at_checked(more)?;
                rest = after;
                u8::from_str_radix(&format!("{escape}{digits}"), 8).ok()?
            }
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'a' => 7,
            'b' => 8,
            'v' => 11,
            'f' => 12,
            'e' => 27,
            '\\' | '\'' | '"' | '?' => u8::try_from(escape).ok()?,
            _ => return None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_python_and_c() {
        for (text, bytes) in [
            (r"b'a\n\r\t\\\'\0\x7f\377'", &b"a\n\r\t\\'\0\x7f\xff"[..]),
            (r#"b"it's\"""#, b"it's\""),
            (r#""\a\b\v\f\e\?\1\12\101""#, &[7, 8, 11, 12, 27, b'?', 1, 0o12, 0o101]),
            (r#""a" "b" b'c'"#, b"abc"),
            ("bytes(b'ab')", b"ab"),
        ] {
            assert_eq!(read(text).as_deref(), Some(bytes), "{text}");
        }
        for text in [r"b'", r"b'\x'", r"b'\q'", r"b'a' c", "b'é'", "''", "b", "x'00'", r"'\400'"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
