//! What happened in a channel of late, for its admins: <https://core.telegram.org/api/recent-actions>.

use std::collections::VecDeque;

use telewire::tl::api::enums::ChannelAdminLogEventAction as Action;
use telewire::tl::api::enums::ChannelParticipant as Participant;
use telewire::tl::api::types;

use crate::world::channel::Channel;
use crate::world::view::View;
use crate::world::{Actor, Caller, Peer, Post, PostId, State};

/// All that is kept of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    last_id: i64,
    events: VecDeque<Logged>,
}

/// Something that somebody did.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) id: i64,
    pub(crate) date: i32,
    pub(crate) user: i64,
    pub(crate) what: Deed,
}

/// What it was. Messages are as they were then.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// What all see alike.
    Plain(Action),
    Edited(i32, Box<Post>, Box<Post>),
    Deleted(i32, Box<Post>),
    Pinned(i32, Box<Post>, bool),
    Closed(i32, Box<Post>),
}

/// How long it is kept, and how much of it at most.
const PERIOD: i32 = 2 * 86_400;
const MAX_EVENTS: usize = 1_024;

impl Log {
    fn note(&mut self, user: i64, date: i32, what: Deed) {
        let is_over = |at: i32| date.saturating_sub(at) > PERIOD;
        while self.events.front().is_some_and(|event| is_over(event.date))
            || self.events.len() >= MAX_EVENTS
        {
            self.events.pop_front();
        }
        self.last_id = self.last_id.saturating_add(1);
        self.events.push_back(Logged { id: self.last_id, date, user, what });
    }

    /// What is not too long ago, the latest first.
    pub(crate) fn since(&self, date: i32) -> impl Iterator<Item = &Logged> {
        let all = self.events.iter().rev();
        all.take_while(move |event| date.saturating_sub(event.date) <= PERIOD)
    }
}

impl State {
    /// Somebody did something in a channel.
    pub(crate) fn note(&mut self, channel: i64, actor: Actor, what: Deed) {
        self.channel_changed(channel, |channel| channel.log.note(actor.user, actor.date, what));
    }

    /// The same, of what all see alike.
    pub(crate) fn note_action(&mut self, channel: i64, actor: Actor, action: impl Into<Action>) {
        self.note(channel, actor, Deed::Plain(action.into()));
    }

    /// Somebody in a channel, or who is not, as whoever asks sees them.
    pub(crate) fn participant_of(&self, caller: &Caller, channel: i64, user: i64) -> Participant {
        let channel = self.channels.channel(channel);
        let mut view = self.view(caller.viewer());
        let found = channel.and_then(|channel| view.participant(channel, user));
        found.unwrap_or_else(|| {
            types::ChannelParticipantLeft { peer: Peer::User(user).to_tl() }.into()
        })
    }

    /// A message of a channel as it is, for what is noted about it.
    pub(crate) fn post_of(&self, channel: i64, id: i32) -> Option<(PostId, Box<Post>)> {
        let copy = self.channels.channel(channel)?.mailbox.message(id)?;
        Some((copy.post, Box::new(self.posts.post(copy.post)?.clone())))
    }
}

impl View<'_> {
    /// What somebody did, with all who are named in it.
    pub(crate) fn logged(
        &mut self,
        channel: &Channel,
        event: &Logged,
    ) -> types::ChannelAdminLogEvent {
        self.name(Peer::User(event.user));
        let id = channel.id;
        let action = match &event.what {
            Deed::Plain(action) => {
                if let Some(user) = subject(action) {
                    self.name(Peer::User(user));
                }
                self.resolved(action)
            }
            Deed::Edited(message, old, new) => types::ChannelAdminLogEventActionEditMessage {
                prev_message: self.channel_post(id, *message, old, false),
                new_message: self.channel_post(id, *message, new, false),
            }
            .into(),
            Deed::Deleted(message, post) => {
                let message = self.channel_post(id, *message, post, false);
                types::ChannelAdminLogEventActionDeleteMessage { message }.into()
            }
            Deed::Pinned(message, post, is_pinned) => {
                let message = self.channel_post(id, *message, post, *is_pinned);
                types::ChannelAdminLogEventActionUpdatePinned { message }.into()
            }
            Deed::Closed(message, post) => {
                let message = self.channel_post(id, *message, post, false);
                types::ChannelAdminLogEventActionStopPoll { message }.into()
            }
        };
        types::ChannelAdminLogEvent { id: event.id, date: event.date, user_id: event.user, action }
    }
}

impl View<'_> {
    /// UM-10: photos are for whoever looks.
    fn resolved(&self, action: &Action) -> Action {
        match action {
            Action::ChannelAdminLogEventActionChangePhoto(change) => {
                let (prev_photo, new_photo) = (change.prev_photo.id(), change.new_photo.id());
                let (prev_photo, new_photo) = (self.photo(prev_photo), self.photo(new_photo));
                types::ChannelAdminLogEventActionChangePhoto { prev_photo, new_photo }.into()
            }
            action => action.clone(),
        }
    }
}

/// To whom something was done.
fn subject(action: &Action) -> Option<i64> {
    use Action as Of;
    match action {
        Of::ChannelAdminLogEventActionParticipantInvite(invite) => user_of(&invite.participant),
        Of::ChannelAdminLogEventActionParticipantToggleBan(ban) => user_of(&ban.new_participant),
        Of::ChannelAdminLogEventActionParticipantToggleAdmin(admin) => {
            user_of(&admin.new_participant)
        }
        _ => None,
    }
}

fn user_of(participant: &Participant) -> Option<i64> {
    use telewire::tl::api::enums::Peer as Named;
    match participant {
        Participant::ChannelParticipant(one) => Some(one.user_id),
        Participant::ChannelParticipantSelf(one) => Some(one.user_id),
        Participant::ChannelParticipantCreator(one) => Some(one.user_id),
        Participant::ChannelParticipantAdmin(one) => Some(one.user_id),
        Participant::ChannelParticipantBanned(one) => match &one.peer {
            Named::PeerUser(user) => Some(user.user_id),
            _ => None,
        },
        Participant::ChannelParticipantLeft(one) => match &one.peer {
            Named::PeerUser(user) => Some(user.user_id),
            _ => None,
        },
        _ => None,
    }
}
