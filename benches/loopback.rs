//! Calls over a socket of the loopback interface: the driver at one end, the embedded data centre at the other.
//!
//! Each round makes so many calls at once and waits for all of their results, so the throughput is calls a second with so many
//! under way.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::net::{Ipv4Addr, SocketAddr};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use telewire::connection::{self, Connection, StoredKey};
use telewire::crypto::{AuthKey, Entropy, SeededEntropy, real};
use telewire::ids::{DcId, Salt};
use telewire::net::{Clock, Config, Handle, Server, connect};
use telewire::rpc::Request;
use telewire::server::{DataCentre, Dispatcher, exchange};
use telewire::tl::{Bytes, Repeat};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

#[path = "../tests/shared/echo.rs"]
mod echo;

use echo::Echo;

/// A client whose session has begun. Its key is from before, since the exchange is measured elsewhere.
async fn client() -> Handle {
    let (dc_id, auth_key) = (DcId::production(2), AuthKey::from_bytes([7; 256]));
    let mut dispatcher = Dispatcher::new();
    dispatcher.on(|_, Echo(bytes)| Ok(bytes));
    let config = exchange::Config::new(dc_id, vec![], real());
    let mut dc = DataCentre::new(config, dispatcher, SeededEntropy::new(1));
    dc.add_key(Clock::start().now(), auth_key.clone(), Salt(1), None);
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(loopback, dc).await.unwrap();
    let addresses = vec![server.local_addr().unwrap()];
    tokio::spawn(server.run());
    let mut connection = connection::Config::new(dc_id, vec![], real());
    connection.stored = Some(StoredKey { auth_key, salt: Salt(1), time_offset: 0 });
    let config = Config::new(connection, addresses);
    let (handle, events, driver) = connect(config).unwrap();
    // Nobody listens.
    drop(events);
    tokio::spawn(driver.run());
    handle.invoke(&Echo(Bytes::default())).await.unwrap();
    handle
}

fn calls(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let handle = runtime.block_on(client());
    let mut group = c.benchmark_group("loopback");
    group.sample_size(20);
    for at_once in [1, 64, 4_096_u64] {
        group.throughput(Throughput::Elements(at_once));
        group.bench_function(format!("{at_once}_at_once"), |b| {
            b.iter(|| {
                runtime.block_on(async {
                    let mut calls = JoinSet::new();
                    for _ in 0..at_once {
                        let handle = handle.clone();
                        calls.spawn(async move { handle.invoke(&Echo(vec![7; 16].into())).await });
                    }
                    while let Some(call) = calls.join_next().await {
                        assert_eq!(call.unwrap().unwrap().len(), 16);
                    }
                });
            });
        });
    }
    group.finish();
}

/// What the driver's task does with parts of files before they are sent.
fn taken(c: &mut Criterion) {
    let now = Clock::start().now();
    let mut noise = vec![0; 512 << 10];
    SeededEntropy::new(3).fill(&mut noise);
    let text = b"all that is text gets smaller; ".repeat(noise.len() / 31);
    let mut group = c.benchmark_group("taken");
    for (name, body) in [("noise", noise), ("text", text)] {
        group.throughput(Throughput::Bytes(body.len() as u64));
        let request = Request::from_bytes(body, Repeat::Safe);
        group.bench_function(name, |b| {
            let new = || {
                let config = connection::Config::new(DcId::production(2), vec![], real());
                (Connection::new(config, now, Box::new(SeededEntropy::new(1))), request.clone())
            };
            b.iter_batched(
                new,
                |(mut connection, request)| (connection.call(now, request).unwrap(), connection),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, calls, taken);
criterion_main!(benches);
