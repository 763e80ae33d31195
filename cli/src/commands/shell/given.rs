//! What a command was given: words, as the table says what they are.
//!
//! Words go to arguments from left to right. One that may be left out takes a word if that is of its kind, is not quoted, and is not
//! needed for what must be there: `search 2020` looks for "2020", `search 20 engine` for 20 messages with "engine".

use std::collections::HashMap;
use std::path::PathBuf;

use telewire::client::{PeerError, PeerRef};

use crate::commands::shell::fault::Fault;
use crate::commands::shell::named::is_bare;
use crate::commands::shell::secret::name;
use crate::commands::shell::table::{Arg, Command, Count, Kind};
use crate::commands::shell::words::{Line, Modifiers, Word};

/// A message as it is named: `12` of private chats and groups, `@channel/12`, or a link to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MessageName {
    /// Where it is; not known of a bare number.
    pub(super) peer: Option<String>,
    pub(super) id: i32,
}

/// A value of an argument.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Word(String),
    Message(MessageName),
    Number(i64),
    Degrees(f64),
}

/// What a command was given.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) command: &'static Command,
    pub(super) modifiers: Modifiers,
    /// For each argument what it has.
    values: Vec<Vec<Value>>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Given {
    /// Gives the words after a command's name to its arguments.
    pub(super) fn read(command: &'static Command, line: &Line) -> Result<Self, Fault> {
        let (line, mut named) = Self::take_named(command, line)?;
        let (mut values, mut at) = (Vec::with_capacity(command.takes.len()), 1_usize);
        for (place, arg) in command.takes.iter().enumerate() {
            if arg.count == Count::Named {
                values.push(named.remove(arg.name).into_iter().collect());
                continue;
            }
            let after = command.takes.get(place.saturating_add(1)..).unwrap_or_default();
            let needed = after.iter().filter(|arg| is_needed(arg)).count();
            let mut taken = Vec::new();
            while let Some(word) = line.words.get(at) {
                let left = line.words.len().saturating_sub(at);
                let must = is_needed(arg) && taken.is_empty();
                if !must && (left <= needed || !may_be(arg, word, after)) {
                    break;
                }
                if arg.kind == Kind::Text {
                    taken.extend(line.rest(at).map(Value::Word));
                    at = line.words.len();
                } else {
                    taken.push(value(arg, word).map_err(|why| command.misused(&why))?);
                    at = at.saturating_add(1);
                }
                if matches!(arg.count, Count::One | Count::Maybe) {
                    break;
                }
            }
            if is_needed(arg) && taken.is_empty() {
                return Err(command.misused(&format!("<{}> is missing", arg.name)));
            }
            values.push(taken);
        }
        match line.words.get(at) {
            Some(word) => Err(command.misused(&format!("`{}` is too much", short(&word.text)))),
            None => Ok(Self { command, modifiers: line.modifiers.clone(), values }),
        }
    }

    /// Takes those arguments out of a line that are written with their names.
    fn take_named(
        command: &'static Command,
        line: &Line,
    ) -> Result<(Line, HashMap<&'static str, Value>), Fault> {
        let (mut line, mut named) = (line.clone(), HashMap::new());
        for arg in command.takes.iter().filter(|arg| arg.count == Count::Named) {
            let is_it = |word: &Word| !word.is_quoted && word.text == format!("--{}", arg.name);
            while let Some(at) = line.words.iter().position(is_it) {
                line.words.remove(at);
                if at >= line.words.len() || named.contains_key(arg.name) {
                    return Err(command.misused(&format!("--{} has one value", arg.name)));
                }
                let word = line.words.remove(at);
                named.insert(arg.name, value(arg, &word).map_err(|why| command.misused(&why))?);
            }
        }
        Ok((line, named))
    }

    fn all(&self, place: usize) -> &[Value] {
        self.values.get(place).map_or(&[], Vec::as_slice)
    }

    /// A word, a text or a name, or `None` if it was left out.
    pub(super) fn word(&self, place: usize) -> Option<&str> {
        self.words(place).next()
    }

    pub(super) fn words(&self, place: usize) -> impl Iterator<Item = &str> {
        self.all(place).iter().filter_map(|value| match value {
            Value::Word(word) => Some(word.as_str()),
            _ => None,
        })
    }

    /// The same, or an empty one.
    pub(super) fn text(&self, place: usize) -> String {
        self.word(place).unwrap_or_default().to_owned()
    }

    /// Those words that name somebody.
    pub(super) fn peer_words(&mut self) -> impl Iterator<Item = &mut String> {
        let is_peer =
            |arg: &Arg| matches!(arg.kind, Kind::Peer | Kind::User | Kind::Chat | Kind::Channel);
        let values = self.command.takes.iter().zip(&mut self.values);
        let values = values.filter(move |(arg, _)| is_peer(arg)).flat_map(|(_, values)| values);
        values.filter_map(|value| match value {
            Value::Word(word) => Some(word),
            _ => None,
        })
    }

    /// The words of arguments of some kinds.
    pub(super) fn words_of(&self, is_wanted: impl Fn(Kind) -> bool) -> impl Iterator<Item = &str> {
        let values = self.command.takes.iter().zip(&self.values);
        let values = values.filter(move |(arg, _)| is_wanted(arg.kind)).flat_map(|(_, all)| all);
        values.filter_map(|value| match value {
            Value::Word(word) => Some(word.as_str()),
            _ => None,
        })
    }

    /// All messages that are named.
    pub(super) fn all_messages(&self) -> impl Iterator<Item = &MessageName> {
        self.values.iter().flatten().filter_map(|value| match value {
            Value::Message(name) => Some(name),
            _ => None,
        })
    }

    pub(super) fn peer(&self, place: usize) -> PeerRef {
        PeerRef::from(self.word(place).unwrap_or_default())
    }

    pub(super) fn peers(&self, place: usize) -> Vec<PeerRef> {
        self.words(place).map(PeerRef::from).collect()
    }

    pub(super) fn file(&self, place: usize) -> PathBuf {
        PathBuf::from(self.text(place))
    }

    pub(super) fn number(&self, place: usize) -> Option<i64> {
        self.all(place).iter().find_map(|value| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        })
    }

    /// A number of items.
    pub(super) fn count(&self, place: usize, default: usize) -> usize {
        self.number(place).map_or(default, |number| usize::try_from(number).unwrap_or(default))
    }

    pub(super) fn degrees(&self, place: usize) -> f64 {
        let degrees = self.all(place).iter().find_map(|value| match value {
            Value::Degrees(degrees) => Some(*degrees),
            _ => None,
        });
        degrees.unwrap_or_default()
    }

    pub(super) fn messages(&self, place: usize) -> impl Iterator<Item = &MessageName> {
        self.all(place).iter().filter_map(|value| match value {
            Value::Message(name) => Some(name),
            _ => None,
        })
    }

    pub(super) fn message(&self, place: usize) -> Result<&MessageName, Fault> {
        let missing = || self.command.misused("a message is missing");
        self.messages(place).next().ok_or_else(missing)
    }

    /// Puts a text in the place of a last `-`: what a process reads of standard input.
    pub(super) fn fill_dash(
        &mut self,
        read: impl FnOnce() -> Result<String, Fault>,
    ) -> Result<(), Fault> {
        let takes_text = self.command.takes.last().is_some_and(|arg| arg.kind == Kind::Text);
        if let Some([Value::Word(text)]) = self.values.last_mut().map(Vec::as_mut_slice)
            && takes_text
            && text == "-"
        {
            *text = read()?;
        }
        Ok(())
    }
}

fn is_needed(arg: &Arg) -> bool {
    matches!(arg.count, Count::One | Count::Some)
}

/// Whether a word may go to an argument that can do without it.
fn may_be(arg: &Arg, word: &Word, after: &[Arg]) -> bool {
    match arg.kind {
        Kind::Text => true,
        // What comes last takes what is left.
        _ if after.is_empty() => true,
        _ if word.is_quoted => false,
        Kind::Number(..) | Kind::Degrees | Kind::Message => value(arg, word).is_ok(),
        Kind::Peer | Kind::User | Kind::Chat | Kind::Channel => names_plainly(&word.text),
        Kind::SecretChat | Kind::File | Kind::Word => true,
    }
}

/// Whether a word can be nothing but a name: where names may be left out, or end at a text, a bare word belongs to the text.
fn names_plainly(word: &str) -> bool {
    let link = ["https://t.me/", "http://t.me/", "t.me/", "tg://"];
    let number = word.strip_prefix(['+', '-']).unwrap_or_default();
    matches!(word, "me" | "self")
        || word.len() > 1 && word.starts_with('@')
        || ["user#", "chat#", "channel#"].iter().any(|start| word.starts_with(start))
        || link.iter().any(|start| word.starts_with(start))
        || name::read(word).is_some()
        || number.len() > 2 && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn value(arg: &Arg, word: &Word) -> Result<Value, String> {
    let text = &word.text;
    let wrong = |expected: &str| format!("<{}> is {expected}, and not `{}`", arg.name, short(text));
    match arg.kind {
        Kind::Number(least, most) => {
            let number = text.parse().ok().filter(|number| (least..=most).contains(number));
            number
                .map(Value::Number)
                .ok_or_else(|| wrong(&format!("a number from {least} to {most}")))
        }
        Kind::Degrees => {
            let degrees = text.parse().ok().filter(|degrees: &f64| degrees.abs() <= 180.0);
            degrees.map(Value::Degrees).ok_or_else(|| wrong("a number of degrees, as 51.5"))
        }
        Kind::Message => message(text)
            .map(Value::Message)
            .ok_or_else(|| wrong("a message, as 12, @channel/12 or a link to it")),
        Kind::SecretChat if name::read(text).is_none() => {
            Err(wrong("a secret chat, as secret_chat#5 or !Ada_Lovelace"))
        }
        Kind::Peer if name::read(text).is_some() => Ok(Value::Word(text.clone())),
        Kind::Peer | Kind::User | Kind::Chat | Kind::Channel => {
            peer(text).map(|()| Value::Word(text.clone())).map_err(|error| error.to_string())
        }
        Kind::File if text.is_empty() => Err(wrong("a file")),
        Kind::SecretChat | Kind::File | Kind::Word | Kind::Text => Ok(Value::Word(text.clone())),
    }
}

/// The most of a word that an error repeats, in characters.
const SHOWN: usize = 60;

fn short(text: &str) -> String {
    let mut chars = text.chars().filter(|char| !char.is_control());
    let shown: String = chars.by_ref().take(SHOWN).collect();
    if chars.next().is_some() { shown + "…" } else { shown }
}

/// Whether a word may name somebody.
pub(super) fn peer(text: &str) -> Result<(), PeerError> {
    // Bare words may be what somebody is called.
    PeerRef::read(text).map(drop).or_else(|error| match is_bare(text) {
        true => Ok(()),
        false => Err(error),
    })
}

/// Reads how a message is named.
pub(super) fn message(text: &str) -> Option<MessageName> {
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|id: &i32| is_number && *id > 0)
    };
    if let Some(id) = number(text) {
        return Some(MessageName { peer: None, id });
    }
    let text = text.split_once('?').map_or(text, |(link, _)| link);
    let (peer, id) = text.rsplit_once('/')?;
    let (peer, id) = (Some(peer.to_owned()), number(id)?);
    let place = peer.as_deref()?;
    let is_place = name::read(place).is_some() || PeerRef::read(place).is_ok();
    is_place.then_some(MessageName { peer, id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::shell::table::{self, find};

    fn read(line: &str) -> Result<Given, Fault> {
        let line = Line::read(line)?.unwrap();
        Given::read(find(&line.words[0].text).unwrap(), &line)
    }

    fn given(line: &str) -> Given {
        read(line).unwrap_or_else(|fault| panic!("{line}: {fault}"))
    }

    fn fault(line: &str) -> String {
        read(line).map(|_| line.to_owned()).unwrap_err().to_string()
    }

    /// A word that an argument takes.
    fn sample(arg: &Arg) -> &'static str {
        match arg.kind {
            Kind::Peer | Kind::User | Kind::Chat | Kind::Channel => "@somebody",
            Kind::SecretChat => "secret_chat#5",
            Kind::Message => "@somebody/12",
            Kind::File => "a.txt",
            Kind::Number(least, _) if least > 1 => "2",
            Kind::Number(..) => "1",
            Kind::Degrees => "51.5",
            Kind::Word => "word",
            Kind::Text => "some  text",
        }
    }

    fn line(command: &Command, args: &[Arg]) -> String {
        let words = args.iter().map(|arg| match arg.count {
            Count::Named => format!("--{} {}", arg.name, sample(arg)),
            _ => sample(arg).to_owned(),
        });
        std::iter::once(command.name.to_owned()).chain(words).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_command_takes_what_it_needs_and_all_that_it_may_have() {
        for command in table::all() {
            let needed: Vec<_> = command.takes.iter().copied().filter(is_needed).collect();
            for args in [&needed[..], command.takes] {
                let given = given(&line(command, args));
                assert_eq!(given.values.len(), command.takes.len());
                let taken = given.values.iter().filter(|values| !values.is_empty()).count();
                assert_eq!(taken, args.len(), "{}", command.name);
            }
        }
    }

    #[test]
    fn every_command_says_what_is_missing_and_how_it_is_written() {
        for command in table::all() {
            let needed: Vec<_> = command.takes.iter().copied().filter(is_needed).collect();
            for count in 0..needed.len() {
                let fault = fault(&line(command, &needed[..count]));
                let (start, end) =
                    (format!("{}: <", command.name), format!("`{}`", command.usage()));
                assert!(fault.starts_with(&start) && fault.ends_with(&end), "{fault}");
                assert!(fault.contains(" is missing; it is written "), "{fault}");
            }
        }
    }

    #[test]
    fn every_command_says_what_is_too_much() {
        for command in table::all() {
            let has_end = command.takes.last().is_none_or(|arg| {
                arg.kind != Kind::Text && matches!(arg.count, Count::One | Count::Maybe)
            });
            if has_end {
                let fault = fault(&(line(command, command.takes) + " extra"));
                assert!(fault.contains(": `extra` is too much; it is written"), "{fault}");
            }
        }
    }

    #[test]
    fn every_argument_of_a_kind_refuses_what_is_none() {
        for command in table::all() {
            for (place, arg) in command.takes.iter().enumerate() {
                let wrong = match arg.kind {
                    Kind::Peer | Kind::User | Kind::Chat | Kind::Channel => "@1",
                    Kind::Message => "12x",
                    Kind::SecretChat => "chat#5",
                    Kind::Number(..) | Kind::Degrees => "many",
                    Kind::File | Kind::Word | Kind::Text => continue,
                };
                if !is_needed(arg) {
                    continue;
                }
                let plain = command.takes.iter().filter(|arg| arg.count != Count::Named);
                let mut words: Vec<_> = plain.map(sample).collect();
                words[place] = wrong;
                let fault = fault(&format!("{} {}", command.name, words.join(" ")));
                assert!(fault.contains(&format!("`{}`", command.usage())), "{fault}");
            }
        }
    }

    #[test]
    fn what_may_be_left_out_takes_what_is_not_needed() {
        for (line, peer, limit, pattern) in [
            ("search 2020", None, None, "2020"),
            ("search engine", None, None, "engine"),
            ("search two words", None, None, "two words"),
            ("search 20 engine", None, Some(20), "engine"),
            ("search '20' engine", None, None, "'20' engine"),
            ("search @ada engine", Some("@ada"), None, "engine"),
            ("search @ada 20", Some("@ada"), None, "20"),
            ("search @ada 20 engine  room", Some("@ada"), Some(20), "engine  room"),
            ("search '@ada' engine", None, None, "'@ada' engine"),
            ("search user#5 \"20 engines\"", Some("user#5"), None, "20 engines"),
            ("search @ada", None, None, "@ada"),
        ] {
            let given = given(line);
            assert_eq!((given.word(0), given.number(1)), (peer, limit), "{line}");
            assert_eq!(given.word(5), Some(pattern), "{line}");
        }
    }

    #[test]
    fn names_before_a_text_end_where_something_else_begins() {
        let given = given("broadcast @ada user#5 +99966 hello @bob");
        assert_eq!(given.words(0).collect::<Vec<_>>(), ["@ada", "user#5", "+99966"]);
        assert_eq!(given.word(1), Some("hello @bob"));
        let given = self::given("broadcast @ada '@bob'");
        assert_eq!((given.words(0).count(), given.word(1)), (1, Some("@bob")));
        // The last one is needed for the text.
        let given = self::given("broadcast @ada @bob");
        assert_eq!((given.words(0).count(), given.word(1)), (1, Some("@bob")));
    }

    #[test]
    fn messages_are_named_by_number_place_or_link() {
        for (text, peer, id) in [
            ("12", None, 12),
            ("@ada/12", Some("@ada"), 12),
            ("channel#17/3", Some("channel#17"), 3),
            ("-1000000000017/3", Some("-1000000000017"), 3),
            ("t.me/ada/12", Some("t.me/ada"), 12),
            ("https://t.me/c/17/3", Some("https://t.me/c/17"), 3),
            ("https://t.me/ada/12?single", Some("https://t.me/ada"), 12),
            ("me/1", Some("me"), 1),
        ] {
            let peer = peer.map(str::to_owned);
            assert_eq!(message(text), Some(MessageName { peer, id }), "{text}");
        }
        for text in [
            "",
            "0",
            "-1",
            "+1",
            "x",
            "@ada/",
            "@ada/x",
            "@ada/0",
            "/12",
            "@1/12",
            "2147483648",
            "12x",
        ] {
            assert_eq!(message(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_have_their_bounds_and_long_words_are_cut_in_errors() {
        let fault = self::fault("set_ttl me -1");
        assert!(fault.starts_with("set_ttl: <seconds> is a number from 0 to "), "{fault}");
        let fault = self::fault(&format!("send_location me {} 5", "9".repeat(1_000)));
        assert!(fault.contains("…`; it is written") && fault.len() < 300, "{fault}");
        let fault = self::fault(&format!("get_self {}", "é".repeat(1_000)));
        assert!(fault.chars().count() < 150, "{fault}");
    }

    #[test]
    fn a_dash_is_standard_input_where_a_text_ends_the_command() {
        for (line, expected) in [
            ("msg @ada -", Some("read")),
            ("msg @ada -x", Some("-x")),
            ("msg @ada - -", Some("- -")),
            ("resolve_username -", None),
        ] {
            let mut given = given(line);
            given.fill_dash(|| Ok("read".to_owned())).unwrap();
            assert!(expected.is_none() || given.word(1) == expected, "{line}");
        }
    }
}
