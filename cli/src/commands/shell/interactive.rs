//! The prompt of somebody at a terminal: a line editor on a thread of its own, and what happens above it.
//!
//! ```text
//!  thread: Editor ── Typed ──> run ── a command, which Ctrl-C ends
//!             ^                 │
//!             └──── Prompt ─────┤
//!  ExternalPrinter <── lines ───┴── updates, while nothing runs
//! ```

mod complete;
mod known;

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor, ExternalPrinter};
use telewire::client::Updates;
use tokio::sync::{broadcast, mpsc as channel};

use super::reply::Reply;
use super::secret::{self, News, Reader};
use super::{Dash, Fault, Options, Shell};
use crate::failure::Failure;
use complete::Words;
use known::{Known, commands_of};

/// How many lines are remembered.
const REMEMBERED: usize = 1_000;

/// How long the commands of a bot are waited for: meanwhile nothing else is shown.
const FOR_COMMANDS: Duration = Duration::from_secs(3);

/// What came of a prompt.
enum Typed {
    Line(String),
    /// Ctrl-C at the prompt: the line is dropped.
    Nothing,
    /// Ctrl-D.
    End,
    Failed(String),
}

/// What the editor's thread works with.
type Line = Editor<Words, FileHistory>;

pub(super) async fn run(shell: &mut Shell, options: &Options) -> Result<(), Failure> {
    shell.names.paint(std::env::var_os("NO_COLOR").as_deref());
    let (known, mut wanted) = Known::new();
    // Beside an encrypted session nothing lies that anybody could read: there it is in memory alone (SC-86).
    let session = options.account.session()?;
    let history = shell.seal.is_none().then(|| history_file(&session));
    let mut editor = editor(&known, history.as_deref()).map_err(broken)?;
    let mut printer = editor.create_external_printer().map_err(broken)?;
    let (prompts, asked) = mpsc::channel::<String>();
    let (said, mut typed) = channel::unbounded_channel();
    let reader = thread::spawn(move || {
        while let Ok(prompt) = asked.recv() {
            let typed = read(&mut editor, &prompt, history.as_deref());
            if said.send(typed).is_err() {
                break;
            }
        }
    });
    let mut updates = Some(shell.client.updates());
    shell.reader = Reader::Shell;
    let mut news = open_secrets(shell, &mut printer).await;
    while shell.end.is_none() {
        known.learn(shell);
        if let Some(chat) = shell.chat.clone().filter(|chat| !known.knows_commands(chat)) {
            // They are there when the first line is typed.
            ask_commands(shell, &known, chat).await;
        }
        // The thread has ended only if the other end was dropped, which is here.
        let _ = prompts.send(shell.prompt());
        let mut heard = Heard { updates: &mut updates, news: &mut news, wanted: &mut wanted };
        match wait(shell, &mut typed, &mut heard, &known, &mut printer).await {
            Typed::Line(line) => one(shell, &line).await?,
            Typed::Nothing => {}
            Typed::End if shell.chat.is_some() => shell.chat = None,
            Typed::End => break,
            Typed::Failed(why) => {
                return Err(Failure::Run(format!("the terminal cannot be read: {why}")));
            }
        }
    }
    drop(prompts);
    // It waits for a prompt, and there is none any more.
    let _ = reader.join();
    Ok(())
}

/// What is heard while a line is typed.
struct Heard<'a> {
    updates: &'a mut Option<Updates>,
    news: &'a mut Option<broadcast::Receiver<Arc<News>>>,
    /// Whose bots' commands are to be known.
    wanted: &'a mut channel::UnboundedReceiver<String>,
}

/// Waits for a line, and shows what happens meanwhile.
async fn wait(
    shell: &mut Shell,
    typed: &mut channel::UnboundedReceiver<Typed>,
    heard: &mut Heard<'_>,
    known: &Known,
    printer: &mut impl ExternalPrinter,
) -> Typed {
    let Heard { updates, news, wanted } = heard;
    loop {
        let next = async {
            match updates {
                Some(updates) => updates.next().await,
                None => std::future::pending().await,
            }
        };
        let line = tokio::select! {
            typed = typed.recv() => return typed.unwrap_or(Typed::End),
            Some(peer) = wanted.recv() => {
                ask_commands(shell, known, peer).await;
                None
            }
            told = secret::next(news) => shell.names.secret_news(&told, shell.settings.log_level),
            delivery = next => match delivery {
                Ok(Some(delivery)) => match shell.feed(&delivery).await {
                    Ok(_) => shell.news(&delivery),
                    Err(fault) => Some(format!("[secret chats: {fault}]")),
                },
                Ok(None) => { **updates = None; None }
                Err(error) => { **updates = None; Some(format!("[nothing more is heard: {error}]")) }
            },
        };
        if let Some(line) = line {
            // A keyboard that came with it is completed at once.
            known.learn(shell);
            // What cannot be shown is in the history.
            let _ = printer.print(format!("{line}\n"));
        }
    }
}

/// Learns what the bots of a chat understand. A peer that is none, or does not answer, has no commands.
async fn ask_commands(shell: &Shell, known: &Known, peer: String) {
    let asked = tokio::time::timeout(FOR_COMMANDS, commands_of(shell, &peer)).await;
    known.has_commands(peer, asked.ok().and_then(Result::ok).unwrap_or_default());
}

/// What happens in secret chats is told too, if they can be had.
async fn open_secrets(
    shell: &Shell,
    printer: &mut impl ExternalPrinter,
) -> Option<broadcast::Receiver<Arc<News>>> {
    match shell.secrets().await {
        Ok(secrets) => Some(secrets.news()),
        Err(fault) => {
            let _ = printer.print(format!("[secret chats: {fault}]\n"));
            None
        }
    }
}

/// Runs a line; Ctrl-C ends it.
async fn one(shell: &mut Shell, line: &str) -> Result<(), Failure> {
    let done = tokio::select! {
        result = shell.reply_to(line, Dash::IsADash) => result,
        _ = tokio::signal::ctrl_c() => Err(Fault::interrupted()),
    };
    if done.as_ref().is_ok_and(|reply| *reply == Reply::nothing()) {
        return Ok(());
    }
    shell.tell(done).map(drop)
}

impl Shell {
    fn prompt(&self) -> String {
        match &self.chat {
            Some(peer) => format!("{} > ", super::show::clean_line(peer)),
            None => "> ".to_owned(),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped with it")]
fn broken(error: ReadlineError) -> Failure {
    Failure::Run(format!("the terminal cannot be used: {error}"))
}

/// Beside the session, as what was typed is as private as that.
fn history_file(session: &Path) -> PathBuf {
    let mut name = session.as_os_str().to_owned();
    name.push(".history");
    PathBuf::from(name)
}

fn editor(known: &Known, history: Option<&Path>) -> Result<Line, ReadlineError> {
    let config = Config::builder().max_history_size(REMEMBERED)?.auto_add_history(true).build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Words::new(known.clone())));
    if let Some(history) = history {
        private(history)?;
        // The first time it is empty, and a broken one is begun anew.
        let _ = editor.load_history(history);
    }
    Ok(editor)
}

/// Makes the file before anything is written into it: nobody else may read it.
fn private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o600);
        let file = options.open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    options.open(path).map(drop)
}

fn read(editor: &mut Line, prompt: &str, history: Option<&Path>) -> Typed {
    match editor.readline(prompt) {
        Ok(line) => {
            if let Some(history) = history {
                // A line more, or none if the disk is full: the shell goes on.
                let _ = editor.append_history(history);
            }
            Typed::Line(line)
        }
        Err(ReadlineError::Interrupted) => Typed::Nothing,
        Err(ReadlineError::Eof) => Typed::End,
        Err(error) => Typed::Failed(error.to_string()),
    }
}
