//! A data centre on a free port of the loopback interface.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use telewire::connection;
use telewire::crypto::{SeededEntropy, real};
use telewire::framing::Framing;
use telewire::ids::DcId;
use telewire::net::{Config, Driver, Events, Handle, Server, connect};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use tokio::task::JoinHandle;

pub(crate) use crate::echo::Echo;

/// Nothing on the loopback interface takes this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const LOOPBACK: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// What is echoed only after ages.
pub(crate) const NEVER: &[u8] = b"never";

/// Longer than any test.
const AGES: Duration = Duration::from_secs(86_400);

pub(crate) fn data_centre() -> DataCentre {
    let key = embedded_key().unwrap();
    let mut dispatcher = Dispatcher::new();
    dispatcher.on_later(|_, Echo(bytes)| {
        (if *bytes == *NEVER { AGES } else { Duration::ZERO }, Ok(bytes))
    });
    let config = exchange::Config::new(DcId::production(2), vec![key], real());
    DataCentre::new(config, dispatcher, SeededEntropy::new(1))
}

pub(crate) async fn start_at(address: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
    let server = Server::bind(address, data_centre()).await.unwrap();
    let address = server.local_addr().unwrap();
    (address, tokio::spawn(async { server.run().await.unwrap() }))
}

pub(crate) fn config(address: SocketAddr, framing: Framing) -> Config {
    let key = embedded_key().unwrap().public().clone();
    let connection = connection::Config::new(DcId::production(2), vec![key], real());
    Config::new(connection, vec![address]).with_framing(framing)
}

/// A connection whose driver runs.
pub(crate) fn start_client(
    config: Config,
) -> (Handle, Events, JoinHandle<connection::ConnectionError>) {
    let (handle, events, driver): (Handle, Events, Driver) = connect(config).unwrap();
    (handle, events, tokio::spawn(driver.run()))
}
