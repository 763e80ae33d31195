//! The common difference: asking, and what becomes of the answer (UP-25 to UP-37).

use crate::crypto::Entropy;
use crate::rpc::known;
use crate::time::Now;
use crate::tl::api::enums::updates::Difference;
use crate::tl::api::enums::{Chat, EncryptedMessage, Message, Update, User};
use crate::tl::api::functions::updates as functions;
use crate::tl::api::types::updates::State as ServerState;
use crate::updates::checkpoint::CommonState;
use crate::updates::classify::{Of, Place, place};
use crate::updates::delivery::{Arrival, BoxId, Event, Why};
use crate::updates::engine::Engine;
use crate::updates::held::{Held, Item, Origin};
use crate::updates::limits::COMMON_RESET;
use crate::updates::peers::Source;
use crate::updates::request::{Asked, Fault, Request};
use crate::updates::state::{State, Word};

/// What a difference or a slice of one holds.
struct Content {
    messages: Vec<Message>,
    encrypted: Vec<EncryptedMessage>,
    others: Vec<Update>,
    chats: Vec<Chat>,
    users: Vec<User>,
    state: ServerState,
    is_last: bool,
}

impl Engine {
    /// What is to be asked of the common box.
    pub(in crate::updates) fn common_request(&mut self) -> Option<(Asked, Request)> {
        if self.common.course.state() == State::Due {
            if self.waits_for_secrets() {
                return None;
            }
            self.common.course.hear(Word::Asked);
            self.common.begins_anew = false;
            let takes_state = self.common.takes_state.is_some() || self.skips;
            let Some(at) = self.common.at.filter(|_| !takes_state) else {
                // UP-37: the state is where to begin, and then the difference is asked for from there.
                return Some((Asked::State, Request::State(functions::GetState)));
            };
            if self.common.needs_state() {
                return Some((Asked::Unreadable, Request::State(functions::GetState)));
            }
            let mut request = self.common.difference(at);
            request.qts = self.confirmed(at.qts).max(0);
            (self.common.asked_qts, self.common.asked) = (request.qts, self.next_token);
            return Some((Asked::Difference, Request::Difference(request)));
        }
        if self.common.at.is_none() || self.common.course.state().is_asking() {
            return None;
        }
        if std::mem::take(&mut self.common.confirms) {
            // UP-89: as far as we are, and nothing is wanted.
            let at = self.common.at.unwrap_or_default();
            let qts = self.confirmed(at.qts).max(0);
            let mut request = functions::GetDifference::new(at.pts.max(1), i32::MAX, qts);
            (request.pts_limit, request.qts_limit) = (Some(1), Some(1));
            return Some((Asked::Confirm, Request::Difference(request)));
        }
        None
    }

    /// The server told its state, to begin with.
    pub(in crate::updates) fn common_begins(&mut self, now: Now, state: &ServerState) {
        let mut told = CommonState {
            pts: state.pts.max(1),
            qts: state.qts.max(0),
            date: state.date.max(1),
            seq: state.seq.max(0),
        };
        let why = self.common.takes_state.take();
        self.common.forget_unreadable();
        // UP-36: it is `pts` that has changed. What `qts` counts goes on from where it is.
        if let Some(old) = self.common.at.filter(|old| old.qts > 0 && why == Some(Why::Reset)) {
            told.qts = old.qts;
        }
        let mut told = match std::mem::replace(&mut self.common.has_begun, true) {
            true => told,
            false => self.common_begins_before(told),
        };
        let old = self.common.at;
        // The server names the channels that have changed since a date: of what is skipped alone nothing is to be named (UP-82).
        if let Some(old) = old.filter(|_| !self.skips) {
            told.date = old.date.clamp(1, told.date);
        }
        let is_first = old.is_none();
        if old.is_none_or(|old| old.qts != told.qts) {
            self.base_qts =
                Some(told.qts).filter(|base| self.kept_qts.is_none_or(|kept| kept < *base));
        }
        self.common.at = Some(told);
        let skips = std::mem::take(&mut self.skips);
        let why = why.or(skips.then_some(Why::Skipped));
        // The loss is to be dealt with before the position counts (UP-83).
        if let Some((old, why)) = old.zip(why) {
            let mark = self.lose(BoxId::Common, old.pts, told.pts, why);
            if skips {
                self.skipped = Some(mark);
            }
            // The server knows neither of the two.
            if why == Why::Unknown && old.qts > 0 && old.qts != told.qts {
                self.lose(BoxId::Qts, old.qts, told.qts, why);
            }
        }
        self.common_arrives();
        if skips {
            self.channels.keep_forgotten();
        }
        if is_first || skips {
            self.common.has_named_until(told.date);
            // Nobody knows since when those that were met before have not been heard of.
            self.channels_wanted();
        }
        if skips && old.is_some() {
            // From now on there is nothing to ask for, but for what was missed meanwhile.
            self.common.course.hear(Word::Final);
            self.common_again(now);
        } else {
            // UP-37: its qts may be of before.
            self.common.course.hear(Word::Slice);
        }
    }

    /// What came while the first state was on its way happened since somebody listens: the box begins before it, and the difference brings
    /// all of it.
    fn common_begins_before(&self, told: CommonState) -> CommonState {
        let first = |held: &Held| held.first().map(|item| item.pts.saturating_sub(item.count));
        let before = |held: &Held, local: i32| first(held).map_or(local, |first| first.min(local));
        let pts = before(&self.common.held, told.pts).max(1);
        CommonState { pts, qts: before(&self.common.held_qts, told.qts).max(0), ..told }
    }

    /// The difference came.
    pub(in crate::updates) fn common_answered(
        &mut self,
        now: Now,
        difference: Difference,
        bytes: usize,
        entropy: &mut dyn Entropy,
    ) {
        let content = match difference {
            Difference::DifferenceEmpty(empty) => {
                return self.common_empty(now, empty.date, empty.seq, entropy);
            }
            Difference::DifferenceTooLong(told) => {
                return self.common_too_long(now, told.pts, entropy);
            }
            Difference::Difference(all) => Content {
                messages: all.new_messages,
                encrypted: all.new_encrypted_messages,
                others: all.other_updates,
                chats: all.chats,
                users: all.users,
                state: all.state,
                is_last: true,
            },
            Difference::DifferenceSlice(slice) => Content {
                messages: slice.new_messages,
                encrypted: slice.new_encrypted_messages,
                others: slice.other_updates,
                chats: slice.chats,
                users: slice.users,
                state: slice.intermediate_state,
                is_last: false,
            },
        };
        self.common_content(now, content, bytes, entropy);
    }

    /// SC-80: whoever asks from a position of `qts` has told the server that it may forget what is before it. So it is asked from what is
    /// kept, whatever was told since: a program that ends now is told that again. Bots have no secret chats, and what is theirs has no
    /// name to be known again by.
    fn confirmed(&self, qts: i32) -> i32 {
        let kept = self.kept_qts.filter(|_| !self.is_bot());
        kept.map_or(qts, |kept| kept.min(qts))
    }

    /// While less is asked for, since something cannot be read (UP-63), each step goes on from the one before: so it waits until what was
    /// told is kept. And where the server has said where to begin, it waits until that is: until then a program that ends goes on from
    /// before it, or begins again.
    fn waits_for_secrets(&self) -> bool {
        let qts = self.common.at.map_or(0, |at| at.qts);
        let is_in_steps = self.common.course.limit.is_some();
        !self.is_bot() && (is_in_steps && self.confirmed(qts) < qts || self.base_qts.is_some())
    }

    fn common_content(
        &mut self,
        now: Now,
        content: Content,
        bytes: usize,
        entropy: &mut dyn Entropy,
    ) {
        let arrival = self.common.course.arrival;
        let old = self.common.at.unwrap_or_default();
        let Content { mut messages, encrypted, mut others, chats, users, state, is_last } = content;
        if self.common.asks_for_qts_alone() {
            // What has happened meanwhile is behind what was not asked for yet.
            messages.clear();
            others.retain(|update| matches!(place(update), Place::Qts(_)));
        }
        let count = messages.len().saturating_add(encrypted.len()).saturating_add(others.len());
        let source = Source::Difference { asked: self.common.asked };
        let origin = self.learn(users, chats, bytes, count, source);
        // UP-30: what others refer to, then the messages, then what changes them.
        let (mut first, mut rest, mut reset) = (Vec::new(), Vec::new(), None);
        for update in others {
            match update {
                Update::UpdateMessageId(_)
                | Update::UpdateStoryId(_)
                | Update::UpdateEncryption(_)
                | Update::UpdateFolderPeers(_) => first.push(update),
                Update::UpdatePtsChanged => reset = Some(update),
                other => rest.push(other),
            }
        }
        // What of it is news: a difference from before what was told brings that again.
        let (mut news, mut news_of_qts) = (0_usize, 0_usize);
        let mut told = |line| match line {
            Some(BoxId::Qts) => news_of_qts = news_of_qts.saturating_add(1),
            Some(_) => news = news.saturating_add(1),
            None => {}
        };
        for update in first {
            told(self.common_told(now, update, arrival, &origin));
        }
        for message in messages {
            told(self.common_message(message, arrival, &origin));
        }
        let mark = self.common_mark(BoxId::Qts);
        for message in self.common.forgotten(&encrypted, state.qts).into_iter().chain(encrypted) {
            // It was asked for from before what was told and not kept.
            if !self.recent.is_new_secret(&message) {
                self.counts.old += 1;
                continue;
            }
            let event = Event::Encrypted(message);
            self.out.deliver(event, Some((BoxId::Qts, mark)), arrival, &origin);
            told(Some(BoxId::Qts));
        }
        for update in rest.into_iter().chain(reset) {
            told(self.common_told(now, update, arrival, &origin));
        }
        let moved = self.common_takes(now, &state);
        let at = self.common.at.unwrap_or_default();
        self.common.held.came(news > 0 || at.pts != old.pts);
        self.common.held_qts.came(news_of_qts > 0 || at.qts != old.qts);
        let is_news = news > 0 || news_of_qts > 0;
        let is_nothing = !is_news && (at.pts, at.qts, at.seq) == (old.pts, old.qts, old.seq);
        if self.common.takes_state.is_some() && self.common.course.may_reset() {
            // UP-36: not this state either.
            self.common.course.hear(Word::Slice);
            return;
        }
        // Once is enough: a server that says so in each answer is not asked for ever.
        self.common.takes_state = None;
        self.common_ended(now, is_last, moved || is_news, entropy);
        if is_last {
            self.common_gives_up(now, is_nothing);
        }
    }

    /// UP-34: an answer was the last. If it brought nothing, what is held of `seq` does not wait. What has a position may have happened after
    /// the server had answered: it takes several answers to say that what is before it does not come.
    fn common_gives_up(&mut self, now: Now, is_nothing: bool) {
        if is_nothing {
            self.seq_accept(now);
        }
        if self.common.held_qts.is_given_up() {
            self.common_accept(now, BoxId::Qts);
        }
        if self.common.held.is_given_up() {
            self.common_accept(now, BoxId::Common);
        }
    }

    /// UP-33: a message of a difference has the state of the answer, and no position of its own.
    /// Gives its box if it is news.
    fn common_message(
        &mut self,
        message: Message,
        arrival: Arrival,
        origin: &Origin,
    ) -> Option<BoxId> {
        // UP-85.
        if let Some((_, id)) = crate::updates::peers::place(&message)
            && !self.recent.is_new(BoxId::Common, id)
        {
            self.counts.old += 1;
            return None;
        }
        let mark = self.common.mark();
        let place = Some((BoxId::Common, mark));
        self.out.deliver(Event::Message(message), place, arrival, origin);
        Some(BoxId::Common)
    }

    /// An update of a difference: in our own boxes it is told as it is (UP-31), in a channel's it goes by its position (UP-32).
    /// Gives the box if it is one of ours.
    fn common_told(
        &mut self,
        now: Now,
        update: Update,
        arrival: Arrival,
        origin: &Origin,
    ) -> Option<BoxId> {
        let line = match place(&update) {
            Place::Channel { of: Of::Channel(_), .. }
            | Place::Read { .. }
            | Place::TooLong { .. } => {
                self.came(now, update, origin, arrival);
                return None;
            }
            Place::Common { of: Of::Channel(_), .. } | Place::Channel { .. } => {
                self.counts.misplaced += 1;
                return None;
            }
            Place::Qts(_) => BoxId::Qts,
            _ => BoxId::Common,
        };
        self.heard_of(&update, true);
        let mark = self.common_mark(line);
        self.out.deliver(Event::Update(update), Some((line, mark)), arrival, origin);
        Some(line)
    }

    /// UP-30: takes all four values of a state, whatever they are. Whether that is progress.
    fn common_takes(&mut self, now: Now, state: &ServerState) -> bool {
        let old = self.common.at.unwrap_or_default();
        // A part of several has the `qts` that was asked for (UM-06), which is before what was told and is not kept.
        let is_as_asked = state.qts == self.common.asked_qts && state.qts < old.qts;
        let told = CommonState {
            pts: state.pts.max(1),
            qts: if is_as_asked { old.qts } else { state.qts.max(0) },
            date: self.later_date(now, state.date),
            seq: state.seq.max(0),
        };
        let told = self.common.taken(old, told);
        if i64::from(old.pts) - i64::from(told.pts) > COMMON_RESET {
            self.lose(BoxId::Common, old.pts, told.pts, Why::Reset);
        }
        self.common.at = Some(told);
        self.common.has_named_until(state.date);
        self.recent.moved(BoxId::Common);
        self.recent.moved(BoxId::Qts);
        self.common_arrives();
        (told.pts, told.qts, told.date) != (old.pts, old.qts, old.date)
    }

    /// All before the state is to be dealt with before the state counts (UP-83).
    pub(super) fn common_arrives(&mut self) {
        for line in [BoxId::Common, BoxId::Qts] {
            let mark = self.common_mark(line);
            self.out.ledger.arrive(line, mark);
        }
    }

    fn common_empty(&mut self, now: Now, date: i32, seq: i32, entropy: &mut dyn Entropy) {
        if self.common_was_apart(now, true, entropy) {
            return;
        }
        let later = self.later_date(now, date);
        if let Some(at) = self.common.at.as_mut() {
            (at.date, at.seq) = (later, seq);
        }
        self.common.has_named_until(date);
        self.common_arrives();
        self.common.held.came(false);
        self.common.held_qts.came(false);
        self.common_ended(now, true, true, entropy);
        self.common_gives_up(now, true);
    }

    /// UP-34: what is missing does not come. What is held becomes the base, and the loss is told.
    fn common_accept(&mut self, now: Now, line: BoxId) {
        let Some(at) = self.common.at else { return };
        let (first, local) = match line {
            BoxId::Qts => (self.common.held_qts.first(), at.qts),
            _ => (self.common.held.first(), at.pts),
        };
        let Some(first) = first else { return };
        // What overlaps is told whole: its base is before what was told.
        let base = first.pts.saturating_sub(first.count);
        self.lose(line, local, base.max(local), Why::Unfilled);
        self.common_rebase(line, base);
        self.common_refill(now);
    }

    /// UP-35: the box goes on from a later position.
    fn common_too_long(&mut self, now: Now, pts: i32, entropy: &mut dyn Entropy) {
        let Some(old) = self.common.at else { return };
        let mark = self.common_mark(BoxId::Common);
        let event = Event::Lost { from: old.pts, to: pts, why: Why::TooLong };
        let (arrival, origin) = (self.common.course.arrival, self.nobody());
        self.out.deliver(event, Some((BoxId::Common, mark)), arrival, &origin);
        self.common_rebase(BoxId::Common, pts.max(1));
        self.common_ended(now, false, pts > old.pts, entropy);
    }

    /// UP-36, and `PERSISTENT_TIMESTAMP_INVALID`: the position does not hold. In an answer that is followed by what comes after the
    /// answer, and another is not wanted. Pushed while one is under way, it says that its position does not hold either.
    pub(in crate::updates) fn common_reset(&mut self, why: Why, is_told: bool) {
        let old = self.common.at.unwrap_or_default();
        match why {
            // How much is lost is known when the state is.
            Why::Unknown => self.common.takes_state = Some(why),
            // Several sessions share the box: everything is asked for.
            _ if self.is_bot() => {
                self.lose(BoxId::Common, old.pts, 1, why);
                if !is_told {
                    self.common_rebase(BoxId::Common, 1);
                    self.common.begins_anew = self.common.course.state().is_asking();
                }
            }
            _ => self.common.takes_state = Some(why),
        }
        if !is_told {
            self.common_wanted(Arrival::Live);
        }
    }

    /// An answer was dealt with.
    fn common_ended(&mut self, now: Now, is_last: bool, moved: bool, entropy: &mut dyn Entropy) {
        if std::mem::take(&mut self.common.begins_anew) {
            self.common_rebase(BoxId::Common, 1);
        }
        if self.common_was_apart(now, is_last, entropy) {
            return;
        }
        let at = self.common.at.unwrap_or_default();
        if is_last || at.pts >= self.common.course.unread_until {
            self.common.course.limit = None;
        }
        self.common.course.answered(now.mono, is_last, moved, entropy);
        if is_last {
            self.common.course.arrival = Arrival::Live;
            self.common_again(now);
            self.channels_wake(now.mono);
        }
    }

    /// UP-27: what was held while the difference ran is looked at again, as if it came now.
    fn common_again(&mut self, now: Now) {
        for line in [BoxId::Common, BoxId::Qts] {
            let held = match line {
                BoxId::Qts => &mut self.common.held_qts,
                _ => &mut self.common.held,
            };
            for item in held.take() {
                self.common_came(now, line, Of::Own, item);
            }
        }
        let parts = std::mem::take(&mut self.common.held_seq);
        self.common.held_seq_bytes = 0;
        for part in parts {
            self.seq_came(now, part);
        }
        if self.common.holds_nothing() {
            self.common.course.hear(Word::Filled);
        }
    }

    /// The table of errors, for the common box.
    pub(in crate::updates) fn common_failed(
        &mut self,
        now: Now,
        fault: &Fault,
        entropy: &mut dyn Entropy,
    ) {
        let wait = match fault {
            Fault::Rpc(error) if error.name == known::PERSISTENT_TIMESTAMP_INVALID => {
                if !self.common.course.may_reset() {
                    // It knows no position at all: that passes, or never ends.
                    self.common.course.failed(now.mono, None, entropy);
                    return;
                }
                self.common.course.hear(Word::Slice);
                return self.common_reset(Why::Unknown, false);
            }
            // CF-17: nobody is logged in any more, and nothing is asked for.
            Fault::Rpc(error) if error.code == 401 => {
                self.common.course.hear(Word::Spent);
                return self.log_out();
            }
            Fault::Rpc(error) => error.ordered_wait(),
            Fault::Unanswered => None,
        };
        self.common.course.failed(now.mono, wait, entropy);
        // What waited for its peers alone waits no more (UP-71).
        self.common_refill(now);
    }
}

impl Item {
    /// An update with a position.
    pub(in crate::updates) fn new(
        update: Option<Update>,
        pts: i32,
        count: i32,
        origin: Origin,
    ) -> Self {
        Self { update, pts, count, origin }
    }
}
