//! What is sent: random bytes, the same in every process that makes them.

use std::path::Path;

use telewire::crypto::{Entropy, SeededEntropy, real};

pub(crate) const MEBIBYTE: usize = 1 << 20;

/// The bytes of a small file.
pub(crate) const SMALL: usize = 4_096;

/// The files that are no small ones. The numbers of their messages are their places here, from 1; those of the small files follow.
pub(crate) const LARGE: [&str; 4] = ["whole", "warm", "quarter", "little"];

/// How large each of them is, if the first has so many mebibytes. What is fetched to open connections is above 10 MiB, from where others
/// send parts at the same time.
pub(crate) fn size(name: &str, mebibytes: usize) -> usize {
    MEBIBYTE
        * match name {
            "whole" => mebibytes,
            "warm" => 12,
            "quarter" => (mebibytes / 4).max(11),
            "little" => (mebibytes / 32).max(1),
            _ => unreachable!("no file is called {name}"),
        }
}

/// All of them begin with the same bytes.
pub(crate) fn large(mebibytes: usize) -> Vec<u8> {
    random(0, MEBIBYTE * mebibytes.max(12))
}

pub(crate) fn small(number: u32) -> Vec<u8> {
    random(u64::from(number) + 1, SMALL)
}

fn random(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SeededEntropy::new(seed).fill(&mut bytes);
    bytes
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    real().sha256(&[bytes])
}

/// What a small file is called on the disk.
pub(crate) fn name(number: u32) -> String {
    format!("{number:05}")
}

/// Puts all files where clients send them from.
pub(crate) fn lay(folder: &Path, mebibytes: usize, count: u32) {
    std::fs::create_dir_all(folder).unwrap();
    let all = large(mebibytes);
    for name in LARGE {
        std::fs::write(folder.join(name), &all[..size(name, mebibytes)]).unwrap();
    }
    for number in 0..count {
        std::fs::write(folder.join(name(number)), small(number)).unwrap();
    }
}
