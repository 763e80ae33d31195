//! The authorization key and the numbers derived from it alone. How it is agreed on is `dh`; what
//! it encrypts is `message_key`.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroize;

use super::secret::Secret;
use super::sha;

/// The 2048-bit key that a client and a data centre share.
///
/// Its id and its auxiliary hash are computed with SHA-1 proper whatever the
/// [`CryptoSuite`](super::CryptoSuite): the id is the key's name, also in storage, and is computed
/// once a key.
///
/// Source: <https://core.telegram.org/mtproto/auth_key#9-server-responds-in-one-of-three-ways>.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthKey {
    /// Clones share the bytes, and moves do not copy them: they are at one place, which is wiped with the last clone.
    key: Arc<Secret<256>>,
    id: KeyId,
    aux_hash: [u8; 8],
}

impl AuthKey {
    /// A key from its 256 big-endian bytes, leading zeros included (KX-19). The array that is passed in stays where it came from:
    /// [`copy_of`](Self::copy_of) takes none.
    #[must_use]
    pub fn from_bytes(mut bytes: [u8; 256]) -> Self {
        let key = Self::copy_of(&bytes);
        bytes.zeroize();
        key
    }

    /// As [`from_bytes`](Self::from_bytes), from where the bytes are. Wipe them there.
    #[must_use]
    pub fn copy_of(bytes: &[u8; 256]) -> Self {
        let copied: Result<Self, Infallible> = Self::made(|key| {
            key.copy_from_slice(bytes);
            Ok(())
        });
        match copied {
            Ok(key) => key,
        }
    }

    /// A key that is made in its place.
    pub(super) fn made<E>(fill: impl FnOnce(&mut [u8; 256]) -> Result<(), E>) -> Result<Self, E> {
        let mut key = Arc::new(Secret::zero());
        // Nobody shares it yet, so that it is filled where it is.
        fill(Arc::make_mut(&mut key).expose_mut())?;
        let hash = sha::sha1(&[key.expose()]);
        let [a, b, c, d, e, f, g, h, .., s, t, u, v, w, x, y, z] = hash;
        let id = KeyId::from_le_bytes([s, t, u, v, w, x, y, z]);
        Ok(Self { key, id, aux_hash: [a, b, c, d, e, f, g, h] })
    }

    /// `auth_key_id`: the last 8 bytes of the key's SHA-1. It names the key in every encrypted
    /// packet.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// `auth_key_aux_hash`: the first 8 bytes of the key's SHA-1 (KX-17, KX-18).
    #[must_use]
    pub fn aux_hash(&self) -> [u8; 8] {
        self.aux_hash
    }

    /// The key itself. Do not copy it to where it is not wiped.
    #[must_use]
    pub fn expose(&self) -> &[u8; 256] {
        self.key.expose()
    }
}

/// Prints the id alone (KX-22).
impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthKey({})", self.id)
    }
}

/// `auth_key_id`, as the little-endian number that it is in TL. Printed as its 16 hex digits in
/// wire order.
///
/// Source: <https://core.telegram.org/mtproto/description>.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub i64);

impl KeyId {
    /// The id from its 8 bytes on the wire.
    #[must_use]
    pub const fn from_le_bytes(bytes: [u8; 8]) -> Self {
        Self(i64::from_le_bytes(bytes))
    }

    /// The 8 bytes on the wire.
    #[must_use]
    pub const fn to_le_bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0.swap_bytes())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::super::vectors;
    use super::{AuthKey, KeyId};

    #[test]
    fn kx_19_ids_and_hashes_of_the_recorded_keys() {
        for exchange in ["new_official_2024", "old_official_2013", "recorded_2023_rsa_pad"] {
            let path = |name| format!("{exchange}.{name}");
            let key = AuthKey::from_bytes(vectors::array(&path("auth_key")));
            assert_eq!(key.id().to_le_bytes(), vectors::array(&path("auth_key_id")));
            assert_eq!(key.aux_hash(), vectors::array(&path("auth_key_aux_hash")));
        }
    }

    #[test]
    fn kx_22_clones_and_moves_leave_the_bytes_where_they_are() {
        let key = AuthKey::from_bytes(vectors::array("new_official_2024.auth_key"));
        let place = key.expose().as_ptr();
        let moved = Box::new(key.clone());
        assert_eq!(moved.expose().as_ptr(), place);
        drop(key);
        assert_eq!(moved.expose().as_ptr(), place);
        assert_eq!(*moved, AuthKey::copy_of(moved.expose()));
    }

    #[test]
    fn kx_19_a_leading_zero_counts() {
        let key = AuthKey::from_bytes(vectors::array("synthetic.auth_key_leading_zero.auth_key"));
        assert_eq!(key.expose()[0], 0);
        assert_eq!(key.id().to_string(), "599d920184209976");
    }

    #[test]
    fn kx_22_debug_shows_the_id_alone() {
        let key = AuthKey::from_bytes(vectors::array("new_official_2024.auth_key"));
        assert_eq!(format!("{key:?}"), "AuthKey(8ae7a271969a9b1f)");
    }

    #[test]
    fn ids_are_little_endian_numbers_printed_in_wire_order() {
        let id = KeyId(0x0102_0304_0506_0708);
        assert_eq!(id.to_le_bytes(), [8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(id.to_string(), "0807060504030201");
        assert_eq!(format!("{id:?}"), "KeyId(0807060504030201)");
        assert_eq!(KeyId(0x80).to_string(), "8000000000000000");
        assert_eq!(KeyId::from_le_bytes(id.to_le_bytes()), id);
    }
}
