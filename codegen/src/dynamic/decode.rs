//! From bytes to the annotated tree.

use crate::dynamic::codec::Codec;
use crate::dynamic::cursor::Cursor;
use crate::dynamic::definition::Definition;
use crate::dynamic::error::{Error, ErrorKind};
use crate::dynamic::node::{Annotated, Content, Node, Place};
use crate::dynamic::path::{Path, Segment};
use crate::dynamic::target::{Goal, Target};
use crate::dynamic::value::{Text, Value};
use crate::dynamic::{MAX_DEPTH, VECTOR_ID, bool_of};
use crate::ir::{Bit, Body, ParamKind, Ty, TypeIndex};

/// Reads one value. What it reads goes to `out` at once, so that it is kept when something after it is wrong.
pub(super) struct Decoder<'c, 's, 'b> {
    codec: &'c Codec<'s>,
    cursor: Cursor<'b>,
    depth: usize,
    /// How many items without bytes may still come: as many as there are bytes. Each vector of them could else claim as many as
    /// bytes are left, and a vector of such vectors the square of that (TL-01).
    empty_items: usize,
    path: Path<'s>,
}

/// Where a value stands, and its type as the schema writes it.
#[derive(Clone, Copy)]
struct At<'s> {
    place: Place<'s>,
    ty: &'s str,
}

type Nodes<'s> = Vec<Node<'s>>;

impl<'c, 's, 'b> Decoder<'c, 's, 'b> {
    pub(super) fn new(codec: &'c Codec<'s>, bytes: &'b [u8]) -> Self {
        let (cursor, empty_items) = (Cursor::new(bytes), bytes.len());
        Self { codec, cursor, depth: 0, empty_items, path: Path::default() }
    }

    /// Reads all of the bytes as what they are expected to be; as any definition, if nothing is.
    pub(super) fn run(mut self, target: Option<&'s Target<'_>>) -> Annotated<'s> {
        let mut out = Nodes::new();
        let result = self.root(target, &mut out).and_then(|()| self.end());
        Annotated { root: out.into_iter().next(), error: result.err() }
    }

    fn root(&mut self, target: Option<&'s Target<'_>>, out: &mut Nodes<'s>) -> Result<(), Error> {
        let Some(target) = target else {
            let id = self.peek_id()?;
            return match self.codec.first_with_id(id) {
                Some(definition) => self.object(definition, true, root_at(definition.ty()), out),
                None if bool_of(id).is_some() => self.boolean(root_at("Bool"), out),
                None if id == VECTOR_ID => Err(self.error(ErrorKind::VectorOfUnknown)),
                None => Err(self.error(ErrorKind::UnknownId { id })),
            };
        };
        match &target.goal {
            Goal::Ty(schema, ty) => {
                self.path.push(Segment::Root(target.text));
                self.value(*schema, ty, root_at(target.text), out)
            }
            Goal::Definition(schema, expected) => {
                let id = self.peek_id()?;
                let definition = self.codec.own_with_id(*schema, id);
                match definition.filter(|_| id == *expected) {
                    Some(definition) => {
                        self.object(definition, true, root_at(definition.ty()), out)
                    }
                    None => Err(self.unexpected(id, target.text)),
                }
            }
        }
    }

    fn value(
        &mut self,
        schema: usize,
        ty: &'s Ty,
        at: At<'s>,
        out: &mut Nodes<'s>,
    ) -> Result<(), Error> {
        match ty {
            Ty::Object => self.any(at, false, out),
            Ty::Variable => self.any(at, true, out),
            Ty::Vector { bare, item } => self.vector(schema, *bare, item, at, out),
            Ty::Bare(index) => match self.codec.constructor(schema, *index) {
                Some(definition) => self.object(definition, false, at, out),
                // `resolve` made the index for this schema.
                None => Ok(()),
            },
            Ty::Boxed(index) => {
                let definition = self.boxed(schema, *index)?;
                self.object(definition, true, at, out)
            }
            ty => self.plain(ty, at, out),
        }
    }

    /// A value without values inside. It is apart from those that have them, which keeps the stack small that they need.
    fn plain(&mut self, ty: &Ty, at: At<'s>, out: &mut Nodes<'s>) -> Result<(), Error> {
        match ty {
            Ty::Int => self.scalar(at, out, |b| Value::Int(i32::from_le_bytes(b))),
            Ty::Long => self.scalar(at, out, |b| Value::Long(i64::from_le_bytes(b))),
            Ty::Double => self.scalar(at, out, |b| Value::Double(f64::from_le_bytes(b))),
            Ty::Int128 => self.scalar(at, out, Value::Int128),
            Ty::Int256 => self.scalar(at, out, Value::Int256),
            Ty::Int512 => self.scalar(at, out, |b| Value::Int512(Box::new(b))),
            Ty::Bool => self.boolean(at, out),
            Ty::String => self.string(at, out, |bytes| Value::String(Text::from(bytes))),
            Ty::Bytes => self.string(at, out, Value::Bytes),
            Ty::Object | Ty::Variable | Ty::Vector { .. } | Ty::Bare(_) | Ty::Boxed(_) => Ok(()),
        }
    }

    /// The constructor whose id comes next; it must be one of the type's.
    fn boxed(&self, schema: usize, index: TypeIndex) -> Result<Definition<'s>, Error> {
        let id = self.peek_id()?;
        self.codec.own_with_id(schema, id).filter(|d| d.is_of(index)).ok_or_else(|| {
            let ty = self.codec.type_at(schema, index);
            self.unexpected(id, ty.map_or("", |ty| &ty.name.tl))
        })
    }

    /// One value that reaches to the end of what holds it: any definition, or only functions.
    fn any(&mut self, at: At<'s>, is_query: bool, out: &mut Nodes<'s>) -> Result<(), Error> {
        let id = self.peek_id()?;
        if self.codec.raw_objects {
            return self.raw(at, out);
        }
        match self.codec.first_with_id(id) {
            Some(definition) if is_query && !definition.is_function() => {
                return Err(self.unexpected(id, "a function"));
            }
            Some(definition) => self.object(definition, true, at, out)?,
            None if bool_of(id).is_some() && !is_query => self.boolean(at, out)?,
            None => return self.raw(at, out),
        }
        self.end()
    }

    fn raw(&mut self, at: At<'s>, out: &mut Nodes<'s>) -> Result<(), Error> {
        let offset = self.cursor.offset();
        let bytes = self.take(self.cursor.left())?;
        self.leaf(offset, at, Content::Value(Value::Raw(bytes.to_vec())), out);
        Ok(())
    }

    fn object(
        &mut self,
        definition: Definition<'s>,
        is_boxed: bool,
        at: At<'s>,
        out: &mut Nodes<'s>,
    ) -> Result<(), Error> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(ErrorKind::TooDeep));
        }
        self.depth += 1;
        if self.path.is_empty() {
            self.path.push(Segment::Root(definition.name()));
        }
        let offset = self.cursor.offset();
        let mut children = Nodes::new();
        let result = self.inside(definition, is_boxed, &mut children);
        self.depth -= 1;
        out.push(branch(offset, at, Content::Object(definition), children));
        result
    }

    fn inside(
        &mut self,
        definition: Definition<'s>,
        is_boxed: bool,
        out: &mut Nodes<'s>,
    ) -> Result<(), Error> {
        if is_boxed {
            self.part(out, |bytes| Content::Id(u32::from_le_bytes(bytes)))?;
        }
        self.params(definition, out)
    }

    fn params(&mut self, definition: Definition<'s>, out: &mut Nodes<'s>) -> Result<(), Error> {
        let body = definition.body();
        let schema = definition.schema();
        let mut words: Vec<u32> = Vec::new();
        let mut length = 0;
        for param in &body.params {
            let at = At { place: Place::Param(&param.name), ty: &param.ty };
            let is_set = |Bit { word, bit }: Bit| {
                words.get(word).is_some_and(|word| word >> u32::from(bit) & 1 == 1)
            };
            self.path.push(Segment::Param(&param.name));
            match &param.kind {
                ParamKind::Word(word) => words.push(self.word(at, known_bits(body, *word), out)?),
                ParamKind::Required(ty) => self.value(schema, ty, at, out)?,
                ParamKind::Flag(bit) if is_set(*bit) => self.flag(at, out),
                ParamKind::Optional { bit, ty } if is_set(*bit) => {
                    self.value(schema, ty, at, out)?;
                }
                ParamKind::Flag(_) | ParamKind::Optional { .. } => {}
                ParamKind::Length => length = self.length(at, out)?,
                ParamKind::Measured => self.measured(length, at, out)?,
            }
            self.path.pop();
        }
        Ok(())
    }

    fn word(&mut self, at: At<'s>, known: u32, out: &mut Nodes<'s>) -> Result<u32, Error> {
        let offset = self.cursor.offset();
        let value = u32::from_le_bytes(self.array()?);
        self.leaf(offset, at, Content::Word { value, known }, out);
        Ok(value)
    }

    fn flag(&self, at: At<'s>, out: &mut Nodes<'s>) {
        let content = Content::Value(Value::True);
        self.leaf(self.cursor.offset(), at, content, out);
    }

    fn length(&mut self, at: At<'s>, out: &mut Nodes<'s>) -> Result<usize, Error> {
        let offset = self.cursor.offset();
        let length = i32::from_le_bytes(self.array()?);
        let bytes = usize::try_from(length).ok().filter(|bytes| bytes.is_multiple_of(4));
        let wrong = ErrorKind::ObjectLength { length: length.into() };
        let bytes = bytes.ok_or_else(|| Error::new(wrong, offset, &self.path))?;
        self.leaf(offset, at, Content::Length(bytes), out);
        Ok(bytes)
    }

    fn measured(&mut self, length: usize, at: At<'s>, out: &mut Nodes<'s>) -> Result<(), Error> {
        let end = self.cursor.narrow(length).map_err(|kind| self.error(kind))?;
        // Of nothing there is no id.
        if length == 0 { self.raw(at, out) } else { self.any(at, false, out) }?;
        self.cursor.widen(end);
        Ok(())
    }

    fn vector(
        &mut self,
        schema: usize,
        is_bare: bool,
        item: &'s Ty,
        at: At<'s>,
        out: &mut Nodes<'s>,
    ) -> Result<(), Error> {
        let offset = self.cursor.offset();
        let mut children = Nodes::new();
        let min_len = self.codec.min_len(schema, item);
        let count = self.vector_header(is_bare, min_len, &mut children);
        let result = match &count {
            Ok(count) => self.items(schema, item, item_at(at.ty), *count, &mut children),
            Err(error) => Err(error.clone()),
        };
        let count = count.unwrap_or_default();
        out.push(branch(offset, at, Content::Vector { count }, children));
        result
    }

    /// Reads the id and the count, and holds that against the bytes left (TL-01, TL-02).
    fn vector_header(
        &mut self,
        is_bare: bool,
        min_len: usize,
        out: &mut Nodes<'s>,
    ) -> Result<usize, Error> {
        if !is_bare {
            let id = self.peek_id()?;
            if id != VECTOR_ID {
                return Err(self.error(ErrorKind::VectorId { id }));
            }
            self.part(out, |_: [u8; 4]| Content::VectorId)?;
        }
        let offset = self.cursor.offset();
        let count = i32::from_le_bytes(self.array()?);
        let wrong = |kind| Err(Error::new(kind, offset, &self.path));
        let Ok(items) = usize::try_from(count) else {
            return wrong(ErrorKind::NegativeCount { count });
        };
        let left = self.cursor.left();
        // An item without bytes would make any count fit, so each counts for one at least, and all of them in all vectors too.
        let empty = if min_len == 0 { items } else { 0 };
        let empty_items = self.empty_items.checked_sub(empty);
        let fits = items.checked_mul(min_len.max(1)).is_some_and(|needed| needed <= left);
        let (Some(empty_items), true) = (empty_items, fits) else {
            return wrong(ErrorKind::CountTooLarge { count: items, left });
        };
        self.empty_items = empty_items;
        let at = At { place: Place::Part, ty: "" };
        self.leaf(offset, at, Content::Count(items), out);
        Ok(items)
    }

    fn items(
        &mut self,
        schema: usize,
        item: &'s Ty,
        ty: &'s str,
        count: usize,
        out: &mut Nodes<'s>,
    ) -> Result<(), Error> {
        for index in 0..count {
            self.path.push(Segment::Item(index));
            self.value(schema, item, At { place: Place::Item(index), ty }, out)?;
            self.path.pop();
        }
        Ok(())
    }

    fn boolean(&mut self, at: At<'s>, out: &mut Nodes<'s>) -> Result<(), Error> {
        let id = self.peek_id()?;
        let value = bool_of(id).ok_or_else(|| self.error(ErrorKind::BoolId { id }))?;
        self.scalar(at, out, |_: [u8; 4]| Value::Bool(value))
    }

    fn string(
        &mut self,
        at: At<'s>,
        out: &mut Nodes<'s>,
        make: impl FnOnce(Vec<u8>) -> Value,
    ) -> Result<(), Error> {
        let offset = self.cursor.offset();
        let mut children = Nodes::new();
        let bytes = self.string_parts(&mut children);
        let content = match &bytes {
            Ok(bytes) => Content::Value(make(bytes.to_vec())),
            Err(_) => Content::Unfinished,
        };
        out.push(branch(offset, at, content, children));
        bytes.map(|_| ())
    }

    /// A length in 1, 4 or 8 bytes, the bytes, a padding.
    fn string_parts(&mut self, out: &mut Nodes<'s>) -> Result<&'b [u8], Error> {
        let at = At { place: Place::Part, ty: "" };
        let start = self.cursor.offset();
        let [first] = self.array()?;
        let (length, shortest_from) = match first {
            // TL-09: seven bytes of length follow.
            255 => (self.length_bytes::<7>()?, 1 << 24),
            254 => (self.length_bytes::<3>()?, 254),
            short => (u64::from(short), 0),
        };
        let wrong = ErrorKind::StringLength { length };
        let is_shortest = length >= shortest_from;
        let length = usize::try_from(length).map_err(|_| Error::new(wrong, start, &self.path))?;
        let content = Content::StringLength { length, is_shortest };
        self.leaf(start, at, content, out);
        let offset = self.cursor.offset();
        let bytes = self.take(length)?;
        if !bytes.is_empty() {
            self.leaf(offset, at, Content::StringBytes, out);
        }
        let offset = self.cursor.offset();
        let padding = self.take(offset.wrapping_sub(start).wrapping_neg() & 3)?;
        if !padding.is_empty() {
            let content = Content::Padding { is_zero: padding.iter().all(|byte| *byte == 0) };
            self.leaf(offset, at, content, out);
        }
        Ok(bytes)
    }

    fn length_bytes<const N: usize>(&mut self) -> Result<u64, Error> {
        let bytes = self.array::<N>()?;
        Ok(bytes.iter().rev().fold(0, |length, byte| length << 8 | u64::from(*byte)))
    }

    fn scalar<const N: usize>(
        &mut self,
        at: At<'s>,
        out: &mut Nodes<'s>,
        make: impl FnOnce([u8; N]) -> Value,
    ) -> Result<(), Error> {
        let offset = self.cursor.offset();
        let value = make(self.array()?);
        self.leaf(offset, at, Content::Value(value), out);
        Ok(())
    }

    /// A part of an encoding.
    fn part<const N: usize>(
        &mut self,
        out: &mut Nodes<'s>,
        make: impl FnOnce([u8; N]) -> Content<'s>,
    ) -> Result<(), Error> {
        let offset = self.cursor.offset();
        let content = make(self.array()?);
        self.leaf(offset, At { place: Place::Part, ty: "" }, content, out);
        Ok(())
    }

    /// Adds a leaf, from an offset up to here.
    fn leaf(&self, offset: usize, at: At<'s>, content: Content<'s>, out: &mut Nodes<'s>) {
        let length = self.cursor.offset().saturating_sub(offset);
        out.push(Node {
            offset,
            length,
            place: at.place,
            ty: at.ty,
            content,
            children: Vec::new(),
        });
    }

    fn peek_id(&self) -> Result<u32, Error> {
        self.cursor.peek_id().map_err(|kind| self.error(kind))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        self.cursor.array().map_err(|kind| self.error(kind))
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], Error> {
        self.cursor.take(count).map_err(|kind| self.error(kind))
    }

    /// Nothing may follow in the part that is being read (TL-14).
    fn end(&self) -> Result<(), Error> {
        match self.cursor.left() {
            0 => Ok(()),
            count => Err(self.error(ErrorKind::TrailingBytes { count })),
        }
    }

    fn unexpected(&self, id: u32, expected: &str) -> Error {
        let name = self.codec.first_with_id(id).map(|definition| definition.name().to_owned());
        self.error(ErrorKind::UnexpectedId { id, name, expected: expected.to_owned() })
    }

    /// What is wrong, here.
    fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.cursor.offset(), &self.path)
    }
}

/// A node that has the bytes of its children. If reading stopped inside of it, what was read of the part that is wrong
/// belongs to nothing.
fn branch<'s>(offset: usize, at: At<'s>, content: Content<'s>, children: Nodes<'s>) -> Node<'s> {
    let end = children.last().map_or(offset, |last| last.offset.saturating_add(last.length));
    let length = end.saturating_sub(offset);
    Node { offset, length, place: at.place, ty: at.ty, content, children }
}

fn root_at(ty: &str) -> At<'_> {
    At { place: Place::Root, ty }
}

/// The type of the items of a vector: what stands between its brackets.
fn item_at(vector: &str) -> &str {
    let inside = vector.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>'));
    inside.map_or("", |(item, _)| item.trim())
}

/// The bits of a word that say something.
fn known_bits(body: &Body, word: usize) -> u32 {
    let bits = body.params.iter().filter_map(|param| match &param.kind {
        ParamKind::Flag(bit) | ParamKind::Optional { bit, .. } if bit.word == word => Some(bit.bit),
        _ => None,
    });
    bits.fold(0, |known, bit| known | 1u32.wrapping_shl(bit.into()))
}
