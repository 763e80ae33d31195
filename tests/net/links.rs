//! Links that break, and those that are not there yet.

use telewire::connection::Event;
use telewire::framing::Framing;
use telewire::net::{Notice, Server};
use telewire::server::Fault;
use telewire::session;
use telewire::tl::Bytes;
use telewire::tl::mtproto::functions::Ping;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::support::{Echo, LOOPBACK, PATIENCE, config, data_centre, start_at, start_client};

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

#[tokio::test]
async fn what_is_pushed_from_outside_goes_out_at_once() {
    let server = Server::bind(LOOPBACK, data_centre()).await.unwrap();
    let (address, dc) = (server.local_addr().unwrap(), server.data_centre());
    let _server = tokio::spawn(server.run());
    let (handle, mut events, _driver) = start_client(config(address, Framing::Intermediate));
    timeout(PATIENCE, handle.invoke(&Ping { ping_id: 1 })).await.unwrap().unwrap();
    for number in 0..3_u8 {
        let update = Bytes::from(vec![number; 3]);
        {
            let now = dc.now();
            let mut dc = dc.lock();
            let (key, session) = dc.sessions().next().unwrap();
            assert!(dc.push(now, key, session, &Echo(update.clone())));
        }
        let came = async {
            loop {
                let notice = events.next().await.unwrap();
                if let Notice::Event(Event::Session(session::Event::Update(came))) = notice {
                    return came;
                }
            }
        };
        assert_eq!(timeout(PATIENCE, came).await.unwrap().decode(), Ok(Echo(update)));
    }
}

#[tokio::test]
async fn a_session_goes_on_over_the_next_socket_when_one_is_cut() {
    let server = Server::bind(LOOPBACK, data_centre()).await.unwrap();
    let (address, dc) = (server.local_addr().unwrap(), server.data_centre());
    let _server = tokio::spawn(server.run());
    let (handle, _events, _driver) = start_client(config(address, Framing::Intermediate));
    for number in 0..10_u8 {
        let bytes = Bytes::from(vec![number; 3]);
        let echoed = timeout(PATIENCE, handle.invoke(&Echo(bytes.clone()))).await.unwrap();
        assert_eq!(echoed, Ok(bytes));
        // All links are closed with four bytes.
        dc.lock().inject(dc.now(), Fault::TransportError { code: -403 });
    }
    assert_eq!(dc.lock().sessions().count(), 1);
}
