//! The only place that treats a definition by its name: what published schemas do against the rules, file by file.
//!
//! An exception of the file at hand that matches nothing is an error, so the lists cannot go stale.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Deserialize;

use crate::Error;
use crate::json::Map;
use crate::raw::{RawDefinition, RawSchema};

/// What the rules of TL do not explain about one schema.
///
/// Those of a schema of one's own stand beside it, as JSON ([`parse`](Self::parse)), or are built here:
///
/// ```
/// use telewire_codegen::Exceptions;
///
/// let exceptions = Exceptions::NONE.with_id("accessPointRule", 0x4679_b65f, "what everybody uses");
/// # let text = r#"{"ids": [{"definition": "accessPointRule", "id": "4679b65f", "reason": "what everybody uses"}]}"#;
/// # assert_eq!(Exceptions::parse(text)?, exceptions);
/// # Ok::<(), telewire_codegen::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exceptions {
    /// Definitions whose published id is not the CRC32 of their text.
    pub ids: Cow<'static, [IdException]>,
    /// Functions whose result type has no constructor: the server never sends one.
    pub no_result: Cow<'static, [Cow<'static, str>]>,
    /// Constructors in which an `int` counts the bytes of the `Object` that follows it.
    pub measured: Cow<'static, [Measured]>,
}

/// A published id that the definition's text does not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdException {
    /// The definition.
    pub definition: Cow<'static, str>,
    /// The id that everybody uses.
    pub id: u32,
    /// Where the difference comes from.
    pub reason: Cow<'static, str>,
}

/// An `Object` whose length another parameter gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The constructor.
    pub definition: Cow<'static, str>,
    /// The parameter that holds the length in bytes. It is no field of the Rust type, so the two cannot disagree.
    pub length: Cow<'static, str>,
    /// The parameter that is measured.
    pub body: Cow<'static, str>,
}

impl Exceptions {
    /// No exceptions: for schemas that follow the rules.
    pub const NONE: Self = Self {
        ids: Cow::Borrowed(&[]),
        no_result: Cow::Borrowed(&[]),
        measured: Cow::Borrowed(&[]),
    };

    /// Those of `mtproto.json`, the definitions of [Mobile Protocol](https://core.telegram.org/schema/mtproto).
    pub const MTPROTO: Self = Self {
        ids: Cow::Borrowed(&[
            IdException {
                definition: Cow::Borrowed("msg_container"),
                id: 0x73f1_f8dc,
                reason: Cow::Borrowed(
                    "the CRC32 of `messages:vector message`, the bare constructor instead of `%Message`",
                ),
            },
            IdException {
                definition: Cow::Borrowed("accessPointRule"),
                id: 0x4679_b65f,
                reason: Cow::Borrowed("no spelling of its text is known that gives the id"),
            },
            IdException {
                definition: Cow::Borrowed("help.configSimple"),
                id: 0x5a59_2a6c,
                reason: Cow::Borrowed("no spelling of its text is known that gives the id"),
            },
        ]),
        no_result: Cow::Borrowed(&[Cow::Borrowed("http_wait")]),
        measured: Cow::Borrowed(&[Measured {
            definition: Cow::Borrowed("message"),
            length: Cow::Borrowed("bytes"),
            body: Cow::Borrowed("body"),
        }]),
    };

    /// Also this id, which the definition's text does not give.
    #[must_use]
    pub fn with_id(
        mut self,
        definition: impl Into<Cow<'static, str>>,
        id: u32,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (definition, reason) = (definition.into(), reason.into());
        self.ids.to_mut().push(IdException { definition, id, reason });
        self
    }

    /// Also this function, whose result type has no constructor.
    #[must_use]
    pub fn with_no_result(mut self, function: impl Into<Cow<'static, str>>) -> Self {
        self.no_result.to_mut().push(function.into());
        self
    }

    /// Also this constructor, in which the parameter `length` counts the bytes of the `Object` after it, `body`.
    #[must_use]
    pub fn with_measured(
        mut self,
        definition: impl Into<Cow<'static, str>>,
        length: impl Into<Cow<'static, str>>,
        body: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (definition, length, body) = (definition.into(), length.into(), body.into());
        self.measured.to_mut().push(Measured { definition, length, body });
        self
    }

    /// Reads exceptions from JSON; each list may be left out:
    ///
    /// ```json
    /// {
    ///   "ids": [{"definition": "accessPointRule", "id": "4679b65f", "reason": "what everybody uses"}],
    ///   "no_result": ["http_wait"],
    ///   "measured": [{"definition": "message", "length": "bytes", "body": "body"}]
    /// }
    /// ```
    ///
    /// An id is of 1 to 8 hexadecimal digits, as in TL.
    ///
    /// # Errors
    ///
    /// [`Error::Exceptions`] when the text is not of that form, when an id has no reason, or when a definition is listed twice.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let Map(list): Map<Json> =
            serde_json::from_str(text).map_err(|error| Error::Exceptions(error.to_string()))?;
        let ids = list.ids.into_iter().map(|Map(id)| id.read()).collect::<Result<Vec<_>, _>>()?;
        unique("ids", ids.iter().map(|exception| &exception.definition))?;
        let measured = list.measured.into_iter().map(|Map(measured)| Measured {
            definition: measured.definition.into(),
            length: measured.length.into(),
            body: measured.body.into(),
        });
        let measured: Vec<Measured> = measured.collect();
        unique("measured", measured.iter().map(|measured| &measured.definition))?;
        let no_result: Vec<Cow<'static, str>> =
            list.no_result.into_iter().map(Cow::Owned).collect();
        unique("no_result", &no_result)?;
        Ok(Self { ids: ids.into(), no_result: no_result.into(), measured: measured.into() })
    }

    /// Those that a schema has and needs: for schemas of which nobody knows whether they are part of the file that the list is
    /// for. Where code is generated, a list that does not fit should be an error instead.
    #[must_use]
    pub fn applying_to(&self, schema: &RawSchema) -> Self {
        let constructor = |name: &str| schema.constructors.iter().find(|raw| raw.name == name);
        let function = |name: &str| schema.functions.iter().find(|raw| raw.name == name);
        let has_id = |exception: &&IdException| {
            let named = constructor(&exception.definition).or(function(&exception.definition));
            named.is_some_and(|raw| raw.id.is_none_or(|id| id == exception.id))
        };
        let has_no_result = |name: &&Cow<'static, str>| {
            function(name).is_some_and(|raw| !schema.constructors.iter().any(|c| c.ty == raw.ty))
        };
        let is_measured = |measured: &&Measured| {
            constructor(&measured.definition).is_some_and(|raw| measured.fits(raw))
        };
        Self {
            ids: self.ids.iter().filter(has_id).cloned().collect(),
            no_result: self.no_result.iter().filter(has_no_result).cloned().collect(),
            measured: self.measured.iter().filter(is_measured).cloned().collect(),
        }
    }

    pub(crate) fn id(&self, definition: &str) -> Option<u32> {
        self.ids.iter().find(|e| e.definition == definition).map(|e| e.id)
    }

    pub(crate) fn measured(&self, definition: &str) -> Option<&Measured> {
        self.measured.iter().find(|m| m.definition == definition)
    }

    pub(crate) fn has_no_result(&self, definition: &str) -> bool {
        self.no_result.iter().any(|name| name == definition)
    }
}

impl Measured {
    fn fits(&self, raw: &RawDefinition) -> bool {
        let mut pairs = raw.params.iter().zip(raw.params.iter().skip(1));
        pairs.any(|(length, body)| {
            (length.name == self.length && length.ty == "int")
                && (body.name == self.body && body.ty == "Object")
        })
    }
}

fn unique<'a>(
    list: &str,
    names: impl IntoIterator<Item = &'a Cow<'static, str>>,
) -> Result<(), Error> {
    let mut seen: HashSet<&'a str> = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Error::Exceptions(format!("`{list}` names `{name}` twice")));
        }
    }
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Json {
    ids: Vec<Map<JsonId>>,
    no_result: Vec<String>,
    measured: Vec<Map<JsonMeasured>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonId {
    definition: String,
    id: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonMeasured {
    definition: String,
    length: String,
    body: String,
}

impl JsonId {
    fn read(self) -> Result<IdException, Error> {
        let wrong = |what: &str| Error::Exceptions(format!("`{}` {what}", self.definition));
        let is_hex =
            (1..=8).contains(&self.id.len()) && self.id.bytes().all(|b| b.is_ascii_hexdigit());
        let id = u32::from_str_radix(&self.id, 16).ok().filter(|_| is_hex);
        let id = id.ok_or_else(|| wrong("has an id that is not 1 to 8 hexadecimal digits"))?;
        if self.reason.trim().is_empty() {
            return Err(wrong("has no reason"));
        }
        Ok(IdException { definition: self.definition.into(), id, reason: self.reason.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl_text;

    #[test]
    fn each_list_is_read_and_may_be_left_out() {
        assert_eq!(Exceptions::parse("{}"), Ok(Exceptions::NONE));
        let text = r#"{"ids":[{"definition":"a","id":"AbC","reason":"r"}],"no_result":["f"],
            "measured":[{"definition":"m","length":"n","body":"b"}]}"#;
        let expected = Exceptions::NONE
            .with_id("a", 0xabc, "r")
            .with_no_result("f")
            .with_measured("m", "n", "b");
        assert_eq!(Exceptions::parse(text), Ok(expected));
    }

    #[test]
    fn another_form_is_refused_with_what_is_wrong() {
        for (text, what) in [
            ("", "EOF"),
            ("[]", "expected a map"),
            (r#"{"measured":[["m","n","b"]]}"#, "expected a map"),
            (r#"{"id":[]}"#, "unknown field `id`"),
            (r#"{"ids":[{"definition":"a","id":"1"}]}"#, "missing field `reason`"),
            (r#"{"ids":[{"definition":"a","id":"1","reason":" "}]}"#, "`a` has no reason"),
            (r#"{"ids":[{"definition":"a","id":"0x1","reason":"r"}]}"#, "hexadecimal"),
            (r#"{"ids":[{"definition":"a","id":"+1","reason":"r"}]}"#, "hexadecimal"),
            (r#"{"ids":[{"definition":"a","id":"123456789","reason":"r"}]}"#, "hexadecimal"),
            (r#"{"no_result":["f","f"]}"#, "`no_result` names `f` twice"),
        ] {
            let message = Exceptions::parse(text).unwrap_err().to_string();
            assert!(message.contains(what), "{text}: {message}");
        }
    }

    #[test]
    fn of_a_list_for_another_file_stays_what_applies() {
        let applying = |text: &str| {
            let applying = Exceptions::MTPROTO.applying_to(&tl_text::parse(text).unwrap());
            (applying.ids.len(), applying.no_result.len(), applying.measured.len())
        };
        assert_eq!(applying("a = A;"), (0, 0, 0));
        assert_eq!(applying("help.configSimple#5a592a6c = help.ConfigSimple;"), (1, 0, 0));
        assert_eq!(applying("help.configSimple#d997c3c5 = help.ConfigSimple;"), (0, 0, 0));
        assert_eq!(applying("---functions--- http_wait = HttpWait;"), (0, 1, 0));
        assert_eq!(applying("w = HttpWait; ---functions--- http_wait = HttpWait;"), (0, 0, 0));
        assert_eq!(applying("message msg_id:long bytes:int body:Object = Message;"), (0, 0, 1));
        assert_eq!(applying("message bytes:int x:int body:Object = Message;"), (0, 0, 0));
    }
}
