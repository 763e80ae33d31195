//! Pass 4: flags. Parameters become the fields of a struct in which those that share a bit cannot disagree.
//!
//! | parameters with one bit | in Rust |
//! | --- | --- |
//! | `a:flags.0?true` | `a: bool` |
//! | `a:flags.0?true b:flags.0?true` | `a: bool`, and a method `b()` |
//! | `a:flags.0?int` | `a: Option<i32>` |
//! | `a:flags.0?true b:flags.0?int` | `b: Option<i32>`, and a method `a()` |
//! | `a:flags.0?int b:flags.0?long` | `a: Option<XA>` with `struct XA { a: i32, b: i64 }` |

use std::collections::{BTreeMap, HashMap};

use crate::Error;
use crate::ir::{Bit, Body, Field, FieldKind, Member, Name, Presence, Slot, Step, Ty};
use crate::resolve::kinds::{Param, ParamKind};
use crate::resolve::names;

/// Builds the body of a definition from its parameters.
pub(super) fn body(definition: &Name, params: &[Param]) -> Result<Body, Error> {
    let mut builder = Builder::new(definition, params)?;
    for (index, param) in params.iter().enumerate() {
        builder.add(index, param)?;
    }
    builder.body.presence = builder.presence(params)?;
    builder.unique_names(params)?;
    Ok(builder.body)
}

struct Builder<'a> {
    definition: &'a Name,
    body: Body,
    /// The bits, each with the parameters that have it, in wire order.
    shared: BTreeMap<Bit, Vec<usize>>,
    bits: HashMap<usize, Bit>,
    kinds: Vec<&'a ParamKind>,
    /// The field that a bit became.
    fields: HashMap<Bit, usize>,
}

impl<'a> Builder<'a> {
    fn new(definition: &'a Name, params: &'a [Param]) -> Result<Self, Error> {
        let mut words: Vec<&str> = Vec::new();
        let mut shared: BTreeMap<Bit, Vec<usize>> = BTreeMap::new();
        let mut bits = HashMap::new();
        for (index, param) in params.iter().enumerate() {
            match &param.kind {
                ParamKind::Word => words.push(&param.name),
                ParamKind::True { word, bit } | ParamKind::Optional { word, bit, .. } => {
                    let word = words.iter().position(|name| name == word).ok_or_else(|| {
                        Error::UnknownFlags {
                            definition: definition.tl.clone(),
                            param: param.name.clone(),
                            flags: word.clone(),
                        }
                    })?;
                    let bit = Bit { word, bit: *bit };
                    shared.entry(bit).or_default().push(index);
                    bits.insert(index, bit);
                }
                _ => {}
            }
        }
        let body = Body { words: words.len(), ..Body::default() };
        let kinds = params.iter().map(|param| &param.kind).collect();
        Ok(Self { definition, body, shared, bits, kinds, fields: HashMap::new() })
    }

    fn add(&mut self, index: usize, param: &Param) -> Result<(), Error> {
        let step = match &param.kind {
            ParamKind::Word => {
                let word =
                    self.body.steps.iter().filter(|step| matches!(step, Step::Word(_))).count();
                Step::Word(word)
            }
            ParamKind::Length => Step::Length { field: self.body.fields.len() },
            ParamKind::Measured => Step::Measured { field: self.required(param, &Ty::Object)? },
            ParamKind::Value(ty) => Step::Field(self.required(param, ty)?),
            ParamKind::True { .. } => return self.flag(index, param),
            ParamKind::Optional { ty, .. } => self.optional(index, param, ty)?,
        };
        self.body.steps.push(step);
        Ok(())
    }

    fn required(&mut self, param: &Param, ty: &Ty) -> Result<usize, Error> {
        self.field(param, FieldKind::Required(slot(ty)), None)
    }

    /// A `?true` is a field only where its bit has no value, and only the first of them.
    fn flag(&mut self, index: usize, param: &Param) -> Result<(), Error> {
        if let Some(bit) = self.bits.get(&index).copied()
            && self.values(bit).is_empty()
            && !self.fields.contains_key(&bit)
        {
            self.field(param, FieldKind::Flag, Some(bit))?;
        }
        Ok(())
    }

    fn optional(&mut self, index: usize, param: &Param, ty: &Ty) -> Result<Step, Error> {
        let Some(bit) = self.bits.get(&index).copied() else {
            // `new` gave each conditional parameter its bit.
            return Ok(Step::Field(self.required(param, ty)?));
        };
        if self.values(bit).len() == 1 {
            return Ok(Step::Field(self.field(param, FieldKind::Optional(slot(ty)), Some(bit))?));
        }
        let field = match self.fields.get(&bit) {
            Some(field) => *field,
            None => {
                let ident = names::group(self.definition, &param.name);
                let kind = FieldKind::Group { ident, boxed: false, members: Vec::new() };
                self.field(param, kind, Some(bit))?
            }
        };
        let member = Member {
            ident: names::field(&self.definition.tl, &param.name)?,
            tl: param.tl.clone(),
            slot: slot(ty),
        };
        let mut place = 0;
        if let Some(Field { kind: FieldKind::Group { members, .. }, tl, .. }) =
            self.body.fields.get_mut(field)
        {
            place = members.len();
            if place > 0 {
                tl.push(' ');
                tl.push_str(&param.tl);
            }
            members.push(member);
        }
        Ok(Step::Member { field, member: place })
    }

    fn field(&mut self, param: &Param, kind: FieldKind, bit: Option<Bit>) -> Result<usize, Error> {
        let index = self.body.fields.len();
        let ident = names::field(&self.definition.tl, &param.name)?;
        self.body.fields.push(Field { ident, tl: param.tl.clone(), kind, bit });
        if let Some(bit) = bit {
            self.fields.insert(bit, index);
        }
        Ok(index)
    }

    /// Those `?true` that did not become fields.
    fn presence(&self, params: &[Param]) -> Result<Vec<Presence>, Error> {
        let mut presence = Vec::new();
        for (index, param) in params.iter().enumerate() {
            let Some((bit, field)) =
                self.bits.get(&index).and_then(|bit| Some((*bit, *self.fields.get(bit)?)))
            else {
                continue;
            };
            let first = self.shared.get(&bit).and_then(|sharing| sharing.first());
            let is_field = self.values(bit).is_empty() && first == Some(&index);
            if matches!(param.kind, ParamKind::True { .. }) && !is_field {
                let ident = names::field(&self.definition.tl, &param.name)?;
                presence.push(Presence { ident, tl: param.tl.clone(), field });
            }
        }
        Ok(presence)
    }

    /// The parameters of a bit that have a value.
    fn values(&self, bit: Bit) -> Vec<usize> {
        let has_value =
            |index: &usize| matches!(self.kinds.get(*index), Some(ParamKind::Optional { .. }));
        self.shared.get(&bit).into_iter().flatten().copied().filter(|i| has_value(i)).collect()
    }

    /// Two parameters may not have the same name, in TL or in Rust, even if they end in different places.
    fn unique_names(&self, params: &[Param]) -> Result<(), Error> {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for param in params {
            let ident = names::field(&self.definition.tl, &param.name)?;
            if let Some(first) = seen.insert(ident.clone(), &param.name) {
                return Err(Error::DuplicateParam {
                    definition: self.definition.tl.clone(),
                    first: first.to_owned(),
                    second: param.name.clone(),
                    ident,
                });
            }
        }
        Ok(())
    }
}

fn slot(ty: &Ty) -> Slot {
    Slot { ty: ty.clone(), boxed: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Exceptions;
    use crate::resolve::names::Names;
    use crate::tl_text;

    fn body_of(text: &str) -> Result<Body, Error> {
        let schema = tl_text::parse(text).unwrap();
        let names = Names::new(&names::generated(&schema)).unwrap();
        let raw = &schema.constructors[0];
        let params = crate::resolve::kinds::params(raw, &names, &Exceptions::NONE)?;
        body(&names.constructors[0], &params)
    }

    /// A body as text: fields, methods, steps.
    fn outline(text: &str) -> String {
        let body = body_of(text).unwrap();
        let field = |f: &Field| match &f.kind {
            FieldKind::Required(_) => f.ident.clone(),
            FieldKind::Flag => format!("{}: bool", f.ident),
            FieldKind::Optional(_) => format!("{}: Option", f.ident),
            FieldKind::Group { ident, members, .. } => {
                let members: Vec<_> = members.iter().map(|m| m.ident.as_str()).collect();
                format!("{}: Option<{ident} {{ {} }}>", f.ident, members.join(", "))
            }
        };
        let step = |s: &Step| match s {
            Step::Word(word) => format!("#{word}"),
            Step::Field(f) => body.fields[*f].ident.clone(),
            Step::Member { field, member } => format!("{}.{member}", body.fields[*field].ident),
            Step::Length { .. } | Step::Measured { .. } => panic!("no length here"),
        };
        let presence = body.presence.iter().map(|p| format!("{}()", p.ident));
        let fields: Vec<String> = body.fields.iter().map(field).chain(presence).collect();
        let steps: Vec<String> = body.steps.iter().map(step).collect();
        format!("{} | {}", fields.join(", "), steps.join(" "))
    }

    #[test]
    fn each_way_of_sharing_a_bit_has_its_form() {
        for (params, expected) in [
            ("a:int", "a | a"),
            ("flags:# a:flags.0?true", "a: bool | #0"),
            ("flags:# a:flags.0?true b:flags.0?true", "a: bool, b() | #0"),
            ("flags:# a:flags.0?int", "a: Option | #0 a"),
            ("flags:# a:flags.0?true b:flags.0?int", "b: Option, a() | #0 b"),
            ("flags:# b:flags.0?int a:flags.0?true", "b: Option, a() | #0 b"),
            (
                "flags:# a:flags.0?int m:int b:flags.0?long",
                "a: Option<XA { a, b }>, m | #0 a.0 m a.1",
            ),
            (
                "flags:# t:flags.3?true a:flags.3?int b:flags.3?long",
                "a: Option<XA { a, b }>, t() | #0 a.0 a.1",
            ),
            (
                "id:long flags:# a:flags.0?true flags2:# b:flags2.0?int",
                "id, a: bool, b: Option | id #0 #1 b",
            ),
            ("flags:#", " | #0"),
        ] {
            assert_eq!(outline(&format!("x {params} = X;")), expected, "{params}");
        }
    }

    #[test]
    fn the_doc_of_a_group_lists_its_parameters() {
        let body = body_of("x flags:# a:flags.0?int b:flags.0?long = X;").unwrap();
        assert_eq!(body.fields[0].tl, "a:flags.0?int b:flags.0?long");
    }

    #[test]
    fn a_word_must_stand_before_its_uses() {
        for params in ["a:flags.0?int", "a:flags.0?int flags:#", "flags:# a:flags2.0?true"] {
            let Err(Error::UnknownFlags { definition, param, .. }) =
                body_of(&format!("x {params} = X;"))
            else {
                panic!("accepted: {params}");
            };
            assert_eq!((definition.as_str(), param.as_str()), ("x", "a"));
        }
    }

    #[test]
    fn names_that_meet_in_rust_are_refused() {
        assert_eq!(
            body_of("x aB:int a_b:int = X;"),
            Err(Error::DuplicateParam {
                definition: "x".into(),
                first: "aB".into(),
                second: "a_b".into(),
                ident: "a_b".into()
            })
        );
        assert!(matches!(
            body_of("x flags:# a:flags.0?true a:flags.0?int = X;"),
            Err(Error::DuplicateParam { .. })
        ));
    }
}
