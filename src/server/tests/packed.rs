//! `gzip_packed`: with either header, inside of wrappers and outside, and what it may cost.

use super::*;
use crate::server::inflate::tests::{HEADERS, Header, packed};
use crate::tl::mtproto::functions;
use crate::tl::wrap::functions as wrap;

/// What is around a function, from the outside.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wrapper {
    Layer,
    Connection,
    WithoutUpdates,
    After,
    AfterSeveral,
}

use Wrapper::{After, AfterSeveral, Connection, Layer, WithoutUpdates};

const WRAPPERS: [Wrapper; 5] = [Layer, Connection, WithoutUpdates, After, AfterSeveral];

fn wrapped(wrapper: Wrapper, query: Vec<u8>, after: MessageId) -> Vec<u8> {
    let query = Object::from(query);
    match wrapper {
        Layer => wrap::InvokeWithLayer { layer: 230, query }.to_bytes(),
        WithoutUpdates => wrap::InvokeWithoutUpdates { query }.to_bytes(),
        After => wrap::InvokeAfterMsg { msg_id: after.0, query }.to_bytes(),
        AfterSeveral => wrap::InvokeAfterMsgs { msg_ids: vec![after.0; 2], query }.to_bytes(),
        Connection => wrap::InitConnection {
            api_id: 1,
            device_model: "a model".into(),
            system_version: "1".into(),
            app_version: "1".into(),
            system_lang_code: "en".into(),
            lang_pack: String::new(),
            lang_code: "en".into(),
            proxy: None,
            params: None,
            query,
        }
        .to_bytes(),
    }
}

/// A call in these wrappers, packed in front of each place that is named; 0 is inside of all.
fn query(header: Header, wrappers: &[Wrapper], packs_at: &[usize], after: MessageId) -> Vec<u8> {
    let mut query = SMALL.to_bytes();
    for place in 0..=wrappers.len() {
        if packs_at.contains(&place) {
            query = packed(header, &query).to_bytes();
        }
        if let Some(wrapper) = wrappers.iter().rev().nth(place) {
            query = wrapped(*wrapper, query, after);
        }
    }
    query
}

#[test]
fn sm_gzip_packed_runs_wherever_it_stands_with_either_header() {
    let stacks: Vec<Vec<Wrapper>> = WRAPPERS
        .iter()
        .map(|wrapper| vec![*wrapper])
        .chain(WRAPPERS.iter().flat_map(|a| WRAPPERS.iter().map(|b| vec![*a, *b])))
        .chain([vec![Layer, Connection, WithoutUpdates, After], vec![After, Layer, Connection]])
        .chain([vec![]])
        .collect();
    for strictness in [Strictness::Strict, Strictness::Lenient] {
        for header in HEADERS {
            for wrappers in &stacks {
                for place in 0..=wrappers.len() {
                    let mut script = Script::begun_with(strictness);
                    let after = script.call(SMALL);
                    script.result(after);
                    let id = script.call(Object::from(query(header, wrappers, &[place], after)));
                    let result = script.result(id);
                    assert_eq!(
                        result.decode(),
                        Ok(Bytes::from(vec![1; 4])),
                        "{wrappers:?} {place}"
                    );
                    assert_eq!(script.ran(), 3);
                    // In a container too.
                    let (id, seqno) = (script.id(), script.seqno(true));
                    let body = Object::from(query(header, wrappers, &[place], after));
                    script.contain(&[(id, seqno, body)]);
                    script.result(id);
                    assert_eq!(script.ran(), 4);
                }
            }
        }
    }
}

#[test]
fn sm_gzip_packed_may_stand_in_wrappers_that_are_packed() {
    for header in HEADERS {
        let mut script = Script::begun();
        let body = query(header, &[Layer, Connection], &[0, 1, 2], MessageId(0));
        let id = script.call(Object::from(body));
        script.result(id);
        assert_eq!(script.ran(), 2);
    }
}

#[test]
fn sm_gzip_packed_in_itself_or_torn_is_refused_wherever_it_stands() {
    for header in HEADERS {
        for wrapper in WRAPPERS {
            let twice = packed(header, &packed(header, &SMALL.to_bytes()).to_bytes()).to_bytes();
            let mut torn = packed(header, &SMALL.to_bytes());
            torn.packed_data = torn.packed_data[..torn.packed_data.len() - 1].into();
            for inner in [twice, torn.to_bytes()] {
                let mut script = Script::begun();
                let id = script.call(Object::from(inner.clone()));
                assert_eq!(script.refusal(id), 64);
                let after = script.call(SMALL);
                script.result(after);
                let id = script.call(Object::from(wrapped(wrapper, inner, after)));
                assert_eq!(script.error(id), (400, "INPUT_FETCH_ERROR".to_owned()));
                assert_eq!(script.ran(), 2);
            }
        }
    }
}

#[test]
fn tl_07_a_bomb_is_refused_in_a_wrapper_too() {
    for header in HEADERS {
        for wrapper in WRAPPERS {
            let mut script = Script::begun();
            let after = script.call(SMALL);
            script.result(after);
            let bomb = packed(header, &vec![0; (4 << 20) + 1]).to_bytes();
            let id = script.call(Object::from(wrapped(wrapper, bomb, after)));
            assert_eq!(script.error(id), (400, "INPUT_REQUEST_TOO_LONG".to_owned()));
        }
    }
}

#[test]
fn tl_07_a_container_of_bombs_is_unpacked_to_a_bound() {
    for header in HEADERS {
        let mut script = Script::begun();
        // Each alone is within what one may be; of all together, four are.
        let large = [&functions::Ping { ping_id: 3 }.to_bytes()[..], &vec![0; 4_000_000]].concat();
        let outside = Object::new(&packed(header, &large));
        let inside = Object::from(wrapped(Layer, outside.as_bytes().to_vec(), MessageId(0)));
        let messages: Vec<_> = (0..64)
            .map(|n| {
                let body = if n % 2 == 0 { outside.clone() } else { inside.clone() };
                (script.id(), script.seqno(true), body)
            })
            .collect();
        script.contain(&messages);
        let received = script.received();
        let count = |id: u32| received.iter().filter(|m| m.body.id() == Some(id)).count();
        // A ping with more behind it is none, and no function either; what is over the bound is not even that.
        let errors: Vec<types::RpcError> = received
            .iter()
            .filter(|message| message.body.id() == Some(types::RpcResult::ID))
            .map(|message| message.body.decode::<types::RpcResult>().unwrap())
            .map(|result| result.result.decode().unwrap())
            .collect();
        let invalid = errors.iter().filter(|e| e.error_message == "INPUT_METHOD_INVALID").count();
        let long = errors.iter().filter(|e| e.error_message == "INPUT_REQUEST_TOO_LONG").count();
        assert_eq!((invalid, long), (4, 30));
        assert_eq!(count(types::BadMsgNotification::ID), 30);
    }
}

#[test]
fn sm_results_have_the_header_that_the_dispatcher_says() {
    for zlib in [false, true] {
        let mut script = Script::begun();
        script.dc.dispatcher.compress_from(100);
        if zlib {
            script.dc.dispatcher.compress_with_zlib_headers();
        }
        let id = script.call(Take { bytes: 5_000, after: 0 });
        let result: types::GzipPacked = script.result(id).decode().unwrap();
        assert_eq!(result.packed_data[0], if zlib { 0x78 } else { 0x1f });
        let data = crate::server::inflate::Inflater::new().inflate(&result.to_bytes()).unwrap();
        assert_eq!(Bytes::from_bytes(&data), Ok(Bytes::from(vec![1; 5_000])));
    }
}
