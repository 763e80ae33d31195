///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(
        &[
            (0x1c6de6ff, "link"),
            (0x4f25c4f4, "textConcat"),
            (0x7d31b181, "textBold"),
            (0xe2d2a7e9, "textEmpty"),
            (0xfc8417a7, "textPlain"),
        ],
        id,
    )
}
///A struct for each constructor.
pub mod types {
    /**Constructor [textEmpty](https://core.telegram.org/constructor/textEmpty).

```tl
textEmpty#e2d2a7e9 = Text;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct TextEmpty;
    impl ::telewire::tl::Identifiable for TextEmpty {
        const ID: u32 = 0xe2d2a7e9;
        const NAME: &'static str = "textEmpty";
    }
    impl ::telewire::tl::Constructor for TextEmpty {
        const MIN_LEN: usize = 0usize;
        fn serialize_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            let _ = out;
        }
        fn deserialize_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            let _ = r;
            ::core::result::Result::Ok(Self)
        }
    }
    impl ::telewire::tl::Serialize for TextEmpty {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::serialize_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for TextEmpty {
        fn deserialize(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            ::telewire::tl::codec::deserialize_boxed(r)
        }
    }
    /**Constructor [textPlain](https://core.telegram.org/constructor/textPlain).

```tl
textPlain#fc8417a7 text:string = Text;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct TextPlain {
        ///`text:string`
        pub text: ::std::string::String,
    }
    impl ::telewire::tl::Identifiable for TextPlain {
        const ID: u32 = 0xfc8417a7;
        const NAME: &'static str = "textPlain";
    }
    impl ::telewire::tl::Constructor for TextPlain {
        const MIN_LEN: usize = 4usize;
        fn serialize_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.text, out);
        }
        fn deserialize_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            r.descend()?;
            let v0 = ::telewire::tl::Deserialize::deserialize(r)?;
            r.ascend();
            ::core::result::Result::Ok(Self { text: v0 })
        }
    }
    impl ::telewire::tl::Serialize for TextPlain {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::serialize_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for TextPlain {
        fn deserialize(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            ::telewire::tl::codec::deserialize_boxed(r)
        }
    }
    /**Constructor [textBold](https://core.telegram.org/constructor/textBold).

```tl
textBold#7d31b181 text:Text = Text;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct TextBold {
        ///`text:Text`
        pub text: ::std::boxed::Box<super::enums::Text>,
    }
    impl ::telewire::tl::Identifiable for TextBold {
        const ID: u32 = 0x7d31b181;
        const NAME: &'static str = "textBold";
    }
    impl ::telewire::tl::Constructor for TextBold {
        const MIN_LEN: usize = 4usize;
        fn serialize_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.text, out);
        }
        fn deserialize_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            r.descend()?;
            let v0 = ::telewire::tl::Deserialize::deserialize(r)?;
            r.ascend();
            ::core::result::Result::Ok(Self { text: v0 })
        }
    }
    impl ::telewire::tl::Serialize for TextBold {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::serialize_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for TextBold {
        fn deserialize(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            ::telewire::tl::codec::deserialize_boxed(r)
        }
    }
    /**Constructor [textConcat](https://core.telegram.org/constructor/textConcat).

```tl
textConcat#4f25c4f4 texts:Vector<Text> = Text;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct TextConcat {
        ///`texts:Vector<Text>`
        pub texts: ::std::vec::Vec<super::enums::Text>,
    }
    impl ::telewire::tl::Identifiable for TextConcat {
        const ID: u32 = 0x4f25c4f4;
        const NAME: &'static str = "textConcat";
    }
    impl ::telewire::tl::Constructor for TextConcat {
        const MIN_LEN: usize = 8usize;
        fn serialize_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.texts, out);
        }
        fn deserialize_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            r.descend()?;
            let v0 = ::telewire::tl::Deserialize::deserialize(r)?;
            r.ascend();
            ::core::result::Result::Ok(Self { texts: v0 })
        }
    }
    impl ::telewire::tl::Serialize for TextConcat {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::serialize_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for TextConcat {
        fn deserialize(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            ::telewire::tl::codec::deserialize_boxed(r)
        }
    }
    /**Constructor [link](https://core.telegram.org/constructor/link).

```tl
link#1c6de6ff flags:# url:string next:flags.0?Link = Link;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Link {
        ///`url:string`
        pub url: ::std::string::String,
        ///`next:flags.0?Link`
        pub next: ::core::option::Option<::std::boxed::Box<super::types::Link>>,
    }
    impl ::telewire::tl::Identifiable for Link {
        const ID: u32 = 0x1c6de6ff;
        const NAME: &'static str = "link";
    }
    impl ::telewire::tl::Constructor for Link {
        const MIN_LEN: usize = 8usize;
        fn serialize_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word((self.next.is_some() as u32), out);
            ::telewire::tl::Serialize::serialize(&self.url, out);
            ::telewire::tl::codec::write_optional(&self.next, out);
        }
        fn deserialize_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            r.descend()?;
            let word0 = r.word()?;
            let v0 = ::telewire::tl::Deserialize::deserialize(r)?;
            let v1 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0)?;
            r.ascend();
            ::core::result::Result::Ok(Self { url: v0, next: v1 })
        }
    }
    impl ::telewire::tl::Serialize for Link {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::serialize_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Link {
        fn deserialize(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            ::telewire::tl::codec::deserialize_boxed(r)
        }
    }
}
///An enum for each type with more than one constructor.
pub mod enums {
    /**Type [Text](https://core.telegram.org/type/Text).

```tl
textEmpty#e2d2a7e9 = Text;
textPlain#fc8417a7 text:string = Text;
textBold#7d31b181 text:Text = Text;
textConcat#4f25c4f4 texts:Vector<Text> = Text;
```*/
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum Text {
        ///`textEmpty`
        Empty,
        ///`textPlain`
        Plain(super::types::TextPlain),
        ///`textBold`
        Bold(super::types::TextBold),
        ///`textConcat`
        Concat(super::types::TextConcat),
    }
    impl ::telewire::tl::Serialize for Text {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            match self {
                Self::Empty => ::telewire::tl::codec::write_id(0xe2d2a7e9, out),
                Self::Plain(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Bold(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Concat(value) => ::telewire::tl::Serialize::serialize(value, out),
            }
        }
    }
    impl ::telewire::tl::Deserialize for Text {
        fn deserialize(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            match r.constructor_id()? {
                0xe2d2a7e9 => ::core::result::Result::Ok(Self::Empty),
                0xfc8417a7 => {
                    ::telewire::tl::codec::deserialize_variant(r).map(Self::Plain)
                }
                0x7d31b181 => {
                    ::telewire::tl::codec::deserialize_variant(r).map(Self::Bold)
                }
                0x4f25c4f4 => {
                    ::telewire::tl::codec::deserialize_variant(r).map(Self::Concat)
                }
                id => ::core::result::Result::Err(r.unexpected(id, "Text")),
            }
        }
    }
    impl ::core::convert::From<super::types::TextEmpty> for Text {
        fn from(_: super::types::TextEmpty) -> Self {
            Self::Empty
        }
    }
    impl ::core::convert::From<super::types::TextPlain> for Text {
        fn from(value: super::types::TextPlain) -> Self {
            Self::Plain(value)
        }
    }
    impl ::core::convert::TryFrom<Text> for super::types::TextPlain {
        type Error = Text;
        fn try_from(value: Text) -> ::core::result::Result<Self, Text> {
            match value {
                Text::Plain(value) => ::core::result::Result::Ok(value),
                other => ::core::result::Result::Err(other),
            }
        }
    }
    impl ::core::convert::From<super::types::TextBold> for Text {
        fn from(value: super::types::TextBold) -> Self {
            Self::Bold(value)
        }
    }
    impl ::core::convert::TryFrom<Text> for super::types::TextBold {
        type Error = Text;
        fn try_from(value: Text) -> ::core::result::Result<Self, Text> {
            match value {
                Text::Bold(value) => ::core::result::Result::Ok(value),
                other => ::core::result::Result::Err(other),
            }
        }
    }
    impl ::core::convert::From<super::types::TextConcat> for Text {
        fn from(value: super::types::TextConcat) -> Self {
            Self::Concat(value)
        }
    }
    impl ::core::convert::TryFrom<Text> for super::types::TextConcat {
        type Error = Text;
        fn try_from(value: Text) -> ::core::result::Result<Self, Text> {
            match value {
                Text::Concat(value) => ::core::result::Result::Ok(value),
                other => ::core::result::Result::Err(other),
            }
        }
    }
}
