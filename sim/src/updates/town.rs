//! The world, and who lives in it: what they do, and how everything then stands.

use std::collections::BTreeMap;
use std::time::Duration;

use telewire::crypto::KeyId;
use telewire::crypto::dh::KNOWN_PRIME;
use telewire::ids::{DcId, SessionId};
use telewire::rpc::RpcError;
use telewire::server::{Caller, Dispatcher};
use telewire::time::Now;
use telewire::tl::api::functions::{channels, contacts, messages, updates as calls};
use telewire::tl::api::{enums, types};
use telewire::tl::{Deserialize, Function, Object};
use telewire::updates::BoxId;
use telewire_testkit::World;

use crate::dice::Dice;

/// Where they all live.
const HOME: DcId = DcId::production(2);

/// What a box says: the text of each message, by its number. What happened has the name of that.
pub(super) type Messages = BTreeMap<i32, String>;

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The client that is looked at, and another one of the same account.
    Ada,
    AdaElsewhere,
    Bob,
    Carol,
}

impl Who {
    const ALL: [Self; 4] = [Self::Ada, Self::AdaElsewhere, Self::Bob, Self::Carol];

    fn key(self) -> KeyId {
        KeyId(self as i64 + 1)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ada | Self::AdaElsewhere => "ada_of_town",
            Self::Bob => "bob_of_town",
            Self::Carol => "carol_of_town",
        }
    }
}

/// Where something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The private chats.
    AdaAndBob,
    AdaAndCarol,
    Group,
    /// The number of a channel.
    Channel(usize),
}

/// A world of three people, two private chats and a secret one, a group, two supergroups and a broadcast channel.
pub(super) struct Town {
    pub(super) world: World,
    dispatcher: Dispatcher,
    pub(super) now: Now,
    dice: Dice,
    /// The users, as each names the others.
    users: BTreeMap<(i64, &'static str), types::InputUser>,
    group: i64,
    /// The secret chat, as Bob names it.
    secret: Option<types::InputEncryptedChat>,
    /// The last text that was said in it.
    secret_text: i32,
    /// The channels, with the hash that each has of them.
    channels: Vec<(i64, BTreeMap<i64, i64>)>,
    /// How many texts there were: each is another one.
    texts: u64,
    /// How Ada's own box stood at each position, and each channel.
    common: BTreeMap<i32, Messages>,
    boxes: BTreeMap<i64, BTreeMap<i32, Messages>>,
    /// What Ada's login was sent in the secret chat, at each `qts`.
    secrets: BTreeMap<i32, Messages>,
}

/// What a call came to.
pub(super) type Answer = Result<Vec<u8>, RpcError>;

/// The bytes of a call, as they are kept with its answer.
pub(super) type Call = Vec<u8>;

impl Town {
    /// The town of a seed; `None` if it cannot be founded, which is a fault of its own.
    pub(super) fn found(mut dice: Dice, now: Now) -> Option<Self> {
        let world = World::new(dice.fork());
        let mut dispatcher = Dispatcher::new();
        world.register(HOME, &mut dispatcher);
        let mut town = Self {
            world,
            dispatcher,
            now,
            dice,
            users: BTreeMap::new(),
            group: 0,
            secret: None,
            secret_text: 0,
            channels: Vec::new(),
            texts: 0,
            common: BTreeMap::new(),
            boxes: BTreeMap::new(),
            secrets: BTreeMap::new(),
        };
        for who in [Who::Ada, Who::Bob, Who::Carol] {
            let person = town.world.user(who.name());
            town.world.set_username(person.id(), who.name()).ok()?;
            town.world.authorize(HOME, who.key(), person.id()).ok()?;
            if who == Who::Ada {
                town.world.authorize(HOME, Who::AdaElsewhere.key(), person.id()).ok()?;
            }
        }
        for who in Who::ALL {
            town.ask(who, &calls::GetState).ok()?;
            for name in [Who::Ada, Who::Bob, Who::Carol].map(Who::name) {
                let found = town.ask(who, &contacts::ResolveUsername::new(name.into())).ok()?;
                let user = found.users.first()?;
                let enums::User::User(user) = user else { return None };
                let named = types::InputUser { user_id: user.id, access_hash: user.access_hash? };
                town.users.insert((who.key().0, name), named);
            }
        }
        let others = [Who::Ada, Who::Carol];
        let users = others.iter().filter_map(|other| town.user(Who::Bob, other.name())).collect();
        let made = town.ask(Who::Bob, &messages::CreateChat::new(users, "Group".into())).ok()?;
        let enums::Updates::Updates(made) = &made.updates else { return None };
        let enums::Chat::Chat(group) = made.chats.first()? else { return None };
        town.group = group.id;
        for number in 0..CHANNELS {
            town.found_channel(number)?;
        }
        town.found_secret()?;
        town.record();
        Some(town)
    }

    /// Bob asks Ada for a secret chat, and the client that is looked at has it from then on. What is in it is no matter to the server: the
    /// numbers of the key exchange are any that are in their range.
    fn found_secret(&mut self) -> Option<()> {
        let ada = self.user(Who::Bob, Who::Ada.name())?;
        let public = vec![0x55; KNOWN_PRIME.len()];
        let request = messages::RequestEncryption::new(ada, 7, public.clone().into());
        let enums::EncryptedChat::EncryptedChatWaiting(asked) =
            self.ask(Who::Bob, &request).ok()?
        else {
            return None;
        };
        let told = self.told();
        let offered = told.iter().flat_map(updates_of).find_map(|update| match update {
            enums::Update::UpdateEncryption(of) => match &of.chat {
                enums::EncryptedChat::EncryptedChatRequested(chat) => Some(chat.access_hash),
                _ => None,
            },
            _ => None,
        });
        let named = |access_hash| types::InputEncryptedChat { chat_id: asked.id, access_hash };
        let accept = messages::AcceptEncryption::new(named(offered?), public.into(), 1);
        self.ask(Who::Ada, &accept).ok()?;
        self.secret = Some(named(asked.access_hash));
        Some(())
    }

    /// A channel of Bob's with everybody in it. The last one is a broadcast channel.
    fn found_channel(&mut self, number: usize) -> Option<()> {
        let is_broadcast = number + 1 == CHANNELS;
        let request = channels::CreateChannel {
            broadcast: is_broadcast,
            megagroup: !is_broadcast,
            ..channels::CreateChannel::new(format!("Channel {number}"), String::new())
        };
        let enums::Updates::Updates(made) = self.ask(Who::Bob, &request).ok()? else {
            return None;
        };
        let enums::Chat::Channel(channel) = made.chats.first()? else { return None };
        let mut hashes = BTreeMap::from([(Who::Bob.key().0, channel.access_hash?)]);
        let id = channel.id;
        let input = types::InputChannel { channel_id: id, access_hash: channel.access_hash? };
        // Whoever leaves a public one may come back.
        let name = format!("channel_of_town_{number}");
        self.ask(Who::Bob, &channels::UpdateUsername::new(input.clone().into(), name)).ok()?;
        let others = [Who::Ada, Who::Carol];
        let users = others.iter().filter_map(|other| self.user(Who::Bob, other.name())).collect();
        self.ask(Who::Bob, &channels::InviteToChannel::new(input.into(), users)).ok()?;
        for who in [Who::Ada, Who::AdaElsewhere, Who::Carol] {
            let (_, chats) = self.dialogs(who)?;
            let hash = chats.iter().find_map(|chat| match chat {
                enums::Chat::Channel(channel) if channel.id == id => channel.access_hash,
                _ => None,
            });
            hashes.insert(who.key().0, hash?);
        }
        self.channels.push((id, hashes));
        Some(())
    }

    fn user(&self, who: Who, name: &'static str) -> Option<enums::InputUser> {
        self.users.get(&(who.key().0, name)).cloned().map(Into::into)
    }

    fn dialogs(&mut self, who: Who) -> Option<(Vec<enums::Dialog>, Vec<enums::Chat>)> {
        let request = messages::GetDialogs::new(0, 0, enums::InputPeer::InputPeerEmpty, 100, 0);
        match self.ask(who, &request).ok()? {
            enums::messages::Dialogs::Dialogs(all) => Some((all.dialogs, all.chats)),
            enums::messages::Dialogs::DialogsSlice(some) => Some((some.dialogs, some.chats)),
            _ => None,
        }
    }

    /// Asks by the bytes of a call.
    pub(super) fn call(&mut self, who: Who, call: &[u8]) -> Answer {
        let session = SessionId(who.key().0 * 100);
        let caller =
            Caller { key: who.key(), session, now: self.now, layer: None, wants_updates: true };
        self.dispatcher.answer(caller, call)
    }

    fn ask<F: Function>(&mut self, who: Who, request: &F) -> Result<F::Return, RpcError> {
        let answer = self.call(who, &request.to_bytes())?;
        F::Return::from_bytes(&answer).map_err(|_| RpcError::parse(500, "UNREADABLE"))
    }

    /// What Ada's client is told, and when something is to be told next. What the others are told is of no interest.
    pub(super) fn told(&mut self) -> Vec<enums::Updates> {
        self.world.tick(self.now.unix);
        let pushes = self.world.take_pushes(HOME).into_iter();
        pushes.filter(|push| push.key == Who::Ada.key()).map(|push| push.updates).collect()
    }

    /// Who is logged in.
    pub(super) fn ada(&self) -> Option<i64> {
        self.users.get(&(Who::Ada.key().0, Who::Ada.name())).map(|user| user.user_id)
    }

    fn peer(&self, who: Who, place: Place) -> Option<enums::InputPeer> {
        let with = |name: &'static str| {
            let user = self.users.get(&(who.key().0, name))?;
            let (user_id, access_hash) = (user.user_id, user.access_hash);
            Some(types::InputPeerUser { user_id, access_hash }.into())
        };
        let is_ada = who.name() == Who::Ada.name();
        match place {
            Place::AdaAndBob if who == Who::Carol => None,
            Place::AdaAndCarol if who == Who::Bob => None,
            Place::AdaAndBob => with(if is_ada { Who::Bob } else { Who::Ada }.name()),
            Place::AdaAndCarol => with(if is_ada { Who::Carol } else { Who::Ada }.name()),
            Place::Group => Some(types::InputPeerChat { chat_id: self.group }.into()),
            Place::Channel(number) => {
                let (channel_id, access_hash) = self.channel(who, number)?;
                Some(types::InputPeerChannel { channel_id, access_hash }.into())
            }
        }
    }

    fn channel(&self, who: Who, number: usize) -> Option<(i64, i64)> {
        let (id, hashes) = self.channels.get(number)?;
        Some((*id, *hashes.get(&who.key().0)?))
    }

    fn input_channel(&self, who: Who, number: usize) -> Option<enums::InputChannel> {
        let (channel_id, access_hash) = self.channel(who, number)?;
        Some(types::InputChannel { channel_id, access_hash }.into())
    }

    /// What somebody does next: the call.
    pub(super) fn next_call(&mut self, who: Who) -> Option<Object> {
        let places = [
            Place::AdaAndBob,
            Place::AdaAndBob,
            Place::AdaAndCarol,
            Place::Group,
            Place::Group,
            Place::Channel(0),
            Place::Channel(0),
            Place::Channel(1),
            Place::Channel(CHANNELS - 1),
        ];
        let place = *self.dice.pick(&places)?;
        let peer = self.peer(who, place)?;
        match self.dice.below(18) {
            16.. => self.whisper(who),
            0..=8 => self.say(peer),
            9..=10 => self.edit(who, peer),
            11 => self.delete(who, &peer, place),
            12 => self.read(who, peer, place),
            13 => self.come_and_go(who),
            14 => {
                let (id, _) = self.own(who, &peer)?;
                let pinned = messages::UpdatePinnedMessage::new(peer, id);
                Some(Object::new(&pinned))
            }
            _ => {
                let action = enums::SendMessageAction::SendMessageTypingAction;
                Some(Object::new(&messages::SetTyping::new(peer, action)))
            }
        }
    }

    fn say(&mut self, peer: enums::InputPeer) -> Option<Object> {
        self.texts += 1;
        let random_id = i64::try_from(self.dice.number() >> 1).ok()?;
        let text = format!("{} 0", self.texts);
        Some(Object::new(&messages::SendMessage::new(peer, text, random_id)))
    }

    /// Bob says something in the secret chat.
    fn whisper(&mut self, who: Who) -> Option<Object> {
        let peer = self.secret.clone().filter(|_| who == Who::Bob)?;
        self.secret_text += 1;
        let (random_id, data) = (self.secret_text.into(), self.secret_text.to_string());
        let data = data.into_bytes().into();
        Some(Object::new(&messages::SendEncrypted::new(peer, random_id, data)))
    }

    /// One of the messages that somebody has said there.
    fn own(&mut self, who: Who, peer: &enums::InputPeer) -> Option<(i32, String)> {
        let own: Vec<_> =
            self.history(who, peer)?.into_iter().filter(|(.., is_own)| *is_own).collect();
        let (id, text, _) = self.dice.pick(&own)?.clone();
        Some((id, text))
    }

    fn edit(&mut self, who: Who, peer: enums::InputPeer) -> Option<Object> {
        let (id, text) = self.own(who, &peer)?;
        let (text, version) = numbers(&text)?;
        let message = Some(format!("{text} {}", version + 1));
        Some(Object::new(&messages::EditMessage {
            message,
            ..messages::EditMessage::new(peer, id)
        }))
    }

    fn delete(&mut self, who: Who, peer: &enums::InputPeer, place: Place) -> Option<Object> {
        let (id, _) = self.own(who, peer)?;
        if let Place::Channel(number) = place {
            let channel = self.input_channel(who, number)?;
            return Some(Object::new(&channels::DeleteMessages::new(channel, vec![id])));
        }
        let delete =
            messages::DeleteMessages { revoke: true, ..messages::DeleteMessages::new(vec![id]) };
        Some(Object::new(&delete))
    }

    fn read(&mut self, who: Who, peer: enums::InputPeer, place: Place) -> Option<Object> {
        if let Place::Channel(number) = place {
            let channel = self.input_channel(who, number)?;
            return Some(Object::new(&channels::ReadHistory::new(channel, 0)));
        }
        Some(Object::new(&messages::ReadHistory::new(peer, 0)))
    }

    /// Bob says something in each box.
    pub(super) fn last_words(&mut self) {
        let places = (0..CHANNELS).map(Place::Channel).chain([Place::AdaAndBob]);
        for place in places {
            let peer = self.peer(Who::Bob, place);
            if let Some(call) = peer.and_then(|peer| self.say(peer)) {
                let _ = self.call(Who::Bob, call.as_bytes());
            }
        }
        self.last_whispers(1);
        let _ = self.record();
    }

    /// Bob says so much in the secret chat.
    pub(super) fn last_whispers(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(call) = self.whisper(Who::Bob) {
                let _ = self.call(Who::Bob, call.as_bytes());
            }
            let _ = self.record_secrets();
        }
    }

    /// Somebody leaves the second supergroup or joins it, or Bob takes Ada out of it or lets her in again.
    fn come_and_go(&mut self, who: Who) -> Option<Object> {
        let channel = self.input_channel(who, 1)?;
        if who != Who::Bob {
            return Some(if self.dice.percent(60) {
                Object::new(&channels::JoinChannel::new(channel))
            } else {
                Object::new(&channels::LeaveChannel::new(channel))
            });
        }
        let named = self.users.get(&(who.key().0, Who::Ada.name()))?;
        let (user_id, access_hash) = (named.user_id, named.access_hash);
        let ada = types::InputPeerUser { user_id, access_hash }.into();
        let view_messages = self.dice.percent(50);
        let rights = types::ChatBannedRights { view_messages, ..types::ChatBannedRights::new(0) };
        Some(Object::new(&channels::EditBanned::new(channel, ada, rights)))
    }

    /// The messages of a chat as somebody sees them, and which they have said.
    fn history(&mut self, who: Who, peer: &enums::InputPeer) -> Option<Vec<(i32, String, bool)>> {
        let mut all = Vec::new();
        let mut before = 0;
        loop {
            let request = messages::GetHistory::new(peer.clone(), before, 0, 0, PAGE, 0, 0, 0);
            let page = match self.ask(who, &request).ok()? {
                enums::messages::Messages::Messages(some) => some.messages,
                enums::messages::Messages::MessagesSlice(some) => some.messages,
                enums::messages::Messages::ChannelMessages(some) => some.messages,
                _ => return None,
            };
            let Some(last) = page.last() else { return Some(all) };
            before = last.id();
            all.extend(page.iter().filter_map(said));
        }
    }

    /// Remembers how everything stands, where it was not so yet.
    pub(super) fn record(&mut self) -> Option<()> {
        let pts = self.ask(Who::AdaElsewhere, &calls::GetState).ok()?.pts;
        if !self.common.contains_key(&pts) {
            let mut all = Messages::new();
            for place in [Place::AdaAndBob, Place::AdaAndCarol, Place::Group] {
                let peer = self.peer(Who::AdaElsewhere, place)?;
                let said = self.history(Who::AdaElsewhere, &peer)?;
                all.extend(said.into_iter().map(|(id, text, _)| (id, text)));
            }
            self.common.insert(pts, all);
        }
        self.record_secrets()?;
        // Bob is in all channels, and always.
        for (id, pts) in self.channel_positions(Who::Bob)? {
            if self.boxes.get(&id).is_some_and(|known| known.contains_key(&pts)) {
                continue;
            }
            let number = self.channels.iter().position(|(channel, _)| *channel == id)?;
            let peer = self.peer(Who::Bob, Place::Channel(number))?;
            let said = self.history(Who::Bob, &peer)?;
            let all = said.into_iter().map(|(id, text, _)| (id, text)).collect();
            self.boxes.entry(id).or_default().insert(pts, all);
        }
        Some(())
    }

    /// The same, of the secret chat.
    fn record_secrets(&mut self) -> Option<()> {
        // Each text is one position.
        let qts = self.ask(Who::Ada, &calls::GetState).ok()?.qts;
        if !self.secrets.contains_key(&qts) {
            let mut all = self.secrets.values().next_back().cloned().unwrap_or_default();
            if !self.secrets.is_empty() {
                all.insert(self.secret_text, self.secret_text.to_string());
            }
            self.secrets.insert(qts, all);
        }
        Some(())
    }

    /// The channels that somebody is in, and where they are.
    pub(super) fn channel_positions(&mut self, who: Who) -> Option<Vec<(i64, i32)>> {
        let (dialogs, _) = self.dialogs(who)?;
        let position = |dialog: enums::Dialog| match dialog {
            enums::Dialog::Dialog(dialog) => match dialog.peer {
                enums::Peer::PeerChannel(channel) => Some((channel.channel_id, dialog.pts?)),
                _ => None,
            },
            _ => None,
        };
        Some(dialogs.into_iter().filter_map(position).collect())
    }

    /// How a box stood, by its positions.
    fn stood(&self, line: BoxId) -> Option<&BTreeMap<i32, Messages>> {
        match line {
            BoxId::Common => Some(&self.common),
            BoxId::Channel(id) => self.boxes.get(&id),
            BoxId::Qts => Some(&self.secrets),
        }
    }

    /// How a box stood at a position; between two that are known, the later.
    pub(super) fn at(&self, line: BoxId, pts: i32) -> Option<&Messages> {
        self.stood(line)?.range(pts..).next().map(|(_, all)| all)
    }

    /// What happened between two positions is asked for by other ways: only that. What was made and deleted between them is not there,
    /// whoever knows of it from a position in their midst, at which he began.
    pub(super) fn heal(&self, line: BoxId, known: &mut Messages, from: i32, to: i32) {
        let nothing = Messages::new();
        let old = self.stood(line).and_then(|stood| stood.range(..=from).next_back());
        let old = old.map_or(&nothing, |(_, all)| all);
        let new = self.at(line, to).unwrap_or(&nothing);
        let between = self.stood(line).filter(|_| from < to);
        let between = between.into_iter().flat_map(|stood| stood.range(from..to));
        for all in between.map(|(_, all)| all).chain([new]) {
            for id in old.keys().chain(all.keys()).filter(|id| old.get(id) != all.get(id)) {
                match new.get(id) {
                    Some(text) => known.insert(*id, text.clone()),
                    None => known.remove(id),
                };
            }
        }
    }

    /// Whether a box had a message at some position before.
    pub(super) fn was_before(&self, line: BoxId, pts: i32, id: i32) -> bool {
        let before = self.stood(line).into_iter().flat_map(|stood| stood.range(..pts));
        before.into_iter().any(|(_, all)| all.contains_key(&id))
    }

    /// Whether it is known how a box stood at just that position.
    pub(super) fn is_known(&self, line: BoxId, pts: i32) -> bool {
        self.stood(line).is_some_and(|stood| stood.contains_key(&pts))
    }

    /// How Ada's own box stands.
    pub(super) fn common(&self) -> Option<&Messages> {
        self.common.values().next_back()
    }

    /// How a box stands now.
    pub(super) fn newest(&self, line: BoxId) -> Option<&Messages> {
        self.stood(line)?.values().next_back()
    }

    /// How the secret chat stands.
    pub(super) fn secrets(&self) -> Option<&Messages> {
        self.secrets.values().next_back()
    }

    /// The time passes.
    pub(super) fn pass(&mut self, time: Duration) {
        self.now = self.now.after(time);
    }
}

/// What is in a container.
fn updates_of(updates: &enums::Updates) -> &[enums::Update] {
    match updates {
        enums::Updates::Updates(all) => &all.updates,
        enums::Updates::UpdatesCombined(all) => &all.updates,
        enums::Updates::UpdateShort(short) => std::slice::from_ref(&short.update),
        _ => &[],
    }
}

/// Two supergroups, of which the second is left and joined, and a broadcast channel.
const CHANNELS: usize = 3;

/// The messages of an answer.
const PAGE: i32 = 100;

/// A message: its number, what it says, and whether whoever looks has said it.
pub(super) fn said(message: &enums::Message) -> Option<(i32, String, bool)> {
    match message {
        enums::Message::Message(message) => {
            Some((message.id, message.message.clone(), message.out))
        }
        // What happened stays as it is.
        enums::Message::MessageService(service) => Some((service.id, "-".into(), false)),
        _ => None,
    }
}

/// The number of a text, and how often it was edited.
pub(super) fn numbers(text: &str) -> Option<(u64, u32)> {
    let (text, version) = text.split_once(' ')?;
    Some((text.parse().ok()?, version.parse().ok()?))
}
