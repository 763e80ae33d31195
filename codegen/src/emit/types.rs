//! Constructors: a struct each.

use quote::quote;

use crate::Error;
use crate::emit::docs::{self, Kind};
use crate::emit::{Emitter, Placed, body, names, type_ident};
use crate::ir::Constructor;

impl Emitter<'_> {
    pub(super) fn types(&self) -> Result<Vec<Placed>, Error> {
        self.schema
            .constructors
            .iter()
            .map(|constructor| {
                let item = self.constructor(constructor)?;
                Ok((constructor.name.modules.clone(), item))
            })
            .collect()
    }

    fn constructor(&self, constructor: &Constructor) -> Result<proc_macro2::TokenStream, Error> {
        let tl = &self.paths.tl;
        let name = &constructor.name;
        let ident = type_ident(name)?;
        let id = names::hex(constructor.id);
        let tl_name = &name.tl;
        let doc = docs::item(&self.options.links, Kind::Constructor, name, &[&constructor.tl]);
        let body = body::Emitted::new(self, name, &constructor.body)?;
        let (definition, methods) = (&body.definition, &body.methods);
        let (write, min_len) = (&body.write, body.min_len);
        let (read_steps, read_value) = (&body.read_steps, &body.read_value);
        // Every way to a nested value leads through here, so here it costs its level of depth (TL-03).
        let is_recursive = constructor.ty.is_some_and(|ty| self.schema.ty(ty).recursive);
        let (enter, leave) = if constructor.is_unit() {
            (quote!(), quote!())
        } else if is_recursive {
            (quote!(let outer = r.descend(#tl_name)?;), quote!(r.ascend(outer);))
        } else {
            (quote!(let outer = r.enter(#tl_name);), quote!(r.leave(outer);))
        };
        let methods = (!methods.is_empty()).then(|| quote!(impl #ident { #(#methods)* }));
        let values = self.value_traits(&ident, name.modules.len() + 1, false);
        Ok(quote! {
            #doc
            #[derive(Clone)]
            pub struct #ident #definition
            #methods
            #values
            impl #tl::Identifiable for #ident {
                const ID: u32 = #id;
                const NAME: &'static str = #tl_name;
            }
            impl #tl::Constructor for #ident {
                const MIN_LEN: usize = #min_len;
                #[inline(never)]
                fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
                    #write
                }
                #[inline(never)]
                fn read_bare(r: &mut #tl::Reader<'_>) -> ::core::option::Option<Self> {
                    #enter
                    #read_steps
                    #leave
                    #read_value
                }
            }
            impl #tl::Serialize for #ident {
                fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
                    #tl::codec::write_boxed(self, out)
                }
            }
            impl #tl::Deserialize for #ident {
                fn read(r: &mut #tl::Reader<'_>) -> ::core::option::Option<Self> {
                    #tl::codec::read_boxed(r)
                }
            }
        })
    }
}
