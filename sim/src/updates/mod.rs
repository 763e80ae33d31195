//! The engine of updates against the testkit's world, which shares nothing with it but the types (UM-14): people write, edit, delete,
//! read, come and go, and write in a secret chat; what is told is lost, repeated, late, overtaken; answers fail; the link breaks; the
//! client is killed before and after each thing that it does (UP-84). Then nothing goes wrong any more for a while.
//!
//! What is promised (UM-13): what is told of a box comes in its order and once in a life; in the end what an application makes of it is
//! how everything stands; what it does not hear of is told as lost; who is idle asks for nothing; a gap costs two differences at most; and
//! what is remembered is bounded.

mod bounds;
mod client;
mod fold;
mod met;
mod town;

use std::fmt;
use std::time::Duration;

use telewire::time::Now;
use telewire::updates::BoxId;
use telewire_testkit::{Habits, OwnPts, PushFaults};

use crate::dice::Dice;
use crate::schedules::{self, Broken};
use crate::updates::client::Client;
pub use crate::updates::met::{FAULTS, Rule, Table};
use crate::updates::town::{Town, Who};

/// What came of one schedule, or of many.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Schedules.
    pub schedules: u64,
    /// What people did.
    pub acts: u64,
    /// What was told to the application.
    pub delivered: u64,
    /// Losses that were told.
    pub losses: u64,
    /// Differences that were asked for, of the account and of channels.
    pub differences: u64,
    /// Lives that were ended.
    pub kills: u64,
    /// Links that broke.
    pub breaks: u64,
    /// Answers that failed, or could not be read.
    pub faults: u64,
    /// Boxes that were compared in the end.
    pub boxes: u64,
    /// Which rules were met, and what went wrong then.
    pub met: Table,
}

impl schedules::Figures for Figures {
    fn add(&mut self, other: &Self) {
        let Self {
            schedules,
            acts,
            delivered,
            losses,
            differences,
            kills,
            breaks,
            faults,
            boxes,
            met,
        } = other;
        self.met.add(met);
        self.schedules += schedules;
        self.acts += acts;
        self.delivered += delivered;
        self.losses += losses;
        self.differences += differences;
        self.kills += kills;
        self.breaks += breaks;
        self.faults += faults;
        self.boxes += boxes;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} schedules of updates: {} boxes ended as they were told",
            self.schedules, self.boxes
        )?;
        writeln!(
            f,
            "  acts {}, delivered {}, losses told {}",
            self.acts, self.delivered, self.losses
        )?;
        writeln!(
            f,
            "  differences {}, killed {}, links broken {}, answers failed {}",
            self.differences, self.kills, self.breaks, self.faults
        )?;
        write!(f, "{}", self.met)
    }
}

/// What schedules have in common.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many things people do.
    pub acts: usize,
    /// Half of the worlds answer differences in slices.
    pub slices: bool,
    /// What happens is printed to the standard error.
    pub trace: bool,
}

/// Runs the schedule of a seed.
///
/// # Errors
///
/// What was not kept.
pub fn run(seed: u64, options: Options) -> Result<Figures, Broken> {
    schedule(seed, options).map_err(|what| Broken { seed, what })
}

/// What goes wrong in a schedule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Harm {
    /// One of so many chances to end the client's life is taken; `None`: none.
    pub(crate) kill: Option<usize>,
    /// One of so many answers fails.
    pub(crate) fail: Option<usize>,
    /// One of so many answers and of what is told cannot be read.
    pub(crate) garble: Option<usize>,
    /// Whether boxes keep little: then it comes that nobody can tell what happened.
    pub(crate) forgets: bool,
    /// Whether a later life may begin from now on.
    pub(crate) skips: bool,
}

impl Harm {
    const NONE: Self = Self { kill: None, fail: None, garble: None, forgets: false, skips: false };

    fn drawn(dice: &mut Dice) -> Self {
        let mut odds = |odds: [usize; 4]| dice.pick(&odds).copied().filter(|odds| *odds > 0);
        Self {
            kill: odds([0, 0, 60, 300]),
            fail: odds([0, 4, 8, 30]),
            garble: odds([0, 0, 0, 20]),
            forgets: odds([0, 0, 0, 1]).is_some(),
            skips: odds([0, 0, 0, 1]).is_some(),
        }
    }

    /// Whether a loss may be told at all (UM-13 (c)).
    fn may_lose(self) -> bool {
        self.forgets || self.skips || self.garble.is_some()
    }
}

fn schedule(seed: u64, options: Options) -> Result<Figures, String> {
    let Options { acts, slices, trace } = options;
    let mut dice = Dice::new(seed, 0);
    let now = Now { mono: Duration::from_secs(1), unix: Duration::from_secs(1_700_000_000) };
    let mut town = Town::found(dice.fork_dice(), now).ok_or("the town cannot be founded")?;
    let harm = Harm::drawn(&mut dice);
    if harm.forgets {
        let size = 3 + dice.below(12);
        town.world.set_box_size(size);
        town.world.keep_channel_events(u32::try_from(3 + dice.below(12)).unwrap_or(3));
    }
    if slices && dice.percent(50) {
        town.world.set_page(1 + dice.below(4));
    }
    let (faults, habits) = (faults(&mut dice), habits(&mut dice));
    town.world.set_push_faults(faults);
    town.world.set_habits(habits);
    let ada = town.ada().ok_or("nobody is Ada")?;
    let mut client = Client::new(ada, harm, trace, dice.fork_dice());
    let mut figures = Figures { schedules: 1, ..Figures::default() };
    let mut left = acts;
    while left > 0 {
        match dice.below(24) {
            0..=8 => {
                left -= 1;
                let all = [Who::AdaElsewhere, Who::Bob, Who::Bob, Who::Carol];
                let who = dice.pick(&all).copied().unwrap_or(Who::Bob);
                if let Some(call) = town.next_call(who) {
                    // What is refused does nothing.
                    let answer = town.call(who, call.as_bytes());
                    client.note(&town, || format!("{who:?} calls {call:?}: {}", answer.is_ok()));
                    town.record();
                    figures.acts += 1;
                }
            }
            9..=10 => {
                left -= 1;
                if client.is_online()
                    && let Some(call) = town.next_call(Who::Ada)
                {
                    let answer = town.call(Who::Ada, call.as_bytes());
                    town.record();
                    client.has_called(&town, call.as_bytes(), answer);
                    figures.acts += 1;
                }
            }
            11..=19 => town.pass(dice.time(Duration::from_millis(700))),
            20 => town.pass(dice.time(Duration::from_secs(90))),
            21 => client.link(&town),
            22 => client.begin(&town),
            _ => client.pause(),
        }
        client.settle(&mut town)?;
    }
    // Nothing goes wrong any more.
    client.note(&town, || "nothing goes wrong any more".into());
    town.world.set_push_faults(PushFaults::default());
    client.harm = Harm::NONE;
    client.wake(&town);
    // What was lost without a sign is named by a difference if it is later than the date, and a numbered container takes the date past it
    // (the documented rule): then only what follows it in its box shows that it is missing.
    let is_prompt = dice.percent(50);
    let has_last_words = faults.drop > 0 && (is_prompt || habits.numbered > 0);
    if has_last_words {
        // A late answer to a call of one's own may say that one has left, of before one came back.
        quiet(&mut town, &mut client, LATE)?;
        town.last_words();
    }
    // Where something shows that more is missing, nobody waits for the silence.
    if is_prompt {
        quiet(&mut town, &mut client, PROMPT)?;
        judge(&mut town, &client, has_last_words)
            .map_err(|what| format!("{what}, three minutes later"))?;
    }
    quiet(&mut town, &mut client, RECOVERY)?;
    let (asked, told) = (client.asked, client.delivered);
    quiet(&mut town, &mut client, IDLE)?;
    if client.asked > asked + MAX_IDLE {
        return Err(format!("idle, it asked {} times in an hour", client.asked - asked));
    }
    if client.delivered > told {
        return Err("something was told long after everything was quiet".into());
    }
    figures.boxes = judge(&mut town, &client, has_last_words)?;
    if client.losses > 0 && !harm.may_lose() {
        return Err(format!("{} losses were told, and nothing could be lost", client.losses));
    }
    (figures.delivered, figures.losses) = (client.delivered, client.losses);
    (figures.differences, figures.kills) = (client.asked, client.kills);
    (figures.breaks, figures.faults) = (client.breaks, client.faults);
    figures.met = Table::one(client.seen(), &faults, harm);
    bounds::check(&mut town, &mut client, seed.is_multiple_of(LONG))?;
    Ok(figures)
}

/// So late no answer comes any more.
const LATE: Duration = Duration::from_secs(5);

/// After so long all that can be asked for was: silence has the difference asked for (UP-25).
const RECOVERY: Duration = Duration::from_secs(45 * 60);

/// So soon all is known for which there was a sign: a gap waits half a second (UP-17), and who has failed some 77 at most.
const PROMPT: Duration = Duration::from_secs(3 * 60);

/// So long nothing happens.
const IDLE: Duration = Duration::from_secs(60 * 60);

/// UM-13 (e): after each quarter of an hour of silence there is one call.
const MAX_IDLE: u64 = 4;

/// One of so many schedules is followed by thousands of events.
const LONG: u64 = 64;

/// The time passes, from one thing that is due to the next.
fn quiet(town: &mut Town, client: &mut Client, time: Duration) -> Result<(), String> {
    let end = town.now.after(time);
    for _ in 0..MAX_TURNS {
        client.settle(town)?;
        // What was kept may be what the next difference waited for (SC-80): the client looks again, as its driver does.
        client.settle(town)?;
        if town.now.mono >= end.mono {
            return Ok(());
        }
        let next = client.due().unwrap_or(end.mono).min(end.mono);
        let told = town.world.next_at().map(|at| at.saturating_sub(town.now.unix));
        let wait = next.saturating_sub(town.now.mono).min(told.unwrap_or(Duration::MAX));
        // What is due stays due until it is looked at.
        town.pass(wait.max(Duration::from_millis(1)));
    }
    Err("it does not come to rest".into())
}

/// Turns of the clock in which everything has to come to rest.
const MAX_TURNS: u32 = 100_000;

/// UM-13 (b): what is known of each box that is open to Ada is how it stands. Gives how many were compared. A channel of which nothing was
/// ever told begins with the first thing that is (UP-51); where something was said in each, there is none but those that cannot be asked for.
fn judge(town: &mut Town, client: &Client, was_each_told: bool) -> Result<u64, String> {
    let open = town.channel_positions(Who::AdaElsewhere).ok_or("nobody knows how it stands")?;
    let known = client.knows();
    let unnamed = &known.unnamed;
    let common = town.common();
    if known.common.as_ref() != common {
        return Err(format!("the account's box: {}", differs(known.common.as_ref(), common)));
    }
    let secrets = town.secrets();
    if known.qts.as_ref() != secrets {
        return Err(format!("the secret chat: {}", differs(known.qts.as_ref(), secrets)));
    }
    let mut boxes = 2;
    for (id, pts) in open {
        let Some(known) = known.channels.get(&id) else {
            if was_each_told && !unnamed.contains(&id) {
                return Err(format!("channel {id}: nothing was told of it"));
            }
            continue;
        };
        let stands = town.at(BoxId::Channel(id), pts);
        if Some(known) != stands {
            return Err(format!("channel {id}: {}", differs(Some(known), stands)));
        }
        boxes += 1;
    }
    Ok(boxes)
}

fn differs(known: Option<&town::Messages>, stands: Option<&town::Messages>) -> String {
    let (Some(known), Some(stands)) = (known, stands) else {
        return format!("{} known, {} there", known.is_some(), stands.is_some());
    };
    let wrong = known.iter().filter(|(id, text)| stands.get(id) != Some(text));
    let missing = stands.keys().filter(|id| !known.contains_key(id));
    let wrong: Vec<_> = wrong.map(|(id, text)| (id, text, stands.get(id))).collect();
    format!("known and not so {wrong:?}, missing {:?}", missing.collect::<Vec<_>>())
}

fn faults(dice: &mut Dice) -> PushFaults {
    let mut chance = || {
        let most = [0, 0, 60, 200].get(dice.below(4)).copied().unwrap_or(0);
        u16::try_from(dice.below(most + 1)).unwrap_or(0)
    };
    PushFaults {
        drop: chance(),
        too_long: chance() / 4,
        repeat: chance(),
        delay: chance(),
        reorder: chance(),
        split: chance(),
        merge: chance(),
        channel_too_long: chance(),
        min: chance(),
    }
}

fn habits(dice: &mut Dice) -> Habits {
    let mut chance = || [0, 300, 1_000].get(dice.below(3)).copied().unwrap_or(0);
    let (short, numbered, combined) = (chance(), chance(), chance());
    let all = [OwnPts::Real, OwnPts::Final, OwnPts::Zero];
    let own_pts = dice.pick(&all).copied().unwrap_or_default();
    Habits { short, numbered, combined, own_pts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::{Range, many};

    /// Every rule is met, so that each of them switched off is found; every cell of the table is for many more schedules.
    #[test]
    fn um_13_schedules_of_updates_keep_what_is_promised() {
        let range = Range { schedules: 200, seed: 0, threads: 2 };
        let options = Options { acts: 60, slices: false, trace: false };
        let (figures, broken) = many(range, |seed| run(seed, options));
        assert!(broken.is_empty(), "{broken:?}");
        for rule in Rule::ALL.into_iter().filter(|rule| *rule != Rule::Slice) {
            assert!(figures.met.schedules_with(rule) > 0, "{}\n{figures}", rule.name());
        }
    }

    /// A channel is named without a position and asked for, is named with one, at which the application begins, and is too long then,
    /// from the beginning on.
    #[test]
    fn um_13_what_was_made_and_deleted_within_a_loss_is_not_there() {
        let options = Options { acts: 60, slices: true, trace: false };
        run(91_026_979_725_373, options).unwrap();
    }

    #[test]
    fn um_13_and_so_do_those_with_slices() {
        let range = Range { schedules: 100, seed: 1_000, threads: 2 };
        let options = Options { acts: 60, slices: true, trace: false };
        let (figures, broken) = many(range, |seed| run(seed, options));
        assert!(broken.is_empty(), "{broken:?}");
        assert!(figures.met.schedules_with(Rule::Slice) > 0, "{figures}");
    }
}
