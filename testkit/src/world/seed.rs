//! What is there and was said before any client came, and the time that passes without anybody waiting.

use std::time::Duration;

use telewire::rpc::RpcError;
use telewire::tl::api::types::BotCommand;

use crate::methods::checked_commands;
use crate::world::{Actor, Content, Peer, Scope, World, invalid, seconds};

impl World {
    /// Who has a username, which is compared without case.
    #[must_use]
    pub fn user_by_username(&self, username: &str) -> Option<i64> {
        match self.state().people.named(username) {
            Some(Peer::User(id)) => Some(id),
            Some(Peer::Chat(_) | Peer::Channel(_)) | None => None,
        }
    }

    /// Says more of a person or a bot: the last name, and what they say of themselves. `""` takes it away.
    pub fn set_profile(&self, user: i64, last_name: &str, about: &str) {
        if let Some(user) = self.state().people.user_mut(user) {
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            (user.last_name, user.about) = (some(last_name), some(about));
        }
    }

    /// The commands of a bot with their descriptions, as `bots.setBotCommands` sets them for all.
    ///
    /// # Errors
    ///
    /// As that: `BOT_COMMAND_INVALID`, `BOT_COMMAND_DESCRIPTION_INVALID`, `BOT_COMMANDS_TOO_MUCH`; `BOT_INVALID` of nobody that is a
    /// bot.
    pub fn set_commands(&self, bot: i64, commands: &[(&str, &str)]) -> Result<(), RpcError> {
        let commands = commands.iter().map(|(command, description)| BotCommand {
            ephemeral: false,
            command: (*command).to_owned(),
            description: (*description).to_owned(),
        });
        let commands: Vec<_> = commands.collect();
        checked_commands(&commands)?;
        let mut state = self.state();
        let bot = state.people.user_mut(bot).filter(|bot| bot.is_bot());
        let bot = bot.ok_or_else(|| invalid("BOT_INVALID"))?;
        bot.commands.insert((Scope::Default, String::new()), commands);
        Ok(())
    }

    /// Has somebody send a text to somebody, at a unix time: clients of both hear of it. Gives the number that the message has for
    /// whoever sends it. The world's time has come to then, and never goes back: what is said at an earlier one is said now.
    ///
    /// # Errors
    ///
    /// As `messages.sendMessage`: `MESSAGE_EMPTY`; `USER_ID_INVALID` when one of them is nobody.
    pub fn say(&self, from: i64, to: i64, text: &str, unix: Duration) -> Result<i32, RpcError> {
        if text.trim().is_empty() {
            return Err(invalid("MESSAGE_EMPTY"));
        }
        self.with(|state| {
            if [from, to].iter().any(|id| state.people.user(*id).is_none()) {
                return Err(invalid("USER_ID_INVALID"));
            }
            state.pass(unix.saturating_add(state.ahead));
            // Of no client: all of them are told.
            let actor = Actor { user: from, date: seconds(state.clock), key: None };
            let content = Content { text: text.to_owned(), ..Content::default() };
            Ok(state.send_to(actor, Peer::User(to), content, None)?.id)
        })
    }

    /// Lets time pass, for whoever cannot wait: codes expire, bots are too late. The world is so much ahead of its data centres
    /// from now on; what is theirs, such as salts, does not move.
    pub fn advance(&self, time: Duration) {
        self.with(|state| {
            state.ahead = state.ahead.saturating_add(time);
            state.pass(state.clock.saturating_add(time));
            state.end_queries();
        });
    }
}
