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
use crate::client::updates::hub::{Hub, Login, Running};
use crate::client::updates::parts::Parts;
use crate::crypto::Entropy;
use crate::net::OsEntropy;
use crate::tl::Object;
use crate::tl::api::functions::updates::{GetChannelDifference, GetDifference, GetState};
use crate::updates::{CatchUp, Engine, Fault, Request, Token};

/// What was dealt with is kept so long after the first of it (UP-87): a batch for many.
const SAVE_AFTER: Duration = Duration::from_millis(100);

/// What the store did not take is tried again so much later.
const SAVE_AGAIN: Duration = Duration::from_secs(1);

/// Begins to listen for a reader, unless somebody listens.
pub(super) fn begin(inner: &Arc<Inner>, reader: u64, catch_up: CatchUp, parts: Parts) {
    let (login, engine) = engine(inner, catch_up);
    let run = inner.hub.run();
    if !inner.hub.start(Running::new(engine, login, reader).of_run(run, parts)) {
        return;
    }
    // Before anything is done: whatever happens there, the hub is free for another one then.
    let pump = Pump::new(inner, run);
    inner.hub.act(|running, now| running.engine.connected(now));
    tokio::spawn(pump.run());
}

fn engine(inner: &Inner, catch_up: CatchUp) -> (Login, Engine) {
    let (login, kept) = inner.login_with(|kept| kept.updates.clone());
    (login, Engine::new(login.account, catch_up, kept))
}

struct Pump {
    inner: Weak<Inner>,
    /// Which engine it is for. One that panicked is gone, and another may have begun before this hears of it.
    run: u64,
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
    fn new(inner: &Arc<Inner>, run: u64) -> Self {
        Self {
            inner: Arc::downgrade(inner),
            run,
            hub: inner.hub.clone(),
            keeper: inner.keeper.clone(),
            states: inner.links.states(),
            kept: inner.keeper.changes(),
            calls: JoinSet::new(),
            tokens: HashMap::new(),
            save_at: None,
        }
    }

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
        let Some(inner) = self.inner.upgrade().filter(|_| self.hub.is_of_run(self.run)) else {
            return false;
        };
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
        let (login, ()) = inner.login_with(|_| ());
        let is_another = self.hub.with_now(|running, now| {
            if running.login == login {
                return false;
            }
            let is_same = running.login.number == login.number;
            match login.account.filter(|_| is_same) {
                Some(account) => {
                    running.login = login;
                    running.engine.logged_in(now, account);
                    false
                }
                None => {
                    let (login, next) = engine(inner, CatchUp::SinceCommit);
                    running.login = login;
                    running.engine = running.engine.replaced_by(next);
                    running.engine.connected(now);
                    true
                }
            }
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
        if let Some(token) = self.tokens.remove(&id).filter(|_| self.hub.is_of_run(self.run)) {
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

/// However the task ends, also with its runtime: its reader begins another one. After a panic that is told first.
impl Drop for Pump {
    fn drop(&mut self) {
        self.hub.stop(self.run, std::thread::panicking());
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
    use crate::client::error::StopReason;
    use crate::client::keeper::Origin;
    use crate::client::store::{Change, DcRecord, MemoryStore, SessionUser, Snapshot};
    use crate::connection::StoredKey;
    use crate::crypto::AuthKey;
    use crate::ids::{DcId, Salt};
    use crate::updates::{Account, Checkpoint, CommonState, Kept};

    #[tokio::test]
    async fn a_call_whose_task_dies_is_made_again() {
        let client = Client::builder(1, "hash").build().await.unwrap();
        let inner = &client.inner;
        let account = Some(Account { id: Some(1), is_bot: false });
        let engine = Engine::new(account, CatchUp::SinceCommit, Kept::default());
        let login = Login { number: 0, account };
        assert!(inner.hub.start(Running::new(engine, login, 0)));
        inner.hub.act(|running, now| running.engine.connected(now));
        let mut pump = Pump::new(inner, 0);
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

    /// A client whose store knows of a login. Nobody answers it: it dials nobody but this machine.
    async fn logged_in() -> Client {
        let (dc, auth_key) = (DcId::production(2), AuthKey::copy_of(&[1; 256]));
        let record = DcRecord {
            key: Some(StoredKey { auth_key, salt: Salt(1), time_offset: 0 }),
            is_authorized: true,
            ..DcRecord::default()
        };
        let user = Some(SessionUser { id: 1, is_bot: false });
        let dcs = [(dc, record)].into();
        let session = Snapshot { home: Some(dc), user, dcs, ..Snapshot::default() };
        let here = "127.0.0.1:1".parse().unwrap();
        let builder = Client::builder(1, "hash").store(MemoryStore::from(session));
        builder.keys(vec![]).address(dc, here).build().await.unwrap()
    }

    #[test]
    fn a_task_that_panics_is_told_and_not_begun_again_and_again() {
        // A runtime without a clock has each of them panic as it begins to wait.
        let runtime = Builder::new_current_thread().build().unwrap();
        let client = runtime.block_on(logged_in());
        let mut updates = client.updates_from(CatchUp::SinceCommit);
        for run in 1..4 {
            assert_eq!(runtime.block_on(updates.next()), Err(Error::Panicked));
            assert_eq!(client.inner.hub.run(), 2 * run - 1);
        }
        // What does not panic is not held up by what did.
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            assert!(updates.begin().is_ok());
            tokio::task::yield_now().await;
            assert_eq!(client.inner.hub.with(|_| ()), Some(()));
        });
    }

    #[tokio::test]
    async fn up_73_an_engine_is_of_one_login_and_what_it_keeps_too() {
        let client = logged_in().await;
        let inner = &client.inner;
        let origin = {
            let key = AuthKey::copy_of(&[1; 256]).id();
            Origin { dc: DcId::production(2), key }
        };
        let user = |id| Some(SessionUser { id, is_bot: false });
        let pts = |pts| Some(CommonState { pts, ..CommonState::default() });
        let news = |at| {
            let news = Checkpoint { common: pts(at), ..Checkpoint::default() };
            vec![Change::Updates(Box::new(news))]
        };
        let mut pump = Pump::new(inner, 0);
        // The login's number, whose it is, and where its engine is.
        let seen = |pump: &mut Pump| {
            pump.logged_in(inner);
            let seen = inner.hub.with(|running| (running.login, running.engine.common_state()));
            let (login, at) = seen.unwrap();
            (login.number, login.account.map(|account| account.id), at)
        };
        let login = inner.login_with(|_| ()).0;
        assert_eq!(inner.keeper.keep_updates(login.number, news(5)).await, Ok(true));
        let (login, engine) = engine(inner, CatchUp::SinceCommit);
        assert!(inner.hub.start(Running::new(engine, login, 0)));
        assert_eq!(seen(&mut pump), (0, Some(Some(1)), pts(5)));
        // Nobody is, for a while, and it is the same one again.
        let is_lost = inner.keeper.end_login(origin, &StopReason::KeyUnknown).await;
        assert_eq!(is_lost, Ok(true));
        assert_eq!((client.user(), client.is_logged_in()), (None, false));
        assert_eq!(seen(&mut pump), (0, None, pts(5)));
        assert_eq!(inner.keeper.keep_updates(0, news(6)).await, Ok(true));
        assert_eq!(inner.keeper.keep_found(origin, user(1)).await, Ok(true));
        assert_eq!(seen(&mut pump), (0, Some(Some(1)), pts(5)));
        // Another one, whether nobody was seen in between or not.
        assert_eq!(inner.keeper.keep_login(origin, user(2)).await, Ok(true));
        assert_eq!(inner.keeper.keep_updates(0, news(7)).await, Ok(false));
        assert_eq!(seen(&mut pump), (1, Some(Some(2)), None));
        assert_eq!(inner.keeper.end_login(origin, &StopReason::KeyUnknown).await, Ok(true));
        assert_eq!(seen(&mut pump), (1, None, None));
        assert_eq!(inner.keeper.keep_updates(1, news(8)).await, Ok(true));
        assert_eq!(inner.keeper.keep_found(origin, user(3)).await, Ok(true));
        assert_eq!(seen(&mut pump), (2, Some(Some(3)), None));
        // One whose number is told later is the same.
        assert_eq!(inner.keeper.keep_login(origin, None).await, Ok(true));
        assert_eq!(seen(&mut pump), (3, Some(None), None));
        assert_eq!(inner.keeper.keep_user(origin, user(4)).await, Ok(true));
        assert_eq!(inner.keeper.keep_updates(3, news(9)).await, Ok(true));
        assert_eq!(seen(&mut pump), (3, Some(Some(4)), None));
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
