//! The logged-in client.

pub mod addresses;
pub mod store;
