//! How fast a full world answers: 100,000 messages in one chat, 10,000 chats.
//!
//! ```sh
//! cargo run -p telewire-testkit --no-default-features --release --example figures
//! ```
//!
//! It asks the world itself, without a socket. Bounds: a median of 2 ms.

use std::time::{Duration, Instant};

use telewire::crypto::{KeyId, SeededEntropy};
use telewire::ids::{DcId, SessionId};
use telewire::server::{Caller, Dispatcher};
use telewire::time::Now;
use telewire::tl::api::functions::contacts::ResolveUsername;
use telewire::tl::api::functions::messages::{GetDialogs, GetHistory, SendMessage};
use telewire::tl::api::{enums, types};
use telewire::tl::{Deserialize, Function};
use telewire_testkit::World;

type Failed = Box<dyn std::error::Error>;

const MESSAGES: i64 = 100_000;
const CHATS: i64 = 10_000;
const CALLS: i32 = 501;

struct Desk {
    world: World,
    dispatcher: Dispatcher,
    unix: u64,
}

impl Desk {
    fn ask<F: Function>(&mut self, key: i64, request: &F) -> Result<F::Return, Failed> {
        let unix = Duration::from_secs(self.unix);
        let now = Now { mono: unix, unix };
        let (key, session) = (KeyId(key), SessionId(key));
        let caller = Caller { key, session, now, layer: None, wants_updates: true };
        let answer = self.dispatcher.answer(caller, &request.to_bytes());
        let answer = answer.map_err(|error| error.message())?;
        Ok(F::Return::from_bytes(&answer)?)
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

    /// The median of many calls.
    fn median<F: Function>(
        &mut self,
        key: i64,
        request: impl Fn(i32) -> F,
    ) -> Result<Duration, Failed> {
        let mut all = Vec::new();
        for call in 0..CALLS {
            let request = request(call);
            let begin = Instant::now();
            self.ask(key, &request)?;
            all.push(begin.elapsed());
        }
        all.sort_unstable();
        Ok(all.get(all.len() / 2).copied().unwrap_or_default())
    }
}

fn main() -> Result<(), Failed> {
    let dc = DcId::production(2);
    let world = World::new(SeededEntropy::new(1));
    let mut dispatcher = Dispatcher::new();
    world.register(dc, &mut dispatcher);
    let mut desk = Desk { world, dispatcher, unix: 1_700_000_000 };
    let (ada, bob) = (desk.world.user("Ada").id(), desk.world.user("Bob").id());
    desk.world.set_username(ada, "lovelace").map_err(|error| error.message())?;
    desk.world.set_username(bob, "babbage").map_err(|error| error.message())?;
    for (key, user) in [(1, ada), (2, bob)] {
        desk.world.authorize(dc, KeyId(key), user).map_err(|error| error.message())?;
    }
    let peer = desk.find(2, "lovelace")?;
    let text = "x".repeat(100);
    for number in 0..MESSAGES {
        desk.unix += 1;
        desk.ask(2, &SendMessage::new(peer.clone(), text.clone(), number))?;
    }
    for number in 0..CHATS {
        let (key, user) = (number + 3, desk.world.user("Other").id());
        desk.world.authorize(dc, KeyId(key), user).map_err(|error| error.message())?;
        let peer = desk.find(key, "lovelace")?;
        desk.ask(key, &SendMessage::new(peer, text.clone(), number))?;
    }
    let peer = desk.find(1, "babbage")?;
    let history = |offset_id, offset_date, limit| GetHistory {
        peer: peer.clone(),
        offset_id,
        offset_date,
        add_offset: 0,
        limit,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let none = enums::InputPeer::InputPeerEmpty;
    let latest = desk.median(1, |_| history(0, 0, 100))?;
    println!("getHistory, the latest 100 of {MESSAGES}: {latest:?}");
    let middle = desk.median(1, |call| history(1_000 + call * 190, 0, 100))?;
    println!("getHistory, 100 from anywhere: {middle:?}");
    let by_date = desk.median(1, |call| history(0, 1_700_000_100 + call * 190, 100))?;
    println!("getHistory, 100 before a date: {by_date:?}");
    let dialogs = desk.median(1, |_| GetDialogs::new(0, 0, none.clone(), 100, 0))?;
    println!("getDialogs, the first 100 of {}: {dialogs:?}", CHATS + 1);
    Ok(())
}
