//! The statements that write a body.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::runs::{Run, required, runs};
use super::{is_present, mask, member_ident};
use crate::emit::paths::Paths;
use crate::emit::{Emitter, names, paths};
use crate::ir::{Bit, Body, Field, FieldKind, Step, Ty};

/// Emits the statements that write a body.
pub(super) struct Writer<'a> {
    pub(super) emitter: &'a Emitter<'a>,
    pub(super) body: &'a Body,
}

impl Writer<'_> {
    pub(super) fn statements(&self, id: &Literal) -> TokenStream {
        let runs = runs(self.body);
        // The id begins the first run, if that is where the parameters begin.
        let id_alone = !runs.first().is_some_and(Run::is_fixed);
        let id_alone = id_alone.then(|| self.words(&[quote!(#id)]));
        let statements = runs.iter().enumerate().map(|(place, run)| match run {
            Run::Fixed(steps) => {
                let words = steps.iter().flat_map(|step| self.fixed(*step));
                let words: Vec<TokenStream> = match place {
                    0 => std::iter::once(quote!(#id)).chain(words).collect(),
                    _ => words.collect(),
                };
                let before = usize::from(place == 0);
                let begun = (0..steps.len()).map(|at| self.begin_word(steps, at, before));
                let write = self.words(&words);
                quote!(#(#begun)* #write)
            }
            Run::Single(step) => self.step(*step),
        });
        quote!(#id_alone #(#statements)*)
    }

    /// Whether bits of a word are set only when the values they stand for are written. A value is asked once then whether it
    /// is there, not twice; a message of the API has thirty.
    fn has_late_bits(&self, word: usize) -> bool {
        self.body.fields.iter().any(|field| is_late(field) && is_of(field, word))
    }

    /// Remembers the place of a word whose bits come late. It is the step of this number of a run.
    fn begin_word(&self, steps: &[Step], at: usize, before: usize) -> Option<TokenStream> {
        let index = match steps.get(at) {
            Some(Step::Word(index)) if self.has_late_bits(*index) => *index,
            _ => return None,
        };
        let steps = steps.iter().take(at).map(|step| self.fixed(*step).len());
        let bytes = Literal::usize_unsuffixed(4 * (before + steps.sum::<usize>()));
        let place = place(index);
        Some(quote!(let #place = out.len() + #bytes;))
    }

    fn words(&self, words: &[TokenStream]) -> TokenStream {
        let tl = &self.emitter.paths.tl;
        match words {
            [word] => quote!(#tl::codec::write_word(#word, out);),
            words => quote!(#tl::codec::write_words(&[#(#words),*], out);),
        }
    }

    /// The words of a step of fixed length.
    fn fixed(&self, step: Step) -> Vec<TokenStream> {
        let tl = &self.emitter.paths.tl;
        let halves = |value: TokenStream| {
            let half = |place: usize| {
                let place = Literal::usize_unsuffixed(place);
                quote!(#tl::codec::halves(#value)[#place])
            };
            vec![half(0), half(1)]
        };
        match step {
            Step::Field(field) => {
                let ident = self.ident(field);
                match required(self.body, field) {
                    Some(Ty::Long) => halves(quote!(self.#ident)),
                    Some(Ty::Double) => halves(quote!(self.#ident.to_bits() as i64)),
                    _ => vec![quote!(self.#ident as u32)],
                }
            }
            Step::Word(word) => vec![self.early_bits(word)],
            Step::Member { .. } | Step::Length { .. } | Step::Measured { .. } => Vec::new(),
        }
    }

    /// The bits of a `#` word that are known before the values are written.
    fn early_bits(&self, word: usize) -> TokenStream {
        let fields = self.body.fields.iter().filter(|field| !is_late(field) && is_of(field, word));
        let bits = fields.filter_map(|field| {
            let Bit { bit, .. } = field.bit?;
            let present = is_present(field, &paths::escaped(&field.ident));
            Some(if bit == 0 {
                quote!(#present as u32)
            } else {
                let bit = Literal::u8_unsuffixed(bit);
                quote!((#present as u32) << #bit)
            })
        });
        let bits: Vec<TokenStream> = bits.collect();
        if bits.is_empty() { quote!(0) } else { quote!(#(#bits)|*) }
    }

    fn step(&self, step: Step) -> TokenStream {
        let tl = &self.emitter.paths.tl;
        match step {
            Step::Word(word) => self.words(&[self.early_bits(word)]),
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
            Some(FieldKind::Optional(_)) => {
                let bit = self.body.fields.get(index).and_then(|field| field.bit);
                let (place, mask) = (place(bit.map_or(0, |b| b.word)), bit.map_or(0, mask));
                let mask = names::hex(mask);
                quote!(#tl::codec::write_optional(&self.#ident, #place, #mask, out);)
            }
            _ => quote!(#tl::Serialize::serialize(&self.#ident, out);),
        }
    }

    fn member(&self, field: usize, member: usize) -> TokenStream {
        let Paths { tl, some, .. } = &self.emitter.paths;
        let ident = self.ident(field);
        let member = member_ident(self.body, field, member);
        // The semicolon ends it: on one line with the next, it would read as an `else if` without its `else`.
        quote! {
            if let #some(group) = &self.#ident {
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

fn is_of(field: &Field, word: usize) -> bool {
    field.bit.is_some_and(|bit| bit.word == word)
}

/// Whether the bit of a field is set when its value is written.
fn is_late(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Optional(_))
}

/// The local that remembers where a word was written.
fn place(word: usize) -> Ident {
    format_ident!("place{word}")
}
