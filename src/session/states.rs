//! What the server knows of our messages, and what we know of its:
//! [service messages about messages](https://core.telegram.org/mtproto/service_messages_about_messages).

use std::collections::HashMap;

use crate::message_id::MessageId;
use crate::session::fate::Word;
use crate::session::queries::Query;
use crate::session::{Session, Violation};
use crate::time::Now;
use crate::tl::mtproto::types;

/// The most ids in one message about messages (EM-10).
pub(super) const MAX_IDS: usize = 8_192;

/// Nothing is known of a message: it may have been forgotten.
const UNKNOWN: u8 = 1;
/// A message was received.
const RECEIVED: u8 = 4;

impl Session {
    /// `msgs_state_req#da69fb52 msg_ids:Vector<long> = MsgsStateReq;`
    pub(super) fn ask_about(&mut self, messages: Vec<MessageId>) {
        let msg_ids = messages.iter().map(|id| id.0).collect();
        self.counters.asked += messages.len() as u64;
        self.queries.push(&types::MsgsStateReq { msg_ids }, Some(Query::State(messages)));
    }

    /// `msgs_ack#62d6b459 msg_ids:Vector<long> = MsgsAck;`: messages of ours arrived. Only an answer ends a request.
    pub(super) fn acknowledged(&mut self, at: MessageId, ids: &[i64]) -> Result<(), Violation> {
        check_count(ids.len())?;
        for (id, ()) in distinct(ids.iter().map(|id| (*id, ()))) {
            self.calls.hear_of(id, Word::Ack, at);
        }
        Ok(())
    }

    /// `msgs_state_info#04deb57d req_msg_id:long info:bytes = MsgsStateInfo;`
    pub(super) fn state_info(
        &mut self,
        at: MessageId,
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
        self.questions_refused = 0;
        for (message, state) in messages.into_iter().zip(answer.info.iter().copied()) {
            self.calls.hear_state(message, state, at);
        }
        let claims = self.calls.take_claims();
        if !claims.is_empty() {
            // `msg_resend_ans_req#8610baeb msg_ids:Vector<long> = MsgResendReq;`: it names the requests, and repeats none.
            let msg_ids = claims.iter().map(|id| id.0).collect();
            self.queries.push(&types::MsgResendAnsReq { msg_ids }, Some(Query::Other));
        }
        Ok(())
    }

    /// The server has answered what was sent as this message: if it was asked about others before, and has not told, what may
    /// run twice does not wait for that.
    pub(super) fn pass_over(&mut self, answered: MessageId) {
        let passed = self.queries.pass_over(answered);
        if !passed.is_empty() {
            self.calls.pass_over(&passed);
        }
    }

    /// `msgs_all_info#8cc0d131 msg_ids:Vector<long> info:bytes = MsgsAllInfo;`
    pub(super) fn all_info(
        &mut self,
        at: MessageId,
        told: &types::MsgsAllInfo,
    ) -> Result<(), Violation> {
        if told.msg_ids.len() != told.info.len() {
            let (asked, told) = (told.msg_ids.len(), told.info.len());
            return Err(Violation::StateCount { asked, told });
        }
        check_count(told.msg_ids.len())?;
        let states = told.msg_ids.iter().copied().zip(told.info.iter().copied());
        for (id, state) in distinct(states) {
            self.calls.hear_of(id, Word::all_info(state), at);
        }
        Ok(())
    }

    /// The server asks the same of us. One byte for each of its messages.
    pub(super) fn tell_states(&mut self, request: MessageId, ids: &[i64]) -> Result<(), Violation> {
        check_count(ids.len())?;
        let info: Vec<u8> = ids.iter().map(|id| self.seen.state(MessageId(*id))).collect();
        self.queries.push(&types::MsgsStateInfo { req_msg_id: request.0, info: info.into() }, None);
        Ok(())
    }

    pub(super) fn ask_for(&mut self, answer: MessageId) {
        let query = types::MsgResendReq { msg_ids: vec![answer.0] };
        self.queries.push(&query, Some(Query::Resend(answer)));
    }

    /// `msg_detailed_info` and `msg_new_detailed_info`: the server made an answer, of the message `of` if it says so, and sends
    /// its number only. If it never came, it is asked for; if it did, its acknowledgement was lost.
    pub(super) fn detailed_info(
        &mut self,
        now: Now,
        at: MessageId,
        of: Option<i64>,
        answer: MessageId,
    ) {
        if let Some(of) = of {
            self.calls.hear_of(MessageId(of), Word::DetailedInfo, at);
        }
        if self.seen.contains(answer) {
            self.acks.add(answer, now.mono);
            return;
        }
        self.ask_for(answer);
        // An answer is asked about with its request; anything else may be an update.
        if of.is_none() {
            self.want(answer, now.mono);
        }
    }

    /// `msg_resend_req#7d861a08 msg_ids:Vector<long> = MsgResendReq;`: the server wants messages of ours again.
    pub(super) fn resend(&mut self, request: MessageId, ids: &[i64]) -> Result<(), Violation> {
        check_count(ids.len())?;
        let is_ours = |session: &Self, id| session.calls.was_sent(MessageId(id));
        let states: Vec<u8> =
            ids.iter().map(|id| if is_ours(self, *id) { RECEIVED } else { UNKNOWN }).collect();
        for (id, ()) in distinct(ids.iter().map(|id| (*id, ()))) {
            self.calls.hear_of(id, Word::ResendReq, request);
        }
        // If some are unknown, a byte for each says which.
        if states.contains(&UNKNOWN) {
            let info = types::MsgsStateInfo { req_msg_id: request.0, info: states.into() };
            self.queries.push(&info, None);
        }
        Ok(())
    }
}

/// EM-10
fn check_count(count: usize) -> Result<(), Violation> {
    if count > MAX_IDS { Err(Violation::TooManyIds { count }) } else { Ok(()) }
}

/// Each id once, with what was said of it first. Naming one container again and again costs as much as naming it once (P4).
fn distinct<T>(told: impl ExactSizeIterator<Item = (i64, T)>) -> Vec<(MessageId, T)> {
    let mut seen = HashMap::with_capacity(told.len());
    let is_new = |(id, _): &(i64, T)| seen.insert(*id, ()).is_none();
    told.filter(is_new).map(|(id, told)| (MessageId(id), told)).collect()
}
