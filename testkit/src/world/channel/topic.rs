//! Topics of a forum: <https://core.telegram.org/api/forum>.

use std::collections::BTreeMap;

use telewire::rpc::RpcError;
use telewire::tl::api::types;

use crate::world::channel::Channel;
use crate::world::remove::take_out;
use crate::world::{Caller, Content, Peer, Sent, State, invalid};

/// A topic. Its number is that of the message that began it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) id: i32,
    pub(crate) title: String,
    pub(crate) icon_color: i32,
    pub(crate) icon_emoji_id: Option<i64>,
    pub(crate) creator: i64,
    pub(crate) date: i32,
    pub(crate) is_closed: bool,
    pub(crate) is_hidden: bool,
    pub(crate) is_pinned: bool,
    /// Its messages, in their order, without those that are gone.
    pub(crate) messages: Vec<i32>,
}

impl Topic {
    /// The last message in it.
    pub(crate) fn top(&self) -> i32 {
        self.messages.last().copied().unwrap_or(0)
    }
}

/// The topic of all that is in none.
pub(crate) const GENERAL: i32 = 1;

/// The colour of a topic of which nobody said one.
pub(crate) const BLUE: i32 = 0x6F_B9_F0;

impl Channel {
    /// Makes it a forum, whose first topic has what was said before; or none.
    pub(crate) fn set_forum(&mut self, is_forum: bool) {
        self.is_forum = is_forum;
        if is_forum && !self.topics.contains_key(&GENERAL) {
            let topic = Topic {
                id: GENERAL,
                title: "General".into(),
                icon_color: BLUE,
                icon_emoji_id: None,
                creator: self.creator,
                date: self.date,
                is_closed: false,
                is_hidden: false,
                is_pinned: false,
                messages: Vec::new(),
            };
            self.topics.insert(GENERAL, topic);
        }
        if is_forum {
            // What was said while there were no topics is in the first.
            for message in &self.history.messages {
                self.topic_of.entry(*message).or_insert(GENERAL);
            }
            let is_general = |id: &i32| self.topic_of.get(id) == Some(&GENERAL);
            let messages = self.history.messages.iter().copied().filter(is_general).collect();
            if let Some(general) = self.topics.get_mut(&GENERAL) {
                general.messages = messages;
            }
        }
    }

    /// A message is in a topic.
    pub(crate) fn enter(&mut self, topic: i32, message: i32) {
        if let Some(topic) = self.topics.get_mut(&topic) {
            topic.messages.push(message);
            self.topic_of.insert(message, topic.id);
        }
    }

    /// Messages are gone; they are in their order.
    pub(crate) fn leave_topics(&mut self, messages: &[i32]) {
        let mut gone: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        for message in messages {
            if let Some(topic) = self.topic_of.remove(message) {
                gone.entry(topic).or_default().push(*message);
            }
        }
        for (topic, messages) in gone {
            if let Some(topic) = self.topics.get_mut(&topic) {
                take_out(&mut topic.messages, &messages);
            }
        }
    }

    /// Whether somebody may change a topic.
    pub(crate) fn may_manage(&self, user: i64, topic: &Topic) -> bool {
        topic.creator == user || self.can(user, |rights| rights.manage_topics)
    }

    /// In which topic an answer to a message is, `None` where there are no topics.
    ///
    /// # Errors
    ///
    /// `TOPIC_DELETED`: it names none; `TOPIC_CLOSED`: whoever writes may not write there.
    pub(crate) fn topic_for(
        &self,
        user: i64,
        reply_to: Option<i32>,
        top: Option<i32>,
    ) -> Result<Option<i32>, RpcError> {
        if !self.is_forum {
            return Ok(None);
        }
        let named = match (top, reply_to) {
            (Some(top), _) => top,
            (None, Some(id)) if self.topics.contains_key(&id) => id,
            (None, Some(id)) => self.topic_of.get(&id).copied().unwrap_or(GENERAL),
            (None, None) => GENERAL,
        };
        let topic = self.topics.get(&named).ok_or_else(|| invalid("TOPIC_DELETED"))?;
        if topic.is_closed && !self.may_manage(user, topic) {
            return Err(invalid("TOPIC_CLOSED"));
        }
        Ok(Some(named))
    }
}

impl State {
    /// Begins a topic; gives its number, and the position of the message that began it.
    pub(crate) fn create_topic(
        &mut self,
        caller: &Caller,
        channel: i64,
        action: types::MessageActionTopicCreate,
        random_id: i64,
    ) -> Sent {
        let types::MessageActionTopicCreate { title, icon_color, icon_emoji_id, .. } =
            action.clone();
        // It is there before what begins it, which is told as being in it.
        let id = self.channels.channel(channel).map_or(0, |channel| channel.mailbox.next_id());
        let topic = Topic {
            id,
            title,
            icon_color,
            icon_emoji_id,
            creator: caller.me,
            date: caller.date(),
            is_closed: false,
            is_hidden: false,
            is_pinned: false,
            messages: Vec::new(),
        };
        self.channel_changed(channel, |channel| {
            channel.topics.insert(id, topic);
        });
        let content = Content { topic: Some(id), ..Content::action(action) };
        self.put(caller.actor(), Peer::Channel(channel), content, Some(random_id))
    }
}
