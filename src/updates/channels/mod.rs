//! The boxes of channels (UP-50 to UP-62). One that is idle is a few bytes in a table: no task, no timer, no call.

mod difference;
mod faults;
mod standing;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use crate::map::IdMap;
use crate::time::Now;
use crate::tl::api::enums::{Message, Update};
use crate::updates::checkpoint::ChannelState;
use crate::updates::course::Course;
use crate::updates::delivery::{Arrival, BoxId, Event, Mark, Why};
use crate::updates::engine::Engine;
use crate::updates::held::{Held, Item};
use crate::updates::ledger::{At, Ledger};
use crate::updates::limits::CHANNEL_RESET;
use crate::updates::position::{Relation, relate};
use crate::updates::state::{Act, State, Word};

/// All channels.
#[derive(Debug, Default)]
pub(super) struct Channels {
    map: IdMap<i64, Channel>,
    /// Those whose difference waits to be asked for, in their order (UP-50).
    due: VecDeque<i64>,
    /// How many differences run.
    pub(super) running: usize,
    /// How many calls were made for channels.
    calls: u64,
    timers: BTreeSet<(Duration, i64)>,
    /// Those of which something is to be kept, besides what was dealt with.
    changed: BTreeSet<i64>,
    /// Those that are kept, although nothing is known of them any more.
    forgotten: BTreeSet<i64>,
    /// Those that tell nothing any more, while that is not dealt with: what was kept of them stays until then (UP-83).
    gone: IdMap<i64, Mark>,
    /// How many are polled (UP-54).
    polled: usize,
}

/// What is known of a channel.
#[derive(Debug, Default)]
struct Channel {
    /// Where it is; 0 if that is not known.
    pts: i32,
    /// What was kept.
    kept: i32,
    /// Up to where it was told before it was left: what still comes of that is not told again (UP-85).
    told: i32,
    /// Whether it was kept as one to ask for at the next start.
    is_kept_dirty: bool,
    /// Whether we are no member (UP-60).
    is_outside: bool,
    /// How often it was opened, and not closed (UP-54).
    opened: u16,
    /// When it last said something to us as to a member: before which call of the engine's, and at which date.
    spoke: (u64, i32),
    /// What is needed while something happens.
    active: Option<Box<Active>>,
}

#[derive(Debug, Default)]
struct Active {
    course: Course,
    /// Which call was made for it last: one that was made before it was left is answered to nobody.
    call: u64,
    /// Which of all calls of the engine's that is.
    asked: u64,
    held: Held,
    /// The newest `updateReadChannelInbox` that is ahead (UP-59).
    read: Option<Item>,
    /// Whether its difference is wanted, and has not ended.
    is_behind: bool,
    is_queued: bool,
    is_polled: bool,
    /// When it is polled.
    poll: Option<Duration>,
    /// Under which time it stands in the timers.
    timer: Option<Duration>,
    /// Whether its hash was looked for (UP-77).
    has_asked_hash: bool,
    /// Where it was, if the server does not know of that.
    unknown_from: Option<i32>,
}

impl Channel {
    fn resting_state(&self) -> State {
        if self.pts == 0 { State::Unknown } else { State::Level }
    }

    fn state(&self) -> State {
        self.active.as_ref().map_or_else(|| self.resting_state(), |active| active.course.state())
    }

    fn active(&mut self) -> &mut Active {
        let state = self.resting_state();
        self.active.get_or_insert_with(|| {
            Box::new(Active { course: Course::at(state), ..Active::default() })
        })
    }

    /// Whether what is at a position was told before the channel was left. One that has begun anew since tells all of it.
    fn has_told(&mut self, pts: i32) -> bool {
        if i64::from(self.told) - i64::from(pts) > CHANNEL_RESET {
            self.told = 0;
        }
        pts <= self.told
    }

    /// It is known where it begins. That is kept before the first of it is dealt with: otherwise nobody would know that it is missing.
    fn begins(&mut self, ledger: &mut Ledger, id: i64, base: i32) {
        let base = if self.has_told(base) { self.told } else { base };
        self.pts = base;
        // Of one that was elsewhere, the loss is told first (UP-83).
        if self.active.as_ref().is_none_or(|active| active.unknown_from.is_none()) {
            ledger.arrive(BoxId::Channel(id), At { pts: base, ..At::default() });
        }
    }

    fn hear(&mut self, word: Word) -> Act {
        let (next, act) = self.state().hear(word);
        // What stays as it is needs no room.
        if self.active.is_none() && next == State::Level {
            return act;
        }
        self.active().course.hear(word)
    }
}

impl Channels {
    pub(super) fn load(kept: BTreeMap<i64, ChannelState>) -> Self {
        let mut this = Self::default();
        for (id, state) in kept {
            let pts = state.pts.max(0);
            let mut channel =
                Channel { pts, kept: pts, is_kept_dirty: state.is_dirty, ..Channel::default() };
            if state.is_dirty {
                // UP-81: it is asked for at once.
                let active = channel.active();
                active.course.want(Arrival::CaughtUp);
                active.is_behind = true;
                active.is_queued = true;
                this.due.push_back(id);
            }
            this.map.insert(id, channel);
        }
        this
    }

    /// Nothing is known of any of them any more. What was kept of them stays until [`keep_forgotten`](Self::keep_forgotten).
    pub(super) fn forget_all(&mut self) {
        let forgotten = self.map.keys().copied().collect();
        *self = Self { forgotten, ..Self::default() };
    }

    /// What was forgotten is to be kept no more: it is known where to begin instead.
    pub(super) fn keep_forgotten(&mut self) {
        self.changed.append(&mut self.forgotten);
    }

    /// Whether a call is the one whose answer a channel waits for.
    pub(super) fn waits_for(&self, id: i64, call: u64) -> bool {
        let active = self.map.get(&id).and_then(|channel| channel.active.as_ref());
        active.is_some_and(|active| active.course.state().is_asking() && active.call == call)
    }

    pub(super) fn next_timer(&self) -> Option<Duration> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// What is to be kept of channels, besides those that are dealt with anew.
    pub(super) fn take_changed(&mut self) -> BTreeSet<i64> {
        std::mem::take(&mut self.changed)
    }

    pub(super) fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Those of which something is not dealt with, and which are not kept as dirty.
    pub(super) fn to_be_asked(&self, ledger: &Ledger) -> impl Iterator<Item = i64> {
        let is_clean = |id: &i64| self.map.get(id).is_some_and(|channel| !channel.is_kept_dirty);
        ledger.open_channels().filter(is_clean)
    }

    /// What is to be kept of a channel, which is dealt with up to a position if that is news. `is_open`: whether something of it is told
    /// and not dealt with.
    pub(super) fn keep(
        &mut self,
        id: i64,
        settled: Option<i32>,
        is_open: bool,
    ) -> Option<ChannelState> {
        let channel = self.map.get_mut(&id)?;
        channel.kept = settled.unwrap_or(channel.kept);
        let is_behind = channel.active.as_ref().is_some_and(|active| active.is_behind);
        // It is somewhere, and nothing of it was ever dealt with: its difference would not be known to be missing.
        let is_new = channel.kept == 0 && channel.pts > 0;
        let is_dirty = is_open || is_behind || is_new || self.gone.contains_key(&id);
        channel.is_kept_dirty = is_dirty;
        (channel.kept > 0 || is_dirty).then_some(ChannelState { pts: channel.kept, is_dirty })
    }

    /// Those that are dealt with are gone for good.
    pub(super) fn forget_gone(&mut self, ledger: &Ledger) {
        self.gone.retain(|_, mark| ledger.is_waiting(*mark));
    }

    #[cfg(test)]
    pub(super) fn pts(&self, id: i64) -> Option<i32> {
        self.map.get(&id).map(|channel| channel.pts)
    }

    #[cfg(test)]
    pub(super) fn is_outside(&self, id: i64) -> bool {
        self.map.get(&id).is_some_and(|channel| channel.is_outside)
    }

    #[cfg(test)]
    pub(super) fn told_until(&mut self, id: i64, pts: i32) {
        self.map.entry(id).or_default().told = pts;
    }

    #[cfg(test)]
    pub(super) fn state(&self, id: i64) -> State {
        self.map.get(&id).map_or(State::Unknown, Channel::state)
    }

    /// The bytes that a channel takes while nothing happens.
    #[cfg(test)]
    pub(super) const IDLE: usize = size_of::<(i64, Channel)>();
}

/// What an update of a channel's is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It has a position.
    Event,
    /// It stands at one (UP-59).
    Read,
}

impl Engine {
    /// An update of a channel's box came.
    pub(super) fn channel_came(&mut self, now: Now, id: i64, kind: Kind, item: Item) {
        let line = BoxId::Channel(id);
        let channel = self.channels.map.entry(id).or_default();
        if item.origin.date > 0 && !item.origin.is_own {
            channel.spoke = (self.next_token, item.origin.date);
        }
        let is_followed = !channel.is_outside || channel.opened > 0;
        let is_read = kind == Kind::Read;
        let word = if channel.pts == 0 {
            if item.pts <= item.count.max(0) || item.count < 0 {
                self.counts.invalid += 1;
                return;
            }
            if channel.has_told(item.pts) {
                self.counts.old += 1;
                return;
            }
            if !is_followed {
                // UP-61: what a channel that was left still says is told, and begins nothing.
                channel.told = item.pts;
                return self.deliver_item(line, item, None);
            }
            Word::First
        } else {
            match relate(channel.pts, item.pts, item.count) {
                Relation::Invalid => {
                    self.counts.invalid += 1;
                    return;
                }
                Relation::Fall(by) if by > CHANNEL_RESET && !is_read => {
                    let to = item.pts.saturating_sub(item.count);
                    let from = std::mem::replace(&mut channel.pts, to);
                    self.channel_lost(id, from, to, Why::Reset);
                    Word::Next
                }
                Relation::Fall(_) => Word::Old,
                Relation::Word(word) => word,
            }
        };
        if is_read && word == Word::Ahead {
            return self.channel_read_ahead(now, id, item);
        }
        if !is_followed && matches!(word, Word::Ahead | Word::Overlap) {
            // UP-60: nobody asked for this channel.
            return self.channel_deliver(now, id, item);
        }
        // UP-71: a message that cannot be understood is asked for, once. What tells of a kick is not: it could not be asked for.
        if word == Word::Next && !is_service(&item) && !self.suffices(item.update.as_ref()) {
            return self.channel_wanted(id, Arrival::Live);
        }
        let Some(channel) = self.channels.map.get_mut(&id) else { return };
        match channel.hear(word) {
            Act::Begin => {
                // UP-23: with no count, an update with the same position may follow.
                let is_placed = item.count != 0;
                let base = item.pts.saturating_sub(item.count.max(1)).max(1);
                channel.begins(&mut self.out.ledger, id, base);
                // UP-82: of what followed it until the date no difference tells.
                let date = self.common.at.map_or(0, |at| at.date);
                let is_late = (1..=date).contains(&item.origin.date);
                if is_placed {
                    self.channel_deliver(now, id, item);
                } else {
                    let mark = At { pts: base, ..At::default() };
                    self.deliver_item(line, item, Some(mark));
                }
                // UP-59: something has the position of what has no count, and it may have been lost.
                if is_late || !is_placed {
                    self.channel_wanted(id, Arrival::Live);
                }
            }
            Act::Deliver => self.channel_deliver(now, id, item),
            Act::DeliverOnce => {
                let is_first = item
                    .update
                    .as_ref()
                    .is_some_and(|update| self.recent.is_first(line, item.pts, update));
                if is_first {
                    self.channel_deliver(now, id, item);
                }
            }
            Act::Hold if is_read => channel.active().read = Some(item),
            Act::Hold => {
                let active = channel.active();
                if !active.held.insert(item) {
                    // UP-24.
                    active.held.clear();
                    active.course.hear(Word::Flooded);
                    self.counts.flooded += 1;
                }
            }
            Act::Drop => self.counts.old += 1,
            Act::Clear | Act::Nothing => {}
        }
        self.channel_settle(now.mono, id);
    }

    /// UP-86: an update came that its reader has no room for.
    pub(super) fn channel_shed(&mut self, now: Now, id: i64, pts: i32, count: i32) {
        let channel = self.channels.map.entry(id).or_default();
        if channel.is_outside && channel.opened == 0 {
            return;
        }
        if channel.pts == 0 {
            if channel.has_told(pts) {
                return;
            }
            let base = pts.saturating_sub(count.max(0)).max(1);
            channel.begins(&mut self.out.ledger, id, base);
        }
        channel.hear(Word::Shed);
        self.channel_settle(now.mono, id);
    }

    /// UP-59: the newest is kept, and the difference is wanted.
    fn channel_read_ahead(&mut self, now: Now, id: i64, item: Item) {
        let Some(channel) = self.channels.map.get_mut(&id) else { return };
        let active = channel.active();
        if active.read.as_ref().is_none_or(|read| read.pts <= item.pts) {
            active.read = Some(item);
        }
        if !active.course.state().is_asking() {
            active.course.want(Arrival::Live);
        }
        self.channel_settle(now.mono, id);
    }

    /// Delivers an update, and what follows it.
    fn channel_deliver(&mut self, now: Now, id: i64, item: Item) {
        let line = BoxId::Channel(id);
        let mut next = Some(item);
        let mut has_moved = false;
        while let Some(item) = next.take() {
            let Some(channel) = self.channels.map.get_mut(&id) else { return };
            if channel.pts != item.pts {
                channel.pts = item.pts;
                self.recent.moved(line);
            }
            let mark = At { pts: item.pts, ..At::default() };
            self.deliver_item(line, item, Some(mark));
            next = self.channel_follows(id);
            has_moved |= next.is_some();
        }
        let Some(channel) = self.channels.map.get_mut(&id) else { return };
        let Some(active) = channel.active.as_mut() else { return };
        if active.held.is_empty() {
            active.course.hear(Word::Filled);
        } else if has_moved {
            active.course.gap_moved();
        }
        self.channel_settle(now.mono, id);
    }

    /// The first update that is held, if it follows now.
    fn channel_follows(&mut self, id: i64) -> Option<Item> {
        let channel = self.channels.map.get_mut(&id)?;
        let local = channel.pts;
        let active = channel.active.as_mut().filter(|active| !active.course.state().is_asking())?;
        loop {
            let first = active.held.first()?;
            match relate(local, first.pts, first.count) {
                Relation::Word(Word::Ahead | Word::Overlap) => return None,
                Relation::Word(Word::Next) => return active.held.pop(),
                Relation::Word(Word::Same) => {
                    let item = active.held.pop()?;
                    let line = BoxId::Channel(id);
                    let update = item.update.as_ref()?;
                    if self.recent.is_first(line, item.pts, update) {
                        return Some(item);
                    }
                }
                _ => drop(active.held.pop()),
            }
        }
    }

    /// The difference of a channel is wanted.
    pub(super) fn channel_wanted(&mut self, id: i64, arrival: Arrival) {
        if !self.is_logged_in() {
            return;
        }
        let channel = self.channels.map.entry(id).or_default();
        if channel.is_outside && channel.opened == 0 {
            return;
        }
        if channel.pts == 0 && channel.told > 0 {
            // It was left, and is known again: from where it was.
            channel.begins(&mut self.out.ledger, id, channel.told);
        }
        channel.active().course.want(arrival);
        self.channel_settle(Duration::ZERO, id);
    }

    /// UP-25: channels whose difference has failed too often are asked for once more. Those that cannot be named wait for that (UP-77).
    pub(super) fn channels_wake(&mut self, now: Duration) {
        if !self.is_logged_in() {
            return;
        }
        let is_dormant = |channel: &Channel| {
            let active = channel.active.as_ref().filter(|active| !active.has_asked_hash);
            active.is_some_and(|active| active.course.state() == State::Dormant)
        };
        let dormant = self.channels.map.iter().filter(|(_, channel)| is_dormant(channel));
        let mut ids: Vec<i64> = dormant.map(|(id, _)| *id).collect();
        // A map has no order, and what is asked for has one.
        ids.sort_unstable();
        for id in ids {
            if let Some(active) = self.channels.map.get_mut(&id).and_then(|c| c.active.as_mut()) {
                active.course.once_more();
            }
            self.channel_settle(now, id);
        }
    }

    /// The differences of all channels that are known are wanted.
    pub(super) fn channels_wanted(&mut self) {
        let known = self.channels.map.iter().filter(|(_, channel)| channel.pts > 0);
        let mut ids: Vec<i64> = known.map(|(id, _)| *id).collect();
        // A map has no order, and what is asked for has one.
        ids.sort_unstable();
        for id in ids {
            self.channel_wanted(id, Arrival::Live);
        }
    }

    /// UP-51: `updateChannelTooLong`.
    pub(super) fn channel_too_long(&mut self, id: i64, pts: Option<i32>, arrival: Arrival) {
        let channel = self.channels.map.entry(id).or_default();
        match pts {
            Some(pts) if channel.pts > 0 && pts <= channel.pts => return,
            // A position to begin from is better than none.
            Some(pts) if channel.pts == 0 && pts > 0 => {
                channel.begins(&mut self.out.ledger, id, pts);
            }
            _ => {}
        }
        self.channel_wanted(id, arrival);
    }

    /// The time of channels has come.
    pub(super) fn channel_timeouts(&mut self, now: Duration) {
        while let Some((at, id)) = self.channels.timers.first().copied() {
            if at > now {
                break;
            }
            self.channels.timers.remove(&(at, id));
            let Some(active) = self.channels.map.get_mut(&id).and_then(|c| c.active.as_mut())
            else {
                continue;
            };
            active.timer = None;
            if active.course.due.is_some_and(|due| due <= now) {
                active.course.hear(Word::Late);
            }
            if active.poll.is_some_and(|poll| poll <= now) {
                active.poll = None;
                active.course.hear(Word::Wanted);
            }
            self.channel_settle(now, id);
        }
    }

    /// Brings the queue, the timers and what is kept in line with a channel's state.
    fn channel_settle(&mut self, now: Duration, id: i64) {
        let Channels { map, due, timers, changed, .. } = &mut self.channels;
        let Some(channel) = map.get_mut(&id) else { return };
        let is_opened = channel.opened > 0;
        let Some(active) = channel.active.as_mut() else { return };
        let state = active.course.state();
        active.course.gap_waits(now);
        if state == State::Due && !active.is_queued {
            active.is_queued = true;
            due.push_back(id);
        }
        let wanted = active.course.due.into_iter().chain(active.poll).min();
        if active.timer != wanted {
            if let Some(timer) = active.timer {
                timers.remove(&(timer, id));
            }
            if let Some(timer) = wanted {
                timers.insert((timer, id));
            }
            active.timer = wanted;
        }
        let is_behind = !matches!(state, State::Level | State::Unknown);
        if is_behind != active.is_behind {
            active.is_behind = is_behind;
            changed.insert(id);
        }
        let is_idle = !is_behind && !is_opened && active.held.is_empty() && active.read.is_none();
        if is_idle && !active.is_queued {
            channel.active = None;
        }
    }

    fn channel_lost(&mut self, id: i64, from: i32, to: i32, why: Why) {
        let pts = self.channels.map.get(&id).map_or(0, |channel| channel.pts);
        let origin = self.nobody();
        let place = Some((BoxId::Channel(id), At { pts, ..At::default() }));
        self.out.deliver(Event::Lost { from, to, why }, place, Arrival::Live, &origin);
    }
}

/// Whether an update tells of a kick, a join and the like.
fn is_service(item: &Item) -> bool {
    let Some(Update::UpdateNewChannelMessage(new)) = &item.update else { return false };
    matches!(new.message, Message::MessageService(_))
}
