//! Downloads that another run goes on with, and disks that fail (FI-80 to FI-82).

use super::*;
use crate::files::journal::{Journal, JournalError, Kept};

fn spec(size: Option<u64>) -> DownloadSpec {
    DownloadSpec { part_size: 4_096, ..DownloadSpec::new(document(7), home(), size) }
}

/// The program ends after each write of the journal, and before and after each write of a part.
#[test]
fn fi_80_a_kill_at_every_write_leaves_a_file_that_is_gone_on_with() {
    let content = random(40_000, 10);
    let spec = DownloadSpec { journal: true, ..spec(Some(40_000)) };
    for kill_at in 0..40 {
        let mut rig = Rig::plain();
        rig.disk_works = false;
        let file = rig.download(&spec);
        let mut steps = 0;
        while steps < kill_at && rig.end(file).is_none() {
            if let Some(request) = rig.disk.pop_front() {
                rig.do_disk(request);
                steps += 1;
            } else if let Some(outgoing) = rig.sent.pop_back() {
                rig.reply(&outgoing, honest(&content, &outgoing));
            }
            rig.pump();
        }
        if rig.end(file).is_some() {
            assert!(rig.finished[&file] == content);
            continue;
        }
        // What waited for the disk is lost.
        let temp = rig.temp.get(&file).cloned().unwrap_or_default();
        let resume =
            rig.journals.get(&file).map(|journal| (Kept::from(journal.clone()), temp.len() as u64));
        // FI-80: what the journal has is there.
        let written = resume.as_ref().map(|(journal, _)| Journal::from_bytes(journal).unwrap());
        for part in written.iter().flat_map(Journal::written) {
            let from = part as usize * 4_096;
            let to = (from + 4_096).min(40_000);
            assert!(temp[from..to] == content[from..to], "{kill_at} {part}");
        }
        let mut again = Rig::plain();
        let (file, _) =
            again.planner.add_download(&DownloadSpec { resume, ..spec.clone() }).unwrap();
        again.temp.insert(file, temp);
        let mut asked = 0;
        again.serve(|outgoing| {
            asked += 1;
            honest(&content, outgoing)
        });
        assert!(again.finished[&file] == content);
        assert_eq!(asked, 10 - written.map_or(0, |journal| journal.written().count()));
    }
}

#[test]
fn fi_81_what_does_not_fit_begins_anew() {
    let content = random(40_000, 10);
    let spec = DownloadSpec { journal: true, ..spec(Some(40_000)) };
    let mut rig = Rig::plain();
    let file = rig.download(&spec);
    for _ in 0..5 {
        let outgoing = rig.next();
        rig.reply(&outgoing, honest(&content, &outgoing));
    }
    let (journal, temp) = (rig.journals[&file].clone(), rig.temp[&file].clone());
    let moved = Location::new(Kind::Document, 7, "", *b"another reference");
    let other = document(8);
    let full = temp.len() as u64;
    for (location, length, part_size, begin) in [
        (document(7), full, 4_096, Begin::Resumed { bytes: 20_480 }),
        (moved, full, 4_096, Begin::Resumed { bytes: 20_480 }),
        (other, full, 4_096, Begin::AnewBecause(JournalError::OtherFile)),
        (document(7), full - 1, 4_096, Begin::AnewBecause(JournalError::TooShort)),
        (document(7), full, 8_192, Begin::AnewBecause(JournalError::OtherParts)),
    ] {
        let resume = Some((journal.clone().into(), length));
        let again = DownloadSpec { location, part_size, resume, ..spec.clone() };
        assert_eq!(rig.planner.add_download(&again).unwrap().1, begin);
    }
}

#[test]
fn fi_81_a_resumed_file_is_asked_for_where_it_was_found() {
    let content = random(20_000, 10);
    let spec = DownloadSpec { journal: true, ..spec(Some(20_000)) };
    let mut rig = Rig::plain();
    let file = rig.download(&spec);
    let outgoing = rig.next();
    rig.reply(&outgoing, rpc(303, "FILE_MIGRATE_4"));
    let outgoing = rig.next();
    rig.reply(&outgoing, honest(&content, &outgoing));
    let resume = Some((rig.journals[&file].clone().into(), rig.temp[&file].len() as u64));
    let mut again = Rig::plain();
    again.download(&DownloadSpec { resume, ..spec });
    assert!(again.sent.iter().all(|outgoing| outgoing.link.lane.dc == other()));
}

#[test]
fn fi_82_a_file_gets_its_name_when_all_of_it_is_written_and_before_that_not() {
    let content = random(20_000, 10);
    let mut rig = Rig::plain();
    rig.disk_works = false;
    let file = rig.download(&DownloadSpec { journal: true, ..spec(Some(20_000)) });
    while let Some(outgoing) = rig.sent.pop_front() {
        rig.reply(&outgoing, honest(&content, &outgoing));
    }
    let mut finish = None;
    for _ in 0..100 {
        let Some(request) = rig.disk.pop_front() else { break };
        if let Disk::Finish { length } = request.what {
            assert_eq!((length, &rig.temp[&file]), (20_000, &content));
            assert!(!rig.disk.iter().any(|other| other.file == file));
            finish = Some(request);
            break;
        }
        assert_eq!(rig.end(file), None);
        rig.do_disk(request);
        rig.pump();
    }
    // Now it cannot be cancelled any more.
    assert!(!rig.planner.cancel(file, false));
    rig.do_disk(finish.unwrap());
    rig.pump();
    assert_eq!(rig.end(file), Some(End::Done));
}

#[test]
fn fi_82_a_disk_that_fails_leaves_what_was_written_before() {
    let content = random(20_000, 10);
    for fails_at in 0..12 {
        for error in [
            DiskError::Full,
            DiskError::ShortWrite,
            DiskError::Exists,
            DiskError::Io(std::io::ErrorKind::Other),
        ] {
            let mut rig = Rig::plain();
            rig.disk_works = false;
            let spec = DownloadSpec { journal: true, ..spec(Some(20_000)) };
            let file = rig.download(&spec);
            for step in 0..100 {
                while let Some(outgoing) = rig.sent.pop_front() {
                    rig.reply(&outgoing, honest(&content, &outgoing));
                }
                let Some(request) = rig.disk.pop_front() else { break };
                if step == fails_at {
                    rig.planner.handle_disk(request.token, Err(error));
                } else {
                    rig.do_disk(request);
                }
                rig.pump();
            }
            if rig.end(file) == Some(End::Done) {
                continue;
            }
            assert_eq!(rig.error(file), FileError::Disk(error));
            let temp = rig.temp.get(&file).cloned().unwrap_or_default();
            let resume = rig
                .journals
                .get(&file)
                .map(|journal| (Kept::from(journal.clone()), temp.len() as u64));
            let mut again = Rig::plain();
            let (file, _) = again.planner.add_download(&DownloadSpec { resume, ..spec }).unwrap();
            again.temp.insert(file, temp);
            again.serve(|outgoing| honest(&content, outgoing));
            assert!(again.finished[&file] == content);
        }
    }
}

#[test]
fn fi_80_a_journal_is_written_after_so_many_bytes() {
    let content = random(40_960, 10);
    for (journal_every, journals) in [(0, 9), (4_096, 9), (4_097, 4), (16_384, 2), (40_961, 0)] {
        let mut rig = Rig::new(Limits { journal_every, ..limits() });
        let file = rig.download(&DownloadSpec { journal: true, ..spec(Some(40_960)) });
        let mut seen = 0;
        let mut last = None;
        while let Some(outgoing) = rig.sent.pop_front() {
            rig.reply(&outgoing, honest(&content, &outgoing));
            // The last part makes the file whole, and its journal goes.
            let journal = rig.journals.get(&file).cloned();
            seen += usize::from(journal.is_some() && journal != last);
            last = journal;
        }
        assert_eq!((rig.end(file), seen), (Some(End::Done), journals), "{journal_every}");
    }
}

/// A run ends amid a range of hashes: what it wrote of it comes again, as without it the range could not be checked.
#[test]
fn fi_42_and_fi_80_a_range_that_was_written_in_part_is_checked_as_a_whole() {
    let content = random(60_000, 12);
    let answer = |outgoing: &Outgoing| match outgoing.request {
        Request::GetFileHashes { offset, .. } => {
            Ok(Answer::Hashes(hashes(&content, offset, 20_000)))
        }
        _ => honest(&content, outgoing),
    };
    for ordered in [false, true] {
        for written in 0..15_u64 {
            let spec = DownloadSpec { verify: true, ordered, journal: true, ..spec(Some(60_000)) };
            let journal = Journal {
                kind: Kind::Document.to_byte(),
                dc: home().number(),
                id: 7,
                variant: String::new(),
                size: Some(60_000),
                from: 0,
                to: Some(60_000),
                part_size: 4_096,
                chain: None,
                parts: ((1_u32 << written) - 1).to_le_bytes().to_vec(),
            };
            let temp = content[..(written as usize * 4_096).min(60_000)].to_vec();
            let resume = Some((journal.to_bytes(), temp.len() as u64));
            let mut rig = Rig::plain();
            let (file, begin) = rig.planner.add_download(&DownloadSpec { resume, ..spec }).unwrap();
            assert_eq!(begin, Begin::Resumed { bytes: temp.len() as u64 });
            rig.temp.insert(file, temp);
            rig.serve(answer);
            assert_eq!(rig.end(file), Some(End::Done), "{ordered} {written}");
            assert!(rig.finished[&file] == content);
            rig.assert_idle();
        }
    }
}

/// A file of unknown size that was left at each moment, also behind the place that a player sought: who goes on has all of the file, or
/// finds out that an answer ends it before bytes that are here.
#[test]
fn fi_33_an_end_before_what_a_run_before_has_written_is_an_error() {
    let (mut resumed, mut beyond) = (0, 0);
    for size in [4_000_usize, 20_000, 20_480] {
        let content = random(size as u64, 13);
        for seek in [None, Some(12_288..16_000), Some(16_384..30_000)] {
            for kill_at in 0..6 {
                let spec = DownloadSpec { journal: true, ordered: false, ..spec(None) };
                let mut rig = Rig::plain();
                let file = rig.download(&spec);
                if let Some(to) = seek.clone() {
                    rig.planner.seek(file, to).unwrap();
                    rig.pump();
                }
                for _ in 0..kill_at {
                    let Some(outgoing) = rig.sent.pop_front() else { break };
                    rig.reply(&outgoing, honest(&content, &outgoing));
                }
                let (Some(journal), Some(temp)) = (rig.journals.get(&file), rig.temp.get(&file))
                else {
                    continue;
                };
                let written: Vec<u64> = Journal::from_bytes(journal).unwrap().written().collect();
                for part in &written {
                    assert!((part + 1) * 4_096 <= size as u64, "a part that is not whole: {part}");
                }
                let resume = Some((Kept::from(journal.clone()), temp.len() as u64));
                for cut in [4_096, 100, 0] {
                    let mut again = Rig::plain();
                    let spec = DownloadSpec { resume: resume.clone(), ..spec.clone() };
                    let (file, begin) = again.planner.add_download(&spec).unwrap();
                    assert_eq!(begin, Begin::Resumed { bytes: written.len() as u64 * 4_096 });
                    again.temp.insert(file, temp.clone());
                    let mut ends_at = None;
                    again.serve(|outgoing| {
                        assert!(!written.contains(&(offset(outgoing) / 4_096)));
                        let mut bytes = part(&content, outgoing);
                        bytes.truncate(cut);
                        if cut < 4_096 {
                            ends_at.get_or_insert(offset(outgoing) / 4_096);
                        }
                        Ok(Answer::File { bytes })
                    });
                    let is_before = ends_at.is_some_and(|at| written.iter().any(|part| *part > at));
                    if is_before {
                        assert!(matches!(again.error(file), FileError::BeyondEnd { .. }));
                        beyond += 1;
                    } else if cut == 4_096 {
                        assert!(again.finished[&file] == content);
                        resumed += 1;
                    }
                }
            }
        }
    }
    assert!(resumed > 0 && beyond > 0, "{resumed} {beyond}");
}
