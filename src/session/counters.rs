//! What a session counts.

use crate::session::violation::Violation;

/// How often things happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Requests taken, before there was a key too.
    pub requests: u64,
    /// Packets sealed.
    pub packets_out: u64,
    /// Packets opened.
    pub packets_in: u64,
    /// Messages taken, those in containers too.
    pub messages_in: u64,
    /// Messages that had come before.
    pub duplicates: u64,
    /// Packets and messages that were dropped because a rule was broken.
    pub dropped: u64,
    /// Messages acknowledged.
    pub acks_out: u64,
    /// Answers to requests that are not under way.
    pub stray_answers: u64,
    /// Requests that were sent again.
    pub resent: u64,
    /// Messages of ours that the server refused with a `bad_msg_notification`.
    pub refused: u64,
    /// Messages of ours that the server was asked about.
    pub asked: u64,
    /// Sessions that were begun anew because the numbers of one did not fit.
    pub sessions: u64,
    /// Packets of the session before.
    pub former_session: u64,
    pub(super) violations: [u64; Violation::NAMES.len()],
}

impl Counters {
    /// How often each rule was broken, by its name.
    pub fn violations(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Violation::NAMES.into_iter().zip(self.violations)
    }

    pub(super) fn note(&mut self, violation: &Violation) {
        self.dropped += 1;
        if let Some(count) = self.violations.get_mut(violation.place()) {
            *count += 1;
        }
    }
}
