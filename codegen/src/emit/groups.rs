//! Groups: a struct for the parameters that share a bit, so that all of them are there or none.

use quote::quote;

use crate::emit::item::Item;
use crate::emit::{Emitter, Placed, docs, paths};
use crate::ir::{Body, FieldKind, Member, Name};

impl Emitter<'_> {
    pub(super) fn groups(&self) -> Vec<Placed> {
        let constructors = self.schema.constructors.iter().map(|c| (&c.name, &c.body));
        let functions = self.schema.functions.iter().map(|f| (&f.name, &f.body));
        constructors.chain(functions).flat_map(|(name, body)| self.groups_of(name, body)).collect()
    }

    fn groups_of(&self, name: &Name, body: &Body) -> Vec<Placed> {
        let groups = body.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::Group { ident, members, .. } => Some((ident, members)),
            _ => None,
        });
        groups
            .map(|(ident, members)| (name.modules.clone(), self.group(name, ident, members)))
            .collect()
    }

    fn group(&self, name: &Name, ident: &str, members: &[Member]) -> Item {
        let text = format!("Parameters of `{}` that are there together.", name.tl);
        let ident = paths::escaped(ident);
        let depth = name.modules.len() + 1;
        let members = members.iter().map(|member| {
            let doc = docs::param(&member.tl);
            let ident = paths::escaped(&member.ident);
            let ty = self.paths.slot(self.schema, &member.slot, depth);
            quote!(#doc pub #ident: #ty)
        });
        let tokens = quote! {
            #[doc = #text]
            #[derive(Clone, Debug, PartialEq)]
            pub struct #ident { #(#members),* }
        };
        Item::new(tokens, depth)
    }
}
