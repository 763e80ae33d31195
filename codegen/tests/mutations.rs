//! Every construct of TL, with every token dropped, doubled, moved or replaced: a reader refuses the text, or reads what it says.
//!
//! What a text says is told here by means of the tokens alone: those of the definitions as they print are those of the text.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test")]

use std::collections::BTreeSet;

use telewire_codegen::raw::{RawDefinition, RawParam, RawSchema};
use telewire_codegen::{Error, Exceptions, json, resolve, tl_text};

/// A text for each construct. The definitions print as they are here, but for parentheses.
const CONSTRUCTS: &[&str] = &[
    "nothing = Nothing;",
    "pong#347773c5 msg_id:long ping_id:long = Pong;",
    "auth.sentCode#5e002502 flags:# type:auth.SentCodeType timeout:flags.2?int next:flags.31?true = auth.SentCode;",
    "two.words id:long flags:# flags2:# a:flags.0?Vector<long> b:flags2.0?%Message = two.Words;",
    "e2e.chain.block height:int = e2e.chain.Block;",
    "lists a:Vector<int> b:vector<%Message> c:Vector<Vector<Message>> d:vector<message> = Lists;",
    "parens flags:# a:(Vector int) b:flags.3?(vector (vector %Message)) = Parens;",
    "numbers a:int b:int128 c:int256 d:int512 e:double f:string g:bytes h:Bool i:Object = Numbers;",
    "others a:int32 b:int53 c:int64 d:secureString = Others;",
    "boolFalse#bc799737 = Bool; boolTrue#997275b5 = Bool; true#3fedd339 = True;",
    "vector#1cb5c415 {t:Type} # [ t ] = Vector t; a x:int = A;",
    "a x:int = A; --- functions --- f x:int = A; g = Vector<int>; --- types --- b = B;",
    "---functions---\ninvokeWithLayer#da9b0d0d {X:Type} layer:int query:!X = X;",
    "===8===\nd x:int = D;\n===17===\nd x:long = D; e = E;",
    "// LAYER 8\na x:int = A; // b = B;\n/* c = C; */ d /* e */ x:int = D;",
];

/// Declarations of what is built in. Each of a group says the same, and nothing that differs from all of them is read as one.
const DECLARATIONS: &[&str] = &[
    "int ? = Int;",
    "int = Int;",
    "int#a8509bda ? = Int;",
    "int#a8509bda = Int;",
    "bytes data:string = Bytes;",
    "bytes string = Bytes;",
    "bytes = Bytes;",
    "bytes ? = Bytes;",
    "int53 = Int53;",
    "int53 ? = Int53;",
    "int128 4*[ int ] = Int128;",
    "int128 = Int128;",
    "int128 ? = Int128;",
    "object ? = Object;",
    "object = Object;",
];

/// What takes the place of each token.
const REPLACEMENTS: &[&str] = &[
    ":", ";", "=", "#", "?", "!", "%", "<", ">", "(", ")", "[", "]", "{", "}", ",", "*", "+", ".",
    "---", "===", "8", "a", "A", "int", "flags.32", "Vector", "$", "é", "//", "/*", "\\",
];

/// A token with the space before it.
#[derive(Clone, PartialEq, Eq)]
struct Token {
    space: String,
    text: String,
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let starts =
        |at: usize, what: &str| chars[at..].iter().take(what.len()).copied().eq(what.chars());
    let (mut out, mut space, mut at) = (Vec::new(), String::new(), 0);
    while at < chars.len() {
        let end = if starts(at, "//") {
            (at..chars.len()).find(|i| chars[*i] == '\n').unwrap_or(chars.len())
        } else if starts(at, "/*") {
            (at + 2..chars.len()).find(|i| starts(*i, "*/")).map_or(chars.len(), |i| i + 2)
        } else if chars[at].is_whitespace() {
            at + 1
        } else {
            let end = if is_word(chars[at]) {
                (at..chars.len()).find(|i| !is_word(chars[*i])).unwrap_or(chars.len())
            } else if starts(at, "---") || starts(at, "===") {
                at + 3
            } else {
                at + 1
            };
            let text = chars[at..end].iter().collect();
            out.push(Token { space: std::mem::take(&mut space), text });
            at = end;
            continue;
        };
        space.extend(&chars[at..end]);
        at = end;
    }
    out
}

fn joined(tokens: &[Token]) -> String {
    tokens.iter().map(|token| format!("{}{}", token.space, token.text)).collect()
}

fn mutations(text: &str) -> BTreeSet<String> {
    let original = tokens(text);
    let mut out = BTreeSet::new();
    for at in 0..original.len() {
        let with = |change: &dyn Fn(&mut Vec<Token>)| {
            let mut tokens = original.clone();
            change(&mut tokens);
            joined(&tokens)
        };
        out.insert(with(&|tokens| drop(tokens.remove(at))));
        out.insert(with(&|tokens| tokens[at].space.clear()));
        out.insert(with(&|tokens| tokens[at].space.push(' ')));
        for space in ["", " "] {
            out.insert(with(&|tokens| {
                let again = Token { space: space.into(), ..tokens[at].clone() };
                tokens.insert(at + 1, again);
            }));
        }
        for other in at + 1..original.len() {
            out.insert(with(&|tokens| {
                let text = tokens[at].text.clone();
                tokens[at].text = std::mem::replace(&mut tokens[other].text, text);
            }));
        }
        for replacement in REPLACEMENTS {
            out.insert(with(&|tokens| (*replacement).clone_into(&mut tokens[at].text)));
            out.insert(with(&|tokens| {
                tokens.insert(at, Token { space: " ".into(), text: (*replacement).to_owned() });
            }));
        }
        out.insert(joined(&original[..at]));
    }
    out
}

/// A definition, or what else ends with `;`: whether it is a function, its layer, its tokens.
type Said = (bool, Option<String>, Vec<String>);

/// What a text says, by its tokens alone.
fn said(text: &str) -> Vec<Said> {
    let tokens = tokens(text);
    let (mut out, mut statement) = (Vec::new(), Vec::new());
    let (mut is_function, mut layer, mut at) = (false, None, 0);
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "---" => {
                is_function = tokens[at + 1].text == "functions";
                at += 3;
                continue;
            }
            "===" => {
                layer = Some(tokens[at + 1].text.clone());
                at += 3;
                continue;
            }
            ";" => out.push((is_function, layer.clone(), std::mem::take(&mut statement))),
            // Ids print with all their digits.
            id if statement.len() == 2 && statement[1] == "#" && token.space.is_empty() => {
                statement.push(format!("{id:0>8}").to_lowercase());
            }
            text => statement.push(text.to_owned()),
        }
        at += 1;
    }
    assert!(statement.is_empty(), "accepted without an end: {text}");
    out
}

fn printed(schema: &RawSchema) -> Vec<Said> {
    let said_by = |is_function, raw: &RawDefinition| {
        let (_, _, tokens) = said(&raw.to_tl()).remove(0);
        (is_function, raw.layer.map(|layer| layer.to_string()), tokens)
    };
    let constructors = schema.constructors.iter().map(|raw| said_by(false, raw));
    let functions = schema.functions.iter().map(|raw| said_by(true, raw));
    constructors.chain(functions).collect()
}

/// Whether statements are the same but for the ways to write brackets.
fn is_same(text: &[Said], printed: &[Said]) -> bool {
    let words = |said: &Said| -> Vec<String> {
        said.2
            .iter()
            .filter(|token| !["(", ")", "<", ">"].contains(&token.as_str()))
            .cloned()
            .collect()
    };
    text.len() == printed.len()
        && text.iter().zip(printed).all(|(a, b)| {
            let is_applied =
                |three: &[String]| three[0] == "=" && three[1] == "Vector" && three[2] != "<";
            let has_parens = a.2.contains(&"(".to_owned()) || a.2.windows(3).any(is_applied);
            (a.0, &a.1) == (b.0, &b.1) && (a.2 == b.2 || has_parens && words(a) == words(b))
        })
}

/// The statements that are no declarations of what is built in, constructors first.
fn definitions(text: &str, schema: &RawSchema) -> Vec<Said> {
    let mut all = said(text);
    all.retain(|(is_function, _, tokens)| *is_function || !schema.built_in.contains(&tokens[0]));
    let (functions, mut constructors): (Vec<_>, Vec<_>) = all.into_iter().partition(|said| said.0);
    constructors.extend(functions);
    constructors
}

/// An error has a place inside of the text, and names something.
fn assert_placed(text: &str, error: &Error) {
    let (line, column) = match error {
        Error::Syntax { line, column, definition, .. } => {
            assert!(!definition.is_empty(), "{text}: {error}");
            (*line, *column)
        }
        Error::At { line, column, .. } => (*line, *column),
        other => panic!("{text}: {other:?}"),
    };
    let lines: Vec<&str> = text.split('\n').collect();
    let length = lines.get(line - 1).unwrap_or_else(|| panic!("{text}: {error}")).chars().count();
    assert!((1..=length + 1).contains(&column), "{text}: {error}");
}

/// What was read becomes JSON and is read again as it was.
fn assert_survives_json(text: &str, schema: &RawSchema) {
    let mut with_ids = schema.clone();
    resolve::ids::assign_missing(&mut with_ids, &Exceptions::NONE);
    // Two ids may be the same by accident of what is made of them; then it is said.
    let Ok(json) = json::print(&with_ids) else { return };
    let again = json::parse(&json).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(again.constructors, with_ids.constructors, "{text}");
    assert_eq!(again.functions, with_ids.functions, "{text}");
}

#[test]
fn the_constructs_are_read_as_they_are() {
    for text in CONSTRUCTS {
        let schema = tl_text::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(is_same(&definitions(text, &schema), &printed(&schema)), "{text}: {schema:?}");
        assert_survives_json(text, &schema);
    }
    for text in DECLARATIONS {
        let schema = tl_text::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((schema.constructors.len(), schema.built_in.len()), (0, 1), "{text}");
    }
}

#[test]
fn a_text_with_a_token_changed_is_refused_or_read_as_it_is() {
    let (mut refused, mut read) = (0, 0);
    for construct in CONSTRUCTS {
        for text in mutations(construct) {
            match tl_text::parse(&text) {
                Ok(schema) => {
                    let (expected, actual) = (definitions(&text, &schema), printed(&schema));
                    assert!(
                        is_same(&expected, &actual),
                        "read as another thing:\n{text}\n{expected:?}\n{actual:?}"
                    );
                    assert_survives_json(&text, &schema);
                    read += 1;
                }
                Err(error) => {
                    assert_placed(&text, &error);
                    refused += 1;
                }
            }
        }
    }
    // The family is there: most of what it does to a text makes nonsense of it.
    assert!(refused > 10_000 && read > 500, "{refused} refused, {read} read");
}

#[test]
fn a_declaration_with_a_token_changed_is_refused_or_another_declaration() {
    let plain = |text: &str| said(text).remove(0).2;
    let known: Vec<Vec<String>> = DECLARATIONS.iter().map(|text| plain(text)).collect();
    for declaration in DECLARATIONS {
        for text in mutations(declaration) {
            let Ok(schema) = tl_text::parse(&text) else { continue };
            let statements = said(&text);
            for (_, _, tokens) in &statements {
                if schema.built_in.contains(&tokens[0]) {
                    let mut without_id = tokens.clone();
                    if without_id.get(1).is_some_and(|sign| sign == "#") {
                        without_id.drain(1..3);
                    }
                    // A parameter may be called as one likes.
                    let is_bytes =
                        without_id[0] == "bytes" && without_id[2..].starts_with(&[":".to_owned()]);
                    if is_bytes {
                        "data".clone_into(&mut without_id[1]);
                    }
                    let is_known = known.contains(&without_id);
                    assert!(is_known, "read as a declaration: {text}");
                }
            }
            assert!(is_same(&definitions(&text, &schema), &printed(&schema)), "{text}");
        }
    }
}

#[test]
fn a_type_with_a_token_changed_is_refused_in_json_too() {
    for ty in [
        "int",
        "flags.3?Vector<int>",
        "Vector<Vector<%a.B>>",
        "flags.0?(vector %B)",
        "!X",
        "#",
        "flags.9?true",
    ] {
        for text in mutations(ty) {
            let entry = serde_json::json!({"constructors": [], "methods": [{"id": "1", "method": "f", "params": [
                {"name": "flags", "type": "#"}, {"name": "x", "type": text},
            ], "type": "A"}]});
            let json = entry.to_string();
            match json::parse(&json) {
                Ok(schema) => {
                    let RawParam { ty, .. } = &schema.functions[0].params[1];
                    let words = |text: &str| -> Vec<String> {
                        let brackets = ["(", ")", "<", ">"];
                        let tokens = tokens(text).into_iter().map(|token| token.text);
                        tokens.filter(|token| !brackets.contains(&token.as_str())).collect()
                    };
                    let plain =
                        |text: &str| tokens(text).into_iter().map(|t| t.text).collect::<Vec<_>>();
                    let is_same = plain(&text) == plain(ty)
                        || text.contains('(') && words(&text) == words(ty);
                    assert!(is_same, "{text:?} read as {ty:?}");
                }
                Err(error) => {
                    assert!(matches!(error, Error::At { line: 1, .. }), "{text}: {error:?}");
                    assert!(error.to_string().contains("`f`"), "{text}: {error}");
                }
            }
        }
    }
}
