//! A world behind sockets: a data centre or several on free ports of 127.0.0.1, and a task that hands out what waits for clients.

mod log_in;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use telewire::client::{Client, ClientBuilder};
use telewire::crypto::{RsaPrivateKey, RsaPublicKey, SeededEntropy, real};
use telewire::ids::DcId;
use telewire::net::{Server, SharedDc};
use telewire::server::{DataCentre, Dispatcher, Fault, Strictness, embedded_key, exchange};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::world::{HOME, World, is_cdn};
pub use log_in::LogInError;

/// How a world is to be.
#[derive(Debug, Clone)]
#[must_use = "it starts with `start`"]
pub struct Builder {
    seed: u64,
    data_centres: Vec<DcId>,
    strictness: Strictness,
}

/// A world that is served until this is dropped.
#[derive(Debug)]
pub struct Running {
    world: World,
    key: RsaPublicKey,
    home: (DcId, SocketAddr),
    data_centres: BTreeMap<DcId, (SocketAddr, SharedDc)>,
    _tasks: JoinSet<()>,
}

impl World {
    /// Starts a world of one data centre, on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start() -> io::Result<Running> {
        Self::builder().start().await
    }

    /// Hands to clients of data centres what waits for them, as soon as it does, and has happen what is to happen at a time, such as
    /// messages that are scheduled. It has no end: it is for a task, beside [`Server::run`], of which there is one for a world. The
    /// clock of the first data centre is that of the world.
    ///
    /// It is what [`on_push`](Self::on_push), [`deliver`](Self::deliver) and [`next_at`](Self::next_at) are for. Dropped, it hands
    /// out nothing more; what waits then waits for the next one.
    pub async fn hand_out(self, data_centres: Vec<(DcId, SharedDc)>) {
        let waits = Arc::new(Notify::new());
        let wake = waits.clone();
        self.on_push(move || wake.notify_one());
        loop {
            for (dc, shared) in &data_centres {
                let now = shared.now();
                self.deliver(*dc, &mut shared.lock(), now);
            }
            let now = data_centres.first().map(|(_, shared)| {
                let now = shared.now();
                shared.lock().clock(now).unix
            });
            let rest = self.next_at().zip(now).map(|(at, now)| at.saturating_sub(now));
            match rest {
                Some(rest) => drop(timeout(rest, waits.notified()).await),
                None => waits.notified().await,
            }
        }
    }

    /// A world that is to be started otherwise.
    pub fn builder() -> Builder {
        Builder { seed: 1, data_centres: vec![HOME], strictness: Strictness::Strict }
    }
}

impl Builder {
    /// What all randomness of the world follows from: codes, tokens, access hashes. Equal seeds and equal calls have equal
    /// answers. It is 1 unless it is said.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The data centres, the first of which is where clients begin. Who is added without a place lives in data centre 2. One with a
    /// number above 100 is a CDN, with a key of its own: documents are had from there by whoever asks with `cdn_supported`. One with
    /// `is_media` is another address of the one of its number, which has to be among them (FI-35): clients have files from there.
    pub fn data_centres(self, all: &[DcId]) -> Self {
        Self { data_centres: all.to_vec(), ..self }
    }

    /// How strict the data centres are: as one's own client should be tried, unless it is said.
    pub fn strictness(self, strictness: Strictness) -> Self {
        Self { strictness, ..self }
    }

    /// Starts it, with a free port of 127.0.0.1 for each data centre.
    ///
    /// # Errors
    ///
    /// When a port cannot be had, when it is to have no data centre, and when one is for media alone whose number no other has.
    pub async fn start(self) -> io::Result<Running> {
        self.start_with(|_, _, _| {}).await
    }

    /// The same with handlers of one's own besides those of the world, or instead of them, for each data centre.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_with(
        self,
        more: impl Fn(&World, DcId, &mut Dispatcher),
    ) -> io::Result<Running> {
        let Self { seed, data_centres: places, strictness } = self;
        let world = World::new(SeededEntropy::new(seed));
        let key = embedded_key().map_err(io::Error::other)?;
        let (mut data_centres, mut tasks) = (BTreeMap::new(), JoinSet::new());
        let (media, places): (Vec<DcId>, Vec<DcId>) = places.iter().partition(|dc| dc.is_media);
        let mut servers = BTreeMap::new();
        for dc in &places {
            let mut dispatcher = Dispatcher::new();
            world.register(*dc, &mut dispatcher);
            more(&world, *dc, &mut dispatcher);
            let mut own = key.clone();
            if is_cdn(*dc) {
                own = RsaPrivateKey::from_pem(CDN_KEY_PEM).map_err(io::Error::other)?;
                let pem = own.public().to_pem().map_err(io::Error::other)?;
                world.set_cdn(Some((*dc, &pem)));
            }
            let mut config = exchange::Config::new(*dc, vec![own], real());
            config.strictness = strictness;
            let entropy = SeededEntropy::new(seed ^ (u64::from(dc.number) << 32));
            let data_centre = DataCentre::new(config, dispatcher, entropy);
            let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), data_centre).await?;
            let address = server.local_addr()?;
            world.set_address(*dc, address);
            data_centres.insert(*dc, (address, server.data_centre()));
            servers.insert(*dc, server);
        }
        for dc in media {
            let server = servers.get(&DcId { is_media: false, ..dc });
            let server = server.ok_or_else(|| io::Error::other(NO_SUCH_DC))?;
            let also = server.bind_also((Ipv4Addr::LOCALHOST, 0).into()).await?;
            let address = also.local_addr()?;
            world.set_address(dc, address);
            data_centres.insert(dc, (address, also.data_centre()));
            tasks.spawn(async { drop(also.run().await) });
        }
        for server in servers.into_values() {
            tasks.spawn(async { drop(server.run().await) });
        }
        let first = places.first().and_then(|dc| Some((*dc, data_centres.get(dc)?.0)));
        let home = first.ok_or_else(|| io::Error::other("a world needs a data centre"))?;
        let all = data_centres.iter().filter(|(dc, _)| !dc.is_media);
        let all: Vec<_> = all.map(|(dc, (_, all))| (*dc, all.clone())).collect();
        tasks.spawn(world.clone().hand_out(all));
        Ok(Running { world, key: key.public().clone(), home, data_centres, _tasks: tasks })
    }
}

impl Running {
    /// The world, for whoever is to have it beside this.
    #[must_use]
    pub fn world(&self) -> World {
        self.world.clone()
    }

    /// Where the first data centre listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.home.1
    }

    /// Where a data centre listens.
    #[must_use]
    pub fn addr_of(&self, dc: DcId) -> Option<SocketAddr> {
        self.data_centres.get(&dc).map(|(address, _)| *address)
    }

    /// The key of the data centres, which clients have to know.
    #[must_use]
    pub fn key(&self) -> RsaPublicKey {
        self.key.clone()
    }

    /// A data centre, to look at or to let something go wrong in.
    #[must_use]
    pub fn data_centre(&self, dc: DcId) -> Option<SharedDc> {
        self.data_centres.get(&dc).map(|(_, shared)| shared.clone())
    }

    /// Lets time pass, for the data centres and with them for the world: codes expire as by [`World::advance`], and salts rotate. Clients
    /// have clocks of their own. What they are told from so far ahead they drop, as they have to, until their next call is refused for its
    /// time and they set their clocks by that.
    pub fn let_pass(&self, time: Duration) {
        let seconds = i32::try_from(time.as_secs()).unwrap_or(i32::MAX);
        let all = self.data_centres.iter().filter(|(dc, _)| !dc.is_media);
        for (_, (_, shared)) in all {
            let now = shared.now();
            let unix = {
                let mut data_centre = shared.lock();
                data_centre.inject(now, Fault::SkewClock { seconds });
                data_centre.clock(now).unix
            };
            self.world.tick(unix);
        }
    }

    /// A client that is to begin at the first data centre: what is said of all clients of this world, with credentials that are
    /// made up.
    #[must_use]
    pub fn client(&self) -> ClientBuilder {
        let (dc, address) = self.home;
        Client::builder(API_ID, API_HASH).keys(vec![self.key()]).home(dc).address(dc, address)
    }
}

impl Deref for Running {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

/// What serves media alone is no data centre of its own.
const NO_SUCH_DC: &str = "an address for media alone is of a data centre that is among the others";

/// FI-57: the key of CDNs, which is not that of the other data centres. It is no secret.
const CDN_KEY_PEM: &str = include_str!("cdn_key.pem");

/// An application's credentials: any will do.
const API_ID: i32 = 1;

/// The same.
const API_HASH: &str = "0123456789abcdef0123456789abcdef";
