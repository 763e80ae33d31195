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
        (0x29c1636d, "msg_container messages:vector<%Message> = MessageContainer"),
        (0x5bb8e511, "message msg_id:long seqno:int bytes:@ body:Object@bytes = Message"),
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
    /// Constructor [message](https://core.telegram.org/constructor/message).
    ///
    /// ```tl
    /// message#5bb8e511 msg_id:long seqno:int bytes:int body:Object = Message;
    /// ```
    #[derive(Clone)]
    pub struct Message {
        /// `msg_id:long`
        pub msg_id: i64,
        /// `seqno:int`
        pub seqno: i32,
        /// `body:Object`
        pub body: ::telewire::tl::Object,
    }

    impl Message {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(msg_id: i64, seqno: i32, body: ::telewire::tl::Object) -> Self {
            Self { msg_id, seqno, body }
        }
    }

    impl ::telewire::tl::Serialize for Message {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0x5bb8e511,
                    ::telewire::tl::codec::halves(self.msg_id)[0],
                    ::telewire::tl::codec::halves(self.msg_id)[1],
                    self.seqno as u32,
                ],
                out,
            );
            ::telewire::tl::codec::write_length(&self.body, out);
            ::telewire::tl::Serialize::serialize(&self.body, out);
        }
    }

    impl ::telewire::tl::Deserialize for Message {
        const MIN_LEN: usize = 20;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x5bb8e511, "message");
            let [low0, high0, low1] = r.words();
            let v0 = ::telewire::tl::codec::long(low0, high0);
            let v1 = low1 as i32;
            let length = r.length();
            let v2 = r.measured_object(length);
            r.end(outer);
            Some(Self { msg_id: v0, seqno: v1, body: v2 })
        }
    }

    impl ::telewire::tl::Identifiable for Message {
        const ID: u32 = 0x5bb8e511;
        const NAME: &'static str = "message";
    }

    impl ::core::fmt::Debug for Message {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Message {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [msg_container](https://core.telegram.org/constructor/msg_container).
    ///
    /// ```tl
    /// msg_container#29c1636d messages:vector<%Message> = MessageContainer;
    /// ```
    #[derive(Clone)]
    pub struct MsgContainer {
        /// `messages:vector<%Message>`
        pub messages: ::telewire::tl::BareVec<::telewire::tl::Bare<super::types::Message>>,
    }

    impl MsgContainer {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(
            messages: ::telewire::tl::BareVec<::telewire::tl::Bare<super::types::Message>>,
        ) -> Self {
            Self { messages }
        }
    }

    impl ::telewire::tl::Serialize for MsgContainer {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x29c1636d, out);
            ::telewire::tl::Serialize::serialize(&self.messages, out);
        }
    }

    impl ::telewire::tl::Deserialize for MsgContainer {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x29c1636d, "msg_container");
            let v0 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            Some(Self { messages: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for MsgContainer {
        const ID: u32 = 0x29c1636d;
        const NAME: &'static str = "msg_container";
    }

    impl ::core::fmt::Debug for MsgContainer {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for MsgContainer {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Message,
    types::MsgContainer
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Message,
    types::MsgContainer
}
