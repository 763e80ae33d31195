//! Who was refused or dropped, and why: summed up, since many come when they come.

use std::io::ErrorKind;
use std::mem::discriminant;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::framing::fake_tls::FakeTlsError;
use crate::server::LinkRefusal;

/// Why a client was refused, or its link dropped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It could not be accepted, for want of files say. Whoever it was, it is tried again.
    #[error("a client cannot be accepted: {0}")]
    NotAccepted(ErrorKind),
    /// It did not say in time what it is.
    #[error("it did not say what it is, within {} s", super::OPENING.as_secs())]
    Silent,
    /// What it says is of nothing that is known, or of no secret that is known.
    #[error("what it says is of no framing, secret or WebSocket that is known here")]
    Unknown,
    /// A client of an MTProto proxy, with a hello that is not taken.
    #[error("{0}")]
    Hello(FakeTlsError),
    /// A client of an MTProto proxy, for another data centre: it was answered with -444.
    #[error("it wants another data centre")]
    OtherDc,
    /// It neither made a key in time nor used one.
    #[error("it neither made a key nor used one, within {} s", super::KEYLESS.as_secs())]
    NoKey,
    /// It had no key, and others wanted its place.
    #[error("it had no key, and others wanted its place")]
    Displaced,
    /// Without a key, it sent more than all others of those, which sent too much together.
    #[error("it sent {} and had no key", super::guests::Amount(*bytes))]
    TooMuch {
        /// How much.
        bytes: usize,
    },
    /// It was silent for long, or did not read.
    #[error("nothing went over it for {} s", super::IDLE.as_secs())]
    Idle,
    /// The data centre refused something.
    #[error(transparent)]
    Link(#[from] LinkRefusal),
}

impl Refusal {
    /// Whether it is of the same kind: numbers in it may differ.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Hello(one), Self::Hello(other)) => discriminant(one) == discriminant(other),
            (Self::Link(LinkRefusal::Exchange(one)), Self::Link(LinkRefusal::Exchange(other))) => {
                discriminant(one) == discriminant(other)
            }
            (Self::Link(one), Self::Link(other)) => discriminant(one) == discriminant(other),
            (one, other) => discriminant(one) == discriminant(other),
        }
    }
}

/// How often clients of an address were refused for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// Their address; `None` for all those of which none is kept, since there are too many.
    pub address: Option<IpAddr>,
    /// The reason, of the last of them.
    pub why: Refusal,
    /// How often.
    pub count: u64,
}

/// Who was refused or dropped by a [`Server`](crate::net::Server) since somebody asked. It is a handle: clones share it.
#[derive(Debug, Clone, Default)]
pub struct Refusals(Arc<Mutex<Vec<Refused>>>);

/// How many addresses and reasons are kept apart. Beyond, addresses are not.
const MAX_APART: usize = 64;

impl Refusals {
    /// What was refused since the last call, summed up by addresses and reasons.
    #[must_use]
    pub fn take(&self) -> Vec<Refused> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(in crate::net) fn note(&self, address: Option<IpAddr>, why: Refusal) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = all.len() >= MAX_APART;
        let find = |address: Option<IpAddr>| {
            all.iter().position(|known| known.address == address && known.why.is_like(&why))
        };
        let place = find(address).or_else(|| if is_full { find(None) } else { None });
        match place.and_then(|place| all.get_mut(place)) {
            Some(known) => {
                known.count = known.count.saturating_add(1);
                known.why = why;
            }
            // Kinds of reasons are few.
            None => {
                let address = address.filter(|_| !is_full);
                all.push(Refused { address, why, count: 1 });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> Option<IpAddr> {
        Some([127, 0, 0, last].into())
    }

    #[test]
    fn refusals_are_summed_up_by_address_and_kind() {
        let refusals = Refusals::default();
        for seconds in [700, 701] {
            refusals.note(address(1), Refusal::Hello(FakeTlsError::Clock { seconds }));
        }
        refusals.note(address(2), Refusal::Hello(FakeTlsError::Replay));
        refusals.note(address(1), Refusal::Silent);
        refusals.note(address(1), LinkRefusal::Packet.into());
        refusals.note(address(1), LinkRefusal::Packet.into());
        let refused = |last, why, count| Refused { address: address(last), why, count };
        let clock = Refusal::Hello(FakeTlsError::Clock { seconds: 701 });
        assert_eq!(
            refusals.take(),
            [
                refused(1, clock, 2),
                refused(2, Refusal::Hello(FakeTlsError::Replay), 1),
                refused(1, Refusal::Silent, 1),
                refused(1, LinkRefusal::Packet.into(), 2),
            ]
        );
        assert_eq!(refusals.clone().take(), []);
    }

    #[test]
    fn what_is_kept_is_bounded_and_nothing_goes_uncounted() {
        let refusals = Refusals::default();
        for last in 0..=255 {
            refusals.note(address(last), Refusal::Silent);
            refusals.note(address(last), Refusal::NoKey);
        }
        let all = refusals.take();
        assert_eq!(all.len(), MAX_APART + 2);
        assert_eq!(all.iter().map(|refused| refused.count).sum::<u64>(), 512);
        assert_eq!(all.iter().filter(|refused| refused.address.is_none()).count(), 2);
    }
}
