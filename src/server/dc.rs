//! The data centre without I/O: links come and go, keys and sessions stay.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use crate::crypto::{AuthKey, DhGen, Entropy, EntropyExt, KeyId};
use crate::framing::{Frame, TransportError};
use crate::ids::{DcId, Salt, SessionId};
use crate::map::IdMap;
use crate::server::dispatcher::Dispatcher;
use crate::server::exchange::{self, Established, Exchange};
use crate::server::fault::Faults;
use crate::server::limits::Limits;
use crate::server::link::{Link, LinkRefusal, Stage};
use crate::server::packet;
use crate::server::salts::Schedule;
use crate::server::service::{Due, Later};
use crate::server::session::Session;
use crate::server::sessions::Sessions;
use crate::server::tally::Tally;
use crate::server::translator::Spoken;
use crate::time::Now;
use crate::tl::{Object, Serialize};
use crate::work::{Done, Work};

/// A client's socket, by the number that the data centre gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub(super) u64);

/// What happens in a data centre, for those who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DcEvent {
    /// A key was made.
    KeyCreated(KeyId),
    /// A key exchange was refused.
    ExchangeRefused(exchange::Error),
    /// A key was destroyed by its client.
    KeyDestroyed(KeyId),
    /// A temporary key was bound.
    KeyBound {
        /// The temporary key.
        temp: KeyId,
        /// The permanent key, for which it acts from now on.
        perm: KeyId,
    },
    /// A session was begun.
    SessionCreated(KeyId, SessionId),
    /// A packet was refused: its key is unknown, or it is not authentic.
    PacketRefused,
}

/// An embedded data centre.
///
/// It is driven like a [`Connection`](crate::connection::Connection), with a link for each socket: after any `handle_*`,
/// [`push`](Self::push) or [`inject`](Self::inject), poll [`poll_work`](Self::poll_work), and
/// [`poll_transmit`](Self::poll_transmit) for each link; close the sockets of links for which [`is_open`](Self::is_open)
/// is false; [`poll_ready`](Self::poll_ready) says which links that concerns. At the time that [`poll_timeout`](Self::poll_timeout) gives, call
/// [`handle_timeout`](Self::handle_timeout).
#[derive(Debug)]
pub struct DataCentre {
    pub(super) config: exchange::Config,
    pub(super) dispatcher: Dispatcher,
    pub(super) entropy: Box<dyn DcEntropy>,
    pub(super) keys: IdMap<KeyId, Key>,
    pub(super) sessions: Sessions,
    /// In boxes, since a link is taken out while its packets are looked at.
    pub(super) links: IdMap<LinkId, Box<Link>>,
    pub(super) limits: Limits,
    /// How often keys and sessions were used, for what was used longest ago.
    pub(super) uses: u64,
    /// What is done later, by its time and the order in which it was put off.
    pub(super) later: BTreeMap<Due, Later>,
    pub(super) later_count: u64,
    /// Calls that are answered from outside, by their tokens.
    pub(super) promised: BTreeMap<u64, Due>,
    /// The links that are to be closed at some time.
    pub(super) closings: BTreeSet<(Duration, LinkId)>,
    /// The links that may have something to send, or are to be closed.
    pub(super) ready: BTreeSet<LinkId>,
    work: VecDeque<(LinkId, Work)>,
    pub(super) faults: Faults,
    pub(super) tally: Tally,
    next_link: u64,
    /// The peers of links, where whoever has the sockets says them.
    peers: IdMap<LinkId, IpAddr>,
    /// Whose input is looked at.
    speaker: Option<IpAddr>,
    events: VecDeque<(DcEvent, Option<IpAddr>)>,
}

/// The events that are kept for [`DataCentre::take_events`]. Clients cause them, so they must not pile up.
const MAX_EVENTS: usize = 1_024;

/// A source of randomness that a data centre can own.
pub trait DcEntropy: Entropy + Send + std::fmt::Debug {}

impl<E: Entropy + Send + std::fmt::Debug> DcEntropy for E {}

/// A key that a client has.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) key: AuthKey,
    pub(super) salts: Schedule,
    /// The unix time at which it expires, if it is a temporary one.
    pub(super) expires_at: Option<Duration>,
    /// The permanent key that it is bound to.
    pub(super) perm: Option<KeyId>,
    /// Whether it is only kept to answer its client once more.
    pub(super) is_destroyed: bool,
    /// The number of its last use.
    pub(super) used: u64,
    /// The layer that its client speaks.
    pub(super) spoken: Spoken,
}

impl Key {
    pub(super) fn is_temporary(&self) -> bool {
        self.expires_at.is_some()
    }
}

impl DataCentre {
    /// A data centre without any key.
    pub fn new(
        config: exchange::Config,
        dispatcher: Dispatcher,
        entropy: impl DcEntropy + 'static,
    ) -> Self {
        Self {
            config,
            dispatcher,
            entropy: Box::new(entropy),
            keys: IdMap::default(),
            sessions: Sessions::default(),
            links: IdMap::default(),
            limits: Limits::default(),
            uses: 0,
            later: BTreeMap::new(),
            later_count: 0,
            promised: BTreeMap::new(),
            closings: BTreeSet::new(),
            ready: BTreeSet::new(),
            work: VecDeque::new(),
            faults: Faults::default(),
            tally: Tally::default(),
            next_link: 0,
            peers: IdMap::default(),
            speaker: None,
            events: VecDeque::new(),
        }
    }

    /// Other limits than the default ones, for what comes from now on.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Which data centre it is.
    #[must_use]
    pub fn id(&self) -> DcId {
        self.config.dc
    }

    /// A client connected.
    pub fn handle_connected(&mut self) -> LinkId {
        let id = LinkId(self.next_link);
        self.next_link += 1;
        self.links.insert(id, Box::new(Link::new(id, self.limits.link_bytes)));
        id
    }

    /// The same, from an address, with which [`take_events_with_peers`](Self::take_events_with_peers) tells what the client causes.
    pub fn handle_connected_from(&mut self, peer: IpAddr) -> LinkId {
        let id = self.handle_connected();
        self.peers.insert(id, peer);
        id
    }

    /// A client's bytes came.
    pub fn handle_input(&mut self, now: Now, id: LinkId, bytes: &[u8]) {
        self.speaker = self.peers.get(&id).copied();
        let now = self.faults.at(now);
        let mut input = bytes;
        // The link is out of its place while its packets are looked at, since they concern the whole data centre.
        let Some(mut link) = self.links.remove(&id) else { return };
        if let Err(error) = link.detect(&mut input) {
            link.refuse(LinkRefusal::Frame(error));
            link.close();
        }
        loop {
            let max_padding = link.max_padding();
            let Stage::Framed(decoder) = &mut link.stage else { break };
            let (packet, quick_ack) = match decoder.decode(&mut input) {
                Ok(Some(Frame::Packet { body, quick_ack })) => (body.to_vec(), quick_ack),
                Ok(Some(_)) => continue,
                Ok(None) => break,
                Err(error) => {
                    link.refuse(LinkRefusal::Frame(error));
                    link.close();
                    break;
                }
            };
            match packet::key_id(&packet) {
                Some(KeyId(0)) => self.take_plain(now, &mut link, &packet, max_padding),
                _ => self.take_encrypted(now, &mut link, &packet, max_padding, quick_ack),
            }
        }
        // Who has no key may name one that is known: a client that comes back sends as much as it likes.
        if let Some((Some(key), length)) = link.long_frame()
            && !self.keys.contains_key(&key)
        {
            link.refuse(LinkRefusal::LongFrame { length });
            link.send_error(TransportError::AUTH_KEY_NOT_FOUND.0);
            link.close();
        }
        self.put_back(link);
    }

    /// A client's socket was closed.
    pub fn handle_disconnected(&mut self, id: LinkId) {
        self.peers.remove(&id);
        let Some(link) = self.links.remove(&id) else { return };
        self.ready.remove(&id);
        self.closings.retain(|(_, other)| *other != id);
        for (key, _) in link.sessions {
            if self.keys.get(&key).is_some_and(|key| key.is_destroyed) {
                self.forget_key(key);
            }
        }
    }

    /// A time that [`poll_timeout`](Self::poll_timeout) gave has come. Calling it earlier does nothing. Afterwards there
    /// may be something to send over any link, and links that are not open any more.
    pub fn handle_timeout(&mut self, now: Now) {
        self.speaker = None;
        while let Some((at, id)) = self.closings.first().copied()
            && at <= now.mono
        {
            self.closings.pop_first();
            if let Some(link) = self.links.get_mut(&id) {
                link.close_at = None;
                link.close();
                self.ready.insert(id);
            }
        }
        let now = self.faults.at(now);
        self.finish_due(now);
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), by the monotonic clock: an answer is due, or a link is to
    /// be closed for want of a ping.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        let closing = self.closings.first().map(|(at, _)| *at);
        closing.into_iter().chain(self.next_due()).min()
    }

    /// Registers a key without an exchange: one that both sides have from before. `expires_at`, a unix time, makes it a
    /// temporary one.
    pub fn add_key(&mut self, now: Now, key: AuthKey, salt: Salt, expires_at: Option<Duration>) {
        let now = self.faults.at(now);
        self.register(now, Established { auth_key: key, salt, expires_at });
    }

    /// Sends something that nobody asked for, an update say, to a session; whether there is such a session. It is kept
    /// until it is acknowledged.
    ///
    /// It is sent in the layer that the client speaks, if there is a [`Translator`](crate::server::Translator); what that layer has
    /// nothing like is not sent.
    ///
    /// A session of a temporary key is found by the permanent key too that it acts for, which handlers know it by
    /// ([`Caller::key`](crate::server::Caller::key)): of several of the same number, the one that was used last.
    pub fn push(
        &mut self,
        now: Now,
        key: KeyId,
        session: SessionId,
        update: &impl Serialize,
    ) -> bool {
        self.push_to(now, key, Some(session), update)
    }

    /// As [`push`](Self::push), to the session that was used last, of those of a key and of the temporary keys that act for it.
    pub fn push_to_latest(&mut self, now: Now, key: KeyId, update: &impl Serialize) -> bool {
        self.push_to(now, key, None, update)
    }

    fn push_to(
        &mut self,
        now: Now,
        key: KeyId,
        session: Option<SessionId>,
        update: &impl Serialize,
    ) -> bool {
        let now = self.faults.at(now);
        let Some(place) = self.latest_session(now, key, session) else { return false };
        let mut update = update.to_bytes();
        if let Some(layer) = self.layer_of(place.0) {
            let Some(written) = self.dispatcher.update_for(layer, update) else { return true };
            update = written;
        }
        let Some(session) = self.sessions.get_mut(place) else { return false };
        session.notify(&Object::from(update), true, now.unix);
        let link = session.link;
        self.ready.extend(link);
        true
    }

    /// The session that was used last, of those of a key and of the temporary keys that act for it: any, or those of a number.
    fn latest_session(
        &self,
        now: Now,
        key: KeyId,
        id: Option<SessionId>,
    ) -> Option<(KeyId, SessionId)> {
        let acting = self.keys.iter().filter(|(_, other)| other.perm == Some(key));
        let keys = acting.map(|(id, _)| *id).filter(|id| self.is_usable(*id, now));
        let places = keys.chain([key]).flat_map(|key| {
            let all = if id.is_none() { self.sessions.of_key(key) } else { &[] };
            all.iter().copied().chain(id).map(move |session| (key, session))
        });
        let used = |place| self.sessions.get(place).map(|session| session.used);
        let found = places.filter_map(|place| Some((used(place)?, place)));
        found.max_by_key(|(used, _)| *used).map(|(_, place)| place)
    }

    /// The sessions that there are, in no order.
    pub fn sessions(&self) -> impl Iterator<Item = (KeyId, SessionId)> {
        self.sessions.places()
    }

    /// A key that a client has: for tests that read along on the wire.
    #[must_use]
    pub fn auth_key(&self, id: KeyId) -> Option<&AuthKey> {
        self.keys.get(&id).map(|key| &key.key)
    }

    /// The layer of the API that the client of a key speaks, as it said with
    /// [`invokeWithLayer`](https://core.telegram.org/method/invokeWithLayer): see [`Translator`](crate::server::Translator).
    #[must_use]
    pub fn layer_of(&self, key: KeyId) -> Option<i32> {
        let key = self.keys.get(&key)?;
        let perm = || self.keys.get(&key.perm?)?.spoken.layer();
        key.spoken.layer().or_else(perm)
    }

    /// The session that was used last over a link.
    #[must_use]
    pub fn session_of(&self, link: LinkId) -> Option<(KeyId, SessionId)> {
        self.links.get(&link)?.latest
    }

    /// Whether a key was made over a link, or used. One that was used is proven; a link without has to be told from somebody
    /// who only wants to be in the way.
    #[must_use]
    pub fn has_key(&self, link: LinkId) -> bool {
        self.links.get(&link).is_some_and(|link| link.has_key)
    }

    /// What was refused of what came over a link, since the last call; the first few of many. It says what
    /// [`DcEvent::ExchangeRefused`] and [`DcEvent::PacketRefused`] say, link by link, and why a link was closed.
    pub fn take_refusals(&mut self, link: LinkId) -> Vec<LinkRefusal> {
        self.links.get_mut(&link).map(|link| link.take_refusals()).unwrap_or_default()
    }

    /// The time that the data centre takes a moment for: another, if a fault has its clock go wrong.
    #[must_use]
    pub fn clock(&self, now: Now) -> Now {
        self.faults.at(now)
    }

    /// What was sent so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Work was done.
    pub fn handle_work(&mut self, now: Now, id: LinkId, done: Done) {
        self.speaker = self.peers.get(&id).copied();
        let now = self.faults.at(now);
        let Some(mut link) = self.links.remove(&id) else { return };
        let Link { exchange, .. } = &mut *link;
        let answer = exchange.handle_work(&self.config, now, done, &mut *self.entropy);
        self.go_on(now, &mut link, answer);
        self.put_back(link);
    }

    /// Work to have done, for a link.
    pub fn poll_work(&mut self) -> Option<(LinkId, Work)> {
        loop {
            let (link, work) = self.work.pop_front()?;
            if self.links.contains_key(&link) {
                return Some((link, work));
            }
        }
    }

    /// A link that may have something to send, or is to be closed, since it was given last.
    pub fn poll_ready(&mut self) -> Option<LinkId> {
        loop {
            let link = self.ready.pop_first()?;
            if self.links.contains_key(&link) {
                return Some(link);
            }
        }
    }

    /// The next frame to send over a link.
    pub fn poll_transmit(&mut self, now: Now, id: LinkId) -> Option<Vec<u8>> {
        let now = self.faults.at(now);
        let mut link = self.links.remove(&id)?;
        if link.is_idle() && !matches!(link.stage, Stage::Closed) {
            self.pack(now, &mut link);
        }
        let frame = link.next_frame();
        self.links.insert(id, link);
        frame
    }

    /// Whether a link's socket is still wanted.
    #[must_use]
    pub fn is_open(&self, id: LinkId) -> bool {
        self.links.get(&id).is_some_and(|link| !matches!(link.stage, Stage::Closed))
    }

    /// What happened since the last call; the oldest of it is forgotten if nobody asks for long.
    pub fn take_events(&mut self) -> Vec<DcEvent> {
        self.events.drain(..).map(|(event, _)| event).collect()
    }

    /// The same, each with the address of the client that caused it, where that is known: of those that came by
    /// [`handle_connected_from`](Self::handle_connected_from).
    pub fn take_events_with_peers(&mut self) -> Vec<(DcEvent, Option<IpAddr>)> {
        self.events.drain(..).collect()
    }

    fn take_plain(&mut self, now: Now, link: &mut Link, packet: &[u8], max_padding: usize) {
        // Another key may be made over the same link. Until then the last answer may be asked for again (KX-20).
        if link.exchange.is_concluded() && Exchange::is_beginning(packet) {
            link.exchange = Exchange::new(link.exchange.ticket());
        }
        let Self { config, entropy, .. } = self;
        let answer = link.exchange.handle_packet(config, now, packet, max_padding, &mut **entropy);
        self.go_on(now, link, answer);
    }

    /// Carries an exchange on: sends its answer, or gives the verdict it waits for. Whatever is wrong with a query, the
    /// client is told -404 (KX-09).
    fn go_on(
        &mut self,
        now: Now,
        link: &mut Link,
        answer: Result<Option<Vec<u8>>, exchange::Error>,
    ) {
        let Self { config, entropy, .. } = self;
        let entropy = &mut **entropy;
        match answer {
            Ok(answer) => {
                let taken = link.exchange.candidate().map(|key| self.keys.contains_key(&key.id()));
                let verdict = taken.map(|taken| if taken { DhGen::Retry } else { DhGen::Ok });
                let concluded =
                    verdict.and_then(|v| link.exchange.conclude(config, now, v, entropy));
                for packet in answer.into_iter().chain(concluded) {
                    link.send(&packet, entropy);
                }
            }
            Err(error) => {
                self.event(DcEvent::ExchangeRefused(error.clone()));
                link.refuse(LinkRefusal::Exchange(error));
                link.send_error(TransportError::AUTH_KEY_NOT_FOUND.0);
            }
        }
        if let Some(work) = link.exchange.poll_work() {
            self.work.push_back((link.id, work));
        }
        if let Some(established) = link.exchange.poll_established() {
            link.has_key = true;
            self.register(now, established);
        }
    }

    /// A link was looked at.
    fn put_back(&mut self, link: Box<Link>) {
        self.ready.insert(link.id);
        self.links.insert(link.id, link);
    }

    /// A session has something to send perhaps, so the link that it goes over has.
    pub(super) fn rouse(&mut self, link: LinkId) {
        self.ready.insert(link);
    }

    /// All links have something to send perhaps.
    pub(super) fn rouse_all(&mut self) {
        self.ready.extend(self.links.keys());
    }

    fn register(&mut self, now: Now, established: Established) {
        let Established { auth_key, salt, expires_at } = established;
        let id = auth_key.id();
        let salts = Schedule::new(salt, now.unix);
        self.uses += 1;
        let key = Key {
            key: auth_key,
            salts,
            expires_at,
            perm: None,
            is_destroyed: false,
            used: self.uses,
            spoken: Spoken::default(),
        };
        self.keys.insert(id, key);
        while self.keys.len() > self.limits.keys.max(1) {
            let is_live = |key: &Key| key.expires_at.is_none_or(|end| now.unix < end);
            let oldest = self.keys.iter().min_by_key(|(_, key)| (is_live(key), key.used));
            let Some((oldest, _)) = oldest else { break };
            self.forget_key(*oldest);
        }
        self.event(DcEvent::KeyCreated(id));
    }

    pub(super) fn forget_key(&mut self, key: KeyId) {
        self.keys.remove(&key);
        let sessions = self.sessions.remove_key(key);
        for session in sessions {
            self.forgotten(&session);
        }
    }

    /// What was to be done later for a session must not be done for another of its number.
    pub(super) fn forgotten(&mut self, session: &Session) {
        for due in &session.delayed {
            self.remove_later(*due);
        }
    }

    pub(super) fn event(&mut self, event: DcEvent) {
        if self.events.len() == MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back((event, self.speaker));
    }

    pub(super) fn new_unique_id(&mut self) -> i64 {
        i64::from_le_bytes(self.entropy.array())
    }
}
