//! What bytes are expected to be.

use super::{TL, bytes_of, schema_of};
use crate::dynamic::{Codec, ErrorKind, TargetError};
use crate::expr::TypeExprError;

#[test]
fn a_text_names_a_type_or_a_definition() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    for (target, text, printed) in [
        ("int", "07000000", "7"),
        ("Bool", "<false>", "false"),
        ("string", "01610000", "\"a\""),
        ("Tree", "<leaf>", "leaf"),
        ("Object", "efbeadde", "efbeadde"),
        ("Vector<long>", "<vector> 01000000 0700000000000000", "[7]"),
        ("vector<pair>", "01000000 01000000 02000000", "[pair { a: 1, b: 2 }]"),
        ("vector<Pair>", "01000000 <pair> 01000000 02000000", "[pair { a: 1, b: 2 }]"),
        ("Vector<Vector<%Pair>>", "<vector> 01000000 <vector> 00000000", "[[]]"),
        // Alone, a definition has its id.
        ("pair", "<pair> 01000000 02000000", "pair { a: 1, b: 2 }"),
        ("%pair", "01000000 02000000", "pair { a: 1, b: 2 }"),
        ("%Pair", "01000000 02000000", "pair { a: 1, b: 2 }"),
        ("ping", "<ping> 0200000000000000", "ping { id: 2 }"),
    ] {
        let expected = codec.target(target).unwrap_or_else(|error| panic!("{target}: {error}"));
        let bytes = bytes_of(&codec, text);
        let value = codec.decode_as(&expected, &bytes).unwrap();
        assert_eq!(value.to_string(), printed, "{target}");
        assert_eq!(codec.encode_as(&expected, &value), Ok(bytes), "{target}");
    }
}

#[test]
fn what_a_function_returns_is_read_as_that() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let bytes = bytes_of(&codec, "<vector> 01000000 07000000");
    let ids = codec.result_of("ids").unwrap();
    assert_eq!(codec.decode_as(&ids, &bytes).unwrap().to_string(), "[7]");
    let error = codec.decode_as(&ids, &bytes[..10]).unwrap_err();
    assert_eq!(error.path(), "Vector<int>");
    let unit = codec.result_of("ping").unwrap();
    assert_eq!(codec.decode_as(&unit, &bytes_of(&codec, "<unit>")).unwrap().to_string(), "unit");
    for (function, error) in [
        ("silence", TargetError::NoResult { function: "silence".into() }),
        ("after", TargetError::ResultOfQuery { function: "after".into() }),
        ("pair", TargetError::UnknownFunction { name: "pair".into() }),
    ] {
        assert_eq!(codec.result_of(function), Err(error));
    }
}

#[test]
fn another_definition_than_the_one_named_is_refused() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let leaf = bytes_of(&codec, "<leaf>");
    let node = codec.target("node").unwrap();
    let id = codec.named("leaf")[0].id();
    let kind = ErrorKind::UnexpectedId { id, name: Some("leaf".into()), expected: "node".into() };
    assert_eq!(codec.decode_as(&node, &leaf).unwrap_err().kind(), &kind);
    let value = codec.decode(&leaf).unwrap();
    assert_eq!(codec.encode_as(&node, &value).unwrap_err().kind(), &kind);
}

#[test]
fn a_text_that_names_nothing_is_refused() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let unknown = |name: &str| TargetError::UnknownName { name: name.into() };
    assert_eq!(codec.target("Nowhere"), Err(unknown("Nowhere")));
    assert_eq!(codec.target("Vector<Nowhere>"), Err(unknown("Nowhere")));
    assert_eq!(codec.target("%ping"), Err(unknown("ping")));
    assert_eq!(
        codec.target("Vector<"),
        Err(TargetError::Expr { text: "Vector<".into(), source: TypeExprError::Brackets })
    );
    for text in ["#", "!X", "flags.0?int", "%Tree", "%int", "Vector", "int<int>", "Vector<Object>"]
    {
        let result = codec.target(text);
        assert!(matches!(result, Err(TargetError::NoValue { .. })), "{text}: {result:?}");
    }
}

#[test]
fn the_first_schema_that_knows_all_names_decides() {
    let one = schema_of("a = Same;");
    let two = schema_of("b x:int = Same; c = Other;");
    let codec = Codec::over([&one, &two]);
    let read = |target: &str, text: &str| {
        codec.decode_as(&codec.target(target).unwrap(), &bytes_of(&codec, text))
    };
    assert!(read("Same", "<a>").is_ok() && read("Same", "<b> *4").is_err());
    assert!(read("Vector<Other>", "<vector> 01000000 <c>").is_ok());
    assert!(read("b", "<b> *4").is_ok());
}
