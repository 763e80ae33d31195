///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(
        &[(0x3ca89969, "packed"), (0x7900ac6a, "gzip")],
        id,
    )
}
///A struct for each constructor.
pub mod types {
    /**Constructor [packed](https://core.telegram.org/constructor/packed).

```tl
packed#3ca89969 flags:# id:flags.0?long body:Object = Packed;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Packed {
        ///`id:flags.0?long`
        pub id: ::core::option::Option<i64>,
        ///`body:Object`
        pub body: ::telewire::tl::Object,
    }
    impl ::telewire::tl::Identifiable for Packed {
        const ID: u32 = 0x3ca89969;
        const NAME: &'static str = "packed";
    }
    impl ::telewire::tl::Constructor for Packed {
        const MIN_LEN: usize = 8usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(self.id.is_some() as u32, out);
            ::telewire::tl::codec::write_optional(&self.id, out);
            ::telewire::tl::Serialize::serialize(&self.body, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("packed");
            let word0 = r.word();
            let v0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            let v1 = r.object();
            r.leave(outer);
            ::core::option::Option::Some(Self { id: v0, body: v1 })
        }
    }
    impl ::telewire::tl::Serialize for Packed {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Packed {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [gzip](https://core.telegram.org/constructor/gzip).

```tl
gzip#7900ac6a data:bytes = Object;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Gzip {
        ///`data:bytes`
        pub data: ::telewire::tl::Bytes,
    }
    impl ::telewire::tl::Identifiable for Gzip {
        const ID: u32 = 0x7900ac6a;
        const NAME: &'static str = "gzip";
    }
    impl ::telewire::tl::Constructor for Gzip {
        const MIN_LEN: usize = 4usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.data, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("gzip");
            let v0 = r.bytes();
            r.leave(outer);
            ::core::option::Option::Some(Self { data: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Gzip {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Gzip {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
}
