//! The documentation of emitted items: what it is, what is known of it, its line of TL, and a link.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::Emitter;
use crate::facts::{Caller, Fact};
use crate::ir::{Function, FunctionResult, Name, Repeat, Ty};

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
    let text = format!("{}\n\n{}", head(links, kind, name), fence(tl));
    quote!(#[doc = #text])
}

/// Documentation of a field or method: the parameter as in the schema.
pub(super) fn param(tl: &str) -> TokenStream {
    let text = format!("`{tl}`");
    quote!(#[doc = #text])
}

fn head(links: &Links, kind: Kind, name: &Name) -> String {
    let head = match kind {
        Kind::Constructor => "Constructor",
        Kind::Type => "Type",
        Kind::Method => "Function",
    };
    let link = links.link(kind, name).unwrap_or_else(|| format!("`{}`", name.tl));
    format!("{head} {link}.")
}

/// Lines of TL. The fence is marked, so that rustdoc takes the schema's text neither for Rust nor for HTML.
fn fence(tl: &[&str]) -> String {
    let mut text = "```tl\n".to_owned();
    for line in tl {
        wrap(&mut text, line);
        text.push('\n');
    }
    text.push_str("```");
    text
}

/// The width of what is wrapped in documentation, which stands indented behind `/// `.
const WIDTH: usize = 90;

/// A line of TL, wrapped between its parameters.
fn wrap(text: &mut String, tl: &str) {
    if tl.len() <= WIDTH {
        text.push_str(tl);
        return;
    }
    // What it is a value of stays together.
    let (params, ty) = tl.rsplit_once(" = ").unwrap_or((tl, ""));
    let ty = format!("= {ty}");
    let mut width = 0;
    for part in params.split(' ').chain([ty.as_str()]) {
        if width == 0 {
            width = part.len();
        } else if width + 1 + part.len() <= WIDTH {
            text.push(' ');
            width += 1 + part.len();
        } else {
            text.push_str("\n    ");
            width = 4 + part.len();
        }
        text.push_str(part);
    }
}

impl Emitter<'_> {
    /// Documentation of a function: what is known of it, as a table, and its line of TL.
    pub(super) fn function_docs(&self, function: &Function) -> TokenStream {
        let name = &function.name;
        let mut text = head(&self.options.links, Kind::Method, name);
        let returns = self.returns(function);
        text.push_str(&format!("\n\n| returns | {returns} |\n| --- | --- |\n"));
        let facts = self.options.facts.as_ref();
        let fact = facts.and_then(|facts| facts.functions.get(&name.tl));
        if facts.is_some() {
            text.push_str(&format!("| called by | {} |\n", callers(fact)));
        }
        let repeat = match (&function.result, function.repeat) {
            (FunctionResult::OfQuery, _) => "as its query",
            (_, Repeat::Safe) => "`Safe`: running it twice is the same as once, or harms nobody",
            (_, Repeat::Keyed) => "`Keyed`: its `random_id` tells the server that it came before",
            (_, Repeat::Once) => "`Once`: it is not sent again when nobody knows whether it ran",
        };
        text.push_str(&format!("| repeat | {repeat} |\n"));
        if let Some(facts) = facts {
            push_errors(&mut text, facts.layer, fact);
        }
        text.push('\n');
        text.push_str(&fence(&[&function.tl]));
        quote!(#[doc = #text])
    }

    fn returns(&self, function: &Function) -> String {
        match &function.result {
            FunctionResult::Value(ty) => self.link(ty, function.name.modules.len() + 1),
            FunctionResult::OfQuery => "what its query returns".to_owned(),
            FunctionResult::Nothing => "nothing: there is no answer".to_owned(),
        }
    }

    /// A type as one writes it, with a link where the schema makes it.
    fn link(&self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Vector { item, .. } if item.is_own() => {
                format!("`Vec` of {}", self.link(item, depth))
            }
            ty => {
                let path = self.paths.ty(self.schema, ty, depth).to_string().replace(' ', "");
                let short = path.rsplit("::").next().unwrap_or(&path).trim_end_matches('>');
                match ty {
                    Ty::Boxed(_) => format!("[`{short}`]({path})"),
                    Ty::Vector { .. } => format!("`{path}`"),
                    _ => format!("`{short}`"),
                }
            }
        }
    }
}

fn callers(fact: Option<&Fact>) -> &'static str {
    match fact.map(|fact| fact.who) {
        Some(Caller::Users) => "users, not bots",
        Some(Caller::Bots) => "bots only",
        Some(Caller::Both) => "users and bots",
        None => "not known",
    }
}

/// The rows for the errors that are known.
fn push_errors(text: &mut String, layer: u32, fact: Option<&Fact>) {
    let errors = fact.map(|fact| fact.errors.as_slice()).unwrap_or_default();
    if errors.is_empty() {
        text.push_str(&format!("| errors, layer {layer} | not known |\n"));
        return;
    }
    // A row of a table is a line, so long lists have several.
    let mut row = format!("| errors, layer {layer} |");
    for (place, error) in errors.iter().enumerate() {
        if row.len() + error.len() + 5 > WIDTH {
            text.push_str(&row);
            text.push_str(" |\n");
            row = "| |".to_owned();
        }
        let comma = if place + 1 < errors.len() { "," } else { "" };
        row.push_str(&format!(" `{error}`{comma}"));
    }
    text.push_str(&row);
    text.push_str(" |\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(tl: &str) -> String {
        let mut text = String::new();
        wrap(&mut text, tl);
        text
    }

    #[test]
    fn tl_is_wrapped_between_parameters_and_its_type_stays_together() {
        let short = format!("a x:{} = A;", "y".repeat(81));
        assert_eq!(short.len(), WIDTH);
        assert_eq!(wrapped(&short), short);
        let long = format!("a x:{} = AB;", "y".repeat(81));
        assert_eq!(wrapped(&long), format!("a x:{}\n    = AB;", "y".repeat(81)));
        let many = format!("some {}= Vector<int>;", "param:flags.0?int ".repeat(40));
        let text = wrapped(&many);
        assert_eq!(
            text.split_whitespace().collect::<Vec<_>>(),
            many.split(' ').collect::<Vec<_>>()
        );
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(
            text.lines().skip(1).all(|line| line.starts_with("    p") || line.starts_with("    ="))
        );
        // What is longer than a line stays whole.
        let endless = format!("{} = A;", "a".repeat(200));
        assert_eq!(wrapped(&endless), format!("{}\n    = A;", "a".repeat(200)));
    }
}
