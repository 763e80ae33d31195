//! A schedule: all that will be done and will go wrong, known before it begins. Steps can be left out of it, which makes
//! a failure small.

use std::time::Duration;

use telewire::framing::Framing;
use telewire::server;
use telewire::tl::Repeat;

use crate::api::Run;
use crate::dice::Dice;
use crate::fault::{FATAL, Fault, KINDS};
use crate::watch::Watched;

/// A schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What all chance comes from.
    pub seed: u64,
    /// Whether the client has a key already.
    pub is_stored: bool,
    /// Whether the cryptography is the real one.
    pub is_real: bool,
    /// Whether requests go over temporary keys, which live for so many seconds.
    pub pfs: Option<u64>,
    /// Whether the peer is, at first, one that sends anything at all.
    pub is_rogue: bool,
    /// The framing.
    pub framing: Framing,
    /// How long a packet takes at least.
    pub latency: Duration,
    /// How much longer it may take.
    pub jitter: Duration,
    /// By how many seconds the client's wall clock is wrong from the start.
    pub clock: i64,
    /// Whether the server compresses results.
    pub compresses: bool,
    /// Whether faults that last are over with the last step.
    pub heals: bool,
    /// What happens, in the order of time.
    pub steps: Vec<Step>,
}

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// When, from the start.
    pub at: Duration,
    /// What.
    pub action: Action,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    /// The client makes a request.
    Call {
        /// The request.
        run: Run,
        /// How it may be repeated.
        repeat: Repeat,
        /// By when it must have ended.
        deadline: Option<Duration>,
        /// The request that it is to run after.
        after: Option<i32>,
        /// Whether the server is asked for a quick acknowledgement.
        quick_ack: bool,
    },
    /// The client makes requests until no more are taken.
    Flood,
    /// The client has another session of its key destroyed.
    DestroySession {
        /// Whether there is one.
        is_there: bool,
    },
    /// The client has its key destroyed.
    DestroyKey,
    /// The client takes a request back.
    Cancel {
        /// Its number.
        number: i32,
    },
    /// The server sends an update.
    Push {
        /// Its number.
        number: i32,
        /// Whether it is a large one.
        is_large: bool,
        /// Whether it goes to a session that the client has given up, if there is one.
        is_former: bool,
    },
    /// Something goes wrong.
    Fault(Fault),
}

/// What schedules are made of.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Kinds of faults that do not happen.
    pub without: Vec<String>,
    /// Whether the peer sends anything at all.
    pub is_rogue: bool,
}

/// The requests of a schedule: from so many, and up to so many more.
const REQUESTS: (usize, usize) = (20, 21);

/// The faults of a schedule: from so many, and up to so many more.
const FAULTS: (usize, usize) = (5, 8);

/// Of a thousand schedules, so many have a flood of requests: one has as many as all others of two hundred.
const FLOODS: usize = 2;

/// How long a rogue sends anything.
const ROGUE: Duration = Duration::from_secs(20);

impl Plan {
    /// The schedule of a seed.
    #[must_use]
    pub fn new(seed: u64, options: &Options) -> Self {
        let mut dice = Dice::new(seed, 1);
        let is_only_network = dice.percent(25);
        let kinds: Vec<&str> = KINDS
            .into_iter()
            .filter(|kind| !options.without.iter().any(|name| name == kind))
            .filter(|kind| {
                let fault = Fault::draw(kind, &mut Dice::new(0, 0));
                !is_only_network || fault.is_some_and(|fault| fault.is_of_network())
            })
            .collect();
        let spans = [2, 30, 300].map(Duration::from_secs);
        let span =
            if options.is_rogue { ROGUE } else { dice.pick(&spans).copied().unwrap_or(ROGUE) };
        let mut steps = calls(&mut dice, span);
        for number in 0..dice.below(6) {
            let action = Action::Push {
                number: i32::try_from(number).unwrap_or(0),
                is_large: dice.percent(20),
                is_former: dice.percent(20),
            };
            steps.push(Step { at: dice.time(span), action });
        }
        let faults = if options.is_rogue { 0 } else { FAULTS.0 + dice.below(FAULTS.1) };
        for _ in 0..faults {
            let Some(fault) = draw(&kinds, &mut dice) else { break };
            steps.push(Step { at: dice.time(span), action: Action::Fault(fault) });
        }
        steps.sort_by_key(|step| step.at);
        let is_real = dice.percent(1);
        let is_plain = options.is_rogue || is_real;
        for is_there in [false, true] {
            if !is_plain && dice.percent(5) {
                let action = Action::DestroySession { is_there };
                steps.push(Step { at: dice.time(span), action });
            }
        }
        if !is_plain && dice.below(1_000) < FLOODS {
            steps.push(Step { at: dice.time(span), action: Action::Flood });
        }
        steps.sort_by_key(|step| step.at);
        order(&mut steps, &mut dice);
        if !is_plain && !is_only_network && dice.percent(3) {
            steps.push(Step { at: span, action: Action::DestroyKey });
        }
        let lives = [60, 100, 1_000];
        let pfs = if !is_plain && dice.percent(6) { dice.pick(&lives).copied() } else { None };
        Self {
            seed,
            // An exchange with real cryptography takes longer than a hundred schedules.
            is_stored: options.is_rogue || is_real || !dice.percent(5),
            is_real,
            pfs,
            is_rogue: options.is_rogue,
            framing: dice.pick(&Framing::ALL).copied().unwrap_or(Framing::Intermediate),
            latency: dice.time(Duration::from_millis(200)),
            jitter: dice.time(Duration::from_millis(100)),
            clock: dice.pick(&[0, 0, 0, 3_600, -3_600, 7]).copied().unwrap_or(0),
            compresses: dice.percent(30),
            heals: dice.percent(50),
            steps,
        }
    }

    /// When the last of it happens.
    #[must_use]
    pub fn end(&self) -> Duration {
        let last = self.steps.iter().map(|step| step.at).max().unwrap_or_default();
        if self.is_rogue { last.max(ROGUE) } else { last }
    }

    /// The faults.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        self.steps.iter().filter_map(|step| match step.action {
            Action::Fault(fault) => Some(fault),
            _ => None,
        })
    }

    /// What the rules of the wire depend on.
    #[must_use]
    pub fn watched(&self) -> Watched {
        let is_of_time = |fault: Fault| {
            let is_skew = matches!(fault, Fault::Server(server::Fault::SkewClock { .. }));
            is_skew || matches!(fault, Fault::Clock { .. } | Fault::LongIdle)
        };
        let is_flooded = self.steps.iter().any(|step| step.action == Action::Flood);
        Watched {
            is_honest: !self.is_rogue,
            is_steady: self.clock == 0 && !self.faults().any(is_of_time),
            is_moderate: !is_flooded && self.pfs.is_none(),
        }
    }

    /// Whether nothing goes wrong but in the network. A temporary key ends, and with it what was under way over it. After a
    /// flood more answers come again over the next link than a client remembers, which ends the session (EM-06).
    #[must_use]
    pub fn is_only_network(&self) -> bool {
        let is_flooded = self.steps.iter().any(|step| step.action == Action::Flood);
        let is_usual = !self.is_rogue && self.pfs.is_none() && !is_flooded && self.clock == 0;
        is_usual && self.faults().all(|fault| fault.is_of_network())
    }
}

/// Most requests are answered at once, some take long; some are taken back, some have a deadline.
fn calls(dice: &mut Dice, span: Duration) -> Vec<Step> {
    let count = REQUESTS.0 + dice.below(REQUESTS.1);
    let mut steps = Vec::with_capacity(count * 2);
    for number in 0..count {
        let number = i32::try_from(number).unwrap_or(0);
        let repeat = [Repeat::Safe, Repeat::Keyed, Repeat::Once];
        let repeat = dice.pick(&repeat).copied().unwrap_or(Repeat::Once);
        let after = match dice.below(10) {
            0 => dice.below(60_000),
            1..=3 => dice.below(2_000),
            _ => 0,
        };
        let bytes = match dice.below(20) {
            0 => 20_000 + dice.below(60_000),
            1 | 2 => dice.below(5_000),
            _ => dice.below(40),
        };
        let run = Run {
            number,
            is_keyed: repeat == Repeat::Keyed,
            is_refused: dice.percent(3),
            bytes: i32::try_from(bytes).unwrap_or(0),
            after: i32::try_from(after).unwrap_or(0),
        };
        let deadline = dice.percent(10).then(|| dice.time(Duration::from_secs(60)));
        let at = dice.time(span);
        let (after, quick_ack) = (None, dice.percent(10));
        steps.push(Step { at, action: Action::Call { run, repeat, deadline, after, quick_ack } });
        if dice.percent(10) {
            let at = at + dice.time(Duration::from_secs(3));
            steps.push(Step { at, action: Action::Cancel { number } });
        }
    }
    steps
}

/// Some requests are to run after one that was made before them.
fn order(steps: &mut [Step], dice: &mut Dice) {
    let mut numbers = Vec::new();
    for step in steps {
        if let Action::Call { run, after, .. } = &mut step.action {
            if dice.percent(20) {
                // Mostly the one before, which is still under way then.
                let last = numbers.last().filter(|_| dice.percent(60));
                *after = last.or_else(|| dice.pick(&numbers)).copied();
            }
            numbers.push(run.number);
        }
    }
}

/// A fault; one that may be the end is drawn again most of the time.
fn draw(kinds: &[&str], dice: &mut Dice) -> Option<Fault> {
    let mut kind = *dice.pick(kinds)?;
    if FATAL.contains(&kind) && dice.percent(80) {
        kind = *dice.pick(kinds)?;
    }
    Fault::draw(kind, dice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_has_twenty_requests_and_five_faults_at_least() {
        for seed in 0..200 {
            let plan = Plan::new(seed, &Options::default());
            let calls = plan.steps.iter().filter(|s| matches!(s.action, Action::Call { .. }));
            assert!(calls.count() >= 20, "{seed}");
            assert!(plan.faults().count() >= 5, "{seed}");
            assert!(plan.steps.is_sorted_by_key(|step| step.at));
        }
    }

    #[test]
    fn equal_seeds_give_equal_schedules_and_kinds_can_be_left_out() {
        let options = Options { without: vec!["cut".into()], is_rogue: false };
        for seed in 0..200 {
            let plan = Plan::new(seed, &options);
            assert_eq!(plan.steps, Plan::new(seed, &options).steps);
            assert!(plan.faults().all(|fault| fault.kind() != "cut"));
        }
    }
}
