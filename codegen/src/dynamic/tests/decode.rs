//! Each construct of TL: its bytes and the value that they are.

use super::{TL, bytes_of, schema_of};
use crate::dynamic::Codec;

/// Bytes and how the value prints.
const VALUES: &[(&str, &str)] = &[
    ("<unit>", "unit"),
    (
        "<numbers> ffffffff 0200000000000000 000000000000f83f <true>",
        "numbers { a: -1, b: 2, c: 1.5, d: true }",
    ),
    ("<numbers> 00000080 *8 *8 <false>", "numbers { a: -2147483648, b: 0, c: 0.0, d: false }"),
    ("<text> 03616263 020102 00", "text { s: \"abc\", b: 0102 }"),
    ("<text> 00000000 00000000", "text { s: \"\", b:  }"),
    ("<text> 04c3a9e4bd000000 01ff0000", "text { s: \"é\u{fffd}\", b: ff }"),
    ("<node> <node> <leaf> 01000000 02000000", "node { left: node { left: leaf, n: 1 }, n: 2 }"),
    (
        "<lists> <vector> 02000000 01000000 02000000 01000000 03000000 \
         <vector> 01000000 04000000 05000000 01000000 <pair> 06000000 07000000",
        "lists { boxed: [1, 2], bare: [3], of_bare: [pair { a: 4, b: 5 }], of_boxed: [pair { a: 6, b: 7 }] }",
    ),
    (
        "<lists> <vector> *4 *4 <vector> *4 *4",
        "lists { boxed: [], bare: [], of_bare: [], of_boxed: [] }",
    ),
    (
        "<nested> <vector> 02000000 <vector> 01000000 <leaf> <vector> 00000000",
        "nested { v: [[leaf], []] }",
    ),
    (
        "<holder> 01000000 02000000 03000000 04000000 <pair> 05000000 06000000",
        "holder { one: pair { a: 1, b: 2 }, two: pair { a: 3, b: 4 }, three: pair { a: 5, b: 6 } }",
    ),
    ("<flagged> 0900000000000000 00000000 00000000", "flagged { id: 9 }"),
    ("<flagged> *8 01000000 00000000", "flagged { id: 0, yes: true }"),
    (
        "<flagged> *8 07000000 05000000 01610000 00000080 <leaf>",
        "flagged { id: 0, yes: true, n: 5, s: \"a\", t: leaf }",
    ),
    ("<shared> 00000000", "shared"),
    ("<shared> 08000000 01000000 0200000000000000", "shared { a: true, b: 1, c: 2 }"),
    ("<unused> 00000000", "unused"),
    ("<message> *8 04000000 <unit>", "message { id: 0, body: unit }"),
    ("<message> *8 00000000", "message { id: 0, body:  }"),
    ("<message> *8 08000000 efbeadde 01020304", "message { id: 0, body: efbeadde01020304 }"),
    (
        "<container> 02000000 *8 04000000 <true> *8 0c000000 <ping> 0100000000000000",
        "container { messages: [message { id: 0, body: true }, message { id: 0, body: ping { id: 1 } }] }",
    ),
    (
        "<result> *8 <numbers> *20 <false>",
        "result { id: 0, result: numbers { a: 0, b: 0, c: 0.0, d: false } }",
    ),
    ("<result> *8 efbeadde 07", "result { id: 0, result: efbeadde07 }"),
    // Of what type the items are, only the request says.
    (
        "<result> *8 <vector> 01000000 07000000",
        "result { id: 0, result: 15c4b51c0100000007000000 }",
    ),
    (
        "<after> *8 <after> *8 <ping> *8",
        "after { id: 0, query: after { id: 0, query: ping { id: 0 } } }",
    ),
    ("<after> *8 efbeadde", "after { id: 0, query: efbeadde }"),
    ("<true>", "true"),
];

#[test]
fn each_construct_is_read_and_written() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    for (text, printed) in VALUES {
        let bytes = bytes_of(&codec, text);
        let value = codec.decode(&bytes).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(value.to_string(), *printed, "{text}");
        assert_eq!(codec.encode(&value), Ok(bytes), "{text}");
    }
}

#[test]
fn every_truncation_is_an_error() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    for (text, printed) in VALUES {
        // What nobody knows the type of may have any length.
        let ends_in_raw = ["efbeadde }", "07 }", "00 }"].iter().any(|end| printed.ends_with(end));
        let bytes = bytes_of(&codec, text);
        for cut in (0..bytes.len()).filter(|_| !ends_in_raw) {
            let result = codec.decode(&bytes[..cut]);
            assert!(result.is_err(), "{text} cut at {cut}: {result:?}");
        }
    }
}

#[test]
fn the_widest_numbers_are_kept_in_wire_order() {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let mut bytes = bytes_of(&codec, "<wide>");
    bytes.extend(0..112);
    let value = codec.decode(&bytes).unwrap();
    let printed = value.to_string();
    assert!(
        printed.starts_with("wide { a: 000102030405060708090a0b0c0d0e0f, b: 1011"),
        "{printed}"
    );
    assert!(printed.ends_with("6e6f }"), "{printed}");
    assert_eq!(codec.encode(&value), Ok(bytes));
}

#[test]
fn tl_09_tl_10_each_length_of_a_string_has_its_form() {
    let schema = schema_of("a x:bytes = A;");
    let codec = Codec::new(&schema);
    for (length, header) in [
        (0, "00"),
        (253, "fd"),
        (254, "fefe0000"),
        (255, "feff0000"),
        (0xff_ffff, "feffffff"),
        (0x100_0000, "ff00000001000000"),
    ] {
        let mut bytes = bytes_of(&codec, &format!("<a> {header}"));
        bytes.extend(vec![7; length]);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        let value = codec.decode(&bytes).unwrap();
        assert_eq!(codec.encode(&value), Ok(bytes), "{length}");
    }
}

#[test]
fn the_first_of_several_schemas_decides_and_types_stay_in_their_own() {
    let one = schema_of("x = X; a v:X = A;\n---functions---\nof {X:Type} query:!X = X;");
    let two = schema_of("x = Y; a v:X = A; y = X; b v:X = B;\n---functions---\nf v:X = X;");
    let codec = Codec::over([&one, &two]);
    assert_eq!(codec.named("a").len(), 2);
    assert_eq!(codec.with_id(codec.named("a")[0].id()).len(), 2);
    let read = |text: &str| codec.decode(&bytes_of(&codec, text)).map(|v| v.to_string());
    assert_eq!(read("<a> <x>").unwrap(), "a { v: x }");
    // `y` is no `X` of the first schema, and is one of the second.
    assert!(read("<a> <y>").is_err());
    assert_eq!(read("<b> <y>").unwrap(), "b { v: y }");
    // What a function carries may be of another schema.
    assert_eq!(read("<of> <f> <y>").unwrap(), "of { query: f { v: y } }");
}
