//! Commands of bots: whom they are for, and which are shown.

use telewire::tl::api::types::{BotCommand, BotInfo};

use crate::world::{Peer, State, User};

/// Whom commands are for: <https://core.telegram.org/api/bots/commands#bot-command-scope>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Default,
    Users,
    Chats,
    ChatAdmins,
    Peer(Peer),
    PeerAdmins(Peer),
    PeerUser(Peer, i64),
}

impl User {
    /// A bot's commands for a scope and a language, exactly.
    pub(crate) fn commands_for(&self, scope: Scope, language: &str) -> Option<&Vec<BotCommand>> {
        self.commands.get(&(scope, language.to_owned()))
    }
}

impl State {
    /// What a profile says of a bot. In private chats the commands for people count before those for all.
    pub(crate) fn bot_info(&self, bot: &User) -> BotInfo {
        let commands =
            bot.commands_for(Scope::Users, "").or_else(|| bot.commands_for(Scope::Default, ""));
        BotInfo {
            user_id: Some(bot.id),
            description: Some(String::new()),
            commands: Some(commands.cloned().unwrap_or_default()),
            ..BotInfo::new()
        }
    }
}
