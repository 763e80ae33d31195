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
    &[(0x9299359f, "http_wait max_delay:int wait_after:int max_wait:int = HttpWait")],
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
    /// Function [http_wait](https://core.telegram.org/method/http_wait).
    ///
    /// | returns | nothing: there is no answer |
    /// | --- | --- |
    /// | repeat | `Once`: it is not sent again when nobody knows whether it ran |
    ///
    /// ```tl
    /// http_wait#9299359f max_delay:int wait_after:int max_wait:int = HttpWait;
    /// ```
    #[derive(Clone)]
    pub struct HttpWait {
        /// `max_delay:int`
        pub max_delay: i32,
        /// `wait_after:int`
        pub wait_after: i32,
        /// `max_wait:int`
        pub max_wait: i32,
    }

    impl HttpWait {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(max_delay: i32, wait_after: i32, max_wait: i32) -> Self {
            Self { max_delay, wait_after, max_wait }
        }
    }

    impl ::telewire::tl::Serialize for HttpWait {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[0x9299359f, self.max_delay as u32, self.wait_after as u32, self.max_wait as u32],
                out,
            );
        }
    }

    #[cfg(any(test, feature = "server"))]
    impl ::telewire::tl::Deserialize for HttpWait {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x9299359f, "http_wait");
            let [low0, low1, low2] = r.words();
            let v0 = low0 as i32;
            let v1 = low1 as i32;
            let v2 = low2 as i32;
            r.end(outer);
            Some(Self { max_delay: v0, wait_after: v1, max_wait: v2 })
        }
    }

    impl ::telewire::tl::Function for HttpWait {
        type Return = ::telewire::tl::NoResult;
    }

    impl ::telewire::tl::Identifiable for HttpWait {
        const ID: u32 = 0x9299359f;
        const NAME: &'static str = "http_wait";
    }

    impl ::core::fmt::Debug for HttpWait {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for HttpWait {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: functions::HttpWait
}

#[cfg(all(feature = "serde", any(test, feature = "server")))]
::telewire::tl::serde::deserialize_functions! {
    SCHEMA: functions::HttpWait
}
