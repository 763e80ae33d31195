//! What a client sends is what others fetch.

use std::io::Write;

use telewire::client::files::{Source, TransferError};
use telewire::files::FileError;
use telewire_testkit::UploadFault;

use crate::support::{bytes, patient, two};

#[tokio::test]
async fn files_of_all_sizes_arrive_from_each_source() {
    let two = two().await;
    let sending = two.sending().await;
    let folder = tempfile::tempdir().unwrap();
    for size in [1, 511, 512, 524_287, 524_288, 524_289, 10_485_760, 10_485_761] {
        let content = bytes(size);
        let path = folder.path().join("a.bin");
        std::fs::write(&path, &content).unwrap();
        let sources = [
            Source::bytes(content.clone()),
            Source::path(&path),
            Source::reader(std::io::Cursor::new(content.clone()), Some(size as u64)),
            Source::reader(std::io::Cursor::new(content.clone()), None),
        ];
        for source in sources {
            let what = format!("{source:?}");
            let upload = two.adas.upload(source);
            let progress = upload.progress();
            let file = patient(upload).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            let sent = file.send(|file| {
                let (client, call) = (two.adas.clone(), sending(file));
                async move { client.invoke(&call).await }
            });
            patient(sent).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(progress.borrow().done, size as u64);
            let message = two.bobs_last().await;
            let got = patient(two.bobs.download(&message).to_bytes()).await.unwrap();
            assert!(got == content, "{what}");
        }
    }
}

/// Each fault alone, at the begin and in the midst.
#[tokio::test]
async fn after_each_fault_the_file_is_whole() {
    let two = two().await;
    let sending = two.sending().await;
    for fault in [
        UploadFault::FloodWait(1),
        UploadFault::FloodPremiumWait(1),
        UploadFault::Timeout,
        UploadFault::Refuse,
        // FI-14: only the method that takes the file finds out.
        UploadFault::Lose,
    ] {
        for (size, before) in [(1_500_000, 0), (1_500_000, 2), (11_000_000, 5)] {
            let content = bytes(size);
            let faults = (0..before).map(|_| UploadFault::None).chain([fault]);
            two.world.script_uploads(faults);
            let file = patient(two.adas.upload(Source::bytes(content.clone())).name("a.bin"));
            let file = file.await.unwrap();
            let sent = file.send(|file| {
                let (client, call) = (two.adas.clone(), sending(file));
                async move { client.invoke(&call).await }
            });
            patient(sent).await.unwrap_or_else(|error| panic!("{fault:?} {size}: {error}"));
            let message = two.bobs_last().await;
            let got = patient(two.bobs.download(&message).to_bytes()).await.unwrap();
            assert!(got == content, "{fault:?} {size}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_before_anything_is() {
    let two = two().await;
    let folder = tempfile::tempdir().unwrap();
    let error = patient(two.adas.upload(Source::bytes(Vec::new()))).await.unwrap_err();
    assert_eq!(error, TransferError::File(FileError::Empty));
    let missing = folder.path().join("none");
    let error = patient(two.adas.upload(Source::path(&missing))).await.unwrap_err();
    let kind = std::io::ErrorKind::NotFound;
    assert_eq!(error, TransferError::Path { path: missing, kind });
    assert!(patient(two.adas.upload(Source::path(folder.path()))).await.is_err());
    let large = two.adas.upload(Source::bytes(bytes(10_485_761))).photo();
    assert_eq!(patient(large).await.unwrap_err(), TransferError::File(FileError::NotSmall));
}

/// FI-15: a file that grows while it is read.
#[tokio::test]
async fn fi_15_a_file_that_changes_is_not_sent() {
    let two = two().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    for is_longer in [false, true] {
        // More than is read ahead.
        std::fs::write(&path, bytes(20_000_000)).unwrap();
        // A part is sent, and then nothing until that is over.
        two.world.script_uploads([UploadFault::None, UploadFault::FloodWait(3)]);
        let upload = two.adas.upload(Source::path(&path));
        let mut progress = upload.progress();
        let (upload, ()) = tokio::join!(patient(upload), async {
            progress.wait_for(|progress| progress.done > 0).await.unwrap();
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            match is_longer {
                true => file.write_all(&[1; 700]).unwrap(),
                false => file.set_len(2_000).unwrap(),
            }
        });
        assert_eq!(upload.unwrap_err(), TransferError::File(FileError::SourceChanged));
    }
}
