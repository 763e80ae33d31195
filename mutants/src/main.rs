//! Removes each check of telewire in turn and sees its test fail: a test that passes without the check it is for tests
//! nothing.
//!
//! ```text
//!  mutants/*.json ── list ── select ──┐
//!  git ls-files ──── tree (a copy) ───┼── run ── for each: edit, build and test, restore ── a line
//!                                     └── bench (cargo, the test executables)
//! ```

mod args;
mod bench;
mod edit;
mod list;
mod outcome;
mod run;
mod sample;
mod tree;

use std::fs::{self, File};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

use args::Args;
use bench::Bench;
use list::Mutant;
use run::{Limits, Summary};

fn main() -> ExitCode {
    let args = Args::parse();
    let start = Instant::now();
    match run(&args) {
        Ok(None) => {
            eprintln!("no mutant has such a name; see --help, and the lists in mutants/");
            ExitCode::from(2)
        }
        Ok(Some(summary)) => {
            println!("{}", summary.text(start.elapsed()));
            ExitCode::from(u8::from(!summary.others.is_empty()))
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// What became of the mutants that the options select; `None` if there are none.
fn run(args: &Args) -> Result<Option<Summary>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = folder.parent().unwrap_or(folder);
    let mutants = list::select(list::load(folder, args)?, args);
    if mutants.is_empty() {
        return Ok(None);
    }
    if args.dry_run {
        return Ok(Some(run::check_entries(root, &mutants)));
    }
    let limits = Limits {
        time: args.minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60))),
        fail_fast: args.fail_fast,
    };
    try_in_copy(root, &mutants, limits).map(Some)
}

fn try_in_copy(root: &Path, mutants: &[Mutant], limits: Limits) -> Result<Summary, String> {
    let place = root.join("target").join("mutants");
    let bench = Bench { tree: place.join("tree"), target: place.join("target") };
    // Held until the end: two runs in one copy would catch each other's mutants.
    let _lock = lock(&place)?;
    tree::refresh(root, &bench.tree)?;
    run::check_without(&bench, mutants)?;
    run::try_all(&bench, mutants, limits)
}

fn lock(place: &Path) -> Result<File, String> {
    fs::create_dir_all(place).map_err(|error| format!("{}: {error}", place.display()))?;
    let path = place.join("lock");
    let file = File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err("another run is at work in target/mutants; wait for its end".to_owned()),
    }
}
