//! What an exchange needs to know beforehand.

use std::time::Duration;

use crate::crypto::{RsaPublicKey, Suite};
use crate::ids::DcId;

/// The parameters of an exchange.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data centre to which the key shall belong. It is part of what is encrypted, so that a query cannot be
    /// carried to another one.
    pub dc: DcId,
    /// The server's keys, the preferred first (KX-04).
    pub keys: Vec<RsaPublicKey>,
    /// Whether the key is permanent.
    pub lifetime: Lifetime,
    /// After how long without an answer the same query is sent again (KX-20).
    pub resend_after: Duration,
    /// How long the whole exchange may take (KX-20).
    pub deadline: Duration,
    /// The cryptography.
    pub suite: Suite,
    /// A prime that was found safe before, so that it need not be tested again (KX-13).
    pub tested_prime: Option<Box<[u8; 256]>>,
    /// Sends the old `p_q_inner_data`, to replay an exchange that was recorded with it.
    #[cfg(test)]
    pub(crate) without_dc: bool,
}

/// How long a key is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Until it is destroyed.
    Permanent,
    /// For a number of seconds: a [temporary key](https://core.telegram.org/api/pfs).
    Temporary {
        /// The seconds.
        expires_in: i32,
    },
}

impl Config {
    /// A permanent key with the timing that suits the internet.
    #[must_use]
    pub fn new(dc: DcId, keys: Vec<RsaPublicKey>, suite: Suite) -> Self {
        Self {
            dc,
            keys,
            lifetime: Lifetime::Permanent,
            resend_after: RESEND_AFTER,
            deadline: DEADLINE,
            suite,
            tested_prime: None,
            #[cfg(test)]
            without_dc: false,
        }
    }
}

/// Three times what a slow mobile network needs for an answer.
const RESEND_AFTER: Duration = Duration::from_secs(6);

/// The server remembers an exchange for ten minutes; nobody waits that long for a connection.
const DEADLINE: Duration = Duration::from_secs(60);
