//! The engine that a client's parts share.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio::time::Instant;

use crate::client::error::Error;
use crate::client::keeper::Keeper;
use crate::client::store::{Change, StoreError};
use crate::client::updates::parts::Parts;
use crate::time::Now;
use crate::updates::{Account, Checkpoint, Delivery, Engine, Mark};

/// Where everything about updates meets. Without a reader there is no engine, and what comes is nobody's.
#[derive(Debug, Default)]
pub(in crate::client) struct Hub {
    running: Mutex<Option<Running>>,
    /// The reader whose engine or pump panicked, until that is told. To begin another one in silence would be to do so for ever.
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
    /// What has to be kept with it, or not at all.
    with: Vec<Change>,
}

impl Unsaved {
    /// As one batch.
    fn changes(&self) -> Vec<Change> {
        let updates = Change::Updates(Box::new(self.checkpoint.clone()));
        let updates = (!self.checkpoint.is_empty()).then_some(updates);
        updates.into_iter().chain(self.with.iter().cloned()).collect()
    }

    fn kept(&mut self) {
        self.checkpoint = Checkpoint::default();
        self.with.clear();
    }

    /// Adds what a login has to keep. What is left of another one's is nobody's.
    fn add(&mut self, login: u64, news: Option<Checkpoint>) {
        if self.login != login {
            self.kept();
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
    /// Those who read, if the stream was split.
    parts: Parts,
    /// What is committed with the batch of who has taken it, whatever its reader says.
    held: HashSet<Mark>,
    /// Which of the engines it is.
    run: u64,
    /// Whether the reader is gone.
    pub(super) is_left: bool,
    started: Instant,
}

impl Running {
    pub(super) fn new(engine: Engine, login: Login, reader: u64) -> Self {
        Self {
            engine,
            login,
            reader,
            parts: Parts::of([0]),
            held: HashSet::new(),
            run: 0,
            is_left: false,
            started: Instant::now(),
        }
    }

    /// Of a run, for the parts of its reader.
    pub(super) fn of_run(self, run: u64, parts: Parts) -> Self {
        Self { run, parts, engine: self.engine.of_run(run), ..self }
    }

    /// Commits what every part has dealt with, and who has taken it.
    fn commit_if_done(&mut self, mark: Mark) {
        if self.parts.is_done(mark) && !self.held.contains(&mark) {
            self.engine.commit(mark);
        }
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

    /// The pump of a run is gone, and its engine with it.
    pub(super) fn stop(&self, run: u64, has_panicked: bool) {
        let mut place = self.lock();
        if let Some(running) = place.take_if(|running| running.run == run) {
            self.is_on.store(false, Ordering::Release);
            let is_told = has_panicked && !running.is_left;
            *lock(&self.panicked) = is_told.then_some(running.reader);
        }
        drop(place);
        self.for_reader.notify_waiters();
        self.for_pump.notify_one();
    }

    /// A reader is gone.
    pub(super) fn leave(&self, reader: u64) {
        if let Some(running) = self.lock().as_mut().filter(|running| running.reader == reader) {
            running.is_left = true;
        }
        self.for_pump.notify_one();
    }

    /// What comes next for a part of a reader.
    pub(super) fn poll(&self, reader: u64, part: u32) -> Option<Delivery> {
        let delivery = self.of(reader, |running| {
            let Running { parts, engine, .. } = running;
            parts.poll(part, engine)
        })??;
        // There may be room again, in the engine and for the fastest part.
        self.for_pump.notify_one();
        self.for_reader.notify_waiters();
        Some(delivery)
    }

    /// A part of a reader has dealt with something.
    pub(super) fn commit(&self, reader: u64, part: u32, mark: Mark) {
        self.of(reader, |running| {
            running.parts.commit(part, mark);
            running.commit_if_done(mark);
        });
        self.for_pump.notify_one();
    }

    /// Another part of a reader, which goes on where one is.
    pub(super) fn share(&self, reader: u64, of: u32, with: u32) {
        self.of(reader, |running| running.parts.share(of, with));
    }

    /// A part of a reader is gone, and waits for nothing.
    pub(super) fn leave_part(&self, reader: u64, part: u32) {
        self.of(reader, |running| {
            for mark in running.parts.leave(part) {
                running.commit_if_done(mark);
            }
        });
        self.for_pump.notify_one();
        self.for_reader.notify_waiters();
    }

    /// Whoever has taken an update commits it, with a batch of its own: see [`save_with`](Self::save_with). Until then nobody does.
    #[cfg(any(feature = "secret", test))]
    pub(in crate::client) fn hold(&self, mark: Mark) {
        self.with(|running| running.held.insert(mark));
    }

    fn of<T>(&self, reader: u64, act: impl FnOnce(&mut Running) -> T) -> Option<T> {
        self.with(|running| (running.reader == reader).then(|| act(running))).flatten()
    }

    /// Whether an engine is that of a run.
    pub(super) fn is_of_run(&self, run: u64) -> bool {
        self.lock().as_ref().is_some_and(|running| running.run == run)
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
        let done = self.with_now(act);
        self.for_reader.notify_waiters();
        self.for_pump.notify_one();
        done
    }

    /// Looks at the engine, if there is one: the one way to it. If it panics it is gone, and its reader is told
    /// ([`check`](Self::check)); whoever called, which may be a link or a call of somebody's, has nothing to do with it and lives.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Running) -> T) -> Option<T> {
        let mut place = self.lock();
        let running = place.as_mut()?;
        let (run, looked) = (running.run, catch_unwind(AssertUnwindSafe(|| look(running))));
        drop(place);
        if looked.is_err() {
            self.stop(run, true);
        }
        looked.ok()
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
        let changes = unsaved.changes();
        if changes.is_empty() {
            return Ok(());
        }
        // If another has logged in meanwhile, it is nobody's.
        keeper.keep_updates(unsaved.login, changes).await?;
        self.kept(&mut unsaved);
        Ok(())
    }

    /// Commits updates that somebody [has taken](Self::hold), and has that kept with what that came to, as one batch: neither of both is
    /// ever in the store without the other. If the store fails, whoever saves next, here or with `save`, tries all of it again; give the
    /// same changes then, and what follows them. Whether the login is still there that it is of.
    #[cfg(feature = "secret")]
    pub(in crate::client) async fn save_with(
        &self,
        keeper: &Keeper,
        login: u64,
        marks: &[Mark],
        with: Vec<Change>,
    ) -> Result<bool, StoreError> {
        let mut unsaved = self.unsaved.lock().await;
        let is_same = self.with(|running| {
            let is_same = running.login.number == login;
            if is_same {
                for mark in marks {
                    running.held.remove(mark);
                    running.commit_if_done(*mark);
                }
                unsaved.add(login, running.engine.poll_checkpoint());
            }
            is_same
        });
        if is_same == Some(false) {
            // One of both has not heard yet that another login has begun.
            return if with.is_empty() { Ok(true) } else { keeper.keep_updates(login, with).await };
        }
        unsaved.add(login, None);
        unsaved.with = with;
        let changes = unsaved.changes();
        let is_there = changes.is_empty() || keeper.keep_updates(login, changes).await?;
        self.kept(&mut unsaved);
        Ok(is_there)
    }

    /// All that was to be kept is.
    fn kept(&self, unsaved: &mut Unsaved) {
        unsaved.kept();
        self.with(|running| {
            if running.login.number == unsaved.login {
                running.engine.checkpoint_kept();
            }
        });
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
    use crate::tl::Serialize;
    use crate::tl::api::{enums, types};
    use crate::updates::{CatchUp, ChannelState, CommonState, Kept};

    fn running(reader: u64) -> Running {
        let engine = Engine::new(None, CatchUp::SinceCommit, Kept::default());
        Running::new(engine, Login::default(), reader).of_run(reader, Parts::of([0]))
    }

    /// What is counted by `qts`.
    fn push(engine: &mut Engine, now: Now, qts: i32) {
        let update = types::UpdateBotStopped { user_id: 1, date: 1, stopped: true, qts };
        let short = types::UpdateShort { update: update.into(), date: 600 };
        engine.handle_updates(now, &enums::Updates::from(short).to_bytes());
    }

    #[test]
    fn whatever_panics_in_the_engine_is_told_to_its_reader_and_to_nobody_else() {
        let ways: [fn(&Hub, u64); 4] = [
            |hub, _| {
                let _: Option<()> = hub.act(|_, _| panic!("in a push of the link's"));
            },
            |hub, _| {
                let _: Option<()> = hub.with_now(|_, _| panic!("in the pump"));
            },
            |hub, reader| {
                let _: Option<()> = hub.of(reader, |_| panic!("in a poll of the reader's"));
            },
            |hub, _| {
                let _: Option<()> = hub.with(|_| panic!("in a name of a peer's"));
            },
        ];
        for way in ways {
            let hub = Hub::default();
            let (first, second) = (hub.reader(), hub.reader());
            assert!(hub.start(running(first)));
            way(&hub, first);
            // There is none any more, and whoever pushes and calls goes on.
            assert!(!hub.is_of_run(first) && !hub.is_fed_by(0));
            hub.push(&[1, 2, 3]);
            assert_eq!(hub.check(second), Ok(()));
            assert_eq!((hub.check(first), hub.check(first)), (Err(Error::Panicked), Ok(())));
            // The pump of before ends none that begins before it has heard.
            assert!(hub.start(running(first).of_run(7, Parts::of([0]))));
            hub.stop(first, false);
            assert!(hub.is_of_run(7));
            assert_eq!(hub.check(first), Ok(()));
        }
    }

    #[test]
    fn what_somebody_has_taken_is_committed_by_nobody_else() {
        let hub = Hub::default();
        let common = Some(CommonState { pts: 1, qts: 10, date: 500, seq: 0 });
        let account = Some(crate::updates::Account { id: Some(1), is_bot: true });
        let kept = Kept { common, ..Kept::default() };
        let engine = Engine::new(account, CatchUp::SinceCommit, kept);
        assert!(hub.start(Running::new(engine, Login::default(), 0)));
        let qts = || {
            let news = hub.with(|running| running.engine.poll_checkpoint()).unwrap();
            news.and_then(|news| news.common).map(|common| common.qts)
        };
        hub.act(|running, now| (11..=13).for_each(|qts| push(&mut running.engine, now, qts)));
        let marks: Vec<Mark> = (0..3).map(|_| hub.poll(0, 0).unwrap().mark).collect();
        hub.hold(marks[1]);
        for mark in &marks {
            hub.commit(0, 0, *mark);
        }
        assert_eq!(qts(), Some(11));
        hub.with(|running| {
            running.held.remove(&marks[1]);
            running.commit_if_done(marks[1]);
        });
        assert_eq!(qts(), Some(13));
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
