//! Transfers that somebody gives up, and that others go on with.

use std::time::Duration;

use telewire::client::Error;
use telewire::client::files::TransferError;
use telewire_testkit::DownloadFault;
use tokio::time::sleep;

use crate::support::{TWO, bytes, patient, two};

/// FI-85, FI-80: what was written is not asked for again.
#[tokio::test]
async fn fi_80_a_download_that_was_dropped_is_gone_on_with() {
    let two = two().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    let content = bytes(12_000_000);
    let (_, message) = two.sent(TWO, "a.bin", content.clone()).await;
    let mut resumed = 0;
    for part in 1..=3_u64 {
        let download = two.bobs.download(&message);
        let mut progress = download.progress();
        let enough = progress.wait_for(|progress| progress.done >= part * 3_000_000);
        tokio::select! {
            _ = patient(enough) => {}
            done = download.to_path(&path) => { done.unwrap(); }
        }
        assert!(part > 1 || !path.exists());
        // The task hears of the cancel, and the lock goes with the file.
        for _ in 0..200 {
            sleep(Duration::from_millis(10)).await;
        }
    }
    if !path.exists() {
        let download = two.bobs.download(&message);
        let mut progress = download.progress();
        let first =
            async { progress.wait_for(|p| p.done > 0).await.map(|p| p.done).unwrap_or_default() };
        let (done, first) = tokio::join!(patient(download.to_path(&path)), first);
        done.unwrap();
        resumed = first;
    }
    assert!(std::fs::read(&path).unwrap() == content);
    assert!(resumed >= 3_000_000, "{resumed}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn fi_85_what_is_dropped_with_its_partial_file_leaves_nothing() {
    let two = two().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    let (_, message) = two.sent(TWO, "a.bin", bytes(6_000_000)).await;
    two.world.script_downloads([DownloadFault::None, DownloadFault::FloodWait(30)]);
    let download = two.bobs.download(&message).discard_partial();
    let mut progress = download.progress();
    tokio::select! {
        _ = patient(progress.wait_for(|progress| progress.done > 0)) => {}
        done = download.to_path(&path) => panic!("{done:?}"),
    }
    let gone = async {
        while std::fs::read_dir(folder.path()).unwrap().count() > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    patient(gone).await;
}

#[tokio::test]
async fn a_client_that_is_closed_ends_its_transfers() {
    let two = two().await;
    let (_, message) = two.sent(TWO, "a.bin", bytes(6_000_000)).await;
    two.world.script_downloads([DownloadFault::FloodWait(30)]);
    let downloading = tokio::spawn(two.bobs.download(&message).to_bytes());
    sleep(Duration::from_millis(200)).await;
    patient(two.bobs.close()).await;
    let error = patient(downloading).await.unwrap().unwrap_err();
    assert_eq!(error, TransferError::Client(Error::Closed));
    let error = patient(two.bobs.download(&message).to_bytes()).await.unwrap_err();
    assert_eq!(error, TransferError::Client(Error::Closed));
}
