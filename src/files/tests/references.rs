//! References that expire, locations that are looked up again (FI-38, FI-60 to FI-62).

use super::*;
use crate::files::references::{Origin, Source};

fn source(number: u8) -> Source {
    Source { origin: Origin::Message, key: vec![number] }
}

fn location(reference: &[u8]) -> Location {
    Location::new(Kind::Document, 7, "", reference)
}

fn spec(sources: u8) -> DownloadSpec {
    let sources = (0..sources).map(source).collect();
    DownloadSpec {
        part_size: 4_096,
        sources,
        ..DownloadSpec::new(location(b"old"), home(), Some(40_000))
    }
}

fn wanted(rig: &Rig) -> Vec<&Source> {
    rig.events
        .iter()
        .filter_map(
            |e| if let Event::LocationWanted { source, .. } = e { Some(source) } else { None },
        )
        .collect()
}

fn reference(outgoing: &Outgoing) -> Vec<u8> {
    match &outgoing.request {
        Request::GetFile { location, .. } => location.bytes().to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn fi_61_one_refresh_for_all_parts_and_what_is_there_stays() {
    let content = random(40_000, 1);
    for message in [
        "FILE_REFERENCE_EXPIRED",
        "FILE_REFERENCE_INVALID",
        "FILE_REFERENCE_EMPTY",
        "FILEREF_UPGRADE_NEEDED",
    ] {
        let code = if message.starts_with("FILEREF") { 406 } else { 400 };
        for good in 0..10 {
            let mut rig = Rig::plain();
            let file = rig.download(&spec(2));
            for _ in 0..good {
                let outgoing = rig.next();
                rig.reply(&outgoing, honest(&content, &outgoing));
            }
            // The reference expires for all that are under way; half of them come late.
            let all: Vec<Outgoing> = rig.sent.drain(..).collect();
            let (early, late) = all.split_at(all.len().div_ceil(2));
            for outgoing in early {
                rig.reply(outgoing, rpc(code, message));
                assert!(rig.sent.is_empty(), "others wait");
            }
            assert_eq!(wanted(&rig), [&source(0)]);
            rig.planner.handle_location(rig.now, file, Some((location(b"new"), None)));
            rig.pump();
            for outgoing in late {
                rig.reply(outgoing, rpc(code, message));
            }
            assert_eq!(wanted(&rig).len(), 1);
            let mut asked = 0;
            rig.serve(|outgoing| {
                asked += 1;
                assert_eq!(reference(outgoing), b"new");
                honest(&content, outgoing)
            });
            assert_eq!((rig.end(file), asked), (Some(End::Done), 10 - good));
            assert!(rig.finished[&file] == content);
        }
    }
}

#[test]
fn fi_61_sources_are_tried_one_after_the_other() {
    let content = random(40_000, 1);
    for useful in 0..4_u8 {
        let mut rig = Rig::plain();
        let file = rig.download(&spec(4));
        let outgoing = rig.next();
        rig.reply(&outgoing, rpc(400, "FILE_REFERENCE_EXPIRED"));
        for number in 0..useful {
            assert_eq!(wanted(&rig).last(), Some(&&source(number)));
            // Nothing, or what the server has refused.
            let found = (number % 2 == 0).then(|| (location(b"old"), None));
            rig.planner.handle_location(rig.now, file, found);
            rig.pump();
        }
        rig.planner.handle_location(rig.now, file, Some((location(b"new"), None)));
        // The others that were under way had the old one.
        rig.serve(|outgoing| match &reference(outgoing)[..] {
            b"new" => honest(&content, outgoing),
            _ => rpc(400, "FILE_REFERENCE_EXPIRED"),
        });
        assert_eq!(rig.end(file), Some(End::Done));
        assert_eq!(wanted(&rig).len(), usize::from(useful) + 1);
    }
}

#[test]
fn fi_61_no_source_and_the_old_reference_are_errors() {
    for (sources, found, error) in [
        (0, None, FileError::NoReference),
        (2, None, FileError::NoReference),
        (2, Some(location(b"old")), FileError::ReferenceRefused),
        (1, Some(Location::new(Kind::Document, 8, "", *b"new")), FileError::OtherFile),
        (1, Some(Location::new(Kind::Photo, 7, "", *b"new")), FileError::OtherFile),
        (1, Some(Location::new(Kind::Document, 7, "m", *b"new")), FileError::OtherFile),
    ] {
        let mut rig = Rig::plain();
        let file = rig.download(&spec(sources));
        let outgoing = rig.next();
        rig.reply(&outgoing, rpc(400, "FILE_REFERENCE_EXPIRED"));
        for _ in 0..sources {
            rig.planner.handle_location(
                rig.now,
                file,
                found.clone().map(|location| (location, None)),
            );
            rig.pump();
        }
        assert_eq!(rig.error(file), error);
        rig.assert_idle();
    }
}

#[test]
fn fi_61_a_reference_that_expires_again_within_a_minute_is_an_error() {
    let content = random(40_000, 1);
    for (after, is_error) in [(0, true), (59, true), (60, false), (3_600, false)] {
        let mut rig = Rig::plain();
        let file = rig.download(&spec(1));
        let outgoing = rig.next();
        rig.reply(&outgoing, rpc(400, "FILE_REFERENCE_EXPIRED"));
        rig.planner.handle_location(rig.now, file, Some((location(b"new"), None)));
        rig.pump();
        rig.now = rig.now.after(Duration::from_secs(after));
        let outgoing =
            rig.sent.iter().find(|outgoing| reference(outgoing) == b"new").cloned().unwrap();
        rig.sent.retain(|other| other.token != outgoing.token);
        rig.reply(&outgoing, rpc(400, "FILE_REFERENCE_EXPIRED"));
        if is_error {
            assert_eq!(rig.error(file), FileError::ReferenceRefused);
            continue;
        }
        rig.planner.handle_location(rig.now, file, Some((location(b"newer"), None)));
        rig.serve(|outgoing| honest(&content, outgoing));
        assert_eq!(rig.end(file), Some(End::Done));
    }
}

#[test]
fn fi_62_what_is_told_of_a_file_shows_no_reference() {
    let mut rig = Rig::plain();
    rig.download(&DownloadSpec { location: location(b"SECRET"), ..spec(1) });
    let outgoing = rig.next();
    let request = format!("{outgoing:?}");
    rig.reply(&outgoing, rpc(400, "FILE_REFERENCE_EXPIRED"));
    let shown = format!("{request} {:?} {:?}", rig.events, rig.planner);
    assert!(!shown.contains("SECRET") && !shown.contains("83, 69, 67"), "{shown}");
}

#[test]
fn fi_38_a_peers_photo_is_looked_up_again_once_and_no_byte_of_the_old_one_is_kept() {
    let (old, new) = (random(40_000, 1), random(25_000, 2));
    let photo = |id: i64| Location::new(Kind::PeerPhoto, id, "", vec![id as u8]);
    for kind_error in ["FILE_ID_INVALID", "LOCATION_INVALID"] {
        for good in 0..10 {
            let mut rig = Rig::plain();
            rig.disk_works = false;
            let spec = DownloadSpec { location: photo(1), size: None, ..spec(1) };
            let file = rig.download(&spec);
            for _ in 0..good {
                let outgoing = rig.next();
                rig.reply(&outgoing, honest(&old, &outgoing));
                // Some of it is written, some on its way to the disk.
                if good % 2 == 0
                    && let Some(request) = rig.disk.pop_front()
                {
                    rig.do_disk(request);
                    rig.pump();
                }
            }
            let outgoing = rig.next();
            rig.reply(&outgoing, rpc(400, kind_error));
            rig.planner.handle_location(rig.now, file, Some((photo(2), Some(25_000))));
            rig.pump();
            rig.disk_works = true;
            rig.serve(|outgoing| honest(&new, outgoing));
            assert_eq!(rig.end(file), Some(End::Done), "{good}");
            assert!(rig.finished[&file] == new);
        }
        // The second time it is the end.
        let mut rig = Rig::plain();
        let file = rig.download(&DownloadSpec { location: photo(1), ..spec(1) });
        for id in 2..4 {
            let outgoing = rig.next();
            rig.reply(&outgoing, rpc(400, kind_error));
            rig.planner.handle_location(rig.now, file, Some((photo(id), Some(25_000))));
            rig.pump();
        }
        assert_eq!(rig.error(file), FileError::Rpc(RpcError::parse(400, kind_error)));
    }
}
