//! From tokens to text that a person can read: one item, field, variant, statement and arm a line, as rustfmt lays them out.
//!
//! People land in generated code when they follow a name to its definition, and when the compiler points into it. rustfmt would
//! do, but a build script cannot count on it, and a crate that formats any Rust takes longer to build than the generator.
//! This knows the Rust that [`emit`](super) makes and no more: `<` and `>` are always around types, `<<` shifts.
//!
//! A group stays on its line if it fits; otherwise the last group of an expression is opened, one element a line.

mod flat;
mod tree;

use proc_macro2::{Delimiter, TokenStream};

use flat::{Cursor, flat};
use tree::{ARM, Token};

/// The column where a line ends, if it can.
pub(super) const MAX_WIDTH: usize = 100;

/// Writes items, each on lines of its own, at this depth of modules.
pub(super) fn items(out: &mut String, stream: TokenStream, depth: usize) {
    Printer { out, depth, commas: true }.items(&tree::tokens(stream));
}

/// Begins a line at this depth of modules.
pub(super) fn line(out: &mut String, depth: usize) {
    if !out.is_empty() {
        out.push('\n');
    }
    for _ in 0..depth {
        out.push_str("    ");
    }
}

struct Printer<'a> {
    out: &'a mut String,
    /// Four spaces for each.
    depth: usize,
    /// Whether the last element of a list has a comma too; in attributes and macros it has none.
    commas: bool,
}

impl Printer<'_> {
    /// Items, or what an `impl` holds.
    fn items(&mut self, tokens: &[Token]) {
        let is_braced = |token: &Token| token.group(Delimiter::Brace).is_some();
        let ends = |token: &&Token| token.is_op(';') || is_braced(token);
        let mut rest = tokens;
        while !rest.is_empty() {
            // What has lines of its own has an empty one around it.
            let is_block = rest.iter().find(ends).is_some_and(is_braced);
            let is_first = self.out.is_empty() || self.out.ends_with('{');
            if !is_first && (is_block || self.out.ends_with('}')) {
                self.out.push('\n');
            }
            let body = self.attributes(rest);
            let end =
                body.iter().position(|token| ends(&token)).map_or(body.len(), |place| place + 1);
            let (item, after) = body.split_at(end);
            self.line();
            self.item(item);
            rest = after;
        }
    }

    /// An item without its attributes.
    fn item(&mut self, tokens: &[Token]) {
        let Some((last, head)) = tokens.split_last() else { return };
        let Some(body) = last.group(Delimiter::Brace) else {
            self.expression(head, 1);
            if last.is_op(';') {
                self.out.push(';');
            }
            return;
        };
        let is = |word: &str| head.iter().take(2).any(|token| token.is_word(word));
        self.header(head);
        if is("impl") {
            self.braces(body, Self::items);
        } else if is("fn") {
            self.braces(body, Self::statements);
        } else {
            // What a macro is given stays as it is.
            self.commas = !head.last().is_some_and(|token| token.is_op('!'));
            self.braces(body, Self::list);
            self.commas = true;
        }
    }

    /// What stands before the braces of an item.
    fn header(&mut self, tokens: &[Token]) {
        let start = self.out.len();
        if self.fits(tokens, 2) {
            self.out.push(' ');
            return;
        }
        let of = tokens.iter().position(|token| token.is_word("for"));
        match of.map(|of| tokens.split_at(of)) {
            Some((of, target)) => {
                self.out.truncate(start);
                self.expression(of, 0);
                self.depth += 1;
                self.line();
                self.expression(target, 0);
                self.depth -= 1;
                self.line();
            }
            None => {
                self.expression(tokens, 2);
                self.out.push(' ');
            }
        }
    }

    /// Writes attributes, each on its line, documentation as such, and gives what is behind them.
    fn attributes<'t>(&mut self, tokens: &'t [Token]) -> &'t [Token] {
        let mut rest = tokens;
        while let [hash, group, after @ ..] = rest
            && hash.is_op('#')
            && let Some(inner) = group.group(Delimiter::Bracket)
        {
            if !self.documentation(inner) {
                self.line();
                self.commas = false;
                self.expression(rest.get(..2).unwrap_or_default(), 0);
                self.commas = true;
            }
            rest = after;
        }
        rest
    }

    /// Writes `doc = "…"` as it is usually written; `false` if it is something else, or has what a comment cannot have.
    fn documentation(&mut self, attribute: &[Token]) -> bool {
        let [name, equals, Token::Literal(text)] = attribute else { return false };
        if !name.is_word("doc") || !equals.is_op('=') {
            return false;
        }
        let Some(text) = unescaped(&text.to_string()) else { return false };
        for line in text.lines() {
            self.line();
            self.out.push_str(if line.is_empty() { "///" } else { "/// " });
            self.out.push_str(line);
        }
        true
    }

    /// Braces, with what is in them on lines of its own.
    fn braces(&mut self, tokens: &[Token], inner: fn(&mut Self, &[Token])) {
        self.out.push('{');
        if !tokens.is_empty() {
            self.depth += 1;
            inner(self, tokens);
            self.depth -= 1;
            self.line();
        }
        self.out.push('}');
    }

    /// Elements with commas between them, one a line.
    fn list(&mut self, tokens: &[Token]) {
        let mut rest = tokens;
        while !rest.is_empty() {
            let element = self.attributes(rest);
            let (element, after) = until(element, ',');
            self.line();
            self.expression(element, 1);
            if self.commas || !after.is_empty() {
                self.out.push(',');
            }
            rest = after;
        }
    }

    /// Statements, and the value of a block.
    fn statements(&mut self, tokens: &[Token]) {
        let mut rest = tokens;
        while !rest.is_empty() {
            let (statement, after) = until(rest, ';');
            self.line();
            self.expression(statement, 1);
            if statement.len() < rest.len() {
                self.out.push(';');
            }
            rest = after;
        }
    }

    /// The arms of a `match`.
    fn arms(&mut self, tokens: &[Token]) {
        let mut rest = tokens;
        while !rest.is_empty() {
            let (arm, after) = until(rest, ',');
            let (pattern, value) = until(arm, ARM);
            self.line();
            self.expression(pattern, 3);
            self.out.push_str(" => ");
            match value {
                [Token::Group(Delimiter::Brace, block)] => self.braces(block, Self::statements),
                value if self.fits(value, 1) => self.out.push(','),
                value => self.long_value(value),
            }
            rest = after;
        }
    }

    /// The value of an arm that does not fit behind its pattern: in a block, if it fits on a line of its own.
    fn long_value(&mut self, value: &[Token]) {
        let start = self.out.len();
        self.out.push('{');
        self.depth += 1;
        self.line();
        let fits = self.fits(value, 0);
        self.depth -= 1;
        if fits {
            self.line();
            self.out.push('}');
        } else {
            self.out.truncate(start);
            self.expression(value, 1);
            self.out.push(',');
        }
    }

    /// An expression, a type, a pattern: on this line if it fits with `tail` more characters, or with its last group opened.
    fn expression(&mut self, tokens: &[Token], tail: usize) {
        let start = self.out.len();
        if self.fits(tokens, tail) {
            return;
        }
        self.out.truncate(start);
        if has_long_token(tokens) {
            flat(self.out, tokens, usize::MAX);
        } else if tokens.iter().any(|token| token.is_op('|')) {
            self.alternatives(tokens, tail);
        } else {
            self.opened(tokens, tail);
        }
    }

    /// Bits that are put together, one a line.
    fn alternatives(&mut self, tokens: &[Token], tail: usize) {
        let (first, mut rest) = until(tokens, '|');
        self.expression(first, 0);
        self.depth += 1;
        while !rest.is_empty() {
            let (next, after) = until(rest, '|');
            self.line();
            self.out.push_str("| ");
            self.expression(next, tail);
            rest = after;
        }
        self.depth -= 1;
    }

    /// An expression that does not fit on its line.
    fn opened(&mut self, tokens: &[Token], tail: usize) {
        let is_group = |token: &Token| matches!(token, Token::Group(_, inner) if !inner.is_empty());
        let last = tokens.iter().rposition(is_group);
        let mut cursor = Cursor::new();
        let mut inner: fn(&mut Self, &[Token]) = Self::list;
        for (place, token) in tokens.iter().enumerate() {
            if token.is_word("match") {
                inner = Self::arms;
            } else if token.is_word("if") {
                inner = Self::statements;
            }
            match token {
                Token::Group(delimiter, tokens) if Some(place) == last => {
                    let is_call = cursor.is_call() || *delimiter != Delimiter::Parenthesis;
                    cursor.open(self.out, *delimiter);
                    self.group(*delimiter, tokens, inner, is_call, tail);
                    cursor.pass_group();
                }
                token => {
                    cursor.push(self.out, token, usize::MAX);
                }
            }
        }
    }

    /// A group that is opened; parentheses around one thing that is opened itself stay where they are.
    fn group(
        &mut self,
        delimiter: Delimiter,
        tokens: &[Token],
        braces: fn(&mut Self, &[Token]),
        is_call: bool,
        tail: usize,
    ) {
        let close = match delimiter {
            Delimiter::Brace => return self.braces(tokens, braces),
            Delimiter::Parenthesis => ')',
            Delimiter::Bracket => ']',
            Delimiter::None => return self.expression(tokens, tail),
        };
        // One thing in parentheses is no list: a comma would make it a tuple, unless they are of a call.
        let is_one = until(tokens, ',').0.len() == tokens.len();
        if is_one && (!is_call || matches!(tokens.last(), Some(Token::Group(..)))) {
            self.expression(tokens, tail + 1);
        } else {
            self.depth += 1;
            self.list(tokens);
            self.depth -= 1;
            self.line();
        }
        self.out.push(close);
    }

    /// Writes tokens on this line, if they fit with `tail` more characters.
    fn fits(&mut self, tokens: &[Token], tail: usize) -> bool {
        let line = self.out.rfind('\n').map_or(0, |place| place + 1);
        let start = self.out.len();
        let end = (line + MAX_WIDTH).saturating_sub(tail);
        let fits = flat(self.out, tokens, end);
        if !fits {
            self.out.truncate(start);
        }
        fits
    }

    fn line(&mut self) {
        line(self.out, self.depth);
    }
}

/// What stands before and behind the first of these operators.
fn until(tokens: &[Token], op: char) -> (&[Token], &[Token]) {
    match tokens.iter().position(|token| token.is_op(op)) {
        Some(place) => {
            (tokens.get(..place).unwrap_or_default(), tokens.get(place + 1..).unwrap_or_default())
        }
        None => (tokens, &[]),
    }
}

/// Whether a literal is too long for a line, so that opening what it is in would not help.
fn has_long_token(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| match token {
        Token::Literal(literal) => literal.to_string().len() > MAX_WIDTH / 2,
        Token::Group(Delimiter::Parenthesis, inner) if inner.len() == 3 => has_long_token(inner),
        _ => false,
    })
}

/// The text of a string literal; `None` if it has an escape that documentation cannot have.
fn unescaped(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut parts = inner.split('\\');
    text.push_str(parts.next()?);
    let mut is_escaped = true;
    for part in parts {
        // After an escaped backslash nothing is escaped.
        if !is_escaped {
            text.push_str(part);
            is_escaped = true;
            continue;
        }
        let mut rest = part.chars();
        match rest.next() {
            Some('n') => text.push('\n'),
            Some(quote @ ('"' | '\'')) => text.push(quote),
            None => {
                text.push('\\');
                is_escaped = false;
            }
            Some(_) => return None,
        }
        text.push_str(rest.as_str());
    }
    Some(text)
}

#[cfg(test)]
mod tests;
