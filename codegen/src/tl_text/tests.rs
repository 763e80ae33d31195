//! Texts of each kind, and what is wrong with others.

use super::*;
use crate::expr::TypeExprError;
use crate::json;
use crate::raw::RawDefinition;

fn one(text: &str) -> RawDefinition {
    let mut schema = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!((schema.constructors.len(), schema.functions.len()), (1, 0), "{text}");
    schema.constructors.remove(0)
}

fn lines(list: &[RawDefinition]) -> Vec<String> {
    list.iter().map(RawDefinition::to_tl).collect()
}

/// The constructors of a text, as lines.
fn all(text: &str) -> Vec<String> {
    lines(&parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).constructors)
}

fn message(text: &str) -> String {
    match parse(text) {
        Err(error) => error.to_string(),
        Ok(schema) => panic!("accepted: {text}: {schema:?}"),
    }
}

#[test]
fn lines_print_as_they_were_written() {
    for line in [
        "boolTrue#997275b5 = Bool;",
        "vector#1cb5c415 {t:Type} # [ t ] = Vector t;",
        "auth.sentCode#5e002502 flags:# type:auth.SentCodeType timeout:flags.2?int = auth.SentCode;",
        "tlsBlockPermutation#0d02385f entries:Vector<Vector<TlsBlock>> = TlsBlock;",
        "msg_container#73f1f8dc messages:vector<%Message> = MessageContainer;",
        "e2e.chain.block id:int = e2e.chain.Block;",
    ] {
        assert_eq!(one(line).to_tl(), line);
    }
    let function = "invokeAfterMsgs#3dc4b4f0 {X:Type} msg_ids:Vector<long> query:!X = X;";
    let schema = parse(&format!("---functions---\n{function}")).unwrap();
    assert_eq!(lines(&schema.functions), [function]);
}

#[test]
fn ids_may_be_short_or_missing() {
    assert_eq!(one("a#dbaeae9 = A;").id, Some(0x0dbaeae9));
    assert_eq!(one("a = A;").id, None);
}

#[test]
fn sections_comments_layer_and_line_breaks_are_understood() {
    let text = "\u{feff}// LAYER 230\r\nint ? = Int;\na\n  x:int // why\n = A; b = A; // two on a line\n\
                ---functions---\nf = A;\n---types---\nc = A;\n";
    let schema = parse(text).unwrap();
    assert_eq!(schema.layer, Some(230));
    assert_eq!(lines(&schema.constructors), ["a x:int = A;", "b = A;", "c = A;"]);
    assert_eq!(lines(&schema.functions), ["f = A;"]);
}

#[test]
fn sections_are_tokens_wherever_they_stand() {
    for section in
        ["---functions---", "--- functions ---", "---\nfunctions\n---", "---functions  ---"]
    {
        for (before, after) in [("\n", "\n"), (" ", " "), ("", ""), ("/* */", "// f\n")] {
            let text =
                format!("a x:int = A;{before}{section}{after}f x:int = A; ---types---b = B;");
            let schema = parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((schema.constructors.len(), schema.functions.len()), (2, 1), "{text}");
        }
    }
    for text in [
        "---",
        "---functions",
        "---functions--",
        "---function---",
        "--- functions; ---",
        "-functions-",
    ] {
        assert!(parse(&format!("a = A; {text}")).is_err(), "{text}");
    }
}

#[test]
fn spaces_are_needed_between_parameters_alone() {
    for text in [
        "a x:int=A;",
        "a x : int = A ;",
        "a\tx:int\n=\nA\n;",
        "a x:int/**/=/**/A;",
        "a x:(int) =A;",
    ] {
        assert_eq!(one(text).to_tl(), "a x:int = A;", "{text}");
    }
    let definition = one("a x:Vector< Vector< int > > y:int = A;");
    assert_eq!(definition.to_tl(), "a x:Vector<Vector<int>> y:int = A;");
    for text in [
        "g x:Vector<int>y:int = G;",
        "g x:(int)y:int = G;",
        "g{X:Type} y:int = G;",
        "g x:#y:int = G;",
    ] {
        assert!(message(text).starts_with("line 1, column "), "{text}");
    }
}

#[test]
fn parentheses_are_angle_brackets() {
    for (text, line) in [
        ("a x:(Vector int) = A;", "a x:Vector<int> = A;"),
        ("a flags:# x:flags.3?(vector int) = A;", "a flags:# x:flags.3?vector<int> = A;"),
        ("a x:(vector (vector %B)) = A;", "a x:vector<vector<%B>> = A;"),
        ("a x:%(b.c) = A;", "a x:%b.c = A;"),
    ] {
        assert_eq!(one(text).to_tl(), line);
    }
    let schema =
        parse("---functions--- f = Vector int; g = (Vector int); h = Vector<int>;").unwrap();
    for function in &schema.functions {
        assert_eq!(function.ty, "Vector<int>");
    }
}

#[test]
fn comments_stand_anywhere_and_end() {
    let text = "/* Everything below is made up.\n   a x:int = A; */\nb x:int = B; /* on one line */ c x:int = C; /* // */";
    assert_eq!(all(text), ["b x:int = B;", "c x:int = C;"]);
    assert_eq!(all("a /* b = B; */ x:int // = C;\n = A;"), ["a x:int = A;"]);
    assert_eq!(
        message("a = A;\n /* b = B;"),
        "line 2, column 2: `/`: expected `*/` after it, found `/`"
    );
}

#[test]
fn what_is_built_in_may_be_declared_as_anybody_does() {
    let text = "int ?= Int; long#22076cba ? = Long; double ? = Double; string ? = String; int32 = Int32; int53 = Int53;\n\
        int64 = Int64; bytes = Bytes; secureString = SecureString; secureBytes = SecureBytes;\n\
        int128 4*[ int ] = Int128; int256 8*[int32] = Int256; int512 16*[ int ] = Int512;\n\
        object ? = Object; function ? = Function; vector {t:Type} # [t] = Vector t; a x:int = A;";
    let schema = parse(text).unwrap();
    assert_eq!(
        lines(&schema.constructors),
        ["vector {t:Type} # [ t ] = Vector t;", "a x:int = A;"]
    );
    let names: Vec<&str> = schema.built_in.iter().map(String::as_str).collect();
    assert_eq!(names.len(), 15);
    assert!(names.contains(&"int53") && names.contains(&"bytes"), "{names:?}");
    for text in [
        "bytes#e937bb82 = Bytes;",
        "bytes string = Bytes;",
        "bytes data:string = Bytes;",
        "bytes ? = Bytes;",
    ] {
        let schema = parse(&format!("{text} a x:bytes = A;")).unwrap();
        assert_eq!((schema.constructors.len(), schema.built_in.len()), (1, 1), "{text}");
    }
}

#[test]
fn what_is_declared_as_built_in_and_not_known_says_what_to_do() {
    for text in ["int48 ? = Int48;", "int48 3*[ int ] = Int48;"] {
        let said = message(&format!("a = A;\n {text}"));
        assert!(said.starts_with("line 2, column 2: `int48` is declared as built in"), "{said}");
        assert!(said.contains("`int48 value:long = Int48;`"), "{said}");
    }
    for text in [
        "int ? = Long;",
        "int x:int = Int;",
        "int128 3*[ int ] = Int128;",
        "int128 04*[ int ] = Int128;",
        "int128 4[ int ] = Int128;",
        "int128 4*int = Int128;",
        "int ? x:int = Int;",
        "int ? = Int; int ? = Int;",
        "---functions--- int ? = Int;",
        "vector {t:Type} # [ u ] = Vector t;",
        "vector {t:#} # [ t ] = Vector t;",
        "vector {t:Type} # [ t ] = List t;",
        "vector {t:Type} [ t ] = Vector t;",
        "vector#1cb5c416 {t:Type} # [ t ] = Vector t;",
        "vector x:int = Vector;",
        "boolTrue x:int = Bool;",
        "boolMaybe = Bool;",
        "true x:int = True;",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_layer_line_says_the_layer_of_what_follows() {
    let text = "a = A;\n===8===\na = A;b x:int = B;\n=== 17 ===\na y:int = A;";
    let schema = parse(text).unwrap();
    let layers: Vec<_> = schema.constructors.iter().map(|c| (c.layer, c.own_name())).collect();
    let own = |layer, name: &str| (layer, name.to_owned());
    assert_eq!(
        layers,
        [own(None, "a"), own(Some(8), "a8"), own(Some(8), "b8"), own(Some(17), "a17")]
    );
    assert_eq!(message("===8=== a = A; b = B; a = A;"), "line 1, column 23: `a8` is defined twice");
    for text in ["===8==", "======", "===x===", "===8.1===", "==8==", "===08===", "===-8==="] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_schema_has_one_layer() {
    assert_eq!(parse("// LAYER 1\na = A; //LAYER 1").unwrap().layer, Some(1));
    assert_eq!(parse("// LAYER of ice\n/* LAYER 2 */ // layer 3").unwrap().layer, None);
    let said = message("// LAYER 1\na = A; // LAYER 2\n");
    assert!(said.starts_with("line 2, column 8: `/`: expected the layer"), "{said}");
}

#[test]
fn variables_are_those_of_queries_and_declared() {
    for text in [
        "f query:!X = X;",
        "f {X:Type} x:int = X;",
        "f {X:Type} x:X = X;",
        "f {X:Type} {Y:Type} query:!X = X;",
        "f {n:#} query:!n = X;",
        "f {n:#} x:int = A;",
        "f x:int {X:Type} query:!X = X;",
        "f {X:Type}query:!X = X;",
        "f {X:Type query:!X = X;",
        "f {X} query:!X = X;",
        "f {X:int} query:!X = X;",
        "f (X:Type) query:!X = X;",
        "pair {X:Type} {Y:Type} x:X y:Y = Pair X Y;",
    ] {
        assert!(message(&format!("---functions--- {text}")).contains("column"), "{text}");
    }
    let said = message("---functions---\nf query:!X = X;");
    assert_eq!(said, "line 2, column 2: `f`: expected `{X:Type}` after it, found the end");
}

#[test]
fn mistakes_name_line_column_definition_and_what_was_expected() {
    for (text, said) in [
        ("a = A", "line 1, column 6: `a`: expected `;` at its end, found the end"),
        ("\n\na;", "line 3, column 2: `a`: expected `=` and a type, found `;`"),
        ("a", "line 1, column 2: `a`: expected `=` and a type, found the end"),
        (
            "a#xyz = A;",
            "line 1, column 2: `a`: expected `#` and 1 to 8 hexadecimal digits, found `#`",
        ),
        (
            "a#+1 = A;",
            "line 1, column 2: `a`: expected `#` and 1 to 8 hexadecimal digits, found `#`",
        ),
        (
            "a#123456789 = A;",
            "line 1, column 2: `a`: expected `#` and 1 to 8 hexadecimal digits, found `#`",
        ),
        ("é = A;", "line 1, column 1: `é`: expected a definition, found `é`"),
        (
            "1a = A;",
            "line 1, column 1: `1a`: expected a name of letters, digits, `_` and `.` at its start, found `1a`",
        ),
        (
            "b = B;\na x = A;",
            "line 2, column 3: `a`: expected `name:type` for each parameter, found `x`",
        ),
        (
            "c x:int, y:int = C;",
            "line 1, column 8: `c`: the type `int,` of `x` is malformed: `,` is no part of a type",
        ),
        ("a = A; junk", "line 1, column 12: `junk`: expected `=` and a type, found the end"),
        ("a = A;;", "line 1, column 7: `;`: expected a definition, found `;`"),
        ("a = A\nb = B;", "line 2, column 3: `a`: expected `;` at its end, found `=`"),
        (
            "a x:int = A>;",
            "line 1, column 12: `a`: the type `A>` of `result` is malformed: brackets do not match",
        ),
        ("d x: = D;", "line 1, column 6: `d`: the type `=` of `x` is malformed: a type is missing"),
        (
            "e x:int = 7;",
            "line 1, column 11: `e`: the type `7` of `result` is malformed: `7` is not a TL name",
        ),
        ("f x:int x:int = F;", "line 1, column 9: `f` has two parameters `x`"),
        ("f x:int = F;\nf x:int = F;", "line 2, column 1: `f` is defined twice"),
        ("a#1 = A;\nb#1 = B;", "line 2, column 1: `a` and `b` have the same id 00000001"),
        (
            "a flags:# x:flags.32?int = A;",
            "line 1, column 13: `a`: the type `flags.32` of `x` is malformed: bit 32 is not a number from 0 to 31",
        ),
        (
            "b x:Vector<int>> = B;",
            "line 1, column 16: `b`: the type `Vector<int>>` of `x` is malformed: brackets do not match",
        ),
        (
            "a x:flags.0?int = A;",
            "line 1, column 5: `a`: `x` depends on `flags`, but no `flags:#` stands before it",
        ),
        (
            "a flags:int x:flags.0?int = A;",
            "line 1, column 15: `a`: `x` depends on `flags`, but no `flags:#` stands before it",
        ),
        (
            "A x:int = B;",
            "line 1, column 1: `A`: `A`: the name of a constructor or a function begins with a small letter",
        ),
        (
            "a x:int = b;",
            "line 1, column 11: `a`: `b`: the name of a type begins with a capital letter",
        ),
        (
            "a x:int = %B;",
            "line 1, column 11: `a`: `B` cannot be the type of `result`: a constructor says its type by its name",
        ),
        (
            "a.b. x:int = A;",
            "line 1, column 1: `a.b.`: expected a name of letters, digits, `_` and `.` at its start, found `a.b.`",
        ),
    ] {
        let said = said.replace("`B` cannot be", "`%B` cannot be");
        assert_eq!(message(text), said, "{text}");
    }
    for kind in ["New", "Final", "Empty"] {
        assert!(message(&format!("{kind} A;")).contains("leave it out"), "{kind}");
    }
    let said = message("binlog.encrKey key:64*[int] = binlog.EncrKey;");
    assert!(
        said.starts_with("line 1, column 20: `binlog.encrKey`: expected a type: repetitions"),
        "{said}"
    );
}

#[test]
fn an_error_of_a_type_is_told_whole() {
    let Err(Error::At { line: 3, column: 7, source }) = parse("a = A;\n\nb x: Vector<int = B;")
    else {
        let Err(error) = parse("a = A;\n\nb x: Vector<int = B;") else { panic!("accepted") };
        let Error::At { line, column, source } = &error else { panic!("{error}") };
        assert_eq!((*line, *column), (3, 17), "{error}");
        assert_eq!(
            **source,
            Error::TypeExpr {
                definition: "b".into(),
                param: "x".into(),
                ty: "Vector<int".into(),
                source: TypeExprError::Brackets
            }
        );
        return;
    };
    panic!("{source}");
}

#[test]
fn what_the_text_form_says_survives_the_json_form() {
    let schema = parse("a#01 flags:# b:flags.0?true c:Vector<int> = A; ===3=== a#2 = A;").unwrap();
    let json = json::print(&schema).unwrap();
    assert_eq!(json::parse(&json).unwrap(), schema);
}

#[cfg(feature = "dynamic")]
#[test]
fn the_head_of_td_api_keeps_its_numbers() {
    use crate::{Exceptions, resolve};

    let text = "double ? = Double; string ? = String; int32 = Int32; int53 = Int53; int64 = Int64; bytes = Bytes;\n\
        error code:int32 message:string = Error; file id:int32 size:int53 unique:int64 = File;";
    let mut raw = parse(text).unwrap();
    resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
    let codec = crate::dynamic::Codec::new(&schema);
    let bytes = [
        &0x887f_49a7_u32.to_le_bytes()[..],
        &7_i32.to_le_bytes(),
        &0x100_0000_0000_i64.to_le_bytes(),
        &(-5_i64).to_le_bytes(),
    ];
    let value = codec.decode(&bytes.concat()).unwrap().to_string();
    for number in ["7", "1099511627776", "-5"] {
        assert!(value.contains(number), "{value}");
    }
}
