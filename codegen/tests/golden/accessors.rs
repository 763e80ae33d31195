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
        (0x084d4b56, "place name:string = Place"),
        (0x43f80a5f, "eventSent flags:# loud:flags.0?true beat:flags.0?int lat:double id:long text:string tags:Vector<int> note:string from:flags.4?Place clone:int key:int128 raw:flags.5?bytes more:Event own:Bool size:long = Event"),
        (0x64f001b3, "item flags:# new:flags.0?true date:flags.0?int self:flags.1?true at:flags.1?int = Item"),
        (0xb4126792, "eventSeen flags:# loud:flags.0?true id:long text:string tags:Vector<int> note:flags.1?string from:Place lat:flags.2?double lon:flags.2?double clone:int key:int128 raw:bytes more:flags.3?Event size:int = Event"),
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
    /// Constructor [place](https://core.telegram.org/constructor/place).
    ///
    /// ```tl
    /// place#084d4b56 name:string = Place;
    /// ```
    #[derive(Clone)]
    pub struct Place {
        /// `name:string`
        pub name: String,
    }

    impl Place {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(name: String) -> Self {
            Self { name }
        }
    }

    impl ::telewire::tl::Serialize for Place {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            ::telewire::tl::codec::write_word(0x084d4b56, out);
            ::telewire::tl::Serialize::serialize(&self.name, out);
        }
    }

    impl ::telewire::tl::Deserialize for Place {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x084d4b56, "place");
            let v0 = r.string();
            r.end(outer);
            Some(Self { name: v0 })
        }
    }

    impl ::telewire::tl::Identifiable for Place {
        const ID: u32 = 0x084d4b56;
        const NAME: &'static str = "place";
    }

    impl ::core::fmt::Debug for Place {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Place {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [eventSeen](https://core.telegram.org/constructor/eventSeen).
    ///
    /// ```tl
    /// eventSeen#b4126792 flags:# loud:flags.0?true id:long text:string tags:Vector<int>
    ///     note:flags.1?string from:Place lat:flags.2?double lon:flags.2?double clone:int
    ///     key:int128 raw:bytes more:flags.3?Event size:int = Event;
    /// ```
    #[derive(Clone)]
    pub struct EventSeen {
        /// `loud:flags.0?true`
        pub loud: bool,
        /// `id:long`
        pub id: i64,
        /// `text:string`
        pub text: String,
        /// `tags:Vector<int>`
        pub tags: Vec<i32>,
        /// `note:flags.1?string`
        pub note: Option<String>,
        /// `from:Place`
        pub from: super::types::Place,
        /// `lat:flags.2?double lon:flags.2?double`
        pub lat: Option<super::groups::EventSeenLat>,
        /// `clone:int`
        pub clone: i32,
        /// `key:int128`
        pub key: [u8; 16],
        /// `raw:bytes`
        pub raw: ::telewire::tl::Bytes,
        /// `more:flags.3?Event`
        pub more: Option<Box<super::enums::Event>>,
        /// `size:int`
        pub size: i32,
    }

    impl EventSeen {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(
            id: i64,
            text: String,
            tags: Vec<i32>,
            from: super::types::Place,
            clone: i32,
            key: [u8; 16],
            raw: ::telewire::tl::Bytes,
            size: i32,
        ) -> Self {
            Self {
                loud: false,
                id,
                text,
                tags,
                note: None,
                from,
                lat: None,
                clone,
                key,
                raw,
                more: None,
                size,
            }
        }
    }

    impl ::telewire::tl::Serialize for EventSeen {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(
                &[
                    0xb4126792,
                    self.loud as u32 | (self.lat.is_some() as u32) << 2,
                    ::telewire::tl::codec::halves(self.id)[0],
                    ::telewire::tl::codec::halves(self.id)[1],
                ],
                out,
            );
            ::telewire::tl::Serialize::serialize(&self.text, out);
            ::telewire::tl::Serialize::serialize(&self.tags, out);
            ::telewire::tl::codec::write_optional(&self.note, place0, 0x00000002, out);
            ::telewire::tl::Serialize::serialize(&self.from, out);
            if let Some(group) = &self.lat {
                ::telewire::tl::Serialize::serialize(&group.lat, out);
            };
            if let Some(group) = &self.lat {
                ::telewire::tl::Serialize::serialize(&group.lon, out);
            };
            ::telewire::tl::codec::write_word(self.clone as u32, out);
            ::telewire::tl::Serialize::serialize(&self.key, out);
            ::telewire::tl::Serialize::serialize(&self.raw, out);
            ::telewire::tl::codec::write_optional(&self.more, place0, 0x00000008, out);
            ::telewire::tl::codec::write_word(self.size as u32, out);
        }
    }

    impl ::telewire::tl::Deserialize for EventSeen {
        const MIN_LEN: usize = 64;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin_nested(0xb4126792, "eventSeen");
            let [word0, low1, high1] = r.words();
            let v1 = ::telewire::tl::codec::long(low1, high1);
            let v2 = r.string();
            let v3 = ::telewire::tl::codec::read_vector(r);
            let v4 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000002 != 0);
            let v5 = ::telewire::tl::Deserialize::read(r)?;
            let v6_0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000004 != 0);
            let v6_1 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000004 != 0);
            let v7 = r.int();
            let v8 = r.wide();
            let v9 = r.bytes();
            let v10 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000008 != 0);
            let v11 = r.int();
            r.end_nested(outer);
            Some(Self {
                loud: word0 & 0x00000001 != 0,
                id: v1,
                text: v2,
                tags: v3,
                note: v4,
                from: v5,
                lat: match (v6_0, v6_1) {
                    (Some(v6_0), Some(v6_1)) => {
                        Some(super::groups::EventSeenLat { lat: v6_0, lon: v6_1 })
                    }
                    _ => None,
                },
                clone: v7,
                key: v8,
                raw: v9,
                more: v10,
                size: v11,
            })
        }
    }

    impl ::telewire::tl::Identifiable for EventSeen {
        const ID: u32 = 0xb4126792;
        const NAME: &'static str = "eventSeen";
    }

    impl ::core::fmt::Debug for EventSeen {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for EventSeen {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [eventSent](https://core.telegram.org/constructor/eventSent).
    ///
    /// ```tl
    /// eventSent#43f80a5f flags:# loud:flags.0?true beat:flags.0?int lat:double id:long
    ///     text:string tags:Vector<int> note:string from:flags.4?Place clone:int key:int128
    ///     raw:flags.5?bytes more:Event own:Bool size:long = Event;
    /// ```
    #[derive(Clone)]
    pub struct EventSent {
        /// `beat:flags.0?int`
        pub beat: Option<i32>,
        /// `lat:double`
        pub lat: f64,
        /// `id:long`
        pub id: i64,
        /// `text:string`
        pub text: String,
        /// `tags:Vector<int>`
        pub tags: Vec<i32>,
        /// `note:string`
        pub note: String,
        /// `from:flags.4?Place`
        pub from: Option<super::types::Place>,
        /// `clone:int`
        pub clone: i32,
        /// `key:int128`
        pub key: [u8; 16],
        /// `raw:flags.5?bytes`
        pub raw: Option<::telewire::tl::Bytes>,
        /// `more:Event`
        pub more: Box<super::enums::Event>,
        /// `own:Bool`
        pub own: bool,
        /// `size:long`
        pub size: i64,
    }

    impl EventSent {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new(
            lat: f64,
            id: i64,
            text: String,
            tags: Vec<i32>,
            note: String,
            clone: i32,
            key: [u8; 16],
            more: Box<super::enums::Event>,
            own: bool,
            size: i64,
        ) -> Self {
            Self {
                beat: None,
                lat,
                id,
                text,
                tags,
                note,
                from: None,
                clone,
                key,
                raw: None,
                more,
                own,
                size,
            }
        }

        /// `loud:flags.0?true`
        #[inline]
        pub fn loud(&self) -> bool {
            self.beat.is_some()
        }
    }

    impl ::telewire::tl::Serialize for EventSent {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(&[0x43f80a5f, 0], out);
            ::telewire::tl::codec::write_optional(&self.beat, place0, 0x00000001, out);
            ::telewire::tl::codec::write_words(
                &[
                    ::telewire::tl::codec::halves(self.lat.to_bits() as i64)[0],
                    ::telewire::tl::codec::halves(self.lat.to_bits() as i64)[1],
                    ::telewire::tl::codec::halves(self.id)[0],
                    ::telewire::tl::codec::halves(self.id)[1],
                ],
                out,
            );
            ::telewire::tl::Serialize::serialize(&self.text, out);
            ::telewire::tl::Serialize::serialize(&self.tags, out);
            ::telewire::tl::Serialize::serialize(&self.note, out);
            ::telewire::tl::codec::write_optional(&self.from, place0, 0x00000010, out);
            ::telewire::tl::codec::write_word(self.clone as u32, out);
            ::telewire::tl::Serialize::serialize(&self.key, out);
            ::telewire::tl::codec::write_optional(&self.raw, place0, 0x00000020, out);
            ::telewire::tl::Serialize::serialize(&self.more, out);
            ::telewire::tl::Serialize::serialize(&self.own, out);
            ::telewire::tl::codec::write_words(
                &[
                    ::telewire::tl::codec::halves(self.size)[0],
                    ::telewire::tl::codec::halves(self.size)[1],
                ],
                out,
            );
        }
    }

    impl ::telewire::tl::Deserialize for EventSent {
        const MIN_LEN: usize = 136;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin_nested(0x43f80a5f, "eventSent");
            let word0 = r.word();
            let v0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            let [low1, high1, low2, high2] = r.words();
            let v1 = f64::from_bits(::telewire::tl::codec::long(low1, high1) as u64);
            let v2 = ::telewire::tl::codec::long(low2, high2);
            let v3 = r.string();
            let v4 = ::telewire::tl::codec::read_vector(r);
            let v5 = r.string();
            let v6 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000010 != 0);
            let v7 = r.int();
            let v8 = r.wide();
            let v9 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000020 != 0);
            let v10 = ::telewire::tl::Deserialize::read(r)?;
            let v11 = r.boolean();
            let v12 = r.long();
            r.end_nested(outer);
            Some(Self {
                beat: v0,
                lat: v1,
                id: v2,
                text: v3,
                tags: v4,
                note: v5,
                from: v6,
                clone: v7,
                key: v8,
                raw: v9,
                more: v10,
                own: v11,
                size: v12,
            })
        }
    }

    impl ::telewire::tl::Identifiable for EventSent {
        const ID: u32 = 0x43f80a5f;
        const NAME: &'static str = "eventSent";
    }

    impl ::core::fmt::Debug for EventSent {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for EventSent {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    /// Constructor [item](https://core.telegram.org/constructor/item).
    ///
    /// ```tl
    /// item#64f001b3 flags:# new:flags.0?true date:flags.0?int self:flags.1?true at:flags.1?int
    ///     = Item;
    /// ```
    #[derive(Clone, Default)]
    pub struct Item {
        /// `date:flags.0?int`
        pub date: Option<i32>,
        /// `at:flags.1?int`
        pub at: Option<i32>,
    }

    impl Item {
        /// With what is always there, and nothing else.
        #[inline]
        pub fn new() -> Self {
            <Self as ::core::default::Default>::default()
        }

        /// `new:flags.0?true`
        #[inline]
        pub fn new_(&self) -> bool {
            self.date.is_some()
        }

        /// `self:flags.1?true`
        #[inline]
        pub fn self_(&self) -> bool {
            self.at.is_some()
        }
    }

    impl ::telewire::tl::Serialize for Item {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            let place0 = out.len() + 4;
            ::telewire::tl::codec::write_words(&[0x64f001b3, 0], out);
            ::telewire::tl::codec::write_optional(&self.date, place0, 0x00000001, out);
            ::telewire::tl::codec::write_optional(&self.at, place0, 0x00000002, out);
        }
    }

    impl ::telewire::tl::Deserialize for Item {
        const MIN_LEN: usize = 8;

        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            let outer = r.begin(0x64f001b3, "item");
            let word0 = r.word();
            let v0 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000001 != 0);
            let v1 = ::telewire::tl::codec::read_optional(r, word0 & 0x00000002 != 0);
            r.end(outer);
            Some(Self { date: v0, at: v1 })
        }
    }

    impl ::telewire::tl::Identifiable for Item {
        const ID: u32 = 0x64f001b3;
        const NAME: &'static str = "item";
    }

    impl ::core::fmt::Debug for Item {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Item {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
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
    /// Type [Event](https://core.telegram.org/type/Event).
    ///
    /// ```tl
    /// eventSeen#b4126792 flags:# loud:flags.0?true id:long text:string tags:Vector<int>
    ///     note:flags.1?string from:Place lat:flags.2?double lon:flags.2?double clone:int
    ///     key:int128 raw:bytes more:flags.3?Event size:int = Event;
    /// eventSent#43f80a5f flags:# loud:flags.0?true beat:flags.0?int lat:double id:long
    ///     text:string tags:Vector<int> note:string from:flags.4?Place clone:int key:int128
    ///     raw:flags.5?bytes more:Event own:Bool size:long = Event;
    /// ```
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum Event {
        /// `eventSeen`
        EventSeen(Box<super::types::EventSeen>),
        /// `eventSent`
        EventSent(Box<super::types::EventSent>),
    }

    impl Event {
        /// `loud:true`, which all variants have.
        #[inline]
        pub fn loud(&self) -> bool {
            match self {
                Self::EventSeen(value) => value.loud,
                Self::EventSent(value) => value.loud(),
            }
        }

        /// `id:long`, which all variants have.
        #[inline]
        pub fn id(&self) -> i64 {
            match self {
                Self::EventSeen(value) => value.id,
                Self::EventSent(value) => value.id,
            }
        }

        /// `text:string`, which all variants have.
        #[inline]
        pub fn text(&self) -> &str {
            match self {
                Self::EventSeen(value) => &value.text,
                Self::EventSent(value) => &value.text,
            }
        }

        /// `tags:Vector<int>`, which all variants have.
        #[inline]
        pub fn tags(&self) -> &[i32] {
            match self {
                Self::EventSeen(value) => &value.tags,
                Self::EventSent(value) => &value.tags,
            }
        }

        /// `note:string`, where there is one.
        #[inline]
        pub fn note(&self) -> Option<&str> {
            match self {
                Self::EventSeen(value) => value.note.as_deref(),
                Self::EventSent(value) => Some(&value.note),
            }
        }

        /// `from:Place`, where there is one.
        #[inline]
        pub fn from_(&self) -> Option<&super::types::Place> {
            match self {
                Self::EventSeen(value) => Some(&value.from),
                Self::EventSent(value) => value.from.as_ref(),
            }
        }

        /// `lat:double`, where there is one.
        #[inline]
        pub fn lat(&self) -> Option<f64> {
            match self {
                Self::EventSeen(value) => value.lat.as_ref().map(| group | group.lat),
                Self::EventSent(value) => Some(value.lat),
            }
        }

        /// `clone:int`, which all variants have.
        #[inline]
        pub fn clone_(&self) -> i32 {
            match self {
                Self::EventSeen(value) => value.clone,
                Self::EventSent(value) => value.clone,
            }
        }

        /// `key:int128`, which all variants have.
        #[inline]
        pub fn key(&self) -> [u8; 16] {
            match self {
                Self::EventSeen(value) => value.key,
                Self::EventSent(value) => value.key,
            }
        }

        /// `raw:bytes`, where there is one.
        #[inline]
        pub fn raw(&self) -> Option<&::telewire::tl::Bytes> {
            match self {
                Self::EventSeen(value) => Some(&value.raw),
                Self::EventSent(value) => value.raw.as_ref(),
            }
        }

        /// `more:Event`, where there is one.
        #[inline]
        pub fn more(&self) -> Option<&super::enums::Event> {
            match self {
                Self::EventSeen(value) => value.more.as_deref(),
                Self::EventSent(value) => Some(&value.more),
            }
        }
    }

    impl ::telewire::tl::Serialize for Event {
        #[inline(never)]
        fn serialize(&self, out: &mut Vec<u8>) {
            match self {
                Self::EventSeen(value) => ::telewire::tl::Serialize::serialize(value, out),
                Self::EventSent(value) => ::telewire::tl::Serialize::serialize(value, out),
            }
        }
    }

    impl ::telewire::tl::Deserialize for Event {
        #[inline(never)]
        fn read(r: &mut ::telewire::tl::Reader<'_>) -> Option<Self> {
            match r.peek_id() {
                0xb4126792 => ::telewire::tl::codec::read_boxed_variant(r, Self::EventSeen),
                0x43f80a5f => ::telewire::tl::codec::read_boxed_variant(r, Self::EventSent),
                id => {
                    r.skip_id();
                    r.unexpected(id, "Event");
                    None
                }
            }
        }
    }

    impl ::core::fmt::Debug for Event {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            super::SCHEMA.debug(self, f)
        }
    }

    impl PartialEq for Event {
        #[inline]
        fn eq(&self, other: &Self) -> bool {
            ::telewire::tl::codec::equal(self, other)
        }
    }

    impl From<super::types::EventSeen> for Event {
        #[inline]
        fn from(value: super::types::EventSeen) -> Self {
            Self::EventSeen(Box::new(value))
        }
    }

    impl ::core::convert::TryFrom<Event> for super::types::EventSeen {
        type Error = Event;

        #[inline]
        fn try_from(value: Event) -> Result<Self, Event> {
            match value {
                Event::EventSeen(value) => Ok(*value),
                other => Err(other),
            }
        }
    }

    impl From<super::types::EventSent> for Event {
        #[inline]
        fn from(value: super::types::EventSent) -> Self {
            Self::EventSent(Box::new(value))
        }
    }

    impl ::core::convert::TryFrom<Event> for super::types::EventSent {
        type Error = Event;

        #[inline]
        fn try_from(value: Event) -> Result<Self, Event> {
            match value {
                Event::EventSent(value) => Ok(*value),
                other => Err(other),
            }
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
    /// Parameters of `eventSeen` that are there together.
    #[derive(Clone, Debug, PartialEq)]
    pub struct EventSeenLat {
        /// `lat:flags.2?double`
        pub lat: f64,
        /// `lon:flags.2?double`
        pub lon: f64,
    }
}

#[cfg(feature = "serde")]
::telewire::tl::serde::serialize! {
    SCHEMA: types::Place,
    types::EventSeen,
    types::EventSent,
    types::Item,
    enums::Event
}

#[cfg(feature = "serde")]
::telewire::tl::serde::deserialize! {
    SCHEMA: types::Place,
    types::EventSeen,
    types::EventSent,
    types::Item,
    enums::Event
}

#[cfg(feature = "serde")]
::telewire::tl::serde::groups! {
    SCHEMA: groups::EventSeenLat: " lat:double lon:double" { lat lon }
}
