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
    /// When refusals are told next.
    refusals_at: Instant,
}

impl Teller {
    pub(super) fn new(log: Log) -> Self {
        Self { log, refusals_at: Instant::now() }
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
            let place = if all.len() > 1 { format!("{dc} ") } else { String::new() };
            for happened in events {
                self.event(&format!("{place}{happened}"));
            }
        }
        for SentCode { phone, code, kind } in accounts.take_codes() {
            self.event(&format!("login code        {code} for {phone} ({kind:?})"));
        }
    }

    /// A line about something that happened now.
    pub(super) fn event(&self, said: &str) {
        self.log.say(&format!("{} {said}", date::time_of_day(date::now())));
    }

    /// The last things that happened.
    pub(super) fn finish(mut self, all: &[Served], accounts: &World) {
        self.refusals_at = Instant::now();
        self.events(all, accounts);
        if let Some(said) = unmodelled(&accounts.unmodelled()) {
            self.log.say(&said);
        }
        self.log.say("Stopped.");
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

fn line(event: &DcEvent) -> Option<String> {
    Some(match event {
        DcEvent::KeyCreated(key) => format!("key created       {}", wire::long(key.0)),
        DcEvent::SessionCreated(key, session) => {
            let (key, session) = (wire::long(key.0), wire::long(session.0));
            format!("session created   {session} with the key {key}")
        }
        // They are told with the addresses, among the refusals.
        DcEvent::ExchangeRefused(_) | DcEvent::PacketRefused => return None,
        event => format!("{event:?}"),
    })
}

/// A line about clients that were refused or dropped.
fn refusal(refused: &Refused) -> String {
    let what = match &refused.why {
        Refusal::Link(LinkRefusal::Exchange(_)) => "exchange refused ",
        Refusal::Link(LinkRefusal::Packet) => "packet refused   ",
        Refusal::Unknown | Refusal::Hello(_) | Refusal::OtherDc | Refusal::NotAccepted(_) => {
            "client refused   "
        }
        _ => "link dropped     ",
    };
    let whose = match (refused.address, refused.count) {
        (Some(address), 1) => format!("from {address}"),
        (Some(address), count) => format!("from {address}, {count} times"),
        (None, 1) => String::new(),
        (None, count) => format!("from many addresses, {count} times"),
    };
    let why = &refused.why;
    if whose.is_empty() { format!("{what} {why}") } else { format!("{what} {why} ({whose})") }
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
