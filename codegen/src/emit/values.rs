//! What every type can do besides being written and read: be printed and compared.
//!
//! Derived, these traits would be a third of the code of a schema. They go through the bytes of a value and the table of
//! definitions instead: one path for all types. `#[inline]` leaves them to the crates that use them, so that this one is not
//! slower to build for those that do not.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use crate::emit::Emitter;
use crate::emit::item::Item;
use crate::emit::paths::{self, Paths};

impl Emitter<'_> {
    /// The id and the name of a definition.
    pub(super) fn add_identifiable(
        &self,
        item: &mut Item,
        ident: &Ident,
        id: &Literal,
        name: &str,
        is_generic: bool,
    ) {
        let Paths { tl, tl_text, .. } = &self.paths;
        let generics = if is_generic { "<X>" } else { "" };
        let text = format!(
            "impl{generics} {tl_text}::Identifiable for {ident}{generics} {{
    const ID: u32 = {id};
    const NAME: &'static str = {name:?};
}}"
        );
        item.add(&text, || {
            let generics = is_generic.then(|| quote!(<X>));
            quote! {
                impl #generics #tl::Identifiable for #ident #generics {
                    const ID: u32 = #id;
                    const NAME: &'static str = #name;
                }
            }
        });
    }

    /// The implementations for a type.
    pub(super) fn add_value_traits(&self, item: &mut Item, ident: &Ident, is_generic: bool) {
        let depth = item.depth();
        let Paths { tl_text: tl, partial_eq, .. } = &self.paths;
        let (bound, of) =
            if is_generic { (format!("<X: {tl}::Serialize>"), "<X>") } else { <_>::default() };
        let (up, partial_eq) = ("super::".repeat(depth), paths::text(partial_eq));
        let text = format!(
            "impl{bound} ::core::fmt::Debug for {ident}{of} {{
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{
        {up}SCHEMA.debug(self, f)
    }}
}}

impl{bound} {partial_eq} for {ident}{of} {{
    #[inline]
    fn eq(&self, other: &Self) -> bool {{
        {tl}::codec::equal(self, other)
    }}
}}"
        );
        item.add(&text, || self.value_traits(ident, depth, is_generic));
    }

    fn value_traits(&self, ident: &Ident, depth: usize, is_generic: bool) -> TokenStream {
        let Paths { tl, partial_eq, .. } = &self.paths;
        let up = std::iter::repeat_n(quote!(super::), depth);
        let schema = quote!(#(#up)*SCHEMA);
        let (bound, ty) = if is_generic {
            (quote!(<X: #tl::Serialize>), quote!(#ident<X>))
        } else {
            (quote!(), quote!(#ident))
        };
        quote! {
            impl #bound ::core::fmt::Debug for #ty {
                #[inline]
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #schema.debug(self, f)
                }
            }
            impl #bound #partial_eq for #ty {
                #[inline]
                fn eq(&self, other: &Self) -> bool {
                    #tl::codec::equal(self, other)
                }
            }
        }
    }
}
