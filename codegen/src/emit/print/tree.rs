//! Tokens as the printer wants them: operators whole, groups with what is in them.

use proc_macro2::{Delimiter, Ident, Literal, Spacing, TokenStream, TokenTree};

/// A token.
pub(super) enum Token {
    Word(Ident),
    Literal(Literal),
    /// An operator: its character, or one that stands for two of them ([`DOUBLE`]). A lifetime's `'` too.
    Op(char),
    Group(Delimiter, Vec<Token>),
}

impl Token {
    pub(super) fn is_op(&self, op: char) -> bool {
        matches!(self, Self::Op(own) if *own == op)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }

    pub(super) fn group(&self, delimiter: Delimiter) -> Option<&[Token]> {
        match self {
            Self::Group(own, tokens) if *own == delimiter => Some(tokens),
            _ => None,
        }
    }
}

/// The tokens of a stream. Nothing is copied: a group is taken apart when nobody else has it.
pub(super) fn tokens(stream: TokenStream) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    // An operator that may go on.
    let mut open: Option<char> = None;
    for tree in stream {
        let before = open.take();
        match tree {
            TokenTree::Ident(ident) => tokens.push(Token::Word(ident)),
            TokenTree::Literal(literal) => tokens.push(Token::Literal(literal)),
            TokenTree::Group(group) => {
                let (delimiter, stream) = (group.delimiter(), group.stream());
                drop(group);
                tokens.push(Token::Group(delimiter, self::tokens(stream)));
            }
            TokenTree::Punct(punct) => {
                let char = punct.as_char();
                match before.and_then(|before| double(before, char)) {
                    Some(op) => {
                        tokens.pop();
                        tokens.push(Token::Op(op));
                    }
                    None => {
                        tokens.push(Token::Op(char));
                        open = (punct.spacing() == Spacing::Joint).then_some(char);
                    }
                }
            }
        }
    }
    tokens
}

pub(super) const PATH: char = '∷';
pub(super) const ARM: char = '⇒';

/// The operators of two characters that generated code has. `>>` is none of them: it ends two lists of types.
const DOUBLE: [(char, &str); 5] =
    [(PATH, "::"), (ARM, "=>"), ('→', "->"), ('≠', "!="), ('≪', "<<")];

fn double(first: char, second: char) -> Option<char> {
    Some(match (first, second) {
        (':', ':') => PATH,
        ('=', '>') => ARM,
        ('-', '>') => '→',
        ('!', '=') => '≠',
        ('<', '<') => '≪',
        _ => return None,
    })
}

/// Writes an operator.
pub(super) fn push_op(out: &mut String, op: char) {
    match DOUBLE.iter().find(|(own, _)| !op.is_ascii() && *own == op) {
        Some((_, text)) => out.push_str(text),
        None => out.push(op),
    }
}
