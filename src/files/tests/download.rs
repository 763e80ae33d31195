//! Downloads, rule by rule.

use super::*;
use crate::crypto::{AesKeyIv, file};

pub(super) fn spec(size: Option<u64>) -> DownloadSpec {
    DownloadSpec { part_size: 4_096, ..DownloadSpec::new(document(7), home(), size) }
}

/// Fetches from a server; with what it was asked.
pub(super) fn fetch(
    spec: &DownloadSpec,
    mut answer: impl FnMut(&Outgoing) -> Reply,
) -> (Rig, FileId, Vec<Outgoing>) {
    let mut rig = Rig::plain();
    let file = rig.download(spec);
    let mut sent = Vec::new();
    rig.serve(|outgoing| {
        sent.push(outgoing.clone());
        answer(outgoing)
    });
    (rig, file, sent)
}

#[test]
fn fi_30_what_is_fetched_is_the_file_for_every_part_size_and_length() {
    for part_size in [4, 8, 16, 32, 64, 128, 256, 512, 1_024].map(|kib| kib * 1_024_u32) {
        let whole = u64::from(part_size);
        for size in [1, 4_095, 4_096, 4_097, whole - 1, whole, whole + 1, 2 * whole, 2 * whole + 1]
        {
            let content = random(size, size);
            for known in [Some(size), None, Some(0)] {
                let spec = DownloadSpec { part_size, ..spec(known) };
                let (rig, file, _) = fetch(&spec, |outgoing| honest(&content, outgoing));
                assert_eq!(rig.end(file), Some(End::Done), "{part_size} {size} {known:?}");
                assert!(rig.finished[&file] == content);
                rig.assert_idle();
            }
        }
    }
    for part_size in [0, 1_024, 2_048, 4_097, 12_288, 2_097_152] {
        let mut rig = Rig::plain();
        let refused = rig.planner.add_download(&DownloadSpec { part_size, ..spec(Some(1)) });
        assert_eq!(refused.unwrap_err(), FileError::PartSize { part_size });
    }
}

#[test]
fn fi_31_a_range_is_widened_to_parts_and_cut_here() {
    let content = random(MIB + 20_000, 3);
    for part_size in [4_096, 65_536, 1_048_576] {
        for from in [0, 1, 4_095, 4_096, 65_535, 65_537, MIB - 1, MIB, MIB + 1] {
            for length in [1, 4_095, 4_096, 4_097, 19_999] {
                let to = (from + length).min(content.len() as u64);
                let spec = DownloadSpec {
                    part_size,
                    range: Some(from..to),
                    ..spec(Some(content.len() as u64))
                };
                let (rig, file, sent) = fetch(&spec, |outgoing| honest(&content, outgoing));
                assert_eq!(rig.end(file), Some(End::Done));
                assert!(rig.finished[&file] == content[from as usize..to as usize]);
                let (first, last) = sizes::widen(from, to, part_size);
                assert_eq!(sent.len() as u64, last - first);
                for outgoing in sent {
                    assert_eq!(
                        (offset(&outgoing) % u64::from(part_size), outgoing.request.part_bytes()),
                        (0, part_size)
                    );
                }
            }
        }
    }
    let mut rig = Rig::plain();
    for (from, to) in [(5, 5), (6, 5), (0, 101), (100, 101), (u64::MAX, u64::MAX)] {
        let refused =
            rig.planner.add_download(&DownloadSpec { range: Some(from..to), ..spec(Some(100)) });
        assert_eq!(refused.unwrap_err(), FileError::Range { from, to });
    }
}

#[test]
fn fi_32_an_answer_that_is_short_is_asked_for_once_more_and_then_the_end() {
    let content = random(20_000, 4);
    for at in (0..20_000).step_by(4_096) {
        let whole = (20_000 - at).min(4_096);
        for cut in [0, 1, whole - 1] {
            for times in [1, 2] {
                let mut left = times;
                let (rig, file, sent) = fetch(&spec(Some(20_000)), |outgoing| {
                    let mut bytes = part(&content, outgoing);
                    if offset(outgoing) == at && left > 0 {
                        left -= 1;
                        bytes.truncate(cut as usize);
                    }
                    Ok(Answer::File { bytes })
                });
                if times == 1 {
                    assert_eq!(rig.end(file), Some(End::Done));
                    assert!(rig.finished[&file] == content);
                    assert_eq!(sent.len(), 6);
                } else {
                    assert_eq!(
                        rig.error(file),
                        FileError::Short { offset: at, got: cut, expected: whole }
                    );
                    assert!(!rig.finished.contains_key(&file));
                }
            }
        }
    }
}

#[test]
fn fi_32_an_answer_that_is_longer_than_the_part_or_the_file_is_an_error() {
    let content = random(20_000, 4);
    for at in (0..20_000).step_by(4_096) {
        for more in [1, 4_096] {
            let expected = (20_000 - at).min(4_096);
            let (rig, file, _) = fetch(&spec(Some(20_000)), |outgoing| {
                let mut bytes = part(&content, outgoing);
                if offset(outgoing) == at {
                    bytes.resize((expected + more) as usize, 1);
                }
                Ok(Answer::File { bytes })
            });
            let FileError::Long { offset, got, .. } = rig.error(file) else { panic!() };
            assert_eq!((offset, got), (at, expected + more));
        }
    }
}

#[test]
fn fi_34_a_file_that_is_elsewhere_moves_with_all_its_parts() {
    let content = random(40_960, 6);
    for moves_at in 0..10 {
        let (mut count, mut asked_old) = (0, 0);
        let (rig, file, sent) = fetch(&spec(Some(40_960)), |outgoing| {
            count += 1;
            if count > moves_at && outgoing.link.lane.dc == home() {
                asked_old += 1;
                return rpc(303, "FILE_MIGRATE_4");
            }
            honest(&content, outgoing)
        });
        assert_eq!(rig.end(file), Some(End::Done));
        assert!(rig.finished[&file] == content);
        // After the first word of it nothing is asked of the old one.
        assert_eq!(asked_old, 1);
        let moved = sent.iter().position(|outgoing| outgoing.link.lane.dc == other()).unwrap();
        assert!(sent[moved..].iter().all(|outgoing| outgoing.link.lane.dc == other()));
        let events: Vec<_> =
            rig.events.iter().filter(|e| matches!(e, Event::Moved { .. })).collect();
        assert_eq!(events, [&Event::Moved { file, dc: other() }]);
    }
}

#[test]
fn fi_34_more_than_three_moves_and_numbers_of_no_data_centre_are_errors() {
    let (rig, file, sent) = fetch(&spec(Some(10)), |outgoing| {
        let next = outgoing.link.lane.dc.number() % 5 + 1;
        rpc(303, &format!("FILE_MIGRATE_{next}"))
    });
    assert_eq!((rig.error(file), sent.len()), (FileError::TooManyHops { hops: 3 }, 4));
    for number in [0, 101, 203, 70_000, i64::MAX] {
        let (rig, file, sent) =
            fetch(&spec(Some(10)), |_| rpc(303, &format!("FILE_MIGRATE_{number}")));
        assert_eq!((rig.error(file), sent.len()), (FileError::UnknownDc { number }, 1));
    }
}

#[test]
fn fi_37_and_fi_36_a_thumb_is_asked_for_by_its_own_location() {
    let thumb = Location::new(Kind::Photo, 7, "m", *b"thumb");
    let (_, _, sent) =
        fetch(&DownloadSpec { location: thumb.clone(), ..spec(Some(10)) }, |outgoing| {
            honest(&[1; 10], outgoing)
        });
    assert!(matches!(&sent[0].request, Request::GetFile { location, .. } if *location == thumb));
}

#[test]
fn fi_39_an_encrypted_file_is_decrypted_in_order_and_cut_to_its_size() {
    let (key, iv) = ([3; 32], [5; 32]);
    for size in [1, 15, 16, 17, 4_095, 4_096, 4_097, 20_000, 20_480_u64] {
        let content = random(size, size);
        let mut stored = content.clone();
        file::pad(&mut stored, &mut SeededEntropy::new(1));
        real().ige_encrypt(&key, &iv, &mut stored).unwrap();
        for newest_first in [false, true] {
            let location = Location::new(Kind::Encrypted, 7, "", *b"x");
            let chain = Some(file::Chain::new(AesKeyIv { key: key.into(), iv: iv.into() }));
            let spec = DownloadSpec { location, chain, journal: true, ..spec(Some(size)) };
            let mut rig = Rig::plain();
            let file = rig.download(&spec);
            // Gone on with after each answer.
            let mut kept = Vec::new();
            while let Some(outgoing) =
                if newest_first { rig.sent.pop_back() } else { rig.sent.pop_front() }
            {
                rig.reply(&outgoing, honest(&stored, &outgoing));
                if let (Some(journal), Some(temp)) = (rig.journals.get(&file), rig.temp.get(&file))
                {
                    kept.push((journal.clone(), temp.clone()));
                }
            }
            assert_eq!(rig.end(file), Some(End::Done), "{size}");
            assert!(rig.finished[&file] == content);
            for (journal, temp) in kept {
                let resume = Some((journal.into(), temp.len() as u64));
                let mut rig = Rig::plain();
                let (file, begin) =
                    rig.planner.add_download(&DownloadSpec { resume, ..spec.clone() }).unwrap();
                assert!(matches!(begin, Begin::Resumed { .. }), "{begin:?}");
                rig.temp.insert(file, temp);
                rig.serve(|outgoing| honest(&stored, outgoing));
                assert!(rig.finished[&file] == content, "{size} {begin:?}");
            }
        }
    }
}

/// The iv in a file of a secret chat has a block of the file.
#[test]
fn fi_39_nothing_that_is_printed_has_an_iv() {
    let content: Vec<u8> = (0..100_000_u32).map(|n| (n / 16) as u8).collect();
    let aes = AesKeyIv { key: [231; 32].into(), iv: [231; 32].into() };
    let mut stored = content.clone();
    aes.encrypt(&*real(), &mut stored).unwrap();
    let location = Location::new(Kind::Encrypted, 7, "", *b"x");
    let chain = Some(file::Chain::new(aes));
    let mut spec = DownloadSpec { location, chain, journal: true, ..spec(Some(100_000)) };
    let mut rig = Rig::plain();
    rig.disk_works = false;
    rig.download(&spec);
    let mut journals = 0;
    loop {
        // Sixteen bytes of a block, as any debugger's list or the hexadecimal would have them.
        let shown = format!("{:?} {:?} {:?}", rig.planner, rig.disk, spec);
        for byte in [231, 255] {
            assert!(!shown.contains(&format!("{byte}, {byte}, {byte}, {byte}")), "{byte}");
        }
        let Some(request) = rig.disk.pop_front() else {
            let Some(outgoing) = rig.sent.pop_front() else { break };
            rig.reply(&outgoing, honest(&stored, &outgoing));
            continue;
        };
        if let Disk::Journal { bytes } = &request.what {
            journals += 1;
            assert_eq!(format!("{bytes:?}"), format!("Kept({} bytes)", bytes.len()));
            let journal = crate::files::journal::Journal::from_bytes(bytes).unwrap();
            assert!(format!("{journal:?}").contains("Secret(32 bytes)"), "{journal:?}");
            spec.resume = Some((bytes.clone(), 0));
        }
        rig.do_disk(request);
        rig.pump();
    }
    assert!(journals > 0);
}

#[test]
fn fi_40_a_part_of_a_live_stream_is_one_request_and_waits_for_nothing() {
    let location = Location::new(Kind::GroupCall, 7, "", *b"call");
    let live = DownloadSpec { location, cdn: true, journal: true, ..spec(None) };
    for size in [0, 10, MIB] {
        let content = random(size, 1);
        let (rig, file, sent) = fetch(&live, |outgoing| honest(&content, outgoing));
        assert_eq!(rig.end(file), Some(End::Done));
        assert!(rig.finished[&file] == content && rig.journals.is_empty());
        let [outgoing] = &sent[..] else { panic!("{sent:?}") };
        assert!(matches!(
            outgoing.request,
            Request::GetFile { offset: 0, limit: 1_048_576, cdn_supported: false, .. }
        ));
    }
    let (rig, file, _) = fetch(&live, |_| rpc(420, "FLOOD_WAIT_3"));
    assert_eq!(rig.error(file), FileError::Late { seconds: 3 });
}

#[test]
fn fi_40_a_takeouts_files_are_fetched_within_it_alone() {
    let location = Location::new(Kind::Takeout, 7, "", *b"takeout");
    let takeout = DownloadSpec { location, takeout: Some(99), ..spec(Some(10)) };
    let (_, _, sent) = fetch(&takeout, |outgoing| honest(&[1; 10], outgoing));
    assert!(matches!(sent[0].request, Request::GetFile { takeout: Some(99), .. }));
    let mut rig = Rig::plain();
    for wrong in [
        DownloadSpec { takeout: None, ..takeout },
        DownloadSpec { takeout: Some(1), ..spec(Some(10)) },
    ] {
        assert!(matches!(rig.planner.add_download(&wrong), Err(FileError::Location { .. })));
    }
}

#[test]
fn fi_41_a_web_file_brings_its_size_and_knows_no_cdn_and_no_hashes() {
    let location = Location::new(Kind::Web, 7, "", *b"web");
    let web = DownloadSpec { location, cdn: true, ..spec(None) };
    for size in [1, 4_096, 20_000, 20_480] {
        let content = random(size, 7);
        let answer = |outgoing: &Outgoing| {
            Ok(Answer::WebFile { size: size as i32, bytes: part(&content, outgoing) })
        };
        let (rig, file, sent) = fetch(&web, answer);
        assert_eq!(rig.end(file), Some(End::Done), "{size}");
        assert!(rig.finished[&file] == content);
        assert!(sent.iter().all(|outgoing| matches!(outgoing.request, Request::GetWebFile { .. })));
    }
    let mut sizes = [10_000, 9_999].into_iter();
    let (rig, file, _) = fetch(&web, |outgoing| {
        let content = vec![1; 10_000];
        Ok(Answer::WebFile { size: sizes.next().unwrap(), bytes: part(&content, outgoing) })
    });
    assert_eq!(rig.error(file), FileError::SizeChanged { was: 10_000, is: 9_999 });
    let (rig, file, _) = fetch(&web, |_| Ok(Answer::WebFile { size: -1, bytes: vec![] }));
    assert_eq!(rig.error(file), FileError::Malformed);
    let mut rig = Rig::plain();
    let verified = rig.planner.add_download(&DownloadSpec { verify: true, ..web.clone() });
    assert!(matches!(verified, Err(FileError::Location { .. })));
    // An offset has 31 bits.
    let (from, to) = ((1 << 31) - 4_096, (1 << 31) + 1);
    let range = DownloadSpec { size: Some(to), range: Some(from..to), ..web };
    let answer = |outgoing: &Outgoing| {
        Ok(Answer::File { bytes: vec![0; outgoing.request.part_bytes() as usize] })
    };
    let (rig, file, _) = fetch(&range, answer);
    assert_eq!(rig.error(file), FileError::OffsetInvalid { offset: 1 << 31 });
}

#[test]
fn fi_43_a_seek_cancels_what_is_outside_and_keeps_what_is_there() {
    let content = random(409_600, 9);
    let mut rig = Rig::plain();
    let file = rig.download(&DownloadSpec { ordered: false, ..spec(Some(409_600)) });
    assert_eq!(rig.sent.len(), 100);
    for _ in 0..10 {
        let outgoing = rig.next();
        rig.reply(&outgoing, honest(&content, &outgoing));
    }
    let before: Vec<u64> = rig.sent.iter().map(offset).collect();
    rig.planner.seek(file, 200_000..300_000).unwrap();
    rig.pump();
    let (first, last) = sizes::widen(200_000, 300_000, 4_096);
    let after: Vec<u64> = rig.sent.iter().map(offset).collect();
    let kept: Vec<u64> =
        before.into_iter().filter(|at| (first..last).contains(&(at / 4_096))).collect();
    assert_eq!(after, kept);
    // Back again: what was there is not asked for again.
    rig.planner.seek(file, 0..409_600).unwrap();
    rig.pump();
    assert!(rig.sent.iter().all(|outgoing| offset(outgoing) >= 40_960));
    rig.serve(|outgoing| honest(&content, outgoing));
    assert_eq!(rig.end(file), Some(End::Done));
    assert!(rig.finished[&file] == content);
    assert_eq!(rig.planner.seek(file, 0..1), Err(FileError::Unknown));
    let file = rig.download(&spec(Some(100)));
    for (from, to) in [(5, 5), (0, 101)] {
        assert_eq!(rig.planner.seek(file, from..to), Err(FileError::Range { from, to }));
    }
}

#[test]
fn fi_86_a_downloads_progress_is_what_was_written() {
    let content = random(20_000, 10);
    for known in [Some(20_000), None] {
        let mut rig = Rig::plain();
        rig.disk_works = false;
        let file = rig.download(&spec(known));
        let outgoing = rig.next();
        rig.reply(&outgoing, honest(&content, &outgoing));
        let told = |rig: &Rig| {
            rig.events.iter().rev().find_map(|event| match event {
                Event::Progress { progress, .. } => Some(*progress),
                _ => None,
            })
        };
        assert_eq!(told(&rig), Some(Progress { done: 0, total: known }));
        let request = rig.disk.pop_front().unwrap();
        rig.do_disk(request);
        rig.pump();
        assert_eq!(told(&rig), Some(Progress { done: 4_096, total: known }));
        rig.disk_works = true;
        rig.serve(|outgoing| honest(&content, outgoing));
        assert_eq!(told(&rig), Some(Progress { done: 20_000, total: Some(20_000) }));
        assert_eq!(rig.end(file), Some(End::Done));
    }
}

#[test]
fn fi_87_a_slow_disk_stops_new_requests() {
    let limits = Limits { down_window: MIB, small_window: MIB, ..limits() };
    let content = random(20 * MIB, 11);
    let mut rig = Rig::new(limits);
    rig.disk_works = false;
    let file = rig.download(&DownloadSpec { part_size: 262_144, ..spec(Some(20 * MIB)) });
    let lane = Lane { dc: home(), direction: Direction::Down, class: Class::Large };
    let mut random = SeededEntropy::new(5);
    while rig.end(file).is_none() {
        let (in_flight, in_hand) = rig.planner.under_way(lane);
        assert!(in_flight + in_hand <= MIB);
        let mut coin = [0];
        random.fill(&mut coin);
        if coin[0] % 3 == 0 && !rig.disk.is_empty() || rig.sent.is_empty() {
            let request = rig.disk.pop_front().unwrap();
            rig.do_disk(request);
            rig.pump();
        } else {
            let outgoing = rig.next();
            rig.reply(&outgoing, honest(&content, &outgoing));
        }
    }
    assert!(rig.finished[&file] == content);
}

#[test]
fn bytes_in_order_go_out_in_order() {
    let content = random(40_000, 10);
    let mut rig = Rig::plain();
    rig.disk_works = false;
    let file = rig.download(&DownloadSpec { ordered: true, ..spec(Some(40_000)) });
    while let Some(outgoing) = rig.sent.pop_back() {
        rig.reply(&outgoing, honest(&content, &outgoing));
    }
    let mut next = 0;
    while let Some(request) = rig.disk.pop_front() {
        if let Disk::Write { offset, bytes } = &request.what {
            assert_eq!(*offset, next);
            next += bytes.len() as u64;
        }
        rig.do_disk(request);
        rig.pump();
    }
    assert!(rig.finished[&file] == content);
}
