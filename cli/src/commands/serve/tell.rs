//! What `telewire serve` prints.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use telewire::framing::mtproxy::{ProxyLink, ProxySecret};
use telewire::ids::DcId;
use telewire::net::{Refusal, Refused};
use telewire::server::{DcEvent, LinkRefusal};
use telewire_testkit::{SentCode, World};

use super::log::Log;
use super::{Args, Key, Served};
use crate::date;
use crate::failure::warn;
use crate::wire;

/// How long refusals are summed up before they are told: many come when they come.
const SUM_UP: Duration = Duration::from_secs(1);

/// What to know of the data centres.
pub(super) fn introduce(args: &Args, key: &Key, all: &[Served], secrets: &[ProxySecret]) -> String {
    let clients = match args.strict {
        true => "what they get wrong is refused, also where Telegram takes it",
        false => "what they get wrong is taken, where Telegram takes it",
    };
    let places =
        all.iter().map(|served| format!("Data centre {} on {}\n", served.dc, served.bound));
    let places: String = places.collect();
    let commands: String = all.iter().map(|served| commands(key, served, secrets)).collect();
    let approve = if args.approve { "\nType the link of a QR code to approve it.\n" } else { "" };
    let fingerprints: Vec<_> =
        key.keys.iter().map(|key| key.public().fingerprint().to_string()).collect();
    format!(
        "{places}  key          {}
  fingerprint  {}
  clients      {clients}

Connect to it:
{commands}{approve}
Ctrl-C ends it.",
        key.description,
        fingerprints.join(", "),
    )
}

/// The ways to a data centre, a line each.
fn commands(key: &Key, served: &Served, secrets: &[ProxySecret]) -> String {
    let Served { dc, place, .. } = served;
    let end = format!("--dc {} --rsa {}\n", dc_option(*dc), key.option);
    let mut commands = format!("  telewire handshake --address {place} {end}");
    for secret in secrets {
        let secret = secret.clone();
        let link = ProxyLink { server: place.ip().to_string(), port: place.port(), secret };
        commands += &format!("  telewire handshake --proxy '{}' {end}", *link.expose());
    }
    commands
}

/// Tells what happened.
pub(super) struct Teller {
    log: Log,
    is_json: bool,
    /// When refusals are told next.
    refusals_at: Instant,
}

impl Teller {
    pub(super) fn new(log: Log, is_json: bool) -> Self {
        Self { log, is_json, refusals_at: Instant::now() }
    }

    /// Where the data centres are.
    pub(super) fn introduce(&self, said: &str, all: &[Served]) {
        if !self.is_json {
            return self.log.say(said);
        }
        for Served { dc, bound, .. } in all {
            let happened = Happened::new("listening", String::new());
            self.event(&Happened { address: Some(bound.to_string()), ..happened }, Some(*dc));
        }
    }

    /// What happened since the last time.
    pub(super) fn events(&mut self, all: &[Served], accounts: &World) {
        let has_refusals = self.refusals_at <= Instant::now();
        if has_refusals {
            self.refusals_at = Instant::now() + SUM_UP;
        }
        for Served { dc, data_centre, refusals, .. } in all {
            // They are taken at once, so that the lock is not held while they are printed.
            let events = data_centre.lock().take_events();
            let refused = if has_refusals { refusals.take() } else { Vec::new() };
            let events = events.iter().filter_map(line).chain(refused.iter().map(refusal));
            // Of one alone it is clear where it happens.
            let place = (all.len() > 1 || self.is_json).then_some(*dc);
            for happened in events {
                self.event(&happened, place);
            }
        }
        for SentCode { phone, code, kind } in accounts.take_codes() {
            let said = format!("{code} for {phone} ({kind:?})");
            self.event(&Happened::new("login code", said), None);
        }
    }

    /// A line about something that happened now.
    pub(super) fn event(&self, happened: &Happened, dc: Option<DcId>) {
        let Happened { event, details, address } = happened;
        let now = date::now();
        if self.is_json {
            let (date, dc) = (date::rfc3339(now), dc.map(|dc| dc.to_string()));
            let line = Line { date, event, details, dc, address: address.as_deref() };
            return match serde_json::to_string(&line) {
                Ok(line) => self.log.say(&line),
                Err(error) => warn(&format!("cannot write {event} as JSON: {error}")),
            };
        }
        let place = dc.map(|dc| format!("{dc} ")).unwrap_or_default();
        let said = format!("{event:<17} {details}");
        self.log.say(&format!("{} {place}{}", date::time_of_day(now), said.trim_end()));
    }

    /// The last things that happened.
    pub(super) fn finish(mut self, all: &[Served], accounts: &World) {
        self.refusals_at = Instant::now();
        self.events(all, accounts);
        let methods = accounts.unmodelled();
        if self.is_json {
            for (name, count) in methods {
                let said = format!("{name}, {count} times");
                self.event(&Happened::new("not modelled", said), None);
            }
            self.event(&Happened::new("stopped", String::new()), None);
        } else {
            if let Some(said) = unmodelled(&methods) {
                self.log.say(&said);
            }
            self.log.say("Stopped.");
        }
        self.log.finish();
    }
}

/// What clients asked for in vain, the most wanted first.
fn unmodelled(methods: &[(String, u64)]) -> Option<String> {
    if methods.is_empty() {
        return None;
    }
    let mut methods: Vec<_> = methods.iter().collect();
    methods.sort_by_key(|(_, count)| Reverse(*count));
    let lines = methods.iter().map(|(name, count)| format!("\n{count:>8}  {name}"));
    Some(format!("Asked for and not modelled:{}", lines.collect::<String>()))
}

/// Something that happened.
#[derive(Debug, PartialEq)]
pub(super) struct Happened {
    event: String,
    details: String,
    /// Whose address, where that is known.
    address: Option<String>,
}

impl Happened {
    pub(super) fn new(event: &str, details: String) -> Self {
        Self { event: event.to_owned(), details, address: None }
    }
}

/// The same for programs.
#[derive(serde::Serialize)]
struct Line<'a> {
    /// As RFC 3339 has it.
    date: String,
    event: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    details: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
}

fn line(event: &DcEvent) -> Option<Happened> {
    Some(match event {
        DcEvent::KeyCreated(key) => Happened::new("key created", wire::long(key.0)),
        DcEvent::SessionCreated(key, session) => {
            let (key, session) = (wire::long(key.0), wire::long(session.0));
            Happened::new("session created", format!("{session} with the key {key}"))
        }
        // They are told with the addresses, among the refusals.
        DcEvent::ExchangeRefused(_) | DcEvent::PacketRefused => return None,
        event => Happened::new(&format!("{event:?}"), String::new()),
    })
}

/// A line about clients that were refused or dropped.
fn refusal(refused: &Refused) -> Happened {
    let what = match &refused.why {
        Refusal::Link(LinkRefusal::Exchange(_)) => "exchange refused",
        Refusal::Link(LinkRefusal::Packet) => "packet refused",
        Refusal::Unknown | Refusal::Hello(_) | Refusal::OtherDc | Refusal::NotAccepted(_) => {
            "client refused"
        }
        _ => "link dropped",
    };
    let whose = match (refused.address, refused.count) {
        (Some(address), 1) => format!("from {address}"),
        (Some(address), count) => format!("from {address}, {count} times"),
        (None, 1) => String::new(),
        (None, count) => format!("from many addresses, {count} times"),
    };
    let why = &refused.why;
    let details = if whose.is_empty() { why.to_string() } else { format!("{why} ({whose})") };
    let address = refused.address.map(|address| address.to_string());
    Happened { event: what.to_owned(), details, address }
}

fn dc_option(dc: DcId) -> String {
    if dc.is_test { format!("test:{}", dc.number) } else { dc.number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_in_vain_is_told_the_most_wanted_first() {
        assert_eq!(unmodelled(&[]), None);
        let methods = [("a.one", 1), ("b.often", 12), ("c.one", 1)];
        let methods = methods.map(|(name, count)| (name.to_owned(), count));
        let said =
            "Asked for and not modelled:\n      12  b.often\n       1  a.one\n       1  c.one";
        assert_eq!(unmodelled(&methods).as_deref(), Some(said));
    }
}
