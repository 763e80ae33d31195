//! A line as words: the syntax of telegram-cli, whose lines people have in their scripts.
//!
//! * Words are split at blanks. `"…"` and `'…'` hold blanks; in them `\n`, `\r`, `\t`, `\b` and `\a` are what they are elsewhere, and
//!   any other character after `\` is itself. Outside of quotes `\` is a character like others.
//! * Before the command stand modifiers in brackets: `[html]`, `[reply=12]`, `[x3]`.
//! * The last text of a command is the raw rest of the line, or exactly one quoted word.

use crate::commands::shell::fault::Fault;

/// The longest line that is read. A message has 4,096 characters at most, and a broadcast has names before it.
pub(super) const MAX_LINE: usize = 64 << 10;

/// How often `[xN]` has a command run at most.
const MAX_TIMES: u32 = 1_000;

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Quoted words are what they are, and never taken for a number or a name that may be left out.
    pub(super) is_quoted: bool,
    /// Where it begins in the line.
    at: usize,
}

/// A line, or the words that a process was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) modifiers: Modifiers,
    pub(super) words: Vec<Word>,
    /// The line, if it was one.
    raw: Option<String>,
}

/// What is said before a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Modifiers {
    /// Text is HTML.
    pub(super) is_html: bool,
    /// Links get no preview.
    pub(super) without_preview: bool,
    /// What is sent answers this message of the same chat.
    pub(super) reply: Option<i32>,
    /// It is answered from what was met, without a call.
    pub(super) is_offline: bool,
    /// How often the command runs.
    pub(super) times: u32,
}

impl Default for Modifiers {
    fn default() -> Self {
        Self { is_html: false, without_preview: false, reply: None, is_offline: false, times: 1 }
    }
}

impl Line {
    /// Splits a line; `None` if nothing is on it.
    pub(super) fn read(line: &str) -> Result<Option<Self>, Fault> {
        if line.len() > MAX_LINE {
            return Err(Fault::Usage(format!("the line is longer than {MAX_LINE} bytes")));
        }
        let mut words = split(line)?;
        let modifiers = modifiers(&mut words)?;
        let raw = Some(line.trim_end().to_owned());
        Ok((!words.is_empty()).then_some(Self { modifiers, words, raw }))
    }

    /// The words of a process.
    pub(super) fn given(words: Vec<String>) -> Result<Option<Self>, Fault> {
        let words = words.into_iter().map(|text| Word { text, is_quoted: false, at: 0 });
        let mut words = words.collect();
        let modifiers = modifiers(&mut words)?;
        Ok((!words.is_empty()).then_some(Self { modifiers, words, raw: None }))
    }

    /// The text that begins with a word and is all that is left.
    pub(super) fn rest(&self, from: usize) -> Option<String> {
        let words = self.words.get(from..)?;
        let first = words.first()?;
        match (&self.raw, words) {
            (_, [one]) => Some(one.text.clone()),
            (Some(raw), _) => raw.get(first.at..).map(str::to_owned),
            (None, _) => {
                Some(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "))
            }
        }
    }
}

fn split(line: &str) -> Result<Vec<Word>, Fault> {
    let mut words = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some((at, first)) = chars.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut text = String::new();
        let is_quoted = matches!(first, '"' | '\'');
        if is_quoted {
            loop {
                match chars.next() {
                    Some((_, end)) if end == first => break,
                    Some((_, '\\')) => match chars.next() {
                        Some((_, escaped)) => text.push(escape(escaped)),
                        None => return Err(unclosed(first)),
                    },
                    Some((_, char)) => text.push(char),
                    None => return Err(unclosed(first)),
                }
            }
        } else {
            text.push(first);
            while let Some((_, char)) = chars.next_if(|(_, char)| !char.is_whitespace()) {
                text.push(char);
            }
        }
        words.push(Word { text, is_quoted, at });
    }
    Ok(words)
}

fn escape(char: char) -> char {
    match char {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'a' => '\u{7}',
        other => other,
    }
}

fn unclosed(quote: char) -> Fault {
    Fault::Usage(format!("a quote {quote} is not closed"))
}

/// Takes the modifiers off the front.
fn modifiers(words: &mut Vec<Word>) -> Result<Modifiers, Fault> {
    let is_one = |word: &Word| {
        !word.is_quoted
            && word.text.len() > 2
            && word.text.starts_with('[')
            && word.text.ends_with(']')
    };
    let count = words.iter().take_while(|word| is_one(word)).count();
    let mut modifiers = Modifiers::default();
    for word in words.drain(..count) {
        let name = word.text.trim_matches(['[', ']']);
        let unknown = || {
            Fault::Usage(format!(
                "there is no modifier `{}`; there are [html], [enable_preview], [disable_preview], [reply=N], [xN] and [offline]",
                word.text
            ))
        };
        match name {
            "html" => modifiers.is_html = true,
            "enable_preview" => modifiers.without_preview = false,
            "disable_preview" => modifiers.without_preview = true,
            "offline" => modifiers.is_offline = true,
            _ => match (name.strip_prefix("reply="), name.strip_prefix('x')) {
                (Some(number), _) => {
                    let number = number.parse().ok().filter(|number| *number > 0);
                    modifiers.reply = Some(number.ok_or_else(unknown)?);
                }
                (None, Some(times)) => {
                    let times = times.parse().ok().filter(|times| (1..=MAX_TIMES).contains(times));
                    modifiers.times = times.ok_or_else(|| {
                        Fault::Usage(format!("`{}`: N goes from 1 to {MAX_TIMES}", word.text))
                    })?;
                }
                (None, None) => return Err(unknown()),
            },
        }
    }
    Ok(modifiers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        Line::read(line)
            .unwrap()
            .map_or_else(Vec::new, |line| line.words.into_iter().map(|word| word.text).collect())
    }

    fn fault(line: &str) -> String {
        Line::read(line).unwrap_err().to_string()
    }

    #[test]
    fn blanks_split_and_quotes_hold() {
        for (line, expected) in [
            ("", &[][..]),
            (" \t ", &[]),
            ("msg", &["msg"]),
            ("  msg \t@ada  hello ", &["msg", "@ada", "hello"]),
            ("a \"b c\" d", &["a", "b c", "d"]),
            ("a 'b c' d", &["a", "b c", "d"]),
            ("a '' \"\"", &["a", "", ""]),
            // A quote within a word is a character.
            ("it's 5\"", &["it's", "5\""]),
            ("a \"it's\" '\"'", &["a", "it's", "\""]),
            ("\"a\"b", &["a", "b"]),
            ("ä\u{a0}👍", &["ä", "👍"]),
        ] {
            assert_eq!(words(line), expected, "{line:?}");
        }
    }

    #[test]
    fn escapes_are_in_quotes_alone() {
        for (line, expected) in [
            (r#""a\nb""#, "a\nb"),
            (r#""a\rb\tc""#, "a\rb\tc"),
            (r#""\b\a""#, "\u{8}\u{7}"),
            (r#""\"\\\'\x""#, "\"\\'x"),
            (r"'\''", "'"),
            (r"a\nb", r"a\nb"),
            (r"\", r"\"),
        ] {
            assert_eq!(words(line), [expected], "{line:?}");
        }
    }

    #[test]
    fn quotes_that_are_not_closed_are_told() {
        for (line, quote) in [("a \"b", '"'), ("'", '\''), (r#""a\""#, '"'), (r#""a\"#, '"')] {
            assert_eq!(fault(line), format!("a quote {quote} is not closed"), "{line}");
        }
    }

    #[test]
    fn the_rest_is_raw_or_one_quoted_word() {
        for (line, from, expected) in [
            ("msg @ada hello   there \\n 'x' ", 2, Some("hello   there \\n 'x'")),
            ("msg @ada \"hello \\n\"  ", 2, Some("hello \n")),
            ("msg @ada \"hello\" there", 2, Some("\"hello\" there")),
            ("msg @ada ''", 2, Some("")),
            ("msg @ada it's", 2, Some("it's")),
            ("msg @ada", 2, None),
            ("[html] msg @ada <b>a</b>  c", 2, Some("<b>a</b>  c")),
        ] {
            let line = Line::read(line).unwrap().unwrap();
            assert_eq!(line.rest(from).as_deref(), expected, "{line:?}");
        }
        let given = ["msg", "@ada", "two  blanks", "'x'"].map(str::to_owned).to_vec();
        let given = Line::given(given).unwrap().unwrap();
        assert_eq!(given.rest(2).as_deref(), Some("two  blanks 'x'"));
        assert_eq!(given.rest(3).as_deref(), Some("'x'"));
    }

    #[test]
    fn modifiers_stand_before_the_command() {
        let read = |line: &str| Line::read(line).unwrap().unwrap();
        let line = read("[html] [disable_preview] [reply=5] [x3] [offline] msg @ada [html]");
        let (reply, times) = (Some(5), 3);
        let expected =
            Modifiers { is_html: true, without_preview: true, reply, is_offline: true, times };
        assert_eq!(line.modifiers, expected);
        assert_eq!(line.words.len(), 3);
        assert!(!read("[disable_preview] [enable_preview] msg").modifiers.without_preview);
        assert_eq!(read("msg").modifiers, Modifiers::default());
        assert_eq!(read("'[html]'").words[0].text, "[html]");
        assert_eq!(Line::read("[html]"), Ok(None));
    }

    #[test]
    fn modifiers_that_are_none_are_told() {
        for line in ["[nope] msg", "[reply=] msg", "[reply=0] msg", "[reply=-1] msg", "[] [y] x"] {
            let read = Line::read(line);
            // What is no modifier may be the name of a command, which is told then.
            assert!(read.is_err() || line.starts_with("[] "), "{line}");
        }
        assert!(fault("[nope] msg").starts_with("there is no modifier `[nope]`; there are [html]"));
        for line in ["[x0] msg", "[x1001] msg", "[x] msg", "[x-1] msg"] {
            assert!(fault(line).ends_with("N goes from 1 to 1000"), "{line}");
        }
    }

    #[test]
    fn a_very_long_line_is_told_and_one_that_just_fits_is_read() {
        assert_eq!(words(&"a ".repeat(MAX_LINE / 2)).len(), MAX_LINE / 2);
        assert_eq!(fault(&"a".repeat(MAX_LINE + 1)), "the line is longer than 65536 bytes");
    }

    #[test]
    fn whatever_is_typed_is_no_panic() {
        let pieces = ["\"", "'", "\\", " ", "[", "]", "x", "=", "é", "👍", "\u{0}", "[x2]"];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    for d in pieces {
                        let line = format!("{a}{b}{c}{d}");
                        if let Ok(Some(line)) = Line::read(&line) {
                            for from in 0..=line.words.len() {
                                let _ = line.rest(from);
                            }
                        }
                    }
                }
            }
        }
    }
}
