//! The sessions of a data centre.

use crate::crypto::KeyId;
use crate::ids::SessionId;
use crate::map::IdMap;
use crate::server::session::Session;

/// The sessions. A message is looked up in them several times, so that is one step.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    all: IdMap<(KeyId, SessionId), Session>,
    of_key: IdMap<KeyId, Vec<SessionId>>,
}

impl Sessions {
    pub(super) fn get(&self, place: (KeyId, SessionId)) -> Option<&Session> {
        self.all.get(&place)
    }

    pub(super) fn get_mut(&mut self, place: (KeyId, SessionId)) -> Option<&mut Session> {
        self.all.get_mut(&place)
    }

    /// Which sessions there are.
    pub(super) fn places(&self) -> impl Iterator<Item = (KeyId, SessionId)> {
        self.all.keys().copied()
    }

    /// The sessions of a key.
    pub(super) fn of_key(&self, key: KeyId) -> &[SessionId] {
        self.of_key.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Session> {
        self.all.values_mut()
    }

    /// Adds a session. Of more than `limit` of a key, the one that was used longest ago goes, which is given.
    pub(super) fn add(
        &mut self,
        (key, id): (KeyId, SessionId),
        session: Session,
        limit: usize,
    ) -> Option<Session> {
        let ids = self.of_key.get(&key).map(Vec::as_slice).unwrap_or_default();
        let used = |id: &SessionId| self.all.get(&(key, *id)).map(|session| session.used);
        let oldest = ids.iter().copied().min_by_key(used).filter(|_| ids.len() >= limit);
        let gone = oldest.and_then(|id| self.remove((key, id)));
        self.all.insert((key, id), session);
        self.of_key.entry(key).or_default().push(id);
        gone
    }

    pub(super) fn remove(&mut self, (key, session): (KeyId, SessionId)) -> Option<Session> {
        if let Some(ids) = self.of_key.get_mut(&key) {
            ids.retain(|id| *id != session);
            if ids.is_empty() {
                self.of_key.remove(&key);
            }
        }
        self.all.remove(&(key, session))
    }

    /// Removes the sessions of a key.
    pub(super) fn remove_key(&mut self, key: KeyId) -> Vec<Session> {
        let ids = self.of_key.remove(&key).unwrap_or_default();
        ids.into_iter().filter_map(|id| self.all.remove(&(key, id))).collect()
    }

    /// Removes all; whether there were any.
    pub(super) fn clear(&mut self) -> bool {
        let is_any = !self.all.is_empty();
        self.all.clear();
        self.of_key.clear();
        is_any
    }
}
