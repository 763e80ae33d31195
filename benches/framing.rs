//! Framing: packets to a stream and back.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;

use aes::Aes256;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use telewire::crypto::SeededEntropy;
use telewire::framing::fake_tls::Records;
use telewire::framing::{
    CLIENT_LIMIT, Decoder, Encoder, Frame, Framing, Obfuscation, Side, Wrapper,
};
use telewire::ids::DcId;

/// How much a read of a socket gives.
const READ: usize = 64 << 10;

fn framing(c: &mut Criterion) {
    let mut group = c.benchmark_group("framing");
    let mut entropy = SeededEntropy::new(1);
    for framing in Framing::ALL {
        for size in [128, 512 << 10] {
            let packet = vec![0x5a; size];
            group.throughput(Throughput::Bytes(size as u64));
            let mut out = Vec::new();
            group.bench_function(format!("{framing}/encode/{size}"), |b| {
                let mut encoder = Encoder::new(framing, Side::Server);
                b.iter(|| {
                    out.clear();
                    encoder.encode(black_box(&packet), false, &mut entropy, &mut out).unwrap();
                });
            });
            group.bench_function(format!("{framing}/decode/{size}"), |b| {
                // Full numbers its frames, so each is encoded and decoded by a pair that counts along.
                let mut encoder = Encoder::new(framing, Side::Server);
                let mut decoder = Decoder::new(framing, Side::Client, CLIENT_LIMIT);
                let mut entropy = SeededEntropy::new(1);
                b.iter_batched(
                    || {
                        let mut stream = Vec::new();
                        encoder.encode(&packet, false, &mut entropy, &mut stream).unwrap();
                        stream
                    },
                    |stream| {
                        let mut frames = 0;
                        for mut piece in stream.chunks(READ) {
                            while let Some(frame) = decoder.decode(&mut piece).unwrap() {
                                frames += usize::from(matches!(frame, Frame::Packet { .. }));
                            }
                        }
                        assert_eq!(frames, 1);
                    },
                    criterion::BatchSize::PerIteration,
                );
            });
        }
    }
    group.finish();
}

/// What wraps the frames of 512 KiB, beside AES-256-CTR alone.
fn wrapping(c: &mut Criterion) {
    const SIZE: usize = 512 << 10;
    let mut group = c.benchmark_group("wrapping");
    group.throughput(Throughput::Bytes(SIZE as u64));
    let frame = vec![0x5a; SIZE];
    let obfuscation = || {
        let (dc, mut entropy) = (DcId::production(2), SeededEntropy::new(1));
        Obfuscation::client(Framing::PaddedIntermediate, dc, None, &mut entropy).unwrap()
    };
    let mut bytes = frame.clone();
    group.bench_function("aes-256-ctr", |b| {
        let mut cipher = Ctr128BE::<Aes256>::new(&[1; 32].into(), &[2; 16].into());
        b.iter(|| cipher.apply_keystream(black_box(&mut bytes)));
    });
    let mut out = Vec::new();
    for (name, mut wrapper) in [
        ("obfuscated", Wrapper::obfuscated(obfuscation())),
        ("fake-tls", Wrapper::fake_tls(Records::client(), obfuscation())),
    ] {
        group.bench_function(format!("{name}/seal"), |b| {
            b.iter(|| {
                out.clear();
                wrapper.seal(black_box(&frame), &mut out);
            });
        });
    }
    let mut records = Vec::new();
    Records::server().seal(&frame, &mut records);
    for (name, mut wrapper, bytes) in [
        ("obfuscated", Wrapper::obfuscated(obfuscation()), &frame),
        ("fake-tls", Wrapper::fake_tls(Records::client(), obfuscation()), &records),
    ] {
        group.bench_function(format!("{name}/open"), |b| {
            b.iter(|| {
                out.clear();
                wrapper.open(black_box(bytes), &mut out).unwrap();
            });
        });
    }
    group.finish();
}

criterion_group!(benches, framing, wrapping);
criterion_main!(benches);
