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
    &[(0xcf4d327c, "user flags:# bot:flags.14?true bot_info_version:flags.14?int lat:flags.0?double name:string long:flags.0?double first:flags.1?true second:flags.1?true phone:flags.2?string verified:flags.2?bytes code:flags.2?long = User")],
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
    /// Constructor [user](https://core.telegram.org/constructor/user).
    ///
    /// ```tl
    /// user#cf4d327c flags:# bot:flags.14?true bot_info_version:flags.14?int lat:flags.0?double
    ///     name:string long:flags.0?double first:flags.1?true second:flags.1?true
    ///     phone:flags.2?string verified:flags.2?bytes code:flags.2?long = User;
    /// ```
    #[derive(Clone)]
    pub struct User {
        /// `bot_info_version:flags.14?int`
        pub bot_info_version: Option<i32>,
        /// `lat:flags.0?double long:flags.0?double`
        pub lat: Option<super::groups::UserLat>,
        /// `name:string`
        pub name: String,
        /// `first:flags.1?true`
        pub first: bool,
        /// `phone:flags.2?string verified:flags.2?bytes code:flags.2?long`
        pub phone: Option<Box<super::groups::UserPhone>>,
    }

    impl User {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(name: String) -> Self {
            Self { bot_info_version: None, lat: None, name, first: false, phone: None }
        }

        /// `bot:flags.14?true`
        #[inline]
        pub fn bot(&self) -> bool {
            self.bot_info_version.is_some()
        }

        /// `second:flags.1?true`
        #[inline]
        pub fn second(&self) -> bool {
            self.first
        }
    }

    impl ::telewire::tl::Serialize for User {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(
                &[
                    0xcf4d327c,
                    self.lat.is_some() as u32
                        | (self.first as u32) << 1
                        | (self.phone.is_some() as u32) << 2,
                ],
                out,
            );
            ::telewire::tl::codec::write_optional(&self.bot_info_version, place0, 0x00004000, out);
            if let Some(group) = &self.lat {
                ::telewire::tl::Serialize::serialize(&group.lat, out);
            };
            ::telewire::tl::Serialize::serialize(&self.name, out);
            if let Some(group) = &self.lat {
                ::telewire::tl::Serialize::serialize(&group.long, out);
            };
            if let Some(group) = &self.phone {
                ::telewire::tl::Serialize::serialize(&group.phone, out);
            };
            if let Some(group) = &self.phone {
                ::telewire::tl::Serialize::serialize(&group.verified, out);
            };
            if let Some(group) = &self.phone {
                ::telewire::tl::Serialize::serialize(&group.code, out);
            };
        }
    }

    impl ::telewire::tl::Deserialize for User {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xcf4d327c, "user");
            let word0 = r.word();
            let v0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00004000 != 0);
            let v1_0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            let v2 = r.string();
            let v1_1 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            let v4_0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000004 != 0);
            let v4_1 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000004 != 0);
            let v4_2 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000004 != 0);
            r.end(outer);
            Some(Self {
                bot_info_version: v0,
                lat: match (v1_0, v1_1) {
                    (Some(v1_0), Some(v1_1)) => {
                        Some(super::groups::UserLat { lat: v1_0, long: v1_1 })
                    }
                    _ => None,
                },
                name: v2,
                first: word0 & 0x00000002 != 0,
                phone: match (v4_0, v4_1, v4_2) {
                    (Some(v4_0), Some(v4_1), Some(v4_2)) => Some(Box::new(super::groups::UserPhone {
                        phone: v4_0,
                        verified: v4_1,
                        code: v4_2,
                    })),
                    _ => None,
                },
            })
        }
    }

    impl ::telewire::tl::Identifiable for User {
        const ID: u32 = 0xcf4d327c;
        const NAME: &'static str = "user";
    }

    impl ::core::fmt::Debug for User {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for User {
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
    /// Parameters of `user` that are there together.
    #[derive(Clone, Debug, PartialEq)]
    pub struct UserLat {
        /// `lat:flags.0?double`
        pub lat: f64,
        /// `long:flags.0?double`
        pub long: f64,
    }

    /// Parameters of `user` that are there together.
    #[derive(Clone, Debug, PartialEq)]
    pub struct UserPhone {
        /// `phone:flags.2?string`
        pub phone: String,
        /// `verified:flags.2?bytes`
        pub verified: ::telewire::tl::Bytes,
        /// `code:flags.2?long`
        pub code: i64,
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::User
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::User
}

#[cfg(feature = "serde")]
::telewire::tl::serde::groups! {
    SCHEMA: groups::UserLat: " lat:double long:double" { lat long },
    groups::UserPhone: " phone:string verified:bytes code:long" { phone verified code }
}
