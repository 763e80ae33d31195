//! What a client fetches is the file, or there is an error.

use telewire::client::files::{RemoteFile, TransferError};
use telewire::files::FileError;
use telewire::tl::api::{enums, types};
use telewire_testkit::DownloadFault;

use crate::support::{FOUR, TWO, bytes, patient, two};

const SIZES: [usize; 11] =
    [1, 1_023, 4_095, 4_096, 4_097, 131_071, 131_072, 131_073, 524_288, 1_048_577, 5_000_000];

#[tokio::test]
async fn files_of_all_sizes_come_as_they_are_in_each_way() {
    let two = two().await;
    let folder = tempfile::tempdir().unwrap();
    for size in SIZES {
        let content = bytes(size);
        let (_, message) = two.sent(TWO, "a.bin", content.clone()).await;
        let download = two.bobs.download(&message);
        let progress = download.progress();
        assert_eq!(patient(download.to_bytes()).await.unwrap(), content, "{size}");
        let last = *progress.borrow();
        assert_eq!((last.done, last.total), (size as u64, Some(size as u64)));
        let path = folder.path().join(size.to_string());
        assert_eq!(patient(two.bobs.download(&message).to_path(&path)).await.unwrap(), path);
        assert_eq!(std::fs::read(&path).unwrap(), content, "{size}");
        let mut streamed = Vec::new();
        let mut stream = two.bobs.download(&message).stream().unwrap();
        while let Some(piece) = patient(stream.next()).await.unwrap() {
            assert!(!piece.is_empty());
            streamed.extend_from_slice(&piece);
        }
        assert!(streamed == content, "{size}");
        assert!(patient(stream.next()).await.unwrap().is_none());
        let writing = folder.path().join("written");
        let writer = tokio::fs::File::create(&writing).await.unwrap();
        patient(two.bobs.download(&message).to_writer(writer)).await.unwrap();
        assert_eq!(std::fs::read(&writing).unwrap(), content, "{size}");
    }
}

#[tokio::test]
async fn fi_31_ranges_are_the_bytes_that_were_asked_for() {
    let two = two().await;
    let content = bytes(1_300_000);
    let (_, message) = two.sent(TWO, "a.bin", content.clone()).await;
    for (from, to) in [
        (0, 1),
        (1, 2),
        (4_095, 4_097),
        (1_048_575, 1_048_577),
        (1_299_999, 1_300_000),
        (7, 1_299_990),
    ] {
        let range = from as u64..to as u64;
        let got = patient(two.bobs.download(&message).range(range).to_bytes()).await.unwrap();
        assert_eq!(got, content[from..to], "{from}..{to}");
    }
    for range in [5..5, 1_300_000..1_300_001, 0..u64::MAX] {
        let error = patient(two.bobs.download(&message).range(range).to_bytes()).await.unwrap_err();
        assert!(matches!(error, TransferError::File(FileError::Range { .. })), "{error:?}");
    }
}

/// Each fault alone, at the begin, in the midst and at the end of a file.
#[tokio::test]
async fn after_each_fault_it_is_the_file_or_an_error() {
    let two = two().await;
    let content = bytes(700_000);
    for fault in [
        DownloadFault::FloodWait(1),
        DownloadFault::FloodPremiumWait(1),
        DownloadFault::Timeout,
        DownloadFault::Short,
        DownloadFault::Empty,
        DownloadFault::Long,
        DownloadFault::Expire,
        DownloadFault::Move(FOUR),
        DownloadFault::Migrate(4),
        DownloadFault::Migrate(999),
    ] {
        for before in [0, 2] {
            let (_, message) = two.sent(TWO, "a.bin", content.clone()).await;
            let faults = (0..before).map(|_| DownloadFault::None).chain([fault]);
            two.world.script_downloads(faults);
            let got = patient(two.bobs.download(&message).to_bytes()).await;
            match (&got, fault) {
                (Ok(got), _) => assert!(*got == content, "{fault:?} {before}"),
                (
                    Err(TransferError::File(FileError::UnknownDc { number: 999 })),
                    DownloadFault::Migrate(999),
                )
                | (Err(TransferError::File(FileError::Long { .. })), DownloadFault::Long) => {}
                (Err(error), _) => panic!("{fault:?} {before}: {error:?}"),
            }
        }
    }
}

#[tokio::test]
async fn fi_42_wrong_bytes_are_found_where_hashes_are_asked_for() {
    let two = two().await;
    let content = bytes(300_000);
    let (_, message) = two.sent(TWO, "a.bin", content.clone()).await;
    two.world.script_downloads([DownloadFault::Wrong]);
    assert!(patient(two.bobs.download(&message).verify().to_bytes()).await.unwrap() == content);
    two.world.script_downloads([DownloadFault::Wrong; 8]);
    let error = patient(two.bobs.download(&message).verify().to_bytes()).await.unwrap_err();
    assert!(matches!(error, TransferError::File(FileError::WrongHash { .. })), "{error:?}");
}

#[tokio::test]
async fn fi_34_a_file_at_another_data_centre_is_fetched_there() {
    let two = two().await;
    let content = bytes(1_500_000);
    let (file, message) = two.sent(FOUR, "a.bin", content.clone()).await;
    assert!(patient(two.bobs.download(&message).to_bytes()).await.unwrap() == content);
    // It has moved since the message came.
    assert!(two.world.move_file(file, TWO));
    assert!(patient(two.bobs.download(&message).to_bytes()).await.unwrap() == content);
}

#[tokio::test]
async fn fi_61_an_old_reference_is_fetched_anew_with_the_message_or_by_the_program() {
    let two = two().await;
    let content = bytes(200_000);
    let (file, message) = two.sent(TWO, "a.bin", content.clone()).await;
    two.world.expire_references(Some(file));
    assert!(patient(two.bobs.download(&message).to_bytes()).await.unwrap() == content);
    // The document alone does not say where it came from.
    let document = message.media.clone().unwrap();
    let error = patient(two.bobs.download(&document).to_bytes()).await.unwrap_err();
    assert_eq!(error, TransferError::File(FileError::NoReference));
    let fresh = two.bobs_last().await;
    let download = two.bobs.download(&document).refresh(move || {
        let fresh = RemoteFile::from(&fresh);
        async move { Some(fresh) }
    });
    assert!(patient(download.to_bytes()).await.unwrap() == content);
    two.world.expire_references(None);
    let download = two.bobs.download(&document).refresh(|| async { None });
    let error = patient(download.to_bytes()).await.unwrap_err();
    assert_eq!(error, TransferError::File(FileError::NoReference));
}

#[tokio::test]
async fn what_has_no_file_is_said_and_what_came_along_costs_no_request() {
    let two = two().await;
    for nothing in [
        RemoteFile::from(&enums::MessageMedia::MessageMediaEmpty),
        RemoteFile::from(&enums::Document::from(types::DocumentEmpty { id: 1 })),
        RemoteFile::from(&enums::Photo::from(types::PhotoEmpty { id: 1 })),
    ] {
        let error = patient(two.bobs.download(nothing).to_bytes()).await.unwrap_err();
        assert_eq!(error, TransferError::NoFile);
    }
    let photo = types::Photo {
        has_stickers: false,
        id: 1,
        access_hash: 2,
        file_reference: [3].into(),
        date: 0,
        sizes: vec![
            types::PhotoCachedSize { r#type: "s".into(), w: 1, h: 1, bytes: [1, 2, 3].into() }
                .into(),
        ],
        video_sizes: None,
        dc_id: 2,
    };
    assert_eq!(patient(two.bobs.download(&photo).to_bytes()).await.unwrap(), [1, 2, 3]);
    let path = tempfile::tempdir().unwrap();
    let path = path.path().join("a");
    assert_eq!(patient(two.bobs.download(&photo).to_path(&path)).await.unwrap(), path);
    assert_eq!(std::fs::read(path).unwrap(), [1, 2, 3]);
    assert_eq!(patient(two.bobs.download(&photo).range(1..3).to_bytes()).await.unwrap(), [2, 3]);
    assert!(patient(two.bobs.download(&photo).range(1..4).to_bytes()).await.is_err());
}
