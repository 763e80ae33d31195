//! A client's verbs, against the world: each changes what another account's client sees, sends what it needs and nothing else, and says
//! what is wrong when it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod bots;
mod contacts;
mod groups;
mod lists;
mod messages;
mod options;
mod peers;
mod topics;

use std::future::IntoFuture;
use std::time::Duration;

use telewire::client::{Client, Error};
use telewire::tl::api::{enums, types};
use telewire_testkit::{Person, Running, World};
use tokio::time::timeout;

/// Nothing on the loopback interface takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

async fn patient<F: IntoFuture>(call: F) -> F::Output {
    timeout(PATIENCE, call.into_future()).await.expect("it took too long")
}

/// What must go well, and soon.
async fn done<T>(call: impl IntoFuture<Output = Result<T, Error>>) -> T {
    patient(call).await.unwrap()
}

/// What must be refused.
async fn refused<T>(call: impl IntoFuture<Output = Result<T, Error>>) -> Error {
    match patient(call).await {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error,
    }
}

/// Ada, who acts, and Bob, who looks.
struct Scene {
    world: Running,
    ada: Client,
    bob: Client,
    ada_id: i64,
    bob_id: i64,
}

impl Scene {
    async fn new() -> Self {
        let world = patient(World::start()).await.unwrap();
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        world.set_username(ada.id(), "lovelace").unwrap();
        world.set_username(bob.id(), "babbage").unwrap();
        let (ada_id, bob_id) = (ada.id(), bob.id());
        let (ada, bob) = (log_in(&world, &ada).await, log_in(&world, &bob).await);
        // From here on calls are kept.
        drop(world.take_calls());
        Self { world, ada, bob, ada_id, bob_id }
    }

    /// Somebody else, with a username.
    async fn also(&self, name: &str, username: &str) -> Client {
        let person = self.world.user(name);
        self.world.set_username(person.id(), username).unwrap();
        log_in(&self.world, &person).await
    }

    /// The methods that Ada called since this was asked last.
    fn called(&self) -> Vec<&'static str> {
        let calls = self.world.take_calls();
        calls
            .into_iter()
            .filter(|call| call.by == Some(self.ada_id))
            .map(|call| call.method)
            .collect()
    }
}

async fn log_in(world: &Running, person: &Person) -> Client {
    patient(world.log_in(person)).await.unwrap()
}

/// A message that says something.
fn said(message: enums::Message) -> types::Message {
    match message {
        enums::Message::Message(message) => *message,
        other => panic!("{other:?}"),
    }
}

/// What was said in a chat, as somebody sees it, the latest first.
async fn texts(client: &Client, peer: &str) -> Vec<String> {
    let all = done(client.history(peer).collect()).await;
    let text = |message| match message {
        enums::Message::Message(message) => Some(message.message),
        _ => None,
    };
    all.into_iter().filter_map(text).collect()
}

/// The latest message of a chat, as somebody sees it.
async fn latest(client: &Client, peer: &str) -> types::Message {
    said(done(client.history(peer).limit(1).next()).await.unwrap())
}
