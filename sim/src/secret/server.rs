//! The server: it knows who is in the chat, keeps what was not confirmed, and does harm by its own chance.

use std::collections::{HashSet, VecDeque};

use telewire::crypto::EntropyExt;
use telewire::crypto::dh::KNOWN_PRIME;
use telewire::crypto::{KeyId, SeededEntropy};
use telewire::rpc::RpcError;
use telewire::secret::{Answer, ChatId, ChatPeer, EncryptedMessage, Parties, Request, ServerChat};

use crate::secret::end::{ACCEPTOR, CREATOR};

/// What an end is told.
#[derive(Debug, Clone)]
pub(super) enum Mail {
    Chat(ServerChat),
    Message(EncryptedMessage),
}

#[derive(Default)]
struct Inbox {
    /// The last number that was given.
    qts: i32,
    /// What was not confirmed, with how often it was handed out in this life of the end.
    kept: VecDeque<(EncryptedMessage, bool)>,
    /// What was confirmed lately, to be repeated.
    past: VecDeque<EncryptedMessage>,
    /// What the end is to hear of the chat, again after each of its lives.
    chat: Option<ServerChat>,
    is_told: bool,
}

pub(super) struct Server {
    boxes: [Inbox; 2],
    request: Option<i32>,
    accepted: Option<KeyId>,
    g_a: Vec<u8>,
    entropy: SeededEntropy,
    pub(super) odds: usize,
    lost_once: HashSet<Vec<u8>>,
    pub(super) lost: u64,
    pub(super) repeated: u64,
    pub(super) early: u64,
}

/// How much of the past can come again.
const PAST: usize = 20;

impl Server {
    pub(super) fn new(entropy: SeededEntropy, odds: usize) -> Self {
        Self {
            boxes: [Inbox::default(), Inbox::default()],
            request: None,
            accepted: None,
            g_a: Vec::new(),
            entropy,
            odds,
            lost_once: HashSet::new(),
            lost: 0,
            repeated: 0,
            early: 0,
        }
    }

    fn below(&mut self, end: usize) -> usize {
        let number = u64::from_le_bytes(self.entropy.array());
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        number.checked_rem(end).and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
    }

    fn harm(&mut self) -> bool {
        self.below(self.odds) == 0
    }

    fn parties(&self) -> Parties {
        let peer = ChatPeer { id: ChatId(self.request.unwrap_or(0)), access_hash: 9 };
        Parties { peer, date: 5, admin: CREATOR, participant: ACCEPTOR }
    }

    /// Answers a call of an end.
    pub(super) fn serve(&mut self, from: usize, request: &Request) -> Answer {
        match request {
            Request::DhConfig { version: 3, .. } => Answer::DhConfigNotModified,
            Request::DhConfig { .. } => {
                Answer::DhConfig { version: 3, g: 3, p: KNOWN_PRIME.to_vec() }
            }
            Request::RequestEncryption { random_id, g_a, .. } => {
                // The same again has no other answer, or an error that says so.
                if self.request.replace(*random_id).is_some() && self.harm() {
                    return failed("RANDOM_ID_DUPLICATE");
                }
                self.g_a.clone_from(g_a);
                let requested = ServerChat::Requested { parties: self.parties(), g_a: g_a.clone() };
                self.tell(1, requested);
                Answer::Chat(ServerChat::Waiting(self.parties()))
            }
            Request::AcceptEncryption { g_b, key_fingerprint, .. } => {
                if self.accepted.replace(*key_fingerprint).is_some() {
                    return failed("ENCRYPTION_ALREADY_ACCEPTED");
                }
                let (parties, key_fingerprint) = (self.parties(), *key_fingerprint);
                let chat = |g_a_or_b| ServerChat::Chat { parties, g_a_or_b, key_fingerprint };
                self.tell(0, chat(g_b.clone()));
                Answer::Chat(chat(self.g_a.clone()))
            }
            Request::Send { data, .. }
            | Request::SendFile { data, .. }
            | Request::SendService { data, .. } => {
                if self.harm() {
                    return failed("FLOOD_WAIT_1");
                }
                self.post(1 - from.min(1), data);
                Answer::Sent { date: 6, file: None }
            }
            _ => Answer::Done,
        }
    }

    fn tell(&mut self, to: usize, chat: ServerChat) {
        if let Some(to) = self.boxes.get_mut(to) {
            to.chat = Some(chat);
            to.is_told = false;
        }
    }

    fn post(&mut self, to: usize, data: &[u8]) {
        // Each packet is lost once at most: what is missing is asked for once.
        if self.harm() && self.lost_once.insert(data.to_vec()) {
            self.lost += 1;
            return;
        }
        if let Some(to) = self.boxes.get_mut(to) {
            to.qts += 1;
            let (qts, bytes) = (Some(to.qts), data.to_vec());
            to.kept.push_back((EncryptedMessage { qts, date: 6, bytes, file: None }, false));
        }
    }

    /// What an end is told next: mostly what comes next, at times something that was there, or that comes later.
    pub(super) fn next(&mut self, to: usize) -> Option<Mail> {
        let (repeat, early) = (self.harm(), self.harm());
        let chances = [self.below(PAST), self.below(4)];
        let to = self.boxes.get_mut(to)?;
        if !to.is_told && to.chat.is_some() {
            to.is_told = true;
            return to.chat.clone().map(Mail::Chat);
        }
        if repeat && let Some(message) = to.past.get(chances[0]) {
            self.repeated += 1;
            return Some(Mail::Message(EncryptedMessage { qts: None, ..message.clone() }));
        }
        let skip = if early { chances[1] } else { 0 };
        let mut fresh = to.kept.iter_mut().filter(|(_, is_told)| !is_told).skip(skip);
        let (message, is_told) = fresh.next()?;
        *is_told = true;
        self.early += u64::from(skip > 0);
        Some(Mail::Message(message.clone()))
    }

    /// An end has settled these.
    pub(super) fn confirm(&mut self, of: usize, all: &[i32]) {
        let Some(of) = self.boxes.get_mut(of) else { return };
        for qts in all {
            let place = of.kept.iter().position(|(message, _)| message.qts == Some(*qts));
            if let Some((message, _)) = place.and_then(|place| of.kept.remove(place)) {
                of.past.push_front(message);
                of.past.truncate(PAST);
            }
        }
    }

    /// An end begins another life.
    pub(super) fn again(&mut self, of: usize) {
        if let Some(of) = self.boxes.get_mut(of) {
            of.is_told = false;
            of.kept.iter_mut().for_each(|(_, is_told)| *is_told = false);
        }
    }
}

fn failed(name: &str) -> Answer {
    Answer::Failed(RpcError::parse(if name.starts_with("FLOOD") { 420 } else { 400 }, name))
}
