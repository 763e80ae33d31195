//! Values through JSON and through postcard, and what is refused.

mod make;
mod refused;

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde_core::Serialize as _;
use serde_core::de::{DeserializeOwned, DeserializeSeed};

use super::read::Slot;
use super::write::Tree;
use crate::tl::line::name_in;
use crate::tl::mtproto::{self, enums, functions, types};
use crate::tl::{Bare, Bytes, Deserialize, Identifiable, Object, Schema, wrap};
use make::Maker;

/// How many values of each definition are tried.
const VALUES: u64 = 20;

/// The value through both kinds of form.
fn round_trip<T>(value: &T)
where
    T: serde_core::Serialize + DeserializeOwned + PartialEq + Debug,
{
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).as_ref().unwrap(), value, "{json}");
    // A writer that sorts its keys.
    let sorted = serde_json::to_value(value).unwrap();
    assert_eq!(&serde_json::from_value::<T>(sorted).unwrap(), value);
    let binary = postcard::to_allocvec(value).unwrap();
    assert_eq!(&postcard::from_bytes::<T>(&binary).unwrap(), value);
}

/// The bytes of a value through JSON, as far as the table goes.
fn through_json(schema: &Schema, bytes: &[u8]) -> Vec<u8> {
    let mut json = Vec::new();
    let tree = Tree::of_value::<serde_json::Error>(schema, bytes).unwrap();
    tree.serialize(&mut serde_json::Serializer::new(&mut json)).unwrap();
    let mut reader = serde_json::Deserializer::from_slice(&json);
    Slot::of_value(schema).deserialize(&mut reader).unwrap()
}

fn round_trips<T>(name: &str)
where
    T: Deserialize + serde_core::Serialize + DeserializeOwned + PartialEq + Debug,
{
    for seed in 0..VALUES {
        let bytes = Maker::new(&mtproto::SCHEMA, seed).definition(name);
        round_trip(&T::from_bytes(&bytes).unwrap());
    }
}

macro_rules! each {
    ($($ty:path)*) => {
        [$((<$ty as Identifiable>::NAME, round_trips::<$ty> as fn(&str))),*]
    };
}

#[test]
fn every_definition_of_the_protocol_keeps_its_values() {
    let all = each! {
        types::ResPq types::help::ConfigSimple types::PQInnerData types::PQInnerDataTemp types::ServerDhParamsFail
        types::ServerDhParamsOk types::ServerDhInnerData types::ClientDhInnerData
        types::DhGenOk types::DhGenRetry types::DhGenFail types::RpcResult types::RpcError
        types::RpcAnswerUnknown types::RpcAnswerDroppedRunning types::RpcAnswerDropped
        types::FutureSalt types::FutureSalts types::Pong types::DestroySessionOk
        types::DestroySessionNone types::NewSessionCreated types::MsgContainer
        types::Message types::MsgCopy types::GzipPacked types::MsgsAck
        types::BadMsgNotification types::BadServerSalt types::MsgResendReq
        types::MsgsStateReq types::MsgsStateInfo types::MsgsAllInfo types::MsgDetailedInfo
        types::MsgNewDetailedInfo types::BindAuthKeyInner types::PQInnerDataDc
        types::PQInnerDataTempDc types::DestroyAuthKeyOk types::DestroyAuthKeyNone
        types::DestroyAuthKeyFail types::MsgResendAnsReq types::RsaPublicKey types::IpPort
        types::IpPortSecret types::AccessPointRule types::TlsClientHello
        types::TlsBlockString types::TlsBlockRandom types::TlsBlockZero
        types::TlsBlockDomain types::TlsBlockGrease types::TlsBlockPublicKey
        types::TlsBlockScope types::TlsBlockPermutation
        functions::ReqPq functions::ReqDhParams functions::SetClientDhParams
        functions::RpcDropAnswer functions::GetFutureSalts functions::Ping
        functions::PingDelayDisconnect functions::DestroySession functions::HttpWait
        functions::ReqPqMulti functions::DestroyAuthKey
    };
    for (name, round_trips) in all {
        round_trips(name);
    }
    let here: BTreeSet<&str> = all.iter().map(|(name, _)| *name).collect();
    let in_schema: BTreeSet<&str> =
        mtproto::SCHEMA.lines().map(|(_, line)| name_in(line)).collect();
    assert_eq!(here, in_schema);
}

#[test]
fn every_type_of_the_protocol_keeps_its_values() {
    fn of<T>(name: &str)
    where
        T: Deserialize + serde_core::Serialize + DeserializeOwned + PartialEq + Debug,
    {
        let constructors: Vec<&str> =
            make::constructors_of(&mtproto::SCHEMA, name).map(|(_, line)| name_in(line)).collect();
        assert!(constructors.len() > 1, "{name}");
        for name in constructors {
            for seed in 0..VALUES {
                let bytes = Maker::new(&mtproto::SCHEMA, seed).definition(name);
                round_trip(&T::from_bytes(&bytes).unwrap());
            }
        }
    }
    of::<enums::PQInnerData>("P_Q_inner_data");
    of::<enums::ServerDhParams>("Server_DH_Params");
    of::<enums::SetClientDhParamsAnswer>("Set_client_DH_params_answer");
    of::<enums::RpcDropAnswer>("RpcDropAnswer");
    of::<enums::DestroySessionRes>("DestroySessionRes");
    of::<enums::BadMsgNotification>("BadMsgNotification");
    of::<enums::MsgResendReq>("MsgResendReq");
    of::<enums::MsgDetailedInfo>("MsgDetailedInfo");
    of::<enums::DestroyAuthKeyRes>("DestroyAuthKeyRes");
    of::<enums::IpPort>("IpPort");
    of::<enums::TlsBlock>("TlsBlock");
}

#[test]
fn names_are_unique_so_that_they_find_their_definition() {
    let schemas = [
        &mtproto::SCHEMA,
        &wrap::SCHEMA,
        #[cfg(feature = "api")]
        &crate::tl::api::SCHEMA,
    ];
    for schema in schemas {
        for (id, line) in schema.lines() {
            assert_eq!(schema.by_name(name_in(line)), Some((id, line)));
            for seed in 0..3 {
                let bytes = Maker::new(schema, seed).definition(name_in(line));
                assert_eq!(through_json(schema, &bytes), bytes, "{line}");
            }
        }
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
    for seed in 0..VALUES {
        let make = |name| Maker::new(&api::SCHEMA, seed).definition(name);
        round_trip(&api::enums::Message::from_bytes(&make("message")).unwrap());
        round_trip(&api::types::User::from_bytes(&make("user")).unwrap());
        round_trip(&api::enums::Update::from_bytes(&make("updateNewMessage")).unwrap());
        round_trip(
            &api::enums::messages::Messages::from_bytes(&make("messages.messages")).unwrap(),
        );
        round_trip(
            &api::functions::messages::SendMessage::from_bytes(&make("messages.sendMessage"))
                .unwrap(),
        );
    }
    let bytes = include_bytes!("../../../../tests/fixtures/messages_messages.bin");
    round_trip(&api::enums::messages::Messages::from_bytes(bytes).unwrap());
}
