//! Deleting: UM-05.

use std::collections::BTreeMap;

use crate::world::{Actor, Peer, State, What};

impl State {
    /// Deletes messages of an account's box, and with `for_all` every copy of them. Each box hears of its own in one event, which moves
    /// it by as many as there were. Gives the position of the account's box, and by how much it moved.
    pub(crate) fn delete(&mut self, ids: &[i32], for_all: bool, actor: Actor) -> (i32, i32) {
        let mine = Peer::User(actor.user);
        let mut boxes: BTreeMap<Peer, Vec<i32>> = BTreeMap::new();
        for id in ids {
            let copy = self.mailbox(mine).and_then(|mailbox| mailbox.message(*id));
            let Some(copy) = copy else { continue };
            let copies = if for_all { self.copies(copy.post) } else { vec![(mine, *id)] };
            for (owner, id) in copies {
                let ids = boxes.entry(owner).or_default();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        let mut moved = (self.account(actor.user).common.pts(), 0);
        for (owner, ids) in boxes {
            let result = self.delete_in(owner, ids, actor);
            if owner == mine {
                moved = result;
            }
        }
        moved
    }

    /// Takes messages out of a box.
    pub(crate) fn delete_in(&mut self, owner: Peer, ids: Vec<i32>, actor: Actor) -> (i32, i32) {
        for id in &ids {
            if let Some(copy) = self.mailbox(owner).and_then(|mailbox| mailbox.message(*id)) {
                self.keep_first(copy.post);
            }
            let copy = self.mailbox_mut(owner).and_then(|mailbox| mailbox.remove(*id));
            let Some(copy) = copy else { continue };
            if let Peer::User(user) = owner {
                let dialog = self.account(user).dialog(copy.dialog);
                if let Ok(place) = dialog.messages.binary_search(id) {
                    dialog.messages.remove(place);
                }
                if !copy.is_out && *id > dialog.read_inbox {
                    dialog.unread = dialog.unread.saturating_sub(1);
                }
                self.date_dialog(user, copy.dialog);
            }
            if let Some(post) = self.posts.post_mut(copy.post) {
                post.copies.retain(|(of, _)| *of != owner);
                if post.copies.is_empty() {
                    self.posts.remove(copy.post);
                }
            }
        }
        let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
        (self.happen(owner, &What::Delete(ids), count, actor), count)
    }

    /// A chat is where its last message puts it.
    fn date_dialog(&mut self, user: i64, peer: Peer) {
        let top = self.history(user, peer).last().copied();
        let copy = top.and_then(|id| self.find(user, peer, id));
        let date = copy.and_then(|copy| self.posts.post(copy.post)).map(|post| post.date);
        if let Some(date) = date {
            self.account(user).dialog(peer).date = date;
        }
    }
}
