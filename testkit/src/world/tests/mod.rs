//! The world without sockets: devices that are logged in, what they are answered, and what they are told.

mod access;
mod account;
mod apart;
mod bans;
mod blocks;
mod bots;
mod channel_box;
mod channels;
mod chats;
mod clock;
mod common_box;
mod contacts;
mod dialogs;
mod edits;
mod errors;
mod faults;
mod figures;
mod files;
mod former;
mod forms;
mod forwards;
mod invites;
mod lifetime;
mod limits;
mod lists;
mod log;
mod members;
mod messages;
mod methods;
mod missed;
mod outsiders;
mod peers;
mod phone;
mod places;
mod requests;
mod secrets;
mod seed;
mod send_as;
mod sent;
mod shown;
mod start;
mod tails;
mod topics;

use std::time::Duration;

use telewire::crypto::{KeyId, SeededEntropy};
use telewire::ids::{DcId, SessionId};
use telewire::server::{Caller, Dispatcher};
use telewire::time::Now;
use telewire::tl::api::{enums, functions, types};
use telewire::tl::{Deserialize, Function};

use crate::world::push::MAX_QUEUED;
use crate::world::{HOME, Person, World};

/// A world whose clock stands still until a test turns it.
pub(crate) struct Script {
    pub(crate) world: World,
    dispatcher: Dispatcher,
    pub(crate) unix: Duration,
    keys: i64,
}

/// A client of somebody's, logged in, with a key and a session of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) user: i64,
    pub(crate) key: KeyId,
    pub(crate) session: SessionId,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self::seeded(1)
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        let world = World::new(SeededEntropy::new(seed));
        let mut dispatcher = Dispatcher::new();
        world.register(HOME, &mut dispatcher);
        Self { world, dispatcher, unix: Duration::from_secs(1_700_000_000), keys: 0 }
    }

    /// Somebody with a device.
    pub(crate) fn user(&mut self, name: &str) -> Device {
        let person = self.world.user(name);
        self.device(&person)
    }

    /// A bot with a device.
    pub(crate) fn bot(&mut self, name: &str) -> Device {
        let person = self.world.bot(name);
        self.device(&person)
    }

    pub(crate) fn device(&mut self, person: &Person) -> Device {
        self.keys += 1;
        let (key, session) = (KeyId(self.keys), SessionId(self.keys * 100));
        self.world.authorize(HOME, key, person.id()).unwrap();
        let device = Device { user: person.id(), key, session };
        // Its first call, by which its session is known.
        self.ask(device, &functions::updates::GetState).unwrap();
        device
    }

    /// Asks; gives the answer, or the code and message of the error.
    pub(crate) fn ask<F: Function>(
        &mut self,
        device: Device,
        request: &F,
    ) -> Result<F::Return, String> {
        let Device { key, session, .. } = device;
        let now = Now { mono: self.unix, unix: self.unix };
        let caller = Caller { key, session, now, layer: None, wants_updates: true };
        let answer = self.dispatcher.answer(caller, &request.to_bytes());
        let answer = answer.map_err(|error| {
            assert!(errors::is_known(&error), "Telegram has no {error:?}");
            format!("{} {}", error.code, error.message())
        })?;
        Ok(F::Return::from_bytes(&answer).unwrap())
    }

    /// Asks with the bytes of a call; gives whether it was answered, or the code and message of the error.
    pub(crate) fn ask_raw(&mut self, device: Device, call: &[u8]) -> Result<(), String> {
        let Device { key, session, .. } = device;
        let now = Now { mono: self.unix, unix: self.unix };
        let caller = Caller { key, session, now, layer: None, wants_updates: true };
        let answer = self.dispatcher.answer(caller, call);
        answer.map(drop).map_err(|error| {
            assert!(errors::is_known(&error), "Telegram has no {error:?}");
            format!("{} {}", error.code, error.message())
        })
    }

    /// Asks, of another key: somebody who is not logged in.
    pub(crate) fn ask_stranger<F: Function>(&mut self, request: &F) -> Result<F::Return, String> {
        let stranger = Device { user: 0, key: KeyId(-1), session: SessionId(-1) };
        self.ask(stranger, request)
    }

    /// What devices are told since the last time.
    pub(crate) fn told(&mut self) -> Vec<(Device, enums::Updates)> {
        self.world.tick(self.unix);
        let pushes = self.world.take_pushes(HOME);
        let told = pushes.into_iter().map(|push| {
            let user = self.world.user_of(HOME, push.key).unwrap();
            let session = push.session.unwrap();
            (Device { user, key: push.key, session }, push.updates)
        });
        told.collect()
    }

    /// How a device names somebody.
    pub(crate) fn input_user(&mut self, device: Device, id: i64) -> types::InputUser {
        let state = self.world.state();
        let by = state.auth.logins[&super::Key { dc: HOME, key: device.key }].by;
        let viewer = super::Viewer { user: device.user, by };
        let access_hash = state.access_hash(viewer, super::Peer::User(id));
        types::InputUser { user_id: id, access_hash }
    }

    pub(crate) fn input_peer(&mut self, device: Device, id: i64) -> enums::InputPeer {
        let types::InputUser { user_id, access_hash } = self.input_user(device, id);
        types::InputPeerUser { user_id, access_hash }.into()
    }

    /// Sends a text, with a number that no other has.
    pub(crate) fn send(&mut self, from: Device, to: i64, text: &str) -> enums::Updates {
        self.keys += 1;
        let peer = self.input_peer(from, to);
        let request = functions::messages::SendMessage::new(peer, text.into(), self.keys);
        self.ask(from, &request).unwrap()
    }

    /// Where a device's common box is.
    pub(crate) fn pts(&mut self, device: Device) -> i32 {
        self.ask(device, &functions::updates::GetState).unwrap().pts
    }

    pub(crate) fn history(&mut self, device: Device, with: i64) -> Vec<types::Message> {
        let peer = self.input_peer(device, with);
        let request = functions::messages::GetHistory {
            peer,
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 100,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let messages = match self.ask(device, &request).unwrap() {
            enums::messages::Messages::Messages(all) => all.messages,
            enums::messages::Messages::MessagesSlice(some) => some.messages,
            other => panic!("{other:?}"),
        };
        messages.into_iter().map(message).collect()
    }
}

pub(crate) fn message(message: enums::Message) -> types::Message {
    match message {
        enums::Message::Message(message) => *message,
        other => panic!("{other:?}"),
    }
}

/// The numbers of the messages of an answer.
pub(crate) fn ids(messages: enums::messages::Messages) -> Vec<i32> {
    let messages = match messages {
        enums::messages::Messages::Messages(all) => all.messages,
        enums::messages::Messages::MessagesSlice(some) => some.messages,
        other => panic!("{other:?}"),
    };
    messages.into_iter().map(|message| message.id()).collect()
}

/// What devices of somebody's are told, the updates of all containers.
pub(crate) fn told_to(script: &mut Script, user: i64) -> Vec<enums::Update> {
    let told = script.told().into_iter().filter(|(device, _)| device.user == user);
    told.flat_map(|(_, all)| match all {
        enums::Updates::UpdateShort(short) => vec![short.update],
        all => updates(&all).updates.clone(),
    })
    .collect()
}

/// The updates of a container.
pub(crate) fn updates(updates: &enums::Updates) -> &types::Updates {
    match updates {
        enums::Updates::Updates(updates) => updates,
        other => panic!("{other:?}"),
    }
}

/// New messages, with the positions after them and by how much they moved those.
pub(crate) fn news(all: &enums::Updates) -> Vec<(types::Message, i32, i32)> {
    let news = updates(all).updates.iter().filter_map(|update| match update {
        enums::Update::UpdateNewMessage(new) => {
            Some((message(new.message.clone()), new.pts, new.pts_count))
        }
        _ => None,
    });
    news.collect()
}

#[test]
fn what_is_not_modelled_is_refused_and_counted() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let error = script.ask(ada, &functions::payments::GetStarsTopupOptions).unwrap_err();
    assert_eq!(error, "400 INPUT_METHOD_INVALID");
    script.ask(ada, &functions::payments::GetStarsTopupOptions).unwrap_err();
    let counted = [("payments.getStarsTopupOptions".to_owned(), 2)];
    assert_eq!(script.world.unmodelled(), counted);
}

#[test]
fn what_a_world_did_is_counted() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let before = script.world.counts();
    script.send(ada, bob.user, "hello");
    script.ask(ada, &functions::channels::CreateChannel::new(" ".into(), "".into())).unwrap_err();
    assert_eq!(script.told().len(), 1);
    let now = script.world.counts();
    let since =
        (now.answered - before.answered, now.refused - before.refused, now.told - before.told);
    assert_eq!(since, (1, 1, 1));
}

#[test]
fn equal_seeds_and_calls_have_equal_answers_and_other_seeds_others() {
    let play = |seed| {
        let mut script = Script::seeded(seed);
        let (ada, bob) = (script.user("Ada"), script.bot("Bob"));
        let answer = script.send(ada, bob.user, "hello");
        (answer, script.told())
    };
    assert_eq!(play(7), play(7));
    assert_ne!(play(7), play(8));
}

#[test]
fn a_world_goes_back_to_what_it_was() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.send(ada, bob.user, "before");
    let snapshot = script.world.snapshot();
    script.send(ada, bob.user, "after");
    assert_eq!(script.history(bob, ada.user).len(), 2);
    script.world.restore(snapshot);
    assert_eq!(script.history(bob, ada.user).len(), 1);
    assert_eq!(script.pts(bob), 2);
}

#[test]
fn data_centres_have_what_waits_in_them_alone() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.send(ada, bob.user, "hello");
    assert_eq!(script.world.take_pushes(DcId::production(4)), []);
    assert_eq!(script.told().len(), 1);
}

#[test]
fn what_nobody_hands_out_is_bounded_and_the_oldest_goes() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    for _ in 0..=MAX_QUEUED {
        script.send(ada, bob.user, "hello");
    }
    let told = script.told();
    assert_eq!(told.len(), MAX_QUEUED);
    assert_eq!(news(&told[0].1)[0].1, 3);
}
