//! Files in messages: sent, sent again, in albums, in the place of others, found.

use telewire::tl::api::functions::messages::{
    EditMessage, ForwardMessages, GetMessages, Search, SendMultiMedia, UploadMedia,
};
use telewire::tl::api::{enums, types};

use super::*;
use crate::world::tests::{ids, message, told_to, updates};

#[test]
fn a_document_is_what_its_sender_says_and_each_sees_it_in_their_own_way() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let file = script.save(ada, 1, "dir/notes.txt", b"hello");
    script.send_media(ada, bob.user, document(file.clone())).unwrap();
    let told = told_to(&mut script, bob.user);
    let enums::Update::UpdateNewMessage(new) = &told[0] else { panic!("{told:?}") };
    let heard = message(new.message.clone()).media.unwrap();
    assert_eq!(heard, script.last_media(bob, ada.user));
    let got = script.last_document(bob, ada.user);
    assert_eq!((&*got.mime_type, got.size, got.dc_id), ("text/plain", 5, 2));
    assert_eq!(got.date, 1_700_000_000);
    let named = types::DocumentAttributeFilename { file_name: "notes.txt".into() };
    assert_eq!(got.attributes, [named.into()]);
    assert!(got.id > 0 && !got.file_reference.is_empty());
    // Attributes that say a name keep it; what has no type is bytes.
    let named = types::DocumentAttributeFilename { file_name: "other".into() };
    let video = types::DocumentAttributeVideo {
        round_message: true,
        ..types::DocumentAttributeVideo::new(1.5, 10, 20)
    };
    let attributes = vec![video.into(), named.into()];
    let media = types::InputMediaUploadedDocument {
        spoiler: true,
        ttl_seconds: Some(5),
        attributes: attributes.clone(),
        mime_type: String::new(),
        ..document(file)
    };
    script.send_media(ada, bob.user, media.clone()).unwrap();
    let enums::MessageMedia::MessageMediaDocument(shown) = script.last_media(bob, ada.user) else {
        panic!()
    };
    assert_eq!((shown.video, shown.round, shown.voice), (true, true, false));
    assert_eq!((shown.spoiler, shown.ttl_seconds), (true, Some(5)));
    let got = script.last_document(bob, ada.user);
    assert_eq!(got.attributes, attributes);
    assert_eq!(got.mime_type, "application/octet-stream");
    for seconds in [-1, 0, 61, i32::MAX - 1] {
        let media =
            types::InputMediaUploadedDocument { ttl_seconds: Some(seconds), ..media.clone() };
        let answer = script.send_media(ada, bob.user, media);
        assert_eq!(answer.unwrap_err(), "400 TTL_MEDIA_INVALID");
    }
}

#[test]
fn fi_18_a_photo_is_a_picture_by_its_name_and_its_bytes() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let mut id = 0;
    for (name, picture, error) in [
        ("a.png", png(640, 480, 100), ""),
        ("a.JPG", jpeg(640, 480, 100), ""),
        ("a.png", jpeg(640, 480, 100), ""),
        ("a", png(640, 480, 100), "PHOTO_EXT_INVALID"),
        ("a.txt", png(640, 480, 100), "PHOTO_EXT_INVALID"),
        ("", png(640, 480, 100), "PHOTO_EXT_INVALID"),
        ("a.png", bytes(1_000), "IMAGE_PROCESS_FAILED"),
        ("a.png", b"\x89PNG".to_vec(), "IMAGE_PROCESS_FAILED"),
        ("a.png", png(0, 480, 100), "PHOTO_INVALID_DIMENSIONS"),
        ("a.png", png(5_000, 5_000, 100), ""),
        ("a.png", png(5_000, 5_001, 100), "PHOTO_INVALID_DIMENSIONS"),
        ("a.png", png(200, 10, 100), ""),
        ("a.png", png(201, 10, 100), "PHOTO_INVALID_DIMENSIONS"),
        ("a.png", png(u32::MAX, 10, 100), ""),
    ] {
        id += 1;
        let file = script.save(ada, id, name, &picture);
        let photo = types::InputMediaUploadedPhoto::new(file.into());
        let answer = script.send_media(ada, bob.user, photo).map(drop);
        match error {
            "" if picture[16..20] == u32::MAX.to_be_bytes() => {
                assert!(answer.is_err(), "{answer:?}");
            }
            "" => assert_eq!(answer, Ok(()), "{name}"),
            error => assert_eq!(answer, Err(format!("400 {error}")), "{name}"),
        }
    }
}

#[test]
fn what_one_has_is_sent_again_by_its_number_hash_and_reference() {
    let (mut script, ada, bob, got) = sent(b"once");
    let eve = script.user("Eve");
    script.send_media(bob, eve.user, named(&got)).unwrap();
    let again = script.last_document(eve, bob.user);
    assert_eq!(again.id, got.id);
    assert_eq!(script.get_all(eve, &at(&again, ""), 4_096), b"once");
    let from = script.input_peer(eve, bob.user);
    let to = script.input_peer(eve, ada.user);
    script.ask(eve, &ForwardMessages::new(from, vec![1], vec![7], to)).unwrap();
    assert_eq!(script.last_document(ada, eve.user).id, got.id);
    // By its number the message is had again, with the file.
    let id = types::InputMessageId { id: 1 };
    let enums::messages::Messages::Messages(all) =
        script.ask(eve, &GetMessages { id: vec![id.into()] }).unwrap()
    else {
        panic!()
    };
    let seen = message(all.messages[0].clone()).media.unwrap();
    assert_eq!(seen, script.history(eve, bob.user)[0].media.clone().unwrap());
}

#[test]
fn um_11_a_file_that_is_sent_again_is_answered_as_then_and_is_there_once() {
    let (mut script, ada, bob, _) = sent(b"a");
    let file = script.save(ada, 3, "a.txt", b"a");
    let peer = script.input_peer(ada, bob.user);
    let request = SendMedia::new(peer, document(file).into(), "text".into(), 77);
    let first = script.ask(ada, &request).unwrap();
    assert_eq!(script.ask(ada, &request).unwrap(), first);
    assert_eq!(script.history(bob, ada.user).len(), 2);
}

#[test]
fn what_is_not_sent_leaves_no_file() {
    let mut script = Script::new();
    let (echo, other) = (script.bot("Echo"), script.bot("Other"));
    let file = script.save(echo, 1, "a.txt", b"a");
    let answer = script.send_media(echo, other.user, document(file));
    assert_eq!(answer.unwrap_err(), "400 USER_IS_BOT");
    let state = script.world.state();
    assert!(format!("{:?}", state.files).contains("all: {}"), "{:?}", state.files);
}

#[test]
fn a_file_takes_the_place_of_another_and_of_nothing() {
    let (mut script, ada, bob, got) = sent(b"old");
    let file = script.save(ada, 2, "b.txt", b"new");
    let peer = script.input_peer(ada, bob.user);
    let edit = |id, media: enums::InputMedia| EditMessage {
        media: Some(media),
        ..EditMessage::new(peer.clone(), id)
    };
    script.ask(ada, &edit(1, document(file.clone()).into())).unwrap();
    let new = script.last_document(bob, ada.user);
    assert_ne!(new.id, got.id);
    assert_eq!(script.get_all(bob, &at(&new, ""), 4_096), b"new");
    script.send(ada, bob.user, "text");
    script.ask(ada, &edit(2, document(file).into())).unwrap();
    let new = script.last_document(bob, ada.user);
    assert_eq!(script.get_all(bob, &at(&new, ""), 4_096), b"new");
    let missing = document(input_file(9, 1, "a"));
    let answer = script.ask(ada, &edit(2, missing.into()));
    assert_eq!(answer.unwrap_err(), "400 FILE_PART_0_MISSING");
    let mine = script.last_document(ada, bob.user);
    let same = script.ask(ada, &edit(2, named(&mine).into()));
    assert_eq!(same.unwrap_err(), "400 MESSAGE_NOT_MODIFIED");
}

/// Files of somebody's that are in no message yet.
fn uploaded(script: &mut Script, device: Device, count: i64) -> Vec<types::Document> {
    let mut all = Vec::new();
    for id in 1..=count {
        let file = script.save(device, id, "a.txt", format!("file {id}").as_bytes());
        let peer = enums::InputPeer::InputPeerSelf;
        let request = UploadMedia::new(peer, document(file).into());
        let enums::MessageMedia::MessageMediaDocument(media) =
            script.ask(device, &request).unwrap()
        else {
            panic!()
        };
        let Some(enums::Document::Document(document)) = media.document else { panic!() };
        all.push(*document);
    }
    all
}

fn single(media: impl Into<enums::InputMedia>, random_id: i64) -> types::InputSingleMedia {
    types::InputSingleMedia::new(media.into(), random_id, format!("number {random_id}"))
}

#[test]
fn fi_19_an_album_is_of_files_that_are_there_and_its_items_know_each_other() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let all = uploaded(&mut script, ada, 11);
    assert_eq!(script.history(ada, ada.user), []);
    let peer = script.input_peer(ada, bob.user);
    let album = |items: Vec<types::InputSingleMedia>| SendMultiMedia::new(peer.clone(), items);
    let items = |documents: &[types::Document]| -> Vec<_> {
        (1..).zip(documents).map(|(number, one)| single(named(one), number)).collect()
    };
    let request = album(items(&all[..10]));
    let answer = script.ask(ada, &request).unwrap();
    assert_eq!(updates(&answer).updates.len(), 20);
    assert_eq!(script.ask(ada, &request).unwrap(), answer);
    let got = script.history(bob, ada.user);
    assert_eq!(got.len(), 10);
    assert!(got.iter().all(|one| one.grouped_id.is_some() && one.grouped_id == got[0].grouped_id));
    assert_eq!(got[9].message, "number 1");
    assert_eq!(script.last_document(bob, ada.user).id, all[9].id);
    let file = script.save(ada, 20, "a.txt", b"a");
    let audio = types::DocumentAttributeAudio::new(3);
    let mut song = document(file.clone());
    song.attributes.push(audio.into());
    script.send_media(ada, ada.user, song).unwrap();
    let song = script.last_document(ada, ada.user);
    let numbered =
        |numbers: [i64; 2]| numbers.map(|number| single(named(&all[0]), number)).to_vec();
    let long = types::InputSingleMedia { message: "x".repeat(1_025), ..single(named(&all[0]), 50) };
    for (items, error) in [
        (vec![], "400 MEDIA_EMPTY"),
        (items(&all), "400 MULTI_MEDIA_TOO_LONG"),
        (numbered([50, 0]), "400 RANDOM_ID_EMPTY"),
        (numbered([50, 50]), "500 RANDOM_ID_DUPLICATE"),
        (vec![single(document(file), 50)], "400 MEDIA_INVALID"),
        (vec![single(types::InputMediaDice { emoticon: "🎲".into() }, 50)], "400 MEDIA_INVALID"),
        (vec![single(named(&all[0]), 50), single(named(&song), 51)], "400 GROUPED_MEDIA_INVALID"),
        (vec![long], "400 MEDIA_CAPTION_TOO_LONG"),
    ] {
        assert_eq!(script.ask(ada, &album(items)).unwrap_err(), error);
    }
    // A reference that is old is named by its item; the others stay.
    script.world.expire_references(Some(all[1].id));
    let two = album(vec![single(named(&all[0]), 60), single(named(&all[1]), 61)]);
    assert_eq!(script.ask(ada, &two).unwrap_err(), "400 FILE_REFERENCE_1_EXPIRED");
    let none = types::Document { file_reference: Vec::new().into(), ..all[0].clone() };
    let two = album(vec![single(named(&none), 60), single(named(&all[2]), 61)]);
    assert_eq!(script.ask(ada, &two).unwrap_err(), "400 FILE_REFERENCE_0_EMPTY");
    assert_eq!(script.history(bob, ada.user).len(), 10);
    // One of an album is changed to what may be in it alone.
    let edit = |media: types::InputMediaDocument| EditMessage {
        media: Some(media.into()),
        ..EditMessage::new(peer.clone(), 2)
    };
    let answer = script.ask(ada, &edit(named(&song)));
    assert_eq!(answer.unwrap_err(), "400 MEDIA_GROUPED_INVALID");
    script.ask(ada, &edit(named(&all[10]))).unwrap();
}

#[test]
fn what_is_uploaded_is_there_before_it_is_sent() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let [one] = &*uploaded(&mut script, ada, 1) else { panic!() };
    assert_eq!(script.get_all(ada, &at(one, ""), 4_096), b"file 1");
    script.send_media(ada, bob.user, named(one)).unwrap();
    assert_eq!(script.last_document(bob, ada.user).id, one.id);
    let nobody = types::InputPeerUser { user_id: bob.user, access_hash: 1 };
    let file = script.save(ada, 2, "a.txt", b"a");
    for (peer, media, error) in [
        (nobody.into(), document(file).into(), "400 PEER_ID_INVALID"),
        (enums::InputPeer::InputPeerSelf, enums::InputMedia::InputMediaEmpty, "400 MEDIA_INVALID"),
    ] {
        assert_eq!(script.ask(ada, &UploadMedia::new(peer, media)).unwrap_err(), error);
    }
}

#[test]
fn files_are_found_by_what_they_are() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let file = script.save(ada, 1, "a.txt", b"text");
    let picture = script.save(ada, 2, "a.png", &png(100, 100, 10));
    let photo = types::InputMediaUploadedPhoto::new(picture.into());
    script.send_media(ada, bob.user, photo).unwrap();
    let video = |round_message| types::DocumentAttributeVideo {
        round_message,
        ..types::DocumentAttributeVideo::new(1.0, 1, 1)
    };
    let audio =
        |voice| types::DocumentAttributeAudio { voice, ..types::DocumentAttributeAudio::new(1) };
    let animated = enums::DocumentAttribute::DocumentAttributeAnimated;
    for attributes in [
        vec![],
        vec![video(false).into()],
        vec![video(true).into()],
        vec![audio(false).into()],
        vec![audio(true).into()],
        vec![video(false).into(), animated],
    ] {
        let media = types::InputMediaUploadedDocument { attributes, ..document(file.clone()) };
        script.send_media(ada, bob.user, media).unwrap();
    }
    use enums::MessagesFilter as Filter;
    for (filter, expected) in [
        (Filter::InputMessagesFilterPhotos, vec![1]),
        (Filter::InputMessagesFilterDocument, vec![2]),
        (Filter::InputMessagesFilterVideo, vec![3]),
        (Filter::InputMessagesFilterPhotoVideo, vec![3, 1]),
        (Filter::InputMessagesFilterRoundVideo, vec![4]),
        (Filter::InputMessagesFilterMusic, vec![5]),
        (Filter::InputMessagesFilterVoice, vec![6]),
        (Filter::InputMessagesFilterRoundVoice, vec![6, 4]),
        (Filter::InputMessagesFilterGif, vec![7]),
    ] {
        let peer = script.input_peer(ada, bob.user);
        let request = Search::new(peer, String::new(), filter.clone(), 0, 0, 0, 0, 100, 0, 0, 0);
        assert_eq!(ids(script.ask(ada, &request).unwrap()), expected, "{filter:?}");
    }
}

#[test]
fn files_go_with_a_snapshot_and_follow_from_the_seed() {
    let play = || {
        let (mut script, ada, bob, got) = sent(b"one");
        let before = script.world.snapshot();
        script.save(ada, 5, "b.txt", b"two");
        let five = || document(input_file(5, 1, "b.txt"));
        script.send_media(ada, bob.user, five()).unwrap();
        script.world.restore(before);
        assert_eq!(script.last_document(bob, ada.user), got);
        let gone = script.send_media(ada, bob.user, five()).unwrap_err();
        assert_eq!(gone, "400 FILE_PART_0_MISSING");
        (got, script.world.counts())
    };
    assert_eq!(play(), play());
}
