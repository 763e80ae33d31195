//! Values through JSON and through postcard, and what is refused.

mod refused;

use std::fmt::Debug;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_core::de::{DeserializeOwned, DeserializeSeed};
use telewire_codegen::dynamic::{Arbitrary, Definition, Target, Value};

use super::read::Slot;
use super::write::Tree;
use crate::tl::family::Family;
use crate::tl::line::name_in;
use crate::tl::mtproto::{self, enums, functions, types};
use crate::tl::{Bare, Bytes, Deserialize, Identifiable, Object, Schema, wrap};

/// How many values of each definition are tried: one as small as can be, and others.
const VALUES: usize = 4;

/// How many parts a value has, about.
const BUDGET: usize = 24;

/// The value through each kind of form.
fn round_trip<T>(value: &T)
where
    T: serde_core::Serialize + DeserializeOwned + PartialEq + Debug,
{
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).as_ref().unwrap(), value, "{json}");
    // It sorts its keys.
    let sorted = serde_json::to_value(value).unwrap();
    assert_eq!(&serde_json::from_value::<T>(sorted).unwrap(), value);
    let binary = postcard::to_allocvec(value).unwrap();
    assert_eq!(&postcard::from_bytes::<T>(&binary).unwrap(), value);
}

/// The tables, in the order of the family's schemas.
fn tables() -> Vec<&'static Schema> {
    vec![
        &mtproto::SCHEMA,
        &wrap::SCHEMA,
        #[cfg(feature = "secret")]
        &crate::tl::secret::SCHEMA,
        #[cfg(feature = "api")]
        &crate::tl::api::SCHEMA,
    ]
}

/// Calls `check` with the bytes of some values of each definition.
fn each(check: impl Fn(Definition<'_>, &[u8])) {
    let family = Family::new();
    let codec = family.codec();
    let arbitrary = Arbitrary::new(&codec);
    for definition in codec.definitions() {
        let mut random = ChaCha8Rng::seed_from_u64(definition.id().into());
        for turn in 0..VALUES {
            let budget = if turn == 0 { 0 } else { BUDGET };
            let mut value = arbitrary.value(*definition, &mut || random.next_u64(), budget);
            settle_doubles(&mut value);
            check(*definition, &codec.encode_as(&Target::from(*definition), &value).unwrap());
        }
    }
}

/// Doubles that text keeps: the payload of a NaN is lost, and serde_json reads a last digit now and then as its neighbour.
fn settle_doubles(value: &mut Value) {
    match value {
        Value::Double(value) if value.is_nan() => *value = f64::NAN,
        Value::Double(value) if value.is_finite() => {
            *value = f64::from(value.to_bits() as i32) / 8.0;
        }
        Value::Vector(items) => items.iter_mut().for_each(settle_doubles),
        Value::Object(object) => {
            object.fields.iter_mut().for_each(|(_, value)| settle_doubles(value));
        }
        _ => {}
    }
}

#[test]
fn every_definition_of_every_schema_keeps_its_values() {
    let tables = tables();
    each(|definition, bytes| {
        let schema = tables[definition.schema()];
        let slot = || match definition.is_function() {
            true => Slot::of_function(schema),
            false => Slot::of_value(schema),
        };
        let tree = Tree::of_value::<serde_json::Error>(schema, bytes).unwrap();
        let json = serde_json::to_string(&tree).unwrap();
        let read = slot().deserialize(&mut serde_json::Deserializer::from_str(&json)).unwrap();
        assert_eq!(hex::encode(read), hex::encode(bytes), "{json}");
        // It sorts its keys, so that `_` is seldom first.
        let sorted = serde_json::to_value(&tree).unwrap();
        assert_eq!(hex::encode(slot().deserialize(sorted).unwrap()), hex::encode(bytes), "{json}");
        let binary = postcard::to_allocvec(&tree).unwrap();
        let mut reader = postcard::Deserializer::from_bytes(&binary);
        let read = slot().deserialize(&mut reader).unwrap();
        assert_eq!(hex::encode(read), hex::encode(bytes), "{json}");
    });
}

/// A generated type: a row of a table, so that all of a schema are gone through.
struct Case {
    id: u32,
    round_trips: fn(&[u8]),
}

impl Case {
    const fn of<T>() -> Self
    where
        T: Identifiable
            + Deserialize
            + serde_core::Serialize
            + DeserializeOwned
            + PartialEq
            + Debug,
    {
        Self { id: T::ID, round_trips: |bytes| round_trip(&T::from_bytes(bytes).unwrap()) }
    }
}

#[test]
fn every_struct_of_the_protocol_and_around_it_keeps_its_values() {
    let cases: &[&[Case]] = &[
        include!(concat!(env!("OUT_DIR"), "/mtproto_cases.rs")),
        include!(concat!(env!("OUT_DIR"), "/wrappers_cases.rs")),
        #[cfg(feature = "secret")]
        include!(concat!(env!("OUT_DIR"), "/secret_cases.rs")),
    ];
    each(|definition, bytes| {
        let Some(cases) = cases.get(definition.schema()) else { return };
        let case = cases.iter().find(|case| case.id == definition.id()).unwrap();
        (case.round_trips)(bytes);
    });
}

#[test]
fn every_enum_of_the_protocol_keeps_its_values() {
    fn of<T>(name: &str) -> (&str, fn(&[u8]))
    where
        T: Deserialize + serde_core::Serialize + DeserializeOwned + PartialEq + Debug,
    {
        (name, |bytes| round_trip(&T::from_bytes(bytes).unwrap()))
    }
    let enums = [
        of::<enums::PQInnerData>("P_Q_inner_data"),
        of::<enums::ServerDhParams>("Server_DH_Params"),
        of::<enums::SetClientDhParamsAnswer>("Set_client_DH_params_answer"),
        of::<enums::RpcDropAnswer>("RpcDropAnswer"),
        of::<enums::DestroySessionRes>("DestroySessionRes"),
        of::<enums::BadMsgNotification>("BadMsgNotification"),
        of::<enums::MsgResendReq>("MsgResendReq"),
        of::<enums::MsgDetailedInfo>("MsgDetailedInfo"),
        of::<enums::DestroyAuthKeyRes>("DestroyAuthKeyRes"),
        of::<enums::IpPort>("IpPort"),
        of::<enums::TlsBlock>("TlsBlock"),
    ];
    let seen = std::cell::RefCell::new(std::collections::BTreeSet::new());
    each(|definition, bytes| {
        let is_of = |(name, _): &&(&str, fn(&[u8]))| *name == definition.ty();
        if definition.schema() == 0
            && !definition.is_function()
            && let Some((name, round_trips)) = enums.iter().find(is_of)
        {
            round_trips(bytes);
            seen.borrow_mut().insert(name.to_string());
        }
    });
    assert_eq!(seen.borrow().len(), enums.len());
}

#[test]
fn names_are_unique_so_that_they_find_their_definition() {
    for schema in tables() {
        for table in [&schema.constructors, &schema.functions] {
            for (id, line) in table.lines() {
                assert_eq!(table.by_name(name_in(line)), Some((id, line)));
            }
        }
    }
}

#[test]
fn the_name_of_the_constructor_stands_anywhere() {
    let pong = types::Pong { msg_id: 1, ping_id: 2 };
    for json in
        [r#"{"msg_id":1,"_":"pong","ping_id":"2"}"#, r#"{"msg_id":"1","ping_id":2,"_":"pong"}"#]
    {
        assert_eq!(serde_json::from_str::<types::Pong>(json).unwrap(), pong, "{json}");
    }
    // With all that a parameter can be before it.
    let salt = r#"{"valid_since":1,"salt":"3","_":"future_salt","valid_until":2}"#;
    let json = format!(r#"{{"salts":[{salt}],"req_msg_id":-4,"now":5,"_":"future_salts"}}"#);
    let salts: types::FutureSalts = serde_json::from_str(&json).unwrap();
    assert_eq!((salts.req_msg_id, salts.now, salts.salts.len()), (-4, 5, 1));
    let salt = &salts.salts[0];
    assert_eq!((salt.valid_since, salt.valid_until, salt.salt), (1, 2, 3));
    // Upper-case names come before it when keys are sorted, and bytes are text among them.
    #[cfg(feature = "api")]
    {
        let check = crate::tl::api::types::InputCheckPasswordSrp {
            srp_id: 1,
            a: vec![1, 2, 3].into(),
            m1: vec![255].into(),
        };
        let sorted = serde_json::to_string(&serde_json::to_value(&check).unwrap()).unwrap();
        assert!(sorted.starts_with(r#"{"A":"AQID""#), "{sorted}");
        round_trip(&check);
    }
}

#[test]
fn the_form_is_as_documented() {
    let json = |value: &dyn Fn() -> serde_json::Result<String>| value().unwrap();
    let pong = types::Pong { msg_id: i64::MAX, ping_id: -1 };
    let text = r#"{"_":"pong","msg_id":"9223372036854775807","ping_id":"-1"}"#;
    assert_eq!(json(&|| serde_json::to_string(&pong)), text);
    // Enums write what their constructors write.
    let ok = types::DestroySessionOk { session_id: 1 };
    let whole = enums::DestroySessionRes::from(ok.clone());
    assert_eq!(json(&|| serde_json::to_string(&ok)), json(&|| serde_json::to_string(&whole)));
    assert_eq!(
        json(&|| serde_json::to_string(&enums::RpcDropAnswer::RpcAnswerUnknown)),
        r#"{"_":"rpc_answer_unknown"}"#
    );
    // Bare values, and objects whose length is measured.
    let message = types::Message { msg_id: 1, seqno: 2, body: Object::from(vec![1, 2, 3, 4]) };
    let container = types::MsgContainer { messages: vec![Bare(message)].into() };
    let text = r#"{"_":"msg_container","messages":[{"_":"message","msg_id":"1","seqno":2,"body":"AQIDBA=="}]}"#;
    assert_eq!(json(&|| serde_json::to_string(&container)), text);
    // In a binary form nothing is written as text but text.
    let binary = postcard::to_allocvec(&types::Pong { msg_id: 1, ping_id: 2 }).unwrap();
    let expected = [&[3, 1][..], b"_", &[4], b"pong", &[6], b"msg_id", &[2, 7], b"ping_id", &[4]];
    assert_eq!(binary, expected.concat());
    assert_eq!(json(&|| serde_json::to_string(&Bytes::from([255]))), r#""/w==""#);
}

#[test]
fn optional_parameters_are_left_out_and_queries_are_bytes() {
    let query =
        wrap::functions::InvokeWithLayer { layer: 5, query: functions::Ping { ping_id: 1 } };
    let text = r#"{"_":"invokeWithLayer","layer":5,"query":"7He+egEAAAAAAAAA"}"#;
    assert_eq!(serde_json::to_string(&query).unwrap(), text);
    round_trip(&query);
    let client = wrap::types::InputClientProxy { address: "a".into(), port: 2 };
    let text = r#"{"_":"inputClientProxy","address":"a","port":2}"#;
    assert_eq!(serde_json::to_string(&client).unwrap(), text);
}

#[test]
fn numbers_are_read_as_numbers_and_as_text() {
    for (text, expected) in
        [("1", 1), (r#""1""#, 1), ("-1", -1), (r#""-9223372036854775808""#, i64::MIN)]
    {
        let json = format!(r#"{{"_":"pong","msg_id":{text},"ping_id":0}}"#);
        assert_eq!(serde_json::from_str::<types::Pong>(&json).unwrap().msg_id, expected);
    }
    for value in [0.5, -0.0, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300] {
        round_trip(&wrap::types::JsonNumber { value });
    }
    let json = r#"{"_":"jsonNumber","value":3}"#;
    assert_eq!(serde_json::from_str::<wrap::types::JsonNumber>(json).unwrap().value, 3.0);
}

#[cfg(feature = "api")]
#[test]
fn values_of_the_api_and_their_groups_are_kept() {
    use crate::tl::api;
    let user = api::types::PeerUser { user_id: 5_000_000_000 };
    assert_eq!(
        serde_json::to_string(&api::enums::Peer::from(user)).unwrap(),
        r#"{"_":"peerUser","user_id":"5000000000"}"#
    );
    let group = api::groups::MessageViews { views: 1, forwards: 2 };
    assert_eq!(serde_json::to_string(&group).unwrap(), r#"{"views":1,"forwards":2}"#);
    round_trip(&group);
    let bytes = include_bytes!("../../../../tests/fixtures/messages_messages.bin");
    round_trip(&api::enums::messages::Messages::from_bytes(bytes).unwrap());
}
