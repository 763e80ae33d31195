//! The bytes that the shortest value of a body has.

use crate::ir::{Body, FieldKind, Schema, Step, Ty};

/// How deep bare values inside bare values are counted; published schemas have one level.
const MAX_BARE_DEPTH: usize = 8;

/// The bytes of the shortest value: vectors and strings empty, optional values absent.
pub(super) fn min_len(schema: &Schema, body: &Body, depth: usize) -> usize {
    let steps = body.steps.iter().map(|step| match step {
        Step::Word(_) | Step::Length { .. } => 4,
        Step::Member { .. } | Step::Measured { .. } => 0,
        Step::Field(field) => match body.fields.get(*field).map(|f| &f.kind) {
            Some(FieldKind::Required(slot)) => ty_min_len(schema, &slot.ty, depth),
            _ => 0,
        },
    });
    steps.fold(0, usize::saturating_add)
}

fn ty_min_len(schema: &Schema, ty: &Ty, depth: usize) -> usize {
    match ty {
        Ty::Int | Ty::Bool | Ty::String | Ty::Bytes | Ty::Object | Ty::Variable | Ty::Boxed(_) => 4,
        Ty::Long | Ty::Double => 8,
        Ty::Int128 => 16,
        Ty::Int256 => 32,
        Ty::Int512 => 64,
        Ty::Vector { bare: true, .. } => 4,
        Ty::Vector { bare: false, .. } => 8,
        Ty::Bare(_) if depth == MAX_BARE_DEPTH => 0,
        Ty::Bare(constructor) => min_len(schema, &schema.constructor(*constructor).body, depth + 1),
    }
}
