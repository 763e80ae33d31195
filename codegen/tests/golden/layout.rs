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
        (0x23f8ed83, "card title:string text:string = Card"),
        (0x6e064a05, "wall flags:# card:flags.0?Card first:Card flags2:# a:flags2.0?Card b:flags2.0?Card = Wall"),
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
    /// Constructor [card](https://core.telegram.org/constructor/card).
    ///
    /// ```tl
    /// card#23f8ed83 title:string text:string = Card;
    /// ```
    #[derive(Clone)]
    pub struct Card {
        /// `title:string`
        pub title: String,
        /// `text:string`
        pub text: String,
    }

    impl Card {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(title: String, text: String) -> Self {
            Self { title, text }
        }
    }

    impl ::telewire::tl::Serialize for Card {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x23f8ed83, out);
            ::telewire::tl::Serialize::serialize(&self.title, out);
            ::telewire::tl::Serialize::serialize(&self.text, out);
        }
    }

    impl ::telewire::tl::Deserialize for Card {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x23f8ed83, "card");
            let v0 = r.string();
            let v1 = r.string();
            r.end(outer);
            Some(Self { title: v0, text: v1 })
        }
    }

    impl ::telewire::tl::Identifiable for Card {
        const ID: u32 = 0x23f8ed83;
        const NAME: &'static str = "card";
    }

    impl ::core::fmt::Debug for Card {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Card {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [wall](https://core.telegram.org/constructor/wall).
    ///
    /// ```tl
    /// wall#6e064a05 flags:# card:flags.0?Card first:Card flags2:# a:flags2.0?Card
    ///     b:flags2.0?Card = Wall;
    /// ```
    #[derive(Clone)]
    pub struct Wall {
        /// `card:flags.0?Card`
        pub card: Option<Box<super::types::Card>>,
        /// `first:Card`
        pub first: super::types::Card,
        /// `a:flags2.0?Card b:flags2.0?Card`
        pub a: Option<Box<super::groups::WallA>>,
    }

    impl Wall {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(first: super::types::Card) -> Self {
            Self { card: None, first, a: None }
        }
    }

    impl ::telewire::tl::Serialize for Wall {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(&[0x6e064a05, 0], out);
            ::telewire::tl::codec::write_optional(&self.card, place0, 0x00000001, out);
            ::telewire::tl::Serialize::serialize(&self.first, out);
            ::telewire::tl::codec::write_word(self.a.is_some() as u32, out);
            if let Some(group) = &self.a {
                ::telewire::tl::Serialize::serialize(&group.a, out);
            };
            if let Some(group) = &self.a {
                ::telewire::tl::Serialize::serialize(&group.b, out);
            };
        }
    }

    impl ::telewire::tl::Deserialize for Wall {
        const MIN_LEN: usize = 24;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x6e064a05, "wall");
            let word0 = r.word();
            let v0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            let v1 = ::telewire::tl::Deserialize::read(r)?;
            let word1 = r.word();
            let v2_0 = ::telewire::tl::codec::read_optional(r, word1 & 0x00000001 != 0);
            let v2_1 = ::telewire::tl::codec::read_optional(r, word1 & 0x00000001 != 0);
            r.end(outer);
            Some(Self {
                card: v0,
                first: v1,
                a: match (v2_0, v2_1) {
                    (Some(v2_0), Some(v2_1)) => {
                        Some(Box::new(super::groups::WallA { a: v2_0, b: v2_1 }))
                    }
                    _ => None,
                },
            })
        }
    }

    impl ::telewire::tl::Identifiable for Wall {
        const ID: u32 = 0x6e064a05;
        const NAME: &'static str = "wall";
    }

    impl ::core::fmt::Debug for Wall {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Wall {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

/// A struct for each set of parameters that are there together.
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
pub mod groups {
    /// Parameters of `wall` that are there together.
    #[derive(Clone, Debug, PartialEq)]
    pub struct WallA {
        /// `a:flags2.0?Card`
        pub a: super::types::Card,
        /// `b:flags2.0?Card`
        pub b: super::types::Card,
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Card,
    types::Wall
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Card,
    types::Wall
}

#[cfg(feature = "serde")]
::telewire::tl::serde::groups! {
    SCHEMA: groups::WallA: " a:Card b:Card" { a b }
}
