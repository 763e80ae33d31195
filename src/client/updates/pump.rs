//! The task that does what the engine asks for: calls, the clock, and what is to be kept. It keeps the client no longer than a call takes.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::client::core::Inner;
use crate::client::error::Error;
use crate::client::invoke::Course;
use crate::client::keeper::Keeper;
use crate::client::policy::InvokeOptions;
use crate::client::state::State;
use crate::client::updates::hub::{Hub, Running};
use crate::crypto::Entropy;
use crate::net::OsEntropy;
use crate::tl::Object;
use crate::tl::api::functions::updates::{GetChannelDifference, GetDifference, GetState};
use crate::updates::{Account, CatchUp, Engine, Fault, Request, Token};

/// What was dealt with is kept so long after the first of it (UP-87): a batch for many.
const SAVE_AFTER: Duration = Duration::from_millis(100);

/// What the store did not take is tried again so much later.
const SAVE_AGAIN: Duration = Duration::from_secs(1);

/// Begins to listen for a reader, unless somebody listens.
pub(super) fn begin(inner: &Arc<Inner>, reader: u64, catch_up: CatchUp) {
    let account = inner.account();
    let engine = engine(inner, account, catch_up).of_run(inner.hub.run());
    if !inner.hub.start(Running::new(engine, account, reader)) {
        return;
    }
    inner.hub.act(|running, now| running.engine.connected(now));
    let pump = Pump {
        inner: Arc::downgrade(inner),
        reader,
        hub: inner.hub.clone(),
        keeper: inner.keeper.clone(),
        states: inner.links.states(),
        kept: inner.keeper.changes(),
        calls: JoinSet::new(),
        tokens: HashMap::new(),
        save_at: None,
    };
    tokio::spawn(pump.run());
}

fn engine(inner: &Inner, account: Option<Account>, catch_up: CatchUp) -> Engine {
    Engine::new(account, catch_up, inner.keeper.read(|kept| kept.updates.clone()))
}

struct Pump {
    inner: Weak<Inner>,
    reader: u64,
    hub: Arc<Hub>,
    keeper: Keeper,
    states: watch::Receiver<State>,
    kept: watch::Receiver<u64>,
    calls: JoinSet<Result<Object, Error>>,
    /// What each of the calls is for.
    tokens: HashMap<Id, Token>,
    /// When something is to be kept.
    save_at: Option<Instant>,
}

impl Pump {
    async fn run(mut self) {
        while self.turn() {
            let due = self
                .hub
                .with(|running| running.engine.poll_timeout().and_then(|mono| running.at(mono)));
            let wake = [due.flatten(), self.save_at].into_iter().flatten().min();
            let hub = self.hub.clone();
            tokio::select! {
                () = hub.for_pump.notified() => {}
                Some(called) = self.calls.join_next_with_id() => self.called(called),
                changed = self.states.changed() => match changed {
                    Ok(()) => self.stands(),
                    // The client is gone.
                    Err(_) => break,
                },
                _ = self.kept.changed() => {}
                () = until(wake) => {}
            }
            if self.save_at.is_some_and(|at| at <= Instant::now()) {
                self.save().await;
            }
        }
        // UP-87: the last of it. If it cannot be kept, it comes again.
        let _ = self.hub.save(&self.keeper).await;
    }

    /// Looks at all that is to be done. Whether there is anybody to do it for.
    fn turn(&mut self) -> bool {
        let Some(inner) = self.inner.upgrade() else { return false };
        let is_left = self.hub.with(|running| running.is_left);
        if is_left != Some(false) || *self.states.borrow() == State::Closed {
            return false;
        }
        self.logged_in(&inner);
        let has_news = self.hub.with_now(|running, now| {
            running.engine.handle_timeout(now);
            while let Some((token, request)) = running.engine.poll_request(now) {
                let task = self.calls.spawn(call(inner.clone(), request));
                self.tokens.insert(task.id(), token);
            }
            running.engine.has_news()
        });
        if has_news == Some(true) && self.save_at.is_none() {
            self.save_at = Instant::now().checked_add(SAVE_AFTER);
        }
        self.hub.for_reader.notify_waiters();
        true
    }

    /// Tells the engine who is logged in. What was learnt for one is nothing to another (UP-73).
    fn logged_in(&mut self, inner: &Inner) {
        let account = inner.account();
        let is_another = self.hub.with_now(|running, now| {
            if running.account == account {
                return false;
            }
            let old = std::mem::replace(&mut running.account, account);
            let is_same = match (old, account) {
                (None, Some(_)) => true,
                (Some(old), Some(new)) => old.id.is_none() || old.id == new.id,
                _ => false,
            };
            match account {
                Some(account) if is_same => running.engine.logged_in(now, account),
                account => {
                    let next = engine(inner, account, CatchUp::SinceCommit);
                    running.engine = running.engine.replaced_by(next);
                    running.engine.connected(now);
                }
            }
            !is_same
        });
        if is_another == Some(true) {
            // What was asked for the one is no answer to the other.
            (self.calls, self.tokens) = (JoinSet::new(), HashMap::new());
        }
    }

    /// A call has ended. One whose task died has no answer: the engine waits for one of each.
    fn called(&mut self, called: Result<(Id, Result<Object, Error>), JoinError>) {
        let (id, answer) = match called {
            Ok((id, answer)) => {
                let fault = |error: Error| match error.rpc() {
                    Some(error) => Fault::Rpc(error.clone()),
                    None => Fault::Unanswered,
                };
                (id, answer.map_err(fault))
            }
            Err(died) => (died.id(), Err(Fault::Unanswered)),
        };
        if let Some(token) = self.tokens.remove(&id) {
            self.answered(token, &answer);
        }
    }

    fn answered(&self, token: Token, answer: &Result<Object, Fault>) {
        // Without randomness all clients come back at once, which is no reason to come back never.
        let mut entropy: Box<dyn Entropy> = match OsEntropy::new() {
            Ok(entropy) => Box::new(entropy),
            Err(_) => Box::new(NoJitter),
        };
        self.hub.act(|running, now| {
            let answer = answer.as_ref().map(Object::as_bytes).map_err(Clone::clone);
            running.engine.handle_answer(now, token, answer, &mut *entropy);
        });
    }

    /// Without a connection nothing is heard; asking for something opens one.
    fn stands(&mut self) {
        let is_over = matches!(&*self.states.borrow_and_update(), State::Idle | State::Failed(_));
        if is_over {
            self.hub.missed();
        }
    }

    async fn save(&mut self) {
        let saved = self.hub.save(&self.keeper).await;
        self.save_at = match saved {
            Ok(()) => None,
            Err(_) => Instant::now().checked_add(SAVE_AGAIN),
        };
    }
}

/// However the task ends, also with its runtime or by a panic: its reader begins another one.
impl Drop for Pump {
    fn drop(&mut self) {
        self.hub.stop(self.reader);
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// In place of randomness, where there is none: pauses are then as they are. The engine draws for nothing else.
struct NoJitter;

impl Entropy for NoJitter {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill(u8::MAX / 2);
    }
}

/// Makes a call of the engine's. What the server orders to wait is waited for by the engine.
async fn call(inner: Arc<Inner>, request: Request) -> Result<Object, Error> {
    let options = InvokeOptions {
        flood_threshold: Duration::ZERO,
        server_error_retries: 0,
        shares_waits: false,
        ..InvokeOptions::default()
    };
    let mut course = match &request {
        Request::State(_) => Course::new::<GetState>(&options),
        Request::Difference(_) => Course::new::<GetDifference>(&options),
        Request::ChannelDifference(_) => Course::new::<GetChannelDifference>(&options),
    };
    let body = || request.to_bytes();
    Box::pin(inner.call(&mut course, &body)).await
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;

    use super::*;
    use crate::client::Client;
    use crate::updates::Kept;

    #[tokio::test]
    async fn a_call_whose_task_dies_is_made_again() {
        let client = Client::builder(1, "hash").build().await.unwrap();
        let inner = &client.inner;
        let account = Some(Account { id: Some(1), is_bot: false });
        let engine = Engine::new(account, CatchUp::SinceCommit, Kept::default());
        assert!(inner.hub.start(Running::new(engine, account, 0)));
        inner.hub.act(|running, now| running.engine.connected(now));
        let mut pump = Pump {
            inner: Arc::downgrade(inner),
            reader: 0,
            hub: inner.hub.clone(),
            keeper: inner.keeper.clone(),
            states: inner.links.states(),
            kept: inner.keeper.changes(),
            calls: JoinSet::new(),
            tokens: HashMap::new(),
            save_at: None,
        };
        let asked = |pump: &Pump| {
            let hour = Duration::from_secs(3_600);
            let request = pump.hub.with_now(|running, now| {
                running.engine.handle_timeout(now.after(hour));
                running.engine.poll_request(now.after(hour))
            });
            request.flatten().map(|(token, _)| token)
        };
        let token = asked(&pump).unwrap();
        assert_eq!(asked(&pump), None);
        let task = pump.calls.spawn(async { panic!("it dies") });
        pump.tokens.insert(task.id(), token);
        let died = pump.calls.join_next_with_id().await.unwrap();
        pump.called(died);
        assert!(pump.tokens.is_empty() && asked(&pump).is_some());
    }

    #[test]
    fn whatever_ends_the_task_the_hub_is_free_for_another() {
        // The runtime is dropped while the task waits.
        let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
        let first = runtime();
        let client = first.block_on(Client::builder(1, "hash").build()).unwrap();
        let updates = first.block_on(async {
            let updates = client.updates();
            tokio::task::yield_now().await;
            updates
        });
        let hub = &client.inner.hub;
        assert_eq!(hub.with(|_| ()), Some(()));
        drop(first);
        assert_eq!(hub.with(|_| ()), None);
        // The same reader goes on in another one.
        let second = runtime();
        second.block_on(async {
            assert!(updates.begin().is_ok());
            assert_eq!(hub.with(|_| ()), Some(()));
        });
    }
}
