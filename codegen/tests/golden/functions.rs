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
    &[(0xfd0a6541, "pong id:long = Pong")],
    &[
        (0x59c01efa, "ping.count = int"),
        (0x628f97ca, "ping.bare = Vector<%Pong>"),
        (0x6b03e19a, "ping.is_on flags:# loud:flags.0?true = Bool"),
        (0xe1054267, "ping.all ids:Vector<long> = Vector<Pong>"),
        (0xef39dcd8, "ping.send random_id:long text:string = Pong"),
        (0xf376d9c4, "ping id:long = Pong"),
    ],
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
    /// Constructor [pong](https://core.telegram.org/constructor/pong).
    ///
    /// ```tl
    /// pong#fd0a6541 id:long = Pong;
    /// ```
    #[derive(Clone)]
    pub struct Pong {
        /// `id:long`
        pub id: i64,
    }

    impl Pong {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(id: i64) -> Self {
            Self { id }
        }
    }

    impl ::telewire::tl::Serialize for Pong {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0xfd0a6541,
                    ::telewire::tl::codec::halves(self.id)[0],
                    ::telewire::tl::codec::halves(self.id)[1],
                ],
                out,
            );
        }
    }

    impl ::telewire::tl::Deserialize for Pong {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xfd0a6541, "pong");
            let v0 = r.long();
            r.end(outer);
            Some(Self { id: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Pong {
        const ID: u32 = 0xfd0a6541;
        const NAME: &'static str = "pong";
    }

    impl ::core::fmt::Debug for Pong {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Pong {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

/// A struct for each function, to be sent as a request.
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
pub mod functions {
    /// Function [ping](https://core.telegram.org/method/ping).
    ///
    /// | returns | [`Pong`](super::types::Pong) |
    /// | --- | --- |
    /// | called by | not known |
    /// | repeat | `Once`: it is not sent again when nobody knows whether it ran |
    /// | errors, layer 223 | not known |
    ///
    /// ```tl
    /// ping#f376d9c4 id:long = Pong;
    /// ```
    #[derive(Clone)]
    pub struct Ping {
        /// `id:long`
        pub id: i64,
    }

    impl Ping {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(id: i64) -> Self {
            Self { id }
        }
    }

    impl ::telewire::tl::Serialize for Ping {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0xf376d9c4,
                    ::telewire::tl::codec::halves(self.id)[0],
                    ::telewire::tl::codec::halves(self.id)[1],
                ],
                out,
            );
        }
    }

    #[cfg(any(test, feature = "server"))]
    impl ::telewire::tl::Deserialize for Ping {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xf376d9c4, "ping");
            let v0 = r.long();
            r.end(outer);
            Some(Self { id: v0 })
        }
    }

    impl ::telewire::tl::Function for Ping {
        type Return = super::types::Pong;
    }

    impl ::telewire::tl::Identifiable for Ping {
        const ID: u32 = 0xf376d9c4;
        const NAME: &'static str = "ping";
    }

    impl ::core::fmt::Debug for Ping {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Ping {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// The namespace `ping`.
    pub mod ping {
        /// Function [ping.all](https://core.telegram.org/method/ping.all).
        ///
        /// | returns | `Vec` of [`Pong`](super::super::types::Pong) |
        /// | --- | --- |
        /// | called by | not known |
        /// | repeat | `Once`: it is not sent again when nobody knows whether it ran |
        /// | errors, layer 223 | not known |
        ///
        /// ```tl
        /// ping.all#e1054267 ids:Vector<long> = Vector<Pong>;
        /// ```
        #[derive(Clone)]
        pub struct All {
            /// `ids:Vector<long>`
            pub ids: Vec<i64>,
        }

        impl All {
            /// With what is always there, and nothing else.
            #[inline]
            pub fn new(ids: Vec<i64>) -> Self {
                Self { ids }
            }
        }

        impl ::telewire::tl::Serialize for All {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                ::telewire::tl::codec::write_word(0xe1054267, out);
                ::telewire::tl::Serialize::serialize(&self.ids, out);
            }
        }

        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for All {
            #[inline(never)]
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                let outer = r.begin(0xe1054267, "ping.all");
                let v0 = ::telewire::tl::codec::read_vector(r);
                r.end(outer);
                Some(Self { ids: v0 })
            }
        }

        impl ::telewire::tl::Function for All {
            type Return = Vec<super::super::types::Pong>;
        }

        impl ::telewire::tl::Identifiable for All {
            const ID: u32 = 0xe1054267;
            const NAME: &'static str = "ping.all";
        }

        impl ::core::fmt::Debug for All {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                super::super::SCHEMA.debug(self, f)
            }
        }

        impl PartialEq for All {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                ::telewire::tl::codec::equal(self, other)
            }
        }

        /// Function [ping.count](https://core.telegram.org/method/ping.count).
        ///
        /// | returns | `i32` |
        /// | --- | --- |
        /// | called by | users, not bots |
        /// | repeat | `Once`: it is not sent again when nobody knows whether it ran |
        /// | errors, layer 223 | not known |
        ///
        /// ```tl
        /// ping.count#59c01efa = int;
        /// ```
        #[derive(Clone)]
        pub struct Count;

        impl Count {
            /// With what is always there, and nothing else.
            #[inline]
            pub fn new() -> Self {
                Self
            }
        }

        impl ::telewire::tl::Serialize for Count {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                ::telewire::tl::codec::write_word(0x59c01efa, out);
            }
        }

        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for Count {
            #[inline(never)]
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                let outer = r.begin(0x59c01efa, "ping.count");
                r.end(outer);
                Some(Self)
            }
        }

        impl ::telewire::tl::Function for Count {
            type Return = i32;
        }

        impl ::telewire::tl::Identifiable for Count {
            const ID: u32 = 0x59c01efa;
            const NAME: &'static str = "ping.count";
        }

        impl ::core::fmt::Debug for Count {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                super::super::SCHEMA.debug(self, f)
            }
        }

        impl PartialEq for Count {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                ::telewire::tl::codec::equal(self, other)
            }
        }

        /// Function [ping.is_on](https://core.telegram.org/method/ping.is_on).
        ///
        /// | returns | `bool` |
        /// | --- | --- |
        /// | called by | not known |
        /// | repeat | `Once`: it is not sent again when nobody knows whether it ran |
        /// | errors, layer 223 | not known |
        ///
        /// ```tl
        /// ping.is_on#6b03e19a flags:# loud:flags.0?true = Bool;
        /// ```
        #[derive(Clone, Default)]
        pub struct IsOn {
            /// `loud:flags.0?true`
            pub loud: bool,
        }

        impl IsOn {
            /// With what is always there, and nothing else.
            #[inline]
            pub fn new() -> Self {
                <Self as ::core::default::Default>::default()
            }
        }

        impl ::telewire::tl::Serialize for IsOn {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                ::telewire::tl::codec::write_words(&[0x6b03e19a, self.loud as u32], out);
            }
        }

        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for IsOn {
            #[inline(never)]
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                let outer = r.begin(0x6b03e19a, "ping.is_on");
                let word0 = r.word();
                r.end(outer);
                Some(Self { loud: word0 & 0x00000001 != 0 })
            }
        }

        impl ::telewire::tl::Function for IsOn {
            type Return = bool;
        }

        impl ::telewire::tl::Identifiable for IsOn {
            const ID: u32 = 0x6b03e19a;
            const NAME: &'static str = "ping.is_on";
        }

        impl ::core::fmt::Debug for IsOn {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                super::super::SCHEMA.debug(self, f)
            }
        }

        impl PartialEq for IsOn {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                ::telewire::tl::codec::equal(self, other)
            }
        }

        /// Function [ping.send](https://core.telegram.org/method/ping.send).
        ///
        /// | returns | [`Pong`](super::super::types::Pong) |
        /// | --- | --- |
        /// | called by | users and bots |
        /// | repeat | `Keyed`: its `random_id` tells the server that it came before |
        /// | errors, layer 223 | `A_RATHER_LONG_ERROR`, `ANOTHER_ERROR_OF_THIS_LENGTH`, |
        /// | | `PEER_ID_INVALID`, `SLOWMODE_WAIT_X` |
        ///
        /// ```tl
        /// ping.send#ef39dcd8 random_id:long text:string = Pong;
        /// ```
        #[derive(Clone)]
        pub struct Send {
            /// `random_id:long`
            pub random_id: i64,
            /// `text:string`
            pub text: String,
        }

        impl Send {
            /// With what is always there, and nothing else.
            #[inline]
            pub fn new(random_id: i64, text: String) -> Self {
                Self { random_id, text }
            }
        }

        impl ::telewire::tl::Serialize for Send {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                ::telewire::tl::codec::write_words(
                    &[
                        0xef39dcd8,
                        ::telewire::tl::codec::halves(self.random_id)[0],
                        ::telewire::tl::codec::halves(self.random_id)[1],
                    ],
                    out,
                );
                ::telewire::tl::Serialize::serialize(&self.text, out);
            }
        }

        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for Send {
            #[inline(never)]
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                let outer = r.begin(0xef39dcd8, "ping.send");
                let v0 = r.long();
                let v1 = r.string();
                r.end(outer);
                Some(Self { random_id: v0, text: v1 })
            }
        }

        impl ::telewire::tl::Function for Send {
            type Return = super::super::types::Pong;
            const REPEAT: ::telewire::tl::Repeat = ::telewire::tl::Repeat::Keyed;
        }

        impl ::telewire::tl::Identifiable for Send {
            const ID: u32 = 0xef39dcd8;
            const NAME: &'static str = "ping.send";
        }

        impl ::core::fmt::Debug for Send {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                super::super::SCHEMA.debug(self, f)
            }
        }

        impl PartialEq for Send {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                ::telewire::tl::codec::equal(self, other)
            }
        }

        /// Function [ping.bare](https://core.telegram.org/method/ping.bare).
        ///
        /// | returns | `Vec` of `Pong` |
        /// | --- | --- |
        /// | called by | not known |
        /// | repeat | `Once`: it is not sent again when nobody knows whether it ran |
        /// | errors, layer 223 | not known |
        ///
        /// ```tl
        /// ping.bare#628f97ca = Vector<%Pong>;
        /// ```
        #[derive(Clone)]
        pub struct Bare;

        impl Bare {
            /// With what is always there, and nothing else.
            #[inline]
            pub fn new() -> Self {
                Self
            }
        }

        impl ::telewire::tl::Serialize for Bare {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                ::telewire::tl::codec::write_word(0x628f97ca, out);
            }
        }

        #[cfg(any(test, feature = "server"))]
        impl ::telewire::tl::Deserialize for Bare {
            #[inline(never)]
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                let outer = r.begin(0x628f97ca, "ping.bare");
                r.end(outer);
                Some(Self)
            }
        }

        impl ::telewire::tl::Function for Bare {
            type Return = Vec<::telewire::tl::Bare<super::super::types::Pong>>;
        }

        impl ::telewire::tl::Identifiable for Bare {
            const ID: u32 = 0x628f97ca;
            const NAME: &'static str = "ping.bare";
        }

        impl ::core::fmt::Debug for Bare {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                super::super::SCHEMA.debug(self, f)
            }
        }

        impl PartialEq for Bare {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                ::telewire::tl::codec::equal(self, other)
            }
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Pong
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Pong
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: functions::Ping,
    functions::ping::All,
    functions::ping::Count,
    functions::ping::IsOn,
    functions::ping::Send,
    functions::ping::Bare
}

#[cfg(all(feature = "serde", any(test, feature = "server")))]
::telewire::tl::serde::deserialize_functions! {
    SCHEMA: functions::Ping,
    functions::ping::All,
    functions::ping::Count,
    functions::ping::IsOn,
    functions::ping::Send,
    functions::ping::Bare
}
