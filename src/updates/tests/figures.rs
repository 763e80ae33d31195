//! What the engine takes: of the heap, of calls, of timers. Counted, so that it is the same on every machine; times are in
//! `benches/updates.rs`.

use std::collections::BTreeSet;

use super::*;
use crate::tl::api::enums;

/// The account has so many channels, each at a position.
fn with_channels(count: i64) -> Kept {
    let peer =
        |id| KnownPeer { id: PeerId::Channel(id), access_hash: Some(id * 10), contexts: vec![] };
    let state = ChannelState { pts: CHANNEL_PTS, is_dirty: false };
    Kept {
        common: kept().common,
        channels: (1..=count).map(|id| (id, state)).collect(),
        peers: (1..=count).map(|id| (PeerId::Channel(id), peer(id))).collect(),
    }
}

#[test]
fn ten_thousand_idle_channels_take_no_call_no_timer_and_200_bytes_each() {
    const CHANNELS: i64 = 10_000;
    let mut bench = None;
    let taken = allocation_counter::measure(|| {
        let engine = Engine::new(Some(USER), CatchUp::SinceCommit, with_channels(CHANNELS));
        bench = Some(engine);
    });
    let each = taken.bytes_current / CHANNELS;
    // With its access hash.
    assert!(each <= 200, "{each} bytes each");
    let mut bench =
        Bench { engine: bench.unwrap(), ..Bench::new(None, CatchUp::SinceCommit, kept()) };
    bench.engine.connected(bench.now);
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    assert_eq!(bench.request(), None);
    // The only thing that is due is that of the account's box (UP-25).
    let alone = {
        let mut alone = Bench::ready();
        alone.engine.handle_timeout(alone.now);
        alone.engine.poll_timeout()
    };
    assert_eq!(bench.engine.poll_timeout(), alone);
    let mut calls = 0;
    for _ in 0..4 {
        bench.pass(15 * 60 * 1_000);
        while let Some((token, request)) = bench.request() {
            assert!(matches!(request, Request::Difference(_)), "{request:?}");
            bench.answer(token, &empty(DATE, SEQ));
            calls += 1;
        }
    }
    assert!(calls <= 4, "{calls} calls in an hour");
}

#[test]
fn up_81_a_restart_with_400_channels_behind_takes_a_call_for_each_and_one() {
    let mut bench = Bench::new(Some(USER), CatchUp::SinceCommit, with_channels(1_000));
    bench.engine.connected(bench.now);
    let token = bench.difference();
    // Every other one of the first 800; one is named twice, and two of those that are not behind with where they are.
    let behind: BTreeSet<i64> = (1..=800).step_by(2).collect();
    let mut named: Vec<Update> =
        behind.iter().map(|id| too_long_in(*id, Some(CHANNEL_PTS + 3))).collect();
    named.push(too_long_in(1, Some(CHANNEL_PTS + 3)));
    named.extend([900, 902].map(|id| too_long_in(id, Some(CHANNEL_PTS))));
    bench.answer(token, &diff(&[], named, PTS));
    let (mut asked, mut waiting) = (BTreeSet::new(), Vec::new());
    loop {
        while let Some((token, request)) = bench.request() {
            let Request::ChannelDifference(call) = request else { panic!("{request:?}") };
            let enums::InputChannel::InputChannel(channel) = call.channel else { panic!() };
            // UP-50.
            assert!(asked.insert(channel.channel_id), "{} is asked for twice", channel.channel_id);
            waiting.push((token, channel.channel_id));
            assert!(waiting.len() <= 10);
        }
        let Some((token, id)) = waiting.pop() else { break };
        let messages: Vec<i32> = (CHANNEL_PTS + 1..=CHANNEL_PTS + 3).collect();
        bench.answer(token, &channel_diff(id, &messages, vec![], CHANNEL_PTS + 3, true));
        assert_eq!(bench.told().len(), 3);
    }
    assert_eq!(asked, behind);
}
