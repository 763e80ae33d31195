//! The data centre without I/O: links come and go, keys and sessions stay.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use crate::crypto::{AuthKey, DhGen, Entropy, EntropyExt, KeyId};
use crate::framing::{Frame, TransportError};
use crate::ids::{DcId, Salt, SessionId};
use crate::server::dispatcher::Dispatcher;
use crate::server::exchange::{self, Established, Exchange};
use crate::server::fault::Faults;
use crate::server::link::{Link, Stage};
use crate::server::packet;
use crate::server::salts::Schedule;
use crate::server::service::Later;
use crate::server::session::Session;
use crate::server::tally::Tally;
use crate::time::Now;
use crate::tl::Serialize;
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
/// is false. At the time that [`poll_timeout`](Self::poll_timeout) gives, call
/// [`handle_timeout`](Self::handle_timeout).
#[derive(Debug)]
pub struct DataCentre {
    pub(super) config: exchange::Config,
    pub(super) dispatcher: Dispatcher,
    pub(super) entropy: Box<dyn DcEntropy>,
    pub(super) keys: HashMap<KeyId, Key>,
    pub(super) sessions: HashMap<(KeyId, SessionId), Session>,
    pub(super) links: HashMap<LinkId, Link>,
    /// Answers that wait, by the time at which they are due and the order in which they were made.
    pub(super) later: BTreeMap<(Duration, u64), Later>,
    pub(super) later_count: u64,
    pub(super) faults: Faults,
    pub(super) tally: Tally,
    next_link: u64,
    events: VecDeque<DcEvent>,
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
            keys: HashMap::new(),
            sessions: HashMap::new(),
            links: HashMap::new(),
            later: BTreeMap::new(),
            later_count: 0,
            faults: Faults::default(),
            tally: Tally::default(),
            next_link: 0,
            events: VecDeque::new(),
        }
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
        self.links.insert(id, Link::new(id));
        id
    }

    /// A client's bytes came.
    pub fn handle_input(&mut self, now: Now, id: LinkId, bytes: &[u8]) {
        let now = self.faults.at(now);
        let mut input = bytes;
        // The link is out of its place while its packets are looked at, since they concern the whole data centre.
        let Some(mut link) = self.links.remove(&id) else { return };
        if link.detect(&mut input).is_err() {
            link.close();
        }
        loop {
            let max_padding = link.max_padding();
            let Stage::Framed(decoder) = &mut link.stage else { break };
            let (packet, quick_ack) = match decoder.decode(&mut input) {
                Ok(Some(Frame::Packet { body, quick_ack })) => (body.to_vec(), quick_ack),
                Ok(Some(_)) => continue,
                Ok(None) => break,
                Err(_) => {
                    link.close();
                    break;
                }
            };
            match packet::key_id(&packet) {
                Some(KeyId(0)) => self.take_plain(now, &mut link, &packet, max_padding),
                _ => self.take_encrypted(now, &mut link, &packet, max_padding, quick_ack),
            }
        }
        self.links.insert(id, link);
    }

    /// A client's socket was closed.
    pub fn handle_disconnected(&mut self, id: LinkId) {
        let Some(link) = self.links.remove(&id) else { return };
        if let Some((key, _)) = link.session
            && self.keys.get(&key).is_some_and(|key| key.is_destroyed)
        {
            self.keys.remove(&key);
            self.sessions.retain(|(of, _), _| *of != key);
        }
    }

    /// A time that [`poll_timeout`](Self::poll_timeout) gave has come. Calling it earlier does nothing. Afterwards there
    /// may be something to send over any link, and links that are not open any more.
    pub fn handle_timeout(&mut self, now: Now) {
        for link in self.links.values_mut() {
            if link.close_at.is_some_and(|at| at <= now.mono) {
                link.close_at = None;
                link.close();
            }
        }
        let now = self.faults.at(now);
        self.finish_due(now);
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), by the monotonic clock: an answer is due, or a link is to
    /// be closed for want of a ping.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        let closings = self.links.values().filter_map(|link| link.close_at);
        closings.chain(self.next_due()).min()
    }

    /// Registers a key without an exchange: one that both sides have from before. `expires_at`, a unix time, makes it a
    /// temporary one.
    pub fn add_key(&mut self, now: Now, key: AuthKey, salt: Salt, expires_at: Option<Duration>) {
        let now = self.faults.at(now);
        self.register(now, Established { auth_key: key, salt, expires_at });
    }

    /// Sends something that nobody asked for, an update say, to a session; whether there is such a session. It is kept
    /// until it is acknowledged.
    pub fn push(
        &mut self,
        now: Now,
        key: KeyId,
        session: SessionId,
        update: &impl Serialize,
    ) -> bool {
        let unix = self.faults.at(now).unix;
        match self.sessions.get_mut(&(key, session)) {
            Some(session) => {
                session.notify(update, true, unix);
                true
            }
            None => false,
        }
    }

    /// The sessions that there are, in no order.
    pub fn sessions(&self) -> impl Iterator<Item = (KeyId, SessionId)> {
        self.sessions.keys().copied()
    }

    /// The session that was used last over a link.
    #[must_use]
    pub fn session_of(&self, link: LinkId) -> Option<(KeyId, SessionId)> {
        self.links.get(&link)?.session
    }

    /// What was sent so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Work was done.
    pub fn handle_work(&mut self, now: Now, id: LinkId, done: Done) {
        let now = self.faults.at(now);
        let Some(mut link) = self.links.remove(&id) else { return };
        let Link { exchange, .. } = &mut link;
        let answer = exchange.handle_work(&self.config, now, done, &mut *self.entropy);
        self.go_on(now, &mut link, answer);
        self.links.insert(id, link);
    }

    /// Work to have done, for a link.
    pub fn poll_work(&mut self) -> Option<(LinkId, Work)> {
        let mut ids: Vec<LinkId> = self.links.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter().find_map(|id| {
            let work = self.links.get_mut(&id)?.exchange.poll_work()?;
            Some((id, work))
        })
    }

    /// The next frame to send over a link.
    pub fn poll_transmit(&mut self, now: Now, id: LinkId) -> Option<Vec<u8>> {
        let now = self.faults.at(now);
        let mut link = self.links.remove(&id)?;
        if link.out.is_empty() && !matches!(link.stage, Stage::Closed) {
            self.pack(now, &mut link);
        }
        let frame = link.out.pop_front();
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
                self.event(DcEvent::ExchangeRefused(error));
                link.send_error(TransportError::AUTH_KEY_NOT_FOUND.0);
            }
        }
        if let Some(established) = link.exchange.poll_established() {
            self.register(now, established);
        }
    }

    fn register(&mut self, now: Now, established: Established) {
        let Established { auth_key, salt, expires_at } = established;
        let id = auth_key.id();
        let salts = Schedule::new(salt, now.unix);
        self.keys
            .insert(id, Key { key: auth_key, salts, expires_at, perm: None, is_destroyed: false });
        self.event(DcEvent::KeyCreated(id));
    }

    pub(super) fn event(&mut self, event: DcEvent) {
        if self.events.len() == MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    pub(super) fn new_unique_id(&mut self) -> i64 {
        i64::from_le_bytes(self.entropy.array())
    }
}
