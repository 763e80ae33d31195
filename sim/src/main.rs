//! Runs hostile schedules and says what came of them.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};
use telewire::session::fate::{State, Word};
use telewire::session::unmet;
use telewire_sim::case::Case;
use telewire_sim::files;
use telewire_sim::minimise::minimise;
use telewire_sim::oracle::Violation;
use telewire_sim::outcome::{Coverage, Outcome};
use telewire_sim::plan::{Options, Plan, Profile};
use telewire_sim::run::{Job, many};
use telewire_sim::schedules::{self, Broken, Range};
use telewire_sim::secret;
use telewire_sim::updates;
use telewire_sim::world::World;

/// Runs hostile schedules: client, network and data centre in one process, on a virtual clock.
#[derive(Debug, Parser)]
#[command(after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// How many schedules.
    #[arg(long, default_value_t = 1_000)]
    schedules: u64,
    /// The seed of the first; each other has the next.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print what happens in the schedule of this seed, and run no other.
    #[arg(long, value_name = "SEED")]
    trace: Option<u64>,
    /// Run schedules that were written out: a file, or a folder of files that end with .case.
    ///
    /// Each is run as it was written, and again with the chance of a few other seeds.
    #[arg(long, value_name = "FILE")]
    replay: Vec<PathBuf>,
    /// Leave out kinds of faults, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "KIND,…")]
    without: Vec<String>,
    /// What goes wrong mostly.
    #[arg(long, value_name = "PROFILE", default_value = "mixed",
        value_parser = PossibleValuesParser::new(Profile::ALL.map(Profile::name)))]
    profile: String,
    /// Against a peer that is authenticated and sends anything at all: short for `--profile rogue`.
    #[arg(long, conflicts_with = "profile")]
    rogue: bool,
    /// How many threads run them. What comes of a seed does not depend on it.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Say of each cell of the table of the requests' fates how often it was met, and which were not: all profiles in turn.
    #[arg(long, conflicts_with_all = ["profile", "rogue", "trace", "replay"])]
    cells: bool,
    /// Go on after a promise was broken, and count.
    #[arg(long)]
    keep_going: bool,
    /// End with 1 too if a kind of fault, a message or a refusal was met less often than that.
    ///
    /// By default 100 times in 10,000 mixed schedules or more, and not at all in fewer and with `--without`.
    #[arg(long, value_name = "COUNT")]
    at_least: Option<u64>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Secret chats: both ends are killed at every write and send, the server loses, repeats and reorders.
    Secret {
        /// How many schedules.
        #[arg(long, default_value_t = 100)]
        schedules: u64,
        /// The seed of the first; each other has the next.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many messages each side says.
        #[arg(long, default_value_t = 400)]
        messages: usize,
        /// End with 1 too if a side had fewer new keys in one schedule.
        #[arg(long, default_value_t = 0)]
        rekeys: u64,
        /// How many threads run them. What comes of a seed does not depend on it.
        #[arg(long, default_value_t = 2)]
        threads: u64,
    },
    /// The engine of updates against the testkit's world, which loses, repeats and delays what it tells; the client is killed at any step.
    Updates {
        /// How many schedules.
        #[arg(long, default_value_t = 1_000)]
        schedules: u64,
        /// The seed of the first; each other has the next.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many things people do in each.
        #[arg(long, default_value_t = 60)]
        acts: usize,
        /// Half of the worlds answer differences of the account in slices of a few events.
        #[arg(long)]
        slices: bool,
        /// Print what happens, for a seed that failed.
        #[arg(long)]
        trace: bool,
        /// End with 1 too if a cell of the table of rules and faults was met less often than that.
        #[arg(long, default_value_t = 0, value_name = "COUNT")]
        at_least: u64,
        /// How many threads run them. What comes of a seed does not depend on it.
        #[arg(long, default_value_t = 2)]
        threads: u64,
    },
    /// Files up and down: two data centres and a CDN with all faults, and a program that is killed at any step and at every journal.
    Files {
        /// How many schedules.
        #[arg(long, default_value_t = 1_000)]
        schedules: u64,
        /// The seed of the first; each other has the next.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// End with 1 too if something was met less often than that.
        #[arg(long, default_value_t = 0, value_name = "COUNT")]
        at_least: u64,
        /// How many threads run them. What comes of a seed does not depend on it.
        #[arg(long, default_value_t = 2)]
        threads: u64,
    },
}

const AFTER_HELP: &str = "\
Examples:
  telewire-sim --schedules 100000 --seed 1    a hundred thousand schedules
  telewire-sim --profile forget --seed 1      where the server loses its memory
  telewire-sim --cells --schedules 60000      which cells of the table of fates are met
  telewire-sim --trace 17                     what happens in one
  telewire-sim files --schedules 5000         transfers of files
  telewire-sim updates --schedules 2000       the engine of updates, and a small Telegram
  telewire-sim --replay sim/cases             those that broke a promise once

Exit codes:
  0  every promise held
  1  a promise was broken, or something was met less often than asked for
  2  the command line or a case cannot be read";

/// In so many schedules everything has to be met.
const MANY: u64 = 10_000;

/// So often.
const AT_LEAST: u64 = 100;

/// The cells of the table of fates.
const CELLS: usize = State::ALL.len() * Word::ALL.len();

/// A case is run with so many other seeds of chance.
const OTHERS: u64 = 31;

impl Args {
    fn profile(&self) -> Profile {
        let named = Profile::ALL.into_iter().find(|profile| profile.name() == self.profile);
        if self.rogue { Profile::Rogue } else { named.unwrap_or_default() }
    }

    fn least(&self) -> u64 {
        let is_one = self.without.is_empty() && !self.cells;
        let is_mixed = self.profile() == Profile::Mixed && is_one;
        let is_whole = self.schedules >= MANY && is_mixed;
        self.at_least.unwrap_or(if is_whole { AT_LEAST } else { 0 })
    }
}

fn main() -> ExitCode {
    let (args, out) = (Args::parse(), &mut io::stdout().lock());
    if let Some(command) = &args.command {
        return special(command, out).map_or(ExitCode::from(1), ExitCode::from);
    }
    let is_well = if args.replay.is_empty() { run(&args, out) } else { replay(&args, out) };
    match is_well {
        Ok(code) => ExitCode::from(code),
        // Whoever reads it has seen enough.
        Err(_) => ExitCode::from(1),
    }
}

/// Runs schedules of what has a command of its own. The first of a thread that breaks a promise is its last.
fn special(command: &Command, out: &mut impl Write) -> io::Result<u8> {
    match *command {
        Command::Secret { schedules, seed, messages, rekeys, threads } => {
            let range = Range { schedules, seed, threads };
            let (all, broken) = schedules::many(range, |seed| secret::run(seed, messages));
            let rare = (all.least_rekeys < rekeys).then(|| format!("fewer than {rekeys} new keys"));
            tell(&all, &broken, rare.as_deref(), out)
        }
        Command::Updates { schedules, seed, acts, slices, trace, at_least, threads } => {
            let range = Range { schedules, seed, threads };
            let options = updates::Options { acts, slices, trace };
            let (all, broken) = schedules::many(range, |seed| updates::run(seed, options));
            let rare = all.met.rarer_than(at_least, slices);
            let rare = (!rare.is_empty())
                .then(|| format!("met less than {at_least} times: {}", rare.join(", ")));
            tell(&all, &broken, rare.as_deref(), out)
        }
        Command::Files { schedules, seed, at_least, threads } => {
            let range = Range { schedules, seed, threads };
            let (all, broken) = schedules::many(range, files::run);
            let rare = all.rarer_than(at_least);
            let rare = (!rare.is_empty())
                .then(|| format!("met less than {at_least} times: {}", rare.join(", ")));
            tell(&all, &broken, rare.as_deref(), out)
        }
    }
}

/// Says what came of schedules; gives the exit code.
fn tell(
    all: &impl Display,
    broken: &[Broken],
    rare: Option<&str>,
    out: &mut impl Write,
) -> io::Result<u8> {
    for broken in broken {
        writeln!(out, "{broken}")?;
    }
    if broken.is_empty() {
        writeln!(out, "{all}")?;
    }
    if let Some(rare) = rare {
        writeln!(out, "{rare}")?;
    }
    Ok(u8::from(!broken.is_empty() || rare.is_some()))
}

/// Runs the schedules of seeds.
fn run(args: &Args, out: &mut impl Write) -> io::Result<u8> {
    let without = args.without.clone();
    let options = Options { without, profile: args.profile() };
    if let Some(seed) = args.trace {
        let outcome = World::run(&Plan::new(seed, &options), true);
        print(&outcome, out)?;
        return Ok(u8::from(outcome.violation.is_some()));
    }
    let job = Job { count: args.schedules, threads: args.threads, keeps_going: args.keep_going };
    let mut every = Vec::new();
    if args.cells {
        every.extend(Profile::ALL.map(|profile| Options { profile, ..options.clone() }));
    } else {
        every.push(options.clone());
    }
    let plan_of = |number: u64| {
        let turn = usize::try_from(number).unwrap_or(0).checked_rem(every.len()).unwrap_or(0);
        let options = every.get(turn).cloned().unwrap_or_default();
        Plan::new(args.seed.wrapping_add(number), &options)
    };
    let (coverage, failure) = many(job, plan_of);
    if let Some(failure) = failure {
        report(&failure.plan, &failure.violation, out)?;
    }
    writeln!(out, "{coverage}")?;
    let is_wrong = args.cells && print_cells(&coverage, out)?;
    let least = args.least();
    let rare = coverage.rarer_than(least);
    if !rare.is_empty() {
        writeln!(out, "met less than {least} times: {}", rare.join(", "))?;
    }
    Ok(u8::from(coverage.violations() > 0 || !rare.is_empty() || is_wrong))
}

/// Prints how often each cell was met, a word a line, which never were though they can be, and why the others cannot. Gives whether one
/// was met that cannot be: then it is not known why it cannot.
fn print_cells(coverage: &Coverage, out: &mut impl Write) -> io::Result<bool> {
    let (mut never, mut wrong, mut count_of) = (Vec::new(), Vec::new(), BTreeMap::new());
    write!(out, "cells of the table of fates\n  {:<22}", "")?;
    for state in State::ALL {
        write!(out, "{:>14}", format!("{state:?}"))?;
    }
    let mut last = None;
    for (state, word, count) in coverage.cells() {
        if last.replace(word) != Some(word) {
            write!(out, "\n  {:<22}", format!("{word:?}"))?;
        }
        let name = || format!("({state:?}, {word:?})");
        match unmet(state, word) {
            Some(_) if count > 0 => wrong.push(name()),
            Some(why) => *count_of.entry(why).or_insert(0) += 1,
            None if count == 0 => never.push(name()),
            None => {}
        }
        let shown =
            if count == 0 && unmet(state, word).is_some() { "-".into() } else { count.to_string() };
        write!(out, "{shown:>14}")?;
    }
    writeln!(out, "\n\n{CELLS} cells. Not met, as they cannot be:")?;
    for (why, count) in count_of {
        writeln!(out, "  {count:>3}  {why}")?;
    }
    writeln!(out, "Never met, and could be: {}  {}", never.len(), never.join(" "))?;
    if !wrong.is_empty() {
        writeln!(out, "met, and cannot be: {}", wrong.join(" "))?;
    }
    Ok(!wrong.is_empty())
}

/// Runs cases.
fn replay(args: &Args, out: &mut impl Write) -> io::Result<u8> {
    let mut code = 0;
    for path in &args.replay {
        let cases = match Case::load(path) {
            Ok(cases) => cases,
            Err((name, error)) => {
                writeln!(out, "{name}: {error}")?;
                return Ok(2);
            }
        };
        for (name, case) in cases {
            let job = Job { count: 1 + OTHERS, threads: args.threads, keeps_going: true };
            let (coverage, failure) = many(job, |number| case.with_chance(number));
            writeln!(out, "{name}: {} of {} fail", coverage.violations(), job.count)?;
            if let Some(failure) = failure {
                code = 1;
                report(&failure.plan, &failure.violation, out)?;
            }
        }
    }
    Ok(code)
}

/// Prints the least of a schedule that breaks a promise, as a case.
fn report(plan: &Plan, violation: &Violation, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "seed {}: {violation}", plan.seed)?;
    let (least, outcome) = minimise(plan, violation);
    writeln!(out, "{} of {} steps are enough. As a case:\n", least.steps.len(), plan.steps.len())?;
    let found = format!("{violation}\nSeed {}.", plan.seed);
    writeln!(out, "{}", Case { found, plan: least })?;
    print(&outcome, out)?;
    writeln!(out)
}

fn print(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    for line in &outcome.lines {
        writeln!(out, "{line}")?;
    }
    match &outcome.violation {
        Some(violation) => writeln!(out, "violation: {violation}"),
        None => Ok(()),
    }
}
