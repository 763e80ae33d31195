//! How many bytes values have at least, so that a count can be held against the bytes that are left (TL-01).

use crate::ir::{Body, ParamKind, Schema, Ty};

/// How often the lengths are raised. Each time they come closer to the true ones from below, which they reach in a few
/// rounds; a schema that needs more gets bounds that are lower and still right.
const ROUNDS: usize = 32;

/// The least bytes of a bare value of each constructor.
pub(super) fn of_constructors(schema: &Schema) -> Vec<usize> {
    let mut lens = vec![0; schema.constructors.len()];
    for _ in 0..ROUNDS {
        let next: Vec<usize> =
            schema.constructors.iter().map(|c| of_body(schema, &lens, &c.body)).collect();
        if next == lens {
            break;
        }
        lens = next;
    }
    lens
}

/// The least bytes of a value of a type.
pub(super) fn of_ty(schema: &Schema, lens: &[usize], ty: &Ty) -> usize {
    let bare = |index: usize| lens.get(index).copied().unwrap_or_default();
    match ty {
        Ty::Int | Ty::Bool | Ty::String | Ty::Bytes | Ty::Object | Ty::Variable => 4,
        Ty::Long | Ty::Double => 8,
        Ty::Int128 => 16,
        Ty::Int256 => 32,
        Ty::Int512 => 64,
        Ty::Vector { bare, .. } => 4 + if *bare { 0 } else { 4 },
        Ty::Bare(constructor) => bare(constructor.0),
        Ty::Boxed(ty) => {
            let shortest = schema.ty(*ty).constructors.iter().map(|c| bare(c.0)).min();
            shortest.unwrap_or_default().saturating_add(4)
        }
    }
}

fn of_body(schema: &Schema, lens: &[usize], body: &Body) -> usize {
    let params = body.params.iter().map(|param| match &param.kind {
        ParamKind::Word(_) | ParamKind::Length => 4,
        ParamKind::Required(ty) => of_ty(schema, lens, ty),
        ParamKind::Flag(_) | ParamKind::Optional { .. } | ParamKind::Measured => 0,
    });
    params.fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Exceptions;
    use crate::{resolve, tl_text};

    #[test]
    fn the_shortest_value_counts_and_recursion_ends() {
        let text = "nil = L; cons a:int b:L c:L = L; both x:L y:%One = B; one a:string b:Vector<L> = One; \
                    opt flags:# a:flags.0?L b:flags.1?true = O; deep a:Deep b:Deep = Deep; end a:int512 = Deep;";
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
        assert_eq!(of_constructors(&schema), [0, 4 + 4 + 4, 4 + 4 + 8, 4 + 8, 4, 136, 64]);
    }
}
