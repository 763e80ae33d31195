//! One client's calls per second beside another library's, the time from the start of a process to its first answer, and the
//! memory of a thousand idle clients; all against one embedded data centre in a process of its own, over the loopback
//! interface.
//!
//! ```text
//! cd peers/client && cargo run --release
//! ```
//!
//! Transfers of files are measured by [`files`].

#![allow(clippy::unwrap_used, reason = "a measurement that fails has nothing to tell")]

mod files;
mod first;
mod idle;
mod ours;
mod serve;
mod theirs;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How often each is measured, in turns.
const ROUNDS: usize = 9;

/// The calls of a round, one after the other.
const SEQUENTIAL: usize = 2_000;

/// The calls of a round, so many at a time.
const CONCURRENT: usize = 10_000;
const AT_A_TIME: usize = 64;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => runtime().block_on(measure()),
        ["serve"] => runtime().block_on(serve::run()),
        ["first", address, session] => {
            runtime().block_on(first::run(address.parse().unwrap(), session.as_ref()));
        }
        ["files", rest @ ..] => files::main(rest),
        _ => {
            eprintln!("usage: telewire-peers-client [files]");
            std::process::exit(2);
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn measure() {
    let server = serve::Child::start();
    println!("| what | telewire | grammers-client | ratio |");
    println!("| --- | ---: | ---: | ---: |");
    compare("one after the other", server.address, SEQUENTIAL, 1).await;
    compare("64 at a time", server.address, CONCURRENT, AT_A_TIME).await;
    println!();
    println!("start of the process to the first answer: {:?} (median)", first::measure(&server));
    println!(
        "an idle client: {} KiB of {} clients",
        idle::measure(server.address).await,
        idle::CLIENTS
    );
}

/// Calls a second, which the data centre bounds too; and what the client's own process takes of the processor for a call.
async fn compare(what: &str, server: SocketAddr, calls: usize, at_a_time: usize) {
    let (ours, theirs) =
        (ours::Caller::connect(server).await, theirs::Caller::connect(server).await);
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    let (mut our_cpu, mut their_cpu) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..ROUNDS {
        let (start, before) = (Instant::now(), cpu());
        ours.call(calls, at_a_time).await;
        our_times.push(start.elapsed());
        our_cpu += cpu() - before;
        let (start, before) = (Instant::now(), cpu());
        theirs.call(calls, at_a_time).await;
        their_times.push(start.elapsed());
        their_cpu += cpu() - before;
    }
    let rate = |times: &mut Vec<Duration>| calls as f64 / median(times).as_secs_f64();
    let (ours, theirs) = (rate(&mut our_times), rate(&mut their_times));
    println!("| calls a second, {what} | {ours:.0} | {theirs:.0} | {:.2} |", ours / theirs);
    let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / (calls * ROUNDS) as f64;
    let (ours, theirs) = (each(our_cpu), each(their_cpu));
    println!(
        "| processor time of a call, {what} | {ours:.1} µs | {theirs:.1} µs | {:.2} |",
        ours / theirs
    );
}

/// What this process has taken of the processor.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
