//! Whom calls are about: by the cache, then by one call.

use telewire::client::{PeerError, PeerKind, PeerRef};
use telewire::rpc::RpcError;
use telewire::tl::api::functions::contacts::ResolveUsername;
use telewire::updates::PeerId;
use tokio::task::JoinSet;

use super::*;

fn user_id(peer: &enums::InputPeer) -> i64 {
    match peer {
        enums::InputPeer::InputPeerUser(user) => user.user_id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_name_is_asked_for_once_however_many_ask() {
    let scene = Scene::new().await;
    let mut asking = JoinSet::new();
    for written in ["@babbage", "Babbage", "t.me/babbage", "tg://resolve?domain=BABBAGE"] {
        for _ in 0..5 {
            let client = scene.ada.clone();
            asking.spawn(async move { client.resolve(written).await });
        }
    }
    while let Some(found) = patient(asking.join_next()).await {
        assert_eq!(user_id(&found.unwrap().unwrap()), scene.bob_id);
    }
    assert_eq!(scene.called(), ["contacts.resolveUsername"]);
    // Who is known by the name is known by the id.
    done(scene.ada.resolve(PeerId::User(scene.bob_id))).await;
    assert!(scene.called().is_empty());
}

#[tokio::test]
async fn all_ways_to_write_somebody_are_resolved() {
    let scene = Scene::new().await;
    let phone = scene.world.person(scene.bob_id).unwrap().phone().unwrap().to_owned();
    let own = done(scene.ada.resolve("me")).await;
    assert_eq!(own, enums::InputPeer::InputPeerSelf);
    assert!(scene.called().is_empty());
    assert_eq!(user_id(&done(scene.ada.resolve(format!("+{phone}"))).await), scene.bob_id);
    assert_eq!(scene.called(), ["contacts.resolvePhone"]);
    for written in [format!("user#{}", scene.bob_id), scene.bob_id.to_string()] {
        assert_eq!(user_id(&done(scene.ada.resolve(written)).await), scene.bob_id);
    }
    let own = done(scene.ada.resolve(scene.ada_id)).await;
    assert_eq!(own, enums::InputPeer::InputPeerSelf);
    let group = done(scene.ada.create_group("Group", ["@babbage"])).await.chat;
    scene.called();
    let named = done(scene.ada.resolve(-group.id())).await;
    let expected = types::InputPeerChat { chat_id: group.id() };
    assert_eq!(named, expected.into());
    let channel = done(scene.ada.create_channel("News", "")).await;
    let link = done(scene.ada.export_invite(&channel)).await.link;
    scene.called();
    let by_id = done(scene.ada.resolve(format!("t.me/c/{}/1", channel.id()))).await;
    assert!(scene.called().is_empty());
    assert_eq!(done(scene.ada.resolve(&link)).await, by_id);
    assert_eq!(scene.called(), ["messages.checkChatInvite"]);
    let error = refused(scene.bob.resolve(&link)).await;
    assert_eq!(error, Error::Peer(PeerError::NotJoined { title: "News".into() }));
}

#[tokio::test]
async fn an_id_that_was_not_met_is_looked_for_in_the_list_of_chats() {
    let scene = Scene::new().await;
    done(scene.bob.send_message("@lovelace", "hello")).await;
    scene.called();
    assert_eq!(user_id(&done(scene.ada.resolve(scene.bob_id)).await), scene.bob_id);
    assert_eq!(scene.called(), ["messages.getDialogs"]);
    for _ in 0..3 {
        let error = refused(scene.ada.resolve(PeerId::User(99))).await;
        assert_eq!(error, Error::Peer(PeerError::Unknown { id: PeerId::User(99) }));
    }
    // It was asked for a moment ago.
    assert!(scene.called().is_empty());
}

#[tokio::test]
async fn who_is_not_there_is_an_error_of_its_own_and_so_is_what_is_something_else() {
    let scene = Scene::new().await;
    for (written, nobody) in [("@nobody_here", "@nobody_here"), ("+99900", "+99900")] {
        let error = refused(scene.ada.resolve(written)).await;
        assert_eq!(error, Error::Peer(PeerError::Nobody { written: nobody.into() }));
    }
    let error = refused(scene.ada.resolve("t.me/addstickers/Cats")).await;
    assert_eq!(error, Error::Peer(PeerError::NotAPeer { link: "t.me/addstickers/Cats".into() }));
    let channel = done(scene.ada.create_channel("News", "")).await;
    scene.called();
    let error = refused(scene.ada.full_user(&channel)).await;
    let (expected, found) = (PeerKind::User, PeerKind::Channel);
    assert_eq!(error, Error::Peer(PeerError::Wrong { expected, found }));
    let error = refused(scene.ada.full_chat("me")).await;
    let (expected, found) = (PeerKind::Group, PeerKind::User);
    assert_eq!(error, Error::Peer(PeerError::Wrong { expected, found }));
    let error = refused(scene.ada.set_slow_mode(PeerRef::Id(PeerId::Chat(5)), 10)).await;
    let (expected, found) = (PeerKind::Channel, PeerKind::Chat);
    assert_eq!(error, Error::Peer(PeerError::Wrong { expected, found }));
    assert!(scene.called().is_empty());
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_told_and_what_is_known_needs_none() {
    let scene = Scene::new().await;
    scene.world.refuse_next::<ResolveUsername>(RpcError::parse(420, "FLOOD_WAIT_3000"));
    let error = refused(scene.ada.send_message("@babbage", "hello")).await;
    assert!(error.is("FLOOD_WAIT_X") && matches!(error, Error::NotPrepared(_)), "{error:?}");
    scene.called();
    // Other names wait too, and are not asked for meanwhile.
    let error = refused(scene.ada.resolve("@somebody")).await;
    assert!(error.is("FLOOD_WAIT_X"), "{error:?}");
    assert!(scene.called().is_empty());
    done(scene.bob.send_message("@lovelace", "hello")).await;
    done(scene.ada.dialogs().collect()).await;
    // She has heard of him meanwhile.
    done(scene.ada.send_message("@babbage", "hello")).await;
    assert_eq!(scene.called(), ["messages.getDialogs", "messages.sendMessage"]);
}

#[tokio::test]
async fn who_is_known_is_forgotten_with_the_login() {
    let scene = Scene::new().await;
    done(scene.ada.resolve("@babbage")).await;
    patient(scene.ada.log_out()).await.unwrap();
    let eve = scene.world.user("Eve");
    let phone = eve.phone().unwrap();
    let login = patient(scene.ada.send_code(phone)).await.unwrap();
    patient(login.submit(&scene.world.code(phone).unwrap())).await.unwrap();
    drop(scene.world.take_calls());
    done(scene.ada.send_message("@babbage", "from eve")).await;
    let called: Vec<_> = scene.world.take_calls().iter().map(|call| call.method).collect();
    assert_eq!(called, ["contacts.resolveUsername", "messages.sendMessage"]);
}
