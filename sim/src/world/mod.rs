//! Everything that runs in a schedule, and the clock that it runs on.
//!
//! ```text
//!  Plan ── steps ──> World ── calls ──> Client ── frames ──> Wire ── bytes ──> DataCentre ── runs ──> Executions
//!                      │                  │                   ^ faults            ^ faults              │
//!                      │                  └── what it tells ──────────> Oracle <──────────────────────────┘
//!                      └── the earliest of all that is due comes next
//! ```

mod act;
mod carry;

use std::collections::BTreeMap;
use std::time::Duration;

use telewire::connection::{Config, Pfs, StoredKey};
use telewire::crypto::{AuthKey, EntropyExt, KeyId, Suite, real, toy};
use telewire::ids::{DcId, Salt, SessionId};
use telewire::server::{DataCentre, exchange};
use telewire::time::Now;

use crate::client::Client;
use crate::dice::Dice;
use crate::fault::Fault;
use crate::keys;
use crate::oracle::{Executions, Oracle, Violation};
use crate::outcome::{Outcome, Seen};
use crate::peek::Peek;
use crate::plan::{Plan, Step};
use crate::tables;
use crate::watch::Watch;
use crate::wire::Wire;

/// How long after the last step everything must have come to an end (P5). Long answers, a minute between dials, and a
/// ping that nobody answers fit in several times.
const REST: Duration = Duration::from_secs(15 * 60);

/// As [`REST`], where the peer goes on to say anything at all: it may say of each request as often as a client lets it that it is at it.
const LONG_REST: Duration = Duration::from_secs(2 * 3_600);

/// How long it is watched on after that: what was said to have never run must not run yet, what is under way arrives though it
/// was held up for forty seconds, and what waits for company goes without.
const AFTERWARDS: Duration = Duration::from_secs(75);

/// How many turns a schedule may take. One has a few thousand; who does not stop turning wants something at once for ever.
const TURNS: usize = 400_000;

/// How many packets a client may send in a schedule: fifty for a request, and one each second (P4).
const PACKETS: (u64, u64) = (50, 1);

/// What the clocks show at the start: 2024-01-20.
const UNIX: Duration = Duration::from_secs(1_705_754_876);

/// How long a long idle is: all salts that a client has without asking expire.
const IDLE: Duration = Duration::from_secs(90 * 60);

/// A schedule that runs.
#[derive(Debug)]
pub struct World<'p> {
    plan: &'p Plan,
    mono: Duration,
    /// By how many seconds the client's wall clock is wrong.
    clock: i64,
    /// How much later than planned the steps come.
    delay: Duration,
    steps: std::slice::Iter<'p, Step>,
    client: Client,
    dc: DataCentre,
    key: Option<AuthKey>,
    suite: Suite,
    /// The link that the client has.
    wire: Option<Wire>,
    /// Links that it has left.
    old: Vec<Wire>,
    /// When a dial succeeds.
    dialing: Option<Duration>,
    /// The next dials fail at once, or hang.
    bad_dials: (u32, bool),
    /// The session that was used last over the client's link: updates go to it.
    session: Option<(KeyId, SessionId)>,
    /// The sessions that it had before.
    former: Vec<(KeyId, SessionId)>,
    oracle: Oracle,
    watch: Watch,
    dice: Dice,
    is_over: bool,
    packets: u64,
    /// How long it took after the last step until nothing was awaited any more.
    rest: Duration,
    /// How many packets rogues sent.
    said: u64,
    /// What rogues sent.
    rogues: BTreeMap<u32, u64>,
    /// The faults that had something to go wrong with.
    met: BTreeMap<&'static str, u64>,
    seen: Seen,
    /// How many entries the client's tables had at most, and in the end.
    sizes: BTreeMap<&'static str, (usize, usize)>,
    trace: Option<Trace>,
}

/// What is told of a schedule.
#[derive(Debug)]
struct Trace {
    lines: Vec<String>,
    peek: Peek,
}

impl<'p> World<'p> {
    /// Runs a schedule.
    #[must_use]
    pub fn run(plan: &'p Plan, is_traced: bool) -> Outcome {
        let mut world = Self::new(plan, is_traced);
        world.turn();
        world.live();
        world.oracle.conclude();
        for wire in world.wire.take().into_iter().chain(std::mem::take(&mut world.old)) {
            world.over(&wire);
        }
        let tally = world.tally();
        for (fault, count) in &tally.faults {
            *world.met.entry(Fault::Server(*fault).kind()).or_default() += count;
        }
        world.seen.in_order = world.oracle.in_order();
        Outcome {
            violation: world.oracle.violation().cloned(),
            calls: world.oracle.calls(),
            tally,
            met: world.met,
            seen: world.seen,
            cells: world.client.cells().cloned().unwrap_or_default(),
            sizes: world.sizes,
            rest: world.rest,
            lines: world.trace.map(|trace| trace.lines).unwrap_or_default(),
        }
    }

    fn new(plan: &'p Plan, is_traced: bool) -> Self {
        let mut dice = Dice::new(plan.seed, 2);
        let suite = if plan.is_real { real() } else { toy() };
        let executions = Executions::default();
        let dc_id = DcId::production(2);
        let start = Now { mono: Duration::from_secs(1), unix: UNIX };
        let has_exchange = !plan.is_stored || plan.pfs.is_some();
        let private = if has_exchange { keys::embedded() } else { vec![] };
        let public = private.iter().map(|key| key.public().clone()).collect();
        let config = exchange::Config::new(dc_id, private, suite.clone());
        let mut dc = DataCentre::new(config, executions.dispatcher(plan.compresses), dice.fork());
        let mut config = Config::new(dc_id, public, suite.clone());
        config.pfs = plan.pfs.map(|life| Pfs { lifetime: Duration::from_secs(life) });
        let mut key = None;
        if plan.is_stored {
            let auth_key = AuthKey::from_bytes(dice.fork().array());
            let salt = Salt(dice.number().cast_signed());
            dc.add_key(start, auth_key.clone(), salt, None);
            key = Some(auth_key.clone());
            config.stored = Some(StoredKey { auth_key, salt, time_offset: 0 });
        }
        let now = shifted(start, plan.clock);
        let mut trace = is_traced.then(|| Trace { lines: vec![], peek: Peek::new(suite.clone()) });
        if let (Some(trace), Some(key)) = (&mut trace, &key) {
            trace.peek.know(key.clone());
        }
        let mut watch = Watch::new(suite.clone(), plan.watched());
        key.iter().for_each(|key| watch.know(key.clone()));
        Self {
            plan,
            mono: start.mono,
            clock: plan.clock,
            delay: start.mono,
            steps: plan.steps.iter(),
            client: Client::new(config, now, dice.fork()),
            dc,
            key,
            suite,
            wire: None,
            old: Vec::new(),
            dialing: None,
            bad_dials: (0, false),
            session: None,
            former: Vec::new(),
            oracle: Oracle::new(plan, executions),
            watch,
            dice,
            is_over: false,
            packets: 0,
            rest: Duration::ZERO,
            said: 0,
            rogues: BTreeMap::new(),
            met: BTreeMap::new(),
            seen: Seen::default(),
            sizes: BTreeMap::new(),
            trace,
        }
    }

    /// Goes from one thing that is due to the next, until nothing is awaited.
    fn live(&mut self) {
        let mut turns = 0;
        let mut is_healed = false;
        let mut watched_until = None;
        loop {
            let steps_end = self.plan.end() + self.delay;
            let is_done = self.steps.as_slice().is_empty() && self.mono >= steps_end;
            if is_done && !is_healed {
                is_healed = true;
                self.heal();
            }
            let is_settled = self.oracle.is_settled() || self.is_over && self.oracle.open() == 0;
            if is_done && is_settled {
                watched_until.get_or_insert_with(|| {
                    self.rest = self.mono.saturating_sub(steps_end);
                    self.mono + AFTERWARDS
                });
            } else {
                // What was on its way has arrived since, and is to be told of in its time.
                watched_until = None;
            }
            let is_rogue_forever = self.plan.rogue.is_some_and(|rogue| rogue.until.is_none());
            let rest = if is_rogue_forever { LONG_REST } else { REST };
            let horizon = watched_until.unwrap_or(steps_end + rest);
            let end = if is_done { horizon } else { steps_end };
            let due = self.next().filter(|due| *due < end).unwrap_or(end);
            if is_done && due >= horizon {
                if watched_until.is_some() && !self.is_over {
                    self.look_at_tables(0);
                }
                return;
            }
            self.mono = self.mono.max(due);
            self.turn();
            turns += 1;
            if turns > TURNS {
                return self.oracle.violated(Violation::Restless { what: "the client" });
            }
        }
    }

    /// When something is due.
    fn next(&self) -> Option<Duration> {
        let step = self.steps.as_slice().first().map(|step| step.at + self.delay);
        let wires = self.wire.iter().chain(&self.old).filter_map(Wire::next);
        let change = self.plan.rogue.and_then(|rogue| {
            let times = [Some(rogue.from), rogue.until].into_iter().flatten();
            times.map(|at| at + self.delay).find(|at| *at > self.mono)
        });
        [step, change, self.dialing, self.client.next_timeout(), self.dc.poll_timeout()]
            .into_iter()
            .flatten()
            .chain(wires)
            .min()
    }

    /// Does what is due, and carries on what follows from it.
    fn turn(&mut self) {
        let (mono, now) = (self.mono, self.client_now());
        while let Some(step) = self.steps.as_slice().first().filter(|s| s.at + self.delay <= mono) {
            let action = step.action;
            self.steps.next();
            self.act(action);
            self.look_at_tables(self.oracle.made() + 1);
        }
        if self.dialing.is_some_and(|at| at <= mono) {
            self.dialing = None;
            self.connect();
        }
        if self.client.next_timeout().is_some_and(|due| due <= mono) {
            self.client.timeout(now);
        }
        if self.dc.poll_timeout().is_some_and(|due| due <= mono) {
            self.dc.handle_timeout(self.server_now());
        }
        self.carry();
        self.change_peers();
        self.settle();
    }

    /// P4: how many entries the client's tables have, when so many requests may have left some.
    fn look_at_tables(&mut self, calls: usize) {
        let Some(sizes) = self.client.sizes() else { return };
        for (name, entries) in sizes.iter() {
            let (most, last) = self.sizes.entry(name).or_default();
            (*most, *last) = ((*most).max(entries), if calls == 0 { entries } else { *last });
        }
        let is_silent = |fault: Fault| fault.kind() == "ignore-state";
        let is_answered = self.plan.rogue.is_none() && !self.plan.faults().any(is_silent);
        if let Err(too_large) = tables::check(sizes.iter(), calls, is_answered) {
            self.oracle.violated(Violation::Table(too_large));
        }
    }

    /// P4, and what is due.
    fn check_bounds(&mut self) {
        if let Err(broken) = self.watch.check(self.mono) {
            self.oracle.violated(Violation::Wire(broken));
        }
        let open = self.oracle.open();
        if let Some(held) = self.client.calls().filter(|held| *held > open) {
            self.oracle.violated(Violation::Held { held, open });
        }
        let (a_request, a_second) = PACKETS;
        let requests = self.plan.steps.len() as u64;
        // Who says anything at all is answered now and then.
        let said = self.said;
        if self.packets > a_request * requests + a_second * self.mono.as_secs() + said {
            self.oracle.violated(Violation::Storm { packets: self.packets });
        }
    }

    fn server_now(&self) -> Now {
        Now { mono: self.mono, unix: UNIX + self.mono }
    }

    fn client_now(&self) -> Now {
        shifted(self.server_now(), self.clock)
    }

    fn say(&mut self, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.lines.push(at(self.mono, &what()));
        }
    }
}

/// A moment whose wall clock is wrong by so many seconds.
fn shifted(now: Now, seconds: i64) -> Now {
    let by = Duration::from_secs(seconds.unsigned_abs());
    let unix = if seconds < 0 { now.unix.saturating_sub(by) } else { now.unix + by };
    Now { unix, ..now }
}

fn at(mono: Duration, what: &str) -> String {
    format!("{:>12.3}  {what}", mono.as_secs_f64())
}
