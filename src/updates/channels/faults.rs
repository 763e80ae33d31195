//! What the errors of a channel's difference mean (the table of errors in UP-61 and around).

use crate::crypto::Entropy;
use crate::rpc::known;
use crate::time::Now;
use crate::updates::delivery::{Arrival, BoxId, Event, Why};
use crate::updates::engine::Engine;
use crate::updates::limits::{CHANNEL_LIMIT, CHANNEL_LIMIT_BOTS};
use crate::updates::request::Fault;
use crate::updates::state::Word;

impl Engine {
    pub(in crate::updates) fn channel_failed(
        &mut self,
        now: Now,
        id: i64,
        fault: &Fault,
        entropy: &mut dyn Entropy,
    ) {
        let Some(active) = self.channels.map.get_mut(&id).and_then(|c| c.active.as_mut()) else {
            return;
        };
        match fault {
            Fault::Rpc(error) => match error.name.as_str() {
                known::CHANNEL_PRIVATE
                | known::CHANNEL_PUBLIC_GROUP_NA
                | known::FROZEN_PARTICIPANT_MISSING => {
                    return self.channel_gone(id, Some(error.name.clone()));
                }
                known::CHANNEL_INVALID | known::FROM_MESSAGE_BOT_DISABLED => {
                    self.peers.drop_hash(id);
                    return self.channel_lacks_hash(now, id);
                }
                known::PERSISTENT_TIMESTAMP_INVALID if active.course.may_reset() => {
                    // It begins anew, with the dialog that the server answers to the first position.
                    active.course.hear(Word::Slice);
                    let Some(channel) = self.channels.map.get_mut(&id) else { return };
                    // How much is lost is known with the answer.
                    let from = std::mem::take(&mut channel.pts);
                    channel.active().unknown_from.get_or_insert(from);
                }
                _ => active.course.failed(now.mono, error.ordered_wait(), entropy),
            },
            Fault::Unanswered => active.course.failed(now.mono, None, entropy),
        }
        self.channel_settle(now.mono, id);
    }

    /// UP-63: an answer could not be read. Less is asked for, and at last the one event is left out.
    pub(in crate::updates) fn channel_unreadable(
        &mut self,
        now: Now,
        id: i64,
        event: Event,
        entropy: &mut dyn Entropy,
    ) {
        let base = if self.is_bot() { CHANNEL_LIMIT_BOTS } else { CHANNEL_LIMIT };
        let Some(channel) = self.channels.map.get_mut(&id) else { return };
        let pts = channel.pts;
        let Some(active) = channel.active.as_mut() else { return };
        let limit = active.course.limit.unwrap_or(base);
        if active.course.limit.is_none() {
            active.course.unread_until = pts.saturating_add(base);
        }
        if limit > 1 && pts > 0 {
            active.course.limit = Some(limit / 2);
            active.course.hear(Word::Slice);
        } else {
            active.course.limit = None;
            active.course.left_out(now.mono, entropy);
            // Every event has one position at least, so that this passes none: one of several is met again, and left out by parts. If
            // the server has nothing there, its next answer says where it is, and what comes meanwhile is held.
            let to = pts.max(1).saturating_add(1);
            channel.pts = to;
            let origin = self.nobody();
            let place = Some((BoxId::Channel(id), self.channel_mark(id)));
            self.out.deliver(event, place, Arrival::Live, &origin);
            self.channel_lost(id, pts, to, Why::Unreadable);
        }
        self.channel_settle(now.mono, id);
    }
}
