//! Calls of the API: answered at once, or later.

use std::time::Duration;

use crate::message_id::MessageId;
use crate::rpc::RpcError;
use crate::server::bind;
use crate::server::dc::DataCentre;
use crate::server::dispatcher::{Caller, Peeled, Reply};
use crate::server::inflate::Inflater;
use crate::server::service::Origin;
use crate::server::session::{Order, Session, Stage, Waiting};
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::tl::wrap::functions::auth::BindTempAuthKey;
use crate::tl::{Identifiable, Object, Serialize};

/// The functions that a temporary key may call before it is bound: `help.getConfig` and `help.getNearestDc`.
const OPEN_TO_UNBOUND: [u32; 2] = [0xc4f9_186b, 0x1fb3_3026];

/// How long a request waits for those that it is to run after. A client asks sooner what became of it.
const WAIT: Duration = Duration::from_secs(30);

/// A place among what is done later: when, by the monotonic clock, and a number of its own.
pub(in crate::server) type Due = (Duration, u64);

/// What waits for its time.
#[derive(Debug)]
pub(in crate::server) struct Later {
    origin: Origin,
    request: MessageId,
    what: What,
}

#[derive(Debug)]
enum What {
    /// An answer.
    Answer(Result<Vec<u8>, RpcError>),
    /// An answer, unless another comes before from outside.
    Promised { token: u64, layer: Option<i32>, function: u32, otherwise: Result<Vec<u8>, RpcError> },
    /// The end of the wait for other requests.
    GiveUp,
}

impl DataCentre {
    pub(super) fn take_call(
        &mut self,
        origin: Origin,
        id: MessageId,
        body: &[u8],
        inflater: &mut Inflater,
    ) {
        self.with_session(origin, |session| session.begin(id));
        let key = self.keys.get(&origin.key);
        let caller = Caller {
            key: key.and_then(|key| key.perm).unwrap_or(origin.key),
            session: origin.session,
            now: origin.now,
            layer: None,
            wants_updates: true,
        };
        let peeled = Peeled::new(caller, body, inflater);
        let peeled = peeled.and_then(|(peeled, after)| Ok((self.in_layer(origin, peeled)?, after)));
        let (peeled, mut after) = match peeled {
            Ok(peeled) => peeled,
            Err(error) => return self.finish(origin, id, Err(error)),
        };
        let order = self.with_session(origin, |session| session.order(&mut after));
        match order {
            Some(Order::Run) | None => self.run(origin, id, peeled),
            Some(Order::Fail) => self.finish(origin, id, Err(wait_failed())),
            Some(Order::Wait) => self.wait(origin, id, peeled, after),
        }
    }

    /// Notes the layer that a client says it speaks; or tells which it said before, if it says none.
    fn in_layer(&mut self, origin: Origin, peeled: Peeled) -> Result<Peeled, RpcError> {
        let Some(layer) = peeled.caller.layer else {
            return Ok(Peeled { layer: self.layer_of(origin.key), ..peeled });
        };
        self.dispatcher.expect_layer(layer)?;
        // What is said with a temporary key is said for the permanent one, and holds for the temporary one that follows.
        let mut next = Some(origin.key);
        while let Some(key) = next.and_then(|id| self.keys.get_mut(&id)) {
            key.spoken.note(layer, peeled.initialises);
            next = key.perm;
        }
        Ok(peeled)
    }

    /// Runs what waited and need not wait any more. What it does may let others run.
    pub(super) fn run_ready(&mut self, origin: Origin) {
        while let Some((waiting, order)) = self.with_session(origin, Session::take_ready).flatten()
        {
            let Waiting { request, peeled, due, .. } = waiting;
            self.take_later(origin, due);
            match order {
                Order::Fail => self.finish(origin, request, Err(wait_failed())),
                Order::Run | Order::Wait => self.run(origin, request, peeled),
            }
        }
    }

    /// Does what is due.
    pub(in crate::server) fn finish_due(&mut self, now: Now) {
        while let Some((due, _)) = self.later.first_key_value() {
            let due = *due;
            if due.0 > now.mono {
                return;
            }
            let Some(Later { origin, request, what }) = self.remove_later(due) else { return };
            let origin = Origin { now, ..origin };
            self.with_session(origin, |session| session.delayed.remove(&due));
            match what {
                What::Answer(result) | What::Promised { otherwise: result, .. } => {
                    self.finish(origin, request, result);
                }
                What::GiveUp => {
                    let gave_up = self.with_session(origin, |s| s.take_waiting(request)).flatten();
                    if gave_up.is_some() {
                        let error = RpcError::parse(400, "MSG_WAIT_TIMEOUT");
                        self.finish(origin, request, Err(error));
                    }
                }
            }
            self.run_ready(origin);
        }
    }

    /// Answers a call whose handler gave a token, with the bytes of the answer as the handlers' layer has it.
    ///
    /// Whether it is sent. It is not if the call was answered, if its session is gone, or if the client dropped the answer, which is
    /// told then that the call had run ([`rpc_drop_answer`](https://core.telegram.org/mtproto/service_messages#cancellation-of-an-rpc-query)).
    pub fn answer(&mut self, now: Now, token: u64, result: Result<Vec<u8>, RpcError>) -> bool {
        let now = self.faults.at(now);
        let due = self.promised.get(&token).copied();
        let Some(due) = due else { return false };
        let Some(Later { origin, request, what }) = self.remove_later(due) else { return false };
        let origin = Origin { now, ..origin };
        self.with_session(origin, |session| session.delayed.remove(&due));
        let What::Promised { layer, function, .. } = what else { return false };
        let result = self.dispatcher.result_for(layer, function, result);
        let stage = self.with_session(origin, |session| session.stage(request)).flatten();
        self.finish(origin, request, result);
        self.run_ready(origin);
        stage == Some(Stage::Running)
    }

    /// When something is due.
    pub(in crate::server) fn next_due(&self) -> Option<Duration> {
        self.later.first_key_value().map(|((due, _), _)| *due)
    }

    fn run(&mut self, origin: Origin, id: MessageId, peeled: Peeled) {
        let (layer, function) = (peeled.layer, peeled.id);
        let Reply { after, token, result } = self.call(origin, id, peeled);
        if after.is_zero() || !self.has_room(origin) {
            return self.finish(origin, id, result);
        }
        let Some(token) = token else {
            self.do_later(origin, id, after, What::Answer(result));
            return;
        };
        let what = What::Promised { token, layer, function, otherwise: result };
        let due = self.do_later(origin, id, after, what);
        self.promised.insert(token, due);
    }

    /// A request has to wait for others.
    fn wait(&mut self, origin: Origin, id: MessageId, peeled: Peeled, after: Vec<MessageId>) {
        if !self.has_room(origin) {
            return self.finish(origin, id, Err(RpcError::parse(420, "FLOOD_WAIT_1")));
        }
        let due = self.do_later(origin, id, WAIT, What::GiveUp);
        let waiting = Waiting { request: id, after, peeled, due };
        self.with_session(origin, |session| session.wait(waiting));
    }

    /// Whether another request of a session may be answered later.
    fn has_room(&mut self, origin: Origin) -> bool {
        let limit = self.limits.delayed;
        self.with_session(origin, |session| session.delayed.len() < limit).unwrap_or(false)
    }

    fn do_later(&mut self, origin: Origin, request: MessageId, after: Duration, what: What) -> Due {
        self.later_count = self.later_count.wrapping_add(1);
        let due = (origin.now.mono.saturating_add(after), self.later_count);
        self.later.insert(due, Later { origin, request, what });
        self.with_session(origin, |session| session.delayed.insert(due));
        due
    }

    /// What was put off is not done; its token means nothing any more.
    pub(in crate::server) fn remove_later(&mut self, due: Due) -> Option<Later> {
        let later = self.later.remove(&due)?;
        if let What::Promised { token, .. } = &later.what
            && self.promised.get(token) == Some(&due)
        {
            self.promised.remove(token);
        }
        Some(later)
    }

    fn take_later(&mut self, origin: Origin, due: Due) {
        self.remove_later(due);
        self.with_session(origin, |session| session.delayed.remove(&due));
    }

    fn call(&mut self, origin: Origin, id: MessageId, peeled: Peeled) -> Reply {
        let Peeled { caller, layer, id: function, query, .. } = peeled;
        let caller = Caller { now: origin.now, ..caller };
        // A script decides what a binding needs, and what a key may do without one.
        let is_scripted = self.dispatcher.scripts_bindings();
        if function == BindTempAuthKey::ID && !is_scripted {
            return Reply::now(self.take_binding(origin, id, &caller, &query));
        }
        let key = self.keys.get(&origin.key);
        let is_unbound = key.is_some_and(|key| key.is_temporary() && key.perm.is_none());
        if is_unbound && !is_scripted && !OPEN_TO_UNBOUND.contains(&function) {
            return Reply::now(Err(bind::unbound()));
        }
        let strictness = self.config.strictness;
        self.dispatcher.call_by_layer(&caller, layer, function, query.as_bytes(), strictness)
    }

    /// A binding has to be valid, and may be refused by a handler then.
    fn take_binding(
        &mut self,
        origin: Origin,
        id: MessageId,
        caller: &Caller,
        query: &Object,
    ) -> Result<Vec<u8>, RpcError> {
        let request = query
            .decode::<BindTempAuthKey>()
            .map_err(|_| RpcError::parse(400, "INPUT_REQUEST_INVALID"))?;
        let binding = self.verify_binding(origin, id, &request)?;
        if self.dispatcher.handles(BindTempAuthKey::ID) {
            let strictness = self.config.strictness;
            let Reply { result, .. } =
                self.dispatcher.call(caller, BindTempAuthKey::ID, query.as_bytes(), strictness);
            let answer = result?;
            if answer != true.to_bytes() {
                return Ok(answer);
            }
        }
        self.bind(binding);
        Ok(true.to_bytes())
    }

    fn finish(&mut self, origin: Origin, id: MessageId, result: Result<Vec<u8>, RpcError>) {
        // A session that was forgotten meanwhile knows of no such request.
        let Some(stage) = self.with_session(origin, |session| session.stage(id)).flatten() else {
            return;
        };
        let is_ok = result.is_ok();
        let result = match result {
            _ if stage == Stage::Dropped => Object::new(&types::RpcAnswerDroppedRunning {}),
            Ok(answer) => self.dispatcher.packed(answer),
            Err(error) => Object::new(&types::RpcError {
                error_code: error.code,
                error_message: error.message(),
            }),
        };
        let answer = types::RpcResult { req_msg_id: id.0, result };
        let is_lost = self.loses_answer();
        self.with_session(origin, |session| {
            session.answer(id, &answer, is_ok, origin.now.unix);
            if is_lost {
                session.lose_last();
            }
        });
    }
}

/// A request that a request was to run after has failed.
fn wait_failed() -> RpcError {
    RpcError::parse(400, "MSG_WAIT_FAILED")
}
