//! Lists: page by page, to the end, and from where another one ended.

use std::time::Duration;

use telewire::client::PeerError;
use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::GetHistory;
use telewire::updates::PeerId;

use super::*;

/// What a list of messages says.
fn numbers(messages: Vec<enums::Message>) -> Vec<String> {
    messages.into_iter().map(|message| said(message).message).collect()
}

async fn write(client: &Client, peer: &str, count: usize) {
    for number in 0..count {
        done(client.send_message(peer, number.to_string())).await;
    }
}

#[tokio::test]
async fn a_history_comes_a_hundred_at_a_time_and_goes_on_where_another_ended() {
    let scene = Scene::new().await;
    write(&scene.ada, "@babbage", 205).await;
    let expected: Vec<_> = (0..205).rev().map(|number: usize| number.to_string()).collect();
    scene.called();
    let all = done(scene.ada.history("@babbage").collect()).await;
    assert_eq!(numbers(all), expected);
    assert_eq!(scene.called(), ["messages.getHistory"; 3]);
    // A part of it asks for that part.
    let mut some = scene.ada.history("@babbage").limit(7);
    let mut first = Vec::new();
    while let Some(message) = done(some.next()).await {
        first.push(message);
    }
    assert_eq!(numbers(first), expected[..7]);
    assert_eq!(scene.called(), ["messages.getHistory"]);
    assert_eq!(some.total(), Some(205));
    let offset = *some.offset();
    let rest = done(scene.ada.history("@babbage").from(offset).collect()).await;
    assert_eq!(numbers(rest), expected[7..]);
    let newer = done(scene.ada.history("@babbage").newer_than(offset).collect()).await;
    assert_eq!(numbers(newer), expected[..6]);
    assert_eq!(numbers(done(scene.ada.history("@babbage").limit(0).collect()).await).len(), 0);
}

#[tokio::test]
async fn a_list_goes_on_after_an_error() {
    let scene = Scene::new().await;
    write(&scene.ada, "me", 120).await;
    let mut list = scene.ada.history("me");
    for _ in 0..100 {
        done(list.next()).await.unwrap();
    }
    scene.world.refuse_next::<GetHistory>(RpcError::parse(420, "FLOOD_WAIT_300"));
    let error = refused(list.next()).await;
    assert!(error.is("FLOOD_WAIT_X"), "{error}");
    // The wait is over for whoever waits for themselves alone.
    let own = telewire::client::InvokeOptions { shares_waits: false, ..Default::default() };
    let rest = done(scene.ada.with_options(own).history("me").from(*list.offset()).collect());
    assert_eq!(numbers(rest.await).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_short_is_waited_within_a_list() {
    let scene = Scene::new().await;
    write(&scene.ada, "me", 3).await;
    scene.world.refuse_next::<GetHistory>(RpcError::parse(420, "FLOOD_WAIT_5"));
    assert_eq!(done(scene.ada.history("me").collect()).await.len(), 3);
}

#[tokio::test]
async fn a_history_that_cannot_be_seen_is_an_error() {
    let scene = Scene::new().await;
    let error = refused(scene.ada.history("@nobody_there").next()).await;
    assert_eq!(error, Error::Peer(PeerError::Nobody { written: "@nobody_there".into() }));
}

#[tokio::test]
async fn chats_are_listed_by_their_latest_message_with_the_pinned_ones_first() {
    let scene = Scene::new().await;
    let mut names = Vec::new();
    for number in 0..130 {
        let name = format!("User{number:03}");
        let user = scene.world.user(&name);
        scene
            .world
            .say(scene.ada_id, user.id(), "hi", Duration::from_secs(1_700_000_000 + number))
            .unwrap();
        names.push(name);
    }
    names.reverse();
    let all = done(scene.ada.dialogs().collect()).await;
    let listed: Vec<_> = all.iter().map(telewire::client::verbs::DialogItem::name).collect();
    assert_eq!(listed, names);
    assert_eq!(scene.called(), ["messages.getDialogs"; 2]);
    // An old one is pinned: it comes first, and once.
    done(scene.ada.pin_dialog(&all[120], true)).await;
    assert_eq!(scene.called(), ["messages.toggleDialogPin"]);
    let again = done(scene.ada.dialogs().collect()).await;
    assert_eq!(again.len(), 130);
    assert_eq!((again[0].name(), again[0].dialog.pinned), (names[120].clone(), true));
    assert_eq!(again[1].name(), names[0]);
    let mut some = scene.ada.dialogs().limit(50);
    while done(some.next()).await.is_some() {}
    let rest = done(scene.ada.dialogs().from(some.offset().clone()).collect()).await;
    assert_eq!((rest.len(), rest[0].name()), (80, names[49].clone()));
    // Messages are of their chats.
    let message = said(rest[0].message.clone().unwrap());
    assert_eq!(message.message, "hi");
}

#[tokio::test]
async fn messages_are_found_in_a_chat_and_everywhere() {
    let scene = Scene::new().await;
    done(scene.ada.send_message("@babbage", "an engine")).await;
    done(scene.ada.send_message("@babbage", "nothing")).await;
    done(scene.bob.send_message("@lovelace", "the Engine")).await;
    done(scene.ada.send_message("me", "engines")).await;
    scene.called();
    let found = done(scene.ada.search("@babbage", "engine").collect()).await;
    assert_eq!(numbers(found), ["the Engine", "an engine"]);
    assert_eq!(scene.called(), ["messages.search"]);
    let found = done(scene.ada.search("@babbage", "engine").sent_by("me").collect()).await;
    assert_eq!(numbers(found), ["an engine"]);
    let found = done(scene.ada.search("@babbage", "engine").limit(1).collect()).await;
    assert_eq!(numbers(found), ["the Engine"]);
    scene.called();
    let found = done(scene.ada.search_everywhere("engine").collect()).await;
    assert_eq!(numbers(found), ["engines", "the Engine", "an engine"]);
    assert_eq!(scene.called(), ["messages.searchGlobal"]);
    let error = refused(scene.ada.search_everywhere("").next()).await;
    assert!(error.is("SEARCH_QUERY_EMPTY"), "{error}");
    let point = types::InputGeoPoint::new(59.3, 18.1);
    let place = types::InputMediaGeoPoint { geo_point: point.into() };
    done(scene.ada.send_message("@babbage", "").media(place)).await;
    let filter = enums::MessagesFilter::InputMessagesFilterGeo;
    let found = done(scene.ada.search("@babbage", "").filter(filter).collect()).await;
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn all_who_are_in_a_supergroup_are_listed_page_by_page() {
    let scene = Scene::new().await;
    let group = done(scene.ada.create_supergroup("Group", "", false)).await;
    let mut users = Vec::new();
    for number in 0..205 {
        let name = format!("member{number}");
        let user = scene.world.user(&name);
        scene.world.set_username(user.id(), &name).unwrap();
        // Whoever has written is known.
        scene.world.say(user.id(), scene.ada_id, "hi", Duration::from_secs(1_700_000_000)).unwrap();
        users.push(user.id());
    }
    done(scene.ada.dialogs().collect()).await;
    for some in users.chunks(100) {
        done(scene.ada.invite(&group, some.iter().map(|id| PeerId::User(*id)))).await;
    }
    scene.called();
    let list = scene.ada.participants(&group);
    let mut ids: Vec<_> = done(list.collect()).await.iter().map(|member| member.id()).collect();
    assert_eq!(scene.called(), ["channels.getParticipants"; 2]);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 206);
    let admins = done(scene.ada.participants(&group).admins().collect()).await;
    assert_eq!(admins.len(), 1);
    assert!(admins[0].is_admin() && admins[0].id() == PeerId::User(scene.ada_id));
    let named = done(scene.ada.participants(&group).named("member17").collect()).await;
    // 17, and 170 to 179.
    assert_eq!(named.len(), 11);
    let error = refused(scene.bob.participants("@nobody_there").next()).await;
    assert!(matches!(error, Error::Peer(PeerError::Nobody { .. })), "{error}");
}

#[tokio::test]
async fn all_who_are_in_a_basic_group_come_at_once() {
    let scene = Scene::new().await;
    let group = done(scene.ada.create_group("Group", ["@babbage"])).await.chat;
    scene.called();
    let all = done(scene.ada.participants(&group).collect()).await;
    assert_eq!(scene.called(), ["messages.getFullChat"]);
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|member| member.user.is_some()));
    let admins = done(scene.ada.participants(&group).admins().collect()).await;
    assert_eq!(admins.iter().map(|one| one.id()).collect::<Vec<_>>(), [PeerId::User(scene.ada_id)]);
    let mut list = scene.ada.participants(&group);
    done(list.next()).await.unwrap();
    let rest = done(scene.ada.participants(&group).from(*list.offset()).collect()).await;
    assert_eq!(rest.len(), 1);
    let error = refused(scene.ada.participants(&group).kicked().next()).await;
    assert!(matches!(error, Error::Peer(PeerError::Wrong { .. })), "{error}");
}

#[tokio::test]
async fn what_admins_did_is_listed() {
    let scene = Scene::new().await;
    let group = done(scene.ada.create_supergroup("Group", "", false)).await;
    for number in 0..3 {
        done(scene.ada.set_title(&group, format!("Group {number}"))).await;
    }
    scene.called();
    let all = done(scene.ada.admin_log(&group).collect()).await;
    assert_eq!(scene.called(), ["channels.getAdminLog"]);
    assert_eq!(all.len(), 3);
    let mut first = scene.ada.admin_log(&group).limit(1);
    assert_eq!(done(first.next()).await.as_ref(), all.first());
    let rest = done(scene.ada.admin_log(&group).from(*first.offset()).collect()).await;
    assert_eq!(rest, all[1..]);
    let done_by = done(scene.ada.admin_log(&group).done_by(["me"]).collect()).await;
    assert_eq!(done_by.len(), 3);
}

/// A message that the server has made up.
fn made_up(id: i32) -> enums::Message {
    let peer = types::PeerUser { user_id: 1 };
    types::Message::new(id, peer.into(), 1_700_000_000, format!("{id}")).into()
}

#[tokio::test]
async fn a_server_that_says_the_same_again_is_not_asked_for_ever() {
    // A hundred messages, whatever is asked for: the same, or ever newer ones.
    for step in [0, 100] {
        let answer = move |world: &World, dc, dispatcher: &mut telewire::server::Dispatcher| {
            let mut first = 1_000;
            world.on(dc, dispatcher, move |_, _: GetHistory| {
                first += step;
                let messages = (0..100).map(|id| made_up(first - id)).collect();
                let (chats, users, topics) = (Vec::new(), Vec::new(), Vec::new());
                let slice =
                    types::messages::MessagesSlice::new(9_999, messages, topics, chats, users);
                Ok(slice.into())
            });
        };
        let world = patient(World::builder().start_with(answer)).await.unwrap();
        let client = log_in(&world, &world.user("Ada")).await;
        let all = done(client.history("me").collect()).await;
        assert!((100..=200).contains(&all.len()), "{}", all.len());
    }
}
