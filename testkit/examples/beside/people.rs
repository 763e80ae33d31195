//! Who lives in the world, what they do, and how it all stands as Ada sees it.

use std::collections::BTreeMap;
use std::error::Error;

use telewire::crypto::{EntropyExt, KeyId, SeededEntropy};
use telewire::ids::{DcId, SessionId};
use telewire::net::SharedDc;
use telewire::server::{Caller, Dispatcher};
use telewire::tl::api::functions::{channels, contacts, messages, updates};
use telewire::tl::api::{enums, types};
use telewire::tl::{Deserialize, Function};
use telewire_testkit::{Running, World};

use crate::standing::{Place, Standing};

/// Where they all live.
pub(crate) const HOME: DcId = DcId::production(2);

/// Who does something. Ada does it with a client that is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    Ada = 1,
    Bob,
    Carol,
}

const ALL: [Who; 3] = [Who::Ada, Who::Bob, Who::Carol];

impl Who {
    fn key(self) -> KeyId {
        KeyId(self as i64)
    }

    fn name(self) -> &'static str {
        ["ada_of_town", "bob_of_town", "carol_of_town"].get(self as usize - 1).unwrap_or(&"")
    }
}

/// A message that is there: its text is `NUMBER VERSION`.
#[derive(Debug, Clone, Copy)]
struct Said {
    place: Place,
    by: Who,
    /// Its number for whoever said it, and for Ada.
    own: i32,
    ada: i32,
    number: u64,
    version: u32,
    is_pinned: bool,
}

/// What somebody did.
#[derive(Debug)]
pub(crate) struct Act {
    pub(crate) what: &'static str,
    /// What of [`Standing`] it may have changed.
    pub(crate) keys: Vec<String>,
    /// The box that it is in, and where that is after it.
    pub(crate) line: String,
    pub(crate) pts: i32,
}

/// What can go wrong: the world refuses something, or answers what cannot be read.
pub(crate) type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Three people, two private chats, a group, and supergroups of Bob's; the last one is a broadcast channel.
pub(crate) struct People {
    world: World,
    clock: SharedDc,
    dispatcher: Dispatcher,
    dice: SeededEntropy,
    /// The users and channels, as each names them.
    users: BTreeMap<(Who, Who), types::InputUser>,
    channels: BTreeMap<(Who, i64), types::InputChannel>,
    places: Vec<Place>,
    group: i64,
    broadcast: i64,
    said: Vec<Said>,
    texts: u64,
    random: i64,
}

impl People {
    /// People of a seed, and that many channels.
    pub(crate) fn found(running: &Running, seed: u64, channels: usize) -> Fallible<Self> {
        let world = running.world();
        let mut dispatcher = Dispatcher::new();
        world.register(HOME, &mut dispatcher);
        let clock = running.data_centre(HOME).ok_or("no data centre")?;
        let mut people = Self {
            world,
            clock,
            dispatcher,
            dice: SeededEntropy::new(seed),
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            places: Vec::new(),
            group: 0,
            broadcast: 0,
            said: Vec::new(),
            texts: 0,
            random: 0,
        };
        for who in ALL {
            let person = people.world.user(who.name());
            people.world.set_username(person.id(), who.name())?;
            people.world.authorize(HOME, who.key(), person.id())?;
        }
        for who in ALL {
            for other in ALL {
                let request = contacts::ResolveUsername::new(other.name().into());
                let found = people.ask(who, &request)?;
                let Some(enums::User::User(user)) = found.users.first() else {
                    return Err("somebody is not found".into());
                };
                let access_hash = user.access_hash.ok_or("a user without a hash")?;
                people
                    .users
                    .insert((who, other), types::InputUser { user_id: user.id, access_hash });
            }
        }
        people.found_group()?;
        for number in 0..channels {
            people.found_channel(number, number + 1 == channels)?;
        }
        let others = [Who::Bob, Who::Carol].map(|who| people.named(Who::Ada, who).user_id);
        // Half of what happens is in the private chats and the group.
        for _ in 0..people.places.len().div_ceil(3).max(1) {
            let chats = others.map(Place::User).into_iter().chain([Place::Chat(people.group)]);
            people.places.extend(chats);
        }
        Ok(people)
    }

    fn found_group(&mut self) -> Fallible<()> {
        let users = [Who::Ada, Who::Carol].map(|who| self.named(Who::Bob, who).into()).to_vec();
        let made = self.ask(Who::Bob, &messages::CreateChat::new(users, "Group".into()))?;
        let enums::Updates::Updates(made) = &made.updates else { return Err("no group".into()) };
        let Some(enums::Chat::Chat(group)) = made.chats.first() else {
            return Err("no group".into());
        };
        self.group = group.id;
        Ok(())
    }

    fn found_channel(&mut self, number: usize, broadcast: bool) -> Fallible<()> {
        let request = channels::CreateChannel {
            broadcast,
            megagroup: !broadcast,
            ..channels::CreateChannel::new(format!("Channel {number}"), String::new())
        };
        let made = self.ask(Who::Bob, &request)?;
        let enums::Updates::Updates(made) = made else { return Err("no channel".into()) };
        let Some(enums::Chat::Channel(channel)) = made.chats.first() else {
            return Err("no channel".into());
        };
        let (id, access_hash) = (channel.id, channel.access_hash.ok_or("no hash")?);
        let input = types::InputChannel { channel_id: id, access_hash };
        let name = format!("channel_of_town_{number}");
        self.ask(Who::Bob, &channels::UpdateUsername::new(input.clone().into(), name.clone()))?;
        let users = [Who::Ada, Who::Carol].map(|who| self.named(Who::Bob, who).into()).to_vec();
        self.ask(Who::Bob, &channels::InviteToChannel::new(input.clone().into(), users))?;
        self.channels.insert((Who::Bob, id), input);
        for who in [Who::Ada, Who::Carol] {
            let found = self.ask(who, &contacts::ResolveUsername::new(name.clone()))?;
            let Some(enums::Chat::Channel(channel)) = found.chats.first() else {
                return Err("a channel is not found".into());
            };
            let access_hash = channel.access_hash.ok_or("no hash")?;
            self.channels.insert((who, id), types::InputChannel { channel_id: id, access_hash });
        }
        if broadcast {
            self.broadcast = id;
        }
        self.places.push(Place::Channel(id));
        Ok(())
    }

    /// The phone number of who is looked at.
    pub(crate) fn phone(&self) -> Option<String> {
        let id = self.named(Who::Ada, Who::Ada).user_id;
        self.world.person(id)?.phone().map(str::to_owned)
    }

    fn ask<F: Function>(&mut self, who: Who, request: &F) -> Fallible<F::Return> {
        let now = self.clock.now();
        let now = self.clock.lock().clock(now);
        let session = SessionId(who as i64 * 100);
        let caller = Caller { key: who.key(), session, now, layer: None, wants_updates: true };
        let answer = self.dispatcher.answer(caller, &request.to_bytes())?;
        Ok(F::Return::from_bytes(&answer)?)
    }

    fn named(&self, who: Who, other: Who) -> types::InputUser {
        let unknown = types::InputUser { user_id: 0, access_hash: 0 };
        self.users.get(&(who, other)).cloned().unwrap_or(unknown)
    }

    fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
        usize::try_from(u64::from_le_bytes(self.dice.array()) % count).unwrap_or(0)
    }

    /// How somebody names a place that is named as Ada sees it.
    fn peer(&self, who: Who, place: Place) -> Option<enums::InputPeer> {
        Some(match place {
            Place::User(user) => {
                let other =
                    *ALL.iter().find(|other| self.named(Who::Ada, **other).user_id == user)?;
                let other = match who {
                    Who::Ada => other,
                    _ if who == other => Who::Ada,
                    _ => return None,
                };
                let types::InputUser { user_id, access_hash } = self.named(who, other);
                types::InputPeerUser { user_id, access_hash }.into()
            }
            Place::Chat(chat_id) => types::InputPeerChat { chat_id }.into(),
            Place::Channel(id) => {
                let types::InputChannel { channel_id, access_hash } =
                    self.channels.get(&(who, id))?.clone();
                types::InputPeerChannel { channel_id, access_hash }.into()
            }
        })
    }

    /// The number of the last message of a chat for somebody, and where its box is.
    fn top(&mut self, who: Who, place: Place) -> Fallible<(i32, i32)> {
        let peer = self.peer(who, place).ok_or("no such chat")?;
        let request = messages::GetHistory::new(peer, 0, 0, 0, 1, 0, 0, 0);
        let (messages, pts) = parts(self.ask(who, &request)?);
        let pts = match pts {
            Some(pts) => pts,
            None => self.ask(who, &updates::GetState)?.pts,
        };
        Ok((messages.first().map_or(0, enums::Message::id), pts))
    }

    /// Somebody does the next thing; `None` if nothing came of it.
    pub(crate) fn act(&mut self, may_read_channels: bool) -> Fallible<Option<Act>> {
        let who = match self.below(8) {
            0 => Who::Ada,
            1..5 => Who::Bob,
            _ => Who::Carol,
        };
        let drawn = self.below(self.places.len());
        let Some(place) = self.places.get(drawn).copied() else { return Ok(None) };
        if self.peer(who, place).is_none() {
            return Ok(None);
        }
        let before = self.top(Who::Ada, place)?;
        let done = match self.below(100) {
            0..60 => self.say(who, place)?,
            60..78 => self.edit(who, place)?,
            78..86 => self.delete(who, place)?,
            86..93 => self.read(who, place, may_read_channels)?,
            _ => self.pin(who, place)?,
        };
        let Some((what, mut keys)) = done else { return Ok(None) };
        let (top, pts) = self.top(Who::Ada, place)?;
        if pts == before.1 && !place.is_channel() {
            return Ok(None);
        }
        if top > before.0 {
            keys.push(place.message(top));
        }
        Ok(Some(Act { what, keys, line: place.line(), pts }))
    }

    /// Bob says something in a place, so that whatever is missing before it is missed.
    pub(crate) fn last_words(&mut self) -> Fallible<Vec<Act>> {
        let mut places = self.places.clone();
        places.sort_unstable();
        places.dedup();
        let mut acts = Vec::new();
        for place in places {
            if self.peer(Who::Bob, place).is_some()
                && let Some((what, _)) = self.say(Who::Bob, place)?
            {
                let (top, pts) = self.top(Who::Ada, place)?;
                acts.push(Act { what, keys: vec![place.message(top)], line: place.line(), pts });
            }
        }
        Ok(acts)
    }

    fn say(&mut self, who: Who, place: Place) -> Fallible<Option<(&'static str, Vec<String>)>> {
        // What Ada says in a channel she has read, and nobody is told that.
        let is_mute = place == Place::Channel(self.broadcast) && who != Who::Bob
            || place.is_channel() && who == Who::Ada;
        if is_mute {
            return Ok(None);
        }
        let peer = self.peer(who, place).ok_or("no such chat")?;
        self.texts += 1;
        self.random += 1;
        let number = self.texts;
        let request = messages::SendMessage::new(peer, format!("{number} 0"), self.random);
        self.ask(who, &request)?;
        let (own, ada) = (self.top(who, place)?.0, self.top(Who::Ada, place)?.0);
        let said = Said { place, by: who, own, ada, number, version: 0, is_pinned: false };
        self.said.push(said);
        Ok(Some(("say", Vec::new())))
    }

    /// One of the messages that somebody has said there, of the latest ones mostly.
    fn own(&mut self, who: Who, place: Place) -> Option<usize> {
        let own: Vec<usize> = (0..self.said.len())
            .filter(|at| self.said.get(*at).is_some_and(|s| s.by == who && s.place == place))
            .collect();
        let (all, recent) = (own.len(), own.len().min(20));
        let drawn =
            if self.below(2) == 0 { self.below(all) } else { all - recent + self.below(recent) };
        own.get(drawn).copied()
    }

    fn edit(&mut self, who: Who, place: Place) -> Fallible<Option<(&'static str, Vec<String>)>> {
        let Some(at) = self.own(who, place) else { return Ok(None) };
        let peer = self.peer(who, place).ok_or("no such chat")?;
        let Some(said) = self.said.get_mut(at) else { return Ok(None) };
        said.version += 1;
        let said = *said;
        let message = Some(format!("{} {}", said.number, said.version));
        let edit = messages::EditMessage { message, ..messages::EditMessage::new(peer, said.own) };
        self.ask(who, &edit)?;
        Ok(Some(("edit", vec![place.message(said.ada)])))
    }

    fn delete(&mut self, who: Who, place: Place) -> Fallible<Option<(&'static str, Vec<String>)>> {
        let Some(at) = self.own(who, place) else { return Ok(None) };
        let said = self.said.remove(at);
        if let Place::Channel(id) = place {
            let channel = self.channels.get(&(who, id)).cloned().ok_or("no such channel")?;
            self.ask(who, &channels::DeleteMessages::new(channel.into(), vec![said.own]))?;
        } else {
            let delete = messages::DeleteMessages::new(vec![said.own]);
            self.ask(who, &messages::DeleteMessages { revoke: true, ..delete })?;
        }
        Ok(Some(("delete", vec![place.message(said.ada), place.pinned(said.ada)])))
    }

    /// UM-04: that a member read a channel is no event of its box: who is away is not told.
    fn read(
        &mut self,
        who: Who,
        place: Place,
        may_read_channels: bool,
    ) -> Fallible<Option<(&'static str, Vec<String>)>> {
        let side = if who == Who::Ada { "inbox" } else { "outbox" };
        if let Place::Channel(id) = place {
            if who != Who::Ada || !may_read_channels {
                return Ok(None);
            }
            let channel = self.channels.get(&(who, id)).cloned().ok_or("no such channel")?;
            self.ask(who, &channels::ReadHistory::new(channel.into(), 0))?;
        } else {
            let peer = self.peer(who, place).ok_or("no such chat")?;
            self.ask(who, &messages::ReadHistory::new(peer, 0))?;
        }
        Ok(Some(("read", vec![place.read(side)])))
    }

    fn pin(&mut self, who: Who, place: Place) -> Fallible<Option<(&'static str, Vec<String>)>> {
        if place.is_channel() && who != Who::Bob {
            return Ok(None);
        }
        let Some(at) = self.own(who, place) else { return Ok(None) };
        let peer = self.peer(who, place).ok_or("no such chat")?;
        let Some(said) = self.said.get_mut(at) else { return Ok(None) };
        said.is_pinned = !said.is_pinned;
        let said = *said;
        let pin = messages::UpdatePinnedMessage::new(peer, said.own);
        let unpin = !said.is_pinned;
        self.ask(who, &messages::UpdatePinnedMessage { unpin, ..pin })?;
        Ok(Some((if unpin { "unpin" } else { "pin" }, vec![place.pinned(said.ada)])))
    }

    /// How everything stands, as Ada is answered who asks for all of it.
    pub(crate) fn standing(&mut self) -> Fallible<Standing> {
        let mut standing = Standing::default();
        let mut places = self.places.clone();
        places.sort_unstable();
        places.dedup();
        let mut peers = Vec::new();
        for place in places {
            let (peer, mut before) = (self.peer(Who::Ada, place).ok_or("no such chat")?, 0);
            peers.push(peer.clone());
            loop {
                let request = messages::GetHistory::new(peer.clone(), before, 0, 0, 100, 0, 0, 0);
                let (page, _) = parts(self.ask(Who::Ada, &request)?);
                let Some(last) = page.last() else { break };
                before = last.id();
                page.iter().for_each(|message| standing.put(message));
            }
        }
        let peers = peers.into_iter().map(|peer| types::InputDialogPeer { peer }.into()).collect();
        let dialogs = self.ask(Who::Ada, &messages::GetPeerDialogs { peers })?.dialogs;
        for dialog in dialogs {
            let enums::Dialog::Dialog(dialog) = dialog else { continue };
            let place = Place::of(&dialog.peer);
            standing.read(place, "inbox", dialog.read_inbox_max_id);
            if !place.is_channel() {
                standing.read(place, "outbox", dialog.read_outbox_max_id);
            }
        }
        Ok(standing)
    }
}

fn parts(messages: enums::messages::Messages) -> (Vec<enums::Message>, Option<i32>) {
    match messages {
        enums::messages::Messages::Messages(all) => (all.messages, None),
        enums::messages::Messages::MessagesSlice(some) => (some.messages, None),
        enums::messages::Messages::ChannelMessages(some) => (some.messages, Some(some.pts)),
        _ => (Vec::new(), None),
    }
}
