//! The schemas that the types are generated from, as text: for programs that read them at run time, with
//! [telewire-codegen](https://docs.rs/telewire-codegen).
//!
//! They are in the form of <https://core.telegram.org/schema/json>. `schema/README.md` says where each is from. A text that a
//! program does not name is no part of it.

/// What the protocol itself says: key exchange, service messages.
pub const MTPROTO_JSON: &str = include_str!("../schema/mtproto.json");

/// The functions of the API that a session needs around others, with their types.
pub const WRAPPERS_JSON: &str = include_str!("../schema/wrappers.json");

/// What the two ends of a secret chat say to each other, layers 8 to 144. It is here whether or not its types are generated
/// (feature `secret`).
pub const SECRET_JSON: &str = include_str!("../schema/secret.json");

/// The whole API, some 550 KiB. It is here whether or not its types are generated (feature `api`).
pub const API_JSON: &str = include_str!("../schema/api.json");

/// Every definition of the API's layers 135 to 230 with the layers that have it, some 520 KiB, for
/// [`telewire_codegen::layers`](https://docs.rs/telewire-codegen/latest/telewire_codegen/layers/).
pub const HISTORY_TL: &str = include_str!("../schema/history.tl");
