//! The stream of a client's updates, against the world and through its faults (UM-12), as its oracle has it (UM-13).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod faults;
mod restart;
mod stream;

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use telewire::client::store::FileStore;
use telewire::client::{Client, Step, Updates};
use telewire::ids::DcId;
use telewire::tl::api::functions::contacts::ResolveUsername;
use telewire::tl::api::functions::messages::SendMessage;
use telewire::tl::api::{enums, types};
use telewire::updates::{Arrival, Delivery, Event};
use telewire_testkit::{Running, World};
use tokio::time::timeout;

/// Nothing on the loopback interface takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

async fn patient<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it took too long")
}

/// Ada, who writes, and Bob, who listens.
struct Scene {
    world: Running,
    ada: Client,
    to_bob: enums::InputPeer,
    sent: i64,
}

const BOBS_PHONE: &str = "99966";

impl Scene {
    async fn new(seed: u64) -> Self {
        let world = patient(World::builder().seed(seed).start()).await.unwrap();
        let ada = world.user("Ada");
        let bob = world.add_user(DcId::production(2), BOBS_PHONE, "Bob");
        world.set_username(bob, "babbage").unwrap();
        let ada = patient(world.log_in(&ada)).await.unwrap();
        let to_bob = find(&ada, "babbage").await;
        Self { world, ada, to_bob, sent: 0 }
    }

    /// Bob's client, with a session in a file.
    async fn bob(&self, session: &Path) -> Client {
        let store = FileStore::open(session).unwrap();
        let client = patient(self.world.client().store(store).build()).await.unwrap();
        if !client.is_logged_in() {
            let login = patient(client.send_code(BOBS_PHONE)).await.unwrap();
            let code = self.world.code(BOBS_PHONE).unwrap();
            let step = patient(login.submit(&code)).await.unwrap();
            assert!(matches!(step, Step::Done(_)));
        }
        client
    }

    /// Ada writes to Bob.
    async fn say(&mut self, text: &str) {
        let peer = self.to_bob.clone();
        self.say_to(peer, text).await;
    }

    async fn say_to(&mut self, peer: enums::InputPeer, text: &str) {
        self.sent += 1;
        let call = SendMessage::new(peer, text.to_owned(), self.sent);
        patient(self.ada.invoke(&call)).await.unwrap();
    }
}

/// How a client names who has a username.
async fn find(client: &Client, username: &str) -> enums::InputPeer {
    let request = ResolveUsername { username: username.into(), referer: None };
    let found = patient(client.invoke(&request)).await.unwrap();
    let enums::User::User(user) = &found.users[0] else { panic!("{found:?}") };
    types::InputPeerUser { user_id: user.id, access_hash: user.access_hash.unwrap() }.into()
}

/// The text of a new message.
fn text(delivery: &Delivery) -> Option<String> {
    match delivery.new_message()? {
        enums::Message::Message(message) => Some(message.message.clone()),
        _ => None,
    }
}

/// The next text, and how it came. What is lost is a failure.
async fn next_text(updates: &mut Updates) -> (String, Arrival) {
    let next = async {
        loop {
            let update = updates.next().await.unwrap().expect("the client was closed");
            assert!(!matches!(update.event, Event::Lost { .. }), "{update:?}");
            if let Some(text) = text(&update) {
                return (text, update.arrival);
            }
        }
    };
    patient(next).await
}
