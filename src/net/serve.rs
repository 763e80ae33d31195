//! A data centre that listens on a socket.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::net::clock::Clock;
use crate::net::front::{Front, Gate};
use crate::net::stream::Stream;
use crate::server::{DataCentre, LinkId};

/// How much is read at once.
const READ: usize = 64 << 10;

/// How long a link waits at most before it looks for what another link, or whoever has the data centre, left for it.
const TICK: Duration = Duration::from_millis(100);

/// A data centre that listens. Dropping the future of [`run`](Self::run) closes it and all its links.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    shared: Shared,
}

/// What the tasks of all links share. The lock is held for the length of a packet, and never while waiting.
#[derive(Debug, Clone)]
struct Shared {
    dc: Arc<Mutex<DataCentre>>,
    clock: Clock,
    gate: Arc<Gate>,
}

impl Server {
    /// Listens on an address; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// When the address cannot be had.
    pub async fn bind(address: SocketAddr, dc: DataCentre) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let gate = Arc::new(Gate::new(Front::default())?);
        let shared = Shared { dc: Arc::new(Mutex::new(dc)), clock: Clock::start(), gate };
        Ok(Self { listener, shared })
    }

    /// With other ways to reach it than plain frames, obfuscated ones and WebSockets.
    ///
    /// # Errors
    ///
    /// When the certificate is none, or not of its key.
    pub fn with_front(mut self, front: Front) -> io::Result<Self> {
        self.shared.gate = Arc::new(Gate::new(front)?);
        Ok(self)
    }

    /// The address it listens on.
    ///
    /// # Errors
    ///
    /// When the system cannot tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The data centre, to look at or to change while it runs.
    #[must_use]
    pub fn data_centre(&self) -> Arc<Mutex<DataCentre>> {
        self.shared.dc.clone()
    }

    /// Takes clients for as long as it is polled.
    ///
    /// # Errors
    ///
    /// When the listening socket fails.
    pub async fn run(self) -> io::Result<()> {
        let mut links = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let (stream, _) = accepted?;
                    links.spawn(serve(self.shared.clone(), stream));
                }
                Some(_) = links.join_next() => {}
            }
        }
    }
}

/// Serves one socket until it closes.
async fn serve(shared: Shared, stream: TcpStream) {
    // A hint; without it small answers come a little later.
    let _ = stream.set_nodelay(true);
    let dc = shared.dc().id();
    let Some(mut stream) = shared.gate.open(stream, dc).await else { return };
    let link = shared.dc().handle_connected();
    // Whatever ended it, the link is over.
    let _ = exchange(&shared, &mut stream, link).await;
    shared.dc().handle_disconnected(link);
}

async fn exchange(shared: &Shared, stream: &mut Stream, link: LinkId) -> io::Result<()> {
    let mut buffer = vec![0; READ];
    loop {
        tokio::select! {
            count = stream.read(&mut buffer) => {
                let count = count?;
                if count == 0 {
                    return Ok(());
                }
                let input = buffer.get(..count).unwrap_or_default();
                shared.dc().handle_input(shared.clock.now(), link, input);
                shared.work().await;
            }
            () = tokio::time::sleep(shared.wait()) => {
                shared.dc().handle_timeout(shared.clock.now());
            }
        }
        loop {
            let frame = shared.dc().poll_transmit(shared.clock.now(), link);
            let Some(frame) = frame else { break };
            stream.write_all(&frame).await?;
        }
        if !shared.dc().is_open(link) {
            return stream.shutdown().await;
        }
    }
}

impl Shared {
    /// The data centre. A handler of the user's that panicked leaves it usable.
    fn dc(&self) -> MutexGuard<'_, DataCentre> {
        self.dc.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long until something may be due.
    fn wait(&self) -> Duration {
        let due = self.dc().poll_timeout().unwrap_or(Duration::MAX);
        due.saturating_sub(self.clock.now().mono).min(TICK)
    }

    /// Has the work done that waits, on other threads.
    async fn work(&self) {
        loop {
            let work = self.dc().poll_work();
            let Some((link, work)) = work else { return };
            if let Ok(done) = tokio::task::spawn_blocking(move || work.run()).await {
                self.dc().handle_work(self.clock.now(), link, done);
            }
        }
    }
}
