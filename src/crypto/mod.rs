//! Cryptography of MTProto 2.0: pure functions of the protocol over one seam of primitives.
//!
//! ```text
//!  key exchange                          packets
//!  factor, rsa_pad, tmp_aes, dh,         message_key, message_key_v1
//!  new_nonce_hash, server_salt
//!        \                                 /
//!         +----------  CryptoSuite  ------+        Real | Toy
//! ```
//! What must be random is drawn from an [`Entropy`] that comes in as an argument. The layer knows
//! nothing of TL, framing or sessions, has no clock and no state, and nothing it is given can make
//! it panic.
//!
//! Start with [`CryptoSuite`], and [`real()`] for a suite to use.

mod aes_key_iv;
mod auth_key;
mod be;
pub mod dh;
pub(crate) mod entropy;
pub mod factor;
#[cfg(any(feature = "files", feature = "secret"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "files", feature = "secret"))))]
pub mod file;
pub mod keys;
pub mod message_key;
pub mod message_key_v1;
mod montgomery;
mod new_nonce;
pub(crate) mod padding;
mod pem;
mod real;
mod rsa_key;
#[cfg(feature = "server")]
pub mod rsa_legacy;
pub mod rsa_pad;
#[cfg(feature = "server")]
mod rsa_private;
mod secret;
mod sha;
#[cfg(any(feature = "client", feature = "server"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "client", feature = "server"))))]
pub mod srp;
pub(crate) mod suite;
#[cfg(test)]
pub(crate) mod test_key;
mod tmp_aes;
mod toy;
#[cfg(test)]
pub(crate) mod vectors;

pub use aes_key_iv::AesKeyIv;
pub use auth_key::{AuthKey, KeyId};
pub use dh::DhError;
#[cfg(test)]
#[allow(unused_imports, reason = "for the tests of every layer")]
pub(crate) use entropy::FixedEntropy;
pub use entropy::{Entropy, EntropyExt, SeededEntropy};
pub use factor::FactorError;
pub use message_key::{MessageKey, QuickAckToken, Sender};
pub use new_nonce::{DhGen, new_nonce_hash, params_fail_hash, server_salt};
pub use real::Real;
pub use rsa_key::{Fingerprint, KeyError, RsaPublicKey};
pub use rsa_pad::RsaPadError;
#[cfg(feature = "server")]
pub use rsa_private::RsaPrivateKey;
pub use secret::Secret;
pub use suite::{CryptoSuite, Suite, SuiteError, real, toy};
pub use tmp_aes::tmp_aes;
pub use toy::Toy;
