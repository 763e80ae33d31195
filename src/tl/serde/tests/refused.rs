//! What is refused, and in which words.

use crate::tl::mtproto::{enums, types};
use crate::tl::wrap;

fn refused<T: serde_core::de::DeserializeOwned>(json: &str) -> String {
    let Err(error) = serde_json::from_str::<T>(json) else { panic!("accepted: {json}") };
    let text = error.to_string();
    text.split(" at line").next().unwrap_or_default().to_owned()
}

#[test]
fn a_definition_needs_its_name_first() {
    let first = "the first key must be `_`, the name of the constructor";
    assert_eq!(refused::<types::Pong>("{}"), first);
    assert_eq!(refused::<types::Pong>(r#"{"msg_id":1,"_":"pong","ping_id":2}"#), first);
    let unknown = "there is no `pang` in this schema";
    assert_eq!(refused::<types::Pong>(r#"{"_":"pang"}"#), unknown);
}

#[test]
fn another_constructor_is_told_as_when_decoding() {
    assert_eq!(refused::<types::Pong>(r#"{"_":"dh_gen_ok"}"#), "missing field `nonce`");
    assert_eq!(
        refused::<enums::DestroySessionRes>(r#"{"_":"pong","msg_id":1,"ping_id":2}"#),
        "in DestroySessionRes, at byte 0: unexpected constructor 347773c5"
    );
}

#[test]
fn parameters_are_those_of_the_definition_and_each_there_once() {
    let pong = refused::<types::Pong>;
    assert_eq!(pong(r#"{"_":"pong","msg_id":1}"#), "missing field `ping_id`");
    assert_eq!(pong(r#"{"_":"pong","msg_id":1,"msg_id":1}"#), "duplicate field `msg_id`");
    assert_eq!(pong(r#"{"_":"pong","id":1}"#), "`pong` has no parameter `id`");
    // Words and lengths follow from the others.
    let message = r#"{"_":"message","msg_id":1,"seqno":1,"bytes":4,"body":"AQIDBA=="}"#;
    assert_eq!(refused::<types::Message>(message), "`message` has no parameter `bytes`");
}

#[test]
fn values_are_of_their_types() {
    let pong = |value: &str| {
        refused::<types::Pong>(&format!(r#"{{"_":"pong","msg_id":{value},"ping_id":2}}"#))
    };
    let expected = "expected a number of 64 bits, or a string of it";
    assert_eq!(
        pong("9223372036854775808"),
        format!("invalid value: integer `9223372036854775808`, {expected}")
    );
    assert_eq!(pong("\"x\""), format!("invalid value: string \"x\", {expected}"));
    assert_eq!(pong("1.5"), format!("invalid value: floating point `1.5`, {expected}"));
    assert_eq!(pong("true"), format!("invalid type: boolean `true`, {expected}"));
    let unzip = |data: &str| {
        refused::<types::GzipPacked>(&format!(r#"{{"_":"gzip_packed","packed_data":"{data}"}}"#))
    };
    assert_eq!(unzip("?"), "this is not Base64");
    let nonce = |nonce: &str| {
        refused::<types::ServerDhParamsOk>(&format!(
            r#"{{"_":"server_DH_params_ok","nonce":"{nonce}"}}"#
        ))
    };
    for bad in ["", "00", "zz", "0", &"ä".repeat(16)] {
        assert_eq!(nonce(bad), "16 bytes are expected", "{bad}");
    }
}

#[test]
fn tl_03_values_nest_up_to_the_budget() {
    let nested = |depth: usize| {
        let open = r#"{"_":"jsonArray","value":["#.repeat(depth);
        format!("{open}{}", "]}".repeat(depth))
    };
    // serde_json has a budget of 128 of its own, which two levels for each array use up first.
    assert!(serde_json::from_str::<wrap::enums::JsonValue>(&nested(60)).is_ok());
    assert!(serde_json::from_str::<wrap::enums::JsonValue>(&nested(100)).is_err());
    // postcard has none: an array in an array, and so on.
    let level = [&[2, 1][..], b"_", &[9], b"jsonArray", &[5], b"value", &[1]].concat();
    let error = postcard::from_bytes::<wrap::enums::JsonValue>(&level.repeat(100_000)).unwrap_err();
    assert_eq!(error, postcard::Error::SerdeDeCustom);
}
