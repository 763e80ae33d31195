//! `long` and `double` as people write them: as numbers or as strings.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{Error, Unexpected, Visitor};

use crate::tl::Serialize;

/// Reads a number and gives its bytes.
pub(super) struct Number<T>(PhantomData<T>);

impl<T> Number<T> {
    pub(super) const NEW: Self = Self(PhantomData);
}

macro_rules! number {
    ($ty:ty, $expecting:literal, $i64:expr, $u64:expr, $f64:expr) => {
        impl Visitor<'_> for Number<$ty> {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($expecting)
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Vec<u8>, E> {
                let number: Option<$ty> = $i64(value);
                number
                    .map(|number| number.to_bytes())
                    .ok_or_else(|| E::invalid_value(Unexpected::Signed(value), &self))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Vec<u8>, E> {
                let number: Option<$ty> = $u64(value);
                number
                    .map(|number| number.to_bytes())
                    .ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Vec<u8>, E> {
                let number: Option<$ty> = $f64(value);
                number
                    .map(|number| number.to_bytes())
                    .ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
                let number = text.parse::<$ty>();
                number
                    .map(|number| number.to_bytes())
                    .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
    };
}

number!(
    i64,
    "a number of 64 bits, or a string of it",
    Some,
    |value| i64::try_from(value).ok(),
    |_| None
);
number!(
    f64,
    "a number, or a string of it",
    |value| Some(value as f64),
    |value| Some(value as f64),
    Some
);
