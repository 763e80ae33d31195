//! A value whose type is not known yet: what stands before the `_` that names it.

use std::fmt;

use serde_core::de::value::{MapDeserializer, SeqDeserializer};
use serde_core::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_core::{Deserializer, forward_to_deserialize_any};

use crate::tl::serde::read::TOO_DEEP;

/// A value as it came, of those that the form of a definition has.
pub(super) struct Content {
    kind: Kind,
    /// Whether it came from a form for people.
    is_for_people: bool,
}

enum Kind {
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Content>),
    Map(Vec<(String, Content)>),
}

/// Reads any value.
pub(super) struct Buffer {
    /// How many levels may follow (TL-03).
    depth: u16,
    is_for_people: bool,
}

impl Buffer {
    pub(super) fn new(depth: u16) -> Self {
        Self { depth, is_for_people: false }
    }

    fn content(&self, kind: Kind) -> Content {
        Content { kind, is_for_people: self.is_for_people }
    }

    fn inner<E: Error>(&self) -> Result<u16, E> {
        self.depth.checked_sub(1).ok_or_else(|| E::custom(TOO_DEEP))
    }
}

impl<'de> DeserializeSeed<'de> for Buffer {
    type Value = Content;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Content, D::Error> {
        let is_for_people = d.is_human_readable();
        d.deserialize_any(Self { is_for_people, ..self })
    }
}

impl<'de> Visitor<'de> for Buffer {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a parameter")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Content, E> {
        Ok(self.content(Kind::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Content, E> {
        Ok(self.content(Kind::Signed(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Content, E> {
        Ok(self.content(Kind::Unsigned(value)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Content, E> {
        Ok(self.content(Kind::Float(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Content, E> {
        Ok(self.content(Kind::Text(value.to_owned())))
    }

    fn visit_bytes<E: Error>(self, value: &[u8]) -> Result<Content, E> {
        Ok(self.content(Kind::Bytes(value.to_vec())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        let depth = self.inner()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(Self::new(depth))? {
            items.push(item);
        }
        Ok(self.content(Kind::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        let depth = self.inner()?;
        let mut entries = Vec::new();
        while let Some(key) = access.next_key()? {
            entries.push((key, access.next_value_seed(Self::new(depth))?));
        }
        Ok(self.content(Kind::Map(entries)))
    }
}

/// Gives a content to what knows its type by now.
pub(super) struct Kept<E> {
    content: Content,
    error: std::marker::PhantomData<E>,
}

impl<E: Error> IntoDeserializer<'_, E> for Content {
    type Deserializer = Kept<E>;

    fn into_deserializer(self) -> Kept<E> {
        Kept { content: self, error: std::marker::PhantomData }
    }
}

impl<'de, E: Error> Deserializer<'de> for Kept<E> {
    type Error = E;

    fn is_human_readable(&self) -> bool {
        self.content.is_for_people
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.content.kind {
            Kind::Bool(value) => visitor.visit_bool(value),
            Kind::Signed(value) => visitor.visit_i64(value),
            Kind::Unsigned(value) => visitor.visit_u64(value),
            Kind::Float(value) => visitor.visit_f64(value),
            Kind::Text(value) => visitor.visit_string(value),
            Kind::Bytes(value) => visitor.visit_byte_buf(value),
            Kind::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter())),
            Kind::Map(entries) => visitor.visit_map(MapDeserializer::new(entries.into_iter())),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
