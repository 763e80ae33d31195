//! Reading: UM-04.

use std::collections::BTreeMap;

use telewire::tl::api::types;

use crate::world::{Actor, Dialog, Peer, State, What};

impl State {
    /// Reads a chat up to a message, or all of it for 0. Whoever wrote what was read hears so in a box of their own. Gives the position
    /// of the reader's box, and by how much it moved.
    pub(crate) fn read(&mut self, peer: Peer, max_id: i32, actor: Actor) -> (i32, i32) {
        let owner = Peer::User(actor.user);
        self.mark_unread(peer, false, actor);
        let account = self.account(actor.user);
        let Some(dialog) = account.dialogs.get(&peer) else { return (account.common.pts(), 0) };
        let last = if max_id == 0 { i32::MAX } else { max_id };
        let to = dialog.messages.partition_point(|id| *id <= last);
        let from = dialog.messages.partition_point(|id| *id <= dialog.read_inbox);
        let ids = dialog.messages.get(from..to).unwrap_or_default();
        let came = |id: &&i32| account.common.message(**id).is_some_and(|copy| !copy.is_out);
        let read: Vec<i32> = ids.iter().filter(came).copied().collect();
        let Some(newest) = read.last().copied() else { return (account.common.pts(), 0) };
        let count = i32::try_from(read.len()).unwrap_or(i32::MAX);
        let dialog = account.dialog(peer);
        dialog.read_inbox = newest;
        dialog.unread = dialog.unread.saturating_sub(count);
        if matches!(peer, Peer::Chat(_)) {
            dialog.reads.note(newest, actor.date);
        }
        let left = dialog.unread;
        let pts = self.happen(owner, &What::ReadInbox(peer, newest, left), 1, actor);
        for (author, (chat, id)) in self.written_by(owner, &read) {
            let dialog = self.account(author).dialog(chat);
            // In a group somebody else may have read more.
            if dialog.read_outbox < id {
                dialog.read_outbox = id;
                self.happen(Peer::User(author), &What::ReadOutbox(chat, id), 1, actor);
            }
        }
        (pts, 1)
    }

    /// An account says of a chat that it is not read, or is; its other sessions hear so.
    pub(crate) fn mark_unread(&mut self, peer: Peer, unread: bool, actor: Actor) {
        let is_marked = |dialog: &Dialog| dialog.is_marked;
        let account = self.account(actor.user);
        if account.dialogs.get(&peer).is_some_and(is_marked) == unread {
            return;
        }
        account.dialog(peer).is_marked = unread;
        self.tell_all(actor.user, actor, |view| {
            let peer = types::DialogPeer { peer: view.name(peer) }.into();
            let update = types::UpdateDialogUnreadMark::new(peer);
            types::UpdateDialogUnreadMark { unread, ..update }.into()
        });
    }

    /// Who wrote some messages of a box: the chat as each of them sees it, and the last one's number there.
    fn written_by(&self, owner: Peer, ids: &[i32]) -> BTreeMap<i64, (Peer, i32)> {
        let mut found = BTreeMap::new();
        for id in ids {
            let copy = self.mailbox(owner).and_then(|mailbox| mailbox.message(*id));
            let Some(post) = copy.and_then(|copy| self.posts.post(copy.post)) else { continue };
            let theirs = Peer::User(post.author);
            let seen = post.id_in(theirs);
            let seen = seen.and_then(|id| Some((self.mailbox(theirs)?.message(id)?.dialog, id)));
            // Who is out of a group hears nothing of it, and is not heard of.
            let is_heard = |dialog| self.hears(owner, dialog) && self.hears(theirs, dialog);
            if let Some(seen) = seen.filter(|(dialog, _)| is_heard(*dialog)) {
                found.insert(post.author, seen);
            }
        }
        found
    }
}
