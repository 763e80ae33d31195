//! Tokens on one line, with spaces where rustfmt puts them.

use std::fmt::Write as _;

use proc_macro2::Delimiter;

use super::tree::{ARM, PATH, Token, push_op};

/// What stands before a token, as far as the space between them depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing, or what takes no space behind it.
    Open,
    /// A name, a literal or a group: a value may end here.
    Value,
    /// `impl`, behind which `<` has no space before it.
    Impl,
    /// `>`, which ends a list of types.
    Types,
    /// A keyword or an operator that wants a space.
    Spaced,
}

/// Whether this is a keyword behind which something begins. Those that are names in paths (`self`, `super`) are not.
fn is_keyword(text: &str) -> bool {
    // By length first: this is asked of every word.
    match text.len() {
        2 => matches!(text, "as" | "fn" | "if" | "in"),
        3 => matches!(text, "dyn" | "for" | "let" | "mod" | "mut" | "pub" | "ref" | "use"),
        4 => matches!(text, "else" | "enum" | "type"),
        5 => matches!(text, "const" | "match" | "where"),
        6 => matches!(text, "return" | "static" | "struct"),
        _ => false,
    }
}

/// The place of a line where the next token comes.
pub(super) struct Cursor {
    before: Before,
    /// How many `<` are open of those that an `impl` begins with; what follows them is not part of a path.
    parameters: usize,
}

impl Cursor {
    pub(super) fn new() -> Self {
        Self { before: Before::Open, parameters: 0 }
    }

    /// After a group that was written.
    pub(super) fn pass_group(&mut self) {
        self.before = Before::Value;
    }

    /// Whether parentheses here hold the arguments of what stands before them.
    pub(super) fn is_call(&self) -> bool {
        matches!(self.before, Before::Value | Before::Types)
    }

    /// Writes one token, on the same line. Gives up where the line would grow beyond `end`, or where something must stand
    /// on lines of its own.
    pub(super) fn push(&mut self, out: &mut String, token: &Token, end: usize) -> bool {
        match token {
            Token::Word(ident) => {
                self.space(out);
                let start = out.len();
                let _ = write!(out, "{ident}");
                self.before = match out.get(start..) {
                    Some("impl") => Before::Impl,
                    Some(text) if is_keyword(text) => Before::Spaced,
                    _ => Before::Value,
                };
            }
            Token::Literal(literal) => {
                self.space(out);
                let _ = write!(out, "{literal}");
                self.before = Before::Value;
            }
            Token::Op(op) => self.push_op(out, *op),
            Token::Group(delimiter, inner) => {
                self.open(out, *delimiter);
                if *delimiter == Delimiter::Brace {
                    if inner.iter().any(|token| token.is_op(';') || token.is_op(ARM)) {
                        return false;
                    }
                    out.push_str(if inner.is_empty() { "{" } else { "{ " });
                }
                if !flat(out, inner, end) {
                    return false;
                }
                match delimiter {
                    Delimiter::Parenthesis => out.push(')'),
                    Delimiter::Bracket => out.push(']'),
                    Delimiter::Brace => out.push_str(if inner.is_empty() { "}" } else { " }" }),
                    Delimiter::None => {}
                }
                self.pass_group();
            }
        }
        out.len() <= end
    }

    /// The space before a group, and what opens it if that is no brace.
    pub(super) fn open(&self, out: &mut String, delimiter: Delimiter) {
        if self.before == Before::Spaced || delimiter == Delimiter::Brace {
            self.space(out);
        }
        match delimiter {
            Delimiter::Parenthesis => out.push('('),
            Delimiter::Bracket => out.push('['),
            Delimiter::Brace | Delimiter::None => {}
        }
    }

    fn space(&self, out: &mut String) {
        if self.before != Before::Open {
            out.push(' ');
        }
    }

    fn push_op(&mut self, out: &mut String, op: char) {
        let is_operand = self.is_call();
        let (has_space, after) = match op {
            ',' | ';' | ':' => (false, Before::Spaced),
            '.' => (false, Before::Open),
            '?' => (false, Before::Value),
            '!' if is_operand => (false, Before::Value),
            '<' => (self.before == Before::Spaced, Before::Open),
            '>' if self.parameters == 1 => (false, Before::Spaced),
            '>' => (false, Before::Types),
            // A path that goes on, or begins with it.
            PATH => (!is_operand, Before::Open),
            '&' | '*' | '-' | '!' | '\'' | '#' if !is_operand => (true, Before::Open),
            _ => (true, Before::Spaced),
        };
        match op {
            '<' if self.parameters > 0 || self.before == Before::Impl => self.parameters += 1,
            '>' => self.parameters = self.parameters.saturating_sub(1),
            _ => {}
        }
        if has_space {
            self.space(out);
        }
        push_op(out, op);
        self.before = after;
    }
}

/// Writes tokens on the line that `out` ends with, as [`Cursor::push`] does; what was written is to be cut off if it gives up.
pub(super) fn flat(out: &mut String, tokens: &[Token], end: usize) -> bool {
    let mut cursor = Cursor::new();
    tokens.iter().all(|token| cursor.push(out, token, end)) && out.len() <= end
}
