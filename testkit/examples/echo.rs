//! A bot that says what it hears: the twelve lines of `echo`. Against Telegram they are the same, with a client that is logged in there.
//!
//! ```sh
//! cargo run -p telewire-testkit --example echo
//! ```

use std::error::Error;

use telewire::client::Client;
use telewire::tl::api::enums::Message;
use telewire_testkit::World;

/// The bot, until its client is closed.
async fn echo(bot: Client) -> Result<(), telewire::client::Error> {
    let mut updates = bot.updates();
    while let Some(update) = updates.next().await? {
        if let Some(Message::Message(message)) = update.new_message()
            && !message.out
        {
            bot.send_message(message, message).reply_to(message.id).await?;
        }
    }
    Ok(())
}

/// Ada talks to it, in a world of their own.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let world = World::start().await?;
    let (ada, bot) =
        (world.log_in(&world.user("Ada")).await?, world.log_in(&world.bot("Echo")).await?);
    let running = tokio::spawn(echo(bot.clone()));
    let mut heard = ada.updates();
    for text in ["hello", "and again"] {
        ada.send_message("@echo_bot", text).await?;
        println!("Ada:  {text}");
        while let Some(update) = heard.next().await? {
            if let Some(Message::Message(message)) = update.new_message()
                && !message.out
            {
                println!("Echo: {}", message.message);
                break;
            }
        }
    }
    bot.close().await;
    Ok(running.await??)
}
