//! The data centre's RSA key pair (feature `server`). The client has no use for it.

use std::fmt;

use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, LineEnding};
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::{self, CryptoRng, RngCore};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use zeroize::Zeroizing;

use super::be::left_pad;
use super::entropy::{Entropy, EntropyExt};
use super::pem;
use super::rsa_key::{KeyError, RsaPublicKey};
use super::secret::Secret;

/// A key pair of exactly 2048 bits, wiped when dropped, of which Debug prints the fingerprint
/// alone.
///
/// The `rsa` crate reads, checks, generates and writes it. RUSTSEC-2023-0071 (private operations
/// whose timing gives the key away) concerns that crate; decryption here does without it, see
/// [`Real`](super::Real).
#[derive(Clone)]
pub struct RsaPrivateKey {
    key: rsa::RsaPrivateKey,
    exponent: Secret<256>,
    public: RsaPublicKey,
}

impl RsaPrivateKey {
    /// Reads the one PEM block `RSA PRIVATE KEY` (PKCS#1) or `PRIVATE KEY` (PKCS#8) of a text, unencrypted. What stands around
    /// it, other blocks too, is passed over; its lines may have any length.
    ///
    /// # Errors
    /// A [`KeyError`] that says what was expected; [`KeyError::SeveralKeys`] where there are more, and of what cannot be read
    /// [`KeyError::Encrypted`] and [`KeyError::OpenSsh`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let keys = Self::all_from_pem(pem)?;
        match <[Self; 1]>::try_from(keys) {
            Ok([key]) => Ok(key),
            Err(keys) => Err(KeyError::SeveralKeys { count: keys.len() }),
        }
    }

    /// Reads all PEM blocks `RSA PRIVATE KEY` and `PRIVATE KEY` of a text, in their order. There is one at least; a key that is
    /// there again is given once.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem), of the first block that is wrong.
    pub fn all_from_pem(pem: &str) -> Result<Vec<Self>, KeyError> {
        let mut keys: Vec<Self> = Vec::new();
        for block in pem::blocks(pem)? {
            let is_private = block.label.ends_with("PRIVATE KEY");
            let decode = match block.label {
                _ if is_private && block.is_encrypted() => return Err(KeyError::Encrypted),
                "RSA PRIVATE KEY" => [of_pkcs1, of_pkcs8],
                "PRIVATE KEY" => [of_pkcs8, of_pkcs1],
                "OPENSSH PRIVATE KEY" => return Err(KeyError::OpenSsh),
                _ => continue,
            };
            let der = block.der()?;
            // Some write one format under the label of the other. The error is that of the label's.
            let [first, second] = decode;
            let key = first(&der).or_else(|error| second(&der).map_err(|_| error))?;
            let key = Self::new(key)?;
            if keys.iter().all(|known| known.public != key.public) {
                keys.push(key);
            }
        }
        if keys.is_empty() { Err(KeyError::NotPrivatePem) } else { Ok(keys) }
    }

    /// A new key pair. Takes up to some seconds.
    ///
    /// # Errors
    /// [`KeyError::NotGenerated`].
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, KeyError> {
        let key = rsa::RsaPrivateKey::new(&mut RsaEntropy(entropy), 2048)
            .map_err(|error| KeyError::NotGenerated { reason: error.to_string() })?;
        Self::new(key)
    }

    /// Writes a PEM block `RSA PRIVATE KEY` (PKCS#1).
    ///
    /// # Errors
    /// [`KeyError::Unwritable`]; no accepted key is known to cause it.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        self.key.to_pkcs1_pem(LineEnding::LF).map_err(KeyError::unwritable)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &RsaPublicKey {
        &self.public
    }

    /// The private exponent `d`, big-endian.
    pub(super) fn exponent(&self) -> &Secret<256> {
        &self.exponent
    }

    fn new(key: rsa::RsaPrivateKey) -> Result<Self, KeyError> {
        let public = RsaPublicKey::from_parts(&key.n().to_bytes_be(), &key.e().to_bytes_be())?;
        let exponent = Zeroizing::new(key.d().to_bytes_be());
        let exponent = left_pad(&exponent)
            .map(Secret::from)
            .ok_or_else(|| KeyError::malformed("the private exponent is longer than 2048 bits"))?;
        Ok(Self { key, exponent, public })
    }
}

fn of_pkcs1(der: &[u8]) -> Result<rsa::RsaPrivateKey, KeyError> {
    rsa::RsaPrivateKey::from_pkcs1_der(der).map_err(KeyError::malformed)
}

fn of_pkcs8(der: &[u8]) -> Result<rsa::RsaPrivateKey, KeyError> {
    rsa::RsaPrivateKey::from_pkcs8_der(der).map_err(KeyError::malformed)
}

impl fmt::Debug for RsaPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPrivateKey({})", self.public.fingerprint())
    }
}

/// Our [`Entropy`] as the older `rand_core` that the `rsa` crate asks for.
struct RsaEntropy<'a>(&'a mut dyn Entropy);

impl RngCore for RsaEntropy<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.0.array())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.array())
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand_core::Error> {
        self.0.fill(out);
        Ok(())
    }
}

impl CryptoRng for RsaEntropy<'_> {}

#[cfg(test)]
mod tests {
    use super::super::entropy::{EntropyExt, SeededEntropy};
    use super::super::{CryptoSuite, Real, RsaPublicKey, SuiteError, Toy, test_key};
    use super::{KeyError, RsaPrivateKey};

    #[test]
    fn both_private_formats_give_the_same_key_and_pem_is_a_round_trip() {
        let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
        assert_eq!(*key.to_pem().unwrap(), test_key::PKCS1);
        assert_eq!(key.public(), &RsaPublicKey::from_pem(test_key::SPKI).unwrap());
        let from_pkcs8 = RsaPrivateKey::from_pem(test_key::PKCS8).unwrap();
        assert_eq!(from_pkcs8.to_pem().unwrap(), key.to_pem().unwrap());
    }

    #[test]
    fn public_keys_and_cut_texts_are_refused() {
        for text in ["", test_key::SPKI, test_key::PUBLIC_PKCS1] {
            assert_eq!(RsaPrivateKey::from_pem(text).unwrap_err(), KeyError::NotPrivatePem);
        }
        for end in (0..test_key::PKCS1.len() - 2).step_by(13) {
            assert!(
                RsaPrivateKey::from_pem(test_key::PKCS1.get(..end).unwrap()).is_err(),
                "cut at {end}"
            );
        }
        let error = RsaPrivateKey::from_pem(test_key::PKCS8.get(..900).unwrap()).unwrap_err();
        assert_eq!(error, KeyError::NoEnd);
    }

    #[test]
    fn a_key_is_read_in_each_form_that_people_have_it_in() {
        for pem in [test_key::PKCS1, test_key::PKCS8] {
            let key = RsaPrivateKey::from_pem(pem).unwrap();
            let one_line = pem.trim().replace('\n', "");
            let indented: String = pem.lines().map(|line| format!("    {line}  \n")).collect();
            for form in [
                one_line,
                indented,
                pem.trim().replace('\n', "\\n"),
                format!("Bag Attributes\n    friendlyName: dc\n{pem}"),
                format!("{}{pem}{}", test_key::SPKI, test_key::PUBLIC_PKCS1),
                format!("{}{}", test_key::PKCS1, test_key::PKCS8),
            ] {
                let read = RsaPrivateKey::from_pem(&form).unwrap();
                assert_eq!(read.public(), key.public(), "{form}");
            }
        }
    }

    #[test]
    fn all_keys_of_a_text_are_read_in_their_order() {
        let other = RsaPrivateKey::generate(&mut SeededEntropy::new(1)).unwrap();
        let text = format!("{}{}", *other.to_pem().unwrap(), test_key::PKCS8);
        let keys = RsaPrivateKey::all_from_pem(&text).unwrap();
        let second = RsaPrivateKey::from_pem(test_key::PKCS8).unwrap();
        let found: Vec<_> = keys.iter().map(RsaPrivateKey::public).collect();
        assert_eq!(found, [other.public(), second.public()]);
        assert_eq!(RsaPrivateKey::from_pem(&text).unwrap_err(), KeyError::SeveralKeys { count: 2 });
    }

    #[test]
    fn keys_that_only_a_password_or_another_program_opens_are_said() {
        let headers = "-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,00\r\n";
        let pkcs1 = test_key::PKCS1.replacen("-----BEGIN RSA PRIVATE KEY-----\n", headers, 1);
        let pkcs8 = test_key::PKCS8.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        for text in [&pkcs1, &pkcs8] {
            assert_eq!(RsaPrivateKey::from_pem(text).unwrap_err(), KeyError::Encrypted);
        }
        let open_ssh = test_key::PKCS8.replace("PRIVATE KEY", "OPENSSH PRIVATE KEY");
        assert_eq!(RsaPrivateKey::from_pem(&open_ssh).unwrap_err(), KeyError::OpenSsh);
    }

    #[test]
    fn debug_shows_the_fingerprint_alone() {
        let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
        let fingerprint = key.public().fingerprint();
        assert_eq!(format!("{key:?}"), format!("RsaPrivateKey({fingerprint})"));
    }

    #[test]
    fn generated_keys_are_reproducible_and_decrypt_what_was_encrypted_to_them() {
        let key = RsaPrivateKey::generate(&mut SeededEntropy::new(1)).unwrap();
        let again = RsaPrivateKey::generate(&mut SeededEntropy::new(1)).unwrap();
        assert_eq!(key.public(), again.public());

        let suites: [&dyn CryptoSuite; 2] = [&Real, &Toy];
        for suite in suites {
            let mut block: [u8; 256] = SeededEntropy::new(2).array();
            block[0] = 0;
            let sealed = suite.rsa_encrypt(key.public(), &block).unwrap();
            assert_ne!(sealed, block);
            assert_eq!(suite.rsa_decrypt(&key, &sealed), Ok(block));
        }
        assert_eq!(Real.rsa_decrypt(&key, key.public().modulus()), Err(SuiteError::BlockTooLarge));
    }
}
