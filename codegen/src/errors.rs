//! The errors that a server is known to answer with, as a constant for each name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use crate::Error;

/// Generates a constant for each name of a list of errors:
/// `[{"code": 420, "name": "FLOOD_WAIT_X"}, …]`, sorted by code and name, with `X` where the number stands.
///
/// A constant is called as its error, in upper case, with `_` for what an identifier cannot have and before a digit:
/// `Timeout` is `TIMEOUT`, `2FA_CONFIRM_WAIT_X` is `_2FA_CONFIRM_WAIT_X`.
///
/// # Errors
///
/// [`Error::Json`] when the text is not of that form, [`Error::KnownError`] when an entry is malformed or out of order,
/// [`Error::DuplicateDefinition`] when it is there twice, [`Error::DuplicateRustName`] when two names would be one constant.
pub fn generate(text: &str) -> Result<String, Error> {
    let entries = entries(text)?;
    let mut names: BTreeMap<String, (&str, Vec<i32>)> = BTreeMap::new();
    for entry in &entries {
        let path = ident(&entry.name);
        let (first, codes) = names.entry(path.clone()).or_insert_with(|| (&entry.name, Vec::new()));
        if *first != entry.name {
            let (first, second) = ((*first).to_owned(), entry.name.clone());
            return Err(Error::DuplicateRustName { first, second, path });
        }
        codes.push(entry.code);
    }
    let mut out = String::new();
    for (ident, (name, codes)) in names {
        let codes: Vec<String> = codes.iter().map(|code| format!("`{code} {name}`")).collect();
        let codes = codes.join(" or ");
        // Writing to a string cannot fail.
        let _ = writeln!(out, "/// {codes}.\npub const {ident}: &str = \"{name}\";");
    }
    Ok(out)
}

/// The names of a list of errors.
///
/// # Errors
///
/// As [`generate`], but for names that would be one constant.
pub fn names(text: &str) -> Result<BTreeSet<String>, Error> {
    Ok(entries(text)?.into_iter().map(|entry| entry.name).collect())
}

fn entries(text: &str) -> Result<Vec<Entry>, Error> {
    let entries: Vec<Entry> =
        serde_json::from_str(text).map_err(|error| Error::Json(error.to_string()))?;
    in_order(&entries)?;
    entries.iter().try_for_each(Entry::check)?;
    Ok(entries)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: i32,
    name: String,
}

impl Entry {
    /// What the runtime makes of a message must be the name as it is here, or a comparison would never be true.
    fn check(&self) -> Result<(), Error> {
        let wrong = |why| Err(Error::KnownError { entry: self.to_string(), why });
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ' ';
        if self.code == 0 {
            return wrong("has no code");
        }
        if !self.name.chars().all(is_allowed) || !self.name.contains(char::is_alphanumeric) {
            return wrong("is not made of letters, digits, underscores and spaces");
        }
        let mut parts = self.name.split('_').map(|part| part.strip_suffix("MIN").unwrap_or(part));
        if parts.next() == Some("X") {
            return wrong("begins with its number");
        }
        let parts: Vec<&str> = parts.collect();
        if parts.iter().any(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit())) {
            return wrong("has a number where X must stand");
        }
        if parts.iter().filter(|part| **part == "X").count() > 1 {
            return wrong("has more than one X");
        }
        Ok(())
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code, self.name)
    }
}

/// Sorted, so that a change of the list can be read and two sources can be compared.
fn in_order(entries: &[Entry]) -> Result<(), Error> {
    let key = |entry: &Entry| (entry.code, entry.name.clone());
    for (before, entry) in entries.iter().zip(entries.iter().skip(1)) {
        match key(before).cmp(&key(entry)) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => {
                return Err(Error::DuplicateDefinition { definition: entry.to_string() });
            }
            std::cmp::Ordering::Greater => {
                let why = "is out of order: sort by code, then by name";
                return Err(Error::KnownError { entry: entry.to_string(), why });
            }
        }
    }
    Ok(())
}

/// The constant of an error.
fn ident(name: &str) -> String {
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let ident: String = name.chars().map(upper).collect();
    if ident.starts_with(|c: char| c.is_ascii_digit()) { format!("_{ident}") } else { ident }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(i32, &str)]) -> String {
        let entry = |(code, name): &(i32, &str)| {
            serde_json::json!({"code": code, "name": name}).to_string()
        };
        format!("[{}]", entries.iter().map(entry).collect::<Vec<_>>().join(",\n"))
    }

    fn why(entries: &[(i32, &str)]) -> String {
        generate(&list(entries)).unwrap_err().to_string()
    }

    #[test]
    fn a_name_is_a_constant_with_its_codes() {
        let text = list(&[(-503, "Timeout"), (400, "BUSY"), (420, "FLOOD_WAIT_X"), (500, "BUSY")]);
        assert_eq!(
            generate(&text).unwrap(),
            "/// `400 BUSY` or `500 BUSY`.\npub const BUSY: &str = \"BUSY\";\n\
             /// `420 FLOOD_WAIT_X`.\npub const FLOOD_WAIT_X: &str = \"FLOOD_WAIT_X\";\n\
             /// `-503 Timeout`.\npub const TIMEOUT: &str = \"Timeout\";\n"
        );
        assert_eq!(generate("[]").unwrap(), "");
    }

    #[test]
    fn what_is_no_identifier_becomes_one() {
        for (name, constant) in [
            ("Timeout", "TIMEOUT"),
            ("2FA_CONFIRM_WAIT_X", "_2FA_CONFIRM_WAIT_X"),
            ("Invalid msgs_ack query", "INVALID_MSGS_ACK_QUERY"),
            ("MD5_CHECKSUM_INVALID", "MD5_CHECKSUM_INVALID"),
        ] {
            assert_eq!(ident(name), constant);
            assert!(syn::parse_str::<syn::Ident>(constant).is_ok());
        }
    }

    #[test]
    fn names_that_would_be_one_constant_are_refused() {
        assert_eq!(
            generate(&list(&[(400, "TIMEOUT"), (400, "Timeout")])),
            Err(Error::DuplicateRustName {
                first: "TIMEOUT".into(),
                second: "Timeout".into(),
                path: "TIMEOUT".into()
            })
        );
    }

    #[test]
    fn an_entry_twice_or_out_of_order_is_named() {
        let twice = [(400, "A_B"), (400, "A_B")];
        assert_eq!(
            generate(&list(&twice)),
            Err(Error::DuplicateDefinition { definition: "400 A_B".into() })
        );
        for entries in [[(400, "B"), (400, "A")], [(500, "A"), (400, "A")]] {
            assert!(why(&entries).contains("`400 A` is out of order"));
        }
    }

    #[test]
    fn a_malformed_entry_is_named() {
        for (code, name, what) in [
            (0, "A", "no code"),
            (400, "", "letters"),
            (400, "_", "letters"),
            (400, "FLOOD_WAIT_%d", "letters"),
            (400, "A\"B", "letters"),
            (400, "É", "letters"),
            (400, "X_A", "begins"),
            (400, "FILE_PART_0_MISSING", "a number"),
            (400, "WAIT_5MIN", "a number"),
            (400, "A_X_XMIN", "more than one"),
        ] {
            let message = why(&[(code, name)]);
            assert!(
                message.contains(&format!("`{code} {name}`")) && message.contains(what),
                "{message}"
            );
        }
    }

    #[test]
    fn another_form_is_refused_with_its_place() {
        for text in [
            "",
            "{}",
            "[{\"code\":1}]",
            "[\n{\"code\":1,\"name\":\"A\",\"b\":1}]",
            "[{\"code\":\"1\",\"name\":\"A\"}]",
        ] {
            let Err(Error::Json(message)) = generate(text) else { panic!("{text}") };
            assert!(message.contains("line"), "{message}");
        }
    }
}
