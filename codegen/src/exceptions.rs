//! The only place that treats a definition by its name: what published schemas do against the rules, file by file.
//!
//! An exception of the file at hand that matches nothing is an error, so the lists cannot go stale.

/// What the rules of TL do not explain about one schema.
#[derive(Debug, Clone, Copy, Default)]
pub struct Exceptions {
    /// Definitions whose published id is not the CRC32 of their text.
    pub ids: &'static [IdException],
    /// Functions whose result type has no constructor: the server never sends one.
    pub no_result: &'static [&'static str],
    /// Constructors in which an `int` counts the bytes of the `Object` that follows it.
    pub measured: &'static [Measured],
}

/// A published id that the definition's text does not give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdException {
    /// The definition.
    pub definition: &'static str,
    /// The id that everybody uses.
    pub id: u32,
    /// Where the difference comes from.
    pub reason: &'static str,
}

/// An `Object` whose length another parameter gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// The constructor.
    pub definition: &'static str,
    /// The parameter that holds the length in bytes. It is no field of the Rust type, so the two cannot disagree.
    pub length: &'static str,
    /// The parameter that is measured.
    pub body: &'static str,
}

impl Exceptions {
    /// No exceptions: for schemas that follow the rules.
    pub const NONE: Self = Self { ids: &[], no_result: &[], measured: &[] };

    /// Those of `mtproto.json`, the definitions of [Mobile Protocol](https://core.telegram.org/schema/mtproto).
    pub const MTPROTO: Self = Self {
        ids: &[
            IdException {
                definition: "msg_container",
                id: 0x73f1_f8dc,
                reason: "the CRC32 of `messages:vector message`, the bare constructor instead of `%Message`",
            },
            IdException {
                definition: "ipPortSecret",
                id: 0x3798_2646,
                reason: "the CRC32 with `bytes` left as it is, where all others turn it into `string`",
            },
            IdException {
                definition: "accessPointRule",
                id: 0x4679_b65f,
                reason: "no spelling of its text is known that gives the id",
            },
            IdException {
                definition: "help.configSimple",
                id: 0x5a59_2a6c,
                reason: "no spelling of its text is known that gives the id",
            },
        ],
        no_result: &["http_wait"],
        measured: &[Measured { definition: "message", length: "bytes", body: "body" }],
    };

    pub(crate) fn id(&self, definition: &str) -> Option<u32> {
        self.ids.iter().find(|e| e.definition == definition).map(|e| e.id)
    }

    pub(crate) fn measured(&self, definition: &str) -> Option<&'static Measured> {
        self.measured.iter().find(|m| m.definition == definition)
    }

    pub(crate) fn has_no_result(&self, definition: &str) -> bool {
        self.no_result.contains(&definition)
    }
}
