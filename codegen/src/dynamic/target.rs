//! What bytes are expected to be.

use crate::built_in;
use crate::dynamic::codec::Codec;
use crate::dynamic::definition::Definition;
use crate::expr::{TypeExpr, TypeExprError};
use crate::ir::{FunctionResult, Ty};

/// What bytes are expected to be, or a value is to be written as. [`Codec::target`] and [`Codec::result_of`] make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'s> {
    /// As it was written.
    pub(super) text: &'s str,
    pub(super) goal: Goal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Goal {
    /// One definition with its id: its schema and the id.
    Definition(usize, u32),
    /// A value of a type of this schema.
    Ty(usize, Ty),
}

/// Why a text names nothing that bytes can be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// It is no type expression.
    #[error("`{text}` is not a type: {source}")]
    Expr {
        /// The text.
        text: String,
        /// What is wrong with it.
        source: TypeExprError,
    },
    /// No schema at hand has this name.
    #[error("no schema has a type, a constructor or a function `{name}`")]
    UnknownName {
        /// The name.
        name: String,
    },
    /// It is an expression of which there are no values.
    #[error("there are no values of `{text}`: {why}")]
    NoValue {
        /// The text.
        text: String,
        /// Why not.
        why: &'static str,
    },
    /// No schema at hand has a function of this name.
    #[error("no schema has a function `{name}`")]
    UnknownFunction {
        /// The name.
        name: String,
    },
    /// The function returns nothing.
    #[error("`{function}` returns nothing")]
    NoResult {
        /// The function.
        function: String,
    },
    /// The function returns what its query returns.
    #[error("`{function}` returns what its query does: name that function")]
    ResultOfQuery {
        /// The function.
        function: String,
    },
}

impl<'s> Codec<'s> {
    /// What a text names: a type (`InputPeer`, `Vector<int>`, `%Message`), or a constructor or function with its id.
    ///
    /// Inside a vector a constructor's name is a value without its id, as TL has it; elsewhere `%name` is.
    /// The first schema wins that knows all names, constructors win over functions.
    ///
    /// # Errors
    ///
    /// When it names nothing, or nothing that has values.
    pub fn target<'t>(&self, text: &'t str) -> Result<Target<'t>, TargetError> {
        let expr: TypeExpr =
            text.parse().map_err(|source| TargetError::Expr { text: text.to_owned(), source })?;
        let no_value = |why| Err(TargetError::NoValue { text: text.to_owned(), why });
        let TypeExpr::Named { bare, name, args } = &expr else {
            return no_value("only a definition can use it");
        };
        let mut error = TargetError::UnknownName { name: name.clone() };
        for schema in 0..self.schemas().len() {
            match self.ty(schema, text, &expr) {
                // At the top, the id stands in front of a constructor that is not said to be bare.
                Ok(Ty::Bare(_)) if !bare && args.is_empty() => break,
                Ok(ty) => return Ok(Target { text, goal: Goal::Ty(schema, ty) }),
                Err(TargetError::UnknownName { .. }) if schema > 0 => {}
                Err(other) => error = other,
            }
        }
        let plain = !bare && args.is_empty();
        match self.named(name).first().filter(|_| plain) {
            Some(definition) => Ok(Target { text, ..Target::from(*definition) }),
            None => Err(error),
        }
    }

    /// What a function returns.
    ///
    /// # Errors
    ///
    /// When there is no such function, or it has no result of its own.
    pub fn result_of(&self, function: &str) -> Result<Target<'s>, TargetError> {
        let name = || function.to_owned();
        let definition = self.named(function).iter().find(|definition| definition.is_function());
        let definition = definition.ok_or_else(|| TargetError::UnknownFunction { name: name() })?;
        match definition.result() {
            Some(FunctionResult::Value(ty)) => {
                let goal = Goal::Ty(definition.schema(), ty.clone());
                Ok(Target { text: definition.ty(), goal })
            }
            Some(FunctionResult::OfQuery) => Err(TargetError::ResultOfQuery { function: name() }),
            Some(FunctionResult::Nothing) | None => Err(TargetError::NoResult { function: name() }),
        }
    }

    /// The type that an expression is in a schema.
    fn ty(&self, schema: usize, text: &str, expr: &TypeExpr) -> Result<Ty, TargetError> {
        let no_value = |why| TargetError::NoValue { text: text.to_owned(), why };
        let TypeExpr::Named { bare, name, args } = expr else {
            return Err(no_value("only a definition can use it"));
        };
        if let "Vector" | "vector" = name.as_str() {
            let ([item], false) = (args.as_slice(), *bare) else {
                return Err(no_value("a vector has one argument and no `%`"));
            };
            return match self.ty(schema, text, item)? {
                Ty::Object => Err(no_value("an `Object` has no length of its own")),
                item => Ok(Ty::Vector { bare: name == "vector", item: Box::new(item) }),
            };
        }
        if !args.is_empty() {
            return Err(no_value("only vectors have arguments"));
        }
        match built_in::everywhere(name) {
            Some(_) if *bare => Err(no_value("it is bare already")),
            Some(ty) => Ok(ty),
            None => self.defined(schema, name, *bare, no_value),
        }
    }

    fn defined(
        &self,
        schema: usize,
        name: &str,
        bare: bool,
        no_value: impl Fn(&'static str) -> TargetError,
    ) -> Result<Ty, TargetError> {
        let constructor = || {
            let own = |definition: &&Definition<'_>| definition.schema() == schema;
            self.named(name).iter().filter(own).find_map(Definition::bare)
        };
        let of_type = self.type_named(schema, name);
        match of_type {
            Some((index, _)) if !bare => Ok(Ty::Boxed(index)),
            Some((_, ty)) => match ty.constructors.as_slice() {
                [one] => Ok(Ty::Bare(*one)),
                _ => Err(no_value("a type with several constructors has no bare form")),
            },
            None => constructor()
                .or_else(|| built_in::unless_defined(name).filter(|_| !bare))
                .ok_or_else(|| TargetError::UnknownName { name: name.to_owned() }),
        }
    }
}

impl<'s> From<Definition<'s>> for Target<'s> {
    /// A definition with its id.
    fn from(definition: Definition<'s>) -> Self {
        let goal = Goal::Definition(definition.schema(), definition.id());
        Self { text: definition.name(), goal }
    }
}
