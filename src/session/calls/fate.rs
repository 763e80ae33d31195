//! What becomes of a request when its message was refused, lost or not received.

use std::time::Duration;

use crate::rpc::{CallError, CallId, Execution};
use crate::session::call::Call;
use crate::session::calls::Calls;
use crate::tl::Repeat;

/// The code of `bad_server_salt`.
pub(in crate::session) const BAD_SALT: i32 = 48;

/// How often a message may be refused before the request ends: a server that never likes one would keep us busy for ever.
const MAX_REFUSALS: u32 = 5;

/// How often a request is made anew after the server lost it. Each time it may have run.
const MAX_REPEATS: usize = 5;

impl Calls {
    /// The server answered that it did not run the message under way: the request goes into another; not if it is not wanted
    /// any more, nor for ever.
    pub(in crate::session) fn not_run(&mut self, id: CallId) -> bool {
        let may_go_on = |call: &Call| !call.is_cancelled && call.refused < MAX_REFUSALS;
        let goes_on = self.calls.get(&id).is_some_and(may_go_on);
        if goes_on {
            self.renew(id, |call| call.refused += 1);
        }
        goes_on
    }

    /// The server refused a message with this code, and did not run it: the request goes into another.
    pub(in crate::session) fn refuse(&mut self, id: CallId, code: i32) {
        let Some(call) = self.calls.get(&id) else { return };
        // Copies of the message that were not refused may have been taken.
        let is_in_doubt = call.sent.is_some_and(|sent| sent.copies > sent.refused + 1);
        if call.is_cancelled || call.refused >= MAX_REFUSALS {
            let may_have_run = call.may_have_run || is_in_doubt;
            let execution = if may_have_run { Execution::Maybe } else { Execution::Never };
            let error = match call.is_cancelled {
                true => CallError::Cancelled { execution },
                false => CallError::Refused { code, execution },
            };
            return self.fail(id, error);
        }
        // A salt says nothing about the message. Under its own id the server can tell it from a copy that was taken.
        if code == BAD_SALT {
            self.change(id, |call| {
                call.refused += 1;
                if let Some(sent) = &mut call.sent {
                    sent.refused += 1;
                }
            });
            self.send_again(id);
        } else if is_in_doubt {
            self.lose(id);
        } else {
            self.renew(id, |call| call.refused += 1);
        }
    }

    /// The server did not receive a message, and would not take it any more: the request goes into another.
    pub(in crate::session) fn not_received(&mut self, id: CallId) {
        match self.calls.get(&id) {
            Some(call) if call.is_cancelled || call.former.len() >= MAX_REPEATS => self.lose(id),
            Some(_) => self.renew(id, |_| {}),
            None => {}
        }
    }

    /// Nobody can know whether a message was taken: what may run twice goes into another, and what may not ends (SM-X1).
    pub(in crate::session) fn lose(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.is_cancelled {
            return self.fail(id, CallError::Cancelled { execution: Execution::Maybe });
        }
        if call.repeat == Repeat::Once || call.former.len() >= MAX_REPEATS {
            return self.fail(id, CallError::Unknown);
        }
        self.renew(id, |call| call.may_have_run = true);
    }

    /// The message of a request goes out again as it was (EM-12), if the request is still wanted.
    pub(in crate::session) fn send_again(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.is_cancelled {
            return self.lose(id);
        }
        if call.sent.is_some_and(|sent| !sent.is_again) {
            self.again.push_back(id);
        }
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent {
                sent.is_again = true;
                // It is asked about when it went out.
                sent.ask_at = Duration::MAX;
            }
        });
    }

    /// A request waits for a new message; the one that it had counts as a former one.
    fn renew(&mut self, id: CallId, change: impl FnOnce(&mut Call)) {
        let mut before = None;
        self.change(id, |call| {
            change(call);
            before = call.sent.take();
            call.former.extend(before.map(|sent| sent.message));
        });
        self.leave_container(before);
        // Before those that were made after it.
        if let Err(place) = self.queue.binary_search(&id) {
            self.queue.insert(place, id);
        }
    }
}
