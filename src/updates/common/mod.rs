//! The account's own box, with what is counted by `qts` and by `seq`: one difference serves all three (UP-26, UP-27).

mod difference;
mod seq;
mod unreadable;

use std::time::Duration;

use crate::time::Now;
use crate::tl::api::enums::{EncryptedMessage, Update};
use crate::updates::checkpoint::CommonState;
use crate::updates::classify::Of;
use crate::updates::common::unreadable::Unreadable;
use crate::updates::course::Course;
use crate::updates::delivery::{Arrival, BoxId, Event, Mark, Why};
use crate::updates::engine::Engine;
use crate::updates::held::{Held, Item};
use crate::updates::ledger::At;
use crate::updates::limits::{
    COMMON_FALL, COMMON_RESET, CONFIRM_AFTER, DATE_AHEAD, MAX_HELD_BYTES,
};
use crate::updates::position::{Relation, relate};
use crate::updates::recent::name;
use crate::updates::state::{Act, State, Word};
pub(super) use seq::Part;

/// What is known of the common box.
#[derive(Debug, Default)]
pub(super) struct Common {
    pub(super) course: Course,
    /// Whether it ever was somewhere.
    has_begun: bool,
    /// Where it is, once that is known.
    pub(super) at: Option<CommonState>,
    /// The date up to which a difference has told all; 0 if none has. Containers are later, and do not say so much.
    told_until: i32,
    held: Held,
    held_qts: Held,
    held_seq: Vec<Part>,
    held_seq_bytes: usize,
    /// Whether what is held is being looked at.
    is_refilling: bool,
    /// The `qts` that was asked for last.
    asked_qts: i32,
    /// Which of all calls of the engine's the last difference is.
    asked: u64,
    /// How many positions were told since the server was told (UP-89).
    unconfirmed: i64,
    /// Whether the server is to be told.
    pub(super) confirms: bool,
    /// Why the position is to be taken from the server's state, if it is (UP-36).
    pub(super) takes_state: Option<Why>,
    /// A difference that cannot be read, however little it holds (UP-63).
    unreadable: Option<Unreadable>,
    /// Whether the box begins anew after the answer that is under way, whatever position it says (UP-36).
    begins_anew: bool,
}

impl Common {
    pub(super) fn at(at: Option<CommonState>) -> Self {
        let course = Course::at(if at.is_some() { State::Level } else { State::Unknown });
        Self { course, has_begun: at.is_some(), at, ..Self::default() }
    }

    /// The position that deliveries leave the box at.
    pub(super) fn mark(&self) -> At {
        let at = self.at.unwrap_or_default();
        At { pts: at.pts, seq: at.seq, date: at.date }
    }

    /// SC-80: messages of secret chats that are held and before the state of an answer that lacks them. The server has forgotten them, as
    /// a run before had confirmed them; so they are before all that the answer has.
    pub(super) fn forgotten(
        &self,
        answered: &[EncryptedMessage],
        qts: i32,
    ) -> Vec<EncryptedMessage> {
        let held = self.held_qts.upto(qts).filter_map(|item| match &item.update {
            Some(Update::UpdateNewEncryptedMessage(new)) => Some(&new.message),
            _ => None,
        });
        held.filter(|message| !answered.iter().any(|other| name(other) == name(message)))
            .cloned()
            .collect()
    }

    fn holds_nothing(&self) -> bool {
        self.held.is_empty() && self.held_qts.is_empty() && self.held_seq.is_empty()
    }
}

impl Engine {
    /// An update of the common box came, or one of those that `qts` counts.
    pub(super) fn common_came(&mut self, now: Now, line: BoxId, of: Of, item: Item) {
        // UP-02: what names a channel is in no box of ours; something is wrong, so that the server is asked.
        if matches!(of, Of::Channel(_)) {
            self.counts.misplaced += 1;
            return self.common_wanted(Arrival::Live);
        }
        let Some(at) = self.common.at else {
            let act = self.common.course.hear(Word::Early);
            return self.common_act(now, act, line, item);
        };
        // UP-21: what has no qts has no position; and the first one is taken as it is.
        if line == BoxId::Qts && item.pts == 0 {
            return self.deliver_item(line, item, None);
        }
        if line == BoxId::Qts && at.qts == 0 && item.pts > 0 {
            // The answer under way may have been made before it; and of several the lowest is the first.
            let is_asking = self.common.course.state().is_asking();
            let first = self.common.held_qts.first();
            let is_first = !is_asking && first.is_none_or(|first| item.pts <= first.pts);
            let act = if is_first { Act::Deliver } else { Act::Hold };
            return self.common_act(now, act, line, item);
        }
        let local = if line == BoxId::Qts { at.qts } else { at.pts };
        let word = match relate(local, item.pts, item.count) {
            Relation::Invalid => {
                self.counts.invalid += 1;
                return;
            }
            Relation::Fall(by) if by > COMMON_RESET => {
                let to = item.pts.saturating_sub(item.count);
                self.lose(line, local, to, Why::Reset);
                self.common_rebase(line, to);
                Word::Next
            }
            Relation::Fall(by) if by > COMMON_FALL && line == BoxId::Common => {
                self.counts.old += 1;
                return self.common_wanted(Arrival::Live);
            }
            Relation::Fall(_) => Word::Old,
            Relation::Word(word) => word,
        };
        // UP-71: what cannot be understood is asked for, once; a difference is believed.
        if word == Word::Next && !self.suffices(item.update.as_ref()) {
            self.common_wanted(Arrival::Live);
            return self.common_act(now, Act::Hold, line, item);
        }
        let act = self.common.course.hear(word);
        self.common_act(now, act, line, item);
    }

    fn common_act(&mut self, now: Now, act: Act, line: BoxId, item: Item) {
        match act {
            Act::Deliver | Act::Begin => self.common_deliver(now, line, item),
            Act::DeliverOnce => {
                let is_first = item
                    .update
                    .as_ref()
                    .is_some_and(|update| self.recent.is_first(line, item.pts, update));
                if is_first {
                    self.common_deliver(now, line, item);
                }
            }
            Act::Hold => {
                let held = match line {
                    BoxId::Qts => &mut self.common.held_qts,
                    _ => &mut self.common.held,
                };
                match held.insert(item) {
                    true => self.common.course.gap_waits(now.mono),
                    false => self.common_flooded(),
                }
            }
            Act::Drop => self.counts.old += 1,
            Act::Clear | Act::Nothing => {}
        }
    }

    fn common_deliver(&mut self, now: Now, line: BoxId, item: Item) {
        let Some(at) = self.common.at.as_mut() else { return };
        let local = if line == BoxId::Qts { &mut at.qts } else { &mut at.pts };
        self.common.unconfirmed += i64::from(item.pts) - i64::from(*local);
        if *local != item.pts {
            *local = item.pts;
            self.recent.moved(line);
        }
        let mark = self.common_mark(line);
        self.deliver_item(line, item, Some(mark));
        if self.common.unconfirmed >= CONFIRM_AFTER {
            (self.common.unconfirmed, self.common.confirms) = (0, true);
        }
        self.common_refill(now);
    }

    /// Looks at what is held: something may follow now (UP-19).
    pub(super) fn common_refill(&mut self, now: Now) {
        // What is delivered below comes here again: one loop looks at all, so that the stack is as deep for a thousand as for one.
        if self.common.is_refilling
            || self.common.holds_nothing()
            || self.common.course.state().is_asking()
        {
            return;
        }
        self.common.is_refilling = true;
        let mut has_moved = false;
        loop {
            let mut moves = false;
            for line in [BoxId::Common, BoxId::Qts] {
                while let Some(item) = self.common_follows(line) {
                    moves = true;
                    self.common_came(now, line, Of::Own, item);
                }
            }
            moves |= self.seq_refill(now);
            if !moves {
                break;
            }
            has_moved = true;
        }
        self.common.is_refilling = false;
        if self.common.holds_nothing() {
            self.common.course.hear(Word::Filled);
        } else if has_moved {
            self.common.course.gap_moved();
            self.common.course.gap_waits(now.mono);
        }
    }

    /// The first update that is held, if it does not wait any more.
    fn common_follows(&mut self, line: BoxId) -> Option<Item> {
        let at = self.common.at?;
        let (held, local) = match line {
            BoxId::Qts => (&mut self.common.held_qts, at.qts),
            _ => (&mut self.common.held, at.pts),
        };
        let first = held.first()?;
        // UP-21: where `qts` is not anywhere yet, the first one is next.
        let is_first = line == BoxId::Qts && local == 0;
        match relate(local, first.pts, first.count) {
            Relation::Word(Word::Ahead | Word::Overlap) if !is_first => None,
            _ => held.pop(),
        }
    }

    /// UP-24: more is held than may be. The difference brings all of it.
    fn common_flooded(&mut self) {
        self.common.course.hear(Word::Flooded);
        self.common_clear();
        self.counts.flooded += 1;
    }

    fn common_clear(&mut self) {
        self.common.held.clear();
        self.common.held_qts.clear();
        self.common.held_seq.clear();
        self.common.held_seq_bytes = 0;
    }

    /// The common difference is wanted.
    pub(super) fn common_wanted(&mut self, arrival: Arrival) {
        if self.is_logged_in() {
            self.common.course.want(arrival);
        }
    }

    /// The common time has come.
    pub(super) fn common_timeout(&mut self, now: Duration) {
        if self.common.course.due.is_some_and(|due| due <= now) {
            self.common.course.hear(Word::Late);
        }
    }

    /// What a delivery leaves a line at.
    fn common_mark(&self, line: BoxId) -> At {
        match line {
            BoxId::Qts => At { pts: self.common.at.unwrap_or_default().qts, ..At::default() },
            _ => self.common.mark(),
        }
    }

    /// A box begins anew at a position.
    fn common_rebase(&mut self, line: BoxId, to: i32) {
        let Some(at) = self.common.at.as_mut() else { return };
        match line {
            BoxId::Qts => at.qts = to,
            _ => at.pts = to,
        }
        let mark = self.common_mark(line);
        self.out.ledger.arrive(line, mark);
    }

    /// UP-09: a date never goes back, and is not ahead of the server's clock.
    fn later_date(&self, now: Now, date: i32) -> i32 {
        let latest = now.unix.as_secs().saturating_add(DATE_AHEAD);
        let latest = i32::try_from(latest).unwrap_or(i32::MAX);
        let old = self.common.at.unwrap_or_default().date;
        date.min(latest).max(old)
    }

    fn lose(&mut self, line: BoxId, from: i32, to: i32, why: Why) -> Mark {
        let mark = self.common_mark(line);
        let origin = self.nobody();
        self.out.deliver(Event::Lost { from, to, why }, Some((line, mark)), Arrival::Live, &origin)
    }
}

/// The bytes that containers may take which wait for others.
const MAX_PARTS_BYTES: usize = MAX_HELD_BYTES;
