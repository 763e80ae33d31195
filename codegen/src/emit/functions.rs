//! Functions: a struct each, generic where it carries another function.

use proc_macro2::TokenStream;
use quote::quote;

use crate::Error;
use crate::emit::item::Item;
use crate::emit::paths::Paths;
use crate::emit::{Emitter, Placed, body, names, paths, type_ident};
use crate::ir::{Function, FunctionResult, Repeat};

impl Emitter<'_> {
    pub(super) fn functions(&self) -> Result<Vec<Placed>, Error> {
        self.schema
            .functions
            .iter()
            .map(|function| Ok((function.name.modules.clone(), self.function(function)?)))
            .collect()
    }

    fn function(&self, function: &Function) -> Result<Item, Error> {
        let Paths { tl, option, vec, .. } = &self.paths;
        let name = &function.name;
        let ident = type_ident(name)?;
        let id = names::hex(function.id);
        let tl_name = &name.tl;
        let doc = self.function_docs(function);
        let body = body::Emitted::new(self, name, &id, &function.body)?;
        let (derives, definition, methods) = (&body.derives, &body.definition, &body.methods);
        let (write, read_steps, read_value) = (&body.write, &body.read_steps, &body.read_value);
        let generics = function.body.is_generic().then(|| quote!(<X>));
        let bound =
            |bound: TokenStream| function.body.is_generic().then(|| quote!(<X: #tl::#bound>));
        let (serializable, deserializable) = (bound(quote!(Serialize)), bound(quote!(Deserialize)));
        let callable = bound(quote!(Function));
        let (result, repeat) = self.result(function);
        let server = self.server_only()?;
        let tokens = quote! {
            #doc
            #[derive(#derives)]
            pub struct #ident #generics #definition
            impl #generics #ident #generics { #(#methods)* }
            impl #serializable #tl::Serialize for #ident #generics {
                #[inline(never)]
                fn serialize(&self, out: &mut #vec<u8>) {
                    #write
                }
            }
            #server
            impl #deserializable #tl::Deserialize for #ident #generics {
                #[inline(never)]
                fn read(r: &mut #tl::Reader<'_>) -> #option<Self> {
                    let outer = r.begin(#id, #tl_name);
                    #read_steps
                    r.end(outer);
                    #read_value
                }
            }
            impl #callable #tl::Function for #ident #generics {
                type Return = #result;
                #repeat
            }
        };
        let (depth, is_generic) = (name.modules.len() + 1, function.body.is_generic());
        let mut item = Item::new(tokens, depth);
        self.add_identifiable(&mut item, &ident, &id, tl_name, is_generic);
        self.add_value_traits(&mut item, &ident, is_generic);
        Ok(item)
    }

    /// What it returns, and whether it may be repeated where that is not what the runtime supposes.
    fn result(&self, function: &Function) -> (TokenStream, Option<TokenStream>) {
        let tl = &self.paths.tl;
        let depth = function.name.modules.len() + 1;
        let class = |value: TokenStream| quote!(const REPEAT: #tl::Repeat = #value;);
        let repeat = match function.repeat {
            Repeat::Safe => Some(class(quote!(#tl::Repeat::Safe))),
            Repeat::Keyed => Some(class(quote!(#tl::Repeat::Keyed))),
            Repeat::Once => None,
        };
        match &function.result {
            FunctionResult::Value(ty) => (self.paths.ty(self.schema, ty, depth), repeat),
            FunctionResult::Nothing => (quote!(#tl::NoResult), repeat),
            // What may be repeated is the query; the wrapper changes nothing about that.
            FunctionResult::OfQuery => (quote!(X::Return), Some(class(quote!(X::REPEAT)))),
        }
    }

    /// The condition under which functions can be decoded.
    fn server_only(&self) -> Result<Option<TokenStream>, Error> {
        let feature = self.server_feature()?;
        Ok(feature.map(|feature| quote!(#[cfg(any(test, feature = #feature))])))
    }

    /// The name of the feature under which functions can be decoded.
    pub(super) fn server_feature(&self) -> Result<Option<&str>, Error> {
        let feature = self.options.server_feature.as_deref();
        feature.map(|feature| paths::feature(feature, "server_feature")).transpose()
    }
}
