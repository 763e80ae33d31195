//! Types with several constructors: an enum each.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::Error;
use crate::emit::docs::{self, Kind};
use crate::emit::item::Item;
use crate::emit::paths::Paths;
use crate::emit::{Emitter, Placed, names, paths, type_ident};
use crate::ir::{Constructor, Type};

/// The parts of an enum that one constructor gives.
struct Variant {
    ident: Ident,
    definition: TokenStream,
    write: TokenStream,
    read: TokenStream,
}

impl Emitter<'_> {
    pub(super) fn enums(&self) -> Result<Vec<Placed>, Error> {
        self.schema
            .types
            .iter()
            .filter(|ty| ty.is_enum())
            .map(|ty| Ok((ty.name.modules.clone(), self.enumeration(ty)?)))
            .collect()
    }

    fn enumeration(&self, ty: &Type) -> Result<Item, Error> {
        let Paths { tl, option, some, none, vec, .. } = &self.paths;
        let ident = type_ident(&ty.name)?;
        let tl_name = &ty.name.tl;
        let constructors: Vec<&Constructor> =
            ty.constructors.iter().map(|c| self.schema.constructor(*c)).collect();
        let lines: Vec<&str> = constructors.iter().map(|c| c.tl.as_str()).collect();
        let doc = docs::item(&self.options.links, Kind::Type, &ty.name, &lines);
        let variants: Vec<Variant> =
            constructors.iter().map(|c| self.variant(ty, c)).collect::<Result<_, _>>()?;
        let definitions = variants.iter().map(|v| &v.definition);
        let writes = variants.iter().map(|v| &v.write);
        let reads = variants.iter().map(|v| &v.read);
        let unknown = quote!(r.skip_id(); r.unexpected(id, #tl_name););
        let read = if ty.recursive {
            quote!(match r.peek_id() { #(#reads,)* id => { #unknown #none } })
        } else {
            quote!(#some(match r.peek_id() { #(#reads,)* id => { #unknown return #none; } }))
        };
        let idents: Vec<&Ident> = variants.iter().map(|v| &v.ident).collect();
        let accessors = self.accessors(ty, &ident, &idents);
        let depth = ty.name.modules.len() + 1;
        let tokens = quote! {
            #doc
            #[derive(Clone)]
            #[non_exhaustive]
            pub enum #ident { #(#definitions),* }
            #accessors
            impl #tl::Serialize for #ident {
                #[inline(never)]
                fn serialize(&self, out: &mut #vec<u8>) {
                    match self { #(#writes),* }
                }
            }
            impl #tl::Deserialize for #ident {
                #[inline(never)]
                fn read(r: &mut #tl::Reader<'_>) -> #option<Self> {
                    #read
                }
            }
        };
        let mut item = Item::new(tokens, depth);
        self.add_value_traits(&mut item, &ident, false);
        for (constructor, variant) in constructors.iter().zip(&idents) {
            self.add_conversions(&mut item, &ident, variant, constructor);
        }
        Ok(item)
    }

    /// From a constructor's struct to the enum, and back.
    fn add_conversions(
        &self,
        item: &mut Item,
        whole: &Ident,
        variant: &Ident,
        constructor: &Constructor,
    ) {
        let depth = item.depth();
        let Paths { result, ok, err, from, boxed, .. } = &self.paths;
        let [result, ok, err, from_trait, boxed] = [result, ok, err, from, boxed].map(paths::text);
        let path = paths::text_in_module("types", &constructor.name, depth);
        let (given, from, held, into) = match (constructor.is_unit(), constructor.boxed) {
            (true, _) => ("_", String::new(), "", "Self"),
            (false, true) => ("value", format!("({boxed}::new(value))"), "(value)", "*value"),
            (false, false) => ("value", "(value)".to_owned(), "(value)", "value"),
        };
        let text = format!(
            "impl {from_trait}<{path}> for {whole} {{
    #[inline]
    fn from({given}: {path}) -> Self {{
        Self::{variant}{from}
    }}
}}

impl ::core::convert::TryFrom<{whole}> for {path} {{
    type Error = {whole};

    #[inline]
    fn try_from(value: {whole}) -> {result}<Self, {whole}> {{
        match value {{
            {whole}::{variant}{held} => {ok}({into}),
            other => {err}(other),
        }}
    }}
}}"
        );
        item.add(&text, || self.conversions(whole, variant, constructor, depth));
    }

    fn conversions(
        &self,
        whole: &Ident,
        ident: &Ident,
        constructor: &Constructor,
        depth: usize,
    ) -> TokenStream {
        let Paths { boxed: to_box, result, ok, err, from: from_trait, .. } = &self.paths;
        let path = paths::in_module("types", &constructor.name, depth);
        let (given, from, held, into) = match (constructor.is_unit(), constructor.boxed) {
            (true, _) => (quote!(_), quote!(), quote!(), quote!(Self)),
            (false, true) => {
                (quote!(value), quote!((#to_box::new(value))), quote!((value)), quote!(*value))
            }
            (false, false) => (quote!(value), quote!((value)), quote!((value)), quote!(value)),
        };
        quote! {
            impl #from_trait<#path> for #whole {
                #[inline]
                fn from(#given: #path) -> Self { Self::#ident #from }
            }
            impl ::core::convert::TryFrom<#whole> for #path {
                type Error = #whole;
                #[inline]
                fn try_from(value: #whole) -> #result<Self, #whole> {
                    match value {
                        #whole::#ident #held => #ok(#into),
                        other => #err(other),
                    }
                }
            }
        }
    }

    fn variant(&self, ty: &Type, constructor: &Constructor) -> Result<Variant, Error> {
        let Paths { tl, some, boxed: to_box, .. } = &self.paths;
        let ident = paths::ident(&constructor.variant).ok_or_else(|| Error::RustName {
            definition: constructor.name.tl.clone(),
            name: constructor.variant.clone(),
        })?;
        let depth = ty.name.modules.len() + 1;
        let path = paths::in_module("types", &constructor.name, depth);
        let id = names::hex(constructor.id);
        let text = format!("`{}`", constructor.name.tl);
        let doc = quote!(#[doc = #text]);
        Ok(if constructor.is_unit() {
            let value =
                if ty.recursive { quote!(#some(Self::#ident)) } else { quote!(Self::#ident) };
            Variant {
                definition: quote!(#doc #ident),
                ident: ident.clone(),
                write: quote!(Self::#ident => #tl::codec::write_word(#id, out)),
                read: quote!(#id => { r.skip_id(); #value }),
            }
        } else {
            let value = quote!(<#path as #tl::Deserialize>::read(r)?);
            let (held, value) = if constructor.boxed {
                (quote!(#to_box<#path>), quote!(#to_box::new(#value)))
            } else {
                (path.clone(), value)
            };
            let read = match (ty.recursive, constructor.boxed) {
                (false, _) => quote!(Self::#ident(#value)),
                // Each in a function of its own: what all variants need of the stack would else be taken at each level.
                (true, true) => quote!(#tl::codec::read_boxed_variant(r, Self::#ident)),
                (true, false) => quote!(#tl::codec::read_variant(r, Self::#ident)),
            };
            Variant {
                definition: quote!(#doc #ident(#held)),
                ident: ident.clone(),
                write: quote!(Self::#ident(value) => #tl::Serialize::serialize(value, out)),
                read: quote!(#id => #read),
            }
        })
    }
}
