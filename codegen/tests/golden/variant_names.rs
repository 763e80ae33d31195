#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::enum_variant_names,
    clippy::module_inception,
    clippy::nursery,
    clippy::pedantic,
    clippy::too_many_arguments,
    reason = "generated code"
)]
/// The definitions of this schema.
pub static SCHEMA: ::telewire::tl::Schema = ::telewire::tl::Schema::new(
    &[
        (0x31bf0e2a, "peerUser id:long = Peer"),
        (0x74ad6156, "peer64 id:long = Peer"),
        (0xc0518995, "other = Peer"),
        (0xed156ac4, "peerSelf = Peer"),
    ],
    &[],
);

#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::enum_variant_names,
    clippy::module_inception,
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
    clippy::nursery,
    clippy::pedantic,
    clippy::too_many_arguments,
    reason = "generated code"
)]
pub mod types {
    /// Constructor [peerSelf](https://core.telegram.org/constructor/peerSelf).
    ///
    /// ```tl
    /// peerSelf#ed156ac4 = Peer;
    /// ```
    #[derive(Clone, Default)]
    pub struct PeerSelf;

    impl PeerSelf {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            Self
        }
    }

    impl ::core::fmt::Debug for PeerSelf {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for PeerSelf {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl ::telewire::tl::Identifiable for PeerSelf {
        const ID: u32 = 0xed156ac4;
        const NAME: &'static str = "peerSelf";
    }

    impl ::telewire::tl::Serialize for PeerSelf {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xed156ac4, out);
        }
    }

    impl ::telewire::tl::Deserialize for PeerSelf {
        const MIN_LEN: usize = 4;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xed156ac4, "peerSelf");
            r.end(outer);
            Some(Self)
        }
    }

    /// Constructor [peer64](https://core.telegram.org/constructor/peer64).
    ///
    /// ```tl
    /// peer64#74ad6156 id:long = Peer;
    /// ```
    #[derive(Clone)]
    pub struct Peer64 {
        /// `id:long`
        pub id: i64,
    }

    impl Peer64 {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(id: i64) -> Self {
            Self { id }
        }
    }

    impl ::core::fmt::Debug for Peer64 {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Peer64 {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl ::telewire::tl::Identifiable for Peer64 {
        const ID: u32 = 0x74ad6156;
        const NAME: &'static str = "peer64";
    }

    impl ::telewire::tl::Serialize for Peer64 {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0x74ad6156,
                    ::telewire::tl::codec::halves(self.id)[0],
                    ::telewire::tl::codec::halves(self.id)[1],
                ],
                out,
            );
        }
    }

    impl ::telewire::tl::Deserialize for Peer64 {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x74ad6156, "peer64");
            let v0 = r.long();
            r.end(outer);
            Some(Self { id: v0 })
        }
    }

    /// Constructor [peerUser](https://core.telegram.org/constructor/peerUser).
    ///
    /// ```tl
    /// peerUser#31bf0e2a id:long = Peer;
    /// ```
    #[derive(Clone)]
    pub struct PeerUser {
        /// `id:long`
        pub id: i64,
    }

    impl PeerUser {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(id: i64) -> Self {
            Self { id }
        }
    }

    impl ::core::fmt::Debug for PeerUser {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for PeerUser {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl ::telewire::tl::Identifiable for PeerUser {
        const ID: u32 = 0x31bf0e2a;
        const NAME: &'static str = "peerUser";
    }

    impl ::telewire::tl::Serialize for PeerUser {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_words(
                &[
                    0x31bf0e2a,
                    ::telewire::tl::codec::halves(self.id)[0],
                    ::telewire::tl::codec::halves(self.id)[1],
                ],
                out,
            );
        }
    }

    impl ::telewire::tl::Deserialize for PeerUser {
        const MIN_LEN: usize = 12;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x31bf0e2a, "peerUser");
            let v0 = r.long();
            r.end(outer);
            Some(Self { id: v0 })
        }
    }

    /// Constructor [other](https://core.telegram.org/constructor/other).
    ///
    /// ```tl
    /// other#c0518995 = Peer;
    /// ```
    #[derive(Clone, Default)]
    pub struct Other;

    impl Other {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            Self
        }
    }

    impl ::core::fmt::Debug for Other {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Other {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl ::telewire::tl::Identifiable for Other {
        const ID: u32 = 0xc0518995;
        const NAME: &'static str = "other";
    }

    impl ::telewire::tl::Serialize for Other {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xc0518995, out);
        }
    }

    impl ::telewire::tl::Deserialize for Other {
        const MIN_LEN: usize = 4;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xc0518995, "other");
            r.end(outer);
            Some(Self)
        }
    }
}

/// An enum for each type with more than one constructor.
#[allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::enum_variant_names,
    clippy::module_inception,
    clippy::nursery,
    clippy::pedantic,
    clippy::too_many_arguments,
    reason = "generated code"
)]
pub mod enums {
    /// Type [Peer](https://core.telegram.org/type/Peer).
    ///
    /// ```tl
    /// peerSelf#ed156ac4 = Peer;
    /// peer64#74ad6156 id:long = Peer;
    /// peerUser#31bf0e2a id:long = Peer;
    /// other#c0518995 = Peer;
    /// ```
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum Peer {
        /// `peerSelf`
        PeerSelf,
        /// `peer64`
        Peer64(super::types::Peer64),
        /// `peerUser`
        PeerUser(super::types::PeerUser),
        /// `other`
        Other,
    }

    impl ::telewire::tl::Serialize for Peer {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            match self {
                Self::PeerSelf => ::telewire::tl::codec::write_word(0xed156ac4, out),
                Self::Peer64(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::PeerUser(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Other => ::telewire::tl::codec::write_word(0xc0518995, out),
            }
        }
    }

    impl ::telewire::tl::Deserialize for Peer {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            Some(match r.peek_id() {
                0xed156ac4 => {
                    r.skip_id();
                    Self::PeerSelf
                }
                0x74ad6156 => {
                    Self::Peer64(<super::types::Peer64 as ::telewire::tl::Deserialize>::read(r)?)
                }
                0x31bf0e2a => Self::PeerUser(
                    <super::types::PeerUser as ::telewire::tl::Deserialize>::read(r)?,
                ),
                0xc0518995 => {
                    r.skip_id();
                    Self::Other
                }
                id => {
                    r.skip_id();
                    r.unexpected(id, "Peer");
                    return None;
                }
            })
        }
    }

    impl ::core::fmt::Debug for Peer {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Peer {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl From<super::types::PeerSelf> for Peer {
        #[inline]
        fn from(_: super::types::PeerSelf) -> Self {
            Self::PeerSelf
        }
    }

    impl ::core::convert::TryFrom<Peer> for super::types::PeerSelf {
        type Error = Peer;

        #[inline]
        fn try_from(value: Peer) -> Result<Self, Peer> {
            match value {
                Peer::PeerSelf => Ok(Self),
                other => Err(other),
            }
        }
    }

    impl From<super::types::Peer64> for Peer {
        #[inline]
        fn from(value: super::types::Peer64) -> Self {
            Self::Peer64(value)
        }
    }

    impl ::core::convert::TryFrom<Peer> for super::types::Peer64 {
        type Error = Peer;

        #[inline]
        fn try_from(value: Peer) -> Result<Self, Peer> {
            match value {
                Peer::Peer64(value) => Ok(value),
                other => Err(other),
            }
        }
    }

    impl From<super::types::PeerUser> for Peer {
        #[inline]
        fn from(value: super::types::PeerUser) -> Self {
            Self::PeerUser(value)
        }
    }

    impl ::core::convert::TryFrom<Peer> for super::types::PeerUser {
        type Error = Peer;

        #[inline]
        fn try_from(value: Peer) -> Result<Self, Peer> {
            match value {
                Peer::PeerUser(value) => Ok(value),
                other => Err(other),
            }
        }
    }

    impl From<super::types::Other> for Peer {
        #[inline]
        fn from(_: super::types::Other) -> Self {
            Self::Other
        }
    }

    impl ::core::convert::TryFrom<Peer> for super::types::Other {
        type Error = Peer;

        #[inline]
        fn try_from(value: Peer) -> Result<Self, Peer> {
            match value {
                Peer::Other => Ok(Self),
                other => Err(other),
            }
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::PeerSelf,
    types::Peer64,
    types::PeerUser,
    types::Other,
    enums::Peer,
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::PeerSelf,
    types::Peer64,
    types::PeerUser,
    types::Other,
    enums::Peer,
}
