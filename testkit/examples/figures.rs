//! How fast a world is, over sockets of 127.0.0.1, as clients see it. Medians.
//!
//! ```sh
//! cargo run -p telewire-testkit --release --example figures
//! ```
//!
//! Aims: a client is logged in within 100 ms of the start of a world; 100,000 messages and 10,000 chats are answered within 2 ms; a message
//! reaches 1,000 members of a supergroup, each with a client of its own, within 100 ms.

use std::time::{Duration, Instant};

use telewire::client::{Client, Updates};
use telewire::crypto::KeyId;
use telewire::ids::{DcId, SessionId};
use telewire::server::{Caller, Dispatcher};
use telewire::time::Now;
use telewire::tl::api::functions::channels::{CreateChannel, UpdateUsername};
use telewire::tl::api::functions::contacts::ResolveUsername;
use telewire::tl::api::functions::messages::{GetDialogs, GetHistory, SendMessage};
use telewire::tl::api::{enums, types};
use telewire::tl::{Deserialize, Function};
use telewire_testkit::{Running, World};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

type Failed = Box<dyn std::error::Error>;

const HOME: DcId = DcId::production(2);
const WORLDS: usize = 11;
const MESSAGES: i64 = 100_000;
const CHATS: i64 = 10_000;
const CALLS: i32 = 501;
const MEMBERS: usize = 1_000;
const SENT: i64 = 21;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let mut starts = Vec::new();
    for _ in 0..WORLDS {
        let begun = Instant::now();
        let world = World::start().await?;
        let client = world.log_in(&world.user("Ada")).await?;
        starts.push(begun.elapsed());
        client.close().await;
    }
    println!("from the start of a world to a client that is logged in: {:.1?}", median(starts));
    lists().await?;
    reach().await
}

/// A full world, and Ada's client in it.
async fn lists() -> Result<(), Failed> {
    let running = World::start().await?;
    let (ada, bob) = (running.user("Ada"), running.user("Bob"));
    let mut desk = Desk::new(&running);
    desk.named(ada.id(), 1, "lovelace")?;
    desk.named(bob.id(), 2, "babbage")?;
    let peer = desk.find(2, "lovelace")?;
    let text = "x".repeat(100);
    for number in 0..MESSAGES {
        desk.unix += 1;
        desk.ask(2, &SendMessage::new(peer.clone(), text.clone(), number))?;
    }
    for number in 0..CHATS {
        let (key, user) = (number + 3, running.user("Other").id());
        running.authorize(HOME, KeyId(key), user).map_err(|error| error.message())?;
        let peer = desk.find(key, "lovelace")?;
        desk.ask(key, &SendMessage::new(peer, text.clone(), number))?;
    }
    let client = running.log_in(&ada).await?;
    let peer = client.resolve("@babbage").await?;
    let history = |offset_id, offset_date| GetHistory {
        offset_id,
        offset_date,
        ..GetHistory::new(peer.clone(), 0, 0, 0, 100, 0, 0, 0)
    };
    let latest = calls(&client, |_| history(0, 0)).await?;
    println!("getHistory, the latest 100 of {MESSAGES}: {latest:.1?}");
    let middle = calls(&client, |call| history(1_000 + call * 190, 0)).await?;
    println!("getHistory, 100 from anywhere: {middle:.1?}");
    let by_date = calls(&client, |call| history(0, FOUNDED + 100 + call * 190)).await?;
    println!("getHistory, 100 before a date: {by_date:.1?}");
    let none = enums::InputPeer::InputPeerEmpty;
    let dialogs = calls(&client, |_| GetDialogs::new(0, 0, none.clone(), 100, 0)).await?;
    println!("getDialogs, the first 100 of {}: {dialogs:.1?}", CHATS + 1);
    Ok(())
}

/// The median of many calls.
async fn calls<F: Function + Sync>(
    client: &Client,
    request: impl Fn(i32) -> F,
) -> Result<Duration, Failed> {
    let mut took = Vec::new();
    for call in 0..CALLS {
        let request = request(call);
        let begun = Instant::now();
        client.invoke(&request).await?;
        took.push(begun.elapsed());
    }
    Ok(median(took))
}

/// A supergroup of many, each of whom listens.
async fn reach() -> Result<(), Failed> {
    let running = World::start().await?;
    let client = running.log_in(&running.user("Ada")).await?;
    let create =
        CreateChannel { megagroup: true, ..CreateChannel::new("Supergroup".into(), String::new()) };
    let enums::Updates::Updates(made) = client.invoke(&create).await? else { return Ok(()) };
    let Some(enums::Chat::Channel(channel)) = made.chats.first() else { return Ok(()) };
    let access_hash = channel.access_hash.unwrap_or_default();
    let input = types::InputChannel { channel_id: channel.id, access_hash };
    client.invoke(&UpdateUsername::new(input.into(), "supergroup".into())).await?;
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut members = JoinSet::new();
    for number in 0..MEMBERS {
        let member = running.log_in(&running.user(&format!("Member {number}"))).await?;
        let updates = member.updates();
        member.join("@supergroup").await?;
        members.spawn(listen(updates, tell.clone()));
    }
    let peer = types::InputPeerChannel { channel_id: channel.id, access_hash };
    let mut took = Vec::new();
    for number in 1..=SENT {
        let begun = Instant::now();
        let text = number.to_string();
        client.invoke(&SendMessage::new(peer.clone().into(), text.clone(), number)).await?;
        let mut reached = 0;
        while reached < MEMBERS
            && let Some(message) = told.recv().await
        {
            reached += usize::from(message == text);
        }
        took.push(begun.elapsed());
    }
    println!("a message reaches {MEMBERS} members of a supergroup: {:.1?}", median(took));
    Ok(())
}

/// Tells what somebody is told.
async fn listen(mut updates: Updates, tell: mpsc::UnboundedSender<String>) {
    while let Ok(Some(update)) = updates.next().await {
        if let Some(enums::Message::Message(message)) = update.new_message() {
            // Whoever measures may have seen enough.
            let _ = tell.send(message.message.clone());
        }
    }
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// When the messages of the full world were sent, the first of them.
const FOUNDED: i32 = 1_700_000_000;

/// A world that is asked without a socket, to fill it.
struct Desk {
    world: World,
    dispatcher: Dispatcher,
    unix: u64,
}

impl Desk {
    fn new(running: &Running) -> Self {
        let (world, mut dispatcher) = (running.world(), Dispatcher::new());
        world.register(HOME, &mut dispatcher);
        Self { world, dispatcher, unix: FOUNDED.unsigned_abs().into() }
    }

    fn ask<F: Function>(&mut self, key: i64, request: &F) -> Result<F::Return, Failed> {
        let unix = Duration::from_secs(self.unix);
        let now = Now { mono: unix, unix };
        let (key, session) = (KeyId(key), SessionId(key));
        let caller = Caller { key, session, now, layer: None, wants_updates: false };
        let answer = self.dispatcher.answer(caller, &request.to_bytes());
        let answer = answer.map_err(|error| error.message())?;
        Ok(F::Return::from_bytes(&answer)?)
    }

    /// Somebody has a name, and a client that is asked here.
    fn named(&self, user: i64, key: i64, name: &str) -> Result<(), Failed> {
        self.world.set_username(user, name).map_err(|error| error.message())?;
        self.world.authorize(HOME, KeyId(key), user).map_err(|error| error.message())?;
        Ok(())
    }

    /// Whom a client finds by a username.
    fn find(&mut self, key: i64, username: &str) -> Result<enums::InputPeer, Failed> {
        let request = ResolveUsername { username: username.into(), referer: None };
        match self.ask(key, &request)?.users.first() {
            Some(enums::User::User(user)) => {
                let access_hash = user.access_hash.unwrap_or(0);
                Ok(types::InputPeerUser { user_id: user.id, access_hash }.into())
            }
            _ => Err("nobody is called so".into()),
        }
    }
}
