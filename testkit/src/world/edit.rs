//! Changes of what was said: its words, whether it is pinned, what people think of it.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{Reaction, Update};
use telewire::tl::api::types;

use crate::world::{
    Actor, Deed, Media, Peer, Post, PostId, Reacted, State, What, count, forbidden,
};

/// Boxes that have a message, and its number in each.
type Copies = Vec<(Peer, i32)>;

impl State {
    pub(crate) fn is_broadcast(&self, peer: Peer) -> bool {
        match peer {
            Peer::Channel(id) => self.channels.channel(id).is_some_and(|all| all.is_broadcast),
            Peer::User(_) | Peer::Chat(_) => false,
        }
    }

    /// The gate of all that changes what was said, or says something about it: whoever is out of a group or channel does not.
    ///
    /// # Errors
    ///
    /// `CHAT_WRITE_FORBIDDEN`: they are not in it; of groups that are none any more `CHAT_ID_INVALID`.
    pub(crate) fn check_inside(&self, me: i64, peer: Peer) -> Result<(), RpcError> {
        match peer {
            Peer::User(_) => Ok(()),
            Peer::Chat(id) => self.own_chat(me, id).map(|_| ()),
            Peer::Channel(id) => {
                let is_member = self.channels.channel(id).is_some_and(|all| all.is_member(me));
                is_member.then_some(()).ok_or_else(|| forbidden("CHAT_WRITE_FORBIDDEN"))
            }
        }
    }

    /// The other side of the gate: whether whoever has a box hears of what happens in a chat of it.
    pub(crate) fn hears(&self, owner: Peer, dialog: Peer) -> bool {
        match (owner, dialog) {
            (Peer::User(user), Peer::Chat(id)) => {
                self.chats.chat(id).is_some_and(|chat| chat.members.contains_key(&user))
            }
            _ => true,
        }
    }

    /// UM-05: the boxes that have a message, and its number in each, without those of whoever is out of the group.
    pub(crate) fn copies(&self, post: PostId) -> Copies {
        self.sorted_copies(post).0
    }

    /// The same, and those of whoever is out.
    fn sorted_copies(&self, post: PostId) -> (Copies, Copies) {
        let all = self.posts.post(post).map(|post| post.copies.clone()).unwrap_or_default();
        all.into_iter().partition(|(owner, id)| {
            let dialog = self.mailbox(*owner).and_then(|mailbox| mailbox.message(*id));
            dialog.is_some_and(|copy| self.hears(*owner, copy.dialog))
        })
    }

    /// A message is about to be another, or gone: in these boxes. Its first form stays for whoever sends it again (UM-11); whoever is
    /// out of the group keeps it as it is.
    pub(crate) fn changing(&mut self, post: PostId) -> Copies {
        self.keep_first(post);
        let (inside, outside) = self.sorted_copies(post);
        if let Some(form) = self.posts.part(post, &outside) {
            for (owner, id) in outside {
                let copy = self.mailbox_mut(owner).and_then(|mailbox| mailbox.message_mut(id));
                let _ = copy.map(|copy| copy.post = form);
            }
            self.let_end(form);
        }
        inside
    }

    /// UM-11: a message is about to be another. Its first form stays for whoever sends it again.
    pub(crate) fn keep_first(&mut self, post: PostId) {
        let Some(said) = self.posts.post(post) else { return };
        let author = said.author;
        let is_mine = |owner: &Peer| match owner {
            Peer::User(user) => *user == author,
            Peer::Chat(_) | Peer::Channel(_) => true,
        };
        let Some((owner, id)) = said.copies.iter().find(|(owner, _)| is_mine(owner)).copied()
        else {
            return;
        };
        let copy = self.mailbox(owner).and_then(|mailbox| mailbox.message(id));
        let Some(copy) = copy.filter(|copy| copy.random_id.is_some()) else { return };
        let kept = self.accounts.get(&author).map(|account| &account.first);
        if kept.is_some_and(|kept| kept.contains_key(&(owner, id))) {
            return;
        }
        let (dialog, mut said) = (copy.dialog, Box::new(said.clone()));
        if let Some(Media::Poll(poll)) = said.content.media {
            // It stands as it stood.
            let poll = self.polls.get(&poll).map(|poll| poll.media(author));
            said.content.media = poll.map(|poll| Media::Plain(Box::new(poll.into())));
        }
        self.account(author).first.insert((owner, id), (dialog, said));
    }

    /// UM-05: changes a message; each box that has it hears that it is another now. Gives the position of one box after it.
    pub(crate) fn edit(
        &mut self,
        post: PostId,
        actor: Actor,
        of: Peer,
        change: impl FnOnce(&mut Post),
    ) -> i32 {
        let copies = self.changing(post);
        let old = self.posts.post(post).cloned();
        if let Some(post) = self.posts.post_mut(post) {
            change(post);
            post.edited = Some(actor.date);
        }
        let mut pts = 0;
        for (owner, id) in copies {
            if let Peer::Channel(channel) = owner
                && let (Some(old), Some((_, new))) = (&old, self.post_of(channel, id))
            {
                self.note(channel, actor, Deed::Edited(id, Box::new(old.clone()), new));
            }
            let at = self.happen(owner, &What::Edit(id), 1, actor);
            if owner == of {
                pts = at;
            }
        }
        pts
    }

    /// Pins messages of a box, or takes them down: one event, for those that were not so already. Gives its position and how many
    /// they were.
    pub(crate) fn pin(
        &mut self,
        owner: Peer,
        ids: &[i32],
        pinned: bool,
        actor: Actor,
    ) -> (i32, i32) {
        for id in ids {
            if let Some(copy) = self.mailbox(owner).and_then(|mailbox| mailbox.message(*id)) {
                self.keep_first(copy.post);
            }
        }
        let Some(mailbox) = self.mailbox_mut(owner) else { return (0, 0) };
        let mut changed = Vec::new();
        for id in ids {
            if let Some(copy) = mailbox.message_mut(*id)
                && copy.is_pinned != pinned
            {
                copy.is_pinned = pinned;
                changed.push(*id);
            }
        }
        if changed.is_empty() {
            return (mailbox.pts(), 0);
        }
        if let Peer::Channel(id) = owner {
            self.channel_changed(id, |channel| channel.note_pinned(&changed, pinned));
            for message in &changed {
                if let Some((_, post)) = self.post_of(id, *message) {
                    self.note(id, actor, Deed::Pinned(*message, post, pinned));
                }
            }
        }
        let count = count(changed.len());
        (self.happen(owner, &What::Pin(changed, pinned), count, actor), count)
    }

    /// What somebody thinks of a message is this from now on; all who have it hear so. It is in no box.
    pub(crate) fn react(&mut self, post: PostId, reactions: Vec<Reaction>, actor: Actor) {
        let (who, date) = (actor.user, actor.date);
        let copies = self.changing(post);
        let Some(found) = self.posts.post_mut(post) else { return };
        found.reactions.retain(|reacted| reacted.who != who);
        let new = reactions.into_iter().map(|reaction| Reacted { who, date, reaction });
        found.reactions.extend(new);
        for (owner, id) in copies {
            self.tell_box(owner, actor, |view| -> Update { view.reactions_of(owner, id).into() });
        }
    }
}

impl crate::world::view::View<'_> {
    /// What people think of a message of a box.
    pub(crate) fn reactions_of(&mut self, owner: Peer, id: i32) -> types::UpdateMessageReactions {
        let dialog = self.dialog_of(owner, id).unwrap_or(owner);
        let (peer, reactions) = (self.name(dialog), self.reactions(owner, id));
        let top_msg_id = self.topic_of(owner, id);
        let update = types::UpdateMessageReactions::new(peer, id, reactions.unwrap_or_else(none));
        types::UpdateMessageReactions { top_msg_id, ..update }
    }
}

fn none() -> types::MessageReactions {
    types::MessageReactions::new(Vec::new())
}
