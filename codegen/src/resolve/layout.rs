//! Pass 6: layout. A model of sizes decides what goes behind a `Box`, so that types stay small however a schema grows.
//!
//! Written out inline, a message of the API has 2.5 kB and an update 5 kB, and every `Vec` and every move pays for the
//! largest variant. The model bounds both: an enum has at most 32 bytes, an optional value at most [`MAX_OPTIONAL`];
//! what is larger is boxed. Sizes are those of a 64-bit target; they steer decisions and need not be exact. What a
//! [`Lock`] names is decided already, and counts with the size that it has so.
//!
//! ```text
//! enum   | tag 8 |        any variant: MAX_VARIANT, 24        |
//!        | capacity, and the tag in it | rest of the wide one |    one variant may have MAX_WIDE_VARIANT, 32
//! ```

use crate::ir::{Body, ConstructorIndex, FieldKind, Schema, Slot, Ty, TypeIndex};
use crate::lock::{Decisions, Lock, Place};
use crate::resolve::recursion;

/// The bytes that a variant may hold inline: with a tag of 8, an enum has 32.
pub const MAX_VARIANT: usize = 24;

/// The bytes that one variant of an enum may hold inline if it has a `String` or a `Vec`: the compiler keeps the tag in what
/// no capacity can be. That is an entity of a text with its place in the text.
pub const MAX_WIDE_VARIANT: usize = 32;

/// The bytes that an optional value may take in a struct when it is absent: those of the largest enum.
pub const MAX_OPTIONAL: usize = 32;

/// Decides the boxes of variants, optional fields and groups.
pub(super) fn run(schema: &mut Schema, lock: &Lock) {
    let mut model = Model {
        lock,
        constructors: vec![Size::default(); schema.constructors.len()],
        types: vec![Size::default(); schema.types.len()],
    };
    for index in recursion::inner_first(schema) {
        model.lay_out(schema, index);
    }
    // Constructors of `Object` belong to no type, and nothing contains them.
    for constructor in schema.constructors.iter_mut().filter(|c| c.ty.is_none()) {
        model.body(&mut constructor.body, lock.constructor(&constructor.name.tl));
    }
    for function in &mut schema.functions {
        model.body(&mut function.body, lock.function(&function.name.tl));
    }
}

/// Size and alignment in bytes, and whether an `Option` of it needs no more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Size {
    bytes: usize,
    align: usize,
    niche: bool,
}

const POINTER: Size = Size { bytes: 8, align: 8, niche: true };
const THREE_WORDS: Size = Size { bytes: 24, align: 8, niche: true };

struct Model<'a> {
    lock: &'a Lock,
    constructors: Vec<Size>,
    types: Vec<Size>,
}

impl Model<'_> {
    /// Lays out a type whose parts are laid out already.
    fn lay_out(&mut self, schema: &mut Schema, index: TypeIndex) {
        let constructors = schema.ty(index).constructors.clone();
        for ConstructorIndex(c) in &constructors {
            if let Some(constructor) = schema.constructors.get_mut(*c) {
                let locked = self.lock.constructor(&constructor.name.tl);
                let size = self.body(&mut constructor.body, locked);
                if let Some(place) = self.constructors.get_mut(*c) {
                    *place = size;
                }
            }
        }
        let wide = self.wide(schema, &constructors);
        for index in &constructors {
            let size = self.constructors.get(index.0).copied().unwrap_or_default();
            let Some(constructor) = schema.constructors.get_mut(index.0) else { continue };
            let locked = self.lock.constructor(&constructor.name.tl).and_then(Decisions::variant);
            let is_variant = constructors.len() > 1 && !constructor.is_unit();
            let is_large = size.bytes > MAX_VARIANT && wide != Some(*index);
            constructor.boxed = is_variant && locked.map_or(is_large, Place::is_boxed);
        }
        let size = match constructors.as_slice() {
            [ConstructorIndex(only)] => self.constructors.get(*only).copied().unwrap_or_default(),
            many => enumeration(many.iter().map(|c| {
                let constructor = schema.constructor(*c);
                let size = self.constructors.get(c.0).copied().unwrap_or_default();
                if constructor.boxed { POINTER } else { size }
            })),
        };
        if let Some(place) = self.types.get_mut(index.0) {
            *place = size;
        }
    }

    /// The variant that may be wide: one that is locked inline, or else the last that fits. Which one does not matter, but it
    /// must be the same each time.
    fn wide(&self, schema: &Schema, constructors: &[ConstructorIndex]) -> Option<ConstructorIndex> {
        let place = |index: &ConstructorIndex| {
            let locked = self.lock.constructor(&schema.constructor(*index).name.tl);
            locked.and_then(Decisions::variant)
        };
        let is_wide = |index: &&ConstructorIndex| {
            let size = self.constructors.get(index.0).copied().unwrap_or_default();
            (MAX_VARIANT + 1..=MAX_WIDE_VARIANT).contains(&size.bytes)
                && has_capacity(&schema.constructor(**index).body)
        };
        let mut wide = constructors.iter().filter(is_wide);
        let locked = wide.clone().find(|index| place(index) == Some(Place::Inline));
        locked.or_else(|| wide.rfind(|index| place(index).is_none())).copied()
    }

    fn body(&self, body: &mut Body, locked: Option<&Decisions>) -> Size {
        let locked = |name: &str| locked.and_then(|decisions| decisions.place(name));
        let mut sizes = Vec::with_capacity(body.fields.len());
        for field in &mut body.fields {
            sizes.push(match &mut field.kind {
                FieldKind::Required(slot) => self.slot(slot),
                FieldKind::Flag => Size { bytes: 1, align: 1, niche: true },
                FieldKind::Optional(slot) => {
                    // The pass before has boxed what the lock says is boxed.
                    slot.boxed |= locked(&field.ident).is_none()
                        && slot.ty.is_own()
                        && optional(self.slot(slot)).bytes > MAX_OPTIONAL;
                    optional(self.slot(slot))
                }
                FieldKind::Group { ident, boxed, members } => {
                    let whole = structure(members.iter().map(|member| self.slot(&member.slot)));
                    *boxed =
                        locked(ident).map_or(optional(whole).bytes > MAX_OPTIONAL, Place::is_boxed);
                    if *boxed { POINTER } else { optional(whole) }
                }
            });
        }
        structure(sizes)
    }

    fn slot(&self, slot: &Slot) -> Size {
        if slot.boxed { POINTER } else { self.ty(&slot.ty) }
    }

    fn ty(&self, ty: &Ty) -> Size {
        let plain = |bytes, align| Size { bytes, align, niche: false };
        match ty {
            Ty::Int => plain(4, 4),
            Ty::Long | Ty::Double => plain(8, 8),
            Ty::Int128 => plain(16, 1),
            Ty::Int256 => plain(32, 1),
            Ty::Int512 => plain(64, 1),
            Ty::Bool => Size { bytes: 1, align: 1, niche: true },
            Ty::String | Ty::Bytes | Ty::Object | Ty::Vector { .. } => THREE_WORDS,
            // The query of a generic function: whatever the caller gives.
            Ty::Variable => plain(0, 1),
            Ty::Boxed(ty) => self.types.get(ty.0).copied().unwrap_or_default(),
            Ty::Bare(c) => self.constructors.get(c.0).copied().unwrap_or_default(),
        }
    }
}

/// What a struct counts for at most, so that no schema makes the sums of the model overflow: each type may hold the one
/// before it twice. Whatever has half as much is boxed everywhere.
const MAX_SIZE: usize = 1 << 20;

/// Rust orders fields so that almost nothing is lost between them: the sum, rounded up to the alignment.
fn structure(fields: impl IntoIterator<Item = Size>) -> Size {
    let whole =
        fields.into_iter().fold(Size { bytes: 0, align: 1, niche: false }, |sum, field| Size {
            bytes: sum.bytes.saturating_add(field.bytes),
            align: sum.align.max(field.align),
            niche: sum.niche || field.niche,
        });
    Size { bytes: whole.bytes.min(MAX_SIZE).next_multiple_of(whole.align), ..whole }
}

/// Whether a struct has a capacity, of whose values many cannot be.
fn has_capacity(body: &Body) -> bool {
    body.fields.iter().any(|field| match &field.kind {
        FieldKind::Required(slot) => {
            matches!(slot.ty, Ty::String | Ty::Bytes | Ty::Object | Ty::Vector { .. })
        }
        _ => false,
    })
}

/// A tag as wide as the alignment, then the largest variant; or a wide variant with the tag in it.
fn enumeration(variants: impl IntoIterator<Item = Size>) -> Size {
    let largest = variants.into_iter().fold(Size { bytes: 0, align: 1, niche: true }, |max, v| {
        Size { bytes: max.bytes.max(v.bytes), align: max.align.max(v.align), niche: true }
    });
    if (MAX_VARIANT + 1..=MAX_WIDE_VARIANT).contains(&largest.bytes) {
        return Size { bytes: MAX_WIDE_VARIANT, ..largest };
    }
    Size { bytes: (largest.bytes + largest.align).next_multiple_of(largest.align), ..largest }
}

fn optional(size: Size) -> Size {
    if size.niche {
        size
    } else {
        Size { bytes: (size.bytes + size.align).next_multiple_of(size.align.max(1)), ..size }
    }
}

#[cfg(test)]
mod tests {
    use crate::exceptions::Exceptions;
    use crate::ir::{FieldKind, Schema};
    use crate::lock::Lock;
    use crate::{resolve, tl_text};

    fn schema(text: &str) -> Schema {
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap()
    }

    fn boxed_variants(schema: &Schema) -> Vec<&str> {
        schema.constructors.iter().filter(|c| c.boxed).map(|c| c.name.tl.as_str()).collect()
    }

    /// Whether each field, or group, of the last constructor is boxed.
    fn boxed_fields(schema: &Schema) -> Vec<bool> {
        let body = &schema.constructors.last().unwrap().body;
        body.fields
            .iter()
            .map(|field| match &field.kind {
                FieldKind::Required(slot) | FieldKind::Optional(slot) => slot.boxed,
                FieldKind::Group { boxed, .. } => *boxed,
                FieldKind::Flag => false,
            })
            .collect()
    }

    #[test]
    fn a_variant_of_more_than_24_bytes_is_boxed() {
        let schema = schema(
            "small a:long b:long c:long = T; large a:long b:long c:long d:int = T; only a:string b:string = U;",
        );
        assert_eq!(boxed_variants(&schema), ["large"]);
    }

    #[test]
    fn one_variant_with_a_capacity_may_have_32() {
        let schema = schema(
            "first a:string b:int c:int = T; second a:Vector<int> b:long = T; small a:string = T; \
             large a:string b:long c:int = T; numbers a:long b:long c:long d:long = T;",
        );
        assert_eq!(boxed_variants(&schema), ["first", "large", "numbers"]);
    }

    #[test]
    fn a_wide_variant_that_is_locked_stays_the_only_one() {
        let raw = |text: &str| {
            let mut raw = tl_text::parse(text).unwrap();
            resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
            raw
        };
        let old = raw("first a:string b:int c:int = T; small a:string = T;");
        let lock = Lock::of(&resolve::resolve(&old, &Exceptions::NONE, &[]).unwrap());
        let new =
            raw("first a:string b:int c:int = T; small a:string = T; second a:string b:long = T;");
        let schema = resolve::resolve_locked(&new, &Exceptions::NONE, &[], &lock).unwrap();
        assert_eq!(boxed_variants(&schema), ["second"]);
    }

    #[test]
    fn an_optional_struct_of_more_than_32_bytes_is_boxed() {
        let schema = schema(
            "small a:string b:long = S; large a:string b:string = L; one a:int512 = O; two = O; \
             x flags:# s:flags.0?S l:flags.1?L v:flags.2?Vector<L> i:flags.3?int512 o:flags.4?O r:L = X;",
        );
        assert_eq!(boxed_fields(&schema), [false, true, false, false, false, false]);
        assert_eq!(boxed_variants(&schema), ["one"]);
    }

    #[test]
    fn a_large_group_is_boxed_as_a_whole() {
        let schema =
            schema("x flags:# a:flags.0?int b:flags.0?long c:flags.1?string d:flags.1?string = X;");
        assert_eq!(boxed_fields(&schema), [false, true]);
    }

    #[test]
    fn sizes_that_double_from_type_to_type_stay_finite() {
        let mut text = "a0 x:long = T0;".to_owned();
        for i in 1..100 {
            text.push_str(&format!("a{i} x:T{0} y:T{0} = T{i};", i - 1));
        }
        text.push_str("one x:T99 = U; two x:int = U; x flags:# a:flags.0?T99 = X;");
        let schema = schema(&text);
        assert_eq!((boxed_variants(&schema), boxed_fields(&schema)), (vec!["one"], vec![true]));
    }

    #[test]
    fn sizes_are_known_before_they_are_used_whatever_the_order() {
        let text = "x flags:# l:flags.0?L = X; large m:M = L; m a:string b:string = M;";
        let reversed = "m a:string b:string = M; large m:M = L; x flags:# l:flags.0?L = X;";
        let is_boxed = |schema: &Schema| {
            let x = schema.constructors.iter().find(|c| c.name.tl == "x").unwrap();
            x.body.slots().all(|slot| slot.boxed)
        };
        assert!(is_boxed(&schema(text)) && is_boxed(&schema(reversed)));
    }
}
