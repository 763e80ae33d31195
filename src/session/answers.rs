//! Answers: to requests, and to the session's own queries.

use std::time::Duration;

use crate::ids::Salt;
use crate::message_id::MessageId;
use crate::rpc::{CallError, CallId, RpcError, known};
use crate::session::fate::Word;
use crate::session::queries::Query;
use crate::session::{Event, Session, TimedSalt, Violation};
use crate::time::Now;
use crate::tl::mtproto::{functions, types};
use crate::tl::{Deserialize, Identifiable, Object};

impl Session {
    /// `rpc_result#f35c6d01 req_msg_id:long result:Object = RpcResult;`, in the message `at`.
    pub(super) fn rpc_result(
        &mut self,
        at: MessageId,
        body: &[u8],
        in_gzip: bool,
    ) -> Result<(), Violation> {
        let types::RpcResult { req_msg_id, result } = types::RpcResult::from_bytes(body)?;
        if req_msg_id == 0 {
            return Err(Violation::NoRequest);
        }
        let is_packed = result.id() == Some(types::GzipPacked::ID);
        if is_packed && in_gzip {
            return Err(Violation::NestedGzip);
        }
        let request = MessageId(req_msg_id);
        match self.queries.take(request) {
            Some(Query::Drop(call)) => {
                self.dropped(call, at, &result);
                return Ok(());
            }
            Some(_) => return Ok(()),
            None => {}
        }
        let is_of_binding = self.binding.as_ref().is_some_and(|binding| binding.is_it(request));
        let call = self.calls.of_message(request);
        // Nothing is decompressed for a request that is not there (P4).
        if call.is_none() && !is_of_binding {
            self.counters.stray_answers += 1;
            return Ok(());
        }
        let inflated = if is_packed { self.inflate(result.as_bytes()).map(Some) } else { Ok(None) };
        if let Some(binding) = self.binding.as_mut().filter(|_| is_of_binding) {
            binding.answer(&inflated.ok().flatten().unwrap_or(result));
            return Ok(());
        }
        let Some(call) = call else { return Ok(()) };
        match inflated {
            Ok(inflated) => self.result(call, request, at, inflated.unwrap_or(result)),
            // It ran, and what came of it cannot be read.
            Err(source) => {
                let answer = result.as_bytes().to_vec().into();
                self.calls.answer(call, Err(CallError::Decode { source, answer }));
            }
        }
        self.pass_over(request);
        Ok(())
    }

    /// The result of a request that was sent as this message.
    fn result(&mut self, call: CallId, request: MessageId, at: MessageId, result: Object) {
        if drop_word(&result).is_some() {
            return self.dropped(call, at, &result);
        }
        if result.id() != Some(types::RpcError::ID) {
            self.calls.note(call, Word::Result);
            return self.calls.answer(call, Ok(result));
        }
        let error: types::RpcError = match result.decode() {
            Ok(error) => error,
            Err(source) => {
                let answer = result.as_bytes().to_vec().into();
                return self.calls.answer(call, Err(CallError::Decode { source, answer }));
            }
        };
        let error = RpcError::parse(error.error_code, &error.error_message);
        if let (known::AUTH_KEY_PERM_EMPTY, Some(binding)) = (&*error.name, &mut self.binding) {
            // The key is not bound, or not any more.
            if !binding.is_open() && !binding.has_outcome() {
                binding.want();
            }
            if self.calls.unbound(call, request, at) {
                return;
            }
        }
        self.calls.note(call, Word::Error);
        let error = self.calls.rpc_error(call, request, at, error);
        self.calls.answer(call, Err(error));
    }

    /// A request that was taken back ends with what the server says of that. Of another it says nothing that could be used.
    ///
    /// It never came, its answer is on the way, or the answer was made and dropped, and that may have been an error: whether
    /// it ran is not known in any of these.
    fn dropped(&mut self, call: CallId, at: MessageId, result: &Object) {
        if let Some(word) = drop_word(result) {
            self.calls.dropped(call, word, at);
        }
    }

    /// `pong#347773c5 msg_id:long ping_id:long = Pong;`
    pub(super) fn pong(&mut self, now: Now, pong: &types::Pong, body: &[u8]) {
        let message = MessageId(pong.msg_id);
        match self.queries.get(message) {
            Some(Query::Ping { ping_id, sent }) if *ping_id == pong.ping_id => {
                self.keep_alive.ponged(*sent, now.mono);
                self.queries.take(message);
                self.pass_over(message);
            }
            // Of a ping of ours, but not with its number: it proves nothing.
            Some(_) => self.counters.stray_answers += 1,
            None => {
                self.answer(message, body);
            }
        }
    }

    /// `future_salts#ae500895 req_msg_id:long now:int salts:vector<future_salt> = FutureSalts;`
    pub(super) fn future_salts(&mut self, body: &[u8]) -> Result<(), Violation> {
        let answer = types::FutureSalts::from_bytes(body)?;
        let request = MessageId(answer.req_msg_id);
        let salts: Vec<TimedSalt> = answer
            .salts
            .iter()
            .map(|salt| TimedSalt {
                valid_since: seconds(salt.valid_since),
                valid_until: seconds(salt.valid_until),
                salt: Salt(salt.salt),
            })
            .collect();
        let is_own = self.queries.get(request) == Some(&Query::Salts);
        if is_own {
            self.queries.take(request);
        }
        if is_own || self.answer(request, body) {
            self.salts.add(salts.iter().copied());
            self.event(Event::FutureSalts(salts));
        }
        Ok(())
    }

    /// `destroy_session_ok` and `destroy_session_none` name the session instead of the request.
    pub(super) fn destroyed(&mut self, body: &[u8]) {
        let named = body.get(4..12);
        let is_it = |request: &[u8]| {
            request.first_chunk::<4>() == Some(&functions::DestroySession::ID.to_le_bytes())
                && request.get(4..12) == named
        };
        self.answer_first(is_it, body);
    }

    /// `destroy_auth_key_ok`, `_none` and `_fail` name nothing: there is one key.
    pub(super) fn key_destroyed(&mut self, body: &[u8]) {
        let id = functions::DestroyAuthKey::ID.to_le_bytes();
        self.answer_first(|request| request.first_chunk::<4>() == Some(&id), body);
    }

    /// Answers the oldest request whose function is such a one.
    fn answer_first(&mut self, is_it: impl Fn(&[u8]) -> bool, body: &[u8]) {
        match self.calls.unnamed(is_it) {
            Some(call) => {
                self.calls.note(call, Word::Result);
                self.calls.answer(call, Ok(Object::from(body.to_vec())));
            }
            None => self.counters.stray_answers += 1,
        }
    }

    /// Ends the request that was sent as this message; whether there was one.
    fn answer(&mut self, message: MessageId, body: &[u8]) -> bool {
        match self.calls.of_message(message) {
            Some(call) => {
                self.calls.note(call, Word::Result);
                self.calls.answer(call, Ok(Object::from(body.to_vec())));
                self.pass_over(message);
                true
            }
            None => {
                self.counters.stray_answers += 1;
                false
            }
        }
    }
}

/// What an `RpcDropAnswer` says, if this is one.
///
/// ```text
/// rpc_answer_unknown#5e2ad36e = RpcDropAnswer;
/// rpc_answer_dropped_running#cd78e586 = RpcDropAnswer;
/// rpc_answer_dropped#a43ad8b7 msg_id:long seq_no:int bytes:int = RpcDropAnswer;
/// ```
fn drop_word(result: &Object) -> Option<Word> {
    match result.id()? {
        types::RpcAnswerUnknown::ID => Some(Word::AnswerUnknown),
        types::RpcAnswerDroppedRunning::ID => Some(Word::AnswerDroppedRunning),
        types::RpcAnswerDropped::ID => Some(Word::AnswerDropped),
        _ => None,
    }
}

/// A time of the server's; one before 1970 is none.
fn seconds(unix: i32) -> Duration {
    Duration::from_secs(u64::try_from(unix).unwrap_or(0))
}
