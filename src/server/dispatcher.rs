//! What a data centre answers to the functions of an API: a handler for each.

use std::collections::HashMap;
use std::fmt;

use crate::crypto::KeyId;
use crate::ids::SessionId;
use crate::rpc::RpcError;
use crate::time::Now;
use crate::tl::wrap::functions as wrap;
use crate::tl::{Deserialize, Function, Identifiable, Object, Serialize};

/// Who calls, and when.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The key.
    pub key: KeyId,
    /// The session.
    pub session: SessionId,
    /// The moment.
    pub now: Now,
    /// The layer that the client said it speaks with this call.
    pub layer: Option<i32>,
}

type Handler = Box<dyn FnMut(&Caller, &[u8]) -> Result<Vec<u8>, RpcError> + Send>;

/// The handlers of a data centre, by function.
///
/// ```
/// use telewire::server::Dispatcher;
/// use telewire::tl::wrap::functions::auth::BindTempAuthKey;
///
/// let mut dispatcher = Dispatcher::new();
/// dispatcher.on(|_caller, _request: BindTempAuthKey| Ok(true));
/// ```
#[derive(Default)]
pub struct Dispatcher {
    handlers: HashMap<u32, Handler>,
}

impl Dispatcher {
    /// Answers every function with `INPUT_METHOD_INVALID`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a function by a handler. The one set last counts.
    pub fn on<F>(
        &mut self,
        mut handler: impl FnMut(&Caller, F) -> Result<F::Return, RpcError> + Send + 'static,
    ) where
        F: Function + Deserialize,
        F::Return: Serialize,
    {
        let handler = move |caller: &Caller, body: &[u8]| {
            let request = F::from_bytes(body).map_err(|_| invalid("INPUT_REQUEST_INVALID"))?;
            handler(caller, request).map(|answer| answer.to_bytes())
        };
        self.handlers.insert(F::ID, Box::new(handler));
    }

    /// Answers a function that is given as bytes. Wrappers around it are taken off first.
    pub(super) fn call(&mut self, caller: &Caller, body: &[u8]) -> Result<Vec<u8>, RpcError> {
        let mut caller = *caller;
        let mut query = Object::from(body.to_vec());
        for _ in 0..MAX_WRAPPERS {
            let id = query.id().ok_or_else(|| invalid("INPUT_FETCH_ERROR"))?;
            match unwrap(id, &query, &mut caller)? {
                Some(inner) => query = inner,
                None => {
                    let handler = self.handlers.get_mut(&id);
                    let handler = handler.ok_or_else(|| invalid("INPUT_METHOD_INVALID"))?;
                    return handler(&caller, query.as_bytes());
                }
            }
        }
        Err(invalid("INPUT_REQUEST_TOO_LONG"))
    }
}

/// How many wrappers may be around a function. Clients use three.
const MAX_WRAPPERS: usize = 8;

/// What is inside of a wrapper; `None` for a function of its own.
fn unwrap(id: u32, query: &Object, caller: &mut Caller) -> Result<Option<Object>, RpcError> {
    macro_rules! inner {
        ($wrapper:ident) => {
            query.decode::<wrap::$wrapper<Object>>().map_err(|_| invalid("INPUT_FETCH_ERROR"))?
        };
    }
    Ok(match id {
        wrap::InvokeWithLayer::<Object>::ID => {
            let wrapper = inner!(InvokeWithLayer);
            caller.layer = Some(wrapper.layer);
            Some(wrapper.query)
        }
        wrap::InitConnection::<Object>::ID => Some(inner!(InitConnection).query),
        wrap::InvokeWithoutUpdates::<Object>::ID => Some(inner!(InvokeWithoutUpdates).query),
        wrap::InvokeAfterMsg::<Object>::ID => Some(inner!(InvokeAfterMsg).query),
        wrap::InvokeAfterMsgs::<Object>::ID => Some(inner!(InvokeAfterMsgs).query),
        _ => None,
    })
}

fn invalid(name: &str) -> RpcError {
    RpcError::parse(400, name)
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dispatcher({} functions)", self.handlers.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::mtproto::functions::Ping;
    use crate::tl::mtproto::types::Pong;

    const CALLER: Caller = Caller {
        key: KeyId(1),
        session: SessionId(2),
        now: Now { mono: std::time::Duration::ZERO, unix: std::time::Duration::ZERO },
        layer: None,
    };

    fn dispatcher() -> Dispatcher {
        let mut dispatcher = Dispatcher::new();
        dispatcher.on(|caller, ping: Ping| {
            Ok(Pong { msg_id: caller.layer.unwrap_or(0).into(), ping_id: ping.ping_id })
        });
        dispatcher
    }

    #[test]
    fn a_function_is_answered_by_its_handler() {
        let answer = dispatcher().call(&CALLER, &Ping { ping_id: 5 }.to_bytes());
        assert_eq!(answer, Ok(Pong { msg_id: 0, ping_id: 5 }.to_bytes()));
    }

    #[test]
    fn wrappers_are_taken_off_and_the_layer_is_told() {
        let query = wrap::InvokeWithLayer {
            layer: 230,
            query: wrap::InvokeWithoutUpdates { query: Ping { ping_id: 5 } },
        };
        let answer = dispatcher().call(&CALLER, &query.to_bytes());
        assert_eq!(answer, Ok(Pong { msg_id: 230, ping_id: 5 }.to_bytes()));
    }

    #[test]
    fn what_cannot_be_answered_is_an_error() {
        let call = |body: &[u8]| dispatcher().call(&CALLER, body).unwrap_err().name;
        assert_eq!(call(&[]), "INPUT_FETCH_ERROR");
        assert_eq!(call(&[1, 2, 3, 4]), "INPUT_METHOD_INVALID");
        let mut ping = Ping { ping_id: 5 }.to_bytes();
        ping.push(0);
        assert_eq!(call(&ping), "INPUT_REQUEST_INVALID");
        let mut query = Ping { ping_id: 5 }.to_bytes();
        for _ in 0..8 {
            query = wrap::InvokeWithoutUpdates { query: Object::from(query) }.to_bytes();
        }
        assert_eq!(call(&query), "INPUT_REQUEST_TOO_LONG");
    }
}
