//! One end: the chat, its store, its application. It uses the public API alone.

use std::collections::VecDeque;

use telewire::crypto::{KeyId, SeededEntropy, toy};
use telewire::secret::{
    Answer, Batch, Call, Chat, Closed, Event, KeyHash, Rows, ServerChat, State, Token, Us, UserId,
};
use telewire::time::Now;

use crate::secret::END;
use crate::secret::server::{Mail, Server};

/// Who asks.
pub(super) const CREATOR: UserId = UserId(1);
/// Who is asked.
pub(super) const ACCEPTOR: UserId = UserId(2);

pub(super) struct End {
    pub(super) name: &'static str,
    us: Us,
    pub(super) chat: Option<Chat>,
    rows: Rows,
    /// How far the rows are, as a witness beside them says: one that is wrong would close the chat (SC-84).
    witness: Option<u64>,
    pub(super) entropy: SeededEntropy,
    pub(super) calls: VecDeque<Call>,
    pub(super) said: Vec<String>,
    pub(super) heard: Vec<String>,
    pub(super) kills: u64,
    pub(super) rekeys: u64,
    pub(super) last_key: Option<KeyId>,
    pub(super) closed: Option<Closed>,
}

impl End {
    fn new(name: &'static str, user: UserId, entropy: SeededEntropy) -> Self {
        Self {
            name,
            us: Us { user, session_key: KeyId(user.0), suite: toy() },
            chat: None,
            rows: Rows::new(),
            witness: None,
            entropy,
            calls: VecDeque::new(),
            said: Vec::new(),
            heard: Vec::new(),
            kills: 0,
            rekeys: 0,
            last_key: None,
            closed: None,
        }
    }

    pub(super) fn creator(now: Now, entropy: SeededEntropy) -> Self {
        let mut end = Self::new("the creator", CREATOR, entropy);
        let us = end.us.clone();
        end.chat = Some(Chat::create(us, ACCEPTOR, None, now, &mut end.entropy));
        // The application asks again until it is stored that it has asked.
        if let Some(batch) = end.chat.as_mut().and_then(Chat::poll_batch) {
            end.keep(&batch);
        }
        end
    }

    pub(super) fn acceptor(entropy: SeededEntropy) -> Self {
        Self::new("the acceptor", ACCEPTOR, entropy)
    }

    pub(super) fn state(&self) -> Option<State> {
        self.chat.as_ref().map(Chat::state)
    }

    pub(super) fn key_hash(&self) -> Option<KeyHash> {
        self.chat.as_ref().and_then(Chat::key_hash)
    }

    /// All but the rows is lost. What the server has and was not told to forget, comes again.
    pub(super) fn kill(&mut self, now: Now, server: &mut Server, number: usize) {
        self.kills += 1;
        self.calls.clear();
        let (us, entropy) = (self.us.clone(), &mut self.entropy);
        self.chat = Chat::restore(us, &self.rows, self.witness, now, entropy).ok();
        server.again(number);
    }

    fn keep(&mut self, batch: &Batch) {
        self.rows.apply(batch);
        self.witness = Some(batch.generation);
        for event in &batch.events {
            match event {
                Event::Message { message, .. } if message.text != END => {
                    self.heard.push(message.text.clone());
                }
                Event::Rekeyed { key } => {
                    self.rekeys += 1;
                    self.last_key = Some(*key);
                }
                Event::Closed { why, .. } => self.closed = Some(*why),
                _ => {}
            }
        }
        if let Some(chat) = &mut self.chat {
            chat.handle_stored(batch.number);
        }
    }

    /// Stores the next batch, if there is one.
    pub(super) fn store_one(&mut self, server: &mut Server, number: usize) -> bool {
        let Some(batch) = self.chat.as_mut().and_then(Chat::poll_batch) else { return false };
        self.keep(&batch);
        server.confirm(number, &batch.qts);
        true
    }

    pub(super) fn store_all(&mut self, server: &mut Server, number: usize) {
        while self.store_one(server, number) {}
    }

    /// Does the next work, if there is any.
    pub(super) fn work(&mut self, now: Now) -> bool {
        let Some(chat) = &mut self.chat else { return false };
        let Some(work) = chat.poll_work() else { return false };
        chat.handle_done(now, work.run(), &mut self.entropy);
        true
    }

    /// Takes the next call, if there is one.
    pub(super) fn take_call(&mut self) -> bool {
        let call = self.chat.as_mut().and_then(Chat::poll_call);
        let is_one = call.is_some();
        self.calls.extend(call);
        is_one
    }

    pub(super) fn answer(&mut self, now: Now, token: Token, answer: Answer) {
        if let Some(chat) = &mut self.chat {
            chat.handle_answer(now, token, answer, &mut self.entropy);
        }
    }

    pub(super) fn wake(&mut self, now: Now) {
        if let Some(chat) = &mut self.chat
            && chat.poll_timeout().is_some_and(|due| due <= now.mono)
        {
            chat.handle_timeout(now, &mut self.entropy);
        }
    }

    pub(super) fn take(&mut self, now: Now, mail: Mail) {
        match (&mut self.chat, mail) {
            (Some(chat), Mail::Chat(said)) => {
                chat.handle_server_chat(now, said, &mut self.entropy);
                // A person accepts as soon as it is offered.
                let _ = chat.accept(now, &mut self.entropy);
            }
            (Some(chat), Mail::Message(message)) => {
                chat.handle_message(now, message, &mut self.entropy);
            }
            (None, Mail::Chat(said @ ServerChat::Requested { .. })) => {
                let (us, entropy) = (self.us.clone(), &mut self.entropy);
                self.chat = Chat::offered(us, said, None, now, entropy).ok();
            }
            (None, _) => {}
        }
    }
}
