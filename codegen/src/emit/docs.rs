//! The documentation of emitted items: what it is, its line of TL, and a link.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::Name;

/// Where the definitions of a schema are documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Links {
    /// Nowhere.
    None,
    /// All on one page.
    Page(String),
    /// Each on a page of its own, below this address: `{base}/constructor/{name}`, `{base}/type/{name}`,
    /// `{base}/method/{name}`, as on core.telegram.org.
    Each(String),
}

/// What a link leads to; the variant's name is the part of the address.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Constructor,
    Type,
    Method,
}

impl Links {
    fn link(&self, kind: Kind, name: &Name) -> Option<String> {
        let part = match kind {
            Kind::Constructor => "constructor",
            Kind::Type => "type",
            Kind::Method => "method",
        };
        match self {
            Self::None => None,
            Self::Page(address) => Some(format!("[{}]({address})", name.tl)),
            Self::Each(base) => Some(format!("[{}]({base}/{part}/{})", name.tl, name.tl)),
        }
    }
}

/// Documentation of an item with its lines of TL.
pub(super) fn item(links: &Links, kind: Kind, name: &Name, tl: &[&str]) -> TokenStream {
    let head = match kind {
        Kind::Constructor => "Constructor",
        Kind::Type => "Type",
        Kind::Method => "Function",
    };
    let link = links.link(kind, name).unwrap_or_else(|| format!("`{}`", name.tl));
    // The fence is marked, so that rustdoc takes the schema's text neither for Rust nor for HTML.
    let text = format!("{head} {link}.\n\n```tl\n{}\n```", tl.join("\n"));
    quote!(#[doc = #text])
}

/// Documentation of a field or method: the parameter as in the schema.
pub(super) fn param(tl: &str) -> TokenStream {
    let text = format!("`{tl}`");
    quote!(#[doc = #text])
}
