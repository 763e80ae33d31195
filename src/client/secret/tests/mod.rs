//! Two desks and a server between them, killed wherever that may be, and what they keep.

mod kept;
mod witness;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::desk::{Called, Desk, MAX_CHATS};
use super::event::{SecretChatId, SecretEvent};
use super::news::News;
use crate::client::secret::SecretError;
use crate::client::secret::kept::kind;
use crate::client::store::{Change, SecretRow, SecretRows, Snapshot};
use crate::crypto::dh::KNOWN_PRIME;
use crate::crypto::{KeyId, SeededEntropy, toy};
use crate::secret::{
    Answer, ChatId, ChatPeer, Closed, EncryptedMessage, Event, Message, Parties, Request,
    ServerChat, Us, UserId,
};
use crate::time::Now;
use crate::tl::api::enums::InputUser;
use crate::tl::api::types;

const ADA: UserId = UserId(1);
const BOB: UserId = UserId(2);

fn us(user: UserId) -> Us {
    Us { user, session_key: KeyId(user.0), suite: toy() }
}

fn now() -> Now {
    Now { mono: Duration::from_secs(10), unix: Duration::from_secs(1_700_000_000) }
}

fn name(user: UserId) -> InputUser {
    types::InputUser { user_id: user.0, access_hash: 7 }.into()
}

/// A program: its desk, its store, what it has to call, and what it heard.
struct End {
    user: UserId,
    desk: Desk<SeededEntropy>,
    rows: SecretRows,
    witness: BTreeMap<i32, u64>,
    calls: VecDeque<Called>,
    lives: u64,
    heard: Vec<SecretEvent>,
    /// What it had after each write.
    history: Vec<(SecretRows, BTreeMap<i32, u64>)>,
    last: Option<i64>,
    /// Steps of writes after which it is killed, once.
    steps_left: Option<usize>,
}

impl End {
    fn new(user: UserId) -> Self {
        let entropy = SeededEntropy::new(user.0.cast_unsigned());
        let (rows, witness) = (SecretRows::default(), BTreeMap::new());
        let desk = Desk::restore(&us(user), &rows, &witness, now(), entropy).unwrap();
        let (calls, heard) = (VecDeque::new(), Vec::new());
        Self {
            user,
            desk,
            rows,
            witness,
            calls,
            lives: 0,
            heard,
            last: None,
            history: Vec::new(),
            steps_left: None,
        }
    }

    /// All but what is stored is gone.
    fn kill(&mut self) {
        self.lives += 1;
        let entropy = SeededEntropy::new(self.user.0.cast_unsigned() + self.lives * 1_000);
        self.desk =
            Desk::restore(&us(self.user), &self.rows, &self.witness, now(), entropy).unwrap();
        self.calls.clear();
        self.last = None;
    }

    /// A step of a write, unless it is killed before it.
    fn step(&mut self, act: impl FnOnce(&mut Self)) -> bool {
        if self.steps_left == Some(0) {
            self.steps_left = None;
            self.kill();
            return false;
        }
        self.steps_left = self.steps_left.map(|left| left - 1);
        act(self);
        true
    }

    /// Keeps a batch in the steps that a store takes: what goes, goes from the witness first, and all else comes there last.
    fn keep(&mut self, changes: &[Change]) -> bool {
        let (secrets, generations) = (self.rows.clone(), self.witness.clone());
        let mut next = Snapshot { secrets, generations, ..Snapshot::default() };
        next.apply(changes);
        let Snapshot { secrets, generations, .. } = next;
        let stays = |chat: &i32, known: &u64| generations.get(chat).is_some_and(|now| known <= now);
        self.step(|end| end.witness.retain(|chat, known| stays(chat, known)))
            && self.step(|end| end.rows = secrets)
            && self.step(|end| end.witness = generations.clone())
    }

    /// Stores and computes until there is nothing to be done but calls. Whether it was killed meanwhile.
    fn settle(&mut self) -> bool {
        let mut was_killed = false;
        loop {
            let changes = self.desk.unsaved();
            if !changes.is_empty() {
                if !self.keep(&changes) {
                    was_killed = true;
                    continue;
                }
                self.history.push((self.rows.clone(), self.witness.clone()));
                self.desk.stored();
                continue;
            }
            self.desk.stored();
            self.calls.extend(self.desk.calls());
            let works = self.desk.works();
            if works.is_empty() {
                return was_killed;
            }
            for (chat, work) in works {
                self.desk.done(chat, work.run(), now());
            }
        }
    }

    /// Reads the next event, and deals with it.
    fn read(&mut self) -> bool {
        let Some(event) = self.desk.next_event(self.last) else { return false };
        self.last = Some(event.number);
        let lives = self.lives;
        // Only what is dealt with once it is stored counts: else it comes again.
        self.desk.next_event(self.last);
        self.settle();
        let row = SecretRow { chat: event.chat.0, kind: kind::EVENT, number: event.number };
        if self.lives == lives || self.rows.iter().all(|(place, _)| place != row) {
            self.heard.push(event);
        }
        true
    }

    fn texts(&self) -> Vec<&str> {
        let texts = self.heard.iter().filter_map(|event| match &event.what {
            Event::Message { message, .. } => Some(message.text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    fn endings(&self) -> Vec<Closed> {
        self.endings_by_chat().into_iter().map(|(_, why)| why).collect()
    }

    fn endings_by_chat(&self) -> Vec<(SecretChatId, Closed)> {
        let endings = self.heard.iter().filter_map(|event| match event.what {
            Event::Closed { why, .. } => Some((event.chat, why)),
            _ => None,
        });
        endings.collect()
    }
}

/// The server: what each end has still to be told, which stays until it is stored there.
#[derive(Default)]
struct Server {
    chat: Option<(i32, Vec<u8>)>,
    fingerprint: Option<KeyId>,
    told: [VecDeque<News>; 2],
    sent: Vec<(usize, i64)>,
}

const CHAT: i32 = 77;

impl Server {
    fn parties(id: i32) -> Parties {
        let peer = ChatPeer { id: ChatId(id), access_hash: 9 };
        Parties { peer, date: 5, admin: ADA, participant: BOB }
    }

    fn serve(&mut self, from: usize, request: Request) -> Answer {
        match request {
            Request::DhConfig { version: 3, .. } => Answer::DhConfigNotModified,
            Request::DhConfig { .. } => {
                Answer::DhConfig { version: 3, g: 3, p: KNOWN_PRIME.to_vec() }
            }
            Request::RequestEncryption { random_id, g_a, .. } => {
                let parties = Self::parties(random_id);
                self.chat = Some((random_id, g_a.clone()));
                self.told[1].push_back(News::Chat(ServerChat::Requested { parties, g_a }));
                Answer::Chat(ServerChat::Waiting(parties))
            }
            Request::AcceptEncryption { g_b, key_fingerprint, .. } => {
                let (id, g_a) = self.chat.clone().unwrap();
                let parties = Self::parties(id);
                let chat = |g_a_or_b| ServerChat::Chat { parties, g_a_or_b, key_fingerprint };
                self.fingerprint = Some(key_fingerprint);
                self.told[0].push_back(News::Chat(chat(g_b)));
                Answer::Chat(chat(g_a))
            }
            Request::DiscardEncryption { chat: id, delete_history: history_deleted } => {
                let over = ServerChat::Discarded { id, history_deleted };
                self.told[1 - from].push_back(News::Chat(over));
                Answer::Done
            }
            Request::Send { random_id, data, .. }
            | Request::SendService { random_id, data, .. } => {
                if !self.sent.contains(&(from, random_id)) {
                    self.sent.push((from, random_id));
                    let chat = ChatId(self.chat.as_ref().map_or(CHAT, |(id, _)| *id));
                    let message = EncryptedMessage { qts: None, date: 6, bytes: data, file: None };
                    self.told[1 - from].push_back(News::Message { chat, message });
                }
                Answer::Sent { date: 6, file: None }
            }
            _ => Answer::Done,
        }
    }
}

fn again(news: &News) -> News {
    match news {
        News::Chat(chat) => News::Chat(chat.clone()),
        News::Message { chat, message } => News::Message { chat: *chat, message: message.clone() },
        News::Typing(chat) => News::Typing(*chat),
        News::Read { chat, max_date, date } => {
            News::Read { chat: *chat, max_date: *max_date, date: *date }
        }
    }
}

struct World {
    ends: [End; 2],
    server: Server,
}

impl World {
    fn new() -> Self {
        Self { ends: [End::new(ADA), End::new(BOB)], server: Server::default() }
    }

    /// Everything happens that can, until nothing more does. A person accepts what is offered.
    fn run(&mut self) {
        for _ in 0..10_000 {
            let mut is_quiet = true;
            for side in 0..2 {
                let end = &mut self.ends[side];
                end.settle();
                if let Some(called) = end.calls.pop_front() {
                    is_quiet = false;
                    let answer = self.server.serve(side, called.call.request);
                    end.desk.answer(called.chat, called.call.token, answer, now());
                    end.settle();
                }
                // The server has it until it is stored.
                if let Some(news) = self.server.told[side].front().map(again) {
                    is_quiet = false;
                    end.desk.hear(news, None, now());
                    if !end.settle() {
                        self.server.told[side].pop_front();
                    }
                }
                if end.read() {
                    is_quiet = false;
                }
                for chat in end.desk.look(|id, _| id) {
                    // What is no offer is not accepted.
                    let _ = end.desk.with(chat, |chat, e| chat.accept(now(), e));
                }
                end.settle();
                let due = end.desk.timeout();
                if is_quiet && due.is_some_and(|due| due < Duration::from_secs(600)) {
                    let later = now().after(Duration::from_secs(600));
                    end.desk.wake(later);
                    is_quiet = end.desk.unsaved().is_empty();
                }
            }
            if is_quiet {
                return;
            }
        }
        panic!("it has no end");
    }

    fn close(&mut self, side: usize, chat: SecretChatId) {
        let end = &mut self.ends[side];
        let close = |desk: &mut Desk<SeededEntropy>| {
            desk.with(chat, |chat, e| {
                chat.discard(now(), true, e);
                Ok(())
            })
        };
        close(&mut end.desk).unwrap();
        // As with what is said.
        if end.settle() {
            close(&mut end.desk).unwrap();
            end.settle();
        }
    }

    fn say(&mut self, side: usize, chat: SecretChatId, text: &str) {
        let end = &mut self.ends[side];
        let send = |desk: &mut Desk<SeededEntropy>| {
            desk.say(chat, |chat, e| chat.send(now(), Message::text(text), None, e))
        };
        send(&mut end.desk).unwrap();
        // Whoever is killed before it is stored is told nothing, and says it again.
        if end.settle() {
            send(&mut end.desk).unwrap();
            end.settle();
        }
    }
}

/// What a write is made of.
const STEPS: usize = 3;

/// Both are killed at each of their writes, one after the other: what was said is heard once and in its order.
#[test]
fn sc_82_and_sc_83_a_kill_at_any_write_loses_and_repeats_nothing() {
    let mut killed = 0;
    for side in 0..2 {
        for writes in 0..60 {
            let mut world = World::new();
            world.ends[side].steps_left = Some(writes * STEPS);
            let created = world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
            let chat = if world.ends[0].settle() {
                let chat = world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
                world.ends[0].settle();
                chat
            } else {
                created
            };
            world.say(0, chat, "a0");
            world.run();
            let of_bob = world.ends[1].desk.look(|id, _| id)[0];
            for number in 1..4 {
                world.say(0, chat, &format!("a{number}"));
                world.say(1, of_bob, &format!("b{number}"));
                world.run();
            }
            let what = format!("end {side}, {writes} writes");
            assert_eq!(world.ends[1].texts(), ["a0", "a1", "a2", "a3"], "{what}");
            assert_eq!(world.ends[0].texts(), ["b1", "b2", "b3"], "{what}");
            let hashes = world.ends.each_ref().map(|end| end.desk.look(|_, chat| chat.key_hash()));
            assert!(hashes[0] == hashes[1] && hashes[0][0].is_some(), "{what}");
            killed += world.ends[side].lives;
            // Nothing of what was settled stays, but the chat itself and its numbers.
            let kept = world.ends.each_ref().map(|end| end.rows.len());
            assert!(kept.iter().all(|rows| *rows <= 8), "{what}: {kept:?}");
            world.close(0, chat);
            world.run();
            assert_eq!(world.ends[0].endings(), [Closed::Ours], "{what}");
            assert_eq!(world.ends[1].endings(), [Closed::Theirs], "{what}");
            // Prime and generator are for the next chat, which has another number.
            let left = world.ends.each_ref().map(|end| end.rows.len());
            assert_eq!(left, [2, 2], "{what}: {:?}", world.ends[0].rows);
            world.ends[0].kill();
            let next = world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
            assert!(next > chat, "{what}");
        }
    }
    assert!(killed > 40, "{killed}");
}

/// The other side may have the key first. What it says waits, also for the next program.
#[test]
fn sc_80_a_message_that_comes_before_the_key_outlives_a_restart() {
    let mut world = World::new();
    let chat = world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
    // Until Bob has it, and Ada was told nothing.
    for _ in 0..40 {
        for side in 0..2 {
            let end = &mut world.ends[side];
            end.settle();
            if let Some(called) = end.calls.pop_front() {
                let answer = world.server.serve(side, called.call.request);
                end.desk.answer(called.chat, called.call.token, answer, now());
            }
            if side == 1
                && let Some(news) = world.server.told[1].pop_front()
            {
                end.desk.hear(news, None, now());
            }
            for chat in end.desk.look(|id, _| id) {
                let _ = end.desk.with(chat, |chat, e| chat.accept(now(), e));
            }
        }
    }
    let of_bob = world.ends[1].desk.look(|id, _| id)[0];
    world.say(1, of_bob, "first");
    while let Some(called) = world.ends[1].calls.pop_front() {
        let answer = world.server.serve(1, called.call.request);
        world.ends[1].desk.answer(called.chat, called.call.token, answer, now());
        world.ends[1].settle();
    }
    // The messages overtake what the chat is.
    let told = std::mem::take(&mut world.server.told[0]);
    let (messages, chats): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|news| matches!(news, News::Message { .. }));
    assert!(messages.len() >= 2 && chats.len() == 1);
    let ada = &mut world.ends[0];
    for news in messages {
        ada.desk.hear(news, None, now());
        ada.settle();
    }
    for _ in 0..2 {
        ada.kill();
        ada.settle();
    }
    assert!(ada.heard.is_empty() && ada.texts().is_empty());
    for news in chats {
        ada.desk.hear(news, None, now());
    }
    world.run();
    assert_eq!(world.ends[0].texts(), ["first"]);
    world.say(0, chat, "second");
    world.run();
    assert_eq!(world.ends[1].texts(), ["second"]);
}

#[test]
fn sc_09_who_asks_without_end_fills_no_store() {
    let mut end = End::new(BOB);
    for id in 1..=i32::try_from(MAX_CHATS).unwrap() + 50 {
        let parties = Server::parties(id);
        let requested = ServerChat::Requested { parties, g_a: vec![5; 256] };
        end.desk.hear(News::Chat(requested), None, now());
        end.settle();
    }
    assert_eq!(end.desk.look(|id, _| id).len(), MAX_CHATS);
    let own = end.desk.create(ADA, name(ADA), now());
    assert_eq!(own, Err(SecretError::TooMany(MAX_CHATS)));
    // What is not for us is no offer.
    let mut end = End::new(ADA);
    let requested = ServerChat::Requested { parties: Server::parties(CHAT), g_a: vec![5; 256] };
    end.desk.hear(News::Chat(requested), None, now());
    end.settle();
    assert!(end.desk.look(|id, _| id).is_empty() && end.rows.is_empty());
}

#[test]
fn sc_81_another_login_has_nothing_of_this_ones_chats() {
    let mut end = End::new(ADA);
    let chat = end.desk.create(BOB, name(BOB), now()).unwrap();
    end.settle();
    end.desk.logged_out(Some(us(BOB)));
    assert!(end.desk.unsaved().is_empty());
    let event = end.desk.next_event(None).unwrap();
    assert_eq!(event.chat, chat);
    assert!(matches!(event.what, Event::Closed { why: Closed::LoggedOut, .. }), "{event:?}");
    let gone = end.desk.with(chat, |chat, e| chat.accept(now(), e));
    assert_eq!(gone, Err(SecretError::NoSuchChat));
    // A session whose key is another's has them closed too.
    let mut end = End::new(ADA);
    end.desk.create(BOB, name(BOB), now()).unwrap();
    end.settle();
    let other = Us { session_key: KeyId(99), ..us(ADA) };
    let entropy = SeededEntropy::new(5);
    let mut desk = Desk::restore(&other, &end.rows, &end.witness, now(), entropy).unwrap();
    assert!(desk.unsaved().iter().len() > 0 && desk.look(|id, _| id).is_empty());
}
