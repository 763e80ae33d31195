//! Reading and writing TL.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use telewire::tl::mtproto::types::{FutureSalt, FutureSalts, Message, MsgContainer, Pong, ResPq};
use telewire::tl::{Bare, Deserialize, Object, Serialize};

/// `resPQ` of the official exchange of 2024.
fn res_pq() -> ResPq {
    ResPq {
        nonce: [0x15; 16],
        server_nonce: [0xd6; 16],
        pq: 0x1460_e7d3_fa72_7791_u64.to_be_bytes().into(),
        server_public_key_fingerprints: vec![1, 2, 3],
    }
}

/// A container of 20 small messages.
fn container() -> MsgContainer {
    let message = |n: i64| {
        let body = Object::new(&Pong { msg_id: n, ping_id: n });
        Bare(Message { msg_id: n, seqno: 1, body })
    };
    MsgContainer { messages: (0..20).map(message).collect::<Vec<_>>().into() }
}

fn future_salts() -> FutureSalts {
    let salt =
        |n: i32| Bare(FutureSalt { valid_since: n, valid_until: n + 3600, salt: i64::from(n) });
    FutureSalts { req_msg_id: 1, now: 2, salts: (0..64).map(salt).collect::<Vec<_>>().into() }
}

fn value<T: Serialize + Deserialize>(c: &mut Criterion, name: &str, value: &T) {
    let bytes = value.to_bytes();
    let mut group = c.benchmark_group("tl");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function(format!("{name}/to_bytes"), |b| b.iter(|| black_box(value).to_bytes()));
    let mut out = Vec::with_capacity(bytes.len());
    group.bench_function(format!("{name}/serialize"), |b| {
        b.iter(|| {
            out.clear();
            black_box(value).serialize(&mut out);
            out.len()
        });
    });
    group.bench_function(format!("{name}/from_bytes"), |b| {
        b.iter(|| T::from_bytes(black_box(&bytes)).unwrap());
    });
    group.finish();
}

fn tl(c: &mut Criterion) {
    value(c, "resPQ", &res_pq());
    value(c, "msg_container_20", &container());
    value(c, "future_salts_64", &future_salts());
}

criterion_group!(benches, tl);
criterion_main!(benches);
