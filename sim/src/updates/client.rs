//! The client: the engine, its link, its calls, its disk, and the application that reads it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use telewire::crypto::SeededEntropy;
use telewire::rpc::RpcError;
use telewire::tl::api::enums;
use telewire::tl::api::enums::updates::{ChannelDifference, Difference};
use telewire::tl::{Deserialize, Serialize};
use telewire::updates::{Account, BoxId, CatchUp, Engine, Event, Fault, Kept, Request, Token};

use crate::dice::Dice;
use crate::updates::Harm;
use crate::updates::bounds::whole;
use crate::updates::fold::{Application, Fold};
use crate::updates::met::{Met, Rule};
use crate::updates::town::{Answer, Call, Town, Who};

pub(super) struct Client {
    account: Account,
    pub(super) harm: Harm,
    /// Whether what happens is printed.
    trace: bool,
    dice: Dice,
    entropy: SeededEntropy,
    engine: Option<Engine>,
    run: u64,
    disk: Kept,
    application: Application,
    is_linked: bool,
    /// Whether the application reads, and whether what it has read is committed at once.
    is_reading: bool,
    /// Answers on their way: when they come, and what they are of.
    answers: Vec<(Duration, Of)>,
    /// Channels whose difference runs.
    running: Vec<Token>,
    met: Met,
    pub(super) asked: u64,
    /// How many differences of each box were answered to the end.
    pub(super) whole: BTreeMap<BoxId, u64>,
    pub(super) delivered: u64,
    pub(super) losses: u64,
    pub(super) kills: u64,
    pub(super) breaks: u64,
    pub(super) faults: u64,
}

/// What an answer is of.
enum Of {
    /// A call of the engine's.
    Engine(Token, Result<Vec<u8>, Fault>),
    /// A call of the application's.
    Application(Call, Vec<u8>),
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (of, answer) = match self {
            Self::Engine(token, Err(fault)) => return write!(f, "{token:?} fails: {fault:?}"),
            Self::Engine(token, Ok(answer)) => (Some(token), answer),
            Self::Application(_, answer) => (None, answer),
        };
        write!(f, "{of:?} is answered ")?;
        match (Difference::from_bytes(answer), ChannelDifference::from_bytes(answer)) {
            (Ok(answer), _) => write!(f, "{answer:?}"),
            (_, Ok(answer)) => write!(f, "{answer:?}"),
            _ => write!(f, "{} bytes", answer.len()),
        }
    }
}

/// The life ended; whether all was told that its disk says was.
struct Killed(Result<(), String>);

impl Client {
    pub(super) fn new(ada: i64, harm: Harm, trace: bool, mut dice: Dice) -> Self {
        Self {
            account: Account { id: Some(ada), is_bot: false },
            harm,
            trace,
            entropy: dice.fork(),
            dice,
            engine: None,
            run: 0,
            disk: Kept::default(),
            application: Application::default(),
            is_linked: true,
            is_reading: true,
            answers: Vec::new(),
            running: Vec::new(),
            met: Met::default(),
            asked: 0,
            whole: BTreeMap::new(),
            delivered: 0,
            losses: 0,
            kills: 0,
            breaks: 0,
            faults: 0,
        }
    }

    pub(super) fn is_online(&self) -> bool {
        self.engine.is_some() && self.is_linked
    }

    /// Prints what happens, if somebody wants to see it.
    pub(super) fn note(&self, town: &Town, what: impl FnOnce() -> String) {
        if self.trace {
            eprintln!("{:>12.3} {}", town.now.mono.as_secs_f64(), what());
        }
    }

    /// The rules that were met.
    pub(super) fn seen(&mut self) -> Met {
        self.met.counted(self.engine.as_ref().map(Engine::counts).unwrap_or_default());
        self.met
    }

    pub(super) fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    pub(super) fn knows(&self) -> &Fold {
        &self.application.now
    }

    /// Begins a life, if there is none.
    pub(super) fn begin(&mut self, town: &Town) {
        if self.engine.is_some() {
            return;
        }
        let skips = self.harm.skips && self.dice.percent(30);
        let catch_up = if skips { CatchUp::FromNow } else { CatchUp::SinceCommit };
        let engine = Engine::new(Some(self.account), catch_up, self.disk.clone()).of_run(self.run);
        self.note(town, || format!("begins run {}, {catch_up:?}, {:?}", self.run, self.disk));
        self.run += 1;
        let engine = self.engine.insert(engine);
        if self.is_linked {
            engine.connected(town.now);
        }
    }

    /// The link breaks, or there is one again.
    pub(super) fn link(&mut self, town: &Town) {
        self.is_linked = !self.is_linked;
        self.breaks += u64::from(!self.is_linked);
        self.note(town, || format!("linked: {}", self.is_linked));
        let Some(engine) = &mut self.engine else { return };
        if self.is_linked {
            engine.connected(town.now);
            // What was sent meanwhile is lost: the server begins another session.
            engine.new_session(town.now);
        } else {
            engine.disconnected();
            // Answers that were on their way do not come.
            for (_, of) in &mut self.answers {
                if let Of::Engine(_, answer) = of {
                    *answer = Err(Fault::Unanswered);
                }
            }
            self.answers.retain(|(_, of)| matches!(of, Of::Engine(..)));
        }
    }

    /// The application stops reading, or goes on.
    pub(super) fn pause(&mut self) {
        self.is_reading = !self.is_reading;
    }

    /// Alive, linked and reading.
    pub(super) fn wake(&mut self, town: &Town) {
        self.is_reading = true;
        if !self.is_linked {
            self.link(town);
        }
        self.begin(town);
    }

    /// The application has called; the answer is on its way.
    pub(super) fn has_called(&mut self, town: &Town, call: &[u8], answer: Answer) {
        if let Ok(answer) = answer {
            let due = self.late(town);
            self.answers.push((due, Of::Application(call.to_vec(), answer)));
        }
    }

    fn late(&mut self, town: &Town) -> Duration {
        let most = [10, 100, 3_000].get(self.dice.below(3)).copied().unwrap_or(10);
        town.now.mono.saturating_add(self.dice.time(Duration::from_millis(most)))
    }

    /// When something is due.
    pub(super) fn due(&self) -> Option<Duration> {
        let answers = self.answers.iter().map(|(due, _)| *due);
        answers.chain(self.engine.as_ref()?.poll_timeout()).min()
    }

    fn chance(&mut self, odds: Option<usize>) -> bool {
        odds.is_some_and(|odds| self.dice.below(odds) == 0)
    }

    /// The life may end here.
    fn risk(&mut self, town: &Town) -> Result<(), Killed> {
        if !self.chance(self.harm.kill) {
            return Ok(());
        }
        self.kills += 1;
        self.note(town, || "killed".into());
        if !self.application.open().is_empty() {
            self.met.meet(Rule::Killed);
        }
        self.seen();
        self.engine = None;
        self.answers.clear();
        self.running.clear();
        Err(Killed(self.application.crash(&self.disk, town)))
    }

    /// Does all that is to be done now.
    pub(super) fn settle(&mut self, town: &mut Town) -> Result<(), String> {
        let told = town.told();
        match self.turn(town, told) {
            Ok(done) => done,
            Err(Killed(kept)) => kept,
        }
    }

    fn turn(
        &mut self,
        town: &mut Town,
        told: Vec<enums::Updates>,
    ) -> Result<Result<(), String>, Killed> {
        if self.is_online() {
            for updates in told {
                self.risk(town)?;
                self.hear(town, &updates);
                self.risk(town)?;
            }
        }
        for _ in 0..MAX_ROUNDS {
            if let Err(broken) = self.round(town)? {
                return Ok(Err(broken));
            }
            let now = town.now.mono;
            if self.engine.is_none() || self.due().is_none_or(|due| due > now) {
                return Ok(Ok(()));
            }
        }
        Ok(Err("it does not come to an end at one moment".into()))
    }

    fn hear(&mut self, town: &Town, updates: &enums::Updates) {
        let mut bytes = updates.to_bytes();
        if self.chance(self.harm.garble) {
            self.faults += 1;
            garble(&mut bytes);
        }
        self.note(town, || format!("hears {updates:?}"));
        if let Some(engine) = &mut self.engine {
            engine.handle_updates(town.now, &bytes);
        }
    }

    fn round(&mut self, town: &mut Town) -> Result<Result<(), String>, Killed> {
        let Some(engine) = &mut self.engine else { return Ok(Ok(())) };
        engine.handle_timeout(town.now);
        self.answered(town)?;
        if let Err(broken) = self.ask(town) {
            return Ok(Err(broken));
        }
        self.risk(town)?;
        self.keep(town)?;
        if self.is_reading {
            if let Err(broken) = self.read(town)? {
                return Ok(Err(broken));
            }
            self.commit(town)?;
        }
        self.keep(town)?;
        Ok(Ok(()))
    }

    /// Answers come.
    fn answered(&mut self, town: &Town) -> Result<(), Killed> {
        let now = town.now.mono;
        while let Some(place) = self.answers.iter().position(|(due, _)| *due <= now) {
            self.risk(town)?;
            let (_, of) = self.answers.swap_remove(place);
            self.note(town, || of.to_string());
            let Some(engine) = &mut self.engine else { return Ok(()) };
            match of {
                Of::Engine(token, answer) => {
                    self.running.retain(|running| *running != token);
                    let answer = answer.as_deref().map_err(Clone::clone);
                    engine.handle_answer(town.now, token, answer, &mut self.entropy);
                }
                Of::Application(call, answer) => {
                    engine.handle_result(town.now, &call, &answer);
                    self.application.has_called(&call);
                }
            }
            self.risk(town)?;
        }
        Ok(())
    }

    /// Makes the engine's calls. UM-13 (e): at most ten differences of channels run.
    fn ask(&mut self, town: &mut Town) -> Result<(), String> {
        while let Some(engine) = &mut self.engine
            && let Some((token, request)) = engine.poll_request(town.now)
        {
            self.asked += 1;
            if matches!(request, Request::ChannelDifference(_)) {
                self.running.push(token);
                if self.running.len() > MAX_RUNNING {
                    return Err(format!("{} differences of channels run", self.running.len()));
                }
            }
            let answer = self.outcome(town, &request);
            self.note(town, || format!("{token:?} asks {request:?}"));
            let due = self.late(town);
            self.answers.push((due, Of::Engine(token, answer)));
        }
        Ok(())
    }

    fn outcome(&mut self, town: &mut Town, request: &Request) -> Result<Vec<u8>, Fault> {
        if self.chance(self.harm.fail) {
            self.faults += 1;
            let errors = [(500, "INTERNAL"), (420, "FLOOD_WAIT_3"), (-503, "Timeout")];
            let drawn = self.dice.below(errors.len() + 1);
            let error = errors.get(drawn).map(|(code, name)| RpcError::parse(*code, name));
            return Err(error.map_or(Fault::Unanswered, Fault::Rpc));
        }
        let mut bytes = town.call(Who::Ada, &request.to_bytes()).map_err(Fault::Rpc)?;
        self.met.answered(request, &bytes);
        if let Some(line) = whole(request, &bytes) {
            *self.whole.entry(line).or_default() += 1;
        }
        self.application.is_answered(&bytes);
        if self.chance(self.harm.garble) {
            self.faults += 1;
            garble(&mut bytes);
        }
        Ok(bytes)
    }

    /// What is to be kept is written, or the life ends before or after that.
    fn keep(&mut self, town: &Town) -> Result<(), Killed> {
        let Some(checkpoint) = self.engine.as_mut().and_then(Engine::poll_checkpoint) else {
            return Ok(());
        };
        self.note(town, || format!("writes {checkpoint:?}"));
        self.application.met(&checkpoint, town);
        self.risk(town)?;
        checkpoint.apply_to(&mut self.disk);
        if let Some(engine) = &mut self.engine {
            engine.checkpoint_kept();
        }
        self.application.written(&checkpoint, town);
        self.risk(town)
    }

    fn read(&mut self, town: &Town) -> Result<Result<(), String>, Killed> {
        while let Some(delivery) = self.engine.as_mut().and_then(Engine::poll_update) {
            self.risk(town)?;
            self.delivered += 1;
            self.met.told(&delivery);
            self.note(town, || format!("is told {delivery:?}"));
            // Who knew nothing has lost nothing.
            let is_loss = match delivery.event {
                Event::Lost { .. } => true,
                Event::ChannelTooLong { from, .. } => from > 0,
                _ => false,
            };
            self.losses += u64::from(is_loss);
            if let Event::Lost { from, to, why } = delivery.event
                && from > to
                && delivery.line != Some(BoxId::Qts)
            {
                return Ok(Err(format!("lost from {from} to {to}: {why:?}")));
            }
            let Some(line) = delivery.line else {
                if let Some(engine) = &mut self.engine {
                    engine.commit(delivery.mark);
                }
                continue;
            };
            if let Err(broken) = self.application.take(line, delivery.event, delivery.mark, town) {
                return Ok(Err(broken));
            }
            self.risk(town)?;
        }
        Ok(Ok(()))
    }

    /// Commits what was read: mostly all of it, in any order.
    fn commit(&mut self, town: &Town) -> Result<(), Killed> {
        let mut open = self.application.open();
        let is_all = self.harm.kill.is_none() || self.dice.percent(70);
        let mut left = if is_all { open.len() } else { self.dice.below(open.len() + 1) };
        while left > 0 && !open.is_empty() {
            left -= 1;
            let place = self.dice.below(open.len());
            let mark = open.swap_remove(place);
            self.note(town, || format!("commits {mark:?}"));
            self.application.commit(mark);
            if let Some(engine) = &mut self.engine {
                engine.commit(mark);
            }
            self.risk(town)?;
        }
        Ok(())
    }
}

/// It begins with what no type is.
fn garble(bytes: &mut [u8]) {
    if let Some(id) = bytes.first_chunk_mut() {
        *id = 0x0bad_f00d_u32.to_le_bytes();
    }
}

/// UP-50.
const MAX_RUNNING: usize = 10;

/// What is due at one moment is done in so many rounds.
const MAX_ROUNDS: u32 = 10_000;
