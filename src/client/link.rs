//! One connection to a data centre, and the task that hears its events.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{broadcast, oneshot, watch};
use tokio::task::JoinHandle;

use crate::client::error::Error;
use crate::client::keeper::Keeper;
use crate::client::state::{State, Update};
use crate::client::store::{Change, StoreError};
use crate::connection::{ConnectionError, Event};
use crate::ids::DcId;
use crate::net::{Config, Events, Handle, Notice, connect};
use crate::session;

/// A connection. When the last `Arc` of it is dropped, it is closed.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) handle: Handle,
    /// Whether the server was told who speaks, in the session at hand.
    pub(super) is_initialised: AtomicBool,
    /// Why it is over.
    over: watch::Receiver<Option<ConnectionError>>,
    under_way: AtomicUsize,
    /// When the last call ended. Held while one ends.
    used: Mutex<Instant>,
    driver: Mutex<Option<JoinHandle<ConnectionError>>>,
}

/// Hears that the key was made and kept, or why not.
pub(super) type IsMade = oneshot::Receiver<Result<(), Error>>;

/// Who is told what happens.
#[derive(Debug, Clone)]
pub(super) struct Listeners {
    pub(super) dc: DcId,
    pub(super) keeper: Keeper,
    /// For the connection that updates come over, and by which the client's state is told.
    pub(super) main: Option<(watch::Sender<State>, broadcast::Sender<Update>)>,
    /// After how long without a call it is closed.
    pub(super) idle: Option<Duration>,
}

impl Link {
    /// Begins a connection. The receiver hears when the key was made and kept; at once, if there was one.
    pub(super) fn open(config: Config, listeners: Listeners) -> Result<(Arc<Self>, IsMade), Error> {
        let has_key = config.connection.stored.is_some();
        let (handle, events, driver) = connect(config).map_err(|error| Error::Io(error.kind()))?;
        let (ended, over) = watch::channel(None);
        let (made, is_made) = oneshot::channel();
        let link = Arc::new(Self {
            handle,
            is_initialised: AtomicBool::new(false),
            over,
            under_way: AtomicUsize::new(0),
            used: Mutex::new(Instant::now()),
            driver: Mutex::new(Some(tokio::spawn(driver.run()))),
        });
        let mut made = Some(made);
        if has_key && let Some(made) = made.take() {
            let _ = made.send(Ok(()));
        }
        let ears = Ears { link: Arc::downgrade(&link), listeners, made, ended };
        tokio::spawn(ears.listen(events));
        Ok((link, is_made))
    }

    /// Whether it is over.
    pub(super) fn is_over(&self) -> bool {
        self.over.borrow().is_some()
    }

    /// Waits until it is known why it is over. For calls that ended as closed; nobody waits long.
    pub(super) async fn ended(&self) -> ConnectionError {
        let mut over = self.over.clone();
        let ended = over.wait_for(Option::is_some).await;
        ended.ok().and_then(|error| error.clone()).unwrap_or(ConnectionError::Closed)
    }

    /// Notes that a call is made, for as long as what it gives lives.
    pub(super) fn in_use(&self) -> InUse<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        InUse(self)
    }

    /// Closes it and waits for its task.
    pub(super) async fn close(&self) {
        self.handle.close().await;
        let driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut driver) = driver
            && tokio::time::timeout(CLOSE_WITHIN, &mut driver).await.is_err()
        {
            driver.abort();
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
}

/// CF-20: a task that does not end by itself within this time is ended.
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
    made: Option<oneshot::Sender<Result<(), Error>>>,
    ended: watch::Sender<Option<ConnectionError>>,
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
                let dc = self.listeners.dc;
                let kept = self.listeners.keeper.apply(vec![Change::Key { dc, key }]).await;
                self.key_made(kept).await;
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
    async fn key_made(&mut self, kept: Result<(), StoreError>) {
        let Some(link) = self.link.upgrade() else { return };
        match &kept {
            Ok(()) => link.handle.key_kept().await,
            Err(_) => link.handle.close().await,
        }
        if let Some(made) = self.made.take() {
            let _ = made.send(kept.map_err(Error::from));
        }
    }

    fn over(&mut self, error: ConnectionError) {
        if let Some(made) = self.made.take() {
            let _ = made.send(Err(error.clone().into()));
        }
        self.ended.send_if_modified(|over| {
            let is_first = over.is_none();
            over.get_or_insert(error);
            is_first
        });
        self.tell(State::Idle);
    }

    async fn close_if_idle(&self) {
        let Some((idle, link)) = self.listeners.idle.zip(self.link.upgrade()) else { return };
        if link.idle_in(idle).is_zero() {
            link.handle.close().await;
        }
    }

    fn forget_init(&self) {
        if let Some(link) = self.link.upgrade() {
            link.is_initialised.store(false, Ordering::Relaxed);
        }
    }

    /// Tells the client's state, unless the client has said its last word.
    fn tell(&self, state: State) {
        let Some((states, _)) = &self.listeners.main else { return };
        states.send_if_modified(|old| {
            let is_new = !matches!(old, State::Stopped(_) | State::Closed) && *old != state;
            if is_new {
                *old = state;
            }
            is_new
        });
    }

    fn update(&self, update: Update) {
        if let Some((_, updates)) = &self.listeners.main {
            // Nobody has to listen.
            let _ = updates.send(update);
        }
    }
}
