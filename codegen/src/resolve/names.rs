//! Pass 2: names. Which constructors make which type, what each is called in Rust, and that nothing is called twice.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::Error;
use crate::built_in;
use crate::expr::is_name;
use crate::ir::{Body, ConstructorIndex, FieldKind, Name, TypeIndex};
use crate::raw::{RawDefinition, RawSchema};

/// What stands where a name is used.
#[derive(Debug)]
pub(super) struct Names {
    /// The types, with their constructors.
    pub(super) types: Vec<(Name, Vec<ConstructorIndex>)>,
    /// A name for each constructor of the schema that is generated.
    pub(super) constructors: Vec<Name>,
    /// The type of each of them; `None` for `Object`.
    pub(super) type_of: Vec<Option<TypeIndex>>,
    types_by_name: HashMap<String, TypeIndex>,
    constructors_by_name: HashMap<String, ConstructorIndex>,
    /// Whether each constructor has no parameters.
    empty: Vec<bool>,
}

impl Names {
    pub(super) fn new(constructors: &[&RawDefinition]) -> Result<Self, Error> {
        let mut names = Self {
            types: Vec::new(),
            constructors: Vec::new(),
            type_of: Vec::new(),
            types_by_name: HashMap::new(),
            constructors_by_name: HashMap::new(),
            empty: Vec::new(),
        };
        for (index, raw) in constructors.iter().enumerate() {
            let index = ConstructorIndex(index);
            names.constructors.push(name(&raw.name, &raw.name)?);
            names.empty.push(raw.params.is_empty());
            if names.constructors_by_name.insert(raw.name.clone(), index).is_some() {
                return Err(Error::DuplicateDefinition { definition: raw.name.clone() });
            }
            let ty = names.add_to_type(raw, index)?;
            names.type_of.push(ty);
        }
        unique_in_rust(&names.constructors)?;
        unique_in_rust(names.types.iter().map(|(name, _)| name))?;
        Ok(names)
    }

    pub(super) fn ty(&self, name: &str) -> Option<TypeIndex> {
        self.types_by_name.get(name).copied()
    }

    pub(super) fn constructor(&self, name: &str) -> Option<ConstructorIndex> {
        self.constructors_by_name.get(name).copied()
    }

    /// Whether a constructor has no parameters, so that a bare value of it has no bytes.
    pub(super) fn is_empty(&self, constructor: ConstructorIndex) -> bool {
        self.empty.get(constructor.0).copied().unwrap_or_default()
    }

    /// The constructor of a type that has only one.
    pub(super) fn only_constructor(&self, ty: TypeIndex) -> Option<ConstructorIndex> {
        match self.types.get(ty.0)?.1.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    fn add_to_type(
        &mut self,
        raw: &RawDefinition,
        index: ConstructorIndex,
    ) -> Result<Option<TypeIndex>, Error> {
        if raw.ty == "Object" {
            return Ok(None);
        }
        let next = TypeIndex(self.types.len());
        let ty = *self.types_by_name.entry(raw.ty.clone()).or_insert(next);
        if ty == next {
            self.types.push((name(&raw.name, &raw.ty)?, Vec::new()));
        }
        if let Some((_, constructors)) = self.types.get_mut(ty.0) {
            constructors.push(index);
        }
        Ok(Some(ty))
    }
}

/// The names of functions, which live in modules of their own.
pub(super) fn functions(functions: &[RawDefinition]) -> Result<Vec<Name>, Error> {
    let names: Vec<Name> =
        functions.iter().map(|raw| name(&raw.name, &raw.name)).collect::<Result<_, _>>()?;
    let mut seen = HashMap::new();
    for raw in functions {
        if seen.insert(&raw.name, ()).is_some() {
            return Err(Error::DuplicateDefinition { definition: raw.name.clone() });
        }
    }
    unique_in_rust(&names)?;
    Ok(names)
}

/// The definitions that are generated: what is built in is not.
pub(super) fn generated(schema: &RawSchema) -> Vec<&RawDefinition> {
    schema.constructors.iter().filter(|raw| !built_in::is_built_in(raw)).collect()
}

/// The variant of each constructor in its type's enum: called like the constructor, without the namespaces that all
/// constructors of the type have in common in front.
pub(super) fn variants(ty: &Name, constructors: &[&Name]) -> Result<Vec<String>, Error> {
    let modules = || constructors.iter().map(|constructor| constructor.modules.as_slice());
    let first = modules().next().unwrap_or_default();
    let common = (0..=first.len()).rev().find(|length| {
        first.get(..*length).is_some_and(|part| modules().all(|own| own.starts_with(part)))
    });
    let variants = constructors.iter().map(|constructor| {
        let own = constructor.modules.get(common.unwrap_or_default()..).unwrap_or_default();
        let own: String = own.iter().map(|module| module.to_upper_camel_case()).collect();
        own + &constructor.ident
    });
    let variants: Vec<String> = variants.collect();
    match first_twice(&variants) {
        Some((first, second)) => Err(Error::DuplicateRustName {
            first: constructors.get(first).map(|c| c.tl.clone()).unwrap_or_default(),
            second: constructors.get(second).map(|c| c.tl.clone()).unwrap_or_default(),
            path: format!("{}::{}", ty.ident, variants.get(first).map_or("", String::as_str)),
        }),
        None => Ok(variants),
    }
}

/// The places of the first name that stands twice.
fn first_twice(names: &[String]) -> Option<(usize, usize)> {
    let mut seen = HashMap::new();
    names
        .iter()
        .enumerate()
        .find_map(|(place, name)| seen.insert(name, place).map(|first| (first, place)))
}

/// The Rust name of a field: snake case; keywords are escaped where they are written.
pub(super) fn field(definition: &str, param: &str) -> Result<String, Error> {
    let error = |name: &str| Error::Name { definition: definition.into(), name: name.into() };
    if !is_name(param) || param.contains('.') {
        return Err(error(param));
    }
    Ok(param.to_snake_case())
}

/// The name of the struct for a group of fields, after the definition and its first field.
pub(super) fn group(definition: &Name, first: &str) -> String {
    format!("{}{}", definition.ident, first.to_upper_camel_case())
}

/// Checks that no two structs of groups have the same name. They live in a module of their own, so that they cannot
/// meet a constructor: `message` has a group beginning with `views`, and there is a constructor `messageViews`.
pub(super) fn groups_are_unique<'a, I: IntoIterator<Item = (&'a Name, &'a Body)>>(
    definitions: I,
) -> Result<(), Error> {
    let mut groups = Vec::new();
    for (name, body) in definitions {
        groups.extend(body.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::Group { ident, .. } => Some(Name { ident: ident.clone(), ..name.clone() }),
            _ => None,
        }));
    }
    unique_in_rust(&groups)
}

/// A name in its modules; `definition` is for the error.
fn name(definition: &str, tl: &str) -> Result<Name, Error> {
    if !is_name(tl) {
        return Err(Error::Name { definition: definition.into(), name: tl.into() });
    }
    let (namespace, last) = tl.rsplit_once('.').unwrap_or(("", tl));
    let modules = namespace.split('.').filter(|part| !part.is_empty());
    let ident = last.to_upper_camel_case();
    // `Self` is the one upper camel case name that Rust reserves.
    if ident == "Self" {
        return Err(Error::RustName { definition: definition.into(), name: tl.into() });
    }
    Ok(Name { tl: tl.into(), modules: modules.map(ToSnakeCase::to_snake_case).collect(), ident })
}

fn unique_in_rust<'a, I: IntoIterator<Item = &'a Name>>(names: I) -> Result<(), Error> {
    let mut seen: HashMap<(&[String], &str), &Name> = HashMap::new();
    for name in names {
        if let Some(first) = seen.insert((&name.modules, &name.ident), name) {
            return Err(Error::DuplicateRustName {
                first: first.tl.clone(),
                second: name.tl.clone(),
                path: [name.modules.as_slice(), std::slice::from_ref(&name.ident)]
                    .concat()
                    .join("::"),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl_text;

    fn names(text: &str) -> Result<Names, Error> {
        let schema = tl_text::parse(text).map_err(Error::without_place)?;
        Names::new(&generated(&schema))
    }

    fn variants_of(ty: &str, constructors: &[&str]) -> Vec<String> {
        let constructors: Vec<Name> = constructors.iter().map(|c| name(c, c).unwrap()).collect();
        variants(&name(ty, ty).unwrap(), &constructors.iter().collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn names_are_rust_cased_and_namespaces_are_modules() {
        for (tl, modules, ident) in [
            ("resPQ", &[][..], "ResPq"),
            ("p_q_inner_data_temp_dc", &[], "PQInnerDataTempDc"),
            ("server_DH_params_ok", &[], "ServerDhParamsOk"),
            ("auth.sentCode", &["auth"], "SentCode"),
            ("e2e.chain.groupBroadcast", &["e2e", "chain"], "GroupBroadcast"),
            ("inputBotInlineMessageID64", &[], "InputBotInlineMessageId64"),
        ] {
            let name = name(tl, tl).unwrap();
            assert_eq!(
                (name.modules, name.ident.as_str()),
                (modules.iter().map(ToString::to_string).collect(), ident)
            );
        }
    }

    #[test]
    fn variants_are_called_like_their_constructors() {
        for (ty, constructors, variants) in [
            ("Message", &["messageEmpty", "message"][..], &["MessageEmpty", "Message"][..]),
            ("Updates", &["updateShort", "updatesCombined"], &["UpdateShort", "UpdatesCombined"]),
            ("InputPeer", &["inputPeerSelf", "inputPeerChat"], &["InputPeerSelf", "InputPeerChat"]),
            ("T", &["tFoo", "foo", "tTFoo"], &["TFoo", "Foo", "TTFoo"]),
            // The namespace that all have says nothing; others tell them apart.
            ("auth.Type", &["auth.typeApp", "auth.typeSms"], &["TypeApp", "TypeSms"]),
            (
                "dht.config.Local",
                &["dht.config.local", "dht.config.random.local"],
                &["Local", "RandomLocal"],
            ),
            ("T", &["x.a", "y.a", "a"], &["XA", "YA", "A"]),
            ("x.T", &["a", "b"], &["A", "B"]),
            ("T", &["xa.b", "xab.b"], &["XaB", "XabB"]),
        ] {
            assert_eq!(variants_of(ty, constructors), variants, "{ty}");
        }
    }

    #[test]
    fn types_collect_their_constructors_and_object_is_no_type() {
        let names =
            names("a = T; b = U; c = T; gzip_packed x:bytes = Object; boolTrue = Bool;").unwrap();
        assert_eq!(names.types.len(), 2);
        assert_eq!(names.types[0].1, [ConstructorIndex(0), ConstructorIndex(2)]);
        assert_eq!(names.type_of[3], None);
        assert_eq!(names.only_constructor(TypeIndex(1)), Some(ConstructorIndex(1)));
        assert_eq!(names.only_constructor(TypeIndex(0)), None);
    }

    #[test]
    fn each_clash_is_named() {
        assert_eq!(
            names("a = T; a = U;").unwrap_err(),
            Error::DuplicateDefinition { definition: "a".into() }
        );
        assert_eq!(
            names("x.a_b = T; x.aB = U;").unwrap_err(),
            Error::DuplicateRustName {
                first: "x.a_b".into(),
                second: "x.aB".into(),
                path: "x::AB".into()
            }
        );
        assert_eq!(
            names("a = T_a; b = T_A;").unwrap_err(),
            Error::DuplicateRustName {
                first: "T_a".into(),
                second: "T_A".into(),
                path: "TA".into()
            }
        );
        assert_eq!(
            names("a = %B;").unwrap_err(),
            Error::MisplacedType {
                definition: "a".into(),
                param: "result".into(),
                ty: "%B".into(),
                why: "a constructor says its type by its name"
            }
        );
        assert_eq!(
            names("self = T;").unwrap_err(),
            Error::RustName { definition: "self".into(), name: "self".into() }
        );
    }

    #[test]
    fn variants_that_cannot_differ_are_refused() {
        let clash = [name("x.a", "x.a").unwrap(), name("xA", "xA").unwrap()];
        assert_eq!(
            variants(&name("T", "T").unwrap(), &clash.iter().collect::<Vec<_>>()),
            Err(Error::DuplicateRustName {
                first: "x.a".into(),
                second: "xA".into(),
                path: "T::XA".into()
            })
        );
    }

    #[test]
    fn fields_are_snake_case() {
        assert_eq!(field("d", "srp_B").unwrap(), "srp_b");
        assert_eq!(field("d", "M1").unwrap(), "m1");
        assert_eq!(
            field("d", "a.b"),
            Err(Error::Name { definition: "d".into(), name: "a.b".into() })
        );
    }
}
