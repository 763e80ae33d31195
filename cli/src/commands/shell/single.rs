//! A command as a process: `telewire msg @ada hello`. They are made of the same table as those of the shell.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::time::Instant;

use clap::builder::Str;
use clap::{Arg, ArgMatches, Args as _, FromArgMatches};

use super::table::{self, Count, Kind};
use super::words::Line;
use super::{Fault, Given, Options, Shell, lines, read};
use crate::commands::runtime;
use crate::failure::Failure;

/// A command with its words.
#[derive(Debug, Clone)]
pub(crate) struct Single {
    options: Options,
    name: String,
    words: Vec<OsString>,
}

/// The words of a command, among clap's arguments.
const WORDS: &str = "words";

/// Has a command of clap's have all of the table's that mean something alone. The help of all stays short: they are not in it.
pub(crate) fn add_to(root: clap::Command) -> clap::Command {
    let root = root.mut_subcommands(|one| match one.get_name() {
        "shell" => {
            let examples = one.get_after_help().map(ToString::to_string).unwrap_or_default();
            one.after_long_help(format!("{examples}\n\n{}", super::verbs::tool::help_of_all()))
        }
        _ => one,
    });
    let taken: Vec<String> = root.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    table::all().filter(|command| command.alone).fold(root, |root, command| {
        if taken.iter().any(|name| name == command.name) {
            return root;
        }
        let names = std::iter::once(&command.name).chain(command.also);
        let dashed = names.map(|name| name.replace('_', "-"));
        let aliases: BTreeSet<_> = dashed.chain(command.also.iter().map(ToString::to_string)).collect();
        let aliases = aliases.into_iter().filter(|name| name != command.name).map(Str::from);
        let takes_text = command.takes.last().is_some_and(|arg| arg.kind == Kind::Text);
        let help = if takes_text {
            "What it takes; a last `-` is the text of standard input, and `--` stands before one that begins with `-`"
        } else {
            "What it takes"
        };
        let words = Arg::new(WORDS)
            .num_args(0..)
            .value_name("ARGUMENTS")
            .value_parser(clap::value_parser!(OsString))
            .allow_negative_numbers(true)
            .help(help);
        let one = clap::Command::new(command.name)
            .override_usage(format!("telewire {} [OPTIONS]", command.usage()))
            .aliases(aliases)
            .hide(true)
            .arg(words);
        let named = command.takes.iter().filter(|arg| arg.count == Count::Named);
        let named = named.map(|arg| {
            let value = command.value_name(arg);
            Arg::new(arg.name).long(arg.name).value_name(value).help("Also into this file")
        });
        let one = one.args(named);
        // The options have an introduction of their own, which is not the command's.
        let one = Options::augment_args(one).about(command.help).long_about(command.help);
        root.subcommand(one)
    })
}

impl Single {
    /// What was matched, if it is one of the table's.
    pub(crate) fn from_matches(matches: &ArgMatches) -> Result<Option<Self>, clap::Error> {
        let Some((name, inner)) = matches.subcommand() else { return Ok(None) };
        // `shell` is of the table too, within itself. The matches do not say whose they are: a build for release gives no words where a
        // command has none, and no error.
        let Some(command) = table::find(name).filter(|command| command.alone) else {
            return Ok(None);
        };
        let mut words: Vec<OsString> =
            inner.get_many(WORDS).into_iter().flatten().cloned().collect();
        for arg in command.takes.iter().filter(|arg| arg.count == Count::Named) {
            if let Some(value) = inner.get_one::<String>(arg.name) {
                words.extend([OsString::from(format!("--{}", arg.name)), value.into()]);
            }
        }
        Ok(Some(Self { options: Options::from_arg_matches(inner)?, name: name.to_owned(), words }))
    }

    /// Runs it.
    pub(crate) fn run(self, start: Instant) -> Result<(), Failure> {
        let given = match self.given() {
            Ok(given) => given,
            // Programs are told of it as of everything else.
            Err(fault) if self.options.json => {
                println_json(&fault)?;
                return Err(Failure::Told(2));
            }
            Err(fault) => return Err(fault.into()),
        };
        let runtime = runtime()?;
        let result = runtime.block_on(async {
            crate::terminal::keep()?;
            let mut shell = Shell::open(&self.options, start).await?;
            let result = shell.act(given).await;
            let told = shell.tell(result);
            shell.client.close().await;
            told?.map_or(Ok(()), |code| Err(Failure::Told(code)))
        });
        runtime.shutdown_background();
        result
    }

    /// What the command was given: nothing is dialled for what is written wrongly.
    fn given(&self) -> Result<Given, Fault> {
        let not_utf8 = |word: OsString| {
            Fault::Usage(format!("{}: `{}` is not UTF-8", self.name, word.to_string_lossy()))
        };
        let words = self.words.iter().cloned().map(OsString::into_string);
        let words = std::iter::once(Ok(self.name.clone())).chain(words);
        let words = words.collect::<Result<Vec<_>, _>>().map_err(not_utf8)?;
        let line =
            Line::given(words)?.ok_or_else(|| Fault::Usage("there is no command".to_owned()))?;
        let mut given = read(&line)?;
        given.fill_dash(lines::read_all)?;
        Ok(given)
    }
}

fn println_json(fault: &Fault) -> Result<(), Failure> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{}", serde_json::json!({"error": fault.to_json()}))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn root() -> clap::Command {
        add_to(clap::Command::new("telewire").subcommand(clap::Command::new("login")))
    }

    fn matched(words: &[&str]) -> Single {
        let all = std::iter::once("telewire").chain(words.iter().copied());
        let matches = root().try_get_matches_from(all).unwrap();
        Single::from_matches(&matches).unwrap().unwrap()
    }

    #[test]
    fn each_command_is_one_by_each_of_its_names_and_its_help_fits_80_columns() {
        let mut root = root();
        root.build();
        root.clone().debug_assert();
        for command in table::all() {
            let found = root.find_subcommand(command.name);
            if command.name == "help" {
                // That of the command line's own library.
                continue;
            }
            assert_eq!(found.is_some(), command.alone, "{}", command.name);
            let Some(found) = found else { continue };
            for name in command.also {
                assert_eq!(root.find_subcommand(name).unwrap().get_name(), command.name, "{name}");
            }
            let dashed = command.name.replace('_', "-");
            assert_eq!(root.find_subcommand(&dashed).unwrap().get_name(), command.name);
            let help = found.clone().max_term_width(80).render_long_help().to_string();
            assert!(help.starts_with(&format!("{}\n", command.help)), "{help}");
            for line in help.lines() {
                // How a command is written is not wrapped.
                let is_usage = line.starts_with("Usage: ");
                assert!(is_usage || line.chars().count() <= 80, "{}: {line}", command.name);
            }
        }
    }

    /// Here it has words, since a build for release does not tell that from having none.
    #[test]
    fn what_the_table_has_within_the_shell_alone_is_no_command_by_itself() {
        let shell = Options::augment_args(clap::Command::new("shell").arg(Arg::new(WORDS)));
        let root = add_to(clap::Command::new("telewire").subcommand(shell));
        let matches = root.try_get_matches_from(["telewire", "shell"]).unwrap();
        assert!(Single::from_matches(&matches).unwrap().is_none());
        // So no name may be in both.
        let own = crate::args::Args::command();
        let mut names = own.get_subcommands().map(clap::Command::get_name);
        assert!(names.all(|name| table::find(name).is_none_or(|command| !command.alone)));
    }

    #[test]
    fn options_stand_anywhere_and_words_keep_their_blanks() {
        let single = matched(&["msg", "@ada", "two  blanks", "'x'", "--json"]);
        assert!(single.options.json);
        let given = single.given().unwrap();
        assert_eq!((given.word(0), given.word(1)), (Some("@ada"), Some("two  blanks 'x'")));
        let given = matched(&["msg", "--json", "-1000000000017", "--", "--hello"]).given().unwrap();
        assert_eq!((given.word(0), given.word(1)), (Some("-1000000000017"), Some("--hello")));
        let given = matched(&["msg"]).given();
        assert!(given.unwrap_err().to_string().starts_with("msg: <peer> is missing"));
    }

    #[test]
    #[cfg(unix)]
    fn words_that_are_no_utf8_are_told() {
        use std::os::unix::ffi::OsStringExt;
        let word = OsString::from_vec(vec![b'a', 0xff]);
        let all = ["telewire", "msg", "@ada"].map(OsString::from).into_iter().chain([word]);
        let matches = root().try_get_matches_from(all).unwrap();
        let single = Single::from_matches(&matches).unwrap().unwrap();
        assert_eq!(single.given().unwrap_err().to_string(), "msg: `a\u{fffd}` is not UTF-8");
    }
}
