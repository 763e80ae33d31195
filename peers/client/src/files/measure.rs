//! The rounds: each has all rows, one after the other, and the cipher.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::files::content::{self, LARGE};
use crate::files::process::{CLIENT_CORE, DC_CORE, Other, connections};
use crate::files::rows::{ROWS, Row, Who};
use crate::files::serve::hex;

/// Rounds in which answers are delayed: they take long, and differ little.
const LATE_ROUNDS: usize = 3;

pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) mebibytes: usize,
    pub(crate) small: u32,
    /// Only rows with this in their ids.
    only: String,
    pub(crate) writes: bool,
}

impl Plan {
    pub(crate) fn read(words: &[&str]) -> Option<Self> {
        let mut plan =
            Self { rounds: 5, mebibytes: 256, small: 10_000, only: String::new(), writes: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--write" => plan.writes = true,
                "--rounds" => plan.rounds = words.next()?.parse().ok()?,
                "--mib" => plan.mebibytes = words.next()?.parse().ok()?,
                "--small" => plan.small = words.next()?.parse().ok()?,
                "--only" => plan.only = (*words.next()?).to_owned(),
                _ => return None,
            }
        }
        let is_whole = plan.mebibytes == 256 && plan.small == 10_000 && plan.only.is_empty();
        // Smaller files are not sent as big ones.
        let is_right = plan.rounds > 0 && plan.mebibytes > 10 && plan.small > 0;
        (is_right && (is_whole || !plan.writes)).then_some(plan)
    }
}

/// What a piece of work took.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) seconds: f64,
    pub(crate) cpu: f64,
    /// Mebibytes at the peak, above what the idle client has.
    pub(crate) peak: f64,
    pub(crate) connections: usize,
    /// Seconds of the data centre's core.
    pub(crate) dc: f64,
    pub(crate) bytes: f64,
    pub(crate) files: f64,
    /// Seconds of a core for a byte, of the cipher in the direction of this row, in its round.
    pub(crate) cipher: f64,
}

#[derive(Default)]
pub(crate) struct Measured {
    /// By the ids of rows.
    pub(crate) samples: BTreeMap<&'static str, Vec<Sample>>,
    /// Bytes a second that are sealed and opened.
    pub(crate) cipher: Vec<[f64; 2]>,
    pub(crate) took: Duration,
}

impl Measured {
    /// The median of what the rounds gave.
    pub(crate) fn of(&self, id: &str, what: impl Fn(&Sample) -> f64) -> Option<f64> {
        median(self.samples.get(id)?.iter().map(what).collect())
    }

    /// The median of the rounds' ratios.
    pub(crate) fn ratio(&self, ids: [&str; 2], what: impl Fn(&Sample) -> f64) -> Option<f64> {
        let [ours, theirs] = [self.samples.get(ids[0])?, self.samples.get(ids[1])?];
        median(ours.iter().zip(theirs).map(|(a, b)| what(a) / what(b)).collect())
    }
}

pub(crate) fn median(mut all: Vec<f64>) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}

/// A folder in memory that goes with this.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Bench<'a> {
    plan: &'a Plan,
    folder: Folder,
    dc: Other,
    addresses: Vec<SocketAddr>,
    tokens: Vec<String>,
    python: Option<PathBuf>,
    /// What the large files are to be, and the small ones.
    sha256: BTreeMap<String, String>,
    next_key: u16,
}

pub(crate) fn run(plan: &Plan) -> Measured {
    let start = Instant::now();
    let mut bench = Bench::start(plan);
    let mut measured = Measured::default();
    for round in 0..plan.rounds {
        let words = Other::own(CLIENT_CORE, &["cipher".to_owned()]).hear();
        let [seal, open] = [0, 1].map(|which| words[which].parse::<f64>().unwrap() / 1e9);
        measured.cipher.push([1.0 / seal, 1.0 / open]);
        for row in ROWS.iter().filter(|row| row.id.contains(&plan.only)) {
            if row.delay.is_some() && round >= LATE_ROUNDS {
                continue;
            }
            let cipher = if row.verb == "up" { seal } else { open };
            if let Some(sample) = bench.run(row, cipher) {
                eprintln!(
                    "{round} {:<22} {:>7.3} s, cpu {:.3} s, data centre {:.3} s, {:.1} MiB, {} connections",
                    row.id, sample.seconds, sample.cpu, sample.dc, sample.peak, sample.connections
                );
                measured.samples.entry(row.id).or_default().push(sample);
            }
        }
    }
    measured.took = start.elapsed();
    measured
}

impl<'a> Bench<'a> {
    fn start(plan: &'a Plan) -> Self {
        let name = format!("telewire-files-{}", std::process::id());
        let folder = Folder(Path::new("/dev/shm").join(name));
        content::lay(&folder.0.join("in"), plan.mebibytes, plan.small);
        let mut sha256 = BTreeMap::new();
        for entry in std::fs::read_dir(folder.0.join("in")).unwrap() {
            let path = entry.unwrap().path();
            sha256.insert(file_name(&path), hash(&path));
        }
        let words = ["serve".to_owned(), plan.mebibytes.to_string(), plan.small.to_string()];
        let mut dc = Other::own(DC_CORE, &words);
        let words = dc.hear();
        let addresses = words[..3].iter().map(|address| address.parse().unwrap()).collect();
        let tokens = words[3..].to_vec();
        Self { plan, folder, dc, addresses, tokens, python: python(), sha256, next_key: 0 }
    }

    /// One piece of work in a new process. `None` when there is no such client here.
    fn run(&mut self, row: &Row, cipher: f64) -> Option<Sample> {
        for name in ["out", "warm"] {
            let folder = self.folder.0.join(name);
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).unwrap();
        }
        let server = self.addresses[row.delay.map_or(0, |delay| delay + 1)];
        let mut client = self.client(row, server)?;
        let ready = client.hear();
        let batches: usize = ready[1].parse().unwrap();
        let bytes = match row.is_small() {
            true => self.plan.small as usize * content::SMALL,
            false => content::size(row.what, self.plan.mebibytes),
        };
        let files = if row.is_small() { f64::from(self.plan.small) } else { 1.0 };
        let mut sample = Sample {
            seconds: 0.0,
            cpu: 0.0,
            peak: 0.0,
            connections: 0,
            dc: 0.0,
            bytes: bytes as f64,
            files,
            cipher,
        };
        let mut checked = 0;
        for _ in 0..batches {
            let dc = self.dc.number("cpu");
            let done = client.ask("go");
            sample.dc += (self.dc.number("cpu") - dc) as f64 / 1e9;
            sample.connections = sample.connections.max(connections(server));
            let [seconds, cpu, peak] = [1, 2, 3].map(|which| done[which].parse::<f64>().unwrap());
            sample.seconds += seconds / 1e9;
            sample.cpu += cpu / 1e9;
            sample.peak = sample.peak.max(peak / 1024.0);
            client.say("check");
            loop {
                let line = client.hear();
                let [file, id, rest @ ..] = line.as_slice() else { break };
                assert_eq!(file, "file");
                let name = rest.first().map_or(row.what.to_owned(), |n| small_name(n));
                let sent = self.dc.ask(&format!("sha256 {id}"));
                assert_eq!(sent[0], self.sha256[&name], "{}: other bytes were sent", row.id);
                checked += 1;
            }
        }
        drop(client);
        self.dc.ask("forget");
        if row.verb != "up" {
            checked = self.check_out(row);
        }
        assert_eq!(checked, files as usize, "{}: files are missing", row.id);
        Some(sample)
    }

    /// What came is what was sent: how many files.
    fn check_out(&self, row: &Row) -> usize {
        let entries = std::fs::read_dir(self.folder.0.join("out")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let came = paths.filter(|path| LARGE[1] != file_name(path));
        came.map(|path| {
            assert_eq!(hash(&path), self.sha256[&file_name(&path)], "{}: other bytes came", row.id);
        })
        .count()
    }

    fn client(&mut self, row: &Row, server: SocketAddr) -> Option<Other> {
        let (who, which) = match row.who {
            Who::Telewire => ("telewire", 0),
            Who::Grammers => ("grammers", 1),
            Who::Telethon => ("Telethon", 2),
        };
        let what = match row.is_small() {
            true => self.plan.small.to_string(),
            false => row.what.to_owned(),
        };
        let (key, token) = (self.next_key.to_string(), self.tokens[which].clone());
        self.next_key += 1;
        let folder = self.folder.0.to_str().unwrap().to_owned();
        let task =
            [server.to_string(), key, token, folder, row.verb.into(), what, row.option.into()];
        if row.who == Who::Telethon {
            let program =
                concat!(env!("CARGO_MANIFEST_DIR"), "/src/files/telethon_client.py").to_owned();
            let words: Vec<String> = std::iter::once(program).chain(task).collect();
            return Some(Other::start(CLIENT_CORE, self.python.as_deref()?, &words));
        }
        let words = ["client".to_owned(), who.to_owned()].into_iter().chain(task);
        Some(Other::own(CLIENT_CORE, &words.collect::<Vec<_>>()))
    }
}

fn small_name(number: &str) -> String {
    content::name(number.parse().unwrap())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn hash(path: &Path) -> String {
    hex(&content::sha256(&std::fs::read(path).unwrap()))
}

/// A Python that has Telethon and cryptg, of these versions.
fn python() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/target/telethon"));
    let program = folder.join("bin/python");
    let is_done = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    let has_all = "import telethon, cryptg; assert telethon.__version__ == '1.45.0'";
    if is_done(Command::new(&program).args(["-c", has_all])) {
        return Some(program);
    }
    let is_made = is_done(Command::new("python3").args(["-m", "venv"]).arg(folder))
        && is_done(
            Command::new(&program)
                .args(["-m", "pip", "install", "-q"])
                .args(["telethon==1.45.0", "cryptg==0.6.0"]),
        );
    if !is_made {
        eprintln!("Telethon and cryptg cannot be installed: its rows are left out");
    }
    is_made.then_some(program)
}
