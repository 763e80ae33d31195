//! What a driver needs to know.

use std::io;
use std::net::SocketAddr;

use crate::connection;
use crate::framing::Framing;
use crate::net::route::Route;
#[cfg(feature = "proxy")]
use crate::net::tunnel::Tunnel;

/// What a driver needs to know.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The connection.
    pub connection: connection::Config,
    /// The addresses of the data centre. They are tried side by side, each a quarter of a second after the one before. A
    /// [`Route`] that names a place of its own needs none.
    pub addresses: Vec<SocketAddr>,
    /// The framing. Secrets of proxies that demand padding have padded intermediate in its place.
    pub framing: Framing,
    /// What goes over the socket.
    pub route: Route,
    /// The proxy that the socket goes through.
    #[cfg(feature = "proxy")]
    #[cfg_attr(docsrs, doc(cfg(feature = "proxy")))]
    pub tunnel: Option<Tunnel>,
}

impl Config {
    /// The intermediate framing over a socket to one of these addresses.
    #[must_use]
    pub fn new(connection: connection::Config, addresses: Vec<SocketAddr>) -> Self {
        Self {
            connection,
            addresses,
            framing: Framing::Intermediate,
            route: Route::Direct,
            #[cfg(feature = "proxy")]
            tunnel: None,
        }
    }

    /// With another framing.
    #[must_use]
    pub fn with_framing(self, framing: Framing) -> Self {
        Self { framing, ..self }
    }

    /// With another route.
    #[must_use]
    pub fn with_route(self, route: Route) -> Self {
        Self { route, ..self }
    }

    /// Through a proxy.
    #[cfg(feature = "proxy")]
    #[cfg_attr(docsrs, doc(cfg(feature = "proxy")))]
    #[must_use]
    pub fn with_tunnel(self, tunnel: Tunnel) -> Self {
        Self { tunnel: Some(tunnel), ..self }
    }
}

/// A configuration with which nothing can be connected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The full framing has no tag, by which the server would know it inside of an obfuscated stream.
    #[error(
        "the full framing cannot be obfuscated: use abridged, intermediate or padded-intermediate"
    )]
    FullObfuscated,
}

impl From<ConfigError> for io::Error {
    fn from(error: ConfigError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
