///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(
        &[(0x29c1636d, "msg_container"), (0x5bb8e511, "message")],
        id,
    )
}
///A struct for each constructor.
pub mod types {
    /**Constructor [message](https://core.telegram.org/constructor/message).

```tl
message#5bb8e511 msg_id:long seqno:int bytes:int body:Object = Message;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Message {
        ///`msg_id:long`
        pub msg_id: i64,
        ///`seqno:int`
        pub seqno: i32,
        ///`body:Object`
        pub body: ::telewire::tl::Object,
    }
    impl ::telewire::tl::Identifiable for Message {
        const ID: u32 = 0x5bb8e511;
        const NAME: &'static str = "message";
    }
    impl ::telewire::tl::Constructor for Message {
        const MIN_LEN: usize = 20usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.msg_id, out);
            ::telewire::tl::Serialize::serialize(&self.seqno, out);
            ::telewire::tl::codec::write_length(&self.body, out);
            ::telewire::tl::Serialize::serialize(&self.body, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("message");
            let v0 = r.long();
            let v1 = r.int();
            let length = r.length();
            let v2 = r.measured_object(length);
            r.leave(outer);
            ::core::option::Option::Some(Self {
                msg_id: v0,
                seqno: v1,
                body: v2,
            })
        }
    }
    impl ::telewire::tl::Serialize for Message {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Message {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [msg_container](https://core.telegram.org/constructor/msg_container).

```tl
msg_container#29c1636d messages:vector<%Message> = MessageContainer;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct MsgContainer {
        ///`messages:vector<%Message>`
        pub messages: ::telewire::tl::BareVec<
            ::telewire::tl::Bare<super::types::Message>,
        >,
    }
    impl ::telewire::tl::Identifiable for MsgContainer {
        const ID: u32 = 0x29c1636d;
        const NAME: &'static str = "msg_container";
    }
    impl ::telewire::tl::Constructor for MsgContainer {
        const MIN_LEN: usize = 4usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.messages, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("msg_container");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.leave(outer);
            ::core::option::Option::Some(Self { messages: v0 })
        }
    }
    impl ::telewire::tl::Serialize for MsgContainer {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for MsgContainer {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
}
