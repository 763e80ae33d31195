//! A network that carries bytes to the data centres, and cuts a link after some of them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use telewire::crypto::{EntropyExt, SeededEntropy};
use telewire::ids::DcId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::lives::life::dice;
use crate::support::{FOUR, Served, TWO, patient};

pub(super) struct Network {
    /// Where each data centre is dialled, and who has dialled it last.
    ways: BTreeMap<DcId, (SocketAddr, watch::Receiver<Option<SocketAddr>>)>,
    weather: Arc<Weather>,
    _tasks: JoinSet<()>,
}

/// What all links share.
struct Weather {
    is_calm: AtomicBool,
    cuts: AtomicU32,
    /// How many links there are.
    links: watch::Sender<u32>,
    /// Counts up when all links are to end.
    hung_up: watch::Sender<u32>,
}

impl Network {
    /// One address for each data centre, which the world tells its clients from now on.
    pub(super) async fn new(world: &Served, seed: u64) -> Self {
        let weather = Arc::new(Weather {
            is_calm: AtomicBool::new(true),
            cuts: AtomicU32::new(0),
            links: watch::Sender::new(0),
            hung_up: watch::Sender::new(0),
        });
        let mut tasks = JoinSet::new();
        let mut ways = BTreeMap::new();
        for dc in [TWO, FOUR] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            world.accounts.set_address(dc, address);
            let (last, dialled) = watch::channel(None);
            ways.insert(dc, (address, dialled));
            let entropy = dice(seed, dc.number.into());
            tasks.spawn(accept(listener, world.address(dc), weather.clone(), last, entropy));
        }
        Self { ways, weather, _tasks: tasks }
    }

    pub(super) fn address(&self, dc: DcId) -> SocketAddr {
        self.ways[&dc].0
    }

    /// Whether it cuts no more links.
    pub(super) fn set_calm(&self, is_calm: bool) {
        self.weather.is_calm.store(is_calm, Ordering::SeqCst);
    }

    pub(super) fn is_calm(&self) -> bool {
        self.weather.is_calm.load(Ordering::SeqCst)
    }

    /// How many links it has cut.
    pub(super) fn cuts(&self) -> u32 {
        self.weather.cuts.load(Ordering::Relaxed)
    }

    /// Ends all links, and waits until the data centres have read what was on its way.
    pub(super) async fn hang_up(&self) {
        for (address, dialled) in self.ways.values() {
            // Who dialled before is accepted before.
            let last = TcpStream::connect(address).await.unwrap();
            let last = Some(last.local_addr().unwrap());
            patient(dialled.clone().wait_for(|dialled| *dialled == last)).await.unwrap();
        }
        self.weather.hung_up.send_modify(|count| *count += 1);
        let mut links = self.weather.links.subscribe();
        patient(links.wait_for(|count| *count == 0)).await.unwrap();
    }
}

async fn accept(
    listener: TcpListener,
    to: SocketAddr,
    weather: Arc<Weather>,
    last: watch::Sender<Option<SocketAddr>>,
    mut entropy: SeededEntropy,
) {
    let mut links = JoinSet::new();
    loop {
        let (client, from) = listener.accept().await.unwrap();
        // A key exchange takes 1.5 kB, so that some links break in its midst.
        let bytes = u64::from(u16::from_le_bytes(entropy.array())) % 8_000 + 400;
        weather.links.send_modify(|count| *count += 1);
        last.send_replace(Some(from));
        let (weather, hung_up) = (weather.clone(), weather.hung_up.subscribe());
        links.spawn(async move {
            carry(client, to, &weather, hung_up, bytes).await;
            weather.links.send_modify(|count| *count -= 1);
        });
    }
}

async fn carry(
    mut client: TcpStream,
    to: SocketAddr,
    weather: &Weather,
    mut hung_up: watch::Receiver<u32>,
    mut left: u64,
) {
    let mut server = TcpStream::connect(to).await.unwrap();
    let (mut up, mut down) = ([0; 512], [0; 512]);
    loop {
        let carried = tokio::select! {
            read = client.read(&mut up) => pass(read, &up, &mut server).await,
            read = server.read(&mut down) => pass(read, &down, &mut client).await,
            _ = hung_up.changed() => None,
        };
        let Some(count) = carried else { break };
        left = left.saturating_sub(count);
        if left == 0 && !weather.is_calm.load(Ordering::SeqCst) {
            weather.cuts.fetch_add(1, Ordering::Relaxed);
            break;
        }
    }
    drop(client);
    // It closes its side when it has read everything.
    let _ = server.shutdown().await;
    while server.read(&mut down).await.is_ok_and(|count| count > 0) {}
}

/// Passes on what was read; how much, unless one of the sides has ended.
async fn pass(read: std::io::Result<usize>, bytes: &[u8], to: &mut TcpStream) -> Option<u64> {
    let count = read.ok().filter(|count| *count > 0)?;
    to.write_all(&bytes[..count]).await.ok()?;
    u64::try_from(count).ok()
}
