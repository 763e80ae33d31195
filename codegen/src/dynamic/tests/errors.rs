//! Each way in which bytes are no value.

use super::{TL, bytes_of, schema_of};
use crate::dynamic::{Codec, Error, ErrorKind, MAX_DEPTH};

fn error_of(text: &str) -> Error {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    codec.decode(&bytes_of(&codec, text)).unwrap_err()
}

#[track_caller]
fn check(text: &str, offset: usize, path: &str, kind: &ErrorKind) {
    let error = error_of(text);
    assert_eq!((error.offset(), error.path(), error.kind()), (offset, path, kind), "{text}");
}

#[test]
fn bytes_that_end_too_early() {
    let cut = |needed, left| ErrorKind::Truncated { needed, left };
    check("", 0, "", &cut(4, 0));
    check("010203", 0, "", &cut(4, 3));
    check("<numbers> 01000000 *7", 8, "numbers.b", &cut(8, 7));
    check("<node> <node> <leaf> 010000", 12, "node.left.n", &cut(4, 3));
    check("<container> 01000000 *8 08000000 <unit>", 20, "container.messages[0].body", &cut(8, 4));
}

#[test]
fn tl_01_tl_02_counts_that_cannot_be() {
    let list = "<lists> <vector>";
    let large = |count, left| ErrorKind::CountTooLarge { count, left };
    check(&format!("{list} ffffff7f 00000000"), 8, "lists.boxed", &large(0x7fff_ffff, 4));
    check(&format!("{list} 02000000 000000"), 8, "lists.boxed", &large(2, 3));
    check(&format!("{list} ffffffff"), 8, "lists.boxed", &ErrorKind::NegativeCount { count: -1 });
    // Eight bytes an item.
    check("<lists> <vector> *4 *4 <vector> 02000000 *15", 20, "lists.of_bare", &large(2, 15));
    // Four an item at least: the shortest tree.
    let nested = "<nested> <vector> 01000000 <vector>";
    check(&format!("{nested} 03000000 *8"), 16, "nested.v[0]", &large(3, 8));
}

#[test]
fn tl_01_items_without_bytes_count_for_one() {
    let schema = schema_of("a v:vector<%U> n:long = A; u = U;");
    let codec = Codec::new(&schema);
    assert!(codec.decode(&bytes_of(&codec, "<a> 08000000 *8")).is_ok());
    let error = codec.decode(&bytes_of(&codec, "<a> 09000000 *8")).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::CountTooLarge { count: 9, left: 8 });
}

#[test]
fn tl_01_items_without_bytes_are_bounded_in_all_vectors_together() {
    let schema = schema_of("a v:vector<vector<%U>> = A; u = U;");
    let codec = Codec::new(&schema);
    // 24 bytes in all, so 24 items: each count fits by itself.
    assert!(codec.decode(&bytes_of(&codec, "<a> 04000000 0c000000 08000000 04000000 *4")).is_ok());
    let bytes = bytes_of(&codec, "<a> 05000000 10000000 08000000 04000000 *8");
    assert_eq!(bytes.len(), 28);
    assert!(codec.decode(&bytes).is_ok());
    let bytes = bytes_of(&codec, "<a> 05000000 10000000 0c000000 04000000 *8");
    let error = codec.decode(&bytes).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::CountTooLarge { count: 4, left: 8 });
}

#[test]
fn tl_03_values_that_are_nested_too_deep() {
    let nodes = |count: usize| {
        let ends = " 01000000".repeat(count);
        format!("{}<leaf>{ends}", "<node> ".repeat(count))
    };
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let deepest = bytes_of(&codec, &nodes(MAX_DEPTH - 1));
    assert_eq!(codec.encode(&codec.decode(&deepest).unwrap()), Ok(deepest));
    let error = codec.decode(&bytes_of(&codec, &nodes(MAX_DEPTH))).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (&ErrorKind::TooDeep, 4 * MAX_DEPTH));
    // Objects in objects are bounded too.
    let results = "<result> *8 ".repeat(200);
    assert_eq!(error_of(&results).kind(), &ErrorKind::TooDeep);
}

#[test]
fn tl_03_the_deepest_value_needs_little_stack() {
    let read = || {
        let schema = schema_of("leaf = T; node v:Vector<Vector<T>> = T;");
        let codec = Codec::new(&schema);
        let node = "<node> <vector> 01000000 <vector> 01000000 ";
        let text = format!("{}<leaf>", node.repeat(MAX_DEPTH - 1));
        let bytes = bytes_of(&codec, &text);
        let value = codec.decode(&bytes).unwrap();
        assert_eq!(value, value.clone());
        assert!(value.to_string().contains("leaf]] }]] }"));
        assert_eq!(codec.encode(&value), Ok(bytes));
        drop(value);
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(read).unwrap();
    thread.join().unwrap();
}

#[test]
fn tl_08_tl_16_strings_past_the_end() {
    let cut = |needed, left| ErrorKind::Truncated { needed, left };
    check("<text> 05616263", 5, "text.s", &cut(5, 3));
    check("<text> feffffff", 8, "text.s", &cut(0xff_ffff, 0));
    check("<text> ff0000", 5, "text.s", &cut(7, 2));
    check("<text> ffffffffffffffff", 12, "text.s", &cut((1 << 56) - 1, 0));
    check("<text> 01610000 0161", 10, "text.b", &cut(2, 0));
}

#[test]
fn tl_13_ids_that_nobody_knows_or_that_may_not_stand_there() {
    check("efbeadde", 0, "", &ErrorKind::UnknownId { id: 0xdead_beef });
    check("<vector> 00000000", 0, "", &ErrorKind::VectorOfUnknown);
    let unexpected = |id, name: Option<&str>, expected: &str| ErrorKind::UnexpectedId {
        id,
        name: name.map(str::to_owned),
        expected: expected.to_owned(),
    };
    check("<node> efbeadde", 4, "node.left", &unexpected(0xdead_beef, None, "Tree"));
    let schema = schema_of(TL);
    let unit = Codec::new(&schema).named("unit")[0].id();
    check("<node> <unit>", 4, "node.left", &unexpected(unit, Some("unit"), "Tree"));
    check("<after> *8 <unit>", 12, "after.query", &unexpected(unit, Some("unit"), "a function"));
    check("<lists> *8", 4, "lists.boxed", &ErrorKind::VectorId { id: 0 });
}

#[test]
fn tl_14_nothing_may_follow() {
    check("<unit> 00", 4, "unit", &ErrorKind::TrailingBytes { count: 1 });
    check("<true> 00000000", 4, "", &ErrorKind::TrailingBytes { count: 4 });
    let kind = ErrorKind::TrailingBytes { count: 4 };
    check("<message> *8 08000000 <unit> *4", 20, "message.body", &kind);
    check("<result> *8 <unit> *4", 16, "result.result", &kind);
}

#[test]
fn tl_15_a_bool_is_true_or_false() {
    check("<numbers> *20 00000000", 24, "numbers.d", &ErrorKind::BoolId { id: 0 });
}

#[test]
fn the_length_of_an_object_is_sane() {
    for (length, number) in [("ffffffff", -1), ("02000000", 2), ("00000080", i64::from(i32::MIN))] {
        let text = format!("<message> *8 {length} *4");
        check(&text, 12, "message.bytes", &ErrorKind::ObjectLength { length: number });
    }
}

#[test]
fn the_path_leads_to_the_place() {
    let error = error_of("<lists> <vector> *4 *4 <vector> 02000000 *8 010000 00 02");
    assert_eq!(error.path(), "lists.of_bare");
    let error = error_of("<container> 02000000 *8 04000000 <unit> *8 04000000 <numbers>");
    assert_eq!(
        error.to_string(),
        "at byte 40, container.messages[1].body.a: expected 4 bytes, 0 are left"
    );
}
