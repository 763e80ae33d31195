//! The grammar of TL type expressions: `#`, `int`, `flags.3?Vector<int>`, `vector<%Message>`, `!X`.

use std::fmt;
use std::str::FromStr;

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
    /// The bit of a conditional parameter is above 31.
    #[error("bit {0} is not between 0 and 31")]
    Bit(String),
    /// The value of a conditional parameter is itself conditional, a flags word or a variable.
    #[error("`{0}` cannot be conditional")]
    Nested(String),
    /// An angle bracket has no partner.
    #[error("`<` and `>` do not match")]
    Brackets,
    /// Arguments are nested deeper than [`MAX_DEPTH`].
    #[error("types are nested deeper than {MAX_DEPTH}")]
    Depth,
}

impl FromStr for TypeExpr {
    type Err = TypeExprError;

    fn from_str(text: &str) -> Result<Self, TypeExprError> {
        let text = text.trim();
        if text == "#" {
            return Ok(Self::Flags);
        }
        if let Some(variable) = text.strip_prefix('!') {
            return Ok(Self::Variable(name(variable)?));
        }
        match text.split_once('?') {
            Some((condition, value)) => conditional(condition, value),
            None => named(text, 0),
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

fn conditional(condition: &str, value: &str) -> Result<TypeExpr, TypeExprError> {
    let malformed = || TypeExprError::Condition(condition.to_owned());
    let (flags, bit) = condition.split_once('.').ok_or_else(malformed)?;
    if !is_name(flags) || bit.is_empty() || !bit.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed());
    }
    let bit = bit
        .parse()
        .ok()
        .filter(|bit| *bit < u32::BITS as u8)
        .ok_or_else(|| TypeExprError::Bit(bit.to_owned()))?;
    let value = value.trim();
    // What may not stand here is told by its first character or a `?`: to parse it would be recursion without a bound.
    if value.starts_with(['#', '!']) || value.contains('?') {
        return Err(TypeExprError::Nested(value.to_owned()));
    }
    let ty = Box::new(named(value, 0)?);
    Ok(TypeExpr::Conditional { flags: flags.to_owned(), bit, ty })
}

fn named(text: &str, depth: usize) -> Result<TypeExpr, TypeExprError> {
    if depth == MAX_DEPTH {
        return Err(TypeExprError::Depth);
    }
    let text = text.trim();
    let (bare, text) = match text.strip_prefix('%') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let Some((head, tail)) = text.split_once('<') else {
        return if text.contains('>') {
            Err(TypeExprError::Brackets)
        } else {
            Ok(TypeExpr::Named { bare, name: name(text)?, args: Vec::new() })
        };
    };
    let arguments = tail.trim_end().strip_suffix('>').ok_or(TypeExprError::Brackets)?;
    let args = split_arguments(arguments)?
        .into_iter()
        .map(|argument| named(argument, depth + 1))
        .collect::<Result<_, _>>()?;
    Ok(TypeExpr::Named { bare, name: name(head.trim_end())?, args })
}

/// Splits at the commas that are outside of brackets.
fn split_arguments(text: &str) -> Result<Vec<&str>, TypeExprError> {
    let mut depth = 0usize;
    let mut unmatched = false;
    let parts = text
        .split(|c: char| {
            match c {
                '<' => depth += 1,
                '>' if depth == 0 => unmatched = true,
                '>' => depth -= 1,
                _ => {}
            }
            c == ',' && depth == 0
        })
        .collect();
    if unmatched || depth != 0 { Err(TypeExprError::Brackets) } else { Ok(parts) }
}

fn name(text: &str) -> Result<String, TypeExprError> {
    if text.is_empty() {
        Err(TypeExprError::Missing)
    } else if is_name(text) {
        Ok(text.to_owned())
    } else {
        Err(TypeExprError::Name(text.to_owned()))
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
    fn spaces_inside_brackets_are_allowed() {
        assert_eq!(parse("Vector< Vector< int > >").unwrap().to_string(), "Vector<Vector<int>>");
    }

    #[test]
    fn each_mistake_is_named() {
        let long = format!("{}int{}", "Vector<".repeat(20), ">".repeat(20));
        for (text, error) in [
            ("", TypeExprError::Missing),
            ("Vector<>", TypeExprError::Missing),
            ("Vector<int", TypeExprError::Brackets),
            ("Vector<int>>", TypeExprError::Brackets),
            ("Vector<a>,<b>", TypeExprError::Brackets),
            ("int>", TypeExprError::Brackets),
            ("a..b", TypeExprError::Name("a..b".into())),
            ("1a", TypeExprError::Name("1a".into())),
            ("!", TypeExprError::Missing),
            ("!X?", TypeExprError::Name("X?".into())),
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
    }

    #[test]
    fn no_text_panics() {
        let alphabet = ["<", ">", "?", ".", "%", "!", "#", ",", "a", "1", " ", "é"];
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
