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
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            let _ = out;
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let _ = r;
            ::core::option::Option::Some(Self)
        }
    }
    impl ::telewire::tl::Serialize for TextEmpty {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for TextEmpty {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
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
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.text, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.descend("textPlain")?;
            let v0 = r.string();
            r.ascend(outer);
            ::core::option::Option::Some(Self { text: v0 })
        }
    }
    impl ::telewire::tl::Serialize for TextPlain {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for TextPlain {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
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
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.text, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.descend("textBold")?;
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.ascend(outer);
            ::core::option::Option::Some(Self { text: v0 })
        }
    }
    impl ::telewire::tl::Serialize for TextBold {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for TextBold {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
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
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.texts, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.descend("textConcat")?;
            let v0 = ::telewire::tl::codec::read_vector(r);
            r.ascend(outer);
            ::core::option::Option::Some(Self { texts: v0 })
        }
    }
    impl ::telewire::tl::Serialize for TextConcat {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for TextConcat {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
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
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(self.next.is_some() as u32, out);
            ::telewire::tl::Serialize::serialize(&self.url, out);
            ::telewire::tl::codec::write_optional(&self.next, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.descend("link")?;
            let word0 = r.word();
            let v0 = r.string();
            let v1 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            r.ascend(outer);
            ::core::option::Option::Some(Self { url: v0, next: v1 })
        }
    }
    impl ::telewire::tl::Serialize for Link {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Link {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
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
                Self::Empty => ::telewire::tl::codec::write_word(0xe2d2a7e9, out),
                Self::Plain(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Bold(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Concat(value) => ::telewire::tl::Serialize::serialize(value, out),
            }
        }
    }
    impl ::telewire::tl::Deserialize for Text {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(
                match r.constructor_id() {
                    0xe2d2a7e9 => Self::Empty,
                    0xfc8417a7 => {
                        Self::Plain(
                            <super::types::TextPlain as ::telewire::tl::Constructor>::read_bare(
                                r,
                            )?,
                        )
                    }
                    0x7d31b181 => {
                        Self::Bold(
                            <super::types::TextBold as ::telewire::tl::Constructor>::read_bare(
                                r,
                            )?,
                        )
                    }
                    0x4f25c4f4 => {
                        Self::Concat(
                            <super::types::TextConcat as ::telewire::tl::Constructor>::read_bare(
                                r,
                            )?,
                        )
                    }
                    id => return r.unexpected(id, "Text"),
                },
            )
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
