///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(&[(0xda2e5fb0, "token")], id)
}
///A struct for each constructor.
pub mod types {
    /**Constructor [token](https://core.telegram.org/constructor/token).

```tl
token#da2e5fb0 type:string self:long final:Bool static:int loop:int srp_B:bytes M1:bytes crate:int async:int r:int out:int value:int = Token;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Token {
        ///`type:string`
        pub r#type: ::std::string::String,
        ///`self:long`
        pub self_: i64,
        ///`final:Bool`
        pub r#final: bool,
        ///`static:int`
        pub r#static: i32,
        ///`loop:int`
        pub r#loop: i32,
        ///`srp_B:bytes`
        pub srp_b: ::telewire::tl::Bytes,
        ///`M1:bytes`
        pub m1: ::telewire::tl::Bytes,
        ///`crate:int`
        pub crate_: i32,
        ///`async:int`
        pub r#async: i32,
        ///`r:int`
        pub r: i32,
        ///`out:int`
        pub out: i32,
        ///`value:int`
        pub value: i32,
    }
    impl ::telewire::tl::Identifiable for Token {
        const ID: u32 = 0xda2e5fb0;
        const NAME: &'static str = "token";
    }
    impl ::telewire::tl::Constructor for Token {
        const MIN_LEN: usize = 52usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.r#type, out);
            ::telewire::tl::Serialize::serialize(&self.self_, out);
            ::telewire::tl::Serialize::serialize(&self.r#final, out);
            ::telewire::tl::Serialize::serialize(&self.r#static, out);
            ::telewire::tl::Serialize::serialize(&self.r#loop, out);
            ::telewire::tl::Serialize::serialize(&self.srp_b, out);
            ::telewire::tl::Serialize::serialize(&self.m1, out);
            ::telewire::tl::Serialize::serialize(&self.crate_, out);
            ::telewire::tl::Serialize::serialize(&self.r#async, out);
            ::telewire::tl::Serialize::serialize(&self.r, out);
            ::telewire::tl::Serialize::serialize(&self.out, out);
            ::telewire::tl::Serialize::serialize(&self.value, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("token");
            let v0 = r.string();
            let v1 = r.long();
            let v2 = r.boolean();
            let v3 = r.int();
            let v4 = r.int();
            let v5 = r.bytes();
            let v6 = r.bytes();
            let v7 = r.int();
            let v8 = r.int();
            let v9 = r.int();
            let v10 = r.int();
            let v11 = r.int();
            r.leave(outer);
            ::core::option::Option::Some(Self {
                r#type: v0,
                self_: v1,
                r#final: v2,
                r#static: v3,
                r#loop: v4,
                srp_b: v5,
                m1: v6,
                crate_: v7,
                r#async: v8,
                r: v9,
                out: v10,
                value: v11,
            })
        }
    }
    impl ::telewire::tl::Serialize for Token {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Token {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
}
