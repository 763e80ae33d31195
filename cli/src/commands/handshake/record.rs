//! `--record`: a transcript of what went over the wire, without secrets, which can become a known answer.
//!
//! All of it may be shown: no `new_nonce`, no key, and not the first salt either, which would tell a quarter of
//! `new_nonce`. Values are upper-case hexadecimal in wire order, as in `tests/vectors/`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use telewire::crypto::DhGen;
use telewire::handshake::Step;

use super::happening::Happening;
use crate::date;
use crate::failure::Failure;
use crate::wire;

/// A transcript that grows, and the file it is for.
pub(super) struct Record {
    path: PathBuf,
    file: File,
    transcript: Transcript,
}

#[derive(Default, Serialize)]
struct Transcript {
    program: &'static str,
    date: String,
    server: &'static str,
    /// The one that answered.
    address: Option<String>,
    dc: String,
    dc_on_wire: i32,
    framing: &'static str,
    outcome: String,
    /// One, if the first succeeded.
    exchanges: Vec<Exchange>,
}

/// A key exchange. What it did not come to is null.
#[derive(Default, Serialize)]
struct Exchange {
    packets: Vec<Packet>,
    nonce: String,
    server_nonce: Option<String>,
    pq: Option<String>,
    fingerprints: Vec<String>,
    p: Option<String>,
    q: Option<String>,
    chosen_fingerprint: Option<String>,
    g: Option<i32>,
    dh_prime: Option<String>,
    g_a: Option<String>,
    server_time: Option<i32>,
    /// With `attempts`, the last one of them.
    g_b: Option<String>,
    attempts: u32,
    answer: Option<&'static str>,
    auth_key_id: Option<String>,
}

#[derive(Serialize)]
struct Packet {
    direction: &'static str,
    bytes: String,
}

impl Record {
    /// Opens the file now, so that nobody is dialled in vain; what is in it stays until there is something new.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(|error| {
            Failure::Input(format!("{}: cannot be written: {error}", path.display()))
        })?;
        let transcript = Transcript {
            program: concat!("telewire ", env!("CARGO_PKG_VERSION")),
            date: date::rfc3339(date::now()),
            outcome: "interrupted".to_owned(),
            ..Transcript::default()
        };
        Ok(Self { path: path.to_owned(), file, transcript })
    }

    /// Writes the file.
    pub(super) fn save(self) -> Result<(), Failure> {
        let Self { path, mut file, transcript } = self;
        let mut write = || -> io::Result<()> {
            let mut text = serde_json::to_string_pretty(&transcript)?;
            text.push('\n');
            if file.metadata()?.is_file() {
                file.set_len(0)?;
            }
            file.write_all(text.as_bytes())
        };
        write().map_err(|error| {
            Failure::Run(format!("{}: the record cannot be written: {error}", path.display()))
        })
    }

    /// Takes what is worth keeping.
    pub(super) fn take(&mut self, happening: &Happening) {
        let transcript = &mut self.transcript;
        match happening {
            Happening::Connecting { server, dc, framing, .. } => {
                transcript.server = server.name();
                transcript.dc = dc.to_string();
                transcript.dc_on_wire = dc.to_wire();
                transcript.framing = framing.name();
            }
            Happening::Connected { address } => transcript.address = Some(address.clone()),
            Happening::Step(Step::ReqPq { nonce }) => transcript
                .exchanges
                .push(Exchange { nonce: wire::bytes(nonce), ..Exchange::default() }),
            Happening::Step(step) => {
                if let Some(exchange) = transcript.exchanges.last_mut() {
                    exchange.take(step);
                }
            }
            Happening::Done(_) => transcript.outcome = "done".to_owned(),
            Happening::Failed { why, .. } => transcript.outcome.clone_from(why),
            _ => {}
        }
    }
}

impl Exchange {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Sent { packet } => self.packet("sent", packet),
            Step::Received { packet } => self.packet("received", packet),
            Step::ResPq { server_nonce, pq, fingerprints } => {
                self.server_nonce = Some(wire::bytes(server_nonce));
                self.pq = Some(wire::big_endian(*pq));
                self.fingerprints = fingerprints.iter().copied().map(wire::fingerprint).collect();
            }
            Step::ReqDhParams { p, q, fingerprint, .. } => {
                self.p = Some(wire::big_endian(*p));
                self.q = Some(wire::big_endian(*q));
                self.chosen_fingerprint = Some(wire::fingerprint(*fingerprint));
            }
            Step::ServerDhParams { g, dh_prime, g_a, server_time, .. } => {
                self.g = Some(*g);
                self.dh_prime = Some(wire::bytes(&**dh_prime));
                self.g_a = Some(wire::bytes(&**g_a));
                self.server_time = Some(*server_time);
            }
            Step::SetClientDhParams { attempt, g_b } => {
                self.attempts = attempt.saturating_add(1);
                self.g_b = Some(wire::bytes(&**g_b));
            }
            Step::DhGen { answer } => {
                self.answer = Some(match answer {
                    DhGen::Ok => "dh_gen_ok",
                    DhGen::Retry => "dh_gen_retry",
                    DhGen::Fail => "dh_gen_fail",
                });
            }
            Step::Finished { auth_key_id, .. } => {
                self.auth_key_id = Some(wire::bytes(&auth_key_id.to_le_bytes()));
            }
            _ => {}
        }
    }

    fn packet(&mut self, direction: &'static str, packet: &[u8]) {
        self.packets.push(Packet { direction, bytes: wire::bytes(packet) });
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use telewire::crypto::{Fingerprint, KeyId, Secret};
    use telewire::ids::Salt;

    use super::*;

    fn steps() -> Vec<Step> {
        vec![
            Step::ReqPq { nonce: [1; 16] },
            Step::Sent { packet: vec![2; 3] },
            Step::ReqDhParams {
                p: 3,
                q: 5,
                fingerprint: Fingerprint(1),
                new_nonce: Secret::from([0xA5; 32]),
            },
            Step::Finished {
                auth_key_id: KeyId::from_le_bytes([1, 2, 3, 4, 5, 6, 7, 8]),
                auth_key: Box::new(Secret::from([0xC3; 256])),
                server_salt: Salt(0x5B5B_5B5B_5B5B_5B5B),
                time_offset: 0,
            },
        ]
    }

    #[test]
    fn the_file_has_public_values_and_no_secret_and_replaces_a_longer_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.json");
        fs::write(&path, "x".repeat(100_000)).unwrap();
        let mut record = Record::open(&path).unwrap();
        for step in steps() {
            record.take(&Happening::Step(step));
        }
        record.save().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let exchange = &json["exchanges"][0];
        assert_eq!(exchange["nonce"], "01".repeat(16));
        assert_eq!(exchange["auth_key_id"], "0102030405060708");
        assert_eq!(exchange["packets"][0]["bytes"], "020202");
        assert_eq!(json["outcome"], "interrupted");
        for secret in ["A5A5", "C3C3", "5B5B"] {
            assert!(!text.contains(secret), "{text}");
        }
    }

    #[test]
    fn each_exchange_stands_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let mut record = Record::open(&folder.path().join("record.json")).unwrap();
        for step in steps().into_iter().take(2).chain(steps()) {
            record.take(&Happening::Step(step));
        }
        let [first, second] = record.transcript.exchanges.as_slice() else { panic!() };
        assert_eq!(first.auth_key_id, None);
        assert!(second.auth_key_id.is_some());
        assert_eq!((first.packets.len(), second.packets.len()), (1, 1));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named_before_anything_is_dialled() {
        let Err(Failure::Input(message)) = Record::open(Path::new("/nowhere/at/all")) else {
            panic!("opened");
        };
        assert!(message.starts_with("/nowhere/at/all: cannot be written: "), "{message}");
    }
}
