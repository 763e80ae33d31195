//! Basic groups.

use serde_json::{Value, json};
use telewire::client::PeerRef;
use telewire::client::verbs::{Joined, Member};
use telewire::tl::api::enums::{Chat, InputPeer};
use telewire::tl::api::functions::messages;
use telewire::tl::api::types;
use telewire::updates::PeerId;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::show::{
    chat_json, chat_line, clean, clean_line, typed, user_json, user_line,
};
use crate::commands::shell::table::{Arg, Kind, commands, maybe, one, some};

const CHAT: Arg = one("chat", Kind::Chat);
const USER: Arg = one("user", Kind::User);

commands! {
    "create_group_chat" | "create_group" (one("name", Kind::Word), some("users", Kind::User)) "makes a basic group" => create_group_chat;
    "chat_info" (CHAT) "shows a group and who is in it" => chat_info;
    "chat_add_user" (CHAT, USER, maybe("messages", Kind::Number(0, 100))) "adds a user, who sees the last 100 messages" => chat_add_user;
    "chat_del_user" (CHAT, USER) "removes a user" => chat_del_user;
    "rename_chat" | "chat_rename" (CHAT, one("name", Kind::Text)) "changes a group's name" => rename;
    "chat_upgrade" (CHAT) "makes a supergroup of a basic group" => chat_upgrade;
    "export_chat_link" (CHAT) "makes a link by which one joins" => export_link;
    "import_chat_link" | "join" (one("link", Kind::Word)) "joins by a link, or by its hash" => import_link;
}

async fn create_group_chat(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let created = shell.client.create_group(given.text(0), given.peers(1)).await?;
    shell.names.learn(&[], std::slice::from_ref(&created.chat));
    Ok(made(&created.chat, &created.missing))
}

/// What was made, and who is not in it.
pub(super) fn made(chat: &Chat, missing: &[types::MissingInvitee]) -> Reply {
    let mut json = chat_json(chat);
    if let Value::Object(json) = &mut json {
        json.insert("missing".into(), missing_json(missing));
    }
    let lines: Vec<_> = std::iter::once(chat_line(chat)).chain(missing_lines(missing)).collect();
    Reply::new(lines.join("\n"), json)
}

/// Who could not be added.
pub(super) fn missing_lines(missing: &[types::MissingInvitee]) -> impl Iterator<Item = String> {
    missing.iter().map(|one| {
        let why = match (one.premium_required_for_pm, one.premium_would_allow_invite) {
            (true, _) | (_, true) => "without Premium only a link can be sent",
            _ => "they allow nobody to add them; send a link",
        };
        format!("{} was not added: {why}", typed(PeerId::User(one.user_id)))
    })
}

fn missing_json(missing: &[types::MissingInvitee]) -> Value {
    missing.iter().map(|one| json!(typed(PeerId::User(one.user_id)))).collect()
}

/// What came of adding.
pub(super) fn added(missing: &[types::MissingInvitee]) -> Result<Reply, Fault> {
    if missing.is_empty() {
        return Ok(Reply::done());
    }
    Err(Fault::failed(missing_lines(missing).collect::<Vec<_>>().join("; ")))
}

async fn chat_info(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    info(shell, &given, true).await
}

/// Shows a group or channel.
pub(super) async fn info(
    shell: &mut Shell,
    given: &Given,
    with_members: bool,
) -> Result<Reply, Fault> {
    use telewire::tl::api::enums::ChatFull;
    let full = shell.client.full_chat(given.peer(0)).await?;
    shell.names.learn(&full.users, &full.chats);
    let (id, about, counts) = match &full.full_chat {
        ChatFull::ChatFull(chat) => (PeerId::Chat(chat.id), chat.about.clone(), Vec::new()),
        ChatFull::ChannelFull(channel) => {
            let kicked = channel.kicked_count.as_ref().map(|group| group.kicked_count);
            let counts = [
                ("participants_count", channel.participants_count),
                ("admins_count", channel.admins_count),
                ("kicked_count", kicked),
            ];
            (PeerId::Channel(channel.id), channel.about.clone(), counts.to_vec())
        }
        _ => return Err(Fault::failed("the server told of something that is not known here")),
    };
    let chat = full.chats.iter().find(|chat| crate::commands::shell::show::chat_id(chat) == id);
    let mut lines = vec![chat.map_or_else(|| typed(id), chat_line)];
    let mut json = chat.map_or_else(|| json!({"id": typed(id)}), chat_json);
    if !about.is_empty() {
        lines.push(format!("about: {}", clean(&about)));
    }
    let mut members = Vec::new();
    if with_members {
        let mut list = shell.client.participants(given.peer(0));
        while let Some(member) = list.next().await? {
            lines.push(member_line(&member));
            members.push(member_json(&member));
        }
    }
    if let Value::Object(json) = &mut json {
        json.insert("about".into(), json!(about));
        for (name, count) in counts {
            if let Some(count) = count {
                lines.push(format!("{}: {count}", name.trim_end_matches("_count")));
                json.insert(name.into(), json!(count));
            }
        }
        if with_members {
            json.insert("members".into(), Value::Array(members));
        }
    }
    Ok(Reply::new(lines.join("\n"), json))
}

/// A member in a line.
pub(super) fn member_line(member: &Member) -> String {
    let who = match (&member.user, &member.chat) {
        (Some(user), _) => user_line(user),
        (None, Some(chat)) => chat_line(chat),
        (None, None) => typed(member.id()),
    };
    if member.is_admin() { format!("  {who} (admin)") } else { format!("  {who}") }
}

pub(super) fn member_json(member: &Member) -> Value {
    let mut json = match (&member.user, &member.chat) {
        (Some(user), _) => user_json(user),
        (None, Some(chat)) => chat_json(chat),
        (None, None) => json!({"id": typed(member.id())}),
    };
    if let Value::Object(json) = &mut json {
        json.insert("admin".into(), json!(member.is_admin()));
    }
    json
}

async fn chat_add_user(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let Some(fwd_limit) = given.number(2).and_then(|count| i32::try_from(count).ok()) else {
        return added(&shell.client.invite(given.peer(0), [given.peer(1)]).await?);
    };
    let (InputPeer::InputPeerChat(chat), InputPeer::InputPeerUser(user)) =
        (shell.client.resolve(given.peer(0)).await?, shell.client.resolve(given.peer(1)).await?)
    else {
        return Err(given
            .command
            .misused("how many messages are seen can be said of users and basic groups"));
    };
    let user_id = types::InputUser { user_id: user.user_id, access_hash: user.access_hash }.into();
    let call = messages::AddChatUser { chat_id: chat.chat_id, user_id, fwd_limit };
    added(&shell.client.invoke(&call).await?.missing_invitees)
}

async fn chat_del_user(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.kick(given.peer(0), given.peer(1)).await?;
    Ok(Reply::done())
}

pub(super) async fn rename(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.set_title(given.peer(0), given.text(1)).await?;
    Ok(Reply::done())
}

async fn chat_upgrade(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let chat = shell.client.upgrade_group(given.peer(0)).await?;
    shell.names.learn(&[], std::slice::from_ref(&chat));
    Ok(Reply::new(chat_line(&chat), chat_json(&chat)))
}

pub(super) async fn export_link(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let invite = shell.client.export_invite(given.peer(0)).await?;
    Ok(Reply::said(clean_line(&invite.link)))
}

pub(super) async fn import_link(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let written = given.text(0);
    // A hash alone was enough for telegram-cli; a name, with its `@`, joins what is public.
    let peer = match PeerRef::read(&written) {
        Ok(peer @ PeerRef::Invite(_)) => peer,
        Ok(peer) if written.contains(['@', '/', '#']) => peer,
        _ => PeerRef::Invite(written),
    };
    joined(shell, peer).await
}

/// Joins, and says what came of it.
pub(super) async fn joined(shell: &mut Shell, peer: PeerRef) -> Result<Reply, Fault> {
    Ok(match shell.client.join(peer).await? {
        Joined::In(chat) => {
            shell.names.learn(&[], std::slice::from_ref(&chat));
            Reply::new(chat_line(&chat), chat_json(&chat))
        }
        Joined::Requested => Reply::said("an admin was asked to let you in"),
        Joined::Page(_) => {
            Reply::said("a bot asks something first, in a page that another program has to show")
        }
        _ => Reply::done(),
    })
}
