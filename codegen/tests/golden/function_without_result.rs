///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(&[(0x9299359f, "http_wait")], id)
}
///A struct for each function, to be sent as a request.
pub mod functions {
    /**Function [http_wait](https://core.telegram.org/method/http_wait).

```tl
http_wait#9299359f max_delay:int wait_after:int max_wait:int = HttpWait;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct HttpWait {
        ///`max_delay:int`
        pub max_delay: i32,
        ///`wait_after:int`
        pub wait_after: i32,
        ///`max_wait:int`
        pub max_wait: i32,
    }
    impl ::telewire::tl::Identifiable for HttpWait {
        const ID: u32 = 0x9299359f;
        const NAME: &'static str = "http_wait";
    }
    impl ::telewire::tl::Serialize for HttpWait {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_word(0x9299359f, out);
            ::telewire::tl::Serialize::serialize(&self.max_delay, out);
            ::telewire::tl::Serialize::serialize(&self.wait_after, out);
            ::telewire::tl::Serialize::serialize(&self.max_wait, out);
        }
    }
    #[cfg(any(test, feature = "server"))]
    impl ::telewire::tl::Deserialize for HttpWait {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            r.expect_id(0x9299359f, "http_wait")?;
            let v0 = r.int();
            let v1 = r.int();
            let v2 = r.int();
            ::core::option::Option::Some(Self {
                max_delay: v0,
                wait_after: v1,
                max_wait: v2,
            })
        }
    }
    impl ::telewire::tl::Function for HttpWait {
        type Return = ::telewire::tl::NoResult;
        const REPEAT: ::telewire::tl::Repeat = ::telewire::tl::Repeat::Once;
    }
}
