//! What happens in boxes: it is kept there for those who ask later, and told to those who are here, in the same words.

use telewire::tl::api::{enums, types};

use crate::world::mailbox::Mailbox;
use crate::world::view::View;
use crate::world::{Actor, MessageCopy, Peer, State, What};

impl State {
    /// Whose box has the messages of a chat: a channel has its own, all else is in that of whoever looks (UM-01).
    pub(crate) fn box_of(me: i64, peer: Peer) -> Peer {
        match peer {
            Peer::Channel(_) => peer,
            Peer::User(_) | Peer::Chat(_) => Peer::User(me),
        }
    }

    /// A box.
    pub(crate) fn mailbox(&self, owner: Peer) -> Option<&Mailbox> {
        match owner {
            Peer::User(user) => self.accounts.get(&user).map(|account| &account.common),
            Peer::Channel(id) => self.channels.channel(id).map(|channel| &channel.mailbox),
            Peer::Chat(_) => None,
        }
    }

    pub(crate) fn mailbox_mut(&mut self, owner: Peer) -> Option<&mut Mailbox> {
        match owner {
            Peer::User(user) => Some(&mut self.account(user).common),
            Peer::Channel(id) => self.channels.channel_mut(id).map(|channel| &mut channel.mailbox),
            Peer::Chat(_) => None,
        }
    }

    /// The numbers of the messages of a chat as somebody sees it, in their order.
    pub(crate) fn history(&self, me: i64, peer: Peer) -> &[i32] {
        if let Peer::Channel(id) = peer {
            let channel = self.channels.channel(id);
            return channel.map(|all| all.history.messages.as_slice()).unwrap_or_default();
        }
        let account = self.accounts.get(&me);
        let dialog = account.and_then(|account| account.dialogs.get(&peer));
        dialog.map(|dialog| dialog.messages.as_slice()).unwrap_or_default()
    }

    /// A message of a chat that somebody sees.
    pub(crate) fn find(&self, me: i64, peer: Peer, id: i32) -> Option<MessageCopy> {
        let copy = self.mailbox(Self::box_of(me, peer))?.message(id)?;
        (copy.dialog == peer).then_some(*copy)
    }

    /// UM-02: something happens in a box, and moves it by `count`. Whoever has the box hears of it, but for the key that is answered.
    /// Gives the position after it.
    pub(crate) fn happen(&mut self, owner: Peer, what: &What, count: i32, actor: Actor) -> i32 {
        let Some(mailbox) = self.mailbox_mut(owner) else { return 0 };
        let pts = mailbox.happen(what.clone(), count, actor.date);
        self.tell(owner, what, pts, count, actor);
        pts
    }

    /// Tells whoever has a box what happened there.
    pub(crate) fn tell(&mut self, owner: Peer, what: &What, pts: i32, count: i32, actor: Actor) {
        match owner {
            Peer::User(user) => self.push(user, actor.key, |state, viewer| {
                let mut view = state.view(viewer);
                let update = view.event(owner, what, pts, count);
                view.updates(update.into_iter().collect(), actor.date)
            }),
            Peer::Channel(id) => self.tell_members(id, actor.key, |state, viewer| {
                let mut view = state.view(viewer);
                let update = view.event(owner, what, pts, count);
                view.updates(update.into_iter().collect(), actor.date)
            }),
            Peer::Chat(_) => {}
        }
    }

    /// Tells an account what is in no box: it has no position.
    pub(crate) fn tell_all(
        &mut self,
        user: i64,
        actor: Actor,
        update: impl Fn(&mut View<'_>) -> enums::Update,
    ) {
        self.push(user, actor.key, |state, viewer| {
            let mut view = state.view(viewer);
            let update = update(&mut view);
            view.updates(vec![update], actor.date)
        });
    }
}

impl State {
    /// Tells whoever has a box what is in no box: it has no position.
    pub(crate) fn tell_box(
        &mut self,
        owner: Peer,
        actor: Actor,
        update: impl Fn(&mut View<'_>) -> enums::Update,
    ) {
        match owner {
            Peer::User(user) => self.tell_all(user, actor, update),
            Peer::Channel(id) => self.tell_members(id, actor.key, |state, viewer| {
                let mut view = state.view(viewer);
                let update = update(&mut view);
                view.updates(vec![update], actor.date)
            }),
            Peer::Chat(_) => {}
        }
    }
}

impl View<'_> {
    /// What happened in a box, with the position after it. `None` if nothing is left to tell of.
    pub(crate) fn event(
        &mut self,
        owner: Peer,
        what: &What,
        pts: i32,
        pts_count: i32,
    ) -> Option<enums::Update> {
        if let Peer::Channel(id) = owner {
            return Some(self.channel_event(id, what, pts, pts_count));
        }
        let update = match what {
            What::New(id) => {
                let message = self.message_in(owner, *id);
                types::UpdateNewMessage { message, pts, pts_count }.into()
            }
            What::Edit(id) => {
                let message = self.message_in(owner, *id);
                types::UpdateEditMessage { message, pts, pts_count }.into()
            }
            What::Delete(messages) => {
                types::UpdateDeleteMessages { messages: messages.clone(), pts, pts_count }.into()
            }
            What::Pin(messages, pinned) => {
                let peer = messages.iter().find_map(|id| self.dialog_of(owner, *id))?;
                types::UpdatePinnedMessages {
                    pinned: *pinned,
                    peer: self.name(peer),
                    messages: messages.clone(),
                    pts,
                    pts_count,
                }
                .into()
            }
            What::ReadInbox(peer, max_id, left) => {
                let peer = self.name(*peer);
                types::UpdateReadHistoryInbox::new(peer, *max_id, *left, pts, pts_count).into()
            }
            What::ReadOutbox(peer, max_id) => {
                let peer = self.name(*peer);
                types::UpdateReadHistoryOutbox { peer, max_id: *max_id, pts, pts_count }.into()
            }
        };
        Some(update)
    }
}
