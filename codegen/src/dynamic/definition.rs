//! A constructor or a function, whichever.

use crate::ir::{Body, Constructor, ConstructorIndex, Function, FunctionResult, Ty, TypeIndex};

/// A constructor or a function of one of the schemas of a [`Codec`](crate::dynamic::Codec).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition<'s> {
    schema: usize,
    item: Item<'s>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item<'s> {
    Constructor(ConstructorIndex, &'s Constructor),
    Function(&'s Function),
}

impl<'s> Definition<'s> {
    pub(super) fn constructor(schema: usize, index: usize, item: &'s Constructor) -> Self {
        Self { schema, item: Item::Constructor(ConstructorIndex(index), item) }
    }

    pub(super) fn function(schema: usize, item: &'s Function) -> Self {
        Self { schema, item: Item::Function(item) }
    }

    /// Which of the codec's schemas it is of, from 0.
    pub fn schema(&self) -> usize {
        self.schema
    }

    /// Its name, as the schema writes it.
    pub fn name(&self) -> &'s str {
        match self.item {
            Item::Constructor(_, constructor) => &constructor.name.tl,
            Item::Function(function) => &function.name.tl,
        }
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        match self.item {
            Item::Constructor(_, constructor) => constructor.id,
            Item::Function(function) => function.id,
        }
    }

    /// The definition as a line of TL.
    pub fn tl(&self) -> &'s str {
        match self.item {
            Item::Constructor(_, constructor) => &constructor.tl,
            Item::Function(function) => &function.tl,
        }
    }

    /// The type that a constructor belongs to, or that a function returns.
    pub fn ty(&self) -> &'s str {
        let line = self.tl().trim_end_matches(';');
        line.rsplit_once(" = ").map_or("", |(_, ty)| ty)
    }

    /// Its parameters.
    pub fn body(&self) -> &'s Body {
        match self.item {
            Item::Constructor(_, constructor) => &constructor.body,
            Item::Function(function) => &function.body,
        }
    }

    /// Whether it is a function.
    pub fn is_function(&self) -> bool {
        matches!(self.item, Item::Function(_))
    }

    /// What a function returns; `None` for a constructor.
    pub fn result(&self) -> Option<&'s FunctionResult> {
        match self.item {
            Item::Constructor(..) => None,
            Item::Function(function) => Some(&function.result),
        }
    }

    /// Whether it is a constructor of this type of its schema.
    pub(super) fn is_of(&self, ty: TypeIndex) -> bool {
        matches!(self.item, Item::Constructor(_, constructor) if constructor.ty == Some(ty))
    }

    /// The type of a bare value of it; `None` for a function.
    pub(super) fn bare(&self) -> Option<Ty> {
        match self.item {
            Item::Constructor(index, _) => Some(Ty::Bare(index)),
            Item::Function(_) => None,
        }
    }
}
