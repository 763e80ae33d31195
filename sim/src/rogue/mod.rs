//! A peer that is authenticated, and sends anything at all.

mod gossip;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use telewire::crypto::{AuthKey, Sender, Suite};
use telewire::framing::{Decoder, Detector, Encoder, Frame, Side};
use telewire::message_id::MessageId;
use telewire::tl::mtproto::types;
use telewire::tl::{Bare, Bytes, Object, Serialize};

use crate::dice::Dice;
use crate::envelope::{Envelope, Message};
use crate::rogue::gossip::Gossip;

/// One link to such a peer.
#[derive(Debug)]
pub struct Rogue {
    suite: Suite,
    key: AuthKey,
    framing: Stage,
    /// What the client said of itself.
    salt: i64,
    session: i64,
    /// Ids that the client used.
    ids: Vec<i64>,
    /// What it says of the client's messages, if it does so sensibly.
    gossip: Option<Gossip>,
    out: VecDeque<Vec<u8>>,
    /// When it speaks without being asked.
    speaks_at: Option<Duration>,
    /// What it sent, by constructor.
    sent: BTreeMap<u32, u64>,
}

#[derive(Debug)]
enum Stage {
    Detecting(Box<Detector>),
    Framed(Box<Decoder>, Box<Encoder>),
    Broken,
}

/// How many packets come at once at times.
const BURST: usize = 300;

/// How long it is quiet at least; twice as long at most.
const APART: Duration = Duration::from_secs(2);

/// Of the client's ids, the last so many are remembered.
const REMEMBERED: usize = 64;

impl Rogue {
    /// A link. If it gossips, most of what it says are words of the table of fates.
    #[must_use]
    pub fn new(suite: Suite, key: AuthKey, gossips: bool) -> Self {
        let framing = Stage::Detecting(Box::new(Detector::new()));
        Self {
            suite,
            key,
            framing,
            salt: 0,
            session: 0,
            ids: vec![],
            gossip: gossips.then(Gossip::default),
            out: VecDeque::new(),
            speaks_at: None,
            sent: BTreeMap::new(),
        }
    }

    /// The client's bytes came. Each packet is met with anything.
    pub fn input(&mut self, unix: Duration, bytes: &[u8], dice: &mut Dice) {
        let mut input = bytes;
        if let Stage::Detecting(detector) = &mut self.framing {
            match detector.detect(&mut input) {
                Ok(Some(decoder)) => {
                    let encoder = Encoder::new(decoder.framing(), Side::Server);
                    self.framing = Stage::Framed(Box::new(decoder), Box::new(encoder));
                }
                Ok(None) => return,
                Err(_) => self.framing = Stage::Broken,
            }
        }
        loop {
            let Stage::Framed(decoder, _) = &mut self.framing else { return };
            let packet = match decoder.decode(&mut input) {
                Ok(Some(Frame::Packet { body, .. })) => body.to_vec(),
                Ok(Some(_)) => continue,
                Ok(None) => return,
                Err(_) => return self.framing = Stage::Broken,
            };
            self.open(&packet);
            let count = if dice.percent(2) { BURST } else { dice.below(4) };
            for _ in 0..count {
                self.send(unix, dice);
            }
        }
    }

    /// When it speaks without being asked.
    #[must_use]
    pub fn speaks_at(&self) -> Option<Duration> {
        self.speaks_at
    }

    /// Nobody listens any more.
    pub fn hang_up(&mut self) {
        self.speaks_at = None;
    }

    /// Speaks without being asked, if it is time to; it begins once it knows the session.
    pub fn speak(&mut self, mono: Duration, unix: Duration, dice: &mut Dice) {
        if self.speaks_at.is_some_and(|at| at <= mono) {
            self.send(unix, dice);
        } else if self.speaks_at.is_some() || self.session == 0 {
            return;
        }
        self.speaks_at = Some(mono + APART + dice.time(APART));
    }

    /// Says anything.
    pub fn send(&mut self, unix: Duration, dice: &mut Dice) {
        if self.session == 0 {
            return;
        }
        let packet = match dice.below(40) {
            0 => {
                let length = dice.below(200) * 4;
                dice.bytes(length)
            }
            1 => {
                let codes = [-404, -429, -403, 1, i32::MIN];
                let code = dice.pick(&codes).copied().unwrap_or(0);
                return self.frame_error(code);
            }
            _ => self.packet(unix, dice),
        };
        let Stage::Framed(_, encoder) = &mut self.framing else { return };
        let mut frame = Vec::new();
        if encoder.encode(&packet, false, &mut dice.fork(), &mut frame).is_ok() {
            self.out.push_back(frame);
        }
    }

    /// What it sends.
    pub fn output(&mut self) -> Option<Vec<u8>> {
        self.out.pop_front()
    }

    /// What it sent, by constructor.
    #[must_use]
    pub fn sent(&self) -> &BTreeMap<u32, u64> {
        &self.sent
    }

    /// Whether the client's bytes make sense.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.framing, Stage::Broken)
    }

    fn frame_error(&mut self, code: i32) {
        let Stage::Framed(_, encoder) = &mut self.framing else { return };
        let mut frame = Vec::new();
        encoder.encode_error(code, &mut frame);
        self.out.push_back(frame);
    }

    /// Learns the session and the ids from the client's packet, those inside of a container too.
    fn open(&mut self, packet: &[u8]) {
        let opened = Envelope::open(&self.suite, &self.key, packet, Sender::Client);
        let Some(Envelope { salt, session, outer, inner }) = opened else { return };
        (self.salt, self.session) = (salt, session);
        self.ids.push(outer.id);
        self.ids.extend(inner.iter().map(|message| message.id));
        if let Some(gossip) = &mut self.gossip {
            gossip.hear(&outer, &inner);
        }
        let surplus = self.ids.len().saturating_sub(REMEMBERED);
        self.ids.drain(..surplus);
    }

    /// An authentic packet that says anything.
    fn packet(&mut self, unix: Duration, dice: &mut Dice) -> Vec<u8> {
        let word = self.gossip.as_mut().and_then(|gossip| gossip.word(dice));
        let body = word.unwrap_or_else(|| self.body(dice, 0));
        if let Some(id) = body.first_chunk::<4>() {
            *self.sent.entry(u32::from_le_bytes(*id)).or_default() += 1;
        }
        let id = id(unix, dice);
        let session = if dice.percent(3) { dice.number().cast_signed() } else { self.session };
        let seqno = seqno(dice);
        let lies = dice.percent(2).then(|| dice.below(1 << 20));
        let padding = if dice.percent(3) { dice.below(100) * 16 } else { 12 };
        let outer = Message { id, seqno, body };
        let envelope = Envelope { salt: self.salt, session, outer, inner: Vec::new() };
        envelope.seal(&self.suite, &self.key, Sender::Server, padding, lies)
    }

    /// One of the client's ids mostly.
    fn its_id(&self, dice: &mut Dice) -> i64 {
        let any = if dice.percent(50) { 0 } else { dice.number().cast_signed() };
        if dice.percent(90) { dice.pick(&self.ids).copied().unwrap_or(any) } else { any }
    }

    fn its_ids(&self, dice: &mut Dice) -> Vec<i64> {
        (0..dice.below(4)).map(|_| self.its_id(dice)).collect()
    }

    fn body(&self, dice: &mut Dice, depth: usize) -> Vec<u8> {
        let msg_id = self.its_id(dice);
        let any = dice.number().cast_signed();
        let int = dice.below(128).try_into().unwrap_or(0);
        let codes = [16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64, 0, -1];
        let error_code = dice.pick(&codes).copied().unwrap_or(0);
        match dice.below(24) {
            0 => types::Pong { msg_id, ping_id: any }.to_bytes(),
            1 => types::MsgsAck { msg_ids: self.its_ids(dice) }.to_bytes(),
            2 | 3 => {
                types::BadMsgNotification { bad_msg_id: msg_id, bad_msg_seqno: int, error_code }
                    .to_bytes()
            }
            4 => types::BadServerSalt {
                bad_msg_id: msg_id,
                bad_msg_seqno: int,
                error_code,
                new_server_salt: any,
            }
            .to_bytes(),
            5 => {
                types::NewSessionCreated { first_msg_id: msg_id, unique_id: any, server_salt: any }
                    .to_bytes()
            }
            6 => types::MsgsStateReq { msg_ids: self.its_ids(dice) }.to_bytes(),
            7 => {
                let length = dice.below(40);
                let info = dice.bytes(length).into();
                types::MsgsStateInfo { req_msg_id: msg_id, info }.to_bytes()
            }
            8 => {
                let msg_ids = self.its_ids(dice);
                let length = if dice.percent(70) { msg_ids.len() } else { dice.below(40) };
                types::MsgsAllInfo { msg_ids, info: dice.bytes(length).into() }.to_bytes()
            }
            9 => types::MsgDetailedInfo { msg_id, answer_msg_id: any | 1, bytes: int, status: int }
                .to_bytes(),
            10 => types::MsgNewDetailedInfo { answer_msg_id: any | 1, bytes: int, status: int }
                .to_bytes(),
            11 => types::MsgResendReq { msg_ids: self.its_ids(dice) }.to_bytes(),
            12 => types::MsgResendAnsReq { msg_ids: self.its_ids(dice) }.to_bytes(),
            13 => {
                let salt = types::FutureSalt { valid_since: int, valid_until: int, salt: any };
                let salts = vec![Bare(salt); dice.below(4)].into();
                types::FutureSalts { req_msg_id: msg_id, now: int, salts }.to_bytes()
            }
            14 => match dice.below(2) {
                0 => types::DestroySessionOk { session_id: any }.to_bytes(),
                _ => types::DestroySessionNone { session_id: any }.to_bytes(),
            },
            15 => match dice.below(6) {
                0 => types::DestroyAuthKeyOk {}.to_bytes(),
                1 => types::DestroyAuthKeyNone {}.to_bytes(),
                2 => types::DestroyAuthKeyFail {}.to_bytes(),
                3 => types::RpcAnswerUnknown {}.to_bytes(),
                4 => types::RpcAnswerDroppedRunning {}.to_bytes(),
                _ => {
                    let body = Object::from(self.body(dice, depth + 1));
                    let orig_message = types::Message { msg_id, seqno: int, body };
                    types::MsgCopy { orig_message }.to_bytes()
                }
            },
            16 | 17 if depth < 3 => {
                let result = Object::from(self.body(dice, depth + 1));
                types::RpcResult { req_msg_id: msg_id, result }.to_bytes()
            }
            18 => types::RpcError { error_code, error_message: "FLOOD_WAIT_3".into() }.to_bytes(),
            19 => types::RpcAnswerDropped { msg_id, seq_no: int, bytes: int }.to_bytes(),
            20 if depth < 3 => {
                let messages: Vec<_> = (0..dice.below(4))
                    .map(|_| {
                        let body = Object::from(self.body(dice, depth + 1));
                        let msg_id = any | 1;
                        Bare(types::Message { msg_id, seqno: seqno(dice), body })
                    })
                    .collect();
                types::MsgContainer { messages: messages.into() }.to_bytes()
            }
            21 => {
                let length = dice.below(60);
                types::GzipPacked { packed_data: dice.bytes(length).into() }.to_bytes()
            }
            22 => Bytes::from(vec![0; dice.below(300)]).to_bytes(),
            _ => {
                let length = dice.below(20) * 4;
                dice.bytes(length)
            }
        }
    }
}

/// An id of about now, mostly.
fn id(unix: Duration, dice: &mut Dice) -> i64 {
    let now = MessageId::at(unix).0 | 1;
    match dice.below(20) {
        0 => dice.number().cast_signed(),
        1 => now - (400 << 32),
        2 => now + (400 << 32),
        3 => now ^ 1,
        _ => {
            now + i64::try_from(dice.below(1 << 20) * 4).unwrap_or(0)
                + if dice.percent(50) { 2 } else { 0 }
        }
    }
}

fn seqno(dice: &mut Dice) -> i32 {
    if dice.percent(5) {
        i32::from_le_bytes(dice.bytes(4).try_into().unwrap_or_default())
    } else {
        i32::try_from(dice.below(100)).unwrap_or(0)
    }
}
