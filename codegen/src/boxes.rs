//! Which box each update of the API belongs to, and where its position stands: a reviewed table, held against the schema.
//!
//! A definition that carries a position (`pts`, `qts`, `seq`) and that no row names is an error (UP-01): a client that passes it on
//! without its position would have a gap for ever, or none where there is one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use crate::Error;
use crate::ir::{Body, Constructor, Function, FunctionResult, Param, ParamKind, Schema, Ty};

/// A table of boxes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boxes {
    /// The layer of the API that it was reviewed for.
    pub layer: u32,
    /// Constructors of `Update` that have a position, or that do not wait for their container's.
    pub updates: BTreeMap<String, Row>,
    /// All else that carries a position, and what it is for.
    pub carriers: BTreeMap<String, String>,
    /// Constructors that hold a value of `Updates`.
    pub holders: BTreeSet<String>,
    /// Functions that answer with a position alone.
    pub affected: BTreeMap<String, Affected>,
}

/// What is known of an update.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its box.
    #[serde(rename = "box")]
    pub line: Line,
    /// The parameter that says whose box it is: a channel's number, a peer, a message.
    pub of: Option<String>,
    /// Whether it counts when nobody is logged in.
    #[serde(default)]
    pub before_login: bool,
}

/// What has positions of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The account's own: `pts` and `pts_count`.
    Common,
    /// A channel's: `pts` and `pts_count`.
    Channel,
    /// A channel's, with a `pts` that counts nothing.
    Read,
    /// A channel's, whose `pts` may be missing: a command.
    TooLong,
    /// `qts`.
    Qts,
    /// None, and it does not wait for the `seq` of its container either.
    Now,
}

/// What is known of a function that answers with a position alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affected {
    /// The parameter that says whose box it is; the account's without one.
    pub of: Option<String>,
}

/// The names of the parameters that are positions.
const POSITIONS: [&str; 3] = ["pts", "qts", "seq"];

impl Boxes {
    /// Reads a table: `{"layer": 230, "updates": {"updateNewMessage": {"box": "common", "of": "message"}, …}, "carriers": {…}, …}`.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] when the text is not of that form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::Json(error.to_string()))
    }

    /// Generates the functions `place`, `is_before_login` and `feed` (see `src/updates/classify.rs` of telewire).
    ///
    /// # Errors
    ///
    /// [`Error::Unplaced`] for a definition that carries a position and has no row (UP-01), [`Error::Unused`] for a row that the
    /// schema has no definition for, or none that fits.
    pub fn generate(&self, schema: &Schema) -> Result<String, Error> {
        let mut rows = Rows { table: self, unused: self.names() };
        let mut out = String::new();
        rows.place(schema, &mut out)?;
        rows.before_login(schema, &mut out);
        rows.carriers(schema)?;
        rows.feed(schema, &mut out)?;
        match rows.unused.first() {
            None => Ok(out),
            Some(name) => Err(unused(name)),
        }
    }

    /// All that stands in it.
    fn names(&self) -> BTreeSet<&str> {
        let lists = self.updates.keys().chain(self.carriers.keys());
        lists.chain(&self.holders).chain(self.affected.keys()).map(String::as_str).collect()
    }
}

struct Rows<'a> {
    table: &'a Boxes,
    /// The rows that the schema was not asked about yet.
    unused: BTreeSet<&'a str>,
}

impl Rows<'_> {
    /// `place`: the position of each update.
    fn place(&mut self, schema: &Schema, out: &mut String) -> Result<(), Error> {
        line(out, "pub(super) fn place(update: &enums::Update) -> Place {\n    match update {");
        for constructor in updates(schema) {
            let Some((name, row)) = self.table.updates.get_key_value(&constructor.name.tl) else {
                match position(&constructor.body) {
                    None => continue,
                    Some(param) => return Err(unplaced(&constructor.name.tl, param)),
                }
            };
            self.unused.remove(name.as_str());
            let arm = arm(row, constructor).ok_or_else(|| unused(name))?;
            line(
                out,
                &format!("        enums::Update::{} => {},", pattern(constructor, &arm), arm),
            );
        }
        line(out, "        _ => Place::Seq,\n    }\n}");
        Ok(())
    }

    fn before_login(&self, schema: &Schema, out: &mut String) {
        let is_named = |constructor: &&Constructor| {
            self.table.updates.get(&constructor.name.tl).is_some_and(|row| row.before_login)
        };
        let arms: Vec<String> = updates(schema)
            .filter(is_named)
            .map(|constructor| format!("enums::Update::{}", pattern(constructor, "")))
            .collect();
        line(out, "pub(super) fn is_before_login(update: &enums::Update) -> bool {");
        if arms.is_empty() {
            return line(out, "    let _ = update;\n    false\n}");
        }
        line(
            out,
            &format!(
                "    matches!(\n        update,\n        {}\n    )\n}}",
                arms.join("\n            | ")
            ),
        );
    }

    /// UP-01 for what is no update.
    fn carriers(&mut self, schema: &Schema) -> Result<(), Error> {
        let updates: BTreeSet<&str> = updates(schema).map(|of| of.name.tl.as_str()).collect();
        for constructor in &schema.constructors {
            let name = constructor.name.tl.as_str();
            if updates.contains(name) {
                continue;
            }
            let holds = holds_updates(schema, &constructor.body);
            match (position(&constructor.body), self.table.carriers.contains_key(name)) {
                (Some(param), false) => return Err(unplaced(name, param)),
                (Some(_), true) => drop(self.unused.remove(name)),
                (None, _) => {}
            }
            match (holds, self.table.holders.contains(name)) {
                (true, false) => return Err(unplaced(name, "updates")),
                (true, true) => drop(self.unused.remove(name)),
                (false, _) => {}
            }
        }
        Ok(())
    }

    /// `feed`: what the answer of each function says of the boxes.
    fn feed(&mut self, schema: &Schema, out: &mut String) -> Result<(), Error> {
        line(out, "pub(super) fn feed(function: u32) -> Option<Feed> {");
        line(out, "    Some(match function {");
        for function in &schema.functions {
            let FunctionResult::Value(Ty::Boxed(index)) = &function.result else { continue };
            let result = schema.ty(*index);
            let constructors: Vec<&Constructor> =
                result.constructors.iter().map(|index| schema.constructor(*index)).collect();
            let is_holder = constructors.iter().any(|of| self.table.holders.contains(&of.name.tl));
            let is_affected = constructors.iter().any(|of| counts(&of.body));
            let what = if result.name.tl == "Updates" {
                format!("Feed::Updates({})", at(function, Some("peer")).unwrap_or_else(none))
            } else if is_holder {
                format!("Feed::{}", result.name.ident)
            } else if let Some((name, row)) = self.table.affected.get_key_value(&function.name.tl) {
                self.unused.remove(name.as_str());
                let of = match &row.of {
                    None => none(),
                    of => at(function, of.as_deref()).ok_or_else(|| unused(name))?,
                };
                format!("Feed::{}({of})", result.name.ident)
            } else if is_affected {
                return Err(unplaced(&function.name.tl, "pts"));
            } else {
                continue;
            };
            line(out, &format!("        {:#010x} => {what}, // {}", function.id, function.name.tl));
        }
        line(out, "        _ => return None,\n    })\n}");
        Ok(())
    }
}

/// The constructors of `Update`.
fn updates(schema: &Schema) -> impl Iterator<Item = &Constructor> {
    let is_update = |constructor: &&Constructor| {
        constructor.ty.is_some_and(|index| schema.ty(index).name.tl == "Update")
    };
    schema.constructors.iter().filter(is_update)
}

/// The first parameter that is a position.
fn position(body: &Body) -> Option<&str> {
    let mut names = body.params.iter().map(|param| param.name.as_str());
    names.find(|name| POSITIONS.contains(name))
}

/// Whether it says how far a box has come, and by how much.
fn counts(body: &Body) -> bool {
    ["pts", "pts_count"].iter().all(|name| body.params.iter().any(|param| param.name == *name))
        && !has(body, "date")
}

fn has(body: &Body, name: &str) -> bool {
    body.params.iter().any(|param| param.name == name)
}

fn holds_updates(schema: &Schema, body: &Body) -> bool {
    body.params.iter().any(|param| match &param.kind {
        ParamKind::Required(ty) | ParamKind::Optional { ty, .. } => is_updates(schema, ty),
        _ => false,
    })
}

fn is_updates(schema: &Schema, ty: &Ty) -> bool {
    match ty {
        Ty::Boxed(index) => schema.ty(*index).name.tl == "Updates",
        Ty::Vector { item, .. } => is_updates(schema, item),
        _ => false,
    }
}

/// What becomes of an update of a row; nothing if it has not the parameters for it.
fn arm(row: &Row, constructor: &Constructor) -> Option<String> {
    let params = &constructor.body.params;
    let required = |name: &str, ty: &str| params.iter().any(|p| p.name == name && p.ty == ty);
    let counts = required("pts", "int") && required("pts_count", "int");
    let of = match row.of.as_deref() {
        None => None,
        Some(name) => {
            let param: &Param = params.iter().find(|param| param.name == name)?;
            match param.ty.as_str() {
                "long" => Some(format!("Of::Channel(of.{name})")),
                "Peer" => Some(format!("Of::peer(&of.{name})")),
                "Message" => Some(format!("Of::message(&of.{name})")),
                _ => return None,
            }
        }
    };
    match (row.line, of) {
        (Line::Common, of) if counts => {
            let of = of.unwrap_or_else(|| "Of::Nobody".to_owned());
            Some(format!("Place::Common {{ pts: of.pts, count: of.pts_count, of: {of} }}"))
        }
        (Line::Channel, Some(of)) if counts => {
            Some(format!("Place::Channel {{ pts: of.pts, count: of.pts_count, of: {of} }}"))
        }
        (Line::Read, Some(of))
            if required("pts", "int") && !has(&constructor.body, "pts_count") =>
        {
            Some(format!("Place::Read {{ pts: of.pts, of: {of} }}"))
        }
        (Line::TooLong, Some(of)) if has(&constructor.body, "pts") => {
            Some(format!("Place::TooLong {{ pts: of.pts, of: {of} }}"))
        }
        (Line::Qts, None) if required("qts", "int") => Some("Place::Qts(of.qts)".to_owned()),
        (Line::Now, None) if position(&constructor.body).is_none() => Some("Place::Now".to_owned()),
        _ => None,
    }
}

/// The variant of an update, as a pattern for what uses its fields.
fn pattern(constructor: &Constructor, arm: &str) -> String {
    match (constructor.is_unit(), arm.contains("of.")) {
        (true, _) => constructor.variant.clone(),
        (false, true) => format!("{}(of)", constructor.variant),
        (false, false) => format!("{}(_)", constructor.variant),
    }
}

/// Where the peer of a call stands in its bytes.
fn at(function: &Function, name: Option<&str>) -> Option<String> {
    let name = name?;
    let mut skip = 4;
    for param in &function.body.params {
        let is_it = param.name == name;
        match &param.kind {
            ParamKind::Word(0) => skip += 4,
            ParamKind::Flag(_) => {}
            ParamKind::Required(_) if is_it => return some_at(skip, None, &param.ty),
            ParamKind::Optional { bit, .. } if is_it && bit.word == 0 => {
                let ty = param.ty.split_once('?').map_or(param.ty.as_str(), |(_, ty)| ty);
                return some_at(skip, Some(bit.bit), ty);
            }
            _ => return None,
        }
    }
    None
}

fn some_at(skip: usize, bit: Option<u8>, ty: &str) -> Option<String> {
    matches!(ty, "InputPeer" | "InputChannel").then(|| {
        format!("Some(At {{ skip: {skip}, bit: {bit:?}, is_channel: {} }})", ty == "InputChannel")
    })
}

fn none() -> String {
    "None".to_owned()
}

fn unplaced(definition: &str, param: &str) -> Error {
    Error::Unplaced { definition: definition.to_owned(), param: param.to_owned() }
}

fn unused(definition: &str) -> Error {
    let list = "table of boxes has a row that does not fit for";
    Error::Unused { list, definition: definition.to_owned() }
}

fn line(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

#[cfg(test)]
#[path = "boxes/tests.rs"]
mod tests;
