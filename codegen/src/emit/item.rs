//! One definition's items: tokens, and behind them text for what looks the same in all definitions.
//!
//! Making tokens is most of the work of a build script, which nobody optimises. What only differs in a name is written as text, laid
//! out as the printer would, and is made of tokens where a line of it would be too long.

use proc_macro2::TokenStream;

use crate::emit::print;

/// What one definition gives.
pub(super) struct Item {
    tokens: TokenStream,
    /// Items with an empty line between them.
    text: String,
    /// How deep it stands, in modules.
    depth: usize,
}

impl Item {
    pub(super) fn new(tokens: TokenStream, depth: usize) -> Self {
        Self { tokens, text: String::new(), depth }
    }

    /// Adds an item: this text if it fits, and else these tokens, which say the same.
    pub(super) fn add(&mut self, text: &str, tokens: impl FnOnce() -> TokenStream) {
        // One less than there is: the printer is to decide what fits by a hair.
        let room = print::MAX_WIDTH.saturating_sub(4 * self.depth + 1);
        #[cfg(test)]
        let tokens = checked(text, tokens);
        if text.lines().all(|line| line.len() <= room) {
            if !self.text.is_empty() {
                self.text.push_str("\n\n");
            }
            self.text.push_str(text);
        } else {
            self.tokens.extend(tokens());
        }
    }

    #[cfg(test)]
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    #[cfg(test)]
    pub(super) fn tokens(&self) -> TokenStream {
        self.tokens.clone()
    }

    /// How deep it stands, in modules.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Writes it.
    pub(super) fn print(self, out: &mut String) {
        print::items(out, self.tokens, self.depth);
        if self.text.is_empty() {
            return;
        }
        out.push('\n');
        for text in self.text.lines() {
            if text.is_empty() {
                out.push('\n');
            } else {
                print::line(out, self.depth);
                out.push_str(text);
            }
        }
    }
}

/// The tokens of an item, which say what its text says: so that whatever a test has made is tested for it.
#[cfg(test)]
fn checked(text: &str, tokens: impl FnOnce() -> TokenStream) -> impl FnOnce() -> TokenStream {
    // As they are printed: tokens of text know of spaces between them, and others do not.
    let printed = |tokens| {
        let mut out = String::new();
        print::items(&mut out, tokens, 0);
        out
    };
    let tokens = tokens();
    let said: TokenStream = text.parse().expect("the text of an item is Rust");
    assert_eq!(printed(said), printed(tokens.clone()));
    || tokens
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    #[should_panic(expected = "left == right")]
    fn text_that_says_something_else_is_found() {
        let text = "impl A for B {\n    const ID: u32 = 1;\n}";
        let tokens = || quote!(impl A for B { const ID: u32 = 2; });
        Item::new(TokenStream::new(), 1).add(text, tokens);
    }

    #[test]
    fn text_and_tokens_give_the_same_up_to_the_last_column() {
        for depth in 1..3 {
            for length in 1..100 {
                let name = "N".repeat(length);
                let ident = crate::emit::paths::escaped(&name);
                let text = format!(
                    "impl A for {name} {{\n    #[inline]\n    fn a(&self) -> u8 {{\n        {name}::b()\n    }}\n}}"
                );
                let tokens =
                    quote!(impl A for #ident { #[inline] fn a(&self) -> u8 { #ident::b() } });
                let head = quote!(
                    struct A;
                );
                let mut both = [String::new(), String::new()];
                let mut item = Item::new(head.clone(), depth);
                item.add(&text, || tokens.clone());
                item.print(&mut both[0]);
                Item::new(quote!(#head #tokens), depth).print(&mut both[1]);
                assert_eq!(both[0], both[1], "{depth} {length}");
            }
        }
    }
}
