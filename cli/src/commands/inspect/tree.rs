//! The tree as it is shown: what both outputs have in common.

use serde::Serialize;
use serde_json::Value as Json;
use telewire_codegen::dynamic::{Annotated, Codec, Content, ErrorKind, Node, Oddity, Place, Value};

use super::gzip;

/// `gzip_packed#3072cfa1 packed_data:bytes = Object;`
const GZIP_PACKED: u32 = 0x3072_cfa1;

/// How often compressed values are unpacked inside each other. Honest ones are never.
const MAX_UNPACKED: usize = 4;

/// What bytes turned out to be.
#[derive(Debug, Serialize)]
pub(super) struct Tree {
    /// What was read; nothing if the first bytes are wrong already.
    pub(super) tree: Option<Part>,
    /// What is wrong, if anything is.
    pub(super) error: Option<String>,
    /// The layer that it was read by, if that is an older one and nobody has named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layer: Option<u32>,
    /// The first id that no schema has, also of what was unpacked.
    #[serde(skip)]
    pub(super) unknown: Option<u32>,
}

/// A part of the bytes.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    pub(super) offset: usize,
    pub(super) length: usize,
    /// The bytes, of a part that has no parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<String>,
    /// The parameter, or the number of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) field: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) ty: Option<String>,
    pub(super) kind: Kind,
    /// The name of a constructor or a function, and its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Json>,
    /// What is accepted and should not be so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) odd: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) parts: Vec<Part>,
    /// What compressed bytes are, with offsets of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unpacked: Option<Box<Tree>>,
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Constructor,
    Function,
    Vector,
    Value,
    Unknown,
    Unfinished,
    Id,
    Count,
    Flags,
    Length,
    StringLength,
    StringBytes,
    Padding,
}

impl Tree {
    /// What is wrong, here or in what was unpacked.
    pub(super) fn mistake(&self) -> Option<String> {
        self.error.clone().or_else(|| self.tree.as_ref()?.mistake())
    }

    pub(super) fn new(codec: &Codec<'_>, annotated: &Annotated<'_>, bytes: &[u8]) -> Self {
        Builder { codec, unpacked: 0, unknown: None }.tree(annotated, bytes)
    }
}

impl Part {
    fn mistake(&self) -> Option<String> {
        let unpacked = self.unpacked.as_ref().and_then(|tree| tree.mistake());
        let unpacked =
            unpacked.map(|mistake| format!("gzip_packed at byte {}: {mistake}", self.offset));
        unpacked.or_else(|| self.parts.iter().find_map(Self::mistake))
    }
}

struct Builder<'c, 's> {
    codec: &'c Codec<'s>,
    /// How many compressed values are around the part at hand.
    unpacked: usize,
    unknown: Option<u32>,
}

impl Builder<'_, '_> {
    fn tree(&mut self, annotated: &Annotated<'_>, bytes: &[u8]) -> Tree {
        let tree = annotated.root.as_ref().map(|root| self.part(root, bytes));
        self.unknown = self.unknown.or_else(|| unknown_id(annotated));
        let error = annotated.error.as_ref().map(ToString::to_string);
        Tree { tree, error, layer: None, unknown: self.unknown }
    }

    fn part(&mut self, node: &Node<'_>, bytes: &[u8]) -> Part {
        let (kind, value) = kind_and_value(node);
        let end = node.offset.saturating_add(node.length);
        let own = bytes.get(node.offset..end).unwrap_or_default();
        let definition = match node.content {
            Content::Object(definition) => Some(definition),
            _ => None,
        };
        Part {
            offset: node.offset,
            length: node.length,
            bytes: node.children.is_empty().then(|| hex::encode(own)),
            field: match node.place {
                Place::Param(name) => Some(name.to_owned()),
                Place::Item(index) => Some(format!("[{index}]")),
                Place::Root | Place::Part => None,
            },
            ty: (!node.ty.is_empty()).then(|| node.ty.to_owned()),
            kind,
            name: definition.map(|definition| definition.name().to_owned()),
            id: definition.map(|definition| format!("{:08x}", definition.id())),
            value,
            odd: node.oddity().map(describe),
            parts: node.children.iter().map(|child| self.part(child, bytes)).collect(),
            unpacked: self.unpacked(node),
        }
    }

    fn unpacked(&mut self, node: &Node<'_>) -> Option<Box<Tree>> {
        let Content::Object(definition) = node.content else { return None };
        if definition.id() != GZIP_PACKED || self.unpacked == MAX_UNPACKED {
            return None;
        }
        let packed = node.children.iter().find_map(|child| match &child.content {
            Content::Value(Value::Bytes(packed)) => Some(packed),
            _ => None,
        });
        let data = match gzip::unpack(packed?) {
            Ok(data) => data,
            Err(error) => {
                let error = Some(error);
                return Some(Box::new(Tree { tree: None, error, layer: None, unknown: None }));
            }
        };
        self.unpacked += 1;
        let tree = self.tree(&self.codec.decode_annotated(&data), &data);
        self.unpacked -= 1;
        Some(Box::new(tree))
    }
}

fn unknown_id(annotated: &Annotated<'_>) -> Option<u32> {
    let mut unknown = annotated.error.as_ref().and_then(|error| match error.kind() {
        ErrorKind::UnknownId { id } | ErrorKind::UnexpectedId { id, name: None, .. } => Some(*id),
        _ => None,
    });
    if let Some(root) = &annotated.root {
        root.walk(&mut |node| {
            if let Content::Value(Value::Raw(bytes)) = &node.content
                && let Some(id) = bytes.first_chunk()
            {
                unknown.get_or_insert(u32::from_le_bytes(*id));
            }
        });
    }
    unknown
}

fn kind_and_value(node: &Node<'_>) -> (Kind, Option<Json>) {
    match &node.content {
        Content::Object(definition) if definition.is_function() => (Kind::Function, None),
        Content::Object(_) => (Kind::Constructor, None),
        Content::Vector { count } => (Kind::Vector, Some((*count).into())),
        Content::Value(Value::Raw(bytes)) => (Kind::Unknown, Some(hex::encode(bytes).into())),
        Content::Value(value) => (Kind::Value, Some(json_of(value))),
        Content::Unfinished => (Kind::Unfinished, None),
        Content::Id(id) => (Kind::Id, Some(format!("{id:08x}").into())),
        Content::VectorId => (Kind::Id, None),
        Content::Count(count) => (Kind::Count, Some((*count).into())),
        Content::Word { value, .. } => (Kind::Flags, Some((*value).into())),
        Content::Length(length) => (Kind::Length, Some((*length).into())),
        Content::StringLength { length, .. } => (Kind::StringLength, Some((*length).into())),
        Content::StringBytes => (Kind::StringBytes, None),
        Content::Padding { .. } => (Kind::Padding, None),
    }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Int(number) => (*number).into(),
        Value::Bool(value) => (*value).into(),
        Value::True => true.into(),
        Value::String(text) => text.to_string_lossy().into(),
        other => other.to_string().into(),
    }
}

fn describe(oddity: Oddity) -> String {
    match oddity {
        Oddity::UnknownBits(bits) => format!("no schema knows the bits {bits:x}"),
        Oddity::NotUtf8 => "this is no UTF-8".to_owned(),
        Oddity::LongLength => "the length has a longer form than it needs".to_owned(),
        Oddity::DirtyPadding => "the padding is not zero".to_owned(),
    }
}
