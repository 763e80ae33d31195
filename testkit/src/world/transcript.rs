//! The calls that came: tests of clients say what a verb sends, and what it does not.

use std::collections::VecDeque;

use telewire::tl::api;

use crate::world::{Key, State, World};

/// A call that came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Called {
    /// The account that made it; `None` if nobody was logged in there.
    pub by: Option<i64>,
    /// The method, as `messages.sendMessage`.
    pub method: &'static str,
}

/// Calls in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transcript(VecDeque<Called>);

/// So many are kept: those of a test, and not those of a world that is served for days.
const MAX_CALLS: usize = 10_000;

impl World {
    /// Gives the calls that came since this was called last, the latest 10,000 of them, each as often as it came; the first time there
    /// are none, as they are kept from then on. Methods that are not modelled are in [`unmodelled`](Self::unmodelled).
    #[must_use = "it is what came"]
    pub fn take_calls(&self) -> Vec<Called> {
        let calls = self.state().transcript.replace(Transcript::default());
        calls.map(|Transcript(calls)| calls.into()).unwrap_or_default()
    }
}

impl State {
    pub(crate) fn record(&mut self, key: Key, method: u32) {
        let by = self.auth.logins.get(&key).map(|login| login.user);
        let Some(Transcript(calls)) = &mut self.transcript else { return };
        if calls.len() >= MAX_CALLS {
            calls.pop_front();
        }
        calls.push_back(Called { by, method: api::name_of(method).unwrap_or("?") });
    }
}
