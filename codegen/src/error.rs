//! Every way in which a schema can be wrong.

use crate::expr::TypeExprError;

impl Error {
    /// The error without the place in a text where it was found.
    pub fn without_place(self) -> Self {
        match self {
            Self::At { source, .. } => *source,
            other => other,
        }
    }
}

/// Why a schema was refused. Each variant names the definition at fault; nothing is ever skipped with a warning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not JSON, or not the official form.
    #[error("not a schema in Telegram's JSON form: {0}")]
    Json(String),
    /// The text is not TL.
    #[error("line {line}, column {column}: `{definition}`: expected {expected}, found {found}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1, in characters.
        column: usize,
        /// The name of the definition; between two, what stands there.
        definition: String,
        /// What was expected.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A definition of a text is wrong.
    #[error("line {line}, column {column}: {source}")]
    At {
        /// The line, from 1.
        line: usize,
        /// The column, from 1, in characters.
        column: usize,
        /// What is wrong.
        source: Box<Error>,
    },
    /// An id is not a signed 32-bit decimal.
    #[error("`{definition}`: its id `{text}` is not a signed 32-bit decimal")]
    Id {
        /// The definition.
        definition: String,
        /// The id as written.
        text: String,
    },
    /// A definition has no id where one is needed.
    #[error("`{definition}` has no id")]
    NoId {
        /// The definition.
        definition: String,
    },
    /// The written id is not the CRC32 of the definition.
    #[error("`{definition}`: its id is {written:08x}, but its text gives {computed:08x}")]
    IdMismatch {
        /// The definition.
        definition: String,
        /// The id in the schema.
        written: u32,
        /// The id computed from the definition's text.
        computed: u32,
    },
    /// Two definitions have the same id.
    #[error("`{first}` and `{second}` have the same id {id:08x}")]
    DuplicateId {
        /// The id.
        id: u32,
        /// The first definition that has it.
        first: String,
        /// The second.
        second: String,
    },
    /// Two definitions have the same name.
    #[error("`{definition}` is defined twice")]
    DuplicateDefinition {
        /// The name.
        definition: String,
    },
    /// A definition, parameter or type has a name that TL does not allow.
    #[error("`{definition}`: `{name}` is not a TL name")]
    Name {
        /// The definition.
        definition: String,
        /// The name at fault.
        name: String,
    },
    /// A name does not begin as one of its kind does.
    #[error("`{definition}`: `{name}`: {expected}")]
    Capital {
        /// The definition.
        definition: String,
        /// The name at fault.
        name: String,
        /// What is expected.
        expected: &'static str,
    },
    /// A definition has the name of something that TL builds in, and says another thing of it.
    #[error("`{definition}` {why}")]
    BuiltIn {
        /// The definition.
        definition: String,
        /// What is wrong, and what to do.
        why: String,
    },
    /// Two parameters of a definition have the same name.
    #[error("`{definition}` has two parameters `{param}`")]
    RepeatedParam {
        /// The definition.
        definition: String,
        /// The name.
        param: String,
    },
    /// A value would have no bytes, though nothing says that it shall have none.
    #[error(
        "`{definition}`: `{ty}` of `{param}` would have no bytes: `{constructor}` has no parameters, and by its own name it has \
         no id either. If it shall have an id, name its type; if it shall have no bytes, say `%{constructor}`; if it \
         declares a type that is built in, say what it is: `{constructor} value:long = …;`"
    )]
    Nothing {
        /// The definition.
        definition: String,
        /// The parameter, or `result`.
        param: String,
        /// The type.
        ty: String,
        /// The constructor without parameters.
        constructor: String,
    },
    /// Two parameters of a definition have names that are the same in Rust.
    #[error(
        "`{definition}`: the parameters `{first}` and `{second}` would both be `{ident}` in Rust"
    )]
    DuplicateParam {
        /// The definition.
        definition: String,
        /// The first parameter.
        first: String,
        /// The second.
        second: String,
        /// The Rust name that both would have.
        ident: String,
    },
    /// Two definitions have names that are the same in Rust.
    #[error("`{first}` and `{second}` would both be `{path}` in Rust")]
    DuplicateRustName {
        /// The first definition.
        first: String,
        /// The second.
        second: String,
        /// The Rust path that both would have.
        path: String,
    },
    /// A name has no form that Rust accepts.
    #[error("`{definition}`: `{name}` cannot be made a Rust name")]
    RustName {
        /// The definition.
        definition: String,
        /// The name at fault.
        name: String,
    },
    /// A type expression does not parse.
    #[error("`{definition}`: the type `{ty}` of `{param}` is malformed: {source}")]
    TypeExpr {
        /// The definition.
        definition: String,
        /// The parameter, or `result`.
        param: String,
        /// The expression as written.
        ty: String,
        /// What is wrong with it.
        source: TypeExprError,
    },
    /// A type is used that no constructor belongs to.
    #[error("`{definition}`: the type `{ty}` of `{param}` has no constructor")]
    UnknownType {
        /// The definition.
        definition: String,
        /// The parameter, or `result`.
        param: String,
        /// The type.
        ty: String,
    },
    /// A type that cannot stand at this place.
    #[error("`{definition}`: `{ty}` cannot be the type of `{param}`: {why}")]
    MisplacedType {
        /// The definition.
        definition: String,
        /// The parameter, or `result`.
        param: String,
        /// The type.
        ty: String,
        /// Why not.
        why: &'static str,
    },
    /// A conditional parameter names a flags word that does not stand before it.
    #[error("`{definition}`: `{param}` depends on `{flags}`, but no `{flags}:#` stands before it")]
    UnknownFlags {
        /// The definition.
        definition: String,
        /// The parameter.
        param: String,
        /// The name of the word.
        flags: String,
    },
    /// Every value of a type contains another value of it, so that none is finite.
    #[error("`{definition}`: every value of this type would be endless")]
    Endless {
        /// The type.
        definition: String,
    },
    /// A field must be boxed, but the lock has it inline: since then a value of its type came to contain its holder.
    #[error(
        "`{definition}`: the lock has `{field}` inline, but it leads back to its own type now; \
         delete it from the lock, so that it is boxed, and tell users that its type changed"
    )]
    LockedInline {
        /// The constructor.
        definition: String,
        /// The field in Rust.
        field: String,
    },
    /// The text is no list of exceptions.
    #[error("not a list of exceptions: {0}")]
    Exceptions(String),
    /// The text is not a lock.
    #[error("not a lock, as `telewire schema lock` prints it: {0}")]
    Lock(String),
    /// An exception, or an entry of the list of repeat classes, names what the schema does not have.
    #[error("the {list} `{definition}`, which the schema does not have or no longer needs")]
    Unused {
        /// Which list.
        list: &'static str,
        /// The entry.
        definition: String,
    },
    /// A definition carries a position of a box, and the table of [boxes](crate::Boxes) does not say whose (UP-01).
    #[error(
        "`{definition}` has `{param}`, and no row of the table of boxes says which box that moves (UP-01)"
    )]
    Unplaced {
        /// The definition.
        definition: String,
        /// The parameter.
        param: String,
    },
    /// A function is in two repeat classes.
    #[error("`{definition}` is listed as safe to repeat, but has a `random_id`")]
    RepeatClass {
        /// The function.
        definition: String,
    },
    /// An entry of the list of known errors is malformed.
    #[error("the error `{entry}` {why}")]
    KnownError {
        /// Its code and name.
        entry: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// An option does not parse.
    #[error("the option `{option}` is malformed: {text}")]
    Option {
        /// The option.
        option: &'static str,
        /// The value given.
        text: String,
    },
}
