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
        (0x1c6de6ff, "link flags:# url:string next:flags.0?Link = Link"),
        (0x4f25c4f4, "textConcat texts:Vector<Text> = Text"),
        (0x7d31b181, "textBold text:Text = Text"),
        (0xe2d2a7e9, "textEmpty = Text"),
        (0xfc8417a7, "textPlain text:string = Text"),
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
    /// Constructor [textEmpty](https://core.telegram.org/constructor/textEmpty).
    ///
    /// ```tl
    /// textEmpty#e2d2a7e9 = Text;
    /// ```
    #[derive(Clone)]
    pub struct TextEmpty;

    impl TextEmpty {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            Self
        }
    }

    impl ::telewire::tl::Serialize for TextEmpty {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xe2d2a7e9, out);
        }
    }

    impl ::telewire::tl::Deserialize for TextEmpty {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xe2d2a7e9, "textEmpty");
            r.end(outer);
            Some(Self)
        }
    }

    impl ::telewire::tl::Identifiable for TextEmpty {
        const ID: u32 = 0xe2d2a7e9;
        const NAME: &'static str = "textEmpty";
    }

    impl ::core::fmt::Debug for TextEmpty {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for TextEmpty {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [textPlain](https://core.telegram.org/constructor/textPlain).
    ///
    /// ```tl
    /// textPlain#fc8417a7 text:string = Text;
    /// ```
    #[derive(Clone)]
    pub struct TextPlain {
        /// `text:string`
        pub text: String,
    }

    impl TextPlain {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(text: String) -> Self {
            Self { text }
        }
    }

    impl ::telewire::tl::Serialize for TextPlain {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xfc8417a7, out);
            ::telewire::tl::Serialize::serialize(&self.text, out);
        }
    }

    impl ::telewire::tl::Deserialize for TextPlain {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin_nested(0xfc8417a7, "textPlain");
            let v0 = r.string();
            r.end_nested(outer);
            Some(Self { text: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for TextPlain {
        const ID: u32 = 0xfc8417a7;
        const NAME: &'static str = "textPlain";
    }

    impl ::core::fmt::Debug for TextPlain {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for TextPlain {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [textBold](https://core.telegram.org/constructor/textBold).
    ///
    /// ```tl
    /// textBold#7d31b181 text:Text = Text;
    /// ```
    #[derive(Clone)]
    pub struct TextBold {
        /// `text:Text`
        pub text: Box<super::enums::Text>,
    }

    impl TextBold {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(text: Box<super::enums::Text>) -> Self {
            Self { text }
        }
    }

    impl ::telewire::tl::Serialize for TextBold {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x7d31b181, out);
            ::telewire::tl::Serialize::serialize(&self.text, out);
        }
    }

    impl ::telewire::tl::Deserialize for TextBold {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin_nested(0x7d31b181, "textBold");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.end_nested(outer);
            Some(Self { text: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for TextBold {
        const ID: u32 = 0x7d31b181;
        const NAME: &'static str = "textBold";
    }

    impl ::core::fmt::Debug for TextBold {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for TextBold {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [textConcat](https://core.telegram.org/constructor/textConcat).
    ///
    /// ```tl
    /// textConcat#4f25c4f4 texts:Vector<Text> = Text;
    /// ```
    #[derive(Clone)]
    pub struct TextConcat {
        /// `texts:Vector<Text>`
        pub texts: Vec<super::enums::Text>,
    }

    impl TextConcat {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(texts: Vec<super::enums::Text>) -> Self {
            Self { texts }
        }
    }

    impl ::telewire::tl::Serialize for TextConcat {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x4f25c4f4, out);
            ::telewire::tl::Serialize::serialize(&self.texts, out);
        }
    }

    impl ::telewire::tl::Deserialize for TextConcat {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin_nested(0x4f25c4f4, "textConcat");
            let v0 = ::telewire::tl::codec::read_vector(r);
            r.end_nested(outer);
            Some(Self { texts: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for TextConcat {
        const ID: u32 = 0x4f25c4f4;
        const NAME: &'static str = "textConcat";
    }

    impl ::core::fmt::Debug for TextConcat {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for TextConcat {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [link](https://core.telegram.org/constructor/link).
    ///
    /// ```tl
    /// link#1c6de6ff flags:# url:string next:flags.0?Link = Link;
    /// ```
    #[derive(Clone)]
    pub struct Link {
        /// `url:string`
        pub url: String,
        /// `next:flags.0?Link`
        pub next: Option<Box<super::types::Link>>,
    }

    impl Link {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(url: String) -> Self {
            Self { url, next: None }
        }
    }

    impl ::telewire::tl::Serialize for Link {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(&[0x1c6de6ff, 0], out);
            ::telewire::tl::Serialize::serialize(&self.url, out);
            ::telewire::tl::codec::write_optional(&self.next, place0, 0x00000001, out);
        }
    }

    impl ::telewire::tl::Deserialize for Link {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin_nested(0x1c6de6ff, "link");
            let word0 = r.word();
            let v0 = r.string();
            let v1 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            r.end_nested(outer);
            Some(Self { url: v0, next: v1 })
        }
    }

    impl ::telewire::tl::Identifiable for Link {
        const ID: u32 = 0x1c6de6ff;
        const NAME: &'static str = "link";
    }

    impl ::core::fmt::Debug for Link {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Link {
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
    /// Type [Text](https://core.telegram.org/type/Text).
    ///
    /// ```tl
    /// textEmpty#e2d2a7e9 = Text;
    /// textPlain#fc8417a7 text:string = Text;
    /// textBold#7d31b181 text:Text = Text;
    /// textConcat#4f25c4f4 texts:Vector<Text> = Text;
    /// ```
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum Text {
        /// `textEmpty`
        TextEmpty,
        /// `textPlain`
        TextPlain(super::types::TextPlain),
        /// `textBold`
        TextBold(super::types::TextBold),
        /// `textConcat`
        TextConcat(super::types::TextConcat),
    }

    impl ::telewire::tl::Serialize for Text {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            match self {
                Self::TextEmpty => ::telewire::tl::codec::write_word(0xe2d2a7e9, out),
                Self::TextPlain(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::TextBold(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::TextConcat(value) => ::telewire::tl::Serialize::serialize(value, out),
            }
        }
    }

    impl ::telewire::tl::Deserialize for Text {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            match r.peek_id() {
                0xe2d2a7e9 => {
                    r.skip_id();
                    Some(Self::TextEmpty)
                }
                0xfc8417a7 => ::telewire::tl::codec::read_variant(r, Self::TextPlain),
                0x7d31b181 => ::telewire::tl::codec::read_variant(r, Self::TextBold),
                0x4f25c4f4 => ::telewire::tl::codec::read_variant(r, Self::TextConcat),
                id => {
                    r.skip_id();
                    r.unexpected(id, "Text");
                    None
                }
            }
        }
    }

    impl ::core::fmt::Debug for Text {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Text {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl From<super::types::TextEmpty> for Text {
        #[inline]
        fn from(_: super::types::TextEmpty) -> Self {
            Self::TextEmpty
        }
    }

    impl ::core::convert::TryFrom<Text> for super::types::TextEmpty {
        type Error = Text;

        #[inline]
        fn try_from(value: Text) -> Result<Self, Text> {
            match value {
                Text::TextEmpty => Ok(Self),
                other => Err(other),
            }
        }
    }

    impl From<super::types::TextPlain> for Text {
        #[inline]
        fn from(value: super::types::TextPlain) -> Self {
            Self::TextPlain(value)
        }
    }

    impl ::core::convert::TryFrom<Text> for super::types::TextPlain {
        type Error = Text;

        #[inline]
        fn try_from(value: Text) -> Result<Self, Text> {
            match value {
                Text::TextPlain(value) => Ok(value),
                other => Err(other),
            }
        }
    }

    impl From<super::types::TextBold> for Text {
        #[inline]
        fn from(value: super::types::TextBold) -> Self {
            Self::TextBold(value)
        }
    }

    impl ::core::convert::TryFrom<Text> for super::types::TextBold {
        type Error = Text;

        #[inline]
        fn try_from(value: Text) -> Result<Self, Text> {
            match value {
                Text::TextBold(value) => Ok(value),
                other => Err(other),
            }
        }
    }

    impl From<super::types::TextConcat> for Text {
        #[inline]
        fn from(value: super::types::TextConcat) -> Self {
            Self::TextConcat(value)
        }
    }

    impl ::core::convert::TryFrom<Text> for super::types::TextConcat {
        type Error = Text;

        #[inline]
        fn try_from(value: Text) -> Result<Self, Text> {
            match value {
                Text::TextConcat(value) => Ok(value),
                other => Err(other),
            }
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::TextEmpty,
    types::TextPlain,
    types::TextBold,
    types::TextConcat,
    types::Link,
    enums::Text
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::TextEmpty,
    types::TextPlain,
    types::TextBold,
    types::TextConcat,
    types::Link,
    enums::Text
}
