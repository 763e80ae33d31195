//! Big-endian numbers of fixed width, as they stand on the wire and in hashes.

/// The number left-padded with zeros to `N` bytes, or `None` when it is longer than that.
///
/// Numbers that are hashed or sent as 256 bytes keep their leading zeros: one Diffie-Hellman result
/// in 256 has one, and without it the key differs from the other side's (KX-19).
pub(super) fn left_pad<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    let mut padded = [0; N];
    let start = N.checked_sub(bytes.len())?;
    padded.get_mut(start..)?.copy_from_slice(bytes);
    Some(padded)
}

/// As [`left_pad`], where the number is to be: moves of an array leave copies behind. What is wider loses its front.
pub(super) fn left_pad_into<const N: usize>(bytes: &[u8], out: &mut [u8; N]) {
    out.fill(0);
    for (to, from) in out.iter_mut().rev().zip(bytes.iter().rev()) {
        *to = *from;
    }
}

/// The number without leading zeros, as `p` and `q` are sent: the server answers padded ones with
/// -404 (KX-05). Zero has no bytes.
#[must_use]
pub fn minimal_be(number: u64) -> Vec<u8> {
    let zeros = number.leading_zeros() as usize / 8;
    number.to_be_bytes().into_iter().skip(zeros).collect()
}

#[cfg(test)]
mod tests {
    use super::{left_pad, left_pad_into, minimal_be};

    #[test]
    fn kx_05_minimal_numbers_begin_with_another_byte_than_zero() {
        assert!(minimal_be(0).is_empty());
        assert_eq!(minimal_be(0x3c23_57cf), [0x3c, 0x23, 0x57, 0xcf]);
        assert_eq!(minimal_be(u64::MAX), [0xff; 8]);
        for bits in 0..64 {
            let bytes = minimal_be(1 << bits);
            assert_eq!(bytes.len(), bits / 8 + 1);
            assert_ne!(bytes[0], 0);
        }
    }

    #[test]
    fn numbers_are_padded_in_their_place_as_elsewhere() {
        for bytes in [&[][..], &[1], &[1, 2, 3], &[0, 1, 2, 3], &[4, 3, 2, 1]] {
            let mut out = [9; 4];
            left_pad_into(bytes, &mut out);
            assert_eq!(Some(out), left_pad(bytes));
        }
    }

    #[test]
    fn numbers_are_padded_on_the_left_and_never_cut() {
        assert_eq!(left_pad::<4>(&[]), Some([0; 4]));
        assert_eq!(left_pad(&[1, 2]), Some([0, 0, 1, 2]));
        assert_eq!(left_pad(&[1, 2, 3, 4]), Some([1, 2, 3, 4]));
        assert_eq!(left_pad::<4>(&[0, 1, 2, 3, 4]), None);
    }
}
