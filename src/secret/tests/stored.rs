//! SC-80 to SC-84 and SC-86: what is stored, and what a restart makes of it.

use super::*;
use crate::rpc::RpcError;
use crate::secret::limits::{MAX_PACKET, MAX_QUEUED_BYTES, MAX_WAITING};
use crate::secret::{Action, Closed, InputFile, RestoreError, Row};

#[test]
fn sc_80_an_event_of_the_server_is_confirmed_with_what_it_became() {
    let mut pair = Pair::new(1);
    for number in 0..3 {
        pair.say(0, &number.to_string());
    }
    pair.take(0);
    for qts in [5, 6, 7] {
        let mut message = pair.ends[1].mail.pop_front().unwrap();
        message.qts = Some(qts);
        let now = pair.now;
        let End { chat, entropy, .. } = &mut pair.ends[1];
        chat.handle_message(now, message, entropy);
        let batch = chat.poll_batch().unwrap();
        assert_eq!(batch.qts, [qts]);
        let heard = batch.events.iter().any(|event| matches!(event, Event::Message { .. }));
        assert!(heard, "the message is in the batch that confirms it");
        pair.ends[1].store(&batch);
    }
    // What is dropped is confirmed too: it will never be anything else.
    let mut message = mail(vec![1; 40]);
    message.qts = Some(8);
    pair.hand(1, message);
    assert_eq!(pair.ends[1].confirmed, [5, 6, 7, 8]);
}

/// What comes before the key is not confirmed before it was read.
#[test]
fn sc_80_what_comes_before_the_key_is_confirmed_after_it() {
    let mut pair = Pair::fresh(toy(), 1);
    pair.say(1, "early");
    pair.take(1);
    let early: Vec<_> = pair.ends[0].mail.drain(..).collect();
    // A creator of the same randomness that has not heard of the other side yet.
    let (mut alice, _) = asked(toy(), 1);
    let request = alice.calls.pop_front().unwrap();
    alice.answer(start(), request.token, Answer::Chat(ServerChat::Waiting(parties())));
    alice.settle(start());
    let count = early.len();
    for (number, mut message) in early.into_iter().enumerate() {
        message.qts = Some(number as i32 + 1);
        let receipt = alice.chat.handle_message(start(), message, &mut alice.entropy);
        assert_eq!(receipt, Receipt::Early);
        alice.settle(start());
    }
    assert!(alice.confirmed.is_empty());
    let (_, g_a) = asked(toy(), 1);
    let mut bob = offered(toy(), g_a, 11);
    bob.chat.accept(start(), &mut bob.entropy).unwrap();
    bob.settle(start());
    let config = bob.calls.pop_front().unwrap();
    bob.answer(start(), config.token, Answer::DhConfigNotModified);
    bob.settle(start());
    let Request::AcceptEncryption { g_b, key_fingerprint, .. } = bob.calls[0].request.clone()
    else {
        panic!()
    };
    let said = ServerChat::Chat { parties: parties(), g_a_or_b: g_b, key_fingerprint };
    alice.chat.handle_server_chat(start(), said, &mut alice.entropy);
    alice.settle(start());
    let expected: Vec<i32> = (1..=count as i32).collect();
    assert_eq!(alice.confirmed, expected);
    assert_eq!(alice.texts(), ["early"]);
}

/// Nobody can tell yet who wrote what comes before the key: it takes no more room than what waits behind a gap does.
#[test]
fn sc_10_what_comes_before_the_key_has_limits() {
    for (length, most) in [
        (40, MAX_WAITING),
        (MAX_QUEUED_BYTES / 100, 100),
        (MAX_PACKET - 1, MAX_QUEUED_BYTES / (MAX_PACKET - 1)),
        (MAX_PACKET, MAX_QUEUED_BYTES / MAX_PACKET),
        (MAX_PACKET + 1, 0),
        (MAX_QUEUED_BYTES + 1, 0),
    ] {
        let (mut alice, _) = asked(toy(), 1);
        let mut kept = 0;
        loop {
            let message = mail(vec![7; length]);
            match alice.chat.handle_message(start(), message, &mut alice.entropy) {
                Receipt::Early => kept += 1,
                Receipt::Dropped(_) => break,
                other => panic!("{other:?}"),
            }
            assert!(kept <= most, "{length}");
        }
        assert_eq!(kept, most, "{length}");
    }
}

/// A chat that ends before its key settles what it was keeping for it.
#[test]
fn sc_80_what_came_too_early_for_a_chat_that_ended_is_confirmed() {
    let (mut alice, _) = asked(toy(), 1);
    for qts in [3, 4] {
        let message = EncryptedMessage { qts: Some(qts), ..mail(vec![1; 40]) };
        alice.chat.handle_message(start(), message, &mut alice.entropy);
        alice.settle(start());
    }
    assert!(alice.confirmed.is_empty());
    alice.chat.discard(start(), false, &mut alice.entropy);
    alice.settle(start());
    assert_eq!(alice.confirmed, [3, 4]);
}

#[test]
fn sc_81_a_chat_ends_with_the_key_of_its_session() {
    let pair = Pair::new(1);
    let end = &pair.ends[0];
    let other = Us { session_key: KeyId(5), ..end.us.clone() };
    let mut entropy = SeededEntropy::new(1);
    let mut chat = Chat::restore(other, &end.rows, None, pair.now, &mut entropy).unwrap();
    assert_eq!(chat.state(), State::Closed);
    let batch = chat.poll_batch().unwrap();
    let why = Closed::LoggedOut;
    assert_eq!(batch.events, [Event::Closed { why, delete_history: false }]);
    chat.handle_stored(batch.number);
    assert_eq!(chat.poll_call(), None);
}

/// For each batch that sending makes: nothing is on its way before it is stored, and after a crash the same bytes go.
#[test]
fn sc_82_a_message_is_stored_before_it_is_sent_and_sent_again_as_it_was() {
    let mut pair = Pair::new(1);
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[0];
    let id = chat.send(now, Message::text("x"), None, entropy).unwrap();
    assert_eq!(chat.poll_call(), None);
    let batch = chat.poll_batch().unwrap();
    assert_eq!(chat.poll_call(), None);
    pair.ends[0].store(&batch);
    let call = pair.ends[0].chat.poll_call().unwrap();
    let Request::Send { random_id, .. } = &call.request else { panic!("{call:?}") };
    assert_eq!(*random_id, id);
    for _ in 0..3 {
        pair.ends[0].crash(now);
        assert_eq!(pair.ends[0].chat.poll_call().unwrap().request, call.request);
    }
    // A new message after the crash has the next number.
    let End { chat, entropy, .. } = &mut pair.ends[0];
    chat.send(now, Message::text("y"), None, entropy).unwrap();
    pair.ends[0].settle(now);
    pair.ends[0].calls.clear();
    pair.ends[0].crash(now);
    pair.run();
    assert_eq!(pair.ends[1].texts(), ["x", "y"]);
}

/// What was not stored did not happen: its number is used by what is said next.
#[test]
fn sc_82_what_was_not_stored_was_never_said() {
    let mut pair = Pair::new(1);
    let before = pair.numbers(0);
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[0];
    chat.send(now, Message::text("lost"), None, entropy).unwrap();
    pair.ends[0].crash(now);
    assert_eq!(pair.numbers(0), before);
    pair.say(0, "kept");
    pair.run();
    assert_eq!(pair.ends[1].texts(), ["kept"]);
}

#[test]
fn sc_82_every_error_of_a_message_that_passes_brings_the_same_bytes() {
    for (code, name) in
        [(420, "FLOOD_WAIT_3"), (500, "INTERNAL"), (400, "MSG_WAIT_FAILED"), (-503, "Timeout")]
    {
        let mut pair = Pair::new(1);
        pair.say(0, "x");
        let now = pair.now;
        let end = &mut pair.ends[0];
        let call = end.calls.pop_front().unwrap();
        end.answer(now, call.token, Answer::Failed(RpcError::parse(code, name)));
        end.settle(now);
        assert!(end.calls.is_empty());
        pair.pass(Duration::from_secs(3));
        assert_eq!(pair.ends[0].calls[0].request, call.request, "{name}");
        pair.run();
        assert_eq!(pair.ends[1].texts(), ["x"]);
    }
    // A repetition that the server recognises is there.
    let mut pair = Pair::new(1);
    pair.say(0, "x");
    pair.say(0, "y");
    let now = pair.now;
    let end = &mut pair.ends[0];
    let call = end.calls.pop_front().unwrap();
    end.answer(now, call.token, Answer::Failed(RpcError::parse(400, "RANDOM_ID_DUPLICATE")));
    end.settle(now);
    assert_eq!(end.calls.len(), 1);
    assert_ne!(end.calls[0].request, call.request);
}

#[test]
fn sc_82_a_chat_that_is_gone_at_the_server_is_closed_and_wiped() {
    for (code, name) in [(400, "ENCRYPTION_DECLINED"), (403, "USER_IS_BLOCKED")] {
        let mut pair = Pair::new(1);
        pair.say(0, "x");
        let now = pair.now;
        let end = &mut pair.ends[0];
        let call = end.calls.pop_front().unwrap();
        end.answer(now, call.token, Answer::Failed(RpcError::parse(code, name)));
        end.settle(now);
        assert_eq!(end.chat.state(), State::Closed);
        assert_eq!(end.rows.iter().count(), 1);
    }
}

/// The server repeats what was not confirmed: what was stored is dropped, what was not is heard.
#[test]
fn sc_83_a_message_is_heard_once_over_a_crash_before_and_after_its_batch() {
    for stored in [false, true] {
        let mut pair = Pair::new(1);
        pair.say(0, "x");
        pair.take(0);
        let message = pair.ends[1].mail.pop_front().unwrap();
        let now = pair.now;
        let End { chat, entropy, .. } = &mut pair.ends[1];
        chat.handle_message(now, message.clone(), entropy);
        let batch = chat.poll_batch().unwrap();
        assert_eq!(chat.poll_batch(), None, "one batch for one message");
        if stored {
            pair.ends[1].store(&batch);
        }
        pair.ends[1].crash(now);
        pair.hand(1, message);
        assert_eq!(pair.ends[1].texts(), ["x"]);
    }
}

#[test]
fn sc_84_rows_that_are_older_than_a_witness_close_the_chat() {
    let mut pair = Pair::new(1);
    let copy = pair.ends[0].rows.clone();
    let old = pair.ends[0].generation;
    pair.say(0, "x");
    pair.run();
    let witness = pair.ends[0].generation;
    assert!(witness > old);
    let end = &pair.ends[0];
    let restore = |rows: &Rows, witness| {
        let mut entropy = SeededEntropy::new(1);
        Chat::restore(end.us.clone(), rows, witness, pair.now, &mut entropy).unwrap()
    };
    assert_eq!(restore(&end.rows, Some(witness)).state(), State::Ready);
    assert_eq!(restore(&end.rows, None).state(), State::Ready);
    assert_eq!(restore(&copy, Some(old)).state(), State::Ready);
    let mut chat = restore(&copy, Some(witness));
    assert_eq!(chat.state(), State::Closed);
    let batch = chat.poll_batch().unwrap();
    let why = Closed::StoreBehind;
    assert_eq!(batch.events, [Event::Closed { why, delete_history: false }]);
    chat.handle_stored(batch.number);
    // No message: the end of the chat alone.
    assert!(matches!(chat.poll_call().unwrap().request, Request::DiscardEncryption { .. }));
    assert_eq!(chat.poll_call(), None);
}

/// SC-11: however the store was found, the server is told until it has heard.
#[test]
fn sc_11_a_closed_chat_is_discarded_at_the_server_after_a_restart_behind_its_witness_too() {
    let mut pair = Pair::new(1);
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[0];
    chat.discard(now, true, entropy);
    pair.ends[0].settle(now);
    let end = &pair.ends[0];
    let said = end.calls.back().unwrap().request.clone();
    assert!(matches!(said, Request::DiscardEncryption { delete_history: true, .. }), "{said:?}");
    let restore = |us: Us, witness| {
        let mut entropy = SeededEntropy::new(1);
        let mut chat = Chat::restore(us, &end.rows, witness, now, &mut entropy).unwrap();
        let batch = chat.poll_batch().unwrap();
        assert_eq!(batch.events, [], "it was told when it was closed");
        chat.handle_stored(batch.number);
        (chat, batch.generation)
    };
    for witness in [None, Some(end.generation), Some(end.generation + 5)] {
        let (mut chat, generation) = restore(end.us.clone(), witness);
        assert!(Some(generation) > witness && generation == chat.generation());
        assert_eq!(chat.poll_call().unwrap().request, said);
        assert_eq!(chat.poll_call(), None);
    }
    // SC-81: another key has nobody to tell.
    let (mut chat, _) = restore(Us { session_key: KeyId(5), ..end.us.clone() }, None);
    assert!(chat.is_over() && chat.poll_call().is_none());
}

/// A crash between the two files may leave either: with the rows as they were, the witness has to be ahead of them still.
#[test]
fn sc_84_what_closes_a_chat_that_is_behind_is_later_than_the_witness() {
    let mut pair = Pair::new(1);
    let copy = pair.ends[0].rows.clone();
    pair.say(0, "x");
    pair.run();
    let end = &pair.ends[0];
    for witness in [end.generation, end.generation + 100, u64::MAX] {
        let mut entropy = SeededEntropy::new(1);
        let us = end.us.clone();
        let mut chat = Chat::restore(us, &copy, Some(witness), pair.now, &mut entropy).unwrap();
        let batch = chat.poll_batch().unwrap();
        assert!(batch.generation >= witness, "{batch:?}");
        assert_eq!(batch.generation, chat.generation());
    }
}

/// Without a witness, the other side gives it away: it counts what this store never made.
#[test]
fn sc_84_a_store_that_was_put_back_is_given_away_by_the_other_side() {
    let mut pair = Pair::new(1);
    let copy = pair.ends[0].rows.clone();
    pair.say(0, "x");
    pair.say(0, "y");
    pair.run();
    pair.ends[0].rows = copy;
    let now = pair.now;
    pair.ends[0].crash(now);
    pair.say(1, "z");
    pair.take(1);
    assert!(matches!(pair.deliver(0), Receipt::Closed(crate::secret::Breach::InAhead { .. })));
}

/// A chat of each kind of row, cut and flipped everywhere: an error or a chat, and no panic.
#[test]
fn sc_86_damaged_rows_are_told() {
    let mut pair = Pair::new(1);
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[0];
    let file =
        InputFile::Uploaded { id: 1, parts: 1, md5_checksum: "m".into(), key_fingerprint: 1 };
    let message = Message { ttl: 5, ..Message::text("x") };
    chat.send(now, message, Some(file), entropy).unwrap();
    pair.ends[0].settle(now);
    let ahead = pair.forge(1, 1, 5, &text(1, "x"));
    pair.hand(0, ahead);
    let more: Vec<_> = (1..5).map(|out| pair.forge(1, 1, out, &text(1, "x"))).collect();
    let end = &pair.ends[0];
    let kinds: Vec<_> = end.rows.iter().map(|(row, bytes)| (row, bytes.to_vec())).collect();
    assert!(kinds.iter().any(|(row, _)| matches!(row, Row::Queued(_))));
    assert!(kinds.iter().any(|(row, _)| matches!(row, Row::Timer(_))));
    let restore = |row: Row, bytes: &[u8]| {
        let mut rows = end.rows.clone();
        rows.insert(row, bytes.to_vec().into());
        let mut entropy = SeededEntropy::new(1);
        Chat::restore(end.us.clone(), &rows, None, now, &mut entropy).map(|_| ())
    };
    for (row, bytes) in &kinds {
        assert_eq!(restore(*row, bytes), Ok(()));
        for cut in 0..bytes.len() {
            assert_eq!(restore(*row, &bytes[..cut]), Err(RestoreError::Damaged), "{row:?} {cut}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(restore(*row, &longer), Err(RestoreError::Damaged));
        for place in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place] ^= 0xff;
            let mut rows = end.rows.clone();
            rows.insert(*row, flipped.into());
            let mut entropy = SeededEntropy::new(1);
            // Whatever can be read goes on somehow.
            if let Ok(chat) = Chat::restore(end.us.clone(), &rows, None, now, &mut entropy) {
                let mut end = End::new(end.us.clone(), chat, 1);
                let _ = end.chat.send(now, Message::text("y"), None, &mut end.entropy);
                end.settle(now);
                for message in &more {
                    end.chat.handle_message(now, message.clone(), &mut end.entropy);
                    end.settle(now);
                }
                let later = now.after(Duration::from_secs(1 << 40));
                end.chat.handle_timeout(later, &mut end.entropy);
                end.settle(later);
            }
        }
    }
    let mut newer = kinds[0].1.clone();
    newer[0] = 2;
    assert_eq!(restore(Row::State, &newer), Err(RestoreError::Version(2)));
    let mut entropy = SeededEntropy::new(1);
    let none = Chat::restore(end.us.clone(), &Rows::new(), None, now, &mut entropy);
    assert_eq!(none.map(|_| ()), Err(RestoreError::NoState));
}

#[test]
fn sc_86_nothing_secret_is_printed() {
    let mut pair = Pair::new(1);
    pair.say(0, "hush");
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[0];
    chat.act(now, &Action::SetTtl(5), entropy).unwrap();
    let printed = format!("{chat:?} {chat:#?}");
    assert!(!printed.contains("hush"));
    assert!(printed.len() < 400, "{printed}");
    let printed = format!("{:?} {:?}", pair.ends[0].rows, Message::text("hush"));
    assert!(!printed.contains("hush"));
    let key = format!("{:?}", &pair.ends[0].key().expose()[..4]);
    assert!(!printed.contains(key.trim_matches(['[', ']'])), "{printed}");
    let batch = {
        let End { chat, entropy, .. } = &mut pair.ends[0];
        chat.send(now, Message::text("hush"), None, entropy).unwrap();
        chat.poll_batch().unwrap()
    };
    let printed = format!("{batch:?}");
    assert!(!printed.contains(key.trim_matches(['[', ']'])), "{printed}");
}
