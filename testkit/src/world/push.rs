//! What nobody asked for: it waits here for whoever drives the data centres, so that a method needs no lock but the world's.

use std::fmt;
use std::sync::Arc;

use telewire::crypto::KeyId;
use telewire::ids::{DcId, SessionId};
use telewire::tl::api::enums::Updates;

use crate::world::{Key, State, Viewer};

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
}

/// Who is told that something waits.
#[derive(Clone, Default)]
pub(crate) struct Wake(Option<Arc<dyn Fn() + Send + Sync>>);

/// What waits at most, if nobody hands it over: of a group of a thousand, some messages. The oldest goes; clients find the gap.
pub(super) const MAX_QUEUED: usize = 16_384;

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
        let to: Vec<_> = self.auth.logins_of(user).collect();
        for (key, login) in to {
            let (Some(session), true) = (login.session, key.dc == home && Some(key) != except)
            else {
                continue;
            };
            let updates = tell(self, Viewer { user, by: login.by });
            self.push_to(key, Some(session), updates);
        }
    }

    /// Tells one key.
    pub(crate) fn push_to(&mut self, to: Key, session: Option<SessionId>, updates: Updates) {
        if self.pushes.len() >= MAX_QUEUED {
            self.pushes.pop_front();
        }
        self.pushes.push_back(Queued { to, session, updates });
    }

    /// What waits in a data centre.
    pub(crate) fn take_pushes(&mut self, dc: DcId) -> Vec<Push> {
        let mut here = Vec::new();
        let all = std::mem::take(&mut self.pushes);
        for queued in all {
            if queued.to.dc == dc {
                let Queued { to, session, updates } = queued;
                here.push(Push { key: to.key, session, updates });
            } else {
                self.pushes.push_back(queued);
            }
        }
        here
    }
}
