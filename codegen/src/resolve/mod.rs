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

use std::borrow::Cow;

use crate::Error;
use crate::check;
use crate::exceptions::Exceptions;
use crate::ir::{Constructor, Function, Schema, Type};
use crate::lock::Lock;
use crate::raw::RawSchema;
use names::Names;
pub use repeat::{parse_safe_list, reviewed};

/// Resolves a schema. `safe` lists the functions that may be repeated (see [`Repeat`](crate::ir::Repeat)).
///
/// # Errors
///
/// The first thing that is wrong with the schema.
pub fn resolve(raw: &RawSchema, exceptions: &Exceptions, safe: &[&str]) -> Result<Schema, Error> {
    Resolver::new(raw).exceptions(exceptions).safe_to_repeat(safe).resolve()
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
    Resolver::new(raw).exceptions(exceptions).safe_to_repeat(safe).lock(lock).resolve()
}

/// How to resolve a schema.
///
/// ```
/// use telewire_codegen::{resolve::Resolver, tl_text};
///
/// // Its authors call this `decryptedMessage`, of layer 8, and its id is made of that name.
/// let raw = tl_text::parse("decryptedMessage8#1f814f1f random_id:long message:string = DecryptedMessage;")?;
/// assert!(Resolver::new(&raw).resolve().is_err());
/// let schema = Resolver::new(&raw).believe_ids().resolve()?;
/// assert_eq!(schema.constructors[0].id, 0x1f81_4f1f);
/// # Ok::<(), telewire_codegen::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Resolver<'a> {
    raw: &'a RawSchema,
    exceptions: Cow<'a, Exceptions>,
    safe: &'a [&'a str],
    lock: Cow<'a, Lock>,
    believe_ids: bool,
}

impl<'a> Resolver<'a> {
    /// Resolves by the rules alone.
    pub fn new(raw: &'a RawSchema) -> Self {
        let exceptions = Cow::Owned(Exceptions::NONE);
        Self { raw, exceptions, safe: &[], lock: Cow::Owned(Lock::default()), believe_ids: false }
    }

    /// What the rules do not explain about this schema. Each must be needed.
    #[must_use]
    pub fn exceptions(self, exceptions: &'a Exceptions) -> Self {
        Self { exceptions: Cow::Borrowed(exceptions), ..self }
    }

    /// The functions that may be repeated (see [`Repeat`](crate::ir::Repeat)).
    #[must_use]
    pub fn safe_to_repeat(self, safe: &'a [&'a str]) -> Self {
        Self { safe, ..self }
    }

    /// What the lock names keeps the layout that it has there.
    #[must_use]
    pub fn lock(self, lock: &'a Lock) -> Self {
        Self { lock: Cow::Borrowed(lock), ..self }
    }

    /// Takes the ids as they are written, also where the text gives another. Without it such an id is an error: most often it is
    /// the text that is wrong. [`ids::mismatches`] tells which they are.
    #[must_use]
    pub fn believe_ids(self) -> Self {
        Self { believe_ids: true, ..self }
    }

    /// Resolves the schema.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the schema, or with what it shall be resolved by.
    pub fn resolve(&self) -> Result<Schema, Error> {
        check::schema(self.raw)?;
        if self.believe_ids {
            ids::all_there(self.raw)?;
            ids::all_needed(self.raw, &self.exceptions)?;
        } else {
            ids::check(self.raw, &self.exceptions)?;
        }
        facts(&self.raw.flattened().with_numbers(), &self.exceptions, self.safe, &self.lock)
    }
}

/// Resolves a schema without layers, whose ids are right.
fn facts(
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
    for (one, name) in raw.functions.iter().zip(names::functions(&raw.functions)?) {
        let params = kinds::params(one, &names, exceptions)?;
        functions.push(Function {
            id: one.id.unwrap_or_default(),
            body: flags::body(&name, &params)?,
            result: kinds::result(one, &params, &names, exceptions)?,
            repeat: repeat::class(raw, one, safe)?,
            tl: one.to_tl(),
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
    for measured in exceptions.measured.iter() {
        if !schema.constructors.iter().any(|c| c.name.tl == measured.definition) {
            return Err(unused("list of measured objects names", &measured.definition));
        }
    }
    for name in exceptions.no_result.iter() {
        if !schema.functions.iter().any(|f| f.name.tl == *name) {
            return Err(unused("list of functions without result names", name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl_text;

    fn resolved(text: &str, exceptions: &Exceptions) -> Result<Schema, Error> {
        let mut raw = tl_text::parse(text).unwrap();
        ids::assign_missing(&mut raw, exceptions);
        resolve(&raw, exceptions, &[])
    }

    #[test]
    fn exceptions_that_match_nothing_are_refused() {
        for exceptions in
            [Exceptions::NONE.with_measured("m", "n", "b"), Exceptions::NONE.with_no_result("m")]
        {
            let error = resolved("a = A;", &exceptions).unwrap_err();
            assert!(
                matches!(&error, Error::Unused { definition, .. } if definition == "m"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn ids_are_believed_all_or_listed_in_a_file() {
        let raw =
            tl_text::parse("own#11223344 x:int = Own; ---functions--- wait#55667788 = Nothing;")
                .unwrap();
        let listed = Exceptions::parse(
            r#"{"ids": [{"definition": "own", "id": "11223344", "reason": "chosen by hand"},
                        {"definition": "wait", "id": "55667788", "reason": "chosen by hand"}],
                "no_result": ["wait"]}"#,
        )
        .unwrap();
        let schema = Resolver::new(&raw).exceptions(&listed).resolve().unwrap();
        let some = Exceptions::NONE.with_no_result("wait");
        let resolver = Resolver::new(&raw).exceptions(&some);
        assert!(matches!(resolver.resolve(), Err(Error::IdMismatch { .. })));
        assert_eq!(resolver.believe_ids().resolve().as_ref(), Ok(&schema));
        // What is listed is held against the schema all the same.
        let other = listed.with_id("other", 1, "not there");
        let resolver = Resolver::new(&raw).exceptions(&other).believe_ids();
        assert!(
            matches!(resolver.resolve(), Err(Error::Unused { definition, .. }) if definition == "other")
        );
    }

    #[test]
    fn a_name_of_several_layers_is_resolved_with_each() {
        let text = "===8=== d x:int = D; ===17=== d x:long = D; e = E;";
        let mut raw = tl_text::parse(text).unwrap();
        ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve(&raw, &Exceptions::NONE, &[]).unwrap();
        let names: Vec<_> = schema
            .constructors
            .iter()
            .map(|c| (c.name.tl.as_str(), c.name.ident.as_str()))
            .collect();
        assert_eq!(names, [("d8", "D8"), ("d17", "D17"), ("e17", "E17")]);
        // The id is that of the name alone.
        assert_eq!(
            schema.constructors[0].id,
            ids::computed(&tl_text::parse("d x:int = D;").unwrap().constructors[0])
        );
        assert_eq!(schema.types.len(), 2);
    }

    #[test]
    fn a_count_that_nothing_depends_on_is_a_number() {
        let text = "a flags:# = A; b mode:# count:# after:mode.7?int = B; c flags2:# n:# = C;";
        let schema = resolved(text, &Exceptions::NONE).unwrap();
        let fields = |index: usize| {
            let constructor = &schema.constructors[index];
            (
                constructor.body.words,
                constructor.body.fields.iter().map(|f| f.ident.as_str()).collect(),
            )
        };
        assert_eq!(fields(0), (1, vec![]));
        assert_eq!(fields(1), (1, vec!["count", "after"]));
        assert_eq!(fields(2), (1, vec!["n"]));
        // Its id is that of the text.
        let mut raw = tl_text::parse(text).unwrap();
        ids::assign_missing(&mut raw, &Exceptions::NONE);
        assert_eq!(Some(schema.constructors[1].id), raw.constructors[1].id);
    }

    #[test]
    fn only_functions_take_functions() {
        assert!(matches!(
            resolved("a {X:Type} query:!X = A;", &Exceptions::NONE),
            Err(Error::MisplacedType { .. })
        ));
    }

    #[test]
    fn the_structs_of_groups_may_not_meet() {
        let group = |name: &str| format!("{name} flags:# a:flags.0?int b:flags.0?int = T{name}; ");
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
