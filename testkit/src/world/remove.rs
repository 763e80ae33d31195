//! Deleting: UM-05. What is deleted is deleted here, whatever box it is in.

use std::collections::{BTreeMap, BTreeSet};

use telewire::rpc::RpcError;

use crate::world::mailbox::Mailbox;
use crate::world::{Actor, Deed, Peer, PostId, State, What, count, forbidden};

impl State {
    /// Deletes messages of an account's box, and with `for_all` every copy of them, all or none. Each box hears of its own in one
    /// event, which moves it by as many as there were. Gives the position of the account's box, and by how much it moved.
    ///
    /// # Errors
    ///
    /// `MESSAGE_DELETE_FORBIDDEN`: some are not for whoever asks to delete for all.
    pub(crate) fn delete(
        &mut self,
        ids: &[i32],
        for_all: bool,
        actor: Actor,
    ) -> Result<(i32, i32), RpcError> {
        let mine = Peer::User(actor.user);
        let mut posts = Vec::new();
        for id in ids {
            let copy = self.mailbox(mine).and_then(|mailbox| mailbox.message(*id));
            let Some(copy) = copy else { continue };
            if for_all && !self.may_delete_for_all(actor.user, copy.dialog, copy.post) {
                return Err(forbidden("MESSAGE_DELETE_FORBIDDEN"));
            }
            posts.push(copy.post);
        }
        let mut boxes: BTreeMap<Peer, Vec<i32>> = BTreeMap::new();
        if for_all {
            for post in posts {
                for (owner, id) in self.changing(post) {
                    boxes.entry(owner).or_default().push(id);
                }
                let poll = self.posts.withdraw(post);
                self.forget_in_poll(poll, post);
            }
        } else {
            boxes.insert(mine, ids.to_vec());
        }
        let mut moved = (self.account(actor.user).common.pts(), 0);
        for (owner, ids) in boxes {
            let result = self.delete_in(owner, ids, actor);
            if owner == mine {
                moved = result;
            }
        }
        Ok(moved)
    }

    /// The time of a message has come: it goes from all boxes, also of those who are out of the group, since it was said with that
    /// time. Each hears of it, and nobody did it.
    pub(crate) fn vanish(&mut self, post: PostId, date: i32) {
        self.keep_first(post);
        let mut boxes: BTreeMap<Peer, Vec<i32>> = BTreeMap::new();
        let copies = self.posts.post(post).map(|post| post.copies.clone());
        for (owner, id) in copies.unwrap_or_default() {
            boxes.entry(owner).or_default().push(id);
        }
        let poll = self.posts.withdraw(post);
        self.forget_in_poll(poll, post);
        for (owner, ids) in boxes {
            self.delete_in(owner, ids, Actor { user: 0, date, key: None });
        }
    }

    /// In a private chat both delete for all; in a group its members what they wrote, and its admins what anybody did.
    fn may_delete_for_all(&self, me: i64, dialog: Peer, post: PostId) -> bool {
        let is_own = || self.posts.post(post).is_some_and(|post| post.author == me);
        match dialog {
            Peer::User(_) => true,
            Peer::Chat(id) => self.own_chat(me, id).is_ok_and(|chat| chat.is_admin(me) || is_own()),
            Peer::Channel(_) => false,
        }
    }

    /// Takes messages out of a box: one event for those that were there, and none if there are none (UM-02). Gives the position of the
    /// box, and by how much it moved. It costs as much as the chats have messages since the first of them, however many they are.
    pub(crate) fn delete_in(
        &mut self,
        owner: Peer,
        ids: impl IntoIterator<Item = i32>,
        actor: Actor,
    ) -> (i32, i32) {
        let ids: BTreeSet<i32> = ids.into_iter().collect();
        let (mut gone, mut came) = (BTreeMap::<Peer, Vec<i32>>::new(), BTreeMap::new());
        let mut found = Vec::new();
        for id in ids {
            let copy = self.mailbox(owner).and_then(|mailbox| mailbox.message(id)).copied();
            let Some(copy) = copy else { continue };
            self.keep_first(copy.post);
            self.note_deleted(owner, id, actor);
            let _ = self.mailbox_mut(owner).and_then(|mailbox| mailbox.remove(id));
            let poll = self.posts.leave(copy.post, owner);
            self.forget_in_poll(poll, copy.post);
            gone.entry(copy.dialog).or_default().push(id);
            if !copy.is_out {
                came.entry(copy.dialog).or_insert_with(Vec::new).push(id);
            }
            found.push(id);
        }
        if found.is_empty() {
            return (self.mailbox(owner).map_or(1, Mailbox::pts), 0);
        }
        for (dialog, ids) in gone {
            match owner {
                Peer::User(user) => {
                    let came = came.remove(&dialog).unwrap_or_default();
                    self.forget_in_dialog(user, dialog, &ids, &came);
                }
                Peer::Channel(id) => self.channel_changed(id, |channel| channel.forget(&ids)),
                Peer::Chat(_) => {}
            }
        }
        let count = count(found.len());
        (self.happen(owner, &What::Delete(found), count, actor), count)
    }

    fn forget_in_dialog(&mut self, user: i64, peer: Peer, ids: &[i32], came: &[i32]) {
        let dialog = self.account(user).dialog(peer);
        take_out(&mut dialog.messages, ids);
        let unread = came.iter().filter(|id| **id > dialog.read_inbox).count();
        dialog.unread = dialog.unread.saturating_sub(count(unread));
        // A chat is where its last message puts it.
        let top = self.history(user, peer).last().copied();
        let copy = top.and_then(|id| self.find(user, peer, id));
        let date = copy.and_then(|copy| self.posts.post(copy.post)).map(|post| post.date);
        if let Some(date) = date {
            self.account(user).dialog(peer).date = date;
        }
    }

    /// What members take back themselves is not the admins' business.
    fn note_deleted(&mut self, owner: Peer, id: i32, actor: Actor) {
        let Peer::Channel(channel) = owner else { return };
        let is_noted = self.channels.channel(channel).is_some_and(|all| all.is_admin(actor.user));
        if is_noted && let Some((_, post)) = self.post_of(channel, id) {
            self.note(channel, actor, Deed::Deleted(id, post));
        }
    }

    fn forget_in_poll(&mut self, poll: Option<i64>, post: PostId) {
        if let Some(poll) = poll.and_then(|poll| self.polls.get_mut(&poll)) {
            poll.posts.remove(&post);
        }
    }
}

/// Takes numbers out of others; both are in their order.
pub(crate) fn take_out(messages: &mut Vec<i32>, gone: &[i32]) {
    let Some(first) = gone.first() else { return };
    let from = messages.partition_point(|id| id < first);
    let rest = messages.split_off(from);
    messages.extend(rest.into_iter().filter(|id| gone.binary_search(id).is_err()));
}
