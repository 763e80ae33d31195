//! Transfers that somebody gives up, and that others go on with.

use std::path::Path;
use std::time::Duration;

use telewire::client::Error;
use telewire::client::files::TransferError;
use telewire_testkit::DownloadFault;
use tokio::time::sleep;

use crate::support::{TWO, bytes, patient, two};

/// Waits until nobody has a partial file any more: what is dropped is cancelled by a task, which is told.
async fn released(folder: &Path) {
    let is_free = || {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut parts = files.filter(|path| path.extension().is_some_and(|end| end == "part"));
        parts.all(|path| std::fs::File::open(path).unwrap().try_lock().is_ok())
    };
    let freed = async {
        while !is_free() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    patient(freed).await;
}

/// FI-85, FI-80: what was written is not asked for again.
#[tokio::test]
async fn fi_80_a_download_that_was_dropped_is_gone_on_with() {
    let two = two().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    let content = bytes(40_000_000);
    let (_, message) = two.sent(TWO, "a.bin", content.clone()).await;
    // It takes twenty seconds.
    let slow = [[DownloadFault::None; 3].as_slice(), &[DownloadFault::FloodWait(1)]].concat();
    two.world.script_downloads(slow.repeat(20));
    let mut before = 0;
    for _ in 0..3 {
        let download = two.bobs.download(&message);
        let mut progress = download.progress();
        let more = progress.wait_for(|progress| progress.done > before + 500_000);
        before = tokio::select! {
            progress = patient(more) => progress.unwrap().done,
            done = download.to_path(&path) => panic!("{done:?}"),
        };
        assert!(!path.exists());
        released(folder.path()).await;
    }
    let download = two.bobs.download(&message);
    let mut progress = download.progress();
    let first = async { progress.wait_for(|progress| progress.done > 0).await.unwrap().done };
    let (done, first) = tokio::join!(patient(download.to_path(&path)), first);
    done.unwrap();
    assert!(std::fs::read(&path).unwrap() == content);
    // All but what was written since the last journal.
    assert!(first + 2_000_000 >= before, "{first} {before}");
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
