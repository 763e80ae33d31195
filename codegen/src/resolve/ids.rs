//! Pass 1: constructor ids. Each is the CRC32 of its definition's canonical text, or a listed exception.
//!
//! The rule is [TL's](https://core.telegram.org/mtproto/TL#description-of-the-tl-language), with what Telegram added
//! since: conditional `true` parameters do not count.
//!
//! Published schemas differ in one thing. In the ids of Telegram's own, `bytes` counts as `string`, which is what those schemas
//! had before they were published. In the ids of TDLib and TON it counts as what is written. Both are right when they are
//! written; where an id is missing, a source that declares `bytes` as a type means it, as those two do.

use crate::Error;
use crate::built_in;
use crate::exceptions::Exceptions;
use crate::raw::{RawDefinition, RawSchema};

/// Gives each definition without an id the one that its text, or an exception, says. Ids that are there stay.
pub fn assign_missing(schema: &mut RawSchema, exceptions: &Exceptions) {
    let rule = Rule::of(schema);
    for definition in schema.constructors.iter_mut().chain(&mut schema.functions) {
        if definition.id.is_none() {
            let listed = exceptions.id(&definition.name);
            definition.id = Some(listed.unwrap_or_else(|| rule.id(definition)));
        }
    }
}

/// Recomputes each id and compares it with the one written.
///
/// # Errors
///
/// [`Error::NoId`], [`Error::IdMismatch`], and [`Error::Unused`] for an exception that the schema does not need. That no two are
/// the same is asked of any schema, before this.
pub fn check(schema: &RawSchema, exceptions: &Exceptions) -> Result<(), Error> {
    all_there(schema)?;
    if let Some(Mismatch { definition, written, computed }) =
        mismatches(schema, exceptions).into_iter().next()
    {
        return Err(Error::IdMismatch { definition, written, computed });
    }
    all_needed(schema, exceptions)
}

/// Every exception must be of a definition that is there, and give an id that its text does not.
pub(super) fn all_needed(schema: &RawSchema, exceptions: &Exceptions) -> Result<(), Error> {
    let definitions = || schema.constructors.iter().chain(&schema.functions);
    let is_needed = |name: &str| {
        definitions().any(|d| d.name == name && d.id.is_some_and(|id| !Rule::is_explained(d, id)))
    };
    match exceptions.ids.iter().find(|exception| !is_needed(&exception.definition)) {
        Some(unused) => Err(Error::Unused {
            list: "exceptions to ids name",
            definition: unused.definition.clone().into_owned(),
        }),
        None => Ok(()),
    }
}

/// Every definition must have an id.
pub(super) fn all_there(schema: &RawSchema) -> Result<(), Error> {
    let mut definitions = schema.constructors.iter().chain(&schema.functions);
    match definitions.find(|definition| definition.id.is_none()) {
        Some(without) => Err(Error::NoId { definition: without.own_name() }),
        None => Ok(()),
    }
}

/// An id that neither the definition's text nor an exception gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The definition.
    pub definition: String,
    /// The id in the schema.
    pub written: u32,
    /// The one that the text, or the exception, gives.
    pub computed: u32,
}

/// The ids that are written and that nothing explains. Somebody who [believes](crate::resolve::Resolver::believe_ids) them can so
/// tell of them.
pub fn mismatches(schema: &RawSchema, exceptions: &Exceptions) -> Vec<Mismatch> {
    let rule = Rule::of(schema);
    let definitions = schema.constructors.iter().chain(&schema.functions);
    let mismatch = |definition: &RawDefinition| {
        // What is built in goes by other names too, and its ids are fixed.
        let written = definition.id.filter(|_| !built_in::is_built_in(definition))?;
        let listed = exceptions.id(&definition.name);
        let is_fine =
            listed.map_or_else(|| Rule::is_explained(definition, written), |id| id == written);
        let computed = listed.unwrap_or_else(|| rule.id(definition));
        (!is_fine).then(|| Mismatch { definition: definition.own_name(), written, computed })
    };
    definitions.filter_map(mismatch).collect()
}

/// The id that a definition's text gives in Telegram's schemas: the CRC32 of [`canonical`].
pub fn computed(definition: &RawDefinition) -> u32 {
    Rule::Telegram.id(definition)
}

/// The text whose CRC32 is the id: no id, no conditional `true`, `string` for `bytes`, no brackets.
pub fn canonical(definition: &RawDefinition) -> String {
    as_written(definition).replace(":bytes ", ":string ").replace("?bytes ", "?string ")
}

fn as_written(definition: &RawDefinition) -> String {
    let bare = RawDefinition {
        id: None,
        params: definition
            .params
            .iter()
            .filter(|param| !param.ty.ends_with("?true"))
            .cloned()
            .collect(),
        ..definition.clone()
    };
    bare.to_tl().replace('<', " ").replace(['>', '{', '}', ';'], "")
}

/// What `bytes` counts as.
#[derive(Debug, Clone, Copy)]
enum Rule {
    Telegram,
    Written,
}

impl Rule {
    fn of(schema: &RawSchema) -> Self {
        if schema.declares_bytes() { Self::Written } else { Self::Telegram }
    }

    fn id(self, definition: &RawDefinition) -> u32 {
        let text = match self {
            Self::Telegram => canonical(definition),
            Self::Written => as_written(definition),
        };
        crc32fast::hash(text.as_bytes())
    }

    /// Whether either gives the id.
    fn is_explained(definition: &RawDefinition, id: u32) -> bool {
        Self::Telegram.id(definition) == id || Self::Written.id(definition) == id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl_text;

    /// Lines and ids from core.telegram.org/schema/mtproto and core.telegram.org/schema.
    #[test]
    fn published_ids_are_recomputed() {
        for line in [
            "vector#1cb5c415 {t:Type} # [ t ] = Vector t;",
            "resPQ#05162463 nonce:int128 server_nonce:int128 pq:bytes server_public_key_fingerprints:Vector<long> = ResPQ;",
            "future_salts#ae500895 req_msg_id:long now:int salts:vector<future_salt> = FutureSalts;",
            "invokeAfterMsgs#3dc4b4f0 {X:Type} msg_ids:Vector<long> query:!X = X;",
            "inputMediaPhoto#b3ba0635 flags:# spoiler:flags.1?true id:InputPhoto ttl_seconds:flags.0?int = InputMedia;",
            "secureData#8aeabec3 data:bytes data_hash:bytes secret:bytes = SecureData;",
        ] {
            let schema = tl_text::parse(line).unwrap();
            assert_eq!(check(&schema, &Exceptions::NONE), Ok(()), "{line}");
        }
    }

    #[test]
    fn bytes_inside_a_vector_stay() {
        let schema =
            tl_text::parse("a flags:# x:Vector<bytes> y:bytes z:flags.0?bytes = A;").unwrap();
        assert_eq!(
            canonical(&schema.constructors[0]),
            "a flags:# x:Vector bytes y:string z:flags.0?string = A"
        );
    }

    #[test]
    fn missing_ids_are_computed() {
        let mut schema = tl_text::parse("pong msg_id:long ping_id:long = Pong;").unwrap();
        assert_eq!(
            check(&schema, &Exceptions::NONE),
            Err(Error::NoId { definition: "pong".into() })
        );
        assign_missing(&mut schema, &Exceptions::NONE);
        assert_eq!(schema.constructors[0].id, Some(0x347773c5));
    }

    #[test]
    fn a_wrong_id_is_refused() {
        let schema = tl_text::parse("pong#347773c6 msg_id:long ping_id:long = Pong;").unwrap();
        assert_eq!(
            check(&schema, &Exceptions::NONE),
            Err(Error::IdMismatch {
                definition: "pong".into(),
                written: 0x347773c6,
                computed: 0x347773c5
            })
        );
    }

    #[test]
    fn in_a_source_that_declares_bytes_they_count_as_such() {
        // From TDLib's td_api.h and TON's documentation.
        for (line, id) in [
            (
                "minithumbnail width:int32 height:int32 data:bytes = Minithumbnail;",
                (-328_540_758_i32).cast_unsigned(),
            ),
            ("updateNewCallSignalingData call_id:int32 data:bytes = Update;", 583_634_317),
            ("adnl.message.query query_id:int256 query:bytes = adnl.Message;", 0xb48b_f97a),
            ("liteServer.query data:bytes = Object;", 0x798c_06df),
        ] {
            for declaration in ["bytes = Bytes;", "bytes data:string = Bytes;", "bytes ? = Bytes;"]
            {
                let mut schema = tl_text::parse(&format!("{declaration} {line}")).unwrap();
                assign_missing(&mut schema, &Exceptions::NONE);
                assert_eq!(schema.constructors[0].id, Some(id), "{line}");
                assert_eq!(check(&schema, &Exceptions::NONE), Ok(()));
            }
            let mut schema = tl_text::parse(line).unwrap();
            assign_missing(&mut schema, &Exceptions::NONE);
            assert_ne!(schema.constructors[0].id, Some(id), "{line}");
            // Written, it is right in either.
            schema.constructors[0].id = Some(id);
            assert_eq!(check(&schema, &Exceptions::NONE), Ok(()));
        }
    }

    #[test]
    fn ids_that_nothing_explains_are_listed() {
        let text =
            "a#1 = A; ok#d4edbe69 = Ok; b#2 = B; true#997275b5 = Bool; false#bc799737 = Bool;";
        let schema = tl_text::parse(text).unwrap();
        let names = |exceptions: &Exceptions| {
            mismatches(&schema, exceptions).into_iter().map(|m| m.definition).collect::<Vec<_>>()
        };
        assert_eq!(names(&Exceptions::NONE), ["a", "b"]);
        let id = |id| Exceptions::NONE.with_id("a", id, "a test");
        assert_eq!(names(&id(1)), ["b"]);
        assert_eq!(names(&id(3)), ["a", "b"]);
    }

    #[test]
    fn an_exception_is_used_or_refused() {
        let exceptions = Exceptions::NONE.with_id("a", 1, "a test");
        let check = |text: &str| check(&tl_text::parse(text).unwrap(), &exceptions);
        assert_eq!(check("a#1 = A;"), Ok(()));
        assert_eq!(
            check("a#2 = A;"),
            Err(Error::IdMismatch { definition: "a".into(), written: 2, computed: 1 })
        );
        assert_eq!(
            check(""),
            Err(Error::Unused { list: "exceptions to ids name", definition: "a".into() })
        );
    }
}
