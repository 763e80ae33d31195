//! The session by itself.

use super::*;
use crate::tl::Deserialize;
use crate::tl::mtproto::types;

const UNIX: Duration = Duration::from_secs(1_700_000_000);

fn id(offset: i64) -> MessageId {
    MessageId(MessageId::at(UNIX).0 + offset * 4)
}

#[test]
fn each_code_is_given_where_it_is_due() {
    let mut session = Session::default();
    session.note(id(10), SeqNo(5));
    let judge = |at: MessageId, seqno| session.judge(at, SeqNo(seqno), Place::Packet, UNIX);
    assert_eq!(judge(id(11), 7), Judgement::Take);
    assert_eq!(judge(id(10), 5), Judgement::Duplicate);
    assert_eq!(judge(MessageId(id(11).0 + 1), 7), Judgement::Bad(18));
    assert_eq!(judge(MessageId(id(11).0 - (301 << 32)), 7), Judgement::Bad(16));
    assert_eq!(judge(MessageId(id(11).0 + (31 << 32)), 7), Judgement::Bad(17));
    assert_eq!(judge(id(11), 3), Judgement::Bad(32));
    assert_eq!(judge(id(11), 5), Judgement::Bad(32));
    assert_eq!(judge(id(9), 7), Judgement::Bad(33));
    assert_eq!(judge(id(9), 5), Judgement::Bad(33));
    assert_eq!(judge(id(9), 3), Judgement::Take);
    let old = MessageId(id(9).0 - (301 << 32));
    assert_eq!(session.judge(old, SeqNo(3), Place::Container, UNIX), Judgement::Take);
}

#[test]
fn what_is_older_than_all_that_is_remembered_is_20() {
    let mut session = Session::default();
    for offset in 0..=REMEMBERED as i64 {
        session.note(id(offset + 1), SeqNo(1));
    }
    let judge = |at| session.judge(at, SeqNo(1), Place::Packet, UNIX);
    assert_eq!([judge(id(0)), judge(id(1))], [Judgement::Bad(20); 2]);
    assert_eq!([session.state(id(0)), session.state(id(1))], [1; 2]);
}

#[test]
fn messages_go_alone_or_together_and_stay_until_they_are_acknowledged() {
    let mut session = Session::default();
    session.note(id(1), SeqNo(1));
    session.note(id(2), SeqNo(3));
    session.answer(id(1), &1_i32, true, UNIX);
    let first = session.next_packet(UNIX).unwrap();
    assert_eq!((first.seqno, &first.body[..]), (SeqNo(1), &[1, 0, 0, 0][..]));
    session.acknowledge(id(1));
    session.answer(id(2), &2_i32, true, UNIX);
    let container = session.next_packet(UNIX).unwrap();
    let parsed = types::MsgContainer::from_bytes(&container.body).unwrap();
    assert_eq!(parsed.messages.len(), 2);
    assert!(parsed.messages.iter().all(|m| m.msg_id < container.id.0));
    assert_eq!(session.next_packet(UNIX), None);
    session.resend_unacknowledged(UNIX);
    assert!(session.next_packet(UNIX).is_some());
    session.acknowledged(&[first.id.0]);
    session.answer_again(id(1), UNIX);
    assert_eq!(session.next_packet(UNIX), None);
    session.answer_again(id(2), UNIX);
    let again = types::MsgContainer::from_bytes(&session.next_packet(UNIX).unwrap().body).unwrap();
    assert_eq!(again.messages[0].body.as_bytes(), [2, 0, 0, 0]);
}

#[test]
fn em_12_what_is_sent_again_is_never_alone() {
    let mut session = Session::default();
    session.note(id(1), SeqNo(1));
    session.answer(id(1), &1_i32, true, UNIX);
    session.next_packet(UNIX).unwrap();
    session.answer_again(id(1), UNIX);
    let packet = session.next_packet(UNIX).unwrap();
    assert_eq!(packet.body[..4], 0x73f1_f8dc_u32.to_le_bytes());
    assert!(!packet.seqno.is_content());
}
