//! The key of the data centre, for schedules that begin with an exchange.

use std::sync::LazyLock;

use telewire::crypto::RsaPrivateKey;
use telewire::server::embedded_key;

/// Read once, since that takes longer than a schedule.
static KEY: LazyLock<Vec<RsaPrivateKey>> = LazyLock::new(|| embedded_key().into_iter().collect());

/// The embedded key.
#[must_use]
pub fn embedded() -> Vec<RsaPrivateKey> {
    KEY.clone()
}
