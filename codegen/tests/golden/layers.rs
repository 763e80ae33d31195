#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::enum_variant_names,
    clippy::module_inception,
    clippy::new_without_default,
    clippy::nursery,
    clippy::pedantic,
    clippy::too_many_arguments,
    reason = "generated code"
)]
/// The definitions of this schema.
pub static SCHEMA: ::telewire::tl::Schema = ::telewire::tl::Schema::new(
    &[
        (0x089f5c4a, "decryptedMessageMediaEmpty8 = DecryptedMessageMedia"),
        (0x1f814f1f, "decryptedMessage8 random_id:long random_bytes:bytes message:string media:DecryptedMessageMedia = DecryptedMessage"),
        (0x204d3878, "decryptedMessage17 random_id:long ttl:int message:string media:DecryptedMessageMedia = DecryptedMessage"),
    ],
    &[],
);

#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::enum_variant_names,
    clippy::module_inception,
    clippy::new_without_default,
    clippy::nursery,
    clippy::pedantic,
    clippy::too_many_arguments,
    reason = "generated code"
)]
/// The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    SCHEMA.name_of(id)
}

/// A struct for each constructor.
#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::enum_variant_names,
    clippy::module_inception,
    clippy::new_without_default,
    clippy::nursery,
    clippy::pedantic,
    clippy::too_many_arguments,
    reason = "generated code"
)]
pub mod types {
    /// Constructor [decryptedMessage8](https://core.telegram.org/constructor/decryptedMessage8).
    ///
    /// ```tl
    /// decryptedMessage8#1f814f1f random_id:long random_bytes:bytes message:string
    ///     media:DecryptedMessageMedia = DecryptedMessage;
    /// ```
    #[derive(Clone)]
    pub struct DecryptedMessage8 {
        /// `random_id:long`
        pub random_id: i64,
        /// `random_bytes:bytes`
        pub random_bytes: ::telewire::tl::Bytes,
        /// `message:string`
        pub message: String,
        /// `media:DecryptedMessageMedia`
        pub media: super::types::DecryptedMessageMediaEmpty8,
    }

    impl DecryptedMessage8 {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(
            random_id: i64,
            random_bytes: ::telewire::tl::Bytes,
            message: String,
            media: super::types::DecryptedMessageMediaEmpty8,
        ) -> Self {
            Self { random_id, random_bytes, message, media }
        }
    }

    impl ::telewire::tl::Serialize for DecryptedMessage8 {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0x1f814f1f,
                    ::telewire::tl::codec::halves(self.random_id)[0],
                    ::telewire::tl::codec::halves(self.random_id)[1],
                ],
                out,
            );
            ::telewire::tl::Serialize::serialize(&self.random_bytes, out);
            ::telewire::tl::Serialize::serialize(&self.message, out);
            ::telewire::tl::Serialize::serialize(&self.media, out);
        }
    }

    impl ::telewire::tl::Deserialize for DecryptedMessage8 {
        const MIN_LEN: usize = 24;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x1f814f1f, "decryptedMessage8");
            let v0 = r.long();
            let v1 = r.bytes();
            let v2 = r.string();
            let v3 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            Some(Self { random_id: v0, random_bytes: v1, message: v2, media: v3 })
        }
    }

    impl ::telewire::tl::Identifiable for DecryptedMessage8 {
        const ID: u32 = 0x1f814f1f;
        const NAME: &'static str = "decryptedMessage8";
    }

    impl ::core::fmt::Debug for DecryptedMessage8 {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for DecryptedMessage8 {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [decryptedMessageMediaEmpty8](https://core.telegram.org/constructor/decryptedMessageMediaEmpty8).
    ///
    /// ```tl
    /// decryptedMessageMediaEmpty8#089f5c4a = DecryptedMessageMedia;
    /// ```
    #[derive(Clone)]
    pub struct DecryptedMessageMediaEmpty8;

    impl DecryptedMessageMediaEmpty8 {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            Self
        }
    }

    impl ::telewire::tl::Serialize for DecryptedMessageMediaEmpty8 {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x089f5c4a, out);
        }
    }

    impl ::telewire::tl::Deserialize for DecryptedMessageMediaEmpty8 {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x089f5c4a, "decryptedMessageMediaEmpty8");
            r.end(outer);
            Some(Self)
        }
    }

    impl ::telewire::tl::Identifiable for DecryptedMessageMediaEmpty8 {
        const ID: u32 = 0x089f5c4a;
        const NAME: &'static str = "decryptedMessageMediaEmpty8";
    }

    impl ::core::fmt::Debug for DecryptedMessageMediaEmpty8 {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for DecryptedMessageMediaEmpty8 {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [decryptedMessage17](https://core.telegram.org/constructor/decryptedMessage17).
    ///
    /// ```tl
    /// decryptedMessage17#204d3878 random_id:long ttl:int message:string
    ///     media:DecryptedMessageMedia = DecryptedMessage;
    /// ```
    #[derive(Clone)]
    pub struct DecryptedMessage17 {
        /// `random_id:long`
        pub random_id: i64,
        /// `ttl:int`
        pub ttl: i32,
        /// `message:string`
        pub message: String,
        /// `media:DecryptedMessageMedia`
        pub media: super::types::DecryptedMessageMediaEmpty8,
    }

    impl DecryptedMessage17 {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(
            random_id: i64,
            ttl: i32,
            message: String,
            media: super::types::DecryptedMessageMediaEmpty8,
        ) -> Self {
            Self { random_id, ttl, message, media }
        }
    }

    impl ::telewire::tl::Serialize for DecryptedMessage17 {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0x204d3878,
                    ::telewire::tl::codec::halves(self.random_id)[0],
                    ::telewire::tl::codec::halves(self.random_id)[1],
                    self.ttl as u32,
                ],
                out,
            );
            ::telewire::tl::Serialize::serialize(&self.message, out);
            ::telewire::tl::Serialize::serialize(&self.media, out);
        }
    }

    impl ::telewire::tl::Deserialize for DecryptedMessage17 {
        const MIN_LEN: usize = 24;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x204d3878, "decryptedMessage17");
            let [low0, high0, low1] = r.words();
            let v0 = ::telewire::tl::codec::long(low0, high0);
            let v1 = low1 as i32;
            let v2 = r.string();
            let v3 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            Some(Self { random_id: v0, ttl: v1, message: v2, media: v3 })
        }
    }

    impl ::telewire::tl::Identifiable for DecryptedMessage17 {
        const ID: u32 = 0x204d3878;
        const NAME: &'static str = "decryptedMessage17";
    }

    impl ::core::fmt::Debug for DecryptedMessage17 {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for DecryptedMessage17 {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

/// An enum for each type with more than one constructor.
#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::enum_variant_names,
    clippy::module_inception,
    clippy::new_without_default,
    clippy::nursery,
    clippy::pedantic,
    clippy::too_many_arguments,
    reason = "generated code"
)]
pub mod enums {
    /// Type [DecryptedMessage](https://core.telegram.org/type/DecryptedMessage).
    ///
    /// ```tl
    /// decryptedMessage8#1f814f1f random_id:long random_bytes:bytes message:string
    ///     media:DecryptedMessageMedia = DecryptedMessage;
    /// decryptedMessage17#204d3878 random_id:long ttl:int message:string
    ///     media:DecryptedMessageMedia = DecryptedMessage;
    /// ```
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum DecryptedMessage {
        /// `decryptedMessage8`
        DecryptedMessage8(Box<super::types::DecryptedMessage8>),
        /// `decryptedMessage17`
        DecryptedMessage17(Box<super::types::DecryptedMessage17>),
    }

    impl DecryptedMessage {
        /// `random_id:long`, which all variants have.
        #[inline]
        pub fn random_id(&self) -> i64 {
            match self {
                Self::DecryptedMessage8(value) => value.random_id,
                Self::DecryptedMessage17(value) => value.random_id,
            }
        }

        /// `message:string`, which all variants have.
        #[inline]
        pub fn message(&self) -> &str {
            match self {
                Self::DecryptedMessage8(value) => &value.message,
                Self::DecryptedMessage17(value) => &value.message,
            }
        }

        /// `media:DecryptedMessageMedia`, which all variants have.
        #[inline]
        pub fn media(&self) -> &super::types::DecryptedMessageMediaEmpty8 {
            match self {
                Self::DecryptedMessage8(value) => &value.media,
                Self::DecryptedMessage17(value) => &value.media,
            }
        }
    }

    impl ::telewire::tl::Serialize for DecryptedMessage {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            match self {
                Self::DecryptedMessage8(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::DecryptedMessage17(value) => ::telewire::tl::Serialize::serialize(value, out),
            }
        }
    }

    impl ::telewire::tl::Deserialize for DecryptedMessage {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            Some(match r.peek_id() {
                0x1f814f1f => Self::DecryptedMessage8(Box::new(
                    <super::types::DecryptedMessage8 as ::telewire::tl::Deserialize>::read(r)?,
                )),
                0x204d3878 => Self::DecryptedMessage17(Box::new(
                    <super::types::DecryptedMessage17 as ::telewire::tl::Deserialize>::read(r)?,
                )),
                id => {
                    r.skip_id();
                    r.unexpected(id, "DecryptedMessage");
                    return None;
                }
            })
        }
    }

    impl ::core::fmt::Debug for DecryptedMessage {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for DecryptedMessage {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl From<super::types::DecryptedMessage8> for DecryptedMessage {
        #[inline]
        fn from(value: super::types::DecryptedMessage8) -> Self {
            Self::DecryptedMessage8(Box::new(value))
        }
    }

    impl ::core::convert::TryFrom<DecryptedMessage> for super::types::DecryptedMessage8 {
        type Error = DecryptedMessage;

        #[inline]
        fn try_from(value: DecryptedMessage) -> Result<Self, DecryptedMessage> {
            match value {
                DecryptedMessage::DecryptedMessage8(value) => Ok(*value),
                other => Err(other),
            }
        }
    }

    impl From<super::types::DecryptedMessage17> for DecryptedMessage {
        #[inline]
        fn from(value: super::types::DecryptedMessage17) -> Self {
            Self::DecryptedMessage17(Box::new(value))
        }
    }

    impl ::core::convert::TryFrom<DecryptedMessage> for super::types::DecryptedMessage17 {
        type Error = DecryptedMessage;

        #[inline]
        fn try_from(value: DecryptedMessage) -> Result<Self, DecryptedMessage> {
            match value {
                DecryptedMessage::DecryptedMessage17(value) => Ok(*value),
                other => Err(other),
            }
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::DecryptedMessage8,
    types::DecryptedMessageMediaEmpty8,
    types::DecryptedMessage17,
    enums::DecryptedMessage
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::DecryptedMessage8,
    types::DecryptedMessageMediaEmpty8,
    types::DecryptedMessage17,
    enums::DecryptedMessage
}
