//! What a change of the schema means for the users of the generated types.
//!
//! | breaks them | does not |
//! | --- | --- |
//! | an item, a field, a variant, a method or an accessor is gone | a new item or method |
//! | a struct has a new field: a literal must name it | a new variant: enums are `non_exhaustive` |
//! | a field, a variant, an accessor or a result has another type, or is behind a `Box` now, or no longer | another constructor id, if there are fields |
//! | a constructor without fields has another id: it has nothing else that says what it means | |
//!
//! It compares [surfaces](crate::diff::surface), so that whatever changes the Rust types is found, however far from the
//! definition at which the schema changed: a type that gets its second constructor becomes an enum wherever it is used.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::diff::surface::{Item, Struct, surface};
use crate::ir::Schema;

/// What a new schema does to the users of an old one's types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// What stops their code from compiling, or may, and what gives it another meaning.
    pub breaking: Vec<Effect>,
    /// What they need not care about.
    pub compatible: Vec<Effect>,
}

/// What happened to one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// The path of the item from the root of the schema: `types::auth::SentCode`.
    pub item: String,
    /// What happened to it.
    #[serde(flatten)]
    pub what: What,
}

/// What happened to an item of generated code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[non_exhaustive]
pub enum What {
    /// It is new. This breaks nobody.
    ItemAdded,
    /// It is gone.
    ItemRemoved,
    /// A struct has a new field: a literal must name it, and a pattern without `..` too.
    FieldAdded {
        /// The field.
        name: String,
        /// Its type.
        ty: String,
    },
    /// A field is gone.
    FieldRemoved {
        /// The field.
        name: String,
    },
    /// A field has another type.
    FieldChanged {
        /// The field.
        name: String,
        /// The old type.
        old: String,
        /// The new one.
        new: String,
    },
    /// An enum has a new variant. This breaks nobody, since enums are `non_exhaustive`.
    VariantAdded {
        /// The variant.
        name: String,
    },
    /// A variant is gone.
    VariantRemoved {
        /// The variant.
        name: String,
    },
    /// A variant holds something else.
    VariantChanged {
        /// The variant.
        name: String,
        /// The old type; `None` if it held nothing.
        old: Option<String>,
        /// The new one.
        new: Option<String>,
    },
    /// There is a new method. This breaks nobody.
    MethodAdded {
        /// The method.
        name: String,
    },
    /// A method is gone.
    MethodRemoved {
        /// The method.
        name: String,
    },
    /// An accessor of an enum gives something else.
    AccessorChanged {
        /// The accessor.
        name: String,
        /// The type it gave.
        old: String,
        /// The new one.
        new: String,
    },
    /// `new` takes its arguments in another order, though the fields are the same.
    NewChanged,
    /// A function returns something else.
    ReturnChanged {
        /// The old type.
        old: String,
        /// The new one.
        new: String,
    },
    /// A constructor without fields has another id. Nothing else says what it means, so code that names it means something
    /// else now, and compiles.
    MeaningChanged {
        /// The old id.
        old: u32,
        /// The new one.
        new: u32,
    },
    /// It has another constructor id: older values are no longer read. This breaks no code.
    IdChanged {
        /// The old id.
        old: u32,
        /// The new one.
        new: u32,
    },
}

impl What {
    /// Whether users' code may no longer compile, or no longer mean what it did.
    pub fn is_breaking(&self) -> bool {
        !matches!(
            self,
            Self::ItemAdded
                | Self::VariantAdded { .. }
                | Self::MethodAdded { .. }
                | Self::IdChanged { .. }
        )
    }
}

/// Compares the Rust types that two schemas give.
pub fn impact(old: &Schema, new: &Schema) -> Impact {
    let (old, new) = (surface(old), surface(new));
    let mut effects = Vec::new();
    for (path, before) in &old {
        let mut push = |what| effects.push(Effect { item: path.clone(), what });
        match (before, new.get(path)) {
            (Item::Struct(before), Some(Item::Struct(after))) => {
                structs(before, after, &mut push);
            }
            (Item::Enum(before), Some(Item::Enum(after))) => {
                variants(&before.variants, &after.variants, &mut push);
                accessors(&before.accessors, &after.accessors, &mut push);
            }
            _ => push(What::ItemRemoved),
        }
    }
    let is_new = |path: &&String| !old.contains_key(*path);
    let added = new.keys().filter(is_new);
    effects.extend(added.map(|path| Effect { item: path.clone(), what: What::ItemAdded }));
    let (breaking, compatible) = effects.into_iter().partition(|effect| effect.what.is_breaking());
    Impact { breaking, compatible }
}

fn structs(old: &Struct, new: &Struct, push: &mut impl FnMut(What)) {
    for (name, before) in &old.fields {
        match new.fields.get(name) {
            Some(after) if after == before => {}
            Some(after) => push(What::FieldChanged {
                name: name.clone(),
                old: before.clone(),
                new: after.clone(),
            }),
            None => push(What::FieldRemoved { name: name.clone() }),
        }
    }
    for (name, ty) in new.fields.iter().filter(|(name, _)| !old.fields.contains_key(*name)) {
        push(What::FieldAdded { name: name.clone(), ty: ty.clone() });
    }
    // With other fields it takes other arguments, and that was told.
    if old.fields == new.fields && old.new.is_some() && old.new != new.new {
        push(What::NewChanged);
    }
    for name in old.methods.iter().filter(|name| !new.methods.contains(name)) {
        push(What::MethodRemoved { name: name.clone() });
    }
    for name in new.methods.iter().filter(|name| !old.methods.contains(name)) {
        push(What::MethodAdded { name: name.clone() });
    }
    if let (Some(before), Some(after)) = (&old.returns, &new.returns)
        && before != after
    {
        push(What::ReturnChanged { old: before.clone(), new: after.clone() });
    }
    if let (Some(before), Some(after)) = (old.id, new.id)
        && before != after
    {
        let is_unit = |item: &Struct| item.fields.is_empty() && item.returns.is_none();
        push(if is_unit(old) && is_unit(new) {
            What::MeaningChanged { old: before, new: after }
        } else {
            What::IdChanged { old: before, new: after }
        });
    }
}

type Variants = BTreeMap<String, Option<String>>;

fn variants(old: &Variants, new: &Variants, push: &mut impl FnMut(What)) {
    for (name, before) in old {
        match new.get(name) {
            Some(after) if after == before => {}
            Some(after) => push(What::VariantChanged {
                name: name.clone(),
                old: before.clone(),
                new: after.clone(),
            }),
            None => push(What::VariantRemoved { name: name.clone() }),
        }
    }
    for name in new.keys().filter(|name| !old.contains_key(*name)) {
        push(What::VariantAdded { name: name.clone() });
    }
}

fn accessors(
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
    push: &mut impl FnMut(What),
) {
    for (name, before) in old {
        match new.get(name) {
            Some(after) if after == before => {}
            Some(after) => push(What::AccessorChanged {
                name: name.clone(),
                old: before.clone(),
                new: after.clone(),
            }),
            None => push(What::MethodRemoved { name: name.clone() }),
        }
    }
    for name in new.keys().filter(|name| !old.contains_key(*name)) {
        push(What::MethodAdded { name: name.clone() });
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { item, what } = self;
        let held = |ty: &Option<String>| ty.clone().unwrap_or_else(|| "nothing".to_owned());
        match what {
            What::ItemAdded => write!(f, "{item} is new"),
            What::ItemRemoved => write!(f, "{item} is gone"),
            What::FieldAdded { name, ty } => write!(f, "{item} has a new field {name}: {ty}"),
            What::FieldRemoved { name } => write!(f, "{item} has no field {name} any more"),
            What::FieldChanged { name, old, new } => write!(f, "{item}.{name}: {old} -> {new}"),
            What::VariantAdded { name } => write!(f, "{item} has a new variant {name}"),
            What::VariantRemoved { name } => write!(f, "{item} has no variant {name} any more"),
            What::VariantChanged { name, old, new } => {
                write!(f, "{item}::{name}: {} -> {}", held(old), held(new))
            }
            What::AccessorChanged { name, old, new } => {
                write!(f, "{item}.{name}() gives {old} -> {new}")
            }
            What::MethodAdded { name } => write!(f, "{item} has a new method {name}"),
            What::MethodRemoved { name } => write!(f, "{item} has no method {name} any more"),
            What::NewChanged => write!(f, "{item}::new takes other arguments"),
            What::ReturnChanged { old, new } => write!(f, "{item} returns {old} -> {new}"),
            What::MeaningChanged { old, new } => {
                write!(f, "{item} means something else {old:08x} -> {new:08x}")
            }
            What::IdChanged { old, new } => {
                write!(f, "{item} has another id {old:08x} -> {new:08x}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exceptions, resolve, tl_text};

    fn schema(text: &str) -> Schema {
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap()
    }

    /// What breaks and what does not. New ids are left out: each change of the text gives one.
    fn effects(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
        let impact = impact(&schema(old), &schema(new));
        let lines = |effects: &[Effect]| -> Vec<String> {
            let is_id = |e: &&Effect| {
                matches!(e.what, What::IdChanged { .. } | What::MeaningChanged { .. })
            };
            let shown = effects.iter().filter(|e| !is_id(e));
            shown.map(ToString::to_string).collect()
        };
        (lines(&impact.breaking), lines(&impact.compatible))
    }

    #[test]
    fn each_effect_is_on_its_side() {
        for (old, new, breaking, compatible) in [
            ("a = A;", "a = A;", &[][..], &[][..]),
            ("a = A;", "a = A; b = B;", &[], &["types::B is new"]),
            ("a = A; b = B;", "a = A;", &["types::B is gone"], &[]),
            ("x a:int = X;", "x a:int b:int = X;", &["types::X has a new field b: i32"], &[]),
            ("x a:int b:int = X;", "x a:int = X;", &["types::X has no field b any more"], &[]),
            (
                "x a:int b:int = X;",
                "x b:int a:int = X;",
                &["types::X::new takes other arguments"],
                &[],
            ),
            (
                "x flags:# t:flags.0?true u:flags.1?true a:int = X;",
                "x flags:# a:int u:flags.1?true t:flags.0?true = X;",
                &[],
                &[],
            ),
            ("x a:int = X;", "x a:long = X;", &["types::X.a: i32 -> i64"], &[]),
            (
                "x flags:# a:int = X;",
                "x flags:# a:flags.0?int = X;",
                &["types::X.a: i32 -> Option<i32>"],
                &[],
            ),
            ("x flags:# a:flags.0?true = X;", "x flags:# a:flags.1?true = X;", &[], &[]),
            (
                "x flags:# a:flags.0?int = X;",
                "x flags:# t:flags.0?true a:flags.0?int = X;",
                &[],
                &["types::X has a new method t"],
            ),
            (
                "x flags:# a:flags.0?int = X;",
                "x flags:# a:flags.0?int b:flags.0?int = X;",
                &["types::X.a: Option<i32> -> Option<groups::XA>"],
                &["groups::XA is new"],
            ),
        ] {
            let expected = |lines: &[&str]| lines.iter().map(ToString::to_string).collect();
            assert_eq!(effects(old, new), (expected(breaking), expected(compatible)), "{new}");
        }
    }

    #[test]
    fn a_second_constructor_makes_an_enum_wherever_the_type_is_used() {
        let (breaking, compatible) = effects("a = A; x a:A = X;", "a = A; b = A; x a:A = X;");
        assert_eq!(breaking, ["types::X.a: types::A -> enums::A"]);
        assert_eq!(compatible, ["enums::A is new", "types::B is new"]);
    }

    #[test]
    fn a_third_constructor_is_a_variant_more() {
        let (breaking, compatible) = effects("tA = T; tB = T;", "tA = T; tB = T; tC = T;");
        assert!(breaking.is_empty(), "{breaking:?}");
        assert_eq!(compatible, ["enums::T has a new variant TC", "types::TC is new"]);
    }

    #[test]
    fn what_all_variants_have_is_an_accessor_until_one_has_it_not() {
        let old = "tA a:int s:long = T; tB a:int s:long = T;";
        for (new, breaking, compatible) in [
            ("tA a:int s:long = T; tB s:long a:int = T;", &[][..], &[][..]),
            (
                "tA a:int s:long = T; tB a:int s:long = T; tC a:int = T;",
                &["enums::T has no method s any more"],
                &["enums::T has a new variant TC"],
            ),
            (
                "tA a:int s:long = T; tB a:int s:long = T; tC flags:# a:flags.0?int s:long = T;",
                &["enums::T.a() gives i32 -> Option<i32>"],
                &["enums::T has a new variant TC"],
            ),
            ("tA a:int s:long = T; tB a:int s:long b:T = T;", &[], &[]),
            (
                "tA a:int s:long b:long = T; tB a:int s:long b:long = T;",
                &[],
                &["enums::T has a new method b"],
            ),
        ] {
            let of_enum = |lines: Vec<String>| -> Vec<String> {
                lines.into_iter().filter(|line| line.starts_with("enums::T")).collect()
            };
            let (broken, grown) = effects(old, new);
            assert_eq!(
                (of_enum(broken), of_enum(grown)),
                (
                    breaking.iter().map(ToString::to_string).collect(),
                    compatible.iter().map(ToString::to_string).collect(),
                ),
                "{new}"
            );
        }
    }

    #[test]
    fn a_variant_that_grows_goes_behind_a_box() {
        let (breaking, _) =
            effects("tA = T; tB a:string = T; tC = T;", "tA x:int = T; tB a:string b:string = T;");
        assert_eq!(
            breaking,
            [
                "enums::T::TA: nothing -> types::TA",
                "enums::T::TB: types::TB -> Box<types::TB>",
                "enums::T has no variant TC any more",
                "types::TA has a new field x: i32",
                "types::TB has a new field b: String",
                "types::TC is gone",
            ]
        );
    }

    #[test]
    fn a_constructor_without_fields_is_its_id() {
        let id_of = |old: &str, new: &str| {
            let impact = impact(&schema(old), &schema(new));
            let ids = |effects: &[Effect]| -> Vec<String> {
                let shown = effects.iter().filter(|e| e.to_string().contains(" -> "));
                shown.map(ToString::to_string).collect()
            };
            (ids(&impact.breaking), ids(&impact.compatible))
        };
        // A word that nothing refers to is no field, and the id is another one for it.
        let (breaking, compatible) = id_of("tA = T; tB = T;", "tA flags:# = T; tB = T;");
        let [line] = &breaking[..] else { panic!("{breaking:?}") };
        assert!(line.starts_with("types::TA means something else "), "{line}");
        assert_eq!(compatible, [""; 0]);
        // With fields, those say what it means.
        let (breaking, compatible) = id_of("x a:int = X;", "x flags:# a:int = X;");
        assert_eq!(breaking, [""; 0]);
        let [line] = &compatible[..] else { panic!("{compatible:?}") };
        assert!(line.starts_with("types::X has another id "), "{line}");
        // One that gains a field is another struct, and another variant.
        let (breaking, _) = id_of("tA = T; tB = T;", "tA x:int = T; tB = T;");
        assert_eq!(breaking, ["enums::T::TA: nothing -> types::TA"]);
        let (breaking, _) = effects("tA = T; tB = T;", "tA x:int = T; tB = T;");
        let new_field = "types::TA has a new field x: i32";
        assert_eq!(breaking, ["enums::T::TA: nothing -> types::TA", new_field]);
        // A function is called by its name, whatever its id.
        let (breaking, _) =
            id_of("a = A;\n---functions---\nf = A;", "a = A;\n---functions---\nf flags:# = A;");
        assert_eq!(breaking, [""; 0]);
    }

    #[test]
    fn another_result_breaks_the_callers() {
        let (breaking, compatible) = effects(
            "a = A;\n---functions---\nf = A; g {X:Type} query:!X = X;",
            "a = A;\n---functions---\nf = Vector<A>; g {X:Type} query:!X = X;",
        );
        assert_eq!(breaking, ["functions::F returns types::A -> Vec<types::A>"]);
        assert!(compatible.is_empty(), "{compatible:?}");
    }
}
