//! Containers, `seq` and dates (UP-05 to UP-13, UP-90).

use super::*;

#[test]
fn up_05_and_up_90_boxes_go_before_the_rest_and_do_not_wait_for_its_seq() {
    // An old container with a new update: that is told, the rest is not.
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&all(vec![phone(9), new(101)], SEQ)), ["me new 101"]);
    // One that is ahead: the same, and the rest waits.
    assert_eq!(bench.push(&all(vec![phone(9), new(102)], SEQ + 2)), ["me new 102"]);
    assert_eq!(
        bench.push(&all(vec![phone(8), new(103)], SEQ + 1)),
        ["me new 103", "me phone 8", "me phone 9"]
    );
    assert_eq!(bench.common().seq, SEQ + 2);
}

#[test]
fn up_06_every_order_inside_a_container_is_sorted_by_box_and_position() {
    let updates = [read_in(CHANNEL, 51, 51), new_in(CHANNEL, 51), new(102), new(101), phone(3)];
    for order in orders(&updates) {
        let mut bench = Bench::ready();
        let expected = ["me new 101", "me new 102", "ch7 new 51", "ch7 read 51", "- phone 3"];
        assert_eq!(bench.push(&all(order, 0)), expected);
        assert_eq!(bench.request(), None);
    }
    // What has no position stays as it came.
    let phones: Vec<i64> = vec![4, 2, 9, 1];
    let told = Bench::ready().push(&all(phones.iter().map(|id| phone(*id)).collect(), SEQ + 1));
    assert_eq!(told, ["me phone 4", "me phone 2", "me phone 9", "me phone 1"]);
}

#[test]
fn up_07_a_container_follows_the_last_one_or_is_unordered() {
    for (start, seq, told) in [
        (0, 0, 1),
        (SEQ + 1, SEQ + 1, 1),
        (SEQ + 1, SEQ + 4, 1),
        (SEQ, SEQ, 0),
        (1, SEQ, 0),
        (SEQ + 2, SEQ + 2, 0),
    ] {
        let mut bench = Bench::ready();
        assert_eq!(bench.push(&combined(vec![phone(9)], start, seq)).len(), told, "{start} {seq}");
    }
}

#[test]
fn up_07_every_order_of_containers_is_told_in_the_order_of_seq() {
    let containers: Vec<(i32, i32)> = vec![(6, 6), (7, 9), (10, 10), (11, 11)];
    for order in orders(&containers) {
        let mut bench = Bench::ready();
        let mut told = Vec::new();
        for (start, seq) in order {
            told.extend(bench.push(&combined(vec![phone(seq.into())], start, seq)));
        }
        assert_eq!(told, ["me phone 6", "me phone 9", "me phone 10", "me phone 11"]);
        assert_eq!((bench.common().seq, bench.state(), bench.request()), (11, State::Level, None));
    }
}

#[test]
fn up_08_only_what_has_a_seq_moves_seq_and_date() {
    let mut bench = Bench::ready();
    let short = Updates::UpdateShort(Box::new(types::UpdateShort::new(phone(3), DATE + 50)));
    assert_eq!(bench.push(&short), ["- phone 3"]);
    assert_eq!(bench.push(&all(vec![phone(4)], 0)), ["- phone 4"]);
    assert_eq!((bench.common().seq, bench.common().date), (SEQ, DATE));
    bench.push(&all(vec![phone(4)], SEQ + 1));
    assert_eq!((bench.common().seq, bench.common().date), (SEQ + 1, DATE + 1));
    // An empty one, too.
    bench.push(&all(vec![], SEQ + 2));
    assert_eq!(bench.common().seq, SEQ + 2);
    assert_eq!(bench.kept.common.unwrap().seq, SEQ + 2);
}

#[test]
fn up_09_a_date_never_goes_back_and_is_not_ahead_of_the_server() {
    let mut bench = Bench::ready();
    let now = i32::try_from(bench.now.unix.as_secs()).unwrap();
    for (number, date, expected) in [
        (1, DATE - 500, DATE),
        (2, now + 100, now + 1),
        (3, now - 7, now + 1),
        (4, i32::MAX, now + 1),
    ] {
        let mut updates = types::Updates::new(vec![phone(1)], vec![], vec![], 0, SEQ + number);
        updates.date = date;
        bench.push(&Updates::Updates(Box::new(updates)));
        assert_eq!(bench.common().date, expected, "{date}");
    }
    bench.engine.missed();
    match bench.request() {
        // UP-82.
        Some((_, Request::Difference(call))) => assert_eq!(call.date, now + 1 - 60),
        other => panic!("{other:?}"),
    }
}

#[test]
fn up_10_a_container_that_contradicts_itself_is_not_believed() {
    let dated = |date| {
        let mut updates = types::Updates::new(vec![phone(1), new(101)], vec![], vec![], 0, 0);
        updates.date = date;
        Updates::Updates(Box::new(updates))
    };
    let bad = [
        all(vec![phone(1), new(101)], -1),
        combined(vec![phone(1), new(101)], SEQ + 2, SEQ + 1),
        combined(vec![new(101)], -2, 3),
        dated(-1),
        dated(i32::MIN),
    ];
    for updates in bad {
        let mut bench = Bench::ready();
        assert_eq!(bench.push(&updates), [""; 0]);
        assert_eq!(bench.engine.counts().contradictions, 1);
        bench.difference();
    }
    // One that begins before the last one and ends behind it.
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&combined(vec![phone(1)], SEQ, SEQ + 1)), [""; 0]);
    bench.pass(500);
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ + 1));
    assert_eq!((bench.told(), bench.state()), (vec![], State::Level));
}

#[test]
fn up_11_a_gap_of_seq_waits_and_then_asks() {
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&all(vec![phone(1)], SEQ + 2)), [""; 0]);
    bench.pass(499);
    assert_eq!(bench.request(), None);
    bench.pass(1);
    let token = bench.difference();
    let state = server_state(PTS, QTS, DATE + 5, SEQ + 2);
    let all =
        answers::Difference::new(vec![], vec![], vec![phone(1), phone(2)], vec![], vec![], state);
    bench.answer(token, &Difference::Difference(Box::new(all)));
    assert_eq!(bench.told(), ["me phone 1", "me phone 2"]);
    assert_eq!((bench.common().seq, bench.state(), bench.request()), (SEQ + 2, State::Level, None));
}

#[test]
fn up_12_without_a_login_only_what_a_login_needs_is_told() {
    let mut bench = Bench::new(None, CatchUp::SinceCommit, Kept::default());
    bench.engine.connected(bench.now);
    let updates = vec![
        Update::UpdateLoginToken,
        new(101),
        phone(1),
        typing(),
        Update::UpdateConfig,
        bot(3),
        new_in(CHANNEL, 3),
    ];
    assert_eq!(bench.push(&all(updates, 9)), ["- updateLoginToken", "- updateConfig"]);
    bench.push(&Updates::UpdatesTooLong);
    bench.pass(3_600_000);
    assert_eq!(bench.request(), None);
    // Then somebody logs in: it begins.
    bench.engine.logged_in(bench.now, USER);
    assert!(matches!(bench.request(), Some((_, Request::State(_)))));
}

#[test]
fn up_73_without_a_login_nothing_is_learnt_of_peers_and_channels() {
    let mut bench = Bench::new(None, CatchUp::SinceCommit, Kept::default());
    bench.engine.connected(bench.now);
    let chats = vec![chat(CHANNEL, Some(70), false)];
    let told = with(vec![Update::UpdateConfig, new_in(CHANNEL, 3)], vec![], chats);
    assert_eq!(bench.push(&told), ["- updateConfig"]);
    let peer = types::InputPeerChannel::new(CHANNEL, 70);
    let request = crate::tl::api::functions::messages::DeleteHistory::new(
        crate::tl::api::enums::InputPeer::InputPeerChannel(peer),
        9,
    );
    let affected = types::messages::AffectedHistory::new(9, 1, 0);
    bench.engine.handle_result(bench.now, &request.to_bytes(), &affected.to_bytes());
    assert!(!bench.engine.has_news() && bench.engine.channels.pts(CHANNEL).is_none());
    bench.engine.logged_in(bench.now, USER);
    assert_eq!(bench.engine.input_peer(PeerId::Channel(CHANNEL)), None);
}

#[test]
fn up_13_a_notification_about_the_login_is_told_once() {
    let notice = |ty: &str, date| {
        let media = crate::tl::api::enums::MessageMedia::MessageMediaEmpty;
        let mut notice =
            types::UpdateServiceNotification::new(ty.into(), "text".into(), media, vec![]);
        notice.inbox_date = date;
        one(Update::UpdateServiceNotification(Box::new(notice)))
    };
    let mut bench = Bench::ready();
    for (ty, date, told) in [
        ("auth1", Some(7), 1),
        ("auth1", Some(7), 0),
        ("auth2", Some(7), 0),
        ("auth1", Some(8), 1),
        ("auth1", None, 1),
        ("auth1", None, 1),
        ("other", Some(7), 1),
        ("other", Some(7), 1),
    ] {
        assert_eq!(bench.push(&notice(ty, date)).len(), told, "{ty} {date:?}");
    }
}
