//! Handlers are asked, wrappers are taken off, and what cannot be answered is an error.

use super::*;
use crate::tl::mtproto::functions::Ping;
use crate::tl::mtproto::types::Pong;

const CALLER: Caller = Caller {
    key: KeyId(1),
    session: SessionId(2),
    now: Now { mono: Duration::ZERO, unix: Duration::ZERO },
    layer: None,
    wants_updates: true,
};

fn dispatcher() -> Dispatcher {
    let mut dispatcher = Dispatcher::new();
    dispatcher.on(|caller, ping: Ping| {
        Ok(Pong { msg_id: caller.layer.unwrap_or(0).into(), ping_id: ping.ping_id })
    });
    dispatcher
}

fn call(body: &[u8]) -> Result<Vec<u8>, RpcError> {
    dispatcher().answer(CALLER, body)
}

#[test]
fn a_function_is_answered_by_its_handler() {
    let answer = call(&Ping { ping_id: 5 }.to_bytes());
    assert_eq!(answer, Ok(Pong { msg_id: 0, ping_id: 5 }.to_bytes()));
}

#[test]
fn wrappers_are_taken_off_and_the_layer_is_told() {
    let query = wrap::InvokeWithLayer {
        layer: 230,
        query: wrap::InvokeWithoutUpdates { query: Ping { ping_id: 5 } },
    };
    let answer = call(&query.to_bytes());
    assert_eq!(answer, Ok(Pong { msg_id: 230, ping_id: 5 }.to_bytes()));
}

#[test]
fn what_has_no_handler_is_answered_otherwise() {
    let mut dispatcher = dispatcher();
    dispatcher.otherwise(|_, id, body| match body {
        [_, _, _, _, rest @ ..] if id == 0x0403_0201 => Ok(rest.to_vec()),
        _ => Err(invalid("OTHER")),
    });
    assert_eq!(dispatcher.answer(CALLER, &[1, 2, 3, 4, 5]), Ok(vec![5]));
    assert_eq!(dispatcher.answer(CALLER, &[2, 2, 3, 4]), Err(invalid("OTHER")));
    let pong = Pong { msg_id: 0, ping_id: 5 }.to_bytes();
    assert_eq!(dispatcher.answer(CALLER, &Ping { ping_id: 5 }.to_bytes()), Ok(pong));
}

#[test]
fn a_handler_that_panics_has_answered_with_an_error_that_names_it() {
    let mut dispatcher = Dispatcher::new();
    let (line, mut calls) = (line!() + 1, 0);
    dispatcher.on(move |_, ping: Ping| {
        calls += 1;
        assert_ne!(calls, 1, "the first one panics");
        Ok(Pong { msg_id: 0, ping_id: ping.ping_id })
    });
    let ping = Ping { ping_id: 5 }.to_bytes();
    let error = dispatcher.answer(CALLER, &ping).unwrap_err();
    let name = format!("HANDLER_PANICKED: the one of tests.rs:{line}");
    assert_eq!((error.code, error.message()), (500, name));
    // The next call is answered.
    let pong = Pong { msg_id: 0, ping_id: 5 }.to_bytes();
    assert_eq!(dispatcher.answer(CALLER, &ping), Ok(pong));
}

#[test]
fn what_cannot_be_answered_is_an_error() {
    let call = |body: &[u8]| call(body).unwrap_err().name;
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
