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
    &[(0x00ec2da3, "all a:int b:long c:double d:string e:bytes f:int128 g:int256 h:int512 i:Bool = All")],
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
    /// Constructor [all](https://core.telegram.org/constructor/all).
    ///
    /// ```tl
    /// all#00ec2da3 a:int b:long c:double d:string e:bytes f:int128 g:int256 h:int512 i:Bool
    ///     = All;
    /// ```
    #[derive(Clone)]
    pub struct All {
        /// `a:int`
        pub a: i32,
        /// `b:long`
        pub b: i64,
        /// `c:double`
        pub c: f64,
        /// `d:string`
        pub d: String,
        /// `e:bytes`
        pub e: ::telewire::tl::Bytes,
        /// `f:int128`
        pub f: [u8; 16],
        /// `g:int256`
        pub g: [u8; 32],
        /// `h:int512`
        pub h: [u8; 64],
        /// `i:Bool`
        pub i: bool,
    }

    impl All {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(
            a: i32,
            b: i64,
            c: f64,
            d: String,
            e: ::telewire::tl::Bytes,
            f: [u8; 16],
            g: [u8; 32],
            h: [u8; 64],
            i: bool,
        ) -> Self {
            Self { a, b, c, d, e, f, g, h, i }
        }
    }

    impl ::telewire::tl::Serialize for All {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0x00ec2da3,
                    self.a as u32,
                    ::telewire::tl::codec::halves(self.b)[0],
                    ::telewire::tl::codec::halves(self.b)[1],
                    ::telewire::tl::codec::halves(self.c.to_bits() as i64)[0],
                    ::telewire::tl::codec::halves(self.c.to_bits() as i64)[1],
                ],
                out,
            );
            ::telewire::tl::Serialize::serialize(&self.d, out);
            ::telewire::tl::Serialize::serialize(&self.e, out);
            ::telewire::tl::Serialize::serialize(&self.f, out);
            ::telewire::tl::Serialize::serialize(&self.g, out);
            ::telewire::tl::Serialize::serialize(&self.h, out);
            ::telewire::tl::Serialize::serialize(&self.i, out);
        }
    }

    impl ::telewire::tl::Deserialize for All {
        const MIN_LEN: usize = 148;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x00ec2da3, "all");
            let [low0, low1, high1, low2, high2] = r.words();
            let v0 = low0 as i32;
            let v1 = ::telewire::tl::codec::long(low1, high1);
            let v2 = f64::from_bits(::telewire::tl::codec::long(low2, high2) as u64);
            let v3 = r.string();
            let v4 = r.bytes();
            let v5 = r.wide();
            let v6 = r.wide();
            let v7 = r.wide();
            let v8 = r.boolean();
            r.end(outer);
            Some(Self { a: v0, b: v1, c: v2, d: v3, e: v4, f: v5, g: v6, h: v7, i: v8 })
        }
    }

    impl ::telewire::tl::Identifiable for All {
        const ID: u32 = 0x00ec2da3;
        const NAME: &'static str = "all";
    }

    impl ::core::fmt::Debug for All {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for All {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::All
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::All
}
