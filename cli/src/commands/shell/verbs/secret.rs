//! Secret chats, which are to come. What can be done without them is done: `set_ttl` of other chats.

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::table::{Kind, commands, one};

commands! {
    "create_secret_chat" (one("user", Kind::User)) "begins a secret chat; not there yet" => not_yet;
    "accept_secret_chat" (one("chat", Kind::SecretChat)) "accepts a secret chat; not there yet" => not_yet;
    "visualize_key" (one("chat", Kind::SecretChat)) "shows a secret chat's key; not there yet" => not_yet;
    "set_ttl" (one("chat", Kind::SecretChat), one("seconds", Kind::Number(0, 31_536_000))) "has new messages of a chat go after a time; 0: never" => set_ttl;
}

async fn not_yet(_: &mut Shell, given: Given) -> Result<Reply, Fault> {
    Err(Fault::failed(format!("{}: secret chats are not there yet", given.command.name)))
}

async fn set_ttl(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    if given.text(0).starts_with(['!']) || given.text(0).starts_with("secret_chat#") {
        return not_yet(shell, given).await;
    }
    let seconds = given.number(1).and_then(|seconds| i32::try_from(seconds).ok());
    shell.client.set_history_ttl(given.peer(0), seconds.unwrap_or_default()).await?;
    Ok(Reply::done())
}
