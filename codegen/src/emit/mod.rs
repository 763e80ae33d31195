//! From [`Schema`] to Rust: functions that return a `TokenStream` each, put into modules here.
//!
//! Emitted paths are absolute or relative to the root of the schema, so that a type called `Result` breaks nothing, but for
//! names of the prelude that the schema does not have itself (`paths`). The text does not depend on features: what is optional stands under `cfg`.

mod accessors;
mod body;
mod docs;
mod enums;
mod functions;
mod groups;
mod item;
mod list;
mod names;
mod paths;
mod print;
mod serde;
mod types;
mod values;

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::Error;
use crate::facts::Facts;
use crate::ir::{Name, Schema};
use crate::least::Least;
use crate::min_len;
pub use docs::Links;
use item::Item;
pub use list::{enum_paths, struct_paths};
use paths::Paths;
pub use serde::Serde;

/// What a generated schema refers to outside of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The path of the runtime, the module `telewire::tl`.
    pub runtime: String,
    /// Where the definitions are documented.
    pub links: Links,
    /// The feature of the crate that holds the code under which functions can be decoded, as a server does; `None`
    /// for always.
    pub server_feature: Option<String>,
    /// Whether types implement the traits of serde.
    pub serde: Serde,
    /// What is known of functions besides; `None` leaves it out of their documentation.
    pub facts: Option<Facts>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            runtime: "::telewire::tl".to_owned(),
            links: Links::None,
            server_feature: None,
            serde: Serde::Off,
            facts: None,
        }
    }
}

/// Emits a schema as the text of a module, laid out as rustfmt would.
///
/// # Errors
///
/// [`Error::Option`] when an option does not parse, [`Error::RustName`] when a name has no form that Rust accepts.
pub fn generate(schema: &Schema, options: &Options) -> Result<String, Error> {
    let emitter = Emitter::new(schema, options)?;
    let mut text = String::new();
    for item in emitter.root_items() {
        print::items(&mut text, item, 0);
    }
    for (module, doc, items) in [
        ("types", "A struct for each constructor.", emitter.types()?),
        ("enums", "An enum for each type with more than one constructor.", emitter.enums()?),
        (
            "groups",
            "A struct for each set of parameters that are there together.",
            emitter.groups(),
        ),
        ("functions", "A struct for each function, to be sent as a request.", emitter.functions()?),
    ] {
        if !items.is_empty() {
            push_module(&mut text, module, doc, Module::from_items(items), 0);
        }
    }
    for item in emitter.serde_items()? {
        print::items(&mut text, item, 0);
    }
    text.push('\n');
    Ok(text)
}

/// What all emitting functions need.
struct Emitter<'a> {
    schema: &'a Schema,
    options: &'a Options,
    paths: Paths,
    /// The least bytes of the schema's values.
    min_lens: Least,
}

/// An item with the modules it belongs in.
type Placed = (Vec<String>, Item);

impl<'a> Emitter<'a> {
    fn new(schema: &'a Schema, options: &'a Options) -> Result<Self, Error> {
        let min_lens = min_len::of_constructors(schema);
        Ok(Self { schema, options, paths: Paths::new(schema, &options.runtime)?, min_lens })
    }

    fn root_items(&self) -> Vec<TokenStream> {
        let layer = self.schema.layer.map(|layer| {
            let layer = Literal::u32_unsuffixed(layer);
            quote! {
                #[doc = "The layer of this schema, which a client announces by `invokeWithLayer`."]
                pub const LAYER: i32 = #layer;
            }
        });
        let allowed = allowed();
        let items = layer.into_iter().chain(names::table(self));
        items.map(|item| quote!(#allowed #item)).collect()
    }
}

/// Items by module.
#[derive(Default)]
struct Module {
    items: Vec<Item>,
    modules: BTreeMap<String, Module>,
}

impl Module {
    fn from_items(items: Vec<Placed>) -> Self {
        let mut root = Self::default();
        for (path, item) in items {
            let mut module = &mut root;
            for part in path {
                module = module.modules.entry(part).or_default();
            }
            module.items.push(item);
        }
        root
    }
}

fn push_module(text: &mut String, name: &str, doc: &str, module: Module, depth: usize) {
    // Names of namespaces were checked when they were read; a keyword is escaped here.
    let ident = paths::escaped(name);
    let allowed = (depth == 0).then(allowed);
    print::items(text, quote!(#[doc = #doc] #allowed pub mod #ident;), depth);
    // What is in it is printed as it comes, and not put together first.
    text.pop();
    text.push_str(" {");
    for item in module.items {
        item.print(text);
    }
    for (inner, content) in module.modules {
        let doc = format!("The namespace `{inner}`.");
        push_module(text, &inner, &doc, content, depth + 1);
    }
    print::line(text, depth);
    text.push('}');
}

/// The crate that holds the code uses a part of it, perhaps in private or in a module called `types` too, and may like
/// what most crates do not.
fn allowed() -> TokenStream {
    quote! {
        #[allow(
            dead_code, unreachable_pub, unused_qualifications,
            clippy::enum_variant_names, clippy::module_inception, clippy::new_without_default, clippy::nursery,
            clippy::pedantic, clippy::too_many_arguments,
            reason = "generated code"
        )]
    }
}

/// The identifier of a definition; it was made by a case conversion and can only be illegal by a hole in our rules.
fn type_ident(name: &Name) -> Result<proc_macro2::Ident, Error> {
    paths::ident(&name.ident)
        .ok_or_else(|| Error::RustName { definition: name.tl.clone(), name: name.ident.clone() })
}
