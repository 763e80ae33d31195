//! Who begins from now on.

use super::*;

#[test]
fn from_now_on_skips_what_was_and_tells_it_once() {
    let mut kept = kept();
    kept.channels.insert(8, ChannelState { pts: 3, is_dirty: true });
    let mut bench = Bench::new(Some(USER), CatchUp::FromNow, kept);
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(500, 20, DATE + 100, 9));
    assert_eq!(bench.told(), ["me lost 100..500 Skipped"]);
    assert_eq!((bench.request(), bench.kept.channels.len()), (None, 0));
    assert_eq!(
        bench.kept.common,
        Some(CommonState { pts: 500, qts: 20, date: DATE + 100, seq: 9 })
    );
    assert_eq!(bench.push(&one(new(501))), ["me new 501"]);
    assert_eq!(bench.push(&one(new_in(CHANNEL, 90))), ["ch7 new 90"]);
    // With nothing kept there is nothing to skip.
    let mut bench = Bench::new(Some(USER), CatchUp::FromNow, Kept::default());
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(500, 20, DATE + 100, 9));
    bench.difference();
}

/// UP-25: what shows that something is missing may come while it is asked where to begin.
#[test]
fn up_25_from_now_on_what_is_missed_while_the_state_is_on_its_way_is_asked_for() {
    let too_long = |bench: &mut Bench| drop(bench.push(&Updates::UpdatesTooLong));
    let all: [&dyn Fn(&mut Bench); 3] =
        [&too_long, &|bench| bench.engine.missed(), &|bench| bench.engine.new_session(bench.now)];
    for misses in all {
        let mut bench = Bench::new(Some(USER), CatchUp::FromNow, kept());
        bench.engine.connected(bench.now);
        let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
        misses(&mut bench);
        bench.answer(token, &server_state(500, QTS, DATE + 100, SEQ));
        assert_eq!(bench.told(), ["me lost 100..500 Skipped"]);
        let token = bench.difference();
        bench.answer(token, &diff(&[501], vec![], 501));
        assert_eq!(bench.told(), ["me message 501"]);
    }
}

#[test]
fn from_now_on_keeps_nothing_before_what_was_skipped_is_told_and_dealt_with() {
    let mut bench = Bench::new(Some(USER), CatchUp::FromNow, kept());
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    // Nothing has begun: whoever starts again as before misses nothing.
    bench.push(&with(vec![], vec![person(STRANGER, Some(9), false)], vec![]));
    bench.save();
    assert_eq!(bench.kept_channels(), kept().channels.into_iter().collect::<Vec<_>>());
    assert_eq!(bench.kept.common, kept().common);
    bench.answer(token, &server_state(500, QTS, DATE + 100, 9));
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS);
    let deliveries = bench.deliveries();
    assert_eq!(deliveries.iter().map(text).collect::<Vec<_>>(), ["me lost 100..500 Skipped"]);
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS);
    bench.engine.commit(deliveries[0].mark);
    bench.save();
    assert_eq!((bench.kept.common.unwrap().pts, bench.kept.channels.len()), (500, 0));
    // Nor where the position was changed.
    let mut bench = Bench::ready();
    bench.push(&all(vec![Update::UpdatePtsChanged], 0));
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(3, QTS, DATE + 9, SEQ));
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS);
    assert_eq!(bench.told(), ["me lost 100..3 Reset"]);
    assert_eq!(bench.kept.common.unwrap().pts, 3);
}

#[test]
fn from_now_on_no_box_is_kept_before_what_was_skipped_is_dealt_with() {
    let mut bench = Bench::new(Some(USER), CatchUp::FromNow, kept());
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    // A channel's, before it is known where to begin.
    assert_eq!(bench.push(&one(new_in(CHANNEL, 80))), ["ch7 new 80"]);
    assert_eq!(bench.kept, kept());
    bench.answer(token, &server_state(500, 20, DATE + 100, 9));
    // Since then it may have said more that was lost.
    let (token, from, _) = bench.channel_difference();
    assert_eq!(from, 80);
    bench.answer(token, &channel_empty(80));
    for update in [bot(21), new_in(CHANNEL, 81), new_in(8, 30), new(501)] {
        bench.engine.handle_updates(bench.now, &one(update).to_bytes());
    }
    // Which was met by what is older than the state: more of before may have been lost.
    let (token, from, _) = bench.channel_difference();
    assert_eq!(from, 30);
    bench.answer(token, &channel_diff(8, &[], vec![], 30, true));
    let mut deliveries = bench.deliveries();
    let lost = deliveries.remove(0);
    assert_eq!((text(&lost), deliveries.len()), ("me lost 100..500 Skipped".to_owned(), 4));
    for delivery in deliveries {
        bench.engine.commit(delivery.mark);
    }
    // There is nothing to be kept, so that nobody comes to ask again and again.
    assert!(!bench.engine.has_news());
    bench.save();
    assert_eq!(bench.kept, kept());
    bench.engine.commit(lost.mark);
    bench.save();
    let common = bench.kept.common.unwrap();
    assert_eq!((common.pts, common.qts), (501, 21));
    let clean = |pts| ChannelState { pts, is_dirty: false };
    assert_eq!(bench.kept_channels(), [(CHANNEL, clean(81)), (8, clean(30))]);
}
