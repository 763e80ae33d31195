//! Which steps of a body are written and read at once.

use crate::ir::{Body, FieldKind, Step, Ty};

/// A part of a body.
pub(super) enum Run {
    /// Steps of fixed length, which are written and read at once.
    Fixed(Vec<Step>),
    Single(Step),
}

impl Run {
    pub(super) fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed(_))
    }
}

/// The words that are written or read at once. Each number of words is a function of its own in the program.
const MAX_RUN: usize = 8;

/// The parts of a body.
pub(super) fn runs(body: &Body) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut words = 0;
    for step in &body.steps {
        let more = match *step {
            Step::Word(_) => 1,
            Step::Field(field) => match required(body, field) {
                Some(Ty::Int) => 1,
                Some(Ty::Long | Ty::Double) => 2,
                _ => 0,
            },
            Step::Member { .. } | Step::Length { .. } | Step::Measured { .. } => 0,
        };
        words += more;
        match runs.last_mut() {
            _ if more == 0 => runs.push(Run::Single(*step)),
            Some(Run::Fixed(steps)) if words <= MAX_RUN => steps.push(*step),
            _ => {
                words = more;
                runs.push(Run::Fixed(vec![*step]));
            }
        }
    }
    runs
}

/// The type of a field that is always there.
pub(super) fn required(body: &Body, field: usize) -> Option<&Ty> {
    match body.fields.get(field).map(|field| &field.kind) {
        Some(FieldKind::Required(slot)) => Some(&slot.ty),
        _ => None,
    }
}
