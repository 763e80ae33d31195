//! What calls of one function may begin when. It only decides; nothing is waited for here.
//!
//! Two numbers bound what begins. The calls under way at a time: a few at first and one more with every second answer, so that
//! whoever makes a thousand calls at once hears of a limit before all of them were refused. And, once the server has refused one, the
//! time between two beginnings: a little slower than it has just answered, and then slowly faster, until it refuses another.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::rpc::RpcError;

/// The calls under way at a time, at first, in halves. All but the limit of these may be refused when a limit is met for the first time.
const FIRST: u32 = 2 * 8;

/// How long the calls under way may hold all others up. A server that answers late does not limit anything.
const STALL: Duration = Duration::from_millis(500);

/// After so long without a call, what was learned of a limit may not be true any more.
const FORGET: Duration = Duration::from_secs(60);

/// A call a second finds out soon how many there may be, where too few were made to know.
const SLOWEST: Duration = Duration::from_secs(1);

/// The answers that a limit is measured by.
const MEASURED: usize = 256;

/// A measure looks back for as long as the wait that ended it, or a second: limits are by the second at least.
const LOOK_BACK: Duration = Duration::from_secs(1);

/// By what part the time between two beginnings shrinks with each answer: while the limit is searched for, and once it was found. A
/// refusal costs the wait, in which nobody is answered, so that they should be hundreds of answers apart.
const SEARCHING: u32 = 16;
const FOUND: u32 = 512;

/// From so many answers in a row on, what they were measured to is taken for the limit.
const ENOUGH: u32 = 8;

/// How much slower than was measured calls begin: the tenth part. At the very limit every mistake is a refusal.
const MARGIN: u32 = 10;

/// The gate of a function.
#[derive(Debug)]
pub(super) struct Gate {
    /// Those who wait before it.
    pub(super) waiting: u32,
    under_way: u32,
    /// How many may be, in halves.
    window: u32,
    /// When the last call began.
    last: Option<Instant>,
    /// Until when nothing begins.
    until: Option<Instant>,
    refusal: Option<RpcError>,
    /// The time between two beginnings, once there was a refusal.
    interval: Duration,
    next: Option<Instant>,
    shrink: u32,
    /// When the last calls were answered.
    answers: VecDeque<Instant>,
}

/// Whether a call may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// It has begun.
    Go,
    /// It is to ask again then, or when a call has ended.
    At(Instant),
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            waiting: 0,
            under_way: 0,
            window: FIRST,
            last: None,
            until: None,
            refusal: None,
            interval: Duration::ZERO,
            next: None,
            shrink: SEARCHING,
            answers: VecDeque::new(),
        }
    }
}

impl Gate {
    /// As [`ask`](Self::ask), unless others wait already.
    pub(super) fn ask_first(&mut self, now: Instant) -> bool {
        self.waiting == 0 && self.ask(now) == Ask::Go
    }

    /// Whether the first of those who wait may begin.
    pub(super) fn ask(&mut self, now: Instant) -> Ask {
        if let Some(until) = self.shut_until(now) {
            return Ask::At(until);
        }
        if self.under_way == 0 && self.last.is_some_and(|last| now - last > FORGET) {
            *self = Self { waiting: self.waiting, ..Self::default() };
        }
        if let Some(next) = self.next.filter(|next| *next > now) {
            return Ask::At(next);
        }
        if self.under_way >= self.window / 2 {
            let stalled = self.last.map_or(now, |last| last + STALL);
            if stalled > now {
                return Ask::At(stalled);
            }
            self.window = self.window.saturating_mul(2);
        }
        self.under_way += 1;
        self.last = Some(now);
        self.next = (!self.interval.is_zero()).then(|| now + self.interval);
        Ask::Go
    }

    /// A call that had begun was answered.
    pub(super) fn answered(&mut self, now: Instant) {
        self.window = self.window.saturating_add(1);
        self.interval -= self.interval / self.shrink;
        if self.answers.len() >= MEASURED {
            self.answers.pop_front();
        }
        self.answers.push_back(now);
    }

    /// A call that had begun was refused, and the server wants to hear of none for some time.
    pub(super) fn refused(&mut self, now: Instant, wait: Duration, error: &RpcError) {
        let is_first = self.shut_until(now).is_none();
        let until = now + wait;
        if self.until.is_none_or(|before| before < until) {
            self.until = Some(until);
            self.refusal = Some(error.clone());
        }
        // Those that were under way with it are refused too, for the same reason.
        if !is_first {
            return;
        }
        self.measure(now, wait);
        self.window = 2;
        self.next = None;
    }

    /// As many as were answered in the last time, which ends when the wait is over, may be made in as long.
    fn measure(&mut self, now: Instant, wait: Duration) {
        let back = wait.max(LOOK_BACK);
        let recent = self.answers.iter().filter(|at| now - **at <= back);
        let (mut count, mut first) = (0_u32, now);
        for at in recent {
            count += 1;
            first = first.min(*at);
        }
        self.answers.clear();
        if count == 0 {
            return;
        }
        let is_paced = !self.interval.is_zero();
        // Where nobody waits, few calls mean nothing.
        let slowest = if self.waiting > 0 { wait } else { SLOWEST };
        let measured = ((now - first + wait) / count).min(slowest).max(self.interval);
        self.interval = measured + measured / MARGIN;
        self.shrink = if is_paced || count >= ENOUGH { FOUND } else { SEARCHING };
    }

    /// A call that had begun has ended, however.
    pub(super) fn leave(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Until when nothing begins, if that is not over.
    pub(super) fn shut_until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }

    /// What the server said, with what is left of its wait.
    pub(super) fn refusal(&self, now: Instant) -> Option<RpcError> {
        let left = self.until?.saturating_duration_since(now);
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        let value = Some(i64::try_from(seconds.max(1)).unwrap_or(i64::MAX));
        self.refusal.clone().map(|error| RpcError { value, ..error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that takes so many calls in each span of time, and says how long to wait for the next.
    struct Limit {
        calls: usize,
        span: Duration,
        taken: VecDeque<Instant>,
    }

    impl Limit {
        /// The seconds to wait, if it refuses a call.
        fn take(&mut self, now: Instant) -> Option<Duration> {
            while self.taken.front().is_some_and(|first| now - *first >= self.span) {
                self.taken.pop_front();
            }
            if self.taken.len() < self.calls {
                self.taken.push_back(now);
                return None;
            }
            let left = self.span - (now - self.taken[0]);
            Some(Duration::from_secs(left.as_secs_f64().ceil().max(1.0) as u64))
        }
    }

    /// How many requests it took, and how long, until all calls were answered that were made at once.
    fn run(calls: u32, mut limit: Limit, round_trip: Duration) -> (u32, Duration) {
        let (mut gate, begin) = (Gate::default(), Instant::now());
        let (mut now, mut left, mut requests) = (begin, calls, 0);
        let mut under_way: VecDeque<(Instant, Option<Duration>)> = VecDeque::new();
        let error = RpcError::parse(420, "FLOOD_WAIT_1");
        while left > 0 || !under_way.is_empty() {
            let mut next = under_way.front().map(|(at, _)| *at);
            while left > 0 {
                gate.waiting = left;
                match gate.ask(now) {
                    Ask::Go => {
                        (left, requests) = (left - 1, requests + 1);
                        under_way.push_back((now + round_trip, limit.take(now + round_trip / 2)));
                    }
                    Ask::At(at) => {
                        assert!(at > now);
                        next = Some(under_way.front().map_or(at, |(answer, _)| at.min(*answer)));
                        break;
                    }
                }
            }
            now = next.or(under_way.front().map(|(at, _)| *at)).unwrap();
            while let Some((_, refused)) = under_way.pop_front_if(|(at, _)| *at <= now) {
                match refused {
                    None => gate.answered(now),
                    Some(wait) => {
                        gate.refused(now, wait, &error);
                        left += 1;
                    }
                }
                gate.leave();
            }
            assert!(requests < 20 * calls, "it asks for ever");
        }
        (requests, now - begin)
    }

    #[test]
    fn cf_15_a_limit_is_met_with_few_requests_more_than_answers() {
        for (calls, per_second) in [
            (1_000, 30),
            (1_000, 5),
            (300, 10),
            (100, 5),
            (100, 10),
            (50, 1),
            (1_000, 100),
            (2_000, 300),
        ] {
            for round_trip in [1, 50, 200].map(Duration::from_millis) {
                let limit = Limit {
                    calls: per_second,
                    span: Duration::from_secs(1),
                    taken: VecDeque::new(),
                };
                let (requests, took) = run(calls, limit, round_trip);
                let what =
                    format!("{calls} by {per_second} over {round_trip:?}: {requests} in {took:?}");
                assert!(requests * 5 <= calls * 6, "{what}");
                // And in no more than twice the time that the limit leaves, and what it takes to find it.
                let least = f64::from(calls) / per_second as f64;
                assert!(took.as_secs_f64() <= 2.0 * least + 15.0, "{what}");
            }
        }
    }

    #[test]
    fn calls_that_nothing_limits_are_soon_under_way_all_at_once() {
        let limit =
            Limit { calls: usize::MAX, span: Duration::from_secs(1), taken: VecDeque::new() };
        let (requests, took) = run(1_000, limit, Duration::from_millis(50));
        assert_eq!(requests, 1_000);
        // 8, 12, 18 ... at a time: eleven round trips.
        assert!(took <= Duration::from_millis(11 * 50), "{took:?}");
    }

    #[test]
    fn answers_that_take_long_hold_the_others_up_for_a_moment_only() {
        let (mut gate, begin) = (Gate::default(), Instant::now());
        let mut now = begin;
        for _ in 0..100 {
            while let Ask::At(at) = gate.ask(now) {
                assert!(at > now, "it is to ask again at once");
                now = at;
            }
        }
        assert!(now - begin <= 4 * STALL, "{:?}", now - begin);
    }

    #[test]
    fn a_wait_is_over_when_it_was_said_and_is_forgotten_later() {
        let (mut gate, begin) = (Gate::default(), Instant::now());
        let (error, wait) = (RpcError::parse(420, "FLOOD_WAIT_10"), Duration::from_secs(10));
        assert!(gate.ask_first(begin) && gate.refusal(begin).is_none());
        gate.refused(begin, wait, &error);
        gate.leave();
        let later = begin + Duration::from_millis(2_500);
        assert_eq!(
            (gate.ask(later), gate.shut_until(later)),
            (Ask::At(begin + wait), Some(begin + wait))
        );
        assert_eq!(gate.refusal(later), Some(RpcError { value: Some(8), ..error.clone() }));
        // A shorter one does not open it sooner.
        gate.refused(later, Duration::from_secs(1), &error);
        assert_eq!(gate.ask(later), Ask::At(begin + wait));
        // One goes first.
        let over = begin + wait;
        assert!(gate.ask_first(over));
        assert_eq!(gate.ask(over), Ask::At(over + STALL));
        gate.leave();
        // Whoever waits goes before others.
        gate.waiting = 1;
        assert!(!gate.ask_first(over) && gate.ask(over) == Ask::Go);
        gate.leave();
        gate.waiting = 0;
        let late = over + FORGET + STALL;
        for _ in 0..FIRST / 2 {
            assert!(gate.ask_first(late));
        }
        assert!(!gate.ask_first(late));
    }
}
