//! What is refused, and in which words.

use crate::tl::mtproto::{enums, functions, types};
use crate::tl::wrap;

fn refused<T: serde_core::de::DeserializeOwned>(json: &str) -> String {
    let Err(error) = serde_json::from_str::<T>(json) else { panic!("accepted: {json}") };
    let text = error.to_string();
    text.split(" at line").next().unwrap_or_default().to_owned()
}

#[test]
fn a_definition_needs_its_name_once() {
    let missing = "missing field `_`";
    assert_eq!(refused::<types::Pong>("{}"), missing);
    assert_eq!(refused::<types::Pong>(r#"{"msg_id":1,"ping_id":2}"#), missing);
    let unknown = "there is no `pang` in this schema";
    assert_eq!(refused::<types::Pong>(r#"{"_":"pang"}"#), unknown);
    let twice = "duplicate field `_`";
    assert_eq!(refused::<types::Pong>(r#"{"_":"pong","msg_id":1,"_":"pong"}"#), twice);
    // Bare values have it too, though their place says what they are.
    let salts = |salt: &str| {
        refused::<types::FutureSalts>(&format!(r#"{{"_":"future_salts","salts":[{salt}]}}"#))
    };
    assert_eq!(salts(r#"{"valid_since":1,"valid_until":2,"salt":3}"#), missing);
    assert_eq!(salts(r#"{"salt":3,"_":"pong"}"#), "`_` must be `future_salt`");
    assert_eq!(salts(r#"{"_":"future_salt","_":"future_salt"}"#), twice);
}

#[test]
fn what_stands_before_the_name_is_held_against_it() {
    let pong = refused::<types::Pong>;
    assert_eq!(pong(r#"{"id":1,"_":"pong"}"#), "`pong` has no parameter `id`");
    assert_eq!(pong(r#"{"msg_id":1,"msg_id":1,"_":"pong"}"#), "duplicate field `msg_id`");
    let expected = "expected a number of 64 bits, or a string of it";
    let list = r#"{"msg_id":[1],"_":"pong","ping_id":1}"#;
    assert_eq!(pong(list), format!("invalid type: sequence, {expected}"));
    let map = r#"{"msg_id":{"a":1.5},"_":"pong","ping_id":1}"#;
    assert_eq!(pong(map), format!("invalid type: map, {expected}"));
    assert_eq!(
        pong(r#"{"msg_id":null,"_":"pong","ping_id":1}"#),
        "invalid type: null, expected a value of a parameter"
    );
}

#[test]
fn a_function_is_no_value_and_a_value_no_function() {
    let unknown = |name: &str| format!("there is no `{name}` in this schema");
    assert_eq!(refused::<functions::Ping>(r#"{"_":"pong"}"#), unknown("pong"));
    assert_eq!(refused::<types::Pong>(r#"{"_":"ping"}"#), unknown("ping"));
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
    // An array and the list in it take a level each.
    let innermost = [&[1][..], b"\x01_", &[8], b"jsonNull"].concat();
    let read = |depth: usize| {
        let bytes = [level.repeat(depth), innermost.clone()].concat();
        postcard::from_bytes::<wrap::enums::JsonValue>(&bytes).map(drop)
    };
    assert_eq!(read(64), Ok(()));
    assert_eq!(read(65), Err(postcard::Error::SerdeDeCustom));
}

#[test]
fn tl_03_what_stands_before_a_name_nests_up_to_the_budget() {
    // serde_json's own values have no budget when they are read from memory.
    let nested = |depth: usize| {
        let mut value = serde_json::json!([]);
        for _ in 0..depth {
            value = serde_json::json!([value]);
        }
        serde_json::json!({ "Before": value, "_": "jsonArray", "value": [] })
    };
    let refused = |depth| {
        serde_json::from_value::<wrap::enums::JsonValue>(nested(depth)).unwrap_err().to_string()
    };
    assert_eq!(refused(100), "`jsonArray` has no parameter `Before`");
    assert_eq!(refused(200), "values are nested too deep");
}
