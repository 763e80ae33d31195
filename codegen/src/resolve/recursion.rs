//! Pass 5: recursion. Which types can contain themselves, and which fields must therefore be boxed.
//!
//! Two graphs over the types. In the one of *containment*, an edge says that a value lies inside another value's
//! memory; its cycles must be broken by a `Box`. In the one of *nesting*, vectors count too; its cycles cost depth
//! when decoding. Cycles grow with every layer, so they are computed, never listed.

use std::collections::HashSet;

use crate::Error;
use crate::ir::{ConstructorIndex, Schema, Slot, Ty, TypeIndex};
use crate::least::Least;
use crate::lock::{Lock, Place};

/// Boxes the fields that lead back to their own type, and those that the lock says are boxed; marks the types that can
/// nest; refuses types without finite values, and a lock that forbids the last box that could break a cycle.
pub(super) fn run(schema: &mut Schema, lock: &Lock) -> Result<(), Error> {
    finite(schema)?;
    box_locked(schema, lock);
    let in_cycle = cycles(schema);
    for_each_slot(schema, |owner, name, target, slot| {
        let locked = lock.constructor(owner.tl).and_then(|decisions| decisions.place(name));
        slot.boxed |= locked.is_none() && in_cycle(owner.ty, target);
        Ok(())
    })?;
    // What is left of the cycles is all locked.
    let in_cycle = cycles(schema);
    for_each_slot(schema, |owner, name, target, slot| {
        if slot.boxed || !in_cycle(owner.ty, target) {
            return Ok(());
        }
        Err(Error::LockedInline { definition: owner.tl.to_owned(), field: name.to_owned() })
    })?;
    let nests = edges(schema, true);
    let is_cycle = |component: &Vec<usize>| match component.as_slice() {
        [one] => nests.get(*one).is_some_and(|to| to.contains(one)),
        _ => true,
    };
    let nesting: HashSet<usize> =
        components(&nests).into_iter().filter(is_cycle).flatten().collect();
    for (index, ty) in schema.types.iter_mut().enumerate() {
        ty.recursive = lock.is_recursive(&ty.name.tl) || nesting.contains(&index);
    }
    Ok(())
}

fn box_locked(schema: &mut Schema, lock: &Lock) {
    let constructors =
        schema.constructors.iter_mut().map(|c| (lock.constructor(&c.name.tl), &mut c.body));
    let functions = schema.functions.iter_mut().map(|f| (lock.function(&f.name.tl), &mut f.body));
    for (decisions, body) in constructors.chain(functions) {
        let Some(decisions) = decisions else { continue };
        for (name, slot) in body.slots_mut() {
            slot.boxed = slot.ty.is_own() && decisions.place(name).is_some_and(Place::is_boxed);
        }
    }
}

/// What has a slot: a constructor.
struct Owner<'a> {
    tl: &'a str,
    ty: TypeIndex,
}

/// Visits the slots of constructors that hold a type of the schema's own making, with the type.
fn for_each_slot(
    schema: &mut Schema,
    mut visit: impl FnMut(&Owner<'_>, &str, TypeIndex, &mut Slot) -> Result<(), Error>,
) -> Result<(), Error> {
    let type_of: Vec<Option<TypeIndex>> = schema.constructors.iter().map(|c| c.ty).collect();
    for constructor in &mut schema.constructors {
        let Some(ty) = constructor.ty else { continue };
        let owner = Owner { tl: &constructor.name.tl, ty };
        for (name, slot) in constructor.body.slots_mut() {
            let target = match slot.ty {
                Ty::Boxed(ty) => Some(ty),
                Ty::Bare(c) => type_of.get(c.0).copied().flatten(),
                _ => None,
            };
            if let Some(target) = target {
                visit(&owner, name, target, slot)?;
            }
        }
    }
    Ok(())
}

/// Whether an edge from a type to another is part of a cycle of containment, without the boxes that there are.
fn cycles(schema: &Schema) -> impl Fn(TypeIndex, TypeIndex) -> bool + use<> {
    let mut component_of = vec![None; schema.types.len()];
    for (number, component) in components(&edges(schema, false)).into_iter().enumerate() {
        for ty in component {
            if let Some(place) = component_of.get_mut(ty) {
                *place = Some(number);
            }
        }
    }
    move |from, to| {
        let component = |ty: TypeIndex| component_of.get(ty.0).copied().flatten();
        component(from).is_some() && component(from) == component(to)
    }
}

/// The types in an order in which each stands after all that its values contain. Needs the boxes of [`run`].
pub(super) fn inner_first(schema: &Schema) -> Vec<TypeIndex> {
    let edges = edges(schema, false);
    let mut seen = vec![false; edges.len()];
    let mut order = Vec::with_capacity(edges.len());
    for start in 0..edges.len() {
        post_order(&edges, start, &mut seen, &mut order);
    }
    order.into_iter().map(TypeIndex).collect()
}

/// The types that each type leads to.
fn edges(schema: &Schema, through_vectors: bool) -> Vec<Vec<usize>> {
    let targets = |constructor: &ConstructorIndex| -> Vec<usize> {
        schema
            .constructor(*constructor)
            .body
            .slots()
            .filter(|slot| through_vectors || !slot.boxed)
            .filter_map(|slot| target(schema, &slot.ty, through_vectors))
            .map(|ty| ty.0)
            .collect()
    };
    schema.types.iter().map(|ty| ty.constructors.iter().flat_map(targets).collect()).collect()
}

fn target(schema: &Schema, ty: &Ty, through_vectors: bool) -> Option<TypeIndex> {
    match ty {
        Ty::Boxed(ty) => Some(*ty),
        Ty::Bare(constructor) => schema.constructor(*constructor).ty,
        Ty::Vector { item, .. } if through_vectors => target(schema, item, true),
        _ => None,
    }
}

/// The strongly connected components, by Kosaraju's algorithm with an explicit stack: recursion would let a schema
/// choose how deep we call.
fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut reversed = vec![Vec::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        for to in targets {
            if let Some(list) = reversed.get_mut(*to) {
                list.push(from);
            }
        }
    }
    let mut seen = vec![false; edges.len()];
    let mut order = Vec::new();
    for start in 0..edges.len() {
        post_order(edges, start, &mut seen, &mut order);
    }
    let mut seen = vec![false; edges.len()];
    let mut components = Vec::new();
    for start in order.into_iter().rev() {
        let mut component = Vec::new();
        post_order(&reversed, start, &mut seen, &mut component);
        if !component.is_empty() {
            components.push(component);
        }
    }
    components
}

/// Appends what can be reached from `start` and was not seen, each after all that it leads to.
fn post_order(edges: &[Vec<usize>], start: usize, seen: &mut [bool], out: &mut Vec<usize>) {
    let mut stack = vec![(start, false)];
    while let Some((node, done)) = stack.pop() {
        if done {
            out.push(node);
            continue;
        }
        if seen.get(node).copied().unwrap_or(true) {
            continue;
        }
        if let Some(seen) = seen.get_mut(node) {
            *seen = true;
        }
        stack.push((node, true));
        stack.extend(edges.get(node).into_iter().flatten().map(|next| (*next, false)));
    }
}

/// Every type must have a value that ends: one constructor whose required fields all end.
fn finite(schema: &Schema) -> Result<(), Error> {
    let ends = Least::of(schema, |_, _| 0);
    let mut types = schema.types.iter().enumerate();
    match types.find(|(index, _)| ends.ty(TypeIndex(*index)).is_none()) {
        Some((_, ty)) => Err(Error::Endless { definition: ty.name.tl.clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Exceptions;
    use crate::ir::FieldKind;
    use crate::{resolve, tl_text};

    /// `(boxed fields, recursive types)` of a schema.
    fn recursion(text: &str) -> Result<(Vec<String>, Vec<String>), Error> {
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, &[])?;
        let boxed = schema
            .constructors
            .iter()
            .flat_map(|c| {
                c.body
                    .fields
                    .iter()
                    .filter(|f| match &f.kind {
                        FieldKind::Required(slot) | FieldKind::Optional(slot) => slot.boxed,
                        _ => false,
                    })
                    .map(|f| format!("{}.{}", c.name.tl, f.ident))
            })
            .collect();
        let recursive =
            schema.types.iter().filter(|ty| ty.recursive).map(|ty| ty.name.tl.clone()).collect();
        Ok((boxed, recursive))
    }

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_type_inside_itself_is_boxed() {
        assert_eq!(
            recursion("nil = L; cons a:int tail:L = L; user l:L = U;"),
            Ok((strings(&["cons.tail"]), strings(&["L"])))
        );
    }

    #[test]
    fn a_cycle_through_other_types_is_found() {
        let text = "a0 = A; a b:B = A; b c:flags.0?C flags:# = B; c x:A = C; d a:A = D;";
        let text = text.replace("c:flags.0?C flags:#", "flags:# c:flags.0?C");
        assert_eq!(
            recursion(&text),
            Ok((strings(&["a.b", "b.c", "c.x"]), strings(&["A", "B", "C"])))
        );
    }

    #[test]
    fn a_cycle_through_a_vector_needs_no_box_but_costs_depth() {
        assert_eq!(
            recursion("leaf = T; node items:Vector<Vector<T>> = T; root t:T = R;"),
            Ok((vec![], strings(&["T"])))
        );
    }

    #[test]
    fn types_without_finite_values_are_refused() {
        for text in ["a x:A = A;", "a x:B = A; b x:A = B;", "a x:%A = A;"] {
            assert_eq!(recursion(text), Err(Error::Endless { definition: "A".into() }), "{text}");
        }
        assert!(recursion("a flags:# x:flags.0?A = A;").is_ok());
        assert!(recursion("a x:Vector<A> = A;").is_ok());
    }

    #[test]
    fn a_long_chain_exhausts_neither_the_stack_nor_the_patience() {
        // The last type is the one whose end is at hand, which is the worst order to look for ends in.
        let last = 20_000;
        let mut text = String::new();
        for i in 0..last {
            text.push_str(&format!("c{i} x:T{} = T{i};", i + 1));
        }
        text.push_str(&format!("end = T{last}; back flags:# x:flags.0?T0 = T{last};"));
        let (boxed, recursive) = recursion(&text).unwrap();
        assert_eq!((boxed.len(), recursive.len()), (last + 1, last + 1));
    }
}
