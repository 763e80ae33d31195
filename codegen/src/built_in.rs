//! The one place that knows what TL builds in: the types without constructors, how files declare them, and the constructors
//! whose encoding is fixed.
//!
//! Published files declare the same types in several ways, and their ids never stand on the wire:
//!
//! | declaration | in |
//! | --- | --- |
//! | `int ? = Int;` | TDLib's, TON's |
//! | `int32 = Int32;` | `td_api.tl`, `tonlib_api.tl` |
//! | `int#a8509bda ? = Int;` `bytes#e937bb82 = Bytes;` | gotd's |
//! | `int256 8*[ int32 ] = Int256;` | all of them |
//! | `bytes data:string = Bytes;` | TON's |
//!
//! Taken for constructors, `int32 = Int32` would be one without parameters, and each `x:int32` no bytes at all.

use crate::ir::Ty;
use crate::raw::RawDefinition;

/// The id of `vector {t:Type} # [ t ] = Vector t`, which is in front of every boxed vector.
const VECTOR_ID: u32 = 0x1cb5_c415;

/// The constructors of `Bool`, by all names that files have for them, with the ids that are on the wire.
const BOOLS: [(&str, u32); 4] = [
    ("boolFalse", 0xbc79_9737),
    ("boolTrue", 0x9972_75b5),
    ("false", 0xbc79_9737),
    ("true", 0x9972_75b5),
];

/// What a name that TL builds in means as a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuiltIn {
    /// The type of its values.
    pub(crate) ty: Ty,
    /// Whether no schema may define it otherwise. The names of TDLib and TON are others' to use where they are not declared so.
    pub(crate) is_reserved: bool,
}

/// The type that TL builds in under a name, as Telegram, TDLib and TON know them.
pub(crate) fn named(name: &str) -> Option<BuiltIn> {
    let (ty, is_reserved) = match name {
        "int" => (Ty::Int, true),
        "long" => (Ty::Long, true),
        "double" => (Ty::Double, true),
        "int128" => (Ty::Int128, true),
        "int256" => (Ty::Int256, true),
        "int512" => (Ty::Int512, true),
        "string" => (Ty::String, true),
        "bytes" => (Ty::Bytes, true),
        "int32" => (Ty::Int, false),
        // TDLib's: a number that JavaScript can hold. It has the bytes of an int64.
        "int53" | "int64" => (Ty::Long, false),
        // TON's: the library wipes them, the bytes are the same.
        "secureString" => (Ty::String, false),
        "secureBytes" => (Ty::Bytes, false),
        // One of any type, or any function, with its id in front.
        "object" | "function" => (Ty::Object, false),
        _ => return None,
    };
    Some(BuiltIn { ty, is_reserved })
}

/// The type of a name that means the same in every schema; also `Bool` and `Object`, which are types with ids in front.
pub(crate) fn everywhere(name: &str) -> Option<Ty> {
    match name {
        "Bool" => Some(Ty::Bool),
        "Object" => Some(Ty::Object),
        _ => named(name).filter(|built_in| built_in.is_reserved).map(|built_in| built_in.ty),
    }
}

/// The type of a name that a schema may use for a constructor or a type of its own, and this one does not.
pub(crate) fn unless_defined(name: &str) -> Option<Ty> {
    match name {
        "Function" => Some(Ty::Object),
        _ => named(name).filter(|built_in| !built_in.is_reserved).map(|built_in| built_in.ty),
    }
}

/// What stands between the name and the type of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form<'t> {
    /// `int ? = Int`
    Question,
    /// `int32 = Int32`
    Nothing,
    /// `int128 4*[ int ] = Int128`
    Repeated(usize, &'t str),
    /// `bytes data:string = Bytes`, `bytes string = Bytes`
    OneString,
    /// Other parameters.
    Params,
}

/// Whether a definition declares what is built in; it is then no constructor.
///
/// # Errors
///
/// Why it cannot be what it says, and what to do.
pub(crate) fn is_declaration(name: &str, form: Form<'_>, ty: &str) -> Result<bool, String> {
    let Some(BuiltIn { is_reserved, .. }) = named(name) else {
        return match form {
            Form::Question | Form::Repeated(..) => Err(format!(
                "is declared as built in, and nothing says how its values are written. If it is another name for something \
                 known, say for what: `{name} value:long = {ty};`. If nothing uses it, leave it out"
            )),
            _ => Ok(false),
        };
    };
    let own = type_of(name);
    let says_what_is_known = match form {
        Form::Question | Form::Nothing => ty == own,
        Form::Repeated(count, item) => {
            let bytes = width(item).and_then(|width| width.checked_mul(count));
            ty == own && bytes.is_some() && bytes == width(name)
        }
        Form::OneString => ty == own && name == "bytes",
        Form::Params => false,
    };
    match form {
        _ if says_what_is_known => Ok(true),
        // A name of TDLib's or TON's in somebody's own schema. If it is a mistake it has no parameters, and no bare value either.
        Form::Nothing | Form::OneString | Form::Params if !is_reserved => Ok(false),
        _ => Err(format!(
            "is built in, and this is not what it is: say `{name} ? = {own};` or leave it out"
        )),
    }
}

/// As [`is_declaration`], of a definition that was read.
pub(crate) fn declares(raw: &RawDefinition) -> Result<bool, String> {
    let form = match raw.params.as_slice() {
        [] => Form::Nothing,
        [one] if one.ty == "string" => Form::OneString,
        _ => Form::Params,
    };
    is_declaration(&raw.name, form, &raw.ty)
}

/// Whether a constructor is no type of its own in Rust: `vector`, those of `Bool`, and declarations.
pub(crate) fn is_built_in(raw: &RawDefinition) -> bool {
    raw.is_vector() || raw.ty == "Bool" || declares(raw).unwrap_or_default()
}

/// What a constructor says against what is fixed about it.
pub(crate) fn against(raw: &RawDefinition) -> Result<(), String> {
    declares(raw)?;
    let is_plain = raw.params.is_empty();
    let has_id = |id| raw.id.is_none_or(|written| written == id);
    if raw.name == "vector" || ["Vector t", "Vector"].contains(&raw.ty.as_str()) {
        let fits = raw.is_vector() && is_plain && has_id(VECTOR_ID);
        return if fits { Ok(()) } else { Err(format!("is not `{VECTOR}`, which TL builds in")) };
    }
    if raw.ty == "Bool" {
        let id = BOOLS.iter().find(|(name, _)| *name == raw.name).map(|(_, id)| *id);
        return match id {
            Some(id) if is_plain && raw.id.unwrap_or_else(|| crate::resolve::ids::computed(raw)) == id => Ok(()),
            _ => Err("is not `boolFalse#bc799737 = Bool` or `boolTrue#997275b5 = Bool`, which are built in".to_owned()),
        };
    }
    if raw.name == "true" && !(is_plain && raw.ty == "True") {
        return Err("is not `true = True`, the type of a bit without a value".to_owned());
    }
    Ok(())
}

/// How the type of vectors is declared.
pub(crate) const VECTOR: &str = "vector#1cb5c415 {t:Type} # [ t ] = Vector t";

/// The type that a built-in one belongs to: `Int128` for `int128`.
fn type_of(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The bytes of a value, where all have as many.
fn width(name: &str) -> Option<usize> {
    match named(name)?.ty {
        Ty::Int => Some(4),
        Ty::Long | Ty::Double => Some(8),
        Ty::Int128 => Some(16),
        Ty::Int256 => Some(32),
        Ty::Int512 => Some(64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::RawParam;

    #[test]
    fn each_published_declaration_is_known() {
        for (name, form, ty) in [
            ("int", Form::Question, "Int"),
            ("int32", Form::Nothing, "Int32"),
            ("int53", Form::Nothing, "Int53"),
            ("int64", Form::Question, "Int64"),
            ("bytes", Form::Nothing, "Bytes"),
            ("bytes", Form::OneString, "Bytes"),
            ("secureString", Form::Nothing, "SecureString"),
            ("object", Form::Question, "Object"),
            ("function", Form::Question, "Function"),
            ("int128", Form::Repeated(4, "int"), "Int128"),
            ("int256", Form::Repeated(8, "int32"), "Int256"),
            ("int512", Form::Repeated(8, "long"), "Int512"),
        ] {
            assert_eq!(is_declaration(name, form, ty), Ok(true), "{name}");
        }
        assert_eq!(is_declaration("ok", Form::Nothing, "Ok"), Ok(false));
    }

    #[test]
    fn a_declaration_that_says_another_thing_is_refused_with_what_to_do() {
        for (name, form, ty) in [
            ("int", Form::Question, "Long"),
            ("int", Form::Params, "Int"),
            ("string", Form::OneString, "String"),
            ("int32", Form::Question, "Int"),
            ("int64", Form::Repeated(2, "int"), "Int"),
            ("int128", Form::Repeated(3, "int"), "Int128"),
            ("int128", Form::Repeated(usize::MAX, "int"), "Int128"),
            ("int128", Form::Repeated(4, "string"), "Int128"),
        ] {
            let why = is_declaration(name, form, ty).unwrap_err();
            assert!(
                why.contains("leave it out") && why.contains(&format!("`{name} ? = ")),
                "{why}"
            );
        }
        for form in [Form::Question, Form::Repeated(2, "int")] {
            let why = is_declaration("int48", form, "Int48").unwrap_err();
            assert!(why.contains("`int48 value:long = Int48;`"), "{why}");
        }
    }

    #[test]
    fn names_of_tdlib_and_ton_may_mean_another_thing_elsewhere() {
        for (name, ty) in [("int64", "Int64"), ("object", "Thing"), ("secureBytes", "SecureBytes")]
        {
            assert_eq!(is_declaration(name, Form::Params, ty), Ok(false), "{name}");
        }
        assert_eq!(is_declaration("function", Form::Nothing, "Kind"), Ok(false));
    }

    fn raw(name: &str, id: Option<u32>, params: &[&str], ty: &str) -> RawDefinition {
        let params = params.iter().map(|p| RawParam { name: (*p).into(), ty: "int".into() });
        RawDefinition { id, ..RawDefinition::new(name, params.collect(), ty) }
    }

    #[test]
    fn what_is_fixed_cannot_be_defined_otherwise() {
        for fine in [
            raw("vector", None, &[], "Vector t"),
            raw("vector", Some(VECTOR_ID), &[], "Vector t"),
            raw("boolTrue", None, &[], "Bool"),
            raw("true", Some(0x9972_75b5), &[], "Bool"),
            raw("true", None, &[], "True"),
            raw("ok", None, &[], "Ok"),
            raw("vectorPathCommandLine", None, &["end"], "VectorPathCommand"),
        ] {
            assert_eq!(against(&fine), Ok(()), "{fine:?}");
        }
        for wrong in [
            raw("vector", Some(1), &[], "Vector t"),
            raw("vector", None, &["a"], "Vector t"),
            raw("list", None, &[], "Vector t"),
            raw("vector", None, &[], "List"),
            raw("boolTrue", None, &["a"], "Bool"),
            raw("boolTrue", Some(0xbc79_9737), &[], "Bool"),
            raw("boolMaybe", None, &[], "Bool"),
            raw("true", None, &[], "Bool"),
            raw("true", None, &["a"], "True"),
            raw("int", None, &["a"], "Int"),
        ] {
            assert!(against(&wrong).is_err(), "{wrong:?}");
        }
    }
}
