//! A schedule: all that will be done and will go wrong, known before it begins. Steps can be left out of it, which makes
//! a failure small.

use std::time::Duration;

use telewire::framing::Framing;
use telewire::server;
use telewire::tl::Repeat;

use crate::api::Run;
use crate::dice::Dice;
use crate::fault::{AFTER_2038, FATAL, Fault, KINDS, TEN_YEARS};
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
    /// When the peer is one that sends anything at all.
    pub rogue: Option<Rogues>,
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

/// When the peer is one that sends anything at all, from the start of the schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rogues {
    /// From then on: before, there is a data centre, and a session with it.
    pub from: Duration,
    /// Until then; without it until the very end.
    pub until: Option<Duration>,
    /// Whether most of what it says are words of the table of fates, about what is under way.
    pub gossips: bool,
}

impl Rogues {
    /// Whether the peer is one then.
    #[must_use]
    pub fn is_at(&self, time: Duration) -> bool {
        self.from <= time && self.until.is_none_or(|until| time < until)
    }
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
    /// What goes wrong mostly.
    pub profile: Profile,
}

/// What goes wrong mostly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    /// Anything.
    #[default]
    Mixed,
    /// The client's clock jumps by ten years, and beyond 2038.
    Clocks,
    /// What a client may give up after.
    Fatal,
    /// The server forgets sessions, asks again and does not acknowledge; links break and stall. Nothing else happens.
    Forget,
    /// The server says what it rarely says.
    Words,
    /// The peer sends anything at all.
    Rogue,
    /// The peer says each word of the table of fates in any order.
    Gossip,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Mixed,
        Self::Clocks,
        Self::Fatal,
        Self::Forget,
        Self::Words,
        Self::Rogue,
        Self::Gossip,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::Clocks => "clocks",
            Self::Fatal => "fatal",
            Self::Forget => "forget",
            Self::Words => "words",
            Self::Rogue => "rogue",
            Self::Gossip => "gossip",
        }
    }

    /// The kinds of faults, of which it has some more often: one of two is of the second.
    fn kinds(self) -> (Vec<&'static str>, Vec<&'static str>) {
        let is_clock = |kind: &&str| kind.starts_with("clock-") || kind.starts_with("skew-");
        match self {
            Self::Mixed => (KINDS.to_vec(), vec![]),
            Self::Clocks => (KINDS.to_vec(), KINDS.into_iter().filter(is_clock).collect()),
            Self::Fatal => (KINDS.to_vec(), FATAL.to_vec()),
            Self::Forget => (FORGET.to_vec(), vec![]),
            Self::Words => (KINDS.to_vec(), WORDS.to_vec()),
            Self::Rogue | Self::Gossip => {
                (KINDS.into_iter().filter(|kind| is_of_network(kind)).collect(), vec![])
            }
        }
    }
}

/// What a server that loses its memory does, and what a network does meanwhile.
const FORGET: [&str; 5] = ["forget-session", "ask-again", "drop-ack", "cut", "stall"];

/// What makes a server say what it rarely says.
const WORDS: [&str; 23] = [
    "same-unique-id",
    "ask-again",
    "tell-states",
    "ask-states",
    "ignore-state",
    "drop-answer",
    "drop-ack",
    "forget-session",
    "forget-messages",
    "forget-answers",
    "change-salts",
    "refuse-16",
    "refuse-17",
    "refuse-19",
    "refuse-20",
    "refuse-32",
    "refuse-33",
    "refuse-34",
    "refuse-35",
    "refuse-48",
    "refuse-64",
    "half-open",
    "cut",
];

/// The requests of a schedule: from so many, and up to so many more.
const REQUESTS: (usize, usize) = (20, 21);

/// The faults of a schedule: from so many, and up to so many more.
const FAULTS: (usize, usize) = (5, 8);

/// Of a thousand schedules, so many have a flood of requests: one has as many as all others of two hundred.
const FLOODS: usize = 2;

impl Plan {
    /// The schedule of a seed.
    #[must_use]
    pub fn new(seed: u64, options: &Options) -> Self {
        let mut dice = Dice::new(seed, 1);
        let profile = options.profile;
        let is_rogue = matches!(profile, Profile::Rogue | Profile::Gossip);
        let is_only_network = dice.percent(25) && profile == Profile::Mixed;
        let (mut kinds, mut favourites) = profile.kinds();
        for list in [&mut kinds, &mut favourites] {
            list.retain(|kind| {
                let is_left_out = options.without.iter().any(|name| name == kind);
                !is_left_out && (!is_only_network || is_of_network(kind))
            });
        }
        let span = dice.pick(&SPANS).copied().unwrap_or_default();
        let mut steps = calls(&mut dice, span, profile);
        for number in 0..dice.below(6) {
            let action = Action::Push {
                number: i32::try_from(number).unwrap_or(0),
                is_large: dice.percent(20),
                is_former: dice.percent(20),
            };
            steps.push(Step { at: dice.time(span), action });
        }
        for _ in 0..FAULTS.0 + dice.below(FAULTS.1) {
            let is_favourite = !favourites.is_empty() && dice.percent(50);
            let is_fatal_rare = profile != Profile::Fatal;
            let from = if is_favourite { &favourites } else { &kinds };
            let Some(fault) = draw(from, is_fatal_rare, &mut dice) else { break };
            steps.push(Step { at: dice.time(span), action: Action::Fault(fault) });
        }
        steps.sort_by_key(|step| step.at);
        let is_real = dice.percent(1);
        let is_plain = is_rogue || is_real;
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
        if !is_plain && dice.percent(3) {
            steps.push(Step { at: span, action: Action::DestroyKey });
            // What is taken back, is taken back later.
            steps.sort_by_key(|step| step.at);
        }
        let lives = [60, 100, 1_000];
        let rogue = is_rogue.then(|| Rogues {
            from: if dice.percent(50) { Duration::ZERO } else { dice.time(span) },
            until: dice.percent(50).then_some(span),
            gossips: profile == Profile::Gossip,
        });
        let clocks: &[i64] = if profile == Profile::Clocks { &WRONG_CLOCKS } else { &CLOCKS };
        let pfs = if !is_plain && dice.percent(6) { dice.pick(&lives).copied() } else { None };
        Self {
            seed,
            // An exchange with real cryptography takes longer than a hundred schedules.
            is_stored: is_rogue || is_real || !dice.percent(5),
            is_real,
            pfs,
            rogue,
            framing: dice.pick(&Framing::ALL).copied().unwrap_or(Framing::Intermediate),
            latency: dice.time(Duration::from_millis(200)),
            jitter: dice.time(Duration::from_millis(100)),
            clock: dice.pick(clocks).copied().unwrap_or(0),
            compresses: dice.percent(30),
            heals: dice.percent(50),
            steps,
        }
    }

    /// When the last of it happens.
    #[must_use]
    pub fn end(&self) -> Duration {
        let last = self.steps.iter().map(|step| step.at).max();
        last.max(self.rogue.and_then(|rogue| rogue.until)).unwrap_or_default()
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
            is_honest: self.rogue.is_none(),
            is_steady: !self.faults().any(is_of_time),
            is_moderate: !is_flooded && self.pfs.is_none() && self.clock == 0,
        }
    }

    /// Whether nothing goes wrong but in the network. A temporary key ends, and with it what was under way over it. After a
    /// flood more answers come again over the next link than a client remembers, which ends the session (EM-06).
    #[must_use]
    pub fn is_only_network(&self) -> bool {
        let is_flooded = self.steps.iter().any(|step| step.action == Action::Flood);
        let is_usual = self.rogue.is_none() && self.pfs.is_none() && !is_flooded && self.clock == 0;
        is_usual && self.faults().all(|fault| fault.is_of_network())
    }
}

/// How long a schedule is.
const SPANS: [Duration; 3] =
    [Duration::from_secs(2), Duration::from_secs(30), Duration::from_secs(300)];

/// By how many seconds the client's clock is wrong from the start.
const CLOCKS: [i64; 18] = [
    0, 0, 0, 0, 0, 0, 0, 0, 3_600, 3_600, -3_600, -3_600, 7, 7, 7, TEN_YEARS, -TEN_YEARS,
    AFTER_2038,
];

/// As [`CLOCKS`], where clocks are what is wrong.
const WRONG_CLOCKS: [i64; 6] = [0, 3_600, -3_600, TEN_YEARS, -TEN_YEARS, AFTER_2038];

fn is_of_network(kind: &str) -> bool {
    Fault::draw(kind, &mut Dice::new(0, 0)).is_some_and(|fault| fault.is_of_network())
}

/// Most requests are answered at once, some take long; some are taken back, some have a deadline. Of results that are large a server
/// says that they are there before it sends them again.
fn calls(dice: &mut Dice, span: Duration, profile: Profile) -> Vec<Step> {
    let is_of_words = profile == Profile::Words;
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
        let bytes = match dice.below(if is_of_words { 4 } else { 20 }) {
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
        let (after, quick_ack) = (None, dice.percent(if is_of_words { 50 } else { 10 }));
        steps.push(Step { at, action: Action::Call { run, repeat, deadline, after, quick_ack } });
        if dice.percent(if is_of_words { 30 } else { 10 }) {
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

/// A fault; one that may be the end is drawn again most of the time, if it `is_fatal_rare`.
fn draw(kinds: &[&str], is_fatal_rare: bool, dice: &mut Dice) -> Option<Fault> {
    let mut kind = *dice.pick(kinds)?;
    if is_fatal_rare && FATAL.contains(&kind) && dice.percent(80) {
        kind = *dice.pick(kinds)?;
    }
    Fault::draw(kind, dice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_has_twenty_requests_and_five_faults_at_least() {
        for seed in 0..2_000 {
            let plan = Plan::new(seed, &Options::default());
            let calls = plan.steps.iter().filter(|s| matches!(s.action, Action::Call { .. }));
            assert!(calls.count() >= 20, "{seed}");
            assert!(plan.faults().count() >= 5, "{seed}");
            assert!(plan.steps.is_sorted_by_key(|step| step.at));
        }
    }

    #[test]
    fn equal_seeds_give_equal_schedules_and_kinds_can_be_left_out() {
        let options = Options { without: vec!["cut".into()], ..Options::default() };
        for seed in 0..200 {
            let plan = Plan::new(seed, &options);
            assert_eq!(plan.steps, Plan::new(seed, &options).steps);
            assert!(plan.faults().all(|fault| fault.kind() != "cut"));
        }
    }
}
