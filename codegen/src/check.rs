//! What any reader refuses: what the two forms of a schema can both say, and TL does not allow.
//!
//! It knows one definition after the other, and no types: part of a schema is a schema too.

use std::collections::{HashMap, HashSet};

use crate::Error;
use crate::built_in;
use crate::expr::{TypeExpr, is_name};
use crate::raw::{RawDefinition, RawSchema};

/// Something wrong with a definition, and the part that it is wrong in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) part: Part,
    pub(crate) error: Error,
}

/// A part of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Its name and id.
    Head,
    /// The name of a parameter.
    Param(usize),
    /// The type of a parameter.
    Type(usize),
    /// What stands after `=`.
    Result,
}

/// Checks a definition by itself.
pub(crate) fn definition(raw: &RawDefinition, is_function: bool) -> Result<(), Fault> {
    head(raw).map_err(|error| Fault { part: Part::Head, error })?;
    if !is_function {
        let built_in = |why| Error::BuiltIn { definition: raw.name.clone(), why };
        built_in::against(raw).map_err(|why| Fault { part: Part::Head, error: built_in(why) })?;
    }
    let mut words: HashSet<&str> = HashSet::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for (index, param) in raw.params.iter().enumerate() {
        let name = |error| Fault { part: Part::Param(index), error };
        let ty = |error| Fault { part: Part::Type(index), error };
        if !is_name(&param.name) || param.name.contains('.') {
            return Err(name(no_name(raw, &param.name)));
        }
        if !seen.insert(&param.name) {
            let param = param.name.clone();
            return Err(name(Error::RepeatedParam { definition: raw.name.clone(), param }));
        }
        let expr =
            param.expr().map_err(|source| ty(raw.malformed(&param.name, &param.ty, source)))?;
        arguments(&expr).map_err(|why| ty(misplaced(raw, &param.name, &param.ty, why)))?;
        match expr {
            TypeExpr::Flags => {
                words.insert(&param.name);
            }
            TypeExpr::Conditional { flags, .. } if !words.contains(flags.as_str()) => {
                return Err(ty(Error::UnknownFlags {
                    definition: raw.name.clone(),
                    param: param.name.clone(),
                    flags,
                }));
            }
            _ => {}
        }
    }
    result(raw, is_function).map_err(|error| Fault { part: Part::Result, error })
}

fn head(raw: &RawDefinition) -> Result<(), Error> {
    if !is_name(&raw.name) {
        return Err(no_name(raw, &raw.name));
    }
    // TL tells a constructor, and so a bare value, from a type by this alone.
    if !last_begins(&raw.name, |c| c.is_ascii_lowercase()) {
        let (definition, name) = (raw.name.clone(), raw.name.clone());
        let expected = "the name of a constructor or a function begins with a small letter";
        return Err(Error::Capital { definition, name, expected });
    }
    Ok(())
}

fn result(raw: &RawDefinition, is_function: bool) -> Result<(), Error> {
    if raw.is_vector() {
        return Ok(());
    }
    let expr: TypeExpr =
        raw.ty.parse().map_err(|source| raw.malformed("result", &raw.ty, source))?;
    let misplaced = |why| misplaced(raw, "result", &raw.ty, why);
    arguments(&expr).map_err(misplaced)?;
    let TypeExpr::Named { bare, name, args } = expr else {
        let why =
            if is_function { "a function returns a value" } else { "a constructor makes a value" };
        return Err(misplaced(why));
    };
    if is_function {
        return Ok(());
    }
    if bare || !args.is_empty() {
        return Err(misplaced("a constructor says its type by its name"));
    }
    if !last_begins(&name, |c| c.is_ascii_uppercase()) {
        let expected = "the name of a type begins with a capital letter";
        return Err(Error::Capital { definition: raw.name.clone(), name, expected });
    }
    Ok(())
}

fn misplaced(raw: &RawDefinition, param: &str, ty: &str, why: &'static str) -> Error {
    Error::MisplacedType {
        definition: raw.name.clone(),
        param: param.to_owned(),
        ty: ty.to_owned(),
        why,
    }
}

/// Vectors have one argument, and nothing else has any. How deep it goes is bounded where expressions are read.
fn arguments(expr: &TypeExpr) -> Result<(), &'static str> {
    match expr {
        TypeExpr::Flags | TypeExpr::Variable(_) => Ok(()),
        TypeExpr::Conditional { ty, .. } => arguments(ty),
        TypeExpr::Named { bare, name, args } => match (name.as_str(), args.as_slice()) {
            ("Vector" | "vector", [item]) if !bare => arguments(item),
            ("Vector" | "vector", _) => Err("a vector has one argument and no `%`"),
            (_, []) => Ok(()),
            _ => Err("only vectors have arguments"),
        },
    }
}

fn last_begins(name: &str, is_fine: impl Fn(char) -> bool) -> bool {
    name.rsplit('.').next().unwrap_or_default().starts_with(is_fine)
}

fn no_name(raw: &RawDefinition, name: &str) -> Error {
    Error::Name { definition: raw.name.clone(), name: name.to_owned() }
}

/// Finds the definition that has the name or the id of one before it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    names: HashSet<(bool, Option<u32>, String)>,
    ids: HashMap<u32, String>,
}

impl Seen {
    /// Notes one more definition.
    pub(crate) fn add(&mut self, raw: &RawDefinition, is_function: bool) -> Result<(), Error> {
        if !self.names.insert((is_function, raw.layer, raw.name.clone())) {
            return Err(Error::DuplicateDefinition { definition: raw.own_name() });
        }
        let Some(id) = raw.id else { return Ok(()) };
        match self.ids.insert(id, raw.own_name()) {
            Some(first) => Err(Error::DuplicateId { id, first, second: raw.own_name() }),
            None => Ok(()),
        }
    }
}

/// Checks a whole schema, whoever made it.
pub(crate) fn schema(raw: &RawSchema) -> Result<(), Error> {
    let mut seen = Seen::default();
    for (definitions, is_function) in [(&raw.constructors, false), (&raw.functions, true)] {
        for raw in definitions {
            definition(raw, is_function).map_err(|fault| fault.error)?;
            seen.add(raw, is_function)?;
        }
    }
    Ok(())
}
