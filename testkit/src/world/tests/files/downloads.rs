//! Which bytes are given to whom, and where.

use std::time::Duration;

use telewire::crypto::real;
use telewire::tl::api::functions::channels::EditPhoto;
use telewire::tl::api::functions::messages::EditChatPhoto;
use telewire::tl::api::functions::photos::UploadProfilePhoto;
use telewire::tl::api::functions::upload::GetFileHashes;
use telewire::tl::api::{enums, types};

use super::*;
use crate::world::HOME;

#[test]
fn fi_30_offsets_and_limits_are_those_that_telegram_answers() {
    let (mut script, _, bob, got) = sent(&bytes(3 * MIB));
    let location = at(&got, "");
    let steps = [0, 1, 512, 1_024, 3_072, 4_096, 12_288, 1_044_480, 1_047_552, 1_048_576];
    let mut limits: Vec<i64> = (0..=20).map(|bit| 1 << bit).collect();
    limits.extend(steps.iter().flat_map(|step| [*step, -step, 2 * step, 3 * step]));
    for is_precise in [false, true] {
        for offset in steps.iter().flat_map(|step| [*step, -step, 2 * step, step + 1_048_576]) {
            for limit in &limits {
                // The page of the method, word by word.
                let step = if is_precise { 1_024 } else { 4_096 };
                let expected = if offset < 0 || offset % step != 0 {
                    Some("OFFSET_INVALID")
                } else if *limit <= 0
                    || limit % step != 0
                    || (is_precise && *limit > 1_048_576)
                    || (!is_precise && 1_048_576 % limit != 0)
                    || offset / 1_048_576 != (offset + limit - 1) / 1_048_576
                {
                    Some("LIMIT_INVALID")
                } else {
                    None
                };
                let request = GetFile {
                    precise: is_precise,
                    ..GetFile::new(location.clone(), offset, *limit as i32)
                };
                let answer = script.ask(bob, &request).map(|file| bytes_of(file).len() as i64);
                let expected = match expected {
                    Some(error) => Err(format!("400 {error}")),
                    None => Ok(*limit),
                };
                assert_eq!(answer, expected, "{limit} from {offset}, precise: {is_precise}");
            }
        }
    }
    for offset in [i64::MIN, i64::MAX] {
        let wrong = script.get(bob, &location, offset, 4_096).unwrap_err();
        assert_eq!(wrong, "400 OFFSET_INVALID");
    }
}

#[test]
fn fi_31_a_file_is_the_same_by_parts_of_every_size_and_both_ways_up() {
    for size in [1, 4_095, 4_096, 4_097, 64 * KIB, MIB - 1, MIB, MIB + 1, 2 * MIB + 77] {
        let all = bytes(size);
        let (mut script, ada, bob, small) = sent(&all);
        let count = size.div_ceil(512 * KIB) as i32;
        for (number, part) in (0..).zip(all.chunks(512 * KIB)) {
            let (file_id, file_total_parts) = (1, count);
            let bytes = part.into();
            let part = SaveBigFilePart { file_id, file_part: number, file_total_parts, bytes };
            script.ask(ada, &part).unwrap();
        }
        let file = types::InputFileBig { id: 1, parts: count, name: "big".into() };
        script.send_media(ada, bob.user, document(file)).unwrap();
        let big = script.last_document(bob, ada.user);
        assert_eq!((small.size, big.size), (size as i64, size as i64));
        for document in [small, big] {
            assert_eq!(script.world.file(document.id).unwrap(), all);
            for limit in [64 * KIB, 512 * KIB, MIB] {
                let got = script.get_all(bob, &at(&document, ""), limit as i32);
                assert!(got == all, "{size} by {limit}");
            }
        }
    }
}

#[test]
fn fi_33_past_its_end_a_file_has_no_bytes_and_it_is_counted() {
    let (mut script, _, bob, got) = sent(&bytes(4_096));
    assert_eq!(script.get(bob, &at(&got, ""), 0, 8_192).unwrap().len(), 4_096);
    assert_eq!(script.world.counts().past_end, 0);
    assert_eq!(script.get(bob, &at(&got, ""), 8_192, 8_192), Ok(Vec::new()));
    let counts = script.world.counts();
    assert_eq!((counts.parts_down, counts.bytes_down, counts.past_end), (2, 4_096, 1));
}

#[test]
fn fi_34_a_file_lives_in_one_data_centre_and_the_others_say_which() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let four = DcId::production(4);
    let mut other = Elsewhere::new(&script, four);
    let all = bytes(10 * KIB);
    let id = script.world.put_file(four, "far.bin", "application/x-far", all.clone());
    script.world.send_file(ada.user, bob.user, id, "far", script.unix).unwrap();
    let got = script.last_document(bob, ada.user);
    assert_eq!(
        (got.id, got.dc_id, got.size, &*got.mime_type),
        (id, 4, 10_240, "application/x-far")
    );
    let moved = Err("303 FILE_MIGRATE_4".to_owned());
    assert_eq!(script.get(bob, &at(&got, ""), 0, 16_384), moved);
    let hashes = GetFileHashes { location: at(&got, ""), offset: 0 };
    assert_eq!(script.ask(bob, &hashes).map(drop), Err("303 FILE_MIGRATE_4".into()));
    // There one has to be logged in, and is by the same access hash.
    let request = GetFile::new(at(&got, ""), 0, 16_384);
    let stranger = Device { key: KeyId(-99), ..bob };
    let refused = other.ask(&script, stranger, &request).map(drop);
    assert_eq!(refused, Err("401 AUTH_KEY_UNREGISTERED".into()));
    let there = other.admit(&mut script, bob);
    assert_eq!(bytes_of(other.ask(&script, there, &request).unwrap()), all);
    // It moves in the middle.
    assert!(script.world.move_file(id, HOME));
    assert!(!script.world.move_file(id + 1, HOME));
    let moved = other.ask(&script, there, &request).map(drop);
    assert_eq!(moved, Err("303 FILE_MIGRATE_2".into()));
    assert_eq!(script.get(bob, &at(&got, ""), 0, 16_384).unwrap(), all);
    assert_eq!(script.last_document(bob, ada.user).dc_id, 2);
    // What is uploaded lives at home, unless the world says otherwise.
    for (dc, number) in [(Some(four), 4), (None, 2)] {
        script.world.set_dc_of_files(dc);
        let file = script.save(ada, 5, "a.txt", b"a");
        script.send_media(ada, bob.user, document(file)).unwrap();
        assert_eq!(script.last_document(bob, ada.user).dc_id, number);
    }
}

#[test]
fn fi_35_what_is_for_media_only_is_the_same_data_centre() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let four = DcId::production(4);
    let _ = Elsewhere::new(&script, four);
    let mut media = Elsewhere::new(&script, DcId { is_media: true, ..four });
    let id = script.world.put_file(four, "far.bin", "", bytes(10));
    script.world.send_file(ada.user, bob.user, id, "", script.unix).unwrap();
    let got = script.last_document(bob, ada.user);
    let there = media.admit(&mut script, bob);
    let request = GetFile::new(at(&got, ""), 0, 4_096);
    assert_eq!(bytes_of(media.ask(&script, there, &request).unwrap()), bytes(10));
}

#[test]
fn fi_36_thumbnails_and_sizes_are_named_by_their_types() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    for (id, more, is_cached) in [(10, 10, true), (20, 5_000, false)] {
        let thumb = jpeg(90, 60, more);
        let file = script.save(ada, id, "a.txt", b"text");
        let small = script.save(ada, id + 1, "t.jpg", &thumb);
        let media =
            types::InputMediaUploadedDocument { thumb: Some(small.into()), ..document(file) };
        script.send_media(ada, bob.user, media).unwrap();
        let got = script.last_document(bob, ada.user);
        match got.thumbs.clone().unwrap().remove(0) {
            enums::PhotoSize::PhotoSize(size) if !is_cached => {
                assert_eq!((&*size.r#type, size.w, size.h), ("m", 90, 60));
                assert_eq!(size.size as usize, thumb.len());
            }
            enums::PhotoSize::PhotoCachedSize(size) if is_cached => {
                assert_eq!((&*size.r#type, size.w, size.h), ("m", 90, 60));
                assert_eq!(*size.bytes, *thumb);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(script.get_all(bob, &at(&got, "m"), 8_192), thumb);
        assert_eq!(script.get_all(bob, &at(&got, ""), 8_192), b"text");
        for size in ["s", "x", "v", "M"] {
            let wrong = script.get(bob, &at(&got, size), 0, 4_096).unwrap_err();
            assert_eq!(wrong, "400 LOCATION_INVALID", "{size}");
        }
    }
    // FI-18: what is no JPEG is no thumbnail.
    let file = script.save(ada, 1, "a.txt", b"text");
    let small = script.save(ada, 3, "t.jpg", &png(90, 60, 0));
    let media = types::InputMediaUploadedDocument { thumb: Some(small.into()), ..document(file) };
    script.send_media(ada, bob.user, media).unwrap();
    assert_eq!(script.last_document(bob, ada.user).thumbs, None);
    for (side, name) in
        [(100, "s"), (101, "m"), (320, "m"), (800, "x"), (1_280, "y"), (1_281, "w"), (2_000, "w")]
    {
        let picture = png(side, 100, 50);
        let file = script.save(ada, 100 + i64::from(side), "p.png", &picture);
        let photo = types::InputMediaUploadedPhoto::new(file.into());
        script.send_media(ada, bob.user, photo).unwrap();
        let got = script.last_photo(bob, ada.user);
        let [enums::PhotoSize::PhotoSize(size)] = &*got.sizes else { panic!() };
        let expected = (name, side as i32, 100, picture.len() as i32);
        assert_eq!((&*size.r#type, size.w, size.h, size.size), expected);
        assert_eq!(script.get_all(bob, &at_photo(&got, name), 4_096), picture);
        let wrong = script.get(bob, &at_photo(&got, ""), 0, 4_096).unwrap_err();
        assert_eq!(wrong, "400 LOCATION_INVALID");
    }
}

#[test]
fn fi_38_photos_of_peers_are_had_without_a_reference() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let group = script.group(ada, &[bob]);
    let channel = script.channel(ada, &[bob], false);
    let (mine, ours, theirs) = (png(50, 50, 1), png(60, 60, 2), png(70, 70, 3));
    let file = script.save(ada, 1, "a.png", &mine);
    let request = UploadProfilePhoto { file: Some(file.into()), ..UploadProfilePhoto::new() };
    script.ask(ada, &request).unwrap();
    let uploaded = |file: types::InputFile| {
        let file = Some(file.into());
        types::InputChatUploadedPhoto { file, ..types::InputChatUploadedPhoto::new() }.into()
    };
    let photo = uploaded(script.save(ada, 2, "b.png", &ours));
    script.ask(ada, &EditChatPhoto { chat_id: group, photo }).unwrap();
    let photo = uploaded(script.save(ada, 3, "c.png", &theirs));
    let named = script.input_channel(ada, channel);
    script.ask(ada, &EditPhoto { channel: named, photo }).unwrap();
    let state = script.world.state();
    let ids = [
        state.people.user(ada.user).unwrap().photos[0],
        state.chats.chat(group).unwrap().photos[0],
        state.channels.channel(channel).unwrap().photos[0],
    ];
    drop(state);
    let places = [crate::world::Peer::Chat(group), crate::world::Peer::Channel(channel)];
    let peers = [
        script.input_peer(bob, ada.user),
        script.place(bob, places[0]),
        script.place(bob, places[1]),
    ];
    for ((peer, id), picture) in peers.iter().zip(ids).zip([mine, ours, theirs]) {
        for big in [false, true] {
            let at = |photo_id| -> enums::InputFileLocation {
                types::InputPeerPhotoFileLocation { big, peer: peer.clone(), photo_id }.into()
            };
            assert_eq!(script.get_all(bob, &at(id), 4_096), picture);
            let none = script.get(bob, &at(id + 1), 0, 4_096).unwrap_err();
            assert_eq!(none, "400 FILE_ID_INVALID");
        }
    }
    let peer = types::InputPeerUser { user_id: ada.user, access_hash: 1 }.into();
    let at = types::InputPeerPhotoFileLocation { big: true, peer, photo_id: ids[0] };
    let stranger = script.get(bob, &at.into(), 0, 4_096).unwrap_err();
    assert_eq!(stranger, "400 PEER_ID_INVALID");
}

#[test]
fn fi_42_hashes_are_of_128_kib_each_and_begin_where_the_offset_is() {
    let all = bytes(1_200_000);
    let (mut script, _, bob, got) = sent(&all);
    let location = at(&got, "");
    let hashes = |script: &mut Script, offset| {
        script.ask(bob, &GetFileHashes { location: location.clone(), offset })
    };
    let mut offset = 0;
    loop {
        // From within a range too.
        let found = hashes(&mut script, offset + 5).unwrap();
        let Some(last) = found.last() else { break };
        assert!(found.len() <= 8);
        for hash in &found {
            let range = &all[hash.offset as usize..][..hash.limit as usize];
            assert_eq!(*hash.hash, real().sha256(&[range]));
            assert_eq!(hash.offset, offset);
            offset += i64::from(hash.limit);
        }
        assert!(last.limit == 131_072 || offset == 1_200_000);
        if offset == 1_200_000 {
            break;
        }
    }
    assert_eq!(offset, 1_200_000);
    assert_eq!(hashes(&mut script, i64::MAX).unwrap(), []);
    assert_eq!(hashes(&mut script, -1).unwrap_err(), "400 OFFSET_INVALID");
    script.world.expire_references(None);
    assert_eq!(hashes(&mut script, 0).unwrap_err(), "400 FILE_REFERENCE_EXPIRED");
}

#[test]
fn fi_60_a_reference_is_of_one_account_and_one_file_and_gets_old() {
    let (mut script, ada, bob, got) = sent(b"one");
    let file = script.save(ada, 2, "b.txt", b"two");
    script.send_media(ada, bob.user, document(file)).unwrap();
    let other = script.last_document(bob, ada.user);
    let mine = script.last_document(ada, bob.user);
    let with = |reference: &[u8]| {
        at(&types::Document { file_reference: reference.into(), ..got.clone() }, "")
    };
    let mut flipped = got.file_reference.to_vec();
    flipped[1] ^= 1;
    for (reference, error) in [
        (&[][..], "400 FILE_REFERENCE_EMPTY"),
        (&[1, 2, 3], "400 FILE_REFERENCE_INVALID"),
        (&other.file_reference, "400 FILE_REFERENCE_INVALID"),
        (&mine.file_reference, "400 FILE_REFERENCE_INVALID"),
        (&flipped, "400 FILE_REFERENCE_INVALID"),
    ] {
        assert_eq!(script.get(bob, &with(reference), 0, 4_096).unwrap_err(), error);
    }
    let ask = |script: &mut Script, document: &types::Document| {
        script.get(bob, &at(document, ""), 0, 4_096).map(drop)
    };
    let old = Err("400 FILE_REFERENCE_EXPIRED".to_owned());
    // One, or all.
    script.world.expire_references(Some(got.id));
    assert_eq!((ask(&mut script, &got), ask(&mut script, &other)), (old.clone(), Ok(())));
    script.world.expire_references(None);
    assert_eq!((ask(&mut script, &got), ask(&mut script, &other)), (old.clone(), old.clone()));
    let again = script.send_media(bob, ada.user, named(&other));
    assert_eq!(again.unwrap_err(), "400 FILE_REFERENCE_EXPIRED");
    // Whoever sees the message again has a new one.
    let fresh = script.last_document(bob, ada.user);
    assert_ne!(fresh.file_reference, other.file_reference);
    assert_eq!((fresh.id, fresh.access_hash), (other.id, other.access_hash));
    assert_eq!(ask(&mut script, &fresh), Ok(()));
    // By time.
    script.world.set_reference_lifetime(Some(Duration::from_secs(60)));
    let fresh = script.last_document(bob, ada.user);
    script.unix += Duration::from_secs(60);
    assert_eq!(ask(&mut script, &fresh), Ok(()));
    script.unix += Duration::from_secs(60);
    assert_eq!(ask(&mut script, &fresh), old);
    let fresh = script.last_document(bob, ada.user);
    assert_eq!(ask(&mut script, &fresh), Ok(()));
}

#[test]
fn um_10_an_access_hash_of_a_file_is_of_one_account_and_one_login() {
    let (mut script, ada, bob, got) = sent(b"one");
    let mine = script.last_document(ada, bob.user);
    assert_eq!(mine.id, got.id);
    assert_ne!(mine.access_hash, got.access_hash);
    let person = script.world.person(bob.user).unwrap();
    let desktop = script.device(&person);
    assert_ne!(script.last_document(desktop, ada.user).access_hash, got.access_hash);
    let location = at(&got, "");
    for (device, expected) in [(bob, Ok(b"one".to_vec())), (desktop, Err(())), (ada, Err(()))] {
        let answer = script.get(device, &location, 0, 4_096);
        let expected = expected.map_err(|()| "400 LOCATION_INVALID".to_owned());
        assert_eq!(answer, expected);
    }
    let photo = types::Photo::new(got.id, got.access_hash, got.file_reference, 0, vec![], 2);
    for location in [
        at_photo(&photo, "x"),
        enums::InputFileLocation::InputTakeoutFileLocation,
        types::InputEncryptedFileLocation { id: got.id, access_hash: got.access_hash }.into(),
    ] {
        let wrong = script.get(bob, &location, 0, 4_096).unwrap_err();
        assert_eq!(wrong, "400 LOCATION_INVALID");
    }
    let answer = script.send_media(ada, bob.user, named_photo(&photo));
    assert_eq!(answer.unwrap_err(), "400 PHOTO_INVALID");
    let wrong = types::Document { access_hash: 1, ..script.last_document(bob, ada.user) };
    let answer = script.send_media(bob, ada.user, named(&wrong));
    assert_eq!(answer.unwrap_err(), "400 DOCUMENT_INVALID");
}
