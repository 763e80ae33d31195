//! What subscribers of `tracing` are told. It is alone in its program: whether an event is wanted is remembered for all threads.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[cfg(feature = "client")]
mod secrets;

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use telewire::connection;
use telewire::crypto::{SeededEntropy, real};
use telewire::ids::DcId;
use telewire::net::{Config, Server, connect};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::tl::mtproto::functions::Ping;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down all that it is told.
#[derive(Clone, Default)]
struct Notes {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
    /// Whether it hears of everything, and not of this library alone.
    hears_all: bool,
}

#[cfg(feature = "client")]
impl Notes {
    fn of_all() -> Self {
        Self { hears_all: true, ..Self::default() }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 += &format!(" {field}={value:?}");
    }
}

impl Subscriber for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.hears_all || metadata.target() == "telewire"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(format!("span {}", span.metadata().name()));
        span.record(&mut line);
        self.lines.lock().unwrap().push(line.0);
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line("event".to_owned());
        event.record(&mut line);
        self.lines.lock().unwrap().push(line.0);
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("record".to_owned());
        values.record(&mut line);
        self.lines.lock().unwrap().push(line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

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
    let lines = notes.lines.lock().unwrap().clone();
    let has =
        |parts: &[&str]| lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(has(&["span connection", "dc="]), "{lines:#?}");
    assert!(has(&["span call", "function=\"ping\""]), "{lines:#?}");
    assert!(has(&["request accepted", "request=0", "function=\"ping\""]), "{lines:#?}");
    assert!(has(&["request sent", "request=0", "message_id="]), "{lines:#?}");
    assert!(has(&["request ended", "round_trip=", "is_ok=true"]), "{lines:#?}");
}
