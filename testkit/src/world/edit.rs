//! Changes of what was said: its words, whether it is pinned, what people think of it.

use telewire::tl::api::enums::Reaction;
use telewire::tl::api::types;

use crate::world::{Actor, Peer, PostId, Reacted, State, What};

impl State {
    /// UM-11: a message is about to be another. Its first form stays for whoever sends it again.
    pub(crate) fn keep_first(&mut self, post: PostId) {
        let Some(said) = self.posts.post(post) else { return };
        let Peer::User(author) = said.from else { return };
        let id = said.id_in(said.from);
        let copy = id.and_then(|id| self.mailbox(said.from)?.message(id));
        let (Some(id), Some(copy)) = (id, copy) else { return };
        if copy.random_id.is_some() {
            let (dialog, said) = (copy.dialog, Box::new(said.clone()));
            self.account(author).first.entry(id).or_insert((dialog, said));
        }
    }

    /// UM-05: each box that has a message hears that it is another now. Gives the position of one box after it.
    pub(crate) fn edited(&mut self, post: PostId, actor: Actor, of: Peer) -> i32 {
        let mut pts = 0;
        for (owner, id) in self.copies(post) {
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
        let count = i32::try_from(changed.len()).unwrap_or(i32::MAX);
        (self.happen(owner, &What::Pin(changed, pinned), count, actor), count)
    }

    /// What somebody thinks of a message is this from now on; all who have it hear so. It is in no box.
    pub(crate) fn react(&mut self, post: PostId, reactions: Vec<Reaction>, actor: Actor) {
        let (who, date) = (actor.user, actor.date);
        self.keep_first(post);
        let Some(found) = self.posts.post_mut(post) else { return };
        found.reactions.retain(|reacted| reacted.who != who);
        let new = reactions.into_iter().map(|reaction| Reacted { who, date, reaction });
        found.reactions.extend(new);
        for (owner, id) in self.copies(post) {
            let Peer::User(user) = owner else { continue };
            self.tell_all(user, actor, |view| view.reactions_of(owner, id).into());
        }
    }
}

impl crate::world::view::View<'_> {
    /// What people think of a message of a box.
    pub(crate) fn reactions_of(&mut self, owner: Peer, id: i32) -> types::UpdateMessageReactions {
        let dialog = self.dialog_of(owner, id).unwrap_or(owner);
        let (peer, reactions) = (self.name(dialog), self.reactions(owner, id));
        types::UpdateMessageReactions::new(peer, id, reactions.unwrap_or_else(none))
    }
}

fn none() -> types::MessageReactions {
    types::MessageReactions::new(Vec::new())
}
