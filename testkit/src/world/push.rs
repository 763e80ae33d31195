//! What nobody asked for: it waits here for whoever drives the data centres, so that a method needs no lock but the world's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use telewire::crypto::KeyId;
use telewire::ids::{DcId, SessionId};
use telewire::tl::api::enums::Updates;
use telewire::tl::api::types;

use crate::accounts::Login;
use crate::world::{Key, State, Viewer, habits};

/// What waits for a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// The permanent key that the client has.
    pub key: KeyId,
    /// The session; without one that of the key's which was used last.
    pub session: Option<SessionId>,
    /// What it is told.
    pub updates: Updates,
}

/// The same, and where.
#[derive(Debug, Clone)]
pub(crate) struct Queued {
    pub(crate) to: Key,
    pub(crate) session: Option<SessionId>,
    pub(crate) updates: Updates,
    /// When it is handed over.
    pub(crate) due: Duration,
}

/// Who is told that something waits.
#[derive(Clone, Default)]
pub(crate) struct Wake(Option<Arc<dyn Fn() + Send + Sync>>);

/// What waits at most, if nobody hands it over: of a group of a thousand, some messages. The oldest goes; clients find the gap.
pub(super) const MAX_QUEUED: usize = 16_384;

/// Updates of one container, beyond which no other joins it: what waits is bounded by their number too.
pub(super) const MAX_JOINED: usize = 100;

impl Wake {
    pub(crate) fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(wake)))
    }

    pub(crate) fn call(&self) {
        if let Some(wake) = &self.0 {
            wake();
        }
    }
}

impl fmt::Debug for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wake")
    }
}

impl State {
    /// Tells every login of an account but `except`, each in its own words, since access hashes differ (UM-10). UM-09: it goes to
    /// the login's last active session, and none goes to a login whose calls all said `invokeWithoutUpdates`. Logins that were
    /// carried to other data centres get none.
    pub(crate) fn push(
        &mut self,
        user: i64,
        except: Option<Key>,
        tell: impl Fn(&Self, Viewer) -> Updates,
    ) {
        let Some(home) = self.people.user(user).map(|user| user.home) else { return };
        let logins = self.auth.logins_of(user);
        let to = logins.filter(|(key, _)| key.dc == home && Some(*key) != except);
        let mut to: Vec<_> =
            to.filter_map(|(key, login)| Some((key, login, login.session?))).collect();
        if self.is_bot(user) {
            to = self.one_of(&to).into_iter().collect();
        }
        let (short, numbered) = (self.habits.short, self.habits.numbered);
        let (is_short, is_numbered) = (self.chance(short), self.chance(numbered));
        for (key, login, session) in to {
            let updates = tell(self, Viewer { user, by: login.by });
            let short = if is_short { habits::short(&updates) } else { None };
            let updates = short.unwrap_or(updates);
            match updates {
                Updates::Updates(container) if is_numbered => {
                    self.push_numbered(key, session, *container);
                }
                updates => self.push_to(key, Some(session), updates),
            }
        }
    }

    /// UM-09: what a bot is told goes to one of its sessions alone.
    fn one_of(&mut self, to: &[(Key, Login, SessionId)]) -> Option<(Key, Login, SessionId)> {
        let sessions = |key: &Key| self.auth.sessions.get(key).into_iter().flatten().copied();
        let all =
            to.iter().flat_map(|(key, login, _)| sessions(key).map(|one| (*key, *login, one)));
        let all: Vec<_> = all.collect();
        match all.as_slice() {
            [] => None,
            [one] => Some(*one),
            all => {
                let drawn = usize::try_from(u32::from_le_bytes(self.random())).unwrap_or(0);
                all.get(drawn.checked_rem(all.len()).unwrap_or(0)).copied()
            }
        }
    }

    /// UM-08: a container with the next number of a login; it may join the one before it.
    fn push_numbered(&mut self, to: Key, session: SessionId, mut container: types::Updates) {
        let Some(login) = self.auth.logins.get_mut(&to) else { return };
        login.seq = login.seq.saturating_add(1);
        container.seq = login.seq;
        let combined = self.habits.combined;
        if self.chance(combined) {
            let before = self.pushes.iter_mut().rev().find(|other| other.to == to);
            if let Some(before) = before
                && before.session == Some(session)
                && habits::combine(&mut before.updates, &container)
            {
                return;
            }
        }
        self.push_to(to, Some(session), container.into());
    }

    /// Tells one key.
    pub(crate) fn push_to(&mut self, to: Key, session: Option<SessionId>, updates: Updates) {
        self.enqueue(Queued { to, session, updates, due: self.clock });
    }

    /// Puts it at the end of what waits.
    pub(super) fn append(&mut self, queued: Queued) {
        self.wait_at(self.pushes.len(), queued);
    }

    /// Puts it at a place of what waits: the one way in, so that no more than [`MAX_QUEUED`] wait.
    pub(super) fn wait_at(&mut self, place: usize, queued: Queued) {
        let is_full = self.pushes.len() >= MAX_QUEUED;
        if is_full {
            self.pushes.pop_front();
        }
        let place = if is_full { place.saturating_sub(1) } else { place };
        self.pushes.insert(place.min(self.pushes.len()), queued);
    }

    /// When there is something to do again, if nobody calls.
    pub(crate) fn next_at(&self) -> Option<Duration> {
        let late = self.pushes.iter().map(|queued| queued.due).filter(|due| *due > self.clock);
        late.chain(self.next_by_date().map(Duration::from_secs)).min()
    }

    /// When something is sent, or goes, by itself.
    fn next_by_date(&self) -> Option<u64> {
        let scheduled = self.due.first().map(|(date, ..)| *date);
        let ends = self.lifetimes.next().map(|(date, _)| date);
        scheduled.into_iter().chain(ends).filter_map(|date| u64::try_from(date).ok()).min()
    }

    /// Whether nobody has to be told anything, now or later.
    pub(super) fn is_idle(&self) -> bool {
        let nothing_waits = self.pushes.is_empty() && self.queries.answers.is_empty();
        nothing_waits && self.due.is_empty() && self.lifetimes.next().is_none()
    }

    /// What waits in a data centre.
    pub(crate) fn take_pushes(&mut self, dc: DcId) -> Vec<Push> {
        let mut here = Vec::new();
        let all = std::mem::take(&mut self.pushes);
        for queued in all {
            if queued.to.dc == dc && queued.due <= self.clock {
                let Queued { to, session, updates, .. } = queued;
                self.counts.told = self.counts.told.saturating_add(1);
                here.push(Push { key: to.key, session, updates });
            } else {
                self.pushes.push_back(queued);
            }
        }
        here
    }
}
