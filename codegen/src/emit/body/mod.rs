//! The fields of a definition: the struct that holds them, and how they are written and read.

mod new;
mod read;
mod runs;
mod write;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::Error;
use crate::emit::paths::Paths;
use crate::emit::{Emitter, docs, paths};
use crate::ir::{self, Bit, Body, Field, FieldKind, Name};
use crate::min_len;
use new::{is_default, new};
use read::Reader;
use write::Writer;

/// The tokens that a body gives.
pub(in crate::emit) struct Emitted {
    /// What is derived.
    pub(in crate::emit) derives: TokenStream,
    /// What follows the struct's name: `{ a: i32 }`, or `;`.
    pub(in crate::emit) definition: TokenStream,
    /// Methods of the struct.
    pub(in crate::emit) methods: Vec<TokenStream>,
    /// Statements that write the id and `self` to `out`.
    pub(in crate::emit) write: TokenStream,
    /// Statements that read each value from `r`, in wire order.
    pub(in crate::emit) read_steps: TokenStream,
    /// The expression that makes `Some(Self)` of those values.
    pub(in crate::emit) read_value: TokenStream,
    /// The bytes that the shortest value has.
    pub(in crate::emit) min_len: usize,
}

impl Emitted {
    pub(in crate::emit) fn new(
        emitter: &Emitter<'_>,
        name: &Name,
        id: &Literal,
        body: &Body,
    ) -> Result<Self, Error> {
        let depth = name.modules.len() + 1;
        let writer = Writer { emitter, body };
        let reader = Reader { emitter, name, body };
        Ok(Self {
            derives: if is_default(body) { quote!(Clone, Default) } else { quote!(Clone) },
            definition: definition(emitter, name, body, depth),
            methods: methods(emitter, name, body, depth),
            write: writer.statements(id),
            read_steps: reader.steps(),
            read_value: reader.value(),
            // The id, and the fields.
            min_len: min_len::of_body(&emitter.min_lens, body).saturating_add(4),
        })
    }
}

fn definition(emitter: &Emitter<'_>, name: &Name, body: &Body, depth: usize) -> TokenStream {
    if body.fields.is_empty() {
        return quote!(;);
    }
    let fields = body.fields.iter().map(|field| {
        let doc = docs::param(&field.tl);
        let ident = paths::escaped(&field.ident);
        let ty = field_type(emitter, name, field, depth);
        quote!(#doc pub #ident: #ty)
    });
    quote!({ #(#fields),* })
}

fn field_type(emitter: &Emitter<'_>, name: &Name, field: &Field, depth: usize) -> TokenStream {
    let Paths { option, boxed: to_box, .. } = &emitter.paths;
    match &field.kind {
        FieldKind::Required(slot) => emitter.paths.slot(emitter.schema, slot, depth),
        FieldKind::Flag => quote!(bool),
        FieldKind::Optional(slot) => {
            let ty = emitter.paths.slot(emitter.schema, slot, depth);
            quote!(#option<#ty>)
        }
        FieldKind::Group { ident, boxed, .. } => {
            let group = paths::in_module("groups", &group_name(name, ident), depth);
            if *boxed { quote!(#option<#to_box<#group>>) } else { quote!(#option<#group>) }
        }
    }
}

/// A group's struct has the namespace of its definition.
fn group_name(definition: &Name, ident: &str) -> Name {
    Name { ident: ident.to_owned(), ..definition.clone() }
}

fn methods(emitter: &Emitter<'_>, name: &Name, body: &Body, depth: usize) -> Vec<TokenStream> {
    let presence = body.presence.iter().filter_map(|presence| {
        let field = body.fields.get(presence.field)?;
        let doc = docs::param(&presence.tl);
        let ident = paths::escaped(&ir::method(&presence.ident));
        let holder = paths::escaped(&field.ident);
        let value = is_present(field, &holder);
        Some(quote!(#doc #[inline] pub fn #ident(&self) -> bool { #value }))
    });
    std::iter::once(new(emitter, name, body, depth)).chain(presence).collect()
}

fn is_present(field: &Field, ident: &Ident) -> TokenStream {
    if field.kind == FieldKind::Flag { quote!(self.#ident) } else { quote!(self.#ident.is_some()) }
}

fn mask(bit: Bit) -> u32 {
    1 << (bit.bit & 31)
}

fn word(index: usize) -> Ident {
    format_ident!("word{index}")
}

/// Locals are numbered, not named: a field may be called like anything else in scope.
fn local(field: usize) -> Ident {
    format_ident!("v{field}")
}

fn member_local(field: usize, member: usize) -> Ident {
    format_ident!("v{field}_{member}")
}

fn member_ident(body: &Body, field: usize, member: usize) -> Ident {
    let found = match body.fields.get(field).map(|f| &f.kind) {
        Some(FieldKind::Group { members, .. }) => members.get(member),
        _ => None,
    };
    found.map_or_else(|| format_ident!("_missing"), |m| paths::escaped(&m.ident))
}
