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
        (0x6498c436, "e2e.chain.block height:int = e2e.chain.Block"),
        (0x7358bc40, "auth.sentCode phone:auth.Phone = auth.SentCode"),
        (0xcd27626a, "auth.phone number:string = auth.Phone"),
        (0xcf338214, "root block:e2e.chain.Block code:auth.SentCode = Root"),
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
    /// Constructor [root](https://core.telegram.org/constructor/root).
    ///
    /// ```tl
    /// root#cf338214 block:e2e.chain.Block code:auth.SentCode = Root;
    /// ```
    #[derive(Clone)]
    pub struct Root {
        /// `block:e2e.chain.Block`
        pub block: super::types::e2e::chain::Block,
        /// `code:auth.SentCode`
        pub code: super::types::auth::SentCode,
    }

    impl Root {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(
            block: super::types::e2e::chain::Block,
            code: super::types::auth::SentCode,
        ) -> Self {
            Self { block, code }
        }
    }

    impl ::telewire::tl::Serialize for Root {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xcf338214, out);
            ::telewire::tl::Serialize::serialize(&self.block, out);
            ::telewire::tl::Serialize::serialize(&self.code, out);
        }
    }

    impl ::telewire::tl::Deserialize for Root {
        const MIN_LEN: usize = 24;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xcf338214, "root");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            let v1 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            Some(Self { block: v0, code: v1 })
        }
    }

    impl ::telewire::tl::Identifiable for Root {
        const ID: u32 = 0xcf338214;
        const NAME: &'static str = "root";
    }

    impl ::core::fmt::Debug for Root {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Root {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// The namespace `auth`.
    pub mod auth {
        /// Constructor [auth.sentCode](https://core.telegram.org/constructor/auth.sentCode).
        ///
        /// ```tl
        /// auth.sentCode#7358bc40 phone:auth.Phone = auth.SentCode;
        /// ```
        #[derive(Clone)]
        pub struct SentCode {
            /// `phone:auth.Phone`
            pub phone: super::super::types::auth::Phone,
        }

        impl SentCode {
            /// With what is always there, and nothing else.
            #[inline]
            pub fn new(phone: super::super::types::auth::Phone) -> Self {
                Self { phone }
            }
        }

        impl ::telewire::tl::Serialize for SentCode {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                ::telewire::tl::codec::write_word(0x7358bc40, out);
                ::telewire::tl::Serialize::serialize(&self.phone, out);
            }
        }

        impl ::telewire::tl::Deserialize for SentCode {
            const MIN_LEN: usize = 12;

            #[inline(never)]
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                let outer = r.begin(0x7358bc40, "auth.sentCode");
                let v0 = ::telewire::tl::Deserialize::read(r)?;
                r.end(outer);
                Some(Self { phone: v0 })
            }
        }

        impl ::telewire::tl::Identifiable for SentCode {
            const ID: u32 = 0x7358bc40;
            const NAME: &'static str = "auth.sentCode";
        }

        impl ::core::fmt::Debug for SentCode {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                super::super::SCHEMA.debug(self, f)
            }
        }

        impl PartialEq for SentCode {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                ::telewire::tl::codec::equal(self, other)
            }
        }

        /// Constructor [auth.phone](https://core.telegram.org/constructor/auth.phone).
        ///
        /// ```tl
        /// auth.phone#cd27626a number:string = auth.Phone;
        /// ```
        #[derive(Clone)]
        pub struct Phone {
            /// `number:string`
            pub number: String,
        }

        impl Phone {
            /// With what is always there, and nothing else.
            #[inline]
            pub fn new(number: String) -> Self {
                Self { number }
            }
        }

        impl ::telewire::tl::Serialize for Phone {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                ::telewire::tl::codec::write_word(0xcd27626a, out);
                ::telewire::tl::Serialize::serialize(&self.number, out);
            }
        }

        impl ::telewire::tl::Deserialize for Phone {
            const MIN_LEN: usize = 8;

            #[inline(never)]
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                let outer = r.begin(0xcd27626a, "auth.phone");
                let v0 = r.string();
                r.end(outer);
                Some(Self { number: v0 })
            }
        }

        impl ::telewire::tl::Identifiable for Phone {
            const ID: u32 = 0xcd27626a;
            const NAME: &'static str = "auth.phone";
        }

        impl ::core::fmt::Debug for Phone {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                super::super::SCHEMA.debug(self, f)
            }
        }

        impl PartialEq for Phone {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                ::telewire::tl::codec::equal(self, other)
            }
        }
    }

    /// The namespace `e2e`.
    pub mod e2e {
        /// The namespace `chain`.
        pub mod chain {
            /// Constructor [e2e.chain.block](https://core.telegram.org/constructor/e2e.chain.block).
            ///
            /// ```tl
            /// e2e.chain.block#6498c436 height:int = e2e.chain.Block;
            /// ```
            #[derive(Clone)]
            pub struct Block {
                /// `height:int`
                pub height: i32,
            }

            impl Block {
                /// With what is always there, and nothing else.
                #[inline]
                pub fn new(height: i32) -> Self {
                    Self { height }
                }
            }

            impl ::telewire::tl::Serialize for Block {
                #[inline(never)]
                fn serialize(&self, out: &mut Vec<u8>) {
                    ::telewire::tl::codec::write_words(&[0x6498c436, self.height as u32], out);
                }
            }

            impl ::telewire::tl::Deserialize for Block {
                const MIN_LEN: usize = 8;

                #[inline(never)]
                fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                    let outer = r.begin(0x6498c436, "e2e.chain.block");
                    let v0 = r.int();
                    r.end(outer);
                    Some(Self { height: v0 })
                }
            }

            impl ::telewire::tl::Identifiable for Block {
                const ID: u32 = 0x6498c436;
                const NAME: &'static str = "e2e.chain.block";
            }

            impl ::core::fmt::Debug for Block {
                #[inline]
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    super::super::super::SCHEMA.debug(self, f)
                }
            }

            impl PartialEq for Block {
                #[inline]
                fn eq(&self, other: &Self) -> bool {
                    ::telewire::tl::codec::equal(self, other)
                }
            }
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::auth::SentCode,
    types::auth::Phone,
    types::e2e::chain::Block,
    types::Root
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::auth::SentCode,
    types::auth::Phone,
    types::e2e::chain::Block,
    types::Root
}
