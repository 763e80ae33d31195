//! Whether it is worth a try to compress something: a look at parts of it.
//!
//! It errs on one side: what it says is not worth it has no part that looks as if it were. Two things make bytes smaller, that some
//! are more frequent than others and that some come again; each is looked for.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// Below this all of it is tried: that takes as long as a sample.
const SAMPLED_FROM: usize = 32 << 10;

/// How many parts are looked at, and how long they are: 16 KiB of what is at least twice that.
const PARTS: usize = 32;
const PART: usize = 512;

/// A part that gets smaller by this, one in so many, shows that the whole may: a tenth of the whole is wanted, so a fifth of it may be
/// noise beside nothing that is.
const SMALLER_BY: usize = 25;

/// How far back a compressor looks for what comes again.
const WINDOW: usize = 32 << 10;

/// How many times it is looked for what comes again.
const PROBES: usize = 4;

/// Whether compressing it may make it smaller by a tenth.
pub(super) fn is_promising(bytes: &[u8]) -> bool {
    bytes.len() < SAMPLED_FROM || has_frequent(bytes) || has_repeated(bytes)
}

/// Whether a sample gets smaller: some bytes are more frequent, or come again soon.
fn has_frequent(bytes: &[u8]) -> bool {
    let mut encoder =
        DeflateEncoder::new(Vec::with_capacity(2 * PARTS * PART), Compression::fast());
    let mut length = 0;
    for part in parts(bytes, PARTS, PART) {
        length += part.len();
        if encoder.write_all(part).is_err() {
            return true;
        }
    }
    let Ok(packed) = encoder.finish() else { return true };
    packed.len() < length - length / SMALLER_BY
}

/// Whether something comes again after a while, which no part alone would show.
fn has_repeated(bytes: &[u8]) -> bool {
    parts(bytes, PROBES, WINDOW).any(|part| {
        let Some((probe, rest)) = part.split_first_chunk::<8>() else { return false };
        let probe = u64::from_le_bytes(*probe);
        // The last eight bytes, of which the newest is the highest.
        let mut last = 0;
        rest.iter().any(|byte| {
            last = last >> 8 | u64::from(*byte) << 56;
            last == probe
        })
    })
}

/// One part of each stretch of equal length. It lies anywhere in there, so that nothing that is regular is always missed.
fn parts(bytes: &[u8], count: usize, length: usize) -> impl Iterator<Item = &[u8]> {
    let stretch = bytes.len().checked_div(count).unwrap_or(0);
    let room = stretch.saturating_sub(length);
    (0..count).filter_map(move |place| {
        let offset = place.wrapping_mul(SPREAD).checked_rem(room).unwrap_or(0);
        let part = bytes.get(place.checked_mul(stretch)?.checked_add(offset)?..)?;
        Some(part.get(..length).unwrap_or(part))
    })
}

/// A prime near to the golden part of 2^16: its multiples lie apart.
const SPREAD: usize = 40_503;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Entropy, SeededEntropy};
    use crate::rpc::Request;
    use crate::tl::Repeat;

    fn noise(length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        SeededEntropy::new(5).fill(&mut bytes);
        bytes
    }

    fn text(length: usize) -> Vec<u8> {
        let words = ["upload", "saveFilePart", "message", "of", "the", "flags", "entities", "peer"];
        let dice = noise(length);
        let mut text: Vec<u8> = Vec::new();
        for byte in dice {
            text.extend_from_slice(words[usize::from(byte % 8)].as_bytes());
            text.push(b' ');
        }
        text.truncate(length);
        text
    }

    /// Bodies that get smaller by a tenth, and by how little they do.
    fn compressible(length: usize) -> Vec<(&'static str, Vec<u8>)> {
        let beside = |share: usize, what: Vec<u8>, is_first: bool| {
            let (part, rest) = (what[..length / share].to_vec(), noise(length - length / share));
            if is_first { [part, rest].concat() } else { [rest, part].concat() }
        };
        let hex = noise(length / 2).iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect();
        let records = |noisy: usize, zeros: usize| {
            let noise = noise(length);
            let mut all = Vec::new();
            for part in noise.chunks(noisy) {
                all.extend_from_slice(part);
                all.resize(all.len() + zeros, 0);
            }
            all.truncate(length);
            all
        };
        vec![
            ("zeros", vec![0; length]),
            ("text", text(length)),
            ("hex", hex),
            ("a fifth of zeros first", beside(5, vec![0; length], true)),
            ("a fifth of zeros last", beside(5, vec![0; length], false)),
            ("a third of text first", beside(3, text(length), true)),
            ("a third of text last", beside(3, text(length), false)),
            ("records of 16 KiB", records(12 << 10, 4 << 10)),
            ("records of 1 KiB", records(850, 174)),
            ("records of 128 bytes", records(100, 28)),
            ("noise that comes again after 4 KiB", noise(4 << 10).repeat(length >> 12)),
            (
                "noise that comes again after 20 KiB",
                noise(20 << 10).repeat(1 + length / (20 << 10)),
            ),
        ]
    }

    #[test]
    fn what_gets_smaller_by_a_tenth_is_compressed_as_ever() {
        for length in [600, 8_000, 40_000, 100_001, 300_000] {
            for (name, body) in compressible(length) {
                if length < 100_000 && name.starts_with("noise") {
                    continue;
                }
                let mut encoder =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(&body).unwrap();
                let whole = encoder.finish().unwrap();
                let is_worth_it = whole.len() < body.len() / 10 * 9;
                assert!(is_worth_it || length < 40_000, "{name} of {length}: no case");
                let request = Request::from_bytes(body.clone(), Repeat::Safe).compressed();
                assert_eq!(request.body.len() < body.len(), is_worth_it, "{name} of {length}");
            }
        }
    }

    #[test]
    fn parts_of_files_are_looked_at_and_not_compressed() {
        for length in [SAMPLED_FROM, 128 << 10, 512 << 10] {
            // As a file's part goes: some numbers, and what does not get smaller.
            let body = [&text(60)[..], &noise(length)].concat();
            assert!(!is_promising(&body), "{length}");
            let request = Request::from_bytes(body.clone(), Repeat::Safe).compressed();
            assert_eq!(request.body, body);
        }
    }

    #[test]
    fn any_length_can_be_looked_at() {
        for length in (0..200).chain([SAMPLED_FROM - 1, SAMPLED_FROM, SAMPLED_FROM + 1]) {
            is_promising(&vec![1; length]);
            has_frequent(&vec![1; length]);
            has_repeated(&vec![1; length]);
        }
    }
}
