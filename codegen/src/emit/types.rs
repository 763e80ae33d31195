//! Constructors: a struct each.

use proc_macro2::Literal;
use quote::quote;

use crate::Error;
use crate::emit::docs::{self, Kind};
use crate::emit::item::Item;
use crate::emit::paths::Paths;
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

    fn constructor(&self, constructor: &Constructor) -> Result<Item, Error> {
        let Paths { tl, option, vec, .. } = &self.paths;
        let name = &constructor.name;
        let ident = type_ident(name)?;
        let id = names::hex(constructor.id);
        let tl_name = &name.tl;
        let doc = docs::item(&self.options.links, Kind::Constructor, name, &[&constructor.tl]);
        let body = body::Emitted::new(self, name, &id, &constructor.body)?;
        let (derives, definition, methods) = (&body.derives, &body.definition, &body.methods);
        let write = &body.write;
        // Without fields it is that of any value.
        let min_len = (body.min_len != 4).then(|| {
            let min_len = Literal::usize_unsuffixed(body.min_len);
            quote!(const MIN_LEN: usize = #min_len;)
        });
        let (read_steps, read_value) = (&body.read_steps, &body.read_value);
        // Every way to a nested value leads through its constructor, so that costs the level of depth (TL-03).
        let is_recursive = constructor.ty.is_some_and(|ty| self.schema.ty(ty).recursive);
        let (begin, end) = if is_recursive && !constructor.is_unit() {
            (quote!(begin_nested), quote!(end_nested))
        } else {
            (quote!(begin), quote!(end))
        };
        let tokens = quote! {
            #doc
            #[derive(#derives)]
            pub struct #ident #definition
            impl #ident { #(#methods)* }
            impl #tl::Serialize for #ident {
                #[inline(never)]
                fn serialize(&self, out: &mut #vec<u8>) {
                    #write
                }
            }
            impl #tl::Deserialize for #ident {
                #min_len
                #[inline(never)]
                fn read(r: &mut #tl::Reader<'_>) -> #option<Self> {
                    let outer = r.#begin(#id, #tl_name);
                    #read_steps
                    r.#end(outer);
                    #read_value
                }
            }
        };
        let mut item = Item::new(tokens, name.modules.len() + 1);
        self.add_identifiable(&mut item, &ident, &id, tl_name, false);
        self.add_value_traits(&mut item, &ident, false);
        Ok(item)
    }
}
