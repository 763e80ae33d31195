//! An offline Telegram for tests, behind [telewire](https://docs.rs/telewire)'s embedded data centres.

#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod layers;
