//! Values as they stand on the wire, in upper-case hexadecimal.

use telewire::crypto::Fingerprint;

/// A string of bytes.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    hex::encode_upper(bytes)
}

/// A number in a TL string: big-endian, without leading zeros.
pub(crate) fn big_endian(number: u64) -> String {
    let zeros = usize::try_from(number.leading_zeros() / 8).unwrap_or(0);
    bytes(number.to_be_bytes().get(zeros..).unwrap_or_default())
}

/// A TL `long`: little-endian.
pub(crate) fn long(number: i64) -> String {
    bytes(&number.to_le_bytes())
}

/// The name of a key.
pub(crate) fn fingerprint(fingerprint: Fingerprint) -> String {
    long(fingerprint.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of <https://core.telegram.org/mtproto/samples-auth_key>.
    #[test]
    fn values_look_as_on_telegrams_page() {
        assert_eq!(big_endian(0x17ED_4894_1A08_F981), "17ED48941A08F981");
        assert_eq!(big_endian(1_229_739_323), "494C553B");
        assert_eq!(big_endian(0x01_0203), "010203");
        assert_eq!(big_endian(0), "");
        let known = telewire::crypto::keys::production_keys();
        assert_eq!(fingerprint(known[0].fingerprint()), "85FD64DE851D9DD0");
    }
}
