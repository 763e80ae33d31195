//! Makes a failing schedule small: steps are left out for as long as the same promise is broken.

use crate::oracle::Violation;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::world::World;

/// How many schedules may be tried.
const TRIES: usize = 2_000;

/// The schedule without the steps that do not matter, and what came of it.
#[must_use]
pub fn minimise(plan: &Plan, violation: &Violation) -> (Plan, Outcome) {
    let fails = |plan: &Plan| {
        World::run(plan, false).violation.is_some_and(|other| other.is_like(violation))
    };
    let mut plan = plan.clone();
    let mut tries = 0;
    let mut piece = plan.steps.len().div_ceil(2).max(1);
    loop {
        let mut is_smaller = false;
        let mut start = 0;
        while start < plan.steps.len() && tries < TRIES {
            tries += 1;
            let mut candidate = plan.clone();
            let end = (start + piece).min(candidate.steps.len());
            candidate.steps.drain(start..end);
            if fails(&candidate) {
                plan = candidate;
                is_smaller = true;
            } else {
                start += piece;
            }
        }
        if piece == 1 && !is_smaller || tries >= TRIES {
            break;
        }
        piece = piece.div_ceil(2);
    }
    let outcome = World::run(&plan, true);
    (plan, outcome)
}
