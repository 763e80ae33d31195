//! Uploads, rule by rule.

use super::*;
use crate::files::journal::{JournalError, UploadState};
use crate::files::upload::{MAX_MISSING, MAX_REFUSED};

const SAVED: Reply = Ok(Answer::Saved(true));

/// A part that was sent: under which id, its number, of a big file what it says of the total, and its bytes.
type Part = (i64, u32, Option<Option<u32>>, Vec<u8>);

fn parts(sent: &[Outgoing]) -> Vec<Part> {
    let of = |outgoing: &Outgoing| match &outgoing.request {
        Request::SaveFilePart { file_id, part, bytes } => (*file_id, *part, None, bytes.to_vec()),
        Request::SaveBigFilePart { file_id, part, total, bytes } => {
            (*file_id, *part, Some(*total), bytes.to_vec())
        }
        other => panic!("{other:?}"),
    };
    sent.iter().map(of).collect()
}

/// Sends a file to a server that takes everything; with what it got.
fn send(spec: &UploadSpec, bytes: &[u8]) -> (Rig, FileId, Vec<Outgoing>) {
    let mut rig = Rig::plain();
    let file = rig.upload(spec, bytes);
    let mut sent = Vec::new();
    rig.serve(|outgoing| {
        sent.push(outgoing.clone());
        SAVED
    });
    (rig, file, sent)
}

/// Joins what was sent, as the server does.
fn joined(sent: &[Outgoing]) -> Vec<u8> {
    let by_number: BTreeMap<u32, Vec<u8>> =
        parts(sent).into_iter().map(|(_, n, _, bytes)| (n, bytes)).collect();
    by_number.into_values().collect::<Vec<_>>().concat()
}

fn small() -> UploadSpec {
    UploadSpec { part_size: 1_024, ..UploadSpec::new(5_000) }
}

#[test]
fn fi_01_every_upload_has_an_id_of_its_own_which_is_not_zero() {
    let mut rig = Rig::plain();
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..50 {
        rig.upload(&UploadSpec::new(10), &[1; 10]);
        let [(id, ..)] = parts(&[rig.next()])[..] else { panic!() };
        assert!(id != 0 && ids.insert(id));
    }
    /// Nothing but zeros at first.
    struct Zeros(u32);
    impl Entropy for Zeros {
        fn fill(&mut self, out: &mut [u8]) {
            self.0 += 1;
            out.fill(if self.0 < 5 { 0 } else { self.0 as u8 });
        }
    }
    let spec = UploadSpec::new(10);
    let (file, _) = rig.planner.add_upload(rig.now, &spec, &mut Zeros(0)).unwrap();
    rig.sources.insert(file, vec![1; 10]);
    rig.pump();
    assert_eq!(parts(&[rig.next()])[0].0, 0x0505_0505_0505_0505);
}

#[test]
fn fi_02_what_is_sent_is_the_file_for_every_part_size_and_length() {
    for part_size in
        [1_024_u32, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288]
    {
        let whole = u64::from(part_size);
        for size in [1, whole - 1, whole, whole + 1, 3 * whole - 1, 3 * whole, 3 * whole + 1] {
            let bytes = random(size, size);
            for known in [true, false] {
                let spec = match known {
                    true => UploadSpec { part_size, ..UploadSpec::new(size) },
                    false => UploadSpec { part_size, ..UploadSpec::stream() },
                };
                let (rig, file, sent) = send(&spec, &bytes);
                assert_eq!(joined(&sent), bytes);
                let uploaded = rig.uploaded(file).unwrap();
                assert_eq!(u64::from(uploaded.parts), size.div_ceil(whole));
                assert_eq!(sent.len(), uploaded.parts as usize);
            }
        }
    }
}

#[test]
fn fi_03_a_stream_that_is_too_long_fails() {
    let spec = UploadSpec { part_size: 1_024, max_parts: 4, ..UploadSpec::stream() };
    assert!(send(&spec, &[1; 4_096]).0.end(FileId(1)).is_none());
    let (rig, file, _) = send(&spec, &[1; 4_097]);
    assert_eq!(rig.error(file), FileError::TooManyParts { parts: 5, max_parts: 4 });
    rig.assert_idle();
}

#[test]
fn fi_04_small_and_big_parts_are_never_mixed() {
    for (size, is_big) in [(10 * MIB - 1, false), (10 * MIB, false), (10 * MIB + 1, true)] {
        let bytes = random(size, 1);
        let (rig, file, sent) = send(&UploadSpec::new(size), &bytes);
        assert!(parts(&sent).iter().all(|(_, _, total, _)| total.is_some() == is_big));
        assert_eq!(rig.uploaded(file).unwrap().is_big, is_big);
    }
    let photo = UploadSpec { must_be_small: true, ..UploadSpec::new(10 * MIB) };
    let mut rig = Rig::plain();
    assert!(rig.planner.add_upload(rig.now, &photo, &mut rig.entropy).is_ok());
    for other in [
        UploadSpec { size: Some(10 * MIB + 1), ..photo.clone() },
        UploadSpec { size: None, ..photo },
    ] {
        let refused = rig.planner.add_upload(rig.now, &other, &mut rig.entropy);
        assert_eq!(refused.unwrap_err(), FileError::NotSmall);
    }
}

#[test]
fn fi_05_every_big_part_tells_how_many_there_are() {
    let size = 10 * MIB + 1;
    let (_, _, sent) = send(&UploadSpec::new(size), &random(size, 1));
    let numbers: Vec<u32> = parts(&sent).iter().map(|(_, n, ..)| *n).collect();
    assert_eq!(numbers, (0..21).collect::<Vec<_>>());
    assert!(parts(&sent).iter().all(|(_, _, total, _)| *total == Some(Some(21))));
}

#[test]
fn fi_06_a_stream_tells_its_number_of_parts_with_the_last_which_is_never_empty() {
    for size in [1, 1_023, 1_024, 1_025, 2_048, 2_049, 10_240, 10_241_u64] {
        let spec = UploadSpec { part_size: 1_024, ..UploadSpec::stream() };
        let (rig, file, sent) = send(&spec, &random(size, 2));
        let count = size.div_ceil(1_024) as u32;
        for (_, number, total, bytes) in parts(&sent) {
            assert_eq!(total, Some((number + 1 == count).then_some(count)), "{size} {number}");
            assert!(!bytes.is_empty());
        }
        let uploaded = rig.uploaded(file).unwrap();
        assert_eq!((uploaded.parts, uploaded.is_big, uploaded.md5.as_str()), (count, true, ""));
    }
}

#[test]
fn fi_07_the_end_of_a_stream_goes_when_all_others_were_acknowledged() {
    for size in [4_096, 4_097, 5_119_u64] {
        let spec = UploadSpec { part_size: 1_024, ..UploadSpec::stream() };
        let mut rig = Rig::plain();
        let file = rig.upload(&spec, &random(size, 2));
        let last = size.div_ceil(1_024) as u32 - 1;
        let mut under_way: Vec<Outgoing> = rig.sent.drain(..).collect();
        assert_eq!(under_way.len() as u32, last);
        // In the other order.
        while let Some(outgoing) = under_way.pop() {
            assert!(rig.sent.is_empty());
            rig.reply(&outgoing, SAVED);
        }
        let end = rig.next();
        assert_eq!(parts(std::slice::from_ref(&end))[0].1, last);
        rig.reply(&end, SAVED);
        assert_eq!(rig.uploaded(file).unwrap().parts, last + 1);
    }
}

#[test]
fn fi_08_a_stream_without_bytes_fails_before_anything_is_sent() {
    let (rig, file, sent) = send(&UploadSpec::stream(), &[]);
    assert_eq!((rig.error(file), sent.len()), (FileError::Empty, 0));
    let mut rig = Rig::plain();
    let refused = rig.planner.add_upload(rig.now, &UploadSpec::new(0), &mut rig.entropy);
    assert_eq!(refused.unwrap_err(), FileError::Empty);
}

#[test]
fn fi_09_a_small_file_is_sent_with_its_md5_whatever_was_sent_twice() {
    let text = b"abcdefghijklmnopqrstuvwxyz";
    let mut rig = Rig::plain();
    let file = rig.upload(&UploadSpec::new(26), text);
    let mut times = 0;
    rig.serve(|_| {
        times += 1;
        if times < 3 { Err(Failure::Lost) } else { SAVED }
    });
    assert_eq!(rig.uploaded(file).unwrap().md5, "c3fcd3d76192e4007dfb496cca67e13b");
    let (rig, file, _) = send(&UploadSpec::new(10 * MIB + 1), &random(10 * MIB + 1, 1));
    assert_eq!(rig.uploaded(file).unwrap().md5, "");
}

/// Every order of the answers of a file of five parts.
#[test]
fn fi_10_a_file_is_at_the_server_when_every_part_is_in_whatever_order() {
    fn permutations(of: &[usize]) -> Vec<Vec<usize>> {
        let Some((first, rest)) = of.split_first() else { return vec![vec![]] };
        let insert =
            |p: Vec<usize>| (0..=p.len()).map(move |at| [&p[..at], &[*first], &p[at..]].concat());
        permutations(rest).into_iter().flat_map(insert).collect()
    }
    for order in permutations(&[0, 1, 2, 3, 4]) {
        let mut rig = Rig::plain();
        let file = rig.upload(&small(), &random(5_000, 1));
        let sent: Vec<Outgoing> = rig.sent.drain(..).collect();
        assert_eq!(sent.len(), 5);
        for (answered, at) in order.iter().enumerate() {
            assert_eq!(rig.uploaded(file), None, "{answered}");
            rig.reply(&sent[*at], SAVED);
        }
        assert_eq!(rig.uploaded(file).unwrap().parts, 5);
        rig.planner.handle_sent(file);
        rig.pump();
        assert_eq!(rig.end(file), Some(End::Done));
        rig.assert_idle();
    }
}

#[test]
fn fi_10_a_part_that_is_not_kept_goes_again_a_few_times() {
    for refused in 1..=MAX_REFUSED + 1 {
        let mut rig = Rig::plain();
        let file = rig.upload(&small(), &random(5_000, 1));
        let mut left = refused;
        let mut times = Vec::new();
        let begun = rig.now.mono;
        rig.serve(|outgoing| {
            let is_it = parts(std::slice::from_ref(outgoing))[0].1 == 2;
            if is_it && left > 0 {
                left -= 1;
                times.push(());
                return Ok(Answer::Saved(false));
            }
            SAVED
        });
        if refused <= MAX_REFUSED {
            assert!(rig.uploaded(file).is_some());
            assert!(rig.now.mono > begun);
        } else {
            assert_eq!(rig.error(file), FileError::NotKept { part: 2, times: refused });
        }
    }
}

#[test]
fn fi_11_a_part_whose_answer_was_lost_goes_again_under_the_same_id() {
    let mut rig = Rig::plain();
    let file = rig.upload(&small(), &random(5_000, 1));
    let mut all = Vec::new();
    let mut lost = 0;
    rig.serve(|outgoing| {
        all.push(outgoing.clone());
        lost += 1;
        if lost % 2 == 1 { Err(Failure::Lost) } else { SAVED }
    });
    assert!(rig.uploaded(file).is_some() && all.len() > 5);
    let mut seen = BTreeMap::new();
    for (id, number, total, bytes) in parts(&all) {
        assert_eq!(seen.entry(number).or_insert((id, total, bytes.clone())), &(id, total, bytes));
    }
    assert_eq!(
        seen.values().map(|(id, ..)| id).collect::<std::collections::BTreeSet<_>>().len(),
        1
    );
}

#[test]
fn fi_12_parts_go_to_the_home_of_the_account() {
    let (_, _, sent) = send(&small(), &random(5_000, 1));
    assert!(sent.iter().all(|outgoing| outgoing.link.lane.dc == home()));
}

/// Sends a file up to where its parts are at the server.
fn uploaded(spec: &UploadSpec, bytes: &[u8]) -> (Rig, FileId) {
    let (rig, file, _) = send(spec, bytes);
    assert!(rig.uploaded(file).is_some());
    (rig, file)
}

#[test]
fn fi_14_the_part_that_is_missing_is_sent_again_and_no_other() {
    for part in 0..5 {
        let (mut rig, file) = uploaded(&small(), &random(5_000, 1));
        let before = rig.uploaded(file).unwrap();
        let missing = RpcError::parse(400, &format!("FILE_PART_{part}_MISSING"));
        for _ in 0..MAX_MISSING {
            let events = rig.events.len();
            assert_eq!(rig.planner.handle_send_error(rig.now, &[file], &missing), Sending::Resends);
            let mut sent = Vec::new();
            rig.serve(|outgoing| {
                sent.push(outgoing.clone());
                SAVED
            });
            let again = parts(&sent);
            assert_eq!(
                again.iter().map(|(id, n, ..)| (*id, *n)).collect::<Vec<_>>(),
                [(before.file_id, part)]
            );
            assert!(rig.events[events..].contains(&Event::Uploaded { file, sent: before.clone() }));
        }
        let failed = Sending::Failed(FileError::PartMissing { part: part.into() });
        assert_eq!(rig.planner.handle_send_error(rig.now, &[file], &missing), failed);
        rig.pump();
        assert_eq!(rig.error(file), FileError::PartMissing { part: part.into() });
        rig.assert_idle();
    }
}

#[test]
fn fi_14_a_part_that_there_is_not_is_an_error() {
    for part in ["5", "6", "4294967296", "9223372036854775807"] {
        let (mut rig, file) = uploaded(&small(), &random(5_000, 1));
        let missing = RpcError::parse(400, &format!("FILE_PART_{part}_MISSING"));
        let part = part.parse().unwrap();
        let failed = Sending::Failed(FileError::PartMissing { part });
        assert_eq!(rig.planner.handle_send_error(rig.now, &[file], &missing), failed, "{part}");
    }
}

#[test]
fn fi_14_of_a_file_and_its_thumb_both_send_the_part() {
    let mut rig = Rig::plain();
    let file = rig.upload(&small(), &random(5_000, 1));
    let thumb =
        rig.upload(&UploadSpec { part_size: 1_024, ..UploadSpec::new(1_500) }, &random(1_500, 2));
    rig.serve(|_| SAVED);
    for (part, count) in [(0, 2), (1, 2), (2, 1), (4, 1)] {
        let missing = RpcError::parse(400, &format!("FILE_PART_{part}_MISSING"));
        assert_eq!(
            rig.planner.handle_send_error(rig.now, &[file, thumb], &missing),
            Sending::Resends
        );
        let mut sent = 0;
        rig.serve(|_| {
            sent += 1;
            SAVED
        });
        assert_eq!(sent, count, "{part}");
    }
}

#[test]
fn fi_14_all_is_sent_again_once_under_another_id() {
    for message in ["FILE_PART_INVALID", "FILE_PART_LENGTH_INVALID", "FILE_PART_SIZE_CHANGED"] {
        let bytes = random(5_000, 1);
        let (mut rig, file) = uploaded(&small(), &bytes);
        let before = rig.uploaded(file).unwrap();
        let error = RpcError::parse(400, message);
        assert_eq!(rig.planner.handle_send_error(rig.now, &[file], &error), Sending::Resends);
        let mut sent = Vec::new();
        rig.serve(|outgoing| {
            sent.push(outgoing.clone());
            SAVED
        });
        assert_eq!(joined(&sent), bytes);
        let after = rig.uploaded(file).unwrap();
        assert!(after.file_id != before.file_id && after.md5 == before.md5);
        let failed = Sending::Failed(FileError::Rpc(error.clone()));
        assert_eq!(rig.planner.handle_send_error(rig.now, &[file], &error), failed);
    }
}

#[test]
fn fi_14_what_cannot_be_read_twice_cannot_be_sent_twice() {
    for message in ["FILE_PART_0_MISSING", "FILE_PART_INVALID"] {
        for spec in [
            UploadSpec { can_reread: false, ..small() },
            UploadSpec { part_size: 1_024, ..UploadSpec::stream() },
        ] {
            let (mut rig, file) = uploaded(&spec, &random(5_000, 1));
            let error = RpcError::parse(400, message);
            let failed = Sending::Failed(FileError::SourceGone);
            assert_eq!(rig.planner.handle_send_error(rig.now, &[file], &error), failed);
        }
    }
}

#[test]
fn fi_14_errors_of_the_method_itself_are_not_the_uploads() {
    let (mut rig, file) = uploaded(&small(), &random(5_000, 1));
    for (code, message) in [
        (400, "PEER_ID_INVALID"),
        (420, "FLOOD_WAIT_3"),
        (400, "FILE_REFERENCE_EXPIRED"),
        (500, "X"),
    ] {
        let error = RpcError::parse(code, message);
        assert_eq!(rig.planner.handle_send_error(rig.now, &[file], &error), Sending::NotOurs);
    }
    let missing = RpcError::parse(400, "FILE_PART_0_MISSING");
    assert_eq!(
        rig.planner.handle_send_error(rig.now, &[], &missing),
        Sending::Failed(FileError::Unknown)
    );
    rig.planner.handle_sent(file);
    assert_eq!(
        rig.planner.handle_send_error(rig.now, &[file], &missing),
        Sending::Failed(FileError::Unknown)
    );
}

#[test]
fn cf_21_a_part_whose_size_changed_sends_all_again_under_another_id_once() {
    let changed = || rpc(400, "FILE_PART_SIZE_CHANGED");
    for refusals in [1, 2] {
        let bytes = random(5_000, 1);
        let mut rig = Rig::plain();
        let file = rig.upload(&small(), &bytes);
        let (mut left, mut ids, mut sent) =
            (refusals, std::collections::BTreeSet::new(), Vec::new());
        rig.serve(|outgoing| {
            let (id, number, ..) = parts(std::slice::from_ref(outgoing))[0].clone();
            ids.insert(id);
            if number == 3 && left > 0 {
                left -= 1;
                sent.clear();
                return changed();
            }
            sent.push(outgoing.clone());
            SAVED
        });
        if refusals == 1 {
            assert_eq!((joined(&sent), ids.len()), (bytes, 2));
            assert!(rig.uploaded(file).is_some());
        } else {
            assert_eq!(
                rig.error(file),
                FileError::Rpc(RpcError::parse(400, "FILE_PART_SIZE_CHANGED"))
            );
        }
    }
}

#[test]
fn fi_15_a_file_that_shrinks_or_grows_is_told_before_it_is_sent() {
    let size = 5_000;
    for now in [0, 1, 1_023, 1_024, 4_095, 4_096, 4_097, 4_999, 5_001, 6_000, 10_000] {
        let (rig, file, _) = send(&small(), &random(now, 1));
        assert_eq!(rig.error(file), FileError::SourceChanged, "{now}");
        assert_eq!(rig.uploaded(file), None);
    }
    // The length is looked at with each part.
    for length in [Some(size - 1), Some(size + 1), Some(size), None] {
        let mut rig = Rig::plain();
        rig.disk_works = false;
        let file = rig.upload(&small(), &[]);
        let request = rig.disk.pop_front().unwrap();
        rig.planner
            .handle_disk(request.token, Ok(DiskDone::Read { bytes: vec![0; 1_024], length }));
        rig.pump();
        let is_same = length.is_none_or(|length| length == size);
        assert_eq!(rig.end(file).is_none(), is_same);
    }
}

#[test]
fn fi_20_every_method_that_takes_a_file_is_one_of_the_api() {
    let schema = include_str!("../../../schema/api.json");
    for method in SENDERS {
        assert!(schema.contains(&format!("\"method\":\"{method}\"")), "{method}");
    }
}

#[test]
fn fi_84_an_upload_goes_on_where_the_server_has_acknowledged_it() {
    let bytes = random(5_000, 1);
    let spec = UploadSpec { journal: true, modified: 9, ..small() };
    for acknowledged in 0..=5_usize {
        let mut rig = Rig::plain();
        let file = rig.upload(&spec, &bytes);
        let sent: Vec<Outgoing> = rig.sent.drain(..).collect();
        for outgoing in &sent[..acknowledged] {
            rig.reply(outgoing, SAVED);
        }
        let Some(kept) = rig.journals.get(&file).cloned() else {
            assert_eq!(acknowledged, 0);
            continue;
        };
        let state = UploadState::from_bytes(&kept).unwrap();
        assert_eq!((state.ready as usize, state.is_big), (acknowledged, false));
        let resume = UploadSpec { resume: Some(kept.into()), ..spec.clone() };
        let mut again = Rig::plain();
        let (file, begin) =
            again.planner.add_upload(again.now, &resume, &mut again.entropy).unwrap();
        let ready = (acknowledged as u64 * 1_024).min(5_000);
        assert_eq!(begin, Begin::Resumed { bytes: ready });
        again.sources.insert(file, bytes.clone());
        let mut rest = Vec::new();
        again.serve(|outgoing| {
            rest.push(outgoing.clone());
            SAVED
        });
        assert_eq!(joined(&[&sent[..acknowledged], &rest[..]].concat()), bytes);
        let uploaded = again.uploaded(file).unwrap();
        // FI-09: what was read by another run has no checksum.
        assert_eq!((uploaded.file_id, uploaded.md5.as_str()), (state.file_id, ""));
    }
}

#[test]
fn fi_84_an_upload_is_told_once_its_state_is_on_the_disk() {
    let bytes = random(5_000, 1);
    for has_journal in [true, false] {
        let mut rig = Rig::plain();
        let file = rig.upload(&UploadSpec { journal: has_journal, ..small() }, &bytes);
        let sent: Vec<Outgoing> = rig.sent.drain(..).collect();
        rig.disk_works = false;
        for outgoing in &sent {
            rig.reply(outgoing, SAVED);
        }
        assert_eq!(rig.uploaded(file).is_none(), has_journal);
        rig.disk_works = true;
        rig.pump();
        assert!(rig.uploaded(file).is_some());
        let state = rig.journals.get(&file).map(|kept| UploadState::from_bytes(kept).unwrap());
        assert_eq!(state.map(|state| state.ready), has_journal.then_some(5));
    }
}

#[test]
fn fi_84_what_does_not_fit_begins_anew_with_another_id() {
    let bytes = random(5_000, 1);
    let spec = UploadSpec { journal: true, ..small() };
    let (rig, file, sent) = send(&spec, &bytes);
    let kept = rig.journals[&file].clone();
    let mut torn = kept.clone();
    torn.pop();
    for (resume, part_size, modified, why) in [
        (torn, 1_024, 0, JournalError::Torn),
        (kept.clone(), 2_048, 0, JournalError::OtherParts),
        (kept, 1_024, 1, JournalError::SourceChanged),
    ] {
        let spec = UploadSpec { resume: Some(resume.into()), part_size, modified, ..spec.clone() };
        let mut rig = Rig::plain();
        rig.entropy = SeededEntropy::new(8);
        let (file, begin) = rig.planner.add_upload(rig.now, &spec, &mut rig.entropy).unwrap();
        assert_eq!(begin, Begin::AnewBecause(why));
        rig.sources.insert(file, bytes.clone());
        let mut again = Vec::new();
        rig.serve(|outgoing| {
            again.push(outgoing.clone());
            SAVED
        });
        assert_eq!(joined(&again), bytes);
        assert_ne!(parts(&again)[0].0, parts(&sent)[0].0);
    }
}

#[test]
fn fi_86_an_uploads_progress_is_what_was_acknowledged() {
    let mut rig = Rig::plain();
    let file = rig.upload(&small(), &random(5_000, 1));
    let told = |rig: &Rig| {
        rig.events.iter().rev().find_map(|event| match event {
            Event::Progress { progress, .. } => Some(*progress),
            _ => None,
        })
    };
    assert_eq!(told(&rig), Some(Progress { done: 0, total: Some(5_000) }));
    let sent: Vec<Outgoing> = rig.sent.drain(..).collect();
    for (at, done) in [(4, 904), (0, 1_928), (2, 2_952), (1, 3_976), (3, 5_000)] {
        rig.reply(&sent[at], SAVED);
        assert_eq!(told(&rig), Some(Progress { done, total: Some(5_000) }));
    }
    rig.planner.handle_sent(file);
    rig.pump();
    assert_eq!(rig.end(file), Some(End::Done));
}
