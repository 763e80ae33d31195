//! Hexadecimal digits, with what stands between them.

/// The bytes that digits say: pairs with nothing or the same thing between them, and prefixes before all or before each.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    if text.contains("\\x") {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        return of_tokens(text.strip_prefix("\\x")?.split("\\x"), 2);
    }
    // As a debugger of JavaScript shows them.
    if let Some(inside) = text.strip_prefix("<Buffer ").and_then(|text| text.strip_suffix('>')) {
        return of_tokens(inside.split_whitespace(), 2);
    }
    let separator = [',', ':', '-', ';'].into_iter().find(|separator| text.contains(*separator));
    match separator {
        // A comma may stand behind the last one.
        Some(separator) => {
            let text = text.strip_suffix(separator).unwrap_or(text);
            of_tokens(text.split(separator), 2)
        }
        None => {
            let tokens: Vec<&str> = text.split_whitespace().collect();
            let is_prefixed = |token: &&str| without_prefix(token) != *token;
            match tokens.as_slice() {
                [_, _, ..] if tokens.iter().all(is_prefixed) => {
                    of_tokens(tokens.iter(), usize::MAX)
                }
                // Digits may be broken anywhere.
                tokens => decode(without_prefix(&tokens.concat())),
            }
        }
    }
}

/// Bytes, each in a token of two digits, or of one with a prefix; or in longer ones, where they are allowed.
fn of_tokens<T: AsRef<str>>(tokens: impl Iterator<Item = T>, longest: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for token in tokens {
        let token = token.as_ref().trim();
        let digits = without_prefix(token);
        match digits.len() {
            1 if digits != token => {
                bytes.push(u8::try_from(digits.chars().next()?.to_digit(16)?).ok()?);
            }
            length if length <= longest => bytes.extend(decode(digits)?),
            _ => return None,
        }
    }
    // One alone is a word.
    (bytes.len() > 1).then_some(bytes)
}

fn without_prefix(token: &str) -> &str {
    token.strip_prefix("0x").or_else(|| token.strip_prefix("0X")).unwrap_or(token)
}

fn decode(digits: &str) -> Option<Vec<u8>> {
    if digits.is_empty() { None } else { hex::decode(digits).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_digits_are_bytes_and_all_else_is_none() {
        assert_eq!(read("00 fF\n0a"), Some(vec![0, 255, 10]));
        assert_eq!(read("0 0"), Some(vec![0]));
        assert_eq!(read("0x0011 0x22"), Some(vec![0, 0x11, 0x22]));
        assert_eq!(read("0xff"), Some(vec![255]));
        for other in [
            "",
            " ",
            "0",
            "0x",
            "zz",
            "a:b",
            "ec:7",
            "00:1122",
            "0:",
            "a",
            ",",
            "\\x",
            "\\xzz",
            "<Buffer >",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
