//! What is said to the server: a key exchange, pings, a request for salts.

use std::pin::pin;
use std::time::{Duration, Instant};

use telewire::connection::{self, ConnectionError, Event};
use telewire::crypto::real;
use telewire::ids::Salt;
use telewire::net::{Config, Events, Handle, Notice, connect};
use telewire::rpc::CallError;
use telewire::tl::Function;
use telewire::tl::mtproto::functions::{GetFutureSalts, Ping};

use super::advice;
use super::args::Args;
use super::embedded::Embedded;
use super::happening::{Happening, TimedSalt};
use super::target::{Server, Target};
use super::watch::Watch;
use crate::failure::Failure;

/// Says all of it, or gives up after the time that the options allow.
pub(super) async fn talk_in_time(
    args: &Args,
    target: &mut Target,
    watch: &mut Watch,
) -> Result<(), Failure> {
    let limit = Duration::from_secs(args.timeout);
    let result = tokio::time::timeout(limit, talk(args, target, watch)).await;
    result.unwrap_or_else(|_| {
        Err(Failure::Run(format!(
            "not done within {} s: it stopped {}, with {}",
            args.timeout,
            watch.stage(),
            advice::unfinished(watch.ended(), target),
        )))
    })
}

async fn talk(args: &Args, target: &mut Target, watch: &mut Watch) -> Result<(), Failure> {
    let embedded = match target.server {
        Server::Embedded => Some(Embedded::start(target.dc).await.map_err(|error| {
            Failure::Run(format!("the embedded data centre cannot start: {error}"))
        })?),
        Server::Given | Server::Telegram => None,
    };
    target.addresses.extend(embedded.as_ref().map(|embedded| embedded.address));
    let places = target.places();
    let Some(place) = places.first().cloned() else {
        return Err(Failure::Run("no address of this server is known".to_owned()));
    };
    watch.tell(&Happening::Connecting {
        server: target.server,
        addresses: places,
        dc: target.dc,
        framing: args.transport.framing,
    })?;
    let connection = connection::Config::new(target.dc, target.keys.clone(), real());
    let config = Config::new(connection, target.addresses.clone());
    let config = target.way.apply(config.with_framing(args.transport.framing));
    let (handle, events, driver) = connect(config).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidInput => Failure::Input(error.to_string()),
        _ => Failure::Run(format!("no randomness for a key exchange: {error}")),
    })?;
    let driver = tokio::spawn(driver.run());

    let mut talk = Talk { handle, events, target, watch, place };
    talk.exchange_key().await?;
    talk.ping(args.pings).await?;
    talk.fetch_salts(args.salts).await?;
    talk.close().await;
    // It has ended with the events.
    let _ = driver.await;
    watch.tell_done()
}

/// A connection, and who watches it.
struct Talk<'a> {
    handle: Handle,
    events: Events,
    target: &'a Target,
    watch: &'a mut Watch,
    /// What was reached last, or is reached first.
    place: String,
}

impl Talk<'_> {
    async fn exchange_key(&mut self) -> Result<(), Failure> {
        while !self.watch.stage().has_key() {
            let notice = self.events.next().await;
            self.take(notice)?;
        }
        Ok(())
    }

    async fn ping(&mut self, count: u32) -> Result<(), Failure> {
        for number in 1..=count {
            let start = Instant::now();
            self.call(&Ping { ping_id: i64::from(number) }, "a ping").await?;
            let round_trip = start.elapsed();
            self.watch.tell(&Happening::Pong { number, of: count, round_trip })?;
        }
        Ok(())
    }

    async fn fetch_salts(&mut self, num: i32) -> Result<(), Failure> {
        if num == 0 {
            return Ok(());
        }
        let answer = self.call(&GetFutureSalts { num }, "the request for salts").await?;
        let salts = answer.salts.iter().map(|salt| TimedSalt {
            since: salt.0.valid_since,
            until: salt.0.valid_until,
            salt: Salt(salt.0.salt),
        });
        self.watch.tell(&Happening::FutureSalts(salts.collect()))
    }

    async fn close(&mut self) {
        self.handle.close().await;
        while self.events.next().await.is_some() {}
    }

    /// Calls a function, and takes what happens meanwhile.
    async fn call<F: Function>(&mut self, function: &F, what: &str) -> Result<F::Return, Failure> {
        let handle = self.handle.clone();
        let mut answer = pin!(handle.invoke(function));
        let error = loop {
            tokio::select! {
                // What happened before the answer is told before it.
                biased;
                notice = self.events.next() => self.take(notice)?,
                answer = &mut answer => match answer {
                    Ok(answer) => return Ok(answer),
                    Err(error) => break error,
                },
            }
        };
        // The reason is among the events.
        while let CallError::Closed { .. } = error {
            let notice = self.events.next().await;
            self.take(notice)?;
        }
        let server = advice::addresses(self.target);
        Err(Failure::Run(format!("{what} was not answered by {server}: {error}; try again")))
    }

    /// Passes on what happened, if it is not the end.
    fn take(&mut self, notice: Option<Notice>) -> Result<(), Failure> {
        let over = |error| Failure::Run(advice::sentence(error, self.target));
        let happening = match notice {
            None => return Err(over(&ConnectionError::Closed)),
            Some(Notice::Lost(count)) => Happening::Lost { count },
            Some(Notice::Event(Event::Over(error))) => return Err(over(&error)),
            Some(Notice::Event(Event::Connected { .. })) => {
                // Of several addresses, one was reached.
                let peer = self.handle.peer_addr().filter(|_| self.target.addresses.len() > 1);
                if let Some(peer) = peer {
                    self.place = peer.to_string();
                }
                Happening::Connected { address: self.place.clone() }
            }
            Some(Notice::Event(Event::Disconnected { why })) => {
                Happening::Disconnected { address: self.place.clone(), why }
            }
            Some(Notice::Event(Event::Step(step))) => Happening::Step(*step),
            // The steps tell of the key, and answers go to those who called.
            Some(Notice::Event(_)) => return Ok(()),
        };
        self.watch.tell(&happening)
    }
}
