//! The text form of a schema, `.tl`: one `name#id params = Type;` after the other.

use crate::Error;
use crate::expr::is_name;
use crate::raw::{RawDefinition, RawParam, RawSchema};

/// Declarations of the types that TL builds in. They stand at the head of some published files, have no entry in the
/// JSON form, and say nothing that the generator does not know.
const BUILT_IN: [&str; 7] = [
    "int ? = Int",
    "long ? = Long",
    "double ? = Double",
    "string ? = String",
    "bytes = Bytes",
    "int128 4*[ int ] = Int128",
    "int256 8*[ int ] = Int256",
];

/// Reads a schema from its text form.
///
/// Definitions are constructors up to `---functions---`, functions after it, constructors again after `---types---`.
/// `//` begins a comment; `// LAYER n` says the layer.
///
/// # Errors
///
/// [`Error::Syntax`] with the line, when the text is not of that form.
pub fn parse(text: &str) -> Result<RawSchema, Error> {
    let mut schema = RawSchema::default();
    let mut functions = false;
    let mut statement = Statement::default();
    for (number, line) in (1..).zip(text.lines()) {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        if let Some(layer) = comment.trim().strip_prefix("LAYER ") {
            schema.layer = layer.trim().parse().ok();
        }
        match code.trim() {
            "---functions---" => functions = true,
            "---types---" => functions = false,
            code => {
                statement.push(number, code);
                while let Some((line, text)) = statement.take() {
                    if BUILT_IN.contains(&text.as_str()) {
                        continue;
                    }
                    let definition = definition(&text).map_err(|expected| Error::Syntax {
                        line,
                        text,
                        expected,
                    })?;
                    if functions { &mut schema.functions } else { &mut schema.constructors }
                        .push(definition);
                }
            }
        }
    }
    match statement.rest() {
        Some((line, text)) => Err(Error::Syntax { line, text, expected: "`;` at its end" }),
        None => Ok(schema),
    }
}

/// Collects lines into statements, which end with `;` wherever the lines break.
#[derive(Default)]
struct Statement {
    line: usize,
    text: String,
}

impl Statement {
    fn push(&mut self, line: usize, code: &str) {
        if self.text.is_empty() {
            self.line = line;
        } else {
            self.text.push(' ');
        }
        self.text.push_str(code);
    }

    /// The next whole statement, its spaces normalised, without its `;`.
    fn take(&mut self) -> Option<(usize, String)> {
        let (statement, rest) = self.text.split_once(';')?;
        let statement = normalised(statement);
        self.text = rest.trim_start().to_owned();
        Some((self.line, statement))
    }

    fn rest(&self) -> Option<(usize, String)> {
        let text = normalised(&self.text);
        (!text.is_empty()).then_some((self.line, text))
    }
}

fn normalised(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Parses `name#id params = Type`; the error says what was expected instead.
fn definition(text: &str) -> Result<RawDefinition, &'static str> {
    let (left, ty) = text.rsplit_once(" = ").ok_or("`name params = Type`")?;
    let (head, params) = left.split_once(' ').unwrap_or((left, ""));
    let (name, id) = match head.split_once('#') {
        Some((name, id)) => (name, Some(hex_id(id).ok_or("`#` and 1 to 8 hexadecimal digits")?)),
        None => (head, None),
    };
    if !is_name(name) {
        return Err("a name of letters, digits, `_` and `.` at its start");
    }
    // The one type that TL builds in as a definition: the JSON form lists it without parameters.
    if name == "vector" && params == "{t:Type} # [ t ]" {
        return Ok(RawDefinition { name: name.into(), id, params: Vec::new(), ty: ty.into() });
    }
    let params = split_params(params)
        .into_iter()
        .filter(|param| !is_type_variable(param))
        .map(|param| match param.split_once(':') {
            Some((name, ty)) if is_name(name) => Ok(RawParam { name: name.into(), ty: ty.into() }),
            _ => Err("`name:type` for each parameter"),
        })
        .collect::<Result<_, _>>()?;
    Ok(RawDefinition { name: name.into(), id, params, ty: ty.into() })
}

fn hex_id(text: &str) -> Option<u32> {
    // `from_str_radix` alone would take a sign.
    let digits = (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    digits.then(|| u32::from_str_radix(text, 16).ok()).flatten()
}

/// `{X:Type}`: declares a type variable; its uses (`!X`) say the same.
fn is_type_variable(param: &str) -> bool {
    param.starts_with('{') && param.ends_with(":Type}")
}

/// Splits at spaces that are outside of angle brackets, and drops those inside.
fn split_params(text: &str) -> Vec<String> {
    let mut params = vec![String::new()];
    let mut depth = 0i32;
    for c in text.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ => {}
        }
        match params.last_mut() {
            _ if c == ' ' && depth > 0 => {}
            Some(_) if c == ' ' => params.push(String::new()),
            Some(param) => param.push(c),
            None => {}
        }
    }
    params.retain(|param| !param.is_empty());
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> RawDefinition {
        let mut schema = parse(text).unwrap();
        assert_eq!((schema.constructors.len(), schema.functions.len()), (1, 0), "{text}");
        schema.constructors.remove(0)
    }

    #[test]
    fn lines_print_as_they_were_written() {
        for line in [
            "boolTrue#997275b5 = Bool;",
            "vector#1cb5c415 {t:Type} # [ t ] = Vector t;",
            "auth.sentCode#5e002502 flags:# type:auth.SentCodeType timeout:flags.2?int = auth.SentCode;",
            "invokeAfterMsgs#3dc4b4f0 {X:Type} msg_ids:Vector<long> query:!X = X;",
            "tlsBlockPermutation#0d02385f entries:Vector<Vector<TlsBlock>> = TlsBlock;",
        ] {
            assert_eq!(one(line).to_tl(), line);
        }
    }

    #[test]
    fn ids_may_be_short_or_missing() {
        assert_eq!(one("a#dbaeae9 = A;").id, Some(0x0dbaeae9));
        assert_eq!(one("a = A;").id, None);
    }

    #[test]
    fn sections_comments_layer_and_line_breaks_are_understood() {
        let text = "// LAYER 230\nint ? = Int;\na\n  x:int // why\n = A; b = A; // two on a line\n\
                    ---functions---\nf = A;\n---types---\nc = A;\n";
        let schema = parse(text).unwrap();
        let names =
            |list: &[RawDefinition]| list.iter().map(|d| d.name.clone()).collect::<Vec<_>>();
        assert_eq!(schema.layer, Some(230));
        assert_eq!(names(&schema.constructors), ["a", "b", "c"]);
        assert_eq!(names(&schema.functions), ["f"]);
        assert_eq!(schema.constructors[0].params[0].ty, "int");
    }

    #[test]
    fn spaces_inside_brackets_do_not_divide_parameters() {
        let definition = one("a x:Vector< Vector< int > > y:int = A;");
        assert_eq!(definition.params[0].ty, "Vector<Vector<int>>");
        assert_eq!(definition.params[1].name, "y");
    }

    #[test]
    fn mistakes_name_the_line_and_what_was_expected() {
        for (text, line, expected) in [
            ("a = A", 1, "`;` at its end"),
            ("\n\na;", 3, "`name params = Type`"),
            ("a#xyz = A;", 1, "`#` and 1 to 8 hexadecimal digits"),
            ("a#+1 = A;", 1, "`#` and 1 to 8 hexadecimal digits"),
            ("a#123456789 = A;", 1, "`#` and 1 to 8 hexadecimal digits"),
            ("é = A;", 1, "a name of letters, digits, `_` and `.` at its start"),
            ("b = B;\na x = A;", 2, "`name:type` for each parameter"),
            ("a {X:int} = A;", 1, "`name:type` for each parameter"),
        ] {
            let Err(Error::Syntax { line: at, expected: said, .. }) = parse(text) else {
                panic!("accepted: {text}");
            };
            assert_eq!((at, said), (line, expected), "{text}");
        }
    }

    #[test]
    fn what_the_text_form_says_survives_the_json_form() {
        let schema = parse("a#01 flags:# b:flags.0?true c:Vector<int> = A;").unwrap();
        let json = crate::json::print(&schema).unwrap();
        assert_eq!(crate::json::parse(&json).unwrap(), schema);
    }
}
