//! Completion: commands, then what their table says that they take; in a chat, what is done within, what its bots understand, and the
//! texts of its keyboard.

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::{Context, Helper, Result};

use super::known::Known;
use crate::commands::shell::CHAT_COMMANDS;
use crate::commands::shell::secret::name;
use crate::commands::shell::show::is_control;
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
        if let Some(chat) = self.known.chat() {
            // A line is a message, whatever its words are: one that its keyboard has, as a whole.
            let all = match before.starts_with('/') {
                true => beginning(self.within(&chat), before),
                false => whole(self.known.keyboard(), before),
            };
            return Ok((0, all));
        }
        let start = before.rfind(char::is_whitespace).map_or(0, |at| {
            at.saturating_add(
                before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
            )
        });
        let begun = before.get(start..).unwrap_or_default();
        let words: Vec<_> = before.get(..start).unwrap_or_default().split_whitespace().collect();
        let words: Vec<_> = words.into_iter().skip_while(|word| word.starts_with('[')).collect();
        let Some((name, given)) = words.split_first() else {
            let names = table::all().flat_map(|one| std::iter::once(&one.name).chain(one.also));
            return Ok((start, beginning(names.map(ToString::to_string), begun)));
        };
        let wanted = table::find(name).and_then(|of| wanted(of.takes, given.len()));
        let is_secret = |word: &String| name::read(word).is_some();
        let all = match wanted.map(|arg| arg.kind) {
            Some(Kind::File) => return self.files.complete(line, pos, ctx),
            Some(Kind::Peer) => beginning(self.known.peers(), begun),
            Some(Kind::User | Kind::Chat | Kind::Channel) => {
                let peers = self.known.peers().into_iter();
                beginning(peers.filter(|word| !is_secret(word)), begun)
            }
            Some(Kind::SecretChat) => {
                beginning(self.known.peers().into_iter().filter(is_secret), begun)
            }
            Some(Kind::Message) => in_order(self.known.messages(), begun),
            Some(Kind::Text) if begun.starts_with('/') => match given {
                [peer] if !is_secret(&(*peer).to_owned()) => {
                    beginning(self.known.commands(peer), begun)
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        Ok((start, all))
    }
}

impl Words {
    fn within(&self, chat: &str) -> impl Iterator<Item = String> {
        let own = CHAT_COMMANDS.into_iter().map(str::to_owned);
        own.chain(self.known.commands(chat))
    }
}

/// The argument that a word at a place would go to, if all before it were given.
fn wanted(takes: &'static [Arg], place: usize) -> Option<&'static Arg> {
    let open = takes.iter().position(|arg| matches!(arg.count, Count::Some | Count::Any));
    takes.get(open.map_or(place, |open| place.min(open)))
}

fn beginning(all: impl IntoIterator<Item = String>, begun: &str) -> Vec<Pair> {
    let mut all: Vec<_> = all.into_iter().filter(|word| word.starts_with(begun)).collect();
    all.sort();
    in_order(all, begun)
}

fn in_order(all: Vec<String>, begun: &str) -> Vec<Pair> {
    let all = offered(all, begun);
    all.map(|word| Pair { display: word.clone(), replacement: word + " " }).collect()
}

/// What begins so. What others named with characters that would play with the terminal cannot be typed either, and is left out.
fn offered(all: Vec<String>, begun: &str) -> impl Iterator<Item = String> {
    all.into_iter().filter(move |word| word.starts_with(begun) && !word.contains(is_control))
}

/// Lines that are sent as they are: nothing is put behind them.
fn whole(all: Vec<String>, begun: &str) -> Vec<Pair> {
    let all = offered(all, begun);
    all.map(|line| Pair { display: line.clone(), replacement: line }).collect()
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

    fn completed_with(known: Known, line: &str) -> Vec<String> {
        let history = MemHistory::new();
        let words = Words::new(known);
        let (_, pairs) = words.complete(line, line.len(), &Context::new(&history)).unwrap();
        pairs.into_iter().map(|pair| pair.replacement).collect()
    }

    fn known(chat: Option<&str>) -> Known {
        Known::of(&["@ada", "@bob", "me", "secret_chat#5"], &["12", "channel#7/3", "11"], chat)
    }

    fn completed(line: &str) -> Vec<String> {
        completed_with(known(None), line)
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
    fn messages_that_were_shown_are_completed_the_latest_first() {
        assert_eq!(completed("reply "), ["12 ", "channel#7/3 ", "11 "]);
        assert_eq!(completed("fwd @ada 1"), ["12 ", "11 "]);
        assert_eq!(completed("fwd @ada 12 ch"), ["channel#7/3 "]);
        assert!(completed("history @ada 1").is_empty());
    }

    #[test]
    fn what_bots_understand_is_asked_for_once_and_completed() {
        let (known, mut asked) = Known::new();
        for _ in 0..2 {
            assert!(completed_with(known.clone(), "msg @echo /").is_empty());
        }
        assert_eq!((asked.try_recv().unwrap(), asked.try_recv().is_err()), ("@echo".into(), true));
        known.has_commands("@echo".into(), vec!["/start".into(), "/help".into()]);
        assert_eq!(completed_with(known.clone(), "msg @echo /"), ["/help ", "/start "]);
        assert_eq!(completed_with(known.clone(), "[html] msg @echo /st"), ["/start "]);
        // A command begins a text, and a secret chat has no bots.
        for line in ["msg @echo a /st", "msg secret_chat#5 /", "msg @echo st", "history @echo /"] {
            assert!(completed_with(known.clone(), line).is_empty(), "{line}");
        }
        assert!(asked.try_recv().is_err());
    }

    #[test]
    fn in_a_chat_a_line_is_a_message() {
        let known = known(Some("@echo"));
        known.has_commands("@echo".into(), vec!["/start".into()]);
        let completed = |line| completed_with(known.clone(), line);
        assert_eq!(completed("/"), ["/exit ", "/history ", "/quit ", "/read ", "/start "]);
        assert_eq!(completed("/st"), ["/start "]);
        for line in ["", "m", "msg", "msg @", "/start a", " /"] {
            assert!(completed(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn a_keyboards_texts_are_completed_as_they_are_in_its_order() {
        let known = known(Some("@echo"));
        known.has_keyboard(&["Yes, please", "No", "Not yet"]);
        let completed = |line| completed_with(known.clone(), line);
        assert_eq!(completed(""), ["Yes, please", "No", "Not yet"]);
        assert_eq!(completed("No"), ["No", "Not yet"]);
        assert_eq!(completed("Yes, p"), ["Yes, please"]);
        assert!(completed("no").is_empty() && completed("/No").is_empty());
    }

    #[test]
    fn what_would_play_with_the_terminal_is_not_offered() {
        for bad in ["a\u{1b}[2J", "a\r\nlog_out", "a\u{9b}31m", "a\u{202e}", "a\u{7}"] {
            let (name, command) = (format!("@{bad}"), format!("/{bad}"));
            let known = Known::of(&["@ada", &name], &[], None);
            assert_eq!(completed_with(known.clone(), "msg @a"), ["@ada "], "{bad:?}");
            known.has_commands("@echo".into(), vec!["/and".into(), command]);
            assert_eq!(completed_with(known, "msg @echo /a"), ["/and "], "{bad:?}");
            let known = Known::of(&[], &[], Some("@echo"));
            known.has_keyboard(&[bad, "and"]);
            assert_eq!(completed_with(known, "a"), ["and"], "{bad:?}");
        }
    }

    #[test]
    fn whatever_stands_before_the_cursor_is_no_panic() {
        for line in [
            "",
            " ",
            "é",
            "msg é",
            "msg \u{a0}@",
            "👍 👍",
            "\"",
            "[",
            "send_photo me /nowhere/x",
            "/é",
            "msg me /é",
        ] {
            for chat in [None, Some("@ada")] {
                let history = MemHistory::new();
                let words = Words::new(known(chat));
                for pos in 0..=line.len() + 1 {
                    let _ = words.complete(line, pos, &Context::new(&history));
                }
            }
        }
    }
}
