//! What is concluded from what was seen of a request and of an update.

use telewire::connection::Config;
use telewire::crypto::{SeededEntropy, toy};
use telewire::ids::DcId;
use telewire::rpc::{CloseReason, Request};
use telewire::time::Now;

use super::*;
use crate::client::Client;
use crate::plan::Options;

fn oracle() -> (Oracle, Executions) {
    oracle_of(3_600)
}

/// The oracle of a schedule in which nothing happens, but that the client's clock may be wrong.
fn oracle_of(clock: i64) -> (Oracle, Executions) {
    let mut plan = Plan::new(1, &Options::default());
    (plan.steps, plan.clock, plan.pfs) = (vec![], clock, None);
    let executions = Executions::default();
    (Oracle::new(&plan, executions.clone()), executions)
}

/// What is concluded after one update, which was sent to the client's session or to one that it has given up.
fn update(is_owed: bool, then: &[fn(&mut Oracle)]) -> Option<Violation> {
    let (mut oracle, _) = oracle();
    oracle.gap(true);
    oracle.pushed(1, is_owed);
    then.iter().for_each(|step| step(&mut oracle));
    oracle.conclude();
    oracle.violation().cloned()
}

fn arrives(oracle: &mut Oracle) {
    oracle.arrived(1);
}

fn is_told(oracle: &mut Oracle) {
    oracle.delivered(&Object::new(&Update { number: 1, is_large: false }));
}

fn forgets(oracle: &mut Oracle) {
    oracle.forgot_updates();
}

fn gap(oracle: &mut Oracle) {
    oracle.gap(false);
}

#[test]
fn p3_an_update_that_is_lost_silently_is_caught() {
    let lost = Some(Violation::UpdateLost { number: 1 });
    // What was said before it was sent says nothing of it.
    assert_eq!(update(true, &[]), lost);
    assert_eq!(update(true, &[arrives]), lost);
    // It has arrived: the server may forget what it likes.
    assert_eq!(update(true, &[arrives, forgets]), lost);
    assert_eq!(update(true, &[forgets, arrives]), lost);
    assert_eq!(update(false, &[arrives]), lost);
    for settled in [is_told, gap] {
        assert_eq!(update(true, &[arrives, settled]), None);
        assert_eq!(update(false, &[arrives, settled]), None);
    }
    // Nobody can tell of those.
    assert_eq!(update(true, &[forgets]), None);
    assert_eq!(update(false, &[]), None);
    assert_eq!(update(true, &[is_told, is_told]), Some(Violation::UpdateTwice { number: 1 }));
}

/// The number that a client gives a request.
fn call(run: &Run) -> CallId {
    let now = Now { mono: Duration::ZERO, unix: Duration::ZERO };
    let config = Config::new(DcId::production(2), vec![], toy());
    let mut client = Client::new(config, now, SeededEntropy::new(1));
    client.call(now, Request::new(run), None).unwrap()
}

/// A request that must run once runs as often, of which some are copies that the server alone can refuse.
fn ran(times: u32, copies: u32) -> Option<Violation> {
    let (mut oracle, executions) = oracle();
    let run = Run { number: 1, is_keyed: false, is_refused: false, bytes: 0, after: 0 };
    let id = call(&run);
    oracle.accepted(id, run, Repeat::Once, false, None);
    for time in 0..times {
        let before = oracle.counts(&[1]);
        executions.run(&run).unwrap();
        if time < copies {
            oracle.excuse_copy(1, &before);
        }
    }
    oracle.ended(id, Ok(Object::new(&run.result())));
    oracle.conclude();
    oracle.violation().cloned()
}

#[test]
fn p2_only_what_was_under_way_when_the_key_was_given_up_may_end_unknown() {
    for is_given_up in [false, true] {
        let (mut oracle, _) = oracle_of(0);
        oracle.gap(true);
        let run = Run { number: 1, is_keyed: false, is_refused: false, bytes: 0, after: 0 };
        let id = call(&run);
        oracle.accepted(id, run, Repeat::Once, false, None);
        if is_given_up {
            oracle.key_given_up();
        }
        let (execution, why) = (Execution::Maybe, CloseReason::KeyUnknown);
        oracle.ended(id, Err(CallError::Closed { execution, why }));
        oracle.conclude();
        assert_eq!(oracle.violation().is_none(), is_given_up, "{:?}", oracle.violation());
    }
}

#[test]
fn p2_what_runs_twice_is_caught_and_only_copies_are_excused() {
    assert_eq!((ran(1, 0), ran(2, 1), ran(3, 2)), (None, None, None));
    assert_eq!(ran(2, 0), Some(Violation::RanTwice { number: 1, count: 2 }));
    assert_eq!(ran(3, 1), Some(Violation::RanTwice { number: 1, count: 2 }));
}
