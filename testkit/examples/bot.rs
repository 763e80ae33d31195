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
use telewire::tl::api::enums;
use telewire::tl::api::types::Message;
use telewire::updates::Delivery;
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

/// The message of somebody else that an update brings.
fn received(update: &Delivery) -> Option<&Message> {
    match update.new_message()? {
        enums::Message::Message(message) if !message.out => Some(message),
        _ => None,
    }
}

/// The bot: it answers commands until its client is closed.
async fn run(bot: Client) -> Result<(), telewire::client::Error> {
    let mut updates = bot.updates();
    while let Some(update) = updates.next().await? {
        if let Some(message) = received(&update)
            && let Some(answer) = reply(&message.message)
        {
            bot.send_message(message, answer).await?;
        }
    }
    Ok(())
}

/// Ada sends a text to the bot; gives what it answers.
async fn ask(text: &str) -> Result<String, Box<dyn Error>> {
    let world = World::start().await?;
    let bot = world.log_in(&world.bot("Echo")).await?;
    let running = tokio::spawn(run(bot));
    let ada = world.log_in(&world.user("Ada")).await?;
    let mut updates = ada.updates();
    ada.send_message("@echo_bot", text).await?;
    let answer = loop {
        let update = updates.next().await?.ok_or("the client was closed")?;
        if let Some(message) = received(&update) {
            break message.message.clone();
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
