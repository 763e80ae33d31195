//! The annotated tree: what each byte of a value is.

use crate::dynamic::definition::Definition;
use crate::dynamic::error::Error;
use crate::dynamic::value::{Object, Value};

/// What bytes turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated<'s> {
    /// What was read: all of it, or what stands before the mistake. `None` if that is nothing.
    pub root: Option<Node<'s>>,
    /// The first thing that is wrong.
    pub error: Option<Error>,
}

/// A part of the bytes and what it is.
///
/// The children of a node are its bytes, in order and without gaps; a node without children is a leaf. So every byte of a
/// value that was read to its end belongs to exactly one leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node<'s> {
    /// How many bytes stand before it.
    pub offset: usize,
    /// How many bytes it has. A `flags.N?true` has none.
    pub length: usize,
    /// Where it stands in the node around it.
    pub place: Place<'s>,
    /// Its type, as the schema writes it: `flags.0?Vector<int>`. The parts of an encoding (ids, counts, paddings) have none.
    pub ty: &'s str,
    /// What it is.
    pub content: Content<'s>,
    /// The nodes inside of it.
    pub children: Vec<Node<'s>>,
}

/// Where a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'s> {
    /// It is the whole.
    Root,
    /// A parameter, by its name.
    Param(&'s str),
    /// An item of a vector.
    Item(usize),
    /// A part of how a value is encoded; what it is, its content says.
    Part,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'s> {
    /// A constructor or a function: its id if it is not bare, its parameters.
    Object(Definition<'s>),
    /// A vector: its id if it is not bare, its count, its items.
    Vector {
        /// How many items it says to have.
        count: usize,
    },
    /// A value without values inside. A string has a header, its bytes and its padding as children.
    Value(Value),
    /// A string that the bytes end in.
    Unfinished,
    /// The id in front of a constructor or a function.
    Id(u32),
    /// The id in front of a vector.
    VectorId,
    /// The count of a vector.
    Count(usize),
    /// A `#` word.
    Word {
        /// Its bits.
        value: u32,
        /// Those of which the schema knows what they mean.
        known: u32,
    },
    /// The length of the parameter that follows.
    Length(usize),
    /// The length in front of a string.
    StringLength {
        /// How many bytes it says.
        length: usize,
        /// Whether it has the shortest form.
        is_shortest: bool,
    },
    /// The bytes of a string.
    StringBytes,
    /// What fills a string up to a multiple of 4.
    Padding {
        /// Whether it is the zeros it should be.
        is_zero: bool,
    },
}

/// Something that is accepted and should not be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// These bits of a flags word are set, of which the schema does not know what they mean (TL-15).
    UnknownBits(u32),
    /// A string is not UTF-8 (TL-12).
    NotUtf8,
    /// The length of a string has a longer form than it needs (TL-10).
    LongLength,
    /// The padding of a string is not zero (TL-11).
    DirtyPadding,
}

impl Annotated<'_> {
    /// The value, if all of it was read.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn into_value(self) -> Result<Value, Error> {
        match (self.error, self.root.and_then(Node::into_value)) {
            (None, Some(value)) => Ok(value),
            (Some(error), _) => Err(error),
            // Without an error there is a value.
            (None, None) => Ok(Value::Raw(Vec::new())),
        }
    }
}

impl Node<'_> {
    /// The value; `None` for what is none: an id, a count, a flags word, a length, a padding.
    pub fn into_value(self) -> Option<Value> {
        match self.content {
            Content::Value(value) => Some(value),
            Content::Vector { .. } => Some(items(self.children)),
            Content::Object(definition) => Some(object(definition, self.children)),
            _ => None,
        }
    }

    /// What is odd about it, not about what is inside of it.
    pub fn oddity(&self) -> Option<Oddity> {
        match &self.content {
            Content::Word { value, known } if value & !known != 0 => {
                Some(Oddity::UnknownBits(value & !known))
            }
            Content::Value(Value::String(text)) if text.to_str().is_none() => Some(Oddity::NotUtf8),
            Content::StringLength { is_shortest: false, .. } => Some(Oddity::LongLength),
            Content::Padding { is_zero: false } => Some(Oddity::DirtyPadding),
            _ => None,
        }
    }

    /// Calls `visit` for each node, each before those inside of it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        for child in &self.children {
            child.walk(visit);
        }
    }
}

// Loops instead of chains of iterators: of these each link takes its part of the stack at each level.

fn items(children: Vec<Node<'_>>) -> Value {
    let mut items = Vec::new();
    for child in children {
        if let Place::Item(_) = child.place {
            items.extend(child.into_value());
        }
    }
    Value::Vector(items)
}

fn object(definition: Definition<'_>, children: Vec<Node<'_>>) -> Value {
    let mut fields = Vec::new();
    for child in children {
        if let Place::Param(name) = child.place
            && let Some(value) = child.into_value()
        {
            fields.push((name.to_owned(), value));
        }
    }
    Value::Object(Object { name: definition.name().to_owned(), id: definition.id(), fields })
}
