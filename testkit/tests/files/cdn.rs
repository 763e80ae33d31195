//! Files from a CDN, which is a data centre of its own, with a key of its own.

use telewire::client::State;
use telewire::client::files::TransferError;
use telewire::files::FileError;
use telewire::rpc::RpcError;
use telewire::tl::api::functions::upload::GetCdnFile;
use telewire::tl::api::{enums, types};
use telewire::updates::Event;
use telewire_testkit::DownloadFault;

use crate::support::{CDN, FOUR, TWO, bytes, patient, served, served_with};

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
    let message = two.sent_to(bot.id(), &mut updates, content.clone()).await;
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

/// A CDN that says what ends a client, if a data centre of the account's says it.
#[tokio::test]
async fn fi_58_what_a_cdn_says_ends_its_own_calls_alone() {
    for (code, name) in [
        (406, "AUTH_KEY_DUPLICATED"),
        (401, "AUTH_KEY_UNREGISTERED"),
        (401, "SESSION_REVOKED"),
        (401, "USER_DEACTIVATED"),
    ] {
        let two = served_with(&[TWO, CDN], move |_, dc, dispatcher| {
            if dc == CDN {
                dispatcher.on(move |_, _: GetCdnFile| Err(RpcError::parse(code, name)));
            }
        })
        .await;
        let (_, message) = two.sent(TWO, "a.bin", bytes(1_000)).await;
        let error = patient(two.bobs.download(&message).to_bytes()).await.unwrap_err();
        assert!(matches!(error, TransferError::File(_)), "{name}: {error:?}");
        assert!(two.bobs.is_logged_in());
        assert_eq!(*two.bobs.states().borrow(), State::Online, "{name}");
        patient(two.bobs.me()).await.unwrap();
    }
}

/// It is left for it, and nobody hears what it said.
#[tokio::test]
async fn fi_58_a_cdn_that_sends_an_update_is_left_unheard() {
    let two = served(&[TWO, CDN]).await;
    let content = bytes(200_000);
    let (_, message) = two.sent(TWO, "a.bin", content.clone()).await;
    assert!(patient(two.bobs.download(&message).to_bytes()).await.unwrap() == content);
    let mut heard = two.bobs.updates();
    while patient(heard.next_missed()).await.unwrap().is_some() {}
    drop(two.world.take_calls());
    let cdn = two.running.data_centre(CDN).unwrap();
    let before: Vec<_> = cdn.lock().sessions().collect();
    assert!(!before.is_empty());
    let said = enums::Updates::from(types::UpdateShort::new(enums::Update::UpdateConfig, 1));
    for (key, session) in &before {
        let now = cdn.now();
        assert!(cdn.lock().push(now, *key, *session, &said));
    }
    // The file comes from it again, over connections that are other ones as soon as these have ended.
    let mut is_left = false;
    while !is_left {
        let got = patient(two.bobs.download(&message).to_bytes()).await;
        assert!(got.unwrap() == content);
        is_left = cdn.lock().sessions().any(|place| !before.contains(&place));
    }
    while let Some(told) = patient(heard.next_missed()).await.unwrap() {
        assert!(!matches!(told.event, Event::Update(enums::Update::UpdateConfig)), "{told:?}");
    }
    let calls = two.world.take_calls();
    assert!(calls.iter().all(|call| call.method != "updates.getDifference"), "{calls:?}");
}
