//! The protocol core without any I/O: a client and a data centre exchange bytes in memory, on a clock that stands still.
//!
//! This is how to drive a [`Connection`] from a runtime of your own, or in a test.
//!
//! ```sh
//! cargo run --example sans_io --features server
//! ```

use std::error::Error;
use std::time::Duration;

use telewire::connection::{Config, Connection, Event};
use telewire::crypto::{SeededEntropy, real};
use telewire::framing::Framing;
use telewire::ids::DcId;
use telewire::rpc::Request;
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::session;
use telewire::time::Now;
use telewire::tl::mtproto::functions::Ping;
use telewire::tl::mtproto::types::Pong;

fn main() -> Result<(), Box<dyn Error>> {
    let now = Now { mono: Duration::ZERO, unix: Duration::from_secs(1_705_754_876) };
    let (dc_id, key) = (DcId::production(2), embedded_key()?);
    let config = Config::new(dc_id, vec![key.public().clone()], real());
    let mut client = Connection::new(config, now, Box::new(SeededEntropy::new(1)));
    let config = exchange::Config::new(dc_id, vec![key], real());
    let mut dc = DataCentre::new(config, Dispatcher::new(), SeededEntropy::new(2));

    // It waits until there is a key.
    let ping = client.call(now, Request::new(&Ping { ping_id: 7 }))?;
    let mut link = None;
    loop {
        if client.poll_connect(now).is_some() {
            link = Some(dc.handle_connected());
            client.handle_connected(now, Framing::Intermediate);
        }
        let Some(link) = link else { return Err("the client did not dial".into()) };
        let mut bytes = Vec::new();
        while client.poll_transmit(now, &mut bytes) {}
        println!("client -> {} bytes", bytes.len());
        dc.handle_input(now, link, &bytes);
        while let Some((link, work)) = dc.poll_work() {
            dc.handle_work(now, link, work.run());
        }
        while let Some(frame) = dc.poll_transmit(now, link) {
            println!("       <- {} bytes", frame.len());
            client.handle_input(now, &frame);
        }
        while let Some(work) = client.poll_work() {
            println!("       work: {work:?}");
            client.handle_work(now, work.run());
        }
        while let Some(event) = client.poll_event() {
            match event {
                Event::Session(session::Event::Answer { call, result }) if call == ping => {
                    let pong: Pong = result?.decode()?;
                    println!("pong {}", pong.ping_id);
                    return Ok(());
                }
                Event::Disconnected { why } => return Err(why.into()),
                Event::Over(error) => return Err(error.into()),
                _ => {}
            }
        }
    }
}
