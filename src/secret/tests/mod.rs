//! Two chats, and a server between them that does what a test wants. Time is virtual, cryptography a toy where nothing else is
//! said.

mod birth;
mod keys;
mod layers;
mod order;
mod stored;
mod timers;
mod traffic;

use std::collections::VecDeque;
use std::time::Duration;

use crate::crypto::dh::KNOWN_PRIME;
use crate::crypto::{AuthKey, KeyId, SeededEntropy, Suite, toy};
use crate::secret::content::{Content, Control};
use crate::secret::layer::{self, Carried, Header};
use crate::secret::numbers::Numbers;
use crate::secret::packet;
use crate::secret::record::Keys;
use crate::secret::{
    Answer, Batch, Call, Chat, ChatId, ChatPeer, Counts, EncryptedMessage, Event, Group, Message,
    Parties, Receipt, Request, Rows, ServerChat, Side, State, Token, Us, UserId,
};
use crate::time::Now;

pub(super) const ALICE: UserId = UserId(1_000);
pub(super) const BOB: UserId = UserId(2_000);
pub(super) const DATE: i32 = 1_700_000_000;

pub(super) fn group() -> Group {
    Group::new(3, 3, &KNOWN_PRIME).unwrap()
}

pub(super) fn us(user: UserId, suite: Suite) -> Us {
    Us { user, session_key: KeyId(user.0), suite }
}

/// One end: the chat, its store, what its application has heard.
pub(super) struct End {
    pub(super) us: Us,
    pub(super) chat: Chat,
    pub(super) rows: Rows,
    pub(super) heard: Vec<Event>,
    pub(super) groups: Vec<Group>,
    pub(super) entropy: SeededEntropy,
    pub(super) calls: VecDeque<Call>,
    /// What the server has for this end and was not delivered.
    pub(super) mail: VecDeque<EncryptedMessage>,
    pub(super) confirmed: Vec<i32>,
    pub(super) generation: u64,
}

impl End {
    pub(super) fn new(us: Us, chat: Chat, seed: u64) -> Self {
        Self {
            us,
            chat,
            rows: Rows::new(),
            heard: Vec::new(),
            groups: Vec::new(),
            entropy: SeededEntropy::new(seed),
            calls: VecDeque::new(),
            mail: VecDeque::new(),
            confirmed: Vec::new(),
            generation: 0,
        }
    }

    pub(super) fn store(&mut self, batch: &Batch) {
        self.rows.apply(batch);
        self.heard.extend(batch.events.iter().cloned());
        self.groups.extend(batch.group.clone());
        self.confirmed.extend(&batch.qts);
        self.generation = batch.generation;
        self.chat.handle_stored(batch.number);
    }

    /// Stores, computes, and takes the calls.
    pub(super) fn settle(&mut self, now: Now) {
        loop {
            while let Some(batch) = self.chat.poll_batch() {
                self.store(&batch);
            }
            if let Some(work) = self.chat.poll_work() {
                self.chat.handle_done(now, work.run(), &mut self.entropy);
                continue;
            }
            match self.chat.poll_call() {
                Some(call) => self.calls.push_back(call),
                None => return,
            }
        }
    }

    /// The end as it is after a crash: all but the rows is lost.
    pub(super) fn crash(&mut self, now: Now) {
        let us = self.us.clone();
        self.chat = Chat::restore(us, &self.rows, None, now, &mut self.entropy).unwrap();
        self.calls.clear();
    }

    pub(super) fn texts(&self) -> Vec<String> {
        let text = |event: &Event| match event {
            Event::Message { message, .. } => Some(message.text.clone()),
            _ => None,
        };
        self.heard.iter().filter_map(text).collect()
    }

    pub(super) fn hears(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        self.heard.iter().filter(|event| wanted(event)).count()
    }

    pub(super) fn counts(&self) -> Counts {
        self.chat.counts()
    }

    pub(super) fn key(&self) -> AuthKey {
        self.chat.record.keys.current.clone().unwrap()
    }
}

/// Two ends: the creator is 0, the acceptor 1.
pub(super) struct Pair {
    pub(super) ends: [End; 2],
    pub(super) now: Now,
}

pub(super) fn parties() -> Parties {
    let peer = ChatPeer { id: ChatId(77), access_hash: 78 };
    Parties { peer, date: DATE, admin: ALICE, participant: BOB }
}

pub(super) fn start() -> Now {
    Now { mono: Duration::from_secs(5), unix: Duration::from_secs(1_700_000_000) }
}

/// A creator that has asked, with its `g_a`.
pub(super) fn asked(suite: Suite, seed: u64) -> (End, Vec<u8>) {
    let now = start();
    let us = us(ALICE, suite);
    let mut entropy = SeededEntropy::new(seed);
    let chat = Chat::create(us.clone(), BOB, Some(group()), now, &mut entropy);
    let mut end = End::new(us, chat, seed + 1);
    end.settle(now);
    let config = end.calls.pop_front().unwrap();
    let version = Request::DhConfig { version: 3, random_length: 256 };
    assert_eq!(config.request, version);
    end.answer(now, config.token, Answer::DhConfigNotModified);
    end.settle(now);
    let Request::RequestEncryption { user: BOB, g_a, .. } = &end.calls[0].request else {
        panic!("{:?}", end.calls)
    };
    let g_a = g_a.clone();
    (end, g_a)
}

impl End {
    pub(super) fn answer(&mut self, now: Now, token: Token, answer: Answer) {
        self.chat.handle_answer(now, token, answer, &mut self.entropy);
    }
}

/// An acceptor to whom `g_a` was offered.
pub(super) fn offered(suite: Suite, g_a: Vec<u8>, seed: u64) -> End {
    let us = us(BOB, suite);
    let mut entropy = SeededEntropy::new(seed);
    let requested = ServerChat::Requested { parties: parties(), g_a };
    let chat = Chat::offered(us.clone(), requested, Some(group()), start(), &mut entropy).unwrap();
    let mut end = End::new(us, chat, seed + 1);
    end.settle(start());
    end
}

impl Pair {
    /// Two ends with a key; what they say first is delivered.
    pub(super) fn new(seed: u64) -> Self {
        Self::with(toy(), seed)
    }

    pub(super) fn with(suite: Suite, seed: u64) -> Self {
        let mut pair = Self::fresh(suite, seed);
        pair.run();
        for end in &mut pair.ends {
            assert_eq!(end.chat.state(), State::Ready);
            end.heard.clear();
            end.confirmed.clear();
        }
        pair
    }

    /// Two ends with a key that have said nothing yet.
    pub(super) fn fresh(suite: Suite, seed: u64) -> Self {
        let now = start();
        let (mut alice, g_a) = asked(suite.clone(), seed);
        let mut bob = offered(suite, g_a, seed + 10);
        let request = alice.calls.pop_front().unwrap();
        alice.answer(now, request.token, Answer::Chat(ServerChat::Waiting(parties())));
        alice.settle(now);
        bob.chat.accept(now, &mut bob.entropy).unwrap();
        bob.settle(now);
        let config = bob.calls.pop_front().unwrap();
        bob.answer(now, config.token, Answer::DhConfigNotModified);
        bob.settle(now);
        let accept = bob.calls.pop_front().unwrap();
        let Request::AcceptEncryption { g_b, key_fingerprint, .. } = accept.request else {
            panic!("{accept:?}")
        };
        let chat = |g_a_or_b| ServerChat::Chat { parties: parties(), g_a_or_b, key_fingerprint };
        bob.answer(now, accept.token, Answer::Chat(chat(Vec::new())));
        alice.chat.handle_server_chat(now, chat(g_b), &mut alice.entropy);
        alice.settle(now);
        bob.settle(now);
        Self { ends: [alice, bob], now }
    }

    pub(super) fn say(&mut self, end: usize, text: &str) -> i64 {
        let End { chat, entropy, .. } = &mut self.ends[end];
        let id = chat.send(self.now, Message::text(text), None, entropy).unwrap();
        self.ends[end].settle(self.now);
        id
    }

    /// The server takes what an end sends, one after the other, until it sends nothing more.
    pub(super) fn take(&mut self, end: usize) {
        self.ends[end].settle(self.now);
        while let Some(call) = self.ends[end].calls.pop_front() {
            let answer = self.serve(1 - end, call.request);
            self.ends[end].answer(self.now, call.token, answer);
            self.ends[end].settle(self.now);
        }
    }

    fn serve(&mut self, other: usize, request: Request) -> Answer {
        match request {
            Request::Send { data: bytes, .. }
            | Request::SendFile { data: bytes, .. }
            | Request::SendService { data: bytes, .. } => {
                let message = EncryptedMessage { qts: None, date: DATE, bytes, file: None };
                self.ends[other].mail.push_back(message);
                Answer::Sent { date: DATE, file: None }
            }
            _ => Answer::Done,
        }
    }

    /// Delivers the first of the mail of an end.
    pub(super) fn deliver(&mut self, end: usize) -> Receipt {
        let message = self.ends[end].mail.pop_front().unwrap();
        self.hand(end, message)
    }

    pub(super) fn hand(&mut self, end: usize, message: EncryptedMessage) -> Receipt {
        let End { chat, entropy, .. } = &mut self.ends[end];
        let receipt = chat.handle_message(self.now, message, entropy);
        self.ends[end].settle(self.now);
        receipt
    }

    /// Until nothing is on its way any more.
    pub(super) fn run(&mut self) {
        loop {
            self.take(0);
            self.take(1);
            let Some(end) = (0..2).find(|end| !self.ends[*end].mail.is_empty()) else { return };
            self.deliver(end);
        }
    }

    /// A packet as the end `from` could write it, with these numbers (raw).
    pub(super) fn forge(
        &mut self,
        from: usize,
        in_: u32,
        out: u32,
        message: &[u8],
    ) -> EncryptedMessage {
        let (in_seq_no, out_seq_no) = Numbers::wire(in_, out, side(from));
        self.forge_wire(from, Header { layer: 144, in_seq_no, out_seq_no }, message)
    }

    pub(super) fn forge_wire(
        &mut self,
        from: usize,
        header: Header,
        message: &[u8],
    ) -> EncryptedMessage {
        let mut entropy = SeededEntropy::new(9);
        let layer = layer::write(header, message, &mut entropy);
        self.forge_layer(from, &layer)
    }

    pub(super) fn forge_layer(&mut self, from: usize, layer: &[u8]) -> EncryptedMessage {
        let key = self.ends[from].key();
        self.forge_by(from, &key, layer)
    }

    /// A packet of this key.
    pub(super) fn forge_by(&self, from: usize, key: &AuthKey, layer: &[u8]) -> EncryptedMessage {
        let mut entropy = SeededEntropy::new(10);
        let suite = &*self.ends[from].chat.suite;
        let bytes = packet::seal(suite, key, side(from), layer, &mut entropy);
        mail(bytes)
    }

    /// What a packet from this end says.
    pub(super) fn read(&self, from: usize, message: &EncryptedMessage) -> (Header, Content) {
        let records = self.ends.each_ref().map(|end| &end.chat.record.keys);
        let both = |keys: &Keys| [keys.current.clone(), keys.old.clone().map(|old| old.key)];
        let keys: Vec<_> = records.into_iter().flat_map(both).collect();
        let suite = &*self.ends[from].chat.suite;
        let layer = keys
            .iter()
            .flatten()
            .find_map(|key| packet::open(suite, key, side(from), &message.bytes).ok());
        match layer::read(&layer.unwrap()).unwrap() {
            Carried::Layered(header, content) => (header, content),
            Carried::Notice(layer) => panic!("notice of {layer}"),
        }
    }

    pub(super) fn numbers(&self, end: usize) -> Numbers {
        self.ends[end].chat.record.numbers
    }

    /// Time passes for both.
    pub(super) fn pass(&mut self, time: Duration) {
        self.now = self.now.after(time);
        for end in &mut self.ends {
            end.chat.handle_timeout(self.now, &mut end.entropy);
            end.settle(self.now);
        }
    }
}

pub(super) fn side(end: usize) -> Side {
    if end == 0 { Side::Creator } else { Side::Acceptor }
}

pub(super) fn mail(bytes: Vec<u8>) -> EncryptedMessage {
    EncryptedMessage { qts: None, date: DATE, bytes, file: None }
}

pub(super) fn text(random_id: i64, text: &str) -> Vec<u8> {
    crate::secret::content::write_message(random_id, &Message::text(text), 144).unwrap()
}

pub(super) fn control(control: &Control) -> Vec<u8> {
    crate::secret::content::write_control(1, control)
}
