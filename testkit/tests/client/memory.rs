//! The key is at no place of memory once the client is closed, and the store; but for SQLite's own pages, which it does not wipe.
//!
//! The data centre has the key too, so that the client is in a process of its own: this test's program, run again for that one test.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::Command;

use base64ct::{Base64UrlUnpadded, Encoding};
use telewire::client::Client;
#[cfg(feature = "sqlite")]
use telewire::client::store::SqliteStore;
use telewire::client::store::string::{pyrogram, telethon, to_text};
use telewire::client::store::{Change, FileStore, MemoryStore, Snapshot, Store, StringStore};
use telewire::connection::Pfs;
use telewire::server::embedded_key;
use zeroize::{Zeroize, Zeroizing};

use crate::support::{API_HASH, Served, TWO, patient, world};

/// Tells the other process what it does, where the data centre is, and where the session is kept.
const ACT: &str = "TELEWIRE_MEMORY_ACT";
const KIND: &str = "TELEWIRE_MEMORY_KIND";
const ADDRESS: &str = "TELEWIRE_MEMORY_ADDRESS";
const SESSION: &str = "TELEWIRE_MEMORY_SESSION";

/// How much of a key is looked for: what AES is given of it at once is no more than this.
const PART: usize = 64;

/// So that what is looked for is no copy of it.
const MASK: u8 = 0x5a;

/// Parts of a key, masked, as its bytes stand on the wire and as numbers in memory have them; or of a text that has it.
fn masked_parts(key: &[u8]) -> Vec<Vec<u8>> {
    let forward = (0..key.len() - PART)
        .step_by(16)
        .map(|at| key[at..at + PART].iter().map(|byte| byte ^ MASK).collect::<Vec<u8>>());
    let forward: Vec<_> = forward.collect();
    let backward = forward.iter().map(|part| part.iter().rev().copied().collect());
    let backward: Vec<_> = backward.collect();
    let parts = [forward, backward].concat();
    let zeros = [MASK; ZEROS_IN_A_PART];
    assert!(!parts.iter().any(|part| part.windows(zeros.len()).any(|bytes| bytes == zeros)));
    parts
}

/// At how many places of this process's memory one of the parts stands.
///
/// What is read is neither masked nor copied: masked twice, what is looked for would be plain.
fn places(parts: &[Vec<u8>]) -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut buffer = vec![0; 1 << 20];
    let from = buffer.as_ptr() as u64;
    let own = from..from + buffer.len() as u64;
    let begins = Begins::of(parts);
    let mut count = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        let (mut at, to) = (number(from), number(to));
        while at < to {
            // Not the buffer: what was read into it would be read once more.
            if own.contains(&at) {
                at = own.end;
                continue;
            }
            let end = if at < own.start { to.min(own.start) } else { to };
            let length = buffer.len().min((end - at) as usize);
            memory.seek(SeekFrom::Start(at)).unwrap();
            let Ok(read) = memory.read(&mut buffer[..length]) else { break };
            let found = occurrences(&buffer[..read], &begins);
            if found > 0 {
                println!("at {at:x} of {line}: {found}");
            }
            count += found;
            // What begins at the end of this is read again.
            let is_last = read < PART || at + read as u64 == end;
            at = if is_last { end } else { at + (read - (PART - 1)) as u64 };
        }
    }
    buffer.zeroize();
    count
}

/// Parts, by their first two bytes without the mask.
struct Begins<'a>(Vec<Vec<&'a [u8]>>);

impl<'a> Begins<'a> {
    fn of(parts: &'a [Vec<u8>]) -> Self {
        let mut begins = vec![Vec::new(); 1 << 16];
        for part in parts {
            begins[Self::place(part[0] ^ MASK, part[1] ^ MASK)].push(&part[..]);
        }
        Self(begins)
    }

    fn place(first: u8, second: u8) -> usize {
        usize::from(first) << 8 | usize::from(second)
    }
}

/// Most of the memory is zeros. No part has so many in a row.
const ZEROS: [u8; 1024] = [0; 1024];
const ZEROS_IN_A_PART: usize = 16;

fn occurrences(bytes: &[u8], begins: &Begins<'_>) -> usize {
    let is_at =
        |at: usize, part: &[u8]| (0..PART).all(|next| bytes[at + next] ^ MASK == part[next]);
    let (mut count, mut at) = (0, 0);
    while at + PART <= bytes.len() {
        if bytes[at..].starts_with(&ZEROS) {
            at += ZEROS.len() - ZEROS_IN_A_PART;
            continue;
        }
        let parts = begins.0[Begins::place(bytes[at], bytes[at + 1])].iter();
        count += parts.filter(|part| is_at(at, part)).count();
        at += 1;
    }
    count
}

/// What the other process does with a store.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    /// Logs in, with a key that is made.
    LogIn,
    LogInWithPfs,
    /// Goes on with a session that is there.
    GoOn,
    GoOnWithPfs,
    /// Has the store alone, without a client: it is opened, read, written and dropped.
    Keep,
}

const ACTS: [Act; 5] = [Act::LogIn, Act::LogInWithPfs, Act::GoOn, Act::GoOnWithPfs, Act::Keep];

/// Where the session is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    File,
    /// In memory, from a file that was looked at.
    Memory,
    Text,
    Telethon,
    Pyrogram,
    #[cfg(feature = "sqlite")]
    Sqlite,
}

const KINDS: &[Kind] = &[
    Kind::File,
    Kind::Memory,
    Kind::Text,
    Kind::Telethon,
    Kind::Pyrogram,
    #[cfg(feature = "sqlite")]
    Kind::Sqlite,
];

impl Kind {
    /// The text that the session comes from.
    fn text(self) -> Option<&'static str> {
        match self {
            Kind::Text => Some("text"),
            Kind::Telethon => Some("telethon"),
            Kind::Pyrogram => Some("pyrogram"),
            _ => None,
        }
    }

    fn open(self, act: Act, folder: &Path) -> Box<dyn Store> {
        let is_new = matches!(act, Act::LogIn | Act::LogInWithPfs);
        let text = self.text().filter(|_| !is_new).map(|name| read(&folder.join(name)));
        let text = text.as_ref().map_or("", |text| text.as_str());
        match self {
            Kind::File => Box::new(FileStore::open(folder.join("file")).unwrap()),
            Kind::Memory if !is_new => {
                Box::new(MemoryStore::from(FileStore::read(folder.join("file")).unwrap()))
            }
            Kind::Memory => Box::new(MemoryStore::new()),
            Kind::Telethon if !is_new => {
                Box::new(StringStore::from(telethon::import(text).unwrap()))
            }
            Kind::Pyrogram if !is_new => {
                Box::new(StringStore::from(pyrogram::import(text).unwrap()))
            }
            Kind::Text | Kind::Telethon | Kind::Pyrogram => {
                Box::new(StringStore::new(text).unwrap())
            }
            #[cfg(feature = "sqlite")]
            Kind::Sqlite => Box::new(SqliteStore::open(folder.join("sqlite")).unwrap()),
        }
    }

    /// Whether all places were the store's and the client's, so that there is none afterwards.
    fn wipes(self) -> bool {
        match self {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite => false,
            _ => true,
        }
    }

    /// Puts a session where [`open`](Self::open) finds it.
    fn put(self, snapshot: &Snapshot, folder: &Path) {
        let key = &snapshot.key(TWO).unwrap().auth_key;
        let bytes = [&[2, 0, 0, 0, 1, 0], &key.expose()[..], &[0, 0, 0, 0, 0, 0, 3, 9], &[1]];
        let write = |name, text: &str| std::fs::write(folder.join(name), text).unwrap();
        match self {
            Kind::Text => write("text", &to_text(snapshot)),
            Kind::Telethon => write("telethon", &telethon::export(snapshot, None).unwrap()),
            Kind::Pyrogram => {
                write("pyrogram", &Base64UrlUnpadded::encode_string(&bytes.concat()));
            }
            Kind::File | Kind::Memory => fill(FileStore::open(folder.join("file")), snapshot),
            #[cfg(feature = "sqlite")]
            Kind::Sqlite => fill(SqliteStore::open(folder.join("sqlite")), snapshot),
        }
    }
}

fn fill<E: std::fmt::Debug>(store: Result<impl Store, E>, snapshot: &Snapshot) {
    let key = Box::new(snapshot.key(TWO).unwrap().clone());
    let login = Change::Authorized { dc: TWO, is_authorized: true };
    let changes = [Change::Home(TWO), Change::Key { dc: TWO, key }, login];
    store.unwrap().apply(&changes).unwrap();
}

/// A file's text, which is wiped when dropped.
fn read(path: &Path) -> Zeroizing<String> {
    let mut file = std::fs::File::open(path).unwrap();
    let length = file.metadata().unwrap().len() as usize;
    let mut bytes = Zeroizing::new(vec![0; length]);
    file.read_exact(&mut bytes).unwrap();
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *bytes)).unwrap())
}

/// What the other process does; nothing, where there is none.
#[tokio::test(flavor = "multi_thread")]
async fn kx_22_a_client_in_a_process_of_its_own() {
    let told = |name| std::env::var(name).ok();
    let (Some(act), Some(kind), Some(address), Some(folder)) =
        (told(ACT), told(KIND), told(ADDRESS), told(SESSION))
    else {
        return;
    };
    let act = *ACTS.iter().find(|other| format!("{other:?}") == act).unwrap();
    let kind = *KINDS.iter().find(|other| format!("{other:?}") == kind).unwrap();
    let folder = Path::new(&folder);
    let text = kind.text().filter(|_| matches!(act, Act::GoOn | Act::GoOnWithPfs | Act::Keep));
    let text = text.map(|name| masked_parts(read(&folder.join(name)).as_bytes()));
    let mut store = kind.open(act, folder);
    let parts_of = |snapshot: &Snapshot| {
        let key = masked_parts(snapshot.key(TWO).unwrap().auth_key.expose());
        [key, text.clone().unwrap_or_default()].concat()
    };
    let (before, parts) = if act == Act::Keep {
        let snapshot = store.load().unwrap();
        store.apply(&[Change::Addresses { dc: TWO, addresses: Vec::new() }]).unwrap();
        let parts = parts_of(&snapshot);
        let before = places(&parts);
        drop((store, snapshot));
        (before, parts)
    } else {
        let mut builder = Client::builder(1, API_HASH)
            .store(store)
            .home(TWO)
            .address(TWO, address.parse().unwrap())
            .keys(vec![embedded_key().unwrap().public().clone()]);
        if matches!(act, Act::LogInWithPfs | Act::GoOnWithPfs) {
            builder = builder.pfs(Pfs::default());
        }
        let client = builder.build().await.unwrap();
        match act {
            Act::LogIn | Act::LogInWithPfs => {
                patient(client.log_in_bot("777:abc")).await.unwrap();
            }
            _ => assert!(client.is_logged_in()),
        }
        patient(client.me()).await.unwrap();
        patient(client.refresh_config()).await.unwrap();
        let parts = parts_of(&client.snapshot());
        let before = places(&parts);
        patient(client.close()).await;
        // Whoever still has it has no key.
        assert!(client.is_logged_in() && client.snapshot().key(TWO).is_none());
        (before, parts)
    };
    println!("PLACES {before} {}", places(&parts));
}

/// At how many places the key was before and after, in a process that does one thing with one store.
async fn run(world: &Served, act: Act, kind: Kind, folder: &Path) -> (usize, usize) {
    let (address, folder) = (world.address(TWO).to_string(), folder.to_owned());
    let run = move || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "memory::kx_22_a_client_in_a_process_of_its_own", "--nocapture"])
            .env(ACT, format!("{act:?}"))
            .env(KIND, format!("{kind:?}"))
            .env(ADDRESS, address)
            .env(SESSION, folder)
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = said.lines().find_map(|line| line.split("PLACES ").nth(1));
    println!("{kind:?} {act:?}: {said}");
    let (before, after) = line.and_then(|line| line.split_once(' ')).expect(&said);
    (before.parse().unwrap(), after.parse().unwrap())
}

/// Every store, and all that is done with one.
#[tokio::test]
async fn kx_22_the_key_is_nowhere_in_memory_after_closing() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = world.client().await;
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let mut wrong = Vec::new();
    for kind in KINDS {
        for act in ACTS {
            let folder = tempfile::tempdir().unwrap();
            if !matches!(act, Act::LogIn | Act::LogInWithPfs) || *kind == Kind::Memory {
                kind.put(&client.snapshot(), folder.path());
            }
            let (before, after) = run(&world, act, *kind, folder.path()).await;
            let is_gone = if kind.wipes() { after == 0 } else { after < before };
            if before == 0 || !is_gone {
                wrong.push((*kind, act, before, after));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
