//! The way from the whole value to a part of it: `messages.messages.messages[3].entities[0]`.

use std::fmt;

/// A way, as it grows and shrinks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Path<'s>(Vec<Segment<'s>>);

/// A step of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment<'s> {
    /// The definition, or the type, of the whole.
    Root(&'s str),
    /// A parameter.
    Param(&'s str),
    /// An item of a vector.
    Item(usize),
}

impl<'s> Path<'s> {
    pub(super) fn push(&mut self, segment: Segment<'s>) {
        self.0.push(segment);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.0 {
            match segment {
                Segment::Root(name) => f.write_str(name)?,
                Segment::Param(name) => write!(f, ".{name}")?,
                Segment::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
