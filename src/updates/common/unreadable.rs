//! A common difference that cannot be read (UP-63): less is asked for, and at last what is left out is one event that the server has.
//!
//! ```text
//! limit 128, 64 … 1 ──> the server's state ──> qts is ahead ──> pts is ahead ──> what comes since the date is left out
//!                                                   │                │
//!                                              and nothing else: one of it is left out
//!                                              and something else: it is asked for apart
//!                                                  it cannot be read: one of it is left out
//!                                                  it is told: on to the right
//! ```
//!
//! What is counted by `qts` comes first: whoever asks from behind it tells the server that it may forget it (SC-80), so that it has to be
//! told, and kept, before anything is asked for apart from it.
//!
//! A position that the server does not have is never taken: what it gives to it later would be an old one.

use crate::crypto::Entropy;
use crate::time::Now;
use crate::tl::api::functions::updates as functions;
use crate::tl::api::types::updates::State as ServerState;
use crate::updates::checkpoint::CommonState;
use crate::updates::common::Common;
use crate::updates::delivery::{BoxId, Event, Why};
use crate::updates::engine::Engine;
use crate::updates::limits::{COMMON_LIMIT, OVERLAP};
use crate::updates::state::Word;

/// A difference of one event that could not be read.
#[derive(Debug)]
pub(super) struct Unreadable {
    /// What is told of it.
    event: Event,
    /// Once the server told how far it is.
    apart: Option<Apart>,
}

/// What is asked for apart from all else that is behind the server's state.
#[derive(Debug, Clone, Copy)]
struct Apart {
    line: BoxId,
    told: CommonState,
}

impl Common {
    /// Whether the server's state is to be asked for, to know what cannot be read.
    pub(super) fn needs_state(&self) -> bool {
        self.unreadable.as_ref().is_some_and(|unreadable| unreadable.apart.is_none())
    }

    fn apart(&self) -> Option<Apart> {
        self.unreadable.as_ref().and_then(|unreadable| unreadable.apart)
    }

    /// UP-28.
    pub(super) fn difference(&self, at: CommonState) -> functions::GetDifference {
        // UP-82: what has come since the date of a difference may have overtaken what was dated before. What is asked for apart is not of that.
        let (pts, date) = match self.apart() {
            Some(Apart { line: BoxId::Qts, told }) => (told.pts, told.date),
            Some(Apart { told, .. }) => (at.pts, told.date),
            None => (at.pts, at.date.saturating_sub(OVERLAP).max(self.told_until).min(at.date)),
        };
        let mut request = functions::GetDifference::new(pts.max(1), date.max(1), at.qts.max(0));
        (request.pts_limit, request.qts_limit) = (self.course.limit, self.course.limit);
        request
    }

    /// What is taken of a state that was told at the end of an answer: of what was not asked for, nothing.
    pub(super) fn taken(&self, old: CommonState, told: CommonState) -> CommonState {
        match self.apart().map(|apart| apart.line) {
            None => told,
            Some(BoxId::Qts) => CommonState { qts: told.qts, ..old },
            Some(_) => CommonState { pts: told.pts, qts: told.qts, ..old },
        }
    }

    /// UP-82: an answer was of such a date. It has named the channels that have changed before, and says nothing of those that changed between
    /// it and a later container; a part of several has the date that was asked for (UM-06). What is asked for apart names none.
    pub(super) fn has_named_until(&mut self, date: i32) {
        if self.apart().is_none() {
            self.told_until = date.min(self.at.unwrap_or_default().date);
        }
    }

    /// Whether what is behind `pts` is not asked for.
    pub(super) fn asks_for_qts_alone(&self) -> bool {
        self.apart().is_some_and(|apart| apart.line == BoxId::Qts)
    }

    /// The position is another one: what could not be read is no matter.
    pub(super) fn forget_unreadable(&mut self) {
        if self.unreadable.take().is_some() {
            self.course.limit = None;
        }
    }
}

impl Engine {
    /// An answer could not be read.
    pub(in crate::updates) fn common_unreadable(
        &mut self,
        now: Now,
        event: Event,
        entropy: &mut dyn Entropy,
    ) {
        let Some(at) = self.common.at else { return };
        let apart = self.common.apart();
        let course = &mut self.common.course;
        match (course.limit, apart) {
            (Some(1), Some(apart)) => {
                return self.common_left_out(now, apart.line, event, entropy);
            }
            (Some(1), None) => self.common.unreadable = Some(Unreadable { event, apart: None }),
            (None, _) => {
                course.limit = Some(COMMON_LIMIT);
                course.unread_until = at.pts.saturating_add(COMMON_LIMIT);
            }
            (Some(limit), _) => course.limit = Some((limit / 2).max(1)),
        }
        self.common.course.hear(Word::Slice);
    }

    /// The server told how far it is, after a difference of one event that could not be read.
    pub(in crate::updates) fn common_leaves_out(
        &mut self,
        now: Now,
        state: &ServerState,
        entropy: &mut dyn Entropy,
    ) {
        let Some((unreadable, at)) = self.common.unreadable.take().zip(self.common.at) else {
            self.common.course.hear(Word::Slice);
            return;
        };
        let (pts, qts) = (state.pts.max(at.pts), state.qts.max(at.qts));
        let (date, seq) = (self.later_date(now, state.date), state.seq.max(0));
        let told = CommonState { pts, qts, date, seq };
        self.common_looks_apart(now, BoxId::Qts, told, unreadable.event, entropy);
    }

    /// Looks for what cannot be read, in what a box has and what comes after that.
    fn common_looks_apart(
        &mut self,
        now: Now,
        first: BoxId,
        told: CommonState,
        event: Event,
        entropy: &mut dyn Entropy,
    ) {
        let Some(at) = self.common.at else { return };
        let (has_pts, has_date) = (told.pts > at.pts, told.date > at.date);
        let (line, is_alone) = match first {
            BoxId::Qts if told.qts > at.qts => (BoxId::Qts, !has_pts && !has_date),
            _ if has_pts => (BoxId::Common, !has_date),
            _ => return self.common_rest_left_out(now, told, event, entropy),
        };
        if is_alone {
            return self.common_left_out(now, line, event, entropy);
        }
        self.common.unreadable = Some(Unreadable { event, apart: Some(Apart { line, told }) });
        self.common.course.limit = Some(1);
        self.common.course.hear(Word::Slice);
    }

    /// What was asked for apart was told. Whether that was all of it, and it goes on with the rest.
    pub(super) fn common_was_apart(
        &mut self,
        now: Now,
        is_last: bool,
        entropy: &mut dyn Entropy,
    ) -> bool {
        let Some(Apart { line, told }) = self.common.apart() else { return false };
        // It is not that which cannot be read, so far.
        self.common.course.limit = None;
        let Some(Unreadable { event, .. }) = self.common.unreadable.take_if(|_| is_last) else {
            return false;
        };
        match line {
            BoxId::Qts => self.common_looks_apart(now, BoxId::Common, told, event, entropy),
            _ => self.common_rest_left_out(now, told, event, entropy),
        }
        true
    }

    /// Nothing that is counted is missing: what cannot be read is what comes since the date.
    fn common_rest_left_out(
        &mut self,
        now: Now,
        told: CommonState,
        event: Event,
        entropy: &mut dyn Entropy,
    ) {
        let Some(at) = self.common.at else { return };
        self.common_tell_unreadable(BoxId::Common, event);
        let date = told.date.max(at.date);
        self.common.at = Some(CommonState { date, seq: told.seq, ..at });
        self.common.has_named_until(told.date);
        self.common_arrives();
        self.common.course.left_out(now.mono, entropy);
    }

    /// One event of a box is left out.
    fn common_left_out(&mut self, now: Now, line: BoxId, event: Event, entropy: &mut dyn Entropy) {
        let at = self.common.at.unwrap_or_default();
        self.common_tell_unreadable(line, event);
        let from = if line == BoxId::Qts { at.qts } else { at.pts };
        let to = from.saturating_add(1);
        self.lose(line, from, to, Why::Unreadable);
        self.common_rebase(line, to);
        self.common.course.left_out(now.mono, entropy);
    }

    fn common_tell_unreadable(&mut self, line: BoxId, event: Event) {
        self.common.forget_unreadable();
        self.common.course.limit = None;
        let mark = self.common_mark(line);
        let (arrival, origin) = (self.common.course.arrival, self.nobody());
        self.out.deliver(event, Some((line, mark)), arrival, &origin);
    }
}
