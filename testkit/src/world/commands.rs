//! Commands of bots: whom they are for, and which are shown.

use telewire::tl::api::types::{BotCommand, BotInfo, UpdateBotCommands};

use crate::world::{Caller, Peer, State, User, View};

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
    /// What is said of a bot where somebody meets it: commands for a narrower scope count before those for a wider one, as
    /// <https://core.telegram.org/bots/api#determining-list-of-commands> says. Languages of clients are not kept: commands for one are
    /// for the bot alone to ask for.
    pub(crate) fn bot_info(&self, bot: &User, viewer: i64, place: Peer) -> BotInfo {
        let is_admin = match place {
            Peer::User(_) => false,
            Peer::Chat(id) => self.chats.chat(id).is_some_and(|chat| chat.is_admin(viewer)),
            Peer::Channel(id) => {
                self.channels.channel(id).is_some_and(|channel| channel.is_admin(viewer))
            }
        };
        let scopes = match place {
            // The bot names the chat by whoever is in it with it.
            Peer::User(_) => vec![Scope::Peer(Peer::User(viewer)), Scope::Users],
            place if is_admin => vec![
                Scope::PeerUser(place, viewer),
                Scope::PeerAdmins(place),
                Scope::Peer(place),
                Scope::ChatAdmins,
                Scope::Chats,
            ],
            place => vec![Scope::PeerUser(place, viewer), Scope::Peer(place), Scope::Chats],
        };
        let mut scopes = scopes.into_iter().chain([Scope::Default]);
        let commands = scopes.find_map(|scope| bot.commands_for(scope, ""));
        BotInfo {
            user_id: Some(bot.id),
            description: Some(String::new()),
            commands: Some(commands.cloned().unwrap_or_default()),
            ..BotInfo::new()
        }
    }

    /// Those who have a chat with a bot hear which commands it has for them now.
    pub(crate) fn tell_commands(&mut self, caller: &Caller) {
        let bot_id = caller.me;
        for user in self.acquainted(bot_id) {
            self.tell_all(user, caller.actor(), |view| view.commands_of(bot_id).into());
        }
    }
}

impl View<'_> {
    fn commands_of(&mut self, bot_id: i64) -> UpdateBotCommands {
        let (peer, viewer) = (Peer::User(bot_id), self.viewer().user);
        let bot = self.state.people.user(bot_id);
        let info = bot.map(|bot| self.state.bot_info(bot, viewer, peer));
        let commands = info.and_then(|info| info.commands).unwrap_or_default();
        UpdateBotCommands { peer: self.name(peer), bot_id, commands }
    }
}
