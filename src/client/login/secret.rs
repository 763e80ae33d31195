//! What a login knows and nobody is to read in a log.

use std::fmt;

use zeroize::Zeroizing;

/// A token that the server gives at the end of a login, for the next one of the same account. It is wiped when dropped, and not
/// printed.
///
/// Source: <https://core.telegram.org/api/auth#future-auth-tokens>.
#[derive(Clone, PartialEq, Eq)]
pub struct FutureAuthToken(Zeroizing<Vec<u8>>);

impl FutureAuthToken {
    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for FutureAuthToken {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for FutureAuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FutureAuthToken({} bytes)", self.0.len())
    }
}

/// How many digits of a phone number are shown: enough to tell one's own numbers apart.
const SHOWN: usize = 2;

/// A phone number of which only the last digits are to be read.
pub(super) struct Masked<'a>(pub(super) &'a str);

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.chars().filter(char::is_ascii_digit).count();
        let hidden = digits.saturating_sub(SHOWN);
        // A number that is too short to be one is hidden as a whole.
        let hidden = if hidden < SHOWN { digits } else { hidden };
        let mut seen = 0;
        for c in self.0.chars() {
            let is_digit = c.is_ascii_digit();
            seen += usize::from(is_digit);
            let shown = match c {
                _ if is_digit && seen > hidden => c,
                '+' | ' ' => c,
                _ => '*',
            };
            write!(f, "{shown}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_number_shows_its_last_digits_alone() {
        for (phone, masked) in [
            ("+99 966 2 0001", "+** *** * **01"),
            ("999662001", "*******01"),
            ("123", "***"),
            ("", ""),
            ("not a number", "*** * ******"),
            ("call 12345", "**** ***45"),
        ] {
            assert_eq!(format!("{:?}", Masked(phone)), masked);
        }
    }

    #[test]
    fn a_token_shows_its_length_alone() {
        assert_eq!(
            format!("{:?}", FutureAuthToken::from(vec![7; 20])),
            "FutureAuthToken(20 bytes)"
        );
    }
}
