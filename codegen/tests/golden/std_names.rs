///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(
        &[
            (0x02630dd8, "box"),
            (0x074d128e, "stringErr"),
            (0x0a21a3fd, "result"),
            (0x5307741d, "option"),
            (0x5ad97429, "vec"),
            (0x7b22177f, "some"),
            (0xc6fb2ae8, "stringOk"),
        ],
        id,
    )
}
///A struct for each constructor.
pub mod types {
    /**Constructor [vec](https://core.telegram.org/constructor/vec).

```tl
vec#5ad97429 n:int = Vec;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Vec {
        ///`n:int`
        pub n: i32,
    }
    impl ::telewire::tl::Identifiable for Vec {
        const ID: u32 = 0x5ad97429;
        const NAME: &'static str = "vec";
    }
    impl ::telewire::tl::Constructor for Vec {
        const MIN_LEN: usize = 4usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.n, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("vec");
            let v0 = r.int();
            r.leave(outer);
            ::core::option::Option::Some(Self { n: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Vec {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Vec {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [option](https://core.telegram.org/constructor/option).

```tl
option#5307741d v:Vec = Option;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Option {
        ///`v:Vec`
        pub v: super::types::Vec,
    }
    impl ::telewire::tl::Identifiable for Option {
        const ID: u32 = 0x5307741d;
        const NAME: &'static str = "option";
    }
    impl ::telewire::tl::Constructor for Option {
        const MIN_LEN: usize = 4usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.v, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("option");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.leave(outer);
            ::core::option::Option::Some(Self { v: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Option {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Option {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [result](https://core.telegram.org/constructor/result).

```tl
result#0a21a3fd a:Vector<Option> = Result;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Result {
        ///`a:Vector<Option>`
        pub a: ::std::vec::Vec<super::types::Option>,
    }
    impl ::telewire::tl::Identifiable for Result {
        const ID: u32 = 0x0a21a3fd;
        const NAME: &'static str = "result";
    }
    impl ::telewire::tl::Constructor for Result {
        const MIN_LEN: usize = 8usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.a, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("result");
            let v0 = ::telewire::tl::codec::read_vector(r);
            r.leave(outer);
            ::core::option::Option::Some(Self { a: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Result {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Result {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [stringOk](https://core.telegram.org/constructor/stringOk).

```tl
stringOk#c6fb2ae8 = String;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct StringOk;
    impl ::telewire::tl::Identifiable for StringOk {
        const ID: u32 = 0xc6fb2ae8;
        const NAME: &'static str = "stringOk";
    }
    impl ::telewire::tl::Constructor for StringOk {
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
    impl ::telewire::tl::Serialize for StringOk {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for StringOk {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [stringErr](https://core.telegram.org/constructor/stringErr).

```tl
stringErr#074d128e text:string = String;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct StringErr {
        ///`text:string`
        pub text: ::std::string::String,
    }
    impl ::telewire::tl::Identifiable for StringErr {
        const ID: u32 = 0x074d128e;
        const NAME: &'static str = "stringErr";
    }
    impl ::telewire::tl::Constructor for StringErr {
        const MIN_LEN: usize = 4usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.text, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("stringErr");
            let v0 = r.string();
            r.leave(outer);
            ::core::option::Option::Some(Self { text: v0 })
        }
    }
    impl ::telewire::tl::Serialize for StringErr {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for StringErr {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [box](https://core.telegram.org/constructor/box).

```tl
box#02630dd8 s:String = Box;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Box {
        ///`s:String`
        pub s: super::enums::String,
    }
    impl ::telewire::tl::Identifiable for Box {
        const ID: u32 = 0x02630dd8;
        const NAME: &'static str = "box";
    }
    impl ::telewire::tl::Constructor for Box {
        const MIN_LEN: usize = 4usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.s, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("box");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.leave(outer);
            ::core::option::Option::Some(Self { s: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Box {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Box {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [some](https://core.telegram.org/constructor/some).

```tl
some#7b22177f flags:# b:flags.0?Box = Some;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Some {
        ///`b:flags.0?Box`
        pub b: ::core::option::Option<super::types::Box>,
    }
    impl ::telewire::tl::Identifiable for Some {
        const ID: u32 = 0x7b22177f;
        const NAME: &'static str = "some";
    }
    impl ::telewire::tl::Constructor for Some {
        const MIN_LEN: usize = 4usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(self.b.is_some() as u32, out);
            ::telewire::tl::codec::write_optional(&self.b, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("some");
            let word0 = r.word();
            let v0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            r.leave(outer);
            ::core::option::Option::Some(Self { b: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Some {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Some {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
}
///An enum for each type with more than one constructor.
pub mod enums {
    /**Type [String](https://core.telegram.org/type/String).

```tl
stringOk#c6fb2ae8 = String;
stringErr#074d128e text:string = String;
```*/
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum String {
        ///`stringOk`
        Ok,
        ///`stringErr`
        Err(super::types::StringErr),
    }
    impl ::telewire::tl::Serialize for String {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            match self {
                Self::Ok => ::telewire::tl::codec::write_word(0xc6fb2ae8, out),
                Self::Err(value) => ::telewire::tl::Serialize::serialize(value, out),
            }
        }
    }
    impl ::telewire::tl::Deserialize for String {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(
                match r.constructor_id() {
                    0xc6fb2ae8 => Self::Ok,
                    0x074d128e => {
                        Self::Err(
                            <super::types::StringErr as ::telewire::tl::Constructor>::read_bare(
                                r,
                            )?,
                        )
                    }
                    id => return r.unexpected(id, "String"),
                },
            )
        }
    }
    impl ::core::convert::From<super::types::StringOk> for String {
        fn from(_: super::types::StringOk) -> Self {
            Self::Ok
        }
    }
    impl ::core::convert::From<super::types::StringErr> for String {
        fn from(value: super::types::StringErr) -> Self {
            Self::Err(value)
        }
    }
    impl ::core::convert::TryFrom<String> for super::types::StringErr {
        type Error = String;
        fn try_from(value: String) -> ::core::result::Result<Self, String> {
            match value {
                String::Err(value) => ::core::result::Result::Ok(value),
                other => ::core::result::Result::Err(other),
            }
        }
    }
}
