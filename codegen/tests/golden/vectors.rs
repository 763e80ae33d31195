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
        (0xbef912a1, "lines a:Vector<long> b:Vector<Point> c:vector<point> d:vector<%Point> e:vector<Point> f:Vector<Vector<Point>> g:Vector<%Point> = Lines"),
        (0xe3fe70f4, "point x:int y:int = Point"),
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
    /// Constructor [point](https://core.telegram.org/constructor/point).
    ///
    /// ```tl
    /// point#e3fe70f4 x:int y:int = Point;
    /// ```
    #[derive(Clone)]
    pub struct Point {
        /// `x:int`
        pub x: i32,
        /// `y:int`
        pub y: i32,
    }

    impl Point {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(x: i32, y: i32) -> Self {
            Self { x, y }
        }
    }

    impl ::telewire::tl::Serialize for Point {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(&[0xe3fe70f4, self.x as u32, self.y as u32], out);
        }
    }

    impl ::telewire::tl::Deserialize for Point {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xe3fe70f4, "point");
            let [low0, low1] = r.words();
            let v0 = low0 as i32;
            let v1 = low1 as i32;
            r.end(outer);
            Some(Self { x: v0, y: v1 })
        }
    }

    impl ::telewire::tl::Identifiable for Point {
        const ID: u32 = 0xe3fe70f4;
        const NAME: &'static str = "point";
    }

    impl ::core::fmt::Debug for Point {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Point {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [lines](https://core.telegram.org/constructor/lines).
    ///
    /// ```tl
    /// lines#bef912a1 a:Vector<long> b:Vector<Point> c:vector<point> d:vector<%Point>
    ///     e:vector<Point> f:Vector<Vector<Point>> g:Vector<%Point> = Lines;
    /// ```
    #[derive(Clone)]
    pub struct Lines {
        /// `a:Vector<long>`
        pub a: Vec<i64>,
        /// `b:Vector<Point>`
        pub b: Vec<super::types::Point>,
        /// `c:vector<point>`
        pub c: ::telewire::tl::BareVec<::telewire::tl::Bare<super::types::Point>>,
        /// `d:vector<%Point>`
        pub d: ::telewire::tl::BareVec<::telewire::tl::Bare<super::types::Point>>,
        /// `e:vector<Point>`
        pub e: ::telewire::tl::BareVec<super::types::Point>,
        /// `f:Vector<Vector<Point>>`
        pub f: Vec<Vec<super::types::Point>>,
        /// `g:Vector<%Point>`
        pub g: Vec<::telewire::tl::Bare<super::types::Point>>,
    }

    impl Lines {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(
            a: Vec<i64>,
            b: Vec<super::types::Point>,
            c: ::telewire::tl::BareVec<::telewire::tl::Bare<super::types::Point>>,
            d: ::telewire::tl::BareVec<::telewire::tl::Bare<super::types::Point>>,
            e: ::telewire::tl::BareVec<super::types::Point>,
            f: Vec<Vec<super::types::Point>>,
            g: Vec<::telewire::tl::Bare<super::types::Point>>,
        ) -> Self {
            Self { a, b, c, d, e, f, g }
        }
    }

    impl ::telewire::tl::Serialize for Lines {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xbef912a1, out);
            ::telewire::tl::Serialize::serialize(&self.a, out);
            ::telewire::tl::Serialize::serialize(&self.b, out);
            ::telewire::tl::Serialize::serialize(&self.c, out);
            ::telewire::tl::Serialize::serialize(&self.d, out);
            ::telewire::tl::Serialize::serialize(&self.e, out);
            ::telewire::tl::Serialize::serialize(&self.f, out);
            ::telewire::tl::Serialize::serialize(&self.g, out);
        }
    }

    impl ::telewire::tl::Deserialize for Lines {
        const MIN_LEN: usize = 48;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xbef912a1, "lines");
            let v0 = ::telewire::tl::codec::read_vector(r);
            let v1 = ::telewire::tl::codec::read_vector(r);
            let v2 = ::telewire::tl::Deserialize::read(r)?;
            let v3 = ::telewire::tl::Deserialize::read(r)?;
            let v4 = ::telewire::tl::Deserialize::read(r)?;
            let v5 = ::telewire::tl::codec::read_vector(r);
            let v6 = ::telewire::tl::codec::read_vector(r);
            r.end(outer);
            Some(Self { a: v0, b: v1, c: v2, d: v3, e: v4, f: v5, g: v6 })
        }
    }

    impl ::telewire::tl::Identifiable for Lines {
        const ID: u32 = 0xbef912a1;
        const NAME: &'static str = "lines";
    }

    impl ::core::fmt::Debug for Lines {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Lines {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Point,
    types::Lines
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Point,
    types::Lines
}
