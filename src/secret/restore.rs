//! A chat from its rows, after a start.

use crate::crypto::Entropy;
use crate::secret::chat::{Chat, Us};
use crate::secret::error::{Closed, RestoreError};
use crate::secret::life::State;
use crate::secret::outgoing::{Draft, Sent};
use crate::secret::queued::Queued;
use crate::secret::record::Record;
use crate::secret::store::{Row, Rows};
use crate::secret::timers::Timer;
use crate::secret::types::ChatId;
use crate::time::Now;

impl Chat {
    /// A chat as it was stored last. It goes on where it was: calls and work of before are asked for again, messages go out as the
    /// same bytes (SC-82). Take its first batch before anything is shown: it tells what expired meanwhile (SC-70).
    ///
    /// `witness` is the largest [`Batch::generation`](super::Batch::generation) that is known from elsewhere. Rows that are older are
    /// a copy that was put back: with them, numbers would be used twice, and the other side drops what comes under those without a
    /// word, so that the chat is closed (SC-84). It is also closed if the session has another key (SC-81). What the rows themselves say
    /// is [`generation`](Self::generation): tell it to a witness that knows less.
    ///
    /// # Errors
    ///
    /// When a row is missing or damaged.
    pub fn restore(
        us: Us,
        rows: &Rows,
        witness: Option<u64>,
        now: Now,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, RestoreError> {
        let state = rows.row(Row::State).ok_or(RestoreError::NoState)?;
        let record = Record::decode(state)?;
        let mut chat = Self::with(us.suite, record, now);
        for (row, bytes) in rows.iter() {
            match row {
                Row::State => {}
                Row::Waiting(number) => {
                    chat.waiting.insert(number, Draft::decode(bytes)?);
                }
                Row::Sent(out) if out < chat.record.numbers.made => {
                    chat.outbox.insert(out, Sent::decode(bytes)?);
                }
                Row::Sent(_) => return Err(RestoreError::Damaged),
                Row::Queued(out) => {
                    let queued = Queued::decode(bytes)?;
                    chat.inbox_bytes += queued.layer.len();
                    chat.inbox.insert(out, queued);
                }
                Row::Timer(random_id) => {
                    chat.timers.insert(random_id, Timer::decode(bytes)?);
                }
            }
        }
        chat.begin(now, None);
        let is_behind = witness.is_some_and(|witness| witness > chat.record.generation);
        if let Some(witness) = witness.filter(|_| is_behind) {
            // SC-84: what is stored of it from here on is later than all that was. A witness that went back to these rows would let them
            // pass, should a crash leave them as they are.
            chat.record.generation = witness;
            chat.changed();
        }
        let is_closed = chat.record.state == State::Closed;
        if chat.record.session_key != us.session_key {
            chat.end(Closed::LoggedOut, false);
            // SC-81: nobody hears that any more.
            if chat.record.discard.take().is_some() {
                chat.changed();
            }
        } else if is_behind && !is_closed {
            chat.assume_id();
            chat.end(Closed::StoreBehind, false);
        } else {
            chat.resume(entropy);
        }
        chat.commit(entropy);
        Ok(chat)
    }

    fn resume(&mut self, entropy: &mut dyn Entropy) {
        self.expire();
        let resumed = match self.record.state {
            State::Configuring | State::AcceptConfiguring => {
                self.ask_for_group();
                Ok(())
            }
            State::Computing | State::AcceptComputing | State::Deriving => self.compute(entropy),
            State::Requesting => {
                self.say_request();
                Ok(())
            }
            State::Accepting => {
                self.accept_in_doubt = true;
                self.say_accept();
                Ok(())
            }
            State::Ready => {
                self.compute_key();
                self.tell_layer(entropy);
                Ok(())
            }
            State::Closed => {
                self.assume_id();
                self.say_discard();
                Ok(())
            }
            State::Waiting | State::Offered => Ok(()),
        };
        if let Err(why) = resumed {
            self.end(why, false);
        }
    }

    /// The number is the one that was asked for, should the server not have told it.
    fn assume_id(&mut self) {
        if self.record.chat.id.0 == 0 {
            self.record.chat.id = ChatId(self.record.request_id);
        }
    }
}
