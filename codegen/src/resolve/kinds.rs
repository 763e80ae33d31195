//! Pass 3: kinds. What each type expression stands for, and whether it may stand where it does.

use crate::Error;
use crate::built_in;
use crate::exceptions::Exceptions;
use crate::expr::TypeExpr;
use crate::ir::{FunctionResult, Ty};
use crate::raw::RawDefinition;
use crate::resolve::names::Names;

/// A parameter whose type is known; its flags word is still a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Param {
    pub(super) name: String,
    /// Its type as in the schema.
    pub(super) ty: String,
    pub(super) kind: ParamKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParamKind {
    /// `#`
    Word,
    /// `T`
    Value(Ty),
    /// `flags.N?true`
    True { word: String, bit: u8 },
    /// `flags.N?T`
    Optional { word: String, bit: u8, ty: Ty },
    /// An `int` that says how long the next `Object` is.
    Length,
    /// An `Object` whose length was said.
    Measured,
}

/// The place of a type expression, for errors.
#[derive(Clone, Copy)]
struct Place<'a> {
    definition: &'a str,
    param: &'a str,
    ty: &'a str,
}

impl Place<'_> {
    fn misplaced(self, why: &'static str) -> Error {
        Error::MisplacedType {
            definition: self.definition.to_owned(),
            param: self.param.to_owned(),
            ty: self.ty.to_owned(),
            why,
        }
    }

    fn parse(self) -> Result<TypeExpr, Error> {
        self.ty.parse().map_err(|source| Error::TypeExpr {
            definition: self.definition.to_owned(),
            param: self.param.to_owned(),
            ty: self.ty.to_owned(),
            source,
        })
    }
}

/// Classifies the parameters of a definition.
pub(super) fn params(
    raw: &RawDefinition,
    names: &Names,
    exceptions: &Exceptions,
) -> Result<Vec<Param>, Error> {
    let measured = exceptions.measured(&raw.name);
    let mut params = Vec::with_capacity(raw.params.len());
    for (index, param) in raw.params.iter().enumerate() {
        let place = Place { definition: &raw.name, param: &param.name, ty: &param.ty };
        let mut kind = kind(place, names)?;
        if measured.is_some_and(|m| m.length == param.name) && kind == ParamKind::Value(Ty::Int) {
            kind = ParamKind::Length;
        } else if measured.is_some_and(|m| m.body == param.name)
            && kind == ParamKind::Value(Ty::Object)
            && params.last().is_some_and(|last: &Param| last.kind == ParamKind::Length)
        {
            kind = ParamKind::Measured;
        }
        let is_last = index + 1 == raw.params.len();
        if !is_last && matches!(kind, ParamKind::Value(Ty::Object | Ty::Variable)) {
            return Err(place.misplaced("it has no length of its own, so it must be the last"));
        }
        params.push(Param { name: param.name.clone(), ty: param.ty.clone(), kind });
    }
    if let Some(measured) = measured
        && !params.iter().any(|param| param.kind == ParamKind::Measured)
    {
        let definition = measured.definition.clone().into_owned();
        return Err(Error::Unused { list: "list of measured objects names", definition });
    }
    Ok(params)
}

/// Classifies the result of a function.
pub(super) fn result(
    raw: &RawDefinition,
    params: &[Param],
    names: &Names,
    exceptions: &Exceptions,
) -> Result<FunctionResult, Error> {
    let place = Place { definition: &raw.name, param: "result", ty: &raw.ty };
    let query = raw.params.iter().find_map(|param| param.ty.strip_prefix('!'));
    if query == Some(&raw.ty) {
        return Ok(FunctionResult::OfQuery);
    }
    if params.iter().any(|param| param.kind == ParamKind::Value(Ty::Variable)) {
        return Err(place.misplaced("a function that takes another returns what that one returns"));
    }
    let resolved = match place.parse()? {
        expr @ TypeExpr::Named { .. } => ty(place, &expr, names),
        _ => Err(place.misplaced("a function returns a value")),
    };
    match (resolved, exceptions.has_no_result(&raw.name)) {
        (Ok(ty), false) => Ok(FunctionResult::Value(ty)),
        (Err(Error::UnknownType { .. }), true) => Ok(FunctionResult::Nothing),
        (Ok(_), true) => Err(Error::Unused {
            list: "list of functions without result names",
            definition: raw.name.clone(),
        }),
        (Err(error), _) => Err(error),
    }
}

fn kind(place: Place<'_>, names: &Names) -> Result<ParamKind, Error> {
    Ok(match place.parse()? {
        TypeExpr::Flags => ParamKind::Word,
        TypeExpr::Variable(_) => ParamKind::Value(Ty::Variable),
        TypeExpr::Conditional { flags, bit, ty: expr } => {
            if matches!(&*expr, TypeExpr::Named { bare: false, name, args } if name == "true" && args.is_empty())
            {
                ParamKind::True { word: flags, bit }
            } else {
                match ty(place, &expr, names)? {
                    Ty::Object => return Err(place.misplaced("an `Object` cannot be conditional")),
                    ty => ParamKind::Optional { word: flags, bit, ty },
                }
            }
        }
        expr @ TypeExpr::Named { .. } => ParamKind::Value(ty(place, &expr, names)?),
    })
}

fn ty(place: Place<'_>, expr: &TypeExpr, names: &Names) -> Result<Ty, Error> {
    let TypeExpr::Named { bare, name, args } = expr else {
        return Err(place.misplaced("only a type can be an argument"));
    };
    if let "Vector" | "vector" = name.as_str() {
        let ([item], false) = (args.as_slice(), *bare) else {
            return Err(place.misplaced("a vector has one argument and no `%`"));
        };
        let item = ty(place, item, names)?;
        if item == Ty::Object {
            return Err(place.misplaced("an `Object` has no length of its own"));
        }
        return Ok(Ty::Vector { bare: name == "vector", item: Box::new(item) });
    }
    if !args.is_empty() {
        return Err(place.misplaced("only vectors have arguments"));
    }
    if name == "true" {
        return Err(place.misplaced("`true` has no bytes, so it must be conditional"));
    }
    match built_in::everywhere(name) {
        Some(_) if *bare => Err(place.misplaced("it is bare already, `%` does not apply")),
        Some(built_in) => Ok(built_in),
        None => defined(place, name, *bare, names),
    }
}

/// A type by its name, or a constructor by its own: that is how TL writes a bare value without `%`.
fn defined(place: Place<'_>, name: &str, bare: bool, names: &Names) -> Result<Ty, Error> {
    match (names.ty(name), bare) {
        (Some(ty), false) => return Ok(Ty::Boxed(ty)),
        (Some(ty), true) => {
            return names.only_constructor(ty).map(Ty::Bare).ok_or_else(|| {
                place.misplaced("a type with several constructors has no bare form")
            });
        }
        (None, _) => {}
    }
    match names.constructor(name) {
        // Most likely it stands for something that nobody said: a value of it would vanish without a word.
        Some(constructor) if !bare && names.is_empty(constructor) => Err(Error::Nothing {
            definition: place.definition.to_owned(),
            param: place.param.to_owned(),
            ty: place.ty.to_owned(),
            constructor: name.to_owned(),
        }),
        Some(constructor) => Ok(Ty::Bare(constructor)),
        None => {
            built_in::unless_defined(name).filter(|_| !bare).ok_or_else(|| Error::UnknownType {
                definition: place.definition.to_owned(),
                param: place.param.to_owned(),
                ty: name.to_owned(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{ConstructorIndex, TypeIndex};
    use crate::resolve::names;
    use crate::tl_text;

    /// The kinds of the last definition's parameters.
    fn kinds_with(text: &str, exceptions: &Exceptions) -> Result<Vec<ParamKind>, Error> {
        let schema = tl_text::parse(text).map_err(Error::without_place)?;
        let names = Names::new(&names::generated(&schema)).unwrap();
        let raw = schema.functions.last().or(schema.constructors.last()).unwrap();
        let params = params(raw, &names, exceptions)?;
        Ok(params.into_iter().map(|param| param.kind).collect())
    }

    fn kinds(text: &str) -> Result<Vec<ParamKind>, Error> {
        kinds_with(text, &Exceptions::NONE)
    }

    fn result_of(text: &str, exceptions: &Exceptions) -> Result<FunctionResult, Error> {
        let schema = tl_text::parse(text).unwrap();
        let names = Names::new(&names::generated(&schema)).unwrap();
        let raw = schema.functions.last().unwrap();
        result(raw, &params(raw, &names, exceptions)?, &names, exceptions)
    }

    fn vector(bare: bool, item: Ty) -> ParamKind {
        ParamKind::Value(Ty::Vector { bare, item: Box::new(item) })
    }

    #[test]
    fn vectors_and_their_items_are_bare_or_boxed_each_for_itself() {
        let list = "one a:int = One; two = Two; three = Two; ";
        let tests = [
            ("Vector<One>", vector(false, Ty::Boxed(TypeIndex(0)))),
            ("vector<One>", vector(true, Ty::Boxed(TypeIndex(0)))),
            ("Vector<%One>", vector(false, Ty::Bare(ConstructorIndex(0)))),
            ("vector<one>", vector(true, Ty::Bare(ConstructorIndex(0)))),
            ("vector<%three>", vector(true, Ty::Bare(ConstructorIndex(2)))),
            ("Vector<long>", vector(false, Ty::Long)),
            ("Bool", ParamKind::Value(Ty::Bool)),
        ];
        for (ty, kind) in tests {
            assert_eq!(kinds(&format!("{list} x p:{ty} = X;")), Ok(vec![kind]), "{ty}");
        }
    }

    #[test]
    fn conditional_true_is_a_kind_of_its_own() {
        assert_eq!(
            kinds("x flags:# a:flags.0?true b:flags.1?Bool = X;").unwrap(),
            [
                ParamKind::Word,
                ParamKind::True { word: "flags".into(), bit: 0 },
                ParamKind::Optional { word: "flags".into(), bit: 1, ty: Ty::Bool },
            ]
        );
    }

    #[test]
    fn types_that_cannot_stand_there_are_refused() {
        for ty in [
            "true",
            "%int",
            "Vector",
            "Vector<int,int>",
            "%Vector<int>",
            "Vector<Object>",
            "flags.0?Object",
            "int<int>",
            "%Two",
        ] {
            let text = format!("two = Two; three = Two; x flags:# p:{ty} = X;");
            let error = kinds(&text).unwrap_err();
            assert!(
                matches!(&error, Error::MisplacedType { definition, param, .. } if definition == "x" && param == "p"),
                "{ty}: {error:?}"
            );
        }
        assert!(matches!(kinds("x p:Object q:int = X;"), Err(Error::MisplacedType { .. })));
        assert_eq!(
            kinds("x p:Nowhere = X;"),
            Err(Error::UnknownType {
                definition: "x".into(),
                param: "p".into(),
                ty: "Nowhere".into()
            })
        );
    }

    #[test]
    fn what_is_built_in_has_its_width_declared_or_not() {
        for (name, type_name, ty) in [
            ("int32", "Int32", Ty::Int),
            ("int53", "Int53", Ty::Long),
            ("int64", "Int64", Ty::Long),
            ("secureString", "SecureString", Ty::String),
            ("secureBytes", "SecureBytes", Ty::Bytes),
            ("object", "Object", Ty::Object),
            ("function", "Function", Ty::Object),
        ] {
            let kind = Ok(vec![ParamKind::Value(ty)]);
            assert_eq!(kinds(&format!("x p:{name} = X;")), kind, "{name}");
            for mark in [" ? =", " ="] {
                assert_eq!(kinds(&format!("{name}{mark} {type_name}; x p:{name} = X;")), kind);
            }
            // A schema's own constructor of the name is what the name means there.
            let own = kinds(&format!("{name} a:int b:int = {type_name}; x p:{name} = X;"));
            assert_eq!(own, Ok(vec![ParamKind::Value(Ty::Bare(ConstructorIndex(0)))]));
        }
    }

    #[test]
    fn nothing_is_bare_and_empty_unless_the_schema_says_so() {
        for ty in
            ["int48", "flags.0?int48", "Vector<int48>", "vector<int48>", "flags.1?(vector int48)"]
        {
            let error = kinds(&format!("int48 = Int48; x flags:# p:{ty} = X;")).unwrap_err();
            let Error::Nothing { definition, param, constructor, .. } = &error else {
                panic!("{ty}: {error:?}");
            };
            assert_eq!(
                (definition.as_str(), param.as_str(), constructor.as_str()),
                ("x", "p", "int48")
            );
            assert!(error.to_string().contains("`int48 value:long = …;`"), "{error}");
        }
        let result = result_of("ok = Ok;\n---functions---\nf = ok;", &Exceptions::NONE);
        assert!(matches!(result, Err(Error::Nothing { .. })), "{result:?}");
        let bare = Ty::Bare(ConstructorIndex(0));
        for (ty, kind) in [
            ("%int48", ParamKind::Value(bare.clone())),
            ("%Int48", ParamKind::Value(bare.clone())),
            ("vector<%Int48>", vector(true, bare)),
            ("Int48", ParamKind::Value(Ty::Boxed(TypeIndex(0)))),
        ] {
            assert_eq!(kinds(&format!("int48 = Int48; x p:{ty} = X;")), Ok(vec![kind]), "{ty}");
        }
        // A name of TDLib's that means another thing here is no number either.
        let own = kinds("int64 = Kind; x p:int64 = X;");
        assert!(matches!(own, Err(Error::Nothing { .. })), "{own:?}");
        // What the message says to do.
        let said = kinds("int48 value:long = Int48; x p:int48 = X;");
        assert_eq!(said, Ok(vec![ParamKind::Value(Ty::Bare(ConstructorIndex(0)))]));
    }

    #[test]
    fn a_measured_object_needs_its_length_before_it() {
        let exceptions = Exceptions::NONE.with_measured("m", "n", "b");
        assert_eq!(
            kinds_with("m n:int b:Object c:int = M;", &exceptions).unwrap(),
            [ParamKind::Length, ParamKind::Measured, ParamKind::Value(Ty::Int)]
        );
        assert!(matches!(
            kinds_with("m n:int c:int b:Object = M;", &exceptions),
            Err(Error::Unused { .. })
        ));
        assert!(matches!(kinds_with("m c:int = M;", &exceptions), Err(Error::Unused { .. })));
    }

    #[test]
    fn results_are_values_the_querys_own_or_nothing() {
        let none = Exceptions::NONE.with_no_result("f");
        let text = |f: &str| format!("a = A;\n---functions---\n{f}");
        assert_eq!(
            result_of(&text("f = Vector<int>;"), &Exceptions::NONE),
            Ok(FunctionResult::Value(Ty::Vector { bare: false, item: Box::new(Ty::Int) }))
        );
        assert_eq!(
            result_of(&text("f {X:Type} query:!X = X;"), &Exceptions::NONE),
            Ok(FunctionResult::OfQuery)
        );
        assert_eq!(result_of(&text("f = B;"), &none), Ok(FunctionResult::Nothing));
        assert!(matches!(result_of(&text("f = A;"), &none), Err(Error::Unused { .. })));
        assert!(matches!(
            result_of(&text("f = B;"), &Exceptions::NONE),
            Err(Error::UnknownType { .. })
        ));
        assert!(matches!(
            result_of(&text("f {X:Type} query:!X = A;"), &Exceptions::NONE),
            Err(Error::MisplacedType { .. })
        ));
    }
}
