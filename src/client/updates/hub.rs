//! The engine that a client's parts share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio::time::Instant;

use crate::client::error::Error;
use crate::client::keeper::Keeper;
use crate::client::store::{Change, StoreError};
use crate::time::Now;
use crate::updates::{Account, Checkpoint, Delivery, Engine, Mark};

/// Where everything about updates meets. Without a reader there is no engine, and what comes is nobody's.
#[derive(Debug, Default)]
pub(in crate::client) struct Hub {
    running: Mutex<Option<Running>>,
    /// The reader whose pump panicked, until that is told. To begin another one in silence would be to do so for ever.
    panicked: Mutex<Option<u64>>,
    /// Whether there is an engine, to be looked at for each call.
    is_on: AtomicBool,
    readers: AtomicU64,
    /// How many engines there were.
    runs: AtomicU64,
    /// Something waits for the reader.
    pub(super) for_reader: Notify,
    /// Something is to be asked for, or kept.
    pub(super) for_pump: Notify,
    /// What the store did not take yet. Whoever keeps something holds it.
    unsaved: AsyncMutex<Unsaved>,
}

/// Whose updates they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::client) struct Login {
    /// The [number](Keeper::read_login) of the login.
    pub(in crate::client) number: u64,
    /// `None` while nobody is logged in.
    pub(in crate::client) account: Option<Account>,
}

/// What is to be kept, and of which login it is.
#[derive(Debug, Default)]
struct Unsaved {
    login: u64,
    checkpoint: Checkpoint,
}

impl Unsaved {
    /// Adds what a login has to keep. What is left of another one's is nobody's.
    fn add(&mut self, login: u64, news: Option<Checkpoint>) {
        if self.login != login {
            self.checkpoint = Checkpoint::default();
        }
        self.login = login;
        if let Some(news) = news {
            self.checkpoint.merge(news);
        }
    }
}

/// An engine with its reader.
#[derive(Debug)]
pub(in crate::client) struct Running {
    pub(in crate::client) engine: Engine,
    pub(super) login: Login,
    reader: u64,
    /// Whether the reader is gone.
    pub(super) is_left: bool,
    started: Instant,
}

impl Running {
    pub(super) fn new(engine: Engine, login: Login, reader: u64) -> Self {
        Self { engine, login, reader, is_left: false, started: Instant::now() }
    }

    fn now(&self) -> Now {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now { mono: self.started.elapsed(), unix }
    }

    /// When the engine's clock shows a time.
    pub(super) fn at(&self, mono: Duration) -> Option<Instant> {
        self.started.checked_add(mono)
    }
}

impl Hub {
    /// Another reader.
    pub(super) fn reader(&self) -> u64 {
        self.readers.fetch_add(1, Ordering::Relaxed)
    }

    /// The number of the next engine: what one delivered is no delivery of another's.
    pub(super) fn run(&self) -> u64 {
        self.runs.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether a reader has the engine; an error if another one has.
    pub(super) fn is_read_by(&self, reader: u64) -> Result<bool, Error> {
        match &*self.lock() {
            // The one before is on its way out, and its pump tells when it is.
            Some(running) if running.is_left => Ok(true),
            Some(running) if running.reader != reader => Err(Error::AlreadyListening),
            running => Ok(running.is_some()),
        }
    }

    /// An error, once, if the pump of a reader panicked.
    pub(super) fn check(&self, reader: u64) -> Result<(), Error> {
        let panicked = lock(&self.panicked).take_if(|panicked| *panicked == reader);
        panicked.map_or(Ok(()), |_| Err(Error::Panicked))
    }

    /// Begins with an engine, unless there is one. Whether it did: then a pump is to be had, and no second one.
    pub(super) fn start(&self, running: Running) -> bool {
        let mut place = self.lock();
        if place.is_some() {
            return false;
        }
        *place = Some(running);
        self.is_on.store(true, Ordering::Release);
        true
    }

    /// The pump of a reader is gone, and its engine with it.
    pub(super) fn stop(&self, reader: u64, has_panicked: bool) {
        let mut place = self.lock();
        if let Some(running) = place.take_if(|running| running.reader == reader) {
            self.is_on.store(false, Ordering::Release);
            *lock(&self.panicked) = (has_panicked && !running.is_left).then_some(reader);
        }
        drop(place);
        self.for_reader.notify_waiters();
    }

    /// A reader is gone.
    pub(super) fn leave(&self, reader: u64) {
        if let Some(running) = self.lock().as_mut().filter(|running| running.reader == reader) {
            running.is_left = true;
        }
        self.for_pump.notify_one();
    }

    pub(super) fn poll(&self, reader: u64) -> Option<Delivery> {
        let mut running = self.lock();
        let delivery = running.as_mut().filter(|r| r.reader == reader)?.engine.poll_update();
        drop(running);
        if delivery.is_some() {
            // There may be room again.
            self.for_pump.notify_one();
        }
        delivery
    }

    pub(super) fn commit(&self, reader: u64, mark: Mark) {
        if let Some(running) = self.lock().as_mut().filter(|running| running.reader == reader) {
            running.engine.commit(mark);
        }
        self.for_pump.notify_one();
    }

    /// The server sent an update.
    pub(in crate::client) fn push(&self, bytes: &[u8]) {
        self.act(|running, now| running.engine.handle_updates(now, bytes));
    }

    /// Something may have been lost.
    pub(in crate::client) fn missed(&self) {
        self.act(|running, _| running.engine.missed());
    }

    /// The server began a session.
    pub(in crate::client) fn new_session(&self) {
        self.act(|running, now| running.engine.new_session(now));
    }

    /// Whether what a function answers is to be given to [`result`](Self::result).
    pub(in crate::client) fn is_fed_by(&self, function: u32) -> bool {
        self.is_on.load(Ordering::Acquire) && Engine::is_fed_by(function)
    }

    /// A call was answered.
    pub(in crate::client) fn result(&self, call: &[u8], answer: &[u8]) {
        self.act(|running, now| running.engine.handle_result(now, call, answer));
    }

    /// Does something with the engine, if there is one, and has everybody look at what follows.
    pub(super) fn act<T>(&self, act: impl FnOnce(&mut Running, Now) -> T) -> Option<T> {
        if !self.is_on.load(Ordering::Acquire) {
            return None;
        }
        let done = self.lock().as_mut().map(|running| {
            let now = running.now();
            act(running, now)
        });
        self.for_reader.notify_waiters();
        self.for_pump.notify_one();
        done
    }

    /// Looks at the engine, if there is one.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Running) -> T) -> Option<T> {
        self.lock().as_mut().map(look)
    }

    /// As [`with`](Self::with), with the time.
    pub(super) fn with_now<T>(&self, look: impl FnOnce(&mut Running, Now) -> T) -> Option<T> {
        self.with(|running| {
            let now = running.now();
            look(running, now)
        })
    }

    /// Has all kept that was dealt with, in its order, as one batch (UP-83, UP-87).
    pub(in crate::client) async fn save(&self, keeper: &Keeper) -> Result<(), StoreError> {
        let mut unsaved = self.unsaved.lock().await;
        self.with(|running| {
            unsaved.add(running.login.number, running.engine.poll_checkpoint());
        });
        if unsaved.checkpoint.is_empty() {
            return Ok(());
        }
        let change = Change::Updates(Box::new(unsaved.checkpoint.clone()));
        // If another has logged in meanwhile, it is nobody's.
        keeper.keep_updates(unsaved.login, vec![change]).await?;
        unsaved.checkpoint = Checkpoint::default();
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        lock(&self.running)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::updates::{CatchUp, ChannelState, CommonState, Kept};

    fn running(reader: u64) -> Running {
        let engine = Engine::new(None, CatchUp::SinceCommit, Kept::default());
        Running::new(engine, Login::default(), reader)
    }

    #[test]
    fn one_engine_begins_however_many_threads_want_one() {
        for _ in 0..50 {
            let hub = Hub::default();
            let begun = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4)
                    .map(|reader| {
                        scope.spawn({
                            let hub = &hub;
                            move || hub.start(running(reader))
                        })
                    })
                    .collect();
                threads
                    .into_iter()
                    .filter_map(|thread| thread.join().ok())
                    .filter(|begun| *begun)
                    .count()
            });
            assert_eq!(begun, 1);
        }
    }

    #[test]
    fn what_the_store_does_not_take_is_one_batch_of_one_login() {
        let news = |pts| {
            let common = Some(CommonState { pts, ..CommonState::default() });
            Some(Checkpoint { common, ..Checkpoint::default() })
        };
        let channel = |id| {
            let state = Some(ChannelState { pts: 3, is_dirty: false });
            Some(Checkpoint { channels: vec![(id, state)], ..Checkpoint::default() })
        };
        let mut unsaved = Unsaved::default();
        for pts in 1..100 {
            unsaved.add(1, news(pts));
            unsaved.add(1, channel(7));
        }
        unsaved.add(1, None);
        let both = (unsaved.checkpoint.common, unsaved.checkpoint.channels.len());
        assert_eq!(both, (news(99).unwrap().common, 1));
        unsaved.add(2, channel(8));
        assert_eq!((unsaved.login, unsaved.checkpoint.clone()), (2, channel(8).unwrap()));
        unsaved.add(3, None);
        assert!(unsaved.checkpoint.is_empty());
    }

    #[test]
    fn a_pump_that_ends_ends_no_other() {
        let hub = Hub::default();
        let (first, second) = (hub.reader(), hub.reader());
        assert!(hub.start(running(first)));
        hub.stop(second, true);
        assert_eq!(hub.check(second), Ok(()));
        assert_eq!(hub.is_read_by(first), Ok(true));
        assert_eq!(hub.is_read_by(second), Err(Error::AlreadyListening));
        hub.stop(first, false);
        assert_eq!(hub.is_read_by(second), Ok(false));
        assert!(hub.start(running(second)));
        hub.stop(first, true);
        assert_eq!(hub.is_read_by(second), Ok(true));
        assert!(hub.is_on.load(Ordering::Acquire));
        assert_eq!((hub.check(first), hub.check(second)), (Ok(()), Ok(())));
        // A panic is told once, to whom it concerns.
        hub.stop(second, true);
        assert_eq!(hub.check(first), Ok(()));
        assert_eq!((hub.check(second), hub.check(second)), (Err(Error::Panicked), Ok(())));
        assert!(hub.start(running(first)));
        hub.leave(first);
        hub.stop(first, true);
        assert_eq!(hub.check(first), Ok(()));
    }
}
