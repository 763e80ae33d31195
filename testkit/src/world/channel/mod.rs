//! Supergroups and broadcast channels: each has one box for all (UM-01), and who is in it, with what rights.

mod difference;
mod log;
mod members;
mod posts;
mod topic;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use telewire::rpc::RpcError;
use telewire::tl::api::{enums, types};

use crate::world::channel::log::Log;
use crate::world::dialog::Dialog;
use crate::world::mailbox::Mailbox;
use crate::world::reads::Reads;
use crate::world::remove::take_out;
use crate::world::{Caller, Peer, State, forbidden, invalid};
pub(crate) use difference::Missed;
pub(crate) use log::{Deed, Logged};
pub(crate) use members::Founding;
pub(crate) use topic::{BLUE, GENERAL, Topic};
pub(crate) use view::count;

/// A supergroup or a broadcast channel.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) username: Option<String>,
    pub(crate) is_broadcast: bool,
    pub(crate) is_forum: bool,
    pub(crate) creator: i64,
    pub(crate) date: i32,
    pub(crate) mailbox: Mailbox,
    /// The numbers of its messages.
    pub(crate) history: Dialog,
    pub(crate) members: BTreeMap<i64, Member>,
    /// Who may not do something here, whether they are in it or not.
    pub(crate) bans: BTreeMap<i64, Ban>,
    /// What its members may not do.
    pub(crate) default_banned: types::ChatBannedRights,
    /// Seconds between two messages of a member; 0 if there is none.
    pub(crate) slow_mode: i32,
    /// When members said something last.
    pub(crate) spoke: BTreeMap<i64, i32>,
    pub(crate) pinned: BTreeSet<i32>,
    pub(crate) topics: BTreeMap<i32, Topic>,
    /// In which topic a message is; those of none are in the first.
    pub(crate) topic_of: BTreeMap<i32, i32>,
    /// What was done of late, for its admins.
    pub(crate) log: Log,
    /// The photos, the one that all see first.
    pub(crate) photos: Vec<i64>,
    /// The basic group that it was.
    pub(crate) migrated_from: Option<i64>,
}

/// Somebody who is in a channel.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) inviter: i64,
    pub(crate) date: i32,
    /// The last message that they read: UM-04, readers differ in it.
    pub(crate) read: i32,
    /// When they read which part of it.
    pub(crate) reads: Reads,
    pub(crate) admin: Option<Admin>,
}

/// What an admin may.
#[derive(Debug, Clone)]
pub(crate) struct Admin {
    pub(crate) rights: types::ChatAdminRights,
    pub(crate) by: i64,
    pub(crate) rank: Option<String>,
}

/// What somebody may not.
#[derive(Debug, Clone)]
pub(crate) struct Ban {
    pub(crate) rights: types::ChatBannedRights,
    pub(crate) by: i64,
    pub(crate) date: i32,
}

/// All of them.
#[derive(Debug, Clone)]
pub(crate) struct Channels {
    all: BTreeMap<i64, Channel>,
    /// How many positions behind the latest a client may be; further behind it is told that it is too long.
    pub(crate) kept: i32,
}

/// Their numbers begin here: clients of before 2021 take 31 bits.
const FIRST_CHANNEL: i64 = 1_500_000_001;

/// UP-35: a channel's box keeps about as many events.
const KEPT: i32 = 100_000;

impl Default for Channels {
    fn default() -> Self {
        Self { all: BTreeMap::new(), kept: KEPT }
    }
}

impl Channels {
    pub(crate) fn channel(&self, id: i64) -> Option<&Channel> {
        self.all.get(&id)
    }

    pub(crate) fn channel_mut(&mut self, id: i64) -> Option<&mut Channel> {
        self.all.get_mut(&id)
    }
}

impl Channel {
    pub(crate) fn peer(&self) -> Peer {
        Peer::Channel(self.id)
    }

    pub(crate) fn is_member(&self, user: i64) -> bool {
        self.members.contains_key(&user)
    }

    /// Whether it is the owner's right, or that of an admin who has it.
    pub(crate) fn can(&self, user: i64, has: fn(&types::ChatAdminRights) -> bool) -> bool {
        let admin = self.members.get(&user).and_then(|member| member.admin.as_ref());
        user == self.creator || admin.is_some_and(|admin| has(&admin.rights))
    }

    pub(crate) fn is_admin(&self, user: i64) -> bool {
        self.can(user, |_| true)
    }

    /// What somebody may not, at a moment.
    pub(crate) fn ban(&self, user: i64, date: i32) -> Option<&Ban> {
        self.bans.get(&user).filter(|ban| ban.lasts(date))
    }

    pub(crate) fn is_kicked(&self, user: i64, date: i32) -> bool {
        self.ban(user, date).is_some_and(|ban| ban.rights.view_messages)
    }

    /// Whether somebody may read it.
    pub(crate) fn is_open_to(&self, user: i64, date: i32) -> bool {
        let is_visible = self.is_member(user) || self.username.is_some();
        is_visible && !self.is_kicked(user, date)
    }

    /// Whether a member may do what is forbidden to some of them.
    pub(crate) fn may(
        &self,
        user: i64,
        date: i32,
        is_banned: fn(&types::ChatBannedRights) -> bool,
    ) -> bool {
        let is_free = || {
            let own = self.ban(user, date).is_some_and(|ban| is_banned(&ban.rights));
            !own && !is_banned(&self.default_banned)
        };
        self.is_member(user) && (self.is_admin(user) || (!self.is_broadcast && is_free()))
    }

    /// Whether somebody may write here now.
    ///
    /// # Errors
    ///
    /// As [`check_writer`](Self::check_writer); `SLOWMODE_WAIT_X`.
    pub(crate) fn check_sender(&self, user: i64, date: i32) -> Result<(), RpcError> {
        self.check_writer(user, date)?;
        let wait = if self.is_slow_for(user) { self.slow_mode_left(user, date) } else { 0 };
        if wait > 0 {
            return Err(RpcError::parse(420, &format!("SLOWMODE_WAIT_{wait}")));
        }
        Ok(())
    }

    /// Whether somebody has to wait between two messages.
    pub(crate) fn is_slow_for(&self, user: i64) -> bool {
        self.slow_mode > 0 && !self.is_broadcast && !self.is_admin(user)
    }

    /// Whether somebody may write here, whenever it is.
    ///
    /// # Errors
    ///
    /// `CHAT_ADMIN_REQUIRED`, `CHAT_WRITE_FORBIDDEN`, `USER_BANNED_IN_CHANNEL`, `CHAT_SEND_PLAIN_FORBIDDEN`.
    pub(crate) fn check_writer(&self, user: i64, date: i32) -> Result<(), RpcError> {
        if self.is_broadcast {
            let may_post = self.can(user, |rights| rights.post_messages);
            return may_post.then_some(()).ok_or_else(|| invalid("CHAT_ADMIN_REQUIRED"));
        }
        if !self.is_member(user) {
            return Err(forbidden("CHAT_WRITE_FORBIDDEN"));
        }
        if self.is_admin(user) {
            return Ok(());
        }
        let own = self.ban(user, date).map(|ban| &ban.rights);
        if own.is_some_and(|rights| rights.send_messages) {
            return Err(invalid("USER_BANNED_IN_CHANNEL"));
        }
        if self.default_banned.send_messages {
            return Err(forbidden("CHAT_WRITE_FORBIDDEN"));
        }
        if self.default_banned.send_plain || own.is_some_and(|rights| rights.send_plain) {
            return Err(forbidden("CHAT_SEND_PLAIN_FORBIDDEN"));
        }
        Ok(())
    }

    /// Whether somebody may pin here: in a supergroup its members if it is not forbidden to them.
    pub(crate) fn may_pin(&self, user: i64, date: i32) -> bool {
        if self.is_broadcast {
            return self.can(user, |rights| rights.edit_messages);
        }
        self.can(user, |rights| rights.pin_messages)
            || self.may(user, date, |banned| banned.pin_messages)
    }

    /// Messages are pinned, or are not any more.
    pub(crate) fn note_pinned(&mut self, messages: &[i32], is_pinned: bool) {
        for message in messages {
            if is_pinned {
                self.pinned.insert(*message);
            } else {
                self.pinned.remove(message);
            }
        }
    }

    /// Messages are gone; they are in their order.
    pub(crate) fn forget(&mut self, messages: &[i32]) {
        take_out(&mut self.history.messages, messages);
        self.note_pinned(messages, false);
        self.leave_topics(messages);
    }

    /// Seconds until a member may say the next thing.
    pub(crate) fn slow_mode_left(&self, user: i64, date: i32) -> i32 {
        let spoke = self.spoke.get(&user).filter(|_| self.slow_mode > 0);
        spoke.map_or(0, |spoke| spoke.saturating_add(self.slow_mode).saturating_sub(date).max(0))
    }

    /// How many messages a member did not read; their own are read.
    pub(crate) fn unread(&self, state: &State, user: i64) -> i32 {
        let read = self.members.get(&user).map_or(i32::MAX, |member| member.read);
        let from = self.history.messages.partition_point(|id| *id <= read);
        let unread = self.history.messages.get(from..).unwrap_or_default();
        let is_others = |id: &&i32| {
            let post = self.mailbox.message(**id).and_then(|copy| state.posts.post(copy.post));
            post.is_some_and(|post| post.author != user)
        };
        i32::try_from(unread.iter().filter(is_others).count()).unwrap_or(i32::MAX)
    }
}

impl Member {
    /// They read up to a message.
    pub(crate) fn read_to(&mut self, message: i32, date: i32) {
        self.read = message;
        self.reads.note(message, date);
    }
}

impl Ban {
    pub(crate) fn lasts(&self, date: i32) -> bool {
        let until = self.rights.until_date;
        until == FOREVER || until > date
    }
}

/// `until_date` of what does not end.
pub(crate) const FOREVER: i32 = 0;

/// All rights of an owner.
pub(crate) fn all_rights() -> types::ChatAdminRights {
    types::ChatAdminRights {
        change_info: true,
        post_messages: true,
        edit_messages: true,
        delete_messages: true,
        ban_users: true,
        invite_users: true,
        pin_messages: true,
        add_admins: true,
        manage_call: true,
        other: true,
        manage_topics: true,
        ..types::ChatAdminRights::new()
    }
}

impl State {
    /// UM-10: a channel whose access hash is that of whoever asks, whether they may read it or not. Bots need none.
    ///
    /// # Errors
    ///
    /// `CHANNEL_INVALID`.
    pub(crate) fn named_channel(
        &self,
        caller: &Caller,
        channel: &enums::InputChannel,
    ) -> Result<i64, RpcError> {
        let found = match channel {
            enums::InputChannel::InputChannel(channel) => {
                self.knows_channel(caller, channel.channel_id, channel.access_hash)
            }
            enums::InputChannel::InputChannelFromMessage(channel) => {
                let named = Peer::Channel(channel.channel_id);
                self.is_named_in(caller, &channel.peer, channel.msg_id, named)
                    .then_some(channel.channel_id)
            }
            _ => None,
        };
        found.ok_or_else(|| invalid("CHANNEL_INVALID"))
    }

    pub(super) fn knows_channel(&self, caller: &Caller, id: i64, access_hash: i64) -> Option<i64> {
        let is_right = access_hash == self.access_hash(caller.viewer(), Peer::Channel(id))
            || (access_hash == 0 && self.is_bot(caller.me));
        (is_right && self.channels.channel(id).is_some()).then_some(id)
    }

    /// A channel that whoever asks may read.
    ///
    /// # Errors
    ///
    /// `CHANNEL_INVALID`: the access hash; `CHANNEL_PRIVATE`: they may not.
    pub(crate) fn input_channel(
        &self,
        caller: &Caller,
        channel: &enums::InputChannel,
    ) -> Result<i64, RpcError> {
        let id = self.named_channel(caller, channel)?;
        self.open_channel(caller, id).map(|channel| channel.id)
    }

    /// # Errors
    ///
    /// `CHANNEL_PRIVATE`: it may not be read by whoever asks.
    pub(crate) fn open_channel(&self, caller: &Caller, id: i64) -> Result<&Channel, RpcError> {
        let channel = self.channels.channel(id);
        let open = channel.filter(|channel| channel.is_open_to(caller.me, caller.date()));
        open.ok_or_else(|| invalid("CHANNEL_PRIVATE"))
    }

    /// The same, for somebody who has a right there.
    ///
    /// # Errors
    ///
    /// `CHAT_ADMIN_REQUIRED` besides.
    pub(crate) fn managed_channel(
        &self,
        caller: &Caller,
        channel: &enums::InputChannel,
        has: fn(&types::ChatAdminRights) -> bool,
    ) -> Result<&Channel, RpcError> {
        let channel = self.open_channel(caller, self.named_channel(caller, channel)?)?;
        let can = channel.can(caller.me, has);
        can.then_some(channel).ok_or_else(|| invalid("CHAT_ADMIN_REQUIRED"))
    }

    pub(crate) fn channel_changed(&mut self, id: i64, change: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.channels.channel_mut(id) {
            change(channel);
        }
    }
}
