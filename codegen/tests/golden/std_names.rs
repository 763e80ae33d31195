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
        (0x02630dd8, "box s:String = Box"),
        (0x074d128e, "stringErr text:string = String"),
        (0x0a21a3fd, "result a:Vector<Option> = Result"),
        (0x5307741d, "option v:Vec = Option"),
        (0x5ad97429, "vec n:int = Vec"),
        (0x7b22177f, "some flags:# b:flags.0?Box = Some"),
        (0xc6fb2ae8, "stringOk = String"),
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
    /// Constructor [vec](https://core.telegram.org/constructor/vec).
    ///
    /// ```tl
    /// vec#5ad97429 n:int = Vec;
    /// ```
    #[derive(Clone)]
    pub struct Vec {
        /// `n:int`
        pub n: i32,
    }

    impl Vec {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(n: i32) -> Self {
            Self { n }
        }
    }

    impl ::telewire::tl::Serialize for Vec {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_words(&[0x5ad97429, self.n as u32], out);
        }
    }

    impl ::telewire::tl::Deserialize for Vec {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0x5ad97429, "vec");
            let v0 = r.int();
            r.end(outer);
            ::core::option::Option::Some(Self { n: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Vec {
        const ID: u32 = 0x5ad97429;
        const NAME: &'static str = "vec";
    }

    impl ::core::fmt::Debug for Vec {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Vec {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [option](https://core.telegram.org/constructor/option).
    ///
    /// ```tl
    /// option#5307741d v:Vec = Option;
    /// ```
    #[derive(Clone)]
    pub struct Option {
        /// `v:Vec`
        pub v: super::types::Vec,
    }

    impl Option {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(v: super::types::Vec) -> Self {
            Self { v }
        }
    }

    impl ::telewire::tl::Serialize for Option {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(0x5307741d, out);
            ::telewire::tl::Serialize::serialize(&self.v, out);
        }
    }

    impl ::telewire::tl::Deserialize for Option {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0x5307741d, "option");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            ::core::option::Option::Some(Self { v: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Option {
        const ID: u32 = 0x5307741d;
        const NAME: &'static str = "option";
    }

    impl ::core::fmt::Debug for Option {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Option {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [result](https://core.telegram.org/constructor/result).
    ///
    /// ```tl
    /// result#0a21a3fd a:Vector<Option> = Result;
    /// ```
    #[derive(Clone)]
    pub struct Result {
        /// `a:Vector<Option>`
        pub a: ::std::vec::Vec<super::types::Option>,
    }

    impl Result {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(a: ::std::vec::Vec<super::types::Option>) -> Self {
            Self { a }
        }
    }

    impl ::telewire::tl::Serialize for Result {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(0x0a21a3fd, out);
            ::telewire::tl::Serialize::serialize(&self.a, out);
        }
    }

    impl ::telewire::tl::Deserialize for Result {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0x0a21a3fd, "result");
            let v0 = ::telewire::tl::codec::read_vector(r);
            r.end(outer);
            ::core::option::Option::Some(Self { a: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Result {
        const ID: u32 = 0x0a21a3fd;
        const NAME: &'static str = "result";
    }

    impl ::core::fmt::Debug for Result {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Result {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [stringOk](https://core.telegram.org/constructor/stringOk).
    ///
    /// ```tl
    /// stringOk#c6fb2ae8 = String;
    /// ```
    #[derive(Clone)]
    pub struct StringOk;

    impl StringOk {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            Self
        }
    }

    impl ::telewire::tl::Serialize for StringOk {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(0xc6fb2ae8, out);
        }
    }

    impl ::telewire::tl::Deserialize for StringOk {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0xc6fb2ae8, "stringOk");
            r.end(outer);
            ::core::option::Option::Some(Self)
        }
    }

    impl ::telewire::tl::Identifiable for StringOk {
        const ID: u32 = 0xc6fb2ae8;
        const NAME: &'static str = "stringOk";
    }

    impl ::core::fmt::Debug for StringOk {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for StringOk {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [stringErr](https://core.telegram.org/constructor/stringErr).
    ///
    /// ```tl
    /// stringErr#074d128e text:string = String;
    /// ```
    #[derive(Clone)]
    pub struct StringErr {
        /// `text:string`
        pub text: ::std::string::String,
    }

    impl StringErr {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(text: ::std::string::String) -> Self {
            Self { text }
        }
    }

    impl ::telewire::tl::Serialize for StringErr {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(0x074d128e, out);
            ::telewire::tl::Serialize::serialize(&self.text, out);
        }
    }

    impl ::telewire::tl::Deserialize for StringErr {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0x074d128e, "stringErr");
            let v0 = r.string();
            r.end(outer);
            ::core::option::Option::Some(Self { text: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for StringErr {
        const ID: u32 = 0x074d128e;
        const NAME: &'static str = "stringErr";
    }

    impl ::core::fmt::Debug for StringErr {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for StringErr {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [box](https://core.telegram.org/constructor/box).
    ///
    /// ```tl
    /// box#02630dd8 s:String = Box;
    /// ```
    #[derive(Clone)]
    pub struct Box {
        /// `s:String`
        pub s: super::enums::String,
    }

    impl Box {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(s: super::enums::String) -> Self {
            Self { s }
        }
    }

    impl ::telewire::tl::Serialize for Box {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(0x02630dd8, out);
            ::telewire::tl::Serialize::serialize(&self.s, out);
        }
    }

    impl ::telewire::tl::Deserialize for Box {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0x02630dd8, "box");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            ::core::option::Option::Some(Self { s: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Box {
        const ID: u32 = 0x02630dd8;
        const NAME: &'static str = "box";
    }

    impl ::core::fmt::Debug for Box {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Box {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [some](https://core.telegram.org/constructor/some).
    ///
    /// ```tl
    /// some#7b22177f flags:# b:flags.0?Box = Some;
    /// ```
    #[derive(Clone, Default)]
    pub struct Some {
        /// `b:flags.0?Box`
        pub b: ::core::option::Option<super::types::Box>,
    }

    impl Some {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            <Self as ::core::default::Default>::default()
        }
    }

    impl ::telewire::tl::Serialize for Some {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(&[0x7b22177f, 0], out);
            ::telewire::tl::codec::write_optional(&self.b, place0, 0x00000001, out);
        }
    }

    impl ::telewire::tl::Deserialize for Some {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            let outer = r.begin(0x7b22177f, "some");
            let word0 = r.word();
            let v0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            r.end(outer);
            ::core::option::Option::Some(Self { b: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Some {
        const ID: u32 = 0x7b22177f;
        const NAME: &'static str = "some";
    }

    impl ::core::fmt::Debug for Some {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Some {
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
    /// Type [String](https://core.telegram.org/type/String).
    ///
    /// ```tl
    /// stringOk#c6fb2ae8 = String;
    /// stringErr#074d128e text:string = String;
    /// ```
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum String {
        /// `stringOk`
        StringOk,
        /// `stringErr`
        StringErr(super::types::StringErr),
    }

    impl ::telewire::tl::Serialize for String {
        #[inline(never)]
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            match self {
                Self::StringOk => ::telewire::tl::codec::write_word(0xc6fb2ae8, out),
                Self::StringErr(value) => ::telewire::tl::Serialize::serialize(value, out),
            }
        }
    }

    impl ::telewire::tl::Deserialize for String {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(match r.peek_id() {
                0xc6fb2ae8 => {
                    r.skip_id();
                    Self::StringOk
                }
                0x074d128e => Self::StringErr(
                    <super::types::StringErr as ::telewire::tl::Deserialize>::read(r)?,
                ),
                id => {
                    r.skip_id();
                    r.unexpected(id, "String");
                    return None;
                }
            })
        }
    }

    impl ::core::fmt::Debug for String {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for String {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl From<super::types::StringOk> for String {
        #[inline]
        fn from(_: super::types::StringOk) -> Self {
            Self::StringOk
        }
    }

    impl ::core::convert::TryFrom<String> for super::types::StringOk {
        type Error = String;

        #[inline]
        fn try_from(value: String) -> ::core::result::Result<Self, String> {
            match value {
                String::StringOk => Ok(Self),
                other => Err(other),
            }
        }
    }

    impl From<super::types::StringErr> for String {
        #[inline]
        fn from(value: super::types::StringErr) -> Self {
            Self::StringErr(value)
        }
    }

    impl ::core::convert::TryFrom<String> for super::types::StringErr {
        type Error = String;

        #[inline]
        fn try_from(value: String) -> ::core::result::Result<Self, String> {
            match value {
                String::StringErr(value) => Ok(value),
                other => Err(other),
            }
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Vec,
    types::Option,
    types::Result,
    types::StringOk,
    types::StringErr,
    types::Box,
    types::Some,
    enums::String
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Vec,
    types::Option,
    types::Result,
    types::StringOk,
    types::StringErr,
    types::Box,
    types::Some,
    enums::String
}
