//! `telewire handshake` against the embedded data centre, and against nobody.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::Value;
use telewire::crypto::{AuthKey, server_salt};
use telewire::framing::Framing;

use crate::support::{dead_address, run, run_without_reader, text};

/// The steps, as lines for people begin and as programs read them.
const STEPS: [(&str, &str); 7] = [
    ("\n1. req_pq_multi", "req_pq_multi"),
    ("\n2. resPQ", "resPQ"),
    ("\n3. pq = p * q", "factors"),
    ("\n4. req_DH_params", "req_DH_params"),
    ("\n5. server_DH_params_ok", "server_DH_params_ok"),
    ("\n6. set_client_DH_params", "set_client_DH_params"),
    ("\n7. dh_gen_ok", "dh_gen_ok"),
];

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    let text = value.as_str().unwrap();
    assert_eq!(text, text.to_uppercase());
    hex::decode(text).unwrap().try_into().unwrap()
}

#[test]
fn a_plain_run_shows_every_step_in_order_and_no_secret() {
    let ran = run(&["handshake"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.starts_with("Connecting to 127.0.0.1:"), "{}", ran.out);
    let places: Vec<_> = STEPS.iter().map(|(title, _)| ran.out.find(title).unwrap()).collect();
    assert!(places.is_sorted(), "{}", ran.out);
    for name in ["new_nonce  ", "auth_key   "] {
        let line = ran.out.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        assert!(line.ends_with("(secret, --show-secrets shows it)"), "{line}");
    }
    for part in
        ["(256 bytes, the known prime)", "auth_key_id", "server_salt", "time offset", "pong 3/3"]
    {
        assert!(ran.out.contains(part), "{part} in {}", ran.out);
    }
    let salts = ran.out.split("Future salts").nth(1).unwrap();
    // A heading, eight salts, and the last line.
    assert_eq!(salts.lines().filter(|line| !line.is_empty()).count(), 10, "{salts}");
    assert!(ran.out.lines().last().unwrap().starts_with("Done in "), "{}", ran.out);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
}

#[test]
fn json_has_a_line_for_each_step_and_no_secret() {
    let ran = run(&["handshake", "--json", "--pings", "2", "--salts", "1"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines = ran.lines();
    let steps: Vec<_> = lines.iter().map(|line| line["step"].as_str().unwrap()).collect();
    let of_the_exchange: Vec<_> =
        steps.iter().copied().filter(|step| STEPS.iter().any(|(_, known)| known == step)).collect();
    assert_eq!(of_the_exchange, STEPS.map(|(_, step)| step));
    assert_eq!((steps[0], steps[steps.len() - 1]), ("connecting", "done"));
    assert_eq!(steps.iter().filter(|step| **step == "pong").count(), 2);
    assert_eq!(ran.step("future_salts")["salts"].as_array().unwrap().len(), 1);
    for line in &lines {
        assert_eq!((line.get("new_nonce"), line.get("auth_key")), (None, None));
    }
    let number = |value: &Value| value.as_str().unwrap().parse::<u64>().unwrap();
    let (pq, factors) = (ran.step("resPQ"), ran.step("factors"));
    assert_eq!(
        number(&pq["pq_decimal"]),
        number(&factors["p_decimal"]) * number(&factors["q_decimal"])
    );
    bytes::<8>(&ran.step("auth_key")["auth_key_id"]);
}

#[test]
fn secrets_that_are_asked_for_fit_the_public_values() {
    let ran = run(&["handshake", "--json", "--show-secrets"]);
    let key = ran.step("auth_key");
    let id = AuthKey::from_bytes(bytes(&key["auth_key"])).id();
    assert_eq!(id.to_le_bytes(), bytes(&key["auth_key_id"]));
    let new_nonce = bytes(&ran.step("req_DH_params")["new_nonce"]);
    let server_nonce = bytes(&ran.step("resPQ")["server_nonce"]);
    let salt = server_salt(&new_nonce, &server_nonce);
    assert_eq!(salt.to_le_bytes(), bytes(&key["server_salt"]));
    let text = run(&["handshake", "--show-secrets"]);
    assert!(text.code == 0 && !text.out.contains("(secret"), "{}", text.out);
}

#[test]
fn verbose_shows_long_values_and_packets() {
    let ran = run(&["handshake", "--verbose"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out.matches("sent: ").count(), 3, "{}", ran.out);
    assert_eq!(ran.out.matches("received: ").count(), 3);
    let start = "C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F";
    assert!(ran.out.contains(start), "{}", ran.out);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
}

#[test]
fn every_framing_works() {
    for framing in Framing::ALL {
        let ran = run(&["handshake", "--json", "--transport", framing.name()]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{framing}");
        assert_eq!(ran.step("connecting")["framing"], framing.name());
    }
}

#[test]
fn pings_and_salts_may_be_left_out() {
    let ran = run(&["handshake", "--pings", "0", "--salts", "0"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.out.contains("Pings") && !ran.out.contains("salts"), "{}", ran.out);
}

#[test]
fn another_number_of_the_embedded_data_centre_is_agreed_on() {
    let ran = run(&["handshake", "--json", "--dc", "4"]);
    assert_eq!((ran.code, &ran.step("connecting")["dc_on_wire"]), (0, &4.into()));
}

/// Every key and every text of a JSON value.
fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                into.push(key.clone());
                texts(value, into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, into)),
        Value::String(text) => into.push(text.clone()),
        _ => {}
    }
}

#[test]
fn a_record_has_every_packet_and_public_value_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let ran = run(&["handshake", "--json", "--show-secrets", "--record", text(&path)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(record["outcome"], "done");
    assert_eq!((&record["dc"], &record["framing"]), (&"prod:2".into(), &"intermediate".into()));
    assert_eq!(record["address"], ran.step("connected")["address"]);
    assert!(record["date"].as_str().unwrap().ends_with('Z'));
    let exchanges = record["exchanges"].as_array().unwrap();
    let [exchange] = exchanges.as_slice() else { panic!("{record}") };

    let packets = exchange["packets"].as_array().unwrap();
    let directions: Vec<_> = packets.iter().map(|p| p["direction"].as_str().unwrap()).collect();
    assert_eq!(directions, ["sent", "received"].repeat(3));
    let printed: Vec<_> =
        ran.lines().into_iter().filter(|line| !line["packet"].is_null()).collect();
    for (packet, line) in packets.iter().zip(printed) {
        assert_eq!(packet["bytes"], line["packet"]);
        // Each begins with a zero key id and carries the nonce.
        let packet = packet["bytes"].as_str().unwrap();
        assert!(packet.starts_with(&"0".repeat(16)));
        assert!(packet.contains(exchange["nonce"].as_str().unwrap()));
    }
    for (name, step, field) in [
        ("nonce", "req_pq_multi", "nonce"),
        ("server_nonce", "resPQ", "server_nonce"),
        ("pq", "resPQ", "pq"),
        ("fingerprints", "resPQ", "fingerprints"),
        ("p", "factors", "p"),
        ("q", "factors", "q"),
        ("chosen_fingerprint", "req_DH_params", "fingerprint"),
        ("g", "server_DH_params_ok", "g"),
        ("dh_prime", "server_DH_params_ok", "dh_prime"),
        ("g_a", "server_DH_params_ok", "g_a"),
        ("server_time", "server_DH_params_ok", "server_time"),
        ("g_b", "set_client_DH_params", "g_b"),
        ("auth_key_id", "auth_key", "auth_key_id"),
    ] {
        assert_eq!(exchange[name], ran.step(step)[field], "{name}");
    }

    let mut found = Vec::new();
    texts(&record, &mut found);
    for (step, field) in
        [("req_DH_params", "new_nonce"), ("auth_key", "auth_key"), ("auth_key", "server_salt")]
    {
        let secret = ran.step(step)[field].as_str().unwrap().to_owned();
        assert!(!found.iter().any(|text| text.contains(&secret) || text == field), "{field}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let (code, err) = run_without_reader(&["handshake"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
}

#[test]
fn nobody_at_the_address_is_told_with_what_to_do() {
    let address = dead_address();
    let ran = run(&["handshake", "--address", &address, "--timeout", "1"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let start = format!(
        "error: not done within 1 s: it stopped before step 1, connecting, with {address} \
         (connecting: connection refused, "
    );
    assert!(ran.err.starts_with(&start), "{}", ran.err);
    assert!(ran.err.contains(" times): see that this server is there"), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1);
}

#[test]
fn a_server_that_says_nothing_is_told_with_the_step() {
    // It takes connections, since the system does, and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let options = ["--address", &address, "--timeout", "1", "--json", "--record", text(&path)];
    let ran = run(&[&["handshake"], &options[..]].concat());
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("it stopped at step 2, waiting for resPQ, with "), "{}", ran.err);
    let failed = ran.step("failed");
    assert_eq!(failed["stopped"], "at step 2, waiting for resPQ");
    assert_eq!(ran.err, format!("error: {}\n", failed["error"].as_str().unwrap()));
    let record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(record["outcome"], failed["error"]);
}

/// It takes links, and answers each with -404 when it likes.
#[test]
fn a_refusal_that_comes_again_and_again_is_named_when_the_time_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut held = Vec::new();
        for (count, link) in listener.incoming().enumerate() {
            let mut link = link.unwrap();
            // The tag, and a packet of which the beginning is enough.
            link.read_exact(&mut [0; 8]).unwrap();
            // After two refusals it is silent, so that the time is over before the client gives up.
            if count < 2 {
                link.write_all(&[4, 0, 0, 0, 0x6c, 0xfe, 0xff, 0xff]).unwrap();
            }
            held.push(link);
        }
    });
    let ran = run(&["handshake", "--address", &address, "--timeout", "3"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    for part in [
        "not done within 3 s: it stopped at step 2",
        "-404",
        ", 2 times): see that --dc names this data centre (prod:2)",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    for options in [
        &["--rsa", "embedded"][..],
        &["--dc", "prod:6"],
        &["--dc", "beta:2"],
        &["--transport", "udp"],
        &["--address", "127.0.0.1:1", "--credentials", "x"],
        &["--record", "/nowhere/at/all"],
    ] {
        let ran = run(&[&["handshake"], options].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{options:?}");
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
}
