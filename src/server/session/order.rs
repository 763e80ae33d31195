//! Requests that are to run after others:
//! [`invokeAfterMsg`](https://core.telegram.org/method/invokeAfterMsg).

use crate::message_id::MessageId;
use crate::server::dispatcher::Peeled;
use crate::server::service::Due;
use crate::server::session::{Session, Stage};

/// A request that waits for others.
#[derive(Debug)]
pub(in crate::server) struct Waiting {
    /// Its message.
    pub(in crate::server) request: MessageId,
    /// Those of the others that are not known to have ended.
    pub(in crate::server) after: Vec<MessageId>,
    /// What is to run.
    pub(in crate::server) peeled: Peeled,
    /// When it is given up.
    pub(in crate::server) due: Due,
}

/// Whether a request may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Order {
    /// All that it was to run after have their results.
    Run,
    /// One of them has not ended.
    Wait,
    /// One of them ended with an error, or nobody can know how it ended.
    Fail,
}

impl Session {
    /// Whether a request may run that is to run after these. Those that have ended are taken out.
    pub(in crate::server) fn order(&self, after: &mut Vec<MessageId>) -> Order {
        while let Some(id) = after.last() {
            match self.stage(*id) {
                Some(Stage::Service | Stage::Answered { is_ok: true, .. }) => {
                    after.pop();
                }
                Some(Stage::Answered { is_ok: false, .. }) => return Order::Fail,
                Some(Stage::Running | Stage::Dropped) => return Order::Wait,
                // It would be refused if it came now.
                None if *id <= self.forgotten => return Order::Fail,
                // It may have been overtaken.
                None => return Order::Wait,
            }
        }
        Order::Run
    }

    pub(in crate::server) fn wait(&mut self, waiting: Waiting) {
        self.waiting.push(waiting);
    }

    /// Takes a request out that does not have to wait any more.
    pub(in crate::server) fn take_ready(&mut self) -> Option<(Waiting, Order)> {
        let mut waiting = std::mem::take(&mut self.waiting);
        let ready = waiting.iter_mut().enumerate().find_map(|(place, one)| {
            let order = self.order(&mut one.after);
            (order != Order::Wait).then_some((place, order))
        });
        let ready = ready.map(|(place, order)| (waiting.remove(place), order));
        self.waiting = waiting;
        ready
    }

    /// Takes a request out that has waited for too long.
    pub(in crate::server) fn take_waiting(&mut self, request: MessageId) -> Option<Waiting> {
        let place = self.waiting.iter().position(|waiting| waiting.request == request)?;
        Some(self.waiting.remove(place))
    }
}
