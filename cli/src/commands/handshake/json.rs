//! The report for programs: a JSON object on each line, with what happened as its `step`.

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;
use telewire::crypto::DhGen;
use telewire::handshake::Step;

use super::happening::{Happening, Report, Totals};
use crate::date;
use crate::wire;

/// Writes a line for each thing that happens.
pub(super) struct Json<W> {
    out: W,
    shows_secrets: bool,
}

impl<W: Write> Json<W> {
    pub(super) fn new(out: W, shows_secrets: bool) -> Self {
        Self { out, shows_secrets }
    }

    fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        let line = serde_json::to_string(line).map_err(io::Error::other)?;
        writeln!(self.out, "{line}")
    }

    fn step(&mut self, step: &Step) -> io::Result<()> {
        let shows_secrets = self.shows_secrets;
        let secret = |bytes: &[u8]| shows_secrets.then(|| wire::bytes(bytes));
        let line = match step {
            Step::Sent { packet } => Line::Sent { packet: wire::bytes(packet) },
            Step::Received { packet } => Line::Received { packet: wire::bytes(packet) },
            Step::ReqPq { nonce } => Line::ReqPq { nonce: wire::bytes(nonce) },
            Step::ResPq { server_nonce, pq, fingerprints } => Line::ResPq {
                server_nonce: wire::bytes(server_nonce),
                pq: wire::big_endian(*pq),
                pq_decimal: pq.to_string(),
                fingerprints: fingerprints.iter().copied().map(wire::fingerprint).collect(),
            },
            Step::ReqDhParams { p, q, fingerprint, new_nonce } => {
                self.write(&Line::Factors {
                    p: wire::big_endian(*p),
                    q: wire::big_endian(*q),
                    p_decimal: p.to_string(),
                    q_decimal: q.to_string(),
                })?;
                Line::ReqDhParams {
                    p: wire::big_endian(*p),
                    q: wire::big_endian(*q),
                    fingerprint: wire::fingerprint(*fingerprint),
                    new_nonce: secret(new_nonce.expose()),
                }
            }
            Step::ServerDhParams { g, dh_prime, is_known_prime, g_a, server_time } => {
                Line::ServerDhParams {
                    g: *g,
                    dh_prime: wire::bytes(&**dh_prime),
                    is_known_prime: *is_known_prime,
                    g_a: wire::bytes(&**g_a),
                    server_time: *server_time,
                    server_time_utc: date::rfc3339(i64::from(*server_time)),
                }
            }
            Step::SetClientDhParams { attempt, g_b } => Line::SetClientDhParams {
                attempt: attempt.saturating_add(1),
                g_b: wire::bytes(&**g_b),
            },
            Step::DhGen { answer } => match answer {
                DhGen::Ok => Line::DhGenOk,
                DhGen::Retry => Line::DhGenRetry,
                DhGen::Fail => Line::DhGenFail,
            },
            Step::Finished { auth_key_id, auth_key, server_salt, time_offset } => Line::AuthKey {
                auth_key_id: wire::bytes(&auth_key_id.to_le_bytes()),
                auth_key: secret(auth_key.expose()),
                server_salt: wire::long(server_salt.0),
                time_offset: *time_offset,
            },
            _ => return Ok(()),
        };
        self.write(&line)
    }
}

impl<W: Write> Report for Json<W> {
    fn report(&mut self, happening: &Happening) -> io::Result<()> {
        let line = match happening {
            Happening::Step(step) => return self.step(step),
            Happening::Connecting { server, addresses, dc, framing } => Line::Connecting {
                server: server.name(),
                addresses: addresses.clone(),
                dc: dc.to_string(),
                dc_on_wire: dc.to_wire(),
                framing: framing.name(),
            },
            Happening::Connected { address } => Line::Connected { address: address.clone() },
            Happening::Disconnected { address, why } => {
                Line::Disconnected { address: address.clone(), why: why.to_string() }
            }
            Happening::Pong { number, round_trip, .. } => {
                Line::Pong { number: *number, round_trip_ms: millis(*round_trip) }
            }
            Happening::FutureSalts(salts) => Line::FutureSalts {
                salts: salts
                    .iter()
                    .map(|salt| SaltLine {
                        valid_since: salt.since,
                        valid_until: salt.until,
                        salt: wire::long(salt.salt.0),
                    })
                    .collect(),
            },
            Happening::Lost { count } => Line::EventsLost { count: *count },
            Happening::Done(totals) => Line::done(totals),
            Happening::Failed { stage, why } => {
                Line::Failed { stopped: stage.to_string(), error: why }
            }
        };
        self.write(&line)
    }
}

#[derive(Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
enum Line<'a> {
    Connecting {
        server: &'a str,
        addresses: Vec<String>,
        dc: String,
        dc_on_wire: i32,
        framing: &'a str,
    },
    Connected {
        address: String,
    },
    Disconnected {
        address: String,
        why: String,
    },
    Sent {
        packet: String,
    },
    Received {
        packet: String,
    },
    #[serde(rename = "req_pq_multi")]
    ReqPq {
        nonce: String,
    },
    #[serde(rename = "resPQ")]
    ResPq {
        server_nonce: String,
        pq: String,
        pq_decimal: String,
        fingerprints: Vec<String>,
    },
    Factors {
        p: String,
        q: String,
        p_decimal: String,
        q_decimal: String,
    },
    #[serde(rename = "req_DH_params")]
    ReqDhParams {
        p: String,
        q: String,
        fingerprint: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        new_nonce: Option<String>,
    },
    #[serde(rename = "server_DH_params_ok")]
    ServerDhParams {
        g: i32,
        dh_prime: String,
        is_known_prime: bool,
        g_a: String,
        server_time: i32,
        server_time_utc: String,
    },
    #[serde(rename = "set_client_DH_params")]
    SetClientDhParams {
        attempt: u32,
        g_b: String,
    },
    DhGenOk,
    DhGenRetry,
    DhGenFail,
    AuthKey {
        auth_key_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        auth_key: Option<String>,
        server_salt: String,
        time_offset: i64,
    },
    Pong {
        number: u32,
        round_trip_ms: f64,
    },
    FutureSalts {
        salts: Vec<SaltLine>,
    },
    EventsLost {
        count: u64,
    },
    Done {
        key_ms: f64,
        packets_sent: u64,
        bytes_sent: u64,
        packets_received: u64,
        bytes_received: u64,
        pings: u32,
        salts: usize,
        all_ms: f64,
    },
    Failed {
        stopped: String,
        error: &'a str,
    },
}

#[derive(Serialize)]
struct SaltLine {
    valid_since: i32,
    valid_until: i32,
    salt: String,
}

impl Line<'_> {
    fn done(totals: &Totals) -> Self {
        Self::Done {
            key_ms: millis(totals.key),
            packets_sent: totals.sent.packets,
            bytes_sent: totals.sent.bytes,
            packets_received: totals.received.packets,
            bytes_received: totals.received.bytes,
            pings: totals.pings,
            salts: totals.salts,
            all_ms: millis(totals.all),
        }
    }
}

/// Milliseconds, to the microsecond.
fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use telewire::crypto::{Fingerprint, KeyId, Secret};
    use telewire::ids::Salt;

    use super::*;

    fn json(shows_secrets: bool, steps: Vec<Step>) -> String {
        let mut out = Vec::new();
        let mut json = Json::new(&mut out, shows_secrets);
        for step in steps {
            json.report(&Happening::Step(step)).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    fn secret_steps() -> Vec<Step> {
        let request = Step::ReqDhParams {
            p: 3,
            q: 5,
            fingerprint: Fingerprint(1),
            new_nonce: Secret::from([0xA5; 32]),
        };
        let finished = Step::Finished {
            auth_key_id: KeyId::from_le_bytes([1, 2, 3, 4, 5, 6, 7, 8]),
            auth_key: Box::new(Secret::from([0xC3; 256])),
            server_salt: Salt(1),
            time_offset: 0,
        };
        vec![request, finished]
    }

    #[test]
    fn secrets_are_left_out() {
        assert_eq!(
            json(false, secret_steps()),
            r#"{"step":"factors","p":"03","q":"05","p_decimal":"3","q_decimal":"5"}
{"step":"req_DH_params","p":"03","q":"05","fingerprint":"0100000000000000"}
{"step":"auth_key","auth_key_id":"0102030405060708","server_salt":"0100000000000000","time_offset":0}
"#
        );
    }

    #[test]
    fn secrets_are_there_when_asked_for() {
        let shown = json(true, secret_steps());
        assert!(shown.contains(&format!(r#""new_nonce":"{}""#, "A5".repeat(32))), "{shown}");
        assert!(shown.contains(&format!(r#""auth_key":"{}""#, "C3".repeat(256))), "{shown}");
    }

    #[test]
    fn each_answer_to_the_last_query_is_a_step_of_its_own() {
        let steps = [DhGen::Ok, DhGen::Retry, DhGen::Fail].map(|answer| Step::DhGen { answer });
        assert_eq!(
            json(false, steps.into()),
            "{\"step\":\"dh_gen_ok\"}\n{\"step\":\"dh_gen_retry\"}\n{\"step\":\"dh_gen_fail\"}\n"
        );
    }
}
