//! The key of the embedded data centre.

use crate::crypto::{KeyError, RsaPrivateKey};

/// The private key of the embedded data centre. **It is public**: it stands in a repository that everybody can read, and
/// protects nothing. Tests and demonstrations use it so that client and server find each other without a key file.
pub const EMBEDDED_KEY_PEM: &str = include_str!("embedded_key.pem");

/// [`EMBEDDED_KEY_PEM`], read.
///
/// # Errors
///
/// Never, as a test shows.
pub fn embedded_key() -> Result<RsaPrivateKey, KeyError> {
    RsaPrivateKey::from_pem(EMBEDDED_KEY_PEM)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_embedded_key_is_one() {
        super::embedded_key().unwrap();
    }
}
