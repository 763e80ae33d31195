//! A schema as published: names and type expressions are still text, nothing is resolved or checked.

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
}

/// A parameter: `name:ty`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawParam {
    /// The name as written.
    pub name: String,
    /// The type expression as written: `flags.0?Vector<int>`.
    pub ty: String,
}

impl RawDefinition {
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
    fn type_variables(&self) -> Vec<&str> {
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
