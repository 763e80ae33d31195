//! Answers of calls, and what waits for its time.

use std::time::Duration;

use crate::crypto::Entropy;
use crate::secret::chat::{Chat, InFlight, Pending};
use crate::secret::dh::Group;
use crate::secret::error::Closed;
use crate::secret::event::Event;
use crate::secret::failure::{Called, Reaction, judge};
use crate::secret::life::State;
use crate::secret::limits::RETRY_AFTER;
use crate::secret::outgoing::Kind;
use crate::secret::types::{Answer, Request, Token};
use crate::time::Now;

impl Chat {
    /// Takes the answer of a call. One that nobody waits for is ignored.
    pub fn handle_answer(
        &mut self,
        now: Now,
        token: Token,
        answer: Answer,
        entropy: &mut dyn Entropy,
    ) {
        let Some(pending) = self.pending.remove(&token) else { return };
        self.begin(now, None);
        match pending {
            Pending::Call(called, request) => self.answered(called, request, answer, entropy),
            Pending::Message => {
                if let Some(flight) = self.in_flight.take_if(|flight| flight.token == token) {
                    self.message_answered(flight, answer, entropy);
                }
            }
        }
        self.commit(entropy);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Now, entropy: &mut dyn Entropy) {
        self.begin(now, None);
        self.expire();
        let due = self.later.extract_if(.., |(at, ..)| *at <= now.mono).collect::<Vec<_>>();
        for (_, called, request) in due {
            if called == Called::Aside {
                self.call_aside(request);
            } else {
                self.call(called, request);
            }
        }
        self.hold_until = self.hold_until.filter(|until| *until > now.mono);
        self.commit(entropy);
    }

    /// SC-70.
    pub(super) fn expire(&mut self) {
        for random_id in self.timers.expired(self.now.unix.as_secs()) {
            self.forget_timer(random_id);
            self.event(Event::Expired { random_id });
        }
    }

    fn answered(
        &mut self,
        called: Called,
        request: Request,
        answer: Answer,
        entropy: &mut dyn Entropy,
    ) {
        // What is over needs no answer, but for its end.
        let is_over = self.record.state == State::Closed;
        match (called, answer) {
            (_, Answer::Unknown) => self.again(called, request, RETRY_AFTER),
            (_, Answer::Failed(error)) => match judge(called, &error) {
                Reaction::Later(wait) => self.again(called, request, wait),
                Reaction::Done if called == Called::Discard => self.discarded(),
                // SC-07: it may be us who had accepted it. A packet of the other side tells, or the server that it is gone.
                Reaction::Elsewhere if self.accept_in_doubt => {}
                Reaction::Elsewhere => self.end(Closed::Elsewhere, false),
                Reaction::Refused => self.end(Closed::Refused, false),
                _ => {}
            },
            (Called::Config, Answer::DhConfig { version, g, p }) if !is_over => {
                self.group(Some(Group::new(version, g, &p)), entropy);
            }
            (Called::Config, Answer::DhConfigNotModified) if !is_over => self.group(None, entropy),
            (Called::Request | Called::Accept, Answer::Chat(chat)) => {
                self.server_chat(chat, entropy);
            }
            (Called::Discard, Answer::Done) => self.discarded(),
            // Nothing that fits: it is as if there were none.
            _ => {}
        }
    }

    fn discarded(&mut self) {
        self.record.discard = None;
        self.changed();
    }

    /// The same call later. A chat that is closed says nothing more but that (SC-11).
    fn again(&mut self, called: Called, request: Request, wait: Duration) {
        self.accept_in_doubt |= called == Called::Accept;
        if self.record.state != State::Closed || called == Called::Discard {
            self.later.push((self.now.mono.saturating_add(wait), called, request));
        }
    }

    fn message_answered(&mut self, flight: InFlight, answer: Answer, entropy: &mut dyn Entropy) {
        let InFlight { out, is_resend, .. } = flight;
        let error = match answer {
            Answer::Sent { date, file } => return self.message_sent(out, is_resend, date, file),
            Answer::Failed(error) => error,
            // SC-82: the same bytes again.
            _ => return self.hold(RETRY_AFTER),
        };
        let kind = self.outbox.get(&out).map(|sent| sent.kind);
        let called = if kind == Some(Kind::Message) { Called::Message } else { Called::Control };
        match judge(called, &error) {
            Reaction::Later(wait) => self.hold(wait),
            Reaction::Done => self.message_sent(out, is_resend, 0, None),
            Reaction::Gone => self.end(Closed::Theirs, false),
            Reaction::Replace => {
                if let Some(sent) = self.outbox.get(&out) {
                    let random_id = sent.random_id;
                    self.event(Event::SendFailed { random_id, error: error.message() });
                    self.forget_timer(random_id);
                }
                self.replace(out, entropy);
            }
            Reaction::Refused | Reaction::Elsewhere | Reaction::Fatal => {
                // Nobody needs what the other side has already.
                if kind.is_some() {
                    self.end(Closed::Service, false);
                }
            }
        }
    }

    fn hold(&mut self, wait: Duration) {
        self.hold_until = Some(self.now.mono.saturating_add(wait));
    }
}
