//! Programs that end in the middle, stores that fail at every write, and answers that nobody heard.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use telewire::client::secret::SecretError;
use telewire::client::store::{Change, Snapshot, StoreError, StoreKey};
use telewire::rpc::RpcError;
use telewire::tl::api::functions::auth::LogOut;
use telewire::tl::api::functions::messages::{RequestEncryption, SendEncrypted};

use super::*;

#[tokio::test]
async fn sc_82_after_a_restart_a_chat_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (hers, his) = (folder.path().join("ada"), folder.path().join("bob"));
    let world = world(21).await;
    let ada = Device::at(&world, ADA, &hers).await;
    let mut bob = Device::at(&world, BOB, &his).await;
    // While it is asked for.
    let of_ada = patient(ada.chats.create("@babbage")).await.unwrap();
    let of_bob = bob.offered().await;
    ada.close().await;
    patient(bob.chats.accept(of_bob)).await.unwrap();
    let hash = bob.ready(of_bob).await;
    bob.say(of_bob, "while you were away").await;
    let mut ada = Device::at(&world, ADA, &hers).await;
    assert_eq!(ada.ready(of_ada).await, hash);
    assert_eq!(ada.text().await, "while you were away");
    // What was read, and not dealt with, comes again: nothing was asked for after it.
    ada.close().await;
    bob.close().await;
    let mut ada = Device::at(&world, ADA, &hers).await;
    assert_eq!(ada.text().await, "while you were away");
    ada.say(of_ada, "now you are").await;
    let mut bob = Device::at(&world, BOB, &his).await;
    assert_eq!(bob.chats.get(of_bob).await.unwrap().key_hash, Some(hash));
    assert_eq!(bob.ready(of_bob).await, hash);
    assert_eq!(bob.text().await, "now you are");
    bob.say(of_bob, "both here").await;
    assert_eq!(ada.text().await, "both here");
}

/// A copy of her session's file is put back while she was on: what lies beside it gives it away, and he hears of it. Nothing is said
/// under a number that was used.
#[tokio::test]
async fn sc_84_a_session_that_is_put_back_closes_its_chats() {
    let folder = tempfile::tempdir().unwrap();
    let (session, copy) = (folder.path().join("ada"), folder.path().join("copy"));
    let world = world(28).await;
    let (mut ada, mut bob) =
        (Device::at(&world, ADA, &session).await, Device::new(&world, BOB).await);
    let (of_ada, _) = chat(&mut ada, &mut bob).await;
    ada.close().await;
    std::fs::copy(&session, &copy).unwrap();
    let ada = Device::at(&world, ADA, &session).await;
    ada.say(of_ada, "since").await;
    assert_eq!(bob.text().await, "since");
    ada.close().await;
    std::fs::copy(&copy, &session).unwrap();
    let mut ada = Device::at(&world, ADA, &session).await;
    let why = loop {
        if let Event::Closed { why, .. } = ada.next().await.what {
            break why;
        }
    };
    assert_eq!(why, Closed::StoreBehind);
    assert_eq!(bob.closed().await, Closed::Theirs);
    let said = patient(ada.chats.send(of_ada, Message::text("under that number again"))).await;
    assert!(said.is_err(), "{said:?}");
}

/// A chat lives in an encrypted session as in another one.
#[tokio::test]
async fn sc_86_a_chat_goes_on_in_an_encrypted_session() {
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("ada");
    let key = StoreKey::passphrase("correct horse");
    let open = || FileStore::open_encrypted(&session, &key).unwrap();
    let world = world(29).await;
    let (mut ada, mut bob) =
        (Device::on(&world, ADA, open()).await, Device::new(&world, BOB).await);
    let (of_ada, of_bob) = chat(&mut ada, &mut bob).await;
    ada.close().await;
    let ada = Device::on(&world, ADA, open()).await;
    ada.say(of_ada, "hers").await;
    assert_eq!(bob.text().await, "hers");
    ada.close().await;
    let none = FileStore::open(&session).unwrap_err();
    assert_eq!(none, StoreError::Encrypted { path: session.clone() });
    bob.say(of_bob, "his").await;
    let mut ada = Device::on(&world, ADA, open()).await;
    // What was not dealt with comes again.
    ada.ready(of_ada).await;
    assert_eq!(ada.text().await, "his");
}

#[tokio::test]
async fn sc_81_chats_go_with_the_login() {
    let world = world(22).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, of_bob) = chat(&mut ada, &mut bob).await;
    assert!(!ada.client.snapshot().secrets.is_empty());
    patient(ada.client.log_out()).await.unwrap();
    // The other side is told.
    assert_eq!(bob.closed().await, Closed::Theirs);
    assert_eq!(patient(bob.chats.get(of_bob)).await, Err(SecretError::NoSuchChat));
    assert!(ada.client.snapshot().secrets.is_empty());
    let said = patient(ada.chats.send(of_ada, Message::text("no more"))).await;
    assert!(said.is_err(), "{said:?}");
}

/// The server closes the chats of a login that ends, so that only a login that does not end shows who did it.
#[tokio::test]
async fn sc_81_chats_are_closed_before_the_login_whatever_comes_of_that() {
    let world = world(30).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, of_bob) = chat(&mut ada, &mut bob).await;
    world.refuse_next::<LogOut>(RpcError::parse(400, "CONNECTION_API_ID_INVALID"));
    let error = patient(ada.client.log_out()).await.unwrap_err();
    assert!(error.rpc().is_some_and(|error| error.code == 400), "{error:?}");
    assert!(ada.client.is_logged_in());
    assert_eq!(bob.closed().await, Closed::Theirs);
    assert_eq!(patient(bob.chats.get(of_bob)).await, Err(SecretError::NoSuchChat));
    assert_eq!(patient(ada.chats.get(of_ada)).await, Err(SecretError::NoSuchChat));
}

/// A session that keeps what secret chats have to keep only so many times more.
#[derive(Clone, Default)]
struct Dying {
    kept: Arc<Mutex<Snapshot>>,
    left: Arc<AtomicUsize>,
}

impl Store for Dying {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        Ok(self.kept.lock().unwrap().clone())
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if changes.iter().any(|change| matches!(change, Change::Secret(_))) {
            let left = self.left.load(Ordering::Relaxed);
            self.left.store(left.saturating_sub(1), Ordering::Relaxed);
            if left == 0 {
                return Err(StoreError::Other("it is dead".into()));
            }
        }
        self.kept.lock().unwrap().apply(changes);
        Ok(())
    }
}

/// The whole life of a chat, killed at each write of hers: what was called and not kept is called again, and what was answered and
/// not kept is answered again.
#[tokio::test]
async fn sc_82_and_sc_83_a_store_that_fails_at_any_write_loses_and_repeats_nothing() {
    let world = world(23).await;
    let mut bob = Device::new(&world, BOB).await;
    let session = Dying::default();
    session.left.store(usize::MAX, Ordering::Relaxed);
    Device::on(&world, ADA, session.clone()).await.close().await;
    for writes in 1..12 {
        session.left.store(writes, Ordering::Relaxed);
        let ada = Device::on(&world, ADA, session.clone()).await;
        // It is kept that she asks, since one write is let pass. What she says may not be.
        let of_ada = patient(ada.chats.create("@babbage")).await.unwrap();
        let text = format!("{writes} writes");
        let is_said = patient(ada.chats.send(of_ada, Message::text(&text))).await.is_ok();
        let mut of_bob = None;
        if writes > 5 {
            let chat = bob.offered().await;
            patient(bob.chats.accept(chat)).await.unwrap();
            of_bob = Some(chat);
        }
        // She takes no more than it lets her.
        while session.left.load(Ordering::Relaxed) > 0 {
            let seen = patient(ada.chats.get(of_ada)).await;
            if writes > 5 && seen.is_ok_and(|chat| chat.key_hash.is_some()) {
                break;
            }
            tokio::task::yield_now().await;
        }
        ada.close().await;
        session.left.store(usize::MAX, Ordering::Relaxed);
        let mut ada = Device::on(&world, ADA, session.clone()).await;
        let of_bob = match of_bob {
            Some(chat) => chat,
            None => {
                let chat = bob.offered().await;
                patient(bob.chats.accept(chat)).await.unwrap();
                chat
            }
        };
        bob.ready(of_bob).await;
        if is_said {
            assert_eq!(bob.text().await, text);
        }
        ada.say(of_ada, "last").await;
        assert_eq!(bob.text().await, "last");
        bob.say(of_bob, "heard").await;
        loop {
            let event = ada.next().await;
            match event.what {
                // The end of the chat before was read, and nothing was asked for after it.
                _ if event.chat != of_ada => {}
                Event::Message { message, .. } => {
                    assert_eq!(message.text, "heard");
                    break;
                }
                Event::Ready { .. } | Event::Sent { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        patient(ada.chats.close(of_ada, false)).await.unwrap();
        let ends = (closed(&mut ada).await, closed(&mut bob).await);
        assert_eq!(ends, (Closed::Ours, Closed::Theirs));
        ada.close().await;
    }
}

/// The end of a chat, after that the server has what was said.
async fn closed(device: &mut Device) -> Closed {
    loop {
        match device.next().await.what {
            Event::Closed { why, .. } => return why,
            Event::Sent { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Nobody knows what became of a call that the server did not serve in time: the same again, and the other side has it once.
#[tokio::test]
async fn sc_82_a_call_that_was_not_served_is_made_again_as_it_was() {
    let world = world(24).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    world.refuse_next::<RequestEncryption>(RpcError::parse(-503, "Timeout"));
    let (of_ada, _) = chat(&mut ada, &mut bob).await;
    world.refuse_next::<SendEncrypted>(RpcError::parse(500, "MSG_WAIT_FAILED"));
    for text in ["one", "two"] {
        ada.say(of_ada, text).await;
    }
    for text in ["one", "two"] {
        assert_eq!(bob.text().await, text);
    }
}

/// A session that takes so many more batches of positions and of secret chats, and watches that the position of what is counted by `qts`
/// never moves without the chats.
#[derive(Clone, Default)]
struct Watched {
    kept: Arc<Mutex<Snapshot>>,
    left: Arc<AtomicUsize>,
    moved: Arc<AtomicUsize>,
    has_moved_alone: Arc<AtomicBool>,
}

impl Watched {
    fn qts(&self) -> Option<i32> {
        self.kept.lock().unwrap().updates.common.map(|common| common.qts)
    }
}

impl Store for Watched {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        Ok(self.kept.lock().unwrap().clone())
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let is_secret = |change: &Change| matches!(change, Change::Secret(_));
        if changes.iter().any(|change| is_secret(change) || matches!(change, Change::Updates(_))) {
            let left = self.left.load(Ordering::Relaxed);
            self.left.store(left.saturating_sub(1), Ordering::Relaxed);
            if left == 0 {
                return Err(StoreError::Other("it is dead".into()));
            }
        }
        let before = self.qts();
        self.kept.lock().unwrap().apply(changes);
        if before.is_some() && before < self.qts() {
            self.moved.fetch_add(1, Ordering::Relaxed);
            self.has_moved_alone.fetch_or(!changes.iter().any(is_secret), Ordering::Relaxed);
        }
        Ok(())
    }
}

/// A program that ends at any batch: what it had of a chat and up to where it had heard the server are there together, so that each
/// text comes, and comes once.
#[tokio::test]
async fn up_83_and_sc_80_what_is_kept_of_chats_and_the_position_are_one_batch() {
    let world = world(25).await;
    let mut bob = Device::new(&world, BOB).await;
    let session = Watched::default();
    session.left.store(usize::MAX, Ordering::Relaxed);
    let mut ada = Device::on(&world, ADA, session.clone()).await;
    let (_, of_bob) = chat(&mut ada, &mut bob).await;
    bob.say(of_bob, "begin").await;
    assert_eq!(ada.text().await, "begin");
    ada.close().await;
    let (mut last, mut deaths) = ("begin".to_owned(), 0);
    for writes in 0..10 {
        session.left.store(writes, Ordering::Relaxed);
        let qts = session.qts().unwrap();
        let ada = Device::on(&world, ADA, session.clone()).await;
        let texts: Vec<String> = (0..3).map(|text| format!("{writes}: {text}")).collect();
        for text in &texts {
            bob.say(of_bob, text).await;
        }
        // She reads nothing of it. It ends at its last write, or when it has all.
        let ends = async {
            while session.left.load(Ordering::Relaxed) > 0 && session.qts().unwrap() < qts + 3 {
                tokio::task::yield_now().await;
            }
        };
        patient(ends).await;
        deaths += usize::from(session.left.load(Ordering::Relaxed) == 0);
        ada.close().await;
        session.left.store(usize::MAX, Ordering::Relaxed);
        let mut ada = Device::on(&world, ADA, session.clone()).await;
        let end = format!("{writes}: end");
        bob.say(of_bob, &end).await;
        // The last one was read and not dealt with: nothing was asked for after it.
        for expected in [&last].into_iter().chain(&texts).chain([&end]) {
            assert_eq!(ada.text().await, *expected);
        }
        last = end;
        ada.close().await;
    }
    assert!(deaths >= 4, "{deaths}");
    assert!(session.moved.load(Ordering::Relaxed) >= 10);
    assert!(!session.has_moved_alone.load(Ordering::Relaxed));
}
