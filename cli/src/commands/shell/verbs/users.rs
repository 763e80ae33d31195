//! Users: who they are, and the address book.

use serde_json::{Value, json};
use telewire::tl::api::enums::{User, contacts::TopPeers};
use telewire::tl::api::functions::contacts;
use telewire::updates::PeerId;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::show::{
    chat_json, chat_line, clean, clean_line, typed, user_json, user_line,
};
use crate::commands::shell::table::{Arg, Kind, commands, maybe, one};

const USER: Arg = one("user", Kind::User);
const FIRST: Arg = one("first", Kind::Word);
const LAST: Arg = maybe("last", Kind::Word);

commands! {
    "contact_list" | "contacts" () "lists the address book" => contact_list;
    "suggested_contacts" () "lists those whom one writes most" => suggested_contacts;
    "user_info" | "info" (USER) "shows a user" => user_info;
    "get_self" | "me" () "shows oneself" => get_self;
    "resolve_username" | "contact_search" (one("name", Kind::Word)) "finds who has a username" => resolve_username;
    "find" (one("query", Kind::Text)) "looks for users, groups and channels by their names" => find;
    "add_contact" (one("phone", Kind::Word), FIRST, LAST) "adds somebody by their phone number" => add_contact;
    "rename_contact" (USER, FIRST, LAST) "changes what a contact is called; adds a user who is none" => rename_contact;
    "del_contact" (USER) "takes a user out of the address book" => del_contact;
    "block_user" | "block" (one("peer", Kind::Peer)) "hears nothing more from somebody" => block_user;
    "unblock_user" | "unblock" (one("peer", Kind::Peer)) "takes that back" => unblock_user;
    "export_card" () "makes a link by which one is found" => export_card;
    "import_card" (one("link", Kind::Word)) "finds somebody by such a link" => import_card;
    "start_bot" (one("bot", Kind::User), maybe("chat", Kind::Chat), maybe("data", Kind::Word)) "starts a bot, in private or in a group" => start_bot;
}

/// Users as lines and as an array.
fn users(users: &[User]) -> Reply {
    let lines: Vec<_> = users.iter().map(user_line).collect();
    let json: Value = users.iter().map(user_json).collect();
    Reply::new(lines.join("\n"), json)
}

async fn contact_list(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    let all = shell.client.contacts().await?;
    shell.names.learn(&all, &[]);
    Ok(users(&all))
}

async fn suggested_contacts(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    let call =
        contacts::GetTopPeers { correspondents: true, ..contacts::GetTopPeers::new(0, 100, 0) };
    let all = match shell.client.invoke(&call).await? {
        TopPeers::TopPeers(all) => all.users,
        TopPeers::TopPeersNotModified => Vec::new(),
        _ => {
            return Err(Fault::failed(
                "the account does not have those counted whom it writes most",
            ));
        }
    };
    shell.names.learn(&all, &[]);
    Ok(users(&all))
}

async fn user_info(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let full = shell.client.full_user(given.peer(0)).await?;
    shell.names.learn(&full.users, &full.chats);
    let id = full.full_user.id;
    let user = full.users.iter().find(|user| user.id() == id);
    let mut lines = vec![user.map_or_else(|| typed(PeerId::User(id)), user_line)];
    let mut json = user.map_or_else(|| json!({"id": typed(PeerId::User(id))}), user_json);
    if let Some(about) = &full.full_user.about {
        lines.push(format!("about: {}", clean(about)));
    }
    if full.full_user.blocked {
        lines.push("blocked".to_owned());
    }
    let commands = full.full_user.bot_info.as_ref().and_then(|bot| bot.commands.as_ref());
    for command in commands.into_iter().flatten() {
        let line = format!("  /{}: {}", command.command, command.description);
        lines.push(clean_line(&line));
    }
    if let Value::Object(json) = &mut json {
        json.insert("about".into(), json!(full.full_user.about));
        json.insert("blocked".into(), json!(full.full_user.blocked));
    }
    Ok(Reply::new(lines.join("\n"), json))
}

async fn get_self(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    let me = shell.client.me().await?;
    shell.names.learn(std::slice::from_ref(&me), &[]);
    Ok(Reply::new(user_line(&me), user_json(&me)))
}

async fn resolve_username(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let name = given.text(0);
    let username = name.strip_prefix('@').unwrap_or(&name).to_owned();
    let found = shell.client.invoke(&contacts::ResolveUsername { username, referer: None }).await?;
    shell.names.learn(&found.users, &found.chats);
    let (user, chat) = (found.users.first(), found.chats.first());
    Ok(match (&found.peer, user, chat) {
        (telewire::tl::api::enums::Peer::PeerUser(_), Some(user), _) => {
            Reply::new(user_line(user), user_json(user))
        }
        (_, _, Some(chat)) => Reply::new(chat_line(chat), chat_json(chat)),
        _ => return Err(Fault::failed(format!("nobody is found as {}", clean_line(&name)))),
    })
}

async fn find(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let found = shell.client.search_contacts(given.text(0), 50).await?;
    shell.names.learn(&found.users, &found.chats);
    let lines = found.users.iter().map(user_line).chain(found.chats.iter().map(chat_line));
    let json = found.users.iter().map(user_json).chain(found.chats.iter().map(chat_json));
    Ok(Reply::new(lines.collect::<Vec<_>>().join("\n"), json.collect()))
}

async fn add_contact(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let phone = given.text(0);
    let added = shell.client.import_contact(&phone, given.text(1), given.text(2)).await?;
    let Some(user) = added else {
        let why = "nobody with this number is on Telegram, or they are not to be found by it";
        return Err(Fault::failed(format!("{}: {why}", clean_line(&phone))));
    };
    shell.names.learn(std::slice::from_ref(&user), &[]);
    Ok(Reply::new(user_line(&user), user_json(&user)))
}

async fn rename_contact(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.add_contact(given.peer(0), given.text(1), given.text(2)).await?;
    Ok(Reply::done())
}

async fn del_contact(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.delete_contacts([given.peer(0)]).await?;
    Ok(Reply::done())
}

async fn block_user(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.block(given.peer(0)).await?;
    Ok(Reply::done())
}

async fn unblock_user(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    shell.client.unblock(given.peer(0)).await?;
    Ok(Reply::done())
}

async fn export_card(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    let token = shell.client.invoke(&contacts::ExportContactToken).await?;
    let json = json!({"url": token.url, "expires": token.expires});
    Ok(Reply::new(clean_line(&token.url), json))
}

async fn import_card(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let link = given.text(0);
    if link.contains(':') && !link.contains('/') {
        let why = "cards of hexadecimal numbers are gone from Telegram's API: ask for a link, as t.me/contact/…";
        return Err(Fault::failed(why));
    }
    let token = link.rsplit(['/', '=']).next().unwrap_or_default().to_owned();
    let user = shell.client.invoke(&contacts::ImportContactToken { token }).await?;
    shell.names.learn(std::slice::from_ref(&user), &[]);
    Ok(Reply::new(user_line(&user), user_json(&user)))
}

async fn start_bot(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    match given.word(1) {
        Some(_) => shell.client.start_bot_in(given.peer(1), given.peer(0), given.text(2)).await?,
        None => shell.client.start_bot(given.peer(0), given.text(2)).await?,
    }
    Ok(Reply::done())
}
