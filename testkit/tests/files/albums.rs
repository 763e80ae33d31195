//! Albums, and what is sent with a thumb: as Bob has them.

use std::sync::atomic::{AtomicU32, Ordering};

use telewire::client::files::{RemoteFile, Source, TransferError, Uploaded};
use telewire::client::verbs::AlbumItem;
use telewire::tl::api::{enums, types};
use telewire_testkit::UploadFault;

use crate::support::{Two, bytes, patient, two};

/// The head of a PNG file of 320 by 200, and something behind it.
fn picture(number: u8) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 0, 1, 64, 0, 0, 0, 200, 8, 2, 0, 0, 0]);
    png.extend([number; 3_000]);
    png
}

/// The head of a JPEG file of 80 by 60, and something behind it.
fn small_picture() -> Vec<u8> {
    let mut jpeg =
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08".to_vec();
    jpeg.extend([0, 60, 0, 80, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    jpeg.extend([7; 500]);
    jpeg
}

/// More than comes along in a message.
fn large_picture() -> Vec<u8> {
    [small_picture(), bytes(60_000)].concat()
}

impl Two {
    async fn up(&self, name: &str, content: Vec<u8>) -> Uploaded {
        patient(self.adas.upload(Source::bytes(content)).name(name)).await.unwrap()
    }

    async fn sent_to_bob(&self, items: Vec<AlbumItem>) -> Vec<types::Message> {
        patient(self.adas.send_album("@babbage", items)).await.unwrap()
    }

    /// What Bob has from Ada, the oldest first.
    async fn bobs(&self) -> Vec<types::Message> {
        let history = patient(self.bobs.history("@lovelace").collect()).await.unwrap();
        let said = history.into_iter().rev().filter_map(|message| match message {
            enums::Message::Message(message) => Some(*message),
            _ => None,
        });
        said.collect()
    }

    /// How often Ada called a method since this was asked last.
    fn called(&self, methods: [&str; 2]) -> [usize; 2] {
        let calls = self.world.take_calls();
        let count = |method| {
            let of = |call: &&telewire_testkit::Called| {
                call.by == Some(self.ada.id()) && call.method == method
            };
            calls.iter().filter(of).count()
        };
        methods.map(count)
    }
}

const METHODS: [&str; 2] = ["messages.uploadMedia", "messages.sendMultiMedia"];

#[tokio::test]
async fn fi_19_an_album_arrives_as_one_group_in_its_order() {
    let two = two().await;
    drop(two.world.take_calls());
    for count in [1_usize, 2, 10] {
        let mut items = Vec::new();
        for number in 0..count {
            let number = u8::try_from(number).unwrap();
            let file = two.up("a.png", picture(number)).await;
            items.push(AlbumItem::photo(file).caption(format!("number {number}")));
        }
        let sent = two.sent_to_bob(items).await;
        assert_eq!(two.called(METHODS), [count, 1]);
        let bobs = two.bobs().await;
        let got = &bobs[bobs.len() - count..];
        assert_eq!((sent.len(), got.len()), (count, count));
        assert!(got[0].grouped_id.is_some());
        for (number, (sent, got)) in sent.iter().zip(got).enumerate() {
            assert_eq!(got.message, format!("number {number}"));
            assert_eq!((&sent.message, sent.grouped_id), (&got.message, got.grouped_id));
            assert_eq!(got.grouped_id, bobs.last().unwrap().grouped_id);
        }
    }
    assert_eq!(two.bobs().await.len(), 13);
}

#[tokio::test]
async fn fi_19_and_37_files_go_together_with_their_thumbs_which_may_come_along() {
    let two = two().await;
    let (one, other) = (bytes(700_000), bytes(5));
    for (thumb, comes_along) in [(small_picture(), true), (large_picture(), false)] {
        let with_thumb = two.adas.upload(Source::bytes(one.clone())).name("one.bin");
        let with_thumb = patient(with_thumb.thumb(thumb.clone())).await.unwrap();
        let items = vec![
            AlbumItem::document(with_thumb, "application/octet-stream"),
            AlbumItem::document(two.up("other.txt", other.clone()).await, "text/plain"),
        ];
        two.sent_to_bob(items).await;
        let bobs = two.bobs().await;
        let got = &bobs[bobs.len() - 2..];
        for (message, (content, name)) in got.iter().zip([(&one, "one.bin"), (&other, "other.txt")])
        {
            assert_eq!(RemoteFile::from(message).name(), Some(name));
            assert!(patient(two.bobs.download(message).to_bytes()).await.unwrap() == *content);
        }
        let Some(enums::MessageMedia::MessageMediaDocument(media)) = &got[0].media else {
            panic!("{got:?}")
        };
        let Some(enums::Document::Document(document)) = &media.document else {
            panic!("{media:?}")
        };
        let size = match &document.thumbs.as_ref().unwrap()[0] {
            enums::PhotoSize::PhotoSize(size) => size.r#type.clone(),
            enums::PhotoSize::PhotoCachedSize(size) => size.r#type.clone(),
            other => panic!("{other:?}"),
        };
        drop(two.world.take_calls());
        let file = RemoteFile::thumb(document, &size).unwrap();
        assert!(patient(two.bobs.download(file).to_bytes()).await.unwrap() == thumb);
        // FI-37: what came along is not asked for.
        let is_asked = two.world.take_calls().iter().any(|call| call.method == "upload.getFile");
        assert_eq!(is_asked, !comes_along);
    }
}

#[tokio::test]
async fn fi_19_the_item_whose_reference_is_old_is_given_anew_and_nothing_is_sent_twice() {
    let two = two().await;
    let (first, second) = (two.up("a.png", picture(1)).await, two.up("b.png", picture(2)).await);
    drop(two.world.take_calls());
    // While the second is given, the first one's reference becomes old.
    let (world, times) = (two.world.clone(), AtomicU32::new(0));
    let expires = move |file, _| {
        if times.fetch_add(1, Ordering::Relaxed) == 0 {
            world.expire_references(None);
        }
        types::InputMediaUploadedPhoto::new(file)
    };
    two.sent_to_bob(vec![AlbumItem::photo(first), AlbumItem::new(second, expires)]).await;
    assert_eq!(two.called(METHODS), [3, 2]);
    assert_eq!(two.bobs().await.len(), 2);
}

/// FI-14: the error does not say whether it means the file or its thumb.
#[tokio::test]
async fn fi_14_parts_that_are_missing_are_sent_again_of_a_file_and_of_its_thumb() {
    let two = two().await;
    for lost in [0, 1, 2] {
        let faults = (0..lost).map(|_| UploadFault::None).chain([UploadFault::Lose]);
        two.world.script_uploads(faults);
        let content = bytes(700_000);
        let file = two.adas.upload(Source::bytes(content.clone())).name("a.bin");
        let file = patient(file.thumb(small_picture())).await.unwrap();
        let sent = file.send_with_thumb(|file, thumb| {
            let name = types::DocumentAttributeFilename::new("a.bin".into()).into();
            let mime = "application/octet-stream".to_owned();
            let new = types::InputMediaUploadedDocument::new(file, mime, vec![name]);
            let media = types::InputMediaUploadedDocument { thumb, ..new };
            two.adas.send_message("@babbage", "").media(media)
        });
        patient(sent).await.unwrap_or_else(|error| panic!("{lost}: {error}"));
        let got = two.bobs().await;
        let got = patient(two.bobs.download(got.last().unwrap()).to_bytes()).await.unwrap();
        assert!(got == content, "{lost}");
    }
    // And of what is in an album.
    two.world.script_uploads([UploadFault::Lose]);
    let file = two.up("a.bin", bytes(700_000)).await;
    two.sent_to_bob(vec![AlbumItem::document(file, "application/octet-stream")]).await;
    assert_eq!(two.bobs().await.len(), 4);
}

#[tokio::test]
async fn fi_18_and_19_what_is_no_thumb_and_no_album_is_said_before_anything_is_sent() {
    let two = two().await;
    drop(two.world.take_calls());
    let error = patient(two.adas.send_album("@babbage", [])).await.unwrap_err();
    assert_eq!(error, TransferError::Items(0));
    for thumb in [bytes(100), [small_picture(), bytes(200 << 10)].concat()] {
        let upload = two.adas.upload(Source::bytes(bytes(10))).thumb(thumb);
        assert!(matches!(patient(upload).await.unwrap_err(), TransferError::File(_)));
    }
    assert_eq!(two.called(["upload.saveFilePart", "messages.sendMultiMedia"]), [0, 0]);
    let mut items = Vec::new();
    for _ in 0..11 {
        items.push(AlbumItem::photo(two.up("a.png", picture(1)).await));
    }
    let error = patient(two.adas.send_album("@babbage", items)).await.unwrap_err();
    assert_eq!(error, TransferError::Items(11));
    assert_eq!(two.called(METHODS), [0, 0]);
}
