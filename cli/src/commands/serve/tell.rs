//! What `telewire serve` prints.

use std::io::{self, Write};

use telewire::framing::mtproxy::{ProxyLink, ProxySecret};
use telewire::ids::DcId;
use telewire::server::DcEvent;
use telewire::server::accounts::{Accounts, SentCode};

use super::{Args, Key, Served};
use crate::date;
use crate::wire;

/// What to know of the data centres.
pub(super) fn introduce(
    args: &Args,
    key: &Key,
    all: &[Served],
    secrets: &[ProxySecret],
) -> io::Result<()> {
    let padding = if args.strict { "RSA_PAD alone" } else { "RSA_PAD, and the one of before 2021" };
    let places =
        all.iter().map(|served| format!("Data centre {} on {}\n", served.dc, served.bound));
    let places: String = places.collect();
    let commands: String = all.iter().map(|served| commands(key, served, secrets)).collect();
    let approve = if args.approve { "\nType the link of a QR code to approve it.\n" } else { "" };
    writeln!(
        io::stdout(),
        "{places}  key          {}
  fingerprint  {}
  RSA padding  {padding}

Connect to it:
{commands}{approve}
Ctrl-C ends it.",
        key.description,
        key.key.public().fingerprint(),
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

/// What happened since the last time. Clients get what waits for them.
pub(super) fn events(all: &[Served], accounts: &Accounts) -> io::Result<()> {
    for Served { dc, data_centre, .. } in all {
        // What waits is taken at once, so that the lock is not held while it is printed.
        let now = data_centre.now();
        let events = {
            let mut data_centre = data_centre.lock();
            accounts.deliver(*dc, &mut data_centre, now);
            data_centre.take_events()
        };
        // Of one alone it is clear where it happens.
        let place = if all.len() > 1 { format!("{dc} ") } else { String::new() };
        for happened in events {
            event(&format!("{place}{}", line(&happened)))?;
        }
    }
    for SentCode { phone, code, kind } in accounts.take_codes() {
        event(&format!("login code        {code} for {phone} ({kind:?})"))?;
    }
    Ok(())
}

/// A line about something that happened now.
pub(super) fn event(said: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{} {said}", date::time_of_day(date::now()))
}

fn line(event: &DcEvent) -> String {
    match event {
        DcEvent::KeyCreated(key) => format!("key created       {}", wire::long(key.0)),
        DcEvent::SessionCreated(key, session) => {
            let (key, session) = (wire::long(key.0), wire::long(session.0));
            format!("session created   {session} with the key {key}")
        }
        DcEvent::ExchangeRefused(error) => format!("exchange refused  {error}"),
        DcEvent::PacketRefused => {
            "packet refused    its key is unknown, or it is not authentic".to_owned()
        }
        event => format!("{event:?}"),
    }
}

fn dc_option(dc: DcId) -> String {
    if dc.is_test { format!("test:{}", dc.number) } else { dc.number.to_string() }
}
