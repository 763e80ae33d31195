//! A schedule for each fault of a connection, which does nothing else.

use std::time::Duration;

use telewire::framing::Framing;
use telewire::rpc::{CallError, CloseReason, Execution};
use telewire::server;
use telewire::tl::mtproto::types;
use telewire::tl::{Identifiable, Repeat};

use crate::api::Run;
use crate::fault::Fault;
use crate::outcome::Outcome;
use crate::plan::{Action, Plan, Step};
use crate::world::World;

/// A schedule in the making.
struct Schedule(Plan);

/// When a client that has begun at the start is at rest.
const BEGUN: u64 = 5_000;

impl Schedule {
    fn new() -> Self {
        Self(Plan {
            seed: 1,
            is_stored: true,
            is_real: false,
            pfs: None,
            rogue: None,
            framing: Framing::Intermediate,
            latency: Duration::from_millis(50),
            jitter: Duration::ZERO,
            clock: 0,
            compresses: false,
            heals: true,
            steps: vec![],
        })
    }

    fn step(mut self, millis: u64, action: Action) -> Self {
        self.0.steps.push(Step { at: Duration::from_millis(millis), action });
        self.0.steps.sort_by_key(|step| step.at);
        self
    }

    fn fault(self, millis: u64, fault: Fault) -> Self {
        self.step(millis, Action::Fault(fault))
    }

    fn server(self, millis: u64, fault: server::Fault) -> Self {
        self.fault(millis, Fault::Server(fault))
    }

    /// A request that is answered after so many milliseconds with so many bytes.
    fn call(self, millis: u64, number: i32, repeat: Repeat, after: i32, bytes: i32) -> Self {
        let is_keyed = repeat == Repeat::Keyed;
        let run = Run { number, is_keyed, is_refused: false, bytes, after };
        let (deadline, after, quick_ack) = (None, None, false);
        self.step(millis, Action::Call { run, repeat, deadline, after, quick_ack })
    }

    fn once(self, millis: u64, number: i32) -> Self {
        self.call(millis, number, Repeat::Once, 0, 4)
    }

    /// The promises hold, and the faults were met.
    fn run(self) -> Outcome {
        let outcome = World::run(&self.0, true);
        let lines = outcome.lines.join("\n");
        assert_eq!(outcome.violation, None, "{lines}");
        for fault in self.0.faults() {
            assert!(outcome.met.contains_key(fault.kind()), "{fault}\n{lines}");
        }
        outcome
    }
}

impl Outcome {
    /// Every request ended with a result, and ran once.
    fn all_ran_once(&self) {
        for call in &self.calls {
            assert!(matches!(call.end, Some(Ok(_))), "{call:?}\n{}", self.lines.join("\n"));
            assert_eq!(call.arrived, 1, "{call:?}");
        }
        assert!(!self.calls.is_empty());
    }

    fn sent<T: Identifiable>(&self) -> u64 {
        self.tally.messages.get(&T::ID).copied().unwrap_or(0)
    }

    fn refusals(&self, code: i32) -> u64 {
        self.tally.refusals.get(&code).copied().unwrap_or(0)
    }

    /// How many lines have all of these words.
    fn lines_with(&self, words: &[&str]) -> usize {
        let has_all = |line: &&String| words.iter().all(|word| line.contains(word));
        self.lines.iter().filter(has_all).count()
    }

    fn is_one_session(&self) {
        assert_eq!(self.lines_with(&["server: SessionCreated"]), 1, "{}", self.lines.join("\n"));
    }
}

#[test]
fn cf_01_a_half_open_link_is_given_up_and_the_state_asked_for_over_the_next() {
    for (up, down) in [(true, false), (false, true), (true, true)] {
        let half_open = Fault::HalfOpen { up, down };
        let outcome = Schedule::new().once(BEGUN, 1).fault(6_000, half_open).once(7_000, 2).run();
        outcome.all_ran_once();
        outcome.is_one_session();
        assert_eq!(outcome.lines_with(&["Disconnected", "Silence"]), 1);
        assert!(outcome.sent::<types::MsgsStateInfo>() >= 1);
    }
}

#[test]
fn cf_02_a_link_that_breaks_at_any_byte_loses_nothing() {
    for up in [true, false] {
        for bytes in 0..400 {
            let outcome = Schedule::new()
                .fault(BEGUN, Fault::CutAt { up, bytes })
                .once(BEGUN + 1, 1)
                .call(BEGUN + 2, 2, Repeat::Safe, 0, 600)
                .once(BEGUN + 3, 3);
            let outcome = World::run(&outcome.0, true);
            assert_eq!(outcome.violation, None, "{up} {bytes}");
            outcome.all_ran_once();
            outcome.is_one_session();
        }
    }
}

#[test]
fn cf_04_a_forgotten_key_ends_the_connection_and_is_not_replaced() {
    let outcome = Schedule::new()
        .call(BEGUN, 1, Repeat::Once, 2_000, 4)
        .server(6_000, server::Fault::ForgetKeys)
        .once(7_000, 2)
        .run();
    assert_eq!(outcome.lines_with(&["over: "]), 1);
    // The one that both had from the start.
    assert_eq!(outcome.lines_with(&["server: KeyCreated"]), 1);
    let ends: Vec<_> = outcome.calls.iter().map(|call| call.end.clone()).collect();
    let closed =
        Some(Err(CallError::Closed { execution: Execution::Maybe, why: CloseReason::KeyUnknown }));
    assert_eq!(ends[0], closed);
    assert!(matches!(ends[1], Some(Err(CallError::Closed { .. }))), "{ends:?}");
}

#[test]
fn cf_05_a_forgotten_session_costs_what_must_not_run_twice_and_nothing_else() {
    let outcome = Schedule::new()
        .call(BEGUN, 1, Repeat::Once, 5_000, 4)
        .call(BEGUN, 2, Repeat::Safe, 5_000, 4)
        .call(BEGUN, 3, Repeat::Keyed, 5_000, 4)
        .server(7_000, server::Fault::ForgetSessions)
        .once(8_000, 4)
        .run();
    let ends: Vec<_> = outcome.calls.iter().map(|call| (call.end.clone(), call.arrived)).collect();
    assert_eq!(ends[0], (Some(Err(CallError::Unknown)), 1));
    assert!(matches!(ends[1], (Some(Ok(_)), 2)), "{ends:?}");
    // It ran the first time, which the server can tell.
    assert!(matches!(&ends[2].0, Some(Err(error)) if error.execution() == Execution::Ran));
    assert!(matches!(ends[3], (Some(Ok(_)), 1)), "{ends:?}");
    assert_eq!(outcome.lines_with(&["updates may be missing"]), 2);
}

#[test]
fn cf_06_a_clock_that_jumps_while_it_runs_is_not_noticed() {
    for seconds in [3_600, -3_600, -10 * 365 * 86_400, -40] {
        let outcome = Schedule::new()
            .once(BEGUN, 1)
            .fault(6_000, Fault::Clock { seconds })
            .once(7_000, 2)
            .fault(8_000, Fault::Clock { seconds: -seconds })
            .fault(8_500, Fault::Cut)
            .once(9_000, 3)
            .run();
        outcome.all_ran_once();
        outcome.is_one_session();
        assert_eq!((outcome.refusals(16), outcome.refusals(17)), (0, 0), "{seconds}");
    }
}

#[test]
fn cf_06_a_clock_that_is_wrong_from_the_start_is_put_right_in_one_round_trip() {
    for (clock, code) in [(-3_600, 16), (3_600, 17), (-10 * 365 * 86_400, 16)] {
        let mut schedule = Schedule::new().once(0, 1).once(BEGUN, 2);
        schedule.0.clock = clock;
        let outcome = schedule.run();
        outcome.all_ran_once();
        assert!((1..=2).contains(&outcome.refusals(code)), "{}", outcome.lines.join("\n"));
        assert_eq!(outcome.lines_with(&["Disconnected"]), 0);
    }
}

#[test]
fn cf_07_a_salt_that_expires_costs_one_refusal_for_all_that_was_under_way() {
    let mut schedule = Schedule::new().once(BEGUN, 0).server(6_000, server::Fault::ChangeSalts);
    for number in 1..=20 {
        schedule = schedule.once(7_000, number);
    }
    let outcome = schedule.run();
    outcome.all_ran_once();
    assert_eq!(outcome.refusals(48), 1);
}

#[test]
fn cf_08_what_comes_twice_is_taken_once() {
    for up in [true, false] {
        let push = Action::Push { number: 1, is_large: false, is_former: false };
        let outcome = Schedule::new()
            .once(BEGUN, 1)
            .fault(6_000, Fault::Duplicate { up })
            .once(7_000, 2)
            .fault(8_000, Fault::Duplicate { up })
            .step(9_000, push)
            .run();
        outcome.all_ran_once();
        // The oracle sees to it that the update came once.
        assert_eq!(outcome.lines_with(&["an update"]), 1);
    }
}

#[test]
fn cf_09_what_is_overtaken_is_taken_all_the_same() {
    for up in [true, false] {
        let outcome = Schedule::new()
            .once(BEGUN, 0)
            .fault(6_000, Fault::Reorder { up })
            .once(7_000, 1)
            .once(7_020, 2)
            .once(7_040, 3)
            .run();
        outcome.all_ran_once();
        outcome.is_one_session();
    }
}

#[test]
fn cf_09_a_request_runs_after_another_whatever_overtakes_what() {
    for (repeat, up) in [(Repeat::Once, true), (Repeat::Safe, true), (Repeat::Safe, false)] {
        let mut schedule = Schedule::new().once(BEGUN, 0).fault(6_000, Fault::Reorder { up });
        for number in 1..=10_u64 {
            let number = i32::try_from(number).unwrap();
            let run = Run { number, is_keyed: false, is_refused: false, bytes: 4, after: 100 };
            let after = Some(number - 1).filter(|before| *before > 0);
            let call = Action::Call { run, repeat, deadline: None, after, quick_ack: false };
            schedule = schedule.step(7_000 + u64::try_from(number).unwrap() * 20, call);
        }
        let outcome = schedule.run();
        outcome.all_ran_once();
        assert_eq!(outcome.seen.in_order, 9);
    }
}

#[test]
fn cf_10_an_answer_that_is_lost_with_its_link_is_sent_again() {
    let outcome = Schedule::new()
        .once(BEGUN, 0)
        .server(6_000, server::Fault::DropAnswer)
        .once(7_000, 1)
        .fault(7_200, Fault::Cut)
        .run();
    outcome.all_ran_once();
    outcome.is_one_session();
}

#[test]
fn cf_10_an_answer_that_is_lost_without_its_link_is_asked_for() {
    let outcome = Schedule::new()
        .once(BEGUN, 0)
        .server(6_000, server::Fault::DropAnswer)
        .call(7_000, 1, Repeat::Once, 0, 4)
        // What is not over yet is not healed.
        .once(100_000, 2)
        .run();
    outcome.all_ran_once();
    assert!(outcome.lines_with(&["--> ", "msgs_state_req"]) >= 1);
    assert_eq!(outcome.lines_with(&["Disconnected"]), 0);
}

#[test]
fn cf_11_without_an_acknowledgement_nothing_is_sent_again_before_the_state_is_known() {
    let outcome = Schedule::new()
        .once(BEGUN, 0)
        .server(6_000, server::Fault::DropAck)
        .call(7_000, 1, Repeat::Safe, 45_000, 4)
        .once(100_000, 2)
        .run();
    outcome.all_ran_once();
    // Each of the three once, the one that nobody acknowledged too.
    assert_eq!(outcome.lines_with(&["-->", "(of the API)"]), 3);
    assert!(outcome.lines_with(&["--> ", "msgs_state_req"]) >= 1);
}

#[test]
fn cf_12_a_request_that_was_lost_is_sent_again_and_runs_once() {
    let outcome = Schedule::new()
        .once(BEGUN, 0)
        .fault(6_000, Fault::HalfOpen { up: true, down: false })
        .once(7_000, 1)
        .call(7_010, 2, Repeat::Safe, 0, 4)
        .fault(7_200, Fault::Cut)
        .run();
    outcome.all_ran_once();
    outcome.is_one_session();
    assert!(outcome.lines_with(&["--> ", "msgs_state_req"]) >= 1);
}

#[test]
fn cf_13_a_flipped_bit_costs_the_link_and_nothing_else() {
    for up in [true, false] {
        for byte in 0..120 {
            let mut schedule = Schedule::new()
                .once(BEGUN, 0)
                .fault(6_000, Fault::Corrupt { up, byte })
                .once(7_000, 1)
                .call(9_000, 2, Repeat::Safe, 0, 4);
            schedule.0.framing = Framing::Full;
            let outcome = schedule.run();
            outcome.all_ran_once();
            outcome.is_one_session();
        }
    }
}

#[test]
fn cf_14_a_reader_that_is_slow_is_not_taken_for_a_dead_link() {
    let outcome = Schedule::new()
        .once(BEGUN, 0)
        .fault(6_000, Fault::SlowReader)
        .call(7_000, 1, Repeat::Once, 0, 40_000)
        .call(7_001, 2, Repeat::Once, 0, 4)
        .run();
    outcome.all_ran_once();
    assert_eq!(outcome.lines_with(&["Disconnected"]), 0);
}

#[test]
fn cf_14_requests_that_nobody_could_hold_are_not_taken_and_the_others_end() {
    let outcome = Schedule::new().once(BEGUN, 0).step(6_000, Action::Flood).run();
    outcome.all_ran_once();
    assert!(outcome.calls.len() > 8_000 && outcome.seen.full > 0);
}

#[test]
fn cf_18_dials_that_fail_are_repeated_and_nothing_is_lost() {
    for hang in [false, true] {
        let outcome = Schedule::new()
            .once(BEGUN, 0)
            .fault(6_000, Fault::Dials { count: 6, hang })
            .fault(6_001, Fault::Cut)
            .once(7_000, 1)
            .step(120_000, Action::Push { number: 1, is_large: false, is_former: false })
            .run();
        outcome.all_ran_once();
        outcome.is_one_session();
        let dials = outcome.lines_with(&["a dial fails"]);
        assert_eq!(dials, 6, "{}", outcome.lines.join("\n"));
    }
}

#[test]
fn cf_19_a_request_can_be_taken_back_at_any_time() {
    for millis in (0..400).step_by(7) {
        let outcome = Schedule::new()
            .once(BEGUN, 0)
            .call(6_000, 1, Repeat::Once, 150, 4)
            .step(6_000 + millis, Action::Cancel { number: 1 })
            .run();
        let end = outcome.calls.last().unwrap().end.clone().unwrap();
        let is_it = matches!(end, Ok(_) | Err(CallError::Cancelled { .. }));
        assert!(is_it, "{millis} {end:?}");
    }
}
