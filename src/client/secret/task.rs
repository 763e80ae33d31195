//! The task that does what the chats ask for: it stores, calls, computes, and waits. It keeps the client no longer than a call takes.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::client::core::{Client, Inner};
use crate::client::error::Error;
use crate::client::keeper::Keeper;
use crate::client::secret::call;
use crate::client::secret::desk::{Called, Desk};
use crate::client::secret::error::SecretError;
use crate::client::state::State;
use crate::client::store::Snapshot;
use crate::client::updates::Hub;
use crate::crypto::real;
use crate::net::OsEntropy;
use crate::secret::{Answer, Token, Us, UserId};
use crate::time::Now;
use crate::tl::api::functions::messages::ReceivedQueue;
use crate::work::Done;

/// What the store did not take is tried again so much later.
const SAVE_AGAIN: Duration = Duration::from_secs(1);

/// What is asked of the chats. What it gives is told once the rest is stored.
pub(super) type Command = Box<dyn FnOnce(&mut Desk<OsEntropy>, Now) -> Reply + Send>;

/// Tells whoever asked, and whether all is stored.
pub(super) type Reply = Box<dyn FnOnce(Result<(), SecretError>) + Send>;

pub(super) struct Task {
    inner: Weak<Inner>,
    hub: Arc<Hub>,
    keeper: Keeper,
    /// The [number](Keeper::read_login) of the login that the chats are of.
    login: u64,
    desk: Desk<OsEntropy>,
    commands: mpsc::Receiver<Command>,
    news: Arc<Notify>,
    states: watch::Receiver<State>,
    kept: watch::Receiver<u64>,
    calls: JoinSet<Answer>,
    /// Whether something is under way: calls, or work that they wait for.
    is_busy: watch::Sender<bool>,
    /// What each of the calls is for.
    tokens: HashMap<Id, (i32, Token)>,
    works: JoinSet<(i32, Done)>,
    acks: JoinSet<()>,
    acked: i32,
    started: Instant,
    /// When to try again to store something.
    save_at: Option<Instant>,
}

/// Whose chats they are, as it is kept.
fn us(kept: &Snapshot) -> Option<Us> {
    let (home, user) = (kept.home?, kept.user?);
    let session_key = kept.key(home).filter(|_| kept.is_authorized(home))?.auth_key.id();
    Some(Us { user: UserId(user.id), session_key, suite: real() })
}

impl Task {
    pub(super) fn load(
        inner: &Arc<Inner>,
        commands: mpsc::Receiver<Command>,
        news: Arc<Notify>,
        is_busy: watch::Sender<bool>,
    ) -> Result<Self, SecretError> {
        let entropy = OsEntropy::new().map_err(|error| Error::Io(error.kind()))?;
        let read = inner
            .keeper
            .read_login(|kept| (us(kept), (kept.secrets.clone(), kept.generations.clone())));
        let (login, (us, (rows, witness))) = read;
        let started = Instant::now();
        let us = us.ok_or(SecretError::Nobody)?;
        let desk = Desk::restore(&us, &rows, &witness, now(started), entropy)?;
        Ok(Self {
            inner: Arc::downgrade(inner),
            hub: inner.hub.clone(),
            keeper: inner.keeper.clone(),
            login,
            desk,
            commands,
            news,
            states: inner.links.states(),
            kept: inner.keeper.changes(),
            calls: JoinSet::new(),
            is_busy,
            tokens: HashMap::new(),
            works: JoinSet::new(),
            acks: JoinSet::new(),
            acked: 0,
            started,
            save_at: None,
        })
    }

    pub(super) async fn run(mut self) {
        // What expired meanwhile is told before anything else (SC-70).
        let _ = self.save().await;
        while !matches!(*self.states.borrow(), State::Closed | State::Stopped(_)) {
            let due = self.desk.timeout().and_then(|mono| self.started.checked_add(mono));
            let wake = [due, self.save_at].into_iter().flatten().min();
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(command) => {
                        let reply = command(&mut self.desk, now(self.started));
                        let saved = self.save().await;
                        reply(saved);
                        continue;
                    }
                    // Nobody has them any more.
                    None => break,
                },
                Some(called) = self.calls.join_next_with_id() => self.called(called),
                Some(done) = self.works.join_next() => {
                    if let Ok((chat, done)) = done {
                        self.desk.done(chat, done, now(self.started));
                    }
                }
                Some(_) = self.acks.join_next() => {}
                changed = self.kept.changed() => match changed {
                    Ok(()) => self.logged_in(),
                    Err(_) => break,
                },
                changed = self.states.changed() => {
                    if changed.is_err() {
                        break;
                    }
                }
                () = until(wake) => self.desk.wake(now(self.started)),
            }
            // If it cannot be stored, it is tried again, and nothing of it is done before.
            let _ = self.save().await;
        }
    }

    /// Has all stored that has changed, with the positions of the updates that it came by, as one batch, and does what follows from it
    /// (SC-82, SC-83, UP-83).
    async fn save(&mut self) -> Result<(), SecretError> {
        loop {
            let changes = self.desk.unsaved();
            let taken = std::mem::take(&mut self.desk.taken);
            if changes.is_empty() && taken.is_empty() {
                break;
            }
            match self.hub.save_with(&self.keeper, self.login, &taken, changes).await {
                Ok(true) => self.save_at = None,
                // Another login has begun: there is nothing to be kept any more.
                Ok(false) => {
                    self.logged_in();
                    return Err(SecretError::NoSuchChat);
                }
                Err(error) => {
                    self.save_at = Instant::now().checked_add(SAVE_AGAIN);
                    return Err(error.into());
                }
            }
            self.stored();
        }
        // What is of no matter is told without being stored.
        self.stored();
        self.follow();
        Ok(())
    }

    fn stored(&mut self) {
        if self.desk.stored() {
            self.news.notify_waiters();
        }
    }

    /// Does what may be done with all stored.
    fn follow(&mut self) {
        for (chat, work) in self.desk.works() {
            self.works.spawn_blocking(move || (chat, work.run()));
        }
        let Some(inner) = self.inner.upgrade() else {
            self.is_busy.send_replace(false);
            return;
        };
        let client = Client { inner, options: Arc::new(call::options()) };
        for Called { chat, call, user } in self.desk.calls() {
            let client = client.clone();
            let task = self.calls.spawn(async move {
                // Away from the task: a call is large.
                Box::pin(call::make(&client, call.request, user)).await
            });
            self.tokens.insert(task.id(), (chat, call.token));
        }
        self.is_busy.send_replace(!self.calls.is_empty() || !self.works.is_empty());
        if let Some(max_qts) = self.desk.ack.filter(|qts| *qts > self.acked)
            && self.acks.is_empty()
        {
            self.acked = max_qts;
            self.acks.spawn(async move {
                // If nobody hears it, a difference from there on says the same.
                let _ = Box::pin(client.invoke(&ReceivedQueue { max_qts })).await;
            });
        }
    }

    /// A call has ended. What became of one whose task died, nobody knows.
    fn called(&mut self, called: Result<(Id, Answer), JoinError>) {
        let (id, answer) = called.unwrap_or_else(|died| (died.id(), Answer::Unknown));
        if let Some((chat, token)) = self.tokens.remove(&id) {
            self.desk.answer(chat, token, answer, now(self.started));
        }
    }

    /// SC-81: chats are of one login.
    fn logged_in(&mut self) {
        let (login, us) = self.keeper.read_login(us);
        if login == self.login {
            self.desk.is_of(us);
            return;
        }
        self.login = login;
        self.desk.logged_out(us);
        (self.calls, self.tokens) = (JoinSet::new(), HashMap::new());
        (self.works, self.acks, self.acked) = (JoinSet::new(), JoinSet::new(), 0);
        self.news.notify_waiters();
    }
}

/// However the task ends, whoever waits for news hears of it.
impl Drop for Task {
    fn drop(&mut self) {
        self.commands.close();
        self.news.notify_waiters();
    }
}

fn now(started: Instant) -> Now {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now { mono: started.elapsed(), unix }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
