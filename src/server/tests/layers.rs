//! The layer that a client speaks: noted, and what passes through a translator of layers.

use std::borrow::Cow;

use super::bind::{bind, temporary};
use super::*;
use crate::rpc::RpcError;
use crate::server::Translator;
use crate::server::inflate::tests::{Header, packed};
use crate::tl::wrap::functions as wrap;

/// `take`, as older layers had it: without a time.
const OLD_TAKE: u32 = 0x0ec0_0ec1;

/// What cannot be said to clients of other layers.
const UNSAID: [u8; 3] = [0xee; 3];

/// Marks what goes to a client with its layer.
#[derive(Debug)]
struct Marking;

impl Translator for Marking {
    fn knows(&self, layer: i32) -> bool {
        (135..=230).contains(&layer)
    }

    fn read_call<'b>(
        &mut self,
        _: i32,
        call: &'b [u8],
        _: Strictness,
    ) -> Result<Cow<'b, [u8]>, RpcError> {
        let Some(rest) = call.strip_prefix(&OLD_TAKE.to_le_bytes()) else { return Ok(call.into()) };
        let bytes = i32::from_le_bytes(rest.try_into().map_err(|_| RpcError::parse(400, "OLD"))?);
        Ok(Take { bytes, after: 0 }.to_bytes().into())
    }

    fn write_result<'b>(
        &mut self,
        layer: i32,
        function: u32,
        result: &'b [u8],
    ) -> Result<Cow<'b, [u8]>, RpcError> {
        if result == Bytes::from(vec![]).to_bytes() {
            return Err(RpcError::parse(406, "UNSAID"));
        }
        Ok(marked(result, layer, function).into())
    }

    fn write_update<'b>(&mut self, layer: i32, update: &'b [u8]) -> Option<Cow<'b, [u8]>> {
        (update != Bytes::from(UNSAID.to_vec()).to_bytes()).then(|| marked(update, layer, 0).into())
    }
}

fn marked(value: &[u8], layer: i32, function: u32) -> Vec<u8> {
    [value, &layer.to_le_bytes(), &function.to_le_bytes()].concat()
}

fn translating() -> Script {
    let mut script = Script::new();
    script.dc.dispatcher.translate_with(Marking);
    script
}

fn old_take(bytes: i32) -> Object {
    Object::from([OLD_TAKE.to_le_bytes(), bytes.to_le_bytes()].concat())
}

fn said(layer: i32, query: impl Serialize) -> Object {
    Object::new(&wrap::InvokeWithLayer { layer, query: Object::new(&query) })
}

/// A call with which a client says what it is.
fn begun(layer: i32, query: impl Serialize) -> Object {
    let query = wrap::InitConnection {
        api_id: 1,
        device_model: "a model".into(),
        system_version: "1".into(),
        app_version: "1".into(),
        system_lang_code: "en".into(),
        lang_pack: String::new(),
        lang_code: "en".into(),
        proxy: None,
        params: None,
        query: Object::new(&query),
    };
    said(layer, query)
}

/// The layer that a call was answered in.
fn answered_in(script: &mut Script, call: Object) -> i32 {
    let id = script.call(call);
    let result = script.result(id).into_bytes();
    let [.., a, b, c, d, _, _, _, _] = result[..] else { panic!("{result:?}") };
    i32::from_le_bytes([a, b, c, d])
}

/// What the session was pushed.
fn pushed(script: &mut Script, news: &Bytes) -> Vec<Vec<u8>> {
    assert!(script.dc.push(script.now, script.key.id(), script.session, news));
    script.received().into_iter().map(|message| message.body.into_bytes()).collect()
}

#[test]
fn a_call_is_read_by_its_layer_and_answered_in_it() {
    let mut script = translating();
    let id = script.call(said(158, old_take(4)));
    let expected = marked(&Bytes::from(vec![1; 4]).to_bytes(), 158, OLD_TAKE);
    assert_eq!(script.result(id).into_bytes(), expected);
    let id = script.call(said(158, Object::from(OLD_TAKE.to_le_bytes().to_vec())));
    assert_eq!(script.error(id), (400, "OLD".to_owned()));
    let id = script.call(said(158, old_take(0)));
    assert_eq!(script.error(id), (406, "UNSAID".to_owned()));
    assert_eq!(script.ran(), 2);
}

#[test]
fn a_client_that_says_no_layer_speaks_the_handlers() {
    let mut script = translating();
    let id = script.call(SMALL);
    assert_eq!(script.result(id).into_bytes(), Bytes::from(vec![1; 4]).to_bytes());
    let id = script.call(old_take(4));
    assert_eq!(script.error(id), (400, "INPUT_METHOD_INVALID".to_owned()));
    let news = Bytes::from(vec![9; 3]);
    assert_eq!(pushed(&mut script, &news), [news.to_bytes()]);
    assert_eq!(script.dc.layer_of(script.key.id()), None);
}

#[test]
fn without_a_translator_the_layer_is_noted_and_nothing_is_changed() {
    let mut script = Script::new();
    let id = script.call(begun(7, SMALL));
    assert_eq!(script.result(id).into_bytes(), Bytes::from(vec![1; 4]).to_bytes());
    assert_eq!(script.dc.layer_of(script.key.id()), Some(7));
    let news = Bytes::from(vec![9; 3]);
    assert_eq!(pushed(&mut script, &news), [news.to_bytes()]);
}

#[test]
fn the_layer_of_init_connection_is_kept_for_the_key_until_another_comes() {
    let mut script = translating();
    // Until there is one, the last that was said.
    for layer in [150, 151] {
        assert_eq!(answered_in(&mut script, said(layer, SMALL)), layer);
        assert_eq!(answered_in(&mut script, Object::new(&SMALL)), layer);
    }
    assert_eq!(answered_in(&mut script, begun(158, SMALL)), 158);
    // What a call says without it is of that call.
    assert_eq!(answered_in(&mut script, said(181, old_take(4))), 181);
    assert_eq!(answered_in(&mut script, old_take(4)), 158);
    assert_eq!(pushed(&mut script, &vec![9; 3].into()).len(), 1);
    // Other sessions of the key, over other links.
    script.reconnect();
    script.session = SessionId(6);
    script.content = 0;
    assert_eq!(answered_in(&mut script, old_take(4)), 158);
    assert_eq!(answered_in(&mut script, begun(181, old_take(4))), 181);
    assert_eq!(answered_in(&mut script, old_take(4)), 181);
    // And no other key.
    let old = std::mem::replace(&mut script.key, AuthKey::from_bytes([9; 256]));
    script.dc.add_key(START, script.key.clone(), SALT, None);
    (script.session, script.content) = (SessionId(7), 0);
    let id = script.call(SMALL);
    assert_eq!(script.result(id).into_bytes(), Bytes::from(vec![1; 4]).to_bytes());
    assert_eq!(script.dc.layer_of(old.id()), Some(181));
    assert_eq!(script.dc.layer_of(script.key.id()), None);
}

#[test]
fn what_is_pushed_is_in_the_layer_of_its_key_and_what_that_cannot_say_is_not_sent() {
    let mut script = translating();
    let news = Bytes::from(vec![9; 3]);
    for layer in [158, 229] {
        answered_in(&mut script, begun(layer, SMALL));
        script.settle();
        assert_eq!(pushed(&mut script, &news), [marked(&news.to_bytes(), layer, 0)]);
        assert_eq!(pushed(&mut script, &UNSAID.to_vec().into()), [] as [Vec<u8>; 0]);
        assert!(script.dc.push_to_latest(script.now, script.key.id(), &news));
        assert_eq!(script.received()[0].body.as_bytes(), marked(&news.to_bytes(), layer, 0));
    }
}

#[test]
fn a_temporary_key_has_the_layer_of_its_permanent_one_until_it_says_one() {
    let (mut script, perm, end) = temporary();
    script.dc.dispatcher.translate_with(Marking);
    let temp = std::mem::replace(&mut script.key, perm.clone());
    assert_eq!(answered_in(&mut script, begun(158, SMALL)), 158);
    script.settle();
    script.key = temp;
    (script.session, script.content) = (SessionId(6), 0);
    let id = bind(&mut script, &perm, end, |_, _, _| {});
    assert_eq!(script.result(id).decode(), Ok(true));
    assert_eq!(answered_in(&mut script, old_take(4)), 158);
    assert_eq!(answered_in(&mut script, begun(181, old_take(4))), 181);
    assert_eq!(answered_in(&mut script, old_take(4)), 181);
    // By the key that handlers know it by.
    script.settle();
    let news = Bytes::from(vec![9; 3]);
    assert!(script.dc.push_to_latest(script.now, perm.id(), &news));
    assert_eq!(script.received()[0].body.as_bytes(), marked(&news.to_bytes(), 181, 0));
    // What was said with it is said for the permanent one, so for the temporary one that follows.
    assert_eq!(script.dc.layer_of(perm.id()), Some(181));
}

#[test]
fn a_layer_that_nobody_knows_is_refused_and_not_kept() {
    let mut script = translating();
    answered_in(&mut script, begun(158, SMALL));
    for layer in [i32::MIN, -1, 0, 1, 134, 231, i32::MAX] {
        for call in [said(layer, SMALL), begun(layer, SMALL)] {
            let id = script.call(call);
            assert_eq!(script.error(id), (400, "CONNECTION_LAYER_INVALID".to_owned()));
        }
    }
    assert_eq!((script.ran(), script.dc.layer_of(script.key.id())), (1, Some(158)));
}

#[test]
fn what_is_answered_later_is_in_the_layer_that_it_was_asked_in() {
    let mut script = translating();
    answered_in(&mut script, begun(158, SMALL));
    let slow = script.call(Take { bytes: 4, after: 500 });
    let waits = script.call(wrap::InvokeAfterMsg { msg_id: slow.0, query: old_take(8) });
    assert_eq!(answered_in(&mut script, begun(181, SMALL)), 181);
    script.wait(Duration::from_secs(1));
    let results: Vec<types::RpcResult> = script.take();
    let results: Vec<_> =
        results.into_iter().map(|one| (one.req_msg_id, one.result.into_bytes())).collect();
    let expected = [(slow, 4, Take::ID), (waits, 8, OLD_TAKE)].map(|(id, bytes, function)| {
        (id.0, marked(&Bytes::from(vec![1; bytes]).to_bytes(), 158, function))
    });
    assert_eq!(results, expected);
}

#[test]
fn what_is_compressed_is_translated_inside() {
    let mut script = translating();
    script.dc.dispatcher.compress_from(100);
    let inflated = |object: Object| {
        assert_eq!(object.id(), Some(types::GzipPacked::ID));
        crate::server::inflate::Inflater::new().inflate(object.as_bytes()).unwrap()
    };
    let packed_call = packed(Header::Gzip, &old_take(1000).into_bytes());
    let id = script.call(begun(158, packed_call));
    let expected = marked(&Bytes::from(vec![1; 1000]).to_bytes(), 158, OLD_TAKE);
    assert_eq!(inflated(script.result(id)), expected);
    script.settle();
    let news = Bytes::from(vec![9; 3]);
    let update = packed(Header::Zlib, &news.to_bytes());
    assert!(script.dc.push_to_latest(script.now, script.key.id(), &update));
    let [message] = &script.received()[..] else { panic!("one message") };
    assert_eq!(inflated(message.body.clone()), marked(&news.to_bytes(), 158, 0));
    // What is no gzip is left as it is.
    let broken = types::GzipPacked { packed_data: vec![1, 2, 3].into() };
    assert!(script.dc.push_to_latest(script.now, script.key.id(), &broken));
    assert_eq!(script.received()[0].body, Object::new(&broken));
}
