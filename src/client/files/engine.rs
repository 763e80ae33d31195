//! The task that drives the planner: it sends what that plans, has done on the disk what it says, and tells who waits.
//!
//! ```text
//!  Client::download, upload ──Input::Order──> Engine ── Planner
//!                                               │  ├── a task for each request   ──Input::Answer──> Engine
//!                                               │  └── a task for each local end ──Input::Disk────> Engine
//!                                               └── progress and ends ──> who waits
//! ```
//! It runs while there are transfers, in the runtime of the first of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::client::Error;
use crate::client::core::{Client, Inner};
use crate::client::files::call::{self, Outcome};
use crate::client::files::error::TransferError;
use crate::client::files::local::Local;
use crate::client::files::refresh::{self, Refresh};
use crate::client::runtime;
use crate::crypto::real;
use crate::files::references::Source;
use crate::files::{
    Begin, Control, Dc, Direction, Disk, DiskDone, DiskError, DownloadSpec, End, Event, Failure,
    FileError, FileId, InputFile, Lane, Link, Location, Outgoing, Planner, Progress, Sending,
    Token, UploadSpec,
};
use crate::net::{Clock, OsEntropy};
use crate::rpc::RpcError;

/// What a transfer is known by outside of the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key(u64);

/// What the task hears.
pub(super) enum Input {
    Order(Order),
    Answer { token: Token, outcome: Outcome },
    Disk { token: Token, result: Result<DiskDone, DiskError> },
    Location { file: FileId, fresh: Option<(Location, Option<u64>)> },
    Ready { dc: Dc, is_done: bool },
}

/// What the task is told to do.
pub(super) enum Order {
    Begin { key: Key, what: What, local: Local, refresh: Option<Refresh>, ports: Ports },
    Cancel { key: Key, keep: bool },
    Sent { key: Key },
    SendFailed { keys: Vec<Key>, error: RpcError, reply: oneshot::Sender<Sending> },
}

/// What is to be done with a file.
pub(super) enum What {
    Up(UploadSpec),
    Down(Box<DownloadSpec>),
}

/// Who waits.
pub(super) struct Ports {
    pub(super) progress: watch::Sender<Progress>,
    pub(super) waits: watch::Sender<Option<Duration>>,
    /// Each time that all parts are at the server.
    pub(super) uploaded: Option<mpsc::UnboundedSender<InputFile>>,
    pub(super) end: oneshot::Sender<Result<Local, TransferError>>,
}

/// Where the task is reached.
#[derive(Default)]
pub(in crate::client) struct Transfers(Mutex<Door>);

#[derive(Default)]
struct Door {
    to: Option<mpsc::UnboundedSender<Input>>,
    last: u64,
}

impl Transfers {
    fn door(&self) -> MutexGuard<'_, Door> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Has a transfer begun, by the task that is there or by a new one.
    pub(super) fn begin_transfer(
        self: &Arc<Self>,
        client: &Client,
        what: What,
        local: Local,
        refresh: Option<Refresh>,
        ports: Ports,
    ) -> Result<Running, TransferError> {
        runtime::here()?;
        self.check()?;
        let mut door = self.transfers_of_files.door();
        door.last += 1;
        let key = Key(door.last);
        let mut order = Input::Order(Order::Begin { key, what, local, refresh, ports });
        if let Some(to) = &door.to {
            match to.send(order) {
                Ok(()) => return Ok(Running { key, to: to.clone(), is_over: false, keep: true }),
                // It has ended, or its runtime has.
                Err(unsent) => order = unsent.0,
            }
        }
        let engine = Engine::new(client)?;
        let to = engine.to.clone();
        // Nobody has closed it yet.
        let _ = to.send(order);
        door.to = Some(to.clone());
        tokio::spawn(engine.run());
        Ok(Running { key, to, is_over: false, keep: true })
    }
}

/// A transfer. Dropped before its end, it is cancelled (FI-85).
pub(super) struct Running {
    key: Key,
    to: mpsc::UnboundedSender<Input>,
    pub(super) is_over: bool,
    /// Whether what was written stays when it is cancelled.
    pub(super) keep: bool,
}

impl Running {
    /// FI-14: a method has refused what was uploaded, with the thumb that it was given.
    pub(super) async fn send_failed(&self, thumb: Option<&Self>, error: RpcError) -> Sending {
        let (reply, sending) = oneshot::channel();
        let keys = [Some(self), thumb].into_iter().flatten().map(|running| running.key).collect();
        let _ = self.to.send(Input::Order(Order::SendFailed { keys, error, reply }));
        sending.await.unwrap_or(Sending::NotOurs)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_over {
            let order = Order::Cancel { key: self.key, keep: self.keep };
            let _ = self.to.send(Input::Order(order));
        }
    }
}

impl Running {
    /// What was uploaded is used: its end is that it is done.
    pub(super) fn sent(mut self) {
        self.is_over = true;
        let _ = self.to.send(Input::Order(Order::Sent { key: self.key }));
    }
}

struct Engine {
    client: Client,
    planner: Planner,
    clock: Clock,
    entropy: OsEntropy,
    to: mpsc::UnboundedSender<Input>,
    from: mpsc::UnboundedReceiver<Input>,
    files: HashMap<FileId, Entry>,
    keys: HashMap<Key, FileId>,
    calls: HashMap<Token, Call>,
    /// FI-76: how often bytes had gone over a connection when that was looked at last.
    moves: HashMap<Link, u64>,
}

/// A request under way.
struct Call {
    file: FileId,
    link: Link,
    asking: AbortHandle,
}

/// A transfer under way.
struct Entry {
    key: Key,
    local: mpsc::UnboundedSender<Work>,
    refresh: Option<Refresh>,
    progress: watch::Sender<Progress>,
    waits: watch::Sender<Option<Duration>>,
    /// Where its last request went.
    lane: Option<Lane>,
    uploaded: Option<mpsc::UnboundedSender<InputFile>>,
    /// What the last request without an answer ended with.
    cause: Option<Error>,
}

/// What a local end has to do.
enum Work {
    Do {
        token: Token,
        what: Disk,
    },
    /// FI-81.
    Empty,
    End(Result<(), TransferError>),
}

impl Engine {
    fn new(client: &Client) -> Result<Self, TransferError> {
        let entropy = OsEntropy::new().map_err(|error| Error::Io(error.kind()))?;
        let home = Dc::new(client.home().number.into())?;
        let (to, from) = mpsc::unbounded_channel();
        Ok(Self {
            client: client.clone(),
            planner: Planner::new(real(), home, client.inner.settings.file_limits.clone()),
            clock: Clock::start(),
            entropy,
            to,
            from,
            files: HashMap::new(),
            keys: HashMap::new(),
            calls: HashMap::new(),
            moves: HashMap::new(),
        })
    }

    async fn run(mut self) {
        loop {
            self.poll();
            if self.files.is_empty() && self.leaves() {
                return;
            }
            let wait = self.planner.poll_timeout(self.clock.now());
            let wait = wait.map(|at| at.saturating_sub(self.clock.now().mono));
            tokio::select! {
                input = self.from.recv() => match input {
                    Some(input) => self.hear(input),
                    None => return,
                },
                () = sleep(wait.unwrap_or(Duration::from_secs(3_600))) => {
                    self.look_at_links();
                    self.planner.handle_timeout(self.clock.now());
                }
                error = ended(&self.client) => return self.end_all(&error),
            }
        }
    }

    /// FI-76: a part may be long on its way over a slow connection. One over which bytes went since it was looked at has not stalled.
    fn look_at_links(&mut self) {
        let now = self.clock.now();
        let busy: HashSet<Link> = self.calls.values().map(|call| call.link).collect();
        self.moves.retain(|link, _| busy.contains(link));
        for link in busy {
            if let Some(moves) = call::moves(&self.client, link)
                && self.moves.insert(link, moves) != Some(moves)
            {
                self.planner.handle_heard(now, link);
            }
        }
    }

    /// Whether nobody has told it anything: who begins a transfer after this begins another task.
    fn leaves(&self) -> bool {
        let mut door = self.client.inner.transfers_of_files.door();
        let is_over = self.from.is_empty();
        if is_over && door.to.as_ref().is_some_and(|to| to.same_channel(&self.to)) {
            door.to = None;
        }
        is_over
    }

    fn hear(&mut self, input: Input) {
        let now = self.clock.now();
        match input {
            Input::Order(order) => self.obey(order),
            Input::Answer { token, outcome } => {
                if let Some(Call { file, link, .. }) = self.calls.remove(&token) {
                    if let Ok(_) | Err(Failure::Rpc(_)) = outcome.result {
                        self.planner.handle_heard(now, link);
                    }
                    self.note(file, &outcome);
                }
                self.planner.handle_answer(now, token, outcome.result);
            }
            Input::Disk { token, result } => self.planner.handle_disk(token, result),
            Input::Location { file, fresh } => self.planner.handle_location(now, file, fresh),
            Input::Ready { dc, is_done } => self.planner.handle_ready(dc, is_done),
        }
    }

    /// A transfer that fails next without an answer of the server's fails for this.
    fn note(&mut self, file: FileId, outcome: &Outcome) {
        if let Some(entry) = self.files.get_mut(&file) {
            entry.cause.clone_from(&outcome.cause);
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Begin { key, what, local, refresh, ports } => {
                self.begin(key, &what, local, refresh, ports);
            }
            Order::Cancel { key, keep } => {
                if let Some(file) = self.keys.get(&key) {
                    self.planner.cancel(*file, keep);
                }
            }
            Order::Sent { key } => {
                if let Some(file) = self.keys.get(&key) {
                    self.planner.handle_sent(*file);
                }
            }
            Order::SendFailed { keys, error, reply } => {
                let files: Option<Vec<_>> =
                    keys.iter().map(|key| self.keys.get(key).copied()).collect();
                let now = self.clock.now();
                let sending = match files {
                    Some(files) => self.planner.handle_send_error(now, &files, &error),
                    None => Sending::NotOurs,
                };
                // Who asked may have gone.
                let _ = reply.send(sending);
            }
        }
    }

    fn begin(
        &mut self,
        key: Key,
        what: &What,
        local: Local,
        refresh: Option<Refresh>,
        ports: Ports,
    ) {
        let now = self.clock.now();
        let added = match what {
            What::Up(spec) => self.planner.add_upload(now, spec, &mut self.entropy),
            What::Down(spec) => self.planner.add_download(spec),
        };
        let (file, begin) = match added {
            Ok(added) => added,
            Err(error) => {
                let _ = ports.end.send(Err(error.into()));
                return;
            }
        };
        let (work, from) = mpsc::unbounded_channel();
        tokio::spawn(serve(local, from, self.to.clone(), ports.end));
        if matches!(begin, Begin::AnewBecause(_)) {
            let _ = work.send(Work::Empty);
        }
        let Ports { progress, waits, uploaded, .. } = Ports { end: oneshot::channel().0, ..ports };
        let (local, lane, cause) = (work, None, None);
        let entry = Entry { key, local, refresh, progress, waits, lane, uploaded, cause };
        self.files.insert(file, entry);
        self.keys.insert(key, file);
    }

    /// Does all that the planner has to be done.
    fn poll(&mut self) {
        loop {
            // What is to be done on the disk, before the transfer's end is told.
            if let Some(request) = self.planner.poll_disk() {
                if let Some(entry) = self.files.get(&request.file) {
                    let _ = entry.local.send(Work::Do { token: request.token, what: request.what });
                }
            } else if let Some(event) = self.planner.poll_event() {
                self.tell(event);
            } else if let Some(control) = self.planner.poll_control() {
                self.control(control);
            } else if let Some(outgoing) = self.planner.poll_request(self.clock.now()) {
                self.send(outgoing);
            } else {
                return;
            }
        }
    }

    fn control(&mut self, control: Control) {
        match control {
            Control::Drop(token) => {
                if let Some(call) = self.calls.remove(&token) {
                    call.asking.abort();
                }
            }
            Control::Replace(link) => call::replace(&self.client, link),
        }
    }

    fn send(&mut self, outgoing: Outgoing) {
        let Outgoing { token, file, link, request } = outgoing;
        let (client, to) = (self.client.clone(), self.to.clone());
        let asking = tokio::spawn(async move {
            let outcome = call::ask(&client, link, request).await;
            // The task may have ended.
            let _ = to.send(Input::Answer { token, outcome });
        });
        if let Some(entry) = self.files.get_mut(&file) {
            entry.lane = Some(link.lane);
        }
        self.calls.insert(token, Call { file, link, asking: asking.abort_handle() });
    }

    fn tell(&mut self, event: Event) {
        match event {
            Event::Progress { file, progress } => {
                if let Some(entry) = self.files.get(&file) {
                    entry.progress.send_replace(progress);
                }
            }
            Event::Uploaded { file, sent } => {
                if let Some(uploaded) = self.files.get(&file).and_then(|e| e.uploaded.as_ref()) {
                    let _ = uploaded.send(sent);
                }
            }
            Event::LocationWanted { file, source } => self.fetch_location(file, source),
            Event::LoginWanted { dc } => {
                self.prepare(dc, async move |client| refresh::log_in(&client, dc).await);
            }
            Event::ConfigWanted { dc } => {
                self.prepare(dc, async move |client| client.refresh_config().await.is_ok());
            }
            Event::Ended { file, end } => self.end(file, end),
            Event::Waiting { dc, direction, until } => self.tell_wait(dc, direction, until),
            // Where a file is now, its next location says.
            Event::Moved { .. } => {}
        }
    }

    /// FI-75: a wait is the planner's affair; whoever looks is told of it, of each transfer that it keeps.
    fn tell_wait(&self, dc: Dc, direction: Direction, until: Duration) {
        let wait = until.saturating_sub(self.clock.now().mono);
        let waits = |lane: Lane| (lane.dc, lane.direction) == (dc, direction);
        for entry in self.files.values().filter(|entry| entry.lane.is_some_and(waits)) {
            entry.waits.send_replace(Some(wait));
        }
    }

    fn fetch_location(&self, file: FileId, source: Source) {
        let refresh = self.files.get(&file).and_then(|entry| entry.refresh.clone());
        let (client, to) = (self.client.clone(), self.to.clone());
        tokio::spawn(async move {
            let fresh = refresh::fetch(&client, refresh, &source).await;
            let _ = to.send(Input::Location { file, fresh });
        });
    }

    fn prepare<F>(&self, dc: Dc, how: impl FnOnce(Client) -> F)
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let (preparing, to) = (how(self.client.clone()), self.to.clone());
        tokio::spawn(async move {
            let is_done = preparing.await;
            let _ = to.send(Input::Ready { dc, is_done });
        });
    }

    fn end(&mut self, file: FileId, end: End) {
        let Some(entry) = self.files.remove(&file) else { return };
        self.keys.remove(&entry.key);
        let result = match end {
            End::Done => Ok(()),
            // What ended the last request says more than that it ended.
            End::Failed(FileError::Malformed | FileError::Lost { .. }) if entry.cause.is_some() => {
                Err(entry.cause.map_or(FileError::Malformed.into(), TransferError::from))
            }
            End::Failed(error) => Err(error.into()),
            End::Cancelled => Err(FileError::Unknown.into()),
        };
        let _ = entry.local.send(Work::End(result));
    }

    /// The client has ended.
    fn end_all(&mut self, error: &Error) {
        for (_, entry) in self.files.drain() {
            let _ = entry.local.send(Work::End(Err(error.clone().into())));
        }
    }
}

/// Requests that are under way go with the task.
impl Drop for Engine {
    fn drop(&mut self) {
        for (_, call) in self.calls.drain() {
            call.asking.abort();
        }
    }
}

async fn ended(client: &Client) -> Error {
    client.inner.ended().await
}

/// Does what a local end has to do, one after the other, and tells the end when all of it is done.
async fn serve(
    mut local: Local,
    mut from: mpsc::UnboundedReceiver<Work>,
    to: mpsc::UnboundedSender<Input>,
    end: oneshot::Sender<Result<Local, TransferError>>,
) {
    while let Some(work) = from.recv().await {
        match work {
            Work::Do { token, what } => {
                let result = local.act(what).await;
                let _ = to.send(Input::Disk { token, result });
            }
            // What cannot be emptied is written over, and cut at the end.
            Work::Empty => drop(local.empty().await),
            Work::End(result) => {
                // Whoever reads it hears that there is nothing more.
                if let Local::Reader(_) = local {
                    local = Local::Memory(Vec::new());
                }
                let _ = end.send(result.map(|()| local));
                return;
            }
        }
    }
}
