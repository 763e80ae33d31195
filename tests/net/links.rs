//! Links that break, and those that are not there yet.

use telewire::connection::Event;
use telewire::framing::Framing;
use telewire::net::Notice;
use telewire::tl::mtproto::functions::Ping;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::support::{LOOPBACK, PATIENCE, config, start_at, start_client};

#[tokio::test]
async fn a_server_that_comes_later_is_found() {
    // A port that nobody listens on for a while.
    let probe = TcpListener::bind(LOOPBACK).await.unwrap();
    let address = probe.local_addr().unwrap();
    drop(probe);
    let (handle, mut events, _driver) = start_client(config(address, Framing::Intermediate));
    let first = timeout(PATIENCE, events.next()).await.unwrap();
    assert!(matches!(first, Some(Notice::Event(Event::Disconnected { .. }))), "{first:?}");
    let (_, _server) = start_at(address).await;
    let pong = timeout(PATIENCE, handle.invoke(&Ping { ping_id: 1 })).await.unwrap();
    assert_eq!(pong.unwrap().ping_id, 1);
}

#[tokio::test]
async fn the_second_address_is_tried_when_the_first_is_dead() {
    let probe = TcpListener::bind(LOOPBACK).await.unwrap();
    let dead = probe.local_addr().unwrap();
    drop(probe);
    let (address, _server) = start_at(LOOPBACK).await;
    let mut config = config(address, Framing::Intermediate);
    config.addresses.insert(0, dead);
    let (handle, _events, _driver) = start_client(config);
    let pong = timeout(PATIENCE, handle.invoke(&Ping { ping_id: 1 })).await.unwrap();
    assert_eq!(pong.unwrap().ping_id, 1);
}
