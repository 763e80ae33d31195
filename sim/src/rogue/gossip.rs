//! Words about the client's messages, as a server says them and in an order that no server would choose: a walk through the table of
//! fates.

use std::collections::VecDeque;

use telewire::tl::mtproto::types;
use telewire::tl::{Deserialize, Object, Serialize};

use crate::dice::Dice;
use crate::envelope::Message;

/// What is known of the client's messages.
#[derive(Debug, Default)]
pub(super) struct Gossip {
    /// The last messages that want an answer, and the packets that they were in.
    requests: VecDeque<Request>,
    /// The questions about states that were not answered: the message that asks, and of how many.
    questions: VecDeque<(i64, usize)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Request {
    id: i64,
    seqno: i32,
    /// The packet.
    packet: (i64, i32),
}

/// So many of each are remembered. Few, so that several things are said of one.
const REMEMBERED: usize = 6;

/// Of a hundred words, so many are of the table.
const WORDS: usize = 90;

/// All that a state can be, and more: 1 to 4, with the bits for an answer, and what makes no sense.
const STATES: [u8; 8] = [1, 2, 3, 4, 4 | 8, 4 | 64, 4 | 128, 7];

/// All codes that a refusal can have, and one more.
const CODES: [i32; 12] = [16, 17, 18, 19, 20, 32, 33, 34, 35, 64, 0, 48];

impl Gossip {
    /// The client's packet came.
    pub(super) fn hear(&mut self, outer: &Message, inner: &[Message]) {
        let all = if inner.is_empty() { std::slice::from_ref(outer) } else { inner };
        for message in all {
            if let Ok(question) = types::MsgsStateReq::from_bytes(&message.body) {
                self.questions.push_back((message.id, question.msg_ids.len()));
            } else if message.seqno % 2 != 0 {
                let (id, seqno, packet) = (message.id, message.seqno, (outer.id, outer.seqno));
                self.requests.push_back(Request { id, seqno, packet });
            }
        }
        let surplus = self.requests.len().saturating_sub(REMEMBERED);
        self.requests.drain(..surplus);
        let surplus = self.questions.len().saturating_sub(REMEMBERED);
        self.questions.drain(..surplus);
    }

    /// A word of the table, mostly.
    pub(super) fn word(&mut self, dice: &mut Dice) -> Option<Vec<u8>> {
        if !dice.percent(WORDS) {
            return None;
        }
        let requests: Vec<Request> = self.requests.iter().copied().collect();
        let request = *dice.pick(&requests)?;
        let (msg_id, any) = (request.id, dice.number().cast_signed());
        // A refusal names the message, or the packet that it came in.
        let (bad_msg_id, bad_msg_seqno) =
            if dice.percent(50) { request.packet } else { (msg_id, request.seqno) };
        Some(match dice.below(16) {
            0..=3 => return self.state(dice),
            4 => types::MsgsAck { msg_ids: vec![msg_id] }.to_bytes(),
            5 => {
                let info = vec![dice.pick(&STATES).copied().unwrap_or(4)].into();
                types::MsgsAllInfo { msg_ids: vec![msg_id], info }.to_bytes()
            }
            6 => {
                let (answer_msg_id, bytes, status) = (any | 1, 9, 0);
                types::MsgDetailedInfo { msg_id, answer_msg_id, bytes, status }.to_bytes()
            }
            7 | 8 => types::MsgResendReq { msg_ids: vec![msg_id] }.to_bytes(),
            9 => {
                let (error_code, new_server_salt) = (48, any);
                types::BadServerSalt { bad_msg_id, bad_msg_seqno, error_code, new_server_salt }
                    .to_bytes()
            }
            10..=12 => {
                let error_code = dice.pick(&CODES).copied().unwrap_or(16);
                types::BadMsgNotification { bad_msg_id, bad_msg_seqno, error_code }.to_bytes()
            }
            13 => {
                let first_msg_id = if dice.percent(50) { msg_id } else { msg_id + 4 };
                let (unique_id, server_salt) = (any, any);
                types::NewSessionCreated { first_msg_id, unique_id, server_salt }.to_bytes()
            }
            14 => {
                let result = match dice.below(3) {
                    0 => types::RpcAnswerUnknown {}.to_bytes(),
                    1 => types::RpcAnswerDroppedRunning {}.to_bytes(),
                    _ => types::RpcAnswerDropped { msg_id, seq_no: 1, bytes: 9 }.to_bytes(),
                };
                answer(msg_id, result)
            }
            _ => {
                let errors = ["AUTH_KEY_PERM_EMPTY", "FLOOD_WAIT_3", "PEER_ID_INVALID"];
                match dice.pick(&errors).filter(|_| dice.percent(70)) {
                    Some(error) => {
                        let (error_code, error_message) = (400, (*error).into());
                        answer(msg_id, types::RpcError { error_code, error_message }.to_bytes())
                    }
                    None => answer(msg_id, vec![0; 8]),
                }
            }
        })
    }

    /// The answer to a question about states: of each message any, but all of them.
    fn state(&mut self, dice: &mut Dice) -> Option<Vec<u8>> {
        let (req_msg_id, count) = self.questions.pop_back()?;
        let states: Vec<u8> =
            (0..count).map(|_| dice.pick(&STATES).copied().unwrap_or(4)).collect();
        Some(types::MsgsStateInfo { req_msg_id, info: states.into() }.to_bytes())
    }
}

fn answer(req_msg_id: i64, result: Vec<u8>) -> Vec<u8> {
    types::RpcResult { req_msg_id, result: Object::from(result) }.to_bytes()
}
