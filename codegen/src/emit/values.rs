//! What every type can do besides being written and read: be printed and compared.
//!
//! Derived, these traits would be a third of the code of a schema. They go through the bytes of a value and the table of
//! definitions instead: one path for all types. `#[inline]` leaves them to the crates that use them, so that this one is not
//! slower to build for those that do not.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::emit::Emitter;
use crate::emit::paths::Paths;

impl Emitter<'_> {
    /// The implementations for a type in a module that is `depth` below the root.
    pub(super) fn value_traits(
        &self,
        ident: &Ident,
        depth: usize,
        is_generic: bool,
    ) -> TokenStream {
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
