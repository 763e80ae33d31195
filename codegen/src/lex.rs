//! The tokens of TL: words, and the few signs between them. Spaces and comments stand between tokens and are none.

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    pub(crate) text: &'t str,
    /// Its place in the text, in bytes.
    pub(crate) at: usize,
    /// Whether it is a name, a number, or both with dots between: `auth.sentCode`, `flags.3`, `16`.
    pub(crate) is_word: bool,
    /// Whether it follows the token before it directly.
    pub(crate) is_glued: bool,
}

/// A comment that is not what it seems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unclosed {
    /// Where `/*` stands.
    pub(crate) at: usize,
}

/// Divides a text into tokens. `comment` gets each `//` comment: its place, and its text without the slashes.
pub(crate) fn tokens<'t>(
    text: &'t str,
    mut comment: impl FnMut(usize, &'t str),
) -> Result<Vec<Token<'t>>, Unclosed> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut is_glued = false;
    loop {
        let at = text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let length = if first.is_whitespace() || first == BOM {
            is_glued = false;
            first.len_utf8()
        } else if let Some(after) = rest.strip_prefix("//") {
            is_glued = false;
            let line = after.split('\n').next().unwrap_or_default();
            comment(at, line);
            "//".len() + line.len()
        } else if let Some(after) = rest.strip_prefix("/*") {
            is_glued = false;
            let (inside, _) = after.split_once("*/").ok_or(Unclosed { at })?;
            "/**/".len() + inside.len()
        } else {
            let is_word = is_word_char(first);
            let length = if is_word {
                rest.find(|c: char| !is_word_char(c)).unwrap_or(rest.len())
            } else {
                let long = ["---", "==="].into_iter().find(|sign| rest.starts_with(sign));
                long.map_or(first.len_utf8(), str::len)
            };
            let text = rest.get(..length).unwrap_or_default();
            tokens.push(Token { text, at, is_word, is_glued });
            is_glued = true;
            length
        };
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// Editors put it in front of a text and do not show it.
const BOM: char = '\u{feff}';

fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

/// The line and the column of a place in a text, from 1; columns count characters.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// A way through tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a, 't> {
    text: &'t str,
    rest: &'a [Token<'t>],
}

impl<'a, 't> Cursor<'a, 't> {
    pub(crate) fn new(text: &'t str, tokens: &'a [Token<'t>]) -> Self {
        Self { text, rest: tokens }
    }

    pub(crate) fn peek(&self) -> Option<Token<'t>> {
        self.rest.first().copied()
    }

    /// The one after the next.
    pub(crate) fn peek_second(&self) -> Option<Token<'t>> {
        self.rest.get(1).copied()
    }

    pub(crate) fn next(&mut self) -> Option<Token<'t>> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    pub(crate) fn is_at(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.text == sign)
    }

    /// Goes past a sign, if it is there.
    pub(crate) fn eat(&mut self, sign: &str) -> bool {
        let is_there = self.is_at(sign);
        if is_there {
            self.next();
        }
        is_there
    }

    /// Goes past a word, if one is there.
    pub(crate) fn word(&mut self) -> Option<Token<'t>> {
        self.peek().filter(|token| token.is_word).and_then(|_| self.next())
    }

    /// Where the next token stands, or the text ends but for spaces.
    pub(crate) fn at(&self) -> usize {
        self.peek().map_or(self.text.trim_end().len(), |token| token.at)
    }

    /// What stands at the next token, up to a space or a `;`.
    pub(crate) fn ahead(&self) -> &'t str {
        let ahead = self.peek().and_then(|token| self.text.get(token.at..)).unwrap_or_default();
        ahead.split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text, |_, _| {}).unwrap().into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn signs_need_no_spaces() {
        assert_eq!(texts("x:int=A"), ["x", ":", "int", "=", "A"]);
        assert_eq!(texts("16*[ int ]"), ["16", "*", "[", "int", "]"]);
        assert_eq!(
            texts("a#1f ?=flags.3?(%X)"),
            ["a", "#", "1f", "?", "=", "flags.3", "?", "(", "%", "X", ")"]
        );
        assert_eq!(texts("---f---===8==="), ["---", "f", "---", "===", "8", "==="]);
        assert_eq!(texts("é$"), ["é", "$"]);
    }

    #[test]
    fn comments_are_told_and_are_no_tokens() {
        let mut told = Vec::new();
        let text = "a// b /* c\n/* d // e\n*/f /**/g//h";
        let found = tokens(text, |at, text| told.push((at, text))).unwrap();
        let texts: Vec<_> = found.iter().map(|token| (token.text, token.is_glued)).collect();
        assert_eq!(texts, [("a", false), ("f", false), ("g", false)]);
        assert_eq!(told, [(1, " b /* c"), (text.len() - 3, "h")]);
        assert_eq!(tokens("a /* b", |_, _| {}), Err(Unclosed { at: 2 }));
    }

    #[test]
    fn places_count_characters_from_one() {
        let text = "é b\r\n ç d";
        assert_eq!(position(text, text.find('b').unwrap()), (1, 3));
        assert_eq!(position(text, text.find('d').unwrap()), (2, 4));
        assert_eq!(position(text, text.len() + 1), position(text, text.len()));
    }
}
