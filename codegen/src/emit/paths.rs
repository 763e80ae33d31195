//! Rust names and paths: of the runtime, of std, and of the schema's own types as seen from inside its modules.
//!
//! Inside of the modules nothing but the schema's own names can stand in the way of `Option` and others of the prelude, so
//! those stand there as one writes them, and in full only where the schema has the name itself.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::Error;
use crate::ir::{FieldKind, Name, Schema, Slot, Ty};

/// Where emitted code finds what it uses.
pub(super) struct Paths {
    /// The runtime.
    pub(super) tl: TokenStream,
    /// The same as text.
    pub(super) tl_text: String,
    pub(super) option: TokenStream,
    pub(super) some: TokenStream,
    pub(super) none: TokenStream,
    pub(super) boxed: TokenStream,
    pub(super) string: TokenStream,
    pub(super) vec: TokenStream,
    pub(super) result: TokenStream,
    pub(super) ok: TokenStream,
    pub(super) err: TokenStream,
    pub(super) from: TokenStream,
    pub(super) partial_eq: TokenStream,
}

impl Paths {
    pub(super) fn new(schema: &Schema, runtime: &str) -> Result<Self, Error> {
        let path: syn::Path = syn::parse_str(runtime)
            .map_err(|_| Error::Option { option: "runtime", text: runtime.to_owned() })?;
        let own: HashSet<&str> = own_names(schema).collect();
        let prelude = |name: &str, path: TokenStream| {
            let short = Ident::new(name, Span::call_site());
            if own.contains(name) { quote!(#path::#short) } else { quote!(#short) }
        };
        let option = prelude("Option", quote!(::core::option));
        Ok(Self {
            tl_text: text(&quote!(#path)),
            tl: quote!(#path),
            some: prelude("Some", quote!(::core::option::Option)),
            none: prelude("None", quote!(::core::option::Option)),
            option,
            boxed: prelude("Box", quote!(::std::boxed)),
            string: prelude("String", quote!(::std::string)),
            vec: prelude("Vec", quote!(::std::vec)),
            result: prelude("Result", quote!(::core::result)),
            ok: prelude("Ok", quote!(::core::result::Result)),
            err: prelude("Err", quote!(::core::result::Result)),
            from: prelude("From", quote!(::core::convert)),
            partial_eq: prelude("PartialEq", quote!(::core::cmp)),
        })
    }

    /// The Rust type of a value, as seen from a module that is `depth` below the schema's root.
    pub(super) fn slot(&self, schema: &Schema, slot: &Slot, depth: usize) -> TokenStream {
        let ty = self.ty(schema, &slot.ty, depth);
        let boxed = &self.boxed;
        if slot.boxed { quote!(#boxed<#ty>) } else { ty }
    }

    pub(super) fn ty(&self, schema: &Schema, ty: &Ty, depth: usize) -> TokenStream {
        let tl = &self.tl;
        match ty {
            Ty::Int => quote!(i32),
            Ty::Long => quote!(i64),
            Ty::Double => quote!(f64),
            Ty::Int128 => quote!([u8; 16]),
            Ty::Int256 => quote!([u8; 32]),
            Ty::Int512 => quote!([u8; 64]),
            Ty::String => self.string.clone(),
            Ty::Bytes => quote!(#tl::Bytes),
            Ty::Bool => quote!(bool),
            Ty::Object => quote!(#tl::Object),
            Ty::Variable => quote!(X),
            Ty::Vector { bare: false, item } => {
                let (vec, item) = (&self.vec, self.ty(schema, item, depth));
                quote!(#vec<#item>)
            }
            Ty::Vector { bare: true, item } => {
                let item = self.ty(schema, item, depth);
                quote!(#tl::BareVec<#item>)
            }
            Ty::Boxed(index) => {
                let ty = schema.ty(*index);
                match ty.constructors.as_slice() {
                    [only] => in_module("types", &schema.constructor(*only).name, depth),
                    _ => in_module("enums", &ty.name, depth),
                }
            }
            Ty::Bare(index) => {
                let path = in_module("types", &schema.constructor(*index).name, depth);
                quote!(#tl::Bare<#path>)
            }
        }
    }
}

/// What the items of a schema are called inside of its modules.
fn own_names(schema: &Schema) -> impl Iterator<Item = &str> {
    let constructors = schema.constructors.iter().map(|c| (&c.name, &c.body));
    let definitions = constructors.chain(schema.functions.iter().map(|f| (&f.name, &f.body)));
    let structs = definitions.flat_map(|(name, body)| {
        let groups = body.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::Group { ident, .. } => Some(ident.as_str()),
            _ => None,
        });
        groups.chain([name.ident.as_str()])
    });
    structs.chain(schema.types.iter().map(|ty| ty.name.ident.as_str()))
}

/// A path as it is written.
pub(super) fn text(path: &TokenStream) -> String {
    path.to_string().replace(' ', "")
}

/// As [`in_module`], as text.
pub(super) fn text_in_module(module: &str, name: &Name, depth: usize) -> String {
    let mut text = "super::".repeat(depth);
    text.push_str(module);
    for part in name.modules.iter().chain([&name.ident]) {
        text.push_str("::");
        text.push_str(&escaped(part).to_string());
    }
    text
}

/// The path of a definition in one of the root's modules, as seen from `depth` below the root.
pub(super) fn in_module(module: &str, name: &Name, depth: usize) -> TokenStream {
    let up = std::iter::repeat_n(quote!(super), depth);
    let down = [module]
        .into_iter()
        .chain(name.modules.iter().map(String::as_str))
        .chain([name.ident.as_str()])
        .map(escaped);
    let parts = up.chain(down.map(|ident| quote!(#ident)));
    quote!(#(#parts)::*)
}

/// A legal identifier for a name: itself, the raw form if it is a keyword, `None` if neither is legal.
pub(super) fn ident(name: &str) -> Option<Ident> {
    if is_plain(name) {
        return Some(Ident::new(name, Span::call_site()));
    }
    syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str::<Ident>(&format!("r#{name}"))).ok()
}

/// Whether a name is legal and no keyword at first glance, which most are: keywords are short, of small letters, or `Self`.
fn is_plain(name: &str) -> bool {
    let is_of = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    let is_small = |c: u8| c.is_ascii_lowercase();
    name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && name.bytes().all(is_of)
        && (name.len() > LONGEST_KEYWORD || !name.bytes().all(is_small))
        && name != "Self"
}

/// `abstract`, `continue`, `override`.
const LONGEST_KEYWORD: usize = 8;

/// As [`ident`]; the few keywords that have no raw form (`self`, `super`, `crate`, `Self`) get an underscore.
pub(super) fn escaped(name: &str) -> Ident {
    ident(name).unwrap_or_else(|| Ident::new(&format!("{name}_"), Span::call_site()))
}

/// The name of a feature, if it can be one; `option` says where it stood.
pub(super) fn feature<'a>(name: &'a str, option: &'static str) -> Result<&'a str, Error> {
    match ident(&name.replace('-', "_")) {
        Some(_) => Ok(name),
        None => Err(Error::Option { option, text: name.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_raw_or_underscored() {
        for (name, rust) in [
            ("date", "date"),
            ("type", "r#type"),
            ("final", "r#final"),
            ("async", "r#async"),
            ("self", "self_"),
            ("crate", "crate_"),
        ] {
            assert_eq!(escaped(name).to_string(), rust);
        }
    }

    #[test]
    fn what_looks_plain_is_what_syn_takes() {
        let all = "as break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub \
            ref return self Self static struct super trait true type unsafe use where while async await dyn abstract become \
            box do final macro override priv typeof unsized virtual yield try gen union raw safe auto default macro_rules \
            a A a1 1a _ _a a-b a.b Id id date";
        for name in all.split_whitespace().chain(["", "é", "a b"]) {
            assert!(!is_plain(name) || syn::parse_str::<Ident>(name).is_ok(), "{name}");
        }
        assert!(is_plain("SendMessage") && is_plain("random_id") && is_plain("Id"));
    }

    #[test]
    fn paths_climb_to_the_root() {
        let name = Name { tl: "auth.x".into(), modules: vec!["auth".into()], ident: "X".into() };
        let path = in_module("types", &name, 2).to_string().replace(' ', "");
        assert_eq!(path, "super::super::types::auth::X");
    }

    #[test]
    fn a_runtime_that_is_no_path_is_refused() {
        let schema = Schema { layer: None, types: vec![], constructors: vec![], functions: vec![] };
        assert_eq!(
            Paths::new(&schema, "a b").err(),
            Some(Error::Option { option: "runtime", text: "a b".into() })
        );
    }
}
