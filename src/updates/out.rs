//! Deliveries on their way to the reader.

use std::collections::VecDeque;

use crate::updates::delivery::{Arrival, BoxId, Delivery, Event, Mark};
use crate::updates::held::Origin;
use crate::updates::ledger::{At, Ledger};
use crate::updates::limits::{MAX_WAITING_BYTES, WEIGHT};

#[derive(Debug, Default)]
pub(super) struct Out {
    queue: VecDeque<(Delivery, usize)>,
    bytes: usize,
    pub(super) ledger: Ledger,
}

impl Out {
    /// Delivers an event, after which a box is at a position.
    pub(super) fn deliver(
        &mut self,
        event: Event,
        place: Option<(BoxId, At)>,
        arrival: Arrival,
        origin: &Origin,
    ) -> Mark {
        let line = place.map(|(line, _)| line);
        let at = place.map(|(_, at)| at).unwrap_or_default();
        let mark = self.ledger.deliver(line, at);
        // What cannot be read is kept as it came, besides its share.
        let shown = match &event {
            Event::Unreadable { bytes, .. } => bytes.len(),
            _ => 0,
        };
        let bytes = origin.bytes.saturating_add(shown).saturating_add(WEIGHT);
        self.bytes = self.bytes.saturating_add(bytes);
        let (is_own, peers) = (origin.is_own, origin.peers.clone());
        let delivery = Delivery { event, line, arrival, is_own, peers, mark };
        self.queue.push_back((delivery, bytes));
        mark
    }

    pub(super) fn pop(&mut self) -> Option<Delivery> {
        let (delivery, bytes) = self.queue.pop_front()?;
        self.bytes = self.bytes.saturating_sub(bytes);
        Some(delivery)
    }

    /// Whether nothing waits.
    #[cfg(feature = "client")]
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Whether the reader has to catch up before there is more (UP-86).
    pub(super) fn is_full(&self) -> bool {
        self.bytes > MAX_WAITING_BYTES
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
