//! The data centre that the tasks of all links share.

use std::net::IpAddr;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::map::IdMap;
use crate::net::clock::Clock;
use crate::server::{DataCentre, LinkId};
use crate::time::Now;

/// The data centre of a [`Server`](crate::net::Server), to look at or to change while it runs.
#[derive(Debug, Clone)]
pub struct SharedDc(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    inner: Mutex<Inner>,
    clock: Clock,
    /// Whoever keeps the time is told here that it is another.
    timed: Notify,
}

#[derive(Debug)]
struct Inner {
    dc: DataCentre,
    /// Where the task of each link waits.
    links: IdMap<LinkId, Arc<Notify>>,
    /// The time for which the timer was set.
    timer: Option<Duration>,
}

/// A data centre that nobody else has at this moment. What it is to send goes out when this is dropped.
#[derive(Debug)]
pub struct DcGuard<'a> {
    inner: MutexGuard<'a, Inner>,
    timed: &'a Notify,
}

impl SharedDc {
    pub(super) fn new(dc: DataCentre) -> Self {
        let inner = Inner { dc, links: IdMap::default(), timer: None };
        Self(Arc::new(Shared {
            inner: Mutex::new(inner),
            clock: Clock::start(),
            timed: Notify::new(),
        }))
    }

    /// Locks the data centre. Its links wait until the guard is dropped, so drop it soon, and before any await.
    ///
    /// A handler of the user's that panicked leaves it usable.
    #[must_use]
    pub fn lock(&self) -> DcGuard<'_> {
        let inner = self.0.inner.lock().unwrap_or_else(PoisonError::into_inner);
        DcGuard { inner, timed: &self.0.timed }
    }

    /// This moment, by the data centre's clock.
    #[must_use]
    pub fn now(&self) -> Now {
        self.0.clock.now()
    }

    /// There is a link. Its task is to wait there for something to send.
    pub(super) fn open(&self, peer: Option<IpAddr>) -> (LinkId, Arc<Notify>) {
        let woken = Arc::new(Notify::new());
        let mut guard = self.lock();
        let link = match peer {
            Some(peer) => guard.handle_connected_from(peer),
            None => guard.handle_connected(),
        };
        guard.inner.links.insert(link, woken.clone());
        (link, woken)
    }

    pub(super) fn close(&self, link: LinkId) {
        let mut guard = self.lock();
        guard.inner.links.remove(&link);
        guard.handle_disconnected(link);
    }

    /// When something is due, for which the timer is set now.
    pub(super) fn due(&self) -> Option<Instant> {
        let mut guard = self.lock();
        guard.inner.timer = guard.poll_timeout();
        guard.inner.timer.map(|mono| self.0.clock.instant(mono))
    }

    /// Ends when the timer has to be set again.
    pub(super) async fn timed(&self) {
        self.0.timed.notified().await;
    }
}

impl Deref for DcGuard<'_> {
    type Target = DataCentre;

    fn deref(&self) -> &DataCentre {
        &self.inner.dc
    }
}

impl DerefMut for DcGuard<'_> {
    fn deref_mut(&mut self) -> &mut DataCentre {
        &mut self.inner.dc
    }
}

impl Drop for DcGuard<'_> {
    fn drop(&mut self) {
        let Inner { dc, links, timer } = &mut *self.inner;
        while let Some(link) = dc.poll_ready() {
            if let Some(woken) = links.get(&link) {
                woken.notify_one();
            }
        }
        if dc.poll_timeout() != *timer {
            self.timed.notify_one();
        }
    }
}
