//! Clients that are wrong on purpose: each rule catches the one that breaks it, and lets the one pass that does not.

use telewire::crypto::{AuthKey, SeededEntropy, toy};
use telewire::framing::{Encoder, Side};
use telewire::tl::mtproto::{functions, types};
use telewire::tl::{Bare, Object, Serialize};

use super::*;

const PLACE: Place = ([7; 8], 1);

/// A moment as an id.
const ID: i64 = 1 << 40;

fn message(id: i64, seqno: i32, body: &impl Serialize) -> Message {
    Message { id: ID + id, seqno, body: body.to_bytes() }
}

fn run(number: i32) -> Run {
    Run { number, is_keyed: false, is_refused: false, bytes: 0, after: 0 }
}

fn ping(id: i64, seqno: i32) -> Message {
    message(id, seqno, &functions::Ping { ping_id: 0 })
}

fn bare(outer: Message) -> Envelope {
    Envelope { session: PLACE.1, outer, ..Envelope::default() }
}

fn container(id: i64, seqno: i32, inner: Vec<Message>) -> Envelope {
    let of = |message: &Message| {
        let body = Object::from(message.body.clone());
        Bare(types::Message { msg_id: message.id, seqno: message.seqno, body })
    };
    let messages: Vec<_> = inner.iter().map(of).collect();
    let outer = message(id, seqno, &types::MsgContainer { messages: messages.into() });
    Envelope { session: PLACE.1, outer, inner, ..Envelope::default() }
}

#[expect(clippy::needless_pass_by_value, reason = "each is made for one call")]
fn ordered(envelopes: Vec<Envelope>) -> Result<(), Broken> {
    let mut order = Order::default();
    envelopes.iter().try_for_each(|envelope| order.check(PLACE, envelope))
}

#[test]
fn a_client_that_is_right_breaks_no_rule_of_the_order() {
    let request = message(4, 1, &run(1));
    let envelopes = vec![
        bare(request.clone()),
        container(20, 4, vec![request, ping(8, 2), message(12, 3, &run(2))]),
        bare(message(24, 5, &run(3))),
    ];
    assert_eq!(ordered(envelopes), Ok(()));
}

#[test]
fn em_08_ids_that_do_not_grow_or_are_none_of_a_clients_are_caught() {
    for second in [ID + 4, ID + 9, ID + 10, ID + 11] {
        let message = Message { id: second, ..ping(0, 0) };
        let caught = Err(Broken::Id { id: second, last: ID + 8 });
        assert_eq!(ordered(vec![bare(ping(8, 0)), bare(message.clone())]), caught);
        let inside = container(100, 0, vec![message]);
        assert_eq!(ordered(vec![bare(ping(8, 0)), inside]), caught);
    }
    // A container is younger than what is in it.
    let upside_down = container(4, 0, vec![ping(8, 0)]);
    assert_eq!(ordered(vec![upside_down]), Err(Broken::Id { id: ID + 4, last: ID + 8 }));
    // Each session has its own.
    let mut order = Order::default();
    assert_eq!(order.check(PLACE, &bare(ping(8, 0))), Ok(()));
    assert_eq!(order.check((PLACE.0, 2), &bare(ping(4, 0))), Ok(()));
}

#[test]
fn em_09_sequence_numbers_that_do_not_count_are_caught() {
    for seqno in [-1, 0, 2, 3, 5] {
        let caught = Err(Broken::Seqno { id: ID + 4, seqno, right: 1 });
        assert_eq!(ordered(vec![bare(message(4, seqno, &run(1)))]), caught);
    }
    for seqno in [1, 4] {
        let envelopes = vec![bare(message(4, 1, &run(1))), bare(ping(8, seqno))];
        assert!(matches!(ordered(envelopes), Err(Broken::Seqno { .. })), "{seqno}");
    }
    // Acknowledgements and containers never count.
    let acks = types::MsgsAck { msg_ids: vec![1] };
    assert!(matches!(ordered(vec![bare(message(4, 1, &acks))]), Err(Broken::Seqno { .. })));
    let odd = container(8, 1, vec![ping(4, 0)]);
    assert!(matches!(ordered(vec![odd]), Err(Broken::Seqno { .. })));
}

#[test]
fn em_10_containers_and_acknowledgements_that_are_too_large_are_caught() {
    let pings = |count: i64| (1..=count).map(|n| ping(n * 4, 0)).collect::<Vec<_>>();
    assert_eq!(ordered(vec![container(8_000, 0, pings(1_000))]), Ok(()));
    let caught = Err(Broken::Large { id: ID + 8_000, count: 1_021 });
    assert_eq!(ordered(vec![container(8_000, 0, pings(1_021))]), caught);
    let large = |id, seqno| message(id, seqno, &telewire::tl::Bytes::from(vec![0; 20_000]));
    assert_eq!(ordered(vec![container(16, 2, vec![large(4, 1)])]), Ok(()));
    let two = container(16, 4, vec![large(4, 1), large(8, 3)]);
    assert_eq!(ordered(vec![two]), Err(Broken::Large { id: ID + 16, count: 2 }));
    let acks = |count| bare(message(4, 0, &types::MsgsAck { msg_ids: vec![1; count] }));
    assert_eq!(ordered(vec![acks(8_192)]), Ok(()));
    assert_eq!(ordered(vec![acks(8_193)]), Err(Broken::Large { id: ID + 4, count: 8_193 }));
}

#[test]
fn em_12_what_is_sent_again_bare_or_changed_is_caught() {
    let request = message(4, 1, &run(1));
    let bare_again = vec![bare(request.clone()), bare(request.clone())];
    assert_eq!(ordered(bare_again), Err(Broken::Bare { id: ID + 4 }));
    let first_inside = container(8, 2, vec![request.clone()]);
    let taken_out = vec![first_inside.clone(), bare(request.clone())];
    assert_eq!(ordered(taken_out), Err(Broken::Bare { id: ID + 4 }));
    assert_eq!(ordered(vec![first_inside.clone(), first_inside]), Err(Broken::Bare { id: ID + 8 }));
    for changed in [message(4, 1, &run(2)), Message { seqno: 3, ..request.clone() }] {
        let envelopes = vec![bare(request.clone()), container(8, 2, vec![changed])];
        assert_eq!(ordered(envelopes), Err(Broken::Changed { id: ID + 4 }));
    }
}

/// What the server says of message 4, which was sent in packet 4 or in the container 8.
fn said(body: &impl Serialize) -> Message {
    message(1, 0, body)
}

fn refusal(packet: i64, error_code: i32) -> Message {
    let bad_msg_id = ID + packet;
    said(&types::BadMsgNotification { bad_msg_id, bad_msg_seqno: 0, error_code })
}

fn error(message: &str) -> Message {
    let result = types::RpcError { error_code: 401, error_message: message.into() };
    said(&types::RpcResult { req_msg_id: ID + 4, result: Object::new(&result) })
}

fn states(info: u8) -> Message {
    said(&types::MsgsAllInfo { msg_ids: vec![ID + 4], info: vec![info].into() })
}

fn begun(id: i64) -> Message {
    let notice = types::NewSessionCreated { first_msg_id: 0, unique_id: 0, server_salt: 0 };
    message(id, 1, &notice)
}

/// Sends a request that must run once, hears the words, and sends it again under its own id and under another.
fn again(first: &Envelope, words: &[Message]) -> [Result<(), Broken>; 2] {
    let request = message(4, 1, &run(1));
    let same = container(108, 2, vec![request]);
    [same, bare(message(104, 3, &run(1)))].map(|second| {
        let mut once = Once::default();
        once.add(1);
        once.sent(PLACE, first).unwrap();
        words.iter().for_each(|word| once.heard(PLACE, word, true));
        once.sent(PLACE, &second)
    })
}

#[test]
fn p2_what_must_run_once_goes_again_by_permission_only() {
    let first = bare(message(4, 1, &run(1)));
    let inside = container(8, 2, vec![message(4, 1, &run(1))]);
    let allowed: Vec<Vec<Message>> = vec![
        vec![states(2)],
        vec![states(3)],
        vec![refusal(4, 16)],
        vec![refusal(4, 64)],
        // The network has copied it: to refuse the copy is the server's.
        vec![refusal(4, 16), states(4)],
        // The key of the session was not bound: it was received, and not run.
        vec![states(4), error("AUTH_KEY_PERM_EMPTY")],
        // What is refused did not run, whatever began before.
        vec![begun(5), begun(9), refusal(4, 16)],
    ];
    for words in allowed {
        assert_eq!(again(&first, &words), [Ok(()), Ok(())], "{words:?}");
    }
    assert_eq!(again(&inside, &[refusal(8, 32)]), [Ok(()), Ok(())]);
    let resend = said(&types::MsgResendReq { msg_ids: vec![ID + 4] });
    let forbidden: Vec<Vec<Message>> = vec![
        vec![],
        vec![resend],
        vec![states(1)],
        vec![refusal(4, 19)],
        vec![refusal(4, 20)],
        vec![refusal(8, 16)],
        vec![said(&types::MsgsAck { msg_ids: vec![ID + 4] }), states(2)],
        vec![states(4), states(2)],
        vec![states(4), refusal(4, 17)],
        vec![error("PEER_ID_INVALID"), states(2)],
        vec![states(2), states(0x2c)],
        vec![said(&types::MsgDetailedInfo {
            msg_id: ID + 4,
            answer_msg_id: 1,
            bytes: 0,
            status: 0,
        })],
        // The session began anew after it was sent: that it is not there says nothing.
        vec![begun(5), begun(9), states(2)],
        vec![begun(5), states(2), begun(9)],
    ];
    for words in forbidden {
        for result in again(&first, &words) {
            assert!(matches!(result, Err(Broken::Again { number: 1, .. })), "{words:?} {result:?}");
        }
    }
    // The same notice comes again over another link.
    assert_eq!(again(&first, &[begun(5), begun(5), states(2)]), [Ok(()), Ok(())]);
}

#[test]
fn p2_another_message_needs_to_know_of_each_copy() {
    let mut once = Once::default();
    once.add(1);
    let request = message(4, 1, &run(1));
    once.sent(PLACE, &bare(request.clone())).unwrap();
    once.heard(PLACE, &states(2), true);
    once.sent(PLACE, &container(8, 2, vec![request])).unwrap();
    // The first is refused, the second is still on its way.
    once.heard(PLACE, &refusal(4, 17), true);
    let other = bare(message(104, 3, &run(1)));
    assert!(matches!(once.sent(PLACE, &other), Err(Broken::Again { .. })));
    once.heard(PLACE, &refusal(8, 17), true);
    assert_eq!(once.sent(PLACE, &other), Ok(()));
}

#[test]
fn what_came_and_is_not_acknowledged_in_time_is_caught() {
    let second = Duration::from_secs(1);
    let mut acks = Acks::default();
    acks.came(second, &message(1, 1, &run(1)));
    acks.came(second, &message(5, 2, &run(1)));
    assert_eq!(acks.check(second * 16), Ok(()));
    assert_eq!(acks.check(second * 17), Err(Broken::Unacknowledged { id: ID + 1 }));
    // Without a link nothing can be said.
    acks.connected(second * 10);
    assert_eq!(acks.check(second * 17), Ok(()));
    acks.sent(&bare(message(4, 0, &types::MsgsAck { msg_ids: vec![ID + 1] })));
    assert_eq!(acks.check(second * 1_000), Ok(()));
}

#[test]
fn a_copy_is_excused_if_it_was_under_way_when_the_server_forgot_or_after_it_refused() {
    let opened = |id| vec![(PLACE, bare(message(id, 1, &run(1))))];
    // It came, it was forgotten, and a copy comes that was sent before that.
    let mut late = Late::default();
    let (first, second) = (late.sent(&opened(4)), late.sent(&opened(4)));
    assert!(late.arrived(first, false).is_empty());
    late.forgot();
    assert_eq!(late.arrived(second, false), [1]);
    // Sent after that: the client could know.
    let third = late.sent(&opened(4));
    assert!(late.arrived(third, false).is_empty());
    // It could not, if the server lost the notice before it was told; it could, if it was told before.
    for is_told in [false, true] {
        let mut late = Late::default();
        let first = late.sent(&opened(4));
        late.arrived(first, false);
        late.forgot();
        if is_told {
            late.told();
        }
        late.lost_notices();
        let second = late.sent(&opened(4));
        assert_eq!(late.arrived(second, false).is_empty(), is_told);
    }
    // Another message is no copy.
    let (other, mut late) = (opened(8), Late::default());
    let (first, second) = (late.sent(&opened(4)), late.sent(&other));
    late.arrived(first, false);
    late.forgot();
    assert!(late.arrived(second, false).is_empty());
    // Nothing was forgotten.
    let mut late = Late::default();
    let first = late.sent(&opened(4));
    late.arrived(first, false);
    assert!(late.arrived(first, false).is_empty());
    // It was refused, and the network's copy of that very packet comes.
    let mut late = Late::default();
    let (first, second) = (late.sent(&opened(4)), late.sent(&opened(4)));
    late.arrived(first, true);
    assert_eq!((late.arrived(second, false), late.arrived(first, false)), (vec![], vec![1]));
}

/// Through frames, keys and sessions: what is read is what was written.
#[test]
fn the_wire_is_read_as_it_is_sent() {
    let (suite, key) = (toy(), AuthKey::from_bytes([3; 256]));
    let watched = Watched { is_honest: true, is_steady: true, is_moderate: true };
    for framing in Framing::ALL {
        let mut watch = Watch::new(suite.clone(), watched);
        watch.know(key.clone());
        watch.must_run_once(1);
        watch.connected(Duration::ZERO, framing);
        let mut up = Encoder::new(framing, Side::Client);
        let mut send = |watch: &mut Watch, envelope: &Envelope| {
            let packet = envelope.seal(&suite, &key, Sender::Client, 12, None);
            let mut frame = Vec::new();
            up.encode(&packet, false, &mut SeededEntropy::new(1), &mut frame).unwrap();
            watch.sent(&frame)
        };
        let request = bare(message(4, 1, &run(1)));
        let frame = send(&mut watch, &request).unwrap();
        assert_eq!(watch.late.requests(frame).collect::<Vec<_>>(), [1]);
        // An update in a container, cut anywhere.
        let update = message(1, 1, &Update { number: 9, is_large: false });
        let packet = container(5, 2, vec![update]).seal(&suite, &key, Sender::Server, 12, None);
        let mut bytes = Vec::new();
        let mut down = Encoder::new(framing, Side::Server);
        down.encode(&packet, false, &mut SeededEntropy::new(1), &mut bytes).unwrap();
        let (one, two) = bytes.split_at(bytes.len() / 2);
        assert!(watch.reached(Duration::ZERO, one, true).is_empty());
        assert_eq!(watch.reached(Duration::ZERO, two, true), [9], "{framing}");
        let late = Duration::from_secs(60);
        assert_eq!(watch.check(late), Err(Broken::Unacknowledged { id: ID + 1 }));
        assert_eq!(send(&mut watch, &request), Err(Broken::Bare { id: ID + 4 }));
        let other = bare(message(8, 3, &run(1)));
        assert!(matches!(send(&mut watch, &other), Err(Broken::Again { number: 1, .. })));
    }
}
