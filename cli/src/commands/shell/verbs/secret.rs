//! Secret chats: asked for, accepted, compared and closed.
//!
//! What other commands do in a secret chat stands in `forms`. Chats and their keys are in the session's file, as of the login: each
//! process has the same ones.

mod forms;

use std::io::IsTerminal;

use serde_json::{Value, json};
use telewire::client::secret::SecretChat;
use telewire::secret::State;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::secret::kept::About;
use crate::commands::shell::secret::{Secrets, name, picture, show};
use crate::commands::shell::table::{Arg, Kind, commands, maybe, named, one};
pub(in crate::commands::shell) use forms::form_of;

const CHAT: Arg = one("chat", Kind::SecretChat);

commands! {
    "create_secret_chat" (one("user", Kind::User)) "asks a user for a secret chat" => create;
    "accept_secret_chat" (CHAT) "accepts a secret chat that a user asks for" => accept;
    "secret_chat_list" | "secret_chats" () "lists secret chats, and what asks to be accepted" => list;
    "visualize_key" (CHAT, named("png", Kind::File)) "shows a secret chat's key, for both sides to compare" => visualize;
    "verify_key" (CHAT, maybe("is_same", Kind::Number(0, 1))) "marks a secret chat: both have compared the key; 0 takes it back" => verify;
    "set_ttl" (one("peer", Kind::Peer), one("seconds", Kind::Number(0, 31_536_000))) "has new messages of a chat go after a time; 0: never" => set_ttl;
    "close_secret_chat" (CHAT, maybe("delete", Kind::Word)) "closes a secret chat or declines it; `delete`: there too" => close;
}

impl Shell {
    /// The secret chat that a word names, as it stands after all that happened.
    pub(super) async fn secret_chat(&mut self, word: &str) -> Result<(Secrets, SecretChat), Fault> {
        let secrets = self.secrets().await?;
        secrets.settle().await?;
        let name = name::read(word);
        let name = name.ok_or_else(|| Fault::Usage(format!("`{word}` names no secret chat")))?;
        let chat = secrets.find(self, &name).await?;
        Ok((secrets, chat))
    }

    /// What is known of a chat, with its line in what is kept.
    pub(super) fn about(&mut self, secrets: &Secrets, chat: &SecretChat) -> Result<About, Fault> {
        let called = self.names.called(chat.peer.0);
        secrets.about(chat, called)
    }
}

/// How a chat stands.
fn stands(
    shell: &mut Shell,
    secrets: &Secrets,
    chat: &SecretChat,
) -> Result<(String, Value), Fault> {
    let about = shell.about(secrets, chat)?;
    Ok((shell.names.secret_line(chat, &about), shell.names.secret_json(chat, &about)))
}

async fn create(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let secrets = shell.secrets().await?;
    let number = secrets.chats().create(given.peer(0)).await?;
    secrets.settle().await?;
    let chat = secrets.find(shell, &name::ChatName::Number(number.0)).await?;
    let (line, json) = stands(shell, &secrets, &chat)?;
    Ok(Reply::new(line, json))
}

async fn accept(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let (secrets, chat) = shell.secret_chat(&given.text(0)).await?;
    secrets.chats().accept(chat.id).await?;
    secrets.settle().await?;
    let chat = secrets.find(shell, &name::ChatName::Number(chat.id.0)).await?;
    let (line, json) = stands(shell, &secrets, &chat)?;
    Ok(Reply::new(line, json))
}

async fn list(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    let secrets = shell.secrets().await?;
    secrets.settle().await?;
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    for chat in secrets.chats().all().await? {
        if chat.state == State::Closed {
            continue;
        }
        let (line, json) = stands(shell, &secrets, &chat)?;
        lines.push(line);
        all.push(json);
    }
    Ok(Reply::new(lines.join("\n"), Value::Array(all)))
}

async fn visualize(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let (_, chat) = shell.secret_chat(&given.text(0)).await?;
    let typed = name::typed(chat.id);
    let hash = chat.key_hash.ok_or_else(|| {
        Fault::Failed(format!(
            "{typed} has no key yet: it {}",
            match show::state(&chat) {
                "offered" => "was not accepted here",
                _ => "was not accepted by the other side",
            }
        ))
    })?;
    let png = given.word(1).map(std::path::PathBuf::from);
    if let Some(path) = &png {
        let written = picture::write_png(&hash, path);
        written.map_err(|error| Fault::Failed(format!("{}: {error}", path.display())))?;
    }
    let is_painted = shell.names.is_painted() || !shell.is_json && is_painted();
    let picture = if is_painted { picture::painted(&hash) } else { picture::plain(&hash) };
    let mark = match chat.is_verified {
        true => "verified: both sides have compared it".to_owned(),
        false => format!("if both sides see the same: `verify_key {typed}`"),
    };
    let text = format!("{picture}\n{}\n{mark}", hash.hex_rows().join("\n"));
    let json = json!({
        "id": typed, "verified": chat.is_verified, "picture": picture::digits(&hash),
        "key": hash.hex_rows(), "png": png.map(|path| path.display().to_string()),
    });
    Ok(Reply::new(text, json))
}

/// Whether what is printed goes to somebody who sees colours: <https://no-color.org>.
fn is_painted() -> bool {
    let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|no_color| no_color.is_empty());
    is_wanted && std::io::stdout().is_terminal()
}

async fn verify(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let (secrets, chat) = shell.secret_chat(&given.text(0)).await?;
    if chat.key_hash.is_none() {
        let chat = name::typed(chat.id);
        return Err(Fault::Failed(format!("{chat} has no key yet: there is nothing to compare")));
    }
    secrets.chats().set_verified(chat.id, given.number(1) != Some(0)).await?;
    Ok(Reply::done())
}

/// Of a secret chat it is among the forms.
async fn set_ttl(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let seconds = given.number(1).and_then(|seconds| i32::try_from(seconds).ok());
    shell.client.set_history_ttl(given.peer(0), seconds.unwrap_or_default()).await?;
    Ok(Reply::done())
}

async fn close(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let delete = match given.word(1) {
        None => false,
        Some("delete") => true,
        Some(_) => return Err(given.command.misused("there is `delete`, and nothing else")),
    };
    let (secrets, chat) = shell.secret_chat(&given.text(0)).await?;
    secrets.chats().close(chat.id, delete).await?;
    secrets.settle().await?;
    if delete {
        secrets.forget(chat.id)?;
    }
    Ok(Reply::done())
}
