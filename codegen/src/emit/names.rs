//! The table of names by constructor id.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::Emitter;

/// Emits `name_of`.
pub(super) fn table(emitter: &Emitter<'_>) -> TokenStream {
    let schema = emitter.schema;
    let mut entries: Vec<(u32, &str)> = schema
        .constructors
        .iter()
        .map(|c| (c.id, c.name.tl.as_str()))
        .chain(schema.functions.iter().map(|f| (f.id, f.name.tl.as_str())))
        .collect();
    entries.sort_unstable();
    let entries = entries.into_iter().map(|(id, name)| {
        let id = hex(id);
        quote!((#id, #name))
    });
    let tl = &emitter.paths.tl;
    quote! {
        #[doc = "The name of the constructor or function with this id, as the schema writes it."]
        pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
            #tl::codec::lookup_name(&[#(#entries),*], id)
        }
    }
}

/// An id as it is usually written.
pub(super) fn hex(id: u32) -> Literal {
    format!("0x{id:08x}").parse().unwrap_or_else(|_| Literal::u32_unsuffixed(id))
}
