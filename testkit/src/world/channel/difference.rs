//! What somebody missed in a channel: UM-07; and which channels somebody missed something in: UM-06.

use std::collections::BTreeSet;

use telewire::rpc::RpcError;
use telewire::tl::api::{enums, types};

use crate::world::channel::Channel;
use crate::world::mailbox::Event;
use crate::world::view::View;
use crate::world::{Part, Peer, State, Viewer, What, invalid};

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Missed {
    pub(crate) pts: i32,
    /// Events of one answer.
    pub(crate) limit: i32,
    /// Messages of these numbers alone; all if there are none.
    pub(crate) ranges: Vec<(i32, i32)>,
}

/// Seconds until a client that has a channel open asks again.
const TIMEOUT: i32 = 30;

/// The most events of a channel that a common difference tells by itself.
const MAX_TOLD: usize = 10;

impl State {
    /// What happened in a channel after a position. TooLong comes when that is further behind than a box keeps, and by a draw
    /// of the seed when more happened than was asked for.
    ///
    /// # Errors
    ///
    /// `PERSISTENT_TIMESTAMP_EMPTY`: 0; `PERSISTENT_TIMESTAMP_INVALID`: below that, or nothing was there yet.
    pub(crate) fn channel_difference(
        &self,
        viewer: Viewer,
        channel: &Channel,
        missed: &Missed,
    ) -> Result<enums::updates::ChannelDifference, RpcError> {
        let latest = channel.mailbox.pts();
        match missed.pts {
            0 => return Err(invalid("PERSISTENT_TIMESTAMP_EMPTY")),
            pts if pts < 0 || pts > latest => {
                return Err(invalid("PERSISTENT_TIMESTAMP_INVALID"));
            }
            _ => {}
        }
        let limit = missed.limit.max(1);
        let behind = latest.saturating_sub(missed.pts);
        let is_drawn = behind > limit && self.draw(channel.id, missed.pts).is_multiple_of(4);
        if behind > self.channels.kept || is_drawn {
            return Ok(self.too_long(viewer, channel, limit));
        }
        let mut events: Vec<&Event> = Vec::new();
        let mut told = 0_i32;
        for event in channel.mailbox.since(missed.pts) {
            told = told.saturating_add(event.count);
            if told > limit && !events.is_empty() {
                break;
            }
            events.push(event);
        }
        let Some(pts) = events.last().map(|event| event.pts) else {
            let empty = types::updates::ChannelDifferenceEmpty {
                r#final: true,
                pts: latest,
                timeout: Some(TIMEOUT),
            };
            return Ok(empty.into());
        };
        let mut view = self.view(viewer);
        view.name(channel.peer());
        let (new_messages, other_updates) = view.happened(channel, &events, &missed.ranges);
        let is_final = pts == latest;
        let difference = types::updates::ChannelDifference {
            r#final: is_final,
            pts,
            timeout: is_final.then_some(TIMEOUT),
            new_messages,
            other_updates,
            chats: view.chats(),
            users: view.users(),
        };
        Ok(difference.into())
    }

    /// The latest messages, and where the box is.
    fn too_long(
        &self,
        viewer: Viewer,
        channel: &Channel,
        limit: i32,
    ) -> enums::updates::ChannelDifference {
        let mut view = self.view(viewer);
        let limit = usize::try_from(limit).unwrap_or(0).min(100);
        let part = Part { offset_id: 0, add_offset: 0, limit, max_id: 0, min_id: 0 };
        let messages = part.of(&channel.history.messages);
        let messages = messages.into_iter().map(|id| view.channel_message(channel.id, id));
        let messages = messages.collect();
        let dialog = view.channel_dialog(channel).into();
        let too_long = types::updates::ChannelDifferenceTooLong {
            r#final: true,
            timeout: Some(TIMEOUT),
            dialog,
            messages,
            chats: view.chats(),
            users: view.users(),
        };
        too_long.into()
    }

    /// Where the channels that somebody is in stand in their list: the date and number of the last message of each.
    pub(crate) fn channel_places(&self, me: i64) -> Vec<(i32, i32, Peer)> {
        let account = self.accounts.get(&me);
        let mine = account.into_iter().flat_map(|account| &account.channels);
        let places = mine.filter_map(|id| {
            let channel = self.channels.channel(*id)?;
            let top = channel.history.top();
            let copy = channel.mailbox.message(top);
            let post = copy.and_then(|copy| self.posts.post(copy.post));
            Some((post.map_or(channel.date, |post| post.date), top, channel.peer()))
        });
        places.collect()
    }

    /// What is drawn for a channel and a position: the same for a seed, however often it is asked.
    fn draw(&self, channel: i64, pts: i32) -> u64 {
        let position = u64::from(pts.cast_unsigned());
        self.drawn(&[channel.cast_unsigned(), position])
    }
}

impl View<'_> {
    /// UM-06: the channels of an account in which something happened since a moment, for `updates.getDifference`. By a draw of the
    /// seed they are named with their position, without it, or what happened is told with its real positions.
    pub(crate) fn channel_news(&mut self, since: i32) -> Vec<enums::Update> {
        let state = self.state;
        let mut told = Vec::new();
        let account = state.accounts.get(&self.viewer.user);
        let mine = account.into_iter().flat_map(|account| &account.channels);
        for channel in mine.filter_map(|id| state.channels.channel(*id)) {
            let events: Vec<_> = channel.mailbox.of_since(since).collect();
            if events.is_empty() {
                continue;
            }
            self.name(channel.peer());
            let latest = channel.mailbox.pts();
            let (channel_id, draw) = (channel.id, state.draw(channel.id, latest) % 3);
            if draw == 2 && events.len() <= MAX_TOLD {
                for event in events {
                    if !is_gone(channel, event) {
                        let update =
                            self.channel_event(channel.id, &event.what, event.pts, event.count);
                        told.push(update);
                    }
                }
            } else {
                let pts = (draw != 0).then_some(latest);
                told.push(types::UpdateChannelTooLong { channel_id, pts }.into());
            }
        }
        told
    }

    /// Messages that are new and are still there, as they are now; and what else happened.
    fn happened(
        &mut self,
        channel: &Channel,
        events: &[&Event],
        ranges: &[(i32, i32)],
    ) -> (Vec<enums::Message>, Vec<enums::Update>) {
        let (mut new, mut other) = (Vec::new(), Vec::new());
        let mut shown = BTreeSet::new();
        let is_wanted = |id: i32| {
            ranges.is_empty() || ranges.iter().any(|(min, max)| (*min..=*max).contains(&id))
        };
        for event in events.iter().filter(|event| !is_gone(channel, event)) {
            match event.what {
                What::New(id) => {
                    shown.insert(id);
                    if is_wanted(id) {
                        new.push(self.channel_message(channel.id, id));
                    }
                }
                // It is shown as it is now.
                What::Edit(id) if shown.contains(&id) => {}
                _ => {
                    let update =
                        self.channel_event(channel.id, &event.what, event.pts, event.count);
                    other.push(update);
                }
            }
        }
        (new, other)
    }

    /// A channel in a list of chats, or in what is too long.
    pub(crate) fn channel_dialog(&mut self, channel: &Channel) -> types::Dialog {
        let me = self.viewer.user;
        let peer = self.name(channel.peer());
        let top = channel.history.messages.last().copied().unwrap_or(0);
        let read = channel.members.get(&me).map_or(top, |member| member.read);
        let others = channel.members.iter().filter(|(user, _)| **user != me);
        let read_by_others = others.map(|(_, member)| member.read).max().unwrap_or(0);
        let (unread, settings) =
            (channel.unread(self.state, me), self.notify_settings(channel.peer()));
        types::Dialog {
            pts: Some(channel.mailbox.pts()),
            ..types::Dialog::new(peer, top, read, read_by_others, unread, 0, 0, 0, settings)
        }
    }
}

/// Whether what an event is about is there no more.
fn is_gone(channel: &Channel, event: &Event) -> bool {
    match event.what {
        What::New(id) | What::Edit(id) => channel.mailbox.message(id).is_none(),
        What::Delete(_) | What::Pin(..) | What::ReadInbox(..) | What::ReadOutbox(..) => false,
    }
}
