//! The cryptography.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use telewire::crypto::dh::KNOWN_PRIME;
use telewire::crypto::factor::{WORK_BUDGET, factorize};
use telewire::crypto::message_key::{derive, message_key};
use telewire::crypto::{AuthKey, Secret, SeededEntropy, Sender, keys, real, rsa_pad};

/// Products of two primes of 31 bits. Three are from exchanges that were recorded, the others were drawn once.
const PQS: [u64; 20] = [
    0x1460_e7d3_fa72_7791,
    0x17ed_4894_1a08_f981,
    0x1954_6f94_2a11_278d,
    0x27c6_a3b3_cd48_5701,
    0x2f0e_aaae_61da_2d1f,
    0x23cf_3ccd_8a6d_cfdf,
    0x1af7_001d_54cc_9ed3,
    0x21ce_1e87_d909_a871,
    0x234e_3f8f_1533_4701,
    0x23b2_b483_1b9e_d3bd,
    0x16b9_05d2_86f8_e30f,
    0x156f_0efc_37f0_7b7d,
    0x2c79_829e_f376_0181,
    0x21ef_376f_962c_db5d,
    0x1e70_61e2_484e_8ddd,
    0x31da_c109_b525_81a1,
    0x2318_b6fa_bb31_1fa1,
    0x1d02_d626_8567_2b75,
    0x283c_80e5_d5e4_bf13,
    0x307f_8d9c_f02c_37b7,
];

fn packets(c: &mut Criterion) {
    let suite = real();
    let key = AuthKey::from_bytes([0x77; 256]);
    let mut group = c.benchmark_group("crypto");
    for size in [128, 16 << 10, 1 << 20] {
        let mut data = vec![0x5a; size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(format!("ige_encrypt/{size}"), |b| {
            b.iter(|| suite.ige_encrypt(&[1; 32], &[2; 32], black_box(&mut data)).unwrap());
        });
        group.bench_function(format!("ige_decrypt/{size}"), |b| {
            b.iter(|| suite.ige_decrypt(&[1; 32], &[2; 32], black_box(&mut data)).unwrap());
        });
        group.bench_function(format!("packet/{size}"), |b| {
            b.iter(|| {
                let (msg_key, _) = message_key(&*suite, &key, Sender::Client, black_box(&data));
                derive(&*suite, &key, &msg_key, Sender::Client)
                    .encrypt(&*suite, &mut data)
                    .unwrap();
            });
        });
    }
    group.finish();
}

fn exchange(c: &mut Criterion) {
    let suite = real();
    let mut entropy = SeededEntropy::new(1);
    let mut group = c.benchmark_group("crypto");
    let mut pqs = PQS.iter().cycle();
    group.bench_function("factorize", |b| {
        b.iter(|| {
            let pq = pqs.next().copied().unwrap_or(15);
            factorize(black_box(pq), WORK_BUDGET).unwrap()
        });
    });
    let key = &keys::production_keys()[0];
    group.bench_function("rsa_pad_encrypt", |b| {
        b.iter(|| rsa_pad::encrypt(&*suite, key, black_box(&[7; 100]), &mut entropy).unwrap());
    });
    let exponent = Secret::from([0xa5; 256]);
    let base = [0x9c; 256];
    group.sample_size(20);
    group.bench_function("pow_mod", |b| {
        b.iter(|| suite.pow_mod(black_box(&base), &exponent, &KNOWN_PRIME).unwrap());
    });
    group.finish();
}

criterion_group!(benches, packets, exchange);
criterion_main!(benches);
