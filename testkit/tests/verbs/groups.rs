//! Groups and channels: made, joined, ruled, left.

use telewire::client::verbs::{Joined, all_admin_rights, no_admin_rights, no_bans};
use telewire::client::{PeerError, PeerKind};
use telewire::updates::PeerId;

use super::*;

/// A group or channel as somebody sees it in the list of chats.
async fn seen(client: &Client, title: &str) -> Option<enums::Chat> {
    let all = done(client.dialogs().collect()).await;
    all.into_iter().find(|dialog| dialog.name() == title).and_then(|dialog| dialog.chat)
}

#[tokio::test]
async fn a_basic_group_is_made_and_who_is_in_it_writes_there() {
    let scene = Scene::new().await;
    done(scene.ada.resolve("@babbage")).await;
    scene.called();
    let made = done(scene.ada.create_group("Engines", ["@babbage"])).await;
    assert_eq!(scene.called(), ["messages.createChat"]);
    assert!(made.missing.is_empty());
    let group = made.chat;
    done(scene.ada.send_message(&group, "hello")).await;
    let his = seen(&scene.bob, "Engines").await.unwrap();
    done(scene.bob.send_message(&his, "hi")).await;
    let all = done(scene.ada.history(&group).limit(2).collect()).await;
    let all: Vec<_> = all.into_iter().map(|message| said(message).message).collect();
    assert_eq!(all, ["hi", "hello"]);
    scene.called();
    done(scene.ada.set_title(&group, "Difference")).await;
    done(scene.ada.set_about(&group, "of engines")).await;
    assert_eq!(scene.called(), ["messages.editChatTitle", "messages.editChatAbout"]);
    assert!(seen(&scene.bob, "Difference").await.is_some());
    let full = done(scene.bob.full_chat(&his)).await.full_chat;
    let enums::ChatFull::ChatFull(full) = full else { panic!("{full:?}") };
    assert_eq!(full.about, "of engines");
    let nobody: [&str; 0] = [];
    let error = refused(scene.ada.create_group("Nobody", nobody)).await;
    assert!(error.is("USERS_TOO_FEW"), "{error}");
}

#[tokio::test]
async fn members_of_a_basic_group_come_and_go() {
    let scene = Scene::new().await;
    let eve = scene.also("Eve", "eavesdropper").await;
    let group = done(scene.ada.create_group("Engines", ["@babbage"])).await.chat;
    done(scene.ada.resolve("@eavesdropper")).await;
    scene.called();
    assert!(done(scene.ada.invite(&group, ["@eavesdropper"])).await.is_empty());
    assert_eq!(scene.called(), ["messages.addChatUser"]);
    assert!(seen(&eve, "Engines").await.is_some());
    done(scene.ada.kick(&group, "@eavesdropper")).await;
    assert_eq!(scene.called(), ["messages.deleteChatUser"]);
    assert_eq!(done(scene.ada.participants(&group).collect()).await.len(), 2);
    done(scene.ada.set_admin(&group, "@babbage", all_admin_rights(), "")).await;
    let admins = done(scene.ada.participants(&group).admins().collect()).await;
    assert_eq!(admins.len(), 2);
    done(scene.ada.set_admin(&group, "@babbage", no_admin_rights(), "")).await;
    assert_eq!(done(scene.ada.participants(&group).admins().collect()).await.len(), 1);
    let his = seen(&scene.bob, "Engines").await.unwrap();
    done(scene.bob.leave(&his)).await;
    assert_eq!(done(scene.ada.participants(&group).collect()).await.len(), 1);
    // Basic groups know no bans.
    scene.called();
    let error = refused(scene.ada.ban(&group, "@babbage")).await;
    let (expected, found) = (PeerKind::Channel, PeerKind::Chat);
    assert_eq!(error, Error::Peer(PeerError::Wrong { expected, found }));
    assert!(scene.called().is_empty());
}

#[tokio::test]
async fn a_group_that_is_upgraded_is_another() {
    let scene = Scene::new().await;
    let group = done(scene.ada.create_group("Engines", ["@babbage"])).await.chat;
    scene.called();
    let supergroup = done(scene.ada.upgrade_group(&group)).await;
    assert_eq!(scene.called(), ["messages.migrateChat"]);
    assert!(matches!(supergroup, enums::Chat::Channel(_)), "{supergroup:?}");
    done(scene.ada.send_message(&supergroup, "here")).await;
    assert!(matches!(seen(&scene.bob, "Engines").await, Some(enums::Chat::Channel(_))));
    let error = refused(scene.ada.upgrade_group(&supergroup)).await;
    let (expected, found) = (PeerKind::Chat, PeerKind::Channel);
    assert_eq!(error, Error::Peer(PeerError::Wrong { expected, found }));
}

#[tokio::test]
async fn a_channel_has_a_name_by_which_one_joins_and_leaves() {
    let scene = Scene::new().await;
    let channel = done(scene.ada.create_channel("News", "what is new")).await;
    assert_eq!(scene.called(), ["channels.createChannel"]);
    done(scene.ada.set_channel_username(&channel, "ada_news")).await;
    assert_eq!(scene.called(), ["channels.updateUsername"]);
    done(scene.ada.send_message("@ada_news", "first")).await;
    let joined = done(scene.bob.join("t.me/ada_news")).await;
    let Joined::In(chat) = joined else { panic!("{joined:?}") };
    assert_eq!(chat.id(), channel.id());
    assert!(texts(&scene.bob, "@ada_news").await.contains(&"first".to_owned()));
    assert!(seen(&scene.bob, "News").await.is_some());
    done(scene.bob.leave("@ada_news")).await;
    assert!(seen(&scene.bob, "News").await.is_none());
    let error = refused(scene.bob.set_title("@ada_news", "Mine")).await;
    assert!(error.is("CHAT_ADMIN_REQUIRED") || error.is("CHANNEL_PRIVATE"), "{error}");
    done(scene.ada.delete_chat(&channel)).await;
    let error = refused(scene.ada.send_message(&channel, "last")).await;
    assert!(error.rpc().is_some(), "{error}");
}

#[tokio::test]
async fn by_a_link_one_joins_or_asks_to() {
    let scene = Scene::new().await;
    let group = done(scene.ada.create_supergroup("Engines", "", false)).await;
    scene.called();
    let invite = done(scene.ada.export_invite(&group).uses(1)).await;
    assert_eq!(scene.called(), ["messages.exportChatInvite"]);
    let enums::ChatInvite::ChatInvite(shown) = done(scene.bob.check_invite(&invite.link)).await
    else {
        panic!()
    };
    assert_eq!(shown.title, "Engines");
    let joined = done(scene.bob.join(&invite.link)).await;
    assert!(matches!(joined, Joined::In(chat) if chat.id() == group.id()));
    let eve = scene.also("Eve", "eavesdropper").await;
    let error = refused(eve.join(&invite.link)).await;
    assert!(error.is("INVITE_HASH_EXPIRED") || error.is("USERS_TOO_MUCH"), "{error}");
    let asked = done(scene.ada.export_invite(&group).with_approval().titled("ask")).await;
    assert_eq!(done(eve.join(&asked.link)).await, Joined::Requested);
    let requests = done(scene.ada.importers(&group, true)).await;
    assert_eq!(requests.importers.len(), 1);
    done(scene.ada.answer_join_request(&group, "@eavesdropper", true)).await;
    assert!(seen(&eve, "Engines").await.is_some());
    done(scene.ada.revoke_invite(&group, &asked.link)).await;
    let max = scene.also("Max", "maximilian").await;
    let error = refused(max.join(&asked.link)).await;
    assert!(error.is("INVITE_HASH_EXPIRED"), "{error}");
    let error = refused(max.check_invite("no link")).await;
    assert_eq!(error, Error::Peer(PeerError::Unreadable { written: "no link".into() }));
}

#[tokio::test]
async fn who_is_banned_is_out_and_who_is_restricted_may_not_write() {
    let scene = Scene::new().await;
    let group = done(scene.ada.create_supergroup("Engines", "", false)).await;
    done(scene.ada.invite(&group, ["@babbage"])).await;
    let his = seen(&scene.bob, "Engines").await.unwrap();
    scene.called();
    let mute = types::ChatBannedRights { send_messages: true, send_plain: true, ..no_bans() };
    done(scene.ada.restrict(&group, "@babbage", mute)).await;
    assert_eq!(scene.called(), ["channels.editBanned"]);
    let error = refused(scene.bob.send_message(&his, "may I?")).await;
    assert!(error.rpc().is_some(), "{error}");
    assert_eq!(done(scene.ada.participants(&group).restricted().collect()).await.len(), 1);
    done(scene.ada.unban(&group, "@babbage")).await;
    done(scene.bob.send_message(&his, "I may")).await;
    scene.called();
    done(scene.ada.kick(&group, "@babbage")).await;
    assert_eq!(scene.called(), ["channels.editBanned", "channels.editBanned"]);
    assert!(seen(&scene.bob, "Engines").await.is_none());
    done(scene.ada.invite(&group, ["@babbage"])).await;
    done(scene.ada.ban(&group, "@babbage")).await;
    let kicked = done(scene.ada.participants(&group).kicked().collect()).await;
    assert_eq!(kicked[0].id(), PeerId::User(scene.bob_id));
    let member = done(scene.ada.member(&group, "@babbage")).await.participant;
    assert!(matches!(member, enums::ChannelParticipant::ChannelParticipantBanned(_)));
    done(scene.ada.delete_all_of(&group, "@babbage")).await;
    let all = done(scene.ada.search(&group, "may").collect()).await;
    assert!(all.is_empty(), "{all:?}");
}

#[tokio::test]
async fn admins_have_rights_and_all_have_those_that_are_said() {
    let scene = Scene::new().await;
    let group = done(scene.ada.create_supergroup("Engines", "", false)).await;
    done(scene.ada.invite(&group, ["@babbage"])).await;
    let his = seen(&scene.bob, "Engines").await.unwrap();
    let fixed = types::ChatBannedRights { change_info: true, ..no_bans() };
    done(scene.ada.set_default_rights(&group, fixed)).await;
    let error = refused(scene.bob.set_title(&his, "Mine")).await;
    assert!(error.is("CHAT_ADMIN_REQUIRED"), "{error}");
    scene.called();
    let rights = types::ChatAdminRights { change_info: true, ..no_admin_rights() };
    done(scene.ada.set_admin(&group, "@babbage", rights, "scribe")).await;
    assert_eq!(scene.called(), ["channels.editAdmin"]);
    done(scene.bob.set_title(&his, "His")).await;
    assert!(seen(&scene.ada, "His").await.is_some());
    done(scene.ada.set_admin(&group, "@babbage", no_admin_rights(), "")).await;
    let error = refused(scene.bob.set_title(&his, "Mine")).await;
    assert!(error.rpc().is_some(), "{error}");
    let quiet = types::ChatBannedRights { send_messages: true, send_plain: true, ..no_bans() };
    done(scene.ada.set_default_rights(&group, quiet)).await;
    let error = refused(scene.bob.send_message(&his, "hello?")).await;
    assert!(error.rpc().is_some(), "{error}");
    done(scene.ada.set_default_rights(&group, no_bans())).await;
    done(scene.ada.set_slow_mode(&group, 60)).await;
    done(scene.bob.send_message(&his, "one")).await;
    let error = refused(scene.bob.send_message(&his, "two")).await;
    assert!(error.is("SLOWMODE_WAIT_X"), "{error}");
    let error = refused(scene.ada.set_slow_mode(&group, 7)).await;
    assert!(error.is("SECONDS_INVALID"), "{error}");
}

#[tokio::test]
async fn a_message_of_a_channel_has_a_link() {
    let scene = Scene::new().await;
    let channel = done(scene.ada.create_channel("News", "")).await;
    done(scene.ada.set_channel_username(&channel, "ada_news")).await;
    let post = done(scene.ada.send_message(&channel, "post")).await;
    let link = done(scene.ada.message_link(&channel, post.id)).await;
    assert!(link.ends_with(&format!("ada_news/{}", post.id)), "{link}");
    // The link names the channel.
    done(scene.bob.resolve(&link)).await;
    let error = refused(scene.ada.message_link("@babbage", 1)).await;
    let (expected, found) = (PeerKind::Channel, PeerKind::User);
    assert_eq!(error, Error::Peer(PeerError::Wrong { expected, found }));
}
