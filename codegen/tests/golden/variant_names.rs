///The name of the constructor or function with this id, as the schema writes it.
pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
    ::telewire::tl::codec::lookup_name(
        &[
            (0x31bf0e2a, "peerUser"),
            (0x74ad6156, "peer64"),
            (0xc0518995, "other"),
            (0xed156ac4, "peerSelf"),
        ],
        id,
    )
}
///A struct for each constructor.
pub mod types {
    /**Constructor [peerSelf](https://core.telegram.org/constructor/peerSelf).

```tl
peerSelf#ed156ac4 = Peer;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct PeerSelf;
    impl ::telewire::tl::Identifiable for PeerSelf {
        const ID: u32 = 0xed156ac4;
        const NAME: &'static str = "peerSelf";
    }
    impl ::telewire::tl::Constructor for PeerSelf {
        const MIN_LEN: usize = 0usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            let _ = out;
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let _ = r;
            ::core::option::Option::Some(Self)
        }
    }
    impl ::telewire::tl::Serialize for PeerSelf {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for PeerSelf {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [peer64](https://core.telegram.org/constructor/peer64).

```tl
peer64#74ad6156 id:long = Peer;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Peer64 {
        ///`id:long`
        pub id: i64,
    }
    impl ::telewire::tl::Identifiable for Peer64 {
        const ID: u32 = 0x74ad6156;
        const NAME: &'static str = "peer64";
    }
    impl ::telewire::tl::Constructor for Peer64 {
        const MIN_LEN: usize = 8usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.id, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("peer64");
            let v0 = r.long();
            r.leave(outer);
            ::core::option::Option::Some(Self { id: v0 })
        }
    }
    impl ::telewire::tl::Serialize for Peer64 {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Peer64 {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [peerUser](https://core.telegram.org/constructor/peerUser).

```tl
peerUser#31bf0e2a id:long = Peer;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct PeerUser {
        ///`id:long`
        pub id: i64,
    }
    impl ::telewire::tl::Identifiable for PeerUser {
        const ID: u32 = 0x31bf0e2a;
        const NAME: &'static str = "peerUser";
    }
    impl ::telewire::tl::Constructor for PeerUser {
        const MIN_LEN: usize = 8usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::Serialize::serialize(&self.id, out);
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let outer = r.enter("peerUser");
            let v0 = r.long();
            r.leave(outer);
            ::core::option::Option::Some(Self { id: v0 })
        }
    }
    impl ::telewire::tl::Serialize for PeerUser {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for PeerUser {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
    /**Constructor [other](https://core.telegram.org/constructor/other).

```tl
other#c0518995 = Peer;
```*/
    #[derive(Clone, Debug, PartialEq)]
    pub struct Other;
    impl ::telewire::tl::Identifiable for Other {
        const ID: u32 = 0xc0518995;
        const NAME: &'static str = "other";
    }
    impl ::telewire::tl::Constructor for Other {
        const MIN_LEN: usize = 0usize;
        fn write_bare(&self, out: &mut ::std::vec::Vec<u8>) {
            let _ = out;
        }
        fn read_bare(
            r: &mut ::telewire::tl::Reader<'_>,
        ) -> ::core::option::Option<Self> {
            let _ = r;
            ::core::option::Option::Some(Self)
        }
    }
    impl ::telewire::tl::Serialize for Other {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            ::telewire::tl::codec::write_boxed(self, out)
        }
    }
    impl ::telewire::tl::Deserialize for Other {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::telewire::tl::codec::read_boxed(r)
        }
    }
}
///An enum for each type with more than one constructor.
pub mod enums {
    /**Type [Peer](https://core.telegram.org/type/Peer).

```tl
peerSelf#ed156ac4 = Peer;
peer64#74ad6156 id:long = Peer;
peerUser#31bf0e2a id:long = Peer;
other#c0518995 = Peer;
```*/
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum Peer {
        ///`peerSelf`
        PeerSelf,
        ///`peer64`
        Peer64(super::types::Peer64),
        ///`peerUser`
        User(super::types::PeerUser),
        ///`other`
        Other,
    }
    impl ::telewire::tl::Serialize for Peer {
        fn serialize(&self, out: &mut ::std::vec::Vec<u8>) {
            match self {
                Self::PeerSelf => ::telewire::tl::codec::write_word(0xed156ac4, out),
                Self::Peer64(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::User(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::Other => ::telewire::tl::codec::write_word(0xc0518995, out),
            }
        }
    }
    impl ::telewire::tl::Deserialize for Peer {
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(
                match r.constructor_id() {
                    0xed156ac4 => Self::PeerSelf,
                    0x74ad6156 => {
                        Self::Peer64(
                            <super::types::Peer64 as ::telewire::tl::Constructor>::read_bare(
                                r,
                            )?,
                        )
                    }
                    0x31bf0e2a => {
                        Self::User(
                            <super::types::PeerUser as ::telewire::tl::Constructor>::read_bare(
                                r,
                            )?,
                        )
                    }
                    0xc0518995 => Self::Other,
                    id => return r.unexpected(id, "Peer"),
                },
            )
        }
    }
    impl ::core::convert::From<super::types::PeerSelf> for Peer {
        fn from(_: super::types::PeerSelf) -> Self {
            Self::PeerSelf
        }
    }
    impl ::core::convert::From<super::types::Peer64> for Peer {
        fn from(value: super::types::Peer64) -> Self {
            Self::Peer64(value)
        }
    }
    impl ::core::convert::TryFrom<Peer> for super::types::Peer64 {
        type Error = Peer;
        fn try_from(value: Peer) -> ::core::result::Result<Self, Peer> {
            match value {
                Peer::Peer64(value) => ::core::result::Result::Ok(value),
                other => ::core::result::Result::Err(other),
            }
        }
    }
    impl ::core::convert::From<super::types::PeerUser> for Peer {
        fn from(value: super::types::PeerUser) -> Self {
            Self::User(value)
        }
    }
    impl ::core::convert::TryFrom<Peer> for super::types::PeerUser {
        type Error = Peer;
        fn try_from(value: Peer) -> ::core::result::Result<Self, Peer> {
            match value {
                Peer::User(value) => ::core::result::Result::Ok(value),
                other => ::core::result::Result::Err(other),
            }
        }
    }
    impl ::core::convert::From<super::types::Other> for Peer {
        fn from(_: super::types::Other) -> Self {
            Self::Other
        }
    }
}
