//! Values of any constructor or function of a schema, read and written without generated code.
//!
//! ```text
//!  bytes ── decode_annotated ──> Annotated: a tree in which every byte belongs to one leaf
//!    │                              │
//!    └────────── decode ────────────┴──> Value ── encode ──> bytes
//! ```
//!
//! It serves those who meet bytes without knowing their type at compile time, and it is a second opinion on the generated
//! types: it has a reader and a writer of its own, and must know nothing of theirs.
//!
//! Bytes from anybody are safe to give to it: [`MAX_DEPTH`] bounds how deep values nest, a count is held against the bytes
//! that are left before anything is done about it, and nothing is reserved for what is merely claimed.
//!
//! ```
//! use telewire_codegen::dynamic::{Codec, Value};
//! use telewire_codegen::{Exceptions, resolve, tl_text};
//!
//! let raw = tl_text::parse("pong#347773c5 msg_id:long ping_id:long = Pong;")?;
//! let schema = resolve::resolve(&raw, &Exceptions::NONE, &[])?;
//! let codec = Codec::new(&schema);
//! let bytes = [0xc5, 0x73, 0x77, 0x34, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0];
//! let value = codec.decode(&bytes)?;
//! assert_eq!(value.to_string(), "pong { msg_id: 1, ping_id: 2 }");
//! assert_eq!(value.field("ping_id"), Some(&Value::Long(2)));
//! assert_eq!(codec.encode(&value)?, bytes);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arbitrary;
mod codec;
mod common;
mod cursor;
mod decode;
mod definition;
mod encode;
mod error;
mod nesting;
mod node;
mod path;
mod target;
#[cfg(test)]
mod tests;
mod translate;
mod value;

pub use arbitrary::{Arbitrary, arbitrary};
pub use codec::Codec;
pub use common::Common;
pub use definition::Definition;
pub use error::{Error, ErrorKind};
pub use nesting::Nesting;
pub use node::{Annotated, Content, Node, Oddity, Place};
pub use target::{Target, TargetError};
pub use translate::{TranslateError, function, translate, translate_as};
pub use value::{Object, Text, Value};

/// How deep constructors and functions may stand inside each other. Real values stay below 20; the bound keeps others from
/// exhausting the stack (TL-03).
pub const MAX_DEPTH: usize = 128;

/// `vector#1cb5c415 {t:Type} # [ t ] = Vector t;`
pub const VECTOR_ID: u32 = 0x1cb5_c415;

/// `boolTrue#997275b5 = Bool;`
const TRUE_ID: u32 = 0x9972_75b5;

/// `boolFalse#bc799737 = Bool;`
const FALSE_ID: u32 = 0xbc79_9737;

/// The value of a `Bool` by its id.
fn bool_of(id: u32) -> Option<bool> {
    match id {
        TRUE_ID => Some(true),
        FALSE_ID => Some(false),
        _ => None,
    }
}
