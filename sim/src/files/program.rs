//! A program that transfers some files, is killed now and then, and begins again with what it kept.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use telewire::files::journal::{Journal, Kept};
use telewire::files::references::{Origin, Source};
use telewire::files::{
    Begin, Control, Dc, Disk, DiskRequest, DownloadSpec, End, Event, FileError, FileId, InputFile,
    Limits, Outgoing, UploadSpec,
};
use telewire::rpc::RpcError;
use telewire::time::Now;

use super::rig::{Rig, index};
use super::server::{Faults, Reply, Servers};
use super::{Checked, Figures, ensure};
use crate::dice::Dice;

pub(super) struct Program {
    dice: Dice,
    /// The account's data centre and another one.
    dcs: [Dc; 2],
    servers: Servers,
    limits: Limits,
    rig: Rig,
    /// Answers under way: when they come, and to what.
    coming: Vec<(Duration, Outgoing, Reply)>,
    downloads: BTreeMap<i64, Download>,
    uploads: BTreeMap<usize, Upload>,
    of: BTreeMap<FileId, Job>,
    /// Whether this is the last life, in which the servers are well: then everything arrives.
    is_last: bool,
    /// When this life ends, and how many journals it has written.
    death: Death,
    journals: usize,
    /// Whether each life ends at its next journal: at the first, at the second, and so on.
    at_journals: bool,
    met: Figures,
}

/// When a life ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Death {
    /// When all is done.
    Never,
    /// After so many steps.
    AtStep(usize),
    /// When it writes this journal: before, in the middle, or behind.
    AtJournal(usize),
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
}

struct Upload {
    spec: UploadSpec,
    content: Vec<u8>,
    journal: Option<Vec<u8>>,
    is_done: bool,
    /// Why it failed last.
    error: Option<End>,
}

const WINDOW: u64 = 1 << 20;

/// Lives that are ended at a step, and at a journal: of these as many as journals are written, and more than that.
const LIVES: usize = 5;
const LIVES_AT_JOURNALS: usize = 60;

/// More than any life takes.
const STEPS: usize = 100_000;

/// A profile of faults.
fn faults(dice: &mut Dice) -> Faults {
    let mut some = |most| if dice.permille(600) { dice.below(most) } else { 0 };
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

/// Bytes of a file that lie from one place to another; fewer if it ends.
fn bytes(content: &[u8], from: u64, to: u64) -> &[u8] {
    let to = index(to).min(content.len());
    content.get(index(from)..to).unwrap_or_default()
}

impl Download {
    /// What is wanted of it at first.
    fn first(&self) -> Range<u64> {
        self.spec.range.clone().unwrap_or(0..self.spec.size.unwrap_or(u64::MAX))
    }

    /// FI-80: what a journal says to be there is, and is the file's.
    fn check_journal(&self, id: i64, content: &[u8]) -> Checked {
        let journal = self.journal.as_ref().and_then(|bytes| Journal::from_bytes(bytes).ok());
        let Some(journal) = journal else { return Ok(()) };
        for part in journal.written() {
            let (size, first) = (u64::from(journal.part_size), self.first());
            let from = (part * size).max(first.start);
            let to = ((part + 1) * size).min(content.len() as u64).min(first.end).max(from);
            // FI-33: what a short answer has cut is shorter, and is not gone on with.
            let there = (self.temp.len() as u64).saturating_add(first.start).max(from);
            let to = if self.spec.size.is_none() { to.min(there) } else { to };
            let is_there = bytes(&self.temp, from - first.start, to - first.start);
            ensure(is_there == bytes(content, from, to), || {
                format!("the journal of file {id} has part {part}, which is not the file's")
            })?;
        }
        Ok(())
    }
}

impl Program {
    pub(super) fn new(seed: u64) -> Checked<Self> {
        let known = |dc: Result<Dc, FileError>| dc.map_err(|error| error.to_string());
        let dcs = [known(Dc::new(2))?, known(Dc::new(4))?];
        let [home, other] = dcs;
        let mut dice = Dice::new(seed, 0);
        let mut faults = faults(&mut dice);
        let mut servers = Servers::new(Dice::new(seed, 1), dcs, faults);
        let (mut downloads, mut uploads) = (BTreeMap::new(), BTreeMap::new());
        for id in 1..=2 + dice.below(3) as i64 {
            let sizes = [4_096, 100_000, 131_072, 300_001, 900_000];
            let size = dice.pick_or(1, &sizes) + dice.below(3);
            let (at_cdn, dc) = (dice.permille(400), dice.pick_or(home, &[other]));
            servers.store(id, dice.bytes(size), dc, at_cdn);
            let (known, size) = (at_cdn || dice.permille(500), size as u64);
            let asked = dice.pick_or(home, &[other]);
            let mut spec = DownloadSpec::new(servers.location(id), asked, known.then_some(size));
            spec.part_size = dice.pick_or(16_384, &[65_536, 131_072]);
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
                let end = if known { size } else { 2 * size };
                let from = dice.below(index(end)) as u64;
                let most = if known { size - from } else { 2 * size };
                spec.range = Some(from..from + 1 + dice.below(index(most)) as u64);
            }
            let download =
                Download { spec, sought: None, temp: vec![], journal: None, is_done: false };
            downloads.insert(id, download);
        }
        servers.faults = faults;
        for number in 0..dice.below(3) {
            let size = dice.pick_or(1, &[1_024, 50_000, 300_000, 1_500_000]) + dice.below(3);
            let is_known = dice.permille(700);
            let mut spec =
                if is_known { UploadSpec::new(size as u64) } else { UploadSpec::stream() };
            spec.part_size = dice.pick_or(16_384, &[65_536, 524_288]);
            spec.journal = true;
            let content = dice.bytes(size);
            let upload = Upload { spec, content, journal: None, is_done: false, error: None };
            uploads.insert(number, upload);
        }
        let at_journals = dice.permille(400);
        let every = if at_journals { 0 } else { dice.pick_or(0, &[0, 100_000]) };
        let limits = Limits {
            up_window: WINDOW,
            down_window: WINDOW,
            journal_every: every,
            ..Limits::default()
        };
        let start = Duration::from_secs(1_700_000_000);
        let now = Now { mono: Duration::from_secs(1_000), unix: start };
        let rig = Rig::new(home, limits.clone(), now, dice.fork());
        Ok(Self {
            dice,
            dcs,
            servers,
            limits,
            rig,
            coming: Vec::new(),
            downloads,
            uploads,
            of: BTreeMap::new(),
            is_last: false,
            death: Death::Never,
            journals: 0,
            at_journals,
            met: Figures { schedules: 1, ..Figures::default() },
        })
    }

    /// Some lives with faults, then one in which the servers are well: then everything arrives.
    pub(super) fn run(mut self) -> Checked<Figures> {
        let lives = if self.at_journals { LIVES_AT_JOURNALS } else { LIVES };
        for life in 1..=lives {
            self.death = match self.at_journals {
                true => Death::AtJournal(life),
                false => {
                    let steps = self.dice.pick_or(3, &[10, 30, 60, 100, 400]);
                    Death::AtStep(steps + self.dice.below(30))
                }
            };
            self.live()?;
            // It wrote fewer: it would not be killed another time either.
            if self.at_journals && self.journals < life {
                break;
            }
        }
        (self.is_last, self.death) = (true, Death::Never);
        self.servers.faults = Faults::default();
        self.live()?;
        for (id, download) in &self.downloads {
            self.met.count("files");
            ensure(download.is_done, || {
                format!("file {id} has not come, though the servers are well")
            })?;
        }
        for (number, upload) in &self.uploads {
            self.met.count("files");
            ensure(upload.is_done, || format!("upload {number} has not come: {:?}", upload.error))?;
        }
        Ok(self.met)
    }

    /// A life: from what was kept to the end of all, or a kill.
    fn live(&mut self) -> Checked {
        self.begin()?;
        let mut steps = 0;
        while !self.of.is_empty() && self.death != Death::AtStep(steps) {
            if self.step()? {
                return self.kill();
            }
            steps += 1;
            ensure(steps < STEPS, || "a life does not end".into())?;
        }
        self.hear()?;
        self.kill()
    }

    /// Begins all that is not done, with what was kept.
    fn begin(&mut self) -> Checked {
        let [home, _] = self.dcs;
        self.rig = Rig::new(home, self.limits.clone(), self.rig.now, self.dice.fork());
        self.coming.clear();
        self.of.clear();
        self.journals = 0;
        for (id, download) in self.downloads.iter_mut().filter(|(_, download)| !download.is_done) {
            download.sought = None;
            let length = download.temp.len() as u64;
            let resume = download.journal.clone().map(|journal| (journal.into(), length));
            // What a program that begins again knows of it.
            let location = self.servers.location(*id);
            let spec = DownloadSpec { resume, location, ..download.spec.clone() };
            let added = self.rig.planner.add_download(&spec);
            let (file, begin) = added.map_err(|error| error.to_string())?;
            match begin {
                Begin::Resumed { .. } => {
                    self.met.count("resumed");
                    self.rig.temp.insert(file, download.temp.clone());
                }
                // FI-81: the old one goes.
                _ => (download.temp, download.journal) = (vec![], None),
            }
            self.of.insert(file, Job::Down(*id));
        }
        for (number, upload) in self.uploads.iter().filter(|(_, upload)| !upload.is_done) {
            let resume = upload.journal.clone().map(Kept::from);
            let spec = UploadSpec { resume, ..upload.spec.clone() };
            let (now, entropy) = (self.rig.now, &mut self.rig.entropy);
            let added = self.rig.planner.add_upload(now, &spec, entropy);
            let (file, _) = added.map_err(|error| error.to_string())?;
            self.rig.sources.insert(file, upload.content.clone());
            self.of.insert(file, Job::Up(*number));
        }
        self.rig.pump()
    }

    /// One thing happens: the disk does something, an answer comes, time passes. Says whether it was killed.
    fn step(&mut self) -> Checked<bool> {
        while !self.rig.sent.is_empty()
            || !self.rig.events.is_empty()
            || !self.rig.controls.is_empty()
        {
            self.hear()?;
            self.send()?;
        }
        let [home, other] = self.dcs;
        let cdn = Dc::cdn(203).map_err(|error| error.to_string())?;
        self.rig.check_bounds(&[home, other, cdn], WINDOW)?;
        if !self.is_last && self.dice.permille(20) {
            self.seek()?;
        }
        let is_disks_turn = self.coming.is_empty() || self.dice.permille(600);
        if is_disks_turn && let Some(request) = self.rig.disk.pop_front() {
            return self.disk(request);
        }
        let next = self.coming.iter().enumerate().min_by_key(|(_, (at, ..))| *at);
        let next = next.map(|(number, (at, ..))| (number, *at));
        let timeout = self.rig.planner.poll_timeout(self.rig.now);
        match (next, timeout) {
            (Some((number, at)), timeout) if timeout.is_none_or(|timeout| at <= timeout) => {
                self.rig.now = self.rig.now.after(at.saturating_sub(self.rig.now.mono));
                let (_, outgoing, reply) = self.coming.swap_remove(number);
                self.rig.reply(&outgoing, reply)?;
            }
            (_, Some(timeout)) => self.rig.pass(timeout.saturating_sub(self.rig.now.mono))?,
            _ => ensure(self.of.is_empty() || !self.rig.disk.is_empty(), || {
                format!("nothing happens any more, and there are left: {:?}", self.of)
            })?,
        }
        Ok(false)
    }

    /// The disk does something, or the program is killed with that.
    fn disk(&mut self, request: DiskRequest) -> Checked<bool> {
        let Disk::Journal { bytes } = &request.what else {
            self.rig.do_disk(request)?;
            return Ok(false);
        };
        self.journals += 1;
        if self.death != Death::AtJournal(self.journals) {
            self.rig.do_disk(request)?;
            return Ok(false);
        }
        self.met.count("at a journal");
        match self.dice.below(3) {
            0 => {}
            1 => {
                self.met.count("torn");
                let length = self.dice.below(bytes.len());
                let torn = bytes.get(..length).unwrap_or_default().to_vec();
                self.rig.journals.insert(request.file, torn);
            }
            _ => self.rig.do_disk(request)?,
        }
        Ok(true)
    }

    /// FI-43: other bytes of a file are wanted, or the first ones again.
    fn seek(&mut self) -> Checked {
        let number = self.dice.below(self.of.len());
        let job = self.of.iter().nth(number).map(|(file, job)| (*file, *job));
        let Some((file, Job::Down(id))) = job else { return Ok(()) };
        let Some(download) = self.downloads.get_mut(&id) else { return Ok(()) };
        let first = download.first();
        // What is wanted first has no end if the size is unknown.
        let length = self.servers.content(id).len() as u64;
        let end = first.end.min(first.start + 2 * length);
        let from = first.start + self.dice.below(index(end - first.start)) as u64;
        let to = from + 1 + self.dice.below(index(end - from)) as u64;
        let is_back = download.sought.is_some() && self.dice.permille(800);
        let (to, sought) = if is_back { (first, None) } else { (from..to, Some(from..to)) };
        if self.rig.planner.seek(file, to).is_ok() {
            self.met.count("seeks");
            if is_back {
                self.met.count("back again");
            }
            download.sought = sought;
        }
        self.rig.pump()
    }

    fn send(&mut self) -> Checked {
        while let Some(outgoing) = self.rig.sent.pop_front() {
            if outgoing.link.lane.dc.is_cdn() {
                self.met.count("from a CDN");
            }
            let most = if self.dice.permille(50) { 20_000 } else { 200 };
            let wait = Duration::from_millis(1 + self.dice.below(most) as u64);
            if let Some(reply) = self.servers.answer(&outgoing) {
                self.coming.push((self.rig.now.mono + wait, outgoing, reply));
            }
        }
        self.servers.broken.take().map_or(Ok(()), Err)
    }

    /// What a program does when it hears something.
    fn hear(&mut self) -> Checked {
        while let Some(control) = self.rig.controls.pop_front() {
            match control {
                // What was under way over it is dropped one by one.
                Control::Replace(_) => self.met.count("stalls"),
                // Some drop their calls late: the answer comes all the same.
                Control::Drop(token) if self.dice.permille(500) => {
                    self.coming.retain(|(_, outgoing, _)| outgoing.token != token);
                }
                Control::Drop(_) => self.met.count("late answers"),
                other => return Err(format!("nobody knows {other:?}")),
            }
        }
        while let Some(event) = self.rig.events.pop_front() {
            match event {
                Event::Waiting { .. } => self.met.count("waits"),
                Event::Moved { .. } => self.met.count("moves"),
                Event::LocationWanted { file, .. } => {
                    self.met.count("references");
                    let Some(Job::Down(id)) = self.of.get(&file) else {
                        return Err("no download wants a location".into());
                    };
                    let found = self.dice.permille(800);
                    let found = found.then(|| (self.servers.location(*id), None));
                    self.rig.planner.handle_location(self.rig.now, file, found);
                }
                Event::LoginWanted { dc } | Event::ConfigWanted { dc } => {
                    self.met.count("logins");
                    self.servers.log_in(dc);
                    self.rig.planner.handle_ready(dc, true);
                }
                Event::Uploaded { file, sent } => self.send_file(file, &sent)?,
                Event::Ended { file, end } => self.ended(file, end)?,
                _ => {}
            }
        }
        self.rig.pump()
    }

    /// FI-11, FI-14: what the server has is the file.
    fn send_file(&mut self, file: FileId, sent: &InputFile) -> Checked {
        let Some(Job::Up(number)) = self.of.get(&file) else {
            return Err("what is uploaded is no upload".into());
        };
        if self.servers.faults.not_kept > 0 && self.dice.permille(100) {
            self.servers.lose(sent.file_id);
        }
        match self.servers.assembled(sent.file_id, sent.parts) {
            Ok(whole) => {
                let Some(upload) = self.uploads.get_mut(number) else { return Ok(()) };
                upload.is_done = true;
                self.rig.planner.handle_sent(file);
                ensure(whole == upload.content, || format!("upload {number} has other bytes"))
            }
            Err(part) => {
                let error = RpcError::parse(400, &format!("FILE_PART_{part}_MISSING"));
                let _ = self.rig.planner.handle_send_error(self.rig.now, &[file], &error);
                Ok(())
            }
        }
    }

    fn ended(&mut self, file: FileId, end: End) -> Checked {
        let is_done = end == End::Done;
        if !is_done {
            self.met.count("errors");
        }
        match self.of.remove(&file) {
            Some(Job::Down(id)) => self.download_ended(file, id, &end),
            Some(Job::Up(number)) => {
                let Some(upload) = self.uploads.get_mut(&number) else { return Ok(()) };
                upload.journal = self.rig.journals.get(&file).cloned().or(upload.journal.take());
                upload.error = Some(end);
                Ok(())
            }
            None => Err("a transfer ended twice".into()),
        }
    }

    fn download_ended(&mut self, file: FileId, id: i64, end: &End) -> Checked {
        let content = self.servers.content(id);
        let Some(download) = self.downloads.get_mut(&id) else { return Ok(()) };
        let sought = download.sought.take();
        if *end == End::Done {
            let first = download.first();
            let got = self.rig.finished.get(&file).map_or(&[][..], Vec::as_slice);
            let wanted = sought.clone().unwrap_or(first.clone());
            let whole = bytes(content, wanted.start, wanted.end);
            let got = bytes(got, wanted.start - first.start, u64::MAX);
            // FI-33: of a file of unknown size the first short answer is the end, wherever that is.
            let is_right = match download.spec.size {
                Some(_) => got == whole,
                None => whole.starts_with(got),
            };
            ensure(is_right, || format!("file {id} has other bytes: {sought:?} {first:?}"))?;
            if got.len() < whole.len() {
                self.met.count("cut short");
            }
            if download.spec.range.is_some() {
                self.met.count("ranges");
            }
        }
        if matches!(end, End::Failed(FileError::BeyondEnd { .. })) {
            self.met.count("beyond the end");
        }
        // The rest is wanted another time, of which nothing is kept.
        download.is_done = *end == End::Done && sought.is_none();
        download.journal = self.rig.journals.get(&file).cloned().or(download.journal.take());
        download.temp = self.rig.temp.get(&file).cloned().unwrap_or_default();
        match end {
            End::Done => Ok(()),
            _ => download.check_journal(id, content),
        }
    }

    /// The program is killed: what was written is kept, what waited for the disk is not; a journal may be torn.
    fn kill(&mut self) -> Checked {
        self.met.count("killed");
        for (file, job) in std::mem::take(&mut self.of) {
            let mut journal = self.rig.journals.get(&file).cloned();
            let is_written = |request: &DiskRequest| {
                request.file == file && matches!(request.what, Disk::Journal { .. })
            };
            if self.rig.disk.iter().any(is_written) && self.dice.permille(300) {
                self.met.count("torn");
                if let Some(journal) = &mut journal {
                    journal.truncate(self.dice.below(journal.len()));
                }
            }
            match job {
                Job::Down(id) => {
                    let Some(download) = self.downloads.get_mut(&id) else { continue };
                    download.journal = journal.or(download.journal.take());
                    download.temp = self.rig.temp.get(&file).cloned().unwrap_or_default();
                    download.check_journal(id, self.servers.content(id))?;
                }
                Job::Up(number) => {
                    let Some(upload) = self.uploads.get_mut(&number) else { continue };
                    upload.journal = journal.or(upload.journal.take());
                }
            }
        }
        Ok(())
    }
}
