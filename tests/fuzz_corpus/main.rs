//! What the fuzz targets start from, replayed without a fuzzer. `fuzz/README.md` says how to add to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod talk;
mod targets;

use std::fs;
use std::path::PathBuf;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How many changed copies of each seed are tried.
const COPIES: usize = 24;

fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "tests", "fuzz_corpus", "seeds", target].iter().collect();
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut seeds: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    seeds.sort();
    seeds
}

#[test]
fn every_target_has_seeds_and_holds_for_them() {
    for (name, body) in targets::ALL.iter().chain(talk::ALL) {
        let seeds = seeds(name);
        assert!(seeds.len() >= 4, "{name}: {} seeds", seeds.len());
        for (_, seed) in seeds {
            body(&seed);
        }
    }
}

#[test]
fn every_target_holds_for_seeds_that_were_changed() {
    for (name, body) in targets::ALL.iter().chain(talk::ALL) {
        let mut random = ChaCha8Rng::seed_from_u64(0);
        for (_, seed) in seeds(name) {
            for _ in 0..COPIES {
                body(&changed(&seed, &mut random));
            }
        }
    }
}

/// A copy with some bytes changed, cut off or said twice.
fn changed(seed: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut copy = seed.to_vec();
    for _ in 0..=random.next_u32() % 4 {
        let place = random.next_u32() as usize % copy.len().max(1);
        match random.next_u32() % 6 {
            0 => copy.truncate(place),
            1 => copy.extend_from_within(place..),
            kind => {
                if let Some(byte) = copy.get_mut(place) {
                    *byte = if kind == 2 { 0xff } else { random.next_u32() as u8 };
                }
            }
        }
    }
    copy
}

#[test]
fn the_seeds_of_typed_are_read_and_not_only_refused() {
    let read = seeds("typed").iter().filter(|(_, seed)| targets::is_read(seed)).count();
    assert!(read >= 4, "{read}");
}
