//! What the server sends on its own: containers, and what is in them (UP-05, UP-06, UP-10).

use crate::time::Now;
use crate::tl::Deserialize;
use crate::tl::api::enums::{self, Chat, Update, User};
use crate::updates::channels::Kind;
use crate::updates::classify::{Of, Place, is_before_login, place};
use crate::updates::common::Part;
use crate::updates::delivery::{Arrival, BoxId, Event};
use crate::updates::engine::{Engine, unreadable_event};
use crate::updates::held::{Item, Origin};
use crate::updates::peers::Source;
use crate::updates::state::Word;

/// A container as it came.
pub(super) struct Container {
    pub(super) updates: Vec<Update>,
    users: Vec<User>,
    chats: Vec<Chat>,
    date: i32,
    seq_start: i32,
    seq: i32,
    bytes: usize,
    is_own: bool,
}

impl Engine {
    /// The server sent an update: the bytes of a value of the type [`Updates`](enums::Updates).
    pub fn handle_updates(&mut self, now: Now, bytes: &[u8]) {
        self.heard(now);
        match enums::Updates::from_bytes(bytes) {
            Ok(updates) => self.take(now, updates, bytes.len(), false),
            Err(error) => {
                // The state has moved on, or the difference brings it; either way it is told (UP-25).
                self.counts.unreadable += 1;
                if self.out.is_full() {
                    // UP-86.
                    self.counts.shed += 1;
                } else {
                    let (event, origin) = (unreadable_event(bytes, &error), self.nobody());
                    self.out.deliver(event, None, Arrival::Live, &origin);
                }
                self.common_wanted(Arrival::Live);
            }
        }
    }

    /// The same, decoded. `bytes` is how many it had: what waits is bounded by that.
    pub fn handle_typed(&mut self, now: Now, updates: enums::Updates, bytes: usize) {
        self.heard(now);
        self.take(now, updates, bytes, false);
    }

    pub(super) fn take(&mut self, now: Now, updates: enums::Updates, bytes: usize, is_own: bool) {
        use enums::Updates::*;
        let container = match updates {
            UpdatesTooLong => return self.common_wanted(Arrival::Live),
            // It answers a call; on its own it says that something was sent, and not what (UP-25).
            UpdateShortSentMessage(_) => return self.common_wanted(Arrival::Live),
            UpdateShortMessage(short) => {
                let (date, update) = (short.date, self.short_message(*short));
                Container::single(update, date, bytes, is_own)
            }
            UpdateShortChatMessage(short) => {
                let (date, update) = (short.date, self.short_chat_message(*short));
                Container::single(update, date, bytes, is_own)
            }
            UpdateShort(short) => Container::single(short.update, short.date, bytes, is_own),
            UpdatesCombined(all) => Container {
                updates: all.updates,
                users: all.users,
                chats: all.chats,
                date: all.date,
                seq_start: all.seq_start,
                seq: all.seq,
                bytes,
                is_own,
            },
            Updates(all) => Container {
                updates: all.updates,
                users: all.users,
                chats: all.chats,
                date: all.date,
                seq_start: all.seq,
                seq: all.seq,
                bytes,
                is_own,
            },
        };
        self.contained(now, container);
    }

    fn contained(&mut self, now: Now, mut container: Container) {
        let Container { seq_start, seq, date, .. } = container;
        if !self.is_logged_in() {
            // UP-12.
            container.updates.retain(is_before_login);
            (container.seq_start, container.seq) = (0, 0);
            // UP-73: while nobody is logged in, a hash holds for nobody.
            (container.users, container.chats) = (Vec::new(), Vec::new());
        } else if seq < 0 || seq_start < 0 || seq < seq_start || date < 0 {
            // UP-10: what contradicts itself is believed in nothing.
            self.counts.contradictions += 1;
            return self.common_wanted(Arrival::Live);
        }
        if self.out.is_full() {
            return self.shed(now, container);
        }
        let Container { updates, users, chats, date, seq_start, seq, bytes, is_own } = container;
        let mut origin = self.learn(users, chats, bytes, updates.len(), Source::of(date, is_own));
        origin.date = date;
        let mut placed: Vec<(Order, Update)> = Vec::new();
        let mut rest = Vec::new();
        for update in updates {
            match order(&update) {
                Some(order) => placed.push((order, update)),
                None if place(&update) == Place::Now => self.now(update, &origin),
                None => rest.push(update),
            }
        }
        // UP-06. It is stable: what is equal stays as it came.
        placed.sort_by_key(|(order, _)| *order);
        for (_, update) in placed {
            self.came(now, update, &origin, Arrival::Live);
        }
        if !rest.is_empty() || seq != 0 {
            self.seq_came(now, Part { seq_start, seq, date, updates: rest, origin });
        }
    }

    /// An update came, with a container or in a difference.
    pub(super) fn came(&mut self, now: Now, update: Update, origin: &Origin, arrival: Arrival) {
        let item = |update, pts, count| Item::new(Some(update), pts, count, origin.clone());
        match place(&update) {
            Place::Common { pts, count, of } => {
                self.common_came(now, BoxId::Common, of, item(update, pts, count));
            }
            Place::Qts(qts) => {
                self.common_came(now, BoxId::Qts, Of::Own, item(update, qts, i32::from(qts != 0)));
            }
            Place::Channel { pts, count, of: Of::Channel(id) } => {
                self.channel_came(now, id, Kind::Event, item(update, pts, count));
            }
            Place::Read { pts, of: Of::Channel(id) } => {
                self.channel_came(now, id, Kind::Read, item(update, pts, 0));
            }
            Place::TooLong { pts, of: Of::Channel(id) } => self.channel_too_long(id, pts, arrival),
            // UP-03: an empty message without a peer is nowhere.
            Place::Channel { of: Of::Nobody, .. } => {
                self.out.deliver(Event::Update(update), None, arrival, origin);
            }
            // UP-02.
            Place::Channel { .. } | Place::Read { .. } | Place::TooLong { .. } => {
                self.counts.misplaced += 1;
                self.common_wanted(Arrival::Live);
            }
            Place::Now | Place::Seq => self.now(update, origin),
        }
    }

    /// Delivers what waits for nothing.
    fn now(&mut self, update: Update, origin: &Origin) {
        // UP-13.
        if let Update::UpdateServiceNotification(told) = &update
            && let Some(date) = told.inbox_date.filter(|_| told.r#type.starts_with("auth"))
            && !self.recent.is_news(date)
        {
            self.counts.old += 1;
            return;
        }
        self.heard_of(&update, false);
        self.out.deliver(Event::Update(update), None, Arrival::Live, origin);
    }

    /// UP-86: the reader has no room. What has a place is left to the difference; what has none is gone, as it would be after a second.
    fn shed(&mut self, now: Now, container: Container) {
        let mut is_common = container.seq != 0;
        self.counts.shed += container.updates.len() as u64;
        for update in &container.updates {
            match place(update) {
                Place::Channel { pts, count, of: Of::Channel(id) } => {
                    self.channel_shed(now, id, pts, count);
                }
                Place::Read { pts, of: Of::Channel(id) } => self.channel_shed(now, id, pts, 0),
                Place::TooLong { pts, of: Of::Channel(id) } => {
                    self.channel_too_long(id, pts, Arrival::Live);
                }
                Place::Common { .. } | Place::Qts(_) | Place::Seq => is_common = true,
                _ => {}
            }
        }
        // How channels are named is worth a few bytes.
        let source = Source::of(container.date, container.is_own);
        let _ = self.learn(container.users, container.chats, 0, 0, source);
        if is_common {
            self.common.course.hear(Word::Shed);
        }
    }
}

impl Container {
    fn single(update: Update, date: i32, bytes: usize, is_own: bool) -> Self {
        let (users, chats) = (Vec::new(), Vec::new());
        Self { updates: vec![update], users, chats, date, seq_start: 0, seq: 0, bytes, is_own }
    }
}

/// The box, and the position before it; of equal ones the one that only stands there comes last.
type Order = (Option<BoxId>, i64, bool);

/// UP-06: where an update stands among those of its container.
fn order(update: &Update) -> Option<Order> {
    let before = |pts: i32, count: i32| i64::from(pts) - i64::from(count);
    Some(match place(update) {
        Place::Common { pts, count, .. } => (Some(BoxId::Common), before(pts, count), count == 0),
        Place::Qts(qts) => (Some(BoxId::Qts), before(qts, 1), false),
        Place::Channel { pts, count, of: Of::Channel(id) } => {
            (Some(BoxId::Channel(id)), before(pts, count), count == 0)
        }
        Place::Read { pts, of: Of::Channel(id) } => (Some(BoxId::Channel(id)), pts.into(), true),
        Place::TooLong { of: Of::Channel(id), .. } => (Some(BoxId::Channel(id)), i64::MAX, true),
        Place::Channel { .. } | Place::Read { .. } | Place::TooLong { .. } => (None, 0, false),
        Place::Now | Place::Seq => return None,
    })
}
