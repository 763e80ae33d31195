//! The sessions of a data centre.

use crate::crypto::KeyId;
use crate::ids::SessionId;
use crate::map::IdMap;
use crate::server::session::Session;

/// The sessions, by key.
#[derive(Debug, Default)]
pub(super) struct Sessions(IdMap<KeyId, IdMap<SessionId, Session>>);

impl Sessions {
    pub(super) fn get(&self, (key, session): (KeyId, SessionId)) -> Option<&Session> {
        self.0.get(&key)?.get(&session)
    }

    pub(super) fn get_mut(&mut self, (key, session): (KeyId, SessionId)) -> Option<&mut Session> {
        self.0.get_mut(&key)?.get_mut(&session)
    }

    /// Which sessions there are.
    pub(super) fn places(&self) -> impl Iterator<Item = (KeyId, SessionId)> {
        self.0.iter().flat_map(|(key, sessions)| sessions.keys().map(|session| (*key, *session)))
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Session> {
        self.0.values_mut().flat_map(IdMap::values_mut)
    }

    /// Adds a session. Of more than `limit` of a key, the one that was used longest ago goes, which is given.
    pub(super) fn add(
        &mut self,
        (key, id): (KeyId, SessionId),
        session: Session,
        limit: usize,
    ) -> Option<Session> {
        let sessions = self.0.entry(key).or_default();
        let oldest = sessions.iter().min_by_key(|(_, session)| session.used).map(|(id, _)| *id);
        let gone = oldest.filter(|_| sessions.len() >= limit).and_then(|id| sessions.remove(&id));
        sessions.insert(id, session);
        gone
    }

    pub(super) fn remove(&mut self, (key, session): (KeyId, SessionId)) -> Option<Session> {
        self.0.get_mut(&key)?.remove(&session)
    }

    /// Removes the sessions of a key.
    pub(super) fn remove_key(&mut self, key: KeyId) -> impl Iterator<Item = Session> {
        self.0.remove(&key).unwrap_or_default().into_values()
    }

    /// Removes all; whether there were any.
    pub(super) fn clear(&mut self) -> bool {
        let is_any = self.0.values().any(|sessions| !sessions.is_empty());
        self.0.clear();
        is_any
    }
}
