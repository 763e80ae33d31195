//! One connection to a data centre, and the task that hears its events.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::client::cdn::is_cdn;
use crate::client::error::{Error, StopReason};
use crate::client::keeper::{Keeper, Origin, keys_of};
use crate::client::links::Links;
use crate::client::login::Scans;
use crate::client::policy::Role;
use crate::client::runtime::{self, Here};
use crate::client::state::State;
use crate::client::store::{Change, StoreError};
use crate::client::updates::Hub;
use crate::connection::{ConnectionError, Event};
use crate::crypto::KeyId;
use crate::ids::DcId;
use crate::net::{Config, Events, Handle, Notice, connect};
use crate::session;
use crate::tl::Object;

/// A connection. When the last `Arc` of it is dropped, it is closed.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) handle: Handle,
    /// Whether the server was told who speaks, in the session at hand.
    pub(super) is_initialised: AtomicBool,
    /// Whether updates come over it, and the client's state is told by it.
    pub(super) is_main: bool,
    /// Whether it goes to a CDN, which is believed nothing.
    pub(super) is_cdn: bool,
    /// Where its tasks live.
    pub(super) runtime: Here,
    stage: watch::Receiver<Stage>,
    /// Whether calls can be made, as the stage says: to be looked at for each.
    is_ready: AtomicBool,
    /// The permanent key, once there is one.
    key: OnceLock<KeyId>,
    /// The calls over it, if it is closed when there are none.
    uses: Option<Mutex<Uses>>,
    tasks: Mutex<Option<(JoinHandle<()>, JoinHandle<()>)>>,
}

/// The calls over a connection.
#[derive(Debug)]
struct Uses {
    under_way: usize,
    /// When the last one ended.
    last: Instant,
}

/// How far a connection is.
#[derive(Debug, Default)]
struct Stage {
    /// Whether its key was made and kept, or why not.
    made: Option<Result<(), Error>>,
    /// Why it is over.
    over: Option<ConnectionError>,
}

/// Who is told what happens.
#[derive(Debug, Clone)]
pub(super) struct Listeners {
    pub(super) dc: DcId,
    pub(super) keeper: Keeper,
    pub(super) scans: Scans,
    pub(super) hub: Arc<Hub>,
    pub(super) links: Weak<Links>,
    pub(super) role: Role,
    /// Whether updates come over it, and the client's state is told by it.
    pub(super) is_main: bool,
    /// After how long without a call it is closed.
    pub(super) idle: Option<Duration>,
}

impl Link {
    /// Begins a connection.
    pub(super) fn open(config: Config, listeners: Listeners) -> Result<Arc<Self>, Error> {
        let here = runtime::here()?;
        let key = config.connection.stored.as_ref().map(|stored| stored.auth_key.id());
        let (handle, events, driver) = connect(config).map_err(|error| Error::Io(error.kind()))?;
        let made = key.is_some().then_some(Ok(()));
        let (teller, stage) = watch::channel(Stage { made, over: None });
        let link = Arc::new(Self {
            handle,
            is_initialised: AtomicBool::new(false),
            is_main: listeners.is_main,
            is_cdn: is_cdn(listeners.dc),
            runtime: here,
            stage,
            is_ready: AtomicBool::new(key.is_some()),
            key: key.map(OnceLock::from).unwrap_or_default(),
            uses: listeners.idle.map(|_| Mutex::new(Uses { under_way: 0, last: Instant::now() })),
            tasks: Mutex::default(),
        });
        let (why, ended) = oneshot::channel();
        let driver = tokio::spawn(async move {
            // If nobody hears it, nobody needs it.
            let _ = why.send(driver.run().await);
        });
        let ears = Ears { has_begun: false, link: Arc::downgrade(&link), listeners, stage: teller };
        let tasks = (driver, tokio::spawn(ears.listen(events, ended)));
        *lock(&link.tasks) = Some(tasks);
        Ok(link)
    }

    /// Whether calls can be made: it has a key and is not over.
    pub(super) fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Acquire)
    }

    /// Whether it has a key or is making it, and is not over.
    pub(super) fn is_usable(&self) -> bool {
        let stage = self.stage.borrow();
        stage.over.is_none() && !matches!(stage.made, Some(Err(_)))
    }

    /// Whether its key is being made.
    pub(super) fn is_making(&self) -> bool {
        let stage = self.stage.borrow();
        stage.over.is_none() && stage.made.is_none()
    }

    /// Waits until its key was made and kept.
    ///
    /// # Errors
    ///
    /// Why it could not be, or why the connection ended before.
    pub(super) async fn made(&self) -> Result<(), Error> {
        let mut stage = self.stage.clone();
        let made = stage.wait_for(|stage| stage.made.is_some()).await;
        made.ok()
            .and_then(|stage| stage.made.clone())
            .unwrap_or(Err(ConnectionError::Closed.into()))
    }

    /// Waits until it is known why it is over, which follows soon for calls that ended as closed.
    pub(super) async fn ended(&self) -> ConnectionError {
        let mut stage = self.stage.clone();
        let ended = stage.wait_for(|stage| stage.over.is_some()).await;
        ended.ok().and_then(|stage| stage.over.clone()).unwrap_or(ConnectionError::Closed)
    }

    /// The key that it uses.
    pub(super) fn key(&self) -> Option<KeyId> {
        self.key.get().copied()
    }

    /// Notes that a call is made, for as long as what it gives lives.
    pub(super) fn in_use(&self) -> Option<InUse<'_>> {
        let uses = self.uses.as_ref()?;
        lock(uses).under_way += 1;
        Some(InUse(uses))
    }

    /// Closes it and waits for its tasks.
    pub(super) async fn close(&self) {
        self.handle.close().await;
        let tasks = lock(&self.tasks).take();
        let Some((mut driver, mut ears)) = tasks else { return };
        let both = async {
            let _ = (&mut driver).await;
            // It hears the last events, of which some are kept.
            let _ = (&mut ears).await;
        };
        if timeout(CLOSE_WITHIN, both).await.is_err() {
            driver.abort();
            ears.abort();
        }
    }

    /// How long until it may have been idle for so long; zero if it has. What has no key yet, and what is over, is not idle.
    fn idle_in(&self, idle: Duration) -> Duration {
        match self.uses.as_ref().map(lock) {
            Some(uses) if uses.under_way == 0 && self.is_ready() => {
                idle.saturating_sub(uses.last.elapsed())
            }
            _ => idle.max(LOOK),
        }
    }
}

/// CF-20: tasks that do not end by themselves within this time are ended.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Whether a connection is idle is looked at no sooner after the last time.
const LOOK: Duration = Duration::from_millis(20);

/// A call over a connection.
pub(super) struct InUse<'a>(&'a Mutex<Uses>);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        let mut uses = lock(self.0);
        uses.under_way -= 1;
        // While there are others, nobody looks at the time.
        if uses.under_way == 0 {
            uses.last = Instant::now();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The task that hears the events. It does not keep the connection open.
struct Ears {
    /// Whether the task has begun. A runtime that is ending drops it unbegun, from within the table of connections.
    has_begun: bool,
    link: Weak<Link>,
    listeners: Listeners,
    stage: watch::Sender<Stage>,
}

impl Ears {
    async fn listen(mut self, mut events: Events, ended: oneshot::Receiver<ConnectionError>) {
        self.has_begun = true;
        self.tell(State::Connecting);
        let mut wait = self.listeners.idle.map(|idle| idle.max(LOOK));
        loop {
            let notice = match wait {
                Some(wait) => timeout(wait, events.next()).await,
                None => Ok(events.next().await),
            };
            match notice {
                Ok(Some(Notice::Event(event))) => self.hear(event).await,
                Ok(Some(_)) => self.missed(),
                Ok(None) => break,
                Err(_) => wait = self.close_if_idle().await,
            }
        }
        // The event that said why may have been lost.
        let why = ended.await.unwrap_or(ConnectionError::Closed);
        self.over(why).await;
    }

    async fn hear(&mut self, event: Event) {
        match event {
            Event::Connected { .. } => self.tell(State::Online),
            Event::Disconnected { why } => self.tell(State::Offline { why }),
            Event::KeyCreated(key) => {
                let Some(link) = self.link.upgrade() else { return };
                let _ = link.key.set(key.auth_key.id());
                let kept = self.listeners.keeper.keep_key(self.listeners.dc, key).await;
                self.key_made(&link, kept).await;
            }
            Event::Session(session::Event::Salt(salt)) => {
                let dc = keys_of(self.listeners.dc);
                // One that is not kept costs a round trip next time.
                let _ = self.listeners.keeper.apply(vec![Change::Salt { dc, salt }]).await;
            }
            Event::KeyBound { .. } => self.forget_init(),
            Event::Session(session::Event::NewSession { .. }) => {
                self.forget_init();
                if self.listeners.is_main {
                    self.listeners.hub.new_session();
                    self.listeners.scans.missed();
                }
            }
            // FI-58: a CDN has no updates. One that sends some is left, and nobody hears of them.
            Event::Session(session::Event::Missed | session::Event::Update(_))
                if is_cdn(self.listeners.dc) =>
            {
                if let Some(link) = self.link.upgrade() {
                    link.handle.close().await;
                }
            }
            Event::Session(session::Event::Missed) => self.missed(),
            Event::Session(session::Event::Update(update)) => self.update(&update),
            Event::Over(error) => self.over(error).await,
            _ => {}
        }
    }

    /// A key that was not kept is not used: its connection is closed. So is one that comes second, after another connection's: the
    /// next one takes that.
    async fn key_made(&self, link: &Link, kept: Result<bool, StoreError>) {
        let made = match kept {
            Ok(true) => Ok(()),
            Ok(false) => Err(ConnectionError::Closed.into()),
            Err(error) => Err(error.into()),
        };
        match &made {
            Ok(()) => link.handle.key_kept().await,
            Err(_) => link.handle.close().await,
        }
        link.is_ready.store(made.is_ok(), Ordering::Release);
        self.stage.send_modify(|stage| {
            stage.made.get_or_insert(made);
        });
    }

    /// It is over. Nobody hears that before the client's state was told, and what ended with it was kept.
    async fn over(&mut self, error: ConnectionError) {
        if self.stage.borrow().over.is_some() {
            return;
        }
        let state = self.last_state(&error);
        let reason = match &state {
            State::Stopped(reason) if self.listeners.is_main => Some(reason.clone()),
            _ => None,
        };
        let key = self.link.upgrade().and_then(|link| link.key());
        self.tell(state);
        if let (Some(reason), Some(key)) = (reason, key) {
            let origin = Origin { dc: keys_of(self.listeners.dc), key };
            // If it cannot be kept, the next program hears the same from the server.
            let _ = self.listeners.keeper.end_login(origin, &reason).await;
        }
        self.tell_over(error);
    }

    /// Whoever waits for its end hears that.
    fn tell_over(&self, error: ConnectionError) {
        if let Some(link) = self.link.upgrade() {
            link.is_ready.store(false, Ordering::Release);
        }
        self.stage.send_modify(|stage| {
            stage.made.get_or_insert(Err(error.clone().into()));
            stage.over.get_or_insert(error);
        });
    }

    /// How a client stands whose main connection ended with this. Nobody has to call for it to be known.
    fn last_state(&self, error: &ConnectionError) -> State {
        let Listeners { dc, keeper, .. } = &self.listeners;
        let key = self.link.upgrade().and_then(|link| link.key());
        match error {
            ConnectionError::Closed => State::Idle,
            ConnectionError::KeyUnknown if keeper.is_of_the_login(keys_of(*dc), key) => {
                State::Stopped(StopReason::KeyUnknown)
            }
            error => State::Failed(error.clone()),
        }
    }

    /// Gives the time after which to look again, if ever.
    async fn close_if_idle(&self) -> Option<Duration> {
        let link = self.link.upgrade().filter(|link| link.is_usable())?;
        let wait = link.idle_in(self.listeners.idle?);
        if wait.is_zero() {
            // Whoever calls meanwhile keeps it, or hears that the call was not sent.
            link.handle.close_if_idle().await;
        }
        Some(wait.max(LOOK))
    }

    fn forget_init(&self) {
        if let Some(link) = self.link.upgrade() {
            link.is_initialised.store(false, Ordering::Relaxed);
        }
    }

    /// Tells the client's state.
    fn tell(&self, state: State) {
        let Listeners { dc, role, links, is_main, .. } = &self.listeners;
        if *is_main && let Some(links) = links.upgrade() {
            links.tell((*dc, *role), &self.link, state);
        }
    }

    /// Other connections ask for no updates. One that comes all the same cannot be put in order with the others.
    fn update(&self, update: &Object) {
        let Listeners { hub, scans, is_main, .. } = &self.listeners;
        if *is_main {
            hub.push(update.as_bytes());
            scans.hear(update.as_bytes());
        } else {
            hub.missed();
            scans.missed();
        }
    }

    /// Something may have been lost. On other connections nothing is to come, so that nothing can be.
    fn missed(&self) {
        let Listeners { hub, scans, is_main, .. } = &self.listeners;
        if *is_main {
            hub.missed();
            scans.missed();
        }
    }
}

/// The runtime has ended, and its tasks with it: what is over cannot be called over any more, and another call opens another.
impl Drop for Ears {
    fn drop(&mut self) {
        if self.stage.borrow().over.is_none() {
            if self.has_begun {
                self.tell(State::Idle);
            }
            self.tell_over(ConnectionError::Closed);
        }
    }
}
