//! Bytes that are checked by the hashes of their ranges (FI-42).

use super::download::{fetch, spec};
use super::*;

/// Hashes of ranges of every size against parts of every size; a part that comes wrong once.
#[test]
fn fi_42_no_byte_is_written_whose_hash_was_not_checked() {
    let content = random(100_000, 8);
    for part_size in [4_096, 16_384, 131_072] {
        for range in [1_000, 4_096, 10_000, 131_072] {
            for wrong in [0, 1, 2] {
                let spec = DownloadSpec { part_size, verify: true, ..spec(Some(100_000)) };
                let mut left = wrong;
                let (rig, file, _) = fetch(&spec, |outgoing| match &outgoing.request {
                    Request::GetFileHashes { offset, .. } => Ok(Answer::Hashes(
                        hashes(&content, *offset, range).into_iter().take(10).collect(),
                    )),
                    _ => {
                        let mut bytes = part(&content, outgoing);
                        if offset(outgoing) == 0 && left > 0 {
                            left -= 1;
                            bytes[0] ^= 1;
                        }
                        Ok(Answer::File { bytes })
                    }
                });
                if wrong < 2 {
                    assert_eq!(rig.end(file), Some(End::Done), "{part_size} {range} {wrong}");
                    assert!(rig.finished[&file] == content);
                } else {
                    assert_eq!(rig.error(file), FileError::WrongHash { offset: 0 });
                    // FI-54: nothing of the range is there.
                    let temp = rig.temp.get(&file).cloned().unwrap_or_default();
                    assert!(temp.iter().take(range).all(|byte| *byte == 0));
                    assert!(
                        temp.iter()
                            .zip(&content)
                            .skip(range)
                            .all(|(is, was)| is == was || *is == 0)
                    );
                }
                rig.assert_idle();
            }
        }
    }
}

/// What is wanted begins and ends anywhere in ranges and parts: what lies beside it comes too, as far as a hash needs it.
#[test]
fn fi_42_what_is_wanted_may_begin_and_end_within_a_range_of_hashes() {
    let content = random(100_000, 8);
    for part_size in [4_096, 16_384, 131_072] {
        for range in [1_000, 10_000, 131_072] {
            for (from, to) in [(0, 1), (0, 50_000), (31_971, 64_398), (99_999, 100_000)] {
                for (ordered, known) in [(false, true), (true, true), (false, false), (true, false)]
                {
                    let spec = DownloadSpec {
                        part_size,
                        verify: true,
                        ordered,
                        range: Some(from..to),
                        ..spec(known.then_some(100_000))
                    };
                    let (rig, file, _) = fetch(&spec, |outgoing| match &outgoing.request {
                        Request::GetFileHashes { offset, .. } => Ok(Answer::Hashes(
                            hashes(&content, *offset, range).into_iter().take(10).collect(),
                        )),
                        _ => honest(&content, outgoing),
                    });
                    let end = rig.end(file);
                    assert_eq!(
                        end,
                        Some(End::Done),
                        "{part_size} {range} {from} {ordered} {known}"
                    );
                    assert!(rig.finished[&file] == content[from as usize..to as usize]);
                    rig.assert_idle();
                }
            }
        }
    }
}

#[test]
fn fi_42_bytes_without_a_hash_are_not_written() {
    let content = random(10_000, 8);
    let spec = DownloadSpec { verify: true, ..spec(Some(10_000)) };
    let mut queries = 0;
    let (rig, file, _) = fetch(&spec, |outgoing| match outgoing.request {
        Request::GetFileHashes { .. } => {
            queries += 1;
            Ok(Answer::Hashes(vec![]))
        }
        _ => honest(&content, outgoing),
    });
    assert_eq!((rig.error(file), queries), (FileError::NoHash { offset: 0 }, 1));
    assert!(rig.temp.is_empty());
}
