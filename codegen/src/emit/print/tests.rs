use super::*;
use crate::emit::{Emitter, Item, Options, Serde};
use crate::{Exceptions, json, resolve};

const LAYER_225: &str = include_str!("../../../tests/schemas/api-layer225.json");

/// All items of a layer, as the emitter makes them; text is taken apart.
fn layer() -> Vec<TokenStream> {
    with_layer(|emitter, placed| {
        let placed = placed.into_iter().map(|item| {
            let text: TokenStream = item.text().parse().unwrap();
            item.tokens().into_iter().chain(text).collect()
        });
        let items = emitter.root_items().into_iter().chain(placed);
        items.chain(emitter.serde_items().unwrap()).collect()
    })
}

fn with_layer<T>(see: impl FnOnce(&Emitter<'_>, Vec<Item>) -> T) -> T {
    let raw = json::parse(LAYER_225).unwrap();
    let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
    let options = Options { serde: Serde::Always, ..Options::default() };
    let emitter = Emitter::new(&schema, &options).unwrap();
    let placed = [
        emitter.types().unwrap(),
        emitter.enums().unwrap(),
        emitter.groups(),
        emitter.functions().unwrap(),
    ];
    see(&emitter, placed.into_iter().flatten().map(|(_, item)| item).collect())
}

fn printed(stream: TokenStream, depth: usize) -> String {
    let mut out = String::new();
    items(&mut out, stream, depth);
    out
}

fn is_value(tokens: &[Token], place: usize) -> bool {
    place > 0 && tokens[place - 1].is_op(ARM)
}

/// Tokens as text, without documentation, without commas before what closes and braces around the value of an arm.
fn plain(stream: TokenStream) -> String {
    fn push(out: &mut String, tokens: &[Token]) {
        for (place, token) in tokens.iter().enumerate() {
            match token {
                Token::Word(word) => out.push_str(&format!("{word} ")),
                Token::Literal(literal) => out.push_str(&format!("{literal} ")),
                Token::Op(',') if place + 1 == tokens.len() => {}
                Token::Op(op) => out.push(*op),
                Token::Group(Delimiter::Bracket, inner)
                    if inner.first().is_some_and(|token| token.is_word("doc")) =>
                {
                    // The `#` before it.
                    out.pop();
                }
                // The value of an arm may have got braces, behind which there is no comma.
                Token::Group(Delimiter::Brace, inner) if is_value(tokens, place) => {
                    push(out, inner);
                    if tokens.get(place + 1).is_some_and(|next| !next.is_op(',')) {
                        out.push(',');
                    }
                }
                Token::Group(delimiter, inner) => {
                    out.push_str(&format!("{delimiter:?}<"));
                    push(out, inner);
                    out.push('>');
                }
            }
        }
    }
    let mut out = String::new();
    push(&mut out, &tree::tokens(stream));
    out
}

#[test]
fn nothing_but_the_layout_changes() {
    for item in layer() {
        let text = printed(item.clone(), 2);
        let again: TokenStream = text.parse().unwrap();
        assert_eq!(plain(again), plain(item), "{text}");
    }
}

/// What is written as text is as it would be if it were tokens.
#[test]
fn text_is_laid_out_as_tokens_are() {
    let texts = with_layer(|_, items| {
        items.into_iter().map(|item| item.text().to_owned()).collect::<Vec<_>>()
    });
    assert!(texts.iter().filter(|text| !text.is_empty()).count() > 2_000);
    for text in texts {
        assert_eq!(printed(text.parse().unwrap(), 0), text);
    }
}

#[test]
fn each_construct_has_the_layout_of_rustfmt() {
    let long = "a_name_that_is_long_enough_to_make_the_line_longer_than_it_may_be";
    for (code, expected) in [
        ("pub const A : u32 = 1 ; pub const B : & 'static str = \"b\" ;", "pub const A: u32 = 1;\npub const B: &'static str = \"b\";".to_owned()),
        ("pub struct A ; impl A { }", "pub struct A;\n\nimpl A {}".to_owned()),
        ("pub struct A { pub a : Vec < i32 > , pub b : B }", "pub struct A {\n    pub a: Vec<i32>,\n    pub b: B,\n}".to_owned()),
        ("impl < X : T > :: a :: B for C < X > { fn f ( & self , r : & mut R < '_ > ) -> bool { self . a & 0x1 != 0 } }", "impl<X: T> ::a::B for C<X> {\n    fn f(&self, r: &mut R<'_>) -> bool {\n        self.a & 0x1 != 0\n    }\n}".to_owned()),
        ("fn f ( ) -> A { let [ a , b ] = r . w ( ) ; < A as B > :: c ( & a , * b ) ? }", "fn f() -> A {\n    let [a, b] = r.w();\n    <A as B>::c(&a, *b)?\n}".to_owned()),
        ("fn f ( ) { match a { A :: B ( v ) => c ( v ) , _ => { d ( ) ; return None ; } } }", "fn f() {\n    match a {\n        A::B(v) => c(v),\n        _ => {\n            d();\n            return None;\n        }\n    }\n}".to_owned()),
        ("fn f ( ) { if let Some ( a ) = & b { c ( a ) ; } ; }", "fn f() {\n    if let Some(a) = &b {\n        c(a);\n    };\n}".to_owned()),
        (&format!("fn f ( {long} : i32 , b : Vec < i32 > , c : Vec < i32 > ) {{ }}"), format!("fn f(\n    {long}: i32,\n    b: Vec<i32>,\n    c: Vec<i32>,\n) {{}}")),
        (&format!("fn f ( ) {{ Some ( Self {{ a : {long} , b : {long} }} ) }}"), format!("fn f() {{\n    Some(Self {{\n        a: {long},\n        b: {long},\n    }})\n}}")),
        (&format!("fn f ( ) {{ g ( {long} as u32 | ( b as u32 ) << 1 | ( {long} as u32 ) << 2 , c ) }}"), format!("fn f() {{\n    g(\n        {long} as u32\n            | (b as u32) << 1\n            | ({long} as u32) << 2,\n        c,\n    )\n}}")),
        (&format!("impl From < {long} > for super :: {long} {{ }}"), format!("impl From<{long}>\n    for super::{long}\n{{}}")),
        ("# [doc = \"A.\\n\\n`b` \\\"c\\\" \\\\d\"] # [cfg (any (test , feature = \"e\"))] pub struct A ;", "/// A.\n///\n/// `b` \"c\" \\d\n#[cfg(any(test, feature = \"e\"))]\npub struct A;".to_owned()),
        // What a macro is given is not changed.
        ("a :: b ! { C : d , e :: f }", "a::b! {\n    C: d,\n    e::f\n}".to_owned()),
        // What no comment can hold stays an attribute.
        ("# [doc = \"a\\rb\"] pub struct A ;", "#[doc = \"a\\rb\"]\npub struct A;".to_owned()),
    ] {
        assert_eq!(printed(code.parse().unwrap(), 0), expected, "{code}");
    }
}
