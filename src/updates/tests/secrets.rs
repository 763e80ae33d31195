//! Messages of secret chats, which the server forgets once it was told where we are (SC-80).

use super::*;
use crate::tl::api::enums;

/// A message of a secret chat, of which nobody reads what is in it.
fn secret(number: i32) -> enums::EncryptedMessage {
    let (random_id, bytes) = (number.into(), vec![1].into());
    let service = types::EncryptedMessageService { random_id, chat_id: 3, date: DATE, bytes };
    enums::EncryptedMessage::EncryptedMessageService(Box::new(service))
}

fn pushed(qts: i32) -> Updates {
    let new = types::UpdateNewEncryptedMessage { message: secret(qts), qts };
    one(Update::UpdateNewEncryptedMessage(new))
}

/// SC-80: a run before had confirmed it, so that no difference brings it any more; it was on its way, and it is told before what is.
#[test]
fn up_27_and_sc_80_what_is_held_and_forgotten_by_the_server_is_told() {
    for last in [QTS + 2, QTS + 4] {
        let mut bench = Bench::ready();
        bench.engine.missed();
        let token = bench.difference();
        for qts in [QTS + 2, QTS + 1] {
            bench.engine.handle_updates(bench.now, &pushed(qts).to_bytes());
        }
        assert_eq!(bench.deliveries().len(), 0);
        let Difference::Difference(mut all) = diff(&[], vec![], PTS) else { panic!() };
        // It has the second, and all that follow.
        all.new_encrypted_messages = (QTS + 2..=last).map(secret).collect();
        all.state.qts = last;
        bench.answer(token, &Difference::Difference(all));
        let told: Vec<_> = bench.deliveries().into_iter().map(|told| told.event).collect();
        let all: Vec<_> = (QTS + 1..=last).map(|qts| Event::Encrypted(secret(qts))).collect();
        assert_eq!(told, all);
    }
}

/// SC-80: from where the difference is asked for, the server may forget. What was told and is not kept is asked for again, and told once.
#[test]
fn up_84_and_sc_80_what_is_not_kept_of_secret_chats_is_not_confirmed() {
    let mut bench = Bench::ready();
    for qts in [QTS + 1, QTS + 2] {
        bench.engine.handle_updates(bench.now, &pushed(qts).to_bytes());
    }
    let told = bench.deliveries();
    assert_eq!(told.len(), 2);
    bench.engine.commit(told[0].mark);
    bench.save();
    let asked = |bench: &mut Bench| match bench.request() {
        Some((token, Request::Difference(call))) => (token, call.qts),
        other => panic!("{other:?}"),
    };
    bench.engine.missed();
    let (token, qts) = asked(&mut bench);
    assert_eq!(qts, QTS + 1);
    // It brings the one that was told, and another.
    let Difference::Difference(mut all) = diff(&[], vec![], PTS) else { panic!() };
    all.new_encrypted_messages = vec![secret(QTS + 2), secret(QTS + 3)];
    all.state.qts = QTS + 3;
    bench.answer(token, &Difference::Difference(all));
    assert_eq!(bench.deliveries().len(), 1);
    // A program that ends now has both again.
    let mut bench = bench.restart();
    bench.engine.connected(bench.now);
    assert_eq!(asked(&mut bench).1, QTS + 1);
}

/// The difference that is asked for, and from which `qts`.
fn asked(bench: &mut Bench) -> (Token, i32) {
    match bench.engine.poll_request(bench.now) {
        Some((token, Request::Difference(call))) => (token, call.qts),
        other => panic!("{other:?}"),
    }
}

fn brings(secrets: impl IntoIterator<Item = i32>, pts: i32, qts: i32) -> Box<answers::Difference> {
    let Difference::Difference(mut all) = diff(&[], vec![], pts) else { panic!() };
    all.new_encrypted_messages = secrets.into_iter().map(secret).collect();
    all.state.qts = qts;
    all
}

/// A batch that is on its way to the disk, or that a full disk has refused, is not there yet.
#[test]
fn sc_80_what_was_given_to_be_kept_and_is_not_kept_yet_is_not_confirmed() {
    let mut bench = Bench::ready();
    bench.engine.handle_updates(bench.now, &pushed(QTS + 1).to_bytes());
    for delivery in bench.deliveries() {
        bench.engine.commit(delivery.mark);
    }
    assert!(bench.engine.poll_checkpoint().is_some());
    for is_kept in [false, true] {
        if is_kept {
            bench.engine.checkpoint_kept();
        }
        bench.engine.missed();
        let (token, qts) = asked(&mut bench);
        assert_eq!(qts, QTS + i32::from(is_kept));
        bench.answer(token, &empty(DATE, SEQ));
    }
}

/// The server has said where the account begins. A program that ends before that is kept begins again, perhaps elsewhere.
#[test]
fn sc_80_nothing_is_confirmed_before_it_is_kept_where_the_account_begins() {
    let mut bench = Bench::new(Some(USER), CatchUp::SinceCommit, Kept::default());
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(PTS, QTS, DATE, SEQ));
    assert_eq!(bench.engine.poll_request(bench.now), None);
    bench.save();
    assert_eq!(asked(&mut bench).1, QTS);
    // Bots have no secret chats.
    let mut bench = Bench::new(Some(BOT), CatchUp::SinceCommit, Kept::default());
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(PTS, QTS, DATE, SEQ));
    assert_eq!(asked(&mut bench).1, QTS);
}

/// The server forgets them as soon as it may.
#[test]
fn up_63_and_sc_80_what_cannot_be_read_takes_no_message_of_a_secret_chat_with_it() {
    let fill = |all: &mut answers::Difference, of_qts: Vec<i32>| {
        all.new_encrypted_messages = of_qts.into_iter().map(secret).collect();
    };
    unreadable::whatever_cannot_be_read_is_left_out(fill, "secret", true);
}

/// What happens while the messages of secret chats are asked for apart is behind what was not asked for yet.
#[test]
fn up_63_and_sc_80_while_the_secret_chats_are_asked_for_apart_nothing_else_is_told() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    loop {
        match bench.request() {
            Some((token, Request::State(_))) => {
                break bench.answer(token, &server_state(PTS + 1, QTS + 1, DATE + 1, SEQ));
            }
            Some((token, _)) => {
                let answer = Ok(&[1, 2, 3, 4][..]);
                bench.engine.handle_answer(bench.now, token, answer, &mut bench.entropy);
            }
            None => bench.pass(100_000),
        }
    }
    let both = |first: i32| {
        let mut all = brings([], PTS + 2, QTS + 1);
        all.new_messages = (first..=PTS + 2).map(|at| message(at, me())).collect();
        all.other_updates = vec![phone(1)];
        all
    };
    let mut token = bench.difference();
    let mut all = both(PTS + 2);
    all.new_encrypted_messages = vec![secret(QTS + 1)];
    bench.answer(token, &Difference::Difference(all));
    assert_eq!(bench.told(), [format!("qts secret {}", QTS + 1)]);
    token = bench.difference();
    bench.answer(token, &Difference::Difference(both(PTS + 1)));
    let told = bench.told();
    let ours = [PTS + 1, PTS + 2].map(|at| format!("me message {at}"));
    assert_eq!(
        told.iter().filter(|told| told.contains("message")).collect::<Vec<_>>(),
        [&ours[0], &ours[1]]
    );
}

/// Each answer brings again what is not committed. It is no news, and nothing that is missing is waited for because of it.
#[test]
fn up_34_and_sc_80_what_comes_again_is_nothing_that_was_missing() {
    let open = || {
        let mut bench = Bench::ready();
        bench.engine.handle_updates(bench.now, &pushed(QTS + 1).to_bytes());
        assert_eq!(bench.deliveries().len(), 1);
        bench
    };
    let mut bench = open();
    bench.engine.handle_updates(bench.now, &one(new(105)).to_bytes());
    bench.engine.handle_updates(bench.now, &all(vec![phone(1)], SEQ + 4).to_bytes());
    let mut told: Vec<Vec<String>> = Vec::new();
    for _ in 0..3 {
        bench.pass(500);
        let (token, qts) = asked(&mut bench);
        assert_eq!(qts, QTS);
        bench.answer(token, &Difference::Difference(brings([QTS + 1], PTS, QTS + 1)));
        told.push(bench.deliveries().iter().map(text).collect());
    }
    assert_eq!(told, [vec!["me phone 1"], vec![], vec!["me lost 100..104 Unfilled", "me new 105"]]);
    bench.pass(60_000);
    assert_eq!(bench.engine.poll_request(bench.now), None);
    // Slices that bring nothing else are no progress.
    let mut bench = open();
    bench.engine.missed();
    let mut calls = 0;
    for _ in 0..100 {
        while let Some((token, _)) = bench.engine.poll_request(bench.now) {
            calls += 1;
            assert!(calls < 40, "it loops");
            bench.answer(token, &sliced(*brings([QTS + 1], PTS, QTS)));
        }
        bench.pass(90_000);
    }
    assert_eq!(bench.state(), State::Dormant);
}

/// What an answer brought shows that the server has more than the answers before it knew.
#[test]
fn up_34_an_answer_that_brings_something_has_the_others_forgotten() {
    let mut bench = Bench::ready();
    bench.push(&one(new(105)));
    let mut told = Vec::new();
    for came in [None, None, Some(102), None, None, None] {
        bench.pass(500);
        let token = bench.difference();
        match came {
            None => bench.answer(token, &empty(DATE, SEQ)),
            Some(pts) => bench.answer(token, &diff(&[pts - 1, pts], vec![], pts)),
        }
        told.push(bench.told().len());
    }
    assert_eq!(told, [0, 0, 2, 0, 0, 2]);
}

/// UM-06: a slice has the `qts` that was asked for, which is before what was told and is not kept.
#[test]
fn up_85_and_sc_80_a_slice_does_not_set_back_what_was_told() {
    let mut bench = Bench::ready();
    bench.engine.handle_updates(bench.now, &pushed(QTS + 1).to_bytes());
    let first = bench.deliveries();
    bench.engine.missed();
    let (token, _) = asked(&mut bench);
    let mut part = brings([], PTS + 1, QTS);
    part.new_messages = vec![message(PTS + 1, me())];
    bench.answer(token, &sliced(*part));
    assert_eq!(bench.deliveries().len(), 1);
    assert_eq!(bench.common().qts, QTS + 1);
    let (token, _) = asked(&mut bench);
    bench.fail(token, 500, "INTERNAL");
    bench.engine.handle_updates(bench.now, &pushed(QTS + 1).to_bytes());
    assert_eq!(bench.deliveries().len(), 0);
    bench.engine.commit(first[0].mark);
    bench.save();
    assert_eq!(bench.kept.common.unwrap().qts, QTS + 1);
    // One that is lower and was not asked for is the server's word (UP-30).
    bench.pass(2_000);
    let (token, _) = asked(&mut bench);
    bench.answer(token, &Difference::Difference(brings([], PTS + 1, 3)));
    assert_eq!(bench.common().qts, 3);
}

/// SC-43: a message is known by its name, whatever else an answer says of it.
#[test]
fn up_27_and_sc_80_what_an_answer_says_otherwise_was_not_forgotten() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let (token, _) = asked(&mut bench);
    bench.engine.handle_updates(bench.now, &pushed(QTS + 2).to_bytes());
    let mut all = brings([QTS + 1, QTS + 2], PTS, QTS + 2);
    for message in &mut all.new_encrypted_messages {
        let enums::EncryptedMessage::EncryptedMessageService(service) = message else { panic!() };
        service.date += 1;
    }
    let expected: Vec<_> =
        all.new_encrypted_messages.iter().cloned().map(Event::Encrypted).collect();
    bench.answer(token, &Difference::Difference(all));
    let told: Vec<_> = bench.deliveries().into_iter().map(|told| told.event).collect();
    assert_eq!(told, expected);
}
