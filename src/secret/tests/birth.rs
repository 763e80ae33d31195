//! SC-01 to SC-12: how a chat begins and ends.

use super::*;
use crate::crypto::{DhError, real, vectors};
use crate::rpc::RpcError;
use crate::secret::picture::KeyHash;
use crate::secret::{Closed, Dropped, Error};

fn closed(end: &End) -> Option<Closed> {
    end.heard.iter().find_map(|event| match event {
        Event::Closed { why, .. } => Some(*why),
        _ => None,
    })
}

/// A creator whose call for the group is answered so.
fn configured(group: Option<Group>, answer: Answer) -> End {
    let us = us(ALICE, toy());
    let mut entropy = SeededEntropy::new(1);
    let chat = Chat::create(us.clone(), BOB, group, start(), &mut entropy);
    let mut end = End::new(us, chat, 2);
    end.settle(start());
    let call = end.calls.pop_front().unwrap();
    assert!(matches!(call.request, Request::DhConfig { random_length: 256, .. }));
    end.answer(start(), call.token, answer);
    end.settle(start());
    end
}

#[test]
fn sc_01_the_group_is_asked_for_each_time_and_checked() {
    let config = |version, g, p: &[u8]| Answer::DhConfig { version, g, p: p.to_vec() };
    let good = configured(None, config(4, 3, &KNOWN_PRIME));
    assert!(matches!(good.calls[0].request, Request::RequestEncryption { .. }));
    let told = Group::new(4, 3, &KNOWN_PRIME).unwrap();
    assert_eq!(good.groups, [told]);
    let mut even = KNOWN_PRIME;
    even[255] ^= 1;
    let mut long = KNOWN_PRIME.to_vec();
    long.insert(0, 0);
    let bad = |error| Some(Closed::Group(error));
    for (answer, why) in [
        (config(4, 3, &KNOWN_PRIME[1..]), bad(DhError::PrimeLength { length: 255 })),
        (config(4, 3, &long), bad(DhError::PrimeLength { length: 257 })),
        (config(4, 3, &[0x7f; 256]), bad(DhError::PrimeTopBit)),
        (config(4, 1, &KNOWN_PRIME), bad(DhError::GeneratorRange { g: 1 })),
        (config(4, 8, &KNOWN_PRIME), bad(DhError::GeneratorRange { g: 8 })),
        (config(4, 2, &KNOWN_PRIME), bad(DhError::GeneratorResidue { g: 2 })),
        (config(4, 4, &even), bad(DhError::PrimeNotSafe)),
        (Answer::DhConfigNotModified, Some(Closed::NoGroup)),
    ] {
        let end = configured(None, answer.clone());
        assert_eq!(closed(&end), why, "{answer:?}");
        // No request was sent, so that there is nothing to discard.
        assert!(end.calls.is_empty());
        assert_eq!(end.chat.state(), State::Closed);
    }
}

#[test]
fn sc_01_an_unchanged_group_is_that_which_is_held() {
    let end = configured(Some(group()), Answer::DhConfigNotModified);
    assert!(matches!(end.calls[0].request, Request::RequestEncryption { .. }));
}

#[test]
fn sc_02_the_exponent_is_of_our_own_randomness_alone() {
    // What the entropy gave after the request's number, and nothing else.
    let mut entropy = SeededEntropy::new(2);
    let end = configured(Some(group()), Answer::DhConfigNotModified);
    let expected = crate::crypto::Secret::<256>::random(&mut entropy);
    let drawn = end.chat.record.birth.exponent.as_ref().unwrap();
    assert_eq!(drawn.expose(), expected.expose());
}

/// Numbers out of range, as either side can be given them.
fn bad_publics() -> Vec<(Vec<u8>, Closed)> {
    let mut small = [0; 256];
    small[8] = 0xff;
    let mut near = KNOWN_PRIME;
    near[255] -= 1;
    let mut large = KNOWN_PRIME;
    large[100] = large[100].wrapping_sub(1);
    vec![
        (vec![], Closed::Public(DhError::PublicRange)),
        (vec![0], Closed::Public(DhError::PublicRange)),
        (vec![1], Closed::Public(DhError::PublicRange)),
        (vec![0; 256], Closed::Public(DhError::PublicRange)),
        (vec![2], Closed::Public(DhError::PublicSmall)),
        (small.to_vec(), Closed::Public(DhError::PublicSmall)),
        (near.to_vec(), Closed::Public(DhError::PublicRange)),
        (KNOWN_PRIME.to_vec(), Closed::Public(DhError::PublicRange)),
        (vec![0xff; 256], Closed::Public(DhError::PublicRange)),
        (large.to_vec(), Closed::Public(DhError::PublicLarge)),
        (vec![1; 257], Closed::Public(DhError::PublicLength { length: 257 })),
        (vec![1; 5_000], Closed::Public(DhError::PublicLength { length: 257 })),
    ]
}

#[test]
fn sc_03_bad_numbers_of_the_other_side_end_the_chat_on_both_sides() {
    let (_, g_a) = asked(toy(), 1);
    let mut bad = bad_publics();
    bad.push((g_a.clone(), Closed::Reflected));
    for (number, why) in bad {
        let mut alice = waiting(1);
        let said =
            ServerChat::Chat { parties: parties(), g_a_or_b: number, key_fingerprint: KeyId(1) };
        alice.chat.handle_server_chat(start(), said, &mut alice.entropy);
        alice.settle(start());
        assert_eq!(closed(&alice), Some(why));
        assert!(matches!(alice.calls[0].request, Request::DiscardEncryption { .. }));
    }
    for (number, why) in bad_publics() {
        let mut bob = offered(toy(), number, 3);
        bob.chat.accept(start(), &mut bob.entropy).unwrap();
        bob.settle(start());
        let config = bob.calls.pop_front().unwrap();
        bob.answer(start(), config.token, Answer::DhConfigNotModified);
        bob.settle(start());
        assert_eq!(closed(&bob), Some(why));
    }
}

#[test]
fn sc_03_numbers_without_their_zeros_are_the_same() {
    let mut number = [0x11; 256];
    number[0] = 0;
    let group = group();
    assert_eq!(group.check_theirs(&number[1..], None), Ok(number));
    assert_eq!(group.check_theirs(&number, None), Ok(number));
    assert_eq!(group.check_theirs(&number[1..], Some(&number)), Err(Closed::Reflected));
}

/// A creator whose request was answered.
fn waiting(seed: u64) -> End {
    let (mut alice, _) = asked(toy(), seed);
    let request = alice.calls.pop_front().unwrap();
    alice.answer(start(), request.token, Answer::Chat(ServerChat::Waiting(parties())));
    alice.settle(start());
    assert_eq!(alice.chat.state(), State::Waiting);
    alice
}

#[test]
fn sc_04_the_request_is_stored_before_it_is_sent_and_its_number_is_positive() {
    for seed in 0..50 {
        let us = us(ALICE, toy());
        let mut entropy = SeededEntropy::new(seed);
        let mut chat = Chat::create(us.clone(), BOB, Some(group()), start(), &mut entropy);
        // Nothing leaves before what leads to it is stored.
        assert_eq!(chat.poll_call(), None);
        let mut end = End::new(us, chat, seed);
        end.settle(start());
        let config = end.calls.pop_front().unwrap();
        end.answer(start(), config.token, Answer::DhConfigNotModified);
        while let Some(batch) = end.chat.poll_batch() {
            end.store(&batch);
        }
        let work = end.chat.poll_work().unwrap();
        end.chat.handle_done(start(), work.run(), &mut end.entropy);
        assert_eq!(end.chat.poll_call(), None);
        let batch = end.chat.poll_batch().unwrap();
        end.store(&batch);
        let call = end.chat.poll_call().unwrap();
        let Request::RequestEncryption { user, random_id, .. } = &call.request else {
            panic!("{call:?}")
        };
        assert_eq!(*user, BOB);
        assert!(*random_id > 0);
        // The stored chat asks with the same words again.
        end.crash(start());
        end.settle(start());
        assert_eq!(end.calls[0].request, call.request);
    }
}

#[test]
fn sc_05_what_the_server_says_out_of_turn_never_replaces_a_key() {
    let mut pair = Pair::new(1);
    let before = pair.ends.each_ref().map(|end| end.chat.record.clone());
    let (_, g_a) = asked(toy(), 50);
    for (end, before) in before.iter().enumerate() {
        for said in [
            ServerChat::Waiting(parties()),
            ServerChat::Requested { parties: parties(), g_a: g_a.clone() },
            ServerChat::Chat {
                parties: parties(),
                g_a_or_b: g_a.clone(),
                key_fingerprint: KeyId(5),
            },
            ServerChat::Empty { id: ChatId(77) },
            ServerChat::Discarded { id: ChatId(78), history_deleted: true },
        ] {
            let now = pair.now;
            let End { chat, entropy, .. } = &mut pair.ends[end];
            chat.handle_server_chat(now, said, entropy);
            pair.ends[end].settle(now);
            assert_eq!(pair.ends[end].chat.record, *before);
        }
    }
}

#[test]
fn sc_06_nothing_is_answered_before_a_person_accepts() {
    let (_, g_a) = asked(toy(), 1);
    let mut bob = offered(toy(), g_a, 2);
    assert_eq!(bob.heard, [Event::Offered { by: ALICE }]);
    assert!(bob.calls.is_empty());
    bob.crash(start());
    bob.settle(start());
    assert!(bob.calls.is_empty());
    assert_eq!(bob.chat.state(), State::Offered);
    assert_eq!(bob.chat.accept(start(), &mut bob.entropy), Ok(()));
    assert_eq!(bob.chat.accept(start(), &mut bob.entropy), Err(Error::NothingToAccept));
    let mut alice = waiting(5);
    let accepted = alice.chat.accept(start(), &mut alice.entropy);
    assert_eq!(accepted, Err(Error::NothingToAccept));
}

#[test]
fn sc_07_the_key_is_stored_before_it_is_accepted_and_the_server_gives_its_name_back() {
    for wrong in [0, 1, i64::MIN] {
        let (_, g_a) = asked(toy(), 1);
        let mut bob = offered(toy(), g_a, 2);
        bob.chat.accept(start(), &mut bob.entropy).unwrap();
        bob.settle(start());
        let config = bob.calls.pop_front().unwrap();
        bob.answer(start(), config.token, Answer::DhConfigNotModified);
        bob.settle(start());
        bob.crash(start());
        bob.settle(start());
        let accept = bob.calls.pop_front().unwrap();
        let Request::AcceptEncryption { key_fingerprint, .. } = accept.request else {
            panic!("{accept:?}")
        };
        assert_eq!(bob.key().id(), key_fingerprint);
        let key_fingerprint = KeyId(key_fingerprint.0 ^ wrong);
        let said = ServerChat::Chat { parties: parties(), g_a_or_b: vec![], key_fingerprint };
        bob.answer(start(), accept.token, Answer::Chat(said));
        bob.settle(start());
        if wrong == 0 {
            assert_eq!(bob.chat.state(), State::Ready);
        } else {
            assert_eq!(closed(&bob), Some(Closed::Fingerprint));
        }
    }
}

#[test]
fn sc_07_another_device_that_accepts_ends_the_chat_here() {
    for accepts in [false, true] {
        let (_, g_a) = asked(toy(), 1);
        let mut bob = offered(toy(), g_a, 2);
        if accepts {
            bob.chat.accept(start(), &mut bob.entropy).unwrap();
        }
        let said = ServerChat::Discarded { id: ChatId(77), history_deleted: false };
        bob.chat.handle_server_chat(start(), said, &mut bob.entropy);
        bob.settle(start());
        assert_eq!(closed(&bob), Some(Closed::Elsewhere));
    }
}

/// An acceptor whose call was made, by a first life or by a second one.
fn accepting(is_second_life: bool) -> (End, Token) {
    let (_, g_a) = asked(toy(), 1);
    let mut bob = offered(toy(), g_a, 11);
    bob.chat.accept(start(), &mut bob.entropy).unwrap();
    bob.settle(start());
    let config = bob.calls.pop_front().unwrap();
    bob.answer(start(), config.token, Answer::DhConfigNotModified);
    bob.settle(start());
    if is_second_life {
        bob.crash(start());
        bob.settle(start());
    }
    let accept = bob.calls.pop_front().unwrap();
    assert!(matches!(accept.request, Request::AcceptEncryption { .. }));
    (bob, accept.token)
}

/// The answer is lost, and the server says that the chat was accepted: by us, as a packet of the other side shows, or by another
/// device, as the server says.
#[test]
fn sc_07_an_acceptance_in_doubt_is_settled_by_the_other_side_or_by_the_server() {
    let already = || Answer::Failed(RpcError::parse(400, "ENCRYPTION_ALREADY_ACCEPTED"));
    for ours in [false, true] {
        let mut pair = Pair::fresh(toy(), 1);
        pair.take(0);
        let message = pair.ends[1].mail.pop_front().unwrap();
        let (mut bob, token) = accepting(true);
        bob.answer(start(), token, already());
        bob.settle(start());
        assert_eq!(bob.chat.state(), State::Accepting);
        if ours {
            // What is not authentic shows nothing.
            let mut other = message.clone();
            other.bytes[30] ^= 1;
            let early = bob.chat.handle_message(start(), other, &mut bob.entropy);
            assert_eq!(early, Receipt::Early);
            let message = EncryptedMessage { qts: Some(4), ..message };
            let taken = bob.chat.handle_message(start(), message, &mut bob.entropy);
            assert_eq!(taken, Receipt::Taken);
            bob.settle(start());
            assert_eq!((bob.chat.state(), &bob.confirmed[..]), (State::Ready, &[4][..]));
            assert_eq!(bob.key(), pair.ends[0].key());
        } else {
            let said = ServerChat::Discarded { id: ChatId(77), history_deleted: false };
            bob.chat.handle_server_chat(start(), said, &mut bob.entropy);
            bob.settle(start());
            assert_eq!(closed(&bob), Some(Closed::Elsewhere));
        }
    }
    // The first time, nobody of us can have accepted it before.
    let (mut bob, token) = accepting(false);
    bob.answer(start(), token, already());
    bob.settle(start());
    assert_eq!(closed(&bob), Some(Closed::Elsewhere));
}

#[test]
fn sc_08_another_fingerprint_ends_the_chat_and_is_told() {
    for bit in [0, 7, 8, 31, 32, 63] {
        let mut pair = Pair::fresh(toy(), 1);
        let key = pair.ends[0].key();
        let mut alice = waiting(1);
        let g_b = pair.ends[1].chat.record.birth.ours.clone();
        // Another run of the same randomness has the same numbers.
        assert!(g_b.is_none(), "wiped after use");
        let (_, g_b) = asked(toy(), 33);
        let key_fingerprint = KeyId(key.id().0 ^ 1 << bit);
        let said = ServerChat::Chat { parties: parties(), g_a_or_b: g_b, key_fingerprint };
        alice.chat.handle_server_chat(start(), said, &mut alice.entropy);
        alice.settle(start());
        assert_eq!(closed(&alice), Some(Closed::Fingerprint));
        assert!(matches!(alice.calls[0].request, Request::DiscardEncryption { .. }));
        pair.run();
        for end in &pair.ends {
            assert_eq!(end.chat.record.birth, Default::default());
        }
    }
}

#[test]
fn sc_09_the_chat_is_between_us_and_who_was_meant() {
    let (_, g_a) = asked(toy(), 40);
    let good = parties();
    for wrong in [
        Parties { admin: BOB, participant: ALICE, ..good },
        Parties { admin: UserId(3), ..good },
        Parties { participant: UserId(3), ..good },
        Parties { participant: ALICE, ..good },
    ] {
        let g_a_or_b = g_a.clone();
        let said = ServerChat::Chat { parties: wrong, g_a_or_b, key_fingerprint: KeyId(1) };
        for said in [said, ServerChat::Waiting(wrong)] {
            let (mut alice, _) = asked(toy(), 1);
            alice.chat.handle_server_chat(start(), said, &mut alice.entropy);
            alice.settle(start());
            assert_eq!(closed(&alice), Some(Closed::Parties));
        }
        let requested = ServerChat::Requested { parties: wrong, g_a: g_a.clone() };
        let mut entropy = SeededEntropy::new(1);
        let offered = Chat::offered(us(BOB, toy()), requested, None, start(), &mut entropy);
        let is_ours = wrong.participant == BOB;
        assert_eq!(offered.map(|_| ()), if is_ours { Ok(()) } else { Err(Closed::Parties) });
    }
}

#[test]
fn sc_10_what_is_said_before_the_chat_is_ready_waits_in_its_order() {
    let mut alice = waiting(1);
    for number in 0..1_000 {
        let message = Message::text(number.to_string());
        alice.chat.send(start(), message, None, &mut alice.entropy).unwrap();
    }
    let more = alice.chat.send(start(), Message::text("more"), None, &mut alice.entropy);
    assert_eq!(more, Err(Error::TooManyWaiting));
    alice.settle(start());
    alice.crash(start());
    assert!(alice.calls.is_empty());
    // The other side of the same chat.
    let (_, g_a) = asked(toy(), 1);
    let mut bob = offered(toy(), g_a, 2);
    bob.chat.accept(start(), &mut bob.entropy).unwrap();
    bob.settle(start());
    let config = bob.calls.pop_front().unwrap();
    bob.answer(start(), config.token, Answer::DhConfigNotModified);
    bob.settle(start());
    let Request::AcceptEncryption { g_b, key_fingerprint, .. } = bob.calls[0].request.clone()
    else {
        panic!("{:?}", bob.calls)
    };
    let chat = |g_a_or_b| ServerChat::Chat { parties: parties(), g_a_or_b, key_fingerprint };
    let accept = bob.calls.pop_front().unwrap();
    bob.answer(start(), accept.token, Answer::Chat(chat(vec![])));
    alice.chat.handle_server_chat(start(), chat(g_b), &mut alice.entropy);
    let mut pair = Pair { ends: [alice, bob], now: start() };
    pair.run();
    let expected: Vec<String> = (0..1_000).map(|number| number.to_string()).collect();
    assert_eq!(pair.ends[1].texts(), expected);
}

#[test]
fn sc_11_a_discard_is_said_until_it_is_heard_also_after_a_restart() {
    let mut pair = Pair::new(1);
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[0];
    chat.discard(now, true, entropy);
    let end = &mut pair.ends[0];
    end.settle(now);
    let discard = Request::DiscardEncryption { chat: ChatId(77), delete_history: true };
    for answer in [Answer::Unknown, Answer::Failed(RpcError::parse(500, "INTERNAL"))] {
        let call = end.calls.pop_front().unwrap();
        assert_eq!(call.request, discard);
        end.answer(now, call.token, answer);
        end.settle(now);
        assert!(end.calls.is_empty());
        let later = Now { mono: end.chat.poll_timeout().unwrap(), ..now };
        end.chat.handle_timeout(later, &mut end.entropy);
        end.settle(later);
    }
    end.crash(now);
    end.settle(now);
    let call = end.calls.pop_front().unwrap();
    assert_eq!(call.request, discard);
    end.answer(now, call.token, Answer::Done);
    end.settle(now);
    end.crash(now);
    end.settle(now);
    assert!(end.calls.is_empty());
    assert_eq!(closed(end), Some(Closed::Ours));
    assert_eq!(end.chat.poll_timeout(), None);
}

#[test]
fn sc_11_closed_by_the_other_side_all_keys_and_messages_are_wiped() {
    for history_deleted in [false, true] {
        let mut pair = Pair::new(1);
        pair.say(1, "one");
        let said = ServerChat::Discarded { id: ChatId(77), history_deleted };
        let now = pair.now;
        let end = &mut pair.ends[1];
        end.chat.handle_server_chat(now, said, &mut end.entropy);
        end.settle(now);
        let event = Event::Closed { why: Closed::Theirs, delete_history: history_deleted };
        assert_eq!(end.heard.last(), Some(&event));
        assert_eq!(end.rows.iter().count(), 1);
        assert_eq!(end.chat.record.keys, Default::default());
        let said = end.chat.send(now, Message::text("x"), None, &mut end.entropy);
        assert_eq!(said, Err(Error::Closed));
        pair.say(0, "two");
        pair.take(0);
        assert_eq!(pair.deliver(1), Receipt::Dropped(Dropped::NotReady));
    }
}

#[test]
fn sc_11_a_chat_that_is_closed_before_it_has_a_number_is_discarded_when_it_has() {
    let (mut alice, _) = asked(toy(), 1);
    alice.chat.discard(start(), false, &mut alice.entropy);
    alice.settle(start());
    let request = alice.calls.pop_front().unwrap();
    assert!(alice.calls.is_empty());
    alice.answer(start(), request.token, Answer::Chat(ServerChat::Waiting(parties())));
    alice.settle(start());
    let discard = Request::DiscardEncryption { chat: ChatId(77), delete_history: false };
    assert_eq!(alice.calls[0].request, discard);
}

/// The numbers of an exchange whose key begins with a zero byte: both sides keep it.
#[test]
fn sc_12_a_key_with_a_leading_zero_keeps_it() {
    let path = |name| format!("synthetic.auth_key_leading_zero.{name}");
    let key = AuthKey::from_bytes(vectors::array(&path("auth_key")));
    assert_eq!(key.expose()[0], 0);
    let group = Group::new(1, 3, &KNOWN_PRIME).unwrap();
    let work = |public: [u8; 256], exponent: [u8; 256]| {
        let job = crate::work::Job::SharedKey(Box::new(crate::work::SharedKey {
            suite: real(),
            prime: *group.prime(),
            public,
            exponent: exponent.into(),
        }));
        match (crate::work::Work { ticket: 1, job }).run().answer {
            crate::work::Answer::SharedKey(Ok(key)) => *key,
            _ => panic!("no key"),
        }
    };
    let g_a = vectors::array("new_official_2024.g_a");
    let made = work(g_a, vectors::array(&path("b")));
    assert_eq!(made, key);
    assert_eq!(made.id().to_string(), vectors::secret("key_leading_zero.fingerprint"));
    let stripped = crate::crypto::Real;
    let hash = crate::crypto::CryptoSuite::sha1(&stripped, &[&key.expose()[1..]]);
    assert_eq!(hex::encode(&hash[12..]), vectors::secret("key_leading_zero.stripped_fingerprint"));
    assert_ne!(KeyHash::of(&crate::crypto::Real, &key).0, [0; 36]);
}

/// With real cryptography from end to end.
#[test]
fn sc_08_two_ends_have_one_key_and_one_picture() {
    let mut pair = Pair::with(real(), 7);
    assert_eq!(pair.ends[0].key(), pair.ends[1].key());
    assert_eq!(pair.ends[0].chat.key_hash(), pair.ends[1].chat.key_hash());
    pair.say(0, "there");
    pair.say(1, "back");
    pair.run();
    assert_eq!(
        (pair.ends[1].texts(), pair.ends[0].texts()),
        (vec!["there".into()], vec!["back".into()])
    );
}
