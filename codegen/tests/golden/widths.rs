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
        (0x27bda6c5, "page mode:# count:int after:mode.7?int64 = Page"),
        (0x841601b5, "file id:int32 size:int53 unique:int64 parts:vector<int53> = File"),
        (0x9bdd8f1a, "error code:int32 message:string = Error"),
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
    /// Constructor [error](https://core.telegram.org/constructor/error).
    ///
    /// ```tl
    /// error#9bdd8f1a code:int32 message:string = Error;
    /// ```
    #[derive(Clone)]
    pub struct Error {
        /// `code:int32`
        pub code: i32,
        /// `message:string`
        pub message: String,
    }

    impl Error {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(code: i32, message: String) -> Self {
            Self { code, message }
        }
    }

    impl ::telewire::tl::Serialize for Error {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(&[0x9bdd8f1a, self.code as u32], out);
            ::telewire::tl::Serialize::serialize(&self.message, out);
        }
    }

    impl ::telewire::tl::Deserialize for Error {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x9bdd8f1a, "error");
            let v0 = r.int();
            let v1 = r.string();
            r.end(outer);
            Some(Self { code: v0, message: v1 })
        }
    }

    impl ::telewire::tl::Identifiable for Error {
        const ID: u32 = 0x9bdd8f1a;
        const NAME: &'static str = "error";
    }

    impl ::core::fmt::Debug for Error {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Error {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [file](https://core.telegram.org/constructor/file).
    ///
    /// ```tl
    /// file#841601b5 id:int32 size:int53 unique:int64 parts:vector<int53> = File;
    /// ```
    #[derive(Clone)]
    pub struct File {
        /// `id:int32`
        pub id: i32,
        /// `size:int53`
        pub size: i64,
        /// `unique:int64`
        pub unique: i64,
        /// `parts:vector<int53>`
        pub parts: ::telewire::tl::BareVec<i64>,
    }

    impl File {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(id: i32, size: i64, unique: i64, parts: ::telewire::tl::BareVec<i64>) -> Self {
            Self { id, size, unique, parts }
        }
    }

    impl ::telewire::tl::Serialize for File {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0x841601b5,
                    self.id as u32,
                    ::telewire::tl::codec::halves(self.size)[0],
                    ::telewire::tl::codec::halves(self.size)[1],
                    ::telewire::tl::codec::halves(self.unique)[0],
                    ::telewire::tl::codec::halves(self.unique)[1],
                ],
                out,
            );
            ::telewire::tl::Serialize::serialize(&self.parts, out);
        }
    }

    impl ::telewire::tl::Deserialize for File {
        const MIN_LEN: usize = 28;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x841601b5, "file");
            let [low0, low1, high1, low2, high2] = r.words();
            let v0 = low0 as i32;
            let v1 = ::telewire::tl::codec::long(low1, high1);
            let v2 = ::telewire::tl::codec::long(low2, high2);
            let v3 = ::telewire::tl::Deserialize::read(r)?;
            r.end(outer);
            Some(Self { id: v0, size: v1, unique: v2, parts: v3 })
        }
    }

    impl ::telewire::tl::Identifiable for File {
        const ID: u32 = 0x841601b5;
        const NAME: &'static str = "file";
    }

    impl ::core::fmt::Debug for File {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for File {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [page](https://core.telegram.org/constructor/page).
    ///
    /// ```tl
    /// page#27bda6c5 mode:# count:int after:mode.7?int64 = Page;
    /// ```
    #[derive(Clone)]
    pub struct Page {
        /// `count:int`
        pub count: i32,
        /// `after:mode.7?int64`
        pub after: Option<i64>,
    }

    impl Page {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(count: i32) -> Self {
            Self { count, after: None }
        }
    }

    impl ::telewire::tl::Serialize for Page {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(&[0x27bda6c5, 0, self.count as u32], out);
            ::telewire::tl::codec::write_optional(&self.after, place0, 0x00000080, out);
        }
    }

    impl ::telewire::tl::Deserialize for Page {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x27bda6c5, "page");
            let [word0, low0] = r.words();
            let v0 = low0 as i32;
            let v1 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000080 != 0);
            r.end(outer);
            Some(Self { count: v0, after: v1 })
        }
    }

    impl ::telewire::tl::Identifiable for Page {
        const ID: u32 = 0x27bda6c5;
        const NAME: &'static str = "page";
    }

    impl ::core::fmt::Debug for Page {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Page {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Error,
    types::File,
    types::Page
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Error,
    types::File,
    types::Page
}
