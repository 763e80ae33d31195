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

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

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
