//! A data centre with a front, and clients of it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use telewire::connection::{self, Disconnected, Event};
use telewire::crypto::{SeededEntropy, real};
use telewire::framing::mtproxy::{ProxyLink, ProxySecret};
use telewire::ids::DcId;
use telewire::net::{Config, Events, Front, Handle, Notice, Route, Server, connect};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use tokio::time::timeout;

use crate::echo::Echo;

/// Nothing on the loopback interface takes this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub(crate) const DC: DcId = DcId::production(2);

pub(crate) const PLAIN: &str = "000102030405060708090a0b0c0d0e0f";
pub(crate) const PADDED: &str = "dd101112131415161718191a1b1c1d1e1f";
/// To the domain `front.example`.
pub(crate) const FAKE_TLS: &str = "ee202122232425262728292a2b2c2d2e2f66726f6e742e6578616d706c65";

pub(crate) fn secret(text: &str) -> ProxySecret {
    text.parse().unwrap()
}

/// A front with all three secrets.
pub(crate) fn front() -> Front {
    let mut front = Front::default();
    front.secrets = [PLAIN, PADDED, FAKE_TLS].map(secret).to_vec();
    front
}

pub(crate) async fn serve(front: Front) -> SocketAddr {
    let mut dispatcher = Dispatcher::new();
    dispatcher.on(|_, echo: Echo| Ok(echo.answer()));
    let config = exchange::Config::new(DC, vec![embedded_key().unwrap()], real());
    let data_centre = DataCentre::new(config, dispatcher, SeededEntropy::new(1));
    let server = Server::bind(LOOPBACK, data_centre).await.unwrap().with_front(front).unwrap();
    let address = server.local_addr().unwrap();
    tokio::spawn(async { server.run().await.unwrap() });
    address
}

/// A configuration that has no address yet.
pub(crate) fn config() -> Config {
    let key = embedded_key().unwrap().public().clone();
    Config::new(connection::Config::new(DC, vec![key], real()), Vec::new())
}

pub(crate) fn proxy(address: SocketAddr, text: &str) -> Route {
    let (server, port) = (address.ip().to_string(), address.port());
    Route::MtProxy(ProxyLink { server, port, secret: secret(text) })
}

pub(crate) fn start(config: Config) -> (Handle, Events) {
    let (handle, events, driver) = connect(config).unwrap();
    tokio::spawn(driver.run());
    (handle, events)
}

/// Calls and gives nothing but success.
pub(crate) async fn echo(handle: &Handle, length: usize) {
    let echo = Echo::of(length);
    let answer = timeout(PATIENCE, handle.invoke(&echo)).await.expect("no answer in time");
    assert!(answer.unwrap() == echo.answer(), "{length} bytes came back changed");
}

/// The next reason for which there is no link.
pub(crate) async fn disconnected(events: &mut Events) -> Disconnected {
    loop {
        match timeout(PATIENCE, events.next()).await.expect("nothing happened") {
            Some(Notice::Event(Event::Disconnected { why })) => return why,
            Some(_) => {}
            None => panic!("the connection is over"),
        }
    }
}

/// An address that nobody listens at.
#[cfg(feature = "proxy")]
pub(crate) async fn dead() -> SocketAddr {
    tokio::net::TcpListener::bind(LOOPBACK).await.unwrap().local_addr().unwrap()
}
