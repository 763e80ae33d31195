//! A data centre and a client in one program: a key, a call of the API's, a ping.
//!
//! ```sh
//! cargo run --example ping --features server
//! ```

use std::error::Error;

use telewire::connection;
use telewire::crypto::real;
use telewire::framing::Framing;
use telewire::ids::DcId;
use telewire::net::{Config, OsEntropy, Server, connect};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::tl::api::functions::help::{GetConfig, GetNearestDc};
use telewire::tl::api::types::NearestDc;
use telewire::tl::mtproto::functions::Ping;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (dc, key) = (DcId::production(2), embedded_key()?);

    // What the data centre answers: a handler for each function.
    let mut dispatcher = Dispatcher::new();
    dispatcher.on(|_caller, _request: GetNearestDc| {
        Ok(NearestDc { country: "NL".into(), this_dc: 2, nearest_dc: 4 })
    });
    let config = exchange::Config::new(dc, vec![key.clone()], real());
    let data_centre = DataCentre::new(config, dispatcher, OsEntropy::new()?);
    let server = Server::bind("127.0.0.1:0".parse()?, data_centre).await?;
    let address = server.local_addr()?;
    tokio::spawn(server.run());

    let connection = connection::Config::new(dc, vec![key.public().clone()], real());
    let config = Config::new(connection, vec![address]).with_framing(Framing::Abridged);
    let (handle, _events, driver) = connect(config)?;
    let driver = tokio::spawn(driver.run());

    let pong = handle.invoke(&Ping { ping_id: 7 }).await?;
    println!("pong {}", pong.ping_id);

    println!("nearest: {}", handle.invoke(&GetNearestDc {}).await?.nearest_dc);
    // One that it has no handler for.
    match handle.invoke(&GetConfig {}).await {
        Ok(config) => println!("this is {}", config.this_dc),
        Err(error) => println!("{error}; it ran: {:?}", error.execution()),
    }

    handle.close().await;
    println!("the driver ended: {}", driver.await?);
    Ok(())
}
