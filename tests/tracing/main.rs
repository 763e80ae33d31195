//! What subscribers of `tracing` are told. It is alone in its program: whether an event is wanted is remembered for all threads.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod notes;

use telewire::connection;
use telewire::crypto::{SeededEntropy, real};
use telewire::ids::DcId;
use telewire::net::{Config, Server, connect};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::tl::mtproto::functions::Ping;

use crate::notes::Notes;

#[tokio::test]
async fn a_connection_and_a_call_have_spans_and_the_requests_steps_are_told() {
    let notes = Notes::default();
    let _guard = tracing::subscriber::set_default(notes.clone());
    let (dc, key) = (DcId::production(2), embedded_key().unwrap());
    let exchange = exchange::Config::new(dc, vec![key.clone()], real());
    let centre = DataCentre::new(exchange, Dispatcher::new(), SeededEntropy::new(1));
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), centre).await.unwrap();
    let addresses = vec![server.local_addr().unwrap()];
    tokio::spawn(server.run());
    let connection = connection::Config::new(dc, vec![key.public().clone()], real());
    let (handle, _events, driver) = connect(Config::new(connection, addresses)).unwrap();
    tokio::spawn(driver.run());
    handle.invoke(&Ping { ping_id: 7 }).await.unwrap();
    let lines = notes.lines();
    let has =
        |parts: &[&str]| lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(has(&["span connection", "dc="]), "{lines:#?}");
    assert!(has(&["span call", "function=\"ping\""]), "{lines:#?}");
    assert!(has(&["request accepted", "request=0", "function=\"ping\""]), "{lines:#?}");
    assert!(has(&["request sent", "request=0", "message_id="]), "{lines:#?}");
    assert!(has(&["request ended", "round_trip=", "is_ok=true"]), "{lines:#?}");
}
