//! What differs between two schemas: definitions by name, and parameters by name inside of them.
//!
//! It compares what the schemas say. What that means for the users of the generated types, [`semver`] tells.
//!
//! ```
//! use telewire_codegen::{diff, tl_text};
//!
//! let old = tl_text::parse("user#1 id:int = User;")?;
//! let new = tl_text::parse("user#2 id:long = User;")?;
//! let difference = diff::compare(&old, &new)?;
//! assert_eq!(difference.constructors.changed[0].changes[1].to_string(), "~ id: int -> long");
//! # Ok::<(), telewire_codegen::Error>(())
//! ```

mod params;
pub mod semver;
pub mod surface;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::Error;
use crate::raw::{RawDefinition, RawSchema};

/// What differs between two schemas.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The layer of the old schema, where it says it.
    pub old_layer: Option<u32>,
    /// The layer of the new one.
    pub new_layer: Option<u32>,
    /// The constructors that differ.
    pub constructors: Definitions,
    /// The functions that differ, which Telegram's JSON form calls methods.
    pub functions: Definitions,
}

/// Definitions that differ, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Definitions {
    /// Those that only the new schema has, as lines of TL.
    pub added: Vec<String>,
    /// Those that only the old one has.
    pub removed: Vec<String>,
    /// Those that both have, but not alike.
    pub changed: Vec<Changed>,
}

/// A definition that both schemas have, but not alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its name.
    pub name: String,
    /// Its line of TL in the old schema.
    pub old: String,
    /// And in the new one.
    pub new: String,
    /// What differs between them.
    pub changes: Vec<Change>,
}

/// One difference between two definitions of the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// The constructor id. It is `None` where a schema does not say it.
    Id {
        /// The old id.
        old: Option<u32>,
        /// The new one.
        new: Option<u32>,
    },
    /// The type that a constructor belongs to, or that a function returns.
    Result {
        /// The old type.
        old: String,
        /// The new one.
        new: String,
    },
    /// There is a new parameter.
    Added {
        /// Its name.
        param: String,
        /// Its type.
        ty: String,
    },
    /// A parameter is gone.
    Removed {
        /// Its name.
        param: String,
        /// The type that it had.
        ty: String,
    },
    /// A parameter has another type.
    Type {
        /// Its name.
        param: String,
        /// The old type.
        old: String,
        /// The new one.
        new: String,
    },
    /// A parameter that was always there depends on a flag now.
    BecameOptional {
        /// Its name.
        param: String,
        /// Its type, with the flag.
        ty: String,
    },
    /// A parameter that depended on a flag is always there now.
    BecameRequired {
        /// Its name.
        param: String,
        /// Its type.
        ty: String,
    },
    /// A parameter depends on another flag.
    Flag {
        /// Its name.
        param: String,
        /// The old type.
        old: String,
        /// The new one.
        new: String,
    },
    /// A parameter stands elsewhere among those that stayed.
    Moved {
        /// Its name.
        param: String,
    },
}

/// Compares two schemas. A definition of a layer of its own goes by the name that it has with it: `decryptedMessage46`.
///
/// # Errors
///
/// [`Error::DuplicateDefinition`] when one of them defines a name twice.
pub fn compare(old: &RawSchema, new: &RawSchema) -> Result<Difference, Error> {
    let (old, new) = (&old.flattened(), &new.flattened());
    Ok(Difference {
        old_layer: old.layer,
        new_layer: new.layer,
        constructors: definitions(&old.constructors, &new.constructors)?,
        functions: definitions(&old.functions, &new.functions)?,
    })
}

impl Difference {
    /// Whether no definition differs. The layers may.
    pub fn is_empty(&self) -> bool {
        self.constructors.is_empty() && self.functions.is_empty()
    }
}

impl Definitions {
    /// Whether none differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

fn definitions(old: &[RawDefinition], new: &[RawDefinition]) -> Result<Definitions, Error> {
    let (old, new) = (by_name(old)?, by_name(new)?);
    let lines = |these: &BTreeMap<&str, &RawDefinition>, others: &BTreeMap<_, _>| {
        let own = these.iter().filter(|(name, _)| !others.contains_key(*name));
        own.map(|(_, definition)| definition.to_tl()).collect()
    };
    let both = old.iter().filter_map(|(name, old)| Some((*old, *new.get(name)?)));
    Ok(Definitions {
        added: lines(&new, &old),
        removed: lines(&old, &new),
        changed: both.filter_map(|(old, new)| changed(old, new)).collect(),
    })
}

fn by_name(definitions: &[RawDefinition]) -> Result<BTreeMap<&str, &RawDefinition>, Error> {
    let mut map = BTreeMap::new();
    for definition in definitions {
        if map.insert(definition.name.as_str(), definition).is_some() {
            return Err(Error::DuplicateDefinition { definition: definition.name.clone() });
        }
    }
    Ok(map)
}

fn changed(old: &RawDefinition, new: &RawDefinition) -> Option<Changed> {
    let mut changes = Vec::new();
    if old.id != new.id {
        changes.push(Change::Id { old: old.id, new: new.id });
    }
    changes.extend(params::changes(&old.params, &new.params));
    if old.ty != new.ty {
        changes.push(Change::Result { old: old.ty.clone(), new: new.ty.clone() });
    }
    (!changes.is_empty()).then(|| Changed {
        name: new.name.clone(),
        old: old.to_tl(),
        new: new.to_tl(),
        changes,
    })
}

impl fmt::Display for Change {
    /// One line: `+` for what came, `-` for what went, `~` for what changed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id { old, new } => {
                let id = |id: &Option<u32>| id.map_or("none".into(), |id| format!("{id:08x}"));
                write!(f, "~ id {} -> {}", id(old), id(new))
            }
            Self::Result { old, new } => write!(f, "~ = {old} -> {new}"),
            Self::Added { param, ty } => write!(f, "+ {param}:{ty}"),
            Self::Removed { param, ty } => write!(f, "- {param}:{ty}"),
            Self::Type { param, old, new } => write!(f, "~ {param}: {old} -> {new}"),
            Self::BecameOptional { param, ty } => write!(f, "~ {param}: became optional, {ty}"),
            Self::BecameRequired { param, ty } => write!(f, "~ {param}: became required, {ty}"),
            Self::Flag { param, old, new } => write!(f, "~ {param}: other flag, {old} -> {new}"),
            Self::Moved { param } => write!(f, "~ {param}: moved"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl_text;

    fn compared(old: &str, new: &str) -> Difference {
        compare(&tl_text::parse(old).unwrap(), &tl_text::parse(new).unwrap()).unwrap()
    }

    #[test]
    fn definitions_come_go_and_change() {
        let difference = compared(
            "// LAYER 1\na#1 = A; b#2 x:int = B;\n---functions---\nf#5 = A; g#6 = A;",
            "// LAYER 2\nb#3 x:int = C; c#4 = A;\n---functions---\nf#5 = B; g#6 = A;",
        );
        assert_eq!((difference.old_layer, difference.new_layer), (Some(1), Some(2)));
        assert_eq!(difference.constructors.added, ["c#00000004 = A;"]);
        assert_eq!(difference.constructors.removed, ["a#00000001 = A;"]);
        let [b] = difference.constructors.changed.as_slice() else { panic!("{difference:?}") };
        assert_eq!((b.name.as_str(), b.old.as_str()), ("b", "b#00000002 x:int = B;"));
        assert_eq!(
            b.changes,
            [
                Change::Id { old: Some(2), new: Some(3) },
                Change::Result { old: "B".into(), new: "C".into() }
            ]
        );
        let [f] = difference.functions.changed.as_slice() else { panic!("{difference:?}") };
        assert_eq!(f.changes, [Change::Result { old: "A".into(), new: "B".into() }]);
    }

    #[test]
    fn the_order_of_definitions_is_no_difference() {
        assert!(compared("a#1 = A; b#2 = B;", "b#2 = B; a#1 = A;").is_empty());
        assert!(compared("// LAYER 1\na#1 = A;", "// LAYER 2\na#1 = A;").is_empty());
    }

    #[test]
    fn a_name_defined_twice_is_refused() {
        let mut twice = tl_text::parse("a#1 = A; b#2 = A;").unwrap();
        twice.constructors[1].name = "a".into();
        let expected = Err(Error::DuplicateDefinition { definition: "a".into() });
        assert_eq!(compare(&twice, &RawSchema::default()), expected);
        assert_eq!(compare(&RawSchema::default(), &twice), expected);
    }

    #[test]
    fn each_change_is_a_line() {
        let text = |change: Change| change.to_string();
        assert_eq!(text(Change::Id { old: None, new: Some(0xab) }), "~ id none -> 000000ab");
        assert_eq!(text(Change::Moved { param: "a".into() }), "~ a: moved");
        assert_eq!(
            text(Change::BecameOptional { param: "a".into(), ty: "flags.0?int".into() }),
            "~ a: became optional, flags.0?int"
        );
    }
}
