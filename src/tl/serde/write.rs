//! From bytes to tokens: the bytes become a tree by the table of definitions, and the tree writes itself.

use base64ct::{Base64, Encoding};
use serde_core::ser::{Error, SerializeMap};
use serde_core::{Serialize, Serializer};

use crate::tl::line::{self, Kind, name_in};
use crate::tl::{Reader, Schema};

/// A value with the names that its schema gives it.
pub(super) enum Tree<'b> {
    Int(i32),
    Long(i64),
    Double(f64),
    Bool(bool),
    Text(String),
    Bytes(&'b [u8]),
    /// `int128` and its wider kin.
    Wide(&'b [u8]),
    List(Vec<Self>),
    /// Without a name it is a group.
    Definition(&'static str, Vec<(&'static str, Self)>),
}

impl<'b> Tree<'b> {
    /// The tree of a constructor or of a function.
    pub(super) fn of_value<E: Error>(schema: &Schema, bytes: &'b [u8]) -> Result<Self, E> {
        let mut planter = Planter { schema, r: Reader::with_depth(bytes, u16::MAX) };
        let id = planter.r.constructor_id();
        let tree = schema.line_of(id).and_then(|line| planter.fields(line));
        planter.finish(tree)
    }

    /// The tree of a group's parameters.
    pub(super) fn of_group<E: Error>(
        schema: &Schema,
        line: &'static str,
        bytes: &'b [u8],
    ) -> Result<Self, E> {
        let mut planter = Planter { schema, r: Reader::with_depth(bytes, u16::MAX) };
        let tree = planter.fields(line);
        planter.finish(tree)
    }
}

/// Reads trees. The bytes were written by the types of the same schema, so nothing is wrong with them; if it is, there is
/// no tree.
struct Planter<'s, 'b> {
    schema: &'s Schema,
    r: Reader<'b>,
}

impl<'b> Planter<'_, 'b> {
    fn finish<E: Error>(&self, tree: Option<Tree<'b>>) -> Result<Tree<'b>, E> {
        self.r.finish().map_err(E::custom)?;
        tree.ok_or_else(|| E::custom("the value is not of this schema"))
    }

    fn value(&mut self, ty: &'static str) -> Option<Tree<'b>> {
        Some(match ty {
            "int" => Tree::Int(self.r.int()),
            "long" => Tree::Long(self.r.long()),
            "double" => Tree::Double(self.r.double()),
            "string" => Tree::Text(self.r.string()),
            "bytes" => Tree::Bytes(self.r.byte_slice()),
            "Bool" => Tree::Bool(self.r.boolean()),
            "int128" => Tree::Wide(self.r.take_slice(16)),
            "int256" => Tree::Wide(self.r.take_slice(32)),
            "int512" => Tree::Wide(self.r.take_slice(64)),
            "Object" => Tree::Bytes(self.r.take_rest()),
            ty if ty.starts_with('!') => Tree::Bytes(self.r.take_rest()),
            ty => match (line::vector(ty), line::bare_name(ty)) {
                (Some((is_boxed, item)), _) => self.list(is_boxed, item)?,
                (None, Some(name)) => self.fields(self.schema.line_of_bare(name)?)?,
                (None, None) => self.boxed()?,
            },
        })
    }

    fn list(&mut self, is_boxed: bool, item: &'static str) -> Option<Tree<'b>> {
        if is_boxed {
            self.r.constructor_id();
        }
        let count = self.r.int();
        (0..count).map(|_| self.value(item)).collect::<Option<_>>().map(Tree::List)
    }

    /// A constructor of whatever type.
    fn boxed(&mut self) -> Option<Tree<'b>> {
        let id = self.r.constructor_id();
        self.fields(self.schema.constructors.line_of(id)?)
    }

    fn fields(&mut self, line: &'static str) -> Option<Tree<'b>> {
        let mut fields = Vec::new();
        let mut numbers: Vec<(&str, u32)> = Vec::new();
        for param in line::params(line) {
            let number = |name| numbers.iter().find(|(of, _)| *of == name).map(|(_, n)| *n);
            if let Some((word, bit)) = param.condition
                && number(word)? >> (bit & 31) & 1 == 0
            {
                continue;
            }
            let value = match param.kind {
                Kind::Word | Kind::Length => {
                    numbers.push((param.name, self.r.word()));
                    continue;
                }
                Kind::Flag => Tree::Bool(true),
                Kind::Measured(length) => {
                    Tree::Bytes(self.r.take_slice(usize::try_from(number(length)?).ok()?))
                }
                Kind::Value(ty) => self.value(ty)?,
            };
            fields.push((param.name, value));
        }
        (!self.r.is_failed()).then_some(Tree::Definition(name_in(line), fields))
    }
}

impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let is_for_people = s.is_human_readable();
        match self {
            Self::Int(value) => s.serialize_i32(*value),
            Self::Long(value) if is_for_people => s.collect_str(value),
            Self::Long(value) => s.serialize_i64(*value),
            Self::Double(value) if is_for_people && !value.is_finite() => s.collect_str(value),
            Self::Double(value) => s.serialize_f64(*value),
            Self::Bool(value) => s.serialize_bool(*value),
            Self::Text(value) => s.serialize_str(value),
            Self::Bytes(value) if is_for_people => s.serialize_str(&Base64::encode_string(value)),
            Self::Wide(value) if is_for_people => s.serialize_str(&hex(value)),
            Self::Bytes(value) | Self::Wide(value) => s.serialize_bytes(value),
            Self::List(items) => s.collect_seq(items),
            Self::Definition(name, fields) => {
                let tags = usize::from(!name.is_empty());
                let mut map = s.serialize_map(Some(tags + fields.len()))?;
                if !name.is_empty() {
                    map.serialize_entry("_", name)?;
                }
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
