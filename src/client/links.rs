//! The connections of a client, and how it stands by them. Both change under one lock: only the connection in its place tells the
//! client's state, and whoever ends the client has them all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;

use crate::client::error::Error;
use crate::client::keeper::keys_of;
use crate::client::link::Link;
use crate::client::policy::Role;
use crate::client::runtime::{self, Here};
use crate::client::state::State;
use crate::ids::DcId;
use crate::map::IdMap;

/// Where a connection goes, and what it is for. There is one for each.
pub(super) type Place = (DcId, Role);

/// The connections of a client.
#[derive(Debug)]
pub(super) struct Links {
    table: Mutex<Table>,
    states: watch::Sender<State>,
    /// How many are being closed, by whomever: who ends the client waits for all of them.
    closing: Arc<watch::Sender<usize>>,
}

#[derive(Debug, Default)]
struct Table {
    /// Some may be over.
    links: IdMap<Place, Arc<Link>>,
    /// Those that are in no place any more. They end with the calls that are under way.
    replaced: Vec<Weak<Link>>,
    /// Whether the client has, as its state says: to be looked at for each call.
    has_ended: bool,
}

impl Links {
    pub(super) fn new() -> Self {
        let closing = Arc::new(watch::Sender::new(0));
        Self { table: Mutex::default(), states: watch::Sender::new(State::Idle), closing }
    }

    pub(super) fn states(&self) -> watch::Receiver<State> {
        self.states.subscribe()
    }

    /// An error, once the client has ended.
    pub(super) fn check(&self) -> Result<(), Error> {
        match &*self.states.borrow() {
            State::Stopped(reason) => Err(Error::Stopped(reason.clone())),
            State::Closed => Err(Error::Closed),
            _ => Ok(()),
        }
    }

    /// The connection of a place, if calls can be made at once from here. A client that has ended has none.
    pub(super) fn ready(&self, place: Place, here: Here) -> Option<Arc<Link>> {
        let table = self.table();
        let serves = |link: &&Arc<Link>| link.is_ready() && link.runtime.serves(here);
        table.links.get(&place).filter(|_| !table.has_ended).filter(serves).cloned()
    }

    /// The connection of a place, and true. Or the one that makes the data centre's key, which all connections to it use. If there
    /// is neither, one is opened.
    pub(super) fn begin(
        &self,
        place: Place,
        here: Here,
        has_key: impl FnOnce() -> bool,
        open: impl FnOnce() -> Result<Arc<Link>, Error>,
    ) -> Result<(Arc<Link>, bool), Error> {
        let mut table = self.table();
        self.check()?;
        let is_usable = |link: &Arc<Link>| link.is_usable() && link.runtime.serves(here);
        if let Some(link) = table.links.get(&place).filter(|link| is_usable(link)) {
            return Ok((link.clone(), true));
        }
        if !has_key() {
            let is_maker = |(of, link): &(&Place, &Arc<Link>)| {
                of.0 == place.0 && link.is_making() && is_usable(link)
            };
            if let Some((_, link)) = table.links.iter().find(is_maker) {
                return Ok((link.clone(), false));
            }
        }
        let link = open()?;
        table.take_out(place);
        table.links.insert(place, link.clone());
        Ok((link, true))
    }

    /// Takes connections out of their places: others will be opened for them.
    pub(super) fn replace(&self, places: &[Place]) {
        let mut table = self.table();
        for place in places {
            if table.take_out(*place) {
                self.set(State::Idle);
            }
        }
    }

    /// Takes all connections to a data centre out of their places.
    pub(super) fn leave(&self, dc: DcId) {
        let table = self.table();
        let places: Vec<Place> =
            table.links.keys().filter(|(of, _)| keys_of(*of) == dc).copied().collect();
        drop(table);
        self.replace(&places);
    }

    /// A connection tells the client's state. It counts while that is in its place.
    pub(super) fn tell(&self, place: Place, by: &Weak<Link>, state: State) {
        let mut table = self.table();
        let is_current = |link: &Arc<Link>| Arc::as_ptr(link) == by.as_ptr();
        if !table.links.get(&place).is_some_and(is_current) || !self.set(state) {
            return;
        }
        if self.check().is_err() {
            table.has_ended = true;
            self.close(table.take_all());
        }
    }

    /// Says the last word, unless it was said, and closes every connection. What has stopped may still be closed.
    pub(super) async fn end(&self, last: State) {
        {
            let mut table = self.table();
            table.has_ended = true;
            self.states.send_if_modified(|state| {
                let is_new = match state {
                    State::Closed => false,
                    State::Stopped(_) => last == State::Closed,
                    _ => true,
                };
                if is_new {
                    *state = last;
                }
                is_new
            });
            self.close(table.take_all());
        }
        self.closed().await;
    }

    /// Closes every connection. Others may be opened later, after a stop too: somebody logs in again.
    pub(super) async fn begin_anew(&self) {
        {
            let mut table = self.table();
            self.states.send_if_modified(|state| {
                let is_new = !matches!(state, State::Closed | State::Idle);
                if is_new {
                    *state = State::Idle;
                }
                is_new
            });
            table.has_ended = self.check().is_err();
            self.close(table.take_all());
        }
        self.closed().await;
    }

    /// Closes connections, all at once, in tasks of their own: nobody has to wait for it to happen.
    fn close(&self, links: Vec<Arc<Link>>) {
        if runtime::here().is_err() {
            // Without their handles they close by themselves, if somebody moves them.
            return drop(links);
        }
        for link in links {
            let closing = Closing::new(&self.closing);
            tokio::spawn(async move {
                link.close().await;
                drop(closing);
            });
        }
    }

    /// Waits until none is being closed.
    async fn closed(&self) {
        // The sender is here.
        let _ = self.closing.subscribe().wait_for(|closing| *closing == 0).await;
    }

    /// Tells a state, unless the client has ended; whether it is another than before.
    fn set(&self, state: State) -> bool {
        self.states.send_if_modified(|old| {
            let is_new = !matches!(old, State::Stopped(_) | State::Closed) && *old != state;
            if is_new {
                *old = state;
            }
            is_new
        })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Takes a connection out of its place; whether it told the client's state.
    fn take_out(&mut self, place: Place) -> bool {
        let Some(link) = self.links.remove(&place) else { return false };
        self.replaced.retain(|link| link.strong_count() > 0);
        self.replaced.push(Arc::downgrade(&link));
        link.is_main
    }

    fn take_all(&mut self) -> Vec<Arc<Link>> {
        let replaced = std::mem::take(&mut self.replaced);
        let replaced = replaced.into_iter().filter_map(|link| link.upgrade());
        self.links.drain().map(|(_, link)| link).chain(replaced).collect()
    }
}

/// A connection that is being closed, until this is dropped.
struct Closing(Arc<watch::Sender<usize>>);

impl Closing {
    fn new(count: &Arc<watch::Sender<usize>>) -> Self {
        count.send_modify(|closing| *closing += 1);
        Self(count.clone())
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.send_modify(|closing| *closing -= 1);
    }
}
