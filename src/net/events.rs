//! The events of a connection, on their way to whoever wants them.

use tokio::sync::mpsc;

use crate::connection::Event;

/// The events that wait to be looked at. More would let a reader that stopped fill the memory.
const CAPACITY: usize = 1_024;

/// The events of a connection.
#[derive(Debug)]
pub struct Events {
    receiver: mpsc::Receiver<Notice>,
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
        self.receiver.recv().await
    }
}

/// The driver's end.
#[derive(Debug)]
pub(super) struct Sink {
    sender: mpsc::Sender<Notice>,
    lost: u64,
}

pub(super) fn channel() -> (Sink, Events) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    (Sink { sender, lost: 0 }, Events { receiver })
}

impl Sink {
    /// Passes an event on. It never waits: one that does not fit is counted, and the count is passed on when there is room.
    pub(super) fn push(&mut self, event: Event) {
        if self.lost > 0 {
            match self.sender.try_send(Notice::Lost(self.lost)) {
                Ok(()) => self.lost = 0,
                Err(_) => return self.lost += 1,
            }
        }
        if let Err(mpsc::error::TrySendError::Full(_)) = self.sender.try_send(Notice::Event(event))
        {
            self.lost += 1;
        }
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
        assert_eq!(sink.lost, 0);
    }
}
