//! Lists of chats and messages, and what is done to messages.

use serde_json::{Value, json};
use telewire::client::PeerRef;
use telewire::tl::api::enums::{Chat, SendMessageAction};
use telewire::tl::api::types;
use telewire::updates::PeerId;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::show::{chat_line, clean_line, typed};
use crate::commands::shell::table::{Arg, Kind, LIMIT, OFFSET, commands, maybe, one, some};

const PEER: Arg = one("peer", Kind::Peer);
/// Seconds since 1970.
const SECONDS: Kind = Kind::Number(1, i32::MAX as i64);

commands! {
    "dialog_list" | "dialogs" | "chats" (LIMIT, OFFSET) "lists chats, the latest last, with what is unread" => dialog_list;
    "channel_list" | "channels" (LIMIT, OFFSET) "lists channels and supergroups" => channel_list;
    "history" (PEER, LIMIT, OFFSET) "shows the last messages of a chat; nothing is marked as read" => history;
    "search" (maybe("peer", Kind::Peer), LIMIT, maybe("from", SECONDS), maybe("to", SECONDS), OFFSET, one("pattern", Kind::Text)) "looks for messages, in a chat or in all" => search;
    "global_search" (one("pattern", Kind::Text)) "looks for messages in all chats" => global_search;
    "get_message" (some("messages", Kind::Message)) "shows messages" => get_message;
    "mark_read" | "read" (PEER) "marks all of a chat as read" => mark_read;
    "delete_msg" | "delete" (some("messages", Kind::Message)) "deletes messages for oneself; of a channel, for all" => delete_msg;
    "unsend" (some("messages", Kind::Message)) "deletes messages for all who are in the chat" => unsend;
    "restore_msg" (one("message", Kind::Message)) "Telegram has no such method any more" => restore_msg;
    "send_typing" | "typing" (PEER, maybe("action", Kind::Number(0, 10))) "shows that one writes, or what one does (0 to 10)" => send_typing;
    "send_typing_abort" (PEER) "shows that one does not any more" => send_typing_abort;
    "chat_with_peer" | "chat", within (PEER) "every line is a message from now on; /exit ends it" => chat_with_peer;
}

async fn dialog_list(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    dialogs(shell, &given, false).await
}

async fn channel_list(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    dialogs(shell, &given, true).await
}

/// As telegram-cli has it.
const DIALOGS: usize = 100;

async fn dialogs(shell: &mut Shell, given: &Given, only_channels: bool) -> Result<Reply, Fault> {
    let (limit, mut pass) = (given.count(0, DIALOGS), given.count(1, 0));
    let mut list = shell.client.dialogs();
    if !only_channels {
        list = list.limit(limit.saturating_add(pass));
    }
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    while lines.len() < limit
        && let Some(dialog) = list.next().await?
    {
        let peers = list.peers();
        shell.names.learn(&peers.users, &peers.chats);
        let id = dialog.id();
        if only_channels && !matches!(id, PeerId::Channel(_)) {
            continue;
        }
        if pass > 0 {
            pass = pass.saturating_sub(1);
            continue;
        }
        let unread = dialog.dialog.unread_count;
        if only_channels {
            let line = dialog.chat.as_ref().map_or_else(|| typed(id), chat_line);
            lines.push(line);
        } else {
            let kind = match (id, &dialog.chat) {
                (PeerId::User(_), _) => "User",
                (PeerId::Channel(_), Some(Chat::Channel(channel))) if !channel.megagroup => {
                    "Channel"
                }
                _ => "Chat",
            };
            let name = clean_line(&dialog.name());
            lines.push(format!("{kind} {name} ({}): {unread} unread", typed(id)));
        }
        let mut json = shell.names.to_json(id);
        if let Value::Object(json) = &mut json {
            json.insert("unread".into(), json!(unread));
            if let Some(message) = &dialog.message {
                json.insert("last_message".into(), shell.names.message_json(message));
            }
        }
        all.push(json);
    }
    // The newest stands last, where the prompt is.
    lines.reverse();
    Ok(Reply::new(lines.join("\n"), Value::Array(all)))
}

/// As telegram-cli has it.
const MESSAGES: usize = 40;

/// Takes the part of a list of messages that is wanted.
macro_rules! messages {
    ($shell:expr, $list:expr, $limit:expr, $offset:expr) => {{
        let (limit, offset): (usize, usize) = ($limit, $offset);
        let mut list = $list.limit(limit.saturating_add(offset));
        let mut all = Vec::new();
        while let Some(message) = list.next().await? {
            let peers = list.peers();
            $shell.names.learn(&peers.users, &peers.chats);
            all.push(message);
        }
        let all = all.get(offset..).unwrap_or_default();
        Ok($shell.messages(all))
    }};
}

async fn history(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let list = shell.client.history(given.peer(0));
    messages!(shell, list, given.count(1, MESSAGES), given.count(2, 0))
}

async fn search(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let (limit, offset) = (given.count(1, MESSAGES), given.count(4, 0));
    let pattern = given.text(5);
    let date = |place| given.number(place).and_then(|unix| i32::try_from(unix).ok());
    let (since, until) = (date(2), date(3));
    if given.word(0).is_none() {
        if since.is_some() {
            let why = "from and to are for a chat: name it first, as in `search @ada 40 1700000000 1800000000 text`";
            return Err(given.command.misused(why));
        }
        let list = shell.client.search_everywhere(pattern);
        return messages!(shell, list, limit, offset);
    }
    let mut list = shell.client.search(given.peer(0), pattern);
    if let Some(since) = since {
        list = list.since(since);
    }
    if let Some(until) = until {
        list = list.until(until);
    }
    messages!(shell, list, limit, offset)
}

async fn global_search(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let list = shell.client.search_everywhere(given.text(0));
    messages!(shell, list, MESSAGES, 0)
}

async fn get_message(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let mut all = Vec::new();
    for name in given.messages(0) {
        all.push(shell.message(name).await?);
    }
    all.reverse();
    Ok(shell.messages(&all))
}

async fn mark_read(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.mark_read(given.peer(0)).await?;
    Ok(Reply::done())
}

async fn delete_msg(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    for name in given.messages(0) {
        let peer = name.peer.as_ref().map_or(PeerRef::Me, PeerRef::from);
        let is_channel = shell.is_channel(&peer).await?;
        // Whatever is no channel is deleted by the number alone.
        match is_channel {
            true => shell.client.delete_messages(peer, [name.id]).await?,
            false => shell.client.delete_messages_for_me(peer, [name.id]).await?,
        };
    }
    Ok(Reply::done())
}

async fn unsend(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    for name in given.messages(0) {
        let peer = name.peer.as_ref().map_or(PeerRef::Me, PeerRef::from);
        shell.client.delete_messages(peer, [name.id]).await?;
    }
    Ok(Reply::done())
}

async fn restore_msg(_: &mut Shell, _: Given) -> Result<Reply, Fault> {
    let why =
        "messages.restoreMessages is gone from Telegram's API: what was deleted cannot be restored";
    Err(Fault::failed(why))
}

async fn send_typing(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let progress = 0;
    let action: SendMessageAction = match given.number(1).unwrap_or(1) {
        // `none` and `cancel` of telegram-cli.
        0 | 2 => SendMessageAction::SendMessageCancelAction,
        3 => SendMessageAction::SendMessageRecordVideoAction,
        4 => types::SendMessageUploadVideoAction { progress }.into(),
        5 => SendMessageAction::SendMessageRecordAudioAction,
        6 => types::SendMessageUploadAudioAction { progress }.into(),
        7 => types::SendMessageUploadPhotoAction { progress }.into(),
        8 => types::SendMessageUploadDocumentAction { progress }.into(),
        9 => SendMessageAction::SendMessageGeoLocationAction,
        10 => SendMessageAction::SendMessageChooseContactAction,
        _ => SendMessageAction::SendMessageTypingAction,
    };
    shell.client.acting(given.peer(0), action).await?;
    Ok(Reply::done())
}

async fn send_typing_abort(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let action = SendMessageAction::SendMessageCancelAction;
    shell.client.acting(given.peer(0), action).await?;
    Ok(Reply::done())
}

async fn chat_with_peer(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    // It is found now, and not at the first line.
    shell.client.resolve(given.peer(0)).await?;
    shell.chat = Some(given.text(0));
    Ok(Reply::done())
}
