//! Links without a key: they have a place for a while, and one that others can have.
//!
//! ```text
//!  accepted ── OPENING ──> known as a client's ── KEYLESS ──> a key was made or used: a link like any other
//!     │                         │
//!     └── another comes and all places are taken: the oldest goes
//!     └── all together sent more than ALL: the one that sent most goes
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

use super::refusals::Refusal;

/// How much all links without a key may have sent together: it is what they can make this side keep. A thousand key exchanges
/// at a time take a tenth of it; the rest is for clients that come back with a key and begin with a file.
pub(super) const ALL: usize = 16 << 20;

/// The links without a key.
#[derive(Debug, Clone, Default)]
pub(in crate::net) struct Guests(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// By their numbers, which say who came first.
    guests: BTreeMap<u64, Guest>,
    next: u64,
    /// What all of them have sent.
    bytes: usize,
}

#[derive(Debug)]
struct Guest {
    bytes: usize,
    /// Whether what it sends is kept no more.
    is_leaving: bool,
    turned_out: Arc<Turned>,
}

/// Where a guest hears that its place is gone.
#[derive(Debug, Default)]
struct Turned {
    why: Mutex<Option<Refusal>>,
    told: Notify,
}

/// A guest's place. It is free again when this is dropped.
#[derive(Debug)]
pub(in crate::net) struct Pass {
    guests: Guests,
    number: u64,
    turned_out: Arc<Turned>,
}

impl Guests {
    /// A link came.
    pub(super) fn enter(&self) -> Pass {
        let turned_out = Arc::new(Turned::default());
        let mut state = self.lock();
        let number = state.next;
        state.next = number.wrapping_add(1);
        state
            .guests
            .insert(number, Guest { bytes: 0, is_leaving: false, turned_out: turned_out.clone() });
        drop(state);
        Pass { guests: self.clone(), number, turned_out }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.lock().guests.len()
    }

    /// The one that came first goes, for another.
    pub(super) fn displace(&self) {
        let mut state = self.lock();
        if let Some(oldest) = state.guests.first_key_value().map(|(number, _)| *number) {
            state.turn_out(oldest, Refusal::Displaced);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn turn_out(&mut self, number: u64, why: Refusal) {
        if let Some(guest) = self.remove(number) {
            *guest.turned_out.why.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
            guest.turned_out.told.notify_one();
        }
    }

    fn remove(&mut self, number: u64) -> Option<Guest> {
        let guest = self.guests.remove(&number)?;
        self.bytes = self.bytes.saturating_sub(guest.bytes);
        Some(guest)
    }
}

impl Pass {
    /// It is a guest no more.
    pub(super) fn welcome(&self) {
        self.guests.lock().remove(self.number);
    }

    /// Ends when the place is gone.
    pub(super) async fn turned_out(&self) -> Refusal {
        loop {
            if let Some(why) =
                self.turned_out.why.lock().unwrap_or_else(PoisonError::into_inner).take()
            {
                return why;
            }
            self.turned_out.told.notified().await;
        }
    }

    /// It is refused: what it still sends is thrown away. Its place is free for others as before.
    pub(super) fn leave(&self) {
        let mut state = self.guests.lock();
        let Some(guest) = state.guests.get_mut(&self.number) else { return };
        guest.is_leaving = true;
        let bytes = std::mem::take(&mut guest.bytes);
        state.bytes = state.bytes.saturating_sub(bytes);
    }

    /// It sent some.
    fn count(&self, bytes: usize) {
        let mut state = self.guests.lock();
        let Some(guest) = state.guests.get_mut(&self.number).filter(|guest| !guest.is_leaving)
        else {
            return;
        };
        guest.bytes = guest.bytes.saturating_add(bytes);
        state.bytes = state.bytes.saturating_add(bytes);
        if state.bytes > ALL
            && let Some((number, guest)) = state.guests.iter().max_by_key(|(_, guest)| guest.bytes)
        {
            let (number, bytes) = (*number, guest.bytes);
            state.turn_out(number, Refusal::TooMuch { bytes });
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.welcome();
    }
}

/// A socket whose bytes are counted while it is a guest's.
#[derive(Debug)]
pub(super) struct Counted<T> {
    pub(super) inner: T,
    pub(super) pass: Arc<Pass>,
}

impl<T: AsyncRead + Unpin> AsyncRead for Counted<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        self.pass.count(buf.filled().len().saturating_sub(before));
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Counted<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// A number of bytes, as people say it.
pub(super) struct Amount(pub(super) usize);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes @ ..0x2800 => write!(f, "{bytes} bytes"),
            bytes => write!(f, "{} KiB", bytes >> 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Duration, timeout};

    use super::*;

    /// Whether somebody was turned out, and why.
    async fn told(pass: &Pass) -> Option<Refusal> {
        timeout(Duration::ZERO, pass.turned_out()).await.ok()
    }

    #[tokio::test]
    async fn the_oldest_goes_first_and_a_place_that_is_left_is_free() {
        let guests = Guests::default();
        let [first, second, third] = [0; 3].map(|_| guests.enter());
        drop(second);
        assert_eq!(guests.len(), 2);
        guests.displace();
        assert_eq!(told(&first).await, Some(Refusal::Displaced));
        assert_eq!((guests.len(), told(&third).await), (1, None));
        // Who has a key is not displaced.
        third.welcome();
        guests.displace();
        assert_eq!((guests.len(), told(&third).await), (0, None));
    }

    #[tokio::test]
    async fn who_sent_most_goes_when_all_sent_too_much() {
        let guests = Guests::default();
        let [small, large, other] = [0; 3].map(|_| guests.enter());
        small.count(ALL / 4);
        large.count(ALL / 2);
        other.count(ALL / 4);
        assert_eq!((told(&large).await, guests.len()), (None, 3));
        small.count(1);
        assert_eq!(told(&large).await, Some(Refusal::TooMuch { bytes: ALL / 2 }));
        assert_eq!((told(&small).await, guests.len()), (None, 2));
        // Their bytes count no more, nor do those of somebody with a key.
        large.count(ALL);
        let refused = guests.enter();
        refused.count(ALL / 4);
        refused.leave();
        refused.count(ALL);
        assert_eq!((told(&refused).await, guests.len()), (None, 3));
        drop(refused);
        small.welcome();
        small.count(ALL);
        other.count(ALL / 4);
        assert_eq!((told(&other).await, guests.len()), (None, 1));
    }
}
