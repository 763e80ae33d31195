//! Completion: commands, then what their table says that they take.

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::{Context, Helper, Result};

use super::Known;
use crate::commands::shell::secret::name;
use crate::commands::shell::table::{self, Arg, Count, Kind};

/// Completes a line.
pub(super) struct Words {
    known: Known,
    files: FilenameCompleter,
}

impl Words {
    pub(super) fn new(known: Known) -> Self {
        Self { known, files: FilenameCompleter::new() }
    }
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, ctx: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        let before = line.get(..pos).unwrap_or_default();
        let start = before.rfind(char::is_whitespace).map_or(0, |at| {
            at.saturating_add(
                before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
            )
        });
        let begun = before.get(start..).unwrap_or_default();
        let words: Vec<_> = before.get(..start).unwrap_or_default().split_whitespace().collect();
        let words: Vec<_> = words.into_iter().skip_while(|word| word.starts_with('[')).collect();
        let wanted = match words.split_first() {
            None => {
                let names = table::all().flat_map(|one| std::iter::once(&one.name).chain(one.also));
                return Ok((start, beginning(names.map(ToString::to_string), begun)));
            }
            Some((name, given)) => table::find(name).and_then(|of| wanted(of.takes, given.len())),
        };
        Ok(match wanted.map(|arg| arg.kind) {
            Some(Kind::File) => self.files.complete(line, pos, ctx)?,
            Some(kind @ (Kind::Peer | Kind::User | Kind::Chat | Kind::Channel)) => {
                let known = self.known.lock().map(|known| known.clone()).unwrap_or_default();
                let may_be = |word: &String| kind == Kind::Peer || name::read(word).is_none();
                (start, beginning(known.into_iter().filter(may_be), begun))
            }
            Some(Kind::SecretChat) => {
                let known = self.known.lock().map(|known| known.clone()).unwrap_or_default();
                let known = known.into_iter().filter(|word| name::read(word).is_some());
                (start, beginning(known, begun))
            }
            _ => (start, Vec::new()),
        })
    }
}

/// The argument that a word at a place would go to, if all before it were given.
fn wanted(takes: &'static [Arg], place: usize) -> Option<&'static Arg> {
    let open = takes.iter().position(|arg| matches!(arg.count, Count::Some | Count::Any));
    takes.get(open.map_or(place, |open| place.min(open)))
}

fn beginning(all: impl Iterator<Item = String>, begun: &str) -> Vec<Pair> {
    let mut all: Vec<_> = all.filter(|word| word.starts_with(begun)).collect();
    all.sort();
    all.into_iter().map(|word| Pair { display: word.clone(), replacement: word + " " }).collect()
}

impl rustyline::hint::Hinter for Words {
    type Hint = String;
}
impl rustyline::highlight::Highlighter for Words {}
impl rustyline::validate::Validator for Words {}
impl Helper for Words {}

#[cfg(test)]
mod tests {
    use rustyline::history::MemHistory;

    use super::*;

    fn completed(line: &str) -> Vec<String> {
        let known = Known::default();
        *known.lock().unwrap() =
            ["@ada", "@bob", "me", "secret_chat#5"].map(str::to_owned).to_vec();
        let history = MemHistory::new();
        let words = Words::new(known);
        let (_, pairs) = words.complete(line, line.len(), &Context::new(&history)).unwrap();
        pairs.into_iter().map(|pair| pair.replacement).collect()
    }

    #[test]
    fn commands_then_what_they_take() {
        assert_eq!(completed("send_vi"), ["send_video "]);
        assert_eq!(completed("[html] send_vi"), ["send_video "]);
        assert_eq!(completed("msg @a"), ["@ada "]);
        assert_eq!(completed("msg "), ["@ada ", "@bob ", "me ", "secret_chat#5 "]);
        // Where a secret chat is meant nobody else is, and the other way.
        assert_eq!(completed("accept_secret_chat "), ["secret_chat#5 "]);
        assert_eq!(completed("create_secret_chat "), ["@ada ", "@bob ", "me "]);
        // A text is nobody's name, and what is no command takes nothing.
        assert!(completed("msg @ada @a").is_empty());
        assert!(completed("nope @a").is_empty());
        assert_eq!(completed("create_group_chat name @ada @b"), ["@bob "]);
    }

    #[test]
    fn whatever_stands_before_the_cursor_is_no_panic() {
        for line in
            ["", " ", "é", "msg é", "msg \u{a0}@", "👍 👍", "\"", "[", "send_photo me /nowhere/x"]
        {
            let known = Known::default();
            let history = MemHistory::new();
            let words = Words::new(known);
            for pos in 0..=line.len() + 1 {
                let _ = words.complete(line, pos, &Context::new(&history));
            }
        }
    }
}
