//! Calls of the API: answered at once, or later.

use std::time::Duration;

use crate::message_id::MessageId;
use crate::rpc::RpcError;
use crate::server::bind;
use crate::server::dc::DataCentre;
use crate::server::dispatcher::{Caller, Peeled, Reply};
use crate::server::service::Origin;
use crate::server::session::Stage;
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::tl::wrap::functions::auth::BindTempAuthKey;
use crate::tl::{Identifiable, Object, Serialize};

/// The functions that a temporary key may call before it is bound: `help.getConfig` and `help.getNearestDc`.
const OPEN_TO_UNBOUND: [u32; 2] = [0xc4f9_186b, 0x1fb3_3026];

/// An answer that waits for its time.
#[derive(Debug)]
pub(in crate::server) struct Later {
    origin: Origin,
    request: MessageId,
    result: Result<Vec<u8>, RpcError>,
}

impl DataCentre {
    pub(super) fn take_call(&mut self, origin: Origin, id: MessageId, body: &[u8]) {
        self.with_session(origin, |session| session.begin(id));
        let Reply { after, result } = self.call(origin, id, body);
        if after.is_zero() {
            return self.finish(origin, id, result);
        }
        let due = origin.now.mono.saturating_add(after);
        self.later_count = self.later_count.wrapping_add(1);
        self.later.insert((due, self.later_count), Later { origin, request: id, result });
    }

    /// Gives the answers that are due.
    pub(in crate::server) fn finish_due(&mut self, now: Now) {
        while let Some(entry) = self.later.first_entry() {
            if entry.key().0 > now.mono {
                return;
            }
            let Later { origin, request, result } = entry.remove();
            self.finish(Origin { now, ..origin }, request, result);
        }
    }

    /// When an answer is due.
    pub(in crate::server) fn next_due(&self) -> Option<Duration> {
        self.later.first_key_value().map(|((due, _), _)| *due)
    }

    fn call(&mut self, origin: Origin, id: MessageId, body: &[u8]) -> Reply {
        let key = self.keys.get(&origin.key);
        let perm = key.and_then(|key| key.perm);
        let is_unbound = key.is_some_and(|key| key.is_temporary() && key.perm.is_none());
        let caller = Caller {
            key: perm.unwrap_or(origin.key),
            session: origin.session,
            now: origin.now,
            layer: None,
        };
        let Peeled { caller, id: function, query } = match Peeled::new(caller, body) {
            Ok(peeled) => peeled,
            Err(error) => return Reply::now(Err(error)),
        };
        // A handler of its own decides what a binding needs, and what a key may do without one.
        let is_scripted = self.dispatcher.handles(BindTempAuthKey::ID);
        if function == BindTempAuthKey::ID && !is_scripted {
            let bound = query
                .decode::<BindTempAuthKey>()
                .map_err(|_| RpcError::parse(400, "INPUT_REQUEST_INVALID"))
                .and_then(|request| self.bind(origin, id, &request));
            return Reply::now(bound.map(|()| true.to_bytes()));
        }
        if is_unbound && !is_scripted && !OPEN_TO_UNBOUND.contains(&function) {
            return Reply::now(Err(bind::unbound()));
        }
        self.dispatcher.call(&caller, function, query.as_bytes())
    }

    fn finish(&mut self, origin: Origin, id: MessageId, result: Result<Vec<u8>, RpcError>) {
        // A session that was forgotten meanwhile knows of no such request.
        let Some(stage) = self.with_session(origin, |session| session.stage(id)).flatten() else {
            return;
        };
        let result = match result {
            _ if stage == Stage::Dropped => Object::new(&types::RpcAnswerDroppedRunning {}),
            Ok(answer) => self.dispatcher.packed(answer),
            Err(error) => Object::new(&types::RpcError {
                error_code: error.code,
                error_message: error.message(),
            }),
        };
        let answer = types::RpcResult { req_msg_id: id.0, result };
        let is_lost = self.faults.drop_answers > 0;
        self.faults.drop_answers = self.faults.drop_answers.saturating_sub(1);
        self.with_session(origin, |session| {
            session.answer(id, &answer, origin.now.unix);
            if is_lost {
                session.lose_last();
            }
        });
    }
}
