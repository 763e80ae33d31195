//! `telewire shell`, and its commands as processes: all that telegram-cli could do, by the methods of today.
//!
//! ```text
//!  a line, a process' words ── words::Line ── given::Given ── Command::act ── Reply or Fault ── text, or JSON
//!                                 syntax        table: what        verbs/
//!                                               it takes
//! ```
//!
//! It knows the client's verbs and nothing of the protocol. A subject of commands is a file in `verbs`, with its part of the table.

mod account;
mod args;
mod export;
mod fault;
mod given;
mod interactive;
mod lines;
mod live;
mod located;
mod named;
mod preview;
mod reply;
mod request;
mod schema;
mod secret;
mod show;
mod shown;
mod signals;
mod single;
#[cfg(unix)]
mod socket;
mod table;
mod transfer;
mod update;
mod verbs;
mod watch;
mod words;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use telewire::client::store::Seal;
use telewire::client::{Client, PeerRef};
use telewire::tl::api::enums::InputPeer;
use zeroize::Zeroizing;

use args::{Account, Mode};
pub(crate) use args::{Args, Options};
pub(crate) use export::{ExportArgs, run as export};
use fault::Fault;
use given::Given;
use reply::Reply;
use request::Answer;
use secret::{Reader, Secrets};
use show::Names;
use shown::Shown;
pub(crate) use single::{Single, add_to as add_commands_to};
use tokio::sync::OnceCell;
pub(crate) use transfer::{DownloadArgs, UploadArgs, download, upload};
use words::Line;

use crate::commands::login::Questions;
use crate::failure::Failure;

/// What a line of a chat may be besides a message. See [`Shell::chat_line`].
const CHAT_COMMANDS: [&str; 4] = ["/exit", "/history", "/quit", "/read"];

/// What runs commands: a client, and what is remembered from one to the next.
pub(crate) struct Shell {
    client: Client,
    names: Names,
    /// Messages that were met.
    shown: Shown,
    settings: Settings,
    counts: Counts,
    /// The session's file: what is said in secret chats is kept beside it.
    session: PathBuf,
    /// If it is encrypted, what is kept beside it is sealed.
    seal: Option<Seal>,
    /// Opened when they are needed first; other shells on the same client have them too.
    secrets: Arc<OnceCell<Secrets>>,
    /// Who reads the client's updates.
    reader: Reader,
    /// Where files are saved.
    downloads: PathBuf,
    is_json: bool,
    /// Whether nobody can be asked: whatever standard input says is a command.
    is_unattended: bool,
    /// To whom each line goes, in `chat_with_peer`.
    chat: Option<String>,
    /// It is to end.
    end: Option<End>,
    start: Instant,
}

/// That no more commands are to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End;

/// What `set` sets.
#[derive(Debug, Clone, Copy, Default)]
struct Settings {
    /// Live, besides messages: read marks from 1 on, typing from 2, who comes and goes from 3.
    log_level: i64,
    /// Whether a bell rings for a message.
    alert: bool,
}

/// What `stats` tells.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    commands: u64,
    failed: u64,
    /// Messages that came while somebody listened.
    came: u64,
}

pub(crate) fn run(args: &Args, start: Instant) -> Result<(), Failure> {
    if args.schema {
        io::stdout().write_all(schema::OUTPUT.as_bytes())?;
        return Ok(());
    }
    let runtime = super::runtime()?;
    let result = runtime.block_on(async {
        let mode = args.mode();
        match mode {
            // Ctrl-C ends a command there, and not the shell.
            Mode::Interactive => crate::terminal::keep_but_interrupt()?,
            Mode::Lines => crate::terminal::keep()?,
            // Nothing is asked for there, and signals end it in order.
            _ => {}
        }
        #[cfg(unix)]
        let place = args.socket.as_deref().map(socket::Place::bind).transpose()?;
        let mut shell = Shell::open(&args.options, start).await?;
        let result = match mode {
            #[cfg(unix)]
            Mode::Socket => socket::run(&mut shell, place.as_ref(), args.watch).await,
            Mode::Watch => watch::run(&mut shell).await,
            Mode::Interactive => interactive::run(&mut shell, &args.options).await,
            Mode::Lines => lines::run(&mut shell, args.exec.as_deref()).await,
        };
        shell.client.close().await;
        result
    });
    runtime.shutdown_background();
    result
}

impl Shell {
    async fn open(options: &Options, start: Instant) -> Result<Self, Failure> {
        let shell = Self::open_for(&options.account, start).await?;
        Ok(Self { downloads: options.downloads.clone(), is_json: options.json, ..shell })
    }

    async fn open_for(account: &Account, start: Instant) -> Result<Self, Failure> {
        let (client, seal) = account::open(account).await?;
        Ok(Self {
            client,
            seal,
            names: Names::default(),
            shown: Shown::default(),
            settings: Settings::default(),
            counts: Counts::default(),
            session: account.session()?,
            secrets: Arc::default(),
            reader: Reader::Own,
            downloads: PathBuf::from("."),
            is_json: false,
            is_unattended: false,
            chat: None,
            end: None,
            start,
        })
    }

    /// One of its own on the same client, for another program.
    #[cfg(unix)]
    fn another(&self) -> Self {
        Self {
            client: self.client.clone(),
            names: Names::default(),
            shown: Shown::default(),
            settings: Settings::default(),
            counts: Counts::default(),
            session: self.session.clone(),
            seal: self.seal.clone(),
            secrets: self.secrets.clone(),
            reader: self.reader,
            downloads: self.downloads.clone(),
            is_json: self.is_json,
            is_unattended: self.is_unattended,
            chat: None,
            end: None,
            start: self.start,
        }
    }

    /// Runs a line and says what came of it; gives the exit code of what failed.
    async fn run_line(&mut self, line: &str, dash: Dash) -> Result<Option<u8>, Failure> {
        let result = self.reply_to(line, dash).await;
        self.tell(result)
    }

    async fn reply_to(&mut self, line: &str, dash: Dash) -> Result<Reply, Fault> {
        if self.chat.is_some() {
            return self.chat_line(line).await;
        }
        if let Some(command) = line.trim_start().strip_prefix('!') {
            let line = format!("shell {command}");
            return self.run_words(Line::read(&line)?, dash).await;
        }
        self.run_words(Line::read(line)?, dash).await
    }

    async fn run_words(&mut self, line: Option<Line>, dash: Dash) -> Result<Reply, Fault> {
        let Some(line) = line else { return Ok(Reply::nothing()) };
        let mut given = read(&line)?;
        if dash == Dash::IsInput {
            given.fill_dash(lines::read_all)?;
        }
        self.act(given).await
    }

    /// Runs a command as often as it is to run.
    async fn act(&mut self, mut given: Given) -> Result<Reply, Fault> {
        let form = verbs::secret::form_of(&given)?;
        // What is said in secret chats is here anyway.
        if given.modifiers.is_offline && form.is_none() {
            return self.answer_offline(&given);
        }
        self.find_peers(&mut given).await?;
        let act = form.unwrap_or(given.command.act);
        let times = given.modifiers.times;
        let (mut texts, mut values) = (Vec::new(), Vec::new());
        for _ in 0..times {
            self.counts.commands = self.counts.commands.saturating_add(1);
            let reply = act(self, given.clone()).await;
            let reply = reply.inspect_err(|_| {
                self.counts.failed = self.counts.failed.saturating_add(1);
            })?;
            if times == 1 {
                return Ok(reply);
            }
            texts.extend(Some(reply.text).filter(|text| !text.is_empty()));
            values.push(reply.json);
        }
        Ok(Reply::new(texts.join("\n"), serde_json::Value::Array(values)))
    }

    /// A line of a chat: a message, or what is done within.
    async fn chat_line(&mut self, line: &str) -> Result<Reply, Fault> {
        let Some(peer) = self.chat.clone() else { return Ok(Reply::nothing()) };
        let words = |words: &[&str]| Line::given(words.iter().map(ToString::to_string).collect());
        let line = match line.trim_end().split_once(' ').unwrap_or((line.trim_end(), "")) {
            ("", _) => return Ok(Reply::nothing()),
            ("/exit", _) => {
                self.chat = None;
                return Ok(Reply::done());
            }
            ("/quit", _) => words(&["safe_quit"]),
            ("/history", "") => words(&["history", &peer]),
            ("/history", count) => words(&["history", &peer, count.trim()]),
            ("/read", _) => words(&["mark_read", &peer]),
            _ => words(&["msg", &peer, line]),
        };
        self.run_words(line?, Dash::IsADash).await
    }

    /// Says what came of a command; gives an exit code if it failed.
    fn tell(&self, result: Result<Reply, Fault>) -> Result<Option<u8>, Failure> {
        let mut out = io::stdout();
        let code = result.as_ref().err().map(Fault::exit_code);
        match result {
            Ok(reply) if reply == Reply::nothing() => {}
            result if self.is_json => writeln!(out, "{}", Answer::new(&result).json)?,
            Ok(reply) if reply.text.is_empty() => {}
            Ok(reply) => writeln!(out, "{}", reply.text)?,
            Err(fault) => {
                // If standard error is closed too, nobody is left to be told.
                let _ = writeln!(io::stderr(), "error: {fault}");
            }
        }
        out.flush()?;
        Ok(code)
    }

    /// Whether messages of a peer have numbers of their own, and are the same for all.
    async fn is_channel(&self, peer: &PeerRef) -> Result<bool, Fault> {
        Ok(match peer {
            PeerRef::Me => false,
            peer => matches!(
                self.client.resolve(peer).await?,
                InputPeer::InputPeerChannel(_) | InputPeer::InputPeerChannelFromMessage(_)
            ),
        })
    }

    /// The number of the account.
    fn own_id(&self) -> i64 {
        self.client.user().map_or(0, |user| user.id)
    }

    /// The number of the user whom a word names.
    async fn user_of(&self, word: &str) -> Result<i64, Fault> {
        match self.client.resolve(word).await? {
            InputPeer::InputPeerUser(user) => Ok(user.user_id),
            InputPeer::InputPeerUserFromMessage(user) => Ok(user.user_id),
            _ => Err(Fault::Failed(format!("there is no secret chat with {word}"))),
        }
    }

    /// From now on programs ask, who cannot be asked back.
    fn answer_programs(&mut self) {
        (self.is_json, self.is_unattended) = (true, true);
    }

    fn attended(&self, question: &str) -> Result<(), Fault> {
        match self.is_unattended {
            true => Err(Fault::Usage(format!(
                "nobody can be asked for `{question}` here: run it as a command of its own"
            ))),
            false => Ok(()),
        }
    }

    /// Asks whoever typed the command.
    fn ask(&self, question: &str) -> Result<String, Fault> {
        self.attended(question)?;
        Questions::new().ask_hidden(question).map_err(unanswered)
    }

    /// The same, of which every space counts.
    fn ask_hidden(&self, question: &str) -> Result<Zeroizing<String>, Fault> {
        self.attended(question)?;
        Questions::new().ask_password(question).map(Zeroizing::new).map_err(unanswered)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped with it")]
fn unanswered(failure: Failure) -> Fault {
    Fault::Usage(failure.to_string())
}

/// What a last `-` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dash {
    /// What standard input says.
    IsInput,
    IsADash,
}

/// The command of a line, with what it was given.
fn read(line: &Line) -> Result<Given, Fault> {
    let name = line.words.first().map(|word| word.text.as_str()).unwrap_or_default();
    let command = table::find(name).ok_or_else(|| verbs::tool::unknown(name))?;
    Given::read(command, line)
}
