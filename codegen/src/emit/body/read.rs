//! The statements that read a body.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::runs::{Run, required, runs};
use super::{group_name, local, mask, member_local, word};
use crate::emit::paths::Paths;
use crate::emit::{Emitter, names, paths};
use crate::ir::{Bit, Body, Field, FieldKind, Name, Slot, Step, Ty};

/// Emits the statements that read a body: first each value in wire order, then the struct.
pub(super) struct Reader<'a> {
    pub(super) emitter: &'a Emitter<'a>,
    pub(super) name: &'a Name,
    pub(super) body: &'a Body,
}

impl Reader<'_> {
    pub(super) fn steps(&self) -> TokenStream {
        let steps = runs(self.body).into_iter().map(|run| match run {
            Run::Single(step) => self.step(step),
            Run::Fixed(steps) => match steps.as_slice() {
                [step] => self.step(*step),
                steps => self.fixed(steps),
            },
        });
        quote!(#(#steps)*)
    }

    /// Reads steps of fixed length at once.
    fn fixed(&self, steps: &[Step]) -> TokenStream {
        let tl = &self.emitter.paths.tl;
        let mut names: Vec<TokenStream> = Vec::new();
        let mut values: Vec<TokenStream> = Vec::new();
        for step in steps {
            match *step {
                Step::Word(index) if self.is_used(index) => {
                    let word = word(index);
                    names.push(quote!(#word));
                }
                Step::Field(index) => {
                    let local = local(index);
                    let low = format_ident!("low{index}");
                    let high = format_ident!("high{index}");
                    match required(self.body, index) {
                        Some(Ty::Long) => {
                            values.push(quote!(let #local = #tl::codec::long(#low, #high);));
                            names.extend([quote!(#low), quote!(#high)]);
                        }
                        Some(Ty::Double) => {
                            let bits = quote!(#tl::codec::long(#low, #high) as u64);
                            values.push(quote!(let #local = f64::from_bits(#bits);));
                            names.extend([quote!(#low), quote!(#high)]);
                        }
                        _ => {
                            values.push(quote!(let #local = #low as i32;));
                            names.push(quote!(#low));
                        }
                    }
                }
                _ => names.push(quote!(_)),
            }
        }
        quote!(let [#(#names),*] = r.words(); #(#values)*)
    }

    /// Whether a field refers to a word.
    fn is_used(&self, word: usize) -> bool {
        self.body.fields.iter().any(|field| field.bit.is_some_and(|bit| bit.word == word))
    }

    pub(super) fn value(&self) -> TokenStream {
        let some = &self.emitter.paths.some;
        if self.body.fields.is_empty() {
            return quote!(#some(Self));
        }
        let fields = self
            .body
            .fields
            .iter()
            .enumerate()
            .map(|(index, field)| self.field_value(index, field));
        quote!(#some(Self { #(#fields),* }))
    }

    fn field_value(&self, index: usize, field: &Field) -> TokenStream {
        let ident = paths::escaped(&field.ident);
        let Paths { some, none, boxed: to_box, .. } = &self.emitter.paths;
        match &field.kind {
            FieldKind::Flag => {
                let present = field.bit.map_or(quote!(false), is_set);
                quote!(#ident: #present)
            }
            FieldKind::Group { ident: name, boxed, members } => {
                let depth = self.name.modules.len() + 1;
                let name = paths::in_module("groups", &group_name(self.name, name), depth);
                let locals: Vec<Ident> =
                    (0..members.len()).map(|member| member_local(index, member)).collect();
                let fields = members.iter().zip(&locals).map(|(member, local)| {
                    let ident = paths::escaped(&member.ident);
                    quote!(#ident: #local)
                });
                let group = quote!(#name { #(#fields),* });
                let group = if *boxed { quote!(#to_box::new(#group)) } else { group };
                quote! {
                    #ident: match (#(#locals),*) {
                        (#(#some(#locals)),*) => #some(#group),
                        _ => #none,
                    }
                }
            }
            _ => {
                let local = local(index);
                quote!(#ident: #local)
            }
        }
    }

    fn step(&self, step: Step) -> TokenStream {
        let tl = &self.emitter.paths.tl;
        match step {
            Step::Word(index) => {
                let word = word(index);
                // A word that no field refers to is read and dropped.
                if self.is_used(index) { quote!(let #word = r.word();) } else { quote!(r.word();) }
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

fn is_set(bit: Bit) -> TokenStream {
    let word = word(bit.word);
    let mask = names::hex(mask(bit));
    quote!(#word & #mask != 0)
}
