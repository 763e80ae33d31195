//! Everything that runs in a schedule, and the clock that it runs on.
//!
//! ```text
//!  Plan ── steps ──> World ── calls ──> Client ── frames ──> Wire ── bytes ──> DataCentre ── runs ──> Executions
//!                      │                  │                   ^ faults            ^ faults              │
//!                      │                  └── what it tells ──────────> Oracle <──────────────────────────┘
//!                      └── the earliest of all that is due comes next
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use telewire::connection::{Config, Disconnected, StoredKey};
use telewire::crypto::{AuthKey, EntropyExt, KeyId, Suite, real, toy};
use telewire::ids::{DcId, Salt, SessionId};
use telewire::rpc::Request;
use telewire::server::{self, DataCentre, DcEvent, Tally, exchange};
use telewire::time::Now;

use crate::api::Update;
use crate::client::{Client, Told};
use crate::dice::Dice;
use crate::fault::Fault;
use crate::keys;
use crate::oracle::{Executions, Oracle, Violation, shown};
use crate::outcome::Outcome;
use crate::peek::Peek;
use crate::plan::{Action, Plan, Step};
use crate::rogue::Rogue;
use crate::wire::{End, Wire};

/// How long after the last step everything must have come to an end (P5). Long answers, a minute between dials, and a
/// ping that nobody answers fit in several times.
const REST: Duration = Duration::from_secs(15 * 60);

/// How long it is watched on after that: what was said to have never run must not run yet.
const AFTERWARDS: Duration = Duration::from_secs(5);

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
    /// The session that began last: updates go to it.
    session: Option<(KeyId, SessionId)>,
    oracle: Oracle,
    dice: Dice,
    is_over: bool,
    packets: u64,
    /// How long it took after the last step until nothing was awaited any more.
    rest: Duration,
    /// What rogues sent.
    rogues: BTreeMap<u32, u64>,
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
        Outcome {
            violation: world.oracle.violation().cloned(),
            tally: world.tally(),
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
        let private = if plan.is_stored { vec![] } else { keys::embedded() };
        let public = private.iter().map(|key| key.public().clone()).collect();
        let config = exchange::Config::new(dc_id, private, suite.clone());
        let mut dc = DataCentre::new(config, executions.dispatcher(plan.compresses), dice.fork());
        let mut config = Config::new(dc_id, public, suite.clone());
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
            oracle: Oracle::new(plan, executions),
            dice,
            is_over: false,
            packets: 0,
            rest: Duration::ZERO,
            rogues: BTreeMap::new(),
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
            if is_done && (self.oracle.is_settled() || self.is_over && self.oracle.open() == 0) {
                watched_until.get_or_insert_with(|| {
                    self.rest = self.mono.saturating_sub(steps_end);
                    self.mono + AFTERWARDS
                });
            }
            let horizon = watched_until.unwrap_or(steps_end + REST);
            let end = if is_done { horizon } else { steps_end };
            let due = self.next().filter(|due| *due < end).unwrap_or(end);
            if is_done && due >= horizon {
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
        [step, self.dialing, self.client.next_timeout(), self.dc.poll_timeout()]
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
        self.settle();
    }

    /// Lets the bytes arrive that are due, on all links.
    fn carry(&mut self) {
        let mut wires = std::mem::take(&mut self.old);
        wires.retain_mut(|wire| {
            self.arrive_up(wire);
            let is_over = wire.is_over(self.mono);
            if is_over {
                self.server_hears_the_end(&wire.end);
            }
            !is_over
        });
        self.old.append(&mut wires);
        let Some(mut wire) = self.wire.take() else { return };
        self.arrive_up(&mut wire);
        let now = self.client_now();
        while let Some(bytes) = wire.down.pop(self.mono, &mut self.dice) {
            if self.client.wants_link() {
                self.client.input(now, &bytes);
            }
        }
        let is_closed = !self.is_open(&wire.end) && wire.down.is_empty();
        if is_closed && !wire.down.is_silent() || wire.is_broken(self.mono) {
            self.server_hears_the_end(&wire.end);
            self.say(|| "the link broke".to_owned());
            if self.client.wants_link() {
                self.client.disconnected(now, Disconnected::Eof);
            }
        } else {
            self.wire = Some(wire);
        }
    }

    fn arrive_up(&mut self, wire: &mut Wire) {
        let now = self.server_now();
        while let Some(bytes) = wire.up.pop(self.mono, &mut self.dice) {
            match &mut wire.end {
                End::DataCentre(link) => self.dc.handle_input(now, *link, &bytes),
                End::Rogue(rogue) => rogue.input(now.unix, &bytes, &mut self.dice),
            }
        }
    }

    /// Takes all that client and server have to say, until both are quiet.
    fn settle(&mut self) {
        // Each turn of it makes somebody speak, who does not speak for ever without time passing.
        for _ in 0..1_000 {
            if !self.settle_once() {
                return;
            }
        }
        self.oracle.violated(Violation::Restless { what: "the client, at one moment," });
    }

    fn settle_once(&mut self) -> bool {
        let (client_now, server_now) = (self.client_now(), self.server_now());
        let mut is_busy = false;
        if self.client.wants_dial(client_now) {
            is_busy = true;
            self.leave_link();
            self.dialing = None;
            self.dial();
        }
        if !self.client.wants_link() {
            self.leave_link();
        }
        is_busy |= self.send_up(client_now);
        while let Some(work) = self.client.work() {
            self.client.worked(client_now, work.run());
            is_busy = true;
        }
        while let Some((link, work)) = self.dc.poll_work() {
            self.dc.handle_work(server_now, link, work.run());
            is_busy = true;
        }
        is_busy |= self.send_down(server_now);
        while let Some(told) = self.client.told() {
            is_busy = true;
            self.hear(told);
        }
        for event in self.dc.take_events() {
            self.say(|| format!("server: {event:?}"));
            if let DcEvent::SessionCreated(key, session) = event {
                self.session = Some((key, session));
            }
        }
        self.check_bounds();
        is_busy
    }

    fn send_up(&mut self, now: Now) -> bool {
        let mut is_busy = false;
        loop {
            let mut frame = Vec::new();
            if !self.client.transmit(now, &mut frame) {
                return is_busy;
            }
            is_busy = true;
            self.packets += 1;
            if let Some(trace) = &mut self.trace {
                let seen = trace.peek.up(&frame);
                trace.lines.extend(seen.into_iter().map(|line| at(self.mono, &line)));
            }
            if let Some(wire) = &mut self.wire {
                wire.up.push(self.mono, frame, &mut self.dice);
            }
        }
    }

    fn send_down(&mut self, now: Now) -> bool {
        let mut is_busy = false;
        for wire in &mut self.old {
            // Nobody listens any more.
            if let End::DataCentre(link) = wire.end {
                while self.dc.poll_transmit(now, link).is_some() {}
            }
        }
        let Some(wire) = &mut self.wire else { return false };
        loop {
            let frame = match &mut wire.end {
                End::DataCentre(link) => self.dc.poll_transmit(now, *link),
                End::Rogue(rogue) => rogue.output(),
            };
            let Some(frame) = frame else { return is_busy };
            is_busy = true;
            if let Some(trace) = &mut self.trace {
                let seen = trace.peek.down(&frame);
                trace.lines.extend(seen.into_iter().map(|line| at(self.mono, &line)));
            }
            wire.down.push(self.mono, frame, &mut self.dice);
        }
    }

    fn dial(&mut self) {
        let (count, hang) = self.bad_dials;
        if count > 0 {
            self.bad_dials.0 -= 1;
            self.say(|| format!("a dial fails (hangs: {hang})"));
            if !hang {
                let why = Disconnected::Io(std::io::ErrorKind::ConnectionRefused);
                self.client.disconnected(self.client_now(), why);
            }
            return;
        }
        self.dialing = Some(self.mono + self.plan.latency * 2 + self.dice.time(self.plan.jitter));
    }

    fn connect(&mut self) {
        let is_rogue = self.plan.is_rogue && !self.steps.as_slice().is_empty();
        let end = match &self.key {
            Some(key) if is_rogue => {
                End::Rogue(Box::new(Rogue::new(self.suite.clone(), key.clone())))
            }
            _ => End::DataCentre(self.dc.handle_connected()),
        };
        self.wire = Some(Wire::new(self.plan, end));
        if let Some(trace) = &mut self.trace {
            trace.peek.connected(self.plan.framing);
        }
        self.say(|| "connected".to_owned());
        self.client.connected(self.client_now(), self.plan.framing);
    }

    fn leave_link(&mut self) {
        if let Some(mut wire) = self.wire.take() {
            self.say(|| "the client closed the link".to_owned());
            wire.close(self.mono, &mut self.dice);
            self.old.push(wire);
        }
    }

    /// The link breaks, and both notice.
    fn cut(&mut self) {
        let Some(wire) = self.wire.take() else { return };
        self.server_hears_the_end(&wire.end);
        if self.client.wants_link() {
            self.client.disconnected(self.client_now(), Disconnected::Eof);
        }
    }

    fn server_hears_the_end(&mut self, end: &End) {
        match end {
            End::DataCentre(link) => self.dc.handle_disconnected(*link),
            End::Rogue(rogue) => {
                for (id, count) in rogue.sent() {
                    *self.rogues.entry(*id).or_default() += count;
                }
            }
        }
    }

    /// What was sent to the client.
    fn tally(&self) -> Tally {
        let mut tally = self.dc.tally().clone();
        for (id, count) in &self.rogues {
            *tally.messages.entry(*id).or_default() += count;
        }
        tally
    }

    fn is_open(&self, end: &End) -> bool {
        match end {
            End::DataCentre(link) => self.dc.is_open(*link),
            End::Rogue(rogue) => rogue.is_open(),
        }
    }

    fn act(&mut self, action: Action) {
        self.say(|| format!("{action:?}"));
        match action {
            Action::Call { run, repeat, deadline } => {
                let request = Request::new(&run).with_repeat(repeat);
                match self.client.call(self.client_now(), request, deadline) {
                    Ok(call) => self.oracle.accepted(call, run, repeat, deadline.is_some()),
                    Err(error) => self.say(|| format!("not accepted: {error}")),
                }
            }
            Action::Cancel { number } => {
                if let Some(call) = self.oracle.open_call(number) {
                    self.oracle.cancelled(call);
                    self.client.cancel(self.client_now(), call);
                }
            }
            Action::Push { number, is_large } => {
                let now = self.server_now();
                if let Some((key, session)) = self.session.filter(|_| !self.is_over)
                    && self.dc.push(now, key, session, &Update { number, is_large })
                {
                    self.oracle.pushed(number);
                }
            }
            Action::Fault(fault) => self.fail(fault),
        }
    }

    fn fail(&mut self, fault: Fault) {
        let mono = self.mono;
        match fault {
            Fault::Cut => self.cut(),
            Fault::Dials { count, hang } => self.bad_dials = (count, hang),
            Fault::Clock { seconds } => self.clock += seconds,
            Fault::LongIdle => self.delay += IDLE,
            Fault::Server(fault) => {
                let forgets_updates =
                    matches!(fault, server::Fault::ForgetAnswers | server::Fault::ForgetKeys);
                if forgets_updates {
                    self.oracle.excused();
                }
                if fault == server::Fault::ForgetSessions {
                    // What is under way over links that were left would otherwise begin the session once more, and nobody
                    // could tell that it ran before.
                    for wire in std::mem::take(&mut self.old) {
                        self.server_hears_the_end(&wire.end);
                    }
                }
                self.dc.inject(self.server_now(), fault);
            }
            _ => {
                if let Some(wire) = &mut self.wire {
                    wire.fail(mono, fault);
                }
            }
        }
    }

    /// The last fault is over.
    fn heal(&mut self) {
        self.say(|| "the last step is done".to_owned());
        self.dc.heal();
        if !self.plan.heals && self.plan.faults().any(|fault| fault.kind() == "ignore-state") {
            let fault = server::Fault::IgnoreStateRequests(true);
            self.dc.inject(self.server_now(), fault);
        }
        self.bad_dials = (0, false);
        if self.plan.is_rogue {
            self.cut();
            self.settle();
        }
    }

    fn hear(&mut self, told: Told) {
        match told {
            Told::Answer(call, result) => {
                let end = self.trace.is_some().then(|| shown(&result));
                let number = self.oracle.ended(call, result);
                self.say(|| format!("request {number} ended: {}", end.unwrap_or_default()));
            }
            Told::Update(update) => {
                self.oracle.delivered(&update);
                self.say(|| "an update".to_owned());
            }
            Told::Gap => {
                self.oracle.excused();
                self.say(|| "updates may be missing".to_owned());
            }
            Told::Over(why) => {
                self.is_over = true;
                self.oracle.excused();
                self.say(|| format!("over: {why}"));
            }
            Told::Key(key) => {
                if let Some(trace) = &mut self.trace {
                    trace.peek.know(key.auth_key.clone());
                }
                self.key = Some(key.auth_key);
            }
            Told::Other(words) => self.say(|| words),
        }
    }

    /// P4.
    fn check_bounds(&mut self) {
        let open = self.oracle.open();
        if let Some(held) = self.client.calls().filter(|held| *held > open) {
            self.oracle.violated(Violation::Held { held, open });
        }
        let (a_request, a_second) = PACKETS;
        let requests = self.plan.steps.len() as u64;
        if self.packets > a_request * requests + a_second * self.mono.as_secs() {
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
