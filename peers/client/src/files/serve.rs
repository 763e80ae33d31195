//! The data centre: a world with three bots, one for each client, and the files that they were sent. It tells nobody of updates.

use std::fmt::Write as _;
use std::io::BufRead;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use telewire::crypto::{SeededEntropy, real};
use telewire::net::{Clock, Server};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire_testkit::{Person, World};

use crate::files::process::cpu;
use crate::files::{content, relay};
use crate::serve::{DC, SALT, key};

/// The keys that it knows: each process has one of its own.
pub(crate) const KEYS: u16 = 2_000;

/// By how much answers are delayed, in milliseconds.
pub(crate) const DELAYS: [u64; 2] = [50, 150];

/// Nothing is measured for so long.
const LIFE: Duration = Duration::from_secs(3_600);

pub(crate) async fn run(mebibytes: usize, small: u32) {
    let world = World::new(SeededEntropy::new(1));
    let bots = ["telewire", "grammers", "Telethon"].map(|name| world.bot(name));
    put_files(&world, &bots, mebibytes, small);
    let mut dispatcher = Dispatcher::new();
    world.register(DC, &mut dispatcher);
    let config = exchange::Config::new(DC, vec![embedded_key().unwrap()], real());
    let mut centre = DataCentre::new(config, dispatcher, SeededEntropy::new(2));
    let now = Clock::start().now();
    for number in 0..KEYS {
        centre.add_key(now, key(number), SALT, None);
    }
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), centre).await.unwrap();
    let address = server.local_addr().unwrap();
    let mut line = address.to_string();
    for delay in DELAYS {
        let slow = relay::start(address, Duration::from_millis(delay)).await;
        write!(line, " {slow}").unwrap();
    }
    for bot in &bots {
        write!(line, " {}", bot.token().unwrap()).unwrap();
    }
    println!("{line}");
    // It ends with whoever started it.
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        obey(&world);
        let _ = ended.send(());
    });
    tokio::select! {
        served = server.run() => served.unwrap(),
        _ = end => {}
        () = tokio::time::sleep(LIFE) => {}
    }
}

/// Each bot is sent all of them, in the order of their numbers.
fn put_files(world: &World, bots: &[Person], mebibytes: usize, small: u32) {
    let ada = world.user("Ada");
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let send = |name: &str, bytes: Vec<u8>| {
        let file = world.put_file(DC, name, "application/octet-stream", bytes);
        for bot in bots {
            world.send_file(ada.id(), bot.id(), file, "", unix).unwrap();
        }
    };
    let all = content::large(mebibytes);
    for name in content::LARGE {
        send(name, all[..content::size(name, mebibytes)].to_vec());
    }
    for number in 0..small {
        send(&content::name(number), content::small(number));
    }
}

/// What whoever measures asks for, a line each, until there is nothing more.
fn obey(world: &World) {
    let beginning = world.snapshot();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("cpu", _) => println!("{}", cpu().as_nanos()),
            // The file that was uploaded last, as clients know it.
            ("sha256", id) => {
                let bytes = world.file(id.parse().unwrap()).unwrap();
                println!("{}", hex(&content::sha256(&bytes)));
            }
            // What was uploaded goes.
            ("forget", _) => {
                world.restore(beginning.clone());
                println!("forgotten");
            }
            _ => panic!("what is {line}?"),
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
