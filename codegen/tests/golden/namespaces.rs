///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(
        &[
            (0x6498c436, "e2e.chain.block"),
            (0x7358bc40, "auth.sentCode"),
            (0xcd27626a, "auth.phone"),
            (0xcf338214, "root"),
        ],
        id,
    )
}
///A struct for each constructor.
pub mod types {
    /**Constructor [root](https://core.telegram.org/constructor/root).

```tl
root#cf338214 block:e2e.chain.Block code:auth.SentCode = Root;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Root {
        ///`block:e2e.chain.Block`
        pub block: super::types::e2e::chain::Block,
        ///`code:auth.SentCode`
        pub code: super::types::auth::SentCode,
    }
    impl ::telewire::tl::Identifiable for Root {
        const ID: u32 = 0xcf338214;
        const NAME: &'static str = "root";
    }
    impl ::telewire::tl::Constructor for Root {
        const MIN_LEN: usize = 8usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.block, out);
            ::telewire::tl::Serialize::serialize(&self.code, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("root");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            let v1 = ::telewire::tl::Deserialize::read(r)?;
            r.leave(outer);
            ::core::option::Option::Some(Self { block: v0, code: v1 })
        }
    }
    impl ::telewire::tl::Serialize for Root {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Root {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    ///The namespace `auth`.
    pub mod auth {
        /**Constructor [auth.sentCode](https://core.telegram.org/constructor/auth.sentCode).

```tl
auth.sentCode#7358bc40 phone:auth.Phone = auth.SentCode;
```*/
        #[derive(Clone, Debug, PartialEq)]
        pub struct SentCode {
            ///`phone:auth.Phone`
            pub phone: super::super::types::auth::Phone,
        }
        impl ::telewire::tl::Identifiable for SentCode {
            const ID: u32 = 0x7358bc40;
            const NAME: &'static str = "auth.sentCode";
        }
        impl ::telewire::tl::Constructor for SentCode {
            const MIN_LEN: usize = 4usize;
            fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
                ::telewire::tl::Serialize::serialize(&self.phone, out);
            }
            fn read_bare(
                r: &mut ::telewire::tl::Reader<'_>,
            ) -> ::core::option::Option<Self> {
                let outer = r.enter("auth.sentCode");
                let v0 = ::telewire::tl::Deserialize::read(r)?;
                r.leave(outer);
                ::core::option::Option::Some(Self { phone: v0 })
            }
        }
        impl ::telewire::tl::Serialize for SentCode {
            fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
                ::telewire::tl::codec::write_boxed(self, out)
            }
        }
        impl ::telewire::tl::Deserialize for SentCode {
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
                ::telewire::tl::codec::read_boxed(r)
            }
        }
        /**Constructor [auth.phone](https://core.telegram.org/constructor/auth.phone).

```tl
auth.phone#cd27626a number:string = auth.Phone;
```*/
        #[derive(Clone, Debug, PartialEq)]
        pub struct Phone {
            ///`number:string`
            pub number: ::std::string::String,
        }
        impl ::telewire::tl::Identifiable for Phone {
            const ID: u32 = 0xcd27626a;
            const NAME: &'static str = "auth.phone";
        }
        impl ::telewire::tl::Constructor for Phone {
            const MIN_LEN: usize = 4usize;
            fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
                ::telewire::tl::Serialize::serialize(&self.number, out);
            }
            fn read_bare(
                r: &mut ::telewire::tl::Reader<'_>,
            ) -> ::core::option::Option<Self> {
                let outer = r.enter("auth.phone");
                let v0 = r.string();
                r.leave(outer);
                ::core::option::Option::Some(Self { number: v0 })
            }
        }
        impl ::telewire::tl::Serialize for Phone {
            fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
                ::telewire::tl::codec::write_boxed(self, out)
            }
        }
        impl ::telewire::tl::Deserialize for Phone {
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
                ::telewire::tl::codec::read_boxed(r)
            }
        }
    }
    ///The namespace `e2e`.
    pub mod e2e {
        ///The namespace `chain`.
        pub mod chain {
            /**Constructor [e2e.chain.block](https://core.telegram.org/constructor/e2e.chain.block).

```tl
e2e.chain.block#6498c436 height:int = e2e.chain.Block;
```*/
            #[derive(Clone, Debug, PartialEq)]
            pub struct Block {
                ///`height:int`
                pub height: i32,
            }
            impl ::telewire::tl::Identifiable for Block {
                const ID: u32 = 0x6498c436;
                const NAME: &'static str = "e2e.chain.block";
            }
            impl ::telewire::tl::Constructor for Block {
                const MIN_LEN: usize = 4usize;
                fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
                    ::telewire::tl::Serialize::serialize(&self.height, out);
                }
                fn read_bare(
                    r: &mut ::telewire::tl::Reader<'_>,
                ) -> ::core::option::Option<Self> {
                    let outer = r.enter("e2e.chain.block");
                    let v0 = r.int();
                    r.leave(outer);
                    ::core::option::Option::Some(Self { height: v0 })
                }
            }
            impl ::telewire::tl::Serialize for Block {
                fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
                    ::telewire::tl::codec::write_boxed(self, out)
                }
            }
            impl ::telewire::tl::Deserialize for Block {
                fn read(
                    r: &mut ::telewire::tl::Reader<'_>,
                ) -> ::core::option::Option<Self> {
                    ::telewire::tl::codec::read_boxed(r)
                }
            }
        }
    }
}
