//! `telewire serve`: the embedded data centre for other programs.

mod approve;
mod args;
mod census;
mod key;
mod kinds;
mod log;
mod tell;
mod world;

use std::future::Future;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use telewire::crypto::real;
use telewire::framing::mtproxy::ProxySecret;
use telewire::ids::DcId;
use telewire::net::{Front, OsEntropy, Refusals, Server, SharedDc};
use telewire::server::{DataCentre, Dispatcher, Strictness, exchange};
use telewire_testkit::World;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::date;
use crate::failure::Failure;
pub(crate) use args::Args;
use census::Census;
use key::Key;
use log::Log;
use tell::Teller;

/// How often it is looked whether something happened: no user notices a tenth of a second.
const LOOK: Duration = Duration::from_millis(100);

/// A data centre that listens.
struct Served {
    dc: DcId,
    data_centre: SharedDc,
    /// Whom it refuses.
    refusals: Refusals,
    /// Where it listens.
    bound: SocketAddr,
    /// Where it can be dialled.
    place: SocketAddr,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    if args.example_world {
        io::stdout().write_all(world::EXAMPLE.as_bytes())?;
        return Ok(());
    }
    let front = front(args)?;
    let places = args.places()?;
    let people = People::new(args)?;
    let key = Key::open(args.key.as_deref())?;
    let runtime = super::runtime()?;
    let result = runtime.block_on(serve(args, &places, &people, &key, front));
    runtime.shutdown_background();
    result
}

/// The ways in besides the plain ones.
fn front(args: &Args) -> Result<Front, Failure> {
    let mut front = Front::default();
    front.fallback = args.fallback;
    for secret in &args.mtproxy {
        // What is wrong is said without the secret.
        let secret: Result<ProxySecret, _> = secret.0.parse();
        front.secrets.push(secret.map_err(|error| Failure::Input(format!("--mtproxy: {error}")))?);
    }
    Ok(front)
}

/// The accounts that the options name.
struct People {
    accounts: World,
    /// The first person.
    first: Option<i64>,
}

impl People {
    fn new(args: &Args) -> Result<Self, Failure> {
        let accounts = World::new(entropy()?);
        let mut census = Census::new(&accounts);
        let mut first = None;
        if let Some(path) = &args.world {
            let unix = Duration::from_secs(date::now().unsigned_abs());
            first = world::File::read(path)?.fill(args, &mut census, unix)?;
        }
        for user in &args.user {
            let home = args.home("--user", user.home)?;
            let id = census.person("--user", home, &user.phone, "Somebody")?;
            if let Some(password) = &user.password {
                accounts.set_password(id, password, "");
            }
            first = first.or(Some(id));
        }
        for bot in &args.bot {
            census.bot("--bot", args.home("--bot", bot.home)?, &bot.token, "A bot")?;
        }
        if !args.code.is_empty() {
            accounts.set_code_kinds(&args.code);
        }
        Ok(Self { accounts, first })
    }
}

async fn serve(
    args: &Args,
    places: &[(DcId, SocketAddr)],
    people: &People,
    key: &Key,
    front: Front,
) -> Result<(), Failure> {
    // From here on, a signal ends it in order.
    let mut signals = pin!(signals()?);
    let accounts = &people.accounts;
    let (mut all, mut servers) = (Vec::new(), JoinSet::new());
    for (dc, address) in places {
        let unheard = |error| Failure::Run(format!("cannot listen on {address}: {error}"));
        let server = Server::bind(*address, data_centre(args, *dc, accounts, key)?).await;
        let server = server.and_then(|server| server.with_front(front.clone())).map_err(unheard)?;
        // Which port it gets is known only after it listens.
        let bound = server.local_addr().map_err(unheard)?;
        let place = reachable(bound);
        accounts.set_address(*dc, place);
        let (data_centre, refusals) = (server.data_centre(), server.refusals());
        all.push(Served { dc: *dc, data_centre, refusals, bound, place });
        servers.spawn(server.run());
    }
    let log = Log::start(args.json);
    let mut teller = Teller::new(log, args.json);
    teller.introduce(&tell::introduce(args, key, &all, &front.secrets), &all);
    // What waits for clients is handed out at once, and what is scheduled when its time has come.
    let data_centres = all.iter().map(|served| (served.dc, served.data_centre.clone())).collect();
    let mut handing = pin!(accounts.clone().hand_out(data_centres));
    let mut lines = args.approve.then(approve::lines);
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            ended = servers.join_next() => {
                let why = match ended {
                    Some(Ok(Err(error))) => error.to_string(),
                    _ => "it ended".to_owned(),
                };
                return Err(Failure::Run(format!("a server failed: {why}")));
            }
            () = &mut signals => {
                teller.finish(&all, accounts);
                return Ok(());
            }
            line = next_line(&mut lines) => {
                let unix = all.first().map(|dc| dc.data_centre.now().unix).unwrap_or_default();
                if let Some(said) = approve::approve(accounts, people.first, &line, unix) {
                    teller.event(&said, None);
                }
            }
            () = &mut handing => {}
            _ = look.tick() => teller.events(&all, accounts),
        }
    }
}

/// The next line of standard input, if it is read.
async fn next_line(lines: &mut Option<mpsc::Receiver<String>>) -> String {
    if let Some(receiver) = lines
        && let Some(line) = receiver.recv().await
    {
        return line;
    }
    // There will be no other.
    *lines = None;
    std::future::pending().await
}

fn data_centre(args: &Args, dc: DcId, accounts: &World, key: &Key) -> Result<DataCentre, Failure> {
    let mut config = exchange::Config::new(dc, key.keys.clone(), real());
    config.strictness = if args.strict { Strictness::Strict } else { Strictness::Lenient };
    let mut dispatcher = Dispatcher::new();
    accounts.register(dc, &mut dispatcher);
    Ok(DataCentre::new(config, dispatcher, entropy()?))
}

fn entropy() -> Result<OsEntropy, Failure> {
    OsEntropy::new().map_err(|error| Failure::Run(format!("there is no randomness: {error}")))
}

/// An address that a client on this machine can dial.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Ends when somebody wants the program to end.
#[cfg(unix)]
fn signals() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::Run(format!("signals cannot be heard: {error}")))
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when somebody wants the program to end.
#[cfg(not(unix))]
fn signals() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_every_interface_is_dialled_on_loopback() {
        for (address, shown) in [
            ("0.0.0.0:1", "127.0.0.1:1"),
            ("[::]:1", "[::1]:1"),
            ("127.0.0.1:1", "127.0.0.1:1"),
            ("192.0.2.7:1", "192.0.2.7:1"),
        ] {
            assert_eq!(reachable(address.parse().unwrap()), shown.parse().unwrap());
        }
    }
}
