//! A client's process: it does one piece of work when it is told to, and tells what that took.
//!
//! ```text
//!  ready BATCHES                      connected, logged in, the files' messages at hand, connections open
//!     go    ──>  done NANOSECONDS CPU KIBIBYTES     for each batch; memory is the peak above that of the idle client
//!     check ──>  file ID …, end                     what was uploaded, as documents
//! ```

use std::io::BufRead;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::stream::{StreamExt, iter};

use crate::files::content::{LARGE, SMALL, name};
use crate::files::process::{cpu, memory};
use crate::files::task::Task;

/// Small files that are under way at the same time, of whatever client.
pub(crate) const AT_A_TIME: usize = 16;

/// Small files after whose upload they are looked at: servers keep parts of so many.
pub(crate) const BATCH: u32 = 200;

/// An application's credentials: any will do.
pub(crate) const API_HASH: &str = "0123456789abcdef0123456789abcdef";

/// No piece of work takes so long.
const PATIENCE: Duration = Duration::from_secs(600);

/// A library's client.
pub(crate) trait Peer: Sized {
    type Document;
    type Uploaded;
    /// Connected, with its key, and logged in.
    async fn connect(task: &Task) -> Self;
    /// The documents of messages.
    async fn documents(&self, ids: &[i32]) -> Vec<Self::Document>;
    /// Into a file.
    async fn down(&self, document: &Self::Document, path: &Path);
    /// Into memory, one piece after the other.
    async fn read(&self, document: &Self::Document, into: &mut Vec<u8>);
    /// From a file.
    async fn up(&self, path: &Path) -> Self::Uploaded;
    /// Has it become a document, and gives its number.
    async fn keep(&self, uploaded: Self::Uploaded) -> i64;
}

pub(crate) async fn run<P: Peer>(task: &Task) {
    let work = async {
        match task.what.parse() {
            Ok(count) => small::<P>(task, count).await,
            Err(_) => large::<P>(task).await,
        }
    };
    tokio::time::timeout(PATIENCE, work).await.expect("it takes too long");
}

async fn large<P: Peer>(task: &Task) {
    let peer = P::connect(task).await;
    let ids = [task.what.as_str(), "warm"]
        .map(|one| LARGE.iter().position(|name| *name == one).unwrap() as i32 + 1);
    let documents = peer.documents(&ids).await;
    // What is read into was there before.
    let size = std::fs::metadata(task.source(&task.what)).unwrap().len() as usize;
    let mut buffer = if task.verb == "read" { vec![1; size] } else { Vec::new() };
    buffer.clear();
    let idle = memory("VmRSS");
    match task.verb.as_str() {
        "down" => peer.down(&documents[1], &task.target("warm")).await,
        "read" => peer.read(&documents[1], &mut buffer).await,
        _ => drop(peer.up(&task.source("warm")).await),
    }
    buffer.clear();
    println!("ready 1");
    let (target, source) = (task.target(&task.what), task.source(&task.what));
    let mut uploaded = None;
    expect("go");
    let timer = Timer::start(idle);
    match task.verb.as_str() {
        "down" => peer.down(&documents[0], &target).await,
        "read" => peer.read(&documents[0], &mut buffer).await,
        _ => uploaded = Some(peer.up(&source).await),
    }
    timer.done();
    expect("check");
    if task.verb == "read" {
        std::fs::write(target, &buffer).unwrap();
    }
    if let Some(uploaded) = uploaded {
        println!("file {}", peer.keep(uploaded).await);
    }
    println!("end");
}

async fn small<P: Peer>(task: &Task, count: u32) {
    let peer = &P::connect(task).await;
    let first = LARGE.len() as i32 + 1;
    let all: Vec<i32> = (first..first + count as i32).collect();
    let is_up = task.verb == "up";
    let mut documents = Vec::new();
    for ids in all.chunks(100).take(if is_up { 0 } else { usize::MAX }) {
        documents.extend(peer.documents(ids).await);
    }
    let documents = &documents;
    let idle = memory("VmRSS");
    // So that connections are open.
    for number in 0..(2 * AT_A_TIME as u32).min(count) {
        match documents.get(number as usize) {
            Some(document) => {
                peer.down(document, &task.folder.join("warm").join(name(number))).await
            }
            None => drop(peer.up(&task.source(&name(number))).await),
        }
    }
    let batch = if is_up { BATCH } else { count };
    println!("ready {}", count.div_ceil(batch));
    for start in (0..count).step_by(batch as usize) {
        let numbers = start..(start + batch).min(count);
        expect("go");
        let timer = Timer::start(idle);
        let (mut uploaded, mut came) = (Vec::new(), Vec::new());
        match task.verb.as_str() {
            "down" => {
                let each = async |number: u32| {
                    peer.down(&documents[number as usize], &task.target(&name(number))).await;
                };
                iter(numbers).map(each).buffer_unordered(AT_A_TIME).collect::<Vec<()>>().await;
            }
            "read" => {
                let each = async |number: u32| {
                    let mut bytes = Vec::with_capacity(SMALL);
                    peer.read(&documents[number as usize], &mut bytes).await;
                    (bytes, number)
                };
                came = iter(numbers).map(each).buffer_unordered(AT_A_TIME).collect().await;
            }
            _ => {
                let each = async |number: u32| (peer.up(&task.source(&name(number))).await, number);
                uploaded = iter(numbers).map(each).buffer_unordered(AT_A_TIME).collect().await;
            }
        }
        timer.done();
        expect("check");
        for (bytes, number) in came {
            std::fs::write(task.target(&name(number)), bytes).unwrap();
        }
        let each = async |(one, number)| (peer.keep(one).await, number);
        let kept: Vec<_> = iter(uploaded).map(each).buffer_unordered(AT_A_TIME).collect().await;
        for (id, number) in kept {
            println!("file {id} {number}");
        }
        println!("end");
    }
}

struct Timer {
    start: Instant,
    cpu: Duration,
    idle: u64,
}

impl Timer {
    fn start(idle: u64) -> Self {
        Self { start: Instant::now(), cpu: cpu(), idle }
    }

    fn done(self) {
        let (passed, cpu) = (self.start.elapsed(), cpu() - self.cpu);
        let peak = memory("VmHWM").saturating_sub(self.idle);
        println!("done {} {} {peak}", passed.as_nanos(), cpu.as_nanos());
    }
}

/// Waits for a word.
fn expect(word: &str) {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).unwrap();
    assert_eq!(line.trim(), word);
}
