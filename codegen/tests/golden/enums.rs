///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(
        &[
            (0x2adcbee9, "canvas"),
            (0x5600e8f2, "shapeDot"),
            (0x6d04284e, "shape"),
            (0xda280636, "shapeBox"),
            (0xee6970fb, "shapeEmpty"),
        ],
        id,
    )
}
///A struct for each constructor.
pub mod types {
    /**Constructor [shapeEmpty](https://core.telegram.org/constructor/shapeEmpty).

```tl
shapeEmpty#ee6970fb = Shape;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct ShapeEmpty;
    impl ::telewire::tl::Identifiable for ShapeEmpty {
        const ID: u32 = 0xee6970fb;
        const NAME: &'static str = "shapeEmpty";
    }
    impl ::telewire::tl::Constructor for ShapeEmpty {
        const MIN_LEN: usize = 0usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            let _ = out;
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let _ = r;
            ::core::option::Option::Some(Self)
        }
    }
    impl ::telewire::tl::Serialize for ShapeEmpty {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for ShapeEmpty {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [shapeDot](https://core.telegram.org/constructor/shapeDot).

```tl
shapeDot#5600e8f2 at:long = Shape;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct ShapeDot {
        ///`at:long`
        pub at: i64,
    }
    impl ::telewire::tl::Identifiable for ShapeDot {
        const ID: u32 = 0x5600e8f2;
        const NAME: &'static str = "shapeDot";
    }
    impl ::telewire::tl::Constructor for ShapeDot {
        const MIN_LEN: usize = 8usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.at, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("shapeDot");
            let v0 = r.long();
            r.leave(outer);
            ::core::option::Option::Some(Self { at: v0 })
        }
    }
    impl ::telewire::tl::Serialize for ShapeDot {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for ShapeDot {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [shapeBox](https://core.telegram.org/constructor/shapeBox).

```tl
shapeBox#da280636 left:long top:long right:long bottom:long = Shape;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct ShapeBox {
        ///`left:long`
        pub left: i64,
        ///`top:long`
        pub top: i64,
        ///`right:long`
        pub right: i64,
        ///`bottom:long`
        pub bottom: i64,
    }
    impl ::telewire::tl::Identifiable for ShapeBox {
        const ID: u32 = 0xda280636;
        const NAME: &'static str = "shapeBox";
    }
    impl ::telewire::tl::Constructor for ShapeBox {
        const MIN_LEN: usize = 32usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.left, out);
            ::telewire::tl::Serialize::serialize(&self.top, out);
            ::telewire::tl::Serialize::serialize(&self.right, out);
            ::telewire::tl::Serialize::serialize(&self.bottom, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("shapeBox");
            let v0 = r.long();
            let v1 = r.long();
            let v2 = r.long();
            let v3 = r.long();
            r.leave(outer);
            ::core::option::Option::Some(Self {
                left: v0,
                top: v1,
                right: v2,
                bottom: v3,
            })
        }
    }
    impl ::telewire::tl::Serialize for ShapeBox {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for ShapeBox {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [shape](https://core.telegram.org/constructor/shape).

```tl
shape#6d04284e name:string = Shape;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Shape {
        ///`name:string`
        pub name: ::std::string::String,
    }
    impl ::telewire::tl::Identifiable for Shape {
        const ID: u32 = 0x6d04284e;
        const NAME: &'static str = "shape";
    }
    impl ::telewire::tl::Constructor for Shape {
        const MIN_LEN: usize = 4usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.name, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("shape");
            let v0 = r.string();
            r.leave(outer);
            ::core::option::Option::Some(Self { name: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Shape {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Shape {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [canvas](https://core.telegram.org/constructor/canvas).

```tl
canvas#2adcbee9 shape:Shape = Canvas;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Canvas {
        ///`shape:Shape`
        pub shape: super::enums::Shape,
    }
    impl ::telewire::tl::Identifiable for Canvas {
        const ID: u32 = 0x2adcbee9;
        const NAME: &'static str = "canvas";
    }
    impl ::telewire::tl::Constructor for Canvas {
        const MIN_LEN: usize = 4usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.shape, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("canvas");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.leave(outer);
            ::core::option::Option::Some(Self { shape: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Canvas {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Canvas {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
}
///An enum for each type with more than one constructor.
pub mod enums {
    /**Type [Shape](https://core.telegram.org/type/Shape).

```tl
shapeEmpty#ee6970fb = Shape;
shapeDot#5600e8f2 at:long = Shape;
shapeBox#da280636 left:long top:long right:long bottom:long = Shape;
shape#6d04284e name:string = Shape;
```*/
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum Shape {
        ///`shapeEmpty`
        Empty,
        ///`shapeDot`
        Dot(super::types::ShapeDot),
        ///`shapeBox`
        Box(::std::boxed::Box<super::types::ShapeBox>),
        ///`shape`
        Shape(super::types::Shape),
    }
    impl ::telewire::tl::Serialize for Shape {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            match self {
                Self::Empty => ::telewire::tl::codec::write_word(0xee6970fb, out),
                Self::Dot(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Box(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Shape(value) => ::telewire::tl::Serialize::serialize(value, out),
            }
        }
    }
    impl ::telewire::tl::Deserialize for Shape {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(
                match r.constructor_id() {
                    0xee6970fb => Self::Empty,
                    0x5600e8f2 => {
                        Self::Dot(
                            <super::types::ShapeDot as ::telewire::tl::Constructor>::read_bare(
                                r,
                            )?,
                        )
                    }
                    0xda280636 => {
                        Self::Box(
                            ::std::boxed::Box::new(
                                <super::types::ShapeBox as ::telewire::tl::Constructor>::read_bare(
                                    r,
                                )?,
                            ),
                        )
                    }
                    0x6d04284e => {
                        Self::Shape(
                            <super::types::Shape as ::telewire::tl::Constructor>::read_bare(
                                r,
                            )?,
                        )
                    }
                    id => return r.unexpected(id, "Shape"),
                },
            )
        }
    }
    impl ::core::convert::From<super::types::ShapeEmpty> for Shape {
        fn from(_: super::types::ShapeEmpty) -> Self {
            Self::Empty
        }
    }
    impl ::core::convert::From<super::types::ShapeDot> for Shape {
        fn from(value: super::types::ShapeDot) -> Self {
            Self::Dot(value)
        }
    }
    impl ::core::convert::TryFrom<Shape> for super::types::ShapeDot {
        type Error = Shape;
        fn try_from(value: Shape) -> ::core::result::Result<Self, Shape> {
            match value {
                Shape::Dot(value) => ::core::result::Result::Ok(value),
                other => ::core::result::Result::Err(other),
            }
        }
    }
    impl ::core::convert::From<super::types::ShapeBox> for Shape {
        fn from(value: super::types::ShapeBox) -> Self {
            Self::Box(::std::boxed::Box::new(value))
        }
    }
    impl ::core::convert::TryFrom<Shape> for super::types::ShapeBox {
        type Error = Shape;
        fn try_from(value: Shape) -> ::core::result::Result<Self, Shape> {
            match value {
                Shape::Box(value) => ::core::result::Result::Ok(*value),
                other => ::core::result::Result::Err(other),
            }
        }
    }
    impl ::core::convert::From<super::types::Shape> for Shape {
        fn from(value: super::types::Shape) -> Self {
            Self::Shape(value)
        }
    }
    impl ::core::convert::TryFrom<Shape> for super::types::Shape {
        type Error = Shape;
        fn try_from(value: Shape) -> ::core::result::Result<Self, Shape> {
            match value {
                Shape::Shape(value) => ::core::result::Result::Ok(value),
                other => ::core::result::Result::Err(other),
            }
        }
    }
}
