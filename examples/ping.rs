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
use telewire::rpc::RpcError;
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::tl::mtproto::functions::Ping;
use telewire::tl::wrap::functions::auth::BindTempAuthKey;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (dc, key) = (DcId::production(2), embedded_key()?);

    // What the data centre answers: a handler for each function.
    let mut dispatcher = Dispatcher::new();
    dispatcher.on(|_caller, request: BindTempAuthKey| {
        if request.expires_at > 0 {
            Ok(true)
        } else {
            Err(RpcError::parse(400, "EXPIRES_AT_INVALID"))
        }
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

    let mut request = BindTempAuthKey {
        perm_auth_key_id: 1,
        nonce: 2,
        expires_at: 0,
        encrypted_message: [].into(),
    };
    match handle.invoke(&request).await {
        Ok(answer) => println!("bound: {answer}"),
        Err(error) => println!("{error}; it ran: {:?}", error.execution()),
    }
    request.expires_at = i32::MAX;
    println!("bound: {}", handle.invoke(&request).await?);

    handle.close().await;
    println!("the driver ended: {}", driver.await?);
    Ok(())
}
