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
    &[],
    &[
        (0x01650021, "invokeBoth flags:# proxy:flags.0?string quiet:flags.1?true query:!X = X"),
        (0xda9b0d0d, "invokeWithLayer layer:int query:!X = X"),
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
    /// Function [invokeWithLayer](https://core.telegram.org/method/invokeWithLayer).
    ///
    /// | returns | what its query returns |
    /// | --- | --- |
    /// | repeat | as its query |
    ///
    /// ```tl
    /// invokeWithLayer#da9b0d0d {X:Type} layer:int query:!X = X;
    /// ```
    #[derive(Clone)]
    pub struct InvokeWithLayer<X> {
        /// `layer:int`
        pub layer: i32,
        /// `query:!X`
        pub query: X,
    }

    impl<X> InvokeWithLayer<X> {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(layer: i32, query: X) -> Self {
            Self { layer, query }
        }
    }

    impl<X: ::telewire::tl::Serialize> ::telewire::tl::Serialize for InvokeWithLayer<X> {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(&[0xda9b0d0d, self.layer as u32], out);
            ::telewire::tl::Serialize::serialize(&self.query, out);
        }
    }

    #[cfg(any(test, feature = "server"))]
    impl<X: ::telewire::tl::Deserialize> ::telewire::tl::Deserialize for InvokeWithLayer<X> {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xda9b0d0d, "invokeWithLayer");
            let v0 = r.int();
            let v1 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            Some(Self { layer: v0, query: v1 })
        }
    }

    impl<X: ::telewire::tl::Function> ::telewire::tl::Function for InvokeWithLayer<X> {
        type Return = X::Return;
        const REPEAT: ::telewire::tl::Repeat = X::REPEAT;
    }

    impl<X> ::telewire::tl::Identifiable for InvokeWithLayer<X> {
        const ID: u32 = 0xda9b0d0d;
        const NAME: &'static str = "invokeWithLayer";
    }

    impl<X: ::telewire::tl::Serialize> ::core::fmt::Debug for InvokeWithLayer<X> {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl<X: ::telewire::tl::Serialize> PartialEq for InvokeWithLayer<X> {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Function [invokeBoth](https://core.telegram.org/method/invokeBoth).
    ///
    /// | returns | what its query returns |
    /// | --- | --- |
    /// | repeat | as its query |
    ///
    /// ```tl
    /// invokeBoth#01650021 {X:Type} flags:# proxy:flags.0?string quiet:flags.1?true query:!X = X;
    /// ```
    #[derive(Clone)]
    pub struct InvokeBoth<X> {
        /// `proxy:flags.0?string`
        pub proxy: Option<String>,
        /// `quiet:flags.1?true`
        pub quiet: bool,
        /// `query:!X`
        pub query: X,
    }

    impl<X> InvokeBoth<X> {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(query: X) -> Self {
            Self { proxy: None, quiet: false, query }
        }
    }

    impl<X: ::telewire::tl::Serialize> ::telewire::tl::Serialize for InvokeBoth<X> {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(&[0x01650021, (self.quiet as u32) << 1], out);
            ::telewire::tl::codec::write_optional(&self.proxy, place0, 0x00000001, out);
            ::telewire::tl::Serialize::serialize(&self.query, out);
        }
    }

    #[cfg(any(test, feature = "server"))]
    impl<X: ::telewire::tl::Deserialize> ::telewire::tl::Deserialize for InvokeBoth<X> {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x01650021, "invokeBoth");
            let word0 = r.word();
            let v0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            let v2 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            Some(Self { proxy: v0, quiet: word0 & 0x00000002 != 0, query: v2 })
        }
    }

    impl<X: ::telewire::tl::Function> ::telewire::tl::Function for InvokeBoth<X> {
        type Return = X::Return;
        const REPEAT: ::telewire::tl::Repeat = X::REPEAT;
    }

    impl<X> ::telewire::tl::Identifiable for InvokeBoth<X> {
        const ID: u32 = 0x01650021;
        const NAME: &'static str = "invokeBoth";
    }

    impl<X: ::telewire::tl::Serialize> ::core::fmt::Debug for InvokeBoth<X> {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl<X: ::telewire::tl::Serialize> PartialEq for InvokeBoth<X> {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize_generic! {
    SCHEMA: functions::InvokeWithLayer,
    functions::InvokeBoth
}

#[cfg(all(feature = "serde", any(test, feature = "server")))]
::telewire::tl::serde::deserialize_generic! {
    SCHEMA: functions::InvokeWithLayer,
    functions::InvokeBoth
}
