//! What the server knows of our messages, and what we know of its:
//! [service messages about messages](https://core.telegram.org/mtproto/service_messages_about_messages).

use std::time::Duration;

use crate::message_id::MessageId;
use crate::rpc::CallId;
use crate::session::queries::Query;
use crate::session::{Session, Violation};
use crate::time::Now;
use crate::tl::Repeat;
use crate::tl::mtproto::types;

/// The most ids in one message about messages (EM-10).
pub(super) const MAX_IDS: usize = 8_192;

/// How often the server may say that it is still at a request, half a minute apart. Then the request ends as unknown: a
/// server that says so for ever would keep it for ever (P5).
const MAX_WAITS: u32 = 20;

/// How often a request is repeated to a server that says it has answered it.
const MAX_LOST_ANSWERS: u32 = 4;

/// How long a copy of a message may still be on its way: a server takes none that is five minutes old (16), and clocks may
/// differ by half a minute.
const ON_ITS_WAY: Duration = Duration::from_secs(330);

/// The bits of a message's state that say how far it came.
const HOW_FAR: u8 = 7;
/// Nothing is known of it: it may have been forgotten.
const UNKNOWN: u8 = 1;
/// It was not received, though one sent later was.
const NOT_RECEIVED: u8 = 2;
/// It was not received, and none sent later was.
const NOT_YET: u8 = 3;
/// It was received.
const RECEIVED: u8 = 4;
/// Its answer was made already.
const ANSWERED: u8 = 64;

impl Session {
    /// `msgs_state_req#da69fb52 msg_ids:Vector<long> = MsgsStateReq;`
    pub(super) fn ask_about(&mut self, messages: Vec<MessageId>) {
        let msg_ids = messages.iter().map(|id| id.0).collect();
        self.counters.asked += messages.len() as u64;
        self.queries.push(&types::MsgsStateReq { msg_ids }, Some(Query::State(messages)));
    }

    /// `msgs_state_info#04deb57d req_msg_id:long info:bytes = MsgsStateInfo;`
    pub(super) fn state_info(
        &mut self,
        now: Now,
        answer: &types::MsgsStateInfo,
    ) -> Result<(), Violation> {
        let request = MessageId(answer.req_msg_id);
        if !matches!(self.queries.get(request), Some(Query::State(_))) {
            self.counters.stray_answers += 1;
            return Ok(());
        }
        let Some(Query::State(messages)) = self.queries.take(request) else { return Ok(()) };
        if messages.len() != answer.info.len() {
            let (asked, told) = (messages.len(), answer.info.len());
            return Err(Violation::StateCount { asked, told });
        }
        for (message, state) in messages.into_iter().zip(answer.info.iter().copied()) {
            // The request may have ended, or gone into another message.
            for call in self.calls.of_packet(message) {
                self.judge_state(now, call, state);
            }
        }
        Ok(())
    }

    fn judge_state(&mut self, now: Now, call: CallId, state: u8) {
        match state & HOW_FAR {
            // SM-X1: it may have been received and forgotten since.
            UNKNOWN => self.calls.lose(call),
            // It said before that it has it, so it has forgotten.
            NOT_RECEIVED | NOT_YET if self.is_acknowledged(call) => self.calls.lose(call),
            NOT_RECEIVED | NOT_YET => {
                // The server tells, so it is not silent; and one that never receives anything is not sent to for ever.
                if self.calls.wait(call, now.mono) > MAX_WAITS {
                    return self.calls.lose(call);
                }
                let sent = self.calls.get(call).and_then(|call| call.sent);
                let since = sent.map_or(Duration::MAX, |sent| now.mono.saturating_sub(sent.at));
                // Under its own id the server can tell it from a copy that is still on its way somewhere.
                if since <= ON_ITS_WAY {
                    self.calls.send_again(call);
                } else {
                    self.calls.not_received(call);
                }
            }
            RECEIVED if state & ANSWERED != 0 => {
                match self.calls.miss_answer(call, now.mono) {
                    // The answer may be on its way.
                    ..=1 => {}
                    // The same message again has its answer sent again.
                    2..=MAX_LOST_ANSWERS => self.calls.send_again(call),
                    _ => self.calls.lose(call),
                }
            }
            RECEIVED => {
                let waits = self.calls.wait(call, now.mono);
                if waits > MAX_WAITS {
                    self.calls.lose(call);
                }
            }
            // No state has these bits; the server will be asked again.
            _ => {}
        }
    }

    fn is_once(&self, call: CallId) -> bool {
        self.calls.get(call).is_some_and(|call| call.repeat == Repeat::Once)
    }

    fn is_acknowledged(&self, call: CallId) -> bool {
        let sent = self.calls.get(call).and_then(|call| call.sent);
        sent.is_some_and(|sent| sent.is_acknowledged)
    }

    /// `msgs_all_info#8cc0d131 msg_ids:Vector<long> info:bytes = MsgsAllInfo;`
    ///
    /// It may have crossed with the message, so only what was received is believed; about the rest the server is asked.
    pub(super) fn all_info(
        &mut self,
        now: Now,
        told: &types::MsgsAllInfo,
    ) -> Result<(), Violation> {
        if told.msg_ids.len() != told.info.len() {
            let (asked, told) = (told.msg_ids.len(), told.info.len());
            return Err(Violation::StateCount { asked, told });
        }
        for (id, state) in told.msg_ids.iter().zip(told.info.iter().copied()) {
            for call in self.calls.of_packet(MessageId(*id)) {
                if state & HOW_FAR != RECEIVED {
                    self.calls.ask_again(call, now.mono);
                }
            }
        }
        Ok(())
    }

    /// The server asks the same of us. One byte for each of its messages.
    pub(super) fn tell_states(&mut self, request: MessageId, ids: &[i64]) -> Result<(), Violation> {
        if ids.len() > MAX_IDS {
            return Err(Violation::TooManyIds { count: ids.len() });
        }
        let info: Vec<u8> = ids.iter().map(|id| self.seen.state(MessageId(*id))).collect();
        self.queries.push(&types::MsgsStateInfo { req_msg_id: request.0, info: info.into() }, None);
        Ok(())
    }

    pub(super) fn ask_for(&mut self, answer: MessageId) {
        let query = types::MsgResendReq { msg_ids: vec![answer.0] };
        self.queries.push(&query, Some(Query::Resend(answer)));
    }

    /// `msg_detailed_info` and `msg_new_detailed_info`: the server made an answer and sends its number only. If it never
    /// came, it is asked for; if it did, its acknowledgement was lost.
    pub(super) fn detailed_info(&mut self, now: Now, answer: MessageId) {
        if self.seen.contains(answer) {
            self.acks.add(answer, now.mono);
        } else {
            self.ask_for(answer);
        }
    }

    /// `msg_resend_req#7d861a08 msg_ids:Vector<long> = MsgResendReq;`: the server wants messages of ours again.
    pub(super) fn resend(&mut self, request: MessageId, ids: &[i64]) -> Result<(), Violation> {
        if ids.len() > MAX_IDS {
            return Err(Violation::TooManyIds { count: ids.len() });
        }
        let mut states = Vec::with_capacity(ids.len());
        for id in ids {
            let calls = self.calls.of_packet(MessageId(*id));
            states.push(if calls.is_empty() { UNKNOWN } else { RECEIVED });
            for call in calls {
                // What it has acknowledged it may have run, and forgotten since: that must not go again.
                if !(self.is_acknowledged(call) && self.is_once(call)) {
                    self.calls.send_again(call);
                }
            }
        }
        // If some are unknown, a byte for each says which.
        if states.contains(&UNKNOWN) {
            let info = types::MsgsStateInfo { req_msg_id: request.0, info: states.into() };
            self.queries.push(&info, None);
        }
        Ok(())
    }
}
