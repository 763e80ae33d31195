//! Random and spoiled bytes into everything that reads what frames are wrapped in: never a panic, and the same for any split.
//!
//! Each reader is a function of bytes here, as a fuzzer wants it.

use crate::crypto::{Entropy, EntropyExt, Secret, SeededEntropy};
use crate::framing::fake_tls::{Greeting, MAX_RECORD, Records, answer, hello_len, verify};
use crate::framing::mtproxy::{ProxyLink, ProxySecret};
use crate::framing::{Framing, Obfuscation, Wrapper, look};
use crate::ids::DcId;
use crate::turns::Turns;

/// A reader of bytes that may end in an error, in pieces of such sizes; what it gives, and whether it failed.
type Read = fn(&[u8], usize) -> (Vec<u8>, bool);

fn key() -> Secret<16> {
    Secret::from([5; 16])
}

fn read_records(stream: &[u8], size: usize) -> (Vec<u8>, bool) {
    let (mut records, mut data) = (Records::server(), Vec::new());
    for mut piece in stream.chunks(size) {
        let mut turns = Turns::default();
        loop {
            turns.count(());
            match records.open(&mut piece) {
                Ok(Some(run)) => data.extend_from_slice(run),
                Ok(None) => break,
                Err(_) => return (data, true),
            }
        }
    }
    (data, false)
}

fn read_wrapped(stream: &[u8], size: usize) -> (Vec<u8>, bool) {
    let mut entropy = SeededEntropy::new(9);
    let dc = DcId::production(2);
    let obfuscation =
        Obfuscation::client(Framing::PaddedIntermediate, dc, Some(&key()), &mut entropy).unwrap();
    let mut wrapper = Wrapper::fake_tls(Records::client(), obfuscation);
    let mut frames = Vec::new();
    let failed = stream.chunks(size).any(|piece| wrapper.open(piece, &mut frames).is_err());
    (frames, failed)
}

fn read_answer(stream: &[u8], size: usize) -> (Vec<u8>, bool) {
    let (mut greeting, _) = Greeting::new(&key(), "a", 1, &mut SeededEntropy::new(1));
    for mut piece in stream.chunks(size) {
        match greeting.read(&mut piece) {
            Ok(None) => assert!(piece.is_empty()),
            Ok(Some(_)) => return (vec![1], false),
            Err(_) => return (Vec::new(), true),
        }
    }
    (Vec::new(), false)
}

const READERS: [Read; 3] = [read_records, read_wrapped, read_answer];

/// A stream of records, an answer, and random bytes with something like headers among them.
fn streams(random: &mut SeededEntropy) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    let [length] = random.array();
    Records::client().seal(&vec![7; usize::from(length) * 20 + 1], &mut records);
    let (_, hello) = Greeting::new(&key(), "a", 1, &mut SeededEntropy::new(1));
    let answer = answer(&key(), &verify(&key(), &hello).unwrap(), random);
    let mut noise = vec![0; 700];
    random.fill(&mut noise);
    for place in (0..noise.len() - 5).step_by(90) {
        let [kind, low] = random.array();
        noise[place..place + 5].copy_from_slice(&[0x14 + kind % 4, 3, 3, 0, low % 80]);
    }
    vec![records, answer, noise, hello]
}

#[test]
fn spoiled_streams_are_read_the_same_however_they_are_split() {
    for seed in 0..150 {
        let mut random = SeededEntropy::new(seed);
        for mut stream in streams(&mut random) {
            for _ in 0..seed % 3 {
                let [a, b, mask] = random.array();
                let place = (usize::from(a) << 8 | usize::from(b)) % stream.len();
                stream[place] ^= mask;
            }
            for read in READERS {
                let whole = read(&stream, stream.len());
                for size in [1, 2, 5, 64, 1_000] {
                    let pieces = read(&stream, size);
                    assert_eq!(pieces.1, whole.1, "{seed} by {size}");
                    assert!(pieces.0 == whole.0, "{seed} by {size}");
                }
            }
        }
    }
}

#[test]
fn random_beginnings_are_told_and_never_believed() {
    for seed in 0..5_000 {
        let mut random = SeededEntropy::new(seed);
        let mut bytes: [u8; 600] = random.array();
        bytes[..11].copy_from_slice(&[0x16, 3, 1, 2, 0x53, 1, 0, 2, 0x4f, 3, 3]);
        let [kept] = random.array();
        let start = usize::from(kept) % 12;
        let stream = &bytes[start..];
        assert!(look(stream).is_some());
        if let Ok(Some(length)) = hello_len(stream) {
            assert!(length <= MAX_RECORD + 5);
        }
        assert!(verify(&key(), stream).is_err());
        assert!(Obfuscation::server(stream.first_chunk().unwrap(), Some(&key())).is_none());
    }
}

#[test]
fn random_secrets_and_links_are_read_or_refused_and_what_is_read_is_written_alike() {
    let parts = [
        "tg://proxy?",
        "server=",
        "port=",
        "secret=",
        "&",
        "=",
        "%",
        "%00",
        "443",
        "a.b",
        "dd",
        "ee",
        "00",
        "000102030405060708090a0b0c0d0e0f",
        "6578616d706c65",
        "é",
        "-",
        "_",
        "#",
        "https://t.me/proxy?",
    ];
    let mut read = 0;
    for seed in 0..20_000 {
        let mut random = SeededEntropy::new(seed);
        let choices: [u8; 9] = random.array();
        let mut text: String =
            choices.iter().map(|choice| parts[usize::from(*choice) % parts.len()]).collect();
        if seed % 2 == 0 {
            text = format!("tg://proxy?server=a&port=1&secret={text}");
        }
        if let Ok(link) = text.parse::<ProxyLink>() {
            assert_eq!(link.expose().parse(), Ok(link));
            read += 1;
        }
        let secret = text.rsplit('=').next().unwrap_or_default();
        if let Ok(secret) = secret.parse::<ProxySecret>() {
            assert_eq!(secret.expose().parse(), Ok(secret));
        }
    }
    assert!(read > 10, "{read}");
}
