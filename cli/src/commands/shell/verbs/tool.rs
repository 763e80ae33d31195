//! The shell itself.

use std::process::{Command as Program, ExitStatus};

use serde_json::{Value, json};

use super::call;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::table::{self, Command, Count, Kind, SUBJECTS, commands, maybe, one};
use crate::commands::shell::{End, Shell};

commands! {
    "help", within (maybe("command", Kind::Word)) "shows all commands, or one" => help;
    "version" () "shows which program this is" => version;
    "show_license" () "shows under which licence it may be used" => show_license;
    "stats" () "counts what was done" => stats;
    "set", within (one("parameter", Kind::Word), one("number", Kind::Number(0, 9))) "sets log_level (0 to 3) or alert (0, 1)" => set;
    "main_session", within () "nothing to do: updates come to this connection" => main_session;
    "clear", within () "forgets the names and messages that were met" => clear;
    "shell", within (one("command", Kind::Text)) "runs a command of the system; !command does the same" => system;
    "call" (one("method", Kind::Word), maybe("json", Kind::Text)) "calls any method, as messages.getHistory {\"limit\":5}" => call::call;
    "quit" | "quit_force" | "exit", within () "ends at once" => quit;
    "safe_quit", within () "ends when all is done" => safe_quit;
}

async fn help(_: &mut Shell, given: Given) -> Result<Reply, Fault> {
    match given.word(0) {
        Some(name) => match table::find(name) {
            Some(command) => Ok(Reply::new(help_of(command), json_of(command))),
            None => Err(unknown(name)),
        },
        None => Ok(Reply::new(help_of_all(), table::all().map(json_of).collect())),
    }
}

/// That there is no such command.
pub(in crate::commands::shell) fn unknown(name: &str) -> Fault {
    let shown: String = name.chars().filter(|char| !char.is_control()).take(40).collect();
    Fault::Usage(format!("there is no command `{shown}`; `help` lists them"))
}

fn help_of(command: &Command) -> String {
    let mut text = format!("{}\n    {}", command.usage(), command.help);
    if !command.also.is_empty() {
        text.push_str(&format!("\n    also: {}", command.also.join(", ")));
    }
    text
}

/// All commands, by subject.
pub(in crate::commands::shell) fn help_of_all() -> String {
    let mut text = String::new();
    for (subject, commands) in SUBJECTS {
        text.push_str(&format!("{subject}:\n"));
        for command in commands {
            text.push_str(&format!("  {}\n      {}\n", command.usage(), command.help));
        }
    }
    text.push_str(
        "Before a command: [html] [disable_preview] [reply=N] [xN] [offline].\n\
         Peers: me, @name, +phone, a t.me link, user#5, chat#5, channel#5. Messages: 12, @channel/12, a link to one.\n\
         Secret chats: secret_chat#5, !Ada_Lovelace, and secret_chat#5/12; what is not done in them says so.",
    );
    text
}

fn json_of(command: &Command) -> Value {
    let takes: Vec<_> = command
        .takes
        .iter()
        .map(|arg| {
            let is_needed = matches!(arg.count, Count::One | Count::Some);
            let is_many = matches!(arg.count, Count::Some | Count::Any);
            json!({"name": arg.name, "kind": kind(arg.kind), "needed": is_needed, "many": is_many})
        })
        .collect();
    json!({"name": command.name, "aliases": command.also, "takes": takes, "help": command.help})
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Peer => "peer",
        Kind::User => "user",
        Kind::Chat => "chat",
        Kind::Channel => "channel",
        Kind::SecretChat => "secret chat",
        Kind::Message => "message",
        Kind::File => "file",
        Kind::Number(..) | Kind::Degrees => "number",
        Kind::Word | Kind::Text => "text",
    }
}

async fn version(_: &mut Shell, _: Given) -> Result<Reply, Fault> {
    Ok(Reply::said(concat!("telewire ", env!("CARGO_PKG_VERSION"))))
}

async fn show_license(_: &mut Shell, _: Given) -> Result<Reply, Fault> {
    Ok(Reply::said(concat!("telewire may be used under ", env!("CARGO_PKG_LICENSE"))))
}

async fn stats(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    let counts = shell.counts;
    let seconds = shell.start.elapsed().as_secs();
    let names = shell.names.iter().count();
    let text = format!(
        "commands: {}\nfailed: {}\nmessages that came: {}\nnames known: {names}\nseconds: {seconds}",
        counts.commands, counts.failed, counts.came
    );
    let json = json!({
        "commands": counts.commands, "failed": counts.failed, "came": counts.came, "names": names, "seconds": seconds,
    });
    Ok(Reply::new(text, json))
}

async fn set(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let number = given.number(1).unwrap_or_default();
    match given.text(0).as_str() {
        "log_level" => shell.settings.log_level = number,
        "alert" | "alarm" => shell.settings.alert = number != 0,
        "msg_num" if number == 0 => {
            return Err(Fault::failed(
                "messages always have their numbers, by which commands name them",
            ));
        }
        "msg_num" => {}
        "debug_verbosity" => {
            return Err(Fault::failed("there is no output for debugging here"));
        }
        _ => return Err(given.command.misused("there are log_level, alert and msg_num")),
    }
    Ok(Reply::done())
}

async fn main_session(_: &mut Shell, _: Given) -> Result<Reply, Fault> {
    Ok(Reply::done())
}

async fn clear(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    shell.names.forget();
    shell.shown.forget_all();
    Ok(Reply::done())
}

async fn system(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    if shell.is_json {
        return Err(Fault::failed("no commands of the system are run for programs"));
    }
    // This is what the user types on purpose: it goes to the system's shell as it is.
    let command = given.text(0);
    let ran = tokio::task::spawn_blocking(move || {
        Program::new("/bin/sh").arg("-c").arg(command).status()
    });
    let status = ran.await.map_err(Fault::failed)?.map_err(Fault::failed)?;
    match status.code() {
        Some(0) => Ok(Reply::done()),
        Some(code) => Err(Fault::failed(format!("the command ended with {code}"))),
        // Ctrl-C is heard by both, and by either first.
        None if is_interrupted(status) => Err(Fault::interrupted()),
        None => Err(Fault::failed("the command was ended by a signal")),
    }
}

/// Whether SIGINT ended it.
fn is_interrupted(status: ExitStatus) -> bool {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::signal(&status) == Some(2);
    #[cfg(not(unix))]
    return status.code().is_none();
}

async fn quit(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    shell.end = Some(End);
    Ok(Reply::done())
}

async fn safe_quit(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    // Commands run one after the other: none is under way here.
    shell.end = Some(End);
    Ok(Reply::done())
}
