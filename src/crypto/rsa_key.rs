//! RSA keys as they are written in files and named on the wire. What is encrypted to them is
//! `rsa_pad`.

use std::fmt;

use rsa::BigUint;
use rsa::pkcs1::{DecodeRsaPublicKey, EncodeRsaPublicKey, LineEnding};
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;

use super::be::{left_pad, minimal_be};
use super::{pem, sha};

/// A data centre's public key of exactly 2048 bits.
///
/// Source: <https://core.telegram.org/mtproto/auth_key#dh-exchange-initiation>.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    modulus: [u8; 256],
    exponent: u64,
    fingerprint: Fingerprint,
}

impl RsaPublicKey {
    /// Reads the one PEM block `RSA PUBLIC KEY` (PKCS#1) or `PUBLIC KEY` (SPKI) of a text. What stands around it, other blocks
    /// too, is passed over; its lines may have any length.
    ///
    /// # Errors
    /// A [`KeyError`] that says what was expected; [`KeyError::SeveralKeys`] where there are more.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let keys = Self::all_from_pem(pem)?;
        match <[Self; 1]>::try_from(keys) {
            Ok([key]) => Ok(key),
            Err(keys) => Err(KeyError::SeveralKeys { count: keys.len() }),
        }
    }

    /// Reads all PEM blocks `RSA PUBLIC KEY` and `PUBLIC KEY` of a text, in their order. There is one at least; a key that is
    /// there again is given once.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem), of the first block that is wrong.
    pub fn all_from_pem(pem: &str) -> Result<Vec<Self>, KeyError> {
        let mut keys = Vec::new();
        for block in pem::blocks(pem)? {
            let decode = match block.label {
                "RSA PUBLIC KEY" => [of_pkcs1, of_spki],
                "PUBLIC KEY" => [of_spki, of_pkcs1],
                _ => continue,
            };
            let der = block.der()?;
            // Some write one format under the label of the other. The error is that of the label's.
            let [first, second] = decode.map(|decode| decode(&der));
            let key = first.or_else(|error| second.map_err(|_| error))?;
            let key = Self::from_parts(&key.n().to_bytes_be(), &key.e().to_bytes_be())?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if keys.is_empty() { Err(KeyError::NotPublicPem) } else { Ok(keys) }
    }

    /// A key from its modulus and its exponent, both big-endian.
    ///
    /// # Errors
    /// [`KeyError::Size`], [`KeyError::EvenModulus`] or [`KeyError::Exponent`].
    pub fn from_parts(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let n = BigUint::from_bytes_be(modulus);
        let modulus: [u8; 256] = match (n.bits(), left_pad(&n.to_bytes_be())) {
            (2048, Some(modulus)) => modulus,
            (bits, _) => return Err(KeyError::Size { bits }),
        };
        if modulus[255].is_multiple_of(2) {
            return Err(KeyError::EvenModulus);
        }
        let exponent = BigUint::from_bytes_be(exponent);
        let exponent = left_pad(&exponent.to_bytes_be()).map(u64::from_be_bytes);
        let exponent = exponent
            .filter(|e| e % 2 == 1 && (3..=rsa::RsaPublicKey::MAX_PUB_EXPONENT).contains(e))
            .ok_or(KeyError::Exponent)?;
        let fingerprint = Fingerprint::of(&modulus, exponent);
        Ok(Self { modulus, exponent, fingerprint })
    }

    /// Writes a PEM block `RSA PUBLIC KEY` (PKCS#1).
    ///
    /// # Errors
    /// [`KeyError::Unwritable`]; no accepted key is known to cause it.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let n = BigUint::from_bytes_be(&self.modulus);
        let key = rsa::RsaPublicKey::new(n, BigUint::from(self.exponent))
            .map_err(KeyError::unwritable)?;
        key.to_pkcs1_pem(LineEnding::LF).map_err(KeyError::unwritable)
    }

    /// The name of the key on the wire.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The modulus `n`, big-endian.
    #[must_use]
    pub fn modulus(&self) -> &[u8; 256] {
        &self.modulus
    }

    /// The exponent `e`.
    #[must_use]
    pub fn exponent(&self) -> u64 {
        self.exponent
    }
}

fn of_pkcs1(der: &[u8]) -> Result<rsa::RsaPublicKey, KeyError> {
    rsa::RsaPublicKey::from_pkcs1_der(der).map_err(KeyError::malformed)
}

fn of_spki(der: &[u8]) -> Result<rsa::RsaPublicKey, KeyError> {
    rsa::RsaPublicKey::from_public_key_der(der).map_err(KeyError::malformed)
}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPublicKey({})", self.fingerprint)
    }
}

/// The last 8 bytes of the SHA-1 of a public key, a little-endian number (KX-04). Printed as 16 hex
/// digits, the way fingerprints are commonly written: `d09d1d85de64fd85`.
///
/// Source: <https://core.telegram.org/mtproto/auth_key#dh-exchange-initiation>.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub i64);

impl Fingerprint {
    /// `SHA1( n:string | e:string )[12..20]`, the strings as TL writes them.
    fn of(modulus: &[u8; 256], exponent: u64) -> Self {
        // A string of 254 bytes or more has the length 0xfe + 3 bytes; 4 + 256 needs no padding.
        let n_length = [0xfe, 0, 1, 0];
        // A shorter one has the length in one byte, and zeros up to a multiple of 4.
        let e = minimal_be(exponent);
        let padding = match e.len() % 4 {
            0 => &[0, 0, 0][..],
            1 => &[0, 0],
            2 => &[0],
            _ => &[],
        };
        let hash = sha::sha1(&[&n_length, modulus, &[e.len() as u8], &e, padding]);
        let [.., a, b, c, d, e, f, g, h] = hash;
        Self(i64::from_le_bytes([a, b, c, d, e, f, g, h]))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Why something is no key that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text has no PEM block of a public key.
    #[error("expected a PEM block `RSA PUBLIC KEY` (PKCS#1) or `PUBLIC KEY` (SPKI)")]
    NotPublicPem,
    /// The text has no PEM block of a private key.
    #[error("expected a PEM block `RSA PRIVATE KEY` (PKCS#1) or `PRIVATE KEY` (PKCS#8)")]
    NotPrivatePem,
    /// The text has keys and one was expected.
    #[error("expected one key instead of {count}")]
    SeveralKeys {
        /// How many it has.
        count: usize,
    },
    /// A block has a first line and no last one with the same label.
    #[error(
        "expected an RSA key inside the PEM block: its last line, `-----END …-----`, is not there"
    )]
    NoEnd,
    /// More blocks than anybody has.
    #[error("expected {limit} PEM blocks at most")]
    ManyBlocks {
        /// How many there may be.
        limit: usize,
    },
    /// A password protects the private key.
    #[error("the key is encrypted: take its password off, with `openssl rsa -in FILE -out NEW`")]
    Encrypted,
    /// A private key in the form of OpenSSH.
    #[error(
        "the key has the form of OpenSSH: bring a copy of it into PEM, with `ssh-keygen -p -m PEM -f COPY`"
    )]
    OpenSsh,
    /// The block has the right label and the wrong content.
    #[error("expected an RSA key inside the PEM block: {reason}")]
    Malformed {
        /// What the decoder says.
        reason: String,
    },
    /// MTProto fixes the size: RSA_PAD makes blocks of 256 bytes (KX-07).
    #[error("expected a modulus of exactly 2048 bits instead of {bits}")]
    Size {
        /// The size found.
        bits: usize,
    },
    /// A product of two large primes is odd.
    #[error("expected an odd modulus")]
    EvenModulus,
    /// Others have no inverse, or are not what anybody uses.
    #[error("expected an odd public exponent from 3 to 2^33 - 1")]
    Exponent,
    /// The generator of keys failed.
    #[error("expected to find two primes: {reason}")]
    NotGenerated {
        /// What the generator says.
        reason: String,
    },
    /// The encoder failed.
    #[error("expected a key that can be written as PEM: {reason}")]
    Unwritable {
        /// What the encoder says.
        reason: String,
    },
}

impl KeyError {
    pub(super) fn malformed(reason: impl fmt::Display) -> Self {
        Self::Malformed { reason: reason.to_string() }
    }

    pub(super) fn unwritable(reason: impl fmt::Display) -> Self {
        Self::Unwritable { reason: reason.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::super::{keys, test_key, vectors};
    use super::{KeyError, RsaPublicKey};

    #[test]
    fn kx_04_fingerprints_of_all_known_keys() {
        let pems = vectors::value("rsa_public_keys.pem_by_fingerprint_be").as_object().unwrap();
        assert_eq!(pems.len(), 10);
        for (fingerprint, pem) in pems {
            let key = RsaPublicKey::from_pem(pem.as_str().unwrap()).unwrap();
            assert_eq!(key.fingerprint().to_string(), *fingerprint);
            assert_eq!(format!("{key:?}"), format!("RsaPublicKey({fingerprint})"));
        }
    }

    #[test]
    fn keys_from_parts_equal_keys_from_pem() {
        let n: BigUint = vectors::text("recorded_2023_rsa_pad.rsa_key_n_dec").parse().unwrap();
        let key = RsaPublicKey::from_parts(&n.to_bytes_be(), &[1, 0, 1]).unwrap();
        assert_eq!(key, keys::test_keys()[0]);
        assert_eq!(key.exponent(), 65537);
        // Leading zeros are no part of a number.
        let padded = [&[0; 3][..], &n.to_bytes_be()].concat();
        assert_eq!(RsaPublicKey::from_parts(&padded, &[0, 0, 1, 0, 1]), Ok(key));
    }

    #[test]
    fn both_public_formats_give_the_same_key_and_pem_is_a_round_trip() {
        let key = RsaPublicKey::from_pem(test_key::PUBLIC_PKCS1).unwrap();
        assert_eq!(RsaPublicKey::from_pem(test_key::SPKI), Ok(key.clone()));
        assert_eq!(key.to_pem().unwrap(), test_key::PUBLIC_PKCS1);
        let windows = format!("\r\n{}\r\n", test_key::SPKI.trim().replace('\n', "\r\n"));
        assert_eq!(RsaPublicKey::from_pem(&windows), Ok(key));
    }

    /// What files, environments and sources do to a key.
    #[test]
    fn a_key_is_read_in_each_form_that_people_have_it_in() {
        for (pem, label) in
            [(test_key::PUBLIC_PKCS1, "RSA PUBLIC KEY"), (test_key::SPKI, "PUBLIC KEY")]
        {
            let key = RsaPublicKey::from_pem(pem).unwrap();
            let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            let block = |body: &str| format!("-----BEGIN {label}-----{body}-----END {label}-----");
            let in_lines = |width: usize| {
                let lines = body.as_bytes().chunks(width).map(|line| str::from_utf8(line).unwrap());
                block(&format!("\n{}\n", lines.collect::<Vec<_>>().join("\n")))
            };
            let indented: String = pem.lines().map(|line| format!("\t  {line}\n")).collect();
            let trailing: String = pem.lines().map(|line| format!("{line} \t \n")).collect();
            let quoted: String = pem.lines().map(|line| format!("    \"{line}\\n\"\n")).collect();
            let spaced: String = pem.lines().map(|line| format!("{line}\n\n")).collect();
            for form in [
                block(&body),
                block(&format!(" {body} ")),
                block(&format!("\n{body}\n")),
                in_lines(1),
                in_lines(63),
                in_lines(76),
                indented,
                trailing,
                quoted,
                spaced,
                pem.replace('\n', "\r\n"),
                pem.replace('\n', "\r\r\n"),
                pem.trim().replace('\n', "\\n"),
                pem.replace('=', ""),
                format!("\u{feff}{pem}"),
                format!(
                    "# my key\nPublic-Key: (2048 bit)\nModulus:\n    00:d7:3c\n{pem}and more\n"
                ),
                format!("-----\n-----BEGIN of it\n{pem}"),
                format!("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n{pem}"),
                format!("{pem}{pem}"),
                format!("{}{pem}", test_key::PKCS1),
                // The other format under this label.
                if label == "PUBLIC KEY" {
                    test_key::PUBLIC_PKCS1.replace("RSA PUBLIC", "PUBLIC")
                } else {
                    test_key::SPKI.replace("PUBLIC", "RSA PUBLIC")
                },
            ] {
                assert_eq!(RsaPublicKey::from_pem(&form).as_ref(), Ok(&key), "{form}");
            }
        }
    }

    #[test]
    fn all_keys_of_a_text_are_read_in_their_order() {
        let pems = vectors::value("rsa_public_keys.pem_by_fingerprint_be").as_object().unwrap();
        let text: String =
            pems.values().map(|pem| format!("a key:\n{}\n", pem.as_str().unwrap())).collect();
        let keys = RsaPublicKey::all_from_pem(&text).unwrap();
        let found: Vec<_> = keys.iter().map(|key| key.fingerprint().to_string()).collect();
        assert_eq!(found, pems.keys().cloned().collect::<Vec<_>>());
        assert_eq!(RsaPublicKey::from_pem(&text), Err(KeyError::SeveralKeys { count: pems.len() }));
        // One that is wrong is not passed over.
        let wrong = text.replacen("MIIBCgKC", "MIIBCgKD", 1);
        assert!(matches!(RsaPublicKey::all_from_pem(&wrong), Err(KeyError::Malformed { .. })));
    }

    #[test]
    fn moduli_of_other_sizes_are_refused() {
        let one = BigUint::from(1_u8);
        for bits in [0_u32, 1, 1024, 2047, 2049, 3072, 4096] {
            let n = if bits == 0 { BigUint::ZERO } else { (&one << (bits - 1)) | &one };
            assert_eq!(
                RsaPublicKey::from_parts(&n.to_bytes_be(), &[3]),
                Err(KeyError::Size { bits: bits as usize })
            );
        }
        let of_1024_bits = "\
-----BEGIN RSA PUBLIC KEY-----
MIGJAoGBALtC0bb7ZEB8IosvKKF/GHt5QNjk1bdeJ80sCr8M+pjTQloNuJyyOnNP
rsFO4LuuCOZFUx5l+3C4p+mjXPtRC07b1k/QkkWHvK/ZLhSC4X8Ko/XMlThgomjw
Y8eZ2OlKuf0pS6niM4yaiaMoe5plyOHlavADGrNe+RZd5MnNIQf/AgMBAAE=
-----END RSA PUBLIC KEY-----";
        assert_eq!(RsaPublicKey::from_pem(of_1024_bits), Err(KeyError::Size { bits: 1024 }));
    }

    #[test]
    fn even_moduli_and_odd_exponents_are_told_apart() {
        let mut n = [0xff; 256];
        for e in [&[][..], &[0], &[1], &[2], &[4], &[2, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 0, 0, 0, 1]] {
            assert_eq!(RsaPublicKey::from_parts(&n, e), Err(KeyError::Exponent), "{e:?}");
        }
        for e in [&[3][..], &[17], &[1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
            assert!(RsaPublicKey::from_parts(&n, e).unwrap().to_pem().is_ok(), "{e:?}");
        }
        n[255] = 0xfe;
        assert_eq!(RsaPublicKey::from_parts(&n, &[3]), Err(KeyError::EvenModulus));
    }

    #[test]
    fn other_texts_are_refused_and_cut_ones_too() {
        for text in ["", "key", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"] {
            assert_eq!(RsaPublicKey::from_pem(text), Err(KeyError::NotPublicPem));
        }
        for pem in [test_key::PUBLIC_PKCS1.trim(), test_key::SPKI.trim()] {
            for end in 0..pem.len() {
                assert!(RsaPublicKey::from_pem(pem.get(..end).unwrap()).is_err(), "cut at {end}");
            }
            let mut flipped = 0;
            for at in 0..pem.len() {
                let mut bytes = pem.as_bytes().to_vec();
                bytes[at] ^= 1;
                let changed = String::from_utf8(bytes).unwrap();
                flipped += usize::from(RsaPublicKey::from_pem(&changed).is_err());
            }
            assert!(flipped > 60, "labels and headers at least are checked");
        }
    }
}
