//! Decisions about layout that were made and shall stay: what is behind a `Box`, and which types can nest.
//!
//! The [model of sizes](crate::resolve::layout) decides by what a value contains, so a type that grows could flip the box
//! of another one that holds it, and break users who never heard of either. A lock is the list of what was decided. What
//! it names stays; what it does not name is decided by the model, and stands in the next lock. What a lock names that the
//! schema no longer has is dropped.
//!
//! ```
//! use telewire_codegen::{Exceptions, Lock, resolve, tl_text};
//!
//! let resolved = |text: &str, lock: &Lock| {
//!     let mut raw = tl_text::parse(text)?;
//!     resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
//!     resolve::resolve_locked(&raw, &Exceptions::NONE, &[], lock)
//! };
//! let old = "tA a:string = T; tB = T;";
//! let new = "tA a:string b:string = T; tB = T;";
//! let lock = Lock::of(&resolved(old, &Lock::default())?);
//! // By itself the grown variant would be boxed; the lock keeps it as it was.
//! assert!(resolved(new, &Lock::default())?.constructors[0].boxed);
//! assert!(!resolved(new, &lock)?.constructors[0].boxed);
//! # Ok::<(), telewire_codegen::Error>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::ir::{Body, FieldKind, Schema, Slot};

/// The decisions about the layout of a schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The types whose values can contain others of them.
    recursive: BTreeSet<String>,
    constructors: BTreeMap<String, Decisions>,
    functions: BTreeMap<String, Decisions>,
}

/// The decisions about one definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Decisions {
    /// Where the type's enum holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<Place>,
    /// The fields, and the groups by the names of their structs, that are behind a `Box`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    boxed: BTreeSet<String>,
    /// Those that could be and are not.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    inline: BTreeSet<String>,
}

/// Where a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// In the memory of what holds it.
    Inline,
    /// Behind a `Box`.
    Boxed,
}

impl Lock {
    /// The decisions that a schema was resolved with.
    pub fn of(schema: &Schema) -> Self {
        let is_enum = |ty| schema.ty(ty).is_enum();
        let mut lock = Self::default();
        for constructor in &schema.constructors {
            let has_variant = constructor.ty.is_some_and(is_enum) && !constructor.is_unit();
            let variant = has_variant.then(|| Place::of(constructor.boxed));
            let decisions = Decisions { variant, ..Decisions::of(&constructor.body) };
            lock.constructors.insert(constructor.name.tl.clone(), decisions);
        }
        for function in &schema.functions {
            lock.functions.insert(function.name.tl.clone(), Decisions::of(&function.body));
        }
        lock.constructors.retain(|_, decisions| *decisions != Decisions::default());
        lock.functions.retain(|_, decisions| *decisions != Decisions::default());
        let recursive = schema.types.iter().filter(|ty| ty.recursive);
        lock.recursive = recursive.map(|ty| ty.name.tl.clone()).collect();
        lock
    }

    /// Reads a lock from the form that [`print`](Self::print) writes.
    ///
    /// # Errors
    ///
    /// [`Error::Lock`] when the text is not of that form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::Lock(error.to_string()))
    }

    /// Writes the lock as JSON, one definition a line so that changes can be read as a diff.
    ///
    /// # Errors
    ///
    /// None in practice: names have no form that JSON lacks.
    pub fn print(&self) -> Result<String, Error> {
        let mut out = String::from("{\"recursive\":[");
        push_lines(&mut out, self.recursive.iter().map(|name| (name, None)))?;
        out.push_str("\n],\n\"constructors\":{");
        push_lines(&mut out, self.constructors.iter().map(|(name, of)| (name, Some(of))))?;
        out.push_str("\n},\n\"functions\":{");
        push_lines(&mut out, self.functions.iter().map(|(name, of)| (name, Some(of))))?;
        out.push_str("\n}}\n");
        Ok(out)
    }

    pub(crate) fn is_recursive(&self, ty: &str) -> bool {
        self.recursive.contains(ty)
    }

    pub(crate) fn constructor(&self, name: &str) -> Option<&Decisions> {
        self.constructors.get(name)
    }

    pub(crate) fn function(&self, name: &str) -> Option<&Decisions> {
        self.functions.get(name)
    }
}

impl Decisions {
    fn of(body: &Body) -> Self {
        let mut decisions = Self::default();
        for field in &body.fields {
            match &field.kind {
                FieldKind::Required(slot) | FieldKind::Optional(slot) => {
                    decisions.add_slot(&field.ident, slot);
                }
                FieldKind::Flag => {}
                FieldKind::Group { ident, boxed, members } => {
                    decisions.add(ident, *boxed);
                    for member in members {
                        decisions.add_slot(&member.ident, &member.slot);
                    }
                }
            }
        }
        decisions
    }

    fn add_slot(&mut self, name: &str, slot: &Slot) {
        if slot.ty.is_own() {
            self.add(name, slot.boxed);
        }
    }

    fn add(&mut self, name: &str, boxed: bool) {
        if boxed { &mut self.boxed } else { &mut self.inline }.insert(name.to_owned());
    }

    pub(crate) fn variant(&self) -> Option<Place> {
        self.variant
    }

    /// Where a field is, or a group by the name of its struct.
    pub(crate) fn place(&self, name: &str) -> Option<Place> {
        if self.boxed.contains(name) {
            Some(Place::Boxed)
        } else {
            self.inline.contains(name).then_some(Place::Inline)
        }
    }
}

impl Place {
    fn of(boxed: bool) -> Self {
        if boxed { Self::Boxed } else { Self::Inline }
    }

    pub(crate) fn is_boxed(self) -> bool {
        self == Self::Boxed
    }
}

fn push_lines<'a>(
    out: &mut String,
    lines: impl Iterator<Item = (&'a String, Option<&'a Decisions>)>,
) -> Result<(), Error> {
    let json = |error: serde_json::Error| Error::Lock(error.to_string());
    for (index, (name, decisions)) in lines.enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str(&serde_json::to_string(name).map_err(json)?);
        if let Some(decisions) = decisions {
            out.push(':');
            out.push_str(&serde_json::to_string(decisions).map_err(json)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exceptions, resolve, tl_text};

    fn resolved(text: &str, lock: &Lock) -> Result<Schema, Error> {
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        resolve::resolve_locked(&raw, &Exceptions::NONE, &[], lock)
    }

    /// The lock of a schema that goes on from another one's.
    fn lock_after(old: &str, new: &str) -> Result<Lock, Error> {
        let lock = Lock::of(&resolved(old, &Lock::default())?);
        Ok(Lock::of(&resolved(new, &lock)?))
    }

    const ALL: &str = "tA a:string = T; tB a:string b:string = T; tC = T; s a:string = S; l t:Vector<L> = L; \
        x flags:# s:flags.0?S t:T a:flags.1?S b:flags.1?S = X;\n---functions---\nf flags:# x:flags.0?X = X;";

    #[test]
    fn each_decision_is_written_and_read() {
        let lock = Lock::of(&resolved(ALL, &Lock::default()).unwrap());
        let text = lock.print().unwrap();
        let expected = r#"{"recursive":[
"L"
],
"constructors":{
"tA":{"variant":"inline"},
"tB":{"variant":"boxed"},
"x":{"boxed":["XA"],"inline":["a","b","s","t"]}
},
"functions":{
"f":{"boxed":["x"]}
}}
"#;
        assert_eq!(text, expected);
        assert_eq!(Lock::parse(&text), Ok(lock));
    }

    #[test]
    fn a_lock_of_another_form_is_refused() {
        for text in [
            "",
            "{}",
            r#"{"recursive":[],"constructors":{"a":{"variant":"big"}},"functions":{}}"#,
            r#"{"recursive":[],"constructors":{"a":{"fields":[]}},"functions":{}}"#,
        ] {
            assert!(matches!(Lock::parse(text), Err(Error::Lock(_))), "{text}");
        }
    }

    #[test]
    fn what_was_decided_stays_when_a_neighbour_grows() {
        let old =
            "s a:int = S; tA s:S = T; tB = T; x flags:# s:flags.0?S a:flags.1?S b:flags.1?S = X;";
        let new = &old.replace("a:int = S", "a:string b:string = S");
        let (before, after) = (lock_after(old, old).unwrap(), lock_after(old, new).unwrap());
        assert_eq!(before, after);
        assert_ne!(before, lock_after(new, new).unwrap());
        // And when it shrinks again.
        assert_eq!(lock_after(new, old).unwrap(), lock_after(new, new).unwrap());
    }

    #[test]
    fn what_is_new_is_decided_by_the_model() {
        let old = "tA a:string = T; tB = T;";
        let new = "tA a:string b:string = T; tB a:string b:string = T; tC a:string b:string = T;";
        let lock = lock_after(old, new).unwrap();
        let variant = |name: &str| lock.constructor(name).unwrap().variant();
        assert_eq!(variant("tA"), Some(Place::Inline));
        // It held nothing before, so it was never decided.
        assert_eq!((variant("tB"), variant("tC")), (Some(Place::Boxed), Some(Place::Boxed)));
    }

    #[test]
    fn what_the_schema_no_longer_has_is_dropped() {
        let lock = lock_after(ALL, "tA a:string = T; s a:string = S;").unwrap();
        assert_eq!(lock, Lock::default());
    }

    #[test]
    fn a_new_way_to_itself_is_boxed_at_a_field_that_is_new() {
        let old = "aE = A; a b:B = A; b x:int = B;";
        let lock = lock_after(old, "aE = A; a b:B = A; b x:int a:A = B;").unwrap();
        let place = |name: &str, field: &str| lock.constructor(name).unwrap().place(field);
        assert_eq!(place("a", "b"), Some(Place::Inline));
        assert_eq!(place("b", "a"), Some(Place::Boxed));
        assert!(lock.is_recursive("A") && lock.is_recursive("B"));
    }

    #[test]
    fn a_field_that_must_be_boxed_now_is_named() {
        // The fields are all there before; `c` leads elsewhere.
        let old = "aE = A; a c:C = A; b a:A = B; c x:int = C;";
        let new = "aE = A; a c:B = A; b a:A = B; c x:int = C;";
        assert_eq!(
            lock_after(old, new),
            Err(Error::LockedInline { definition: "a".into(), field: "c".into() })
        );
        // What the message says to do.
        let text = Lock::of(&resolved(old, &Lock::default()).unwrap()).print().unwrap();
        let lock = Lock::parse(&text.replace(r#""inline":["c"]"#, r#""inline":[]"#)).unwrap();
        let lock = Lock::of(&resolved(new, &lock).unwrap());
        let place = |name: &str, field: &str| lock.constructor(name).unwrap().place(field);
        assert_eq!((place("a", "c"), place("b", "a")), (Some(Place::Boxed), Some(Place::Inline)));
    }

    #[test]
    fn a_locked_box_breaks_a_cycle_for_all() {
        let old = "s a:string b:string = S; x flags:# s:flags.0?S = X;";
        let new = "s a:string b:string x:X = S; x flags:# s:flags.0?S = X;";
        let lock = lock_after(old, new).unwrap();
        let place = |name: &str, field: &str| lock.constructor(name).unwrap().place(field);
        assert_eq!((place("x", "s"), place("s", "x")), (Some(Place::Boxed), Some(Place::Inline)));
    }

    #[test]
    fn types_that_could_nest_go_on_costing_depth() {
        let lock = lock_after("l t:Vector<L> = L;", "l t:Vector<int> = L;").unwrap();
        assert!(lock.is_recursive("L"));
    }
}
