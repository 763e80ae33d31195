//! Sending.

use telewire::rpc::RpcError;
use telewire::tl::api::{enums, types};

use crate::world::habits::short_sent;
use crate::world::{
    Actor, Content, Media, MessageCopy, Peer, PostId, Sent, State, Viewer, What, forbidden,
    invalid, seconds,
};

impl State {
    /// Whether somebody may write to a chat.
    ///
    /// # Errors
    ///
    /// `USER_IS_BOT`: bots do not write to each other; of groups and channels what their members, admins and bans say.
    pub(crate) fn may_write(&self, me: i64, peer: Peer) -> Result<(), RpcError> {
        match peer {
            Peer::User(to) if to != me && self.is_bot(to) && self.is_bot(me) => {
                Err(invalid("USER_IS_BOT"))
            }
            Peer::User(_) => Ok(()),
            Peer::Chat(id) => {
                let chat = self.own_chat(me, id)?;
                let may = chat.may(me, |banned| banned.send_messages || banned.send_plain);
                may.then_some(()).ok_or_else(|| forbidden("CHAT_WRITE_FORBIDDEN"))
            }
            Peer::Channel(id) => {
                let channel = self.channels.channel(id);
                let channel = channel.ok_or_else(|| invalid("CHANNEL_INVALID"))?;
                channel.check_sender(me, seconds(self.clock))
            }
        }
    }

    /// Sends to a chat, of whatever kind. What came of it is remembered by the number that the client gave.
    ///
    /// # Errors
    ///
    /// As [`may_write`](Self::may_write).
    pub(crate) fn send_to(
        &mut self,
        actor: Actor,
        peer: Peer,
        content: Content,
        random_id: Option<i64>,
    ) -> Result<Sent, RpcError> {
        self.may_write(actor.user, peer)?;
        let sent = match peer {
            Peer::User(to) => self.send_to_user(actor, to, content, random_id),
            Peer::Chat(id) => self.send_to_chat(actor, id, content, None, random_id),
            Peer::Channel(id) => {
                let channel = self.channels.channel(id);
                let channel = channel.ok_or_else(|| invalid("CHANNEL_INVALID"))?;
                let reply = content.reply_to.and_then(|to| self.posts.post(to)?.id_in(peer));
                let topic = channel.topic_for(actor.user, reply, content.topic)?;
                self.send_to_channel(actor, id, content, topic)
            }
        };
        if let Some(random_id) = random_id {
            self.account(actor.user).sent.insert((peer, random_id), sent);
        }
        Ok(sent)
    }

    /// Something is said, wherever it goes.
    pub(crate) fn say(&mut self, from: Peer, date: i32, content: Content) -> PostId {
        let poll = match &content.media {
            Some(Media::Poll(id)) => Some(*id),
            Some(Media::Plain(_)) | None => None,
        };
        let post = self.posts.add(from, date, content);
        if let Some(poll) = poll.and_then(|id| self.polls.get_mut(&id)) {
            poll.posts.push(post);
        }
        post
    }

    /// UM-01, UM-03: sends to a person. Each of the two has a copy in a box of their own, and hears of it in all sessions but the one
    /// that sent it. What is for oneself is there once.
    fn send_to_user(
        &mut self,
        actor: Actor,
        to: i64,
        content: Content,
        random_id: Option<i64>,
    ) -> Sent {
        let (me, date) = (actor.user, actor.date);
        let post = self.say(Peer::User(me), date, content);
        let mine = MessageCopy { random_id, ..MessageCopy::new(post, Peer::User(to), true) };
        let sent = self.deliver_copy(me, mine, actor);
        if to != me {
            let theirs = MessageCopy::new(post, Peer::User(me), false);
            self.deliver_copy(to, theirs, actor);
        }
        sent
    }

    /// Puts a copy into the box of an account, and tells it so; gives its number there, and the position after it.
    pub(crate) fn deliver_copy(&mut self, user: i64, copy: MessageCopy, actor: Actor) -> Sent {
        let sent = self.add_copy(user, copy, actor.date);
        self.tell(Peer::User(user), &What::New(sent.id), sent.pts, 1, actor);
        sent
    }

    /// The same, and tells nobody.
    pub(crate) fn add_copy(&mut self, user: i64, copy: MessageCopy, date: i32) -> Sent {
        let account = self.account(user);
        let (id, pts) = account.common.add(copy, date);
        let dialog = account.dialog(copy.dialog);
        dialog.messages.push(id);
        dialog.date = date;
        if !copy.is_out {
            dialog.unread = dialog.unread.saturating_add(1);
        }
        if let Some(post) = self.posts.post_mut(copy.post) {
            post.copies.push((Peer::User(user), id));
        }
        Sent { id, pts, date }
    }

    /// UM-03: what whoever sends is answered: the number that the message has now, and the message.
    pub(crate) fn receipt(
        &self,
        viewer: Viewer,
        peer: Peer,
        random_id: i64,
        sent: Sent,
    ) -> enums::Updates {
        self.receipts(viewer, peer, &[(random_id, sent)])
    }

    /// The same, in the short form if that is the [habit](crate::Habits): a repeated call has the same answer.
    pub(crate) fn short_receipt(
        &self,
        viewer: Viewer,
        peer: Peer,
        random_id: i64,
        sent: Sent,
    ) -> enums::Updates {
        let full = self.receipt(viewer, peer, random_id, sent);
        let is_short = self.is_short(random_id);
        is_short.then(|| short_sent(&full)).flatten().unwrap_or(full)
    }

    /// The same of several messages.
    pub(crate) fn receipts(
        &self,
        viewer: Viewer,
        peer: Peer,
        all: &[(i64, Sent)],
    ) -> enums::Updates {
        let mut view = self.view(viewer);
        let (mut numbers, mut messages) = (Vec::new(), Vec::new());
        for (random_id, sent) in all {
            let Sent { id, pts, .. } = *sent;
            numbers.push(types::UpdateMessageId { id, random_id: *random_id }.into());
            if let Peer::Channel(channel) = peer {
                messages.push(view.new_in_channel(channel, *sent));
                continue;
            }
            let message = view.first(id);
            messages.push(types::UpdateNewMessage { message, pts, pts_count: 1 }.into());
        }
        numbers.append(&mut messages);
        let date = all.iter().map(|(_, sent)| sent.date).max().unwrap_or_default();
        view.updates(numbers, date)
    }
}
