//! Waits that the server orders one call, known to all calls of the same function (CF-15).
//!
//! ```text
//!  call ── try_pass ──> Slot ── sent ──┬─ answered ──> the gate opens wider
//!            │ no           ^          └─ refused ───> it is shut until the wait is over, and opens a little
//!            └── queue ─────┘ in their order
//! ```
//!
//! Without this, each of a thousand calls that find the same limit asks the server again after each wait, and most of them are
//! refused again.

mod gate;

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio::time::{Instant, sleep_until};

use crate::client::floods::gate::{Ask, Gate};
use crate::map::IdMap;
use crate::rpc::{CallError, Execution, RpcError, known};
use crate::tl::Identifiable;
use crate::tl::api::functions::upload;

/// The gates of a client's functions.
#[derive(Debug, Default)]
pub(super) struct Floods {
    doors: Mutex<IdMap<u32, Arc<Door>>>,
}

/// A gate, and who waits before it.
#[derive(Debug, Default)]
struct Door {
    gate: Mutex<Gate>,
    /// Whoever has it is the first of those who wait.
    turn: AsyncMutex<()>,
    /// The gate was shut: whoever waits may not want to wait for that long.
    shut: Notify,
    /// A call has ended: the first of those who wait may go.
    freed: Notify,
}

/// Which waits a call takes, and until when.
pub(super) trait Patience {
    /// Whether a wait may be waited that ends at a time.
    fn may_wait(&mut self, now: Instant, until: Instant) -> bool;

    /// When the call has to have ended.
    fn deadline(&self) -> Option<Instant>;
}

/// A call that has passed a gate and is under way, until this is dropped.
#[derive(Debug)]
pub(super) struct Slot(Arc<Door>);

impl Floods {
    /// A place among the calls under way, if there is one at once.
    pub(super) fn try_pass(&self, function: u32) -> Option<Slot> {
        let door = self.door(function);
        let passes = door.gate().ask_first(Instant::now());
        // A slot that is not taken must not be left.
        passes.then(|| Slot(door))
    }

    /// A place among the calls under way, after those who wait already.
    ///
    /// # Errors
    ///
    /// The server's error, with what is left of its wait, if that is longer than the call may wait; or that its time is over.
    pub(super) async fn queue(
        &self,
        function: u32,
        patience: &mut (dyn Patience + Send),
    ) -> Result<Slot, CallError> {
        let door = self.door(function);
        let _waiting = Waiting::new(&door);
        let mut turn = pin!(door.turn.lock());
        let until = patience.deadline();
        let deadline = || async move {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let _first = loop {
            // Before the gate is looked at, so that nothing is missed.
            let mut shut = pin!(door.shut.notified());
            shut.as_mut().enable();
            door.check(patience)?;
            tokio::select! {
                first = &mut turn => break first,
                () = shut => {}
                () = deadline() => return Err(door.too_late()),
            }
        };
        loop {
            let (mut shut, mut freed) = (pin!(door.shut.notified()), pin!(door.freed.notified()));
            shut.as_mut().enable();
            freed.as_mut().enable();
            door.check(patience)?;
            let ask = door.gate().ask(Instant::now());
            let at = match ask {
                Ask::Go => break,
                Ask::At(at) => at,
            };
            tokio::select! {
                () = sleep_until(at) => {}
                () = shut => {}
                () = freed => {}
                () = deadline() => return Err(door.too_late()),
            }
        }
        Ok(Slot(door.clone()))
    }

    /// Forgets what was learned: somebody else is logged in.
    pub(super) fn forget(&self) {
        lock(&self.doors).clear();
    }

    fn door(&self, function: u32) -> Arc<Door> {
        let of = if TRANSFERS.contains(&function) { upload::GetFile::ID } else { function };
        lock(&self.doors).entry(of).or_default().clone()
    }
}

/// The parts of files, up and down: their waits, `FLOOD_PREMIUM_WAIT_X` among them, are those of the account's transfers, by whatever
/// function. Source: <https://core.telegram.org/api/files>.
const TRANSFERS: [u32; 5] = [
    upload::GetFile::ID,
    upload::GetWebFile::ID,
    upload::GetCdnFile::ID,
    upload::SaveFilePart::ID,
    upload::SaveBigFilePart::ID,
];

/// The seconds that an error orders all calls of its function to wait. Those of slow mode are one chat's, and those of a test number
/// are that number's.
pub(super) fn shared_wait(error: &CallError) -> Option<Duration> {
    let (CallError::Rpc(error) | CallError::RpcRepeated(error)) = error else { return None };
    let is_shared =
        matches!(error.name.as_str(), known::FLOOD_WAIT_X | known::FLOOD_PREMIUM_WAIT_X);
    error.ordered_wait().filter(|_| is_shared)
}

impl Slot {
    /// What the call ended with.
    pub(super) fn ended(&self, error: Option<&CallError>) {
        let now = Instant::now();
        match error {
            None => self.0.gate().answered(now),
            Some(error) => match (shared_wait(error), error.rpc()) {
                (Some(wait), Some(error)) => {
                    self.0.gate().refused(now, wait, error);
                    self.0.shut.notify_waiters();
                }
                // The server has taken the call, though it did not like it.
                (None, Some(error)) if (400..500).contains(&error.code) && error.code != 420 => {
                    self.0.gate().answered(now);
                }
                _ => {}
            },
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let has_waiting = {
            let mut gate = self.0.gate();
            gate.leave();
            gate.waiting > 0
        };
        if has_waiting {
            // The first of those who wait alone hears it.
            self.0.freed.notify_waiters();
        }
    }
}

impl Door {
    fn gate(&self) -> MutexGuard<'_, Gate> {
        lock(&self.gate)
    }

    /// The server's wait, if it is too long.
    fn check(&self, patience: &mut (dyn Patience + Send)) -> Result<(), CallError> {
        let now = Instant::now();
        let shut = self.gate().shut_until(now);
        match shut {
            Some(until) if !patience.may_wait(now, until) => Err(self.too_late()),
            _ => Ok(()),
        }
    }

    /// Why a call ends that was not sent.
    fn too_late(&self) -> CallError {
        let refusal: Option<RpcError> = self.gate().refusal(Instant::now());
        refusal.map_or(CallError::Deadline { execution: Execution::Never }, CallError::Rpc)
    }
}

/// One who waits.
struct Waiting<'a>(&'a Door);

impl<'a> Waiting<'a> {
    fn new(door: &'a Door) -> Self {
        door.gate().waiting += 1;
        Self(door)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.gate().waiting -= 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Forever;

    impl Patience for Forever {
        fn may_wait(&mut self, _: Instant, _: Instant) -> bool {
            true
        }

        fn deadline(&self) -> Option<Instant> {
            None
        }
    }

    #[tokio::test(start_paused = true)]
    async fn cf_15_a_call_that_has_ended_leaves_its_place_to_the_first_that_waits() {
        const FUNCTION: u32 = 1;
        let (floods, began) = (Floods::default(), Instant::now());
        let mut under_way: Vec<_> =
            std::iter::from_fn(|| floods.try_pass(FUNCTION)).take(1_000).collect();
        assert_eq!(under_way.len(), 8);
        let mut patience = Forever;
        let mut queued = pin!(floods.queue(FUNCTION, &mut patience));
        tokio::select! {
            biased;
            _ = &mut queued => panic!("it did not wait"),
            () = std::future::ready(()) => {}
        }
        // Others do not go before it.
        under_way.truncate(7);
        assert!(floods.try_pass(FUNCTION).is_none());
        let slot = queued.await.unwrap();
        assert_eq!(Instant::now(), began);
        drop(slot);
        assert!(floods.try_pass(FUNCTION).is_some());
    }
}
