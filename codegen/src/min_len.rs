//! How many bytes values have at least, so that a count can be held against the bytes that are left (TL-01).

use crate::ir::{Body, ParamKind, Schema, Ty};
use crate::least::Least;

/// What a value counts for at most. Schema text can say values longer than any memory; a bound that is too low is right.
const MAX: usize = 1 << 30;

/// The least bytes of a bare value of each constructor and type. A constructor without finite values has none.
pub(crate) fn of_constructors(schema: &Schema) -> Least {
    Least::of(schema, of_body)
}

/// The least bytes of a value of a type.
pub(crate) fn of_ty(lens: &Least, ty: &Ty) -> usize {
    match ty {
        Ty::Int | Ty::Bool | Ty::String | Ty::Bytes | Ty::Object | Ty::Variable => 4,
        Ty::Long | Ty::Double => 8,
        Ty::Int128 => 16,
        Ty::Int256 => 32,
        Ty::Int512 => 64,
        Ty::Vector { bare, .. } => 4 + if *bare { 0 } else { 4 },
        Ty::Bare(constructor) => lens.constructor(*constructor).unwrap_or_default(),
        Ty::Boxed(ty) => lens.ty(*ty).unwrap_or_default().saturating_add(4),
    }
}

/// The least bytes of the parameters of a definition.
pub(crate) fn of_body(lens: &Least, body: &Body) -> usize {
    let params = body.params.iter().map(|param| match &param.kind {
        ParamKind::Word(_) | ParamKind::Length => 4,
        ParamKind::Required(ty) => of_ty(lens, ty),
        ParamKind::Flag(_) | ParamKind::Optional { .. } | ParamKind::Measured => 0,
    });
    params.fold(0, usize::saturating_add).min(MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Exceptions;
    use crate::ir::ConstructorIndex;
    use crate::{resolve, tl_text};

    fn lens(text: &str) -> Vec<usize> {
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
        let lens = of_constructors(&schema);
        let all = (0..schema.constructors.len()).map(ConstructorIndex);
        all.map(|index| lens.constructor(index).unwrap_or_default()).collect()
    }

    #[test]
    fn the_shortest_value_counts_and_recursion_ends() {
        let text = "nil = L; cons a:int b:L c:L = L; both x:L y:%One = B; one a:string b:Vector<L> = One; \
                    opt flags:# a:flags.0?L b:flags.1?true = O; deep a:Deep b:Deep = Deep; end a:int512 = Deep;";
        assert_eq!(lens(text), [0, 4 + 4 + 4, 4 + 4 + 8, 4 + 8, 4, 136, 64]);
    }

    #[test]
    fn lengths_that_double_from_type_to_type_stay_finite() {
        let mut text = "a0 x:long = T0;".to_owned();
        for i in 1..100 {
            text.push_str(&format!("a{i} x:%T{0} y:%T{0} = T{i};", i - 1));
        }
        let lens = lens(&text);
        assert_eq!((lens[1], lens[20], lens[99]), (16, 8 << 20, MAX));
    }
}
