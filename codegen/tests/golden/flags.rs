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
    &[(0xe5c9ac25, "post flags:# pinned:flags.0?true title:flags.1?string silent:flags.31?true date:int views:flags.2?Vector<int> ok:flags.3?Bool = Post")],
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
    /// Constructor [post](https://core.telegram.org/constructor/post).
    ///
    /// ```tl
    /// post#e5c9ac25 flags:# pinned:flags.0?true title:flags.1?string silent:flags.31?true
    ///     date:int views:flags.2?Vector<int> ok:flags.3?Bool = Post;
    /// ```
    #[derive(Clone)]
    pub struct Post {
        /// `pinned:flags.0?true`
        pub pinned: bool,
        /// `title:flags.1?string`
        pub title: Option<String>,
        /// `silent:flags.31?true`
        pub silent: bool,
        /// `date:int`
        pub date: i32,
        /// `views:flags.2?Vector<int>`
        pub views: Option<Vec<i32>>,
        /// `ok:flags.3?Bool`
        pub ok: Option<bool>,
    }

    impl Post {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(date: i32) -> Self {
            Self { pinned: false, title: None, silent: false, date, views: None, ok: None }
        }
    }

    impl ::telewire::tl::Serialize for Post {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(
                &[0xe5c9ac25, self.pinned as u32 | (self.silent as u32) << 31],
                out,
            );
            ::telewire::tl::codec::write_optional(&self.title, place0, 0x00000002, out);
            ::telewire::tl::codec::write_word(self.date as u32, out);
            ::telewire::tl::codec::write_optional(&self.views, place0, 0x00000004, out);
            ::telewire::tl::codec::write_optional(&self.ok, place0, 0x00000008, out);
        }
    }

    impl ::telewire::tl::Deserialize for Post {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xe5c9ac25, "post");
            let word0 = r.word();
            let v1 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000002 != 0);
            let v3 = r.int();
            let v4 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000004 != 0);
            let v5 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000008 != 0);
            r.end(outer);
            Some(Self {
                pinned: word0 & 0x00000001 != 0,
                title: v1,
                silent: word0 & 0x80000000 != 0,
                date: v3,
                views: v4,
                ok: v5,
            })
        }
    }

    impl ::telewire::tl::Identifiable for Post {
        const ID: u32 = 0xe5c9ac25;
        const NAME: &'static str = "post";
    }

    impl ::core::fmt::Debug for Post {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Post {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Post
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Post
}
