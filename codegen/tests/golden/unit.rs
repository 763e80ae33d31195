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
    &[(0x57665865, "nothing = Nothing")],
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
    /// Constructor [nothing](https://core.telegram.org/constructor/nothing).
    ///
    /// ```tl
    /// nothing#57665865 = Nothing;
    /// ```
    #[derive(Clone)]
    pub struct Nothing;

    impl Nothing {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            Self
        }
    }

    impl ::telewire::tl::Serialize for Nothing {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x57665865, out);
        }
    }

    impl ::telewire::tl::Deserialize for Nothing {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x57665865, "nothing");
            r.end(outer);
            Some(Self)
        }
    }

    impl ::telewire::tl::Identifiable for Nothing {
        const ID: u32 = 0x57665865;
        const NAME: &'static str = "nothing";
    }

    impl ::core::fmt::Debug for Nothing {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Nothing {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Nothing
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Nothing
}
