//! The peers that a message cannot be understood without (UP-71, UP-75).

use crate::tl::api::enums::{
    Message, MessageAction, MessageEntity, MessageMedia, MessageReplyHeader,
};
use crate::tl::api::types;
use crate::updates::peers::PeerId;

/// Tells each peer that a message mentions.
pub(in crate::updates) fn mentioned(message: &Message, mut tell: impl FnMut(PeerId)) {
    match message {
        Message::MessageEmpty(_) => {}
        Message::Message(message) => of_message(message, &mut tell),
        Message::MessageService(message) => {
            tell(PeerId::of(&message.peer_id));
            if let Some(from) = &message.from_id {
                tell(PeerId::of(from));
            }
            if let Some(reply) = &message.reply_to {
                of_reply(reply, &mut tell);
            }
            of_action(&message.action, &mut tell);
        }
    }
}

fn of_message(message: &types::Message, tell: &mut impl FnMut(PeerId)) {
    tell(PeerId::of(&message.peer_id));
    if let Some(from) = &message.from_id {
        tell(PeerId::of(from));
    }
    if let Some(bot) = message.via_bot_id {
        tell(PeerId::User(bot));
    }
    if let Some(forward) = &message.fwd_from {
        of_forward(forward, tell);
    }
    if let Some(reply) = &message.reply_to {
        of_reply(reply, tell);
    }
    for entity in message.entities.iter().flatten() {
        if let MessageEntity::MessageEntityMentionName(mention) = entity {
            tell(PeerId::User(mention.user_id));
        }
    }
    if let Some(MessageMedia::MessageMediaContact(contact)) = &message.media
        && contact.user_id != 0
    {
        tell(PeerId::User(contact.user_id));
    }
}

fn of_forward(forward: &types::MessageFwdHeader, tell: &mut impl FnMut(PeerId)) {
    if let Some(from) = &forward.from_id {
        tell(PeerId::of(from));
    }
    if let Some(saved) = &forward.saved_from_peer {
        tell(PeerId::of(&saved.saved_from_peer));
    }
}

fn of_reply(reply: &MessageReplyHeader, tell: &mut impl FnMut(PeerId)) {
    match reply {
        MessageReplyHeader::MessageReplyHeader(reply) => {
            if let Some(peer) = &reply.reply_to_peer_id {
                tell(PeerId::of(peer));
            }
        }
        MessageReplyHeader::MessageReplyStoryHeader(reply) => tell(PeerId::of(&reply.peer)),
    }
}

fn of_action(action: &MessageAction, tell: &mut impl FnMut(PeerId)) {
    let mut users = |users: &[i64]| users.iter().for_each(|user| tell(PeerId::User(*user)));
    match action {
        MessageAction::MessageActionChatCreate(action) => users(&action.users),
        MessageAction::MessageActionChatAddUser(action) => users(&action.users),
        MessageAction::MessageActionInviteToGroupCall(action) => users(&action.users),
        MessageAction::MessageActionChatDeleteUser(action) => users(&[action.user_id]),
        MessageAction::MessageActionChatJoinedByLink(action) => users(&[action.inviter_id]),
        MessageAction::MessageActionChatMigrateTo(action) => {
            tell(PeerId::Channel(action.channel_id));
        }
        MessageAction::MessageActionChannelMigrateFrom(action) => {
            tell(PeerId::Chat(action.chat_id));
        }
        MessageAction::MessageActionGeoProximityReached(action) => {
            tell(PeerId::of(&action.from_id));
            tell(PeerId::of(&action.to_id));
        }
        _ => {}
    }
}
