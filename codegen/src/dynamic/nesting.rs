//! Values of recursive types that are nested as deep as one likes, for tests.

use std::collections::HashMap;

use crate::dynamic::arbitrary::Arbitrary;
use crate::dynamic::codec::Codec;
use crate::dynamic::definition::Definition;
use crate::dynamic::node::{Node, Place};
use crate::dynamic::value::Value;
use crate::ir::{Bit, ConstructorIndex, Param, ParamKind, Schema, Ty, TypeIndex};

/// A way in which a value of a type contains a value of the same type, as bytes: what stands before it and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nesting {
    /// The type.
    pub ty: String,
    /// The parameters on the way: `pageBlockList.items`.
    pub steps: Vec<String>,
    before: Vec<u8>,
    innermost: Vec<u8>,
    after: Vec<u8>,
}

impl Nesting {
    /// Every way of every recursive type of one of the codec's schemas: for each parameter that leads back to the type
    /// of its constructor, the shortest way that begins with it. The rest of each value is as small as it can be.
    pub fn all(codec: &Codec<'_>, schema: usize) -> Vec<Self> {
        let arbitrary = Arbitrary::new(codec);
        let finder = Finder { codec, arbitrary, schema };
        let types = codec.schemas().get(schema).map_or(&[][..], |schema| &schema.types);
        let recursive = types.iter().enumerate().filter(|(_, ty)| ty.recursive);
        recursive.flat_map(|(index, _)| finder.ways(TypeIndex(index))).collect()
    }

    /// The bytes of a value that goes this way so many times.
    pub fn bytes(&self, times: usize) -> Vec<u8> {
        let mut bytes = self.before.repeat(times);
        bytes.extend(&self.innermost);
        bytes.extend(self.after.repeat(times));
        bytes
    }
}

struct Finder<'c, 's> {
    codec: &'c Codec<'s>,
    arbitrary: Arbitrary<'c, 's>,
    schema: usize,
}

/// A parameter that leads from a constructor to a type.
#[derive(Clone, Copy)]
struct Step<'s> {
    definition: Definition<'s>,
    param: &'s Param,
    to: TypeIndex,
}

impl<'s> Finder<'_, 's> {
    fn ways(&self, ty: TypeIndex) -> Vec<Nesting> {
        let ways = self.steps(ty).into_iter().filter_map(|first| {
            let mut way = vec![first];
            way.extend(self.shortest(first.to, ty)?);
            self.nesting(ty, &way)
        });
        ways.collect()
    }

    /// The parameters of a type's constructors that lead to types.
    fn steps(&self, ty: TypeIndex) -> Vec<Step<'s>> {
        let Some(schema) = self.codec.schemas().get(self.schema).copied() else {
            return Vec::new();
        };
        let constructors = &schema.ty(ty).constructors;
        let definitions =
            constructors.iter().filter_map(|c| self.codec.constructor(self.schema, *c));
        let steps = definitions.flat_map(|definition| {
            definition.body().params.iter().filter_map(move |param| {
                let (ParamKind::Required(ty) | ParamKind::Optional { ty, .. }) = &param.kind else {
                    return None;
                };
                Some(Step { definition, param, to: leads_to(schema, ty)? })
            })
        });
        steps.collect()
    }

    /// The shortest way from a type to another; `None` if there is none.
    fn shortest(&self, from: TypeIndex, to: TypeIndex) -> Option<Vec<Step<'s>>> {
        let mut ways: HashMap<TypeIndex, Vec<Step<'s>>> = HashMap::from([(from, Vec::new())]);
        let mut next = vec![from];
        while !next.is_empty() && !ways.contains_key(&to) {
            let mut reached = Vec::new();
            for ty in next {
                let way = ways.get(&ty).cloned().unwrap_or_default();
                for step in self.steps(ty) {
                    ways.entry(step.to).or_insert_with(|| {
                        reached.push(step.to);
                        way.iter().copied().chain([step]).collect()
                    });
                }
            }
            next = reached;
        }
        ways.remove(&to)
    }

    fn nesting(&self, ty: TypeIndex, way: &[Step<'s>]) -> Option<Nesting> {
        let goal = Ty::Boxed(ty);
        let innermost = self.smallest(&goal);
        let mut value = innermost.clone();
        for step in way.iter().rev() {
            value = self.around(*step, value)?;
        }
        let bytes = self.codec.encode(&value).ok()?;
        let innermost = self.codec.encode(&innermost).ok()?;
        // The way to the innermost value, again in the tree, says where it stands.
        let mut node = &self.codec.decode_annotated(&bytes).root?;
        for step in way {
            node = node.children.iter().find(|c| c.place == Place::Param(&step.param.name))?;
            while let Some(item) = first_item(node) {
                node = item;
            }
        }
        let end = node.offset.checked_add(node.length)?;
        Some(Nesting {
            ty: self.codec.type_at(self.schema, ty)?.name.tl.clone(),
            steps: way
                .iter()
                .map(|s| format!("{}.{}", s.definition.name(), s.param.name))
                .collect(),
            before: bytes.get(..node.offset)?.to_vec(),
            innermost,
            after: bytes.get(end..)?.to_vec(),
        })
    }

    /// The smallest value of a step's constructor that has this one in the step's parameter.
    fn around(&self, step: Step<'s>, value: Value) -> Option<Value> {
        let Value::Object(mut object) = self.smallest_of(step.definition) else { return None };
        let bit = bit_of(step.param);
        let mut value = Some(value);
        for param in &step.definition.body().params {
            let is_there = object.fields.iter().position(|(name, _)| *name == param.name);
            let given = if param.name == step.param.name {
                let (ParamKind::Required(ty) | ParamKind::Optional { ty, .. }) = &param.kind else {
                    return None;
                };
                in_vectors(ty, value.take()?)
            } else {
                match &param.kind {
                    ParamKind::Flag(own) if Some(*own) == bit => Value::True,
                    ParamKind::Optional { bit: own, ty } if Some(*own) == bit => self.smallest(ty),
                    _ => continue,
                }
            };
            match is_there.and_then(|place| object.fields.get_mut(place)) {
                Some(field) => field.1 = given,
                None => object.fields.push((param.name.clone(), given)),
            }
        }
        Some(Value::Object(object))
    }

    fn smallest_of(&self, definition: Definition<'_>) -> Value {
        self.arbitrary.value(definition, &mut || 0, 0)
    }

    fn smallest(&self, ty: &Ty) -> Value {
        self.arbitrary.of_type(self.schema, ty, &mut || 0, 0)
    }
}

fn bit_of(param: &Param) -> Option<Bit> {
    match param.kind {
        ParamKind::Flag(bit) | ParamKind::Optional { bit, .. } => Some(bit),
        _ => None,
    }
}

/// The type that a value of a type contains, through vectors.
fn leads_to(schema: &Schema, ty: &Ty) -> Option<TypeIndex> {
    match ty {
        Ty::Boxed(ty) => Some(*ty),
        Ty::Bare(ConstructorIndex(index)) => schema.constructors.get(*index)?.ty,
        Ty::Vector { item, .. } => leads_to(schema, item),
        _ => None,
    }
}

/// A value in a vector of one item for each that its type has around it.
fn in_vectors(ty: &Ty, value: Value) -> Value {
    match ty {
        Ty::Vector { item, .. } => Value::Vector(vec![in_vectors(item, value)]),
        _ => value,
    }
}

fn first_item<'a, 's>(node: &'a Node<'s>) -> Option<&'a Node<'s>> {
    node.children.iter().find(|child| matches!(child.place, Place::Item(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Exceptions;
    use crate::{resolve, tl_text};

    #[test]
    fn every_way_back_is_gone_as_often_as_one_likes() {
        let text = "leaf = T; one flags:# t:flags.1?T n:flags.1?int = T; many v:Vector<Vector<U>> e:int = T; \
                    u t:T = U; other n:int = O;";
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
        let codec = Codec::new(&schema);
        let ways = Nesting::all(&codec, 0);
        let steps: Vec<String> = ways.iter().map(|way| way.steps.join(" ")).collect();
        assert_eq!(steps, ["one.t", "many.v u.t", "u.t many.v"]);
        let printed = |way: usize| codec.decode(&ways[way].bytes(2)).unwrap().to_string();
        assert_eq!(printed(0), "one { t: one { t: leaf, n: 0 }, n: 0 }");
        assert_eq!(
            printed(1),
            "many { v: [[u { t: many { v: [[u { t: leaf }]], e: 0 } }]], e: 0 }"
        );
        assert_eq!(ways[0].bytes(0), codec.named("leaf")[0].id().to_le_bytes());
    }
}
