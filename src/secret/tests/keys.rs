//! SC-50 to SC-58: new keys for a chat that goes on.

use super::*;
use crate::secret::Dropped;
use crate::secret::limits::{REKEY_AFTER, REKEY_AFTER_TIME};
use crate::secret::rekey::Rekey;

fn rekey(pair: &Pair, end: usize) -> &Rekey {
    &pair.ends[end].chat.record.rekey
}

fn uses(pair: &Pair, end: usize) -> u32 {
    pair.ends[end].chat.record.keys.uses
}

fn holds_old(pair: &Pair, end: usize) -> bool {
    pair.ends[end].chat.record.keys.old.is_some()
}

/// A pair in which the creator is about to ask for a new key, with nothing on its way.
fn due() -> Pair {
    let mut pair = Pair::new(1);
    pair.ends[0].chat.record.keys.uses = REKEY_AFTER;
    pair
}

/// A pair in which the creator has asked: the request is the acceptor's next mail.
fn requested() -> Pair {
    let mut pair = due();
    pair.say(0, "x");
    pair.take(0);
    assert!(matches!(rekey(&pair, 0), Rekey::Requested { .. }));
    assert_eq!(pair.deliver(1), Receipt::Taken);
    pair
}

/// What the packets that wait for an end say of keys.
fn said(pair: &Pair, from: usize) -> Vec<Control> {
    let controls = pair.ends[1 - from].mail.iter().map(|message| pair.read(from, message).1);
    controls
        .filter_map(|content| match content {
            Content::Control(control) => Some(control),
            _ => None,
        })
        .collect()
}

fn settled(pair: &Pair) {
    for end in 0..2 {
        assert_eq!(*rekey(pair, end), Rekey::Idle);
        assert!(!holds_old(pair, end), "{end}");
    }
    assert_eq!(pair.ends[0].key(), pair.ends[1].key());
}

#[test]
fn sc_50_a_new_key_comes_after_more_than_a_hundred_messages_in_and_out() {
    let mut pair = Pair::new(1);
    let first = pair.ends[0].key();
    while uses(&pair, 0) < REKEY_AFTER {
        pair.say(0, "x");
        pair.run();
    }
    assert_eq!(pair.ends[0].key(), first);
    assert_eq!(*rekey(&pair, 0), Rekey::Idle);
    pair.say(0, "one more");
    pair.run();
    assert_ne!(pair.ends[0].key(), first);
    settled(&pair);
    assert!(uses(&pair, 0) < 10 && uses(&pair, 1) < 10);
    // Both have been told once, and go on.
    for end in &pair.ends {
        assert_eq!(end.hears(|event| matches!(event, Event::Rekeyed { .. })), 1);
    }
    pair.say(1, "there");
    pair.run();
    assert_eq!(pair.ends[0].texts(), ["there"]);
}

#[test]
fn sc_50_a_new_key_comes_after_a_week_if_the_key_was_used() {
    let mut pair = Pair::new(1);
    let first = pair.ends[0].key();
    pair.pass(REKEY_AFTER_TIME - Duration::from_secs(1));
    pair.run();
    assert_eq!(pair.ends[0].key(), first);
    // The time is kept over a restart, and due by the timer alone.
    let now = pair.now;
    pair.ends[0].crash(now);
    assert_eq!(pair.ends[0].chat.poll_timeout(), Some(now.mono + Duration::from_secs(1)));
    pair.pass(Duration::from_secs(1));
    pair.run();
    assert_ne!(pair.ends[0].key(), first);
    settled(&pair);
    // A key that nobody used stays.
    let mut pair = Pair::new(1);
    for end in &mut pair.ends {
        end.chat.record.keys.uses = 0;
        assert_eq!(end.chat.poll_timeout(), None);
    }
    pair.pass(REKEY_AFTER_TIME * 2);
    assert!(pair.ends.iter().all(|end| end.calls.is_empty()));
}

#[test]
fn sc_50_no_exchange_begins_while_one_is_open_or_the_old_key_is_needed() {
    let mut pair = requested();
    let exchange = rekey(&pair, 0).exchange();
    for end in 0..2 {
        pair.ends[end].chat.record.keys.uses = REKEY_AFTER + 1;
    }
    // The acceptor asks too: a collision, which one of them wins.
    pair.say(0, "more");
    assert_eq!(rekey(&pair, 0).exchange(), exchange);
    pair.run();
    settled(&pair);
    // Between the creator's commit and the first word under the new key.
    let mut pair = requested();
    pair.deliver(1);
    pair.take(1);
    assert_eq!(pair.deliver(0), Receipt::Taken);
    assert!(holds_old(&pair, 0));
    pair.ends[0].chat.record.keys.uses = REKEY_AFTER + 1;
    pair.say(0, "more");
    assert_eq!(*rekey(&pair, 0), Rekey::Idle);
    pair.run();
    settled(&pair);
}

#[test]
fn sc_51_request_accept_and_commit_go_by_the_old_key_and_all_after_by_the_new() {
    let mut pair = requested();
    let old = pair.ends[0].key();
    let id = |message: &EncryptedMessage| packet::fingerprint(&message.bytes).unwrap();
    assert_eq!(id(&pair.ends[1].mail[0]), old.id());
    assert!(matches!(said(&pair, 0)[..], [Control::RequestKey { .. }]));
    pair.deliver(1);
    pair.take(1);
    assert_eq!(id(&pair.ends[0].mail[0]), old.id());
    assert!(matches!(said(&pair, 1)[..], [Control::AcceptKey { .. }]));
    assert_eq!(pair.ends[1].key(), old);
    pair.deliver(0);
    let new = pair.ends[0].key();
    assert_ne!(new, old);
    pair.say(0, "new");
    pair.take(0);
    let ids: Vec<_> = pair.ends[1].mail.iter().map(id).collect();
    assert_eq!(ids, [old.id(), new.id()]);
    assert!(matches!(said(&pair, 0)[..], [Control::CommitKey { .. }]));
    // Until then the acceptor writes with the old one.
    pair.say(1, "old");
    pair.take(1);
    assert_eq!(id(&pair.ends[0].mail[0]), old.id());
    pair.deliver(1);
    assert_eq!(pair.ends[1].key(), new);
    pair.take(1);
    // Which says at once that it has it.
    assert_eq!(id(pair.ends[0].mail.back().unwrap()), new.id());
    assert_eq!(said(&pair, 1).last(), Some(&Control::Noop));
    assert!(holds_old(&pair, 0));
    pair.run();
    settled(&pair);
    assert_eq!(pair.ends[0].texts(), ["old"]);
    assert_eq!(pair.ends[1].texts(), ["x", "new"]);
}

#[test]
fn sc_51_the_first_packet_of_the_new_key_switches_too_with_commit_behind_it() {
    let mut pair = requested();
    pair.deliver(1);
    pair.take(1);
    pair.deliver(0);
    pair.say(0, "new");
    pair.take(0);
    let commit = pair.ends[1].mail.pop_front().unwrap();
    assert_eq!(pair.deliver(1), Receipt::Ahead);
    assert!(matches!(rekey(&pair, 1), Rekey::Switched { .. }));
    assert!(holds_old(&pair, 1), "for the commit that is missing");
    let now = pair.now;
    pair.ends[1].crash(now);
    assert_eq!(pair.hand(1, commit), Receipt::Taken);
    assert!(!holds_old(&pair, 1));
    pair.run();
    settled(&pair);
    assert_eq!(pair.ends[1].texts(), ["x", "new"]);
}

/// After each step of an exchange, either side is lost but for its store, and once nothing is lost.
#[test]
fn sc_52_a_crash_at_any_step_of_an_exchange_ends_with_one_key() {
    for crashed in 0..3 {
        for at in 0..12 {
            let mut pair = due();
            let first = pair.ends[0].key();
            pair.say(0, "x");
            let now = pair.now;
            let mut step = 0;
            loop {
                if step == at && crashed < 2 {
                    pair.ends[crashed].crash(now);
                }
                step += 1;
                pair.take(step % 2);
                let Some(end) = (0..2).find(|end| !pair.ends[*end].mail.is_empty()) else {
                    if step > at { break } else { continue }
                };
                pair.deliver(end);
            }
            pair.run();
            pair.say(0, "there");
            pair.say(1, "back");
            pair.run();
            settled(&pair);
            assert_ne!(pair.ends[0].key(), first);
            assert_eq!(pair.ends[1].texts(), ["x", "there"]);
            assert_eq!(pair.ends[0].texts(), ["back"]);
        }
    }
}

#[test]
fn sc_52_accept_and_commit_are_said_when_the_key_is_stored() {
    let mut pair = requested();
    let message = pair.ends[1].mail.pop_front().unwrap();
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[1];
    chat.handle_message(now, message, entropy);
    let batch = chat.poll_batch().unwrap();
    pair.ends[1].store(&batch);
    let work = pair.ends[1].chat.poll_work().unwrap();
    let End { chat, entropy, .. } = &mut pair.ends[1];
    chat.handle_done(now, work.run(), entropy);
    assert_eq!(chat.poll_call(), None);
    let batch = chat.poll_batch().unwrap();
    pair.ends[1].store(&batch);
    // The stored chat knows the key that the call accepts.
    let stored = crate::secret::record::Record::decode(
        pair.ends[1].rows.row(crate::secret::Row::State).unwrap(),
    );
    assert!(matches!(stored.unwrap().rekey, Rekey::Accepted { .. }));
    assert!(pair.ends[1].chat.poll_call().is_some());
}

/// Both ask at the same time, with numbers in every order.
#[test]
fn sc_53_both_ask_at_once_and_end_with_one_key() {
    for (ours, theirs) in [(5, 3), (3, 5), (-1, 1), (1, -1), (i64::MIN, i64::MAX), (4, 4)] {
        let mut pair = due();
        pair.ends[1].chat.record.keys.uses = REKEY_AFTER;
        let first = pair.ends[0].key();
        let numbers = [ours, theirs];
        for (end, number) in numbers.into_iter().enumerate() {
            // The number is put in its place before it is said.
            let now = pair.now;
            let End { chat, entropy, .. } = &mut pair.ends[end];
            chat.send(now, Message::text("x"), None, entropy).unwrap();
            let Rekey::Drawing { exchange, .. } = &mut chat.record.rekey else { panic!() };
            *exchange = number;
            pair.take(end);
            assert!(matches!(rekey(&pair, end), Rekey::Requested { .. }));
        }
        pair.run();
        for end in &pair.ends {
            assert_eq!(end.chat.state(), State::Ready);
        }
        if ours == theirs {
            // Both are dropped; then the next is begun, as it is still due.
            assert_eq!(pair.ends[0].key(), pair.ends[1].key());
        } else {
            settled(&pair);
            assert_ne!(pair.ends[0].key(), first);
        }
        // Nobody said `AbortKey`.
        assert!(pair.ends.iter().all(|end| end.counts().odd_rekeying <= 1));
        pair.say(0, "there");
        pair.say(1, "back");
        pair.run();
        assert_eq!(pair.ends[1].texts(), ["x", "there"]);
        assert_eq!(pair.ends[0].texts(), ["x", "back"]);
    }
}

/// A message of the creator about keys, in its turn; what the acceptor says to it.
fn answer_to(pair: &mut Pair, control_: &Control) -> Vec<Control> {
    pair.ends[1].settle(pair.now);
    pair.take(1);
    pair.ends[0].mail.clear();
    let (in_, out) = (pair.numbers(1).peer_in, pair.numbers(1).received);
    let message = pair.forge(0, in_, out, &control(control_));
    assert_eq!(pair.hand(1, message), Receipt::Taken);
    pair.take(1);
    said(pair, 1)
}

#[test]
fn sc_54_a_bad_number_is_refused_and_the_chat_goes_on() {
    for g_a in [vec![], vec![1], vec![2], vec![0xff; 256], KNOWN_PRIME.to_vec(), vec![1; 300]] {
        let mut pair = Pair::new(1);
        let said = answer_to(&mut pair, &Control::RequestKey { exchange: 7, g_a });
        assert_eq!(said, [Control::AbortKey { exchange: 7 }]);
        assert_eq!(*rekey(&pair, 1), Rekey::Idle);
    }
    let mut number = vec![0x11; 256];
    number[0] = 1;
    let mut pair = Pair::new(1);
    let said = answer_to(&mut pair, &Control::RequestKey { exchange: 7, g_a: number });
    assert!(matches!(said[..], [Control::AcceptKey { exchange: 7, .. }]));
}

/// The acceptor has asked; the creator's answer is bad in one way or another.
#[test]
fn sc_54_a_bad_answer_is_refused_and_the_old_key_stays() {
    let bad = |g_b: Vec<u8>, fingerprint| (g_b, fingerprint);
    for (g_b, fingerprint) in [
        bad(vec![1], 1),
        bad(vec![0xff; 256], 1),
        bad(
            {
                let mut good = vec![0x11; 256];
                good[0] = 1;
                good
            },
            1,
        ),
    ] {
        let mut pair = Pair::new(1);
        pair.ends[1].chat.record.keys.uses = REKEY_AFTER;
        pair.say(1, "x");
        pair.take(1);
        let exchange = rekey(&pair, 1).exchange().unwrap();
        let key = pair.ends[1].key();
        let other = Control::AcceptKey { exchange: exchange ^ 1, g_b: g_b.clone(), fingerprint };
        // Of another exchange: ignored (SC-54).
        assert_eq!(answer_to(&mut pair, &other), []);
        assert!(matches!(rekey(&pair, 1), Rekey::Requested { .. }));
        let said = answer_to(&mut pair, &Control::AcceptKey { exchange, g_b, fingerprint });
        assert_eq!(said[..1], [Control::AbortKey { exchange }]);
        assert_eq!(pair.ends[1].key(), key);
    }
}

#[test]
fn sc_54_our_own_number_as_the_answer_is_refused() {
    let mut pair = Pair::new(1);
    pair.ends[1].chat.record.keys.uses = REKEY_AFTER;
    pair.say(1, "x");
    pair.take(1);
    let Rekey::Requested { exchange, ours, .. } = rekey(&pair, 1).clone() else { panic!() };
    let answer = Control::AcceptKey { exchange, g_b: ours.to_vec(), fingerprint: 1 };
    assert_eq!(answer_to(&mut pair, &answer)[..1], [Control::AbortKey { exchange }]);
}

#[test]
fn sc_54_an_abort_counts_for_its_own_exchange_alone() {
    let mut pair = Pair::new(1);
    pair.ends[1].chat.record.keys.uses = REKEY_AFTER;
    pair.say(1, "x");
    pair.take(1);
    pair.ends[1].chat.record.keys.uses = 0;
    let exchange = rekey(&pair, 1).exchange().unwrap();
    answer_to(&mut pair, &Control::AbortKey { exchange: exchange ^ 1 });
    assert_eq!(rekey(&pair, 1).exchange(), Some(exchange));
    answer_to(&mut pair, &Control::AbortKey { exchange });
    assert_eq!(*rekey(&pair, 1), Rekey::Idle);
}

#[test]
fn sc_55_the_old_key_is_kept_for_what_was_written_with_it_and_then_wiped() {
    let mut pair = requested();
    pair.deliver(1);
    pair.say(1, "before");
    pair.take(1);
    pair.deliver(0);
    assert!(holds_old(&pair, 0));
    // "before" was written with the old key, and comes after the commit was made.
    let message = pair.ends[0].mail.pop_front().unwrap();
    assert_eq!(pair.hand(0, message), Receipt::Taken);
    assert!(holds_old(&pair, 0));
    pair.take(0);
    pair.deliver(1);
    pair.take(1);
    pair.run();
    assert_eq!(pair.ends[0].texts(), ["before"]);
    settled(&pair);
}

#[test]
fn sc_55_who_has_counted_the_commit_does_not_write_with_the_old_key() {
    let mut pair = requested();
    pair.deliver(1);
    pair.take(1);
    pair.deliver(0);
    let commit = pair.ends[0].chat.record.keys.old.as_ref().unwrap().commit.unwrap();
    // The acceptor still has the old key as its own, and so would whoever has only that.
    let out = pair.numbers(0).received;
    let message = pair.forge(1, commit + 1, out, &text(1, "late"));
    assert_eq!(pair.hand(0, message), Receipt::Dropped(Dropped::OldKey));
    let message = pair.forge(1, commit, out, &text(1, "in time"));
    assert_eq!(pair.hand(0, message), Receipt::Taken);
    assert_eq!(pair.ends[0].texts(), ["in time"]);
}

/// Android writes what was asked for again with the key of the day, under its number and with its `in` of before: what follows may
/// still be of the old key.
#[test]
fn sc_55_what_is_written_anew_with_the_new_key_does_not_wipe_the_old_one() {
    let mut pair = requested();
    pair.deliver(1);
    pair.take(1);
    pair.deliver(0);
    let new = pair.ends[0].key();
    let commit = pair.ends[0].chat.record.keys.old.as_ref().unwrap().commit.unwrap();
    let out = pair.numbers(0).received;
    let (in_seq_no, out_seq_no) = Numbers::wire(commit, out, Side::Acceptor);
    let header = Header { layer: 144, in_seq_no, out_seq_no };
    let anew = layer::write(header, &text(1, "anew"), &mut SeededEntropy::new(1));
    let message = pair.forge_by(1, &new, &anew);
    assert_eq!(pair.hand(0, message), Receipt::Taken);
    let message = pair.forge(1, commit, out + 1, &text(2, "old"));
    assert_eq!(pair.hand(0, message), Receipt::Taken);
    assert_eq!(pair.ends[0].texts(), ["anew", "old"]);
}

#[test]
fn sc_55_a_packet_of_a_key_that_was_wiped_is_dropped() {
    let mut pair = Pair::new(1);
    pair.say(0, "early");
    pair.take(0);
    let early = pair.ends[1].mail[0].clone();
    pair.run();
    pair.ends[0].chat.record.keys.uses = REKEY_AFTER + 1;
    pair.say(0, "x");
    pair.run();
    settled(&pair);
    assert_eq!(pair.hand(1, early), Receipt::Dropped(Dropped::UnknownKey));
    assert_eq!(pair.ends[1].counts().unknown_key, 1);
}

/// In every state that an acceptor can be in, every word about keys: no chat is closed, and nothing is stuck.
#[test]
fn sc_56_words_in_every_wrong_state_close_nothing() {
    let mut number = vec![0x11; 256];
    number[0] = 1;
    let words = [
        Control::RequestKey { exchange: 7, g_a: number.clone() },
        Control::AcceptKey { exchange: 7, g_b: number, fingerprint: 5 },
        Control::AbortKey { exchange: 7 },
        Control::CommitKey { exchange: 7, fingerprint: 5 },
        Control::Noop,
    ];
    for first in &words {
        for second in &words {
            for third in &words {
                let mut pair = Pair::new(1);
                let key = pair.ends[1].key();
                for word in [first, second, third] {
                    answer_to(&mut pair, word);
                }
                assert_eq!(pair.ends[1].chat.state(), State::Ready);
                assert_eq!(pair.ends[1].key(), key, "nobody has committed");
                let (in_, out) = (pair.numbers(1).peer_in, pair.numbers(1).received);
                let message = pair.forge(0, in_, out, &text(9, "on"));
                assert_eq!(pair.hand(1, message), Receipt::Taken);
            }
        }
    }
}

#[test]
fn sc_57_the_picture_stays_when_the_key_changes() {
    let mut pair = Pair::new(1);
    let hash = pair.ends[0].chat.key_hash();
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[0];
    chat.set_verified(now, true, entropy);
    for _ in 0..3 {
        let key = pair.ends[0].key();
        pair.ends[0].chat.record.keys.uses = REKEY_AFTER + 1;
        pair.say(0, "x");
        pair.run();
        assert_ne!(pair.ends[0].key(), key);
    }
    pair.ends[0].crash(now);
    assert_eq!(pair.ends[0].chat.key_hash(), hash);
    assert_eq!(pair.ends[1].chat.key_hash(), hash);
    assert!(pair.ends[0].chat.is_verified());
    assert!(!pair.ends[1].chat.is_verified());
}

/// Each exchange of each chat has numbers of its own.
#[test]
fn sc_58_no_number_is_used_twice() {
    let mut seen = Vec::new();
    let mut exchanges = Vec::new();
    for seed in [1, 100] {
        let mut pair = Pair::new(seed);
        for round in 0..4 {
            let end = round % 2;
            pair.ends[end].chat.record.keys.uses = REKEY_AFTER + 1;
            pair.say(end, "x");
            pair.take(end);
            let asked = pair.ends[1 - end].mail.iter().map(|message| pair.read(end, message).1);
            for content in asked {
                if let Content::Control(Control::RequestKey { exchange, g_a }) = content {
                    exchanges.push(exchange);
                    seen.push(g_a);
                }
            }
            pair.run();
            settled(&pair);
        }
    }
    assert_eq!((seen.len(), exchanges.len()), (8, 8));
    seen.sort();
    seen.dedup();
    exchanges.sort_unstable();
    exchanges.dedup();
    assert_eq!((seen.len(), exchanges.len()), (8, 8));
}
