//! Sending.

use telewire::tl::api::{enums, types};

use crate::world::account::Sent;
use crate::world::mailbox::MessageCopy;
use crate::world::{Caller, Content, Peer, State, Viewer};

impl State {
    /// UM-01, UM-03: sends to a person. Each of the two has a copy in a box of their own, and hears of it in all sessions but the one
    /// that sent it. What is for oneself is there once.
    pub(crate) fn send_to_user(
        &mut self,
        caller: &Caller,
        to: i64,
        content: Content,
        random_id: i64,
    ) -> Sent {
        let (me, date) = (caller.me, caller.date());
        let post = self.posts.add(Peer::User(me), date, content);
        let mine = MessageCopy { post, dialog: Peer::User(to), is_out: true };
        let (id, pts) = self.deliver_copy(me, mine, date);
        let sent = Sent { id, pts, date };
        self.account(me).sent.insert((Peer::User(to), random_id), sent);
        self.push(me, Some(caller.context.key), |state, viewer| state.news(viewer, sent));
        if to != me {
            let theirs = MessageCopy { post, dialog: Peer::User(me), is_out: false };
            let (id, pts) = self.deliver_copy(to, theirs, date);
            self.push(to, None, |state, viewer| state.news(viewer, Sent { id, pts, date }));
        }
        sent
    }

    /// Puts a copy into the box of an account; gives its number there, and the position after it.
    pub(super) fn deliver_copy(&mut self, user: i64, copy: MessageCopy, date: i32) -> (i32, i32) {
        let account = self.account(user);
        let (id, pts) = account.common.add(copy, date);
        let dialog = account.dialog(copy.dialog);
        dialog.messages.push(id);
        if !copy.is_out {
            dialog.unread = dialog.unread.saturating_add(1);
        }
        if let Some(post) = self.posts.post_mut(copy.post) {
            post.copies.push((Peer::User(user), id));
        }
        (id, pts)
    }

    /// UM-03: what whoever sends is answered: the number that the message has now, and the message.
    pub(crate) fn receipt(&self, viewer: Viewer, random_id: i64, sent: Sent) -> enums::Updates {
        let Sent { id, pts, date } = sent;
        let mut view = self.view(viewer);
        let number = types::UpdateMessageId { id, random_id };
        let message = types::UpdateNewMessage { message: view.message(id), pts, pts_count: 1 };
        view.updates(vec![number.into(), message.into()], date)
    }

    /// A message that is new in an account's box.
    fn news(&self, viewer: Viewer, Sent { id, pts, date }: Sent) -> enums::Updates {
        let mut view = self.view(viewer);
        let message = types::UpdateNewMessage { message: view.message(id), pts, pts_count: 1 };
        view.updates(vec![message.into()], date)
    }
}
