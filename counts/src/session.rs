//! A connection and its data centre, in memory, on a clock that stands still.

use std::hint::black_box;
use std::time::Duration;

use telewire::connection::{Config, Connection, Event};
use telewire::crypto::{SeededEntropy, toy};
use telewire::framing::{CLIENT_LIMIT, Decoder, Encoder, Frame, Framing, Side};
use telewire::ids::DcId;
use telewire::rpc::Request;
use telewire::server::{DataCentre, Dispatcher, LinkId, embedded_key, exchange};
use telewire::session;
use telewire::time::Now;
use telewire::tl::api::types::{UpdateShort, UpdateUserStatus, UserStatusOnline};
use telewire::tl::mtproto::functions::Ping;

use crate::{Result, counted_here};

/// How many calls, updates or frames there are at once.
const MANY: usize = 64;
/// How many updates are in a container.
const UPDATES: usize = 20;
/// How many calls wait while a turn is counted.
const IN_FLIGHT: usize = 1_000;

struct Pair {
    now: Now,
    client: Connection,
    dc: DataCentre,
    link: LinkId,
}

impl Pair {
    /// Both, once they have a key and have spoken.
    fn new() -> Result<Self> {
        let now = Now { mono: Duration::ZERO, unix: Duration::from_secs(1_705_754_876) };
        let (dc, key) = (DcId::production(2), embedded_key()?);
        let config = Config::new(dc, vec![key.public().clone()], toy());
        let mut client = Connection::new(config, now, Box::new(SeededEntropy::new(1)));
        let config = exchange::Config::new(dc, vec![key], toy());
        let mut dc = DataCentre::new(config, Dispatcher::new(), SeededEntropy::new(2));
        client.poll_connect(now).ok_or("it does not dial")?;
        let link = dc.handle_connected();
        client.handle_connected(now, Framing::Intermediate);
        let mut pair = Self { now, client, dc, link };
        pair.ask(1)?;
        for _ in 0..16 {
            pair.pass()?;
        }
        Ok(pair)
    }

    fn ask(&mut self, calls: usize) -> Result<()> {
        for _ in 0..calls {
            self.client.call(self.now, Request::new(&Ping { ping_id: 7 }))?;
        }
        Ok(())
    }

    /// What the client sends.
    fn sent(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.client.poll_transmit(self.now, &mut bytes) {}
        bytes
    }

    /// What the data centre sends to it.
    fn answered(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.dc.handle_input(self.now, self.link, bytes);
        while let Some((link, work)) = self.dc.poll_work() {
            self.dc.handle_work(self.now, link, work.run());
        }
        std::iter::from_fn(|| self.dc.poll_transmit(self.now, self.link)).collect()
    }

    /// The client takes it: how many answers and updates came of it.
    fn taken(&mut self, frames: &[Vec<u8>]) -> usize {
        for frame in frames {
            self.client.handle_input(self.now, frame);
        }
        while let Some(work) = self.client.poll_work() {
            self.client.handle_work(self.now, work.run());
        }
        let mut count = 0;
        while let Some(event) = self.client.poll_event() {
            let is_one = matches!(
                event,
                Event::Session(session::Event::Answer { .. } | session::Event::Update(_))
            );
            count += usize::from(is_one);
        }
        count
    }

    fn pass(&mut self) -> Result<usize> {
        let bytes = self.sent();
        let frames = self.answered(&bytes);
        Ok(self.taken(&frames))
    }
}

/// From the calls to their answers: what the client does for them.
fn life(calls: usize) -> Result<()> {
    let mut pair = Pair::new()?;
    for is_counted in [false, true] {
        let work = |pair: &mut Pair| pair.ask(calls).map(|()| pair.sent());
        let sent = if is_counted { counted_here(|| work(&mut pair)) } else { work(&mut pair) }?;
        let frames = pair.answered(&sent);
        let answers = match is_counted {
            true => counted_here(|| pair.taken(&frames)),
            false => pair.taken(&frames),
        };
        if answers != calls {
            return Err(format!("{answers} answers to {calls} calls").into());
        }
    }
    Ok(())
}

pub(crate) fn call() -> Result<()> {
    life(1)
}

pub(crate) fn calls() -> Result<()> {
    life(MANY)
}

/// A container of updates.
pub(crate) fn container() -> Result<()> {
    let mut pair = Pair::new()?;
    for is_counted in [false, true] {
        let (key, session) = pair.dc.sessions().next().ok_or("no session")?;
        for user_id in (1..).take(UPDATES) {
            let status = UserStatusOnline { expires: 1_800_000_000 }.into();
            let update = UpdateUserStatus { user_id, status }.into();
            let update = UpdateShort { update, date: 1_705_754_876 };
            pair.dc.push(pair.now, key, session, &update);
        }
        let frames: Vec<_> =
            std::iter::from_fn(|| pair.dc.poll_transmit(pair.now, pair.link)).collect();
        let updates = match is_counted {
            true => counted_here(|| pair.taken(&frames)),
            false => pair.taken(&frames),
        };
        if updates != UPDATES {
            return Err(format!("{updates} updates in {} frames", frames.len()).into());
        }
        // They are acknowledged.
        pair.ask(1)?;
        pair.pass()?;
    }
    Ok(())
}

/// A turn of the driver in which nothing is due, while calls wait for their answers.
pub(crate) fn turn() -> Result<()> {
    let mut pair = Pair::new()?;
    pair.ask(IN_FLIGHT)?;
    drop(pair.sent());
    let turn = |pair: &mut Pair| {
        pair.client.handle_timeout(pair.now);
        let sent = pair.sent();
        (sent.len(), pair.client.poll_event().is_some(), pair.client.poll_timeout())
    };
    turn(&mut pair);
    let (sent, has_event, timeout) = counted_here(|| turn(&mut pair));
    let is_quiet = sent == 0 && !has_event && timeout.is_some();
    is_quiet.then_some(()).ok_or_else(|| "something was due".into())
}

/// Packets of 128 bytes in what a socket gives at once.
pub(crate) fn frames() -> Result<()> {
    let mut entropy = SeededEntropy::new(1);
    let mut encoder = Encoder::new(Framing::Intermediate, Side::Server);
    let mut stream = Vec::new();
    for _ in 0..MANY {
        encoder.encode(&[0x5a; 128], false, &mut entropy, &mut stream)?;
    }
    let read = |mut input: &[u8]| -> Result<usize> {
        let mut decoder = Decoder::new(Framing::Intermediate, Side::Client, CLIENT_LIMIT);
        let mut count = 0;
        while let Some(frame) = decoder.decode(&mut input)? {
            count += usize::from(matches!(frame, Frame::Packet { .. }));
        }
        Ok(count)
    };
    read(&stream)?;
    let count = counted_here(|| read(black_box(&stream)))?;
    (count == MANY).then_some(()).ok_or_else(|| format!("{count} frames").into())
}
