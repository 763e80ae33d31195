//! Each error in each state of a transfer: it goes on, or ends with an error, and nothing is left behind.

use super::*;
use crate::files::references::{Origin, Source};

const ERRORS: [(i32, &str); 31] = [
    (420, "FLOOD_WAIT_3"),
    (420, "FLOOD_PREMIUM_WAIT_3"),
    (420, "FLOOD_WAIT_99999999"),
    (500, "INTERNAL"),
    (500, "CDN_UPLOAD_TIMEOUT"),
    (-503, "Timeout"),
    (500, "WORKER_BUSY_TOO_LONG_RETRY"),
    (303, "FILE_MIGRATE_4"),
    (303, "FILE_MIGRATE_0"),
    (303, "USER_MIGRATE_4"),
    (400, "FILE_REFERENCE_EXPIRED"),
    (406, "FILEREF_UPGRADE_NEEDED"),
    (400, "FILE_TOKEN_INVALID"),
    (400, "REQUEST_TOKEN_INVALID"),
    (400, "FILE_ID_INVALID"),
    (400, "LOCATION_INVALID"),
    (400, "VOLUME_LOC_NOT_FOUND"),
    (400, "OFFSET_INVALID"),
    (400, "LIMIT_INVALID"),
    (400, "CDN_METHOD_INVALID"),
    (400, "CHANNEL_PRIVATE"),
    (400, "FILE_PART_0_MISSING"),
    (400, "FILE_PART_INVALID"),
    (400, "FILE_PART_SIZE_CHANGED"),
    (400, "FILE_PART_SIZE_INVALID"),
    (400, "FILE_PARTS_INVALID"),
    (400, "MD5_CHECKSUM_INVALID"),
    (401, "AUTH_KEY_UNREGISTERED"),
    (403, "MTPROTO_CLUSTER_INVALID"),
    (400, "NEVER_HEARD_OF"),
    (400, ""),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kinds {
    Upload,
    Stream,
    Download,
    Verified,
    Cdn,
    Photo,
}

/// A server that answers the `at`-th request with an error, `times` times, and all others well.
fn one(
    kind: Kinds,
    dc: Dc,
    at: usize,
    times: usize,
    failure: &Failure,
) -> (Rig, FileId, usize, bool) {
    static CONTENT: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| random(20_000, 1));
    let content = &*CONTENT;
    let mut rig = Rig::plain();
    let sources = vec![Source { origin: Origin::Message, key: vec![] }];
    let max_wait = Some(Duration::from_secs(1_000));
    let base = DownloadSpec {
        max_wait,
        part_size: 4_096,
        sources,
        ..DownloadSpec::new(document(7), dc, Some(20_000))
    };
    let file = match kind {
        Kinds::Upload => rig.upload(
            &UploadSpec { part_size: 1_024, max_wait, ..UploadSpec::new(5_000) },
            &content[..5_000],
        ),
        Kinds::Stream => rig.upload(
            &UploadSpec { part_size: 1_024, max_wait, ..UploadSpec::stream() },
            &content[..5_000],
        ),
        Kinds::Download => rig.download(&base),
        Kinds::Verified => rig.download(&DownloadSpec { verify: true, ..base }),
        Kinds::Cdn => rig.download(&DownloadSpec { cdn: true, ..base }),
        Kinds::Photo => {
            let location = Location::new(Kind::PeerPhoto, 1, "", *b"photo 1");
            rig.download(&DownloadSpec { location, size: None, ..base })
        }
    };
    let (mut number, mut left) = (0, times);
    let mut saved: BTreeMap<i64, BTreeMap<u32, Vec<u8>>> = BTreeMap::new();
    for _ in 0..2_000 {
        rig.pump();
        // What the program does when it is asked.
        for event in rig.events.clone().iter().rev().take(3) {
            match event {
                Event::LocationWanted { file, .. } => {
                    let fresh = if kind == Kinds::Photo {
                        Location::new(Kind::PeerPhoto, 1, "", *b"photo 2")
                    } else {
                        Location::new(Kind::Document, 7, "", *b"reference 1")
                    };
                    rig.planner.handle_location(rig.now, *file, Some((fresh, None)));
                }
                Event::LoginWanted { dc } | Event::ConfigWanted { dc } => {
                    rig.planner.handle_ready(*dc, true);
                }
                _ => {}
            }
        }
        rig.pump();
        let Some(outgoing) = rig.sent.pop_front() else {
            if rig.uploaded(file).is_some() {
                rig.planner.handle_sent(file);
                rig.pump();
            }
            if rig.end(file).is_some() {
                break;
            }
            let at =
                rig.planner.poll_timeout(rig.now).expect("it is neither over nor does it wait");
            rig.pass(at.saturating_sub(rig.now.mono));
            continue;
        };
        number += 1;
        let reply = if number > at && left > 0 {
            left -= 1;
            Err(failure.clone())
        } else {
            well(content, &outgoing, &mut saved)
        };
        rig.reply(&outgoing, reply);
    }
    let is_equal = match kind {
        Kinds::Upload | Kinds::Stream => rig.uploaded(file).is_some_and(|sent| {
            let parts = saved.get(&sent.file_id).cloned().unwrap_or_default();
            parts.into_values().flatten().eq(content[..5_000].iter().copied())
        }),
        _ => rig.finished.get(&file) == Some(content),
    };
    (rig, file, number, is_equal)
}

fn well(
    content: &[u8],
    outgoing: &Outgoing,
    saved: &mut BTreeMap<i64, BTreeMap<u32, Vec<u8>>>,
) -> Reply {
    match &outgoing.request {
        Request::SaveFilePart { file_id, part, bytes }
        | Request::SaveBigFilePart { file_id, part, bytes, .. } => {
            saved.entry(*file_id).or_default().insert(*part, bytes.to_vec());
            Ok(Answer::Saved(true))
        }
        Request::GetFile { cdn_supported: true, .. } => Ok(Answer::CdnRedirect(Redirect {
            dc_id: 203,
            file_token: FileToken([1].into()),
            encryption_key: vec![7; 32],
            encryption_iv: vec![0; 16],
            file_hashes: vec![],
        })),
        Request::GetCdnFile { offset, .. } => {
            use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
            let mut bytes = part(content, outgoing);
            let mut cipher = ctr::Ctr32BE::<aes::Aes256>::new(&[7; 32].into(), &[0; 16].into());
            cipher.seek(*offset);
            cipher.apply_keystream(&mut bytes);
            Ok(Answer::CdnFile { bytes })
        }
        Request::GetFile { .. } => honest(content, outgoing),
        Request::ReuploadCdnFile { .. } => Ok(Answer::Hashes(vec![])),
        _ => Ok(Answer::Hashes(hashes(content, 0, 131_072))),
    }
}

/// Every error, at every request of every kind of transfer, once, a few times, and for ever, at home and elsewhere.
#[test]
fn cf_21_every_error_in_every_state_ends_with_the_file_or_an_error_and_leaves_nothing() {
    let failures: Vec<Failure> = ERRORS
        .iter()
        .map(|(code, message)| Failure::Rpc(RpcError::parse(*code, message)))
        .chain([Failure::Lost, Failure::Malformed])
        .collect();
    for kind in
        [Kinds::Upload, Kinds::Stream, Kinds::Download, Kinds::Verified, Kinds::Cdn, Kinds::Photo]
    {
        for failure in &failures {
            // Where it is matters for these alone.
            let is_elsewhere =
                matches!(failure, Failure::Rpc(error) if matches!(error.code, 303 | 401));
            for dc in [home(), other()].into_iter().take(1 + usize::from(is_elsewhere)) {
                for times in [1, 3, usize::MAX] {
                    for at in 0.. {
                        let (rig, file, number, is_equal) = one(kind, dc, at, times, failure);
                        let end = rig.end(file).unwrap();
                        let what = format!("{kind:?} {dc:?} {failure:?} {times} {at} {end:?}");
                        assert_eq!(end == End::Done, is_equal, "{what}");
                        // Once is never the end of what may be tried again.
                        if times == 1 && is_transient(failure) {
                            assert_eq!(end, End::Done, "{what}");
                        }
                        rig.assert_idle();
                        if at >= number || times == usize::MAX && at > 3 {
                            break;
                        }
                    }
                }
            }
        }
    }
}

/// Whether a failure may be tried again, whatever was asked.
fn is_transient(failure: &Failure) -> bool {
    match failure {
        Failure::Lost => true,
        Failure::Malformed => false,
        Failure::Rpc(error) => match error.code {
            500.. | ..0 | 403 => true,
            420 => error.value == Some(3),
            _ => false,
        },
    }
}

#[test]
fn fi_34_a_login_that_is_missing_elsewhere_is_taken_there_once() {
    for refusals in [1, 2] {
        let content = random(20_000, 1);
        let mut rig = Rig::plain();
        let spec = |id| DownloadSpec {
            part_size: 4_096,
            ..DownloadSpec::new(document(id), other(), Some(20_000))
        };
        let (file, sibling) = (rig.download(&spec(1)), rig.download(&spec(2)));
        let here = rig.download(&DownloadSpec { dc: home(), ..spec(3) });
        for _ in 0..refusals {
            let all: Vec<Outgoing> = rig.sent.drain(..).collect();
            for outgoing in &all {
                match outgoing.file {
                    of if of == here => rig.reply(outgoing, honest(&content, outgoing)),
                    _ => rig.reply(outgoing, rpc(401, "AUTH_KEY_UNREGISTERED")),
                }
            }
            // Nothing is sent there meanwhile, and it is asked for once for all files.
            assert!(rig.sent.is_empty());
            rig.planner.handle_ready(other(), true);
            rig.pump();
        }
        let asked =
            rig.events.iter().filter(|event| **event == Event::LoginWanted { dc: other() }).count();
        assert_eq!(rig.end(here), Some(End::Done));
        rig.serve(|outgoing| honest(&content, outgoing));
        match refusals {
            1 => assert_eq!(
                (asked, rig.end(file), rig.end(sibling)),
                (1, Some(End::Done), Some(End::Done))
            ),
            _ => assert_eq!(
                rig.error(file),
                FileError::Rpc(RpcError::parse(401, "AUTH_KEY_UNREGISTERED"))
            ),
        }
    }
    // And at home it is the login's end.
    let mut rig = Rig::plain();
    let file = rig.download(&DownloadSpec::new(document(1), home(), Some(10)));
    rig.serve(|_| rpc(401, "AUTH_KEY_UNREGISTERED"));
    assert_eq!(rig.error(file), FileError::Rpc(RpcError::parse(401, "AUTH_KEY_UNREGISTERED")));
}

#[test]
fn fi_35_an_address_of_another_cluster_has_the_configuration_asked_for_once() {
    let content = random(20_000, 1);
    for is_done in [true, false] {
        let mut rig = Rig::plain();
        let spec = DownloadSpec {
            part_size: 4_096,
            ..DownloadSpec::new(document(1), home(), Some(20_000))
        };
        let file = rig.download(&spec);
        let all: Vec<Outgoing> = rig.sent.drain(..).collect();
        for outgoing in &all {
            rig.reply(outgoing, rpc(403, "MTPROTO_CLUSTER_INVALID"));
        }
        let asked =
            rig.events.iter().filter(|event| **event == Event::ConfigWanted { dc: home() }).count();
        assert_eq!(asked, 1);
        rig.planner.handle_ready(home(), is_done);
        rig.serve(|outgoing| honest(&content, outgoing));
        if is_done {
            assert_eq!(rig.end(file), Some(End::Done));
        } else {
            assert_eq!(
                rig.error(file),
                FileError::Rpc(RpcError::parse(403, "MTPROTO_CLUSTER_INVALID"))
            );
        }
        rig.assert_idle();
    }
}
