//! The option `--dc`: a data centre, with or without its environment.

use std::str::FromStr;

use telewire::ids::DcId;

/// A data centre as the user names it: `2`, `prod:2` or `test:2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DcArg {
    /// Which.
    pub(crate) dc: DcId,
    /// Whether the environment was named.
    pub(crate) has_environment: bool,
}

/// The most that a data centre has as its number. Telegram's are 1 to 5, and some for files.
const MAX_NUMBER: u16 = 1_000;

/// Something else than the name of a data centre.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a number from 1 to {MAX_NUMBER}, or one with its environment: prod:2, test:2")]
pub(crate) struct ParseDcError;

impl FromStr for DcArg {
    type Err = ParseDcError;

    fn from_str(text: &str) -> Result<Self, ParseDcError> {
        let (environment, number) = match text.split_once(':') {
            Some((environment, number)) => (Some(environment), number),
            None => (None, text),
        };
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|n| is_number && (1..=MAX_NUMBER).contains(n));
        let number = number.ok_or(ParseDcError)?;
        let dc = match environment {
            None | Some("prod") => DcId::production(number),
            Some("test") => DcId::test(number),
            Some(_) => return Err(ParseDcError),
        };
        Ok(Self { dc, has_environment: environment.is_some() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_centre_is_read_with_and_without_its_environment() {
        for (text, dc, has_environment) in [
            ("2", DcId::production(2), false),
            ("prod:4", DcId::production(4), true),
            ("test:1", DcId::test(1), true),
            ("1000", DcId::production(1_000), false),
        ] {
            assert_eq!(text.parse(), Ok(DcArg { dc, has_environment }), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "0", "1001", "-2", "+2", "two", "test:", ":2", "beta:2", "test:2:1", " 2"]
        {
            assert_eq!(text.parse::<DcArg>(), Err(ParseDcError), "{text}");
        }
    }
}
