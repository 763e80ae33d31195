//! Files at a CDN (FI-50 to FI-56).

use super::*;
use crate::files::cdn::{MAX_REUPLOADS, MAX_ROUNDS};

const RANGE: usize = 131_072;

/// A file at a data centre and at its CDN.
struct World {
    content: Vec<u8>,
    key: [u8; 32],
    iv: [u8; 16],
    /// Which token is good.
    token: u8,
    /// The ranges that a redirect tells, and their size.
    told: usize,
    range: usize,
}

impl World {
    fn new(size: u64) -> Self {
        Self {
            content: random(size, 3),
            key: [7; 32],
            iv: [0xf0; 16],
            token: 1,
            told: 1_000,
            range: RANGE,
        }
    }

    fn file_token(&self) -> FileToken {
        FileToken([self.token].into())
    }

    fn redirect(&self) -> Redirect {
        Redirect {
            dc_id: 203,
            file_token: self.file_token(),
            encryption_key: self.key.to_vec(),
            encryption_iv: self.iv.to_vec(),
            file_hashes: hashes(&self.content, 0, self.range).into_iter().take(self.told).collect(),
        }
    }

    /// AES-256-CTR by another way than the client's: block by block, from the counter of the whole file.
    fn encrypted(&self, offset: u64, mut part: Vec<u8>) -> Vec<u8> {
        use aes::Aes256;
        use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
        let mut iv = self.iv;
        iv[12..].fill(0);
        let mut cipher = ctr::Ctr32BE::<Aes256>::new(&self.key.into(), &iv.into());
        cipher.seek(offset);
        cipher.apply_keystream(&mut part);
        part
    }

    fn answer(&self, outgoing: &Outgoing) -> Reply {
        match &outgoing.request {
            Request::GetFile { cdn_supported: true, .. } => {
                Ok(Answer::CdnRedirect(self.redirect()))
            }
            Request::GetFile { .. } => honest(&self.content, outgoing),
            Request::GetCdnFile { file_token, offset, .. } => {
                if *file_token != self.file_token() {
                    return rpc(400, "FILE_TOKEN_INVALID");
                }
                Ok(Answer::CdnFile {
                    bytes: self.encrypted(*offset, part(&self.content, outgoing)),
                })
            }
            Request::GetCdnFileHashes { offset, .. } => Ok(Answer::Hashes(
                hashes(&self.content, *offset, self.range).into_iter().take(10).collect(),
            )),
            Request::ReuploadCdnFile { .. } => Ok(Answer::Hashes(vec![])),
            other => panic!("{other:?}"),
        }
    }
}

fn spec(size: u64) -> DownloadSpec {
    DownloadSpec {
        part_size: 65_536,
        cdn: true,
        ..DownloadSpec::new(document(7), home(), Some(size))
    }
}

fn run(
    world: &World,
    spec: &DownloadSpec,
    answer: impl FnMut(&Outgoing) -> Reply,
) -> (Rig, FileId) {
    let mut rig = Rig::plain();
    let file = rig.download(spec);
    rig.serve(answer);
    if rig.end(file) == Some(End::Done) {
        assert!(rig.finished[&file] == world.content);
    }
    // FI-54: whatever was written is the file's.
    for (at, byte) in rig.temp.get(&file).into_iter().flatten().enumerate() {
        assert!(*byte == 0 || *byte == world.content[at]);
    }
    rig.assert_idle();
    (rig, file)
}

fn is_cdn(outgoing: &Outgoing) -> bool {
    matches!(outgoing.request, Request::GetCdnFile { .. })
}

#[test]
fn fi_50_the_flag_is_set_if_it_is_allowed_and_a_redirect_without_it_is_an_error() {
    let world = World::new(300_000);
    let (rig, file) = run(&world, &spec(300_000), |outgoing| world.answer(outgoing));
    assert_eq!(rig.end(file), Some(End::Done));
    let (rig, file) = run(&world, &DownloadSpec { cdn: false, ..spec(300_000) }, |outgoing| {
        assert!(matches!(outgoing.request, Request::GetFile { cdn_supported: false, .. }));
        Ok(Answer::CdnRedirect(world.redirect()))
    });
    assert_eq!(rig.error(file), FileError::UnexpectedRedirect);
}

/// A CDN that lies about where a file ends: no hash tells that more follows.
#[test]
fn fi_54_a_file_whose_end_only_a_cdn_would_tell_is_not_asked_of_one() {
    let world = World::new(300_000);
    let unknown = || DownloadSpec { size: None, ..spec(300_000) };
    for range in [None, Some(0..300_000)] {
        let (rig, file) = run(&world, &DownloadSpec { range, ..unknown() }, |outgoing| {
            assert!(matches!(outgoing.request, Request::GetFile { cdn_supported: false, .. }));
            honest(&world.content, outgoing)
        });
        assert_eq!(rig.end(file), Some(End::Done));
    }
    let (rig, file) = run(&world, &unknown(), |_| Ok(Answer::CdnRedirect(world.redirect())));
    assert_eq!(rig.error(file), FileError::UnexpectedRedirect);
}

#[test]
fn fi_51_parts_go_to_the_cdn_and_a_redirect_that_makes_no_sense_is_an_error() {
    let world = World::new(300_000);
    let mut asked = [0, 0];
    run(&world, &spec(300_000), |outgoing| {
        asked[usize::from(is_cdn(outgoing))] += 1;
        assert_eq!(
            outgoing.link.lane.dc,
            if is_cdn(outgoing) { Dc::cdn(203).unwrap() } else { home() }
        );
        world.answer(outgoing)
    });
    // Those that were under way when the redirect came, and no others.
    assert_eq!(asked, [5, 5]);
    let what = "its key has 32 bytes, and its iv 16";
    for (redirect, error) in [
        (
            Redirect { encryption_key: vec![0; 31], ..world.redirect() },
            FileError::Redirect { what },
        ),
        (Redirect { encryption_iv: vec![0; 17], ..world.redirect() }, FileError::Redirect { what }),
        (Redirect { dc_id: 2, ..world.redirect() }, FileError::UnknownDc { number: 2 }),
    ] {
        let (rig, file) =
            run(&world, &spec(300_000), |_| Ok(Answer::CdnRedirect(redirect.clone())));
        assert_eq!(rig.error(file), error);
    }
}

/// Each part size against each size of ranges, with the hashes told at once or asked for; the answers newest first.
#[test]
fn fi_52_and_fi_53_a_file_comes_whole_from_a_cdn_whatever_its_parts_and_ranges() {
    for size in [1, 16, 65_536, 131_072, 300_000] {
        for part_size in [4_096, 65_536, 131_072, 1_048_576] {
            for range in [4_096, RANGE, 262_144] {
                for told in [0, 1, 1_000] {
                    let world = World { told, range, ..World::new(size) };
                    let mut rig = Rig::plain();
                    let file = rig.download(&DownloadSpec { part_size, ..spec(size) });
                    while let Some(outgoing) = rig.sent.pop_back() {
                        let reply = world.answer(&outgoing);
                        rig.reply(&outgoing, reply);
                    }
                    assert_eq!(rig.end(file), Some(End::Done), "{size} {part_size} {range} {told}");
                    assert!(rig.finished[&file] == world.content);
                }
            }
        }
    }
}

#[test]
fn fi_53_a_range_without_a_hash_is_an_error() {
    let world = World { told: 0, ..World::new(300_000) };
    let mut queries = 0;
    let (rig, file) = run(&world, &spec(300_000), |outgoing| match outgoing.request {
        Request::GetCdnFileHashes { .. } => {
            queries += 1;
            assert_eq!(outgoing.link.lane.dc, home());
            Ok(Answer::Hashes(vec![]))
        }
        _ => world.answer(outgoing),
    });
    assert_eq!((rig.error(file), queries), (FileError::NoHash { offset: 0 }, 1));
    assert!(rig.temp.is_empty());
    // And hashes that cannot be.
    let (rig, file) = run(&world, &spec(300_000), |outgoing| match outgoing.request {
        Request::GetCdnFileHashes { .. } => {
            let mut told = hashes(&world.content, 0, RANGE);
            told[1].offset -= 1;
            Ok(Answer::Hashes(told))
        }
        _ => world.answer(outgoing),
    });
    assert_eq!(rig.error(file), FileError::Hashes { offset: 131_071 });
}

/// A part of each range is refused at first, and the others fill the window while they wait for it.
#[test]
fn fi_87_what_completes_a_range_goes_beyond_what_is_in_hand() {
    let (world, parts) = (World::new(3 * MIB), RANGE as u64 / 16_384);
    for is_at_cdn in [false, true] {
        for ordered in [false, true] {
            for refused in 0..parts {
                let mut rig = Rig::new(Limits { down_window: MIB, ..limits() });
                let spec = DownloadSpec {
                    part_size: 16_384,
                    cdn: is_at_cdn,
                    verify: !is_at_cdn,
                    ordered,
                    ..spec(3 * MIB)
                };
                let file = rig.download(&spec);
                let mut seen = std::collections::BTreeSet::new();
                rig.serve(|outgoing| match &outgoing.request {
                    Request::GetCdnFile { offset, .. }
                    | Request::GetFile { offset, cdn_supported: false, .. }
                        if offset / 16_384 % parts == refused && seen.insert(*offset) =>
                    {
                        rpc(500, "INTERNAL")
                    }
                    Request::GetFileHashes { offset, .. } => {
                        Ok(Answer::Hashes(hashes(&world.content, *offset, RANGE)))
                    }
                    _ => world.answer(outgoing),
                });
                let end = rig.end(file);
                assert_eq!(end, Some(End::Done), "{is_at_cdn} {ordered} {refused}");
                assert!(rig.finished[&file] == world.content);
            }
        }
    }
}

#[test]
fn fi_54_a_cdn_that_gives_other_bytes_fails_the_file_and_nothing_of_the_range_is_written() {
    let world = World::new(300_000);
    for at in [0, 1, 65_535, 65_536, 131_071, 131_072, 262_144, 299_999_u64] {
        let (rig, file) = run(&world, &spec(300_000), |outgoing| {
            let mut reply = world.answer(outgoing);
            if let (Request::GetCdnFile { offset, .. }, Ok(Answer::CdnFile { bytes })) =
                (&outgoing.request, &mut reply)
                && let Some(byte) = at.checked_sub(*offset).and_then(|n| bytes.get_mut(n as usize))
            {
                *byte ^= 0x10;
            }
            reply
        });
        let range = at / RANGE as u64 * RANGE as u64;
        assert_eq!(rig.error(file), FileError::WrongHash { offset: range });
        let temp = rig.temp.get(&file).cloned().unwrap_or_default();
        assert!(temp.iter().skip(range as usize).take(RANGE).all(|byte| *byte == 0));
    }
}

#[test]
fn fi_55_a_part_that_the_cdn_does_not_have_is_given_to_it_by_the_files_data_centre() {
    let world = World::new(300_000);
    for missing in 1..=MAX_REUPLOADS + 1 {
        let (mut left, mut given, mut failures) = (missing, 0, 2);
        let (rig, file) = run(&world, &spec(300_000), |outgoing| match &outgoing.request {
            Request::GetCdnFile { offset: 65_536, .. } if left > 0 => {
                left -= 1;
                Ok(Answer::CdnReuploadNeeded { request_token: vec![9] })
            }
            Request::ReuploadCdnFile { request_token, file_token } => {
                assert_eq!(
                    (outgoing.link.lane.dc, &request_token[..], file_token),
                    (home(), &[9][..], &world.file_token())
                );
                if failures > 0 {
                    failures -= 1;
                    return rpc(500, "CDN_UPLOAD_TIMEOUT");
                }
                given += 1;
                Ok(Answer::Hashes(
                    hashes(&world.content, 65_536, RANGE).into_iter().take(1).collect(),
                ))
            }
            _ => world.answer(outgoing),
        });
        if missing <= MAX_REUPLOADS {
            assert_eq!((rig.end(file), given), (Some(End::Done), missing));
        } else {
            assert_eq!(
                rig.error(file),
                FileError::NotReuploaded { offset: 65_536, times: MAX_REUPLOADS }
            );
        }
    }
}

/// The file's data centre does not answer: no more parts wait for it than were under way when the first one was missing.
#[test]
fn fi_55_a_cdn_that_lacks_parts_is_asked_for_no_others_until_it_has_them() {
    const WINDOW: u64 = 1_048_576;
    let world = World::new(3_000_000);
    let mut rig = Rig::new(Limits { small_window: WINDOW, down_window: WINDOW, ..limits() });
    let file = rig.download(&DownloadSpec { part_size: 4_096, ..spec(3_000_000) });
    let mut missing = std::collections::BTreeSet::new();
    let gives = |outgoing: &Outgoing| matches!(outgoing.request, Request::ReuploadCdnFile { .. });
    while let Some(at) = rig.sent.iter().position(|outgoing| !gives(outgoing)) {
        let outgoing = rig.sent.remove(at).unwrap();
        let reply = match &outgoing.request {
            Request::GetCdnFile { offset, .. } => {
                missing.insert(*offset);
                Ok(Answer::CdnReuploadNeeded { request_token: vec![9] })
            }
            _ => world.answer(&outgoing),
        };
        rig.reply(&outgoing, reply);
    }
    assert!((1..=WINDOW as usize / 4_096).contains(&missing.len()), "{}", missing.len());
    rig.serve(|outgoing| world.answer(outgoing));
    assert_eq!(rig.end(file), Some(End::Done));
    assert!(rig.finished[&file] == world.content);
}

/// The file's data centre fails again and again, and meanwhile the time of a part comes that waits itself.
#[test]
fn fi_55_what_the_cdn_lacks_is_given_to_it_though_other_parts_wait() {
    let world = World::new(300_000);
    for failures in 0..5 {
        let (mut is_missing, mut busy, mut failing) = (true, 2, failures);
        let (rig, file) = run(&world, &spec(300_000), |outgoing| match &outgoing.request {
            Request::GetCdnFile { offset: 0, .. } if is_missing => {
                is_missing = false;
                Ok(Answer::CdnReuploadNeeded { request_token: vec![9] })
            }
            Request::GetCdnFile { .. } if busy > 0 => {
                busy -= 1;
                rpc(500, "INTERNAL")
            }
            Request::ReuploadCdnFile { .. } if failing > 0 => {
                failing -= 1;
                rpc(500, "INTERNAL")
            }
            _ => world.answer(outgoing),
        });
        assert_eq!(rig.end(file), Some(End::Done), "{failures}");
        assert!(rig.finished[&file] == world.content);
    }
}

#[test]
fn fi_55_a_token_that_is_longer_than_a_part_is_refused() {
    let world = World::new(300_000);
    for (length, is_taken) in [(0, true), (4_096, true), (4_097, false), (1 << 20, false)] {
        let mut left = 1;
        let (rig, file) = run(&world, &spec(300_000), |outgoing| match &outgoing.request {
            Request::GetCdnFile { .. } if left > 0 => {
                left -= 1;
                Ok(Answer::CdnReuploadNeeded { request_token: vec![9; length] })
            }
            _ => world.answer(outgoing),
        });
        match is_taken {
            true => assert_eq!(rig.end(file), Some(End::Done)),
            false => assert_eq!(rig.error(file), FileError::Token { length }),
        }
    }
}

#[test]
fn fi_55_all_parts_may_be_missing_at_once() {
    let world = World::new(300_000);
    let mut has = std::collections::BTreeSet::new();
    let (rig, file) = run(&world, &spec(300_000), |outgoing| match &outgoing.request {
        Request::GetCdnFile { offset, .. } if !has.contains(offset) => {
            Ok(Answer::CdnReuploadNeeded { request_token: offset.to_le_bytes().to_vec() })
        }
        Request::ReuploadCdnFile { request_token, .. } => {
            has.insert(u64::from_le_bytes(request_token[..].try_into().unwrap()));
            Ok(Answer::Hashes(vec![]))
        }
        _ => world.answer(outgoing),
    });
    assert_eq!((rig.end(file), has.len()), (Some(End::Done), 5));
}

#[test]
fn fi_56_a_token_that_is_refused_is_fetched_anew_and_answers_for_it_are_dropped() {
    for (at, message) in
        [(0, "FILE_TOKEN_INVALID"), (2, "REQUEST_TOKEN_INVALID"), (4, "FILE_TOKEN_INVALID")]
    {
        for told in [0, 1_000] {
            let mut world = World { told, ..World::new(300_000) };
            let mut rig = Rig::plain();
            let file = rig.download(&spec(300_000));
            let mut answered = 0;
            while rig.end(file).is_none() {
                let outgoing = rig.next();
                if is_cdn(&outgoing) && world.token == 1 {
                    if answered == at {
                        world.token = 2;
                        world.key = [8; 32];
                        let late: Vec<Outgoing> =
                            rig.sent.iter().filter(|o| is_cdn(o)).cloned().collect();
                        rig.reply(&outgoing, rpc(400, message));
                        // They would decrypt to other bytes now.
                        for other in late {
                            assert!(rig.controls.contains(&Control::Drop(other.token)));
                            rig.planner.handle_answer(
                                rig.now,
                                other.token,
                                Ok(Answer::CdnFile { bytes: vec![1; 65_536] }),
                            );
                        }
                        continue;
                    }
                    answered += 1;
                }
                let reply = world.answer(&outgoing);
                rig.reply(&outgoing, reply);
            }
            assert_eq!(rig.end(file), Some(End::Done), "{at} {told}");
            assert!(rig.finished[&file] == world.content);
            rig.assert_idle();
        }
    }
}

#[test]
fn fi_56_a_master_that_gives_a_refused_token_again_and_again_is_asked_without_the_flag() {
    let world = World::new(300_000);
    let mut redirects = std::collections::BTreeSet::new();
    let (mut rounds, mut last_was_cdn) = (0, false);
    let (rig, file) = run(&world, &spec(300_000), |outgoing| match &outgoing.request {
        Request::GetCdnFile { .. } => {
            rounds += u32::from(!last_was_cdn);
            last_was_cdn = true;
            rpc(400, "FILE_TOKEN_INVALID")
        }
        Request::GetFile { offset, .. } => {
            last_was_cdn = false;
            redirects.insert(*offset);
            world.answer(outgoing)
        }
        _ => world.answer(outgoing),
    });
    assert_eq!((rig.end(file), rounds), (Some(End::Done), MAX_ROUNDS));
}

#[test]
fn fi_56_a_request_token_that_is_refused_by_the_master_renews_too() {
    let mut world = World::new(300_000);
    let mut rig = Rig::plain();
    let file = rig.download(&spec(300_000));
    while rig.end(file).is_none() {
        let outgoing = rig.next();
        let reply = match &outgoing.request {
            Request::GetCdnFile { offset: 0, .. } if world.token == 1 => {
                Ok(Answer::CdnReuploadNeeded { request_token: vec![9] })
            }
            Request::ReuploadCdnFile { .. } if world.token == 1 => {
                world.token = 2;
                rpc(400, "REQUEST_TOKEN_INVALID")
            }
            _ => world.answer(&outgoing),
        };
        rig.reply(&outgoing, reply);
    }
    assert_eq!(rig.end(file), Some(End::Done));
    assert!(rig.finished[&file] == world.content);
}
