//! The client, behind the few functions that the simulation needs: the one file that knows the API of `Connection`.

use std::time::Duration;

use telewire::connection::{Config, Connection, Disconnected, Event, StoredKey};
use telewire::crypto::SeededEntropy;
use telewire::framing::Framing;
use telewire::ids::SessionId;
use telewire::rpc::{CallError, CallId, Request};
use telewire::session;
use telewire::time::Now;
use telewire::tl::Object;
use telewire::work::{Done, Work};

/// What the client tells.
#[derive(Debug)]
pub enum Told {
    /// A request ended.
    Answer(CallId, Result<Object, CallError>),
    /// An update came.
    Update(Object),
    /// Updates may have been lost.
    Gap {
        /// Whether a session began.
        is_new_session: bool,
    },
    /// It is over; why.
    Over(String),
    /// A key was made.
    Key(Box<StoredKey>),
    /// A temporary key was bound.
    Bound,
    /// The server has received a request.
    QuickAck(CallId),
    /// Anything else, in words.
    Other(String),
}

/// The client.
#[derive(Debug)]
pub struct Client(Connection);

impl Client {
    /// Begins.
    #[must_use]
    pub fn new(config: Config, now: Now, entropy: SeededEntropy) -> Self {
        Self(Connection::new(config, now, Box::new(entropy)))
    }

    /// There is a link.
    pub fn connected(&mut self, now: Now, framing: Framing) {
        self.0.handle_connected(now, framing);
    }

    /// Bytes came.
    pub fn input(&mut self, now: Now, bytes: &[u8]) {
        self.0.handle_input(now, bytes);
    }

    /// The link broke.
    pub fn disconnected(&mut self, now: Now, why: Disconnected) {
        self.0.handle_disconnected(now, why);
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Now) {
        self.0.handle_timeout(now);
    }

    /// Work was done.
    pub fn worked(&mut self, now: Now, done: Done) {
        self.0.handle_work(now, done);
    }

    /// Makes a request.
    ///
    /// # Errors
    ///
    /// When it is not accepted.
    pub fn call(
        &mut self,
        now: Now,
        request: Request,
        deadline: Option<Duration>,
    ) -> Result<CallId, CallError> {
        let request = match deadline {
            Some(within) => request.with_deadline(within),
            None => request,
        };
        self.0.call(now, request)
    }

    /// Takes a request back.
    pub fn cancel(&mut self, now: Now, call: CallId) {
        self.0.cancel(now, call);
    }

    /// Whether somebody should dial.
    pub fn wants_dial(&mut self, now: Now) -> bool {
        self.0.poll_connect(now).is_some()
    }

    /// Whether the link is still to be used.
    #[must_use]
    pub fn wants_link(&self) -> bool {
        self.0.is_link_wanted()
    }

    /// The next packet, framed.
    pub fn transmit(&mut self, now: Now, out: &mut Vec<u8>) -> bool {
        self.0.poll_transmit(now, out)
    }

    /// Work to do.
    pub fn work(&mut self) -> Option<Work> {
        self.0.poll_work()
    }

    /// When to call [`timeout`](Self::timeout).
    #[must_use]
    pub fn next_timeout(&self) -> Option<Duration> {
        self.0.poll_timeout()
    }

    /// The session that it uses, if it can say.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.0.session().map(session::Session::id)
    }

    /// How many requests it holds, if it can say.
    #[must_use]
    pub fn calls(&self) -> Option<usize> {
        self.0.session().map(session::Session::calls_in_flight)
    }

    /// How many entries its tables have, if it can say.
    #[must_use]
    pub fn sizes(&self) -> Option<session::Sizes> {
        self.0.session().map(session::Session::sizes)
    }

    /// Which cells of the table of its requests' fates it came by, if it can say.
    #[must_use]
    pub fn cells(&self) -> Option<&session::Cells> {
        self.0.session().map(session::Session::cells)
    }

    /// The next thing it tells.
    pub fn told(&mut self) -> Option<Told> {
        Some(match self.0.poll_event()? {
            Event::Session(session::Event::Answer { call, result }) => Told::Answer(call, result),
            Event::Session(session::Event::Update(update)) => Told::Update(update),
            Event::Session(session::Event::NewSession { .. }) => Told::Gap { is_new_session: true },
            Event::Session(session::Event::Missed) => Told::Gap { is_new_session: false },
            Event::Over(error) => Told::Over(error.to_string()),
            Event::KeyCreated(key) => Told::Key(key),
            Event::KeyBound { .. } => Told::Bound,
            Event::Session(session::Event::QuickAck { call }) => Told::QuickAck(call),
            Event::Step(_) => Told::Other("a step of the key exchange".to_owned()),
            event => Told::Other(format!("{event:?}")),
        })
    }
}
