//! What is said in a channel: one event for all of its members (UM-01, UM-03, UM-05).

use telewire::rpc::RpcError;
use telewire::tl::api::types::messages::AffectedMessages;
use telewire::tl::api::{enums, types};

use crate::world::account::Sent;
use crate::world::mailbox::MessageCopy;
use crate::world::{
    Actor, Caller, Channel, Content, GENERAL, Key, Peer, State, Viewer, What, forbidden, invalid,
};

impl State {
    /// Sends into a channel, and into a topic of it.
    pub(crate) fn send_to_channel(
        &mut self,
        actor: Actor,
        channel: i64,
        content: Content,
        topic: Option<i32>,
    ) -> Sent {
        let (me, date) = (actor.user, actor.date);
        let is_said = content.action.is_none();
        let post = self.say(Peer::User(me), date, content);
        let copy = MessageCopy::new(post, Peer::Channel(channel), false);
        let mut sent = Sent { id: 0, pts: 0, date };
        self.channel_changed(channel, |channel| {
            (sent.id, sent.pts) = channel.mailbox.add(copy, date);
            channel.history.messages.push(sent.id);
            // What names none is in the first.
            if let Some(topic) = topic.or(channel.is_forum.then_some(GENERAL)) {
                channel.enter(topic, sent.id);
            }
            if let Some(member) = channel.members.get_mut(&me) {
                // Whoever writes has read what was before.
                member.read = sent.id;
            }
            if is_said {
                channel.spoke.insert(me, date);
            }
        });
        if let Some(post) = self.posts.post_mut(post) {
            post.copies.push((Peer::Channel(channel), sent.id));
        }
        self.tell_members(channel, actor.key, |state, viewer| {
            let mut view = state.view(viewer);
            let new = view.new_in_channel(channel, sent);
            view.updates(vec![new], date)
        });
        sent
    }

    /// What is answered to whoever changed a channel, with the message about it if there is one.
    pub(crate) fn channel_answer(
        &self,
        caller: &Caller,
        id: i64,
        sent: Option<Sent>,
    ) -> enums::Updates {
        match sent {
            Some(sent) => self.channel_happened(caller.viewer(), id, sent),
            None => self.channel_update(caller.viewer(), id, caller.date()),
        }
    }

    /// What is answered to whoever caused a service message.
    pub(crate) fn channel_happened(
        &self,
        viewer: Viewer,
        channel: i64,
        sent: Sent,
    ) -> enums::Updates {
        let mut view = self.view(viewer);
        let update = types::UpdateChannel { channel_id: channel };
        let new = view.new_in_channel(channel, sent);
        view.updates(vec![update.into(), new], sent.date)
    }

    /// Tells all members, each in their own words, since access hashes differ (UM-10).
    pub(crate) fn tell_members(
        &mut self,
        channel: i64,
        except: Option<Key>,
        tell: impl Fn(&Self, Viewer) -> enums::Updates,
    ) {
        let members = self.channels.channel(channel).map(|channel| channel.members.keys().copied());
        let members: Vec<_> = members.into_iter().flatten().collect();
        for user in members {
            self.push(user, except, &tell);
        }
    }

    /// Tells somebody that a channel is not what it was for them.
    pub(crate) fn tell_of_channel(&mut self, user: i64, except: Option<Key>, id: i64, date: i32) {
        self.push(user, except, |state, viewer| state.channel_update(viewer, id, date));
    }

    /// That a channel is not what it was.
    pub(crate) fn channel_update(&self, viewer: Viewer, id: i64, date: i32) -> enums::Updates {
        let mut view = self.view(viewer);
        view.name(Peer::Channel(id));
        view.updates(vec![types::UpdateChannel { channel_id: id }.into()], date)
    }

    /// UM-05: changes a message; one event for all.
    ///
    /// # Errors
    ///
    /// `MESSAGE_ID_INVALID`, `MESSAGE_AUTHOR_REQUIRED`, `MESSAGE_NOT_MODIFIED`.
    pub(crate) fn edit_in_channel(
        &mut self,
        caller: &Caller,
        id: i64,
        message: i32,
        text: String,
        entities: Vec<enums::MessageEntity>,
    ) -> Result<enums::Updates, RpcError> {
        let (me, date) = (caller.me, caller.date());
        let channel = self.open_channel(caller, id)?;
        let copy = channel.mailbox.message(message).copied();
        let copy = copy.ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
        let others = channel.is_broadcast && channel.can(me, |rights| rights.edit_messages);
        let post = self.posts.post_mut(copy.post).ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
        if post.content.action.is_some() {
            return Err(invalid("MESSAGE_ID_INVALID"));
        }
        if post.from != Peer::User(me) && !others {
            return Err(forbidden("MESSAGE_AUTHOR_REQUIRED"));
        }
        if post.content.text == text && post.content.entities == entities {
            return Err(invalid("MESSAGE_NOT_MODIFIED"));
        }
        post.content.text = text;
        post.content.entities = entities;
        post.edited = Some(date);
        Ok(self.channel_event(caller, id, &What::Edit(message), 1))
    }

    /// # Errors
    ///
    /// `MESSAGE_DELETE_FORBIDDEN`: some of them are others', and whoever asks may not.
    pub(crate) fn delete_in_channel(
        &mut self,
        caller: &Caller,
        id: i64,
        messages: &[i32],
    ) -> Result<AffectedMessages, RpcError> {
        let me = caller.me;
        let channel = self.open_channel(caller, id)?;
        let mut found = Vec::new();
        for message in messages {
            let Some(copy) = channel.mailbox.message(*message) else { continue };
            let is_own = self.posts.post(copy.post).is_some_and(|post| post.from == Peer::User(me));
            let is_own = is_own && channel.is_member(me);
            if !is_own && !channel.can(me, |rights| rights.delete_messages) {
                return Err(forbidden("MESSAGE_DELETE_FORBIDDEN"));
            }
            if !found.contains(message) {
                found.push(*message);
            }
        }
        Ok(self.take_out(caller, id, found))
    }

    /// Takes messages out of a channel that are in it: one event for all of them, and none if there are none (UM-02).
    pub(crate) fn take_out(
        &mut self,
        caller: &Caller,
        id: i64,
        messages: Vec<i32>,
    ) -> AffectedMessages {
        let pts = self.channels.channel(id).map_or(1, |channel| channel.mailbox.pts());
        let count = super::count(messages.len());
        if messages.is_empty() {
            return AffectedMessages { pts, pts_count: 0 };
        }
        self.channel_changed(id, |channel| {
            for message in &messages {
                channel.mailbox.remove(*message);
                if let Ok(place) = channel.history.messages.binary_search(message) {
                    channel.history.messages.remove(place);
                }
                channel.pinned.remove(message);
                channel.leave_topic(*message);
            }
        });
        self.channel_event(caller, id, &What::Delete(messages), count);
        AffectedMessages { pts: pts.saturating_add(count), pts_count: count }
    }

    /// # Errors
    ///
    /// `CHAT_ADMIN_REQUIRED`, `MESSAGE_ID_INVALID`, `CHAT_NOT_MODIFIED`.
    pub(crate) fn pin_in_channel(
        &mut self,
        caller: &Caller,
        id: i64,
        message: i32,
        is_pinned: bool,
        is_silent: bool,
    ) -> Result<enums::Updates, RpcError> {
        let channel = self.pinning(caller, id)?;
        let copy = channel.mailbox.message(message).copied();
        let copy = copy.ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
        if channel.pinned.contains(&message) == is_pinned {
            return Err(invalid("CHAT_NOT_MODIFIED"));
        }
        let topic = channel.topic_of.get(&message).copied();
        let is_told = is_pinned && !channel.is_broadcast;
        self.channel_changed(id, |channel| channel.pin(message, is_pinned));
        let mut answer = self.channel_event(caller, id, &What::Pin(vec![message], is_pinned), 1);
        if is_told {
            let content = Content {
                reply_to: Some(copy.post),
                is_silent,
                ..Content::action(enums::MessageAction::MessageActionPinMessage)
            };
            let sent = self.send_to_channel(caller.actor(), id, content, topic);
            let mut view = self.view(caller.viewer());
            let new = view.new_in_channel(id, sent);
            if let enums::Updates::Updates(all) = &mut answer {
                all.updates.push(new);
                (all.users, all.chats) = (view.users(), view.chats());
            }
        }
        Ok(answer)
    }

    /// All that is pinned is taken down: one event (UM-02).
    ///
    /// # Errors
    ///
    /// `CHAT_ADMIN_REQUIRED`.
    pub(crate) fn unpin_all_in_channel(
        &mut self,
        caller: &Caller,
        id: i64,
    ) -> Result<AffectedMessages, RpcError> {
        let channel = self.pinning(caller, id)?;
        let messages: Vec<i32> = channel.pinned.iter().copied().collect();
        let (pts, pts_count) = (channel.mailbox.pts(), super::count(messages.len()));
        if messages.is_empty() {
            return Ok(AffectedMessages { pts, pts_count });
        }
        self.channel_changed(id, |channel| {
            for message in &messages {
                channel.pin(*message, false);
            }
        });
        self.channel_event(caller, id, &What::Pin(messages, false), pts_count);
        Ok(AffectedMessages { pts: pts.saturating_add(pts_count), pts_count })
    }

    /// A channel where whoever asks may pin.
    fn pinning(&self, caller: &Caller, id: i64) -> Result<&Channel, RpcError> {
        let channel = self.open_channel(caller, id)?;
        let (me, date) = (caller.me, caller.date());
        let is_right = if channel.is_broadcast {
            channel.can(me, |rights| rights.edit_messages)
        } else {
            channel.can(me, |rights| rights.pin_messages)
                || channel.may(me, date, |banned| banned.pin_messages)
        };
        is_right.then_some(channel).ok_or_else(|| invalid("CHAT_ADMIN_REQUIRED"))
    }

    /// UM-04: that a member read a channel is no event; their other sessions hear of it with the position that the box has.
    pub(crate) fn read_channel(
        &mut self,
        caller: &Caller,
        id: i64,
        max_id: i32,
    ) -> Result<bool, RpcError> {
        let (me, date) = (caller.me, caller.date());
        let channel = self.open_channel(caller, id)?;
        let latest = channel.history.messages.last().copied().unwrap_or(0);
        let max_id = if max_id == 0 { latest } else { max_id.min(latest) };
        let pts = channel.mailbox.pts();
        self.mark_unread(Peer::Channel(id), false, caller.actor());
        let mut is_news = false;
        self.channel_changed(id, |channel| {
            if let Some(member) = channel.members.get_mut(&me)
                && member.read < max_id
            {
                (member.read, is_news) = (max_id, true);
            }
        });
        if is_news {
            self.push(me, Some(caller.context.key), |state, viewer| {
                let unread = state.channels.channel(id).map_or(0, |all| all.unread(state, me));
                let update = types::UpdateReadChannelInbox {
                    folder_id: None,
                    channel_id: id,
                    max_id,
                    still_unread_count: unread,
                    pts,
                };
                let mut view = state.view(viewer);
                view.name(Peer::Channel(id));
                view.updates(vec![update.into()], date)
            });
        }
        Ok(true)
    }

    /// Something happened to messages: all members hear of it, and whoever caused it is answered it.
    fn channel_event(
        &mut self,
        caller: &Caller,
        id: i64,
        what: &What,
        count: i32,
    ) -> enums::Updates {
        let date = caller.date();
        let mut pts = 0;
        self.channel_changed(id, |channel| pts = channel.mailbox.happen(what.clone(), count, date));
        let tell = |state: &Self, viewer| {
            let mut view = state.view(viewer);
            let update = view.channel_event(id, what, pts, count);
            view.updates(vec![update], date)
        };
        self.tell_members(id, Some(caller.context.key), tell);
        tell(self, caller.viewer())
    }
}
