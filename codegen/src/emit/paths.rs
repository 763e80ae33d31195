//! Rust names and paths: of the runtime, of std, and of the schema's own types as seen from inside its modules.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::Error;
use crate::ir::{Name, Schema, Slot, Ty};

/// Where emitted code finds what it uses.
pub(super) struct Paths {
    /// The runtime.
    pub(super) tl: TokenStream,
}

impl Paths {
    pub(super) fn new(runtime: &str) -> Result<Self, Error> {
        let path: syn::Path = syn::parse_str(runtime)
            .map_err(|_| Error::Option { option: "runtime", text: runtime.to_owned() })?;
        Ok(Self { tl: quote!(#path) })
    }

    /// The Rust type of a value, as seen from a module that is `depth` below the schema's root.
    pub(super) fn slot(&self, schema: &Schema, slot: &Slot, depth: usize) -> TokenStream {
        let ty = self.ty(schema, &slot.ty, depth);
        if slot.boxed { quote!(::std::boxed::Box<#ty>) } else { ty }
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
            Ty::String => quote!(::std::string::String),
            Ty::Bytes => quote!(#tl::Bytes),
            Ty::Bool => quote!(bool),
            Ty::Object => quote!(#tl::Object),
            Ty::Variable => quote!(X),
            Ty::Vector { bare: false, item } => {
                let item = self.ty(schema, item, depth);
                quote!(::std::vec::Vec<#item>)
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
    syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str::<Ident>(&format!("r#{name}"))).ok()
}

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
    fn paths_climb_to_the_root() {
        let name = Name { tl: "auth.x".into(), modules: vec!["auth".into()], ident: "X".into() };
        let path = in_module("types", &name, 2).to_string().replace(' ', "");
        assert_eq!(path, "super::super::types::auth::X");
    }

    #[test]
    fn a_runtime_that_is_no_path_is_refused() {
        assert_eq!(
            Paths::new("a b").err(),
            Some(Error::Option { option: "runtime", text: "a b".into() })
        );
    }
}
