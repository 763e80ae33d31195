//! Channels and supergroups.

use serde_json::Value;
use telewire::client::PeerRef;
use telewire::client::verbs::no_admin_rights;
use telewire::tl::api::types;

use super::groups::{
    added, export_link, import_link, info, joined, made, member_json, member_line, rename,
};
use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::table::{Arg, Kind, LIMIT, OFFSET, any, commands, one};

const CHANNEL: Arg = one("channel", Kind::Channel);
const USER: Arg = one("user", Kind::User);

commands! {
    "create_channel" (one("name", Kind::Word), one("about", Kind::Word), any("users", Kind::User)) "makes a channel" => create_channel;
    "create_supergroup" (one("name", Kind::Word), one("about", Kind::Word), any("users", Kind::User)) "makes a supergroup" => create_supergroup;
    "channel_info" (CHANNEL) "shows a channel" => channel_info;
    "channel_join" (CHANNEL) "joins a channel" => channel_join;
    "channel_leave" | "leave" (CHANNEL) "leaves a channel, or a group" => channel_leave;
    "channel_get_members" | "members" (CHANNEL, LIMIT, OFFSET) "lists who is in a channel" => members;
    "channel_get_admins" | "admins" (CHANNEL, LIMIT, OFFSET) "lists its admins" => admins;
    "channel_invite" (CHANNEL, USER) "adds a user" => channel_invite;
    "channel_kick" (CHANNEL, USER) "removes a user, who cannot come back" => channel_kick;
    "channel_set_admin" (CHANNEL, USER, one("rights", Kind::Number(0, 2))) "0: no admin, 1: a moderator, 2: an editor" => set_admin;
    "channel_set_about" (CHANNEL, one("about", Kind::Text)) "changes what a channel says of itself" => set_about;
    "channel_set_username" (CHANNEL, one("name", Kind::Word)) "changes its username; '' takes it away" => set_username;
    "rename_channel" (CHANNEL, one("name", Kind::Text)) "changes its name" => rename;
    "export_channel_link" (CHANNEL) "makes a link by which one joins" => export_link;
    "import_channel_link" (one("link", Kind::Word)) "joins by a link, or by its hash" => import_link;
}

async fn create_channel(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let chat = shell.client.create_channel(given.text(0), given.text(1)).await?;
    filled(shell, &given, &chat).await
}

async fn create_supergroup(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let chat = shell.client.create_supergroup(given.text(0), given.text(1), false).await?;
    filled(shell, &given, &chat).await
}

/// Adds those who are to be in it from the start.
async fn filled(
    shell: &mut Shell,
    given: &Given,
    chat: &telewire::tl::api::enums::Chat,
) -> Result<Reply, Fault> {
    shell.names.learn(&[], std::slice::from_ref(chat));
    let users = given.peers(2);
    let missing = match users.is_empty() {
        true => Vec::new(),
        false => shell.client.invite(chat, users).await?,
    };
    Ok(made(chat, &missing))
}

async fn channel_info(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    info(shell, &given, false).await
}

async fn channel_join(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    joined(shell, given.peer(0)).await
}

async fn channel_leave(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.leave(given.peer(0)).await?;
    Ok(Reply::done())
}

async fn members(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    listed(shell, &given, false).await
}

async fn admins(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    listed(shell, &given, true).await
}

/// As telegram-cli has it.
const MEMBERS: usize = 100;

async fn listed(shell: &mut Shell, given: &Given, only_admins: bool) -> Result<Reply, Fault> {
    let (limit, offset) = (given.count(1, MEMBERS), given.count(2, 0));
    let mut list = shell.client.participants(given.peer(0));
    if only_admins {
        list = list.admins();
    }
    let all = list.limit(limit.saturating_add(offset)).collect().await?;
    let wanted = all.get(offset..).unwrap_or_default();
    let lines: Vec<_> = wanted.iter().map(|member| member_line(member).trim().to_owned()).collect();
    let json: Value = wanted.iter().map(member_json).collect();
    Ok(Reply::new(lines.join("\n"), json))
}

async fn channel_invite(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let missing = shell.client.invite(given.peer(0), [given.peer(1)]).await?;
    added(&missing)
}

async fn channel_kick(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.ban(given.peer(0), given.peer(1)).await?;
    Ok(Reply::done())
}

async fn set_admin(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let none = no_admin_rights();
    let rights: types::ChatAdminRights = match given.number(2) {
        // What `channelRoleModerator` and `channelRoleEditor` could do.
        Some(1) => types::ChatAdminRights {
            delete_messages: true,
            ban_users: true,
            invite_users: true,
            pin_messages: true,
            ..none
        },
        Some(2) => types::ChatAdminRights {
            change_info: true,
            post_messages: true,
            edit_messages: true,
            delete_messages: true,
            ban_users: true,
            invite_users: true,
            pin_messages: true,
            ..none
        },
        _ => none,
    };
    shell.client.set_admin(given.peer(0), given.peer(1), rights, "").await?;
    Ok(Reply::done())
}

async fn set_about(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.set_about(given.peer(0), given.text(1)).await?;
    Ok(Reply::done())
}

async fn set_username(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let name = given.text(1);
    let name = name.strip_prefix('@').unwrap_or(&name);
    shell.client.set_channel_username(PeerRef::from(given.text(0)), name).await?;
    Ok(Reply::done())
}
