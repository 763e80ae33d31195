//! The difference of a channel: asking, and what becomes of the answer (UP-50 to UP-58).

use std::time::Duration;

use crate::crypto::Entropy;
use crate::time::Now;
use crate::tl::api::enums::updates::ChannelDifference;
use crate::tl::api::enums::{ChannelMessagesFilter, Dialog, Message, Update};
use crate::tl::api::functions::updates as functions;
use crate::tl::api::types::updates as answers;
use crate::updates::channels::Kind;
use crate::updates::classify::{Of, Place, place};
use crate::updates::delivery::{Arrival, BoxId, Event, Why};
use crate::updates::engine::Engine;
use crate::updates::held::Origin;
use crate::updates::ledger::At;
use crate::updates::limits::{
    BACKOFF, CHANNEL_LIMIT, CHANNEL_LIMIT_BOTS, CHANNEL_REACH, MAX_ASKED, POLL,
};
use crate::updates::peers::{PeerId, Source, place as place_of};
use crate::updates::position::{Relation, relate};
use crate::updates::request::{Asked, Request};
use crate::updates::state::{State, Word};

impl Engine {
    /// What is to be asked of a channel.
    pub(in crate::updates) fn channel_request(&mut self, now: Now) -> Option<(Asked, Request)> {
        // UP-50: ten at a time, the others wait in a queue.
        while self.channels.running < MAX_ASKED {
            let id = self.channels.due.pop_front()?;
            let is_bot = self.is_bot();
            let Some(channel) = self.channels.map.get_mut(&id) else { continue };
            let pts = channel.pts;
            let Some(active) = channel.active.as_mut() else { continue };
            active.is_queued = false;
            if active.course.state() != State::Due {
                self.channel_settle(now.mono, id);
                continue;
            }
            active.course.hear(Word::Asked);
            let Some(input) = self.peers.input_channel(id) else {
                self.channel_lacks_hash(now, id);
                continue;
            };
            // UP-52.
            let limit = match (pts, active.course.limit) {
                (..=0, _) => 1,
                (_, Some(limit)) => limit,
                (_, None) if is_bot => CHANNEL_LIMIT_BOTS,
                (_, None) => CHANNEL_LIMIT,
            };
            let filter = ChannelMessagesFilter::ChannelMessagesFilterEmpty;
            let mut request =
                functions::GetChannelDifference::new(input, filter, pts.max(1), limit);
            request.force = true;
            self.channels.running += 1;
            self.channels.calls += 1;
            let call = self.channels.calls;
            (active.call, active.asked) = (call, self.next_token);
            self.channel_settle(now.mono, id);
            return Some((Asked::Channel { id, pts, call }, Request::ChannelDifference(request)));
        }
        None
    }

    /// UP-77: how a channel is named is not known. It may be learnt from one common difference; otherwise this is told.
    pub(in crate::updates) fn channel_lacks_hash(&mut self, now: Now, id: i64) {
        let Some(active) = self.channels.map.get_mut(&id).and_then(|c| c.active.as_mut()) else {
            return;
        };
        if std::mem::replace(&mut active.has_asked_hash, true) {
            active.course.hear(Word::Spent);
            let at = self.channels.map.get(&id).map_or(0, |channel| channel.pts);
            let origin = self.nobody();
            let event = Event::ChannelGone { error: Some("CHANNEL_INVALID".to_owned()) };
            let place = Some((BoxId::Channel(id), At { pts: at, ..At::default() }));
            self.out.deliver(event, place, Arrival::Live, &origin);
        } else {
            active.course.hear(Word::Failed);
            active.course.due = Some(now.mono.saturating_add(BACKOFF));
            self.common_wanted(Arrival::Live);
        }
        self.channel_settle(now.mono, id);
    }

    /// The difference of a channel came; `asked` is the position from which it was asked for.
    pub(in crate::updates) fn channel_answered(
        &mut self,
        now: Now,
        id: i64,
        asked: i32,
        difference: ChannelDifference,
        bytes: usize,
        entropy: &mut dyn Entropy,
    ) {
        let Some(channel) = self.channels.map.get_mut(&id) else { return };
        let old = channel.pts;
        let Some(active) = channel.active.as_mut() else { return };
        let arrival = active.course.arrival;
        let unknown_from = active.unknown_from;
        // Whether it has brought something.
        let mut is_fresh = true;
        let (is_last, timeout, moved) = match difference {
            ChannelDifference::ChannelDifferenceEmpty(empty) => {
                // UP-55: it may be more than ours.
                channel.pts = empty.pts.max(1);
                active.held.came(false);
                is_fresh = false;
                let moved = channel.pts != old;
                let to = channel.pts;
                if let Some(from) = unknown_from {
                    self.channel_lost(id, from, to, Why::Unknown);
                }
                (empty.r#final, empty.timeout, moved)
            }
            ChannelDifference::ChannelDifference(content) => {
                active.held.came(true);
                let (is_last, timeout) = (content.r#final, content.timeout);
                let moved = content.pts > asked || !content.new_messages.is_empty();
                if let Some(from) = unknown_from {
                    // All from the beginning on comes.
                    self.channel_lost(id, from, asked.max(1), Why::Unknown);
                }
                self.channel_content(now, id, asked, *content, bytes, arrival);
                (is_last, timeout, moved)
            }
            ChannelDifference::ChannelDifferenceTooLong(told) => {
                active.held.came(true);
                let (is_last, timeout) = (told.r#final, told.timeout);
                let Some(pts) = pts_of(&told.dialog) else {
                    // UP-57: it is not said where to go on.
                    active.course.failed(now.mono, None, entropy);
                    return self.channel_settle(now.mono, id);
                };
                // Of one that was asked for from nowhere nothing was told, though a position to begin from was learnt meanwhile.
                let old = if asked == 0 { 0 } else { old };
                let from = unknown_from.unwrap_or(old);
                self.channel_told_too_long(id, from, pts, *told, bytes, arrival);
                (is_last, timeout, pts != old)
            }
        };
        let Some(channel) = self.channels.map.get_mut(&id) else { return };
        let pts = channel.pts;
        if pts != old {
            self.recent.moved(BoxId::Channel(id));
        }
        self.out.ledger.arrive(BoxId::Channel(id), At { pts, ..At::default() });
        let Some(active) = channel.active.as_mut() else { return };
        active.unknown_from = None;
        if pts >= active.course.unread_until {
            active.course.limit = None;
        }
        active.course.answered(now.mono, is_last, moved, entropy);
        if is_last {
            active.course.arrival = Arrival::Live;
            // UP-54: the pause of the server's is for those that are polled.
            if active.is_polled {
                let secs = timeout.and_then(|secs| u64::try_from(secs).ok());
                let pause = secs.map_or(POLL, Duration::from_secs).max(POLL);
                active.poll = Some(now.mono.saturating_add(pause));
            }
            self.channel_again(now, id, is_fresh);
        }
        self.channel_settle(now.mono, id);
    }

    /// UP-56.
    fn channel_content(
        &mut self,
        now: Now,
        id: i64,
        asked: i32,
        content: answers::ChannelDifference,
        bytes: usize,
        arrival: Arrival,
    ) {
        let answers::ChannelDifference { pts, new_messages, other_updates, chats, users, .. } =
            content;
        let count = new_messages.len().saturating_add(other_updates.len());
        let origin = self.learn(users, chats, bytes, count, self.channel_source(id));
        let (first, rest): (Vec<Update>, Vec<Update>) =
            other_updates.into_iter().partition(|u| matches!(u, Update::UpdateMessageId(_)));
        for update in first {
            self.channel_told(now, id, update, arrival, &origin);
        }
        let mut messages = new_messages;
        messages.sort_by_key(Message::id);
        for message in messages {
            self.channel_message(id, message, arrival, &origin);
        }
        for update in rest {
            self.channel_told(now, id, update, arrival, &origin);
        }
        if let Some(channel) = self.channels.map.get_mut(&id) {
            // One that does not move although it brings something would be asked for ever.
            channel.pts =
                if pts <= asked && count > 0 { asked.saturating_add(1) } else { pts.max(1) };
        }
    }

    /// The difference of a channel that was asked for last.
    fn channel_source(&self, id: i64) -> Source {
        let active = self.channels.map.get(&id).and_then(|channel| channel.active.as_ref());
        Source::Difference { asked: active.map_or(0, |active| active.asked) }
    }

    fn channel_message(&mut self, id: i64, message: Message, arrival: Arrival, origin: &Origin) {
        let line = BoxId::Channel(id);
        match place_of(&message) {
            Some((PeerId::Channel(of), _)) if of != id => {
                self.counts.misplaced += 1;
                return;
            }
            Some((PeerId::User(_) | PeerId::Chat(_), _)) => {
                self.counts.misplaced += 1;
                return;
            }
            // UP-85.
            Some((_, number)) if !self.recent.is_new(line, number) => {
                self.counts.old += 1;
                return;
            }
            _ => {}
        }
        self.peers.contexts(&message);
        let place = Some((line, self.channel_mark(id)));
        self.out.deliver(Event::Message(message), place, arrival, origin);
    }

    /// An update of a channel's difference: of its own box it is told as it is.
    fn channel_told(
        &mut self,
        now: Now,
        id: i64,
        update: Update,
        arrival: Arrival,
        origin: &Origin,
    ) {
        let line = BoxId::Channel(id);
        match place(&update) {
            Place::Channel { of: Of::Channel(of), .. } if of == id => {}
            Place::Channel { of: Of::Channel(_), .. } | Place::TooLong { .. } => {
                self.counts.misplaced += 1;
                return self.came(now, update, origin, arrival);
            }
            Place::Common { .. } | Place::Qts(_) | Place::Channel { .. } => {
                self.counts.misplaced += 1;
                return;
            }
            Place::Read { .. } | Place::Now | Place::Seq => {}
        }
        self.heard_of(&update, false);
        let place = Some((line, self.channel_mark(id)));
        self.out.deliver(Event::Update(update), place, arrival, origin);
    }

    /// UP-57: the server gives the latest messages in place of what happened.
    fn channel_told_too_long(
        &mut self,
        id: i64,
        from: i32,
        pts: i32,
        told: answers::ChannelDifferenceTooLong,
        bytes: usize,
        arrival: Arrival,
    ) {
        let answers::ChannelDifferenceTooLong { dialog, messages, chats, users, .. } = told;
        let origin = self.learn(users, chats, bytes, 1, self.channel_source(id));
        for message in &messages {
            self.peers.contexts(message);
        }
        let Some(channel) = self.channels.map.get_mut(&id) else { return };
        channel.pts = pts;
        let event = Event::ChannelTooLong { from, to: pts, dialog: Box::new(dialog), messages };
        let place = Some((BoxId::Channel(id), At { pts, ..At::default() }));
        self.out.deliver(event, place, arrival, &origin);
    }

    /// UP-58: what was held while the difference ran is looked at again.
    fn channel_again(&mut self, now: Now, id: i64, mut is_fresh: bool) {
        let Some(channel) = self.channels.map.get_mut(&id) else { return };
        let Some(active) = channel.active.as_mut() else { return };
        // UP-34, for channels.
        let is_base = active.held.is_given_up();
        let (held, read) = (active.held.take(), active.read.take());
        for item in held {
            let local = self.channels.map.get(&id).map_or(0, |channel| channel.pts);
            let is_hole = local > 0
                && matches!(
                    relate(local, item.pts, item.count),
                    Relation::Word(Word::Ahead | Word::Overlap)
                );
            let is_near = i64::from(item.pts) < i64::from(local) + CHANNEL_REACH && item.count <= 1;
            if is_hole && is_base {
                let to = item.pts.saturating_sub(item.count);
                self.channel_lost(id, local, to.max(local), Why::Unfilled);
                if let Some(channel) = self.channels.map.get_mut(&id) {
                    channel.pts = to.max(1);
                }
                is_fresh = true;
            } else if is_hole && !is_near && !is_fresh {
                self.channel_lost(id, local, item.pts, Why::Unfilled);
                continue;
            }
            self.channel_came(now, id, Kind::Event, item);
        }
        if let Some(read) = read {
            // It was the newest when it came, and it changes nothing of the order.
            let mark = self.channel_mark(id);
            self.deliver_item(BoxId::Channel(id), read, Some(mark));
        }
        let Some(active) = self.channels.map.get_mut(&id).and_then(|c| c.active.as_mut()) else {
            return;
        };
        if active.held.is_empty() {
            active.course.hear(Word::Filled);
        }
    }

    pub(super) fn channel_mark(&self, id: i64) -> At {
        At { pts: self.channels.map.get(&id).map_or(0, |channel| channel.pts), ..At::default() }
    }
}

/// Where a dialog is, if it says.
fn pts_of(dialog: &Dialog) -> Option<i32> {
    match dialog {
        Dialog::Dialog(dialog) => dialog.pts.filter(|pts| *pts > 0),
        _ => None,
    }
}
