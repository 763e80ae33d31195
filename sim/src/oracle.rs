//! What must hold, whatever happens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use telewire::rpc::{CallError, CallId, Execution, RpcError};
use telewire::server::{Caller, Dispatcher};
use telewire::tl::{Bytes, Object, Repeat};

use crate::api::{Run, Update};
use crate::outcome::Ended;
use crate::plan::Plan;
use crate::tables::TooLarge;
use crate::watch::Broken;

#[cfg(test)]
mod tests;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// P1.
    #[error("P1: request {number} ended twice")]
    EndedTwice {
        /// Its number.
        number: i32,
    },
    /// P1.
    #[error("P1: an answer to a request that nobody made")]
    UnknownCall,
    /// P2.
    #[error("P2: request {number} must run once and ran {count} times")]
    RanTwice {
        /// Its number.
        number: i32,
        /// How often.
        count: u32,
    },
    /// P2.
    #[error("P2: request {number} ran twice though only the network failed")]
    RanTwiceNeedlessly {
        /// Its number.
        number: i32,
    },
    /// P2.
    #[error("P2: request {number} ended as {end} though only the network failed")]
    UnknownNeedlessly {
        /// Its number.
        number: i32,
        /// How.
        end: String,
    },
    /// What is said of a request is not so.
    #[error("request {number} ended as {end}, but it ran {count} times")]
    Execution {
        /// Its number.
        number: i32,
        /// How.
        end: String,
        /// How often it ran.
        count: u32,
    },
    /// A request ran before the one that it was to run after.
    #[error("request {number} ran before the one that it was to run after")]
    Order {
        /// Its number.
        number: i32,
    },
    /// A result is another's.
    #[error("request {number} has the result of another")]
    Result {
        /// Its number.
        number: i32,
    },
    /// P3.
    #[error("P3: update {number} was lost, and nothing was said")]
    UpdateLost {
        /// Its number.
        number: i32,
    },
    /// P3.
    #[error("P3: update {number} came twice")]
    UpdateTwice {
        /// Its number.
        number: i32,
    },
    /// A rule of the wire.
    #[error("{0}")]
    Wire(Broken),
    /// P4.
    #[error("P4: {held} requests are held, of which {open} have not ended")]
    Held {
        /// How many are held.
        held: usize,
        /// How many have not ended.
        open: usize,
    },
    /// P4.
    #[error("P4: the table {} has {} entries, of {} that it may have", .0.name, .0.entries, .0.limit)]
    Table(TooLarge),
    /// P4.
    #[error("P4: {bytes} bytes were allocated at once")]
    Memory {
        /// How many.
        bytes: u64,
    },
    /// P4.
    #[error("P4: {packets} packets for so few requests")]
    Storm {
        /// How many packets the client sent.
        packets: u64,
    },
    /// P5.
    #[error("P5: {what} never came to rest")]
    Restless {
        /// Who.
        what: &'static str,
    },
    /// P5.
    #[error("P5: request {number} has not ended long after the last fault")]
    NotEnded {
        /// Its number.
        number: i32,
    },
}

impl Violation {
    /// Whether it is the same promise.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.name() == other.name()
    }

    /// Its name, to count it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::EndedTwice { .. } => "P1 ended twice",
            Self::UnknownCall => "P1 unknown call",
            Self::RanTwice { .. } => "P2 ran twice",
            Self::RanTwiceNeedlessly { .. } => "P2 ran twice needlessly",
            Self::UnknownNeedlessly { .. } => "P2 unknown needlessly",
            Self::Execution { .. } => "execution said wrongly",
            Self::Order { .. } => "out of order",
            Self::Result { .. } => "result of another",
            Self::UpdateLost { .. } => "P3 update lost",
            Self::UpdateTwice { .. } => "P3 update twice",
            Self::Held { .. } => "P4 requests held",
            Self::Memory { .. } => "P4 memory",
            Self::Wire(broken) => broken.name(),
            Self::Table(_) => "P4 table",
            Self::Storm { .. } => "P4 storm",
            Self::Restless { .. } => "P5 restless",
            Self::NotEnded { .. } => "P5 not ended",
        }
    }
}

/// Results of so many bytes are compressed, as large as those that are not worth it for Telegram's clients.
const COMPRESS_FROM: usize = 512;

/// How often each request arrived and ran: counted in the data centre.
#[derive(Debug, Clone, Default)]
pub struct Executions(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    of: HashMap<i32, Count>,
    arrivals: u64,
}

/// What the data centre saw of a request.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    /// How often it arrived at its handler, whatever that did.
    arrived: u32,
    /// How often it had an effect.
    ran: u32,
    /// Which of all arrivals was its first.
    first: u64,
    /// How often it arrived, and had an effect, in copies that the server alone can refuse ([`crate::watch::Late`]).
    excused: (u32, u32),
}

impl Count {
    /// How often it arrived, for which the client answers.
    fn arrived(&self) -> u32 {
        self.arrived.saturating_sub(self.excused.0)
    }

    /// How often it ran, for which the client answers.
    fn ran(&self) -> u32 {
        self.ran.saturating_sub(self.excused.1)
    }
}

impl Executions {
    /// The handlers of a data centre that counts.
    #[must_use]
    pub fn dispatcher(&self, compresses: bool) -> Dispatcher {
        let counts = self.clone();
        let mut dispatcher = Dispatcher::new();
        if compresses {
            dispatcher.compress_from(COMPRESS_FROM);
        }
        dispatcher.on_later(move |_: &Caller, run: Run| {
            let after = Duration::from_millis(u64::try_from(run.after).unwrap_or(0));
            (after, counts.run(&run))
        });
        dispatcher
    }

    fn run(&self, run: &Run) -> Result<Bytes, RpcError> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.arrivals += 1;
        let arrivals = counts.arrivals;
        let count = counts.of.entry(run.number).or_default();
        count.arrived += 1;
        if count.arrived == 1 {
            count.first = arrivals;
        }
        if run.is_refused {
            return Err(RpcError::parse(400, "PEER_ID_INVALID"));
        }
        if run.is_keyed && count.ran > 0 {
            return Err(RpcError::parse(500, "RANDOM_ID_DUPLICATE"));
        }
        count.ran += 1;
        Ok(run.result())
    }

    /// A copy came that nobody but the server can refuse; how often it ran before. What has to wait for another runs later.
    fn excuse(&self, number: i32, before: Count, is_later: bool) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.of.entry(number).or_default();
        let more = |now: u32, then: u32| if is_later { 1 } else { now.saturating_sub(then) };
        count.excused.0 += more(count.arrived, before.arrived);
        count.excused.1 += more(count.ran, before.ran);
    }

    fn of(&self, number: i32) -> Count {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.of.get(&number).copied().unwrap_or_default()
    }
}

/// How often some requests had arrived and run at a time.
#[derive(Debug)]
pub struct Counted(Vec<(i32, Count)>);

/// A request that was accepted.
#[derive(Debug)]
struct Call {
    /// `None` for one that is none of the API's.
    run: Option<Run>,
    number: i32,
    repeat: Repeat,
    /// The number of the one that it is to run after.
    after: Option<i32>,
    /// Whether somebody wanted it to end early.
    was_hurried: bool,
    /// Whether the client had not heard of its session yet: of what it sends before that, it cannot know whether it came.
    is_early: bool,
    end: Option<Result<Object, CallError>>,
}

/// An update that was sent.
#[derive(Debug)]
struct Pushed {
    number: i32,
    /// Whether the server has it for the client's session.
    is_owed: bool,
    /// Whether it has arrived: then the client has to tell of it, whatever becomes of the server.
    has_arrived: bool,
    /// Whether it was told, or the client has said since that some may be missing.
    is_settled: bool,
    is_delivered: bool,
}

impl Pushed {
    fn is_well(&self) -> bool {
        self.is_settled || !self.is_owed && !self.has_arrived
    }
}

/// Watches a schedule.
#[derive(Debug)]
pub struct Oracle {
    executions: Executions,
    calls: HashMap<CallId, Call>,
    open: usize,
    updates: Vec<Pushed>,
    /// Whether the client has heard of its session.
    has_begun: bool,
    is_only_network: bool,
    /// Whether what runs is the data centre's to say.
    is_honest: bool,
    violation: Option<Violation>,
}

impl Oracle {
    /// Begins to watch.
    #[must_use]
    pub fn new(plan: &Plan, executions: Executions) -> Self {
        Self {
            executions,
            calls: HashMap::new(),
            open: 0,
            updates: Vec::new(),
            has_begun: false,
            is_only_network: plan.is_only_network(),
            is_honest: plan.rogue.is_none(),
            violation: None,
        }
    }

    /// Something must hold that does not.
    pub fn violated(&mut self, violation: Violation) {
        self.violation.get_or_insert(violation);
    }

    /// The first promise that was broken.
    #[must_use]
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// A request was accepted.
    pub fn accepted(
        &mut self,
        call: CallId,
        run: Run,
        repeat: Repeat,
        has_deadline: bool,
        after: Option<i32>,
    ) {
        let (number, is_early) = (run.number, !self.has_begun);
        let (run, was_hurried) = (Some(run), has_deadline);
        self.add(call, Call { run, number, repeat, after, was_hurried, is_early, end: None });
    }

    /// A request was accepted that the data centre answers itself.
    pub fn accepted_other(&mut self, id: CallId) {
        let (number, repeat) = (NO_NUMBER, Repeat::Safe);
        let (run, after, was_hurried, is_early) = (None, None, false, !self.has_begun);
        self.add(id, Call { run, number, repeat, after, was_hurried, is_early, end: None });
    }

    fn add(&mut self, id: CallId, call: Call) {
        let number = call.number;
        if self.calls.insert(id, call).is_some() {
            self.violated(Violation::EndedTwice { number });
        }
        self.open += 1;
    }

    /// The request of a number, if it was accepted.
    #[must_use]
    pub fn call(&self, number: i32) -> Option<CallId> {
        self.calls.iter().find(|(_, call)| call.number == number).map(|(id, _)| *id)
    }

    /// The request of a number, if it was accepted and has not ended.
    #[must_use]
    pub fn open_call(&self, number: i32) -> Option<CallId> {
        let is_it = |call: &Call| call.number == number && call.end.is_none();
        self.calls.iter().find(|(_, call)| is_it(call)).map(|(id, _)| *id)
    }

    /// A request was taken back.
    pub fn cancelled(&mut self, id: CallId) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.was_hurried = true;
        }
    }

    /// The client has its key destroyed: the server has no key left to encrypt the answers with of what is under way.
    pub fn key_given_up(&mut self) {
        for call in self.calls.values_mut().filter(|call| call.end.is_none()) {
            call.was_hurried = true;
        }
    }

    /// A request ended. Gives its number.
    pub fn ended(&mut self, id: CallId, result: Result<Object, CallError>) -> i32 {
        let Some(call) = self.calls.get_mut(&id) else {
            self.violated(Violation::UnknownCall);
            return -1;
        };
        let number = call.number;
        if call.end.replace(result).is_some() {
            self.violated(Violation::EndedTwice { number });
        } else {
            self.open -= 1;
        }
        number
    }

    /// An update was sent: to the client's session, or to one that the client has given up. Of that it has to tell if it arrives.
    pub fn pushed(&mut self, number: i32, is_owed: bool) {
        let (has_arrived, is_settled, is_delivered) = (false, false, false);
        self.updates.push(Pushed { number, is_owed, has_arrived, is_settled, is_delivered });
    }

    /// An update has arrived in a packet that the client has taken: whatever the server forgets now, the client has to tell of it.
    pub fn arrived(&mut self, number: i32) {
        for pushed in self.updates.iter_mut().filter(|pushed| pushed.number == number) {
            pushed.has_arrived = true;
        }
    }

    /// The server has forgotten what it has not delivered. Nobody can tell the client of those, unless they are on their way.
    pub fn forgot_updates(&mut self) {
        for pushed in &mut self.updates {
            pushed.is_owed = false;
        }
    }

    /// An update came.
    pub fn delivered(&mut self, update: &Object) {
        let Ok(Update { number, .. }) = update.decode() else { return };
        let Some(pushed) = self.updates.iter_mut().find(|u| u.number == number) else { return };
        let came_before = pushed.is_delivered;
        (pushed.is_settled, pushed.is_delivered) = (true, true);
        if came_before && self.is_honest {
            self.violated(Violation::UpdateTwice { number });
        }
    }

    /// The client said that updates may be missing: it asks for the difference now, which has all that the server has sent so far.
    pub fn gap(&mut self, is_new_session: bool) {
        self.has_begun |= is_new_session;
        for pushed in &mut self.updates {
            pushed.is_settled = true;
        }
    }

    /// How often requests have arrived and run.
    #[must_use]
    pub fn counts(&self, numbers: &[i32]) -> Counted {
        Counted(numbers.iter().map(|number| (*number, self.executions.of(*number))).collect())
    }

    /// Another copy of a request came that nobody but the server can refuse: how often it ran now, is excused.
    pub fn excuse_copy(&mut self, number: i32, before: &Counted) {
        let is_it = |call: &&Call| call.number == number;
        let is_later = self.calls.values().find(is_it).is_some_and(|call| call.after.is_some());
        if let Some((_, before)) = before.0.iter().find(|(of, _)| *of == number) {
            self.executions.excuse(number, *before, is_later);
        }
    }

    /// How many requests were made.
    #[must_use]
    pub fn made(&self) -> usize {
        self.calls.len()
    }

    /// How many requests have not ended.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open
    }

    /// Whether nothing is awaited any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.open == 0 && self.updates.iter().all(Pushed::is_well)
    }

    /// What must hold in the end.
    pub fn conclude(&mut self) {
        let mut calls: Vec<&Call> = self.calls.values().collect();
        calls.sort_by_key(|call| call.number);
        let broken = calls.into_iter().find_map(|call| self.broken_by(call));
        let lost = self.updates.iter().find(|pushed| !pushed.is_well());
        let lost = lost.map(|pushed| Violation::UpdateLost { number: pushed.number });
        if let Some(violation) = broken.or(lost.filter(|_| self.is_honest)) {
            self.violated(violation);
        }
    }

    fn broken_by(&self, call: &Call) -> Option<Violation> {
        let number = call.number;
        let count = self.executions.of(number);
        let (arrived, ran) = (count.arrived(), count.ran());
        let Some(end) = &call.end else { return Some(Violation::NotEnded { number }) };
        let run = call.run.filter(|_| self.is_honest)?;
        // What has no random number of its own must not even arrive twice, whether it would have an effect or not.
        let times = if call.repeat == Repeat::Once { arrived } else { ran };
        if times > 1 && call.repeat != Repeat::Safe {
            return Some(Violation::RanTwice { number, count: times });
        }
        // What may run twice is sent before the server's first word, and of that nobody can know whether it was taken.
        if arrived > 1 && self.is_only_network && !call.is_early {
            return Some(Violation::RanTwiceNeedlessly { number });
        }
        let is_unknown = !matches!(end, Ok(_) | Err(CallError::Rpc(_)));
        let is_excused = call.was_hurried || call.is_early;
        if is_unknown && self.is_only_network && !is_excused {
            return Some(Violation::UnknownNeedlessly { number, end: shown(end) });
        }
        let execution = match end {
            Ok(result) if result.decode() != Ok(run.result()) => {
                return Some(Violation::Result { number });
            }
            Ok(_) => Execution::Ran,
            Err(error) => error.execution(),
        };
        let is_so = match execution {
            Execution::Ran => count.ran > 0,
            Execution::Never => ran == 0,
            Execution::Maybe => true,
        };
        if !is_so {
            return Some(Violation::Execution { number, end: shown(end), count: ran });
        }
        let is_in_order = self.order(call).is_none_or(|is_in_order| is_in_order);
        (!is_in_order).then_some(Violation::Order { number })
    }

    /// Whether a request came to its handler after the one that it was to run after, if both did, and that can be asked for:
    /// one that nobody waits for any more is not waited for.
    fn order(&self, call: &Call) -> Option<bool> {
        let before = self.calls.get(&self.call(call.after?)?)?;
        let is_certain = |call: &Call| !call.was_hurried && !call.is_early;
        let (first, second) = (self.executions.of(before.number), self.executions.of(call.number));
        let is_asked = self.is_only_network && is_certain(before) && is_certain(call);
        let ran = is_asked && first.arrived > 0 && second.arrived > 0;
        ran.then_some(first.first < second.first)
    }

    /// The requests, by their numbers.
    #[must_use]
    pub fn calls(&self) -> Vec<Ended> {
        let mut calls: Vec<Ended> = self
            .calls
            .values()
            .map(|call| Ended {
                number: call.number,
                end: call.end.clone().map(|end| end.map(|result| result.as_bytes().len())),
                arrived: self.executions.of(call.number).arrived,
            })
            .collect();
        calls.sort_by_key(|call| call.number);
        calls
    }

    /// How many requests ran after the ones that they were to run after.
    #[must_use]
    pub fn in_order(&self) -> u64 {
        self.calls.values().filter(|call| self.order(call) == Some(true)).count() as u64
    }
}

/// The number of requests that have none.
const NO_NUMBER: i32 = -1;

/// How a request ended, in short.
#[must_use]
pub fn shown(end: &Result<Object, CallError>) -> String {
    match end {
        Ok(result) => format!("a result of {} bytes", result.as_bytes().len()),
        Err(error) => format!("{error:?}"),
    }
}
