//! How we stand to a channel: in it, out of it, looking at it (UP-54, UP-60 to UP-62).

use crate::time::Now;
use crate::updates::channels::Channel;
use crate::updates::delivery::{Arrival, BoxId, Event};
use crate::updates::engine::Engine;
use crate::updates::ledger::At;
use crate::updates::limits::MAX_POLLED;
use crate::updates::peers::{Source, Standing};

impl Engine {
    /// UP-54: somebody looks at a channel.
    pub(in crate::updates) fn channel_open(&mut self, now: Now, id: i64) {
        let is_bot = self.is_bot();
        let channel = self.channels.map.entry(id).or_default();
        channel.opened = channel.opened.saturating_add(1);
        if channel.opened > 1 || is_bot || self.channels.polled >= MAX_POLLED {
            return;
        }
        channel.active().is_polled = true;
        self.channels.polled += 1;
        self.channel_wanted(id, Arrival::Live);
        self.channel_settle(now.mono, id);
    }

    /// UP-54: somebody looks at it no more.
    pub(in crate::updates) fn channel_close(&mut self, now: Now, id: i64) {
        let Some(channel) = self.channels.map.get_mut(&id) else { return };
        channel.opened = channel.opened.saturating_sub(1);
        if channel.opened == 0
            && let Some(active) = &mut channel.active
            && std::mem::take(&mut active.is_polled)
        {
            active.poll = None;
            self.channels.polled = self.channels.polled.saturating_sub(1);
        }
        self.channel_settle(now.mono, id);
    }

    /// What was told of how we stand to a channel (UP-61). What an answer says of it may be from before the channel last spoke to us: who
    /// has left, and come back while it was on its way, is a member. That is asked for, and not guessed.
    pub(in crate::updates) fn channel_stands(
        &mut self,
        id: i64,
        standing: Standing,
        source: Source,
    ) {
        if let Some(channel) = self.channels.map.get_mut(&id) {
            let (since, date) = channel.spoke;
            let is_old = match source {
                Source::Push { date } => {
                    if standing == Standing::Member {
                        channel.spoke = (self.next_token, date);
                    }
                    false
                }
                Source::Result { date: of } => of < date,
                Source::Difference { asked } => since > asked,
            };
            if is_old && standing != Standing::Member && !channel.is_outside {
                return self.channel_wanted(id, Arrival::Live);
            }
        }
        match (self.channels.map.get_mut(&id), standing) {
            (Some(channel), Standing::Member) => {
                channel.is_outside = false;
                // UP-77: its hash was learnt with it.
                if let Some(active) = channel.active.as_mut().filter(|a| a.has_asked_hash) {
                    active.has_asked_hash = false;
                    self.channel_wanted(id, Arrival::Live);
                }
            }
            (Some(channel), Standing::Left) if channel.opened > 0 => channel.is_outside = true,
            (Some(channel), _) if !channel.is_outside => self.channel_gone(id, None),
            _ => {}
        }
    }

    /// UP-61: nothing is asked of it any more, and what was known of its box is forgotten.
    pub(in crate::updates) fn channel_gone(&mut self, id: i64, error: Option<String>) {
        let Some(old) = self.channels.map.remove(&id) else { return };
        if let Some(active) = old.active {
            if let Some(timer) = active.timer {
                self.channels.timers.remove(&(timer, id));
            }
            self.channels.polled -= usize::from(active.is_polled && self.channels.polled > 0);
        }
        let told = old.pts.max(old.told);
        let outside = Channel {
            is_outside: true,
            kept: old.kept,
            is_kept_dirty: old.is_kept_dirty,
            told,
            ..Channel::default()
        };
        self.channels.map.insert(id, outside);
        self.channels.changed.insert(id);
        let origin = self.nobody();
        let line = BoxId::Channel(id);
        // UP-83: dealt with, it leaves nothing to keep.
        let place = Some((line, At::default()));
        let event = Event::ChannelGone { error };
        let mark = self.out.deliver(event, place, Arrival::Live, &origin);
        self.channels.gone.insert(id, mark);
    }
}
