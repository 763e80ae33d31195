//! Secret chats between clients of ours, over sockets, against the world.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod asked;
mod files;
mod killed;
mod said;

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use telewire::client::secret::{SecretChatId, SecretChats, SecretEvent, SecretEvents};
use telewire::client::store::{FileStore, MemoryStore, Store};
use telewire::client::{Client, Step};
use telewire::ids::DcId;
use telewire::secret::{Closed, Event, KeyHash, Message};
use telewire_testkit::{Running, World};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Nothing on the loopback interface takes this long.
const PATIENCE: Duration = Duration::from_secs(120);

async fn patient<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it took too long")
}

const ADA: &str = "99961";
const BOB: &str = "99962";

/// Ada and Bob have accounts, and find each other.
async fn world(seed: u64) -> Running {
    let world = patient(World::builder().seed(seed).start()).await.unwrap();
    for (phone, name) in [(ADA, "adalovelace"), (BOB, "babbage")] {
        let id = world.add_user(DcId::production(2), phone, name);
        world.set_username(id, name).unwrap();
    }
    world
}

/// A device with its secret chats.
struct Device {
    client: Client,
    chats: SecretChats,
    events: SecretEvents,
    pump: JoinHandle<()>,
}

impl Device {
    async fn new(world: &Running, phone: &str) -> Self {
        Self::on(world, phone, MemoryStore::new()).await
    }

    async fn at(world: &Running, phone: &str, session: &Path) -> Self {
        Self::on(world, phone, FileStore::open(session).unwrap()).await
    }

    async fn on(world: &Running, phone: &str, store: impl Store) -> Self {
        let client = patient(world.client().store(store).build()).await.unwrap();
        if !client.is_logged_in() {
            let login = patient(client.send_code(phone)).await.unwrap();
            let code = world.code(phone).unwrap();
            let step = patient(login.submit(&code)).await.unwrap();
            assert!(matches!(step, Step::Done(_)));
        }
        let chats = patient(client.secret_chats()).await.unwrap();
        let (mut updates, events) = (client.updates(), chats.events());
        patient(client.connect()).await.unwrap();
        let taking = chats.clone();
        let pump = tokio::spawn(async move {
            while let Ok(Some(update)) = updates.next().await {
                if taking.take(&update).await.is_err() {
                    break;
                }
            }
        });
        Self { client, chats, events, pump }
    }

    /// What happens next, but for layers, and that messages have arrived.
    async fn next(&mut self) -> SecretEvent {
        loop {
            let event = patient(self.events.next()).await.unwrap().expect("it was closed");
            match event.what {
                Event::PeerLayer(_) | Event::Acknowledged { .. } => {}
                _ => return event,
            }
        }
    }

    /// Is asked for a chat.
    async fn offered(&mut self) -> SecretChatId {
        loop {
            let event = self.next().await;
            match event.what {
                Event::Offered { .. } => return event.chat,
                Event::Sent { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// A chat gets its key.
    async fn ready(&mut self, chat: SecretChatId) -> KeyHash {
        match self.next().await {
            SecretEvent { chat: of, what: Event::Ready { hash }, .. } if of == chat => hash,
            other => panic!("{other:?}"),
        }
    }

    async fn closed(&mut self) -> Closed {
        match self.next().await.what {
            Event::Closed { why, .. } => why,
            other => panic!("{other:?}"),
        }
    }

    /// The next text; that the server has those of ours is let pass.
    async fn text(&mut self) -> String {
        loop {
            match self.next().await.what {
                Event::Message { message, .. } => return message.text,
                Event::Sent { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn say(&self, chat: SecretChatId, text: &str) -> i64 {
        patient(self.chats.send(chat, Message::text(text))).await.unwrap()
    }

    /// The program ends.
    async fn close(self) {
        patient(self.client.close()).await;
        patient(self.pump).await.unwrap();
    }
}

/// A chat that Ada asks Bob for, and its number on either side.
async fn chat(ada: &mut Device, bob: &mut Device) -> (SecretChatId, SecretChatId) {
    let of_ada = patient(ada.chats.create("@babbage")).await.unwrap();
    let of_bob = bob.offered().await;
    patient(bob.chats.accept(of_bob)).await.unwrap();
    let (hers, his) = (ada.ready(of_ada).await, bob.ready(of_bob).await);
    assert_eq!(hers, his);
    (of_ada, of_bob)
}
