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
        (0x2adcbee9, "canvas shape:Shape = Canvas"),
        (0x5600e8f2, "shapeDot at:long = Shape"),
        (0x6d04284e, "shape name:string = Shape"),
        (0x9f87426d, "shapeBox left:long top:long right:long bottom:long depth:long = Shape"),
        (0xee6970fb, "shapeEmpty = Shape"),
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
    /// Constructor [shapeEmpty](https://core.telegram.org/constructor/shapeEmpty).
    ///
    /// ```tl
    /// shapeEmpty#ee6970fb = Shape;
    /// ```
    #[derive(Clone)]
    pub struct ShapeEmpty;

    impl ShapeEmpty {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            Self
        }
    }

    impl ::telewire::tl::Serialize for ShapeEmpty {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xee6970fb, out);
        }
    }

    impl ::telewire::tl::Deserialize for ShapeEmpty {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xee6970fb, "shapeEmpty");
            r.end(outer);
            Some(Self)
        }
    }

    impl ::telewire::tl::Identifiable for ShapeEmpty {
        const ID: u32 = 0xee6970fb;
        const NAME: &'static str = "shapeEmpty";
    }

    impl ::core::fmt::Debug for ShapeEmpty {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for ShapeEmpty {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [shapeDot](https://core.telegram.org/constructor/shapeDot).
    ///
    /// ```tl
    /// shapeDot#5600e8f2 at:long = Shape;
    /// ```
    #[derive(Clone)]
    pub struct ShapeDot {
        /// `at:long`
        pub at: i64,
    }

    impl ShapeDot {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(at: i64) -> Self {
            Self { at }
        }
    }

    impl ::telewire::tl::Serialize for ShapeDot {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0x5600e8f2,
                    ::telewire::tl::codec::halves(self.at)[0],
                    ::telewire::tl::codec::halves(self.at)[1],
                ],
                out,
            );
        }
    }

    impl ::telewire::tl::Deserialize for ShapeDot {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x5600e8f2, "shapeDot");
            let v0 = r.long();
            r.end(outer);
            Some(Self { at: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for ShapeDot {
        const ID: u32 = 0x5600e8f2;
        const NAME: &'static str = "shapeDot";
    }

    impl ::core::fmt::Debug for ShapeDot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for ShapeDot {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [shapeBox](https://core.telegram.org/constructor/shapeBox).
    ///
    /// ```tl
    /// shapeBox#9f87426d left:long top:long right:long bottom:long depth:long = Shape;
    /// ```
    #[derive(Clone)]
    pub struct ShapeBox {
        /// `left:long`
        pub left: i64,
        /// `top:long`
        pub top: i64,
        /// `right:long`
        pub right: i64,
        /// `bottom:long`
        pub bottom: i64,
        /// `depth:long`
        pub depth: i64,
    }

    impl ShapeBox {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(left: i64, top: i64, right: i64, bottom: i64, depth: i64) -> Self {
            Self { left, top, right, bottom, depth }
        }
    }

    impl ::telewire::tl::Serialize for ShapeBox {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0x9f87426d,
                    ::telewire::tl::codec::halves(self.left)[0],
                    ::telewire::tl::codec::halves(self.left)[1],
                    ::telewire::tl::codec::halves(self.top)[0],
                    ::telewire::tl::codec::halves(self.top)[1],
                    ::telewire::tl::codec::halves(self.right)[0],
                    ::telewire::tl::codec::halves(self.right)[1],
                    ::telewire::tl::codec::halves(self.bottom)[0],
                    ::telewire::tl::codec::halves(self.bottom)[1],
                ],
                out,
            );
            ::telewire::tl::codec::write_words(
                &[
                    ::telewire::tl::codec::halves(self.depth)[0],
                    ::telewire::tl::codec::halves(self.depth)[1],
                ],
                out,
            );
        }
    }

    impl ::telewire::tl::Deserialize for ShapeBox {
        const MIN_LEN: usize = 44;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x9f87426d, "shapeBox");
            let [low0, high0, low1, high1, low2, high2, low3, high3] = r.words();
            let v0 = ::telewire::tl::codec::long(low0, high0);
            let v1 = ::telewire::tl::codec::long(low1, high1);
            let v2 = ::telewire::tl::codec::long(low2, high2);
            let v3 = ::telewire::tl::codec::long(low3, high3);
            let v4 = r.long();
            r.end(outer);
            Some(Self { left: v0, top: v1, right: v2, bottom: v3, depth: v4 })
        }
    }

    impl ::telewire::tl::Identifiable for ShapeBox {
        const ID: u32 = 0x9f87426d;
        const NAME: &'static str = "shapeBox";
    }

    impl ::core::fmt::Debug for ShapeBox {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for ShapeBox {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [shape](https://core.telegram.org/constructor/shape).
    ///
    /// ```tl
    /// shape#6d04284e name:string = Shape;
    /// ```
    #[derive(Clone)]
    pub struct Shape {
        /// `name:string`
        pub name: String,
    }

    impl Shape {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(name: String) -> Self {
            Self { name }
        }
    }

    impl ::telewire::tl::Serialize for Shape {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x6d04284e, out);
            ::telewire::tl::Serialize::serialize(&self.name, out);
        }
    }

    impl ::telewire::tl::Deserialize for Shape {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x6d04284e, "shape");
            let v0 = r.string();
            r.end(outer);
            Some(Self { name: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Shape {
        const ID: u32 = 0x6d04284e;
        const NAME: &'static str = "shape";
    }

    impl ::core::fmt::Debug for Shape {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Shape {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [canvas](https://core.telegram.org/constructor/canvas).
    ///
    /// ```tl
    /// canvas#2adcbee9 shape:Shape = Canvas;
    /// ```
    #[derive(Clone)]
    pub struct Canvas {
        /// `shape:Shape`
        pub shape: super::enums::Shape,
    }

    impl Canvas {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(shape: super::enums::Shape) -> Self {
            Self { shape }
        }
    }

    impl ::telewire::tl::Serialize for Canvas {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x2adcbee9, out);
            ::telewire::tl::Serialize::serialize(&self.shape, out);
        }
    }

    impl ::telewire::tl::Deserialize for Canvas {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x2adcbee9, "canvas");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            Some(Self { shape: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Canvas {
        const ID: u32 = 0x2adcbee9;
        const NAME: &'static str = "canvas";
    }

    impl ::core::fmt::Debug for Canvas {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Canvas {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

/// An enum for each type with more than one constructor.
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
pub mod enums {
    /// Type [Shape](https://core.telegram.org/type/Shape).
    ///
    /// ```tl
    /// shapeEmpty#ee6970fb = Shape;
    /// shapeDot#5600e8f2 at:long = Shape;
    /// shapeBox#9f87426d left:long top:long right:long bottom:long depth:long = Shape;
    /// shape#6d04284e name:string = Shape;
    /// ```
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum Shape {
        /// `shapeEmpty`
        ShapeEmpty,
        /// `shapeDot`
        ShapeDot(super::types::ShapeDot),
        /// `shapeBox`
        ShapeBox(Box<super::types::ShapeBox>),
        /// `shape`
        Shape(super::types::Shape),
    }

    impl ::telewire::tl::Serialize for Shape {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            match self {
                Self::ShapeEmpty => ::telewire::tl::codec::write_word(0xee6970fb, out),
                Self::ShapeDot(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::ShapeBox(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Shape(value) => ::telewire::tl::Serialize::serialize(value, out),
            }
        }
    }

    impl ::telewire::tl::Deserialize for Shape {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            Some(match r.peek_id() {
                0xee6970fb => {
                    r.skip_id();
                    Self::ShapeEmpty
                }
                0x5600e8f2 => Self::ShapeDot(
                    <super::types::ShapeDot as ::telewire::tl::Deserialize>::read(r)?,
                ),
                0x9f87426d => Self::ShapeBox(Box::new(
                    <super::types::ShapeBox as ::telewire::tl::Deserialize>::read(r)?,
                )),
                0x6d04284e => {
                    Self::Shape(<super::types::Shape as ::telewire::tl::Deserialize>::read(r)?)
                }
                id => {
                    r.skip_id();
                    r.unexpected(id, "Shape");
                    return None;
                }
            })
        }
    }

    impl ::core::fmt::Debug for Shape {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Shape {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl From<super::types::ShapeEmpty> for Shape {
        #[inline]
        fn from(_: super::types::ShapeEmpty) -> Self {
            Self::ShapeEmpty
        }
    }

    impl ::core::convert::TryFrom<Shape> for super::types::ShapeEmpty {
        type Error = Shape;

        #[inline]
        fn try_from(value: Shape) -> Result<Self, Shape> {
            match value {
                Shape::ShapeEmpty => Ok(Self),
                other => Err(other),
            }
        }
    }

    impl From<super::types::ShapeDot> for Shape {
        #[inline]
        fn from(value: super::types::ShapeDot) -> Self {
            Self::ShapeDot(value)
        }
    }

    impl ::core::convert::TryFrom<Shape> for super::types::ShapeDot {
        type Error = Shape;

        #[inline]
        fn try_from(value: Shape) -> Result<Self, Shape> {
            match value {
                Shape::ShapeDot(value) => Ok(value),
                other => Err(other),
            }
        }
    }

    impl From<super::types::ShapeBox> for Shape {
        #[inline]
        fn from(value: super::types::ShapeBox) -> Self {
            Self::ShapeBox(Box::new(value))
        }
    }

    impl ::core::convert::TryFrom<Shape> for super::types::ShapeBox {
        type Error = Shape;

        #[inline]
        fn try_from(value: Shape) -> Result<Self, Shape> {
            match value {
                Shape::ShapeBox(value) => Ok(*value),
                other => Err(other),
            }
        }
    }

    impl From<super::types::Shape> for Shape {
        #[inline]
        fn from(value: super::types::Shape) -> Self {
            Self::Shape(value)
        }
    }

    impl ::core::convert::TryFrom<Shape> for super::types::Shape {
        type Error = Shape;

        #[inline]
        fn try_from(value: Shape) -> Result<Self, Shape> {
            match value {
                Shape::Shape(value) => Ok(value),
                other => Err(other),
            }
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::ShapeEmpty,
    types::ShapeDot,
    types::ShapeBox,
    types::Shape,
    types::Canvas,
    enums::Shape
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::ShapeEmpty,
    types::ShapeDot,
    types::ShapeBox,
    types::Shape,
    types::Canvas,
    enums::Shape
}
