//! Files that are had from a CDN.

use telewire::crypto::real;
use telewire::tl::api::enums::upload::{CdnFile, File};
use telewire::tl::api::functions::help::{GetCdnConfig, GetNearestDc};
use telewire::tl::api::functions::upload::{
    GetCdnFile, GetCdnFileHashes, GetFile, ReuploadCdnFile,
};
use telewire::tl::api::types::upload::FileCdnRedirect;

use super::*;
use crate::world::DownloadFault;

const CDN: DcId = DcId::production(203);

/// A file of Ada's that Bob has from a CDN.
fn at_cdn(all: &[u8]) -> (Script, Device, types::Document, Elsewhere) {
    let (script, _, bob, got) = sent(all);
    let cdn = Elsewhere::new(&script, CDN);
    script.world.set_cdn(Some((CDN, "a key")));
    (script, bob, got, cdn)
}

fn supported(document: &types::Document) -> GetFile {
    GetFile { cdn_supported: true, ..GetFile::new(at(document, ""), 0, 4_096) }
}

fn redirect(script: &mut Script, device: Device, document: &types::Document) -> FileCdnRedirect {
    match script.ask(device, &supported(document)).unwrap() {
        File::FileCdnRedirect(redirect) => *redirect,
        other => panic!("{other:?}"),
    }
}

/// Nobody is logged in at a CDN.
fn stranger() -> Device {
    Device { user: 0, key: KeyId(-5), session: SessionId(-5) }
}

fn part(redirect: &FileCdnRedirect, offset: i64, limit: i32) -> GetCdnFile {
    GetCdnFile { file_token: redirect.file_token.clone(), offset, limit }
}

/// AES-256 in counter mode, block by block, by what encrypts in another mode: IGE of one block with nothing before it.
fn decrypt(redirect: &FileCdnRedirect, offset: usize, bytes: &[u8]) -> Vec<u8> {
    let key: [u8; 32] = redirect.encryption_key[..].try_into().unwrap();
    let mut all = Vec::new();
    for (number, block) in bytes.chunks(16).enumerate() {
        let mut counter: [u8; 16] = redirect.encryption_iv[..].try_into().unwrap();
        let block_number = u32::try_from(offset / 16 + number).unwrap();
        counter[12..].copy_from_slice(&block_number.to_be_bytes());
        real().ige_encrypt(&key, &[0; 32], &mut counter).unwrap();
        all.extend(block.iter().zip(counter).map(|(byte, stream)| byte ^ stream));
    }
    all
}

#[test]
fn fi_51_whoever_can_is_redirected_and_all_others_are_answered() {
    let (mut script, bob, got, _) = at_cdn(&bytes(5_000));
    let to = redirect(&mut script, bob, &got);
    assert_eq!((to.dc_id, to.encryption_key.len(), to.encryption_iv.len()), (203, 32, 16));
    assert_eq!(redirect(&mut script, bob, &got), to);
    assert_eq!(script.get(bob, &at(&got, ""), 0, 4_096).unwrap().len(), 4_096);
    script.world.set_cdn(None);
    let answer = script.ask(bob, &supported(&got)).unwrap();
    assert_eq!(bytes_of(answer).len(), 4_096);
    // The rules of the place that is asked first hold still.
    script.world.set_cdn(Some((CDN, "a key")));
    script.world.expire_references(None);
    let answer = script.ask(bob, &supported(&got));
    assert_eq!(answer.unwrap_err(), "400 FILE_REFERENCE_EXPIRED");
    // FI-50: bots have all from where it lives.
    let echo = script.bot("Echo");
    let file = script.save(echo, 1, "a.txt", &bytes(10));
    script.send_media(echo, bob.user, document(file)).unwrap();
    let own = script.last_document(bob, echo.user);
    let viewer = viewer(&script, echo);
    let state = script.world.state();
    let access_hash = state.file_hash(viewer, own.id);
    let reference = state.reference(echo.user, state.files.file(own.id).unwrap());
    drop(state);
    let own = types::Document { access_hash, file_reference: reference.into(), ..own };
    let answer = script.ask(echo, &supported(&own)).unwrap();
    assert_eq!(bytes_of(answer), bytes(10));
}

fn viewer(script: &Script, device: Device) -> crate::world::Viewer {
    let key = crate::world::Key { dc: crate::world::HOME, key: device.key };
    let by = script.world.state().auth.logins[&key].by;
    crate::world::Viewer { user: device.user, by }
}

#[test]
fn fi_52_parts_of_a_cdn_are_the_file_s_in_counter_mode_from_the_number_of_the_block() {
    let all = bytes(MIB + 70_001);
    let (mut script, bob, got, mut cdn) = at_cdn(&all);
    let to = redirect(&mut script, bob, &got);
    for (offset, limit) in [(0, 4_096), (4_096, 4_096), (MIB, 131_072), (65_536, 65_536)] {
        let request = part(&to, offset as i64, limit);
        let CdnFile::CdnFile(file) = cdn.ask(&script, stranger(), &request).unwrap() else {
            panic!()
        };
        let expected = &all[offset..all.len().min(offset + limit as usize)];
        assert_ne!(&*file.bytes, expected);
        assert_eq!(decrypt(&to, offset, &file.bytes), expected);
    }
    for (offset, limit, error) in [
        (1, 4_096, "400 OFFSET_INVALID"),
        (0, 1_024, "400 LIMIT_INVALID"),
        (4_096, 1_048_576, "400 LIMIT_INVALID"),
    ] {
        let answer = cdn.ask(&script, stranger(), &part(&to, offset, limit));
        assert_eq!(answer.unwrap_err(), error);
    }
}

#[test]
fn fi_53_hashes_are_of_what_is_decrypted_and_come_with_the_redirect_and_for_more() {
    let all = bytes(MIB + 200_000);
    let (mut script, bob, got, _) = at_cdn(&all);
    let to = redirect(&mut script, bob, &got);
    assert_eq!(to.file_hashes.len(), 8);
    let file_token = to.file_token.clone();
    let more = GetCdnFileHashes { file_token: file_token.clone(), offset: MIB as i64 };
    let more = script.ask(bob, &more).unwrap();
    let mut end = 0;
    for hash in to.file_hashes.iter().chain(&more) {
        let range = &all[hash.offset as usize..][..hash.limit as usize];
        assert_eq!((*hash.hash).to_vec(), real().sha256(&[range]));
        assert_eq!(hash.offset, end);
        end += i64::from(hash.limit);
    }
    assert_eq!(end as usize, all.len());
    let wrong = GetCdnFileHashes { file_token: vec![1; 16].into(), offset: 0 };
    assert_eq!(script.ask(bob, &wrong).unwrap_err(), "400 FILE_TOKEN_INVALID");
    let before = GetCdnFileHashes { file_token, offset: -1 };
    assert_eq!(script.ask(bob, &before).unwrap_err(), "400 OFFSET_INVALID");
}

#[test]
fn fi_55_what_a_cdn_has_not_is_uploaded_there_by_whoever_asks() {
    let all = bytes(MIB + 5_000);
    let (mut script, bob, got, mut cdn) = at_cdn(&all);
    script.world.empty_cdn();
    let to = redirect(&mut script, bob, &got);
    let mut tokens = Vec::new();
    for offset in [0, MIB] {
        let request = part(&to, offset as i64, 4_096);
        let CdnFile::CdnFileReuploadNeeded(needed) =
            cdn.ask(&script, stranger(), &request).unwrap()
        else {
            panic!()
        };
        let (file_token, request_token) = (to.file_token.clone(), needed.request_token);
        tokens.push(request_token.clone());
        let reupload = ReuploadCdnFile { file_token, request_token };
        let hashes = script.ask(bob, &reupload).unwrap();
        assert_eq!(hashes[0].offset, offset as i64);
        let CdnFile::CdnFile(file) = cdn.ask(&script, stranger(), &request).unwrap() else {
            panic!()
        };
        assert_eq!(decrypt(&to, offset, &file.bytes), &all[offset..][..4_096]);
    }
    assert_ne!(tokens[0], tokens[1]);
    // It loses some again.
    script.world.script_downloads([DownloadFault::Reupload]);
    for _ in 0..2 {
        let answer = cdn.ask(&script, stranger(), &part(&to, 0, 4_096)).unwrap();
        assert!(matches!(answer, CdnFile::CdnFileReuploadNeeded(_)));
    }
    let answer = cdn.ask(&script, stranger(), &part(&to, MIB as i64, 4_096)).unwrap();
    assert!(matches!(answer, CdnFile::CdnFile(_)));
    let file_token = to.file_token.clone();
    for (file_token, request_token) in
        [(file_token, vec![1; 8].into()), (vec![].into(), tokens[0].clone())]
    {
        let wrong = script.ask(bob, &ReuploadCdnFile { file_token, request_token });
        assert_eq!(wrong.unwrap_err(), "400 FILE_TOKEN_INVALID");
    }
}

#[test]
fn fi_56_a_token_gets_old_and_the_next_one_has_another_key() {
    let all = bytes(5_000);
    let (mut script, bob, got, mut cdn) = at_cdn(&all);
    let to = redirect(&mut script, bob, &got);
    script.world.script_downloads([DownloadFault::None, DownloadFault::ExpireToken]);
    let request = part(&to, 0, 4_096);
    assert!(matches!(cdn.ask(&script, stranger(), &request), Ok(CdnFile::CdnFile(_))));
    for _ in 0..2 {
        let answer = cdn.ask(&script, stranger(), &request);
        assert_eq!(answer.unwrap_err(), "400 FILE_TOKEN_INVALID");
    }
    let next = redirect(&mut script, bob, &got);
    assert_ne!(next.file_token, to.file_token);
    assert_ne!(next.encryption_key, to.encryption_key);
    assert_ne!(next.encryption_iv, to.encryption_iv);
    let CdnFile::CdnFile(file) = cdn.ask(&script, stranger(), &part(&next, 0, 8_192)).unwrap()
    else {
        panic!()
    };
    assert_eq!(decrypt(&next, 0, &file.bytes), all);
}

#[test]
fn the_key_of_a_cdn_is_told_and_is_its_own() {
    let (mut script, bob, ..) = at_cdn(b"a");
    let told = script.ask(bob, &GetCdnConfig {}).unwrap();
    let key = types::CdnPublicKey { dc_id: 203, public_key: "a key".into() };
    assert_eq!(told.public_keys, [key]);
    script.world.set_cdn(None);
    assert_eq!(script.ask(bob, &GetCdnConfig {}).unwrap().public_keys, []);
}

#[test]
fn a_cdn_answers_nothing_else_and_no_other_is_one() {
    let (mut script, bob, got, mut cdn) = at_cdn(b"a");
    let refused = cdn.ask(&script, stranger(), &GetNearestDc {}).map(drop);
    assert_eq!(refused, Err("400 CDN_METHOD_INVALID".into()));
    let refused = cdn.ask(&script, bob, &supported(&got)).map(drop);
    assert_eq!(refused, Err("400 CDN_METHOD_INVALID".into()));
    let to = redirect(&mut script, bob, &got);
    let here = script.ask(bob, &part(&to, 0, 4_096)).unwrap_err();
    assert_eq!(here, "400 FILE_TOKEN_INVALID");
    assert_eq!(script.world.unmodelled(), []);
    // Its faults are those of all parts.
    let waits = [DownloadFault::FloodWait(2), DownloadFault::Timeout];
    script.world.script_downloads(waits);
    for error in ["420 FLOOD_WAIT_2", "-503 Timeout"] {
        let answer = cdn.ask(&script, stranger(), &part(&to, 0, 4_096));
        assert_eq!(answer.unwrap_err(), error);
    }
    for (fault, length) in
        [(DownloadFault::Short, 0), (DownloadFault::Long, 4_112), (DownloadFault::Wrong, 1)]
    {
        script.world.script_downloads([fault]);
        let answer = cdn.ask(&script, stranger(), &part(&to, 0, 4_096)).unwrap();
        let CdnFile::CdnFile(file) = answer else { panic!() };
        assert_eq!(file.bytes.len(), length);
        assert_ne!(decrypt(&to, 0, &file.bytes), b"a");
    }
}
