//! Runs hostile schedules and says what came of them.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use telewire_sim::minimise::minimise;
use telewire_sim::oracle::Violation;
use telewire_sim::outcome::Coverage;
use telewire_sim::plan::{Action, Options, Plan};
use telewire_sim::world::World;

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
}

fn main() -> ExitCode {
    let args = Args::parse();
    let options = Options { without: args.without.clone(), is_rogue: args.rogue };
    if let Some(seed) = args.trace {
        let outcome = World::run(&Plan::new(seed, &options), true);
        print(&outcome.lines, outcome.violation.as_ref());
        return code(outcome.violation.is_none());
    }
    let start = Instant::now();
    let mut coverage = Coverage::default();
    for seed in (args.seed..).take(usize::try_from(args.schedules).unwrap_or(usize::MAX)) {
        let plan = Plan::new(seed, &options);
        let outcome = World::run(&plan, false);
        coverage.add(&plan, &outcome);
        if let Some(violation) = outcome.violation.filter(|_| !args.keep_going) {
            report(&plan, &violation);
            break;
        }
    }
    coverage.took(start.elapsed().max(Duration::from_nanos(1)));
    println!("{coverage}");
    code(coverage.violations() == 0)
}

/// Prints the least of a schedule that breaks a promise.
fn report(plan: &Plan, violation: &Violation) {
    println!("seed {}: {violation}", plan.seed);
    let (least, outcome) = minimise(plan, violation);
    let Plan { is_stored, framing, latency, jitter, clock, heals, .. } = &least;
    println!("\n{} of {} steps are enough:", least.steps.len(), plan.steps.len());
    println!(
        "stored key {is_stored}, {framing:?}, latency {latency:?} + {jitter:?}, clock {clock}, heals {heals}"
    );
    for step in &least.steps {
        let what = match &step.action {
            Action::Fault(fault) => fault.to_string(),
            action => format!("{action:?}"),
        };
        println!("{:>12.3}  {what}", step.at.as_secs_f64());
    }
    println!();
    print(&outcome.lines, outcome.violation.as_ref());
    println!();
}

fn print(lines: &[String], violation: Option<&Violation>) {
    for line in lines {
        println!("{line}");
    }
    if let Some(violation) = violation {
        println!("violation: {violation}");
    }
}

fn code(is_good: bool) -> ExitCode {
    if is_good { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
