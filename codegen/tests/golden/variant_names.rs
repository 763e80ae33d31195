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
        (0x74ad6156, "peer64 id:long = Peer"),
        (0x80c26d3b, "near.peer id:long = Peer"),
        (0x94d3409a, "far.config.random.local n:int = far.config.Local"),
        (0xc0518995, "other = Peer"),
        (0xd13c6594, "far.peer id:int = Peer"),
        (0xdcbe2725, "far.config.local = far.config.Local"),
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
    /// Constructor [peerSelf](https://core.telegram.org/constructor/peerSelf).
    ///
    /// ```tl
    /// peerSelf#ed156ac4 = Peer;
    /// ```
    #[derive(Clone)]
    pub struct PeerSelf;

    impl PeerSelf {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            Self
        }
    }

    impl ::telewire::tl::Serialize for PeerSelf {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xed156ac4, out);
        }
    }

    impl ::telewire::tl::Deserialize for PeerSelf {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xed156ac4, "peerSelf");
            r.end(outer);
            Some(Self)
        }
    }

    impl ::telewire::tl::Identifiable for PeerSelf {
        const ID: u32 = 0xed156ac4;
        const NAME: &'static str = "peerSelf";
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

    impl ::telewire::tl::Identifiable for Peer64 {
        const ID: u32 = 0x74ad6156;
        const NAME: &'static str = "peer64";
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

    /// Constructor [other](https://core.telegram.org/constructor/other).
    ///
    /// ```tl
    /// other#c0518995 = Peer;
    /// ```
    #[derive(Clone)]
    pub struct Other;

    impl Other {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            Self
        }
    }

    impl ::telewire::tl::Serialize for Other {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0xc0518995, out);
        }
    }

    impl ::telewire::tl::Deserialize for Other {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0xc0518995, "other");
            r.end(outer);
            Some(Self)
        }
    }

    impl ::telewire::tl::Identifiable for Other {
        const ID: u32 = 0xc0518995;
        const NAME: &'static str = "other";
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

    /// The namespace `far`.
    pub mod far {
        /// Constructor [far.peer](https://core.telegram.org/constructor/far.peer).
        ///
        /// ```tl
        /// far.peer#d13c6594 id:int = Peer;
        /// ```
        #[derive(Clone)]
        pub struct Peer {
            /// `id:int`
            pub id: i32,
        }

        impl Peer {
            /// With what is always there, and nothing else.
            #[inline]
            pub fn new(id: i32) -> Self {
                Self { id }
            }
        }

        impl ::telewire::tl::Serialize for Peer {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                ::telewire::tl::codec::write_words(&[0xd13c6594, self.id as u32], out);
            }
        }

        impl ::telewire::tl::Deserialize for Peer {
            const MIN_LEN: usize = 8;

            #[inline(never)]
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                let outer = r.begin(0xd13c6594, "far.peer");
                let v0 = r.int();
                r.end(outer);
                Some(Self { id: v0 })
            }
        }

        impl ::telewire::tl::Identifiable for Peer {
            const ID: u32 = 0xd13c6594;
            const NAME: &'static str = "far.peer";
        }

        impl ::core::fmt::Debug for Peer {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                super::super::SCHEMA.debug(self, f)
            }
        }

        impl PartialEq for Peer {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                ::telewire::tl::codec::equal(self, other)
            }
        }

        /// The namespace `config`.
        pub mod config {
            /// Constructor [far.config.local](https://core.telegram.org/constructor/far.config.local).
            ///
            /// ```tl
            /// far.config.local#dcbe2725 = far.config.Local;
            /// ```
            #[derive(Clone)]
            pub struct Local;

            impl Local {
                /// With what is always there, and nothing else.
                #[inline]
                pub fn new() -> Self {
                    Self
                }
            }

            impl ::telewire::tl::Serialize for Local {
                #[inline(never)]
                fn serialize(&self, out: &mut Vec<u8>) {
                    ::telewire::tl::codec::write_word(0xdcbe2725, out);
                }
            }

            impl ::telewire::tl::Deserialize for Local {
                #[inline(never)]
                fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                    let outer = r.begin(0xdcbe2725, "far.config.local");
                    r.end(outer);
                    Some(Self)
                }
            }

            impl ::telewire::tl::Identifiable for Local {
                const ID: u32 = 0xdcbe2725;
                const NAME: &'static str = "far.config.local";
            }

            impl ::core::fmt::Debug for Local {
                #[inline]
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    super::super::super::SCHEMA.debug(self, f)
                }
            }

            impl PartialEq for Local {
                #[inline]
                fn eq(&self, other: &Self) -> bool {
                    ::telewire::tl::codec::equal(self, other)
                }
            }

            /// The namespace `random`.
            pub mod random {
                /// Constructor [far.config.random.local](https://core.telegram.org/constructor/far.config.random.local).
                ///
                /// ```tl
                /// far.config.random.local#94d3409a n:int = far.config.Local;
                /// ```
                #[derive(Clone)]
                pub struct Local {
                    /// `n:int`
                    pub n: i32,
                }

                impl Local {
                    /// With what is always there, and nothing else.
                    #[inline]
                    pub fn new(n: i32) -> Self {
                        Self { n }
                    }
                }

                impl ::telewire::tl::Serialize for Local {
                    #[inline(never)]
                    fn serialize(&self, out: &mut Vec<u8>) {
                        ::telewire::tl::codec::write_words(&[0x94d3409a, self.n as u32], out);
                    }
                }

                impl ::telewire::tl::Deserialize for Local {
                    const MIN_LEN: usize = 8;

                    #[inline(never)]
                    fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                        let outer = r.begin(0x94d3409a, "far.config.random.local");
                        let v0 = r.int();
                        r.end(outer);
                        Some(Self { n: v0 })
                    }
                }

                impl ::telewire::tl::Identifiable for Local {
                    const ID: u32 = 0x94d3409a;
                    const NAME: &'static str = "far.config.random.local";
                }

                impl ::core::fmt::Debug for Local {
                    #[inline]
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        super::super::super::super::SCHEMA.debug(self, f)
                    }
                }

                impl PartialEq for Local {
                    #[inline]
                    fn eq(&self, other: &Self) -> bool {
                        ::telewire::tl::codec::equal(self, other)
                    }
                }
            }
        }
    }

    /// The namespace `near`.
    pub mod near {
        /// Constructor [near.peer](https://core.telegram.org/constructor/near.peer).
        ///
        /// ```tl
        /// near.peer#80c26d3b id:long = Peer;
        /// ```
        #[derive(Clone)]
        pub struct Peer {
            /// `id:long`
            pub id: i64,
        }

        impl Peer {
            /// With what is always there, and nothing else.
            #[inline]
            pub fn new(id: i64) -> Self {
                Self { id }
            }
        }

        impl ::telewire::tl::Serialize for Peer {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                ::telewire::tl::codec::write_words(
                    &[
                        0x80c26d3b,
                        ::telewire::tl::codec::halves(self.id)[0],
                        ::telewire::tl::codec::halves(self.id)[1],
                    ],
                    out,
                );
            }
        }

        impl ::telewire::tl::Deserialize for Peer {
            const MIN_LEN: usize = 12;

            #[inline(never)]
            fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                let outer = r.begin(0x80c26d3b, "near.peer");
                let v0 = r.long();
                r.end(outer);
                Some(Self { id: v0 })
            }
        }

        impl ::telewire::tl::Identifiable for Peer {
            const ID: u32 = 0x80c26d3b;
            const NAME: &'static str = "near.peer";
        }

        impl ::core::fmt::Debug for Peer {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                super::super::SCHEMA.debug(self, f)
            }
        }

        impl PartialEq for Peer {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                ::telewire::tl::codec::equal(self, other)
            }
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
    clippy::new_without_default,
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
    /// other#c0518995 = Peer;
    /// near.peer#80c26d3b id:long = Peer;
    /// far.peer#d13c6594 id:int = Peer;
    /// ```
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum Peer {
        /// `peerSelf`
        PeerSelf,
        /// `peer64`
        Peer64(super::types::Peer64),
        /// `other`
        Other,
        /// `near.peer`
        NearPeer(super::types::near::Peer),
        /// `far.peer`
        FarPeer(super::types::far::Peer),
    }

    impl ::telewire::tl::Serialize for Peer {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            match self {
                Self::PeerSelf => ::telewire::tl::codec::write_word(0xed156ac4, out),
                Self::Peer64(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Other => ::telewire::tl::codec::write_word(0xc0518995, out),
                Self::NearPeer(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::FarPeer(value) => ::telewire::tl::Serialize::serialize(value, out),
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
                0xc0518995 => {
                    r.skip_id();
                    Self::Other
                }
                0x80c26d3b => Self::NearPeer(
                    <super::types::near::Peer as ::telewire::tl::Deserialize>::read(r)?,
                ),
                0xd13c6594 => Self::FarPeer(
                    <super::types::far::Peer as ::telewire::tl::Deserialize>::read(r)?,
                ),
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

    impl From<super::types::near::Peer> for Peer {
        #[inline]
        fn from(value: super::types::near::Peer) -> Self {
            Self::NearPeer(value)
        }
    }

    impl ::core::convert::TryFrom<Peer> for super::types::near::Peer {
        type Error = Peer;

        #[inline]
        fn try_from(value: Peer) -> Result<Self, Peer> {
            match value {
                Peer::NearPeer(value) => Ok(value),
                other => Err(other),
            }
        }
    }

    impl From<super::types::far::Peer> for Peer {
        #[inline]
        fn from(value: super::types::far::Peer) -> Self {
            Self::FarPeer(value)
        }
    }

    impl ::core::convert::TryFrom<Peer> for super::types::far::Peer {
        type Error = Peer;

        #[inline]
        fn try_from(value: Peer) -> Result<Self, Peer> {
            match value {
                Peer::FarPeer(value) => Ok(value),
                other => Err(other),
            }
        }
    }

    /// The namespace `far`.
    pub mod far {
        /// The namespace `config`.
        pub mod config {
            /// Type [far.config.Local](https://core.telegram.org/type/far.config.Local).
            ///
            /// ```tl
            /// far.config.local#dcbe2725 = far.config.Local;
            /// far.config.random.local#94d3409a n:int = far.config.Local;
            /// ```
            #[derive(Clone)]
            #[non_exhaustive]
            pub enum Local {
                /// `far.config.local`
                Local,
                /// `far.config.random.local`
                RandomLocal(super::super::super::types::far::config::random::Local),
            }

            impl ::telewire::tl::Serialize for Local {
                #[inline(never)]
                fn serialize(&self, out: &mut Vec<u8>) {
                    match self {
                        Self::Local => ::telewire::tl::codec::write_word(0xdcbe2725, out),
                        Self::RandomLocal(value) => {
                            ::telewire::tl::Serialize::serialize(value, out)
                        }
                    }
                }
            }

            impl ::telewire::tl::Deserialize for Local {
                #[inline(never)]
                fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
                    Some(match r.peek_id() {
                        0xdcbe2725 => {
                            r.skip_id();
                            Self::Local
                        }
                        0x94d3409a => Self::RandomLocal(
                            <super::super::super::types::far::config::random::Local as ::telewire::tl::Deserialize>::read(
                                r,
                            )?,
                        ),
                        id => {
                            r.skip_id();
                            r.unexpected(id, "far.config.Local");
                            return None;
                        }
                    })
                }
            }

            impl From<super::super::super::types::far::config::Local> for Local {
                #[inline]
                fn from(_: super::super::super::types::far::config::Local) -> Self {
                    Self::Local
                }
            }

            impl ::core::convert::TryFrom<Local>
                for super::super::super::types::far::config::Local
            {
                type Error = Local;

                #[inline]
                fn try_from(value: Local) -> Result<Self, Local> {
                    match value {
                        Local::Local => Ok(Self),
                        other => Err(other),
                    }
                }
            }

            impl From<super::super::super::types::far::config::random::Local> for Local {
                #[inline]
                fn from(value: super::super::super::types::far::config::random::Local) -> Self {
                    Self::RandomLocal(value)
                }
            }

            impl ::core::convert::TryFrom<Local>
                for super::super::super::types::far::config::random::Local
            {
                type Error = Local;

                #[inline]
                fn try_from(value: Local) -> Result<Self, Local> {
                    match value {
                        Local::RandomLocal(value) => Ok(value),
                        other => Err(other),
                    }
                }
            }

            impl ::core::fmt::Debug for Local {
                #[inline]
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    super::super::super::SCHEMA.debug(self, f)
                }
            }

            impl PartialEq for Local {
                #[inline]
                fn eq(&self, other: &Self) -> bool {
                    ::telewire::tl::codec::equal(self, other)
                }
            }
        }
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::PeerSelf,
    types::Peer64,
    types::Other,
    types::near::Peer,
    types::far::Peer,
    types::far::config::Local,
    types::far::config::random::Local,
    enums::Peer,
    enums::far::config::Local
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::PeerSelf,
    types::Peer64,
    types::Other,
    types::near::Peer,
    types::far::Peer,
    types::far::config::Local,
    types::far::config::random::Local,
    enums::Peer,
    enums::far::config::Local
}
