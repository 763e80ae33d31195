//! A resolved schema: every name known, every type classified, every decision about layout taken.
//!
//! Indices point into the lists of the same [`Schema`]; [`crate::resolve`] makes them and nothing changes them after.

/// A resolved schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The API layer, where the source says it.
    pub layer: Option<u32>,
    /// The types, in the order in which their first constructor stands.
    pub types: Vec<Type>,
    /// The constructors, in the order of the source.
    pub constructors: Vec<Constructor>,
    /// The functions, in the order of the source.
    pub functions: Vec<Function>,
}

/// An index into [`Schema::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeIndex(pub(crate) usize);

/// An index into [`Schema::constructors`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstructorIndex(pub(crate) usize);

/// A type: with two constructors or more it is an enum in Rust, with one it is that constructor's struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// Its name.
    pub name: Name,
    /// Its constructors, in the order of the source.
    pub constructors: Vec<ConstructorIndex>,
    /// Whether a value can contain another value of this type, at any depth and also through vectors: decoding one
    /// costs a level of the depth budget (TL-03).
    pub recursive: bool,
}

/// A constructor: a struct in Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constructor {
    /// Its name.
    pub name: Name,
    /// Its id.
    pub id: u32,
    /// The type it belongs to; `None` for `Object`, to which everything belongs.
    pub ty: Option<TypeIndex>,
    /// The name of its variant in the type's enum.
    pub variant: String,
    /// Whether that variant holds a `Box`.
    pub boxed: bool,
    /// Its parameters.
    pub body: Body,
    /// The definition as a line of TL.
    pub tl: String,
}

/// A function: a struct in Rust that can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Its id.
    pub id: u32,
    /// Its parameters. If one of them is [`Ty::Variable`], the struct is generic.
    pub body: Body,
    /// What it returns.
    pub result: FunctionResult,
    /// Whether it may be sent twice.
    pub repeat: Repeat,
    /// The definition as a line of TL.
    pub tl: String,
}

/// What a function returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FunctionResult {
    /// A value.
    Value(Ty),
    /// What the function given as its parameter returns.
    OfQuery,
    /// Nothing: the type named has no constructor.
    Nothing,
}

/// Whether a call may be sent again when its fate is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Running it twice is the same as once, or harms nobody.
    Safe,
    /// It carries a `random_id` by which the server recognises a repetition.
    Keyed,
    /// Unknown: it must not run twice.
    Once,
}

/// The name of a definition, in TL and in Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As in the schema: `auth.sentCode`.
    pub tl: String,
    /// The modules that its namespaces become.
    pub modules: Vec<String>,
    /// Its name inside of them, in upper camel case.
    pub ident: String,
}

/// The parameters of a definition, as fields of a struct and as steps on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// The parameters in wire order, as the schema has them. The lists below are what becomes of them in Rust.
    pub params: Vec<Param>,
    /// The fields of the struct.
    pub fields: Vec<Field>,
    /// Methods for `flags.N?true` parameters that share their bit with a field.
    pub presence: Vec<Presence>,
    /// What is read and written, in order.
    pub steps: Vec<Step>,
    /// How many `#` words there are.
    pub words: usize,
}

/// A parameter of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name as in the schema.
    pub name: String,
    /// Its type as in the schema: `flags.0?Vector<int>`.
    pub ty: String,
    /// What that stands for.
    pub kind: ParamKind,
}

/// What a parameter stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamKind {
    /// `#`: a word of bits. Which of the definition's words, from 0.
    Word(usize),
    /// `T`
    Required(Ty),
    /// `flags.N?true`: a bit, and no bytes.
    Flag(Bit),
    /// `flags.N?T`
    Optional {
        /// The bit that says whether it is there.
        bit: Bit,
        /// The type of the value.
        ty: Ty,
    },
    /// An `int` that says how many bytes the next parameter has.
    Length,
    /// An `Object` of as many bytes as the parameter before it says.
    Measured,
}

/// A field of a struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in Rust, not yet escaped if it is a keyword.
    pub ident: String,
    /// The parameter as in the schema: `date:int`. For a group, all its parameters.
    pub tl: String,
    /// Its type.
    pub kind: FieldKind,
    /// The bit that says whether it is there.
    pub bit: Option<Bit>,
}

/// How a field holds its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A value that is always there.
    Required(Slot),
    /// `flags.N?true`: a `bool` without bytes of its own.
    Flag,
    /// `flags.N?T`: an `Option`.
    Optional(Slot),
    /// Several values that share a bit: an `Option` of a struct that has them all.
    Group {
        /// The name of that struct, in the same namespace as the definition.
        ident: String,
        /// Whether the struct is behind a `Box`.
        boxed: bool,
        /// Its fields, in wire order.
        members: Vec<Member>,
    },
}

/// A field of the struct that a group becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name in Rust, not yet escaped if it is a keyword.
    pub ident: String,
    /// The parameter as in the schema.
    pub tl: String,
    /// Its value.
    pub slot: Slot,
}

/// The place of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its type.
    pub ty: Ty,
    /// Whether it is behind a `Box`.
    pub boxed: bool,
}

/// A bit of a `#` word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bit {
    /// Which of the definition's words, from 0.
    pub word: usize,
    /// Which bit of it.
    pub bit: u8,
}

/// A `flags.N?true` beside a value that has the same bit: a method, since the value says it already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// The name of the parameter in Rust; the method has it by way of [`method`].
    pub ident: String,
    /// The parameter as in the schema.
    pub tl: String,
    /// The field whose presence it tells.
    pub field: usize,
}

/// One thing on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A `#` word.
    Word(usize),
    /// The value of a field.
    Field(usize),
    /// A member of a group.
    Member {
        /// The group's field.
        field: usize,
        /// Which of its members.
        member: usize,
    },
    /// The length in bytes of an [`Ty::Object`] field; it is computed on writing and limits the field on reading.
    Length {
        /// The field that is measured.
        field: usize,
    },
    /// The value of a field whose length was read before.
    Measured {
        /// The field.
        field: usize,
    },
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ty {
    /// `int`
    Int,
    /// `long`
    Long,
    /// `double`
    Double,
    /// `int128`
    Int128,
    /// `int256`
    Int256,
    /// `int512`
    Int512,
    /// `string`
    String,
    /// `bytes`
    Bytes,
    /// `Bool`
    Bool,
    /// `Object`: one boxed value of any type, kept as its bytes.
    Object,
    /// `!X`: a function.
    Variable,
    /// `Vector<T>`, or `vector<T>` which has no id in front.
    Vector {
        /// Whether the id is missing.
        bare: bool,
        /// The type of the items.
        item: Box<Ty>,
    },
    /// A type, its constructor's id in front.
    Boxed(TypeIndex),
    /// A constructor without its id.
    Bare(ConstructorIndex),
}

impl Ty {
    /// Whether the type is of the schema's own making; only such are boxed, a `Box<String>` would be odd.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self, Self::Boxed(_) | Self::Bare(_))
    }
}

impl Schema {
    /// The type at an index.
    #[expect(clippy::indexing_slicing, reason = "indices are made by `resolve` for this schema")]
    pub fn ty(&self, index: TypeIndex) -> &Type {
        &self.types[index.0]
    }

    /// The constructor at an index.
    #[expect(clippy::indexing_slicing, reason = "indices are made by `resolve` for this schema")]
    pub fn constructor(&self, index: ConstructorIndex) -> &Constructor {
        &self.constructors[index.0]
    }
}

/// What a method is called that tells of a parameter of this name, not yet escaped if it is a keyword: with `_` behind it if all
/// generated types have something of that name.
pub fn method(ident: &str) -> String {
    let mark = if METHODS.contains(&ident) { "_" } else { "" };
    format!("{ident}{mark}")
}

/// What generated types have by themselves or by their traits, and what all types have.
const METHODS: [&str; 26] = [
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "default",
    "deserialize",
    "eq",
    "fmt",
    "from",
    "from_bytes",
    "into",
    "ne",
    "new",
    "read",
    "read_items",
    "serialize",
    "serialized_len",
    "to_bytes",
    "to_owned",
    "try_from",
    "try_into",
    "type_id",
    "as_ref",
    "as_mut",
    "to_string",
];

impl Type {
    /// Whether it is an enum in Rust.
    pub fn is_enum(&self) -> bool {
        self.constructors.len() > 1
    }
}

impl Constructor {
    /// Whether it has no fields, so that its variant holds nothing.
    pub fn is_unit(&self) -> bool {
        self.body.fields.is_empty()
    }
}

impl Param {
    /// The parameter as in the schema: `date:int`.
    pub fn tl(&self) -> String {
        format!("{}:{}", self.name, self.ty)
    }
}

impl Body {
    /// The values of all fields, those inside groups too.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.fields.iter().flat_map(|field| {
            let (one, many): (Option<&Slot>, &[Member]) = match &field.kind {
                FieldKind::Required(slot) | FieldKind::Optional(slot) => (Some(slot), &[]),
                FieldKind::Flag => (None, &[]),
                FieldKind::Group { members, .. } => (None, members),
            };
            one.into_iter().chain(many.iter().map(|member| &member.slot))
        })
    }

    /// As [`slots`](Self::slots), with their names, to change them.
    pub(crate) fn slots_mut(&mut self) -> impl Iterator<Item = (&str, &mut Slot)> {
        self.fields.iter_mut().flat_map(|field| {
            let (one, many): (Option<&mut Slot>, &mut [Member]) = match &mut field.kind {
                FieldKind::Required(slot) | FieldKind::Optional(slot) => (Some(slot), &mut []),
                FieldKind::Flag => (None, &mut []),
                FieldKind::Group { members, .. } => (None, members),
            };
            let ident = field.ident.as_str();
            let many = many.iter_mut().map(|member| (member.ident.as_str(), &mut member.slot));
            one.into_iter().map(move |slot| (ident, slot)).chain(many)
        })
    }

    /// The fields that `new` takes: those that are always there, in the order of the schema.
    pub fn new_arguments(&self) -> Vec<&Field> {
        let is_required = |field: &&Field| matches!(field.kind, FieldKind::Required(_));
        self.fields.iter().filter(is_required).collect()
    }

    /// Whether one of the fields is the query of a generic function.
    pub fn is_generic(&self) -> bool {
        self.slots().any(|slot| slot.ty == Ty::Variable)
    }
}
