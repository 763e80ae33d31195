//! Where files end of which nobody has said how long they are (FI-33).

use super::download::{fetch, spec};
use super::*;

#[test]
fn fi_33_nothing_is_asked_for_behind_an_end_that_is_known() {
    for size in [1, 4_096, 20_000, 20_480] {
        let content = random(size, 4);
        let (_, _, sent) = fetch(&spec(Some(size)), |outgoing| honest(&content, outgoing));
        assert!(sent.iter().all(|outgoing| offset(outgoing) < size));
        assert_eq!(sent.len() as u64, size.div_ceil(4_096));
    }
}

/// Each order of the answers to the parts that are asked for ahead; what lies behind the end is never answered.
#[test]
fn fi_33_of_a_file_of_unknown_size_the_first_short_answer_is_the_end() {
    for size in [0, 1, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193, 20_000] {
        let content = random(size, 5);
        for newest_first in [false, true] {
            let mut rig = Rig::plain();
            let file = rig.download(&spec(None));
            for _ in 0..20 {
                // One behind the end, which is asked for if the file ends with a part, is answered with nothing.
                let may = |outgoing: &Outgoing| offset(outgoing) <= size;
                let at = if newest_first {
                    rig.sent.iter().rposition(may)
                } else {
                    rig.sent.iter().position(may)
                };
                let Some(outgoing) = at.and_then(|at| rig.sent.remove(at)) else { break };
                rig.reply(&outgoing, honest(&content, &outgoing));
            }
            assert_eq!(rig.end(file), Some(End::Done), "{size} {newest_first}");
            assert!(rig.finished[&file] == content, "{size}");
            rig.assert_idle();
        }
    }
}

#[test]
fn fi_33_bytes_behind_an_end_are_an_error() {
    // A short part, and a later one with bytes: in both orders.
    for first in [0, 1] {
        for (short, after) in [(0, 4_096), (1, 4_096), (4_095, 1), (0, 1)] {
            let mut rig = Rig::plain();
            let file = rig.download(&spec(None));
            let both: Vec<Outgoing> = rig.sent.drain(..2).collect();
            let bytes = [vec![1; short], vec![1; after]];
            rig.planner.handle_answer(
                rig.now,
                both[first].token,
                Ok(Answer::File { bytes: bytes[first].clone() }),
            );
            let second = &both[1 - first];
            rig.planner.handle_answer(
                rig.now,
                second.token,
                Ok(Answer::File { bytes: bytes[1 - first].clone() }),
            );
            rig.pump();
            if first == 0 {
                // The end is known: what was asked for behind it is dropped, and not looked at.
                assert_eq!(rig.end(file), Some(End::Done));
                assert_eq!(rig.finished[&file].len(), short);
            } else {
                let end = short as u64;
                assert_eq!(
                    rig.error(file),
                    FileError::BeyondEnd { end, seen: 4_096 + after as u64 }
                );
            }
        }
    }
}

/// Parts of a file of unknown size, in each order of three, each cut in each way, and what is wanted moved behind the end.
#[test]
fn fi_33_an_end_before_what_is_wanted_is_the_end_or_an_error() {
    let content = random(40_000, 12);
    let (mut done, mut beyond) = (0, 0);
    for from in [0_u64, 1, 5_000, 8_191, 20_000, 39_999, 40_000, 50_000] {
        for turn in 0..6_usize {
            for cut in [0_usize, 10, 4_095, 4_096] {
                for seek in [None, Some(30_000..35_000), Some(80_000..90_000)] {
                    let mut rig = Rig::plain();
                    let range = Some(from..100_000);
                    let file = rig.download(&DownloadSpec { range, ordered: false, ..spec(None) });
                    let mut turns = 0;
                    while !rig.sent.is_empty() {
                        let at = [0, 1, 2, 1, 0, 2][(turn + turns) % 6] % rig.sent.len();
                        let outgoing = rig.sent.remove(at).unwrap();
                        let mut bytes = part(&content, &outgoing);
                        if turns == 1 {
                            bytes.truncate(cut);
                            if let Some(to) = seek.clone() {
                                // It may be over, or lie before what is there of it.
                                let _ = rig.planner.seek(file, to);
                            }
                        }
                        turns += 1;
                        rig.reply(&outgoing, Ok(Answer::File { bytes }));
                    }
                    match rig.events.iter().find_map(|event| match event {
                        Event::Ended { end, .. } => Some(end.clone()),
                        _ => None,
                    }) {
                        Some(End::Done) => done += 1,
                        Some(End::Failed(FileError::BeyondEnd { .. })) => beyond += 1,
                        other => panic!("{from} {turn} {cut} {seek:?}: {other:?}"),
                    }
                    rig.assert_idle();
                }
            }
        }
    }
    assert!(done > 0 && beyond > 0, "{done} {beyond}");
}
