//! The fields of a definition: the struct that holds them, and how they are written and read.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::Error;
use crate::emit::{Emitter, docs, names, paths};
use crate::ir::{Bit, Body, Field, FieldKind, Name, Schema, Slot, Step, Ty};

/// The tokens that a body gives.
pub(super) struct Emitted {
    /// What is derived.
    pub(super) derives: TokenStream,
    /// What follows the struct's name: `{ a: i32 }`, or `;`.
    pub(super) definition: TokenStream,
    /// Methods of the struct.
    pub(super) methods: Vec<TokenStream>,
    /// Statements that write `self` to `out`.
    pub(super) write: TokenStream,
    /// Statements that read each value from `r`, in wire order.
    pub(super) read_steps: TokenStream,
    /// The expression that makes `Some(Self)` of those values.
    pub(super) read_value: TokenStream,
    /// The bytes that the shortest value has.
    pub(super) min_len: usize,
}

impl Emitted {
    pub(super) fn new(emitter: &Emitter<'_>, name: &Name, body: &Body) -> Result<Self, Error> {
        let depth = name.modules.len() + 1;
        let writer = Writer { emitter, body };
        let reader = Reader { emitter, name, body };
        Ok(Self {
            derives: if is_default(body) { quote!(Clone, Default) } else { quote!(Clone) },
            definition: definition(emitter, name, body, depth),
            methods: methods(emitter, name, body, depth),
            write: writer.statements(),
            read_steps: reader.steps(),
            read_value: reader.value(),
            // The id, and the fields.
            min_len: 4 + min_len(emitter.schema, body, 0),
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
    match &field.kind {
        FieldKind::Required(slot) => emitter.paths.slot(emitter.schema, slot, depth),
        FieldKind::Flag => quote!(bool),
        FieldKind::Optional(slot) => {
            let ty = emitter.paths.slot(emitter.schema, slot, depth);
            quote!(::core::option::Option<#ty>)
        }
        FieldKind::Group { ident, boxed, .. } => {
            let group = paths::in_module("groups", &group_name(name, ident), depth);
            if *boxed {
                quote!(::core::option::Option<::std::boxed::Box<#group>>)
            } else {
                quote!(::core::option::Option<#group>)
            }
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
        let ident = paths::escaped(&presence.ident);
        let holder = paths::escaped(&field.ident);
        let value = is_present(field, &holder);
        Some(quote!(#doc pub fn #ident(&self) -> bool { #value }))
    });
    new(emitter, name, body, depth).into_iter().chain(presence).collect()
}

/// `new`, so that `Post { pinned: true, ..Post::new(date) }` names what is there alone.
fn new(emitter: &Emitter<'_>, name: &Name, body: &Body, depth: usize) -> Option<TokenStream> {
    let arguments = body.new_arguments()?;
    // A parameter may be called so too; the method that tells of it is there first.
    if body.presence.iter().any(|presence| presence.ident == "new") {
        return None;
    }
    let arguments = arguments.into_iter().map(|field| {
        let ident = paths::escaped(&field.ident);
        let ty = field_type(emitter, name, field, depth);
        quote!(#ident: #ty)
    });
    let fields = body.fields.iter().map(|field| {
        let ident = paths::escaped(&field.ident);
        match field.kind {
            FieldKind::Required(_) => quote!(#ident),
            FieldKind::Flag => quote!(#ident: false),
            FieldKind::Optional(_) | FieldKind::Group { .. } => {
                quote!(#ident: ::core::option::Option::None)
            }
        }
    });
    let value = if is_default(body) {
        // By its path: a parameter may be called `default`.
        quote!(<Self as ::core::default::Default>::default())
    } else {
        quote!(Self { #(#fields),* })
    };
    Some(quote! {
        #[doc = "What is always there, and nothing else."]
        pub fn new(#(#arguments),*) -> Self { #value }
    })
}

/// Whether nothing is always there.
fn is_default(body: &Body) -> bool {
    body.new_arguments().is_some_and(|arguments| arguments.is_empty())
}

fn is_present(field: &Field, ident: &Ident) -> TokenStream {
    if field.kind == FieldKind::Flag { quote!(self.#ident) } else { quote!(self.#ident.is_some()) }
}

/// Emits the statements that write a body.
struct Writer<'a> {
    emitter: &'a Emitter<'a>,
    body: &'a Body,
}

impl Writer<'_> {
    fn statements(&self) -> TokenStream {
        let statements = self.body.steps.iter().map(|step| self.step(*step));
        let statements: Vec<TokenStream> = statements.collect();
        quote!(#(#statements)*)
    }

    fn step(&self, step: Step) -> TokenStream {
        let tl = &self.emitter.paths.tl;
        match step {
            Step::Word(word) => {
                let bits = self.body.fields.iter().filter_map(|field| {
                    let Bit { bit, .. } = field.bit.filter(|bit| bit.word == word)?;
                    let present = is_present(field, &paths::escaped(&field.ident));
                    Some(if bit == 0 {
                        quote!(#present as u32)
                    } else {
                        let bit = Literal::u8_unsuffixed(bit);
                        quote!((#present as u32) << #bit)
                    })
                });
                let bits: Vec<TokenStream> = bits.collect();
                let word = if bits.is_empty() { quote!(0) } else { quote!(#(#bits)|*) };
                quote!(#tl::codec::write_word(#word, out);)
            }
            Step::Field(field) | Step::Measured { field } => self.field(field),
            Step::Member { field, member } => self.member(field, member),
            Step::Length { field } => {
                let ident = self.ident(field);
                quote!(#tl::codec::write_length(&self.#ident, out);)
            }
        }
    }

    fn field(&self, index: usize) -> TokenStream {
        let tl = &self.emitter.paths.tl;
        let ident = self.ident(index);
        match self.body.fields.get(index).map(|field| &field.kind) {
            Some(FieldKind::Optional(_)) => quote!(#tl::codec::write_optional(&self.#ident, out);),
            _ => quote!(#tl::Serialize::serialize(&self.#ident, out);),
        }
    }

    fn member(&self, field: usize, member: usize) -> TokenStream {
        let tl = &self.emitter.paths.tl;
        let ident = self.ident(field);
        let member = member_ident(self.body, field, member);
        // The semicolon ends it: on one line with the next, it would read as an `else if` without its `else`.
        quote! {
            if let ::core::option::Option::Some(group) = &self.#ident {
                #tl::Serialize::serialize(&group.#member, out);
            };
        }
    }

    fn ident(&self, field: usize) -> Ident {
        self.body
            .fields
            .get(field)
            .map_or_else(|| format_ident!("_missing"), |f| paths::escaped(&f.ident))
    }
}

/// Emits the statements that read a body: first each value in wire order, then the struct.
struct Reader<'a> {
    emitter: &'a Emitter<'a>,
    name: &'a Name,
    body: &'a Body,
}

impl Reader<'_> {
    fn steps(&self) -> TokenStream {
        let steps = self.body.steps.iter().map(|step| self.step(*step));
        quote!(#(#steps)*)
    }

    fn value(&self) -> TokenStream {
        if self.body.fields.is_empty() {
            return quote!(::core::option::Option::Some(Self));
        }
        let fields = self
            .body
            .fields
            .iter()
            .enumerate()
            .map(|(index, field)| field_value(self.name, index, field));
        quote!(::core::option::Option::Some(Self { #(#fields),* }))
    }

    fn step(&self, step: Step) -> TokenStream {
        let tl = &self.emitter.paths.tl;
        match step {
            Step::Word(index) => {
                let word = word(index);
                // A word that no field refers to is read and dropped.
                let is_used =
                    self.body.fields.iter().any(|f| f.bit.is_some_and(|b| b.word == index));
                if is_used { quote!(let #word = r.word();) } else { quote!(r.word();) }
            }
            Step::Field(index) => {
                let local = local(index);
                match self.body.fields.get(index) {
                    Some(Field { kind: FieldKind::Optional(_), bit: Some(bit), .. }) => {
                        let present = is_set(*bit);
                        quote!(let #local = #tl::codec::read_optional(r, #present);)
                    }
                    Some(Field { kind: FieldKind::Required(slot), .. }) => {
                        let read = self.required(slot);
                        quote!(let #local = #read;)
                    }
                    _ => quote!(),
                }
            }
            Step::Member { field, member } => {
                let local = member_local(field, member);
                let present =
                    self.body.fields.get(field).and_then(|f| f.bit).map_or(quote!(false), is_set);
                quote!(let #local = #tl::codec::read_optional(r, #present);)
            }
            Step::Length { .. } => quote!(let length = r.length();),
            Step::Measured { field } => {
                let local = local(field);
                quote!(let #local = r.measured_object(length);)
            }
        }
    }

    /// Reads a value that is always there. What has a zero to go on with is read without a branch.
    fn required(&self, slot: &Slot) -> TokenStream {
        let tl = &self.emitter.paths.tl;
        match &slot.ty {
            Ty::Int => quote!(r.int()),
            Ty::Long => quote!(r.long()),
            Ty::Double => quote!(r.double()),
            Ty::Int128 | Ty::Int256 | Ty::Int512 => quote!(r.wide()),
            Ty::String => quote!(r.string()),
            Ty::Bytes => quote!(r.bytes()),
            Ty::Bool => quote!(r.boolean()),
            Ty::Object => quote!(r.object()),
            Ty::Vector { bare: false, .. } => quote!(#tl::codec::read_vector(r)),
            Ty::Vector { bare: true, .. } | Ty::Boxed(_) | Ty::Bare(_) | Ty::Variable => {
                quote!(#tl::Deserialize::read(r)?)
            }
        }
    }
}

fn field_value(definition: &Name, index: usize, field: &Field) -> TokenStream {
    let ident = paths::escaped(&field.ident);
    match &field.kind {
        FieldKind::Flag => {
            let present = field.bit.map_or(quote!(false), is_set);
            quote!(#ident: #present)
        }
        FieldKind::Group { ident: name, boxed, members } => {
            let depth = definition.modules.len() + 1;
            let name = paths::in_module("groups", &group_name(definition, name), depth);
            let some = quote!(::core::option::Option::Some);
            let locals: Vec<Ident> =
                (0..members.len()).map(|member| member_local(index, member)).collect();
            let fields = members.iter().zip(&locals).map(|(member, local)| {
                let ident = paths::escaped(&member.ident);
                quote!(#ident: #local)
            });
            let group = quote!(#name { #(#fields),* });
            let group = if *boxed { quote!(::std::boxed::Box::new(#group)) } else { group };
            quote! {
                #ident: match (#(#locals),*) {
                    (#(#some(#locals)),*) => #some(#group),
                    _ => ::core::option::Option::None,
                }
            }
        }
        _ => {
            let local = local(index);
            quote!(#ident: #local)
        }
    }
}

fn is_set(bit: Bit) -> TokenStream {
    let word = word(bit.word);
    let mask = names::hex(1 << (bit.bit & 31));
    quote!(#word & #mask != 0)
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

/// How deep bare values inside bare values are counted; published schemas have one level.
const MAX_BARE_DEPTH: usize = 8;

/// The bytes of the shortest value: vectors and strings empty, optional values absent.
fn min_len(schema: &Schema, body: &Body, depth: usize) -> usize {
    let steps = body.steps.iter().map(|step| match step {
        Step::Word(_) | Step::Length { .. } => 4,
        Step::Member { .. } | Step::Measured { .. } => 0,
        Step::Field(field) => match body.fields.get(*field).map(|f| &f.kind) {
            Some(FieldKind::Required(slot)) => ty_min_len(schema, &slot.ty, depth),
            _ => 0,
        },
    });
    steps.fold(0, usize::saturating_add)
}

fn ty_min_len(schema: &Schema, ty: &Ty, depth: usize) -> usize {
    match ty {
        Ty::Int | Ty::Bool | Ty::String | Ty::Bytes | Ty::Object | Ty::Variable | Ty::Boxed(_) => 4,
        Ty::Long | Ty::Double => 8,
        Ty::Int128 => 16,
        Ty::Int256 => 32,
        Ty::Int512 => 64,
        Ty::Vector { bare: true, .. } => 4,
        Ty::Vector { bare: false, .. } => 8,
        Ty::Bare(_) if depth == MAX_BARE_DEPTH => 0,
        Ty::Bare(constructor) => min_len(schema, &schema.constructor(*constructor).body, depth + 1),
    }
}
