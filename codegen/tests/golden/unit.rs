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
    impl ::telewire::tl::Serialize for Nothing {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Nothing {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
}
