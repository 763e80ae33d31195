//! The events of a connection, on their way to whoever wants them.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use crate::connection::Event;

/// The events that wait to be looked at. More would let a reader that stopped fill the memory.
const CAPACITY: usize = 1_024;

/// The events of a connection.
#[derive(Debug)]
pub struct Events {
    receiver: mpsc::Receiver<Notice>,
    /// How many were dropped since the last notice about that.
    lost: Arc<AtomicU64>,
}

/// An event, or word that some were lost.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// Something happened.
    Event(Event),
    /// This many events were dropped here, because they were not taken in time. If updates were among them, what they said
    /// has to be asked for.
    Lost(u64),
}

impl Events {
    /// The next event; `None` when the connection is over and all were taken.
    ///
    /// # Cancel safety
    ///
    /// No event is lost when this is dropped before it is ready.
    pub async fn next(&mut self) -> Option<Notice> {
        let notice = self.receiver.recv().await;
        // At the end there may be some left of which nobody has told.
        notice.or_else(|| match self.lost.swap(0, Ordering::Relaxed) {
            0 => None,
            lost => Some(Notice::Lost(lost)),
        })
    }
}

/// The driver's end.
#[derive(Debug)]
pub(super) struct Sink {
    sender: mpsc::Sender<Notice>,
    lost: Arc<AtomicU64>,
}

pub(super) fn channel() -> (Sink, Events) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let lost = Arc::<AtomicU64>::default();
    (Sink { sender, lost: lost.clone() }, Events { receiver, lost })
}

impl Sink {
    /// Passes an event on. It never waits: one that does not fit is counted, and the count is passed on when there is room.
    pub(super) fn push(&mut self, event: Event) {
        if self.lost() > 0 {
            match self.sender.try_reserve() {
                Ok(place) => place.send(Notice::Lost(self.lost.swap(0, Ordering::Relaxed))),
                Err(mpsc::error::TrySendError::Full(())) => {
                    self.lost.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Err(mpsc::error::TrySendError::Closed(())) => return,
            }
        }
        if let Err(mpsc::error::TrySendError::Full(_)) = self.sender.try_send(Notice::Event(event))
        {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// If events were dropped, says so as soon as there is room, and not only with the next event. It does not end if there
    /// is nothing to say.
    ///
    /// # Cancel safety
    ///
    /// Nothing is said, or forgotten, before this is ready.
    pub(super) async fn tell_lost(&self) {
        if self.lost() == 0 {
            return pending().await;
        }
        match self.sender.reserve().await {
            Ok(place) => place.send(Notice::Lost(self.lost.swap(0, Ordering::Relaxed))),
            // Nobody listens.
            Err(_) => self.lost.store(0, Ordering::Relaxed),
        }
    }

    fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Disconnected;

    fn event() -> Event {
        Event::Disconnected { why: Disconnected::Eof }
    }

    #[tokio::test]
    async fn cf_14_events_that_are_not_taken_are_counted_not_kept() {
        let (mut sink, mut events) = channel();
        for _ in 0..CAPACITY + 10 {
            sink.push(event());
        }
        for _ in 0..CAPACITY {
            assert_eq!(events.next().await, Some(Notice::Event(event())));
        }
        sink.push(event());
        assert_eq!(events.next().await, Some(Notice::Lost(10)));
        assert_eq!(events.next().await, Some(Notice::Event(event())));
        drop(sink);
        assert_eq!(events.next().await, None);
    }

    #[test]
    fn nobody_has_to_listen() {
        let (mut sink, events) = channel();
        drop(events);
        for _ in 0..CAPACITY + 10 {
            sink.push(event());
        }
        assert_eq!(sink.lost(), 0);
    }

    #[tokio::test]
    async fn cf_14_that_events_were_dropped_is_told_without_another() {
        let (mut sink, mut events) = channel();
        for _ in 0..CAPACITY + 3 {
            sink.push(event());
        }
        events.next().await;
        sink.tell_lost().await;
        for _ in 1..CAPACITY {
            assert_eq!(events.next().await, Some(Notice::Event(event())));
        }
        assert_eq!(events.next().await, Some(Notice::Lost(3)));
    }

    #[tokio::test]
    async fn cf_14_that_events_were_dropped_is_told_at_the_end() {
        let (mut sink, mut events) = channel();
        for _ in 0..CAPACITY + 3 {
            sink.push(event());
        }
        drop(sink);
        for _ in 0..CAPACITY {
            assert_eq!(events.next().await, Some(Notice::Event(event())));
        }
        assert_eq!(events.next().await, Some(Notice::Lost(3)));
        assert_eq!(events.next().await, None);
    }
}
