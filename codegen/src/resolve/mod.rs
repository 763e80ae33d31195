//! From [`RawSchema`] to [`Schema`]: six named passes, each of which knows one thing.
//!
//! | pass | decides |
//! | --- | --- |
//! | [`ids`] | that each id is the one its text gives |
//! | `names` | which constructors make a type, and what each is called in Rust |
//! | `kinds` | what each type expression stands for |
//! | `flags` | the fields of each struct: those that share a bit cannot disagree |
//! | `recursion` | which types can contain themselves |
//! | [`layout`] | what goes behind a `Box` |

mod flags;
pub mod ids;
mod kinds;
pub mod layout;
mod names;
mod recursion;
mod repeat;

use crate::Error;
use crate::exceptions::Exceptions;
use crate::ir::{Constructor, Function, Schema, Type};
use crate::lock::Lock;
use crate::raw::RawSchema;
use names::Names;
pub use repeat::parse_safe_list;

/// Resolves a schema. `safe` lists the functions that may be repeated (see [`Repeat`](crate::ir::Repeat)).
///
/// # Errors
///
/// The first thing that is wrong with the schema.
pub fn resolve(raw: &RawSchema, exceptions: &Exceptions, safe: &[&str]) -> Result<Schema, Error> {
    resolve_locked(raw, exceptions, safe, &Lock::default())
}

/// As [`resolve`]; what the lock names keeps the layout that it has there.
///
/// # Errors
///
/// Also [`Error::LockedInline`] when a field would have to be boxed against the lock.
pub fn resolve_locked(
    raw: &RawSchema,
    exceptions: &Exceptions,
    safe: &[&str],
    lock: &Lock,
) -> Result<Schema, Error> {
    ids::check(raw, exceptions)?;
    resolve_believed(raw, exceptions, safe, lock)
}

/// As [`resolve_locked`], with the ids as they are written.
pub(crate) fn resolve_believed(
    raw: &RawSchema,
    exceptions: &Exceptions,
    safe: &[&str],
    lock: &Lock,
) -> Result<Schema, Error> {
    let generated = names::generated(raw);
    let names = Names::new(&generated)?;
    let mut constructors = Vec::with_capacity(generated.len());
    for ((raw, name), ty) in generated.iter().zip(&names.constructors).zip(&names.type_of) {
        let params = kinds::params(raw, &names, exceptions)?;
        if params.iter().any(|p| p.kind == kinds::ParamKind::Value(crate::ir::Ty::Variable)) {
            return Err(Error::MisplacedType {
                definition: raw.name.clone(),
                param: "query".to_owned(),
                ty: "!X".to_owned(),
                why: "only functions take functions",
            });
        }
        constructors.push(Constructor {
            name: name.clone(),
            id: raw.id.unwrap_or_default(),
            ty: *ty,
            variant: name.ident.clone(),
            boxed: false,
            body: flags::body(name, &params)?,
            tl: raw.to_tl(),
        });
    }
    let mut functions = Vec::with_capacity(raw.functions.len());
    for (raw, name) in raw.functions.iter().zip(names::functions(&raw.functions)?) {
        let params = kinds::params(raw, &names, exceptions)?;
        functions.push(Function {
            id: raw.id.unwrap_or_default(),
            body: flags::body(&name, &params)?,
            result: kinds::result(raw, &params, &names, exceptions)?,
            repeat: repeat::class(raw, safe)?,
            tl: raw.to_tl(),
            name,
        });
    }
    let types = types(&names, &mut constructors)?;
    let mut schema = Schema { layer: raw.layer, types, constructors, functions };
    repeat::all_used(&schema, safe)?;
    all_used(&schema, exceptions)?;
    groups_are_unique(&schema)?;
    recursion::run(&mut schema, lock)?;
    layout::run(&mut schema, lock);
    Ok(schema)
}

/// Builds the types and names the variants of those that are enums.
fn types(names: &Names, constructors: &mut [Constructor]) -> Result<Vec<Type>, Error> {
    let mut types = Vec::with_capacity(names.types.len());
    for (name, members) in &names.types {
        let ends: Vec<_> = members.iter().filter_map(|c| names.constructors.get(c.0)).collect();
        for (index, variant) in members.iter().zip(names::variants(name, &ends)?) {
            if let Some(constructor) = constructors.get_mut(index.0) {
                constructor.variant = variant;
            }
        }
        types.push(Type { name: name.clone(), constructors: members.clone(), recursive: false });
    }
    Ok(types)
}

/// The structs of groups have a module of their own, whoever they belong to.
fn groups_are_unique(schema: &Schema) -> Result<(), Error> {
    let constructors = schema.constructors.iter().map(|c| (&c.name, &c.body));
    let functions = schema.functions.iter().map(|f| (&f.name, &f.body));
    names::groups_are_unique(constructors.chain(functions))
}

fn all_used(schema: &Schema, exceptions: &Exceptions) -> Result<(), Error> {
    let unused = |list, definition: &str| Error::Unused { list, definition: definition.to_owned() };
    for measured in exceptions.measured {
        if !schema.constructors.iter().any(|c| c.name.tl == measured.definition) {
            return Err(unused("list of measured objects names", measured.definition));
        }
    }
    for name in exceptions.no_result {
        if !schema.functions.iter().any(|f| f.name.tl == *name) {
            return Err(unused("list of functions without result names", name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Measured;
    use crate::tl_text;

    fn resolved(text: &str, exceptions: &Exceptions) -> Result<Schema, Error> {
        let mut raw = tl_text::parse(text).unwrap();
        ids::assign_missing(&mut raw, exceptions);
        resolve(&raw, exceptions, &[])
    }

    #[test]
    fn exceptions_that_match_nothing_are_refused() {
        const MEASURED: &[Measured] = &[Measured { definition: "m", length: "n", body: "b" }];
        for exceptions in [
            Exceptions { measured: MEASURED, ..Exceptions::NONE },
            Exceptions { no_result: &["m"], ..Exceptions::NONE },
        ] {
            let error = resolved("a = A;", &exceptions).unwrap_err();
            assert!(
                matches!(&error, Error::Unused { definition, .. } if definition == "m"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn only_functions_take_functions() {
        assert!(matches!(
            resolved("a query:!X = A;", &Exceptions::NONE),
            Err(Error::MisplacedType { .. })
        ));
    }

    #[test]
    fn the_structs_of_groups_may_not_meet() {
        let group = |name: &str| format!("{name} flags:# a:flags.0?int b:flags.0?int = {name}T; ");
        assert!(resolved(&format!("{}xA = Y;", group("x")), &Exceptions::NONE).is_ok());
        let text = "x flags:# bA:flags.0?int b:flags.0?int = X; xB flags:# a:flags.0?int b:flags.0?int = Y;";
        assert_eq!(
            resolved(text, &Exceptions::NONE),
            Err(Error::DuplicateRustName {
                first: "x".into(),
                second: "xB".into(),
                path: "XBA".into()
            })
        );
    }

    #[test]
    fn a_function_may_have_the_name_of_a_constructor() {
        let schema =
            resolved("ping = Ping;\n---functions---\nping x:int = Ping;", &Exceptions::NONE)
                .unwrap();
        assert_eq!(schema.constructors[0].name, schema.functions[0].name);
    }
}
