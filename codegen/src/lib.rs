//! Generates Rust types from Telegram's TL schemas: the generator behind [telewire](https://docs.rs/telewire).
//!
//! ```text
//! .json ─ json::parse ─┐                                          ┌─ types      a struct per constructor
//!                      ├─ RawSchema ─ resolve::resolve ─ Schema ──┼─ enums      types with several constructors
//! .tl ── tl_text::parse┘   (text)        (six passes)    (facts)  └─ functions  what can be called
//!                                                                    emit::generate
//! ```
//!
//! It does no I/O: a build script reads the schema and writes what `generate` returns.
//!
//! ```
//! # #[cfg(feature = "emit")] {
//! use telewire_codegen::{Exceptions, Options, generate, resolve, tl_text};
//!
//! let mut raw = tl_text::parse("pong msg_id:long ping_id:long = Pong;")?;
//! resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
//! let schema = resolve::resolve(&raw, &Exceptions::NONE, &[])?;
//! let code = generate(&schema, &Options::default())?;
//! assert!(code.contains("pub struct Pong"));
//! # }
//! # Ok::<(), telewire_codegen::Error>(())
//! ```
//!
//! What a schema says can also be used without generating anything: [`dynamic`] reads and writes values of it, and makes of a
//! value of one layer the nearest of another; [`layers`] has the schemas of many layers. They do not need the feature `emit`,
//! which brings the crates that Rust is emitted with, and a build script does not need them: they and [`diff`] are a third of
//! the lines, behind the features `dynamic` and `diff`.

#[cfg(feature = "emit")]
mod boxes;
mod built_in;
mod check;
#[cfg(feature = "diff")]
pub mod diff;
#[cfg(feature = "dynamic")]
pub mod dynamic;
#[cfg(feature = "emit")]
pub mod emit;
mod error;
#[cfg(feature = "emit")]
pub mod errors;
mod exceptions;
pub mod expr;
#[cfg(feature = "emit")]
mod facts;
pub mod ir;
pub mod json;
#[cfg(feature = "dynamic")]
pub mod layers;
mod least;
mod lex;
mod lock;
#[cfg(any(feature = "emit", feature = "dynamic"))]
mod min_len;
pub mod raw;
pub mod resolve;
#[cfg(any(feature = "emit", feature = "diff"))]
mod shared;
pub mod tl_text;

#[cfg(feature = "emit")]
pub use boxes::{Affected, Boxes, Line, Row};
#[cfg(feature = "emit")]
pub use emit::{Links, Options, Serde, enum_paths, generate, struct_paths};
pub use error::Error;
pub use exceptions::{Exceptions, IdException, Measured};
#[cfg(feature = "emit")]
pub use facts::{Caller, Fact, Facts};
pub use lock::Lock;
pub use resolve::Resolver;
