//! [CDNs](https://core.telegram.org/cdn): data centres of somebody else's, which have encrypted copies of public files and know of no
//! account. What they say is never believed beyond the call that it answers (FI-58).

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::client::builder::Device;
use crate::client::core::Inner;
use crate::client::error::Error;
use crate::client::invoke::Course;
use crate::crypto::RsaPublicKey;
use crate::ids::{CDN_NUMBERS, DcId};
use crate::tl::api::functions::help::GetCdnConfig;

/// Whether a data centre is a CDN's: none is that of an account.
pub(super) fn is_cdn(dc: DcId) -> bool {
    CDN_NUMBERS.contains(&dc.number.into())
}

/// FI-57: the keys of CDNs, as the account's data centre tells them. Each serves the handshake with its own data centre alone.
#[derive(Debug, Default)]
pub(super) struct CdnKeys(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    keys: HashMap<u16, Vec<RsaPublicKey>>,
    /// When they were asked for.
    asked: VecDeque<Instant>,
}

/// FI-57: how often the keys are asked for at most: so many times within so long. A CDN whose keys do not fit could have a client ask for
/// ever.
const ASKED: [(usize, Duration); 3] =
    [(1, Duration::from_secs(1)), (2, Duration::from_secs(60)), (3, Duration::from_secs(120))];

impl CdnKeys {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// FI-57: never those of the other data centres, and never these for another one.
    pub(super) fn of(&self, dc: DcId) -> Vec<RsaPublicKey> {
        self.known().keys.get(&dc.number).cloned().unwrap_or_default()
    }

    /// No fingerprint fits: they are to be asked for again.
    pub(super) fn forget(&self, dc: DcId) {
        self.known().keys.remove(&dc.number);
    }

    fn keep(&self, all: impl IntoIterator<Item = (u16, RsaPublicKey)>) {
        let mut known = self.known();
        known.keys.clear();
        for (dc, key) in all {
            known.keys.entry(dc).or_default().push(key);
        }
    }

    /// Notes that they are asked for, unless that was too often.
    fn may_ask(&self, now: Instant) -> bool {
        let mut known = self.known();
        let may = ASKED.iter().all(|(times, within)| {
            let recent = known.asked.iter().filter(|at| now.duration_since(**at) < *within);
            recent.count() < *times
        });
        if may {
            known.asked.push_back(now);
            if known.asked.len() > ASKED.len() {
                known.asked.pop_front();
            }
        }
        may
    }
}

impl Inner {
    /// FI-57: asks for the keys of CDNs, if none is known of this one.
    pub(super) async fn know_cdn(
        self: &Arc<Self>,
        dc: DcId,
        course: &Course<'_>,
    ) -> Result<(), Error> {
        if self.cdn.known().keys.contains_key(&dc.number) {
            return Ok(());
        }
        let unknown = Error::UnknownDc { number: dc.number.into() };
        if !self.cdn.may_ask(Instant::now()) {
            return Err(unknown);
        }
        let config = self.ask(self.home(), &GetCdnConfig, course).await?.0;
        let keys = config.public_keys.iter().filter_map(|key| {
            let number = u16::try_from(key.dc_id).ok()?;
            Some((number, RsaPublicKey::from_pem(&key.public_key).ok()?))
        });
        self.cdn.keep(keys);
        match self.cdn.of(dc).is_empty() {
            true => Err(unknown),
            false => Ok(()),
        }
    }
}

/// FI-58: what a CDN is told of the device: nothing.
pub(super) fn nobody() -> Device {
    let nothing = || "n/a".to_owned();
    Device {
        model: nothing(),
        system: nothing(),
        app_version: nothing(),
        language: "en".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn fi_57_keys_are_asked_for_once_a_second_twice_a_minute_and_thrice_in_two() {
        let keys = CdnKeys::default();
        let start = Instant::now();
        let mut asked = Vec::new();
        for tenth in 0..3_000_u64 {
            if keys.may_ask(start + Duration::from_millis(100 * tenth)) {
                asked.push(tenth);
            }
        }
        assert_eq!(asked, [0, 10, 600, 1_200, 1_210, 1_800, 2_400, 2_410]);
    }

    #[test]
    fn fi_57_keys_are_those_of_their_data_centre_alone() {
        let key = crate::crypto::keys::production_keys().remove(0);
        let keys = CdnKeys::default();
        keys.keep([(203, key.clone())]);
        assert_eq!(keys.of(DcId::production(203)), [key]);
        for other in [1, 2, 5, 201, 204] {
            assert_eq!(keys.of(DcId::production(other)), []);
        }
        keys.forget(DcId::production(203));
        assert_eq!(keys.of(DcId::production(203)), []);
    }
}
