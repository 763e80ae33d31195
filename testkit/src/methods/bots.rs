//! `bots.*`: what a bot says of itself.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::BotCommandScope;
use telewire::tl::api::functions::bots::{GetBotCommands, ResetBotCommands, SetBotCommands};
use telewire::tl::api::functions::messages::StartBot;
use telewire::tl::api::{enums, types};

use crate::methods::Registry;
use crate::world::{Caller, Content, Peer, Scope, State, invalid};

/// <https://core.telegram.org/method/bots.setBotCommands>.
const MAX_COMMANDS: usize = 100;
const COMMAND_LENGTH: std::ops::RangeInclusive<usize> = 1..=32;
const MAX_DESCRIPTION: usize = 256;

/// Bytes of what a link to a bot says: <https://core.telegram.org/api/links#bot-links>.
const MAX_START_PARAM: usize = 64;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.bots(set_bot_commands);
    registry.bots(reset_bot_commands);
    registry.bots(get_bot_commands);
    registry.people(start_bot);
}

impl State {
    /// Whom commands are for.
    fn scope(&self, caller: &Caller, scope: &BotCommandScope) -> Result<Scope, RpcError> {
        let peer = |peer| self.input_peer(caller, peer);
        Ok(match scope {
            BotCommandScope::BotCommandScopeDefault => Scope::Default,
            BotCommandScope::BotCommandScopeUsers => Scope::Users,
            BotCommandScope::BotCommandScopeChats => Scope::Chats,
            BotCommandScope::BotCommandScopeChatAdmins => Scope::ChatAdmins,
            BotCommandScope::BotCommandScopePeer(scope) => Scope::Peer(peer(&scope.peer)?),
            BotCommandScope::BotCommandScopePeerAdmins(scope) => {
                Scope::PeerAdmins(peer(&scope.peer)?)
            }
            BotCommandScope::BotCommandScopePeerUser(scope) => {
                let user = self.input_user(caller, &scope.user_id)?;
                Scope::PeerUser(peer(&scope.peer)?, user)
            }
            _ => return Err(invalid("INPUT_CONSTRUCTOR_INVALID")),
        })
    }
}

/// Lists of commands that a bot has, by whom they are for and the language: more than any has.
const MAX_LISTS: usize = 1_000;

/// None, or two letters as ISO 639-1 has them.
fn checked_language(code: &str) -> Result<(), RpcError> {
    let is_code =
        code.is_empty() || (code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()));
    is_code.then_some(()).ok_or_else(|| invalid("LANG_CODE_INVALID"))
}

/// Whether commands can be some.
pub(crate) fn checked(commands: &[types::BotCommand]) -> Result<(), RpcError> {
    if commands.len() > MAX_COMMANDS {
        return Err(invalid("BOT_COMMANDS_TOO_MUCH"));
    }
    let is_character =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_named = |command: &types::BotCommand| {
        COMMAND_LENGTH.contains(&command.command.len()) && command.command.bytes().all(is_character)
    };
    let is_told = |command: &types::BotCommand| {
        let description = command.description.trim();
        !description.is_empty() && description.chars().count() <= MAX_DESCRIPTION
    };
    if !commands.iter().all(is_named) {
        return Err(invalid("BOT_COMMAND_INVALID"));
    }
    if !commands.iter().all(is_told) {
        return Err(invalid("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok(())
}

fn set_bot_commands(
    state: &mut State,
    caller: &Caller,
    request: SetBotCommands,
) -> Result<bool, RpcError> {
    let SetBotCommands { scope, lang_code, commands } = request;
    let scope = state.scope(caller, &scope)?;
    checked(&commands)?;
    checked_language(&lang_code)?;
    if let Some(bot) = state.people.user_mut(caller.me) {
        let key = (scope, lang_code);
        if bot.commands.len() >= MAX_LISTS && !bot.commands.contains_key(&key) {
            return Err(invalid("BOT_COMMANDS_TOO_MUCH"));
        }
        bot.commands.insert(key, commands);
    }
    state.tell_commands(caller);
    Ok(true)
}

fn reset_bot_commands(
    state: &mut State,
    caller: &Caller,
    request: ResetBotCommands,
) -> Result<bool, RpcError> {
    let scope = state.scope(caller, &request.scope)?;
    checked_language(&request.lang_code)?;
    if let Some(bot) = state.people.user_mut(caller.me) {
        bot.commands.remove(&(scope, request.lang_code));
    }
    state.tell_commands(caller);
    Ok(true)
}

fn get_bot_commands(
    state: &mut State,
    caller: &Caller,
    request: GetBotCommands,
) -> Result<Vec<types::BotCommand>, RpcError> {
    let scope = state.scope(caller, &request.scope)?;
    checked_language(&request.lang_code)?;
    let commands = state.people.user(caller.me);
    let commands = commands.and_then(|bot| bot.commands_for(scope, &request.lang_code));
    Ok(commands.cloned().unwrap_or_default())
}

/// A link such as `t.me/echo_bot?start=PARAM` was followed: the bot gets `/start PARAM`.
fn start_bot(
    state: &mut State,
    caller: &Caller,
    request: StartBot,
) -> Result<enums::Updates, RpcError> {
    let bot = state.input_user(caller, &request.bot)?;
    if !state.is_bot(bot) {
        return Err(invalid("BOT_INVALID"));
    }
    // An empty peer is the chat with the bot.
    let peer = match &request.peer {
        enums::InputPeer::InputPeerEmpty => Peer::User(bot),
        peer => state.input_peer(caller, peer)?,
    };
    if matches!(peer, Peer::User(user) if user != bot) {
        return Err(invalid("PEER_ID_INVALID"));
    }
    let param = request.start_param;
    if param.len() > MAX_START_PARAM {
        return Err(invalid("START_PARAM_TOO_LONG"));
    }
    if !param.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
        return Err(invalid("START_PARAM_INVALID"));
    }
    if let Some(answer) = state.sent_before(caller, peer, request.random_id) {
        return Ok(answer);
    }
    state.may_write(caller.me, peer)?;
    // Into a group it comes first, and is spoken to by its name there.
    let (came, command) = match peer {
        Peer::User(_) => (None, "/start".to_owned()),
        Peer::Chat(_) | Peer::Channel(_) => {
            let named = state.people.user(bot).and_then(|bot| bot.username.clone());
            let command = named.map_or("/start".to_owned(), |name| format!("/start@{name}"));
            (state.bring_bot(caller, peer, bot)?, command)
        }
    };
    let length = i32::try_from(command.len()).unwrap_or_default();
    let entities = vec![types::MessageEntityBotCommand { offset: 0, length }.into()];
    let text = if param.is_empty() { command } else { format!("{command} {param}") };
    let content = Content { text, entities, ..Content::default() };
    let said = state.send_all(caller, peer, vec![(request.random_id, content)], None)?;
    Ok(came.map_or(said.clone(), |came| one_after_the_other(came, said)))
}

impl State {
    /// Adds a bot to a group, if it is not in it.
    fn bring_bot(
        &mut self,
        caller: &Caller,
        peer: Peer,
        bot: i64,
    ) -> Result<Option<enums::Updates>, RpcError> {
        match peer {
            Peer::Chat(id) if !self.own_chat(caller.me, id)?.members.contains_key(&bot) => {
                self.add_to_chat(caller, id, bot).map(Some)
            }
            Peer::Channel(id) if !self.open_channel(caller, id)?.is_member(bot) => {
                self.add_to_channel(caller, id, vec![bot]).map(Some)
            }
            Peer::User(_) | Peer::Chat(_) | Peer::Channel(_) => Ok(None),
        }
    }
}

/// What is answered by a call that did two things.
fn one_after_the_other(first: enums::Updates, then: enums::Updates) -> enums::Updates {
    let (enums::Updates::Updates(mut first), enums::Updates::Updates(then)) = (first, then.clone())
    else {
        return then;
    };
    first.updates.extend(then.updates);
    let is_new = |user: &enums::User| !first.users.iter().any(|one| one.id() == user.id());
    let users: Vec<_> = then.users.into_iter().filter(is_new).collect();
    first.users.extend(users);
    let is_new = |chat: &enums::Chat| !first.chats.iter().any(|one| one.id() == chat.id());
    let chats: Vec<_> = then.chats.into_iter().filter(is_new).collect();
    first.chats.extend(chats);
    (*first).into()
}
