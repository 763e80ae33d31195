//! Transfers against servers with all faults, on virtual time, by seeds. Whatever happens, a file is equal or there is an error and
//! a partial file that is gone on with; memory is bounded; no byte of another file is written.

use std::ops::Range;

use super::server::{Dice, Faults, Servers};
use super::*;
use crate::files::journal::Kept;
use crate::files::references::{Origin, Source};

/// A program that transfers some files, is killed now and then, and begins again with what it kept.
struct Program {
    dice: Dice,
    servers: Servers,
    rig: Rig,
    /// Answers under way: when they come, and to what.
    coming: Vec<(Duration, Outgoing, Reply)>,
    downloads: BTreeMap<i64, Download>,
    uploads: BTreeMap<usize, Upload>,
    of: BTreeMap<FileId, Job>,
    /// Whether this is the last life, in which everything arrives.
    is_last: bool,
    /// What the seed met.
    met: Met,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Job {
    Down(i64),
    Up(usize),
}

struct Download {
    spec: DownloadSpec,
    /// FI-43: what is wanted now of the file, if it is not what was wanted first.
    sought: Option<Range<u64>>,
    temp: Vec<u8>,
    journal: Option<Vec<u8>>,
    is_done: bool,
    /// Why it failed last.
    error: Option<End>,
}

struct Upload {
    spec: UploadSpec,
    content: Vec<u8>,
    journal: Option<Vec<u8>>,
    is_done: bool,
    /// Why it failed last.
    error: Option<End>,
}

/// How often things happened.
#[derive(Debug, Clone, Copy, Default)]
struct Met {
    kills: u32,
    torn: u32,
    resumed: u32,
    errors: u32,
    waits: u32,
    moves: u32,
    stalls: u32,
    references: u32,
    logins: u32,
    cdn: u32,
    dropped: u32,
    seeks: u32,
    backs: u32,
    ranges: u32,
    /// Files of unknown size that a short answer ended too early.
    cut: u32,
    /// And those whose end contradicted what had come.
    beyond: u32,
}

const WINDOW: u64 = MIB;

/// How many seeds: each kind of fault is met dozens of times in them.
const SEEDS: u64 = 80;

/// A profile: faults, and whether bytes may be wrong, which only hashes tell.
fn faults(dice: &mut Dice) -> Faults {
    let mut some = |most: u64| if dice.permille(600) { dice.below(most) } else { 0 };
    Faults {
        silent: some(60),
        lost: some(150),
        short: some(40),
        long: some(40),
        wrong: some(30),
        expired: some(30),
        flood: some(100),
        failed: some(150),
        moved: some(5),
        login: some(60),
        reupload: some(300),
        token: some(60),
        not_kept: some(100),
    }
}

impl Download {
    /// What is wanted of it at first.
    fn first(&self) -> Range<u64> {
        self.spec.range.clone().unwrap_or(0..self.spec.size.unwrap_or(u64::MAX))
    }
}

impl Program {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut faults = faults(&mut dice);
        let mut servers = Servers::new(seed ^ 0x5eed, faults);
        let mut downloads = BTreeMap::new();
        let mut uploads = BTreeMap::new();
        for id in 1..=2 + dice.below(3) as i64 {
            let size = dice.pick(&[1, 4_096, 100_000, 131_072, 300_001, 900_000]) + dice.below(3);
            let (at_cdn, dc) = (dice.permille(400), dice.pick(&[home(), other()]));
            servers.store(id, random(size, seed.wrapping_mul(31) + id as u64), dc, at_cdn);
            let known = at_cdn || dice.permille(500);
            let mut spec = DownloadSpec::new(
                servers.location(id),
                dice.pick(&[home(), other()]),
                known.then_some(size),
            );
            spec.part_size = dice.pick(&[16_384, 65_536, 131_072]);
            spec.cdn = at_cdn;
            spec.journal = true;
            spec.verify = dice.permille(500);
            spec.ordered = dice.permille(200);
            spec.sources =
                (0..3).map(|n| Source { origin: Origin::Message, key: vec![n] }).collect();
            if !spec.verify {
                // Nobody could tell: what the servers say is the file.
                faults.wrong = 0;
            }
            if !known {
                // What is longer is the file, as far as anybody can tell; what is short ends it.
                faults.long = 0;
                faults.short *= 5;
            }
            if dice.permille(300) {
                // Of a file of unknown size it may lie behind the end.
                let from = dice.below(if known { size } else { 2 * size });
                let most = if known { size - from } else { 2 * size };
                spec.range = Some(from..from + 1 + dice.below(most));
            }
            downloads.insert(
                id,
                Download {
                    spec,
                    sought: None,
                    temp: vec![],
                    journal: None,
                    is_done: false,
                    error: None,
                },
            );
        }
        servers.faults = faults;
        for number in 0..dice.below(3) as usize {
            let size = dice.pick(&[1, 1_024, 50_000, 300_000, 1_500_000]) + dice.below(3);
            let mut spec =
                if dice.permille(700) { UploadSpec::new(size) } else { UploadSpec::stream() };
            spec.part_size = dice.pick(&[16_384, 65_536, 524_288]);
            spec.journal = true;
            let content = random(size, seed ^ number as u64);
            uploads.insert(
                number,
                Upload { spec, content, journal: None, is_done: false, error: None },
            );
        }
        let rig = Rig::new(Limits {
            up_window: WINDOW,
            down_window: WINDOW,
            journal_every: dice.pick(&[0, 0, 100_000]),
            ..Limits::default()
        });
        let (coming, of, met) = (Vec::new(), BTreeMap::new(), Met::default());
        Self { dice, servers, rig, coming, downloads, uploads, of, is_last: false, met }
    }

    /// Begins all that is not done, with what was kept.
    fn begin(&mut self) {
        let now = self.rig.now;
        let seed = self.dice.below(u64::MAX);
        self.rig = Rig::new(self.rig.planner.limits().clone());
        (self.rig.now, self.rig.disk_works, self.rig.entropy) =
            (now, false, SeededEntropy::new(seed));
        self.coming.clear();
        self.of.clear();
        for (id, download) in self.downloads.iter_mut().filter(|(_, download)| !download.is_done) {
            download.sought = None;
            let resume = download
                .journal
                .clone()
                .map(|journal| (journal.into(), download.temp.len() as u64));
            // What a program that begins again knows of it.
            let location = self.servers.location(*id);
            let spec = DownloadSpec { resume, location, ..download.spec.clone() };
            let (file, begin) = self.rig.planner.add_download(&spec).unwrap();
            match begin {
                Begin::Resumed { .. } => {
                    self.met.resumed += 1;
                    self.rig.temp.insert(file, download.temp.clone());
                }
                // FI-81: the old one goes.
                _ => (download.temp, download.journal) = (vec![], None),
            }
            self.of.insert(file, Job::Down(*id));
        }
        for (number, upload) in self.uploads.iter().filter(|(_, upload)| !upload.is_done) {
            let spec = UploadSpec {
                resume: upload.journal.clone().map(Kept::from),
                ..upload.spec.clone()
            };
            let (file, _) = self.rig.planner.add_upload(now, &spec, &mut self.rig.entropy).unwrap();
            self.rig.sources.insert(file, upload.content.clone());
            self.of.insert(file, Job::Up(*number));
        }
        self.rig.pump();
    }

    /// One thing happens: the disk does something, an answer comes, time passes.
    fn step(&mut self) {
        while !self.rig.sent.is_empty()
            || !self.rig.events.is_empty()
            || !self.rig.controls.is_empty()
        {
            self.hear();
            self.send();
        }
        self.assert_bounds();
        if !self.is_last && self.dice.permille(20) {
            self.seek();
        }
        if !self.rig.disk.is_empty() && (self.coming.is_empty() || self.dice.permille(600)) {
            // Of one file's writes the order may be any; others keep theirs.
            let request = self.rig.disk.pop_front().unwrap();
            self.rig.do_disk(request);
            self.rig.pump();
            return;
        }
        let next = (0..self.coming.len()).min_by_key(|at| self.coming[*at].0);
        let timeout = self.rig.planner.poll_timeout(self.rig.now);
        let at = next.map(|at| self.coming[at].0);
        match (at, timeout) {
            (Some(at), timeout) if timeout.is_none_or(|timeout| at <= timeout) => {
                self.rig.now = self.rig.now.after(at.saturating_sub(self.rig.now.mono));
                let (_, outgoing, reply) = self.coming.swap_remove(next.unwrap());
                self.rig.reply(&outgoing, reply);
            }
            (_, Some(timeout)) => self.rig.pass(timeout.saturating_sub(self.rig.now.mono)),
            _ => {
                let left = self.left();
                let planner = &self.rig.planner;
                assert!(
                    left.is_empty(),
                    "nothing happens any more, and these are left: {left:?} {planner:#?}"
                );
            }
        }
    }

    /// FI-43: other bytes of a file are wanted, or the first ones again.
    fn seek(&mut self) {
        let jobs: Vec<_> = self.of.iter().map(|(file, job)| (*file, *job)).collect();
        if jobs.is_empty() {
            return;
        }
        let (file, Job::Down(id)) = self.dice.pick(&jobs) else { return };
        let Some(download) = self.downloads.get_mut(&id) else { return };
        let first = download.first();
        // What is wanted first has no end if the size is unknown.
        let end = first.end.min(first.start + 2 * self.servers.files[&id].content.len() as u64);
        let from = first.start + self.dice.below(end - first.start);
        let to = from + 1 + self.dice.below(end - from);
        let is_back = download.sought.is_some() && self.dice.permille(800);
        let (to, sought) = if is_back { (first, None) } else { (from..to, Some(from..to)) };
        if self.rig.planner.seek(file, to).is_ok() {
            self.met.seeks += 1;
            self.met.backs += u32::from(is_back);
            download.sought = sought;
        }
        self.rig.pump();
    }

    fn send(&mut self) {
        while let Some(outgoing) = self.rig.sent.pop_front() {
            self.met.cdn += u32::from(outgoing.link.lane.dc.is_cdn());
            let most = if self.dice.permille(50) { 20_000 } else { 200 };
            let wait = Duration::from_millis(1 + self.dice.below(most));
            if let Some(reply) = self.servers.answer(&outgoing) {
                self.coming.push((self.rig.now.mono + wait, outgoing, reply));
            }
        }
    }

    /// What a program does when it hears something.
    fn hear(&mut self) {
        for control in std::mem::take(&mut self.rig.controls) {
            match control {
                // What was under way over it is dropped one by one.
                Control::Replace(_) => self.met.stalls += 1,
                // Some drop their calls late: the answer comes all the same.
                Control::Drop(token) if self.dice.permille(500) => {
                    self.coming.retain(|(_, outgoing, _)| outgoing.token != token);
                }
                Control::Drop(_) => self.met.dropped += 1,
            }
        }
        for event in std::mem::take(&mut self.rig.events) {
            match event {
                Event::Waiting { .. } => self.met.waits += 1,
                Event::Moved { .. } => self.met.moves += 1,
                Event::LocationWanted { file, .. } => {
                    self.met.references += 1;
                    let Job::Down(id) = self.of[&file] else { panic!() };
                    let found = self.dice.permille(800).then(|| (self.servers.location(id), None));
                    self.rig.planner.handle_location(self.rig.now, file, found);
                }
                Event::LoginWanted { dc } | Event::ConfigWanted { dc } => {
                    self.met.logins += 1;
                    self.servers.log_in(dc);
                    self.rig.planner.handle_ready(dc, true);
                }
                Event::Uploaded { file, sent } => self.send_file(file, &sent),
                Event::Ended { file, end } => self.ended(file, &end),
                _ => {}
            }
        }
        self.rig.pump();
    }

    /// FI-11, FI-14: what the server has is the file.
    fn send_file(&mut self, file: FileId, sent: &InputFile) {
        let Job::Up(number) = self.of[&file] else { panic!() };
        let saved = self.servers.saved.get_mut(&sent.file_id).unwrap();
        if self.servers.faults.not_kept > 0 && self.dice.permille(100) {
            // It has lost one.
            saved.parts.remove(&(self.dice.below(sent.parts.into()) as u32));
        }
        if let Some(part) = (0..sent.parts).find(|part| !saved.parts.contains_key(part)) {
            let error = RpcError::parse(400, &format!("FILE_PART_{part}_MISSING"));
            let _ = self.rig.planner.handle_send_error(self.rig.now, &[file], &error);
            return;
        }
        let upload = self.uploads.get_mut(&number).unwrap();
        assert_eq!(saved.parts.len() as u32, sent.parts);
        let whole =
            saved.parts.values().flat_map(|part| part.chunks(1 << 16)).collect::<Vec<_>>().concat();
        assert!(whole == upload.content);
        upload.is_done = true;
        self.rig.planner.handle_sent(file);
    }

    fn ended(&mut self, file: FileId, end: &End) {
        let job = self.of.remove(&file).unwrap();
        let is_done = *end == End::Done;
        self.met.errors += u32::from(!is_done);
        match job {
            Job::Down(id) => {
                let download = self.downloads.get_mut(&id).unwrap();
                let content = &self.servers.files[&id].content;
                let sought = download.sought.take();
                if is_done {
                    let (first, got) = (download.first(), &self.rig.finished[&file]);
                    let wanted = sought.clone().unwrap_or(first.clone());
                    let end = wanted.end.min(content.len() as u64).max(wanted.start);
                    let whole = content.get(wanted.start as usize..end as usize);
                    let got = got.get((wanted.start - first.start) as usize..).unwrap_or_default();
                    // FI-33: of a file of unknown size the first short answer is the end, wherever that is.
                    let is_right = match download.spec.size {
                        Some(_) => got == whole.unwrap_or_default(),
                        None => whole.unwrap_or_default().starts_with(got),
                    };
                    assert!(is_right, "{sought:?} {:?}", download.spec);
                    self.met.cut += u32::from(got.len() < whole.unwrap_or_default().len());
                    self.met.ranges += u32::from(download.spec.range.is_some());
                }
                self.met.beyond +=
                    u32::from(matches!(end, End::Failed(FileError::BeyondEnd { .. })));
                // The rest is wanted another time, of which nothing is kept.
                download.is_done = is_done && sought.is_none();
                download.error = Some(end.clone());
                download.journal =
                    self.rig.journals.get(&file).cloned().or(download.journal.take());
                download.temp = self.rig.temp.get(&file).cloned().unwrap_or_default();
                if !is_done {
                    self.assert_journal(id);
                }
            }
            Job::Up(number) => {
                let upload = self.uploads.get_mut(&number).unwrap();
                upload.journal = self.rig.journals.get(&file).cloned().or(upload.journal.take());
                upload.error = Some(end.clone());
            }
        }
    }

    /// FI-80: what a journal says to be there is, and is the file's.
    fn assert_journal(&self, id: i64) {
        let (download, content) = (&self.downloads[&id], &self.servers.files[&id].content);
        let Some(journal) =
            download.journal.as_ref().and_then(|bytes| journal::Journal::from_bytes(bytes).ok())
        else {
            return;
        };
        for part in journal.written() {
            let (size, first) = (u64::from(journal.part_size), download.first());
            let from = (part * size).max(first.start);
            let to = ((part + 1) * size).min(content.len() as u64).min(first.end).max(from);
            let at = |byte: u64| (byte - first.start) as usize;
            // FI-33: what a short answer has cut is shorter, and is not gone on with.
            let there = (download.temp.len() as u64 + first.start).max(from);
            let to = if download.spec.size.is_none() { to.min(there) } else { to };
            let expected = content.get(from as usize..to as usize).unwrap_or_default();
            assert!(
                download.temp.get(at(from)..at(to)).unwrap_or_default() == expected,
                "{id} {part}"
            );
        }
    }

    /// The program is killed: what was written is kept, what waited for the disk is not; a journal may be torn.
    fn kill(&mut self) {
        self.met.kills += 1;
        for (file, job) in self.of.clone() {
            let mut journal = self.rig.journals.get(&file).cloned();
            let under_way = self
                .rig
                .disk
                .iter()
                .any(|r| r.file == file && matches!(r.what, Disk::Journal { .. }));
            if under_way && self.dice.permille(300) {
                self.met.torn += 1;
                journal = journal.map(|mut bytes| {
                    bytes.truncate(self.dice.below(bytes.len() as u64) as usize);
                    bytes
                });
            }
            match job {
                Job::Down(id) => {
                    let download = self.downloads.get_mut(&id).unwrap();
                    download.journal = journal.or(download.journal.take());
                    download.temp = self.rig.temp.get(&file).cloned().unwrap_or_default();
                    self.assert_journal(id);
                }
                Job::Up(number) => {
                    let upload = self.uploads.get_mut(&number).unwrap();
                    upload.journal = journal.or(upload.journal.take());
                }
            }
        }
    }

    /// FI-70, FI-87: windows and memory.
    fn assert_bounds(&self) {
        for dc in [home(), other(), Dc::cdn(203).unwrap()] {
            for direction in [Direction::Up, Direction::Down] {
                for class in [Class::Small, Class::Large] {
                    let (in_flight, in_hand) =
                        self.rig.planner.under_way(Lane { dc, direction, class });
                    assert!(in_flight <= WINDOW, "{in_flight}");
                    assert!(in_flight + in_hand <= 2 * WINDOW, "{in_flight} {in_hand}");
                }
            }
        }
    }

    fn left(&self) -> Vec<Job> {
        self.of.values().copied().collect()
    }

    fn is_over(&self) -> bool {
        self.of.is_empty()
    }
}

/// Runs a seed; with what it met.
fn run(seed: u64) -> Met {
    let mut program = Program::new(seed);
    // Some lives with faults, then one in which the servers are well: then everything arrives.
    for life in 0..6 {
        let is_last = life == 5;
        program.is_last = is_last;
        if is_last {
            program.servers.faults = Faults::default();
        }
        program.begin();
        let kill_at = if is_last {
            u64::MAX
        } else {
            program.dice.pick(&[3, 10, 30, 60, 100, 400]) + program.dice.below(30)
        };
        let mut steps = 0;
        while !program.is_over() && steps < kill_at {
            program.step();
            steps += 1;
            assert!(steps < 100_000, "seed {seed} does not end");
        }
        program.hear();
        program.kill();
    }
    for (id, download) in &program.downloads {
        assert!(
            download.is_done,
            "seed {seed}: file {id} has not come, though the servers are well"
        );
    }
    for (number, upload) in &program.uploads {
        assert!(upload.is_done, "seed {seed}: upload {number} has not come: {:?}", upload.error);
    }
    program.met
}

#[test]
fn fi_80_whatever_happens_a_file_is_equal_or_a_partial_one_is_gone_on_with() {
    let mut sum = Met::default();
    for seed in 0..SEEDS {
        let met = std::panic::catch_unwind(|| run(seed)).unwrap_or_else(|panic| {
            eprintln!("seed {seed}");
            std::panic::resume_unwind(panic)
        });
        sum.kills += met.kills;
        sum.torn += met.torn;
        sum.resumed += met.resumed;
        sum.errors += met.errors;
        sum.waits += met.waits;
        sum.moves += met.moves;
        sum.stalls += met.stalls;
        sum.references += met.references;
        sum.logins += met.logins;
        sum.cdn += met.cdn;
        sum.dropped += met.dropped;
        sum.seeks += met.seeks;
        sum.backs += met.backs;
        sum.ranges += met.ranges;
        sum.cut += met.cut;
        sum.beyond += met.beyond;
    }
    // Each kind of fault was met.
    let Met {
        kills,
        torn,
        resumed,
        errors,
        waits,
        moves,
        stalls,
        references,
        logins,
        cdn,
        dropped,
        seeks,
        backs,
        ranges,
        cut,
        beyond,
    } = sum;
    let least = [
        kills, torn, resumed, errors, waits, moves, stalls, references, logins, cdn, dropped,
        seeks, backs, ranges, cut, beyond,
    ];
    assert!(least.iter().all(|times| *times > 5), "{sum:?}");
}
