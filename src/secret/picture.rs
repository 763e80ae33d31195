//! What two people compare: the picture of a key, and its hexadecimal rows.

use std::fmt;

use crate::crypto::{AuthKey, CryptoSuite};

/// The 36 bytes that stand for the first key of a chat (SC-60). A rekey does not change them (SC-57).
///
/// ```text
/// SHA1(key)[0..16] | SHA256(key)[0..20]
/// ```
/// Source: [Key Visualization](https://core.telegram.org/api/end-to-end#key-visualization).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub [u8; 36]);

/// How many pixels a picture has on each side (SC-61).
pub const PICTURE_SIDE: usize = 12;

/// The colours of a picture, as red, green and blue (SC-61).
pub const COLOURS: [[u8; 3]; 4] =
    [[0xff, 0xff, 0xff], [0xd5, 0xe6, 0xf3], [0x2d, 0x57, 0x75], [0x2f, 0x99, 0xc9]];

impl KeyHash {
    /// That of a key. Chats from before layer 46 had a key then that was another than the first; they cannot be made any more.
    #[must_use]
    pub fn of(suite: &dyn CryptoSuite, key: &AuthKey) -> Self {
        let (sha1, sha256) = (suite.sha1(&[key.expose()]), suite.sha256(&[key.expose()]));
        let mut hash = [0; 36];
        let parts = sha1.iter().take(16).chain(sha256.iter().take(20));
        for (place, byte) in hash.iter_mut().zip(parts) {
            *place = *byte;
        }
        Self(hash)
    }

    /// The rows of the picture, each pixel an index into [`COLOURS`]. All 288 bits are in it; the picture of 8 x 8 that
    /// clients drew once has 128, for which two keys with one picture can be found, so it verifies nothing (SC-62).
    #[must_use]
    pub fn picture(&self) -> [[u8; PICTURE_SIDE]; PICTURE_SIDE] {
        let mut pixels = self.0.iter().flat_map(|byte| [0, 2, 4, 6].map(|shift| byte >> shift & 3));
        let mut picture = [[0; PICTURE_SIDE]; PICTURE_SIDE];
        for pixel in picture.as_flattened_mut() {
            *pixel = pixels.next().unwrap_or_default();
        }
        picture
    }

    /// The four rows of eight bytes that clients show beside the picture, with a gap in the middle.
    #[must_use]
    pub fn hex_rows(&self) -> [String; 4] {
        let row = |row: usize| {
            let mut bytes = self.0.iter().skip(row * 8).take(8);
            let mut half = || {
                let half = bytes.by_ref().take(4).map(|byte| format!("{byte:02x}"));
                half.collect::<Vec<_>>().join(" ")
            };
            format!("{}  {}", half(), half())
        };
        [row(0), row(1), row(2), row(3)]
    }
}

/// The picture in characters, two for each pixel.
impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in self.picture() {
            for pixel in row {
                f.write_str(match pixel {
                    0 => "  ",
                    1 => "--",
                    2 => "==",
                    _ => "||",
                })?;
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Real, vectors};

    /// Two keys, the hashes and the picture of one: computed with Python's hashlib (`tests/vectors/secret-chats.json`).
    #[test]
    fn sc_60_the_hash_of_known_keys() {
        for name in ["key", "key_leading_zero"] {
            let key = AuthKey::from_bytes(vectors::array(vectors::secret(&format!("{name}.of"))));
            let hash = KeyHash::of(&Real, &key);
            assert_eq!(hex::encode(hash.0), vectors::secret(&format!("{name}.key_hash")));
            let fingerprint = vectors::secret(&format!("{name}.fingerprint"));
            assert_eq!(key.id().to_string(), fingerprint);
        }
    }

    #[test]
    fn sc_61_the_picture_and_the_rows_of_a_known_key() {
        let key = AuthKey::from_bytes(vectors::array(vectors::secret("key.of")));
        let hash = KeyHash::of(&Real, &key);
        let rows = hash.picture().map(|row| row.map(|pixel| pixel.to_string()).concat());
        assert_eq!(rows.join(" "), vectors::secret("key.rows"));
        let hex = hash.hex_rows();
        assert_eq!(hex[0], "26 d6 ce ef  f1 38 12 95");
        assert!(vectors::secret("key.key_hash").starts_with(&hex.concat().replace(' ', "")));
        assert_eq!(hex.concat().replace(' ', "").len(), 64);
        let drawn = hash.to_string();
        assert_eq!(drawn.lines().next(), Some("==--==  ==----||==||  ||"));
        assert!(drawn.lines().count() == 12 && drawn.lines().all(|line| line.len() == 24));
    }

    #[test]
    fn sc_62_every_bit_of_the_hash_is_in_the_picture() {
        let picture = KeyHash([0; 36]).picture();
        for bit in 0..288 {
            let mut hash = [0; 36];
            hash[bit / 8] ^= 1 << (bit % 8);
            let other = KeyHash(hash).picture();
            let differ = picture.as_flattened().iter().zip(other.as_flattened());
            assert_eq!(differ.filter(|(a, b)| a != b).count(), 1, "{bit}");
        }
    }
}
