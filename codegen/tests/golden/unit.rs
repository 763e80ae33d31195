///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(&[(0x57665865, "nothing")], id)
}
///A struct for each constructor.
pub mod types {
    /**Constructor [nothing](https://core.telegram.org/constructor/nothing).

```tl
nothing#57665865 = Nothing;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Nothing;
    impl ::telewire::tl::Identifiable for Nothing {
        const ID: u32 = 0x57665865;
        const NAME: &'static str = "nothing";
    }
    impl ::telewire::tl::Constructor for Nothing {
        const MIN_LEN: usize = 0usize;
        fn serialize_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            let _ = out;
        }
        fn deserialize_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            let _ = r;
            ::core::result::Result::Ok(Self)
        }
    }
    impl ::telewire::tl::Serialize for Nothing {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::serialize_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Nothing {
        fn deserialize(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::result::Result<Self, ::telewire::tl::DecodeError> {
            ::telewire::tl::codec::deserialize_boxed(r)
        }
    }
}
