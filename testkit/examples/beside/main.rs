//! The same history through telewire and through another client, which are two logins of one account. The other client's program
//! starts this one and talks with it by lines, a JSON value each (`tests/telethon/updates.py`):
//!
//! | it says | this does, and answers |
//! | --- | --- |
//! | at first | `{"port", "phone"}` of a world on 127.0.0.1 |
//! | `code` | `{"code"}`: the login code |
//! | `standing` | how everything stands, for who has just logged in |
//! | `live PHASE COUNT` | people do so many things while both are here, then something in each chat with no fault any more: `{}` |
//! | `away PHASE COUNT` | telewire's client ends, people do so many things, then something in each chat: `{}` |
//! | `back` | telewire's client begins again: `{"seconds", "calls"}` until it knows what happened |
//! | `end` | `{"acts", "standing", "ours"}`: all that was done, how everything stands, what telewire told |
//!
//! After each phase telewire's client must know how everything stands; else it ends with 1 and what is wrong.

mod ours;
mod people;
mod standing;

use std::io::{self, BufRead, Write};
use std::time::Duration;

use serde_json::{Value, json};
use telewire::server::Strictness;
use telewire_testkit::{Habits, OwnPts, PushFaults, Running, World};

use crate::ours::Ours;
use crate::people::{Act, Fallible, People};

/// What is told in which form, and what goes wrong, in a phase.
fn phase(name: &str) -> Option<(Habits, PushFaults)> {
    let plain = Habits::default();
    let some = PushFaults {
        drop: 30,
        too_long: 2,
        repeat: 30,
        delay: 30,
        reorder: 30,
        split: 30,
        merge: 100,
        channel_too_long: 10,
        min: 0,
    };
    Some(match name {
        "plain" => (plain, PushFaults::default()),
        "faults" => (Habits { short: 500, ..plain }, some),
        "numbered" => {
            (Habits { short: 300, numbered: 500, combined: 300, ..plain }, PushFaults::default())
        }
        "numbered-faults" => (Habits { numbered: 300, combined: 300, ..plain }, some),
        "real" => (plain, PushFaults::default()),
        "final" => (Habits { own_pts: OwnPts::Final, ..plain }, PushFaults::default()),
        "zero" => (Habits { own_pts: OwnPts::Zero, ..plain }, PushFaults::default()),
        _ => return None,
    })
}

/// The events of one answer to `updates.getDifference`: a thousand and more that were missed come in slices.
const PAGE: usize = 300;

struct Beside {
    running: Running,
    people: People,
    ours: Ours,
    acts: Vec<Value>,
}

impl Beside {
    async fn begin(seed: u64, channels: usize) -> Fallible<Self> {
        let running = World::builder().seed(seed).strictness(Strictness::Lenient).start().await?;
        running.set_page(PAGE);
        let mut people = People::found(&running, seed, channels)?;
        let phone = people.phone().ok_or("no phone number")?;
        let ours = Ours::begin(&running, &phone, people.standing()?).await?;
        Ok(Self { running, people, ours, acts: Vec::new() })
    }

    /// People do so many things. `pause` passes now and then: what is late has to come in between.
    async fn act(&mut self, phase: &str, count: usize, pause: Option<Duration>) -> Fallible<()> {
        let may_read_channels = phase == "plain";
        let mut done = 0;
        while done < count {
            let Some(act) = self.people.act(may_read_channels)? else { continue };
            self.note(phase, &act);
            done += 1;
            if let Some(pause) = pause.filter(|_| done.is_multiple_of(20)) {
                tokio::time::sleep(pause).await;
            }
        }
        Ok(())
    }

    /// Something that shows in each box whether anything before it is missing.
    fn say_in_each(&mut self, phase: &str) -> Fallible<()> {
        for act in self.people.last_words()? {
            self.note(phase, &act);
        }
        Ok(())
    }

    fn note(&mut self, phase: &str, act: &Act) {
        let Act { what, keys, line, pts } = act;
        let act = json!({"what": what, "keys": keys, "line": line, "pts": pts, "phase": phase});
        self.acts.push(act);
    }

    fn set(&self, name: &str) -> Fallible<()> {
        let (habits, faults) = phase(name).ok_or("no such phase")?;
        self.running.set_habits(habits);
        self.running.set_push_faults(faults);
        Ok(())
    }

    async fn answer(&mut self, line: &str) -> Fallible<Value> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["code"] => {
                let phone = self.people.phone().ok_or("no phone number")?;
                Ok(json!({"code": self.running.code(&phone)}))
            }
            ["standing"] => Ok(json!(self.people.standing()?.0)),
            ["live", name, count] => {
                self.set(name)?;
                self.act(name, count.parse()?, Some(PAUSE)).await?;
                self.set("plain")?;
                self.say_in_each(name)?;
                self.ours.expect(&self.people.standing()?).await?;
                Ok(json!({}))
            }
            ["away", name, count] => {
                self.set(name)?;
                self.ours.end().await?;
                self.act(name, count.parse()?, None).await?;
                self.say_in_each(name)?;
                Ok(json!({}))
            }
            ["back"] => {
                let _ = self.running.take_calls();
                let standing = self.people.standing()?;
                let _ = self.running.take_calls();
                let seconds = self.ours.back(&self.running, &standing).await?;
                let calls = self.running.take_calls();
                let calls = calls.iter().filter(|call| call.method.starts_with("updates."));
                Ok(json!({"seconds": seconds.as_secs_f64(), "calls": calls.count()}))
            }
            ["end"] => {
                let standing = self.people.standing()?;
                self.ours.expect(&standing).await?;
                let ours = self.ours.told();
                Ok(json!({"acts": self.acts, "standing": standing.0, "ours": ours}))
            }
            _ => Err(format!("no such command: {line}").into()),
        }
    }
}

/// Between twenty things that are done while clients are here.
const PAUSE: Duration = Duration::from_millis(40);

#[tokio::main]
async fn main() -> Fallible<()> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<u64>());
    let seed = numbers.next().transpose()?.unwrap_or(1);
    let channels = numbers.next().transpose()?.unwrap_or(12);
    let mut beside = Beside::begin(seed, usize::try_from(channels)?).await?;
    let phone = beside.people.phone();
    say(&json!({"port": beside.running.addr().port(), "phone": phone}))?;
    // Nothing else is read from it, so that it may be waited for in a task.
    let mut lines = io::stdin().lock().lines();
    while let Some(line) = tokio::task::block_in_place(|| lines.next()).transpose()? {
        let answer = beside.answer(&line).await?;
        say(&answer)?;
    }
    Ok(())
}

fn say(value: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{value}")?;
    out.flush()
}
