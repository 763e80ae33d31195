//! The key is at no place of memory once the client is closed.
//!
//! The data centre has the key too, so that the client is in a process of its own: this test's program, run again for that one test.

use std::io::{Read, Seek, SeekFrom};
use std::process::Command;

use telewire::client::Client;
use telewire::client::store::FileStore;
use telewire::server::embedded_key;

use crate::support::{API_HASH, TWO, patient, world};

/// Tells the other process where the data centre is, and where the session is to be kept.
const ADDRESS: &str = "TELEWIRE_MEMORY_ADDRESS";
const SESSION: &str = "TELEWIRE_MEMORY_SESSION";

/// How much of a key is looked for: what AES is given of it at once is no more than this.
const PART: usize = 64;

/// So that what is looked for is no copy of it.
const MASK: u8 = 0x5a;

/// Parts of a key, masked, as its bytes stand on the wire and as numbers in memory have them.
fn masked_parts(key: &[u8; 256]) -> Vec<Vec<u8>> {
    let forward = (0..256 - PART)
        .step_by(16)
        .map(|at| key[at..at + PART].iter().map(|byte| byte ^ MASK).collect::<Vec<u8>>());
    let forward: Vec<_> = forward.collect();
    let backward = forward.iter().map(|part| part.iter().rev().copied().collect());
    let backward: Vec<_> = backward.collect();
    [forward, backward].concat()
}

/// At how many places of this process's memory one of the parts stands.
fn places(parts: &[Vec<u8>]) -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    // Read into a buffer that holds what was read before: it is masked at once.
    let mut buffer = vec![0; 1 << 20];
    let (mut count, mut tail) = (0, Vec::new());
    let from = buffer.as_ptr() as u64;
    let own = from..from + buffer.len() as u64;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        let (mut at, to) = (number(from), number(to));
        tail.clear();
        while at < to {
            // Not the buffer: what was read into it would be read once more.
            if own.contains(&at) {
                at = own.end;
                tail.clear();
                continue;
            }
            let end = if at < own.start { to.min(own.start) } else { to };
            let length = buffer.len().min((end - at) as usize);
            memory.seek(SeekFrom::Start(at)).unwrap();
            let Ok(read) = memory.read(&mut buffer[..length]) else { break };
            if read == 0 {
                break;
            }
            let mut masked: Vec<u8> = std::mem::take(&mut tail);
            masked.extend(buffer[..read].iter().map(|byte| byte ^ MASK));
            buffer[..read].fill(0);
            let found = occurrences(&masked, parts);
            if found > 0 {
                println!("at {at:x} of {line}: {found}");
            }
            count += found;
            tail = masked[masked.len().saturating_sub(PART - 1)..].to_vec();
            at += read as u64;
        }
    }
    count
}

fn occurrences(bytes: &[u8], parts: &[Vec<u8>]) -> usize {
    let mut count = 0;
    for part in parts {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| *byte == part[0]) {
            rest = &rest[at..];
            if rest.starts_with(part) {
                count += 1;
            }
            rest = &rest[1..];
        }
    }
    count
}

/// What the other process does; nothing, where there is none.
#[tokio::test(flavor = "multi_thread")]
async fn kx_22_a_client_in_a_process_of_its_own() {
    let (Ok(address), Ok(session)) = (std::env::var(ADDRESS), std::env::var(SESSION)) else {
        return;
    };
    let client = Client::builder(1, API_HASH)
        .store(FileStore::open(&session).unwrap())
        .home(TWO)
        .address(TWO, address.parse().unwrap())
        .keys(vec![embedded_key().unwrap().public().clone()])
        .build()
        .await
        .unwrap();
    patient(client.log_in_bot("777:abc")).await.unwrap();
    patient(client.me()).await.unwrap();
    patient(client.refresh_config()).await.unwrap();
    let parts = {
        let snapshot = client.snapshot();
        masked_parts(snapshot.key(TWO).unwrap().auth_key.expose())
    };
    let before = places(&parts);
    patient(client.close()).await;
    // Whoever still has it has no key.
    let after = places(&parts);
    assert!(client.is_logged_in() && client.snapshot().key(TWO).is_none());
    println!("PLACES {before} {after}");
}

#[tokio::test]
async fn kx_22_the_key_is_nowhere_in_memory_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let address = world.address(TWO).to_string();
    let session = folder.path().join("session");
    let run = move || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "memory::kx_22_a_client_in_a_process_of_its_own", "--nocapture"])
            .env(ADDRESS, address)
            .env(SESSION, session)
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = said.lines().find_map(|line| line.split("PLACES ").nth(1));
    let (before, after) = line.and_then(|line| line.split_once(' ')).expect(&said);
    let (before, after): (usize, usize) = (before.parse().unwrap(), after.parse().unwrap());
    assert!(before > 0, "it is not found where it is: {said}");
    assert_eq!(after, 0, "{said}");
}
