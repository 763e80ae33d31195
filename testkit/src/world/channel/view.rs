//! A channel and what is in it, as somebody is shown it.

use telewire::tl::api::{enums, groups, types};

use crate::world::account::Sent;
use crate::world::channel::topic::GENERAL;
use crate::world::channel::{Ban, Channel, Member, all_rights};
use crate::world::view::View;
use crate::world::{MessageCopy, Peer, Post, PostId, What, seconds};

impl View<'_> {
    /// A message of a channel, for those alone who may read it. UM-10: those who are named in it alone, and are strangers, are shown
    /// in short.
    pub(crate) fn channel_message(&mut self, channel: i64, id: i32) -> enums::Message {
        let state = self.state;
        let found = state.channels.channel(channel).and_then(|channel| {
            if !channel.is_open_to(self.viewer().user, seconds(state.clock)) {
                return None;
            }
            let copy = channel.mailbox.message(id)?;
            Some((channel, state.posts.post(copy.post)?))
        });
        let Some((channel, post)) = found else {
            let peer_id = Some(Peer::Channel(channel).to_tl());
            return types::MessageEmpty { id, peer_id }.into();
        };
        self.channel_post(channel.id, id, post, channel.pinned.contains(&id))
    }

    /// What was said in a channel, as it is or was.
    pub(crate) fn channel_post(
        &mut self,
        channel: i64,
        id: i32,
        post: &Post,
        is_pinned: bool,
    ) -> enums::Message {
        let peer = Peer::Channel(channel);
        let channel = self.channel_of(channel);
        self.name(peer);
        for peer in post.names() {
            match peer {
                Peer::User(_) | Peer::Channel(_) => drop(self.pass(peer)),
                Peer::Chat(_) => drop(self.name(peer)),
            }
        }
        let is_out = post.author == self.viewer.user;
        let copy = MessageCopy { is_pinned, ..MessageCopy::new(PostId::default(), peer, is_out) };
        let topic = channel.and_then(|channel| channel.topic_of.get(&id)).copied();
        // What began a topic is in none.
        let is_in = |topic: &i32| *topic != GENERAL && *topic != id;
        let topic = topic.or(post.content.topic).filter(is_in);
        let is_broadcast = channel.is_some_and(|channel| channel.is_broadcast);
        match self.shown(peer, id, copy, post) {
            enums::Message::Message(mut message) => {
                message.post = is_broadcast;
                if is_broadcast {
                    message.from_id = None;
                    message.views = Some(groups::MessageViews { views: 1, forwards: 0 });
                }
                message.reply_to = in_topic(message.reply_to.take(), topic);
                enums::Message::Message(message)
            }
            enums::Message::MessageService(mut message) => {
                message.post = is_broadcast;
                if is_broadcast {
                    message.from_id = None;
                }
                message.reply_to = in_topic(message.reply_to.take(), topic);
                enums::Message::MessageService(message)
            }
            other => other,
        }
    }

    pub(crate) fn new_in_channel(&mut self, channel: i64, sent: Sent) -> enums::Update {
        let message = self.channel_message(channel, sent.id);
        types::UpdateNewChannelMessage { message, pts: sent.pts, pts_count: 1 }.into()
    }

    /// What happened in a channel's box, as an update of its own.
    pub(crate) fn channel_event(
        &mut self,
        id: i64,
        what: &What,
        pts: i32,
        pts_count: i32,
    ) -> enums::Update {
        self.name(Peer::Channel(id));
        match what {
            What::New(message) => {
                let message = self.channel_message(id, *message);
                types::UpdateNewChannelMessage { message, pts, pts_count }.into()
            }
            What::Edit(message) => {
                let message = self.channel_message(id, *message);
                types::UpdateEditChannelMessage { message, pts, pts_count }.into()
            }
            What::Delete(messages) => {
                let messages = messages.clone();
                let channel_id = id;
                types::UpdateDeleteChannelMessages { channel_id, messages, pts, pts_count }.into()
            }
            What::Pin(messages, pinned) => {
                let (channel_id, messages) = (id, messages.clone());
                let pinned = *pinned;
                let update = types::UpdatePinnedChannelMessages {
                    pinned,
                    channel_id,
                    messages,
                    pts,
                    pts_count,
                };
                update.into()
            }
            // Of common boxes alone: UM-04.
            What::ReadInbox(..) | What::ReadOutbox(..) => {
                types::UpdateChannelTooLong { channel_id: id, pts: Some(pts) }.into()
            }
        }
    }

    /// A channel that a message names. UM-10: one that may not be read is shown in short.
    pub(in crate::world) fn passing_channel(&self, id: i64) -> Option<enums::Chat> {
        let channel = self.state.channels.channel(id)?;
        let me = self.viewer.user;
        if channel.is_open_to(me, seconds(self.state.clock)) {
            return self.channel(id);
        }
        let (title, photo) = (channel.title.clone(), self.chat_photo(&channel.photos));
        let shown = types::Channel {
            min: true,
            left: true,
            broadcast: channel.is_broadcast,
            megagroup: !channel.is_broadcast,
            access_hash: Some(self.state.min_access_hash(self.viewer, channel.peer())),
            username: channel.username.clone(),
            ..types::Channel::new(id, title, photo, channel.date)
        };
        Some(shown.into())
    }

    pub(in crate::world) fn channel(&self, id: i64) -> Option<enums::Chat> {
        let channel = self.state.channels.channel(id)?;
        let me = self.viewer.user;
        let access_hash = self.state.access_hash(self.viewer, channel.peer());
        let ban = channel.ban(me, seconds(self.state.clock));
        let member = channel.members.get(&me);
        let is_kicked = member.is_none() && ban.is_some_and(|ban| ban.rights.view_messages);
        let is_hidden = member.is_none() && channel.username.is_none();
        if is_kicked || is_hidden {
            let until = ban.filter(|_| is_kicked).map(|ban| ban.rights.until_date);
            let forbidden = types::ChannelForbidden {
                broadcast: channel.is_broadcast,
                megagroup: !channel.is_broadcast,
                monoforum: false,
                id,
                access_hash,
                title: channel.title.clone(),
                until_date: until,
            };
            return Some(forbidden.into());
        }
        let admin = member.and_then(|member| member.admin.as_ref());
        let is_creator = me == channel.creator;
        let rights = if is_creator { Some(all_rights()) } else { admin.map(|a| a.rights.clone()) };
        let (title, photo) = (channel.title.clone(), self.chat_photo(&channel.photos));
        // Whoever is not in it sees when it was made.
        let date = member.map_or(channel.date, |member| member.date);
        let shown = types::Channel {
            creator: is_creator,
            left: member.is_none(),
            broadcast: channel.is_broadcast,
            megagroup: !channel.is_broadcast,
            forum: channel.is_forum,
            slowmode_enabled: channel.slow_mode > 0,
            access_hash: Some(access_hash),
            username: channel.username.clone(),
            admin_rights: rights,
            banned_rights: ban.map(|ban| ban.rights.clone()),
            default_banned_rights: Some(channel.default_banned.clone()),
            participants_count: Some(count(channel.members.len())),
            ..types::Channel::new(id, title, photo, date)
        };
        Some(shown.into())
    }

    /// Somebody in a channel, or who may not be; `None` if they are neither.
    pub(crate) fn participant(
        &mut self,
        channel: &Channel,
        user: i64,
    ) -> Option<enums::ChannelParticipant> {
        self.name(Peer::User(user));
        let me = self.viewer.user;
        let member = channel.members.get(&user);
        if user == channel.creator && member.is_some() {
            let admin_rights = all_rights();
            let rank = None;
            return Some(
                types::ChannelParticipantCreator { user_id: user, admin_rights, rank }.into(),
            );
        }
        // A ban that is over is none.
        match (member, channel.ban(user, seconds(self.state.clock))) {
            (Some(Member { admin: Some(admin), inviter, date, .. }), _) => {
                self.name(Peer::User(admin.by));
                let is_self = user == me;
                let shown = types::ChannelParticipantAdmin {
                    can_edit: me == channel.creator || me == admin.by,
                    inviter_id: is_self.then_some(*inviter),
                    rank: admin.rank.clone(),
                    ..types::ChannelParticipantAdmin::new(
                        user,
                        admin.by,
                        *date,
                        admin.rights.clone(),
                    )
                };
                Some(shown.into())
            }
            (member, Some(Ban { rights, by, date })) => {
                self.name(Peer::User(*by));
                let shown = types::ChannelParticipantBanned {
                    left: member.is_none(),
                    peer: Peer::User(user).to_tl(),
                    kicked_by: *by,
                    date: *date,
                    banned_rights: rights.clone(),
                    rank: None,
                };
                Some(shown.into())
            }
            (Some(member), None) if user == me => {
                self.name(Peer::User(member.inviter));
                let shown = types::ChannelParticipantSelf::new(user, member.inviter, member.date);
                Some(shown.into())
            }
            (Some(member), None) => Some(types::ChannelParticipant::new(user, member.date).into()),
            (None, None) => None,
        }
    }
}

/// A reply in a topic says in which; what replies to nothing there replies to what began it.
fn in_topic(
    reply: Option<enums::MessageReplyHeader>,
    topic: Option<i32>,
) -> Option<enums::MessageReplyHeader> {
    let Some(topic) = topic else { return reply };
    let mut header = match reply {
        Some(enums::MessageReplyHeader::MessageReplyHeader(header)) => *header,
        _ => types::MessageReplyHeader::new(),
    };
    header.forum_topic = true;
    match header.reply_to_msg_id {
        Some(to) if to != topic => header.reply_to_top_id = Some(topic),
        _ => header.reply_to_msg_id = Some(topic),
    }
    Some(header.into())
}

pub(crate) fn count(of: usize) -> i32 {
    i32::try_from(of).unwrap_or(i32::MAX)
}
