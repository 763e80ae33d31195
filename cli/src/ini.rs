//! INI files, as Python's [configparser](https://docs.python.org/3/library/configparser.html) reads them by default.
//!
//! ```ini
//! # a comment has a line of its own, and begins with # or ;
//! [DEFAULT]
//! port = 443                  what a section has if it does not say otherwise
//! [App data] ; mine           what stands behind a section is passed over
//! api_id: 12345               = or :, whichever comes first; the case of keys does not matter, that of sections does
//! title = one
//!     two                     what is indented more than a key goes on with its value
//! ```
//!
//! Two things differ, for what people write: a value in quotes loses them, and there is no interpolation.

use std::collections::BTreeMap;

/// What is wrong with a file. Values are never repeated.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IniError {
    #[error("line {line}: expected `[section]`, `key = value`, or a comment that begins with `;`")]
    Syntax { line: usize },
    #[error("line {line}: expected a section before the first key")]
    NoSection { line: usize },
    #[error("expected one section `[{section}]`, not several")]
    TwoSections { section: String },
    #[error("section `[{section}]`: expected one key `{key}`, not several")]
    TwoKeys { section: String, key: String },
}

/// The values of one section by their keys, in lower case.
pub(crate) type Section = BTreeMap<String, String>;

/// Reads a section; `None` if there is none of this name.
pub(crate) fn section(text: &str, name: &str) -> Result<Option<Section>, IniError> {
    let mut file = File { name, defaults: Section::new(), wanted: None, at: At::Nowhere };
    // As Python does, lines end in any way.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut indent = 0;
    for (number, line) in (1..).zip(text.split('\n')) {
        let content = line.trim();
        if content.is_empty() {
            file.go_on("");
        } else if !content.starts_with(['#', ';']) {
            let here = line.chars().take_while(|c| c.is_whitespace()).count();
            if here > indent && file.is_at_key() {
                file.go_on(content);
            } else {
                indent = here;
                file.take(content, number)?;
            }
        }
    }
    let File { mut defaults, wanted, .. } = file;
    Ok(wanted.map(|wanted| {
        defaults.extend(wanted);
        defaults.into_iter().map(|(key, value)| (key, unquoted(value.trim_end()))).collect()
    }))
}

/// A file while it is read.
struct File<'n> {
    /// The section that is looked for.
    name: &'n str,
    defaults: Section,
    wanted: Option<Section>,
    at: At,
}

/// Where the reader is.
enum At {
    /// Before the first section.
    Nowhere,
    /// In a section, at one of its keys perhaps.
    Section(Which, Option<String>),
}

#[derive(Clone, Copy)]
enum Which {
    Defaults,
    Wanted,
    Other,
}

impl File<'_> {
    fn is_at_key(&self) -> bool {
        matches!(self.at, At::Section(_, Some(_)))
    }

    fn values(&mut self, which: Which) -> Option<&mut Section> {
        match which {
            Which::Defaults => Some(&mut self.defaults),
            Which::Wanted => self.wanted.as_mut(),
            Which::Other => None,
        }
    }

    /// Another line of the value at hand.
    fn go_on(&mut self, content: &str) {
        let At::Section(which, Some(key)) = &self.at else { return };
        let (which, key) = (*which, key.clone());
        if let Some(value) = self.values(which).and_then(|values| values.get_mut(&key)) {
            value.push('\n');
            value.push_str(content);
        }
    }

    /// A section, or a key and its value.
    fn take(&mut self, content: &str, line: usize) -> Result<(), IniError> {
        if let Some((section, _)) = content.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            && !section.is_empty()
        {
            return self.enter(section);
        }
        let (key, value) = content.split_once(['=', ':']).ok_or(IniError::Syntax { line })?;
        let key = key.trim_end().to_lowercase();
        if key.is_empty() {
            return Err(IniError::Syntax { line });
        }
        let At::Section(which, at) = &mut self.at else {
            return Err(IniError::NoSection { line });
        };
        let which = *which;
        *at = Some(key.clone());
        if let Some(values) = self.values(which)
            && values.insert(key.clone(), value.trim().to_owned()).is_some()
        {
            let section = if matches!(which, Which::Wanted) { self.name } else { DEFAULT };
            return Err(IniError::TwoKeys { section: section.to_owned(), key });
        }
        Ok(())
    }

    fn enter(&mut self, section: &str) -> Result<(), IniError> {
        let which = match section {
            DEFAULT => Which::Defaults,
            _ if section == self.name => {
                if self.wanted.replace(Section::new()).is_some() {
                    return Err(IniError::TwoSections { section: section.to_owned() });
                }
                Which::Wanted
            }
            _ => Which::Other,
        };
        self.at = At::Section(which, None);
        Ok(())
    }
}

/// The section whose values all others have.
const DEFAULT: &str = "DEFAULT";

fn unquoted(value: &str) -> String {
    let inside = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(value).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Vec<(String, String)>>, IniError> {
        Ok(section(text, "A b")?.map(|section| section.into_iter().collect()))
    }

    fn values(values: &[(&str, &str)]) -> Result<Option<Vec<(String, String)>>, IniError> {
        Ok(Some(values.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()))
    }

    /// What Python 3.11 gives for the same texts, but for the quotes.
    #[test]
    fn files_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("[A b]\nk = v", &[("k", "v")][..]),
            ("[A b]\nk: v", &[("k", "v")]),
            ("[A b]\nk:v=w\nl=v:w", &[("k", "v=w"), ("l", "v:w")]),
            ("[A b] ; mine\nk=v", &[("k", "v")]),
            ("[A b]x\nk=v", &[("k", "v")]),
            ("  [A b]\n  k=v\n  l=w", &[("k", "v"), ("l", "w")]),
            ("[A b]\nKey = v", &[("key", "v")]),
            ("[A b]\r\nk = v\r\nl = w\r\n", &[("k", "v"), ("l", "w")]),
            ("[A b]\rk = v\rl = w\r", &[("k", "v"), ("l", "w")]),
            ("# c\n; c\n[A b]\n # c\nk = v\n; c\nl = w", &[("k", "v"), ("l", "w")]),
            ("[A b]\nk = v ; no comment", &[("k", "v ; no comment")]),
            ("[A b]\nk = v # no comment", &[("k", "v # no comment")]),
            ("[A b]\nk =", &[("k", "")]),
            ("[A b]\nk = a\n  b\n\n  c\n\n", &[("k", "a\nb\n\nc")]),
            ("[A b]\nk = a\n  l = b", &[("k", "a\nl = b")]),
            ("[A b]\n  k = a\nl = b", &[("k", "a"), ("l", "b")]),
            ("[DEFAULT]\nk = a\nl = b\n[A b]\nk = c", &[("k", "c"), ("l", "b")]),
            ("[other]\nk = a\n[A b]\n[more]\nk = b", &[]),
            ("[A b]\nk = \"v\"\nl = ' w '\nm = \"x", &[("k", "v"), ("l", "w"), ("m", "\"x")]),
            ("[A b]\nk = v\n[other]\nx = 1\nx = 2", &[("k", "v")]),
        ] {
            assert_eq!(read(text), values(expected), "{text}");
        }
        for text in ["", "[a b]\nk = v", "[ A b ]\nk = v", "[DEFAULT]\nk = v"] {
            assert_eq!(read(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_python_refuses_is_refused_with_its_line() {
        let two = |key: &str| IniError::TwoKeys { section: "A b".into(), key: key.into() };
        for (text, error) in [
            ("k = v", IniError::NoSection { line: 1 }),
            ("\n\n[A b", IniError::Syntax { line: 3 }),
            ("[]\nk = v", IniError::Syntax { line: 1 }),
            ("[A b]\nk", IniError::Syntax { line: 2 }),
            ("[A b]\r\n\r\nk", IniError::Syntax { line: 3 }),
            ("[A b]\n= v", IniError::Syntax { line: 2 }),
            ("[A b]\nk = 1\nk = 1", two("k")),
            ("[A b]\nk = 1\nK: 2", two("k")),
            ("[A b]\n[A b]", IniError::TwoSections { section: "A b".into() }),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }
}
