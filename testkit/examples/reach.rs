//! How long a message takes to 1,000 members of a supergroup, all of them online: from the call to the
//! bytes of what each of them is told. Medians of 101 messages; sockets and encryption are not in it.
//!
//! ```sh
//! cargo run --release -p telewire-testkit --no-default-features --example reach
//! ```

use std::time::{Duration, Instant};

use telewire::crypto::{KeyId, SeededEntropy};
use telewire::ids::{DcId, SessionId};
use telewire::rpc::RpcError;
use telewire::server::{Caller, Dispatcher};
use telewire::time::Now;
use telewire::tl::api::{enums, functions, types};
use telewire::tl::{Deserialize, Function, Serialize};
use telewire_testkit::World;

const HOME: DcId = DcId::production(2);
const MESSAGES: i64 = 101;

/// A world, and a dispatcher that asks it.
struct Script(World, Dispatcher);

impl Script {
    /// Somebody calls, with the key of their number.
    fn ask<F: Function>(&mut self, who: i64, request: &F) -> Result<F::Return, RpcError> {
        let unix = Duration::from_secs(1_700_000_000);
        let now = Now { mono: unix, unix };
        let (key, session) = (KeyId(who), SessionId(who));
        let caller = Caller { key, session, now, layer: None, wants_updates: true };
        let answer = self.1.answer(caller, &request.to_bytes())?;
        F::Return::from_bytes(&answer).map_err(|error| RpcError::parse(500, &error.to_string()))
    }

    /// Somebody who is online.
    fn member(&mut self, number: i64) -> Result<(), RpcError> {
        let person = self.0.user(&format!("Member {number}"));
        self.0.authorize(HOME, KeyId(number), person.id())?;
        self.ask(number, &functions::updates::GetState).map(drop)
    }

    fn measure(&mut self, peer: &enums::InputPeer, others: i64) -> Result<Duration, RpcError> {
        let export = functions::messages::ExportChatInvite::new(peer.clone());
        let invite = self.ask(1, &export)?;
        let enums::ExportedChatInvite::ChatInviteExported(invite) = invite else {
            return Err(RpcError::parse(500, "NO_LINK"));
        };
        let hash = invite.link.rsplit('+').next().unwrap_or_default().to_owned();
        for number in 0..others {
            let import = functions::messages::ImportChatInvite { hash: hash.clone() };
            self.ask(number + 10, &import)?;
            drop(self.0.take_pushes(HOME));
        }
        let mut took = Vec::new();
        for random_id in 0..MESSAGES {
            let text = "A message of some words.".to_owned();
            let send = functions::messages::SendMessage::new(peer.clone(), text, random_id);
            let begun = Instant::now();
            self.ask(1, &send)?;
            let pushes = self.0.take_pushes(HOME);
            let bytes: usize = pushes.iter().map(|push| push.updates.to_bytes().len()).sum();
            took.push(begun.elapsed());
            assert_eq!(i64::try_from(pushes.len()), Ok(others), "{bytes} bytes");
        }
        took.sort_unstable();
        Ok(took.get(took.len() / 2).copied().unwrap_or_default())
    }
}

fn main() -> Result<(), RpcError> {
    let world = World::new(SeededEntropy::new(1));
    let mut dispatcher = Dispatcher::new();
    world.register(HOME, &mut dispatcher);
    let mut script = Script(world, dispatcher);
    script.member(1)?;
    for number in 0..1_000 {
        script.member(number + 10)?;
    }

    let create = functions::channels::CreateChannel {
        megagroup: true,
        ..functions::channels::CreateChannel::new("Supergroup".into(), String::new())
    };
    let enums::Updates::Updates(made) = script.ask(1, &create)? else { return Ok(()) };
    let Some(enums::Chat::Channel(channel)) = made.chats.first() else { return Ok(()) };
    let access_hash = channel.access_hash.unwrap_or_default();
    let supergroup = types::InputPeerChannel { channel_id: channel.id, access_hash }.into();
    let took = script.measure(&supergroup, 1_000)?;
    println!("supergroup, 1,000 members online: {took:.1?}");
    Ok(())
}
