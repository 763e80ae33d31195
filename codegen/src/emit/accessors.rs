//! Methods of an enum for what all of its variants have.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::emit::paths::Paths;
use crate::emit::{Emitter, paths};
use crate::ir::{Field, FieldKind, Ty, Type, method};
use crate::shared::{self, Place, Shared};

impl Emitter<'_> {
    /// The accessors of an enum whose variants are called so; nothing if it has none.
    pub(super) fn accessors(
        &self,
        ty: &Type,
        ident: &Ident,
        variants: &[&Ident],
    ) -> Option<TokenStream> {
        let depth = ty.name.modules.len() + 1;
        let shared = shared::of_type(self.schema, ty);
        let methods: Vec<TokenStream> =
            shared.iter().map(|shared| self.accessor(shared, depth, variants)).collect();
        (!methods.is_empty()).then(|| quote!(impl #ident { #(#methods)* }))
    }

    fn accessor(&self, shared: &Shared<'_>, depth: usize, variants: &[&Ident]) -> TokenStream {
        let Paths { option, .. } = &self.paths;
        let how = if shared.optional { "where there is one" } else { "which all variants have" };
        let doc = format!("`{}`, {how}.", shared.tl);
        let name = paths::escaped(&shared.method);
        let ty = self.given(shared, depth);
        let ty = if shared.optional { quote!(#option<#ty>) } else { ty };
        let arms = variants.iter().zip(&shared.places).map(|(variant, place)| {
            let value = self.value_at(*place, shared);
            quote!(Self::#variant(value) => #value)
        });
        quote! {
            #[doc = #doc]
            #[inline]
            pub fn #name(&self) -> #ty { match self { #(#arms),* } }
        }
    }

    /// The type of a value that is there: what can be copied, or a reference.
    fn given(&self, shared: &Shared<'_>, depth: usize) -> TokenStream {
        let Some(ty) = shared.ty else { return quote!(bool) };
        match ty {
            Ty::String => quote!(&str),
            Ty::Vector { bare: false, item } => {
                let item = self.paths.ty(self.schema, item, depth);
                quote!(&[#item])
            }
            ty if is_copied(ty) => self.paths.ty(self.schema, ty, depth),
            ty => {
                let ty = self.paths.ty(self.schema, ty, depth);
                quote!(&#ty)
            }
        }
    }

    fn value_at(&self, place: Place<'_>, shared: &Shared<'_>) -> TokenStream {
        let Paths { some, .. } = &self.paths;
        let of = |field: &Field| paths::escaped(&field.ident);
        let is_copied = shared.ty.is_some_and(is_copied);
        let mark = (!is_copied).then(|| quote!(&));
        match place {
            Place::Presence(ident) => {
                let ident = paths::escaped(&method(ident));
                quote!(value.#ident())
            }
            Place::Flag(field) => {
                let field = of(field);
                quote!(value.#field)
            }
            Place::Required(field, _) => {
                let field = of(field);
                let value = quote!(#mark value.#field);
                if shared.optional { quote!(#some(#value)) } else { value }
            }
            Place::Optional(field, slot) => {
                let field = of(field);
                let derefs =
                    slot.boxed || matches!(slot.ty, Ty::String | Ty::Vector { bare: false, .. });
                if is_copied {
                    quote!(value.#field)
                } else if derefs {
                    quote!(value.#field.as_deref())
                } else {
                    quote!(value.#field.as_ref())
                }
            }
            Place::Member(field, member) => {
                let boxed = matches!(field.kind, FieldKind::Group { boxed: true, .. });
                let (field, member) = (of(field), paths::escaped(&member.ident));
                let group = if boxed {
                    quote!(value.#field.as_deref())
                } else {
                    quote!(value.#field.as_ref())
                };
                quote!(#group.map(|group| #mark group.#member))
            }
        }
    }
}

fn is_copied(ty: &Ty) -> bool {
    matches!(ty, Ty::Int | Ty::Long | Ty::Double | Ty::Int128 | Ty::Int256 | Ty::Int512 | Ty::Bool)
}
