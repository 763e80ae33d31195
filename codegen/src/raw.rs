//! A schema as published: names and type expressions are still text, nothing is resolved or checked.

use std::collections::BTreeSet;

use crate::Error;
use crate::expr::{TypeExpr, TypeExprError};

/// A schema as read from one of the published forms ([JSON](crate::json) or [`.tl`](crate::tl_text)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawSchema {
    /// The API layer, where the source says it (`// LAYER 230`).
    pub layer: Option<u32>,
    /// Constructors, in the order of the source.
    pub constructors: Vec<RawDefinition>,
    /// Functions, which Telegram's JSON form calls methods, in the order of the source.
    pub functions: Vec<RawDefinition>,
    /// The names of the types that TL builds in and the source declares all the same: `bytes`, for `bytes = Bytes;`.
    pub built_in: BTreeSet<String>,
}

/// A constructor or a function: `name#id params = ty;`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawDefinition {
    /// The name as written, with its namespace: `auth.sentCode`.
    pub name: String,
    /// The constructor id, if the source gives one.
    pub id: Option<u32>,
    /// The parameters in wire order.
    pub params: Vec<RawParam>,
    /// The type that a constructor belongs to, or that a function returns.
    pub ty: String,
    /// The layer of this definition, where the source has several and says it: secret chats have names once per layer.
    pub layer: Option<u32>,
}

/// A parameter: `name:ty`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawParam {
    /// The name as written.
    pub name: String,
    /// The type expression as written: `flags.0?Vector<int>`.
    pub ty: String,
}

impl RawSchema {
    /// Whether the source declares `bytes` as a type. Then ids that it leaves out count `bytes` as such
    /// ([`resolve::ids`](crate::resolve::ids)).
    pub(crate) fn declares_bytes(&self) -> bool {
        let is_declared = |raw: &RawDefinition| raw.name == "bytes" && raw.ty == "Bytes";
        self.built_in.contains("bytes") || self.constructors.iter().any(is_declared)
    }

    /// The schema with each definition under its [own name](RawDefinition::own_name), and of no layer.
    pub(crate) fn flattened(&self) -> Self {
        self.with_each(RawDefinition::flattened)
    }

    /// The schema with `int` for each `#` that is a number.
    pub(crate) fn with_numbers(&self) -> Self {
        self.with_each(RawDefinition::with_numbers)
    }

    fn with_each(&self, change: impl Fn(&RawDefinition) -> RawDefinition) -> Self {
        Self {
            layer: self.layer,
            constructors: self.constructors.iter().map(&change).collect(),
            functions: self.functions.iter().map(&change).collect(),
            built_in: self.built_in.clone(),
        }
    }
}

impl RawDefinition {
    /// A definition without an id, of no layer.
    pub fn new(name: &str, params: Vec<RawParam>, ty: &str) -> Self {
        Self { name: name.to_owned(), id: None, params, ty: ty.to_owned(), layer: None }
    }

    /// The name by which it is told from all others of its schema: with its layer after it, if it has one. So it is called in
    /// Rust: `decryptedMessage46`.
    pub fn own_name(&self) -> String {
        self.layer.map_or_else(|| self.name.clone(), |layer| format!("{}{layer}", self.name))
    }

    fn flattened(&self) -> Self {
        Self { name: self.own_name(), layer: None, ..self.clone() }
    }

    /// The definition with `int` for each `#` that is a number and no word of flags: no parameter depends on it, and it is not
    /// called as those are of which Telegram has not used a bit yet. TON has such: `mode:# count:# after:mode.7?int`.
    fn with_numbers(&self) -> Self {
        let is_word = |word: &RawParam| {
            let is_of = |param: &RawParam| {
                let flags =
                    param.ty.split_once('?').and_then(|(condition, _)| condition.split_once('.'));
                flags.is_some_and(|(flags, _)| flags == word.name)
            };
            word.name.starts_with("flags") || self.params.iter().any(is_of)
        };
        let mut with_numbers = self.clone();
        for param in &mut with_numbers.params {
            if param.ty == "#" && !is_word(param) {
                "int".clone_into(&mut param.ty);
            }
        }
        with_numbers
    }

    /// One of its type expressions is wrong.
    pub(crate) fn malformed(&self, param: &str, ty: &str, source: TypeExprError) -> Error {
        Error::TypeExpr {
            definition: self.own_name(),
            param: param.to_owned(),
            ty: ty.to_owned(),
            source,
        }
    }

    /// The definition as a line of TL, with its id and in canonical spelling.
    ///
    /// ```
    /// use telewire_codegen::tl_text;
    ///
    /// let schema = tl_text::parse("ping#7abe77ec ping_id:long = Pong;")?;
    /// assert_eq!(schema.constructors[0].to_tl(), "ping#7abe77ec ping_id:long = Pong;");
    /// # Ok::<(), telewire_codegen::Error>(())
    /// ```
    pub fn to_tl(&self) -> String {
        let mut line = self.name.clone();
        if let Some(id) = self.id {
            line.push_str(&format!("#{id:08x}"));
        }
        if self.is_vector() {
            line.push_str(" {t:Type} # [ t ]");
        }
        for variable in self.type_variables() {
            line.push_str(&format!(" {{{variable}:Type}}"));
        }
        for param in &self.params {
            line.push_str(&format!(" {}:{}", param.name, param.ty));
        }
        line.push_str(&format!(" = {};", self.ty));
        line
    }

    /// Whether this is the declaration of `Vector t`, whose encoding TL builds in.
    pub fn is_vector(&self) -> bool {
        self.name == "vector" && self.ty == "Vector t"
    }

    /// The variables `X` for which a parameter `!X` stands, each once. The JSON form does not declare them.
    pub(crate) fn type_variables(&self) -> Vec<&str> {
        let mut variables: Vec<&str> = Vec::new();
        for param in &self.params {
            if let Some(variable) = param.ty.strip_prefix('!')
                && !variables.contains(&variable)
            {
                variables.push(variable);
            }
        }
        variables
    }
}

impl RawParam {
    /// The type expression, parsed.
    pub fn expr(&self) -> Result<TypeExpr, TypeExprError> {
        self.ty.parse()
    }
}
