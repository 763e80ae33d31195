//! `telewire export`: a chat's messages and files in a folder, the oldest first, so that another run goes on where this one ended.
//!
//! ```text
//!  messages.getHistory, upwards ── a message ──┬── its file ── files/12/name
//!                                              └── then its line ── messages.jsonl ── when all is there ── messages.html
//! ```

mod folder;
mod html;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::pin::pin;
use std::time::Instant;

use serde_json::{Value, json};
use telewire::client::files::TransferError;
use telewire::client::text::Text;
use telewire::files::FileError;
use telewire::tl::Serialize;
use telewire::tl::api::enums::messages::Messages;
use telewire::tl::api::enums::{Chat, InputPeer, Message, MessageEntity, MessageMedia, User};
use telewire::tl::api::functions::messages::GetHistory;
use telewire::updates::PeerId;

use super::fault::Fault;
use super::given::Given;
use super::reply::Reply;
use super::show::typed;
use super::verbs::call;
use super::words::Line;
use super::{Options, Shell, read, signals};
use crate::failure::Failure;
use folder::{About, Folder};

/// Saves a chat: its messages, with their files, the oldest first.
///
/// The folder has `messages.jsonl`, an object a line: what `telewire history --json` shows of a message, with `html` (the marked
/// text), `file` (where its file is, in the folder) or `file_error`, and `raw` (all of it, as the schema of Telegram's API has it). With
/// `--format html` it has `messages.html` besides. What was interrupted goes on when it is run again, with what came since.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExportArgs {
    /// The chat: @name, me, +phone, a t.me link, user#5, chat#5 or channel#5
    #[arg(value_name = "PEER")]
    peer: String,
    /// A line for each message, or a page to read besides
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// Where it goes [default: a folder within --downloads that is named after the chat]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Leaves the files out
    #[arg(long)]
    no_media: bool,
    #[command(flatten)]
    options: Options,
}

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Json,
    Html,
}

const EXAMPLES: &str = "\
Examples:
  telewire export @ada
      makes the folder export_user_5 with messages.jsonl and files
  telewire export me --format html --out saved
      makes a page of what one has saved; run again, it adds what is new
  telewire export t.me/somechannel --no-media --json
      texts alone, and at the end an object for programs

Exit code:
  0  all is there
  1  Telegram said no, or could not be reached; or some files could not be had,
     which is told for each. Run again, it goes on
  2  the chat, an option, or what is in the folder is wrong
  130  Ctrl-C was pressed. Run again, it goes on";

/// As many as the server gives at a time.
const AT_A_TIME: i32 = 100;

pub(crate) fn run(args: &ExportArgs, start: Instant) -> Result<(), Failure> {
    let given = named(&args.peer)?;
    let runtime = crate::commands::runtime()?;
    let result = runtime.block_on(async {
        let mut signals = pin!(signals::listen()?);
        let mut shell = Shell::open(&args.options, start).await?;
        let result = tokio::select! {
            failure = &mut signals => {
                let _ = writeln!(io::stderr(), "\ninterrupted; run it again to go on");
                Err(failure)
            }
            told = exported(&mut shell, args, given) => told,
        };
        shell.client.close().await;
        result
    });
    runtime.shutdown_background();
    result
}

/// Whom the command line names: read as `history` reads it, so that nothing is dialled for what is written wrongly.
fn named(peer: &str) -> Result<Given, Failure> {
    let line = Line::given(vec!["history".to_owned(), peer.to_owned()])?;
    let line = line.ok_or_else(|| Failure::Input("there is no chat".to_owned()))?;
    Ok(read(&line)?)
}

async fn exported(shell: &mut Shell, args: &ExportArgs, given: Given) -> Result<(), Failure> {
    let done = export(shell, args, given).await;
    let failed = done.as_ref().is_ok_and(|(_, failed)| *failed > 0);
    let told = shell.tell(done.map(|(reply, _)| reply))?;
    told.or(failed.then_some(1)).map_or(Ok(()), |code| Err(Failure::Told(code)))
}

/// Exports; gives what is told, and how many files could not be had.
async fn export(
    shell: &mut Shell,
    args: &ExportArgs,
    mut given: Given,
) -> Result<(Reply, u64), Fault> {
    shell.find_peers(&mut given).await?;
    let peer = shell.client.resolve(given.peer(0)).await?;
    let me = shell.client.user().ok_or_else(|| Fault::failed("nobody is logged in"))?.id;
    let id = id_of(&peer, me);
    let name = format!("export_{}", typed(id).replace('#', "_"));
    let path = args.out.clone().unwrap_or_else(|| shell.downloads.join(name));
    let about = About { account: typed(PeerId::User(me)), peer: typed(id), media: !args.no_media };
    let mut folder = Folder::open(&path, &about)?;
    let mut progress = Progress::new();
    let (mut last, mut failed) = (folder.last(), 0_u64);
    loop {
        let call = GetHistory {
            peer: peer.clone(),
            // From the one after the last, upwards.
            offset_id: last.saturating_add(1),
            offset_date: 0,
            add_offset: -AT_A_TIME,
            limit: AT_A_TIME,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let (mut messages, users, chats, total) = parts(shell.client.invoke(&call).await?);
        shell.names.learn(&users, &chats);
        messages.retain(|message| message.id() > last);
        messages.sort_by_key(Message::id);
        // A server that does not go on would be asked for ever.
        let Some(newest) = messages.last().map(Message::id) else { break };
        for message in messages {
            if matches!(message, Message::MessageEmpty(_)) {
                continue;
            }
            let mut line = described(shell, &message)?;
            if !args.no_media {
                match file_of(shell, &folder, &message).await? {
                    None => {}
                    Some(Ok(file)) => set(&mut line, "file", file),
                    Some(Err(why)) => {
                        failed = failed.saturating_add(1);
                        progress.warn(&format!("the file of message {}: {why}", message.id()));
                        set(&mut line, "file_error", why);
                    }
                }
            }
            folder.append(message.id(), &line)?;
        }
        last = newest;
        progress.tell(folder.messages(), folder.files(), total);
    }
    progress.end();
    if args.format == Format::Html {
        let title = shell.names.name(id);
        html::write(&folder, &title)?;
    }
    let (messages, files) = (folder.messages(), folder.files());
    let text = format!("{messages} messages and {files} files are in {}", path.display());
    let json = json!({
        "folder": path.display().to_string(), "messages": messages, "files": files, "failed": failed,
    });
    Ok((Reply::new(text, json), failed))
}

fn set(line: &mut Value, name: &str, value: String) {
    if let Value::Object(line) = line {
        line.insert(name.to_owned(), value.into());
    }
}

fn id_of(peer: &InputPeer, me: i64) -> PeerId {
    match peer {
        InputPeer::InputPeerUser(of) => PeerId::User(of.user_id),
        InputPeer::InputPeerUserFromMessage(of) => PeerId::User(of.user_id),
        InputPeer::InputPeerChat(of) => PeerId::Chat(of.chat_id),
        InputPeer::InputPeerChannel(of) => PeerId::Channel(of.channel_id),
        InputPeer::InputPeerChannelFromMessage(of) => PeerId::Channel(of.channel_id),
        // Oneself.
        _ => PeerId::User(me),
    }
}

/// What an answer brings, and how many messages there are in all.
fn parts(answer: Messages) -> (Vec<Message>, Vec<User>, Vec<Chat>, i64) {
    match answer {
        Messages::Messages(all) => {
            let count = i64::try_from(all.messages.len()).unwrap_or_default();
            (all.messages, all.users, all.chats, count)
        }
        Messages::MessagesSlice(some) => (some.messages, some.users, some.chats, some.count.into()),
        Messages::ChannelMessages(some) => {
            (some.messages, some.users, some.chats, some.count.into())
        }
        _ => (Vec::new(), Vec::new(), Vec::new(), 0),
    }
}

/// A message's line, without its file.
fn described(shell: &Shell, message: &Message) -> Result<Value, Fault> {
    let mut line = shell.names.message_json(message);
    if let Message::Message(said) = message
        && !said.message.is_empty()
    {
        let entities = said.entities.clone().unwrap_or_default();
        let entities = entities.into_iter().filter(is_harmless).collect();
        set(&mut line, "html", Text::new(said.message.clone(), entities).to_html());
    }
    if let Value::Object(line) = &mut line {
        line.insert("raw".to_owned(), call::to_json(&message.to_bytes(), "Message")?);
    }
    Ok(line)
}

/// Whether a mark is one that a page may have: a link that runs a script is none.
fn is_harmless(entity: &MessageEntity) -> bool {
    let schemes = ["http://", "https://", "tg://", "mailto:", "tel:"];
    match entity {
        MessageEntity::MessageEntityTextUrl(link) => {
            let url = link.url.trim().to_ascii_lowercase();
            schemes.iter().any(|scheme| url.starts_with(scheme))
        }
        _ => true,
    }
}

/// Where a message's file is in the folder, once all of it is there; or why it cannot be had. What ends the export is an error.
async fn file_of(
    shell: &Shell,
    folder: &Folder,
    message: &Message,
) -> Result<Option<Result<String, String>>, Fault> {
    let Message::Message(said) = message else { return Ok(None) };
    let has_file = matches!(
        &said.media,
        Some(MessageMedia::MessageMediaPhoto(_) | MessageMedia::MessageMediaDocument(_))
    );
    if !has_file {
        return Ok(None);
    }
    let into = folder.place_for(said.id)?;
    match shell.client.download(&**said).to_path(&into).await {
        // One of a run that was killed between the file and the line is whole: until it is, it has another name.
        Ok(path) | Err(TransferError::Exists(path)) => Ok(Some(Ok(folder.name_of(&path)))),
        Err(TransferError::Client(error)) => Err(error.into()),
        Err(error @ (TransferError::Path { .. } | TransferError::File(FileError::Disk(_)))) => {
            Err(Fault::failed(error))
        }
        Err(error) => {
            // Nothing is in it, unless a part of the file is.
            let _ = std::fs::remove_dir(&into);
            Ok(Some(Err(error.to_string())))
        }
    }
}

/// How far it is, on standard error: at a terminal in one line, elsewhere a line for each page.
struct Progress {
    is_terminal: bool,
    is_begun: bool,
}

impl Progress {
    fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), is_begun: false }
    }

    // If standard error is closed, nobody is left to be told.
    fn tell(&mut self, messages: u64, files: u64, total: i64) {
        let total = total.max(i64::try_from(messages).unwrap_or(i64::MAX));
        let line = format!("{messages} of {total} messages, {files} files");
        let _ = match self.is_terminal {
            true => write!(io::stderr(), "\r\u{1b}[K{line}"),
            false => writeln!(io::stderr(), "{line}"),
        };
        self.is_begun = true;
    }

    fn warn(&mut self, what: &str) {
        self.end();
        crate::failure::warn(what);
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.is_begun) && self.is_terminal {
            let _ = writeln!(io::stderr());
        }
    }
}

#[cfg(test)]
mod tests {
    use telewire::tl::api::types;

    use super::*;

    #[test]
    fn links_that_run_something_are_no_links() {
        let link = |url: &str| {
            is_harmless(
                &types::MessageEntityTextUrl { offset: 0, length: 1, url: url.into() }.into(),
            )
        };
        for url in ["https://a", "HTTP://a", " tg://user?id=1", "mailto:a@b"] {
            assert!(link(url), "{url}");
        }
        for url in ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "file:///etc", ""] {
            assert!(!link(url), "{url}");
        }
        assert!(is_harmless(&types::MessageEntityBold { offset: 0, length: 1 }.into()));
    }
}
