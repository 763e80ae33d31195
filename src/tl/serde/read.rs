//! From tokens to bytes: what is expected at each place comes from the table of definitions. Whether the bytes are a value
//! of the type that was asked for, its own decoding says.

use std::fmt;

use base64ct::{Base64, Encoding};
use serde_core::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_core::{Deserialize, Deserializer};

use crate::tl::line::{self, Kind, Param, name_in};
use crate::tl::serde::content::{Buffer, Content};
use crate::tl::serde::number::Number;
use crate::tl::vector::VECTOR;
use crate::tl::{MAX_DEPTH, Schema, Serialize};

/// A place for a value.
#[derive(Clone, Copy)]
pub(super) struct Slot<'s> {
    schema: &'s Schema,
    expected: Expected,
    /// How many levels may follow, definitions and lists alike (TL-03).
    depth: u16,
}

#[derive(Clone, Copy)]
enum Expected {
    /// Any constructor, with its id.
    Boxed,
    /// Any function, with its id.
    Function,
    /// The definition of this line, without an id. A group has no name, and no `_`.
    Bare(&'static str),
    /// A value of this type.
    Type(&'static str),
}

impl<'s> Slot<'s> {
    pub(super) fn of_value(schema: &'s Schema) -> Self {
        Self { schema, expected: Expected::Boxed, depth: MAX_DEPTH }
    }

    pub(super) fn of_function(schema: &'s Schema) -> Self {
        Self { schema, expected: Expected::Function, depth: MAX_DEPTH }
    }

    pub(super) fn of_group(schema: &'s Schema, line: &'static str) -> Self {
        Self { schema, expected: Expected::Bare(line), depth: MAX_DEPTH }
    }
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    /// The bytes of the value.
    type Value = Vec<u8>;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Vec<u8>, D::Error> {
        let ty = match self.expected {
            Expected::Type(ty) => ty,
            _ => return d.deserialize_map(Definition(self)),
        };
        match ty {
            "int" => i32::deserialize(d).map(|value| value.to_bytes()),
            "long" if d.is_human_readable() => d.deserialize_any(Number::<i64>::NEW),
            "long" => i64::deserialize(d).map(|value| value.to_bytes()),
            "double" if d.is_human_readable() => d.deserialize_any(Number::<f64>::NEW),
            "double" => f64::deserialize(d).map(|value| value.to_bytes()),
            "string" => String::deserialize(d).map(|value| value.to_bytes()),
            "bytes" => bytes(d).map(|value| crate::tl::Bytes::from(value).to_bytes()),
            "Bool" => bool::deserialize(d).map(|value| value.to_bytes()),
            "int128" => wide(d, 16),
            "int256" => wide(d, 32),
            "int512" => wide(d, 64),
            "Object" => bytes(d),
            ty if ty.starts_with('!') => bytes(d),
            ty => {
                let depth = self.depth.checked_sub(1).ok_or_else(|| D::Error::custom(TOO_DEEP))?;
                let slot = |expected| Slot { expected, depth, ..self };
                match (line::vector(ty), line::bare_name(ty)) {
                    (Some((is_boxed, item)), _) => {
                        d.deserialize_seq(List { is_boxed, item: slot(Expected::Type(item)) })
                    }
                    (None, Some(name)) => {
                        let line = self.schema.line_of_bare(name);
                        let line = line.ok_or_else(|| unknown::<D::Error>(name))?;
                        slot(Expected::Bare(line)).deserialize(d)
                    }
                    (None, None) => slot(Expected::Boxed).deserialize(d),
                }
            }
        }
    }
}

pub(super) const TOO_DEEP: &str = "values are nested too deep";

fn unknown<E: Error>(name: &str) -> E {
    E::custom(format_args!("there is no `{name}` in this schema"))
}

struct List<'s> {
    is_boxed: bool,
    item: Slot<'s>,
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<u8>, A::Error> {
        let (mut count, mut bytes) = (0_i32, Vec::new());
        while let Some(item) = items.next_element_seed(self.item)? {
            count = count.checked_add(1).ok_or_else(|| A::Error::custom("too many items"))?;
            bytes.extend(item);
        }
        let mut out = Vec::new();
        if self.is_boxed {
            out.extend(VECTOR.to_le_bytes());
        }
        count.serialize(&mut out);
        out.extend(bytes);
        Ok(out)
    }
}

/// A map that is a definition.
struct Definition<'s>(Slot<'s>);

impl<'de> Visitor<'de> for Definition<'_> {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.expected {
            Expected::Bare(line) if !name_in(line).is_empty() => {
                write!(f, "a map for `{}`", name_in(line))
            }
            _ => f.write_str("a map for a definition"),
        }
    }

    /// `_` may stand anywhere, as in what sorts its keys. Where it says what the others are, those before it are kept until
    /// then.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<u8>, A::Error> {
        let slot = self.0;
        let mut early: Vec<(String, Content)> = Vec::new();
        let (id, line, mut is_named) = match slot.expected {
            Expected::Bare(line) => (None, line, name_in(line).is_empty()),
            _ => loop {
                match map.next_key::<String>()? {
                    Some(key) if key == TAG => {
                        let (id, line) = slot.named::<A::Error>(&map.next_value::<String>()?)?;
                        break (Some(id), line, true);
                    }
                    Some(key) => early.push((key, map.next_value_seed(Buffer::new(slot.depth))?)),
                    None => return Err(A::Error::missing_field(TAG)),
                }
            },
        };
        let mut fields = Fields::new(line);
        for (key, content) in early {
            let field = fields.vacant(&key)?;
            let given = Given { kind: field.param.kind, slot };
            field.value = Some(given.deserialize(content.into_deserializer())?);
        }
        while let Some(key) = map.next_key::<String>()? {
            if key == TAG && !name_in(line).is_empty() {
                if std::mem::replace(&mut is_named, true) {
                    return Err(A::Error::duplicate_field(TAG));
                }
                let name = map.next_value::<String>()?;
                if name != name_in(line) {
                    return Err(A::Error::custom(format_args!("`_` must be `{}`", name_in(line))));
                }
                continue;
            }
            let field = fields.vacant(&key)?;
            let given = Given { kind: field.param.kind, slot };
            field.value = Some(map.next_value_seed(given)?);
        }
        if is_named { fields.into_bytes(id) } else { Err(A::Error::missing_field(TAG)) }
    }
}

/// The key of a constructor's name.
const TAG: &str = "_";

impl Slot<'_> {
    /// The id and the line of the definition of this name, of those that may stand here.
    fn named<E: Error>(&self, name: &str) -> Result<(u32, &'static str), E> {
        let table = match self.expected {
            Expected::Function => &self.schema.functions,
            _ => &self.schema.constructors,
        };
        table.by_name(name).ok_or_else(|| unknown(name))
    }
}

/// What is given for a parameter of this kind.
struct Given<'s> {
    kind: Kind,
    slot: Slot<'s>,
}

impl<'de> DeserializeSeed<'de> for Given<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        let ty = match self.kind {
            Kind::Flag => return bool::deserialize(d).map(Value::Flag),
            Kind::Value(ty) => ty,
            // A word or a length follows from the others.
            Kind::Measured(_) | Kind::Word | Kind::Length => "Object",
        };
        let slot = Slot { expected: Expected::Type(ty), ..self.slot };
        slot.deserialize(d).map(Value::Bytes)
    }
}

/// The parameters of a definition, and what was given for them.
struct Fields {
    name: &'static str,
    fields: Vec<Field>,
}

struct Field {
    param: Param,
    value: Option<Value>,
}

enum Value {
    Flag(bool),
    Bytes(Vec<u8>),
}

impl Fields {
    fn new(line: &'static str) -> Self {
        let fields = line::params(line).map(|param| Field { param, value: None }).collect();
        Self { name: name_in(line), fields }
    }

    /// The parameter of this name, if nothing was given for it before.
    fn vacant<E: Error>(&mut self, name: &str) -> Result<&mut Field, E> {
        let is_given = |kind| !matches!(kind, Kind::Word | Kind::Length);
        let mut fields = self.fields.iter_mut();
        match fields.find(|field| field.param.name == name && is_given(field.param.kind)) {
            Some(Field { param, value: Some(_) }) => Err(E::duplicate_field(param.name)),
            Some(field) => Ok(field),
            None => Err(E::custom(format_args!("`{}` has no parameter `{name}`", self.name))),
        }
    }

    /// The bits of a word: those of the parameters that are there.
    fn word(&self, name: &str) -> u32 {
        let bits = self.fields.iter().filter_map(|field| {
            let (_, bit) = field.param.condition.filter(|(word, _)| *word == name)?;
            let is_there = !matches!(field.value, None | Some(Value::Flag(false)));
            Some(u32::from(is_there) << (bit & 31))
        });
        bits.fold(0, |word, bit| word | bit)
    }

    /// The length of the object that the parameter of this name measures.
    fn length(&self, name: &str) -> Option<i32> {
        let is_measured =
            |field: &&Field| matches!(field.param.kind, Kind::Measured(length) if length == name);
        match &self.fields.iter().find(is_measured)?.value {
            Some(Value::Bytes(bytes)) => i32::try_from(bytes.len()).ok(),
            _ => None,
        }
    }

    fn into_bytes<E: Error>(self, id: Option<u32>) -> Result<Vec<u8>, E> {
        let mut out = id.map(|id| id.to_le_bytes().to_vec()).unwrap_or_default();
        for Field { param, value } in &self.fields {
            let is_there =
                param.condition.is_none_or(|(word, bit)| self.word(word) >> (bit & 31) & 1 == 1);
            match (param.kind, value) {
                (Kind::Word, _) => out.extend(self.word(param.name).to_le_bytes()),
                (Kind::Length, _) => self.length(param.name).unwrap_or(0).serialize(&mut out),
                (_, Some(Value::Bytes(bytes))) => out.extend(bytes),
                // What shares the bit is there, so this one is true.
                (Kind::Flag, Some(Value::Flag(false))) if is_there => {
                    return Err(E::custom(format_args!(
                        "`{}` of `{}` must be true, or what shares its bit left out",
                        param.name, self.name
                    )));
                }
                (Kind::Flag, _) => {}
                (_, _) if is_there => return Err(E::missing_field(param.name)),
                (_, _) => {}
            }
        }
        Ok(out)
    }
}

/// `bytes`: Base64 for people.
pub(super) fn bytes<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
    if d.is_human_readable() {
        let text = String::deserialize(d)?;
        Base64::decode_vec(&text).map_err(|_| D::Error::custom("this is not Base64"))
    } else {
        d.deserialize_byte_buf(RawBytes)
    }
}

/// `int128` and its wider kin: hexadecimal for people.
fn wide<'de, D: Deserializer<'de>>(d: D, length: usize) -> Result<Vec<u8>, D::Error> {
    let bytes = if d.is_human_readable() {
        from_hex(&String::deserialize(d)?)
    } else {
        Some(d.deserialize_byte_buf(RawBytes)?)
    };
    bytes
        .filter(|bytes| bytes.len() == length)
        .ok_or_else(|| D::Error::custom(format_args!("{length} bytes are expected")))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    let (pairs, _) = digits.as_chunks::<2>();
    pairs.iter().map(|[high, low]| u8::try_from(high << 4 | low).ok()).collect()
}

struct RawBytes;

impl<'de> Visitor<'de> for RawBytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<u8>, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = items.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}
