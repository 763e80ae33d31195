//! telewire: a codegen-driven typed library for Telegram's MTProto 2.0.

#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod crypto;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod framing;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod tl;
