//! Pass 4: flags. Parameters become the fields of a struct in which those that share a bit cannot disagree.
//!
//! | parameters with one bit | in Rust |
//! | --- | --- |
//! | `a:flags.0?true` | `a: bool` |
//! | `a:flags.0?true b:flags.0?true` | `a: bool`, and a method `b()` |
//! | `a:flags.0?int` | `a: Option<i32>` |
//! | `a:flags.0?true b:flags.0?int` | `b: Option<i32>`, and a method `a()` |
//! | `a:flags.0?int b:flags.0?long` | `a: Option<XA>` with `struct XA { a: i32, b: i64 }` |

use std::collections::{HashMap, HashSet};

use crate::Error;
use crate::ir::{
    Bit, Body, Field, FieldKind, Member, Name, Param, ParamKind, Presence, Slot, Step, Ty,
};
use crate::resolve::{kinds, names};

/// Builds the body of a definition from its parameters.
pub(super) fn body(definition: &Name, params: &[kinds::Param]) -> Result<Body, Error> {
    let params = with_bits(definition, params)?;
    let mut builder = Builder::new(definition, &params);
    for param in &params {
        builder.add(param)?;
    }
    builder.body.presence = builder.presence(&params)?;
    builder.unique_names(&params)?;
    Ok(Body { params, ..builder.body })
}

/// Finds the word of each conditional parameter among those before it.
fn with_bits(definition: &Name, params: &[kinds::Param]) -> Result<Vec<Param>, Error> {
    let mut words: Vec<&str> = Vec::new();
    let mut found = Vec::with_capacity(params.len());
    for param in params {
        let bit_of = |name: &String, bit: u8| match words.iter().position(|word| word == name) {
            Some(word) => Ok(Bit { word, bit }),
            None => Err(Error::UnknownFlags {
                definition: definition.tl.clone(),
                param: param.name.clone(),
                flags: name.clone(),
            }),
        };
        let kind = match &param.kind {
            kinds::ParamKind::Word => {
                words.push(&param.name);
                ParamKind::Word(words.len() - 1)
            }
            kinds::ParamKind::Value(ty) => ParamKind::Required(ty.clone()),
            kinds::ParamKind::True { word, bit } => ParamKind::Flag(bit_of(word, *bit)?),
            kinds::ParamKind::Optional { word, bit, ty } => {
                ParamKind::Optional { bit: bit_of(word, *bit)?, ty: ty.clone() }
            }
            kinds::ParamKind::Length => ParamKind::Length,
            kinds::ParamKind::Measured => ParamKind::Measured,
        };
        found.push(Param { name: param.name.clone(), ty: param.ty.clone(), kind });
    }
    Ok(found)
}

struct Builder<'a> {
    definition: &'a Name,
    body: Body,
    /// How many parameters of each bit have a value.
    values: HashMap<Bit, usize>,
    /// The field that a bit became.
    fields: HashMap<Bit, usize>,
}

impl<'a> Builder<'a> {
    fn new(definition: &'a Name, params: &[Param]) -> Self {
        let mut values: HashMap<Bit, usize> = HashMap::new();
        let mut words = 0;
        for param in params {
            match param.kind {
                ParamKind::Word(_) => words += 1,
                ParamKind::Optional { bit, .. } => *values.entry(bit).or_default() += 1,
                _ => {}
            }
        }
        let body = Body { words, ..Body::default() };
        Self { definition, body, values, fields: HashMap::new() }
    }

    fn add(&mut self, param: &Param) -> Result<(), Error> {
        let step = match &param.kind {
            ParamKind::Word(word) => Step::Word(*word),
            ParamKind::Length => Step::Length { field: self.body.fields.len() },
            ParamKind::Measured => Step::Measured { field: self.required(param, &Ty::Object)? },
            ParamKind::Required(ty) => Step::Field(self.required(param, ty)?),
            ParamKind::Flag(bit) => return self.flag(param, *bit),
            ParamKind::Optional { bit, ty } => self.optional(param, *bit, ty)?,
        };
        self.body.steps.push(step);
        Ok(())
    }

    fn required(&mut self, param: &Param, ty: &Ty) -> Result<usize, Error> {
        self.field(param, FieldKind::Required(slot(ty)), None)
    }

    /// A `?true` is a field only where its bit has no value, and only the first of them.
    fn flag(&mut self, param: &Param, bit: Bit) -> Result<(), Error> {
        if !self.values.contains_key(&bit) && !self.fields.contains_key(&bit) {
            self.field(param, FieldKind::Flag, Some(bit))?;
        }
        Ok(())
    }

    fn optional(&mut self, param: &Param, bit: Bit, ty: &Ty) -> Result<Step, Error> {
        if self.values.get(&bit) == Some(&1) {
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
            tl: param.tl(),
            slot: slot(ty),
        };
        let mut place = 0;
        if let Some(Field { kind: FieldKind::Group { members, .. }, tl, .. }) =
            self.body.fields.get_mut(field)
        {
            place = members.len();
            if place > 0 {
                tl.push(' ');
                tl.push_str(&param.tl());
            }
            members.push(member);
        }
        Ok(Step::Member { field, member: place })
    }

    fn field(&mut self, param: &Param, kind: FieldKind, bit: Option<Bit>) -> Result<usize, Error> {
        let index = self.body.fields.len();
        let ident = names::field(&self.definition.tl, &param.name)?;
        self.body.fields.push(Field { ident, tl: param.tl(), kind, bit });
        if let Some(bit) = bit {
            self.fields.insert(bit, index);
        }
        Ok(index)
    }

    /// Those `?true` that did not become fields.
    fn presence(&self, params: &[Param]) -> Result<Vec<Presence>, Error> {
        let mut presence = Vec::new();
        let mut seen: HashSet<Bit> = HashSet::new();
        for param in params {
            let ParamKind::Flag(bit) = param.kind else { continue };
            let Some(field) = self.fields.get(&bit).copied() else { continue };
            let is_field = seen.insert(bit) && !self.values.contains_key(&bit);
            if !is_field {
                let ident = names::field(&self.definition.tl, &param.name)?;
                presence.push(Presence { ident, tl: param.tl(), field });
            }
        }
        Ok(presence)
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
        let schema = tl_text::parse(text).map_err(Error::without_place)?;
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
            Step::Length { .. } | Step::Measured { .. } => panic!("none is measured"),
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
    fn parameters_stay_in_wire_order_with_the_bits_of_their_words() {
        let text =
            "x id:long flags:# a:flags.3?true flags2:# b:flags2.0?Vector<int> c:flags.3?int = X;";
        let params = body_of(text).unwrap().params;
        assert_eq!(
            params.iter().map(Param::tl).collect::<Vec<_>>().join(" "),
            text.trim_start_matches("x ").trim_end_matches(" = X;")
        );
        let kinds: Vec<ParamKind> = params.into_iter().map(|param| param.kind).collect();
        assert_eq!(
            kinds,
            [
                ParamKind::Required(Ty::Long),
                ParamKind::Word(0),
                ParamKind::Flag(Bit { word: 0, bit: 3 }),
                ParamKind::Word(1),
                ParamKind::Optional {
                    bit: Bit { word: 1, bit: 0 },
                    ty: Ty::Vector { bare: false, item: Box::new(Ty::Int) }
                },
                ParamKind::Optional { bit: Bit { word: 0, bit: 3 }, ty: Ty::Int },
            ]
        );
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
        assert_eq!(
            body_of("x flags:# a:flags.0?true a:flags.0?int = X;"),
            Err(Error::RepeatedParam { definition: "x".into(), param: "a".into() })
        );
    }
}
