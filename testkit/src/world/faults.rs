//! What goes wrong on the way to clients: UM-12. It is here alone, between what is told and what is handed over.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use telewire::tl::api::enums::{self, Updates};
use telewire::tl::api::types;

use crate::world::push::{MAX_JOINED, Queued};
use crate::world::{Key, Peer, State, Viewer};

/// What happens to what clients are told. A new world hands all of it over, at once and in order. All of it follows from the world's
/// seed.
///
/// Chances are of a thousand, in this order; what comes to pass first is it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PushFaults {
    /// It is lost.
    pub drop: u16,
    /// It is lost, and `updatesTooLong` comes in its place.
    pub too_long: u16,
    /// It comes twice.
    pub repeat: u16,
    /// It comes up to two seconds late.
    pub delay: u16,
    /// It comes before what was told before it.
    pub reorder: u16,
    /// Each of its updates comes in a container of its own.
    pub split: u16,
    /// It comes in one container with what was told before it.
    pub merge: u16,
    /// What it says of channels is lost, and `updateChannelTooLong` comes in its place, with the position or without.
    pub channel_too_long: u16,
    /// Whoever is named in it is named in short, as `min`.
    pub min: u16,
}

/// What happens to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushFault {
    /// Nothing: it is handed over.
    None,
    /// It is lost.
    Drop,
    /// It is lost, and `updatesTooLong` comes in its place.
    TooLong,
    /// It comes twice.
    Repeat,
    /// It comes so much later.
    Delay(Duration),
    /// It comes before what was told before it, to the same key.
    Reorder,
    /// Each of its updates comes in a container of its own, if it has several and no number.
    Split,
    /// It comes in one container with what was told before it to the same session, if neither has a number.
    Merge,
    /// What it says of channels is lost, and `updateChannelTooLong` comes in its place; what says nothing of any comes as it is.
    ChannelTooLong {
        /// Whether it says where the channel's box is.
        with_pts: bool,
    },
    /// The people and channels that are named in it are named in short, as `min`: their access hashes are none to name them by.
    Min,
}

/// The most that one is late by chance.
const LATEST: Duration = Duration::from_secs(2);

/// What is to happen to the next ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    pub(crate) chances: PushFaults,
    pub(crate) script: VecDeque<PushFault>,
}

impl State {
    fn next_fault(&mut self) -> PushFault {
        if let Some(fault) = self.faults.script.pop_front() {
            return fault;
        }
        let PushFaults {
            drop,
            too_long,
            repeat,
            delay,
            reorder,
            split,
            merge,
            channel_too_long,
            min,
        } = self.faults.chances;
        let drawn = if delay > 0 { u32::from_le_bytes(self.random()) } else { 0 };
        let late = LATEST.mul_f64(f64::from(drawn) / f64::from(u32::MAX));
        let with_pts = channel_too_long > 0 && self.chance(500);
        let all = [
            (drop, PushFault::Drop),
            (too_long, PushFault::TooLong),
            (repeat, PushFault::Repeat),
            (delay, PushFault::Delay(late)),
            (reorder, PushFault::Reorder),
            (split, PushFault::Split),
            (merge, PushFault::Merge),
            (channel_too_long, PushFault::ChannelTooLong { with_pts }),
            (min, PushFault::Min),
        ];
        let found = all.into_iter().find(|(chance, _)| self.chance(*chance));
        found.map_or(PushFault::None, |(_, fault)| fault)
    }

    /// Queues what somebody is told, or what becomes of it.
    pub(super) fn enqueue(&mut self, queued: Queued) {
        match self.next_fault() {
            PushFault::None => self.append(queued),
            PushFault::Drop => {}
            PushFault::TooLong => {
                self.append(Queued { updates: Updates::UpdatesTooLong, ..queued });
            }
            PushFault::Repeat => {
                self.append(queued.clone());
                self.append(queued);
            }
            PushFault::Delay(late) => {
                let due = self.clock.saturating_add(late);
                self.append(Queued { due, ..queued });
            }
            PushFault::Reorder => {
                let before = self.pushes.iter().rposition(|other| other.to == queued.to);
                match before {
                    Some(place) => self.wait_at(place, queued),
                    None => self.append(queued),
                }
            }
            PushFault::Split => {
                for updates in split(queued.updates.clone()) {
                    self.append(Queued { updates, ..queued.clone() });
                }
            }
            PushFault::Merge => self.merge(queued),
            PushFault::ChannelTooLong { with_pts } => {
                let updates = self.channels_too_long(queued.updates, with_pts);
                self.append(Queued { updates, ..queued });
            }
            PushFault::Min => {
                let updates = self.in_short(queued.to, queued.updates);
                self.append(Queued { updates, ..queued });
            }
        }
    }

    /// What is said of channels, as `updateChannelTooLong` of each of them.
    fn channels_too_long(&self, updates: Updates, with_pts: bool) -> Updates {
        let Updates::Updates(mut all) = updates else { return updates };
        let mut told = BTreeSet::new();
        let said = std::mem::take(&mut all.updates);
        for update in said {
            let Some(channel_id) = channel_of(&update) else {
                all.updates.push(update);
                continue;
            };
            if told.insert(channel_id) {
                let channel = self.channels.channel(channel_id).filter(|_| with_pts);
                let pts = channel.map(|channel| channel.mailbox.pts());
                all.updates.push(types::UpdateChannelTooLong { channel_id, pts }.into());
            }
        }
        Updates::Updates(all)
    }

    /// A container in which people and channels are named in short.
    fn in_short(&self, to: Key, updates: Updates) -> Updates {
        let login = self.auth.logins.get(&to);
        let (Updates::Updates(mut all), Some(login)) = (updates.clone(), login) else {
            return updates;
        };
        let viewer = Viewer { user: login.user, by: login.by };
        for user in &mut all.users {
            // Nobody is a stranger to oneself.
            if let enums::User::User(user) = user
                && !user.self_
            {
                let access_hash = self.min_access_hash(viewer, Peer::User(user.id));
                (user.min, user.access_hash, user.phone) = (true, Some(access_hash), None);
            }
        }
        for chat in &mut all.chats {
            if let enums::Chat::Channel(channel) = chat {
                let access_hash = self.min_access_hash(viewer, Peer::Channel(channel.id));
                (channel.min, channel.access_hash) = (true, Some(access_hash));
            }
        }
        Updates::Updates(all)
    }

    fn merge(&mut self, queued: Queued) {
        let before = self.pushes.iter_mut().rev().find(|other| other.to == queued.to);
        let same =
            before.filter(|other| other.session == queued.session && other.due == queued.due);
        if let (Some(Queued { updates: Updates::Updates(one), .. }), Updates::Updates(two)) =
            (same, &queued.updates)
            && (one.seq, two.seq) == (0, 0)
            && one.updates.len().saturating_add(two.updates.len()) <= MAX_JOINED
        {
            one.updates.extend(two.updates.iter().cloned());
            one.users.extend(two.users.iter().cloned());
            one.chats.extend(two.chats.iter().cloned());
            one.date = one.date.max(two.date);
            return;
        }
        self.append(queued);
    }
}

/// The channel in whose box something happened.
fn channel_of(update: &enums::Update) -> Option<i64> {
    let of = |message: &enums::Message| match message.peer_id() {
        Some(enums::Peer::PeerChannel(channel)) => Some(channel.channel_id),
        _ => None,
    };
    match update {
        enums::Update::UpdateNewChannelMessage(new) => of(&new.message),
        enums::Update::UpdateEditChannelMessage(edit) => of(&edit.message),
        enums::Update::UpdateDeleteChannelMessages(gone) => Some(gone.channel_id),
        enums::Update::UpdatePinnedChannelMessages(pinned) => Some(pinned.channel_id),
        _ => None,
    }
}

/// The updates of a container, each in one of its own with all that are named in it.
fn split(updates: Updates) -> Vec<Updates> {
    match updates {
        Updates::Updates(all) if all.seq == 0 && all.updates.len() > 1 => {
            let types::Updates { updates, users, chats, date, seq } = *all;
            let one = |update| {
                let (users, chats) = (users.clone(), chats.clone());
                types::Updates { updates: vec![update], users, chats, date, seq }.into()
            };
            updates.into_iter().map(one).collect()
        }
        other => vec![other],
    }
}
