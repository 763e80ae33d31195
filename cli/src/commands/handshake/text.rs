//! The report for people: the steps of Telegram's page
//! [Creating an Authorization Key: an example](https://core.telegram.org/mtproto/samples-auth_key).

use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use telewire::crypto::DhGen;
use telewire::handshake::Step;

use super::happening::{Happening, Report, TimedSalt, Totals};
use super::target::Server;
use crate::date;
use crate::wire;

/// Writes lines as things happen.
pub(super) struct Text<W> {
    out: W,
    /// Whether long values are shown in full, and packets.
    is_verbose: bool,
    shows_secrets: bool,
    link: Link,
}

/// The link, as far as it was told.
enum Link {
    /// Nothing was told.
    First,
    /// There is one.
    Up,
    /// There is none, for this reason, which is told once for many dials.
    Down(String),
}

impl<W: Write> Text<W> {
    pub(super) fn new(out: W, is_verbose: bool, shows_secrets: bool) -> Self {
        Self { out, is_verbose, shows_secrets, link: Link::First }
    }

    fn step(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::Sent { packet } => self.packet("sent", packet),
            Step::Received { packet } => self.packet("received", packet),
            Step::ReqPq { nonce } => {
                self.title("1. req_pq_multi: the client asks for pq")?;
                self.field("nonce", wire::bytes(nonce))
            }
            Step::ResPq { server_nonce, pq, fingerprints } => {
                self.title("2. resPQ: the server answers, and names its keys")?;
                self.field("server_nonce", wire::bytes(server_nonce))?;
                self.field("pq", number(*pq))?;
                let mut name = "fingerprints";
                for fingerprint in fingerprints {
                    self.field(name, wire::fingerprint(*fingerprint))?;
                    name = "";
                }
                Ok(())
            }
            Step::ReqDhParams { p, q, fingerprint, new_nonce } => {
                self.title("3. pq = p * q: the client factorises")?;
                self.field("p", number(*p))?;
                self.field("q", number(*q))?;
                self.title("4. req_DH_params: the factors, and a secret for the server's key")?;
                self.field("p", wire::big_endian(*p))?;
                self.field("q", wire::big_endian(*q))?;
                let on_wire = wire::fingerprint(*fingerprint);
                self.field("fingerprint", format!("{on_wire} (the key {fingerprint})"))?;
                self.secret("new_nonce", new_nonce.expose())
            }
            Step::ServerDhParams { g, dh_prime, is_known_prime, g_a, server_time } => {
                self.title("5. server_DH_params_ok: the server's half")?;
                self.field("g", g)?;
                let note = if *is_known_prime { ", the known prime" } else { ", another, tested" };
                self.long("dh_prime", &**dh_prime, note)?;
                self.long("g_a", &**g_a, "")?;
                let date = date::utc(i64::from(*server_time));
                self.field("server_time", format!("{server_time} = {date} UTC"))
            }
            Step::SetClientDhParams { attempt, g_b } => {
                self.title("6. set_client_DH_params: the client's half")?;
                self.field("attempt", attempt.saturating_add(1))?;
                self.long("g_b", &**g_b, "")
            }
            Step::DhGen { answer } => self.title(match answer {
                DhGen::Ok => "7. dh_gen_ok: the server has the same key",
                DhGen::Retry => "7. dh_gen_retry: the server wants another key",
                DhGen::Fail => "7. dh_gen_fail: the server refuses the key",
            }),
            Step::Finished { auth_key_id, auth_key, server_salt, time_offset } => {
                let id = wire::bytes(&auth_key_id.to_le_bytes());
                self.field("auth_key_id", id)?;
                self.secret("auth_key", auth_key.expose())?;
                self.field("server_salt", wire::long(server_salt.0))?;
                self.field("time offset", format!("{time_offset} s"))
            }
            _ => Ok(()),
        }
    }

    fn title(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out, "\n{title}")
    }

    fn field(&mut self, name: &str, value: impl Display) -> io::Result<()> {
        writeln!(self.out, "  {name:<12}  {value}")
    }

    fn secret(&mut self, name: &str, value: &[u8]) -> io::Result<()> {
        if !self.shows_secrets {
            return self.field(name, "(secret, --show-secrets shows it)");
        }
        self.lines(name, value)
    }

    /// A long value: in full, or its beginning and its end.
    fn long(&mut self, name: &str, value: &[u8], note: &str) -> io::Result<()> {
        let length = value.len();
        if self.is_verbose {
            self.field(name, format!("({length} bytes{note})"))?;
            return self.lines("", value);
        }
        let head = value.first_chunk::<8>().map_or(String::new(), |head| wire::bytes(head));
        let tail = value.last_chunk::<8>().map_or(String::new(), |tail| wire::bytes(tail));
        self.field(name, format!("{head}…{tail} ({length} bytes{note})"))
    }

    fn lines(&mut self, name: &str, value: &[u8]) -> io::Result<()> {
        let mut name = name;
        for line in value.chunks(32) {
            self.field(name, wire::bytes(line))?;
            name = "";
        }
        Ok(())
    }

    /// A packet as Telegram's page prints it.
    fn packet(&mut self, what: &str, packet: &[u8]) -> io::Result<()> {
        if !self.is_verbose {
            return Ok(());
        }
        writeln!(self.out, "\n  {what}: {} bytes, without the framing", packet.len())?;
        for (line, bytes) in packet.chunks(16).enumerate() {
            let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            writeln!(self.out, "  {:04X} | {}", line.saturating_mul(16), bytes.join(" "))?;
        }
        Ok(())
    }

    fn disconnected(&mut self, address: &str, why: String) -> io::Result<()> {
        match &self.link {
            Link::Down(told) if *told == why => return Ok(()),
            Link::Up => writeln!(self.out, "\nThe link to {address} ended: {why}")?,
            Link::First | Link::Down(_) => writeln!(self.out, "\nNo link to {address}: {why}")?,
        }
        self.link = Link::Down(why);
        Ok(())
    }

    fn salts(&mut self, salts: &[TimedSalt]) -> io::Result<()> {
        self.title("Future salts")?;
        writeln!(self.out, "  valid since (UTC)    until                salt")?;
        for salt in salts {
            let [since, until] = [salt.since, salt.until].map(|unix| date::utc(i64::from(unix)));
            writeln!(self.out, "  {since}  {until}  {}", wire::long(salt.salt.0))?;
        }
        Ok(())
    }

    fn done(&mut self, totals: &Totals) -> io::Result<()> {
        let Totals { key, sent, received, pings, all, .. } = totals;
        writeln!(
            self.out,
            "\nDone in {}: key {}, {} packets out ({} bytes), {} in ({}), {pings} ping{}",
            duration(*all),
            duration(*key),
            sent.packets,
            sent.bytes,
            received.packets,
            received.bytes,
            if *pings == 1 { "" } else { "s" },
        )
    }
}

impl<W: Write> Report for Text<W> {
    fn report(&mut self, happening: &Happening) -> io::Result<()> {
        match happening {
            Happening::Connecting { server, addresses, dc, framing } => {
                let server = match server {
                    Server::Embedded => "embedded data centre",
                    Server::Given => "data centre",
                    Server::Telegram => "Telegram's data centre",
                };
                let addresses = addresses.join(" or ");
                writeln!(self.out, "Connecting to {addresses}: {server} {dc}, {framing} framing")
            }
            Happening::Connected { address } => match std::mem::replace(&mut self.link, Link::Up) {
                Link::Down(_) => writeln!(self.out, "\nConnected to {address}"),
                Link::First | Link::Up => Ok(()),
            },
            Happening::Disconnected { address, why } => self.disconnected(address, why.to_string()),
            Happening::Step(step) => self.step(step),
            Happening::Pong { number, of, round_trip } => {
                if *number == 1 {
                    self.title("Pings")?;
                }
                self.field(&format!("pong {number}/{of}"), duration(*round_trip))
            }
            Happening::FutureSalts(salts) => self.salts(salts),
            Happening::Lost { count } => {
                writeln!(self.out, "\n{count} events were lost: they came faster than this output")
            }
            Happening::Done(totals) => self.done(totals),
            // Standard error says it.
            Happening::Failed { .. } => Ok(()),
        }
    }
}

/// A number both ways.
fn number(number: u64) -> String {
    format!("{} = {number}", wire::big_endian(number))
}

/// `0.41 ms` or `1.20 s`
fn duration(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{:.2} ms", duration.as_secs_f64() * 1_000.0)
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use telewire::crypto::{Fingerprint, KeyId, Secret};
    use telewire::ids::Salt;

    use super::super::happening::Traffic;
    use super::*;

    fn text(is_verbose: bool, shows_secrets: bool, happenings: &[Happening]) -> String {
        let mut out = Vec::new();
        let mut text = Text::new(&mut out, is_verbose, shows_secrets);
        for happening in happenings {
            text.report(happening).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    fn secret_steps() -> [Happening; 2] {
        let request = Step::ReqDhParams {
            p: 1_229_739_323,
            q: 1_402_015_859,
            fingerprint: Fingerprint(i64::from_le_bytes([1, 2, 3, 4, 5, 6, 7, 8])),
            new_nonce: Secret::from([0xA5; 32]),
        };
        let finished = Step::Finished {
            auth_key_id: KeyId::from_le_bytes([1, 2, 3, 4, 5, 6, 7, 8]),
            auth_key: Box::new(Secret::from([0xC3; 256])),
            server_salt: Salt(0x0102),
            time_offset: -3,
        };
        [request, finished].map(Happening::Step)
    }

    #[test]
    fn the_factors_and_the_key_are_shown_and_secrets_are_not() {
        let shown = text(false, false, &secret_steps());
        assert_eq!(
            shown,
            "
3. pq = p * q: the client factorises
  p             494C553B = 1229739323
  q             53911073 = 1402015859

4. req_DH_params: the factors, and a secret for the server's key
  p             494C553B
  q             53911073
  fingerprint   0102030405060708 (the key 0807060504030201)
  new_nonce     (secret, --show-secrets shows it)
  auth_key_id   0102030405060708
  auth_key      (secret, --show-secrets shows it)
  server_salt   0201000000000000
  time offset   -3 s
"
        );
        let verbose = text(true, false, &secret_steps());
        assert!(!verbose.contains("A5A5") && !verbose.contains("C3C3"), "{verbose}");
    }

    #[test]
    fn secrets_are_shown_when_asked_for() {
        let shown = text(false, true, &secret_steps());
        assert!(shown.contains(&format!("new_nonce     {}\n", "A5".repeat(32))), "{shown}");
        assert_eq!(shown.matches(&"C3".repeat(32)).count(), 8);
    }

    #[test]
    fn long_values_are_shortened_unless_asked_for() {
        let mut prime = [0x11; 256];
        prime[255] = 0xFF;
        let step = [Happening::Step(Step::ServerDhParams {
            g: 3,
            dh_prime: Box::new(prime),
            is_known_prime: true,
            g_a: Box::new([0x22; 256]),
            server_time: 1_705_754_877,
        })];
        let short = text(false, false, &step);
        let prime = "1111111111111111…11111111111111FF (256 bytes, the known prime)";
        assert!(short.contains(&format!("  dh_prime      {prime}\n")), "{short}");
        assert!(short.contains("1705754877 = 2024-01-20 12:47:57 UTC"), "{short}");
        assert_eq!(text(true, false, &step).matches(&"22".repeat(32)).count(), 8);
    }

    #[test]
    fn packets_are_shown_as_on_telegrams_page_when_asked_for() {
        let sent = [Happening::Step(Step::Sent { packet: (0..18).collect() })];
        assert_eq!(text(false, false, &sent), "");
        assert_eq!(
            text(true, false, &sent),
            "
  sent: 18 bytes, without the framing
  0000 | 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F
  0010 | 10 11
"
        );
    }

    #[test]
    fn a_reason_is_told_once_for_many_dials() {
        use telewire::connection::Disconnected;
        let address = || "127.0.0.1:1".to_owned();
        let refused = |kind: io::ErrorKind| Happening::Disconnected {
            address: address(),
            why: Disconnected::Io(kind),
        };
        let one = refused(io::ErrorKind::ConnectionRefused);
        let other = refused(io::ErrorKind::TimedOut);
        let connected = Happening::Connected { address: address() };
        let happenings = [one.clone(), one.clone(), other, connected, one];
        assert_eq!(
            text(false, false, &happenings),
            "\nNo link to 127.0.0.1:1: connection refused\n\nNo link to 127.0.0.1:1: timed out\n\n\
             Connected to 127.0.0.1:1\n\nThe link to 127.0.0.1:1 ended: connection refused\n"
        );
    }

    #[test]
    fn the_last_line_has_the_totals() {
        let totals = Totals {
            key: Duration::from_micros(45_200),
            sent: Traffic { packets: 3, bytes: 572 },
            received: Traffic { packets: 3, bytes: 904 },
            pings: 3,
            salts: 8,
            all: Duration::from_millis(1_234),
        };
        assert_eq!(
            text(false, false, &[Happening::Done(totals)]),
            "\nDone in 1.23 s: key 45.20 ms, 3 packets out (572 bytes), 3 in (904), 3 pings\n"
        );
    }
}
