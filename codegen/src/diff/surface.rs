//! What the users of generated code can name: its items, with the types of their fields.
//!
//! Types are written from the root of the schema, keywords without `r#`: `Option<Box<types::Photo>>`. A test holds the
//! surface against the code that is emitted.

use std::collections::BTreeMap;

use crate::ir::{Body, Field, FieldKind, FunctionResult, Name, Schema, Slot, Ty, method};
use crate::shared::{self, Shared};

/// The items, by their paths from the root: `types::auth::SentCode`.
pub type Surface = BTreeMap<String, Item>;

/// An item of generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A struct: a constructor, a function, or a group.
    Struct(Struct),
    /// An enum, which is `non_exhaustive`.
    Enum(Enum),
}

/// An enum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enum {
    /// Its variants, each with the type that it holds, if any.
    pub variants: BTreeMap<String, Option<String>>,
    /// Its accessors, each with the type that it gives.
    pub accessors: BTreeMap<String, String>,
}

/// A struct, all of whose fields are public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Struct {
    /// Its constructor id; groups have none.
    pub id: Option<u32>,
    /// Its fields, each with its type.
    pub fields: BTreeMap<String, String>,
    /// The arguments of `new`, each with its type, if there is one.
    pub new: Option<Vec<(String, String)>>,
    /// The methods that tell of a flag.
    pub methods: Vec<String>,
    /// What a function returns.
    pub returns: Option<String>,
}

/// The surface of a schema.
pub fn surface(schema: &Schema) -> Surface {
    let mut items = Surface::new();
    for constructor in &schema.constructors {
        let item = structure(schema, &constructor.name, &constructor.body);
        let item = Struct { id: Some(constructor.id), ..item };
        items.insert(path("types", &constructor.name), Item::Struct(item));
        groups(schema, &constructor.name, &constructor.body, &mut items);
    }
    for ty in schema.types.iter().filter(|ty| ty.is_enum()) {
        let variants = ty.constructors.iter().map(|index| {
            let constructor = schema.constructor(*index);
            let held = wrapped(path("types", &constructor.name), constructor.boxed);
            (constructor.variant.clone(), (!constructor.is_unit()).then_some(held))
        });
        let accessors = shared::of_type(schema, ty).into_iter().map(|shared| {
            let text = accessor_text(schema, &shared);
            (legal(&shared.method), text)
        });
        let item = Enum { variants: variants.collect(), accessors: accessors.collect() };
        items.insert(path("enums", &ty.name), Item::Enum(item));
    }
    for function in &schema.functions {
        let returns = match &function.result {
            FunctionResult::Value(ty) => type_text(schema, ty),
            FunctionResult::OfQuery => "X::Return".to_owned(),
            FunctionResult::Nothing => "tl::NoResult".to_owned(),
        };
        let item = structure(schema, &function.name, &function.body);
        let item = Struct { id: Some(function.id), returns: Some(returns), ..item };
        items.insert(path("functions", &function.name), Item::Struct(item));
        groups(schema, &function.name, &function.body, &mut items);
    }
    items
}

fn structure(schema: &Schema, name: &Name, body: &Body) -> Struct {
    let fields =
        body.fields.iter().map(|field| (legal(&field.ident), field_text(schema, name, field)));
    let methods = body.presence.iter().map(|presence| legal(&method(&presence.ident)));
    let methods: Vec<String> = methods.collect();
    let argument = |field: &Field| (legal(&field.ident), field_text(schema, name, field));
    let new = body.new_arguments().into_iter().map(argument).collect();
    Struct { fields: fields.collect(), new: Some(new), methods, ..Struct::default() }
}

fn groups(schema: &Schema, name: &Name, body: &Body, items: &mut Surface) {
    for field in &body.fields {
        let FieldKind::Group { ident, members, .. } = &field.kind else { continue };
        let fields =
            members.iter().map(|member| (legal(&member.ident), slot_text(schema, &member.slot)));
        let item = Struct { fields: fields.collect(), ..Struct::default() };
        items.insert(group_path(name, ident), Item::Struct(item));
    }
}

fn field_text(schema: &Schema, name: &Name, field: &Field) -> String {
    match &field.kind {
        FieldKind::Required(slot) => slot_text(schema, slot),
        FieldKind::Flag => "bool".to_owned(),
        FieldKind::Optional(slot) => format!("Option<{}>", slot_text(schema, slot)),
        FieldKind::Group { ident, boxed, .. } => {
            format!("Option<{}>", wrapped(group_path(name, ident), *boxed))
        }
    }
}

/// What an accessor gives: what can be copied, or a reference.
fn accessor_text(schema: &Schema, shared: &Shared<'_>) -> String {
    let Some(ty) = shared.ty else { return "bool".to_owned() };
    let text = match ty {
        Ty::Int | Ty::Long | Ty::Double | Ty::Int128 | Ty::Int256 | Ty::Int512 | Ty::Bool => {
            type_text(schema, ty)
        }
        Ty::String => "&str".to_owned(),
        Ty::Vector { bare: false, item } => format!("&[{}]", type_text(schema, item)),
        _ => format!("&{}", type_text(schema, ty)),
    };
    if shared.optional { format!("Option<{text}>") } else { text }
}

fn slot_text(schema: &Schema, slot: &Slot) -> String {
    wrapped(type_text(schema, &slot.ty), slot.boxed)
}

fn wrapped(text: String, boxed: bool) -> String {
    if boxed { format!("Box<{text}>") } else { text }
}

fn type_text(schema: &Schema, ty: &Ty) -> String {
    match ty {
        Ty::Int => "i32".to_owned(),
        Ty::Long => "i64".to_owned(),
        Ty::Double => "f64".to_owned(),
        Ty::Int128 => "[u8; 16]".to_owned(),
        Ty::Int256 => "[u8; 32]".to_owned(),
        Ty::Int512 => "[u8; 64]".to_owned(),
        Ty::String => "String".to_owned(),
        Ty::Bytes => "tl::Bytes".to_owned(),
        Ty::Bool => "bool".to_owned(),
        Ty::Object => "tl::Object".to_owned(),
        Ty::Variable => "X".to_owned(),
        Ty::Vector { bare: false, item } => format!("Vec<{}>", type_text(schema, item)),
        Ty::Vector { bare: true, item } => format!("tl::BareVec<{}>", type_text(schema, item)),
        Ty::Boxed(index) => {
            let ty = schema.ty(*index);
            match ty.constructors.as_slice() {
                [only] => path("types", &schema.constructor(*only).name),
                _ => path("enums", &ty.name),
            }
        }
        Ty::Bare(index) => {
            format!("tl::Bare<{}>", path("types", &schema.constructor(*index).name))
        }
    }
}

/// A name as it is emitted: the few keywords that have no raw form get an underscore.
fn legal(ident: &str) -> String {
    match ident {
        "self" | "super" | "crate" => format!("{ident}_"),
        _ => ident.to_owned(),
    }
}

/// A group's struct has the namespace of its definition.
fn group_path(definition: &Name, ident: &str) -> String {
    path("groups", &Name { ident: ident.to_owned(), ..definition.clone() })
}

fn path(module: &str, name: &Name) -> String {
    let mut path = module.to_owned();
    for part in name.modules.iter().chain([&name.ident]) {
        path.push_str("::");
        path.push_str(&legal(part));
    }
    path
}
