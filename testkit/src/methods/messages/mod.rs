//! `messages.*`: what is said, and what was.

mod actions;
mod dialogs;
mod drafts;
mod edit;
mod forward;
mod history;
mod lifetime;
mod media;
mod polls;
mod reactions;
mod read;
mod scheduled;
mod search;
mod send;

pub(super) use send::Sending;
use telewire::rpc::RpcError;
use telewire::tl::api::enums::InputMessage;
use telewire::tl::api::enums::messages::Messages;
use telewire::tl::api::types::messages as types;

use crate::methods::{Registry, channels};
use crate::world::{Caller, MessageCopy, Peer, State, View, invalid};

/// As `message_length_max` and `caption_length_max` of `help.getConfig` say.
pub(super) const MAX_LENGTH: usize = 4_096;
const MAX_CAPTION: usize = 1_024;

/// Messages of one answer.
pub(super) const MAX_PART: usize = 100;

pub(super) fn install(registry: &mut Registry<'_>) {
    actions::install(registry);
    dialogs::install(registry);
    drafts::install(registry);
    edit::install(registry);
    forward::install(registry);
    history::install(registry);
    lifetime::install(registry);
    media::install(registry);
    polls::install(registry);
    reactions::install(registry);
    read::install(registry);
    scheduled::install(registry);
    search::install(registry);
    send::install(registry);
}

/// How a request names a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Named {
    ById(i32),
    /// What the message of this number replies to.
    RepliedBy(i32),
    Pinned,
}

impl Named {
    /// `None` of what is not modelled.
    pub(super) fn of(message: &InputMessage) -> Option<Self> {
        match message {
            InputMessage::InputMessageId(message) => Some(Self::ById(message.id)),
            InputMessage::InputMessageReplyTo(message) => Some(Self::RepliedBy(message.id)),
            InputMessage::InputMessagePinned => Some(Self::Pinned),
            _ => None,
        }
    }
}

/// How many are wanted, at most as many as an answer has.
fn part(limit: i32) -> usize {
    usize::try_from(limit).unwrap_or(0).min(MAX_PART)
}

/// Messages of a chat, of so many that there are.
fn answer(mut view: View<'_>, owner: Peer, ids: &[i32], all: usize) -> Messages {
    if let Peer::Channel(id) = owner
        && let Some(channel) = view.channel_of(id)
    {
        return channels::shown(&mut view, channel, ids, all);
    }
    let messages: Vec<_> = ids.iter().map(|id| view.message_in(owner, *id)).collect();
    let (topics, chats, users) = (Vec::new(), view.chats(), view.users());
    if messages.len() == all {
        return types::Messages { messages, topics, chats, users }.into();
    }
    let count = i32::try_from(all).unwrap_or(i32::MAX);
    let slice = types::MessagesSlice {
        messages,
        topics,
        chats,
        users,
        inexact: false,
        count,
        next_rate: None,
        offset_id_offset: None,
        search_flood: None,
    };
    slice.into()
}

impl State {
    /// A message that a request is about.
    ///
    /// # Errors
    ///
    /// `MESSAGE_ID_INVALID`: the chat has none of this number.
    fn message_of(&self, caller: &Caller, peer: Peer, id: i32) -> Result<MessageCopy, RpcError> {
        self.find(caller.me, peer, id).ok_or_else(|| invalid("MESSAGE_ID_INVALID"))
    }
}
