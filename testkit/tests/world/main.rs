//! Clients of a world that is served, over sockets of the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod files;

use std::future::Future;
use std::time::Duration;

use telewire::client::{Client, Updates};
use telewire::ids::DcId;
use telewire::tl::api::functions::contacts::ResolveUsername;
use telewire::tl::api::functions::messages::{
    CreateChat, GetBotCallbackAnswer, GetHistory, SendMessage, SetBotCallbackAnswer,
};
use telewire::tl::api::functions::payments::GetStarsTopupOptions;
use telewire::tl::api::{enums, types};
use telewire::tl::wrap::functions::help::GetConfig;
use telewire::updates::{Delivery, Event};
use telewire_testkit::{LogInError, PushFault, World};
use tokio::time::timeout;

/// Nothing on the loopback interface takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

async fn patient<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it took too long")
}

/// How a client names who has a username.
async fn find(client: &Client, username: &str) -> enums::InputPeer {
    let request = ResolveUsername { username: username.into(), referer: None };
    let found = patient(client.invoke(&request)).await.unwrap();
    let enums::User::User(user) = &found.users[0] else { panic!("{found:?}") };
    types::InputPeerUser { user_id: user.id, access_hash: user.access_hash.unwrap() }.into()
}

async fn history(client: &Client, peer: enums::InputPeer) -> Vec<String> {
    let request = GetHistory {
        peer,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let answer = patient(client.invoke(&request)).await.unwrap();
    let enums::messages::Messages::Messages(messages) = answer else { panic!("{answer:?}") };
    messages.messages.into_iter().map(text).collect()
}

fn text(message: enums::Message) -> String {
    match message {
        enums::Message::Message(message) => message.message,
        other => panic!("{other:?}"),
    }
}

/// The text of the next new message.
async fn next_text(updates: &mut Updates) -> String {
    loop {
        let update = updates.next().await.unwrap().expect("the client was closed");
        if let Some(message) = update.new_message() {
            return text(message.clone());
        }
    }
}

#[tokio::test]
async fn um_03_what_one_client_sends_another_hears_and_both_have() {
    let world = patient(World::start()).await.unwrap();
    let (ada, bob) = (world.user("Ada"), world.user("Bob"));
    world.set_username(ada.id(), "lovelace").unwrap();
    world.set_username(bob.id(), "babbage").unwrap();
    let adas = patient(world.log_in(&ada)).await.unwrap();
    let bobs = patient(world.log_in(&bob)).await.unwrap();
    let mut heard = bobs.updates();
    let peer = find(&adas, "babbage").await;
    let request = SendMessage::new(peer.clone(), "hello".into(), 7);
    patient(adas.invoke(&request)).await.unwrap();
    let text = patient(next_text(&mut heard)).await;
    assert_eq!(text, "hello");
    assert_eq!(history(&adas, peer).await, ["hello"]);
    let peer = find(&bobs, "lovelace").await;
    assert_eq!(history(&bobs, peer).await, ["hello"]);
}

#[tokio::test]
async fn um_12_what_is_late_and_what_is_scheduled_come_though_nobody_calls() {
    let world = patient(World::start()).await.unwrap();
    let (ada, bob) = (world.user("Ada"), world.user("Bob"));
    world.set_username(bob.id(), "babbage").unwrap();
    let adas = patient(world.log_in(&ada)).await.unwrap();
    let bobs = patient(world.log_in(&bob)).await.unwrap();
    let mut heard = bobs.updates();
    let peer = find(&adas, "babbage").await;
    world.script_pushes([PushFault::Delay(Duration::from_millis(30))]);
    let late = SendMessage::new(peer.clone(), "late".into(), 1);
    patient(adas.invoke(&late)).await.unwrap();
    let soon =
        SendMessage { schedule_date: Some(now() + 2), ..SendMessage::new(peer, "later".into(), 2) };
    patient(adas.invoke(&soon)).await.unwrap();
    for expected in ["late", "later"] {
        let text = patient(next_text(&mut heard));
        assert_eq!(text.await, expected);
    }
}

/// The unix time.
fn now() -> i32 {
    let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    unix.as_secs().try_into().unwrap()
}

#[tokio::test]
async fn a_bot_answers_and_is_found_by_its_name() {
    let world = patient(World::builder().seed(5).start()).await.unwrap();
    let (ada, echo) = (world.user("Ada"), world.bot("Echo"));
    let bot = patient(world.log_in(&echo)).await.unwrap();
    assert_eq!(bot.user().map(|user| (user.id, user.is_bot)), Some((echo.id(), true)));
    let client = patient(world.log_in(&ada)).await.unwrap();
    let peer = find(&client, "echo_bot").await;
    let request = SendMessage::new(peer.clone(), "/start".into(), 1);
    patient(client.invoke(&request)).await.unwrap();
    let to_ada = types::InputPeerUser { user_id: ada.id(), access_hash: 0 };
    let request = SendMessage::new(to_ada.into(), "welcome".into(), 1);
    patient(bot.invoke(&request)).await.unwrap();
    assert_eq!(history(&client, peer).await, ["welcome", "/start"]);
}

/// The question that a button asked, of an update that a bot gets.
fn question(update: Delivery) -> Option<types::UpdateBotCallbackQuery> {
    match update.event {
        Event::Update(enums::Update::UpdateBotCallbackQuery(query)) => Some(*query),
        _ => None,
    }
}

/// A button below a message of the bot's, in a group: whoever presses it waits for the bot, and meanwhile all else goes on.
#[tokio::test]
async fn a_button_has_the_answer_that_the_bot_gives_when_it_likes() {
    let world = patient(World::start()).await.unwrap();
    let (ada, echo) = (world.user("Ada"), world.bot("Echo"));
    let bot = patient(world.log_in(&echo)).await.unwrap();
    let client = patient(world.log_in(&ada)).await.unwrap();
    let enums::InputPeer::InputPeerUser(named) = find(&client, "echo_bot").await else { panic!() };
    let types::InputPeerUser { user_id, access_hash } = named;
    let users = vec![types::InputUser { user_id, access_hash }.into()];
    let group = patient(client.invoke(&CreateChat::new(users, "Group".into()))).await.unwrap();
    let enums::Updates::Updates(made) = group.updates else { panic!() };
    let peer = enums::InputPeer::from(types::InputPeerChat { chat_id: made.chats[0].id() });
    let data = telewire::tl::Bytes::from(b"yes".to_vec());
    let kind = types::InlineButtonTypeCallback { requires_password: false, data: data.clone() };
    let button = types::KeyboardInlineButton::new("Yes".into(), kind.into());
    let rows = vec![types::KeyboardInlineButtonRow { buttons: vec![button] }];
    let markup = types::ReplyInlineMarkup { force_reply: false, rows };
    let ask = SendMessage {
        reply_markup: Some(markup.into()),
        ..SendMessage::new(peer.clone(), "Really?".into(), 1)
    };
    let mut heard = bot.updates();
    patient(bot.invoke(&ask)).await.unwrap();
    let request = GetHistory {
        peer: peer.clone(),
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 1,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let answer = patient(client.invoke(&request)).await.unwrap();
    let enums::messages::Messages::MessagesSlice(all) = answer else { panic!("{answer:?}") };
    let msg_id = all.messages[0].id();
    let data = Some(data);
    let press =
        GetBotCallbackAnswer { game: false, peer: peer.clone(), msg_id, data, password: None };
    let presser = client.clone();
    let pressed = tokio::spawn(async move { presser.invoke(&press).await });
    let query = patient(async {
        loop {
            if let Some(query) = question(heard.next().await.unwrap().unwrap()) {
                return query;
            }
        }
    });
    let query_id = query.await.query_id;
    // Nothing is held up by it.
    patient(client.invoke(&SendMessage::new(peer, "meanwhile".into(), 2))).await.unwrap();
    assert!(!pressed.is_finished());
    let answer = SetBotCallbackAnswer {
        alert: true,
        query_id,
        message: Some("Right".into()),
        url: None,
        cache_time: 0,
    };
    assert!(patient(bot.invoke(&answer)).await.unwrap());
    let answered = patient(pressed).await.unwrap().unwrap();
    assert_eq!((answered.alert, answered.message.as_deref()), (true, Some("Right")));
}

#[tokio::test]
async fn a_world_of_two_data_centres_hands_out_in_both() {
    let (two, four) = (DcId::production(2), DcId::production(4));
    let world = patient(World::builder().data_centres(&[two, four]).start()).await.unwrap();
    assert_eq!(world.addr_of(two), Some(world.addr()));
    let ada = world.user("Ada");
    world.add_user(four, "99966", "Bob");
    world.set_username(world.user_by_phone("99966").unwrap(), "babbage").unwrap();
    let adas = patient(world.log_in(&ada)).await.unwrap();
    // He is sent on to where he lives.
    let bobs = patient(world.client().build()).await.unwrap();
    let login = patient(bobs.send_code("99966")).await.unwrap();
    patient(login.submit(&world.code("99966").unwrap())).await.unwrap();
    let mut heard = bobs.updates();
    let peer = find(&adas, "babbage").await;
    patient(adas.invoke(&SendMessage::new(peer, "hello".into(), 7))).await.unwrap();
    let text = patient(next_text(&mut heard));
    assert_eq!(text.await, "hello");
}

#[tokio::test]
async fn where_time_passes_salts_rotate_and_what_was_scheduled_comes() {
    const HOURS: Duration = Duration::from_secs(3 * 3_600);
    let world = patient(World::start()).await.unwrap();
    let (ada, bob) = (world.user("Ada"), world.user("Bob"));
    world.set_username(bob.id(), "babbage").unwrap();
    let adas = patient(world.log_in(&ada)).await.unwrap();
    let bobs = patient(world.log_in(&bob)).await.unwrap();
    let mut heard = bobs.updates();
    let peer = find(&adas, "babbage").await;
    let at = now() + i32::try_from(HOURS.as_secs()).unwrap();
    let tonight = SendMessage {
        schedule_date: Some(at),
        ..SendMessage::new(peer.clone(), "tonight".into(), 1)
    };
    patient(adas.invoke(&tonight)).await.unwrap();
    world.let_pass(HOURS + Duration::from_secs(60));
    // Whoever is behind does not believe what comes from so far ahead, until its own call is refused for that.
    patient(bobs.invoke(&GetConfig)).await.unwrap();
    let text = patient(next_text(&mut heard));
    assert_eq!(text.await, "tonight");
    // A salt lives an hour: the one that the client has is refused, and it goes on with another.
    let dc = world.data_centre(DcId::production(2)).unwrap();
    let refused = || dc.lock().tally().refusals.get(&48).copied().unwrap_or_default();
    let before = refused();
    patient(adas.invoke(&SendMessage::new(peer, "late".into(), 2))).await.unwrap();
    let text = patient(next_text(&mut heard));
    assert_eq!(text.await, "late");
    assert!(refused() > before);
}

#[tokio::test]
async fn what_is_not_modelled_is_told_and_a_password_is_asked_for() {
    let world = patient(World::start()).await.unwrap();
    let ada = world.user("Ada");
    let client = patient(world.log_in(&ada)).await.unwrap();
    let error = patient(client.invoke(&GetStarsTopupOptions)).await.unwrap_err();
    assert!(error.is("INPUT_METHOD_INVALID"), "{error}");
    assert_eq!(world.unmodelled(), [("payments.getStarsTopupOptions".to_owned(), 1)]);
    world.set_password(ada.id(), "correct horse", "");
    assert_eq!(patient(world.log_in(&ada)).await.err(), Some(LogInError::Password));
}

#[tokio::test]
async fn a_world_without_a_data_centre_is_none() {
    let error = patient(World::builder().data_centres(&[]).start()).await.unwrap_err();
    assert_eq!(error.to_string(), "a world needs a data centre");
}
