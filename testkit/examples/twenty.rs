//! Twenty accounts in one process: the lines of `greet`. Each has its own connection, its own waits and its own session.
//!
//! ```sh
//! cargo run -p telewire-testkit --example twenty
//! ```

use std::error::Error;

use telewire::client::Client;
use telewire_testkit::World;
use tokio::task::JoinSet;

/// Has all accounts write to somebody at a time; gives how many did.
async fn greet(accounts: Vec<Client>, to: &'static str) -> Result<usize, Box<dyn Error>> {
    let mut writing = JoinSet::new();
    for (number, account) in (1..).zip(accounts) {
        writing.spawn(async move {
            account.send_message(to, format!("hello from number {number}")).await
        });
    }
    let mut sent = 0;
    while let Some(message) = writing.join_next().await {
        println!("{}", message??.message);
        sent += 1;
    }
    Ok(sent)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let world = World::start().await?;
    let ada = world.user("Ada");
    world.set_username(ada.id(), "lovelace")?;
    let mut accounts = Vec::new();
    for number in 0..20 {
        accounts.push(world.log_in(&world.user(&format!("Number {number}"))).await?);
    }
    assert_eq!(greet(accounts, "@lovelace").await?, 20);
    let ada = world.log_in(&ada).await?;
    println!("Ada has {} chats", ada.dialogs().collect().await?.len());
    Ok(())
}
