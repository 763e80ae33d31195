//! Pass 1: constructor ids. Each is the CRC32 of its definition's canonical text, or a listed exception.
//!
//! The rule is [TL's](https://core.telegram.org/mtproto/TL#description-of-the-tl-language), with what Telegram added
//! since: conditional `true` parameters do not count, and `bytes` counts as `string`.

use std::collections::HashMap;

use crate::Error;
use crate::exceptions::Exceptions;
use crate::raw::{RawDefinition, RawSchema};

/// Gives each definition without an id the one that its text, or an exception, says. Ids that are there stay.
pub fn assign_missing(schema: &mut RawSchema, exceptions: &Exceptions) {
    for definition in schema.constructors.iter_mut().chain(&mut schema.functions) {
        let expected = expected(definition, exceptions);
        definition.id.get_or_insert(expected);
    }
}

/// Recomputes each id and compares it with the one written.
///
/// # Errors
///
/// [`Error::NoId`], [`Error::IdMismatch`], [`Error::DuplicateId`], and [`Error::Unused`] for an exception that the
/// schema does not need.
pub fn check(schema: &RawSchema, exceptions: &Exceptions) -> Result<(), Error> {
    let mut seen: HashMap<u32, &str> = HashMap::new();
    let mut unused: Vec<&str> = exceptions.ids.iter().map(|e| e.definition).collect();
    for definition in schema.constructors.iter().chain(&schema.functions) {
        let written =
            definition.id.ok_or_else(|| Error::NoId { definition: definition.name.clone() })?;
        let expected = expected(definition, exceptions);
        if written != expected {
            return Err(Error::IdMismatch {
                definition: definition.name.clone(),
                written,
                computed: expected,
            });
        }
        if computed(definition) != expected {
            unused.retain(|name| *name != definition.name);
        }
        if let Some(first) = seen.insert(written, &definition.name) {
            return Err(Error::DuplicateId {
                id: written,
                first: first.to_owned(),
                second: definition.name.clone(),
            });
        }
    }
    match unused.first() {
        Some(name) => {
            Err(Error::Unused { list: "exceptions to ids name", definition: (*name).to_owned() })
        }
        None => Ok(()),
    }
}

/// The id that a definition's text gives: the CRC32 of [`canonical`].
pub fn computed(definition: &RawDefinition) -> u32 {
    crc32fast::hash(canonical(definition).as_bytes())
}

/// The text whose CRC32 is the id: no id, no conditional `true`, `string` for `bytes`, no brackets.
pub fn canonical(definition: &RawDefinition) -> String {
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
    bare.to_tl()
        .replace(":bytes ", ":string ")
        .replace("?bytes ", "?string ")
        .replace('<', " ")
        .replace(['>', '{', '}', ';'], "")
}

fn expected(definition: &RawDefinition, exceptions: &Exceptions) -> u32 {
    exceptions.id(&definition.name).unwrap_or_else(|| computed(definition))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::IdException;
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
        let schema = tl_text::parse("a x:Vector<bytes> y:bytes z:flags.0?bytes = A;").unwrap();
        assert_eq!(
            canonical(&schema.constructors[0]),
            "a x:Vector bytes y:string z:flags.0?string = A"
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
    fn the_same_id_twice_is_refused() {
        let line = "pong#347773c5 msg_id:long ping_id:long = Pong;";
        let schema = tl_text::parse(&[line, line].concat()).unwrap();
        assert_eq!(
            check(&schema, &Exceptions::NONE),
            Err(Error::DuplicateId { id: 0x347773c5, first: "pong".into(), second: "pong".into() })
        );
    }

    #[test]
    fn an_exception_is_used_or_refused() {
        const LIST: &[IdException] = &[IdException { definition: "a", id: 1, reason: "a test" }];
        let exceptions = Exceptions { ids: LIST, ..Exceptions::NONE };
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
