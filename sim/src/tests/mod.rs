//! A few hundred schedules, and one for each fault of a connection.

mod faults;

use std::path::Path;

use crate::case::Case;
use crate::outcome::Coverage;
use crate::plan::{Options, Plan, Profile};
use crate::world::World;

fn run(seeds: std::ops::Range<u64>, profile: Profile) {
    let options = Options { without: vec![], profile };
    let mut coverage = Coverage::default();
    for seed in seeds {
        let plan = Plan::new(seed, &options);
        coverage.add(&plan, &World::run(&plan, false));
    }
    assert_eq!(coverage.violations(), 0, "{coverage}");
}

#[test]
fn the_promises_hold_in_hostile_schedules() {
    run(0..300, Profile::Mixed);
}

#[test]
fn the_promises_hold_against_a_peer_that_sends_anything() {
    run(0..100, Profile::Rogue);
}

#[test]
fn the_promises_hold_whatever_goes_wrong_mostly() {
    for profile in [Profile::Clocks, Profile::Fatal, Profile::Forget, Profile::Words] {
        run(1_000..1_060, profile);
    }
}

/// What broke a promise once, with the chance of that time and of others.
#[test]
fn the_promises_hold_in_the_cases_that_broke_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let cases = Case::load(&folder).unwrap();
    assert!(cases.len() >= 10);
    for (name, case) in cases {
        assert!(!case.found.is_empty(), "{name}");
        for number in 0..8 {
            let outcome = World::run(&case.with_chance(number), true);
            assert_eq!(outcome.violation, None, "{name} {number}\n{}", outcome.lines.join("\n"));
        }
    }
}

#[test]
fn equal_seeds_give_equal_traces() {
    for seed in 0..20 {
        let plan = Plan::new(seed, &Options::default());
        assert_eq!(World::run(&plan, true).lines, World::run(&plan, true).lines, "{seed}");
    }
}
