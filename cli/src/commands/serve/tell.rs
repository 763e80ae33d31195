//! What `telewire serve` prints.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use telewire::framing::mtproxy::{ProxyLink, ProxySecret};
use telewire::ids::DcId;
use telewire::net::{Refusal, Refused};
use telewire::server::{DcEvent, LinkRefusal};
use telewire_testkit::{Counts, SentCode, World};

use super::kinds::Kind;
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
    /// How often each happened.
    counts: RefCell<BTreeMap<String, u64>>,
    /// When refusals are told next.
    refusals_at: Instant,
}

impl Teller {
    pub(super) fn new(log: Log, is_json: bool) -> Self {
        Self { log, is_json, counts: RefCell::default(), refusals_at: Instant::now() }
    }

    /// Where the data centres are.
    pub(super) fn introduce(&self, said: &str, all: &[Served]) {
        if !self.is_json {
            return self.log.say(said);
        }
        for Served { dc, bound, .. } in all {
            let happened = Happened::new(Kind::Listening, String::new());
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
            let events = data_centre.lock().take_events_with_peers();
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
            self.event(&Happened::new(Kind::LoginCode, said), None);
        }
    }

    /// A line about something that happened now.
    pub(super) fn event(&self, happened: &Happened, dc: Option<DcId>) {
        let Happened { event, details, address, count } = happened;
        let now = date::now();
        if let Ok(mut counts) = self.counts.try_borrow_mut() {
            let times = counts.entry(event.clone()).or_default();
            *times = times.saturating_add(count.unwrap_or(1));
        }
        if self.is_json {
            let (date, dc) = (date::rfc3339(now), dc.map(|dc| dc.to_string()));
            let (address, count) = (address.as_deref(), *count);
            let line = Line { date, event, details, dc, address, count };
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
        let counts = self.counts.take();
        let Counts { answered, refused, told, .. } = accounts.counts();
        let world =
            [("calls answered", answered), ("errors answered", refused), ("updates told", told)];
        let world = world.map(|(name, count)| (name.to_owned(), count));
        // Where it listens is no news.
        let counts: Vec<_> =
            counts.into_iter().filter(|(name, _)| name != Kind::Listening.name()).collect();
        let groups = [
            (Kind::Counted, "Happened:", [&counts[..], &world].concat()),
            (Kind::NotModelled, "Asked for and not modelled:", accounts.unmodelled()),
        ];
        for (event, title, counted) in groups {
            if self.is_json {
                for (name, count) in counted {
                    let happened = Happened::new(event, name);
                    self.event(&Happened { count: Some(count), ..happened }, None);
                }
            } else if let Some(said) = table(title, counted) {
                self.log.say(&said);
            }
        }
        if self.is_json {
            self.event(&Happened::new(Kind::Stopped, String::new()), None);
        } else {
            self.log.say("Stopped.");
        }
        self.log.finish();
    }
}

/// What was counted, the most frequent first; nothing of what never was.
fn table(title: &str, mut counted: Vec<(String, u64)>) -> Option<String> {
    counted.retain(|(_, count)| *count > 0);
    if counted.is_empty() {
        return None;
    }
    counted.sort_by_key(|(_, count)| Reverse(*count));
    let lines = counted.iter().map(|(name, count)| format!("\n{count:>8}  {name}"));
    Some(format!("{title}{}", lines.collect::<String>()))
}

/// Something that happened.
#[derive(Debug, PartialEq)]
pub(super) struct Happened {
    event: String,
    details: String,
    /// Whose address, where that is known.
    address: Option<String>,
    /// How often, if it is summed up.
    count: Option<u64>,
}

impl Happened {
    pub(super) fn new(kind: Kind, details: String) -> Self {
        Self { event: kind.name().to_owned(), details, address: None, count: None }
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
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

/// A line about something in a data centre, and whose doing it is.
fn line((event, peer): &(DcEvent, Option<IpAddr>)) -> Option<Happened> {
    let (kind, details) = match event {
        DcEvent::KeyCreated(key) => (Kind::KeyCreated, wire::long(key.0)),
        DcEvent::KeyDestroyed(key) => (Kind::KeyDestroyed, wire::long(key.0)),
        DcEvent::KeyBound { temp, perm } => {
            (Kind::KeyBound, format!("{} acts for {}", wire::long(temp.0), wire::long(perm.0)))
        }
        DcEvent::SessionCreated(key, session) => {
            let (key, session) = (wire::long(key.0), wire::long(session.0));
            (Kind::SessionCreated, format!("{session} with the key {key}"))
        }
        // They are told with the addresses, among the refusals.
        DcEvent::ExchangeRefused(_) | DcEvent::PacketRefused => return None,
        // Younger than this program.
        event => (Kind::Other, format!("{event:?}")),
    };
    let address = peer.map(|peer| peer.to_string());
    Some(Happened { address, ..Happened::new(kind, details) })
}

/// A line about clients that were refused or dropped.
fn refusal(refused: &Refused) -> Happened {
    let what = match &refused.why {
        Refusal::Link(LinkRefusal::Exchange(_)) => Kind::ExchangeRefused,
        Refusal::Link(LinkRefusal::Packet) => Kind::PacketRefused,
        Refusal::Unknown | Refusal::Hello(_) | Refusal::OtherDc | Refusal::NotAccepted(_) => {
            Kind::ClientRefused
        }
        _ => Kind::LinkDropped,
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
    let count = (refused.count > 1).then_some(refused.count);
    Happened { address, count, ..Happened::new(what, details) }
}

fn dc_option(dc: DcId) -> String {
    if dc.is_test { format!("test:{}", dc.number) } else { dc.number.to_string() }
}

#[cfg(test)]
mod tests {
    use telewire::crypto::KeyId;
    use telewire::ids::SessionId;

    use super::*;

    #[test]
    fn what_was_counted_is_told_the_most_frequent_first() {
        assert_eq!(table("Happened:", vec![]), None);
        assert_eq!(table("Happened:", vec![("a.one".into(), 0)]), None);
        let methods = [("a.one", 1), ("b.often", 12), ("c.one", 1), ("d.never", 0)];
        let methods = methods.map(|(name, count)| (name.to_owned(), count));
        let said =
            "Asked for and not modelled:\n      12  b.often\n       1  a.one\n       1  c.one";
        assert_eq!(table("Asked for and not modelled:", methods.into()).as_deref(), Some(said));
    }

    #[test]
    fn each_event_of_a_data_centre_has_a_name_and_the_peer_s_address() {
        let (key, other, session) = (KeyId(1), KeyId(2), SessionId(3));
        let peer = Some(IpAddr::from([127, 0, 0, 1]));
        for (event, name, details) in [
            (DcEvent::KeyCreated(key), "key created", "0100000000000000"),
            (DcEvent::KeyDestroyed(key), "key destroyed", "0100000000000000"),
            (
                DcEvent::KeyBound { temp: key, perm: other },
                "key bound",
                "0100000000000000 acts for 0200000000000000",
            ),
            (
                DcEvent::SessionCreated(key, session),
                "session created",
                "0300000000000000 with the key 0100000000000000",
            ),
        ] {
            let said = line(&(event.clone(), peer)).unwrap();
            assert_eq!((&*said.event, &*said.details), (name, details));
            assert_eq!(said.address.as_deref(), Some("127.0.0.1"));
            assert_eq!(line(&(event, None)).unwrap().address, None);
        }
        assert_eq!(line(&(DcEvent::PacketRefused, peer)), None);
    }
}
