//! Each way in which a value has no bytes.

use super::{TL, bytes_of, object, schema_of};
use crate::dynamic::{Codec, ErrorKind, Object, Value};

/// Encodes an object of these parameters and gives what is wrong with it.
#[track_caller]
fn check(name: &str, fields: &[(&str, Value)], offset: usize, path: &str, kind: &ErrorKind) {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let error = codec.encode(&object(&codec, name, fields)).unwrap_err();
    assert_eq!((error.offset(), error.path(), error.kind()), (offset, path, kind), "{name}");
}

fn param(name: &str) -> String {
    name.to_owned()
}

#[test]
fn parameters_are_there_once_and_known() {
    let n = Value::Int(1);
    check("pair", &[("a", n.clone())], 8, "pair.b", &ErrorKind::MissingParam { param: param("b") });
    let fields = [("a", n.clone()), ("b", n.clone()), ("c", n.clone())];
    check("pair", &fields, 4, "pair", &ErrorKind::UnknownParam { param: param("c") });
    let fields = [("a", n.clone()), ("a", n.clone())];
    check("pair", &fields, 4, "pair", &ErrorKind::RepeatedParam { param: param("a") });
    let fields = [("flags", n.clone())];
    check("shared", &fields, 4, "shared", &ErrorKind::ComputedParam { param: param("flags") });
    let fields = [("bytes", n)];
    check("message", &fields, 4, "message", &ErrorKind::ComputedParam { param: param("bytes") });
}

#[test]
fn the_order_of_parameters_is_that_of_the_schema() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let value = object(&codec, "pair", &[("b", Value::Int(2)), ("a", Value::Int(1))]);
    assert_eq!(codec.encode(&value), Ok(bytes_of(&codec, "<pair> 01000000 02000000")));
}

#[test]
fn parameters_that_share_a_bit_agree() {
    let (b, c) = (("b", Value::Int(1)), ("c", Value::Long(2)));
    let disagree =
        |present, absent| ErrorKind::SharedBit { present: param(present), absent: param(absent) };
    check("shared", &[b.clone(), c.clone()], 4, "shared", &disagree("b", "a"));
    check("shared", &[("a", Value::True), c.clone()], 4, "shared", &disagree("a", "b"));
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let value = object(&codec, "shared", &[("a", Value::True), b, c]);
    assert!(codec.encode(&value).is_ok());
}

#[test]
fn values_have_the_kind_of_their_place() {
    let wrong = |expected: &str, found| ErrorKind::WrongKind { expected: expected.into(), found };
    check("pair", &[("a", Value::Long(1))], 4, "pair.a", &wrong("an int", "a long"));
    let fields = [("id", Value::Long(1)), ("yes", Value::Bool(true))];
    check("flagged", &fields, 16, "flagged.yes", &wrong("flags.0?true", "a Bool"));
    let fields = [("left", Value::Raw(vec![0; 4]))];
    check("node", &fields, 4, "node.left", &wrong("Tree", "raw bytes"));
    let fields = [("boxed", Value::Vector(vec![Value::Int(1), Value::True]))];
    check("lists", &fields, 16, "lists.boxed[1]", &wrong("an int", "a true"));
    let fields = [("id", Value::Long(1)), ("query", Value::Bool(true))];
    check("after", &fields, 12, "after.query", &wrong("a function", "a Bool"));
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let error = codec.encode(&Value::Int(1)).unwrap_err();
    assert_eq!(error.kind(), &wrong("a constructor or a function", "an int"));
}

#[test]
fn objects_are_of_the_type_of_their_place_and_have_the_name_of_their_id() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let unit = object(&codec, "unit", &[]);
    let id = codec.named("unit")[0].id();
    let unexpected = |expected: &str| ErrorKind::UnexpectedId {
        id,
        name: Some("unit".into()),
        expected: expected.into(),
    };
    check("node", &[("left", unit.clone())], 4, "node.left", &unexpected("Tree"));
    check("holder", &[("one", unit.clone())], 4, "holder.one", &unexpected("pair"));
    let fields = [("id", Value::Long(1)), ("query", unit)];
    check("after", &fields, 12, "after.query", &unexpected("a function"));
    let named = |name: &str, id| Value::Object(Object { name: name.into(), id, fields: vec![] });
    let error = codec.encode(&named("units", id)).unwrap_err();
    let (expected, found) = ("unit".to_owned(), "units".to_owned());
    assert_eq!(error.kind(), &ErrorKind::WrongName { id, expected, found });
    let error = codec.encode(&named("units", 5)).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::UnknownId { id: 5 });
}

#[test]
fn a_measured_object_has_whole_words() {
    let fields = [("id", Value::Long(1)), ("body", Value::Raw(vec![0; 3]))];
    check("message", &fields, 19, "message.body", &ErrorKind::ObjectLength { length: 3 });
}

#[test]
fn tl_03_a_value_that_is_nested_too_deep_has_no_bytes() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let mut value = object(&codec, "leaf", &[]);
    for _ in 0..crate::dynamic::MAX_DEPTH {
        value = object(&codec, "node", &[("left", value), ("n", Value::Int(0))]);
    }
    assert_eq!(codec.encode(&value).unwrap_err().kind(), &ErrorKind::TooDeep);
}
