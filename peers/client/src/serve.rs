//! The data centre, in a process of its own so that its work is nobody's.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use telewire::crypto::{AuthKey, SeededEntropy, real};
use telewire::ids::{DcId, Salt};
use telewire::net::{Clock, Server};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::tl::api::functions::help::GetNearestDc;
use telewire::tl::api::types::NearestDc;
use telewire_testkit::World;

pub(crate) const DC: DcId = DcId::production(2);
pub(crate) const SALT: Salt = Salt(1);

/// The keys that the data centre knows, one for each client, so that none has to exchange one.
pub(crate) fn key(number: u16) -> AuthKey {
    let mut bytes = [7; 256];
    bytes[..2].copy_from_slice(&number.to_le_bytes());
    AuthKey::from_bytes(bytes)
}

/// The number of the other library's key; ours come before.
pub(crate) const THEIRS: u16 = 2_000;

pub(crate) async fn run() {
    let mut dispatcher = Dispatcher::new();
    World::new(SeededEntropy::new(1)).register(DC, &mut dispatcher);
    dispatcher.on(|_, GetNearestDc| {
        Ok(NearestDc { country: "XX".to_owned(), this_dc: 2, nearest_dc: 2 })
    });
    let config = exchange::Config::new(DC, vec![embedded_key().unwrap()], real());
    let mut centre = DataCentre::new(config, dispatcher, SeededEntropy::new(2));
    let now = Clock::start().now();
    for number in 0..=THEIRS {
        centre.add_key(now, key(number), SALT, None);
    }
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), centre).await.unwrap();
    println!("{}", server.local_addr().unwrap());
    // It ends with whoever started it.
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        let _ = ended.send(());
    });
    tokio::select! {
        served = server.run() => served.unwrap(),
        _ = end => {}
        () = tokio::time::sleep(Duration::from_secs(3_600)) => {}
    }
}

/// The process.
pub(crate) struct Child {
    process: std::process::Child,
    pub(crate) address: SocketAddr,
}

impl Child {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut process =
            command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { process, address: line.trim().parse().unwrap() }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
