//! A value as a tree, whatever schema it is of.

use std::borrow::Cow;
use std::fmt;

/// A value of TL.
///
/// Two are equal when their bytes would be: a `double` is compared by its bits, so that a NaN equals itself.
#[derive(Debug, Clone)]
pub enum Value {
    /// `int`
    Int(i32),
    /// `long`
    Long(i64),
    /// `double`
    Double(f64),
    /// `int128`
    Int128([u8; 16]),
    /// `int256`
    Int256([u8; 32]),
    /// `int512`
    Int512(Box<[u8; 64]>),
    /// `string`
    String(Text),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `Bool`
    Bool(bool),
    /// A `flags.N?true` that is there.
    True,
    /// A vector, with or without its id.
    Vector(Vec<Value>),
    /// A constructor or a function, with or without its id.
    Object(Object),
    /// An `Object` or `!X` whose id no schema at hand has: all its bytes.
    Raw(Vec<u8>),
}

/// A constructor or a function with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its name, as the schema writes it.
    pub name: String,
    /// Its id.
    pub id: u32,
    /// The parameters that are there, in wire order: no absent optional ones, no flags words, no lengths.
    pub fields: Vec<(String, Value)>,
}

/// A `string`: its bytes as they are, since they need not be UTF-8 (TL-12).
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text(Vec<u8>);

impl Value {
    /// The parameter of an object by its name.
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(object) => object.field(name),
            _ => None,
        }
    }

    /// What kind of value it is, for errors.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "an int",
            Self::Long(_) => "a long",
            Self::Double(_) => "a double",
            Self::Int128(_) => "an int128",
            Self::Int256(_) => "an int256",
            Self::Int512(_) => "an int512",
            Self::String(_) => "a string",
            Self::Bytes(_) => "bytes",
            Self::Bool(_) => "a Bool",
            Self::True => "a true",
            Self::Vector(_) => "a vector",
            Self::Object(_) => "an object",
            Self::Raw(_) => "raw bytes",
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Long(a), Self::Long(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a.to_bits() == b.to_bits(),
            (Self::Int128(a), Self::Int128(b)) => a == b,
            (Self::Int256(a), Self::Int256(b)) => a == b,
            (Self::Int512(a), Self::Int512(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) | (Self::Raw(a), Self::Raw(b)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::True, Self::True) => true,
            (Self::Vector(a), Self::Vector(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::Long(number) => write!(f, "{number}"),
            Self::Double(number) => write!(f, "{number:?}"),
            Self::Int128(bytes) => write_hex(f, bytes),
            Self::Int256(bytes) => write_hex(f, bytes),
            Self::Int512(bytes) => write_hex(f, &**bytes),
            Self::Bytes(bytes) | Self::Raw(bytes) => write_hex(f, bytes),
            Self::String(text) => write!(f, "{text:?}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::True => f.write_str("true"),
            Self::Vector(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    write!(f, "{item}")?;
                }
                f.write_str("]")
            }
            Self::Object(object) => {
                f.write_str(&object.name)?;
                for (index, (name, value)) in object.fields.iter().enumerate() {
                    f.write_str(if index == 0 { " { " } else { ", " })?;
                    write!(f, "{name}: {value}")?;
                }
                f.write_str(if object.fields.is_empty() { "" } else { " }" })
            }
        }
    }
}

impl Object {
    /// A parameter by its name; `None` if it is absent.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(of, _)| of == name).map(|(_, value)| value)
    }
}

impl Text {
    /// The bytes as they stand on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, where it is UTF-8.
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The text, with replacement characters for what is no UTF-8.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string_lossy(), f)
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(fields: Vec<(String, Value)>) -> Value {
        Value::Object(Object { name: "a".into(), id: 1, fields })
    }

    #[test]
    fn values_print_as_the_schema_names_them() {
        let inner = object(vec![
            ("text".into(), Value::String("a\"b".into())),
            ("ok".into(), Value::True),
            ("list".into(), Value::Vector(vec![Value::Long(-1), Value::Double(1.0)])),
        ]);
        let value = object(vec![
            ("unit".into(), object(vec![])),
            ("inner".into(), inner),
            ("raw".into(), Value::Raw(vec![1, 0xab])),
        ]);
        assert_eq!(
            value.to_string(),
            "a { unit: a, inner: a { text: \"a\\\"b\", ok: true, list: [-1, 1.0] }, raw: 01ab }"
        );
    }

    #[test]
    fn doubles_are_equal_by_their_bits() {
        assert_eq!(Value::Double(f64::NAN), Value::Double(f64::NAN));
        assert_ne!(Value::Double(0.0), Value::Double(-0.0));
        assert_ne!(Value::Bytes(vec![]), Value::Raw(vec![]));
    }

    #[test]
    fn text_keeps_what_is_no_utf_8() {
        let text = Text::from(vec![0xff, b'a']);
        assert_eq!((text.to_str(), text.as_bytes()), (None, &[0xff, b'a'][..]));
        assert_eq!(text.to_string_lossy(), "\u{fffd}a");
        assert_eq!(Text::from("a").to_str(), Some("a"));
    }
}
