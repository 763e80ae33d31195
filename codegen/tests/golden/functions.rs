///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(
        &[
            (0x59c01efa, "ping.count"),
            (0x628f97ca, "ping.bare"),
            (0x6b03e19a, "ping.is_on"),
            (0xe1054267, "ping.all"),
            (0xef39dcd8, "ping.send"),
            (0xf376d9c4, "ping"),
            (0xfd0a6541, "pong"),
        ],
        id,
    )
}
///A struct for each constructor.
pub mod types {
    /**Constructor [pong](https://core.telegram.org/constructor/pong).

```tl
pong#fd0a6541 id:long = Pong;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Pong {
        ///`id:long`
        pub id: i64,
    }
    impl ::telewire::tl::Identifiable for Pong {
        const ID: u32 = 0xfd0a6541;
        const NAME: &'static str = "pong";
    }
    impl ::telewire::tl::Constructor for Pong {
        const MIN_LEN: usize = 8usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.id, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("pong");
            let v0 = r.long();
            r.leave(outer);
            ::core::option::Option::Some(Self { id: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Pong {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Pong {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
}
///A struct for each function, to be sent as a request.
pub mod functions {
    /**Function [ping](https://core.telegram.org/method/ping).

```tl
ping#f376d9c4 id:long = Pong;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Ping {
        ///`id:long`
        pub id: i64,
    }
    impl ::telewire::tl::Identifiable for Ping {
        const ID: u32 = 0xf376d9c4;
        const NAME: &'static str = "ping";
    }
    impl ::telewire::tl::Serialize for Ping {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(0xf376d9c4, out);
            ::telewire::tl::Serialize::serialize(&self.id, out);
        }
    }
    #[cfg(any(test, feature = "server"))]
    impl ::telewire::tl::Deserialize for Ping {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            r.expect_id(0xf376d9c4, "ping")?;
            let v0 = r.long();
            ::core::option::Option::Some(Self { id: v0 })
        }
    }
    impl ::telewire::tl::Function for Ping {
        type Return = super::types::Pong;
        const REPEAT: ::telewire::tl::Repeat = ::telewire::tl::Repeat::Once;
    }
    ///The namespace `ping`.
    pub mod ping {
        /**Function [ping.all](https://core.telegram.org/method/ping.all).

```tl
ping.all#e1054267 ids:Vector<long> = Vector<Pong>;
```*/
        #[derive(Clone, Debug, PartialEq)]
        pub struct All {
            ///`ids:Vector<long>`
            pub ids: ::std::vec::Vec<i64>,
        }
        impl ::telewire::tl::Identifiable for All {
            const ID: u32 = 0xe1054267;
            const NAME: &'static str = "ping.all";
        }
        impl ::telewire::tl::Serialize for All {
            fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
                ::telewire::tl::codec::write_word(0xe1054267, out);
                ::telewire::tl::Serialize::serialize(&self.ids, out);
            }
        }
        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for All {
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
                r.expect_id(0xe1054267, "ping.all")?;
                let v0 = ::telewire::tl::codec::read_vector(r);
                ::core::option::Option::Some(Self { ids: v0 })
            }
        }
        impl ::telewire::tl::Function for All {
            type Return = ::std::vec::Vec<super::super::types::Pong>;
            const REPEAT: ::telewire::tl::Repeat = ::telewire::tl::Repeat::Once;
        }
        /**Function [ping.count](https://core.telegram.org/method/ping.count).

```tl
ping.count#59c01efa = int;
```*/
        #[derive(Clone, Debug, PartialEq)]
        pub struct Count;
        impl ::telewire::tl::Identifiable for Count {
            const ID: u32 = 0x59c01efa;
            const NAME: &'static str = "ping.count";
        }
        impl ::telewire::tl::Serialize for Count {
            fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
                ::telewire::tl::codec::write_word(0x59c01efa, out);
                let _ = out;
            }
        }
        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for Count {
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
                r.expect_id(0x59c01efa, "ping.count")?;
                let _ = r;
                ::core::option::Option::Some(Self)
            }
        }
        impl ::telewire::tl::Function for Count {
            type Return = i32;
            const REPEAT: ::telewire::tl::Repeat = ::telewire::tl::Repeat::Once;
        }
        /**Function [ping.is_on](https://core.telegram.org/method/ping.is_on).

```tl
ping.is_on#6b03e19a flags:# loud:flags.0?true = Bool;
```*/
        #[derive(Clone, Debug, PartialEq)]
        pub struct IsOn {
            ///`loud:flags.0?true`
            pub loud: bool,
        }
        impl ::telewire::tl::Identifiable for IsOn {
            const ID: u32 = 0x6b03e19a;
            const NAME: &'static str = "ping.is_on";
        }
        impl ::telewire::tl::Serialize for IsOn {
            fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
                ::telewire::tl::codec::write_word(0x6b03e19a, out);
                ::telewire::tl::codec::write_word(self.loud as u32, out);
            }
        }
        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for IsOn {
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
                r.expect_id(0x6b03e19a, "ping.is_on")?;
                let word0 = r.word();
                ::core::option::Option::Some(Self {
                    loud: word0 & 0x00000001 != 0,
                })
            }
        }
        impl ::telewire::tl::Function for IsOn {
            type Return = bool;
            const REPEAT: ::telewire::tl::Repeat = ::telewire::tl::Repeat::Once;
        }
        /**Function [ping.send](https://core.telegram.org/method/ping.send).

```tl
ping.send#ef39dcd8 random_id:long text:string = Pong;
```*/
        #[derive(Clone, Debug, PartialEq)]
        pub struct Send {
            ///`random_id:long`
            pub random_id: i64,
            ///`text:string`
            pub text: ::std::string::String,
        }
        impl ::telewire::tl::Identifiable for Send {
            const ID: u32 = 0xef39dcd8;
            const NAME: &'static str = "ping.send";
        }
        impl ::telewire::tl::Serialize for Send {
            fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
                ::telewire::tl::codec::write_word(0xef39dcd8, out);
                ::telewire::tl::Serialize::serialize(&self.random_id, out);
                ::telewire::tl::Serialize::serialize(&self.text, out);
            }
        }
        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for Send {
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
                r.expect_id(0xef39dcd8, "ping.send")?;
                let v0 = r.long();
                let v1 = r.string();
                ::core::option::Option::Some(Self { random_id: v0, text: v1 })
            }
        }
        impl ::telewire::tl::Function for Send {
            type Return = super::super::types::Pong;
            const REPEAT: ::telewire::tl::Repeat = ::telewire::tl::Repeat::Keyed;
        }
        /**Function [ping.bare](https://core.telegram.org/method/ping.bare).

```tl
ping.bare#628f97ca = Vector<%Pong>;
```*/
        #[derive(Clone, Debug, PartialEq)]
        pub struct Bare;
        impl ::telewire::tl::Identifiable for Bare {
            const ID: u32 = 0x628f97ca;
            const NAME: &'static str = "ping.bare";
        }
        impl ::telewire::tl::Serialize for Bare {
            fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
                ::telewire::tl::codec::write_word(0x628f97ca, out);
                let _ = out;
            }
        }
        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for Bare {
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
                r.expect_id(0x628f97ca, "ping.bare")?;
                let _ = r;
                ::core::option::Option::Some(Self)
            }
        }
        impl ::telewire::tl::Function for Bare {
            type Return = ::std::vec::Vec<
                ::telewire::tl::Bare<super::super::types::Pong>,
            >;
            const REPEAT: ::telewire::tl::Repeat = ::telewire::tl::Repeat::Once;
        }
    }
}
