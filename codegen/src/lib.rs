//! Generates Rust types from TL schemas.
