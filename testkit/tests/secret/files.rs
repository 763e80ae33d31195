//! Files, encrypted by one end and decrypted by the other.

use telewire::client::files::{Source, TransferError};
use telewire::client::secret::SecretError;
use telewire::secret::file::{self, FileError};
use telewire::secret::{Position, limits};
use telewire::tl::api::functions::messages::SendEncryptedFile;
use telewire::tl::secret::enums::DecryptedMessageMedia as Media;
use telewire::tl::secret::types;
use telewire_testkit::DownloadFault;

use super::*;

fn bytes(size: usize) -> Vec<u8> {
    (0..=250).cycle().take(size).collect()
}

impl Device {
    async fn send(&self, chat: SecretChatId, media: Media, content: Vec<u8>) -> i64 {
        let sending = self.chats.send_file(chat, Message::media(media), Source::bytes(content));
        patient(sending).await.unwrap()
    }

    /// The next file that comes.
    async fn file(&mut self) -> (Media, Position) {
        loop {
            match self.next().await.what {
                Event::Message { message, place, .. } => {
                    return (message.media.expect("there is no file"), place);
                }
                Event::Sent { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn sc_76_files_go_both_ways_whatever_their_size_and_form() {
    let world = world(31).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, of_bob) = chat(&mut ada, &mut bob).await;
    for size in [1, 15, 16, 17, 70_000, 524_288, 600_001] {
        let media = file::captioned(file::document("notes.txt", "text/plain"), "below it");
        ada.send(of_ada, media, bytes(size)).await;
        let (media, place) = bob.file().await;
        let at = place.file.unwrap();
        assert_eq!(at.size, i64::try_from(size.next_multiple_of(16)).unwrap());
        assert_eq!((file::name(&media), file::caption(&media)), (Some("notes.txt"), "below it"));
        let got = patient(bob.chats.download(&media, &place).unwrap().to_bytes()).await.unwrap();
        assert_eq!(got, bytes(size), "{size}");
    }
    // The other way, and as a photo; from a reader, and again by what the server calls it after an answer that was lost.
    world.refuse_next::<SendEncryptedFile>(telewire::rpc::RpcError::parse(-503, "Timeout"));
    let photo = Message::media(file::photo(320, 200));
    let reader = Source::reader(std::io::Cursor::new(bytes(5_000)), Some(5_000));
    patient(bob.chats.send_file(of_bob, photo, reader)).await.unwrap();
    let (media, place) = ada.file().await;
    assert!(
        matches!(&media, Media::DecryptedMessageMediaPhoto45(of) if (of.w, of.h) == (320, 200))
    );
    let got = patient(ada.chats.download(&media, &place).unwrap().to_bytes()).await.unwrap();
    assert_eq!(got, bytes(5_000));
}

#[tokio::test]
async fn sc_76_a_file_above_10_mib_goes_by_big_parts() {
    let world = world(32).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, _) = chat(&mut ada, &mut bob).await;
    let size = (10 << 20) + 1;
    drop(world.take_calls());
    ada.send(of_ada, file::document("big", "application/octet-stream"), bytes(size)).await;
    let calls = world.take_calls();
    let called = |name: &str| calls.iter().any(|call| call.method == name);
    assert!(called("upload.saveBigFilePart") && !called("upload.saveFilePart"));
    let (media, place) = bob.file().await;
    let got = patient(bob.chats.download(&media, &place).unwrap().to_bytes()).await.unwrap();
    assert!(got == bytes(size));
}

#[tokio::test]
async fn sc_77_what_does_not_agree_is_refused_before_anything_is_asked_for() {
    let world = world(33).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, _) = chat(&mut ada, &mut bob).await;
    ada.send(of_ada, file::document("a", "text/plain"), bytes(20)).await;
    let (media, place) = bob.file().await;
    let Media::DecryptedMessageMediaDocument143(of) = &media else { panic!("{media:?}") };
    let at = place.file.unwrap();
    drop(world.take_calls());
    let refused = |media: &Media, at| {
        let place = Position { file: at, ..place };
        match bob.chats.download(media, &place) {
            Err(SecretError::File(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let mut other = at;
    other.key_fingerprint ^= 1;
    assert_eq!(refused(&media, Some(other)), FileError::Fingerprint);
    let mut key = of.key.to_vec();
    key[31] ^= 1;
    let with_key = |key: Vec<u8>| {
        let of = types::DecryptedMessageMediaDocument143 { key: key.into(), ..(**of).clone() };
        Media::from(of)
    };
    assert_eq!(refused(&with_key(key.clone()), Some(at)), FileError::Fingerprint);
    key.pop();
    assert_eq!(refused(&with_key(key), Some(at)), FileError::KeyLength);
    let with_size = |size| {
        let of = types::DecryptedMessageMediaDocument143 { size, ..(**of).clone() };
        Media::from(of)
    };
    for size in [0, -1, limits::MAX_FILE + 1] {
        assert_eq!(refused(&with_size(size), Some(at)), FileError::Size { size });
    }
    for size in [16, 33] {
        let expected = FileError::EncryptedSize { size, encrypted: 32 };
        assert_eq!(refused(&with_size(size), Some(at)), expected);
    }
    let mut elsewhere = at;
    elsewhere.dc_id = 0;
    assert_eq!(refused(&media, Some(elsewhere)), FileError::DataCentre { dc_id: 0 });
    assert_eq!(refused(&media, None), FileError::None);
    let point = types::DecryptedMessageMediaGeoPoint8 { lat: 1.0, long: 2.0 };
    assert_eq!(refused(&point.into(), Some(at)), FileError::None);
    assert!(!world.take_calls().iter().any(|call| call.method == "upload.getFile"));
    // What the server says wrongly of where it is, it does not give.
    let mut wrong = place;
    wrong.file = Some(telewire::secret::ServerFile { access_hash: at.access_hash ^ 1, ..at });
    let got = patient(bob.chats.download(&media, &wrong).unwrap().to_bytes()).await;
    assert!(matches!(got, Err(TransferError::File(_) | TransferError::Client(_))), "{got:?}");
}

/// IGE has no integrity: a byte that was changed spoils the file from there on, and nobody finds out. So nothing here reads one.
#[tokio::test]
async fn sc_77_a_flipped_byte_spoils_the_file_and_nothing_else() {
    let world = world(34).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, _) = chat(&mut ada, &mut bob).await;
    ada.send(of_ada, file::document("a", "text/plain"), bytes(1_000)).await;
    let (media, place) = bob.file().await;
    world.script_downloads([DownloadFault::Wrong]);
    let got = patient(bob.chats.download(&media, &place).unwrap().to_bytes()).await.unwrap();
    assert!(got.len() == 1_000 && got != bytes(1_000));
    ada.say(of_ada, "and the chat goes on").await;
    assert_eq!(bob.text().await, "and the chat goes on");
}

#[tokio::test]
async fn sc_78_hostile_names_stay_in_the_folder() {
    let world = world(35).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, _) = chat(&mut ada, &mut bob).await;
    let folder = tempfile::tempdir().unwrap();
    for (told, named) in [
        ("../../evil.sh", "evil.sh"),
        ("/etc/passwd", "passwd"),
        ("a\u{202e}gpj.exe", "agpj.exe"),
        ("..", "file"),
        ("", "file"),
        (&"x".repeat(5_000), &"x".repeat(200)),
    ] {
        let Media::DecryptedMessageMediaDocument143(mut media) = file::document("a", "text/plain")
        else {
            panic!()
        };
        let file_name = told.to_owned();
        media.attributes = vec![types::DocumentAttributeFilename23 { file_name }.into()];
        ada.send(of_ada, Media::DecryptedMessageMediaDocument143(media), bytes(10)).await;
        let (media, place) = bob.file().await;
        assert_eq!(file::name(&media), Some(told));
        let path = bob.chats.download(&media, &place).unwrap().overwrite();
        let path = patient(path.to_path(folder.path())).await.unwrap();
        assert_eq!(path, folder.path().join(named), "{told}");
        assert_eq!(std::fs::read(path).unwrap(), bytes(10));
    }
}

#[tokio::test]
async fn what_cannot_be_said_is_not_uploaded() {
    let world = world(36).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, _) = chat(&mut ada, &mut bob).await;
    drop(world.take_calls());
    let text = Message::text("no file");
    let sent = patient(ada.chats.send_file(of_ada, text, Source::bytes(*b"x"))).await;
    assert_eq!(sent, Err(SecretError::File(FileError::None)));
    let note = || Message::media(file::document("a", "text/plain"));
    let nowhere = SecretChatId(99);
    let sent = patient(ada.chats.send_file(nowhere, note(), Source::bytes(*b"x"))).await;
    assert_eq!(sent, Err(SecretError::NoSuchChat));
    let empty = patient(ada.chats.send_file(of_ada, note(), Source::bytes(*b""))).await;
    assert!(empty.is_err(), "{empty:?}");
    let reader = Source::reader(std::io::Cursor::new(*b"x"), None);
    let unknown = patient(ada.chats.send_file(of_ada, note(), reader)).await;
    assert!(matches!(unknown, Err(SecretError::Transfer(_))), "{unknown:?}");
    assert!(!world.take_calls().iter().any(|call| call.method.starts_with("upload.save")));
}
