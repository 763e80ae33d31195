//! Who asks, who accepts, who does not, and how it ends.

use telewire::client::secret::SecretError;
use telewire::crypto::DhError;
use telewire::rpc::RpcError;
use telewire::secret::{Error, Side, State};
use telewire::tl::api::functions::messages::{AcceptEncryption, RequestEncryption};

use super::*;

#[tokio::test]
async fn sc_06_nobody_accepts_but_a_person_and_both_ends_see_the_same_picture() {
    let world = world(1).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let of_ada = patient(ada.chats.create("@babbage")).await.unwrap();
    let of_bob = bob.offered().await;
    let seen = patient(bob.chats.get(of_bob)).await.unwrap();
    assert_eq!((seen.state, seen.side, seen.key_hash), (State::Offered, Side::Acceptor, None));
    let (mine, theirs) = (ada.client.user().unwrap().id, bob.client.user().unwrap().id);
    assert_eq!(seen.peer.0, mine);
    let seen = patient(ada.chats.get(of_ada)).await.unwrap();
    assert!(seen.key_hash.is_none() && seen.peer.0 == theirs);
    patient(bob.chats.accept(of_bob)).await.unwrap();
    let again = patient(bob.chats.accept(of_bob)).await;
    assert_eq!(again, Err(SecretError::Chat(Error::NothingToAccept)));
    assert_eq!(ada.ready(of_ada).await, bob.ready(of_bob).await);
    let (hers, his) = (ada.chats.get(of_ada).await.unwrap(), bob.chats.get(of_bob).await.unwrap());
    assert_eq!((hers.key_hash, hers.server_id), (his.key_hash, his.server_id));
    assert!(hers.key_hash.is_some() && hers.state == State::Ready && his.state == State::Ready);
    patient(ada.chats.set_verified(of_ada, true)).await.unwrap();
    assert!(ada.chats.get(of_ada).await.unwrap().is_verified);
}

#[tokio::test]
async fn sc_07_one_login_takes_the_chat_and_the_others_hear_that_it_is_gone() {
    let world = world(2).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    let mut other = Device::new(&world, BOB).await;
    let of_ada = patient(ada.chats.create("@babbage")).await.unwrap();
    let (of_bob, of_other) = (bob.offered().await, other.offered().await);
    patient(bob.chats.accept(of_bob)).await.unwrap();
    assert_eq!(ada.ready(of_ada).await, bob.ready(of_bob).await);
    assert_eq!(other.closed().await, Closed::Elsewhere);
    assert_eq!(patient(other.chats.accept(of_other)).await, Err(SecretError::NoSuchChat));
    assert_eq!(patient(other.chats.all()).await, Ok(vec![]));
    ada.say(of_ada, "for one of them").await;
    assert_eq!(bob.text().await, "for one of them");
    // A chat that comes later is the first thing that it hears of.
    let next = patient(ada.chats.create("@babbage")).await.unwrap();
    assert_ne!(next, of_ada);
    let event = other.next().await;
    assert!(matches!(event.what, Event::Offered { .. }), "{event:?}");
}

#[tokio::test]
async fn sc_11_a_chat_is_declined_and_closed_by_either_end() {
    let world = world(3).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    patient(ada.chats.create("@babbage")).await.unwrap();
    let of_bob = bob.offered().await;
    patient(bob.chats.close(of_bob, false)).await.unwrap();
    assert_eq!((bob.closed().await, ada.closed().await), (Closed::Ours, Closed::Theirs));
    for is_hers in [true, false] {
        let (of_ada, of_bob) = chat(&mut ada, &mut bob).await;
        let (one, id, two) = match is_hers {
            true => (&mut ada, of_ada, &mut bob),
            false => (&mut bob, of_bob, &mut ada),
        };
        patient(one.chats.close(id, true)).await.unwrap();
        assert_eq!(one.closed().await, Closed::Ours);
        let event = two.next().await;
        let Event::Closed { why, delete_history, .. } = event.what else { panic!("{event:?}") };
        assert_eq!((why, delete_history), (Closed::Theirs, true));
        let said = patient(two.chats.send(event.chat, Message::text("too late"))).await;
        assert_eq!(said, Err(SecretError::NoSuchChat));
    }
    // What the server has heard of is kept nowhere.
    loop {
        let all =
            [patient(ada.chats.all()).await.unwrap(), patient(bob.chats.all()).await.unwrap()];
        if all.concat().is_empty() {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn sc_05_what_the_server_refuses_is_at_its_end() {
    let world = world(4).await;
    let (mut ada, mut bob) = (Device::new(&world, ADA).await, Device::new(&world, BOB).await);
    world.refuse_next::<RequestEncryption>(RpcError::parse(403, "USER_PRIVACY_RESTRICTED"));
    patient(ada.chats.create("@babbage")).await.unwrap();
    assert_eq!(ada.closed().await, Closed::Refused);
    patient(ada.chats.create("@babbage")).await.unwrap();
    let of_bob = bob.offered().await;
    world.refuse_next::<AcceptEncryption>(RpcError::parse(400, "ENCRYPTION_ALREADY_ACCEPTED"));
    patient(bob.chats.accept(of_bob)).await.unwrap();
    assert_eq!(bob.closed().await, Closed::Elsewhere);
    assert_eq!(patient(ada.chats.create("me")).await, Err(SecretError::NotAUser));
    // The words that a person is shown say what was wrong.
    let bad = Closed::Group(DhError::PrimeNotSafe);
    assert!(bad.is_insecure() && bad.to_string().contains("safe prime"), "{bad}");
}
