//! What is said in a channel: one event for all of its members (UM-01, UM-03, UM-05).

use telewire::rpc::RpcError;
use telewire::tl::api::types::messages::AffectedMessages;
use telewire::tl::api::{enums, types};

use crate::world::account::Sent;
use crate::world::mailbox::MessageCopy;
use crate::world::{Actor, Caller, Content, GENERAL, Key, Peer, State, Viewer, forbidden};

impl State {
    /// Sends into a channel, and into a topic of it.
    pub(crate) fn send_to_channel(
        &mut self,
        actor: Actor,
        channel: i64,
        content: Content,
        topic: Option<i32>,
        random_id: Option<i64>,
    ) -> Sent {
        let (me, date, peer) = (actor.user, actor.date, Peer::Channel(channel));
        let is_said = content.action.is_none();
        // What a channel has to say is its own, whoever wrote it.
        let is_broadcast = self.channels.channel(channel).is_some_and(|all| all.is_broadcast);
        let own = content.send_as.unwrap_or(Peer::User(me));
        let from = if is_broadcast { peer } else { own };
        let post = self.say(me, from, date, Content { topic, ..content });
        let copy = MessageCopy { random_id, ..MessageCopy::new(post, peer, false) };
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
                member.read_to(sent.id, date);
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
        let may_all = channel.can(me, |rights| rights.delete_messages);
        let may_own = match channel.is_broadcast {
            true => channel.can(me, |rights| rights.post_messages),
            false => channel.is_member(me),
        };
        for message in messages {
            let Some(copy) = channel.mailbox.message(*message) else { continue };
            let is_own = self.posts.post(copy.post).is_some_and(|post| post.author == me);
            let may = may_all || (is_own && may_own);
            if !may {
                return Err(forbidden("MESSAGE_DELETE_FORBIDDEN"));
            }
        }
        let owner = Peer::Channel(id);
        let (pts, pts_count) = self.delete_in(owner, messages.iter().copied(), caller.actor());
        Ok(AffectedMessages { pts, pts_count })
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
                member.read_to(max_id, date);
                is_news = true;
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
}
