//! Arrays of bytes, as sources and debuggers write them.

/// The bytes of an array: what stands between the first brace or bracket that has numbers in it and the next that closes it.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    let text = without_comments(text);
    let mut rest = text.as_str();
    while let Some(open) = rest.find(['{', '[']) {
        let (_, after) = rest.split_at_checked(open)?;
        let close = if after.starts_with('{') { '}' } else { ']' };
        let inside = after.get(1..)?;
        // `x[] = {…}` has its length before its values, or none.
        match inside.split_once(close) {
            Some((inside, after)) if !inside.trim().is_empty() && !is_length(inside, after) => {
                return values(inside, close == ']');
            }
            _ => rest = inside,
        }
    }
    None
}

/// `[12] = {…}`: it is no array of one byte.
fn is_length(inside: &str, after: &str) -> bool {
    inside.trim().bytes().all(|byte| byte.is_ascii_digit()) && after.trim_start().starts_with('=')
}

fn values(inside: &str, is_bracketed: bool) -> Option<Vec<u8>> {
    let tokens = inside.split(|c: char| c == ',' || c.is_whitespace());
    let tokens: Vec<&str> = tokens
        .filter(|token| !token.is_empty())
        .map(|token| token.trim_end_matches("_u8").trim_end_matches("u8"))
        .collect();
    if tokens.is_empty() {
        return None;
    }
    let is_prefixed = |token: &&str| token.starts_with("0x") || token.starts_with("0X");
    // Without a prefix, letters tell hexadecimal digits.
    let is_hex = !tokens.iter().any(is_prefixed)
        && is_bracketed
        && tokens.iter().all(|token| token.len() <= 2)
        && tokens.iter().any(|token| token.bytes().any(|byte| byte.is_ascii_alphabetic()));
    tokens.iter().map(|token| value(token, is_hex)).collect()
}

fn value(token: &str, is_hex: bool) -> Option<u8> {
    let hex = token.strip_prefix("0x").or_else(|| token.strip_prefix("0X"));
    match hex.or(is_hex.then_some(token)) {
        Some(digits) => u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+')),
        // Java's bytes have a sign.
        None if token.starts_with('-') => token.parse::<i8>().ok().map(i8::cast_unsigned),
        None => token.parse().ok(),
    }
}

/// A text without the comments of C.
fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines = kept.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_read_as_they_are_written() {
        for (text, bytes) in [
            ("{1, 2}", &[1, 2][..]),
            ("{ 0x1, 0xfF, }", &[1, 255]),
            ("[0, 10, 255]", &[0, 10, 255]),
            ("[10, 20]", &[10, 20]),
            ("[a, 20]", &[10, 32]),
            ("[-1, -128, 127]", &[255, 128, 127]),
            ("static const uint8_t x[2] = { 1, /* two */ 2 };", &[1, 2]),
            ("x[] = {\n  1, // one\n  2\n}; // {3}", &[1, 2]),
            ("vec![1u8, 2]", &[1, 2]),
        ] {
            assert_eq!(read(text).as_deref(), Some(bytes), "{text}");
        }
        for text in ["{256}", "[-129]", "{x}", "{ab}", "{1", "[]", "x[2]=", "{}", "{+1x}", "[0x]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
