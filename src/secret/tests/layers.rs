//! SC-30 to SC-34: layers from end to end.

use super::*;
use crate::secret::Breach;
use crate::tl::Serialize;
use crate::tl::secret::types;

fn notice8(layer: i32) -> Vec<u8> {
    types::DecryptedMessageService8 {
        random_id: 1,
        random_bytes: [0; 15].into(),
        action: types::DecryptedMessageActionNotifyLayer17 { layer }.into(),
    }
    .to_bytes()
}

fn peer_layer(pair: &Pair, end: usize) -> i32 {
    pair.ends[end].chat.record.peer_layer.0
}

#[test]
fn sc_31_both_sides_tell_their_layer_first_of_all() {
    let mut pair = Pair::fresh(toy(), 1);
    for end in 0..2 {
        pair.take(end);
        let message = pair.ends[1 - end].mail[0].clone();
        let (header, content) = pair.read(end, &message);
        assert_eq!(content, Content::Control(Control::NotifyLayer { layer: 144 }));
        // The floor, as nothing is known of the other side yet.
        assert_eq!(header.layer, 73);
        assert_eq!((header.in_seq_no, header.out_seq_no), Numbers::wire(0, 0, side(end)));
    }
    pair.run();
    assert_eq!([peer_layer(&pair, 0), peer_layer(&pair, 1)], [144, 144]);
    pair.say(0, "x");
    pair.take(0);
    let message = pair.ends[1].mail[0].clone();
    assert_eq!(pair.read(0, &message).0.layer, 144);
}

#[test]
fn sc_31_after_an_upgrade_of_ours_the_layer_is_told_again() {
    let mut pair = Pair::new(1);
    pair.ends[0].chat.record.told_layer = 101;
    pair.say(0, "x");
    pair.run();
    let now = pair.now;
    pair.ends[0].crash(now);
    pair.take(0);
    let message = pair.ends[1].mail[0].clone();
    assert_eq!(pair.read(0, &message).1, Content::Control(Control::NotifyLayer { layer: 144 }));
    pair.ends[0].crash(now);
    pair.take(0);
    assert_eq!(pair.ends[1].mail.len(), 1, "once");
}

/// Bare, or in a layer with both numbers -1; nothing else may have no place in the order.
#[test]
fn sc_31_a_notice_without_a_number_changes_the_layer_alone() {
    let header = Header { layer: 8, in_seq_no: -1, out_seq_no: -1 };
    let mut pair = Pair::fresh(toy(), 1);
    let before = pair.numbers(1);
    let bare = pair.forge_layer(0, &notice8(101));
    assert_eq!(pair.hand(1, bare), Receipt::Taken);
    assert_eq!(peer_layer(&pair, 1), 101);
    let layered = pair.forge_wire(0, header, &notice8(143));
    assert_eq!(pair.hand(1, layered), Receipt::Taken);
    assert_eq!(peer_layer(&pair, 1), 143);
    assert_eq!(pair.numbers(1), before);
    for other in
        [text(1, "x"), control(&Control::NotifyLayer { layer: 144 }), control(&Control::Noop)]
    {
        let mut pair = Pair::new(1);
        let message = pair.forge_wire(0, header, &other);
        let receipt = pair.hand(1, message);
        assert_eq!(receipt, Receipt::Closed(Breach::Number { number: -1 }));
    }
}

#[test]
fn sc_30_the_layer_of_a_header_is_learnt_and_never_goes_back() {
    let mut pair = Pair::fresh(toy(), 1);
    for (number, (said, kept)) in
        [(46, 46), (73, 73), (101, 101), (73, 101), (i32::MIN, 101), (151, 151), (144, 151)]
            .into_iter()
            .enumerate()
    {
        let (in_seq_no, out_seq_no) = Numbers::wire(0, number as u32, Side::Creator);
        let header = Header { layer: said, in_seq_no, out_seq_no };
        let message = pair.forge_wire(0, header, &text(1, "x"));
        assert_eq!(pair.hand(1, message), Receipt::Taken);
        assert_eq!(peer_layer(&pair, 1), kept);
    }
    let told = |layer| move |event: &Event| *event == Event::PeerLayer(layer);
    assert_eq!(pair.ends[1].hears(told(101)), 1);
    assert_eq!(pair.ends[1].hears(told(151)), 1);
}

#[test]
fn sc_33_what_is_not_understood_has_its_place_and_never_closes_a_chat() {
    let unknown = [0x1234_5678_u32.to_le_bytes(), [1; 4]].concat();
    let mut half = text(1, "cut");
    half.truncate(12);
    let long = [text(1, "long"), vec![0; 4]].concat();
    for (bytes, layer, is_newer) in [
        (unknown.clone(), 144, false),
        (unknown.clone(), 145, true),
        (unknown, i32::MAX, true),
        (half, 144, false),
        (long, 144, false),
        (vec![], 144, false),
    ] {
        let mut pair = Pair::new(1);
        let out = pair.numbers(0).made;
        let (in_seq_no, out_seq_no) = Numbers::wire(1, out, Side::Creator);
        let message = pair.forge_wire(0, Header { layer, in_seq_no, out_seq_no }, &bytes);
        assert_eq!(pair.hand(1, message), Receipt::Taken);
        let shown = |event: &Event| {
            matches!(event, Event::Unsupported { layer: said, is_newer: newer, .. }
                if (*said, *newer) == (layer, is_newer))
        };
        assert_eq!(pair.ends[1].hears(shown), 1);
        let message = pair.forge(0, 1, out + 1, &text(2, "after"));
        assert_eq!(pair.hand(1, message), Receipt::Taken);
        assert_eq!(pair.ends[1].texts(), ["after"]);
    }
}

#[test]
fn sc_34_a_lower_layer_is_counted_and_nothing_else() {
    let mut pair = Pair::new(1);
    let out = pair.numbers(0).made;
    for (number, layer) in [144, 101, 101, 144, 73].into_iter().enumerate() {
        let (in_seq_no, out_seq_no) = Numbers::wire(1, out + number as u32, Side::Creator);
        let message = pair.forge_wire(0, Header { layer, in_seq_no, out_seq_no }, &text(1, "x"));
        assert_eq!(pair.hand(1, message), Receipt::Taken);
    }
    assert_eq!(pair.ends[1].counts().lower_layer, 2);
    assert_eq!(pair.ends[1].texts().len(), 5);
}
