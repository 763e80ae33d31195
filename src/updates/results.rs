//! The answers of calls that move boxes (UP-66 to UP-69): what they hold goes the way of what the server sends on its own.

use crate::time::Now;
use crate::tl::Deserialize;
use crate::tl::api::enums::{self, Updates};
use crate::tl::api::types::{self, messages};
use crate::updates::channels::Kind;
use crate::updates::classify::{At, Feed, Of, feed};
use crate::updates::delivery::{Arrival, BoxId};
use crate::updates::engine::Engine;
use crate::updates::held::Item;

impl Engine {
    /// Whether what a function answers concerns the boxes: then it is to be given to [`handle_result`](Self::handle_result), before or
    /// after its caller has it. `function` is its id.
    #[must_use]
    pub fn is_fed_by(function: u32) -> bool {
        feed(function).is_some()
    }

    /// A call of this client's was answered: both as bytes, the call without what was wrapped around it. What its answer holds is
    /// delivered once, though the server may send it too.
    pub fn handle_result(&mut self, now: Now, call: &[u8], answer: &[u8]) {
        let Some(id) = call.first_chunk::<4>().copied().map(u32::from_le_bytes) else { return };
        let Some(feed) = feed(id) else { return };
        self.heard(now);
        let bytes = answer.len();
        let updates = match feed {
            Feed::Updates(at) => match Updates::from_bytes(answer) {
                Ok(Updates::UpdateShortSentMessage(sent)) => {
                    return self.sent(now, call, at, *sent, bytes);
                }
                updates => updates.map(Some),
            },
            Feed::PaymentResult => {
                use enums::payments::PaymentResult as Result;
                Result::from_bytes(answer).map(|result| match result {
                    Result::PaymentResult(result) => Some(result.updates),
                    _ => None,
                })
            }
            Feed::InvitedUsers => {
                messages::InvitedUsers::from_bytes(answer).map(|result| Some(result.updates))
            }
            Feed::ChatInviteJoinResult => {
                use enums::messages::ChatInviteJoinResult as Result;
                Result::from_bytes(answer).map(|result| match result {
                    Result::ChatInviteJoinResultOk(result) => Some(result.updates),
                    _ => None,
                })
            }
            Feed::AffectedMessages(at) => {
                messages::AffectedMessages::from_bytes(answer).map(|of| {
                    self.affected(now, call, at, of.pts, of.pts_count);
                    None
                })
            }
            Feed::AffectedHistory(at) => messages::AffectedHistory::from_bytes(answer).map(|of| {
                self.affected_unseen(now, call, at, of.pts, of.pts_count);
                None
            }),
            Feed::AffectedFoundMessages(at) => messages::AffectedFoundMessages::from_bytes(answer)
                .map(|of| {
                    self.affected_unseen(now, call, at, of.pts, of.pts_count);
                    None
                }),
        };
        match updates {
            Ok(Some(updates)) => self.take(now, updates, bytes, true),
            Ok(None) => {}
            Err(_) => {
                // Its caller is told why. What it said of the boxes has to be asked for.
                self.counts.unreadable += 1;
                self.common_wanted(Arrival::Live);
            }
        }
    }

    /// UP-66.
    fn sent(
        &mut self,
        now: Now,
        call: &[u8],
        at: Option<At>,
        sent: types::UpdateShortSentMessage,
        bytes: usize,
    ) {
        let (pts, count, date) = (sent.pts, sent.pts_count, sent.date);
        match self.sent_message(call, sent) {
            Some(update) => {
                let short = types::UpdateShort::new(update, date);
                self.take(now, Updates::UpdateShort(Box::new(short)), bytes, true);
            }
            None => self.affected(now, call, at, pts, count),
        }
    }

    /// UP-68: a position whose content the caller knows.
    fn affected(&mut self, now: Now, call: &[u8], at: Option<At>, pts: i32, count: i32) {
        if count <= 0 || pts <= 0 || !self.is_logged_in() {
            return;
        }
        let mut origin = self.nobody();
        origin.is_own = true;
        let item = Item::new(None, pts, count, origin);
        match at.and_then(|at| at.channel(call)) {
            Some(channel) => self.channel_came(now, channel, Kind::Event, item),
            None => self.common_came(now, BoxId::Common, Of::Own, item),
        }
    }

    /// UP-69: a position whose content nobody knows yet. The difference brings it, at once.
    fn affected_unseen(&mut self, now: Now, call: &[u8], at: Option<At>, pts: i32, count: i32) {
        if count <= 0 || pts <= 0 || !self.is_logged_in() {
            return;
        }
        self.heard(now);
        match at.and_then(|at| at.channel(call)) {
            Some(channel) => self.channel_too_long(channel, Some(pts), Arrival::Live),
            None if self.common.at.is_some_and(|at| pts > at.pts) => {
                self.common_wanted(Arrival::Live);
            }
            None => {}
        }
    }
}
