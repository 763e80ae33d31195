#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::module_inception,
    clippy::nursery,
    clippy::pedantic,
    reason = "generated code"
)]
///The definitions of this schema.
pub static SCHEMA: ::telewire::tl::Schema = ::telewire::tl::Schema::new(
    &[
        (0x089f5c4a, "decryptedMessageMediaEmpty8 = DecryptedMessageMedia"),
        (
            0x1f814f1f,
            "decryptedMessage8 random_id:long random_bytes:bytes message:string media:DecryptedMessageMedia = DecryptedMessage",
        ),
        (
            0x204d3878,
            "decryptedMessage17 random_id:long ttl:int message:string media:DecryptedMessageMedia = DecryptedMessage",
        ),
    ],
    &[],
);
#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::module_inception,
    clippy::nursery,
    clippy::pedantic,
    reason = "generated code"
)]
///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    SCHEMA.name_of(id)
}
///A struct for each constructor.
#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::module_inception,
    clippy::nursery,
    clippy::pedantic,
    reason = "generated code"
)]
pub mod types {
    /**Constructor [decryptedMessage8](https://core.telegram.org/constructor/decryptedMessage8).

```tl
decryptedMessage8#1f814f1f random_id:long random_bytes:bytes message:string media:DecryptedMessageMedia = DecryptedMessage;
```*/
    #[derive(Clone)]
    pub struct DecryptedMessage8 {
        ///`random_id:long`
        pub random_id: i64,
        ///`random_bytes:bytes`
        pub random_bytes: ::telewire::tl::Bytes,
        ///`message:string`
        pub message: ::std::string::String,
        ///`media:DecryptedMessageMedia`
        pub media: super::types::DecryptedMessageMediaEmpty8,
    }
    impl ::core::fmt::Debug for DecryptedMessage8 {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }
    impl ::core::cmp::PartialEq for DecryptedMessage8 {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
    impl ::telewire::tl::Identifiable for DecryptedMessage8 {
        const ID: u32 = 0x1f814f1f;
        const NAME: &'static str = "decryptedMessage8";
    }
    impl ::telewire::tl::Serialize for DecryptedMessage8 {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
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
        const MIN_LEN: usize = 24usize;
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0x1f814f1f, "decryptedMessage8");
            let v0 = r.long();
            let v1 = r.bytes();
            let v2 = r.string();
            let v3 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            ::core::option::Option::Some(Self {
                random_id: v0,
                random_bytes: v1,
                message: v2,
                media: v3,
            })
        }
    }
    /**Constructor [decryptedMessageMediaEmpty8](https://core.telegram.org/constructor/decryptedMessageMediaEmpty8).

```tl
decryptedMessageMediaEmpty8#089f5c4a = DecryptedMessageMedia;
```*/
    #[derive(Clone)]
    pub struct DecryptedMessageMediaEmpty8;
    impl ::core::fmt::Debug for DecryptedMessageMediaEmpty8 {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }
    impl ::core::cmp::PartialEq for DecryptedMessageMediaEmpty8 {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
    impl ::telewire::tl::Identifiable for DecryptedMessageMediaEmpty8 {
        const ID: u32 = 0x089f5c4a;
        const NAME: &'static str = "decryptedMessageMediaEmpty8";
    }
    impl ::telewire::tl::Serialize for DecryptedMessageMediaEmpty8 {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(0x089f5c4a, out);
        }
    }
    impl ::telewire::tl::Deserialize for DecryptedMessageMediaEmpty8 {
        const MIN_LEN: usize = 4usize;
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0x089f5c4a, "decryptedMessageMediaEmpty8");
            r.end(outer);
            ::core::option::Option::Some(Self)
        }
    }
    /**Constructor [decryptedMessage17](https://core.telegram.org/constructor/decryptedMessage17).

```tl
decryptedMessage17#204d3878 random_id:long ttl:int message:string media:DecryptedMessageMedia = DecryptedMessage;
```*/
    #[derive(Clone)]
    pub struct DecryptedMessage17 {
        ///`random_id:long`
        pub random_id: i64,
        ///`ttl:int`
        pub ttl: i32,
        ///`message:string`
        pub message: ::std::string::String,
        ///`media:DecryptedMessageMedia`
        pub media: super::types::DecryptedMessageMediaEmpty8,
    }
    impl ::core::fmt::Debug for DecryptedMessage17 {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }
    impl ::core::cmp::PartialEq for DecryptedMessage17 {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
    impl ::telewire::tl::Identifiable for DecryptedMessage17 {
        const ID: u32 = 0x204d3878;
        const NAME: &'static str = "decryptedMessage17";
    }
    impl ::telewire::tl::Serialize for DecryptedMessage17 {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
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
        const MIN_LEN: usize = 24usize;
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0x204d3878, "decryptedMessage17");
            let [low0, high0, low1] = r.words();
            let v0 = ::telewire::tl::codec::long(low0, high0);
            let v1 = low1 as i32;
            let v2 = r.string();
            let v3 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            ::core::option::Option::Some(Self {
                random_id: v0,
                ttl: v1,
                message: v2,
                media: v3,
            })
        }
    }
}
///An enum for each type with more than one constructor.
#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::module_inception,
    clippy::nursery,
    clippy::pedantic,
    reason = "generated code"
)]
pub mod enums {
    /**Type [DecryptedMessage](https://core.telegram.org/type/DecryptedMessage).

```tl
decryptedMessage8#1f814f1f random_id:long random_bytes:bytes message:string media:DecryptedMessageMedia = DecryptedMessage;
decryptedMessage17#204d3878 random_id:long ttl:int message:string media:DecryptedMessageMedia = DecryptedMessage;
```*/
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum DecryptedMessage {
        ///`decryptedMessage8`
        DecryptedMessage8(::std::boxed::Box<super::types::DecryptedMessage8>),
        ///`decryptedMessage17`
        DecryptedMessage17(::std::boxed::Box<super::types::DecryptedMessage17>),
    }
    impl ::telewire::tl::Serialize for DecryptedMessage {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            match self {
                Self::DecryptedMessage8(value) => {
                    ::telewire::tl::Serialize::serialize(value, out)
                }
                Self::DecryptedMessage17(value) => {
                    ::telewire::tl::Serialize::serialize(value, out)
                }
            }
        }
    }
    impl ::telewire::tl::Deserialize for DecryptedMessage {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(
                match r.peek_id() {
                    0x1f814f1f => {
                        Self::DecryptedMessage8(
                            ::std::boxed::Box::new(
                                <super::types::DecryptedMessage8 as ::telewire::tl::Deserialize>::read(
                                    r,
                                )?,
                            ),
                        )
                    }
                    0x204d3878 => {
                        Self::DecryptedMessage17(
                            ::std::boxed::Box::new(
                                <super::types::DecryptedMessage17 as ::telewire::tl::Deserialize>::read(
                                    r,
                                )?,
                            ),
                        )
                    }
                    id => {
                        r.skip_id();
                        r.unexpected(id, "DecryptedMessage");
                        return ::core::option::Option::None;
                    }
                },
            )
        }
    }
    impl ::core::fmt::Debug for DecryptedMessage {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }
    impl ::core::cmp::PartialEq for DecryptedMessage {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
    impl ::core::convert::From<super::types::DecryptedMessage8> for DecryptedMessage {
        #[inline]
        fn from(value: super::types::DecryptedMessage8) -> Self {
            Self::DecryptedMessage8(::std::boxed::Box::new(value))
        }
    }
    impl ::core::convert::TryFrom<DecryptedMessage> for super::types::DecryptedMessage8 {
        type Error = DecryptedMessage;
        #[inline]
        fn try_from(
            value: DecryptedMessage,
        ) -> ::core::result::Result<Self, DecryptedMessage> {
            match value {
                DecryptedMessage::DecryptedMessage8(value) => {
                    ::core::result::Result::Ok(*value)
                }
                other => ::core::result::Result::Err(other),
            }
        }
    }
    impl ::core::convert::From<super::types::DecryptedMessage17> for DecryptedMessage {
        #[inline]
        fn from(value: super::types::DecryptedMessage17) -> Self {
            Self::DecryptedMessage17(::std::boxed::Box::new(value))
        }
    }
    impl ::core::convert::TryFrom<DecryptedMessage>
    for super::types::DecryptedMessage17 {
        type Error = DecryptedMessage;
        #[inline]
        fn try_from(
            value: DecryptedMessage,
        ) -> ::core::result::Result<Self, DecryptedMessage> {
            match value {
                DecryptedMessage::DecryptedMessage17(value) => {
                    ::core::result::Result::Ok(*value)
                }
                other => ::core::result::Result::Err(other),
            }
        }
    }
}
#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA : types::DecryptedMessage8, types::DecryptedMessageMediaEmpty8,
    types::DecryptedMessage17, enums::DecryptedMessage
}
#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA : types::DecryptedMessage8, types::DecryptedMessageMediaEmpty8,
    types::DecryptedMessage17, enums::DecryptedMessage
}
