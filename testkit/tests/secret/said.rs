//! What is said in both directions, and done.

use telewire::secret::Action;

use super::*;

#[tokio::test]
async fn sc_42_texts_come_once_and_in_their_order_both_ways() {
    let world = world(11).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    // SC-10: what is said before there is a key waits.
    let of_ada = patient(ada.chats.create("@babbage")).await.unwrap();
    ada.say(of_ada, "early").await;
    let of_bob = bob.offered().await;
    bob.say(of_bob, "before I accept").await;
    patient(bob.chats.accept(of_bob)).await.unwrap();
    assert_eq!(ada.ready(of_ada).await, bob.ready(of_bob).await);
    assert_eq!(bob.text().await, "early");
    assert_eq!(ada.text().await, "before I accept");
    for number in 0..20 {
        ada.say(of_ada, &format!("a{number}")).await;
        bob.say(of_bob, &format!("b{number}")).await;
    }
    for number in 0..20 {
        assert_eq!(bob.text().await, format!("a{number}"));
        assert_eq!(ada.text().await, format!("b{number}"));
    }
}

#[tokio::test]
async fn sc_50_a_chat_gets_another_key_by_itself_and_keeps_its_picture() {
    let world = world(12).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, _) = chat(&mut ada, &mut bob).await;
    let hash = ada.chats.get(of_ada).await.unwrap().key_hash;
    let mut keys = Vec::new();
    for number in 0..120 {
        ada.say(of_ada, &number.to_string()).await;
        loop {
            match bob.next().await.what {
                Event::Message { message, .. } => {
                    assert_eq!(message.text, number.to_string());
                    break;
                }
                Event::Rekeyed { key } => keys.push(key),
                Event::Sent { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
    while keys.is_empty() {
        ada.say(of_ada, "again").await;
        if let Event::Rekeyed { key } = bob.next().await.what {
            keys.push(key);
        }
    }
    assert_eq!(ada.chats.get(of_ada).await.unwrap().key_hash, hash);
}

#[tokio::test]
async fn sc_70_to_sc_73_timers_reads_deletions_and_typing_reach_the_other_side() {
    let world = world(13).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let (of_ada, of_bob) = chat(&mut ada, &mut bob).await;
    async fn action(device: &mut Device) -> Action {
        loop {
            match device.next().await.what {
                Event::Action { action, .. } => return action,
                Event::Sent { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
    patient(ada.chats.set_ttl(of_ada, 3_600)).await.unwrap();
    assert_eq!(action(&mut bob).await, Action::SetTtl(3_600));
    assert_eq!(bob.chats.get(of_bob).await.unwrap().ttl, 3_600);
    let name = ada.say(of_ada, "gone in an hour").await;
    let (random_id, place) = match bob.next().await.what {
        Event::Message { random_id, message, place } => {
            assert_eq!((message.ttl, message.text.as_str()), (3_600, "gone in an hour"));
            (random_id, place)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(random_id, name);
    assert_eq!(patient(bob.chats.opened(of_bob, random_id, 0)).await, Ok(true));
    assert_eq!(action(&mut ada).await, Action::Read(vec![name]));
    patient(bob.chats.read(of_bob, place.date)).await.unwrap();
    patient(bob.chats.typing(of_bob, true)).await.unwrap();
    let mut seen = (false, false);
    while seen != (true, true) {
        match ada.next().await.what {
            Event::Read { max_date, .. } => seen.0 = max_date == place.date,
            Event::Typing => seen.1 = true,
            Event::Sent { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    let deletion = patient(ada.chats.delete(of_ada, vec![name])).await.unwrap();
    assert_eq!(action(&mut bob).await, Action::Delete(vec![name]));
    // It has a name of its own, by which it is known to be there.
    while !matches!(ada.next().await.what, Event::Sent { random_id, .. } if random_id == deletion) {
    }
    patient(bob.chats.took_screenshot(of_bob, vec![name])).await.unwrap();
    assert_eq!(action(&mut ada).await, Action::Screenshot(vec![name]));
    patient(ada.chats.flush_history(of_ada)).await.unwrap();
    assert_eq!(action(&mut bob).await, Action::Flush);
}

/// What was read and not committed comes again in the next life; what was committed does not, nor what was before it.
#[tokio::test]
async fn sc_83_an_event_that_was_committed_does_not_come_again() {
    let world = world(14).await;
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("bob");
    let (ada, mut bob) =
        (&mut Device::new(&world, ADA).await, Device::at(&world, BOB, &session).await);
    let (of_ada, _) = chat(ada, &mut bob).await;
    for text in ["one", "two", "three"] {
        ada.say(of_ada, text).await;
    }
    for (commits, expected) in [(false, "one"), (true, "one"), (false, "two"), (true, "two")] {
        let event = loop {
            let event = bob.next().await;
            match &event.what {
                Event::Message { message, .. } => {
                    assert_eq!(message.text, expected);
                    break event;
                }
                Event::Ready { .. } | Event::Sent { .. } => {}
                other => panic!("{other:?}"),
            }
        };
        if commits {
            patient(bob.events.commit(&event)).await.unwrap();
        }
        bob.close().await;
        bob = Device::at(&world, BOB, &session).await;
    }
    assert_eq!(bob.text().await, "three");
}
