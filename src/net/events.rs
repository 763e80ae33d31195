//! The events of a connection, on their way to whoever wants them.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::sync::mpsc;

use crate::connection::{ConnectionError, DialError, DialFault, Disconnected, Event};
use crate::handshake::Step;
use crate::session::{self, BindError};
use crate::tl::Object;

/// The events that wait to be looked at. More would let a reader that stopped fill the memory.
const CAPACITY: usize = 1_024;

/// The bytes that they take, besides one that is larger: two of the largest updates, of 16 MiB each.
const CAPACITY_BYTES: usize = 32 << 20;

/// The events of a connection.
///
/// Those that wait to be taken are bounded: 1,024 of them, and 32 MiB. What does not fit is dropped, counted and told.
#[derive(Debug)]
pub struct Events {
    receiver: mpsc::Receiver<Waiting>,
    shared: Arc<Shared>,
}

/// What both ends know.
#[derive(Debug, Default)]
struct Shared {
    /// How many were dropped since the last notice about that.
    lost: AtomicU64,
    /// How many bytes those have that wait.
    bytes: AtomicUsize,
}

/// What waits, and its bytes.
type Waiting = (Notice, usize);

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
        if let Some((notice, bytes)) = self.receiver.recv().await {
            self.shared.bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Some(notice);
        }
        // At the end there may be some left of which nobody has told.
        match self.shared.lost.swap(0, Ordering::Relaxed) {
            0 => None,
            lost => Some(Notice::Lost(lost)),
        }
    }
}

/// The driver's end.
#[derive(Debug)]
pub(super) struct Sink {
    sender: mpsc::Sender<Waiting>,
    shared: Arc<Shared>,
}

pub(super) fn channel() -> (Sink, Events) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let shared = Arc::<Shared>::default();
    (Sink { sender, shared: shared.clone() }, Events { receiver, shared })
}

impl Sink {
    /// Passes an event on. It never waits: one that does not fit is counted, and the count is passed on when there is room.
    pub(super) fn push(&mut self, event: Event) {
        if self.sender.is_closed() {
            return;
        }
        if self.lost() > 0 {
            match self.sender.try_reserve() {
                Ok(place) => place.send(self.word_of_lost()),
                Err(_) => return self.lose(),
            }
        }
        let (event, bytes) = weighed(event);
        match self.sender.try_reserve() {
            Ok(place) if self.has_room(bytes) => {
                self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
                place.send((Notice::Event(event), bytes));
            }
            _ => self.lose(),
        }
    }

    /// Whether so many bytes fit. One event goes alone, however large it is.
    fn has_room(&self, bytes: usize) -> bool {
        let waiting = self.shared.bytes.load(Ordering::Relaxed);
        waiting == 0 || waiting.saturating_add(bytes) <= CAPACITY_BYTES
    }

    fn word_of_lost(&self) -> Waiting {
        (Notice::Lost(self.shared.lost.swap(0, Ordering::Relaxed)), 0)
    }

    fn lose(&self) {
        self.shared.lost.fetch_add(1, Ordering::Relaxed);
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
            Ok(place) => place.send(self.word_of_lost()),
            // Nobody listens.
            Err(_) => self.shared.lost.store(0, Ordering::Relaxed),
        }
    }

    fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }
}

/// An event, and the bytes that it takes. What was inflated has more room than it needs, which goes.
fn weighed(event: Event) -> (Event, usize) {
    let (event, apart) = match event {
        Event::Session(session::Event::Update(update)) => {
            let mut bytes = update.into_bytes();
            bytes.shrink_to_fit();
            let length = bytes.capacity();
            (Event::Session(session::Event::Update(Object::from(bytes))), length)
        }
        event => {
            let length = length_apart(&event);
            (event, length)
        }
    };
    (event, size_of::<Waiting>().saturating_add(apart))
}

/// The bytes of an event that a peer decides how many there are of.
fn length_apart(event: &Event) -> usize {
    match event {
        Event::Session(session::Event::Update(update)) => update.as_bytes().len(),
        Event::Session(session::Event::FutureSalts(salts)) => size_of_val(salts.as_slice()),
        Event::Step(step) => match &**step {
            Step::Sent { packet } | Step::Received { packet } => packet.len(),
            Step::ResPq { fingerprints, .. } => size_of_val(fingerprints.as_slice()),
            // Numbers of 2,048 bits at most.
            _ => 1 << 10,
        },
        Event::NotRenewed { why: ConnectionError::NotBound(BindError::Rpc(error)) }
        | Event::Over(ConnectionError::NotBound(BindError::Rpc(error))) => error.name.len(),
        Event::Disconnected {
            why:
                Disconnected::Dial(DialError {
                    fault: DialFault::Refused(said) | DialFault::Rubbish(said),
                    ..
                }),
        } => said.len(),
        _ => 0,
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

    fn update(bytes: usize) -> Event {
        Event::Session(session::Event::Update(Object::from(vec![7; bytes])))
    }

    /// How many of so many events fit.
    async fn fitting(count: u64, event: impl Fn() -> Event) -> u64 {
        let (mut sink, mut events) = channel();
        for _ in 0..count {
            sink.push(event());
        }
        drop(sink);
        let (mut fitting, mut lost) = (0, 0);
        while let Some(notice) = events.next().await {
            match notice {
                Notice::Event(_) => fitting += 1,
                Notice::Lost(count) => lost += count,
            }
        }
        assert_eq!((fitting + lost, events.shared.bytes.load(Ordering::Relaxed)), (count, 0));
        fitting
    }

    #[tokio::test]
    async fn p4_events_are_bounded_by_their_bytes_and_what_is_dropped_is_counted() {
        for (bytes, expected) in [(0, 1_024), (4 << 10, 1_024), (1 << 20, 31), (10 << 20, 3)] {
            let count = expected.max(30) + 20;
            assert_eq!(fitting(count, || update(bytes)).await, expected, "{bytes}");
        }
        // One that is larger than all together goes alone.
        assert_eq!(fitting(3, || update(CAPACITY_BYTES + 1)).await, 1);
        // So with all that has as many bytes as a peer likes.
        let packet = || vec![7; 1 << 20];
        let error = || crate::rpc::RpcError::parse(400, &"A".repeat(1 << 20));
        let refused = || DialFault::Refused("A".repeat(1 << 20));
        let stage = crate::connection::DialStage::Tls;
        type Make<'a> = Box<dyn Fn() -> Event + 'a>;
        let all: [Make<'_>; 4] = [
            Box::new(|| Event::Step(Box::new(Step::Received { packet: packet() }))),
            Box::new(|| Event::Over(ConnectionError::NotBound(BindError::Rpc(error())))),
            Box::new(|| Event::NotRenewed { why: ConnectionError::NotBound(error().into()) }),
            Box::new(|| {
                let why = DialError { stage, fault: refused() };
                Event::Disconnected { why: Disconnected::Dial(why) }
            }),
        ];
        for event in all {
            assert_eq!(fitting(40, event).await, 31);
        }
    }

    #[tokio::test]
    async fn p4_a_reader_that_takes_events_makes_room_for_others() {
        let (mut sink, mut events) = channel();
        for _ in 0..10 {
            sink.push(update(20 << 20));
            // There is no room for a second, and what was dropped is told behind the first.
            sink.push(update(20 << 20));
            assert_eq!(events.next().await, Some(Notice::Event(update(20 << 20))));
            sink.tell_lost().await;
            assert_eq!(events.next().await, Some(Notice::Lost(1)));
        }
    }

    /// Beside large updates that are dropped small events go on, behind word of them.
    #[tokio::test]
    async fn p4_what_is_small_goes_on_beside_what_is_dropped() {
        let (mut sink, mut events) = channel();
        sink.push(update(20 << 20));
        sink.push(update(20 << 20));
        sink.push(event());
        drop(sink);
        let mut all = Vec::new();
        while let Some(notice) = events.next().await {
            all.push(notice);
        }
        let first = Notice::Event(update(20 << 20));
        assert_eq!(all, [first, Notice::Lost(1), Notice::Event(event())]);
    }

    #[test]
    fn p4_the_memory_of_what_waits_is_bounded() {
        let measured = allocation_counter::measure(|| {
            let (mut sink, _events) = channel();
            for _ in 0..100 {
                // As it comes out of a decompressor that did not know how long it would be.
                let mut bytes = Vec::with_capacity(2 << 20);
                bytes.resize(1 << 20, 7);
                sink.push(Event::Session(session::Event::Update(Object::from(bytes))));
            }
            std::mem::forget(sink);
            std::mem::forget(_events);
        });
        let most = i64::try_from(CAPACITY_BYTES).unwrap() + (1 << 20);
        assert!(measured.bytes_current <= most, "{measured:?}");
        assert!(measured.bytes_max <= u64::try_from(most).unwrap() + (4 << 20), "{measured:?}");
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
