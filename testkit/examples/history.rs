//! All that was said in a chat, the latest first: the lines of `dump`. Pages, waits and names are the client's affair.
//!
//! ```sh
//! cargo run -p telewire-testkit --example history
//! ```

use std::error::Error;
use std::time::Duration;

use telewire::client::Client;
use telewire::tl::api::enums::Message;
use telewire_testkit::World;

/// Prints a chat; gives how many messages it has.
async fn dump(client: &Client, peer: &str) -> Result<u32, telewire::client::Error> {
    let (mut history, mut count) = (client.history(peer), 0);
    while let Some(message) = history.next().await? {
        count += 1;
        if let Message::Message(message) = message {
            println!("{:>5}  {}", message.id, message.message);
        }
    }
    Ok(count)
}

/// Bob has written 250 messages.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let world = World::start().await?;
    let (ada, bob) = (world.user("Ada"), world.user("Bob"));
    world.set_username(bob.id(), "babbage")?;
    for number in 0..250 {
        let at = Duration::from_secs(1_700_000_000 + number);
        world.say(bob.id(), ada.id(), &format!("number {number}"), at)?;
    }
    let client = world.log_in(&ada).await?;
    assert_eq!(dump(&client, "@babbage").await?, 250);
    Ok(())
}
