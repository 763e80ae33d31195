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
    &[(0xda2e5fb0, "token type:string self:long final:Bool static:int loop:int srp_B:bytes M1:bytes crate:int async:int r:int out:int value:int = Token")],
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
    /// Constructor [token](https://core.telegram.org/constructor/token).
    ///
    /// ```tl
    /// token#da2e5fb0 type:string self:long final:Bool static:int loop:int srp_B:bytes M1:bytes
    ///     crate:int async:int r:int out:int value:int = Token;
    /// ```
    #[derive(Clone)]
    pub struct Token {
        /// `type:string`
        pub r#type: String,
        /// `self:long`
        pub self_: i64,
        /// `final:Bool`
        pub r#final: bool,
        /// `static:int`
        pub r#static: i32,
        /// `loop:int`
        pub r#loop: i32,
        /// `srp_B:bytes`
        pub srp_b: ::telewire::tl::Bytes,
        /// `M1:bytes`
        pub m1: ::telewire::tl::Bytes,
        /// `crate:int`
        pub crate_: i32,
        /// `async:int`
        pub r#async: i32,
        /// `r:int`
        pub r: i32,
        /// `out:int`
        pub out: i32,
        /// `value:int`
        pub value: i32,
    }

    impl Token {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(
            r#type: String,
            self_: i64,
            r#final: bool,
            r#static: i32,
            r#loop: i32,
            srp_b: ::telewire::tl::Bytes,
            m1: ::telewire::tl::Bytes,
            crate_: i32,
            r#async: i32,
            r: i32,
            out: i32,
            value: i32,
        ) -> Self {
            Self {
                r#type,
                self_,
                r#final,
                r#static,
                r#loop,
                srp_b,
                m1,
                crate_,
                r#async,
                r,
                out,
                value,
            }
        }
    }

    impl ::telewire::tl::Serialize for Token {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xda2e5fb0, out);
            ::telewire::tl::Serialize::serialize(&self.r#type, out);
            ::telewire::tl::codec::write_words(
                &[
                    ::telewire::tl::codec::halves(self.self_)[0],
                    ::telewire::tl::codec::halves(self.self_)[1],
                ],
                out,
            );
            ::telewire::tl::Serialize::serialize(&self.r#final, out);
            ::telewire::tl::codec::write_words(&[self.r#static as u32, self.r#loop as u32], out);
            ::telewire::tl::Serialize::serialize(&self.srp_b, out);
            ::telewire::tl::Serialize::serialize(&self.m1, out);
            ::telewire::tl::codec::write_words(
                &[
                    self.crate_ as u32,
                    self.r#async as u32,
                    self.r as u32,
                    self.out as u32,
                    self.value as u32,
                ],
                out,
            );
        }
    }

    impl ::telewire::tl::Deserialize for Token {
        const MIN_LEN: usize = 56;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xda2e5fb0, "token");
            let v0 = r.string();
            let v1 = r.long();
            let v2 = r.boolean();
            let [low3, low4] = r.words();
            let v3 = low3 as i32;
            let v4 = low4 as i32;
            let v5 = r.bytes();
            let v6 = r.bytes();
            let [low7, low8, low9, low10, low11] = r.words();
            let v7 = low7 as i32;
            let v8 = low8 as i32;
            let v9 = low9 as i32;
            let v10 = low10 as i32;
            let v11 = low11 as i32;
            r.end(outer);
            Some(Self {
                r#type: v0,
                self_: v1,
                r#final: v2,
                r#static: v3,
                r#loop: v4,
                srp_b: v5,
                m1: v6,
                crate_: v7,
                r#async: v8,
                r: v9,
                out: v10,
                value: v11,
            })
        }
    }

    impl ::telewire::tl::Identifiable for Token {
        const ID: u32 = 0xda2e5fb0;
        const NAME: &'static str = "token";
    }

    impl ::core::fmt::Debug for Token {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Token {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Token
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Token
}
