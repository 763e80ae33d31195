//! The least of something that values have, as bytes or depth, for each constructor and each type.
//!
//! A type is as small as its smallest constructor, a constructor as its parts make it. By Knuth's generalisation of
//! Dijkstra's algorithm each constructor is measured once, smallest first, so that neither recursion nor a long chain of
//! types costs more than their number.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;

use crate::ir::{Body, ConstructorIndex, ParamKind, Schema, Ty, TypeIndex};

/// The least of each constructor and each type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Least {
    constructors: Vec<Option<usize>>,
    types: Vec<Option<usize>>,
}

impl Least {
    /// Measures the constructors. `measure` says what a body has, when all that it must contain is known; that must be no
    /// less than what any of that has.
    pub(crate) fn of(schema: &Schema, measure: impl Fn(&Self, &Body) -> usize) -> Self {
        let mut least = Self {
            constructors: vec![None; schema.constructors.len()],
            types: vec![None; schema.types.len()],
        };
        let mut waiting = Waiting::new(schema);
        let mut next: BinaryHeap<_> = waiting
            .whole()
            .filter_map(|index| Some(Reverse((least.measured(schema, index, &measure)?, index))))
            .collect();
        while let Some(Reverse((value, index))) = next.pop() {
            set(&mut least.constructors, index, value);
            let mut ready = waiting.end(index);
            let ty = schema.constructors.get(index).and_then(|constructor| constructor.ty);
            if let Some(ty) = ty.filter(|ty| least.ty(*ty).is_none()) {
                set(&mut least.types, ty.0, value);
                ready.extend(waiting.end_type(ty.0));
            }
            next.extend(ready.into_iter().filter_map(|index| {
                Some(Reverse((least.measured(schema, index, &measure)?, index)))
            }));
        }
        least
    }

    /// The least of a constructor; `None` if it has no finite values.
    #[cfg_attr(
        not(any(test, feature = "emit", feature = "dynamic")),
        expect(dead_code, reason = "those who write and read ask for it")
    )]
    pub(crate) fn constructor(&self, index: ConstructorIndex) -> Option<usize> {
        self.constructors.get(index.0).copied().flatten()
    }

    /// The least of a type; `None` if it has no finite values.
    pub(crate) fn ty(&self, index: TypeIndex) -> Option<usize> {
        self.types.get(index.0).copied().flatten()
    }

    fn measured(
        &self,
        schema: &Schema,
        index: usize,
        measure: impl Fn(&Self, &Body) -> usize,
    ) -> Option<usize> {
        Some(measure(self, &schema.constructors.get(index)?.body))
    }
}

/// The types that a value of a body must contain.
pub(crate) fn parts(body: &Body) -> impl Iterator<Item = &Ty> {
    body.params.iter().filter_map(|param| match &param.kind {
        ParamKind::Required(ty @ (Ty::Boxed(_) | Ty::Bare(_))) => Some(ty),
        _ => None,
    })
}

/// Which constructors wait for which parts.
struct Waiting {
    /// How many parts of each constructor are unknown.
    missing: Vec<usize>,
    for_constructor: Vec<Vec<usize>>,
    for_type: Vec<Vec<usize>>,
}

impl Waiting {
    fn new(schema: &Schema) -> Self {
        let mut waiting = Self {
            missing: Vec::with_capacity(schema.constructors.len()),
            for_constructor: vec![Vec::new(); schema.constructors.len()],
            for_type: vec![Vec::new(); schema.types.len()],
        };
        for (index, constructor) in schema.constructors.iter().enumerate() {
            let mut missing = 0;
            for part in parts(&constructor.body) {
                let list = match part {
                    Ty::Boxed(ty) => waiting.for_type.get_mut(ty.0),
                    Ty::Bare(constructor) => waiting.for_constructor.get_mut(constructor.0),
                    _ => None,
                };
                if let Some(list) = list {
                    list.push(index);
                    missing += 1;
                }
            }
            waiting.missing.push(missing);
        }
        waiting
    }

    /// The constructors that wait for nothing.
    fn whole(&self) -> impl Iterator<Item = usize> {
        let missing = self.missing.iter().enumerate();
        missing.filter(|(_, missing)| **missing == 0).map(|(index, _)| index)
    }

    /// A constructor is known. Returns those that waited for it alone.
    fn end(&mut self, index: usize) -> Vec<usize> {
        let waiting = self.for_constructor.get_mut(index).map(mem::take).unwrap_or_default();
        self.one_less(waiting)
    }

    /// As [`end`](Self::end), of a type.
    fn end_type(&mut self, index: usize) -> Vec<usize> {
        let waiting = self.for_type.get_mut(index).map(mem::take).unwrap_or_default();
        self.one_less(waiting)
    }

    fn one_less(&mut self, mut waiting: Vec<usize>) -> Vec<usize> {
        waiting.retain(|index| {
            let Some(missing) = self.missing.get_mut(*index) else { return false };
            *missing = missing.saturating_sub(1);
            *missing == 0
        });
        waiting
    }
}

fn set(list: &mut [Option<usize>], index: usize, value: usize) {
    if let Some(place) = list.get_mut(index) {
        *place = Some(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Exceptions;
    use crate::{resolve, tl_text};

    #[test]
    fn the_smallest_way_counts_and_the_endless_have_none() {
        let text = "nil = L; cons a:L b:L = L; both x:L y:%One = B; one a:B2 = One; two = B2; \
                    endless x:endless = L;";
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
        let size = |least: &Least, body: &Body| {
            let of = |ty: &Ty| match ty {
                Ty::Boxed(ty) => least.ty(*ty).unwrap(),
                Ty::Bare(constructor) => least.constructor(*constructor).unwrap(),
                _ => 0,
            };
            1 + parts(body).map(of).sum::<usize>()
        };
        let least = Least::of(&schema, size);
        assert_eq!(least.constructors, [Some(1), Some(3), Some(4), Some(2), Some(1), None]);
        assert_eq!(least.types, [Some(1), Some(4), Some(2), Some(1)]);
    }
}
