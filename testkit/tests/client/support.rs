//! Data centres on free ports of the loopback interface, and clients for them.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use telewire::client::store::{MemoryStore, Store};
use telewire::client::{Client, ClientBuilder, Step};
use telewire::crypto::{SeededEntropy, real};
use telewire::ids::DcId;
use telewire::net::{DcGuard, Server, SharedDc};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::time::Now;
use telewire::tl::api::enums;
use telewire::tl::api::functions::help::GetNearestDc;
use telewire::tl::api::types::NearestDc;
use telewire_testkit::World;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// Nothing on the loopback interface takes this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const API_HASH: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const PHONE: &str = "+99 966 2 0001";

pub(crate) const TWO: DcId = DcId::production(2);
pub(crate) const FOUR: DcId = DcId::production(4);

/// Two data centres and the accounts that they share.
pub(crate) struct Served {
    pub(crate) accounts: World,
    dcs: BTreeMap<DcId, Dc>,
}

struct Dc {
    address: SocketAddr,
    data_centre: SharedDc,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        for dc in self.dcs.values() {
            dc.task.abort();
        }
    }
}

/// Data centres that answer what has to do with accounts.
pub(crate) async fn world() -> Served {
    world_with(|_, _, _| {}).await
}

/// And what else a test has them answer.
pub(crate) async fn world_with(more: impl Fn(&World, DcId, &mut Dispatcher)) -> Served {
    let accounts = World::new(SeededEntropy::new(1));
    let mut dcs = BTreeMap::new();
    for dc in [TWO, FOUR] {
        let mut dispatcher = Dispatcher::new();
        accounts.register(dc, &mut dispatcher);
        more(&accounts, dc, &mut dispatcher);
        let config = exchange::Config::new(dc, vec![embedded_key().unwrap()], real());
        let entropy = SeededEntropy::new(dc.number.into());
        let data_centre = DataCentre::new(config, dispatcher, entropy);
        let server = Server::bind("127.0.0.1:0".parse().unwrap(), data_centre).await.unwrap();
        let address = server.local_addr().unwrap();
        accounts.set_address(dc, address);
        let data_centre = server.data_centre();
        let task = tokio::spawn(async { server.run().await.unwrap() });
        dcs.insert(dc, Dc { address, data_centre, task });
    }
    Served { accounts, dcs }
}

impl Served {
    /// A client that begins at data centre 2 and knows the address of no other.
    pub(crate) fn builder(&self) -> ClientBuilder {
        self.builder_as(1, API_HASH)
    }

    /// With other credentials.
    pub(crate) fn builder_as(&self, api_id: i32, api_hash: &str) -> ClientBuilder {
        let key = embedded_key().unwrap().public().clone();
        let address = self.dcs[&TWO].address;
        Client::builder(api_id, api_hash).keys(vec![key]).home(TWO).address(TWO, address)
    }

    pub(crate) async fn client(&self) -> Client {
        self.client_on(MemoryStore::new()).await
    }

    pub(crate) async fn client_on(&self, store: impl Store) -> Client {
        self.builder().store(store).build().await.unwrap()
    }

    /// A client that dials data centre 2 by a relay, and keeps its session in a store.
    pub(crate) async fn client_by(&self, relay: &Relay, store: impl Store) -> Client {
        let key = embedded_key().unwrap().public().clone();
        let builder = Client::builder(1, API_HASH).keys(vec![key]).home(TWO);
        builder.address(TWO, relay.address).store(store).build().await.unwrap()
    }

    /// A client that is logged in as a bot of data centre 2.
    pub(crate) async fn bot(&self) -> Client {
        self.accounts.add_bot(TWO, "777:abc", "Helper");
        let client = self.client().await;
        patient(client.log_in_bot("777:abc")).await.unwrap();
        client
    }

    pub(crate) fn data_centre(&self, dc: DcId) -> DcGuard<'_> {
        self.dcs[&dc].data_centre.lock()
    }

    /// The time by a data centre's clock.
    pub(crate) fn now(&self, dc: DcId) -> Now {
        self.dcs[&dc].data_centre.now()
    }

    pub(crate) fn address(&self, dc: DcId) -> SocketAddr {
        self.dcs[&dc].address
    }

    pub(crate) fn sessions(&self, dc: DcId) -> usize {
        self.data_centre(dc).sessions().count()
    }

    /// Sends what waits for clients.
    pub(crate) fn deliver(&self) {
        for dc in [TWO, FOUR] {
            let now = self.now(dc);
            self.accounts.deliver(dc, &mut self.data_centre(dc), now);
        }
    }

    /// Ends a data centre: nobody is served any more.
    pub(crate) fn kill(&self, dc: DcId) {
        self.dcs[&dc].task.abort();
    }
}

/// A way to a data centre, on which dials are counted and links can be cut.
pub(crate) struct Relay {
    address: SocketAddr,
    dials: Arc<AtomicU32>,
    cuts: watch::Sender<u32>,
    _task: JoinSet<()>,
}

impl Relay {
    pub(crate) async fn new(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (dials, cuts) = (Arc::<AtomicU32>::default(), watch::Sender::new(0));
        let (count, cut) = (dials.clone(), cuts.clone());
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut links = JoinSet::new();
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::Relaxed);
                let mut cut = cut.subscribe();
                links.spawn(async move {
                    let mut server = TcpStream::connect(to).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Self { address, dials, cuts, _task: task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often it was dialled.
    pub(crate) fn dials(&self) -> u32 {
        self.dials.load(Ordering::Relaxed)
    }

    /// Cuts the links that there are.
    pub(crate) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

/// Data centres that take a call and never answer it, and how often they did.
#[derive(Clone, Default)]
pub(crate) struct Silence(Arc<AtomicU32>);

impl Silence {
    pub(crate) fn register(&self, dispatcher: &mut Dispatcher) {
        let asked = self.0.clone();
        dispatcher.on_later(move |_, _: GetNearestDc| {
            asked.fetch_add(1, Ordering::Relaxed);
            let answer = NearestDc { country: String::new(), this_dc: 2, nearest_dc: 2 };
            (Duration::from_secs(3_600), Ok(answer))
        });
    }

    /// Waits until so many calls are under way.
    pub(crate) async fn asked(&self, times: u32) {
        patient(async {
            while self.0.load(Ordering::Relaxed) < times {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

/// What must end, and soon.
pub(crate) async fn patient<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it took too long")
}

pub(crate) fn id(user: &enums::User) -> i64 {
    match user {
        enums::User::User(user) => user.id,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn done(step: Step) -> i64 {
    match step {
        Step::Done(done) => id(&done.user),
        other => panic!("{other:?}"),
    }
}
