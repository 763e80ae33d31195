//! The text form of a schema, `.tl`: one `name#id params = Type;` after the other.
//!
//! The grammar is that of <https://core.telegram.org/mtproto/TL-formal>, as far as schemas of Telegram, TDLib and TON use it.
//! What it allows and nobody uses is refused by name.

mod statement;

use crate::Error;
use crate::check;
use crate::lex::{self, Cursor, Token, Unclosed};
use crate::raw::RawSchema;
use statement::{Read, Statement};

/// Reads a schema from its text form.
///
/// Definitions are constructors up to `---functions---`, functions after it, constructors again after `---types---`.
/// `//` and `/* */` are comments; the comment `// LAYER n` says the layer of the schema. After `===n===` definitions are of
/// that layer, as in the schema of secret chats.
///
/// Declarations of what TL builds in (`int ? = Int;`, `int32 = Int32;`) are read and kept by their names alone.
///
/// # Errors
///
/// [`Error::Syntax`] when the text is not of that form, [`Error::At`] when a definition says what TL does not allow; both
/// with line and column.
pub fn parse(text: &str) -> Result<RawSchema, Error> {
    let mut layers = Vec::new();
    let tokens = lex::tokens(text, |at, comment| {
        let layer =
            comment.trim().strip_prefix("LAYER ").and_then(|layer| layer.trim().parse().ok());
        layers.extend(layer.map(|layer: u32| (at, layer)));
    });
    let tokens = tokens.map_err(|Unclosed { at }| syntax(text, at, "", "`*/` after it"))?;
    let mut parser = Parser {
        text,
        cursor: Cursor::new(text, &tokens),
        functions: false,
        layer: None,
        seen: check::Seen::default(),
        schema: RawSchema::default(),
    };
    for (at, layer) in layers {
        if parser.schema.layer.is_some_and(|first| first != layer) {
            return Err(syntax(text, at, "", "the layer that an earlier comment says"));
        }
        parser.schema.layer = Some(layer);
    }
    while let Some(token) = parser.cursor.peek() {
        parser.step(token)?;
    }
    Ok(parser.schema)
}

struct Parser<'a, 't> {
    text: &'t str,
    cursor: Cursor<'a, 't>,
    /// Whether definitions are functions.
    functions: bool,
    /// The layer of the definitions, by `===n===`.
    layer: Option<u32>,
    seen: check::Seen,
    schema: RawSchema,
}

impl Parser<'_, '_> {
    /// Reads a section's line or a definition.
    fn step(&mut self, token: Token<'_>) -> Result<(), Error> {
        if self.cursor.eat("---") {
            let section = self.cursor.word().map(|word| word.text);
            self.functions = match section {
                Some("functions") if self.cursor.eat("---") => true,
                Some("types") if self.cursor.eat("---") => false,
                _ => return Err(self.expected("---", "`---functions---` or `---types---`")),
            };
            return Ok(());
        }
        if self.cursor.eat("===") {
            let layer = self.cursor.word().and_then(|word| decimal(word.text));
            return match layer.filter(|_| self.cursor.eat("===")) {
                Some(layer) => {
                    self.layer = Some(layer);
                    Ok(())
                }
                None => Err(self.expected("===", "`===8===`, with the number of a layer")),
            };
        }
        if !token.is_word {
            return Err(self.expected("", "a definition"));
        }
        let statement = Statement { text: self.text, is_function: self.functions };
        match statement.read(&mut self.cursor)? {
            Read::BuiltIn { name } => {
                if !self.schema.built_in.insert(name.clone()) {
                    let source = Error::DuplicateDefinition { definition: name };
                    return Err(located(self.text, token.at, source));
                }
            }
            Read::Definition { mut definition, places } => {
                definition.layer = self.layer;
                check::definition(&definition, self.functions)
                    .map_err(|fault| located(self.text, places.of(fault.part), fault.error))?;
                self.seen
                    .add(&definition, self.functions)
                    .map_err(|error| located(self.text, token.at, error))?;
                let list = if self.functions {
                    &mut self.schema.functions
                } else {
                    &mut self.schema.constructors
                };
                list.push(definition);
            }
        }
        Ok(())
    }

    fn expected(&self, definition: &str, expected: &str) -> Error {
        syntax(self.text, self.cursor.at(), definition, expected)
    }
}

/// Something else stands at a place than `expected`. Without a definition, what stands there is named in its place.
fn syntax(text: &str, at: usize, definition: &str, expected: impl Into<String>) -> Error {
    let (line, column) = lex::position(text, at);
    let found = text.get(at..).unwrap_or_default();
    let found = found.split(char::is_whitespace).next().unwrap_or_default();
    // A word is told whole, and a sign by itself.
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let end = match found.chars().next() {
        Some(c) if is_word(c) => found.find(|c| !is_word(c)).unwrap_or(found.len()),
        Some(c) => c.len_utf8(),
        None => 0,
    };
    let found = match found.get(..end).unwrap_or_default() {
        "" => "the end".to_owned(),
        found => format!("`{found}`"),
    };
    let definition = match definition {
        "" => found.trim_matches('`').to_owned(),
        definition => definition.to_owned(),
    };
    Error::Syntax { line, column, definition, expected: expected.into(), found }
}

fn located(text: &str, at: usize, source: Error) -> Error {
    let (line, column) = lex::position(text, at);
    Error::At { line, column, source: Box::new(source) }
}

/// A number as it is usually written: no sign, no zeros in front.
fn decimal<N: std::str::FromStr>(text: &str) -> Option<N> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests;
