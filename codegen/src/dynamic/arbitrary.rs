//! Arbitrary values, for tests: of any definition, with every shape that its types allow.

use std::collections::HashMap;

use crate::dynamic::codec::Codec;
use crate::dynamic::definition::Definition;
use crate::dynamic::target::{Goal, Target};
use crate::dynamic::value::{Object, Text, Value};
use crate::dynamic::{VECTOR_ID, bool_of};
use crate::ir::{Bit, ConstructorIndex, ParamKind, Schema, Ty};
use crate::least::{self, Least};

/// How deep constructors stand inside each other before only the shallowest are chosen.
const MAX_DEPTH: usize = 12;

/// Makes an arbitrary value of a constructor or a function, for tests.
///
/// Everything that may be there or not is decided by `random`: each optional parameter (those that share a bit together),
/// which constructor of a type, how many items. When `budget` values were made, the rest is as small as it can be. The
/// same numbers give the same value.
///
/// For many values, [`Arbitrary`] prepares the codec's schemas once.
pub fn arbitrary(
    codec: &Codec<'_>,
    definition: Definition<'_>,
    random: &mut dyn FnMut() -> u64,
    budget: usize,
) -> Value {
    Arbitrary::new(codec).value(definition, random, budget)
}

/// Makes arbitrary values of the definitions of a codec, for tests.
#[derive(Debug, Clone)]
pub struct Arbitrary<'c, 's> {
    codec: &'c Codec<'s>,
    /// How deep the shallowest value of each constructor is, schema by schema.
    depths: Vec<Least>,
}

impl<'c, 's> Arbitrary<'c, 's> {
    /// Prepares the schemas of a codec.
    pub fn new(codec: &'c Codec<'s>) -> Self {
        let depths = codec.schemas().iter().map(|schema| depths(schema)).collect();
        Self { codec, depths }
    }

    /// Makes a value, as [`arbitrary`] does.
    pub fn value(
        &self,
        definition: Definition<'_>,
        random: &mut dyn FnMut() -> u64,
        budget: usize,
    ) -> Value {
        Maker { arbitrary: self, random, left: budget, depth: 0 }.object(definition)
    }

    /// Makes a value of what it is known to be, what a function returns say; `None` if the codec has no such thing.
    pub fn target(
        &self,
        target: &Target<'_>,
        random: &mut dyn FnMut() -> u64,
        budget: usize,
    ) -> Option<Value> {
        Some(match &target.goal {
            Goal::Ty(schema, ty) => self.of_type(*schema, ty, random, budget),
            Goal::Definition(schema, id) => {
                self.value(self.codec.own_with_id(*schema, *id)?, random, budget)
            }
        })
    }

    /// Makes a value of a type of one of the schemas.
    pub(super) fn of_type(
        &self,
        schema: usize,
        ty: &Ty,
        random: &mut dyn FnMut() -> u64,
        budget: usize,
    ) -> Value {
        Maker { arbitrary: self, random, left: budget, depth: 0 }.of(schema, ty)
    }
}

struct Maker<'a, 'c, 's> {
    arbitrary: &'a Arbitrary<'c, 's>,
    random: &'a mut dyn FnMut() -> u64,
    /// How many values may still be made for the sake of variety.
    left: usize,
    depth: usize,
}

impl Maker<'_, '_, '_> {
    fn object(&mut self, definition: Definition<'_>) -> Value {
        self.depth += 1;
        self.left = self.left.saturating_sub(1);
        let mut bits: HashMap<Bit, bool> = HashMap::new();
        let mut fields = Vec::new();
        for param in &definition.body().params {
            let value = match &param.kind {
                ParamKind::Word(_) | ParamKind::Length => continue,
                ParamKind::Required(ty) => self.of(definition.schema(), ty),
                ParamKind::Measured => self.of(definition.schema(), &Ty::Object),
                ParamKind::Flag(bit) if self.is_there(&mut bits, *bit) => Value::True,
                ParamKind::Optional { bit, ty } if self.is_there(&mut bits, *bit) => {
                    self.of(definition.schema(), ty)
                }
                ParamKind::Flag(_) | ParamKind::Optional { .. } => continue,
            };
            fields.push((param.name.clone(), value));
        }
        self.depth -= 1;
        Value::Object(Object { name: definition.name().to_owned(), id: definition.id(), fields })
    }

    fn is_there(&mut self, bits: &mut HashMap<Bit, bool>, bit: Bit) -> bool {
        let is_there = !self.is_exhausted() && self.one_in(2);
        *bits.entry(bit).or_insert(is_there)
    }

    fn of(&mut self, schema: usize, ty: &Ty) -> Value {
        self.left = self.left.saturating_sub(1);
        match ty {
            Ty::Int => Value::Int(self.number() as i32),
            Ty::Long => Value::Long(self.number().cast_signed()),
            Ty::Double => Value::Double(f64::from_bits(self.number())),
            Ty::Int128 => Value::Int128(self.wide()),
            Ty::Int256 => Value::Int256(self.wide()),
            Ty::Int512 => Value::Int512(Box::new(self.wide())),
            Ty::String => Value::String(self.text()),
            Ty::Bytes => {
                let length = self.length();
                Value::Bytes(self.bytes(length))
            }
            Ty::Bool => Value::Bool(self.one_in(2)),
            Ty::Object | Ty::Variable => self.any(*ty == Ty::Variable),
            Ty::Vector { item, .. } => {
                let count = if self.is_exhausted() { 0 } else { self.below(4) };
                Value::Vector((0..count).map(|_| self.of(schema, item)).collect())
            }
            Ty::Bare(index) => self.one_of(schema, &[index.0]),
            Ty::Boxed(index) => {
                let ty = self.arbitrary.codec.type_at(schema, *index);
                let constructors = ty.map_or(&[][..], |ty| &ty.constructors);
                let constructors: Vec<usize> = constructors.iter().map(|c| c.0).collect();
                self.one_of(schema, &constructors)
            }
        }
    }

    /// A value of one of these constructors: of the one with the shallowest values, when enough was made.
    fn one_of(&mut self, schema: usize, constructors: &[usize]) -> Value {
        let chosen = if self.is_exhausted() {
            let depths = self.arbitrary.depths.get(schema);
            let depth =
                |index| depths.and_then(|depths| depths.constructor(ConstructorIndex(index)));
            constructors.iter().copied().min_by_key(|index| depth(*index).unwrap_or(usize::MAX))
        } else {
            let place = self.below(constructors.len());
            constructors.get(place).copied()
        };
        let definition = chosen
            .and_then(|index| self.arbitrary.codec.constructor(schema, ConstructorIndex(index)));
        // A type has a constructor.
        definition.map_or(Value::Raw(Vec::new()), |definition| self.object(definition))
    }

    /// A value of any definition, or of a function: one that the codec knows, a `Bool`, or one of an unknown id.
    fn any(&mut self, is_query: bool) -> Value {
        if self.is_exhausted() || self.one_in(4) {
            return self.raw();
        }
        if !is_query && self.one_in(8) {
            return Value::Bool(self.one_in(2));
        }
        let all = self.arbitrary.codec.definitions();
        let first = self.below(all.len());
        let (before, after) = all.split_at(first);
        // What another schema has under the same id would be read as that.
        let is_first =
            |d: &&Definition<'_>| self.arbitrary.codec.first_with_id(d.id()).as_ref() == Some(*d);
        let fits = |d: &&Definition<'_>| (!is_query || d.is_function()) && is_first(d);
        match after.iter().chain(before).find(fits).copied() {
            Some(definition) => self.object(definition),
            None => self.raw(),
        }
    }

    fn raw(&mut self) -> Value {
        let mut id = (self.random)() as u32;
        while id == VECTOR_ID
            || bool_of(id).is_some()
            || self.arbitrary.codec.first_with_id(id).is_some()
        {
            id = id.wrapping_add(1);
        }
        let mut bytes = id.to_le_bytes().to_vec();
        let words = self.below(4);
        bytes.extend(self.bytes(4 * words));
        Value::Raw(bytes)
    }

    fn is_exhausted(&self) -> bool {
        self.left == 0 || self.depth > MAX_DEPTH
    }

    /// A number that is likely to be one of those at the edges.
    fn number(&mut self) -> u64 {
        let number = (self.random)();
        match self.below(8) {
            0 => 0,
            1 => u64::MAX,
            2 => 1 << 31 | 1 << 63,
            3 => number % 256,
            _ => number,
        }
    }

    fn wide<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| (self.random)() as u8)
    }

    fn text(&mut self) -> Text {
        let length = self.length();
        let letters: Vec<char> = "aZ0 \"\u{0}éж中🦀".chars().collect();
        let text: String =
            (0..length).filter_map(|_| letters.get(self.below(letters.len())).copied()).collect();
        text.into()
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| (self.random)() as u8).collect()
    }

    /// Mostly short, sometimes at the edge of the forms that lengths have.
    fn length(&mut self) -> usize {
        if !self.is_exhausted() && self.one_in(32) {
            self.left = self.left.saturating_sub(8);
            return self.below(5) + 252;
        }
        self.below(8)
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// A number below another; 0 for 0.
    fn below(&mut self, bound: usize) -> usize {
        // The lowest bits of some generators are poor.
        let number = (self.random)() >> 33;
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        number.checked_rem(bound).and_then(|n| usize::try_from(n).ok()).unwrap_or_default()
    }
}

/// How deep the shallowest value of each constructor is.
fn depths(schema: &Schema) -> Least {
    Least::of(schema, |depths, body| {
        let inside = least::parts(body).filter_map(|ty| match ty {
            Ty::Boxed(ty) => depths.ty(*ty),
            Ty::Bare(constructor) => depths.constructor(*constructor),
            _ => None,
        });
        inside.max().unwrap_or_default().saturating_add(1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Exceptions;
    use crate::{resolve, tl_text};

    #[test]
    fn a_value_ends_however_far_the_end_is() {
        // Of both constructors of a type the second ends, by a chain of a hundred types.
        let mut text = "again x:T = T; end x:C99 = T; c0 = C0;".to_owned();
        for i in 1..100 {
            text.push_str(&format!("c{i} x:C{} = C{i};", i - 1));
        }
        let mut raw = tl_text::parse(&text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
        let codec = Codec::new(&schema);
        let [again] = codec.named("again") else { panic!("one definition") };
        let value = arbitrary(&codec, *again, &mut || 0, 0);
        assert_eq!(codec.decode(&codec.encode(&value).unwrap()), Ok(value));
    }
}
