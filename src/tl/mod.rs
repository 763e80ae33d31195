//! The wire format of TL, and the types generated from the schemas in `schema/`.
//!
//! | module | from | holds |
//! | --- | --- | --- |
//! | [`mtproto`] | `schema/mtproto.json` | what the protocol itself says: key exchange, service messages |
//! | [`wrap`] | `schema/wrappers.json` | the few functions of the API that every client needs |
//! | `secret`, a feature | `schema/secret.json` | what the two ends of a secret chat say to each other; names end in their layer |
//! | `api`, a feature | `schema/api.json` | the whole API |
//!
//! Each has `types` (a struct for each constructor), `enums` (types with two or more constructors), `functions`, and `groups`
//! where parameters are there together.
//!
//! **Every value writes its constructor id**, so [`to_bytes`](Serialize::to_bytes) is what goes on the wire. A bare
//! position says so in its type: [`Bare`] has no id, [`BareVec`] no id and only a count.
//!
//! ```
//! use telewire::tl::{Deserialize, Serialize, mtproto};
//!
//! let pong = mtproto::types::Pong { msg_id: 1, ping_id: 2 };
//! let bytes = pong.to_bytes();
//! assert_eq!(bytes[..4], 0x347773c5_u32.to_le_bytes());
//! assert_eq!(mtproto::types::Pong::from_bytes(&bytes)?, pong);
//! # Ok::<(), telewire::tl::DecodeError>(())
//! ```
//!
//! The layout of every value, from [Binary Data Serialization](https://core.telegram.org/mtproto/serialize):
//!
//! ```text
//! int        4 bytes, little-endian                      long, double   8 bytes, little-endian
//! string     n < 254:   [n] bytes padding to 4
//!            n < 2^24:  [254][n: 3 bytes] bytes padding  n >= 2^24: [255][n: 7 bytes] bytes padding
//! Vector<T>  [1cb5c415][count: int] items                vector<T>      [count: int] items
//! T          [constructor id: int] fields                %T             fields
//! ```
//!
//! How a definition looks in Rust, the [`guide`] shows.
//!
//! This module knows nothing of the rest of the crate.

mod bytes;
pub mod codec;
mod error;
#[cfg(test)]
mod family;
pub mod guide {
    #![doc = include_str!("guide.md")]
}
mod line;
mod object;
mod primitives;
mod reader;
mod schema;
#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
pub mod serde;
mod string;
#[cfg(test)]
mod tests;
mod traits;
mod vector;

pub use bytes::Bytes;
pub use error::{DecodeError, DecodeErrorKind};
pub use object::Object;
pub use reader::{MAX_DEPTH, Reader};
pub use schema::Schema;
pub use traits::{Deserialize, Function, Identifiable, NoResult, Repeat, Serialize};
pub use vector::{Bare, BareVec};

/// The definitions of [Mobile Protocol](https://core.telegram.org/schema/mtproto), generated.
pub mod mtproto {
    include!(concat!(env!("OUT_DIR"), "/mtproto.rs"));
}

/// What a session needs of the API, generated: the wrappers around queries, the binding of temporary keys, and
/// the configuration, which clients ask for first.
pub mod wrap {
    include!(concat!(env!("OUT_DIR"), "/wrappers.rs"));
}

/// What the two ends of a [secret chat](https://core.telegram.org/schema/end-to-end) say to each other, generated. A name that
/// means something else in each layer stands with its layer, and so do all: `decryptedMessage` of layer 73 is
/// `DecryptedMessage73`.
#[cfg(feature = "secret")]
#[cfg_attr(docsrs, doc(cfg(feature = "secret")))]
pub mod secret {
    include!(concat!(env!("OUT_DIR"), "/secret.rs"));
}

/// The [API](https://core.telegram.org/schema), generated.
#[cfg(feature = "api")]
pub mod api {
    include!(concat!(env!("OUT_DIR"), "/api.rs"));
}
