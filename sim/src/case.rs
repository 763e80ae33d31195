//! A schedule written out, so that it can be run again whatever schedules are made of later.
//!
//! ```text
//! # What it found, for people.
//! {"chance":7,"stored":true,…}                              what the schedule is
//! {"at":0.5,"call":{"number":3,"repeat":"once",…}}          its steps, one a line, in the order of time
//! {"at":1.25,"fault":{"kind":"cut-at","up":true,"number":40}}
//! ```
//!
//! Times are in seconds. Lines are JSON, since what reads and writes it exists.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use telewire::framing::Framing;
use telewire::tl::Repeat;

use crate::api::Run;
use crate::fault::{Detail, Fault};
use crate::plan::{Action, Plan, Rogues, Step};

/// A schedule that once broke a promise, or could have.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it found: the lines that begin with `#`.
    pub found: String,
    /// The schedule.
    pub plan: Plan,
}

/// Why a case cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// A line says nothing that a schedule has.
    #[error("line {line}: {reason}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no line that says what the schedule is.
    #[error("the schedule is empty: the first line that is no comment must say what it is")]
    Empty,
    /// There is no case in the folder.
    #[error("no file of the folder ends with .{ENDING}")]
    NoCase,
}

/// What the names of files with cases end with.
const ENDING: &str = "case";

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    ///
    /// [`Error::Line`] for what is none, [`Error::Empty`] when there is nothing.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (mut found, mut plan) = (Vec::new(), None::<Plan>);
        for (place, line) in text.lines().enumerate() {
            let wrong = |reason: String| Error::Line { line: place + 1, reason };
            if let Some(words) = line.strip_prefix('#') {
                found.push(words.trim().to_owned());
            } else if let Some(plan) = &mut plan {
                let step: StepForm = read(line).map_err(wrong)?;
                plan.steps.push(step.into_step().map_err(wrong)?);
            } else if !line.trim().is_empty() {
                let head: Head = read(line).map_err(wrong)?;
                plan = Some(head.into_plan().map_err(wrong)?);
            }
        }
        let plan = plan.ok_or(Error::Empty)?;
        if let Some(place) = plan.steps.windows(2).position(is_late) {
            let reason = "a step comes before the one above it".to_owned();
            return Err(Error::Line { line: place + found.len() + 3, reason });
        }
        Ok(Self { found: found.join("\n"), plan })
    }

    /// The schedule with other chance: what the network does to which packet when. What is changed in the simulation
    /// changes what chance means, and one of a few means about the same then.
    #[must_use]
    pub fn with_chance(&self, number: u64) -> Plan {
        Plan { seed: self.plan.seed.wrapping_add(number), ..self.plan.clone() }
    }

    /// Reads the case of a file, or the cases of a folder, by their names.
    ///
    /// # Errors
    ///
    /// The name of the file, and what is wrong with it.
    pub fn load(path: &Path) -> Result<Vec<(String, Self)>, (String, Error)> {
        let shown = path.display().to_string();
        let failed = |error: std::io::Error| (shown.clone(), Error::from(error));
        let mut files = vec![path.to_owned()];
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map_err(failed)?;
            let all: Result<Vec<_>, _> = entries.map(|entry| entry.map(|e| e.path())).collect();
            files = all.map_err(failed)?;
            files.retain(|file| file.extension().is_some_and(|ending| ending == ENDING));
            files.sort();
        }
        if files.is_empty() {
            return Err((shown, Error::NoCase));
        }
        files
            .into_iter()
            .map(|file| {
                let name = file.display().to_string();
                let text = std::fs::read_to_string(&file).map_err(Error::from);
                match text.and_then(|text| Self::parse(&text)) {
                    Ok(case) => Ok((name, case)),
                    Err(error) => Err((name, error)),
                }
            })
            .collect()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.found.lines() {
            writeln!(f, "# {line}")?;
        }
        writeln!(f, "{}", written(&Head::new(&self.plan)))?;
        self.plan.steps.iter().try_for_each(|step| writeln!(f, "{}", written(&StepForm::new(step))))
    }
}

fn is_late(two: &[Step]) -> bool {
    matches!(two, [one, next] if next.at < one.at)
}

fn read<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| error.to_string())
}

/// All of it are plain values, so it cannot fail; what is wrong would be seen where it is read.
fn written(value: &impl Serialize) -> String {
    let mut line = String::new();
    match serde_json::to_string(value) {
        Ok(json) => line = json,
        Err(error) => _ = write!(line, "{error}"),
    }
    line
}

/// All of a plan but its steps.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// What all chance of the run comes from: [`Plan::seed`].
    chance: u64,
    stored: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    real: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pfs: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rogue: Option<RogueForm>,
    framing: String,
    latency: f64,
    jitter: f64,
    #[serde(default)]
    clock: i64,
    #[serde(default, skip_serializing_if = "is_false")]
    compresses: bool,
    heals: bool,
}

impl Head {
    fn new(plan: &Plan) -> Self {
        Self {
            chance: plan.seed,
            stored: plan.is_stored,
            real: plan.is_real,
            pfs: plan.pfs,
            rogue: plan.rogue.map(|Rogues { from, until, gossips }| RogueForm {
                from: from.as_secs_f64(),
                until: until.map(|until| until.as_secs_f64()),
                gossips,
            }),
            framing: plan.framing.name().to_owned(),
            latency: plan.latency.as_secs_f64(),
            jitter: plan.jitter.as_secs_f64(),
            clock: plan.clock,
            compresses: plan.compresses,
            heals: plan.heals,
        }
    }

    fn into_plan(self) -> Result<Plan, String> {
        let framing = self.framing.parse::<Framing>().map_err(|error| error.to_string())?;
        Ok(Plan {
            seed: self.chance,
            is_stored: self.stored,
            is_real: self.real,
            pfs: self.pfs,
            rogue: self.rogue.map(RogueForm::into_rogues).transpose()?,
            framing,
            latency: time(self.latency)?,
            jitter: time(self.jitter)?,
            clock: self.clock,
            compresses: self.compresses,
            heals: self.heals,
            steps: Vec::new(),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RogueForm {
    from: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<f64>,
    #[serde(default, skip_serializing_if = "is_false")]
    gossips: bool,
}

impl RogueForm {
    fn into_rogues(self) -> Result<Rogues, String> {
        let (from, until) = (time(self.from)?, self.until.map(time).transpose()?);
        Ok(Rogues { from, until, gossips: self.gossips })
    }
}

/// A step.
#[derive(Debug, Serialize, Deserialize)]
struct StepForm {
    at: f64,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    Call(CallForm),
    Flood {},
    DestroySession {
        is_there: bool,
    },
    DestroyKey {},
    Cancel {
        number: i32,
    },
    Push {
        number: i32,
        #[serde(default, skip_serializing_if = "is_false")]
        large: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        former: bool,
    },
    Fault(FaultForm),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallForm {
    number: i32,
    repeat: String,
    /// The bytes of the result.
    #[serde(default)]
    bytes: i32,
    /// After how many milliseconds it is answered.
    #[serde(default)]
    takes: i32,
    #[serde(default, skip_serializing_if = "is_false")]
    refused: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<f64>,
    /// The request that it is to run after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<i32>,
    #[serde(default, skip_serializing_if = "is_false")]
    quick_ack: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultForm {
    kind: String,
    #[serde(default, skip_serializing_if = "is_false")]
    up: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    down: bool,
    #[serde(default, skip_serializing_if = "is_zero")]
    number: i64,
}

impl StepForm {
    fn new(step: &Step) -> Self {
        let what = match step.action {
            Action::Call { run, repeat, deadline, after, quick_ack } => What::Call(CallForm {
                number: run.number,
                repeat: name_of(repeat).to_owned(),
                bytes: run.bytes,
                takes: run.after,
                refused: run.is_refused,
                deadline: deadline.map(|time| time.as_secs_f64()),
                after,
                quick_ack,
            }),
            Action::Flood => What::Flood {},
            Action::DestroySession { is_there } => What::DestroySession { is_there },
            Action::DestroyKey => What::DestroyKey {},
            Action::Cancel { number } => What::Cancel { number },
            Action::Push { number, is_large, is_former } => {
                What::Push { number, large: is_large, former: is_former }
            }
            Action::Fault(fault) => {
                let Detail { up, down, number } = fault.detail();
                What::Fault(FaultForm { kind: fault.kind().to_owned(), up, down, number })
            }
        };
        Self { at: step.at.as_secs_f64(), what }
    }

    fn into_step(self) -> Result<Step, String> {
        let action = match self.what {
            What::Call(call) => call.into_action()?,
            What::Flood {} => Action::Flood,
            What::DestroySession { is_there } => Action::DestroySession { is_there },
            What::DestroyKey {} => Action::DestroyKey,
            What::Cancel { number } => Action::Cancel { number },
            What::Push { number, large, former } => {
                Action::Push { number, is_large: large, is_former: former }
            }
            What::Fault(FaultForm { kind, up, down, number }) => {
                let fault = Fault::new(&kind, Detail { up, down, number });
                let fault = fault.filter(|fault| fault.kind() == kind);
                Action::Fault(fault.ok_or(format!("no fault of the kind {kind} is like that"))?)
            }
        };
        Ok(Step { at: time(self.at)?, action })
    }
}

impl CallForm {
    fn into_action(self) -> Result<Action, String> {
        let is_it = |repeat: &Repeat| name_of(*repeat) == self.repeat;
        let repeat = REPEATS.into_iter().find(is_it);
        let repeat = repeat.ok_or(format!("a request is safe, keyed or once, not {}", self.repeat));
        let repeat = repeat?;
        let run = Run {
            number: self.number,
            is_keyed: repeat == Repeat::Keyed,
            is_refused: self.refused,
            bytes: self.bytes,
            after: self.takes,
        };
        let deadline = self.deadline.map(time).transpose()?;
        Ok(Action::Call { run, repeat, deadline, after: self.after, quick_ack: self.quick_ack })
    }
}

const REPEATS: [Repeat; 3] = [Repeat::Safe, Repeat::Keyed, Repeat::Once];

fn name_of(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Safe => "safe",
        Repeat::Keyed => "keyed",
        Repeat::Once => "once",
    }
}

/// Nanoseconds survive: seconds have 53 bits for them.
fn time(seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("{seconds} s: {error}"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Options, Profile};

    #[test]
    fn each_schedule_can_be_written_and_read() {
        for seed in 0..3_000 {
            let profile = Profile::ALL[usize::try_from(seed).unwrap() % Profile::ALL.len()];
            let plan = Plan::new(seed, &Options { profile, ..Options::default() });
            let case = Case { found: "P1: nothing\nof interest".into(), plan };
            let again = Case::parse(&case.to_string()).unwrap();
            assert_eq!((&again.found, &again.plan), (&case.found, &case.plan), "{seed}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_its_line() {
        let plan = Plan::new(1, &Options::default());
        let text = Case { found: "x".into(), plan }.to_string();
        assert!(matches!(Case::parse(""), Err(Error::Empty)));
        let head = text.lines().nth(1).unwrap();
        let wrong = [
            "nonsense",
            r#"{"at":-1,"flood":{}}"#,
            r#"{"at":1e300,"flood":{}}"#,
            r#"{"at":1,"sunshine":{}}"#,
            r#"{"at":1,"fault":{"kind":"sunshine"}}"#,
            r#"{"at":1,"fault":{"kind":"clock-ahead","number":-5}}"#,
            r#"{"at":1,"call":{"number":1,"repeat":"twice"}}"#,
            "{\"at\":2,\"flood\":{}}\n{\"at\":1,\"flood\":{}}",
        ];
        for step in wrong {
            let lines = step.lines().count();
            match Case::parse(&format!("# x\n{head}\n{step}\n")) {
                Err(Error::Line { line, .. }) => assert_eq!(line, 2 + lines, "{step}"),
                other => panic!("{step}: {other:?}"),
            }
        }
    }
}
