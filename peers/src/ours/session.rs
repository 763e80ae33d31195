//! A session over one link.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use telewire::connection::{Config, Connection, Event, StoredKey};
use telewire::crypto::{Entropy, real};
use telewire::framing::Framing;
use telewire::ids::{DcId, Salt};
use telewire::rpc::Request;
use telewire::session::{self, Upkeep};
use telewire::time::Now;
use telewire::tl::mtproto::functions;

use crate::Result;
use crate::server::{Client, Received};

/// A connection with a key from before.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    start: Instant,
    out: Vec<u8>,
}

impl Session {
    /// One with a link over which nothing went.
    ///
    /// # Errors
    ///
    /// When the clock stands before 1970.
    pub fn new() -> Result<Self> {
        let mut config = Config::new(DcId::production(2), vec![], real());
        config.stored = Some(StoredKey { auth_key: super::key(), salt: Salt(0), time_offset: 0 });
        // The other session layer does nothing on its own either.
        config.upkeep = Upkeep::NONE;
        let start = Instant::now();
        let now = now(start)?;
        let mut connection = Connection::new(config, now, Box::new(Random::new()));
        connection.poll_connect(now).ok_or("no dial")?;
        connection.handle_connected(now, Framing::Intermediate);
        while connection.poll_event().is_some() {}
        Ok(Self { connection, start, out: Vec::new() })
    }
}

impl Client for Session {
    fn ping(&mut self) -> Result<&[u8]> {
        let now = now(self.start)?;
        self.connection.call(now, Request::new(&functions::Ping { ping_id: 0 }))?;
        self.out.clear();
        while self.connection.poll_transmit(now, &mut self.out) {}
        Ok(&self.out)
    }

    fn receive(&mut self, frame: &mut [u8]) -> Result<Received> {
        self.connection.handle_input(now(self.start)?, frame);
        let mut received = Received::default();
        while let Some(event) = self.connection.poll_event() {
            let body = match event {
                Event::Session(session::Event::Update(body)) => {
                    received.updates += 1;
                    body
                }
                Event::Session(session::Event::Answer { result, .. }) => {
                    received.results += 1;
                    result?
                }
                other => return Err(format!("{other:?}").into()),
            };
            received.bytes += body.as_bytes().len();
        }
        Ok(received)
    }
}

/// The clocks, which the other side reads too for what it sends.
fn now(start: Instant) -> Result<Now> {
    Ok(Now { mono: start.elapsed(), unix: SystemTime::now().duration_since(UNIX_EPOCH)? })
}

/// The generator of telewire's driver, with the same seed each time.
struct Random(ChaCha20Rng);

impl Random {
    fn new() -> Self {
        Self(ChaCha20Rng::from_seed([7; 32]))
    }
}

impl Entropy for Random {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }
}
