//! Framing: packets to a stream and back.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use telewire::crypto::SeededEntropy;
use telewire::framing::{CLIENT_LIMIT, Decoder, Encoder, Frame, Framing, Side};

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

criterion_group!(benches, framing);
criterion_main!(benches);
