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
    &[(0xbe4eabd5, "poll id:long flags:# closed:flags.0?true flags2:# quiz:flags2.0?true answers:flags2.3?int flags3:# = Poll")],
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
    /// Constructor [poll](https://core.telegram.org/constructor/poll).
    ///
    /// ```tl
    /// poll#be4eabd5 id:long flags:# closed:flags.0?true flags2:# quiz:flags2.0?true
    ///     answers:flags2.3?int flags3:# = Poll;
    /// ```
    #[derive(Clone)]
    pub struct Poll {
        /// `id:long`
        pub id: i64,
        /// `closed:flags.0?true`
        pub closed: bool,
        /// `quiz:flags2.0?true`
        pub quiz: bool,
        /// `answers:flags2.3?int`
        pub answers: Option<i32>,
    }

    impl Poll {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(id: i64) -> Self {
            Self { id, closed: false, quiz: false, answers: None }
        }
    }

    impl ::telewire::tl::Serialize for Poll {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place1 = out.len() + 16;
            ::telewire::tl::codec::write_words(
                &[
                    0xbe4eabd5,
                    ::telewire::tl::codec::halves(self.id)[0],
                    ::telewire::tl::codec::halves(self.id)[1],
                    self.closed as u32,
                    self.quiz as u32,
                ],
                out,
            );
            ::telewire::tl::codec::write_optional(&self.answers, place1, 0x00000008, out);
            ::telewire::tl::codec::write_word(0, out);
        }
    }

    impl ::telewire::tl::Deserialize for Poll {
        const MIN_LEN: usize = 24;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xbe4eabd5, "poll");
            let [low0, high0, word0, word1] = r.words();
            let v0 = ::telewire::tl::codec::long(low0, high0);
            let v3 = ::telewire::tl::codec::read_optional(r, word1 & 0x00000008 != 0);
            r.word();
            r.end(outer);
            Some(Self {
                id: v0,
                closed: word0 & 0x00000001 != 0,
                quiz: word1 & 0x00000001 != 0,
                answers: v3,
            })
        }
    }

    impl ::telewire::tl::Identifiable for Poll {
        const ID: u32 = 0xbe4eabd5;
        const NAME: &'static str = "poll";
    }

    impl ::core::fmt::Debug for Poll {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Poll {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Poll
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Poll
}
