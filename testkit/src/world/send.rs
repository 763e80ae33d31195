//! Sending.

use telewire::rpc::RpcError;
use telewire::tl::api::enums;

use crate::world::{
    Actor, Caller, Content, Media, MessageCopy, Peer, Post, PostId, Sent, State, What, forbidden,
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

    /// Whether somebody may send something to a chat, now or later; gives the topic that it goes to.
    ///
    /// # Errors
    ///
    /// As [`may_write`](Self::may_write), and as [`Channel::topic_for`](crate::world::Channel::topic_for).
    fn topic_for(
        &self,
        actor: Actor,
        peer: Peer,
        content: &Content,
        is_now: bool,
    ) -> Result<Option<i32>, RpcError> {
        let Peer::Channel(id) = peer else {
            return self.may_write(actor.user, peer).map(|()| None);
        };
        let channel = self.channels.channel(id);
        let channel = channel.ok_or_else(|| invalid("CHANNEL_INVALID"))?;
        let now = seconds(self.clock);
        if is_now {
            channel.check_sender(actor.user, now)?;
        } else {
            channel.check_writer(actor.user, now)?;
        }
        let reply = content.reply_to.and_then(|to| self.posts.post(to)?.id_in(peer));
        channel.topic_for(actor.user, reply, content.topic)
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
        let topic = self.topic_for(actor, peer, &content, true)?;
        Ok(self.put(actor, peer, Content { topic, ..content }, random_id))
    }

    /// Sends several messages to a chat, now or later: all or none. UM-11: what has a number that was given before is not sent again,
    /// and is answered as it was then.
    ///
    /// # Errors
    ///
    /// As [`may_write`](Self::may_write); `SLOWMODE_MULTI_MSGS_DISABLED`, and what [`may_wait`](Self::may_wait) says.
    pub(crate) fn send_all(
        &mut self,
        caller: &Caller,
        peer: Peer,
        all: Vec<(i64, Content)>,
        later: Option<i32>,
    ) -> Result<enums::Updates, RpcError> {
        let actor = caller.actor();
        let later = later.filter(|date| *date > caller.date());
        let (mut numbers, mut new) = (Vec::new(), Vec::new());
        for (random_id, content) in all {
            numbers.push(random_id);
            if self.outcome(caller.me, peer, random_id).is_none() {
                let topic = self.topic_for(actor, peer, &content, later.is_none())?;
                new.push((random_id, Content { topic, ..content }));
            }
        }
        if let Some(date) = later {
            self.may_wait(actor, peer, date, new.len())?;
            for (random_id, content) in new {
                self.schedule(actor, peer, content, date, random_id);
            }
        } else {
            if new.len() > 1 && self.is_slow_for(caller.me, peer) {
                return Err(invalid("SLOWMODE_MULTI_MSGS_DISABLED"));
            }
            for (random_id, content) in new {
                self.put(actor, peer, content, Some(random_id));
            }
        }
        Ok(self.receipts(caller, peer, &numbers))
    }

    fn is_slow_for(&self, me: i64, peer: Peer) -> bool {
        match peer {
            Peer::Channel(id) => self.channels.channel(id).is_some_and(|all| all.is_slow_for(me)),
            Peer::User(_) | Peer::Chat(_) => false,
        }
    }

    /// Puts a message where it was found to belong, without asking whether somebody may.
    pub(crate) fn put(
        &mut self,
        actor: Actor,
        peer: Peer,
        content: Content,
        random_id: Option<i64>,
    ) -> Sent {
        let topic = content.topic;
        // What happened stays. Telegram's `messageService` has a `ttl_period` as well; when it is set, is documented nowhere.
        let period = self.lifetimes.period(actor.user, peer);
        let ttl = period.filter(|_| content.action.is_none());
        let content = Content { ttl, ..content };
        let sent = match peer {
            Peer::User(to) => self.send_to_user(actor, to, content, random_id),
            Peer::Chat(id) => self.send_to_chat(actor, id, content, None, random_id),
            Peer::Channel(id) => self.send_to_channel(actor, id, content, topic, random_id),
        };
        if let Some(random_id) = random_id {
            self.account(actor.user).sent.insert((peer, random_id), sent);
        }
        let copy = self.mailbox(Self::box_of(actor.user, peer));
        let post = copy.and_then(|mailbox| mailbox.message(sent.id)).map(|copy| copy.post);
        if let Some(post) = post {
            self.let_end(post);
        }
        sent
    }

    /// It goes when its time has come, if it does not stay.
    pub(crate) fn let_end(&mut self, id: PostId) {
        let post = self.posts.post(id);
        if let Some((date, ttl)) = post.and_then(|post| Some((post.date, post.content.ttl?))) {
            self.lifetimes.end(id, date.saturating_add(ttl));
        }
    }

    /// Something is said, wherever it goes.
    pub(crate) fn say(&mut self, author: i64, from: Peer, date: i32, content: Content) -> PostId {
        let poll = match &content.media {
            Some(Media::Poll(id)) => Some(*id),
            Some(Media::Plain(_) | Media::File(_)) | None => None,
        };
        let post = self.posts.add(Post::new(author, from, date, content));
        if let Some(poll) = poll.and_then(|id| self.polls.get_mut(&id)) {
            poll.posts.insert(post);
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
        let post = self.say(me, Peer::User(me), date, content);
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
}
