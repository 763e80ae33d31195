//! Many random lives of a client: links that are cut at any byte, programs that end at any moment, stores that fail at any write.
//! Whatever happens, nothing that must not run twice does, and a login that was told is found again.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use telewire::client::store::{Change, MemoryStore, Snapshot, Store, StoreError};
use telewire::client::{Client, Error, InvokeOptions};
use telewire::crypto::{EntropyExt, SeededEntropy};
use telewire::rpc::Execution;
use telewire::server::embedded_key;
use telewire::tl::Repeat;
use telewire::tl::api::functions::account::SetAccountTtl;
use telewire::tl::api::types::AccountDaysTtl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::support::{API_HASH, TWO, World, id, patient, world_with};

/// How many lives there are, unless `TELEWIRE_LIVES` says otherwise.
const LIVES: u64 = 40;

/// How many are lived at once. They mostly wait.
const AT_ONCE: usize = 16;

/// A disk that outlives its programs. Some of its writes fail.
#[derive(Clone)]
struct Disk(Arc<Mutex<(MemoryStore, SeededEntropy)>>);

impl Store for Disk {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        self.0.lock().unwrap().0.load()
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let (memory, entropy) = &mut *self.0.lock().unwrap();
        if entropy.array::<1>()[0] < 32 {
            return Err(StoreError::Other("the disk is full".into()));
        }
        memory.apply(changes)
    }
}

/// What the server ran, by the number that each call has.
type Ran = Arc<Mutex<HashMap<i32, u32>>>;

async fn counting() -> (World, Ran) {
    let ran = Ran::default();
    let count = ran.clone();
    let world = world_with(move |accounts, dc, dispatcher| {
        let count = count.clone();
        accounts.on(dc, dispatcher, move |_, request: SetAccountTtl| {
            *count.lock().unwrap().entry(request.ttl.days).or_default() += 1;
            Ok(true)
        });
    })
    .await;
    (world, ran)
}

/// A network that carries bytes to a data centre until it cuts the link after so many of them.
async fn network(to: SocketAddr, seed: u64) -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut entropy = SeededEntropy::new(seed);
        let mut links = JoinSet::new();
        loop {
            let (client, _) = listener.accept().await.unwrap();
            // A key exchange takes 1.5 kB, so that some links break in its midst.
            let bytes = u64::from(u16::from_le_bytes(entropy.array())) % 6_000 + 400;
            links.spawn(carry(client, to, bytes));
        }
    });
    (address, tasks)
}

async fn carry(mut client: TcpStream, to: SocketAddr, mut left: u64) {
    let Ok(mut server) = TcpStream::connect(to).await else { return };
    let (mut up, mut down) = ([0; 512], [0; 512]);
    while left > 0 {
        let result = tokio::select! {
            count = client.read(&mut up) => match count {
                Ok(count) if count > 0 => (count, server.write_all(&up[..count]).await),
                _ => return,
            },
            count = server.read(&mut down) => match count {
                Ok(count) if count > 0 => (count, client.write_all(&down[..count]).await),
                _ => return,
            },
        };
        let (count, written) = result;
        if written.is_err() {
            return;
        }
        left = left.saturating_sub(count.try_into().unwrap());
    }
}

async fn live(server: SocketAddr, ran: Ran, seed: u64) {
    let mut entropy = SeededEntropy::new(seed);
    let (address, _network) = network(server, seed).await;
    let disk = (MemoryStore::new(), SeededEntropy::new(seed + 1_000));
    let disk = Disk(Arc::new(Mutex::new(disk)));
    let mut was_told = false;
    for program in 0..4_i32 {
        let client = Client::builder(1, API_HASH)
            .store(disk.clone())
            .home(TWO)
            .address(TWO, address)
            .keys(vec![embedded_key().unwrap().public().clone()])
            .build()
            .await
            .unwrap();
        assert!(client.is_logged_in() || !was_told, "seed {seed}: a login was lost");
        for _ in 0..10 {
            if client.is_logged_in() {
                break;
            }
            // Whether it works depends on the disk and the links.
            was_told |= patient(client.log_in_bot("777:abc")).await.is_ok();
        }
        let base = i32::try_from(seed).unwrap() * 1_000 + program * 100;
        let mut calls = JoinSet::new();
        for number in base..base + 20 {
            let client = client.clone();
            calls.spawn(async move {
                let options = InvokeOptions {
                    deadline: Some(Duration::from_secs(10)),
                    repeat: Some(Repeat::Once),
                    ..Default::default()
                };
                let request = SetAccountTtl { ttl: AccountDaysTtl { days: number } };
                (number, client.invoke_with(&request, &options).await)
            });
        }
        // Some programs end in the midst of it.
        let is_cut_short = entropy.array::<1>()[0] < 100;
        if is_cut_short {
            tokio::time::sleep(Duration::from_millis(entropy.array::<1>()[0].into())).await;
            calls.abort_all();
        }
        while let Some(call) = calls.join_next().await {
            let Ok((number, result)) = call else { continue };
            check(&ran, seed, number, &result);
        }
        patient(client.close()).await;
    }
    let ran = ran.lock().unwrap();
    assert!(ran.values().all(|times| *times == 1), "seed {seed}: something ran twice");
}

fn check(ran: &Ran, seed: u64, number: i32, result: &Result<bool, Error>) {
    let times = ran.lock().unwrap().get(&number).copied().unwrap_or(0);
    match result {
        Ok(_) => assert_eq!(times, 1, "seed {seed}, call {number}"),
        Err(error) if error.execution() == Execution::Never => {
            assert_eq!(times, 0, "seed {seed}, call {number}: {error}");
        }
        Err(_) => assert!(times <= 1, "seed {seed}, call {number}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cf_22_whatever_ends_a_program_nothing_runs_twice_and_no_login_is_lost() {
    let (world, ran) = counting().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let lives = std::env::var("TELEWIRE_LIVES").map_or(LIVES, |lives| lives.parse().unwrap());
    let mut living = JoinSet::new();
    for seed in 0..lives {
        if living.len() == AT_ONCE {
            living.join_next().await.unwrap().unwrap();
        }
        living.spawn(live(world.address(TWO), ran.clone(), seed));
    }
    while let Some(life) = living.join_next().await {
        life.unwrap();
    }
    // It was not for nothing: most of four times twenty calls ran in each.
    let calls = ran.lock().unwrap().len();
    assert!(u64::try_from(calls).unwrap() > lives * 25, "{calls}");
    let client = world.client().await;
    assert_eq!(id(&patient(client.log_in_bot("777:abc")).await.unwrap().user), 777);
}
