//! One connection to a data centre, and the task that hears its events.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

use crate::client::error::{Error, StopReason};
use crate::client::keeper::Keeper;
use crate::client::state::{State, Update};
use crate::client::store::{Change, StoreError};
use crate::connection::{ConnectionError, Event};
use crate::crypto::KeyId;
use crate::ids::DcId;
use crate::net::{Config, Events, Handle, Notice, connect};
use crate::session;

/// A connection. When the last `Arc` of it is dropped, it is closed.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) handle: Handle,
    /// Whether the server was told who speaks, in the session at hand.
    pub(super) is_initialised: AtomicBool,
    /// Whether updates come over it.
    pub(super) has_updates: bool,
    /// Whether another took its place: what happens to it is not what happens to the client any more.
    is_replaced: AtomicBool,
    stage: watch::Receiver<Stage>,
    /// Whether calls can be made, as the stage says: to be looked at for each.
    is_ready: AtomicBool,
    /// The permanent key, once there is one.
    key: OnceLock<KeyId>,
    /// Whether it is closed when nobody calls.
    may_idle: bool,
    under_way: AtomicUsize,
    /// When the last call ended. Held while one ends.
    used: Mutex<Instant>,
    tasks: Mutex<Option<(JoinHandle<ConnectionError>, JoinHandle<()>)>>,
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
    pub(super) updates: broadcast::Sender<Update>,
    /// For the connection by which the client's state is told.
    pub(super) states: Option<watch::Sender<State>>,
    /// After how long without a call it is closed.
    pub(super) idle: Option<Duration>,
}

impl Link {
    /// Begins a connection.
    pub(super) fn open(config: Config, listeners: Listeners) -> Result<Arc<Self>, Error> {
        let key = config.connection.stored.as_ref().map(|stored| stored.auth_key.id());
        let (handle, events, driver) = connect(config).map_err(|error| Error::Io(error.kind()))?;
        let made = key.is_some().then_some(Ok(()));
        let (teller, stage) = watch::channel(Stage { made, over: None });
        let link = Arc::new(Self {
            handle,
            is_initialised: AtomicBool::new(false),
            has_updates: listeners.states.is_some(),
            is_replaced: AtomicBool::new(false),
            stage,
            is_ready: AtomicBool::new(key.is_some()),
            key: key.map(OnceLock::from).unwrap_or_default(),
            may_idle: listeners.idle.is_some(),
            under_way: AtomicUsize::new(0),
            used: Mutex::new(Instant::now()),
            tasks: Mutex::default(),
        });
        let ears = Ears { link: Arc::downgrade(&link), listeners, stage: teller };
        let tasks = (tokio::spawn(driver.run()), tokio::spawn(ears.listen(events)));
        *link.tasks.lock().unwrap_or_else(PoisonError::into_inner) = Some(tasks);
        Ok(link)
    }

    /// Whether calls can be made: it has a key and is not over.
    pub(super) fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Acquire)
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

    /// Waits until it is known why it is over. For calls that ended as closed; nobody waits long.
    pub(super) async fn ended(&self) -> ConnectionError {
        let mut stage = self.stage.clone();
        let ended = stage.wait_for(|stage| stage.over.is_some()).await;
        ended.ok().and_then(|stage| stage.over.clone()).unwrap_or(ConnectionError::Closed)
    }

    /// The key that it uses.
    pub(super) fn key(&self) -> Option<KeyId> {
        self.key.get().copied()
    }

    /// Another takes its place. It ends with the calls that are under way.
    pub(super) fn replace(&self) {
        self.is_replaced.store(true, Ordering::Relaxed);
    }

    /// Notes that a call is made, for as long as what it gives lives.
    pub(super) fn in_use(&self) -> Option<InUse<'_>> {
        if !self.may_idle {
            return None;
        }
        self.under_way.fetch_add(1, Ordering::Relaxed);
        Some(InUse(self))
    }

    /// Closes it and waits for its tasks.
    pub(super) async fn close(&self) {
        self.handle.close().await;
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((mut driver, mut ears)) = tasks else { return };
        let both = async {
            let _ = (&mut driver).await;
            // It hears the last events, of which some are kept.
            let _ = (&mut ears).await;
        };
        if tokio::time::timeout(CLOSE_WITHIN, both).await.is_err() {
            driver.abort();
            ears.abort();
        }
    }

    /// How long until it has been idle for so long.
    fn idle_in(&self, idle: Duration) -> Duration {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if self.under_way.load(Ordering::Relaxed) > 0 {
            return idle;
        }
        idle.saturating_sub(used.elapsed())
    }

    /// It is to be looked at again after another while.
    fn look_again(&self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// CF-20: tasks that do not end by themselves within this time are ended.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// A call over a connection.
pub(super) struct InUse<'a>(&'a Link);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        let mut used = self.0.used.lock().unwrap_or_else(PoisonError::into_inner);
        // While there are others, nobody looks at the time.
        if self.0.under_way.fetch_sub(1, Ordering::Relaxed) == 1 {
            *used = Instant::now();
        }
    }
}

/// The task that hears the events. It does not keep the connection open.
struct Ears {
    link: Weak<Link>,
    listeners: Listeners,
    stage: watch::Sender<Stage>,
}

impl Ears {
    async fn listen(mut self, mut events: Events) {
        self.tell(State::Connecting);
        loop {
            let idle = self.listeners.idle.zip(self.link.upgrade());
            let idle = idle.map(|(idle, link)| link.idle_in(idle));
            let notice = match idle {
                Some(wait) => tokio::time::timeout(wait, events.next()).await,
                None => Ok(events.next().await),
            };
            match notice {
                Ok(Some(Notice::Event(event))) => self.hear(event).await,
                Ok(Some(_)) => self.update(Update::Gap),
                Ok(None) => break,
                Err(_) => self.close_if_idle().await,
            }
        }
        // The driver ends with an event that says why; if it was lost, it was closed.
        self.over(ConnectionError::Closed);
    }

    async fn hear(&mut self, event: Event) {
        match event {
            Event::Connected { .. } => self.tell(State::Online),
            Event::Disconnected { why } => self.tell(State::Offline { why }),
            Event::KeyCreated(key) => {
                let Some(link) = self.link.upgrade() else { return };
                let _ = link.key.set(key.auth_key.id());
                let dc = self.listeners.dc;
                let kept = self.listeners.keeper.apply(vec![Change::Key { dc, key }]).await;
                self.key_made(&link, kept).await;
            }
            Event::Session(session::Event::Salt(salt)) => {
                let dc = self.listeners.dc;
                // One that is not kept costs a round trip next time.
                let _ = self.listeners.keeper.apply(vec![Change::Salt { dc, salt }]).await;
            }
            Event::KeyBound { .. } => self.forget_init(),
            Event::Session(session::Event::NewSession { .. }) => {
                self.forget_init();
                self.update(Update::Gap);
            }
            Event::Session(session::Event::Missed) => self.update(Update::Gap),
            Event::Session(session::Event::Update(update)) => self.update(Update::Object(update)),
            Event::Over(error) => self.over(error),
            _ => {}
        }
    }

    /// A key that was not kept is not used: its connection is closed.
    async fn key_made(&self, link: &Link, kept: Result<(), StoreError>) {
        match &kept {
            Ok(()) => link.handle.key_kept().await,
            Err(_) => link.handle.close().await,
        }
        link.is_ready.store(kept.is_ok(), Ordering::Release);
        self.stage.send_modify(|stage| {
            stage.made.get_or_insert(kept.map_err(Error::from));
        });
    }

    /// It is over. Nobody hears that before the client's state was told, so that no other connection has told another.
    fn over(&mut self, error: ConnectionError) {
        if self.stage.borrow().over.is_some() {
            return;
        }
        if let Some(link) = self.link.upgrade() {
            link.is_ready.store(false, Ordering::Release);
        }
        self.tell(self.last_state(&error));
        self.stage.send_modify(|stage| {
            stage.made.get_or_insert(Err(error.clone().into()));
            stage.over = Some(error);
        });
    }

    /// How a client stands whose main connection ended with this. Nobody has to call for it to be known.
    fn last_state(&self, error: &ConnectionError) -> State {
        let Listeners { dc, keeper, .. } = &self.listeners;
        let key = self.link.upgrade().and_then(|link| link.key());
        match error {
            ConnectionError::Closed => State::Idle,
            ConnectionError::KeyUnknown if keeper.is_of_the_login(*dc, key) => {
                State::Stopped(StopReason::KeyUnknown)
            }
            error => State::Failed(error.clone()),
        }
    }

    async fn close_if_idle(&self) {
        let Some((idle, link)) = self.listeners.idle.zip(self.link.upgrade()) else { return };
        if link.idle_in(idle).is_zero() {
            link.look_again();
            link.handle.close_if_idle().await;
        }
    }

    fn forget_init(&self) {
        if let Some(link) = self.link.upgrade() {
            link.is_initialised.store(false, Ordering::Relaxed);
        }
    }

    /// Tells the client's state, unless the client has said its last word or has another connection for it.
    fn tell(&self, state: State) {
        let Some(states) = &self.listeners.states else { return };
        let link = self.link.upgrade();
        if link.is_none_or(|link| link.is_replaced.load(Ordering::Relaxed)) {
            return;
        }
        states.send_if_modified(|old| {
            let is_new = !matches!(old, State::Stopped(_) | State::Closed) && *old != state;
            if is_new {
                *old = state;
            }
            is_new
        });
    }

    /// Other connections ask for no updates. One that comes all the same cannot be put in order with the others.
    fn update(&self, update: Update) {
        let update = match (&self.listeners.states, &update) {
            (Some(_), _) => update,
            (None, Update::Object(_)) => Update::Gap,
            (None, Update::Gap) => return,
        };
        // Nobody has to listen.
        let _ = self.listeners.updates.send(update);
    }
}
