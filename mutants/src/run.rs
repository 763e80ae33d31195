//! One run: first the tests as they are, then each mutant.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::bench::Bench;
use crate::edit::mutated;
use crate::list::{Mutant, Tests};
use crate::outcome::Outcome;

/// How many mutants became what.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) caught: usize,
    /// The lines of those not caught.
    pub(crate) others: Vec<String>,
    pub(crate) not_tried: usize,
}

impl Summary {
    fn note(&mut self, outcome: &Outcome, line: String) {
        if outcome.is_caught() {
            self.caught += 1;
        } else {
            self.others.push(line);
        }
    }

    /// The whole, on one line, below those lines that somebody must look at.
    pub(crate) fn text(&self, elapsed: Duration) -> String {
        let Self { caught, others, not_tried } = self;
        let mut text: String = others.iter().map(|line| format!("{line}\n")).collect();
        let tried = caught + others.len();
        text.push_str(&format!("{tried} tried: {caught} caught, {} not caught", others.len()));
        if *not_tried > 0 {
            text.push_str(&format!("; {not_tried} not tried"));
        }
        text.push_str(&format!("; {:.0} s", elapsed.as_secs_f64()));
        text
    }
}

/// When to stop before the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) time: Option<Duration>,
    pub(crate) fail_fast: bool,
}

/// Runs the tests of all mutants with none applied: what fails already catches nothing.
pub(crate) fn check_without(bench: &Bench, mutants: &[Mutant]) -> Result<(), String> {
    let mut kinds: Vec<Tests> = Vec::new();
    for mutant in mutants {
        if !kinds.contains(&mutant.command) {
            kinds.push(mutant.command);
        }
    }
    for kind in kinds {
        let of_kind = mutants.iter().filter(|mutant| mutant.command == kind);
        let names: Vec<&str> = of_kind.map(|mutant| mutant.test.as_str()).collect();
        match bench.test(kind, &names)? {
            Outcome::Survived { ran } => println!("{ran} tests pass without any mutant"),
            // Each entry will say so for itself.
            Outcome::NoTests => {}
            Outcome::Caught { failed, .. } => {
                return Err(format!(
                    "without any mutant these tests fail; correct them first: {}",
                    failed.join(", ")
                ));
            }
            Outcome::NotCompiled(error) => {
                return Err(format!("without any mutant the tests do not compile: {error}"));
            }
            other => {
                return Err(format!("without any mutant: {}", other.details(&names.join(" "))));
            }
        }
    }
    Ok(())
}

/// Tries one mutant after the other, with a line for each.
pub(crate) fn try_all(
    bench: &Bench,
    mutants: &[Mutant],
    limits: Limits,
) -> Result<Summary, String> {
    let mut summary = Summary::default();
    // From here on: the first build, which takes as long as all the rest on a clean checkout, leaves time for a mutant.
    let start = Instant::now();
    for (place, mutant) in mutants.iter().enumerate() {
        let is_late = limits.time.is_some_and(|time| start.elapsed() >= time);
        if is_late || limits.fail_fast && !summary.others.is_empty() {
            summary.not_tried = mutants.len() - place;
            break;
        }
        let begun = Instant::now();
        let outcome = try_one(bench, mutant)?;
        let progress = format!("[{:>3} of {}]", place + 1, mutants.len());
        let line = line(mutant, &outcome, begun.elapsed());
        println!("{progress} {line}");
        summary.note(&outcome, line);
    }
    Ok(summary)
}

/// Looks only whether the entries fit the sources; the lines of those that do not.
pub(crate) fn check_entries(root: &Path, mutants: &[Mutant]) -> Summary {
    let mut summary = Summary { not_tried: mutants.len(), ..Summary::default() };
    for mutant in mutants {
        match mutated(root, mutant) {
            Ok(_) => {
                let unseen = mutant
                    .unseen
                    .as_ref()
                    .map(|why| format!("; not seen by the simulation: {why}"));
                let unseen = unseen.unwrap_or_default();
                println!("fits      {}  {} ({}){unseen}", mutant.id, mutant.what, mutant.file);
            }
            Err(problem) => {
                let outcome = Outcome::Stale(problem);
                summary.not_tried -= 1;
                summary.note(&outcome, line(mutant, &outcome, Duration::ZERO));
            }
        }
    }
    summary
}

fn try_one(bench: &Bench, mutant: &Mutant) -> Result<Outcome, String> {
    let (before, after) = match mutated(&bench.tree, mutant) {
        Ok(texts) => texts,
        Err(problem) => return Ok(Outcome::Stale(problem)),
    };
    let path = bench.tree.join(&mutant.file);
    let write =
        |text: &str| fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()));
    write(&after)?;
    let outcome = bench.test(mutant.command, &[&mutant.test]);
    write(&before)?;
    outcome
}

fn line(mutant: &Mutant, outcome: &Outcome, elapsed: Duration) -> String {
    format!(
        "{:<9} {}  {} ({}; {:.1} s)",
        outcome.word(),
        mutant.id,
        mutant.what,
        outcome.details(&mutant.test),
        elapsed.as_secs_f64()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant() -> Mutant {
        Mutant {
            id: "kx_03".to_owned(),
            what: "the nonce is not compared".to_owned(),
            file: "a.rs".to_owned(),
            find: "a".to_owned(),
            replace: "b".to_owned(),
            command: Tests::Lib,
            test: "kx_03".to_owned(),
            unseen: None,
        }
    }

    #[test]
    fn a_line_says_what_became_of_which_and_why() {
        let caught = Outcome::Caught { ran: 2, failed: vec!["a::kx_03_b".to_owned()] };
        assert_eq!(
            line(&mutant(), &caught, Duration::from_millis(1_260)),
            "caught    kx_03  the nonce is not compared (1 of 2 failed: a::kx_03_b; 1.3 s)"
        );
    }

    #[test]
    fn the_summary_counts_and_repeats_what_was_not_caught() {
        let mut summary = Summary::default();
        let elapsed = Duration::from_secs(9);
        let caught = Outcome::Caught { ran: 1, failed: Vec::new() };
        summary.note(&caught, "caught".to_owned());
        assert_eq!(summary.text(elapsed), "1 tried: 1 caught, 0 not caught; 9 s");
        summary.note(&Outcome::Survived { ran: 1 }, "SURVIVED kx_03".to_owned());
        summary.not_tried = 4;
        assert_eq!(
            summary.text(elapsed),
            "SURVIVED kx_03\n2 tried: 1 caught, 1 not caught; 4 not tried; 9 s"
        );
    }
}
