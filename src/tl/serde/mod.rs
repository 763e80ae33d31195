//! Generated types through [serde](https://serde.rs), in the form of the schema.
//!
//! A definition is a map. Its key `_` has the name of the constructor, and the others are the parameters that are there, by
//! their names in the schema:
//!
//! ```
//! use telewire::tl::mtproto::types::ResPq;
//!
//! let res_pq = ResPq {
//!     nonce: [0xab; 16],
//!     server_nonce: [0xcd; 16],
//!     pq: [1, 2, 3, 4].into(),
//!     server_public_key_fingerprints: vec![-5],
//! };
//! let json = r#"{"_":"resPQ","nonce":"abababababababababababababababab","#.to_owned()
//!     + r#""server_nonce":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","#
//!     + r#""pq":"AQIDBA==","server_public_key_fingerprints":["-5"]}"#;
//! assert_eq!(serde_json::to_string(&res_pq)?, json);
//! assert_eq!(serde_json::from_str::<ResPq>(&json)?, res_pq);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! | TL | for people (JSON) | in binary formats |
//! | --- | --- | --- |
//! | a definition | `{"_": "peerUser", "user_id": "1"}` | a map as well |
//! | `int`, `string`, `Bool`, `Vector` | number, string, boolean, list | the same |
//! | `long` | a string, since JSON's numbers lose digits beyond 2^53; a number is read too | an `i64` |
//! | `double` | a number; `"NaN"`, `"inf"` or `"-inf"` | an `f64` |
//! | `bytes` | Base64 | bytes |
//! | `int128`, `int256`, `int512` | hexadecimal | bytes |
//! | `Object`, and the query inside of a function | Base64 of its TL bytes, since its type is not known here | bytes |
//! | `flags.0?true` | `true`, or left out | the same |
//!
//! A type with one constructor has its `_` too: a later layer may give it a second, and what was written before can then
//! still be read. `_` is written first and read anywhere, since what sorts its keys puts `A` before it; in a format that does
//! not describe itself, as [postcard](https://docs.rs/postcard), it stays first. What is missing, unknown or there twice
//! is an error. The payload of a `NaN` is not kept.
//!
//! Reading has the budget of [`MAX_DEPTH`](tl::MAX_DEPTH) levels, of which a definition and a list inside of another take one
//! each.
//!
//! There is one path for all types, through their bytes and the table of definitions, and no code for each.

mod content;
mod number;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use serde_core::de::{DeserializeSeed, Error as _};

use crate::tl::{self, Bytes, Object, Reader, Schema};

impl Schema {
    /// Writes a value of this schema.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        &self,
        value: &dyn tl::Serialize,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::new();
        value.serialize(&mut bytes);
        write::Tree::of_value(self, &bytes)?.serialize(serializer)
    }

    /// Reads a value of this schema: a constructor.
    ///
    /// # Errors
    ///
    /// Those of the deserializer, and what [`from_bytes`](tl::Deserialize::from_bytes) says of the value.
    pub fn deserialize<'de, T: tl::Deserialize, D: Deserializer<'de>>(
        &self,
        deserializer: D,
    ) -> Result<T, D::Error> {
        let bytes = read::Slot::of_value(self).deserialize(deserializer)?;
        T::from_bytes(&bytes).map_err(D::Error::custom)
    }

    /// Reads a function of this schema.
    ///
    /// # Errors
    ///
    /// As [`deserialize`](Self::deserialize).
    pub fn deserialize_function<'de, T: tl::Deserialize, D: Deserializer<'de>>(
        &self,
        deserializer: D,
    ) -> Result<T, D::Error> {
        let bytes = read::Slot::of_function(self).deserialize(deserializer)?;
        T::from_bytes(&bytes).map_err(D::Error::custom)
    }

    /// Writes parameters of a definition that are a group: `line` is as in the table, without a name.
    #[doc(hidden)]
    pub fn serialize_group<S: Serializer>(
        &self,
        line: &'static str,
        bytes: &[u8],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        write::Tree::of_group(self, line, bytes)?.serialize(serializer)
    }

    /// The bytes of a group's parameters.
    #[doc(hidden)]
    pub fn deserialize_group<'de, D: Deserializer<'de>>(
        &self,
        line: &'static str,
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        read::Slot::of_group(self, line).deserialize(deserializer)
    }
}

/// What was read of a group, if that is all of its bytes.
#[doc(hidden)]
pub fn whole<T, E: serde_core::de::Error>(r: &Reader<'_>, value: Option<T>) -> Result<T, E> {
    r.finish().map_err(E::custom)?;
    value.ok_or_else(|| E::custom("there is no value"))
}

macro_rules! of_bytes {
    ($($ty:ty),*) => {
        $(
            impl Serialize for $ty {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    write::Tree::Bytes(self.as_ref()).serialize(serializer)
                }
            }

            impl<'de> Deserialize<'de> for $ty {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    read::bytes(deserializer).map(Self::from)
                }
            }
        )*
    };
}

of_bytes!(Bytes, Object);

impl AsRef<[u8]> for Object {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// Implements serde's `Serialize` for types of a schema. Generated code calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __serialize {
    ($schema:ident: $($ty:path),*) => {
        $(
            impl $crate::tl::serde::Serialize for $ty {
                fn serialize<S: $crate::tl::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    $schema.serialize(self, serializer)
                }
            }
        )*
    };
}

/// Implements serde's `Deserialize` for types of a schema. Generated code calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __deserialize {
    ($schema:ident: $($ty:path),*) => {
        $(
            impl<'de> $crate::tl::serde::Deserialize<'de> for $ty {
                fn deserialize<D: $crate::tl::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    $schema.deserialize(deserializer)
                }
            }
        )*
    };
}

/// Implements serde's `Deserialize` for functions of a schema. Generated code calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __deserialize_functions {
    ($schema:ident: $($ty:path),*) => {
        $(
            impl<'de> $crate::tl::serde::Deserialize<'de> for $ty {
                fn deserialize<D: $crate::tl::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    $schema.deserialize_function(deserializer)
                }
            }
        )*
    };
}

/// Implements serde's `Serialize` for functions that carry a query. Generated code calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __serialize_generic {
    ($schema:ident: $($($part:ident)::+),*) => {
        $(
            impl<X: $crate::tl::Serialize> $crate::tl::serde::Serialize for $($part)::+<X> {
                fn serialize<S: $crate::tl::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    $schema.serialize(self, serializer)
                }
            }
        )*
    };
}

/// Implements serde's `Deserialize` for functions that carry a query. Generated code calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __deserialize_generic {
    ($schema:ident: $($($part:ident)::+),*) => {
        $(
            impl<'de, X: $crate::tl::Deserialize> $crate::tl::serde::Deserialize<'de>
                for $($part)::+<X>
            {
                fn deserialize<D: $crate::tl::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    $schema.deserialize_function(deserializer)
                }
            }
        )*
    };
}

/// Implements serde's traits for groups. Generated code calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __serde_groups {
    ($schema:ident: $($ty:path: $line:literal { $($member:ident)* }),*) => {
        $(
            impl $crate::tl::serde::Serialize for $ty {
                fn serialize<S: $crate::tl::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    let mut bytes = ::std::vec::Vec::new();
                    $($crate::tl::Serialize::serialize(&self.$member, &mut bytes);)*
                    $schema.serialize_group($line, &bytes, serializer)
                }
            }

            impl<'de> $crate::tl::serde::Deserialize<'de> for $ty {
                fn deserialize<D: $crate::tl::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    let bytes = $schema.deserialize_group($line, deserializer)?;
                    let mut r = $crate::tl::Reader::new(&bytes);
                    let read = |r: &mut $crate::tl::Reader<'_>| {
                        ::core::option::Option::Some(Self {
                            $($member: $crate::tl::Deserialize::read(r)?,)*
                        })
                    };
                    let value = read(&mut r);
                    $crate::tl::serde::whole(&r, value)
                }
            }
        )*
    };
}

#[doc(hidden)]
pub use crate::{
    __deserialize as deserialize, __deserialize_functions as deserialize_functions,
    __deserialize_generic as deserialize_generic, __serde_groups as groups,
    __serialize as serialize, __serialize_generic as serialize_generic,
};
