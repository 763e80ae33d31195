//! Files from a CDN, which is a data centre of its own, with a key of its own.

use telewire::client::files::TransferError;
use telewire::files::FileError;
use telewire_testkit::DownloadFault;

use crate::support::{CDN, FOUR, TWO, bytes, patient, served};

/// The world's CDN refuses every method but `getCdnFile`, and every wrapper but those that say which layer it is.
#[tokio::test]
async fn fi_57_and_58_a_cdn_is_asked_with_its_own_key_and_for_parts_alone() {
    let two = served(&[TWO, FOUR, CDN]).await;
    for (size, dc) in [(1, TWO), (131_073, TWO), (3_000_000, FOUR)] {
        let content = bytes(size);
        let (_, message) = two.sent(dc, "a.bin", content.clone()).await;
        assert!(patient(two.bobs.download(&message).to_bytes()).await.unwrap() == content);
    }
    let snapshot = two.bobs.snapshot();
    // FI-58: it has a key, and no login.
    assert!(snapshot.key(CDN).is_some());
    assert!(!snapshot.dcs[&CDN].is_authorized);
    assert!(two.world.logins(two.bob.id()).iter().all(|(dc, _)| *dc != CDN));
}

#[tokio::test]
async fn fi_50_bots_are_sent_to_no_cdn() {
    let two = served(&[TWO, CDN]).await;
    let bot = two.world.bot("Echo");
    let bots = patient(two.running.log_in(&bot)).await.unwrap();
    let mut updates = bots.updates();
    let content = bytes(200_000);
    let file = two.world.put_file(TWO, "a.bin", "application/octet-stream", content.clone());
    let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    two.world.send_file(two.ada.id(), bot.id(), file, "", unix).unwrap();
    let message = loop {
        let update = patient(updates.next()).await.unwrap().unwrap();
        if let Some(message) = update.new_message() {
            break message.clone();
        }
    };
    assert!(patient(bots.download(&message).to_bytes()).await.unwrap() == content);
    assert!(bots.snapshot().key(CDN).is_none());
}

/// Each fault alone, at the begin and in the midst.
#[tokio::test]
async fn fi_54_to_56_after_each_fault_of_a_cdn_it_is_the_file_or_an_error() {
    let two = served(&[TWO, CDN]).await;
    let content = bytes(2_500_000);
    for fault in [
        DownloadFault::Reupload,
        DownloadFault::ExpireToken,
        DownloadFault::FloodWait(1),
        DownloadFault::Timeout,
        DownloadFault::Wrong,
        DownloadFault::Long,
        DownloadFault::Short,
    ] {
        for before in [1, 3] {
            let (_, message) = two.sent(TWO, "a.bin", content.clone()).await;
            let faults = (0..before).map(|_| DownloadFault::None).chain([fault]);
            two.world.script_downloads(faults);
            let got = patient(two.bobs.download(&message).to_bytes()).await;
            match (&got, fault) {
                (Ok(got), _) => assert!(*got == content, "{fault:?} {before}"),
                (Err(TransferError::File(FileError::WrongHash { .. })), DownloadFault::Wrong)
                | (Err(TransferError::File(FileError::Long { .. })), DownloadFault::Long) => {}
                (Err(error), _) => panic!("{fault:?} {before}: {error:?}"),
            }
        }
    }
    // A CDN that has nothing yet.
    two.world.empty_cdn();
    let (_, message) = two.sent(TWO, "a.bin", content.clone()).await;
    assert!(patient(two.bobs.download(&message).to_bytes()).await.unwrap() == content);
}
