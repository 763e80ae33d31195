//! `new`, which every struct of a definition has.

use proc_macro2::TokenStream;
use quote::quote;

use super::field_type;
use crate::emit::{Emitter, paths};
use crate::ir::{Body, FieldKind, Name};

/// `new`, so that `Post { pinned: true, ..Post::new(date) }` names what is there alone.
pub(super) fn new(emitter: &Emitter<'_>, name: &Name, body: &Body, depth: usize) -> TokenStream {
    let arguments = body.new_arguments().into_iter().map(|field| {
        let ident = paths::escaped(&field.ident);
        let ty = field_type(emitter, name, field, depth);
        quote!(#ident: #ty)
    });
    let none = &emitter.paths.none;
    let fields = body.fields.iter().map(|field| {
        let ident = paths::escaped(&field.ident);
        match field.kind {
            FieldKind::Required(_) => quote!(#ident),
            FieldKind::Flag => quote!(#ident: false),
            FieldKind::Optional(_) | FieldKind::Group { .. } => {
                quote!(#ident: #none)
            }
        }
    });
    let value = if body.fields.is_empty() {
        quote!(Self)
    } else if is_default(body) {
        // By its path: a parameter may be called `default`.
        quote!(<Self as ::core::default::Default>::default())
    } else {
        quote!(Self { #(#fields),* })
    };
    quote! {
        #[doc = "With what is always there, and nothing else."]
        #[inline]
        pub fn new(#(#arguments),*) -> Self { #value }
    }
}

/// Whether there are fields and none is always there.
pub(super) fn is_default(body: &Body) -> bool {
    !body.fields.is_empty() && body.new_arguments().is_empty()
}
