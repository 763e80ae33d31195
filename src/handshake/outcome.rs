//! What an exchange gives.

use std::time::Duration;

use crate::crypto::AuthKey;
use crate::ids::Salt;

/// The result of an exchange.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The key.
    pub auth_key: AuthKey,
    /// The salt to begin with (KX-19).
    pub salt: Salt,
    /// When the server's clock was read, by ours, and what it showed (KX-19).
    pub server_time: ServerTime,
    /// For a temporary key, the server's time at which it expires (KX-06).
    pub expires_at: Option<Duration>,
    /// The prime, which was found safe.
    pub prime: Box<[u8; 256]>,
}

/// A reading of the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerTime {
    /// What it showed, since 1970.
    pub unix: Duration,
    /// When, by our monotonic clock: half-way between query and answer.
    pub mono: Duration,
}
