//! Runs hostile schedules and says what came of them.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use peak_alloc::PeakAlloc;
use telewire_sim::minimise::minimise;
use telewire_sim::oracle::Violation;
use telewire_sim::outcome::{Coverage, Outcome};
use telewire_sim::plan::{Action, Options, Plan};
use telewire_sim::world::World;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a schedule may allocate at once, client, network and server together (P4). The results of all its requests are
/// 3 MiB at most, and are copied a few times on their way; a flood is eight thousand requests, of which each side keeps a
/// kilobyte.
const MAX_MEMORY: usize = 24 << 20;

/// Runs hostile schedules: client, network and data centre in one process, on a virtual clock.
///
/// Ends with 1 when a promise was broken, with the seed and the least of the schedule that breaks it.
#[derive(Debug, Parser)]
struct Args {
    /// How many schedules.
    #[arg(long, default_value_t = 1_000)]
    schedules: u64,
    /// The seed of the first; each other has the next.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print what happens in the schedule of this seed, and run no other.
    #[arg(long, value_name = "SEED")]
    trace: Option<u64>,
    /// Leave out kinds of faults, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "KIND,…")]
    without: Vec<String>,
    /// Against a peer that is authenticated and sends anything at all.
    #[arg(long)]
    rogue: bool,
    /// Go on after a promise was broken, and count.
    #[arg(long)]
    keep_going: bool,
    /// End with 1 too if a kind of fault, a message or a refusal was met less often than that.
    ///
    /// By default 100 times in 10,000 schedules or more, and not at all in fewer, with `--without` and with `--rogue`.
    #[arg(long, value_name = "COUNT")]
    at_least: Option<u64>,
}

/// In so many schedules everything has to be met.
const MANY: u64 = 10_000;

/// So often.
const AT_LEAST: u64 = 100;

impl Args {
    fn least(&self) -> u64 {
        let is_whole = self.schedules >= MANY && self.without.is_empty() && !self.rogue;
        self.at_least.unwrap_or(if is_whole { AT_LEAST } else { 0 })
    }
}

fn main() -> ExitCode {
    match run(&Args::parse(), &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        // Whoever reads it has seen enough, or there is a violation.
        Ok(false) | Err(_) => ExitCode::from(1),
    }
}

/// Whether all is well.
fn run(args: &Args, out: &mut impl Write) -> io::Result<bool> {
    let options = Options { without: args.without.clone(), is_rogue: args.rogue };
    if let Some(seed) = args.trace {
        let outcome = World::run(&Plan::new(seed, &options), true);
        print(&outcome, out)?;
        return Ok(outcome.violation.is_none());
    }
    let start = Instant::now();
    let mut coverage = Coverage::default();
    for seed in args.seed..args.seed.saturating_add(args.schedules) {
        let plan = Plan::new(seed, &options);
        let outcome = measured(&plan);
        coverage.add(&plan, &outcome);
        if let Some(violation) = outcome.violation.filter(|_| !args.keep_going) {
            report(&plan, &violation, out)?;
            break;
        }
    }
    coverage.took(start.elapsed().max(Duration::from_nanos(1)));
    writeln!(out, "{coverage}")?;
    let least = args.least();
    let rare = coverage.rarer_than(least);
    if !rare.is_empty() {
        writeln!(out, "met less than {least} times: {}", rare.join(", "))?;
    }
    Ok(coverage.violations() == 0 && rare.is_empty())
}

/// Runs a schedule and looks at what it allocates.
fn measured(plan: &Plan) -> Outcome {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let mut outcome = World::run(plan, false);
    let bytes = MEMORY.peak_usage().saturating_sub(before);
    if bytes > MAX_MEMORY {
        outcome.violation.get_or_insert(Violation::Memory { bytes });
    }
    outcome
}

/// Prints the least of a schedule that breaks a promise.
fn report(plan: &Plan, violation: &Violation, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "seed {}: {violation}", plan.seed)?;
    let (least, outcome) = minimise(plan, violation);
    let Plan { is_stored, pfs, framing, latency, jitter, clock, compresses, heals, .. } = &least;
    writeln!(out, "\n{} of {} steps are enough:", least.steps.len(), plan.steps.len())?;
    writeln!(
        out,
        "  a key from before {is_stored}, temporary ones {pfs:?}, {framing:?}, latency {latency:?} + {jitter:?}"
    )?;
    writeln!(out, "  clock {clock:+} s, compressed results {compresses}, heals {heals}")?;
    for step in &least.steps {
        let what = match &step.action {
            Action::Fault(fault) => fault.to_string(),
            action => format!("{action:?}"),
        };
        writeln!(out, "{:>12.3}  {what}", step.at.as_secs_f64())?;
    }
    writeln!(out)?;
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
