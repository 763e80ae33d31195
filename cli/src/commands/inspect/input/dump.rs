//! Dumps: lines of an offset, bytes in hexadecimal, and perhaps what these are as text.
//!
//! ```text
//!  00000000: ec77 be7a 0700 0000  .w.z....                          xxd
//!  00000000  ec 77 be 7a 07 00 00 00  00 00 00 00  |.w.z........|   hexdump -C; a * for lines like the one before
//!  0000   ec 77 be 7a 07 00 00 00  00 00 00 00     .w.z........     Wireshark
//!  0x0000:  ec77 be7a 0700 0000  .w.z....                           tcpdump -X
//!  0000000 ec 77 be 7a 07 00 00 00                                  od -t x1; its offsets are octal
//! ```
//!
//! The text may look like digits, so the offsets count: each line has as many bytes as they say.

use crate::files::VALUE;

/// The bytes of a dump; `None` if the text is none. One whose offsets do not fit is an error.
pub(super) fn read(text: &str) -> Result<Option<Vec<u8>>, String> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let first = lines.next().and_then(|(number, line)| Some((number, Line::of(line)?)));
    let Some(first) = first.filter(|(_, line)| line.is_dump()) else { return Ok(None) };
    let mut parsed = vec![first];
    for (number, line) in lines {
        let wrong = || format!("line {number}: expected a line of a dump, as the one before");
        parsed.push((number, Line::of(line).ok_or_else(wrong)?));
    }
    if parsed.iter().any(|(_, line)| line.has_words_of_unknown_order()) {
        return Err("a dump of 16-bit words, of which nobody can say in which order their bytes are: make one with \
                    xxd or `hexdump -C`"
            .to_owned());
    }
    // One of them fits, if any does; the first where one line says nothing.
    let mut error = None;
    for radix in [16, 8, 10] {
        match join(&parsed, radix) {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(wrong) => error = error.or(Some(wrong)),
        }
    }
    Err(error.unwrap_or_default())
}

/// A line.
enum Line<'t> {
    /// An offset, what stands between it and the bytes, and the rest.
    Bytes { offset: &'t str, gap: &'t str, rest: &'t str },
    /// An offset alone: the end.
    End { offset: &'t str },
    /// Lines like the one before.
    Again,
}

impl<'t> Line<'t> {
    fn of(line: &'t str) -> Option<Self> {
        let line = line.trim_start();
        if line.trim_end() == "*" {
            return Some(Self::Again);
        }
        let bare = line.strip_prefix("0x").unwrap_or(line);
        let length = bare.bytes().take_while(u8::is_ascii_hexdigit).count();
        let (offset, rest) = bare.split_at_checked(length)?;
        if !(4..=16).contains(&length) {
            return None;
        }
        if matches!(rest.trim_end(), "" | ":") {
            return Some(Self::End { offset });
        }
        let bytes = rest.trim_start_matches([':', ' ', '\t']);
        let gap = rest.get(..rest.len().checked_sub(bytes.len())?)?;
        (!gap.is_empty() && !bytes.is_empty()).then_some(Self::Bytes { offset, gap, rest: bytes })
    }

    /// Whether it is the first of a dump, and not digits with blanks between them.
    fn is_dump(&self) -> bool {
        let Self::Bytes { offset, gap, rest } = self else { return false };
        let mut tokens = rest.split_whitespace();
        let is_pair = |token: &str| token.len() == 2 && is_hex(token);
        let pairs = tokens.clone().take_while(|token| is_pair(token)).count();
        let first = tokens.next().unwrap_or_default();
        let is_offset = offset.bytes().all(|digit| digit == b'0') && offset.len() >= 6;
        match *gap {
            // `ec77: …` is nothing else.
            gap if gap.starts_with(':') => is_hex(first) && first.len().is_multiple_of(2),
            gap if gap.len() > 1 || gap.contains('\t') => is_pair(first),
            // An odd number of digits is no bytes.
            _ if !offset.len().is_multiple_of(2) => is_hex(first) && first.len().is_multiple_of(2),
            _ => is_offset && pairs > 1,
        }
    }

    /// `hexdump` and `od -x` without more write words as this machine has them.
    fn has_words_of_unknown_order(&self) -> bool {
        match self {
            Self::Bytes { offset, gap, rest } => {
                let word = rest.split_whitespace().next().unwrap_or_default();
                offset.len() == 7 && !gap.contains(':') && word.len() == 4
            }
            _ => false,
        }
    }

    fn offset(&self, radix: u32) -> Option<usize> {
        match self {
            Self::Bytes { offset, .. } | Self::End { offset } => {
                usize::from_str_radix(offset, radix).ok()
            }
            Self::Again => None,
        }
    }

    /// Its bytes: so many, if that is known.
    fn bytes(&self, count: Option<usize>) -> Vec<u8> {
        let Self::Bytes { gap, rest, .. } = self else { return Vec::new() };
        let has_colon = gap.contains(':');
        let most = count.unwrap_or(LONGEST);
        let mut bytes = Vec::new();
        let mut rest = *rest;
        while bytes.len() < most {
            let length = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
            let Some((token, after)) = rest.split_at_checked(length) else { break };
            let is_token = after.is_empty() || after.starts_with([' ', '\t']);
            let Some(found) = hex::decode(token).ok().filter(|found| is_token && !found.is_empty())
            else {
                break;
            };
            bytes.extend(found);
            let blanks = after.len() - after.trim_start().len();
            rest = after.trim_start();
            // Where it is not known how many there are, a gap tells the text apart; but for the one in the middle.
            let is_middle = !has_colon && blanks == 2 && bytes.len() == MIDDLE;
            if count.is_none() && blanks > 1 && !is_middle {
                break;
            }
        }
        bytes
    }
}

/// The most bytes of a line.
const LONGEST: usize = 256;

/// After how many bytes some leave a gap.
const MIDDLE: usize = 8;

/// Puts the lines together, by offsets of this radix.
fn join(lines: &[(usize, Line<'_>)], radix: u32) -> Result<Vec<u8>, String> {
    let start = lines.iter().find_map(|(_, line)| line.offset(radix)).unwrap_or_default();
    let mut bytes: Vec<u8> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    for (place, (number, line)) in lines.iter().enumerate() {
        let wrong = || format!("line {number}: its offset does not fit the bytes before it");
        if matches!(line, Line::Again) {
            continue;
        }
        let offset = line.offset(radix).ok_or_else(wrong)?;
        let offset = offset.checked_sub(start).ok_or_else(wrong)?;
        let is_again = place.checked_sub(1).and_then(|before| lines.get(before));
        if is_again.is_some_and(|(_, line)| matches!(line, Line::Again)) {
            let is_within = u64::try_from(offset).is_ok_and(|offset| offset <= VALUE);
            while bytes.len() < offset && is_within && !last.is_empty() {
                bytes.extend_from_slice(&last);
            }
        }
        if offset != bytes.len() {
            return Err(wrong());
        }
        let next = lines.get(place.saturating_add(1)).and_then(|(_, line)| line.offset(radix));
        let count = next.and_then(|next| next.checked_sub(start)?.checked_sub(offset));
        last = line.bytes(count.filter(|count| (1..=LONGEST).contains(count)));
        bytes.extend_from_slice(&last);
    }
    Ok(bytes)
}

fn is_hex(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixteen bytes that are digits as text, some letters, zeros, and an end.
    fn value() -> Vec<u8> {
        let mut value = b"00 11 22 33 44 5deadbeef\0\0\0\0\0\0\0\0".to_vec();
        value.extend([0; 64]);
        value.extend(b"be ef");
        value
    }

    fn shown(bytes: &[u8]) -> String {
        bytes
            .iter()
            .map(|b| if b.is_ascii_graphic() || *b == b' ' { char::from(*b) } else { '.' })
            .collect()
    }

    /// A value as a program would dump it.
    fn dump(line: impl Fn(usize, &[u8]) -> String) -> String {
        let lines = value()
            .chunks(16)
            .enumerate()
            .map(|(row, bytes)| line(row * 16, bytes))
            .collect::<Vec<_>>();
        lines.join("\n")
    }

    fn pairs(bytes: &[u8], middle: &str) -> String {
        let pairs: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let (left, right) = pairs.split_at(pairs.len().min(8));
        if right.is_empty() {
            left.join(" ")
        } else {
            format!("{}{middle}{}", left.join(" "), right.join(" "))
        }
    }

    #[test]
    fn dumps_of_each_program_are_read() {
        let xxd = |row: usize, bytes: &[u8]| {
            let words: Vec<_> = bytes.chunks(2).map(hex::encode).collect();
            format!("{row:08x}: {:<39}  {}", words.join(" "), shown(bytes))
        };
        let hexdump = |row: usize, bytes: &[u8]| {
            format!("{row:08x}  {:<48}  |{}|", pairs(bytes, "  "), shown(bytes))
        };
        let wireshark = |row: usize, bytes: &[u8]| {
            format!("{row:04x}  {:<48}   {}", pairs(bytes, "  "), shown(bytes))
        };
        let newer = |row: usize, bytes: &[u8]| {
            format!("{row:04x}   {:<47}   {}", pairs(bytes, " "), shown(bytes))
        };
        let tcpdump =
            |row: usize, bytes: &[u8]| format!("\t0x{}", xxd(row, bytes).replacen(": ", ":  ", 1));
        let od = |row: usize, bytes: &[u8]| format!("{row:07o} {}", pairs(bytes, " "));
        let od_hex = |row: usize, bytes: &[u8]| format!("{row:06x} {}", pairs(bytes, " "));
        let decimal = |row: usize, bytes: &[u8]| format!("{row:08}: {}", pairs(bytes, " "));
        let long_words = |row: usize, bytes: &[u8]| {
            let words: Vec<_> = bytes.chunks(4).map(hex::encode).collect();
            format!("{row:08x}: {:<35}  {}", words.join(" "), shown(bytes))
        };
        type Program<'a> = &'a dyn Fn(usize, &[u8]) -> String;
        let programs: [Program<'_>; 9] =
            [&xxd, &hexdump, &wireshark, &newer, &tcpdump, &od, &od_hex, &decimal, &long_words];
        for (which, program) in programs.into_iter().enumerate() {
            let dump = dump(program);
            for dump in
                [dump.clone(), dump.to_uppercase().replace("0X", "0x"), dump.replace('\n', " \r\n")]
            {
                assert_eq!(read(&dump), Ok(Some(value())), "{which}:\n{dump}");
            }
        }
        // An end, and lines that are not repeated.
        let whole = format!("{}\n{:08x}", dump(hexdump), value().len());
        assert_eq!(read(&whole), Ok(Some(value())));
        let lines: Vec<&str> = whole.lines().collect();
        let short = [&lines[..3], &["*"], &lines[6..]].concat().join("\n");
        assert_eq!(read(&short), Ok(Some(value())), "{short}");
    }

    #[test]
    fn a_part_of_a_dump_is_read_and_one_that_does_not_fit_is_told() {
        assert_eq!(read("00000010: 0102 0304  ....\n00000014: 05"), Ok(Some(vec![1, 2, 3, 4, 5])));
        for (text, wrong) in [
            ("00000000: 0102\n00000003: 04", "line 2: its offset does not fit"),
            ("00000000: 0102\nhello", "line 2: expected a line of a dump"),
            ("00000000: 0102\n00000001: 04\n00000002: 05", "line 2: its offset"),
            ("0000000 77ec 7abe 0007", "a dump of 16-bit words"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(wrong), "{text}: {error}");
        }
        for text in [
            "",
            "ec77be7a",
            "ec77 be7a",
            "ec77be7a 0700",
            "hello",
            "0000 ec77",
            "12345678 9abcdef0",
        ] {
            assert_eq!(read(text), Ok(None), "{text}");
        }
    }
}
