//! Rules of decoding that show in generated types.

use crate::tl::mtproto::{enums, types};
use crate::tl::wrap;
use crate::tl::{DecodeErrorKind, Deserialize, Identifiable, Serialize};

#[test]
fn tl_13_an_unknown_constructor_is_told_with_its_id_place_and_type() {
    let error = enums::ServerDhParams::from_bytes(&[1, 2, 3, 4, 0, 0, 0, 0]).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::UnexpectedConstructor { id: 0x0403_0201 });
    assert_eq!((error.offset(), error.type_name()), (0, Some("Server_DH_Params")));
    // Deep inside of another value.
    let value = wrap::types::JsonArray { value: vec![wrap::enums::JsonValue::JsonNull] };
    let mut bytes = value.to_bytes();
    bytes[12] ^= 1;
    let error = wrap::types::JsonArray::from_bytes(&bytes).unwrap_err();
    let id = wrap::types::JsonNull::ID ^ 1;
    assert_eq!(error.kind(), DecodeErrorKind::UnexpectedConstructor { id });
    assert_eq!((error.offset(), error.type_name()), (12, Some("JSONValue")));
}

#[test]
fn tl_14_nothing_may_follow_a_value() {
    let mut bytes = types::Pong { msg_id: 1, ping_id: 2 }.to_bytes();
    bytes.extend_from_slice(&[0; 4]);
    let kind = types::Pong::from_bytes(&bytes).unwrap_err().kind();
    assert_eq!(kind, DecodeErrorKind::TrailingBytes { count: 4 });
}

#[test]
fn tl_03_values_nest_up_to_the_budget() {
    let nested = |depth: usize| {
        let mut value = wrap::enums::JsonValue::JsonNull;
        for _ in 0..depth {
            value = wrap::types::JsonArray { value: vec![value] }.into();
        }
        value
    };
    assert!(wrap::enums::JsonValue::from_bytes(&nested(128).to_bytes()).is_ok());
    let kind = wrap::enums::JsonValue::from_bytes(&nested(129).to_bytes()).unwrap_err().kind();
    assert_eq!(kind, DecodeErrorKind::TooDeep);
}

#[test]
fn names_are_found_by_id() {
    use crate::tl::mtproto::name_of;
    assert_eq!(name_of(0x347773c5), Some("pong"));
    assert_eq!(name_of(0x7abe77ec), Some("ping"));
    assert_eq!(name_of(0), None);
    assert_eq!(wrap::LAYER, 230);
}
