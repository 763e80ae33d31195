//! What happens while somebody is at the prompt.

use telewire::tl::api::enums::{Update, UserStatus};
use telewire::updates::{Delivery, Event, PeerId};

use super::Shell;
use super::show::peer_id;
use crate::date;

impl Shell {
    /// A line for what happened, if it is to be told.
    pub(super) fn news(&mut self, delivery: &Delivery) -> Option<String> {
        let peers = &delivery.peers;
        self.names.learn(&peers.users, &peers.chats);
        self.note(delivery);
        if let Some(message) = delivery.new_message() {
            // What was sent here is known.
            if delivery.is_own {
                return None;
            }
            self.counts.came = self.counts.came.saturating_add(1);
            let bell = if self.settings.alert { "\u{7}" } else { "" };
            return Some(format!("{bell}{}", self.names.line(message, date::now())));
        }
        let level = self.settings.log_level;
        let user = |id| self.names.name(PeerId::User(id));
        match &delivery.event {
            Event::Update(Update::UpdateEditMessage(edit)) => {
                Some(format!("[edited] {}", self.names.line(&edit.message, date::now())))
            }
            Event::Update(Update::UpdateEditChannelMessage(edit)) => {
                Some(format!("[edited] {}", self.names.line(&edit.message, date::now())))
            }
            Event::Update(Update::UpdateReadHistoryOutbox(read)) if level >= 1 => Some(format!(
                "{} has read up to {}",
                self.names.name(peer_id(&read.peer)),
                read.max_id
            )),
            Event::Update(Update::UpdateUserTyping(typing)) if level >= 2 => {
                Some(format!("{} is typing", user(typing.user_id)))
            }
            Event::Update(Update::UpdateUserStatus(status)) if level >= 3 => {
                let how = match &status.status {
                    UserStatus::UserStatusOnline(_) => "online",
                    _ => "offline",
                };
                Some(format!("{} is {how}", user(status.user_id)))
            }
            Event::Lost { .. } => {
                Some("[some updates were lost; `history` shows messages]".to_owned())
            }
            _ => None,
        }
    }
}
