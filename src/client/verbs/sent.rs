//! Messages in answers to calls that make or change them.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::tl::api::enums::{Chat, InputPeer, Message, Peer, Update, Updates};
use crate::tl::api::types;

/// All updates of an answer, of whatever form.
pub(super) fn updates_of(updates: &Updates) -> &[Update] {
    match updates {
        Updates::Updates(all) => &all.updates,
        Updates::UpdatesCombined(all) => &all.updates,
        Updates::UpdateShort(one) => std::slice::from_ref(&one.update),
        _ => &[],
    }
}

/// The first group or channel of an answer.
pub(super) fn chat_of(updates: Updates) -> Result<Chat, Error> {
    let chats = match updates {
        Updates::Updates(all) => all.chats,
        Updates::UpdatesCombined(all) => all.chats,
        _ => Vec::new(),
    };
    chats.into_iter().next().ok_or(Error::Missing { what: "the group or channel" })
}

/// The message that an update brings, new or changed.
pub(super) fn message_of(update: &Update) -> Option<&Message> {
    match update {
        Update::UpdateNewMessage(new) => Some(&new.message),
        Update::UpdateNewChannelMessage(new) => Some(&new.message),
        Update::UpdateNewScheduledMessage(new) => Some(&new.message),
        Update::UpdateEditMessage(edited) => Some(&edited.message),
        Update::UpdateEditChannelMessage(edited) => Some(&edited.message),
        _ => None,
    }
}

/// The messages that calls with these numbers made, in the order of the numbers.
pub(super) fn messages_with(updates: &Updates, random_ids: &[i64]) -> Vec<types::Message> {
    let all = updates_of(updates);
    let find = |random_id: &i64| {
        let id = all.iter().find_map(|update| match update {
            Update::UpdateMessageId(told) if told.random_id == *random_id => Some(told.id),
            _ => None,
        })?;
        all.iter().filter_map(message_of).find(|message| message.id() == id).and_then(said)
    };
    random_ids.iter().filter_map(find).collect()
}

/// The one message that a call changed.
pub(super) fn message_in(updates: &Updates) -> Result<types::Message, Error> {
    let message = updates_of(updates).iter().filter_map(message_of).find_map(said);
    message.ok_or(Error::Missing { what: "the message" })
}

fn said(message: &Message) -> Option<types::Message> {
    match message {
        Message::Message(message) => Some((**message).clone()),
        _ => None,
    }
}

impl Client {
    /// A message whose answer has nothing but what the server adds to it.
    pub(super) fn filled(
        &self,
        peer: &InputPeer,
        message: String,
        short: &types::UpdateShortSentMessage,
    ) -> Result<types::Message, Error> {
        let peer_id: Peer = match peer {
            InputPeer::InputPeerUser(user) => types::PeerUser { user_id: user.user_id }.into(),
            InputPeer::InputPeerUserFromMessage(user) => {
                types::PeerUser { user_id: user.user_id }.into()
            }
            InputPeer::InputPeerChat(chat) => types::PeerChat { chat_id: chat.chat_id }.into(),
            InputPeer::InputPeerChannel(of) => {
                types::PeerChannel { channel_id: of.channel_id }.into()
            }
            InputPeer::InputPeerChannelFromMessage(of) => {
                types::PeerChannel { channel_id: of.channel_id }.into()
            }
            InputPeer::InputPeerSelf | InputPeer::InputPeerEmpty => {
                let user_id = self.user().ok_or(Error::Missing { what: "the chat" })?.id;
                types::PeerUser { user_id }.into()
            }
        };
        Ok(types::Message {
            out: short.out,
            media: short.media.clone(),
            entities: short.entities.clone(),
            ttl_period: short.ttl_period,
            ..types::Message::new(short.id, peer_id, short.date, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::Execution;

    fn message(id: i32) -> Message {
        let peer = types::PeerUser { user_id: 1 };
        types::Message::new(id, peer.into(), 0, format!("{id}")).into()
    }

    fn new(id: i32) -> Update {
        types::UpdateNewMessage { message: message(id), pts: 1, pts_count: 1 }.into()
    }

    fn numbered(id: i32, random_id: i64) -> Update {
        types::UpdateMessageId { id, random_id }.into()
    }

    fn answer(updates: Vec<Update>) -> Updates {
        types::Updates { updates, users: Vec::new(), chats: Vec::new(), date: 0, seq: 0 }.into()
    }

    #[test]
    fn messages_come_in_the_order_of_the_calls_numbers_whatever_the_servers_is() {
        let told = vec![new(8), numbered(7, 70), new(5), new(7), numbered(8, 80)];
        let all = messages_with(&answer(told), &[70, 80]);
        assert_eq!(all.iter().map(|message| message.id).collect::<Vec<_>>(), [7, 8]);
        // A number that nobody told, and a message that did not come.
        assert!(messages_with(&answer(vec![new(5), numbered(6, 60)]), &[50, 60]).is_empty());
        assert!(messages_with(&Updates::UpdatesTooLong, &[1]).is_empty());
    }

    #[test]
    fn an_answer_without_the_message_is_an_error_that_says_that_the_call_ran() {
        let short = types::UpdateShort { update: new(3), date: 0 };
        assert_eq!(message_in(&short.into()).unwrap().id, 3);
        for answer in [answer(Vec::new()), answer(vec![numbered(1, 1)]), Updates::UpdatesTooLong] {
            let error = message_in(&answer).unwrap_err();
            assert_eq!(
                (&error, error.execution()),
                (&Error::Missing { what: "the message" }, Execution::Ran)
            );
        }
        assert_eq!(
            chat_of(answer(Vec::new())),
            Err(Error::Missing { what: "the group or channel" })
        );
    }
}
