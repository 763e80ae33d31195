//! The grammar of TL type expressions: `#`, `int`, `flags.3?Vector<int>`, `vector<%Message>`, `!X`.
//!
//! `(Vector int)` is another way to write `Vector<int>`, as <https://core.telegram.org/mtproto/TL-formal> has it; it prints
//! as the latter.

use std::fmt;
use std::str::FromStr;

use crate::lex::{self, Cursor, Unclosed};

/// How deep the arguments of a type may nest. The deepest published expression has two levels
/// (`Vector<Vector<TlsBlock>>`); the bound keeps hostile text from exhausting the stack.
pub const MAX_DEPTH: usize = 16;

/// A parsed type expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeExpr {
    /// `#`: a 32-bit word whose bits say which optional parameters are there.
    Flags,
    /// `flags.N?T`: there only when bit N of the word is set.
    Conditional {
        /// The parameter that holds the word.
        flags: String,
        /// The bit, 0 to 31.
        bit: u8,
        /// The type of the value.
        ty: Box<TypeExpr>,
    },
    /// `!X`: a function whose result is `X`.
    Variable(String),
    /// A name with its arguments: `int`, `auth.SentCode`, `Vector<int>`, `%Message`.
    Named {
        /// Whether a `%` asks for the bare form.
        bare: bool,
        /// The name, with its namespace.
        name: String,
        /// The arguments in angle brackets.
        args: Vec<TypeExpr>,
    },
}

/// What is wrong with the text of a type expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TypeExprError {
    /// The text ends where a type was expected.
    #[error("a type is missing")]
    Missing,
    /// A name has characters that TL does not allow in it, or begins with none it allows.
    #[error("`{0}` is not a TL name")]
    Name(String),
    /// The part before `?` is not `flags.N`.
    #[error("`{0}` is not of the form `flags.N`")]
    Condition(String),
    /// The bit of a conditional parameter is above 31, or has zeros in front.
    #[error("bit {0} is not a number from 0 to 31")]
    Bit(String),
    /// The value of a conditional parameter is itself conditional, a flags word or a variable.
    #[error("`{0}` cannot be conditional")]
    Nested(String),
    /// A bracket has no partner.
    #[error("brackets do not match")]
    Brackets,
    /// Something follows that is no part of a type.
    #[error("`{0}` is no part of a type")]
    Trailing(String),
    /// Arguments are nested deeper than [`MAX_DEPTH`].
    #[error("types are nested deeper than {MAX_DEPTH}")]
    Depth,
}

impl FromStr for TypeExpr {
    type Err = TypeExprError;

    fn from_str(text: &str) -> Result<Self, TypeExprError> {
        // A comment has no place in an expression, so one that does not end is what stands there.
        let tokens = lex::tokens(text, |_, _| {}).map_err(|Unclosed { at }| {
            TypeExprError::Trailing(text.get(at..).unwrap_or_default().to_owned())
        })?;
        let mut cursor = Cursor::new(text, &tokens);
        let expr = param_type(&mut cursor)?;
        match cursor.peek() {
            None => Ok(expr),
            Some(_) => Err(trailing(&cursor)),
        }
    }
}

impl fmt::Display for TypeExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flags => f.write_str("#"),
            Self::Conditional { flags, bit, ty } => write!(f, "{flags}.{bit}?{ty}"),
            Self::Variable(name) => write!(f, "!{name}"),
            Self::Named { bare, name, args } => {
                if *bare {
                    f.write_str("%")?;
                }
                f.write_str(name)?;
                for (i, arg) in args.iter().enumerate() {
                    f.write_str(if i == 0 { "<" } else { "," })?;
                    write!(f, "{arg}")?;
                }
                if args.is_empty() { Ok(()) } else { f.write_str(">") }
            }
        }
    }
}

/// Whether `text` is a TL identifier with an optional namespace: letters, digits and `_`, in parts divided by dots,
/// each part beginning with a letter.
pub fn is_name(text: &str) -> bool {
    text.split('.').all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// Reads the type of a parameter: `#`, `!X`, `flags.3?T` or `T`.
pub(crate) fn param_type(cursor: &mut Cursor<'_, '_>) -> Result<TypeExpr, TypeExprError> {
    if cursor.eat("#") {
        return Ok(TypeExpr::Flags);
    }
    if cursor.eat("!") {
        return word(cursor).map(TypeExpr::Variable);
    }
    match (cursor.peek(), cursor.peek_second()) {
        (Some(condition), Some(mark)) if condition.is_word && mark.text == "?" => {
            let (flags, bit) = condition_of(condition.text)?;
            cursor.next();
            cursor.next();
            conditional(flags, bit, cursor)
        }
        _ => term(cursor, 0),
    }
}

/// Reads a type with its arguments after it, as a result is written: `Vector int`, `Vector<int>`.
pub(crate) fn applied_type(cursor: &mut Cursor<'_, '_>) -> Result<TypeExpr, TypeExprError> {
    application(cursor, 0)
}

/// What is left where an expression should have ended.
pub(crate) fn trailing(cursor: &Cursor<'_, '_>) -> TypeExprError {
    if [">", ")", "]", "<", "("].iter().any(|sign| cursor.is_at(sign)) {
        TypeExprError::Brackets
    } else {
        TypeExprError::Trailing(cursor.ahead().to_owned())
    }
}

/// `flags.3`: a word and a bit of it.
fn condition_of(condition: &str) -> Result<(&str, u8), TypeExprError> {
    let malformed = || TypeExprError::Condition(condition.to_owned());
    let (flags, bit) = condition.split_once('.').ok_or_else(malformed)?;
    if !is_name(flags) || bit.is_empty() || !bit.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed());
    }
    // `flags.03` would be another text for the same, with another id.
    let is_plain = bit == "0" || !bit.starts_with('0');
    let bit = bit
        .parse()
        .ok()
        .filter(|bit| is_plain && *bit < u32::BITS as u8)
        .ok_or_else(|| TypeExprError::Bit(bit.to_owned()))?;
    Ok((flags, bit))
}

fn conditional(
    flags: &str,
    bit: u8,
    cursor: &mut Cursor<'_, '_>,
) -> Result<TypeExpr, TypeExprError> {
    // What may not stand here is told by its first signs: to parse it would be recursion without a bound.
    let is_condition = cursor.peek_second().is_some_and(|second| second.text == "?");
    if cursor.is_at("#") || cursor.is_at("!") || is_condition {
        return Err(TypeExprError::Nested(cursor.ahead().to_owned()));
    }
    let ty = Box::new(term(cursor, 0)?);
    Ok(TypeExpr::Conditional { flags: flags.to_owned(), bit, ty })
}

/// Reads one type: `int`, `%Message`, `Vector<int>`, or one in parentheses.
fn term(cursor: &mut Cursor<'_, '_>, depth: usize) -> Result<TypeExpr, TypeExprError> {
    if depth == MAX_DEPTH {
        return Err(TypeExprError::Depth);
    }
    if cursor.eat("%") {
        let at = cursor.ahead();
        return match term(cursor, depth + 1)? {
            TypeExpr::Named { bare: false, name, args } => {
                Ok(TypeExpr::Named { bare: true, name, args })
            }
            _ => Err(TypeExprError::Name(at.to_owned())),
        };
    }
    if cursor.eat("(") {
        let inside = application(cursor, depth + 1)?;
        return if cursor.eat(")") { Ok(inside) } else { Err(unclosed(cursor)) };
    }
    let name = word(cursor)?;
    let mut args = Vec::new();
    if cursor.eat("<") {
        if cursor.peek().is_none() {
            return Err(TypeExprError::Brackets);
        }
        args.push(term(cursor, depth + 1)?);
        while cursor.eat(",") {
            args.push(term(cursor, depth + 1)?);
        }
        if !cursor.eat(">") {
            return Err(unclosed(cursor));
        }
    }
    Ok(TypeExpr::Named { bare: false, name, args })
}

/// Reads a type and what it is applied to: `Vector int` is `Vector<int>`.
fn application(cursor: &mut Cursor<'_, '_>, depth: usize) -> Result<TypeExpr, TypeExprError> {
    let head = term(cursor, depth)?;
    let mut more = Vec::new();
    while cursor.peek().is_some_and(|token| token.is_word || ["%", "("].contains(&token.text)) {
        more.push(term(cursor, depth + 1)?);
    }
    match head {
        head if more.is_empty() => Ok(head),
        TypeExpr::Named { bare, name, args } if args.is_empty() => {
            Ok(TypeExpr::Named { bare, name, args: more })
        }
        _ => Err(TypeExprError::Brackets),
    }
}

/// Where a bracket should have been closed stands something else.
fn unclosed(cursor: &Cursor<'_, '_>) -> TypeExprError {
    match trailing(cursor) {
        TypeExprError::Trailing(text) if !text.is_empty() && text != "=" => {
            TypeExprError::Trailing(text)
        }
        _ => TypeExprError::Brackets,
    }
}

/// Reads a name.
fn word(cursor: &mut Cursor<'_, '_>) -> Result<String, TypeExprError> {
    match cursor.peek() {
        Some(word) if word.is_word && is_name(word.text) => {
            cursor.next();
            Ok(word.text.to_owned())
        }
        Some(word) if word.is_word => Err(TypeExprError::Name(word.text.to_owned())),
        Some(sign) if !sign.text.is_ascii() => Err(TypeExprError::Name(cursor.ahead().to_owned())),
        _ => Err(TypeExprError::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<TypeExpr, TypeExprError> {
        text.parse()
    }

    #[test]
    fn every_form_prints_as_it_was_written() {
        for text in [
            "#",
            "int",
            "auth.SentCode",
            "e2e.chain.Block",
            "!X",
            "Vector<int>",
            "vector<%Message>",
            "Vector<Vector<TlsBlock>>",
            "flags.0?true",
            "flags2.31?Vector<long>",
            "Pair<int,Vector<string>>",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_other_ways_to_write_a_type_print_as_the_usual_one() {
        for (text, printed) in [
            ("Vector< Vector< int > >", "Vector<Vector<int>>"),
            ("(Vector int)", "Vector<int>"),
            ("flags.3?(vector %Message)", "flags.3?vector<%Message>"),
            ("(Vector (Vector TlsBlock))", "Vector<Vector<TlsBlock>>"),
            ("Vector<(Vector int)>", "Vector<Vector<int>>"),
            ("%(binlog.Key)", "%binlog.Key"),
            ("((int))", "int"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn each_mistake_is_named() {
        let long = format!("{}int{}", "Vector<".repeat(20), ">".repeat(20));
        for (text, error) in [
            ("", TypeExprError::Missing),
            ("Vector<>", TypeExprError::Missing),
            ("Vector<int", TypeExprError::Brackets),
            ("Vector<int>>", TypeExprError::Brackets),
            ("Vector<a>,<b>", TypeExprError::Trailing(",<b>".into())),
            ("Vector<int,>", TypeExprError::Missing),
            ("Vector<Vector int>", TypeExprError::Trailing("int>".into())),
            ("Vector<,int>", TypeExprError::Missing),
            ("Vector<int", TypeExprError::Brackets),
            ("(Vector int", TypeExprError::Brackets),
            ("Vector int)", TypeExprError::Trailing("int)".into())),
            ("Vector int", TypeExprError::Trailing("int".into())),
            ("(Vector<int> int)", TypeExprError::Brackets),
            ("()", TypeExprError::Missing),
            ("%%int", TypeExprError::Name("%int".into())),
            ("in$t", TypeExprError::Trailing("$t".into())),
            ("é", TypeExprError::Name("é".into())),
            ("int /* a", TypeExprError::Trailing("/* a".into())),
            ("flags.01?int", TypeExprError::Bit("01".into())),
            ("int>", TypeExprError::Brackets),
            ("a..b", TypeExprError::Name("a..b".into())),
            ("1a", TypeExprError::Name("1a".into())),
            ("!", TypeExprError::Missing),
            ("!X?", TypeExprError::Trailing("?".into())),
            ("flags?int", TypeExprError::Condition("flags".into())),
            ("flags.?int", TypeExprError::Condition("flags.".into())),
            ("flags.x?int", TypeExprError::Condition("flags.x".into())),
            ("flags.32?int", TypeExprError::Bit("32".into())),
            ("flags.999?int", TypeExprError::Bit("999".into())),
            ("flags.1?#", TypeExprError::Nested("#".into())),
            ("flags.1?!X", TypeExprError::Nested("!X".into())),
            ("flags.1?flags.2?int", TypeExprError::Nested("flags.2?int".into())),
            ("flags.1?", TypeExprError::Missing),
            (long.as_str(), TypeExprError::Depth),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn conditions_in_conditions_cost_no_stack() {
        let value = "f.0?".repeat(1 << 20) + "int";
        assert_eq!(parse(&format!("f.0?{value}")), Err(TypeExprError::Nested(value)));
        for bracket in ["(", "%", "Vector<"] {
            assert_eq!(parse(&bracket.repeat(1 << 20)), Err(TypeExprError::Depth));
        }
    }

    #[test]
    fn no_text_panics() {
        let alphabet = ["<", ">", "(", ")", "?", ".", "%", "!", "#", ",", "a", "1", " ", "é"];
        for a in alphabet {
            for b in alphabet {
                for c in alphabet {
                    for d in alphabet {
                        let _ = parse(&[a, b, c, d].concat());
                    }
                }
            }
        }
    }
}
