//! The annotated tree: what each byte is.

use super::{TL, bytes_of, schema_of};
use crate::dynamic::{Annotated, Codec, Content, Node, Place};

/// A tree as text: `offset+length name:type what`, an item or a part without name and type.
fn outline(annotated: &Annotated<'_>) -> Vec<String> {
    fn add(node: &Node<'_>, indent: usize, lines: &mut Vec<String>) {
        let place = match node.place {
            Place::Root => format!("{} ", node.ty),
            Place::Param(name) => format!("{name}:{} ", node.ty),
            Place::Item(index) => format!("[{index}]:{} ", node.ty),
            Place::Part => String::new(),
        };
        let content = match &node.content {
            Content::Object(definition) => definition.name().to_owned(),
            Content::Vector { count } => format!("{count} items"),
            Content::Value(value) => value.to_string(),
            Content::Unfinished => "unfinished".to_owned(),
            Content::Id(_) => "id".to_owned(),
            Content::VectorId => "vector".to_owned(),
            Content::Count(count) => format!("count {count}"),
            Content::Word { value, known } => format!("bits {value:x} of {known:x}"),
            Content::Length(length) => format!("length {length}"),
            Content::StringLength { length, .. } => format!("length {length}"),
            Content::StringBytes => "bytes".to_owned(),
            Content::Padding { .. } => "padding".to_owned(),
        };
        let odd = node.oddity().map(|oddity| format!(" {oddity:?}")).unwrap_or_default();
        let (offset, length, indent_) = (node.offset, node.length, " ".repeat(indent));
        lines.push(format!("{indent_}{offset}+{length} {place}{content}{odd}"));
        for child in &node.children {
            add(child, indent + 1, lines);
        }
    }
    let mut lines = Vec::new();
    if let Some(root) = &annotated.root {
        add(root, 0, &mut lines);
    }
    lines
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let schema = schema_of(TL);
    let codec = Codec::new(&schema);
    let annotated = codec.decode_annotated(&bytes_of(&codec, text));
    assert_eq!(outline(&annotated), expected, "{text}");
}

#[test]
fn numbers_and_ids() {
    check(
        "<numbers> ffffffff *8 *8 <true>",
        &[
            "0+28 Numbers numbers",
            " 0+4 id",
            " 4+4 a:int -1",
            " 8+8 b:long 0",
            " 16+8 c:double 0.0",
            " 24+4 d:Bool true",
        ],
    );
}

#[test]
fn strings_have_a_length_bytes_and_a_padding() {
    check(
        "<text> 0161 0000 00000000",
        &[
            "0+12 Text text",
            " 0+4 id",
            " 4+4 s:string \"a\"",
            "  4+1 length 1",
            "  5+1 bytes",
            "  6+2 padding",
            " 8+4 b:bytes ",
            "  8+1 length 0",
            "  9+3 padding",
        ],
    );
}

#[test]
fn tl_10_tl_11_tl_12_what_is_odd_about_strings_is_reported() {
    check(
        "<text> 01ff 0900 fe010000 61000000",
        &[
            "0+16 Text text",
            " 0+4 id",
            " 4+4 s:string \"\u{fffd}\" NotUtf8",
            "  4+1 length 1",
            "  5+1 bytes",
            "  6+2 padding DirtyPadding",
            " 8+8 b:bytes 61",
            "  8+4 length 1 LongLength",
            "  12+1 bytes",
            "  13+3 padding",
        ],
    );
}

#[test]
fn vectors_have_an_id_and_a_count() {
    check(
        "<lists> <vector> 01000000 05000000 01000000 06000000 \
         <vector> 01000000 07000000 08000000 01000000 <pair> *8",
        &[
            "0+52 Lists lists",
            " 0+4 id",
            " 4+12 boxed:Vector<int> 1 items",
            "  4+4 vector",
            "  8+4 count 1",
            "  12+4 [0]:int 5",
            " 16+8 bare:vector<int> 1 items",
            "  16+4 count 1",
            "  20+4 [0]:int 6",
            " 24+16 of_bare:Vector<%Pair> 1 items",
            "  24+4 vector",
            "  28+4 count 1",
            "  32+8 [0]:%Pair pair",
            "   32+4 a:int 7",
            "   36+4 b:int 8",
            " 40+16 of_boxed:vector<Pair> 1 items",
            "  40+4 count 1",
            "  44+12 [0]:Pair pair",
            "   44+4 id",
            "   48+4 a:int 0",
            "   52+4 b:int 0",
        ]
        .map(|line| if line == "0+52 Lists lists" { "0+56 Lists lists" } else { line }),
    );
}

#[test]
fn tl_15_flags_words_show_their_bits_and_those_that_nobody_knows() {
    check(
        "<flagged> *8 13000000 05000000 00000000",
        &[
            "0+24 Flagged flagged",
            " 0+4 id",
            " 4+8 id:long 0",
            " 12+4 flags:# bits 13 of 7 UnknownBits(16)",
            " 16+0 yes:flags.0?true true",
            " 16+4 n:flags.1?int 5",
            " 20+4 flags2:# bits 0 of 80000000",
        ],
    );
}

#[test]
fn lengths_of_objects_are_shown_and_what_is_inside() {
    check(
        "<container> 02000000 *8 04000000 <unit> *8 04000000 efbeadde",
        &[
            "0+40 Container container",
            " 0+4 id",
            " 4+36 messages:vector<%Message> 2 items",
            "  4+4 count 2",
            "  8+16 [0]:%Message message",
            "   8+8 id:long 0",
            "   16+4 bytes:int length 4",
            "   20+4 body:Object unit",
            "    20+4 id",
            "  24+16 [1]:%Message message",
            "   24+8 id:long 0",
            "   32+4 bytes:int length 4",
            "   36+4 body:Object efbeadde",
        ],
    );
}

#[test]
fn what_stands_before_a_mistake_is_kept() {
    check(
        "<lists> <vector> 02000000 05000000 07000000 ffffffff",
        &[
            "0+20 Lists lists",
            " 0+4 id",
            " 4+16 boxed:Vector<int> 2 items",
            "  4+4 vector",
            "  8+4 count 2",
            "  12+4 [0]:int 5",
            "  16+4 [1]:int 7",
            " 20+0 bare:vector<int> 0 items",
        ],
    );
    check(
        "<text> 09616263",
        &["0+5 Text text", " 0+4 id", " 4+1 s:string unfinished", "  4+1 length 9"],
    );
    check("efbeadde", &[]);
}
