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
        (0x3ca89969, "packed flags:# id:flags.0?long body:Object = Packed"),
        (0x7900ac6a, "gzip data:bytes = Object"),
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
    /// Constructor [packed](https://core.telegram.org/constructor/packed).
    ///
    /// ```tl
    /// packed#3ca89969 flags:# id:flags.0?long body:Object = Packed;
    /// ```
    #[derive(Clone)]
    pub struct Packed {
        /// `id:flags.0?long`
        pub id: Option<i64>,
        /// `body:Object`
        pub body: ::telewire::tl::Object,
    }

    impl Packed {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(body: ::telewire::tl::Object) -> Self {
            Self { id: None, body }
        }
    }

    impl ::telewire::tl::Serialize for Packed {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(&[0x3ca89969, 0], out);
            ::telewire::tl::codec::write_optional(&self.id, place0, 0x00000001, out);
            ::telewire::tl::Serialize::serialize(&self.body, out);
        }
    }

    impl ::telewire::tl::Deserialize for Packed {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x3ca89969, "packed");
            let word0 = r.word();
            let v0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            let v1 = r.object();
            r.end(outer);
            Some(Self { id: v0, body: v1 })
        }
    }

    impl ::telewire::tl::Identifiable for Packed {
        const ID: u32 = 0x3ca89969;
        const NAME: &'static str = "packed";
    }

    impl ::core::fmt::Debug for Packed {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Packed {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [gzip](https://core.telegram.org/constructor/gzip).
    ///
    /// ```tl
    /// gzip#7900ac6a data:bytes = Object;
    /// ```
    #[derive(Clone)]
    pub struct Gzip {
        /// `data:bytes`
        pub data: ::telewire::tl::Bytes,
    }

    impl Gzip {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(data: ::telewire::tl::Bytes) -> Self {
            Self { data }
        }
    }

    impl ::telewire::tl::Serialize for Gzip {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x7900ac6a, out);
            ::telewire::tl::Serialize::serialize(&self.data, out);
        }
    }

    impl ::telewire::tl::Deserialize for Gzip {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x7900ac6a, "gzip");
            let v0 = r.bytes();
            r.end(outer);
            Some(Self { data: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Gzip {
        const ID: u32 = 0x7900ac6a;
        const NAME: &'static str = "gzip";
    }

    impl ::core::fmt::Debug for Gzip {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Gzip {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Packed,
    types::Gzip
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Packed,
    types::Gzip
}
