//! The same work through both libraries, one after the other.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Bencher, Criterion, criterion_group, criterion_main};
use telewire_peers::server::{self, Client, Server};
use telewire_peers::{Result, input, ours, theirs};

fn types(c: &mut Criterion) {
    // Both are decoded before: after its first large requests an allocator gives less back to the system, and either would
    // pay for that if it came first.
    let ours = ours::decode(input::MESSAGES).unwrap();
    let theirs = theirs::decode(input::MESSAGES).unwrap();
    let mut group = c.benchmark_group("decode");
    group.bench_function("telewire", |b| b.iter(|| ours::decode(black_box(input::MESSAGES))));
    group.bench_function("grammers", |b| b.iter(|| theirs::decode(black_box(input::MESSAGES))));
    group.finish();

    let mut group = c.benchmark_group("to_bytes");
    group.bench_function("telewire", |b| b.iter(|| ours::to_bytes(black_box(&ours))));
    group.bench_function("grammers", |b| b.iter(|| theirs::to_bytes(black_box(&theirs))));
    group.finish();

    let mut group = c.benchmark_group("res_pq");
    group.bench_function("telewire", |b| b.iter(|| ours::decode_res_pq(black_box(input::RES_PQ))));
    group.bench_function("grammers", |b| {
        b.iter(|| theirs::decode_res_pq(black_box(input::RES_PQ)));
    });
    group.finish();
}

fn packets(c: &mut Criterion) {
    let mut group = c.benchmark_group("packet");
    let (plaintext, sealed) = (input::plaintext(), input::server_packet());
    let (key, mut packet, mut opened) = (ours::key(), Vec::new(), sealed.clone());
    group.bench_function("telewire", |b| {
        b.iter(|| {
            ours::encrypt(&key, black_box(&plaintext), &mut packet).unwrap();
            opened.copy_from_slice(&sealed);
            ours::decrypt(&key, black_box(&mut opened)).unwrap().len()
        });
    });
    let (key, mut packet) = (theirs::key(), theirs::buffer());
    group.bench_function("grammers", |b| {
        b.iter(|| {
            theirs::encrypt(&key, black_box(&plaintext), &mut packet);
            opened.copy_from_slice(&sealed);
            theirs::decrypt(&key, black_box(&mut opened)).unwrap().len()
        });
    });
    group.finish();
}

/// What the cryptography of a ping takes: 44 bytes with 20 of padding.
fn small_packets(c: &mut Criterion) {
    let mut group = c.benchmark_group("packet_small");
    let (plaintext, mut packet) = ([7; 44], Vec::new());
    let key = ours::key();
    group.bench_function("telewire", |b| {
        b.iter(|| ours::encrypt(&key, black_box(&plaintext), &mut packet).unwrap());
    });
    let (key, mut packet) = (theirs::key(), theirs::buffer());
    group.bench_function("grammers", |b| {
        b.iter(|| theirs::encrypt(&key, black_box(&plaintext), &mut packet));
    });
    group.finish();
}

fn exchange(c: &mut Criterion) {
    let mut group = c.benchmark_group("factorize");
    group.sample_size(10);
    // All of them each time, so that the ratio is that of the means.
    group.bench_function("telewire", |b| {
        b.iter(|| black_box(input::PQS).map(|pq| ours::factorize(pq).unwrap()));
    });
    group.bench_function("grammers", |b| b.iter(|| black_box(input::PQS).map(theirs::factorize)));
    group.finish();

    let mut group = c.benchmark_group("exchange");
    group.sample_size(10);
    let recorded = input::Exchange::recorded().unwrap();
    let client = ours::Client::new(&recorded).unwrap();
    group.bench_function("telewire", |b| b.iter(|| client.exchange(black_box(&recorded)).unwrap()));
    group
        .bench_function("grammers", |b| b.iter(|| theirs::exchange(black_box(&recorded)).unwrap()));
    group.finish();
}

fn sessions(c: &mut Criterion) {
    let frames: [(_, Make<ours::Session>, Make<theirs::Session>); 2] = [
        ("session_updates", server::updates, server::updates),
        ("session_result", server::result, server::result),
    ];
    for (name, for_ours, for_theirs) in frames {
        let mut group = c.benchmark_group(name);
        let (mut client, mut server) = (ours::Session::new().unwrap(), Server::new());
        group.bench_function("telewire", |b| receive(b, &mut client, &mut server, for_ours));
        let (mut client, mut server) = (theirs::Session::new(), Server::new());
        group.bench_function("grammers", |b| receive(b, &mut client, &mut server, for_theirs));
        group.finish();
    }

    let mut group = c.benchmark_group("session_ping");
    let (mut client, mut server) = (ours::Session::new().unwrap(), Server::new());
    group.bench_function("telewire", |b| ping(b, &mut client, &mut server));
    let (mut client, mut server) = (theirs::Session::new(), Server::new());
    group.bench_function("grammers", |b| ping(b, &mut client, &mut server));
    group.finish();
}

/// Ten thousand updates each time, which are decoded before; their positions go on.
fn boxes(c: &mut Criterion) {
    let mut group = c.benchmark_group("boxes");
    group.sample_size(10);
    let (mut boxes, mut next) = (ours::Boxes::new(), 0);
    group.bench_function("telewire", |b| {
        take(b, &mut next, ours::Boxes::decode, |all| boxes.take(all));
    });
    let (mut boxes, mut next) = (theirs::Boxes::new(), 0);
    group.bench_function("grammers", |b| {
        take(b, &mut next, theirs::Boxes::decode, |all| boxes.take(all));
    });
    group.finish();
}

/// The updates of one measurement.
const BATCH: i32 = 10_000;

fn take<U>(
    b: &mut Bencher<'_>,
    next: &mut i32,
    decode: impl Fn(&[u8]) -> Result<U>,
    mut take: impl FnMut(Vec<U>) -> usize,
) {
    b.iter_custom(|count| {
        let once = |_| {
            let numbers = *next..*next + BATCH;
            *next = numbers.end;
            let all = numbers.map(|number| decode(&input::update(number)).unwrap()).collect();
            let start = Instant::now();
            let told = take(black_box(all));
            let passed = start.elapsed();
            assert_eq!(told, BATCH as usize, "some are missing");
            passed
        };
        (0..count).map(once).sum()
    });
}

/// What makes the frame that a client is to take.
type Make<C> = fn(&mut C, &mut Server) -> Result<Vec<u8>>;

/// Each frame is new, as no session takes one twice; only the taking is timed.
fn receive<C: Client>(b: &mut Bencher<'_>, client: &mut C, server: &mut Server, make: Make<C>) {
    b.iter_custom(|count| {
        let once = |_| {
            let mut frame = make(client, server).unwrap();
            let start = Instant::now();
            black_box(client.receive(black_box(&mut frame)).unwrap());
            start.elapsed()
        };
        (0..count).map(once).sum()
    });
}

/// Each ping is answered, so that none waits; only the sending is timed.
fn ping<C: Client>(b: &mut Bencher<'_>, client: &mut C, server: &mut Server) {
    b.iter_custom(|count| {
        let once = |_| {
            let start = Instant::now();
            let frame = black_box(client.ping().unwrap());
            let passed = start.elapsed();
            let request = server.open(frame).unwrap();
            client.receive(&mut server.pong(request).unwrap()).unwrap();
            passed
        };
        (0..count).map(once).sum()
    });
}

/// Short, so that both meet the same weather; `measure` runs all of it many times.
fn config() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
}

criterion_group!(name = benches; config = config(); targets = types, packets, small_packets, sessions, boxes, exchange);
criterion_main!(benches);
