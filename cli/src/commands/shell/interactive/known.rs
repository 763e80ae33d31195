//! What a line is completed with, as it is known at the moment: the editor's thread reads it, and the shell writes it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use telewire::client::Error;
use telewire::tl::api::enums::{ChatFull, InputPeer, User};
use telewire::tl::api::types;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::commands::shell::Shell;
use crate::commands::shell::secret::Secrets;
use crate::commands::shell::show::{typed, username};

/// The most chats whose bots' commands are kept.
const MAX_CHATS: usize = 100;

#[derive(Debug, Clone)]
pub(super) struct Known {
    now: Arc<Mutex<Now>>,
    wanted: UnboundedSender<String>,
}

#[derive(Debug, Default)]
struct Now {
    peers: Vec<String>,
    /// The latest that was shown first.
    messages: Vec<String>,
    /// To whom each line goes.
    chat: Option<String>,
    /// The texts of that chat's keyboard, row after row.
    keyboard: Vec<String>,
    /// The commands of a bot, or of the bots of a group, by what is typed for it. While they are asked for there are none.
    commands: HashMap<String, Vec<String>>,
}

impl Known {
    /// And whose bots' commands are wanted.
    pub(super) fn new() -> (Self, UnboundedReceiver<String>) {
        let (wanted, asked) = unbounded_channel();
        (Self { now: Arc::default(), wanted }, asked)
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn peers(&self) -> Vec<String> {
        self.now().peers.clone()
    }

    pub(super) fn messages(&self) -> Vec<String> {
        self.now().messages.clone()
    }

    pub(super) fn chat(&self) -> Option<String> {
        self.now().chat.clone()
    }

    pub(super) fn keyboard(&self) -> Vec<String> {
        self.now().keyboard.clone()
    }

    /// The commands of a bot, or of those in a group. The first time they are asked for, and there are some the next time.
    pub(super) fn commands(&self, peer: &str) -> Vec<String> {
        let mut now = self.now();
        if let Some(commands) = now.commands.get(peer) {
            return commands.clone();
        }
        if now.commands.len() >= MAX_CHATS {
            now.commands.clear();
        }
        now.commands.insert(peer.to_owned(), Vec::new());
        // Where nobody asks any more, nothing is completed.
        let _ = self.wanted.send(peer.to_owned());
        Vec::new()
    }

    pub(super) fn has_commands(&self, peer: String, commands: Vec<String>) {
        self.now().commands.insert(peer, commands);
    }

    pub(super) fn knows_commands(&self, peer: &str) -> bool {
        self.now().commands.contains_key(peer)
    }

    /// Takes what the shell knows.
    pub(super) fn learn(&self, shell: &Shell) {
        let names = shell.names.iter().map(|(id, named)| match &named.username {
            Some(username) => format!("@{username}"),
            None => typed(*id),
        });
        let mut peers: Vec<String> = names.collect();
        peers.extend(shell.secrets.get().into_iter().flat_map(Secrets::names));
        peers.push("me".to_owned());
        peers.sort();
        let mut now = self.now();
        (now.peers, now.chat) = (peers, shell.chat.clone());
        now.messages = shell.shown.names().collect();
        now.keyboard = shell.keyboard();
    }

    #[cfg(test)]
    pub(super) fn has_keyboard(&self, texts: &[&str]) {
        self.now().keyboard = texts.iter().map(ToString::to_string).collect();
    }

    #[cfg(test)]
    pub(super) fn of(peers: &[&str], messages: &[&str], chat: Option<&str>) -> Self {
        let (this, _) = Self::new();
        let all = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let mut now = this.now();
        (now.peers, now.messages) = (all(peers), all(messages));
        now.chat = chat.map(str::to_owned);
        drop(now);
        this
    }
}

/// What a bot understands, or the bots of a group: `/start`, and there `/start@its_name`.
pub(super) async fn commands_of(shell: &Shell, peer: &str) -> Result<Vec<String>, Error> {
    let names = |info: &types::BotInfo| -> Vec<String> {
        let commands = info.commands.iter().flatten();
        commands.map(|command| format!("/{}", command.command)).collect()
    };
    let place = shell.client.resolve(peer).await?;
    if !matches!(place, InputPeer::InputPeerChat(_) | InputPeer::InputPeerChannel(_)) {
        let full = shell.client.full_user(peer).await?;
        return Ok(full.full_user.bot_info.as_deref().map(names).unwrap_or_default());
    }
    let full = shell.client.full_chat(peer).await?;
    let infos = match &full.full_chat {
        ChatFull::ChatFull(chat) => chat.bot_info.as_deref().unwrap_or_default(),
        ChatFull::ChannelFull(channel) => &channel.bot_info,
        _ => &[],
    };
    let mut all = Vec::new();
    for info in infos {
        let bot = full.users.iter().find(|user| Some(user.id()) == info.user_id);
        let name = bot.and_then(|user| match user {
            User::User(user) => username(user),
            _ => None,
        });
        let at = name.map_or_else(String::new, |name| format!("@{name}"));
        all.extend(names(info).into_iter().map(|command| command + &at));
    }
    Ok(all)
}
