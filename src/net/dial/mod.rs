//! From a configuration to a stream of frames: one dial.
//!
//! ```text
//!  Resolve ── Connect ──┬─────────────────────────────────────────────┬──┬─ frames
//!                       ├─ ProxyGreeting ── ProxyAuth ── ProxyConnect ┤  ├─ obfuscated
//!                       └─────────────────────────────── ProxyConnect ┘  ├─ FakeTlsHello ── obfuscated
//!                                                                        └─ Tls ── WebSocketUpgrade ── obfuscated
//! ```
//!
//! Each stage has a deadline, and an error names the stage.

mod fake_tls;
#[cfg(feature = "proxy")]
mod http_connect;
mod race;
#[cfg(feature = "proxy")]
mod socks5;
mod stages;
#[cfg(feature = "ws")]
mod websocket;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::net::TcpStream;

use crate::connection::{DialError, DialFault, DialStage};
use crate::crypto::Secret;
use crate::framing::{Framing, Obfuscation, Wrapper};
use crate::ids::DcId;
use crate::net::config::{Config, ConfigError};
use crate::net::entropy::OsEntropy;
use crate::net::route::Route;
use crate::net::stream::{Io, Stream};
#[cfg(feature = "proxy")]
use crate::net::tunnel::Tunnel;

use stages::Stages;

/// All that a dial needs to know.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    dc: DcId,
    addresses: Vec<SocketAddr>,
    framing: Framing,
    route: Route,
    #[cfg(feature = "proxy")]
    tunnel: Option<Tunnel>,
    patience: Duration,
    /// By how many seconds the server's clock is ahead of this machine's, as far as that is known.
    clock_offset: i64,
}

/// A stream, and the address at the other end of its socket.
#[derive(Debug)]
pub(super) struct Dialled {
    pub(super) stream: Stream,
    pub(super) peer: Option<SocketAddr>,
}

/// Where a socket is to lead.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Addresses(Vec<SocketAddr>),
    Host(String, u16),
}

impl Plan {
    /// What a configuration asks for.
    pub(super) fn new(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self {
            dc: config.connection.dc,
            addresses: config.addresses.clone(),
            framing: config.route.framing(config.framing)?,
            route: config.route.clone(),
            #[cfg(feature = "proxy")]
            tunnel: config.tunnel.clone(),
            patience: config.connection.dial_timeout,
            clock_offset: config.connection.stored.as_ref().map_or(0, |stored| stored.time_offset),
        })
    }

    /// What the server's clock shows when this machine's shows `local`. Greetings of proxies that say the time say that one.
    pub(super) fn set_clock(&mut self, server: Duration, local: Duration) {
        let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        self.clock_offset = seconds(server).saturating_sub(seconds(local));
    }

    /// The framing of the stream.
    pub(super) fn framing(&self) -> Framing {
        self.framing
    }

    /// Dials; each attempt begins with another address.
    pub(super) async fn dial(self, attempt: u64) -> Result<Dialled, DialError> {
        let stages = Stages::start(self.patience);
        let target = self.target(attempt);
        let (io, peer) = self.reach(&stages, target).await?;
        let stream = self.wrap(&stages, io).await?;
        Ok(Dialled { stream, peer })
    }

    fn target(&self, attempt: u64) -> Target {
        match &self.route {
            Route::MtProxy(link) => Target::host(&link.server, link.port),
            #[cfg(feature = "ws")]
            Route::WebSocket(url) => Target::host(url.host(), url.port()),
            Route::Direct | Route::Obfuscated => {
                let mut addresses = self.addresses.clone();
                let count = u64::try_from(addresses.len()).unwrap_or(u64::MAX);
                let place = attempt.checked_rem(count).unwrap_or(0);
                addresses.rotate_left(usize::try_from(place).unwrap_or(0));
                Target::Addresses(addresses)
            }
        }
    }

    /// A socket that leads there.
    async fn reach(
        &self,
        stages: &Stages,
        target: Target,
    ) -> Result<(Box<dyn Io>, Option<SocketAddr>), DialError> {
        #[cfg(feature = "proxy")]
        if let Some(tunnel) = &self.tunnel {
            let proxy = Target::host(tunnel.host(), tunnel.port());
            let mut stream = connect(stages, proxy).await?;
            let peer = stream.peer_addr().ok();
            let io: Box<dyn Io> = if tunnel.is_socks5() {
                socks5::ask(stages, tunnel, &mut stream, &target).await?;
                Box::new(stream)
            } else {
                http_connect::ask(stages, tunnel, stream, &target).await?
            };
            return Ok((io, peer));
        }
        let stream = connect(stages, target).await?;
        let peer = stream.peer_addr().ok();
        Ok((Box::new(stream), peer))
    }

    /// Greets whoever is there, and puts the frames into what they travel in.
    async fn wrap(&self, stages: &Stages, io: Box<dyn Io>) -> Result<Stream, DialError> {
        match &self.route {
            Route::Direct => stream(io, Wrapper::default(), &[]),
            Route::Obfuscated => stream(io, Wrapper::obfuscated(self.obfuscation(None)?), &[]),
            Route::MtProxy(link) => {
                let obfuscation = self.obfuscation(Some(link.secret.key()))?;
                let Some(domain) = link.secret.domain() else {
                    return stream(io, Wrapper::obfuscated(obfuscation), &[]);
                };
                let key = link.secret.key();
                let (io, records, rest) =
                    fake_tls::greet(stages, io, key, domain, unix(self.clock_offset)).await?;
                stream(io, Wrapper::fake_tls(records, obfuscation), &rest)
            }
            #[cfg(feature = "ws")]
            Route::WebSocket(url) => {
                let io = websocket::upgrade(stages, io, url).await?;
                stream(io, Wrapper::obfuscated(self.obfuscation(None)?), &[])
            }
        }
    }

    fn obfuscation(&self, secret: Option<&Secret<16>>) -> Result<Obfuscation, DialError> {
        let mut entropy = entropy()?;
        Obfuscation::client(self.framing, self.dc, secret, &mut entropy)
            .ok_or_else(|| failed(io::Error::from(ConfigError::FullObfuscated)))
    }
}

impl Target {
    /// A host name, or an address that is written like one.
    fn host(host: &str, port: u16) -> Self {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        match bare.parse::<IpAddr>() {
            Ok(ip) => Self::Addresses(vec![SocketAddr::new(ip, port)]),
            Err(_) => Self::Host(host.to_owned(), port),
        }
    }
}

/// A TCP connection to a target.
async fn connect(stages: &Stages, target: Target) -> Result<TcpStream, DialError> {
    let addresses = match target {
        Target::Addresses(addresses) => addresses,
        Target::Host(host, port) => {
            let found =
                stages.run(DialStage::Resolve, tokio::net::lookup_host((host, port))).await?;
            found.collect()
        }
    };
    stages.run(DialStage::Connect, race::race(&addresses)).await
}

fn stream(io: Box<dyn Io>, wrapper: Wrapper, first: &[u8]) -> Result<Stream, DialError> {
    Stream::new(io, wrapper, first).map_err(failed)
}

/// Randomness for greetings.
fn entropy() -> Result<OsEntropy, DialError> {
    OsEntropy::new().map_err(failed)
}

/// The unix time in seconds, by a clock that is ahead of this machine's.
fn unix(offset: i64) -> u64 {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    unix.saturating_add_signed(offset)
}

/// What fails before there is anybody to blame.
fn failed(error: io::Error) -> DialError {
    DialError { stage: DialStage::Connect, fault: DialFault::from(error) }
}
