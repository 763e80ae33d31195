//! A bot with three commands, and its tests: offline, in milliseconds.
//!
//! ```sh
//! cargo run -p telewire-testkit --example bot     # Ada talks to it
//! cargo test -p telewire-testkit --example bot    # its tests
//! ```
//!
//! `reply` is what the bot says, `run` is the bot. Against Telegram it is the same, with a client that is logged in there.

use std::error::Error;

use telewire::client::Client;
use telewire::tl::api::functions::messages::SendMessage;
use telewire::tl::api::{enums, types};
use telewire::updates::{Delivery, PeerId};
use telewire_testkit::World;

/// What the bot says to a text; nothing to what is no command.
fn reply(text: &str) -> Option<String> {
    let (command, rest) = text.split_once(' ').unwrap_or((text, ""));
    match command {
        "/start" => Some("Hello! Try /help.".to_owned()),
        "/help" => Some("/echo TEXT says it again.".to_owned()),
        "/echo" if !rest.trim().is_empty() => Some(rest.trim().to_owned()),
        "/echo" => Some("Say something after /echo.".to_owned()),
        _ => None,
    }
}

/// The message that an update brings: who sent it, and what it says.
fn received(update: &Delivery) -> Option<(i64, &str)> {
    match update.new_message()? {
        enums::Message::Message(message) if !message.out => {
            Some((sender(&message.peer_id)?, &message.message))
        }
        _ => None,
    }
}

/// In a private chat the peer is whoever sent the message.
fn sender(peer: &enums::Peer) -> Option<i64> {
    match peer {
        enums::Peer::PeerUser(user) => Some(user.user_id),
        _ => None,
    }
}

/// The bot: it answers commands until its client is closed.
async fn run(bot: Client) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut updates = bot.updates();
    let mut random_id = 0;
    while let Some(update) = updates.next().await? {
        let Some((user, text)) = received(&update) else { continue };
        let Some(answer) = reply(text) else { continue };
        let Some(peer) = bot.input_peer(PeerId::User(user)) else { continue };
        random_id += 1;
        bot.invoke(&SendMessage::new(peer, answer, random_id)).await?;
    }
    Ok(())
}

/// Ada sends a text to the bot; gives what it answers.
async fn ask(text: &str) -> Result<String, Box<dyn Error>> {
    let world = World::start().await?;
    let (ada, echo) = (world.user("Ada"), world.bot("Echo"));
    let bot = world.log_in(&echo).await?;
    let running = tokio::spawn(run(bot.clone()));
    let client = world.log_in(&ada).await?;
    let mut updates = client.updates();
    let find = telewire::tl::api::functions::contacts::ResolveUsername {
        username: "echo_bot".into(),
        referer: None,
    };
    let found = client.invoke(&find).await?;
    let Some(enums::User::User(user)) = found.users.first() else { return Err("no bot".into()) };
    let access_hash = user.access_hash.unwrap_or_default();
    let peer = types::InputPeerUser { user_id: user.id, access_hash };
    client.invoke(&SendMessage::new(peer.into(), text.to_owned(), 1)).await?;
    let answer = loop {
        let Some(update) = updates.next().await? else {
            return Err("the client was closed".into());
        };
        if let Some((_, answer)) = received(&update) {
            break answer.to_owned();
        }
    };
    running.abort();
    Ok(answer)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    for text in ["/start", "/help", "/echo it works"] {
        println!("Ada:  {text}\nEcho: {}", ask(text).await?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_command_has_its_answer() {
        for (text, answer) in [
            ("/start", "Hello! Try /help."),
            ("/help", "/echo TEXT says it again."),
            ("/echo  a b ", "a b"),
            ("/echo", "Say something after /echo."),
        ] {
            assert_eq!(ask(text).await.unwrap(), answer);
        }
    }

    #[test]
    fn what_is_no_command_has_none() {
        for text in ["hello", "", "/unknown", "/echoes a"] {
            assert_eq!(reply(text), None);
        }
    }
}
