//! The public keys of Telegram's data centres. Retired keys, which go with the old RSA padding, are
//! not among them (KX-04).

use super::rsa_key::RsaPublicKey;

/// The key of the production data centres, `d09d1d85de64fd85`.
///
/// Source: `td/telegram/net/PublicRsaKeySharedMain.cpp` of <https://github.com/tdlib/td>.
pub const PRODUCTION_KEY_PEM: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g
5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO
62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/
+aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9
t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs
5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB
-----END RSA PUBLIC KEY-----
";

/// The key of the test data centres, `b25898df208d2603`. Source as for [`PRODUCTION_KEY_PEM`].
pub const TEST_KEY_PEM: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAyMEdY1aR+sCR3ZSJrtztKTKqigvO/vBfqACJLZtS7QMgCGXJ6XIR
yy7mx66W0/sOFa7/1mAZtEoIokDP3ShoqF4fVNb6XeqgQfaUHd8wJpDWHcR2OFwv
plUUI1PLTktZ9uW2WE23b+ixNwJjJGwBDJPQEQFBE+vfmH0JP503wr5INS1poWg/
j25sIWeYPHYeOrFp/eXaqhISP6G+q2IeTaWTXpwZj4LzXq5YOpk4bYEQ6mvRq7D1
aHWfYmlEGepfaYR8Q0YqvvhYtMte3ITnuSJs171+GDqpdKcSwHnd6FudwGO4pcCO
j4WcDuXc2CTHgH8gFTNhp/Y8/SpDOhvn9QIDAQAB
-----END RSA PUBLIC KEY-----
";

/// The keys that a production data centre may have, the one to prefer first (KX-04).
#[must_use]
pub fn production_keys() -> Vec<RsaPublicKey> {
    built_in(PRODUCTION_KEY_PEM)
}

/// The keys that a test data centre may have, the one to prefer first (KX-04).
#[must_use]
pub fn test_keys() -> Vec<RsaPublicKey> {
    built_in(TEST_KEY_PEM)
}

/// The constants above can be read: a test does it.
fn built_in(pem: &str) -> Vec<RsaPublicKey> {
    RsaPublicKey::from_pem(pem).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Fingerprint, vectors};
    use super::{PRODUCTION_KEY_PEM, TEST_KEY_PEM, production_keys, test_keys};

    fn fingerprints(keys: &[super::RsaPublicKey]) -> Vec<String> {
        keys.iter().map(|key| key.fingerprint().to_string()).collect()
    }

    #[test]
    fn kx_04_each_list_has_its_own_key_and_no_other() {
        assert_eq!(fingerprints(&production_keys()), ["d09d1d85de64fd85"]);
        assert_eq!(fingerprints(&test_keys()), ["b25898df208d2603"]);
    }

    #[test]
    fn kx_04_the_keys_are_those_of_the_vectors() {
        let pem = |fingerprint: &str| {
            vectors::value("rsa_public_keys.pem_by_fingerprint_be")[fingerprint].as_str()
        };
        assert_eq!(pem("d09d1d85de64fd85"), Some(PRODUCTION_KEY_PEM.trim()));
        assert_eq!(pem("b25898df208d2603"), Some(TEST_KEY_PEM.trim()));
    }

    #[test]
    fn kx_04_recorded_servers_offered_these_keys() {
        let chosen = |path| Fingerprint(i64::from_le_bytes(vectors::array(path)));
        assert_eq!(
            production_keys()[0].fingerprint(),
            chosen("new_official_2024.chosen_fingerprint_le")
        );
        assert_eq!(
            test_keys()[0].fingerprint(),
            chosen("recorded_2023_rsa_pad.chosen_fingerprint_le")
        );
    }
}
