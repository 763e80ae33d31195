//! A whole key exchange, the client's share and both sides.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use telewire::crypto::{DhGen, SeededEntropy, Suite, real, toy};
use telewire::handshake::{Config, Handshake};
use telewire::ids::DcId;
use telewire::server::{embedded_key, exchange};
use telewire::time::Now;

const NOW: Now = Now { mono: Duration::ZERO, unix: Duration::from_secs(1_705_754_876) };

/// Runs an exchange and gives the time that the client took of it.
fn run(suite: &Suite, seed: u64) -> Duration {
    let key = embedded_key().unwrap();
    let dc = DcId::production(2);
    let config = Config::new(dc, vec![key.public().clone()], suite.clone());
    let server_config = exchange::Config::new(dc, vec![key], suite.clone());
    let mut server = exchange::Exchange::new(1);
    let mut entropy = SeededEntropy::new(seed);
    let mut server_entropy = SeededEntropy::new(!seed);
    let mut spent = Duration::ZERO;
    let mut timed = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        f();
        spent += start.elapsed();
    };
    let mut client = None;
    timed(&mut || client = Some(Handshake::new(config.clone(), 1, NOW, &mut entropy)));
    let mut client = client.unwrap();
    while let Some(query) = client.poll_packet().map(<[u8]>::to_vec) {
        let mut answer =
            server.handle_packet(&server_config, NOW, &query, 0, &mut server_entropy).unwrap();
        if let Some(work) = server.poll_work() {
            answer =
                server.handle_work(&server_config, NOW, work.run(), &mut server_entropy).unwrap();
        }
        if server.candidate().is_some() {
            answer = server.conclude(&server_config, NOW, DhGen::Ok, &mut server_entropy);
        }
        let answer = answer.unwrap();
        timed(&mut || {
            client.handle_packet(NOW, &answer, 0, &mut entropy).unwrap();
            if let Some(work) = client.poll_work() {
                client.handle_work(NOW, work.run(), &mut entropy).unwrap();
            }
        });
    }
    assert!(client.poll_outcome().is_some());
    spent
}

fn handshake(c: &mut Criterion) {
    let mut group = c.benchmark_group("handshake");
    for (name, suite) in [("real", real()), ("toy", toy())] {
        group.sample_size(if name == "real" { 20 } else { 100 });
        let mut seed = 0;
        let mut next = || {
            seed += 1;
            seed
        };
        group.bench_function(format!("{name}/both_sides"), |b| b.iter(|| run(&suite, next())));
        let mut seed = 0;
        group.bench_function(format!("{name}/client"), |b| {
            b.iter_custom(|count| {
                (0..count)
                    .map(|_| {
                        seed += 1;
                        run(&suite, seed)
                    })
                    .sum()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, handshake);
criterion_main!(benches);
