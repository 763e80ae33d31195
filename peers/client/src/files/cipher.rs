//! What one core seals and opens of packets of 512 KiB: `msg_key` by SHA-256, and AES-IGE; as `peers/benches/compare.rs` has it, with
//! nothing copied.

use std::time::{Duration, Instant};

use telewire::crypto::{Sender, message_key, real};

use crate::serve::key;

/// A part of 512 KiB, its headers and its padding, in whole blocks.
const PACKET: usize = (1 << 19) + 96;

/// Packets that are timed, and those before.
const PACKETS: usize = 256;
const WARM: usize = 32;

/// Prints how many nanoseconds each byte takes to be sealed and to be opened.
pub(crate) fn run() {
    println!("{} {}", time(seal), time(open));
}

fn time(mut work: impl FnMut(&mut [u8])) -> f64 {
    let mut packet = vec![7; PACKET];
    (0..WARM).for_each(|_| work(&mut packet));
    let start = Instant::now();
    (0..PACKETS).for_each(|_| work(&mut packet));
    let passed: Duration = start.elapsed();
    passed.as_nanos() as f64 / (PACKETS * PACKET) as f64
}

fn seal(packet: &mut [u8]) {
    let suite = real();
    let key = key(0);
    let (msg_key, _) = message_key::message_key(&*suite, &key, Sender::Client, packet);
    message_key::derive(&*suite, &key, &msg_key, Sender::Client).encrypt(&*suite, packet).unwrap();
}

fn open(packet: &mut [u8]) {
    let suite = real();
    let key = key(0);
    let claimed = telewire::crypto::MessageKey([7; 16]);
    message_key::derive(&*suite, &key, &claimed, Sender::Server).decrypt(&*suite, packet).unwrap();
    let (computed, _) = message_key::message_key(&*suite, &key, Sender::Server, packet);
    std::hint::black_box(computed.matches(&*suite, &claimed));
}
