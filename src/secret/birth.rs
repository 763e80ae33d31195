//! How a chat begins: by us, or by the other side (SC-01 to SC-09).

use crate::crypto::{DhError, Entropy, EntropyExt, Secret};
use crate::secret::chat::{Chat, Us};
use crate::secret::content::Control;
use crate::secret::dh::Group;
use crate::secret::error::{Closed, Error};
use crate::secret::event::Event;
use crate::secret::failure::Called;
use crate::secret::layer::PeerLayer;
use crate::secret::life::{State, Word};
use crate::secret::limits::{MAX_REDRAWS, OUR_LAYER};
use crate::secret::numbers::Numbers;
use crate::secret::picture::KeyHash;
use crate::secret::record::{Birth, Keys, Record};
use crate::secret::rekey::Rekey;
use crate::secret::side::Side;
use crate::secret::types::{ChatPeer, Parties, Request, ServerChat, UserId};
use crate::time::Now;
use crate::work::{Answer, Done, FirstPower, Job, Powers, SharedKey};

impl Chat {
    /// Asks a user for a chat. `group` is what an earlier chat has told in [`Batch::group`](super::Batch::group).
    pub fn create(
        us: Us,
        peer: UserId,
        group: Option<Group>,
        now: Now,
        entropy: &mut dyn Entropy,
    ) -> Self {
        let mut record = Record::new(&us, peer, Side::Creator, State::Configuring);
        record.group = group;
        // SC-04: 31 bits as TDLib has it, and never 0. It is the chat's number later.
        record.request_id = i32::from_le_bytes(entropy.array()).unsigned_abs().cast_signed().max(1);
        let mut chat = Self::with(us.suite, record, now);
        chat.begin(now, None);
        chat.ask_for_group();
        chat.commit(entropy);
        chat
    }

    /// A chat that somebody asks us for (`encryptedChatRequested`). Nothing is answered before a person [accepts](Self::accept) it
    /// (SC-06).
    ///
    /// # Errors
    ///
    /// [`Closed::Parties`] when it is not us who is asked, or no request (SC-09).
    pub fn offered(
        us: Us,
        requested: ServerChat,
        group: Option<Group>,
        now: Now,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, Closed> {
        let ServerChat::Requested { parties, g_a } = requested else {
            return Err(Closed::Parties);
        };
        if parties.participant != us.user || parties.admin == us.user || parties.peer.id.0 == 0 {
            return Err(Closed::Parties);
        }
        let mut record = Record::new(&us, parties.admin, Side::Acceptor, State::Offered);
        record.group = group;
        record.chat = parties.peer;
        // More is no number, and would only be kept.
        record.birth.theirs = g_a.into_iter().take(MAX_PUBLIC).collect();
        let mut chat = Self::with(us.suite, record, now);
        chat.begin(now, None);
        chat.changed();
        chat.event(Event::Offered { by: parties.admin });
        chat.commit(entropy);
        Ok(chat)
    }

    /// A person accepts the chat.
    ///
    /// # Errors
    ///
    /// [`Error::NothingToAccept`] when nobody asks.
    pub fn accept(&mut self, now: Now, entropy: &mut dyn Entropy) -> Result<(), Error> {
        self.begin(now, None);
        if !self.go(Word::Accept) {
            return Err(Error::NothingToAccept);
        }
        self.ask_for_group();
        self.commit(entropy);
        Ok(())
    }

    /// Closes the chat, or declines it. The other side may be asked to delete what was said (layer 123 and later).
    pub fn discard(&mut self, now: Now, delete_history: bool, entropy: &mut dyn Entropy) {
        self.begin(now, None);
        self.end(Closed::Ours, delete_history);
        self.commit(entropy);
    }

    /// A person says that both sides see the same picture, or takes that back (SC-62).
    pub fn set_verified(&mut self, now: Now, is_verified: bool, entropy: &mut dyn Entropy) {
        self.begin(now, None);
        self.record.is_verified = is_verified && self.record.hash.is_some();
        self.changed();
        self.commit(entropy);
    }

    /// Takes what the server says of the chat in an update.
    pub fn handle_server_chat(&mut self, now: Now, chat: ServerChat, entropy: &mut dyn Entropy) {
        self.begin(now, None);
        self.server_chat(chat, entropy);
        self.commit(entropy);
    }

    /// Takes the answer of work. What was given up meanwhile is ignored.
    pub fn handle_done(&mut self, now: Now, done: Done, entropy: &mut dyn Entropy) {
        if !self.is_awaited(done.ticket) {
            return;
        }
        self.begin(now, None);
        if self.record.state == State::Ready {
            self.rekey_done(done.answer, entropy);
        } else if let Err(why) = self.birth_done(done.answer, entropy) {
            self.end(why, false);
        }
        self.commit(entropy);
    }

    /// SC-01: before every new chat, whatever is held.
    pub(super) fn ask_for_group(&mut self) {
        let version = self.record.group.as_ref().map_or(0, Group::version);
        self.call(Called::Config, Request::DhConfig { version, random_length: 256 });
    }

    /// Takes prime and generator, or that those which are held are still good (SC-01).
    pub(super) fn group(
        &mut self,
        group: Option<Result<Group, DhError>>,
        entropy: &mut dyn Entropy,
    ) {
        let group = match group {
            Some(Err(error)) => Err(Closed::Group(error)),
            Some(Ok(group)) => Ok(group),
            None => self.record.group.clone().ok_or(Closed::NoGroup),
        };
        let drawn = group.and_then(|group| {
            self.record.group = Some(group);
            if !self.go(Word::Group) {
                return Ok(());
            }
            self.draw(entropy)
        });
        if let Err(why) = drawn {
            self.end(why, false);
        }
    }

    /// Draws an exponent of 2048 bits of ours alone: what the server offers as random does not get near it (SC-02).
    fn draw(&mut self, entropy: &mut dyn Entropy) -> Result<(), Closed> {
        self.record.birth.exponent = Some(Box::new(Secret::random(entropy)));
        self.compute(entropy)
    }

    /// Has the powers taken that the state waits for; also after a restart.
    pub(super) fn compute(&mut self, entropy: &mut dyn Entropy) -> Result<(), Closed> {
        let group = self.record.group.clone().ok_or(Closed::NoGroup)?;
        let exponent = self.record.birth.exponent.clone().ok_or(Closed::NoExponent)?;
        let (suite, prime, g) = (self.suite.clone(), *group.prime(), group.base());
        let untested = group.untested(entropy);
        let theirs =
            || group.check_theirs(&self.record.birth.theirs, self.record.birth.ours.as_deref());
        let job = match self.record.state {
            State::Computing => {
                let exponent = (*exponent).clone();
                Job::FirstPower(Box::new(FirstPower { suite, prime, untested, g, exponent }))
            }
            State::AcceptComputing => {
                let (public, exponent) = (theirs()?, (*exponent).clone());
                Job::Powers(Box::new(Powers { suite, prime, untested, g, public, exponent }))
            }
            State::Deriving => {
                let (public, exponent) = (theirs()?, (*exponent).clone());
                Job::SharedKey(Box::new(SharedKey { suite, prime, public, exponent }))
            }
            _ => return Ok(()),
        };
        self.changed();
        self.ask(job);
        Ok(())
    }

    fn birth_done(&mut self, answer: Answer, entropy: &mut dyn Entropy) -> Result<(), Closed> {
        match (self.record.state, answer) {
            (State::Computing, Answer::FirstPower(power)) => {
                let ours = power.map_err(Closed::Group)?;
                self.group_is_tested();
                if !self.is_good(&ours) {
                    return self.redraw(entropy);
                }
                self.record.birth.ours = Some(ours);
                self.go(Word::Power);
                self.say_request();
            }
            (State::AcceptComputing, Answer::Powers(powers)) => {
                let powers = powers.map_err(Closed::Group)?;
                self.group_is_tested();
                if !self.is_good(&powers.ours) {
                    return self.redraw(entropy);
                }
                // SC-03: the same number on both sides is a mirror.
                self.check_theirs(&powers.ours)?;
                self.record.birth.ours = Some(Box::new(powers.ours));
                self.record.keys.current = Some(powers.key);
                self.record.birth.exponent = None;
                self.go(Word::Power);
                self.say_accept();
            }
            (State::Deriving, Answer::SharedKey(key)) => {
                let key = *key.map_err(Closed::Group)?;
                // SC-08.
                let claimed = self.record.birth.claimed.to_le_bytes();
                if !self.suite.constant_time_eq(&key.id().to_le_bytes(), &claimed) {
                    return Err(Closed::Fingerprint);
                }
                self.record.keys.current = Some(key);
                self.go(Word::Key);
                self.ready(entropy);
            }
            _ => {}
        }
        Ok(())
    }

    fn is_good(&self, ours: &[u8; 256]) -> bool {
        self.record.group.as_ref().is_some_and(|group| group.is_good(ours))
    }

    fn check_theirs(&self, ours: &[u8; 256]) -> Result<(), Closed> {
        let group = self.record.group.as_ref().ok_or(Closed::NoGroup)?;
        group.check_theirs(&self.record.birth.theirs, Some(ours)).map(|_| ())
    }

    fn redraw(&mut self, entropy: &mut dyn Entropy) -> Result<(), Closed> {
        self.redraws += 1;
        if self.redraws > MAX_REDRAWS {
            return Err(Closed::NoExponent);
        }
        self.draw(entropy)
    }

    /// The prime was tested with the power: the next chat need not do it again.
    fn group_is_tested(&mut self) {
        if let Some(group) = self.record.group.take() {
            let group = group.tested();
            self.tell_group(group.clone());
            self.record.group = Some(group);
        }
    }

    /// SC-04.
    pub(super) fn say_request(&mut self) {
        if let Some(ours) = &self.record.birth.ours {
            let request = Request::RequestEncryption {
                user: self.record.peer_user,
                random_id: self.record.request_id,
                g_a: ours.to_vec(),
            };
            self.call(Called::Request, request);
        }
    }

    /// SC-07.
    pub(super) fn say_accept(&mut self) {
        if let (Some(ours), Some(key)) = (&self.record.birth.ours, &self.record.keys.current) {
            let request = Request::AcceptEncryption {
                peer: self.record.chat,
                g_b: ours.to_vec(),
                key_fingerprint: key.id(),
            };
            self.call(Called::Accept, request);
        }
    }

    /// What the server says of the chat, in an update or in an answer.
    pub(super) fn server_chat(&mut self, chat: ServerChat, entropy: &mut dyn Entropy) {
        let known = self.id();
        match chat {
            ServerChat::Waiting(parties) => {
                if known.is_some_and(|id| id != parties.peer.id) {
                    return;
                }
                // SC-11: it was closed before it had a number.
                if self.record.state == State::Closed && known.is_none() {
                    self.record.chat = parties.peer;
                    self.changed();
                    self.say_discard();
                } else if self.record.state == State::Requesting && self.are_parties(&parties) {
                    self.record.chat = parties.peer;
                    self.go(Word::SaidWaiting);
                }
            }
            ServerChat::Chat { parties, g_a_or_b, key_fingerprint } => {
                if known.is_some_and(|id| id != parties.peer.id) {
                    return;
                }
                self.said_chat(parties, g_a_or_b, key_fingerprint.0, entropy);
            }
            ServerChat::Discarded { id, history_deleted } => {
                if known != Some(id) {
                    return;
                }
                if self.record.discard.take().is_some() {
                    self.changed();
                }
                // SC-07: so do our other devices hear that one of us took the chat.
                let why = match self.record.state {
                    State::Offered
                    | State::AcceptConfiguring
                    | State::AcceptComputing
                    | State::Accepting => Closed::Elsewhere,
                    _ => Closed::Theirs,
                };
                self.end(why, history_deleted);
            }
            // Whoever asks again changes nothing.
            ServerChat::Requested { .. } => {
                self.go(Word::SaidRequested);
            }
            ServerChat::Empty { .. } => {}
        }
    }

    /// `encryptedChat`: the other side's number for the creator, the end of the exchange for the acceptor.
    fn said_chat(
        &mut self,
        parties: Parties,
        theirs: Vec<u8>,
        fingerprint: i64,
        entropy: &mut dyn Entropy,
    ) {
        match self.record.state {
            State::Requesting | State::Waiting => {
                if !self.are_parties(&parties) {
                    return;
                }
                self.record.chat = parties.peer;
                self.record.birth.claimed = fingerprint;
                self.record.birth.theirs = theirs.into_iter().take(MAX_PUBLIC).collect();
                self.go(Word::SaidChat);
                if let Err(why) = self.compute(entropy) {
                    self.end(why, false);
                }
            }
            State::Accepting => {
                if !self.are_parties(&parties) {
                    return;
                }
                // SC-07: the server has to give back what we sent.
                let ours = self.record.keys.current.as_ref().map(|key| key.id().to_le_bytes());
                let is_ours = ours.is_some_and(|ours| {
                    self.suite.constant_time_eq(&ours, &fingerprint.to_le_bytes())
                });
                if !is_ours {
                    self.end(Closed::Fingerprint, false);
                    return;
                }
                self.go(Word::SaidChat);
                self.ready(entropy);
            }
            // SC-05: it never replaces a key.
            _ => {}
        }
    }

    /// SC-09; whoever else it is for ends the chat.
    fn are_parties(&mut self, parties: &Parties) -> bool {
        let (us, peer) = (self.record.me, self.record.peer_user);
        let expected = match self.record.side {
            Side::Creator => (us, peer),
            Side::Acceptor => (peer, us),
        };
        let are = (parties.admin, parties.participant) == expected && parties.peer.id.0 != 0;
        if !are {
            self.end(Closed::Parties, false);
        }
        are
    }

    /// There is a key: what belongs to it begins.
    pub(super) fn ready(&mut self, entropy: &mut dyn Entropy) {
        self.record.birth = Birth::default();
        self.record.keys.since = self.now.unix.as_secs();
        self.record.keys.uses = 0;
        if let Some(key) = &self.record.keys.current {
            // SC-57: of the first key, for ever.
            let hash = KeyHash::of(&*self.suite, key);
            self.record.hash = Some(hash);
            self.event(Event::Ready { hash });
        }
        self.tell_layer(entropy);
        self.send_waiting(entropy);
        self.take_early(entropy);
    }

    /// SC-31: right after the beginning, and when we have learnt a later layer.
    pub(super) fn tell_layer(&mut self, entropy: &mut dyn Entropy) {
        if self.record.told_layer < OUR_LAYER {
            self.record.told_layer = OUR_LAYER;
            self.control(&Control::NotifyLayer { layer: OUR_LAYER }, entropy);
        }
    }
}

impl Record {
    fn new(us: &Us, peer_user: UserId, side: Side, state: State) -> Self {
        Self {
            generation: 0,
            session_key: us.session_key,
            me: us.user,
            peer_user,
            side,
            state,
            chat: ChatPeer::default(),
            request_id: 0,
            group: None,
            birth: Birth::default(),
            keys: Keys::default(),
            rekey: Rekey::Idle,
            hash: None,
            is_verified: false,
            numbers: Numbers::default(),
            peer_layer: PeerLayer::UNKNOWN,
            told_layer: 0,
            last_layer: 0,
            ttl: 0,
            resends: Vec::new(),
            discard: None,
        }
    }
}

/// A byte more than a number may have, so that a longer one is still seen to be one (SC-03).
const MAX_PUBLIC: usize = 257;
