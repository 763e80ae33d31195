//! Who read what, and when: for some days, in groups that are small: <https://core.telegram.org/api/read-receipts>.

use std::collections::VecDeque;

use telewire::rpc::RpcError;

use crate::world::{Caller, Peer, State, invalid};

/// Up to which message somebody read a chat, and when; the latest last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reads(VecDeque<(i32, i32)>);

/// `chat_read_mark_expire_period` and `chat_read_mark_size_threshold` of Telegram's.
const EXPIRE_PERIOD: i32 = 7 * 86_400;
const MAX_MEMBERS: usize = 100;

/// What is kept of each member and chat: a reading every ten minutes for those days. The oldest go.
const MAX_READS: usize = 1_024;

impl Reads {
    /// It was read up to a message.
    pub(crate) fn note(&mut self, max_id: i32, date: i32) {
        let is_over = |at: i32| date.saturating_sub(at) > EXPIRE_PERIOD;
        while self.0.front().is_some_and(|(_, at)| is_over(*at)) || self.0.len() >= MAX_READS {
            self.0.pop_front();
        }
        self.0.push_back((max_id, date));
    }

    /// When a message was read, if it was.
    fn date_of(&self, id: i32) -> Option<i32> {
        let place = self.0.partition_point(|(max_id, _)| *max_id < id);
        self.0.get(place).map(|(_, date)| *date)
    }
}

impl State {
    /// Who read a message of a group that whoever asks wrote, and when.
    ///
    /// # Errors
    ///
    /// `PEER_ID_INVALID`: it is no group; `CHAT_TOO_BIG`; `MSG_ID_INVALID`: it is not theirs; `MSG_TOO_OLD`; and as
    /// [`check_inside`](Self::check_inside).
    pub(crate) fn readers(
        &self,
        caller: &Caller,
        peer: Peer,
        id: i32,
    ) -> Result<Vec<(i64, i32)>, RpcError> {
        let me = caller.me;
        self.check_inside(me, peer)?;
        let members: Vec<i64> = match peer {
            Peer::Chat(chat) => self.own_chat(me, chat)?.members.keys().copied().collect(),
            Peer::Channel(channel) => {
                let channel = self.open_channel(caller, channel)?;
                if channel.is_broadcast {
                    return Err(invalid("PEER_ID_INVALID"));
                }
                channel.members.keys().copied().collect()
            }
            Peer::User(_) => return Err(invalid("PEER_ID_INVALID")),
        };
        if members.len() > MAX_MEMBERS {
            return Err(invalid("CHAT_TOO_BIG"));
        }
        let post = self.find(me, peer, id).and_then(|copy| self.posts.post(copy.post));
        let post = post.filter(|post| post.author == me && post.content.action.is_none());
        let post = post.ok_or_else(|| invalid("MSG_ID_INVALID"))?;
        if caller.date().saturating_sub(post.date) > EXPIRE_PERIOD {
            return Err(invalid("MSG_TOO_OLD"));
        }
        let read = |user: i64| {
            let reads = match peer {
                Peer::Channel(id) => &self.channels.channel(id)?.members.get(&user)?.reads,
                Peer::Chat(_) | Peer::User(_) => {
                    &self.accounts.get(&user)?.dialogs.get(&peer)?.reads
                }
            };
            reads.date_of(post.id_in(Self::box_of(user, peer))?)
        };
        let others = members.into_iter().filter(|user| *user != me);
        Ok(others.filter_map(|user| Some((user, read(user)?))).collect())
    }
}
