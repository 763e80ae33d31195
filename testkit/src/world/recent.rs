//! A map that keeps what came last: what clients may add to without end has an end.

use std::collections::BTreeMap;

/// What is kept by keys, of which there are `MAX` at most: for another the oldest goes.
#[derive(Debug, Clone)]
pub(crate) struct Recent<K, V, const MAX: usize> {
    values: BTreeMap<K, (u64, V)>,
    order: BTreeMap<u64, K>,
    given: u64,
}

impl<K, V, const MAX: usize> Default for Recent<K, V, MAX> {
    fn default() -> Self {
        Self { values: BTreeMap::new(), order: BTreeMap::new(), given: 0 }
    }
}

impl<K: Ord + Copy, V, const MAX: usize> Recent<K, V, MAX> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.values.get(key).map(|(_, value)| value)
    }

    /// Keeps a value in the place of the key's last one, as the newest.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.remove(&key);
        while self.values.len() >= MAX {
            let Some((_, oldest)) = self.order.pop_first() else { break };
            self.values.remove(&oldest);
        }
        self.given = self.given.wrapping_add(1);
        self.order.insert(self.given, key);
        self.values.insert(key, (self.given, value));
    }

    /// Forgets those of which it is not said that they stay.
    pub(crate) fn retain(&mut self, stays: impl Fn(&V) -> bool) {
        self.values.retain(|_, (_, value)| stays(value));
        self.order.retain(|_, key| self.values.contains_key(key));
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let (given, value) = self.values.remove(key)?;
        self.order.remove(&given);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_and_what_is_said_again_is_new() {
        let mut recent: Recent<i32, &str, 3> = Recent::default();
        for (key, value) in [(1, "a"), (2, "b"), (3, "c"), (1, "d"), (4, "e")] {
            recent.insert(key, value);
        }
        let all: Vec<_> = (1..=4).map(|key| recent.get(&key).copied()).collect();
        assert_eq!(all, [Some("d"), None, Some("c"), Some("e")]);
        assert_eq!((recent.remove(&3), recent.remove(&3)), (Some("c"), None));
        recent.insert(5, "f");
        recent.insert(6, "g");
        assert_eq!((recent.get(&1), recent.get(&4)), (None, Some(&"e")));
        recent.retain(|value| *value != "f");
        assert_eq!((recent.get(&5), recent.get(&6)), (None, Some(&"g")));
        assert_eq!((recent.values.len(), recent.order.len()), (2, 2));
    }
}
