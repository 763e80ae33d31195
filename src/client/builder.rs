//! What a client needs to know.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::client::error::Error;
use crate::client::login::FutureAuthToken;
use crate::client::policy::InvokeOptions;
use crate::client::store::{MemoryStore, Store};
use crate::client::{Client, addresses};
use crate::connection::Pfs;
use crate::crypto::{RsaPublicKey, keys};
use crate::files::Limits;
use crate::framing::Framing;
use crate::ids::DcId;
#[cfg(feature = "proxy")]
use crate::net::Tunnel;
use crate::net::{self, Route};

/// Builds a [`Client`].
pub struct ClientBuilder {
    pub(super) settings: Settings,
    store: Box<dyn Store>,
    home: DcId,
}

/// What stays as it is while a client lives.
pub(super) struct Settings {
    pub(super) api_id: i32,
    pub(super) api_hash: String,
    pub(super) device: Device,
    /// The addresses that were given, which count before all others.
    pub(super) addresses: BTreeMap<DcId, Vec<SocketAddr>>,
    /// The server's keys; those of Telegram's environment by default.
    pub(super) keys: Option<Vec<RsaPublicKey>>,
    framing: Framing,
    route: Route,
    #[cfg(feature = "proxy")]
    tunnel: Option<Tunnel>,
    pub(super) pfs: Option<Pfs>,
    pub(super) idle: Duration,
    pub(super) file_limits: Limits,
    /// What calls are made with that bring no options of their own.
    pub(super) options: InvokeOptions,
    pub(super) future_auth_tokens: Vec<FutureAuthToken>,
}

/// What the server shows of a client in the list of sessions: the parameters of
/// [`initConnection`](https://core.telegram.org/method/initConnection).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The device.
    pub model: String,
    /// The operating system.
    pub system: String,
    /// The program's version.
    pub app_version: String,
    /// The language, as in `en`.
    pub language: String,
}

impl Default for Device {
    fn default() -> Self {
        Self {
            model: "telewire".into(),
            system: std::env::consts::OS.into(),
            app_version: env!("CARGO_PKG_VERSION").into(),
            language: "en".into(),
        }
    }
}

/// A connection beside the main one is closed when nobody has used it for so long.
const IDLE: Duration = Duration::from_secs(60);

impl ClientBuilder {
    pub(super) fn new(api_id: i32, api_hash: String) -> Self {
        let settings = Settings {
            api_id,
            api_hash,
            device: Device::default(),
            addresses: BTreeMap::new(),
            keys: None,
            framing: Framing::Intermediate,
            route: Route::Direct,
            #[cfg(feature = "proxy")]
            tunnel: None,
            pfs: None,
            idle: IDLE,
            file_limits: Limits::default(),
            options: InvokeOptions::default(),
            future_auth_tokens: Vec::new(),
        };
        Self { settings, store: Box::new(MemoryStore::new()), home: DcId::production(2) }
    }

    /// Where the session is kept; in memory by default.
    #[must_use]
    pub fn store(self, store: impl Store) -> Self {
        Self { store: Box::new(store), ..self }
    }

    /// The data centre to begin with, if the store knows of none; by default number 2 of the production environment. It also
    /// says which environment is meant.
    #[must_use]
    pub fn home(self, dc: DcId) -> Self {
        Self { home: dc, ..self }
    }

    /// Where a data centre is. Without this, what the server told, and Telegram's own addresses.
    #[must_use]
    pub fn address(mut self, dc: DcId, address: SocketAddr) -> Self {
        self.settings.addresses.entry(dc).or_default().push(address);
        self
    }

    /// The server's keys. Without this, Telegram's; with it, none of Telegram's own addresses is dialled.
    #[must_use]
    pub fn keys(mut self, keys: Vec<RsaPublicKey>) -> Self {
        self.settings.keys = Some(keys);
        self
    }

    /// What the server shows of this client.
    #[must_use]
    pub fn device(mut self, device: Device) -> Self {
        self.settings.device = device;
        self
    }

    /// How packets are framed; intermediate by default.
    #[must_use]
    pub fn framing(mut self, framing: Framing) -> Self {
        self.settings.framing = framing;
        self
    }

    /// What goes over the sockets; plain frames by default. A [`Route`] that names a place of its own leads to all data centres
    /// (an MTProto proxy) or to the one that is there.
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.settings.route = route;
        self
    }

    /// The proxy that sockets go through.
    #[cfg(feature = "proxy")]
    #[cfg_attr(docsrs, doc(cfg(feature = "proxy")))]
    #[must_use]
    pub fn tunnel(mut self, tunnel: Tunnel) -> Self {
        self.settings.tunnel = Some(tunnel);
        self
    }

    /// Has calls go over temporary keys (perfect forward secrecy).
    #[must_use]
    pub fn pfs(mut self, pfs: Pfs) -> Self {
        self.settings.pfs = Some(pfs);
        self
    }

    /// After how long without a call a connection is closed; a minute by default. The main connection to the data centre
    /// that the account lives in stays.
    #[must_use]
    pub fn idle_after(mut self, idle: Duration) -> Self {
        self.settings.idle = idle;
        self
    }

    /// How much of files is under way at a time, over how many connections, and after how long one has stalled; as Telegram's own clients
    /// do by default.
    #[must_use]
    pub fn file_limits(mut self, limits: Limits) -> Self {
        self.settings.file_limits = limits;
        self
    }

    /// What calls and logins are made with that bring no options of their own; [`InvokeOptions::default`] by default.
    #[must_use]
    pub fn invoke_options(mut self, options: InvokeOptions) -> Self {
        self.settings.options = options;
        self
    }

    /// Tokens of logins that were ended ([`Client::future_auth_tokens`]): who was logged in may need no code this time.
    #[must_use]
    pub fn future_auth_tokens(mut self, tokens: Vec<FutureAuthToken>) -> Self {
        self.settings.future_auth_tokens = tokens;
        self
    }

    /// Loads the session. Nothing is sent before the first call.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the session cannot be loaded, [`Error::Io`] when there is no randomness, [`Error::NoRuntime`] outside
    /// of a runtime of tokio's.
    pub async fn build(self) -> Result<Client, Error> {
        Client::load(self.settings, self.store, self.home).await
    }
}

impl Settings {
    /// A connection's configuration, with the way that was chosen.
    pub(super) fn net(&self, config: net::Config) -> net::Config {
        let config = config.with_framing(self.framing).with_route(self.route.clone());
        #[cfg(feature = "proxy")]
        if let Some(tunnel) = &self.tunnel {
            return config.with_tunnel(tunnel.clone());
        }
        config
    }

    /// The server's keys for a data centre.
    pub(super) fn keys(&self, dc: DcId) -> Vec<RsaPublicKey> {
        match &self.keys {
            Some(keys) => keys.clone(),
            None if dc.is_test => keys::test_keys(),
            None => keys::production_keys(),
        }
    }

    /// Whether data centres are dialled at addresses of theirs. A way that has a place of its own needs none.
    pub(super) fn needs_addresses(&self) -> bool {
        matches!(self.route, Route::Direct | Route::Obfuscated)
    }

    /// The addresses of a data centre: those that were given, or else what the server has `told`, and behind it what is built
    /// in, for what was told may be old.
    pub(super) fn addresses(&self, dc: DcId, told: &[SocketAddr]) -> Vec<SocketAddr> {
        if let Some(given) = self.addresses.get(&dc) {
            return given.clone();
        }
        let mut all = told.to_vec();
        // Who has keys of their own has data centres of their own.
        if self.keys.is_none() {
            all.extend(addresses::of(dc).into_iter().filter(|address| !told.contains(address)));
        }
        all
    }
}

/// `api_hash` is not for everybody's eyes.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientBuilder({}, {})", self.settings.api_id, self.home)
    }
}
