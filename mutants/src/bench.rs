//! The workbench: builds the copy, and runs its tests.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::list::Tests;
use crate::outcome::{Outcome, read};

/// How long tests may run. The slowest family takes some seconds; a mutant can make a loop endless.
const LIMIT: Duration = Duration::from_secs(90);

/// A copy of the repository, and where its build goes.
pub(crate) struct Bench {
    pub(crate) tree: PathBuf,
    pub(crate) target: PathBuf,
}

impl Bench {
    /// Builds tests and runs those with one of these names in theirs.
    pub(crate) fn test(&self, tests: Tests, names: &[&str]) -> Result<Outcome, String> {
        let executables = match self.build(tests)? {
            Ok(executables) => executables,
            Err(error) => return Ok(Outcome::NotCompiled(error)),
        };
        let mut total = Outcome::NoTests;
        for executable in executables {
            total = sum(total, self.run(&executable, names)?);
        }
        Ok(total)
    }

    /// The test executables, or the first error of the compiler.
    fn build(&self, tests: Tests) -> Result<Result<Vec<PathBuf>, String>, String> {
        let output = self
            .cargo(tests)
            .output()
            .map_err(|error| format!("cargo, which builds the tests, cannot run: {error}"))?;
        if output.status.success() {
            Ok(Ok(executables(&said(&output.stdout))))
        } else {
            Ok(Err(first_error(&said(&output.stderr))))
        }
    }

    fn cargo(&self, tests: Tests) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .arg("test")
            .args(tests.arguments())
            .args(["--no-run", "--message-format=json-render-diagnostics"])
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.target)
            // A mutant is built in a fraction of the time.
            .env("CARGO_INCREMENTAL", "1")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            // A check that is removed leaves variables unused, and that must not fail where warnings do.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        cargo
    }

    fn run(&self, executable: &Path, names: &[&str]) -> Result<Outcome, String> {
        let mut child = Command::new(executable)
            .args(names)
            .current_dir(&self.tree)
            .env("RUST_BACKTRACE", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} cannot run: {error}", executable.display()))?;
        let stdout = child.stdout.take();
        // Read elsewhere, since a full pipe would block the tests.
        let printed = thread::spawn(move || {
            let mut printed = Vec::new();
            stdout.map(|mut stdout| stdout.read_to_end(&mut printed));
            String::from_utf8_lossy(&printed).into_owned()
        });
        let ended = ended_within(&mut child, LIMIT).map_err(|error| error.to_string())?;
        let printed = printed.join().unwrap_or_default();
        Ok(if ended { read(&printed).unwrap_or(Outcome::Aborted) } else { Outcome::Hung })
    }
}

/// Waits for a process, and ends it when it takes too long.
fn ended_within(child: &mut Child, limit: Duration) -> std::io::Result<bool> {
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(true)
}

/// One outcome for the tests of two executables.
fn sum(a: Outcome, b: Outcome) -> Outcome {
    use Outcome::{Aborted, Caught, Hung, NoTests, Survived};
    match (a, b) {
        (Hung, _) | (_, Hung) => Hung,
        (Aborted, _) | (_, Aborted) => Aborted,
        (NoTests, other) | (other, NoTests) => other,
        (Survived { ran: a }, Survived { ran: b }) => Survived { ran: a + b },
        (Caught { ran: a, mut failed }, Caught { ran: b, failed: more }) => {
            failed.extend(more);
            Caught { ran: a + b, failed }
        }
        (Caught { ran: a, failed }, Survived { ran: b })
        | (Survived { ran: a }, Caught { ran: b, failed }) => Caught { ran: a + b, failed },
        (other, _) => other,
    }
}

fn said(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

/// The executables of tests among the messages of cargo.
fn executables(stdout: &str) -> Vec<PathBuf> {
    let messages = stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages
        .filter(|message| message.pointer("/profile/test").is_some_and(|test| *test == true))
        .filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
        .collect()
}

/// The first error and where it is, on one line.
fn first_error(stderr: &str) -> String {
    let mut lines = stderr.lines().skip_while(|line| !line.starts_with("error"));
    let error = lines.next().unwrap_or("error: cargo failed and did not say why");
    match lines.next().map(str::trim).filter(|line| line.starts_with("-->")) {
        Some(place) => format!("{error} {place}"),
        None => error.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executables_of_tests_are_found_among_the_messages() {
        let said = r#"{"reason":"compiler-artifact","profile":{"test":false},"executable":"/bin/tool"}
{"reason":"compiler-artifact","profile":{"test":true},"executable":"/deps/telewire-1"}
{"reason":"compiler-artifact","profile":{"test":false},"executable":null}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(executables(said), [PathBuf::from("/deps/telewire-1")]);
    }

    #[test]
    fn the_first_error_comes_with_its_place() {
        let said = "warning: x\n\nerror[E0308]: mismatched types\n  --> a.rs:3:4\n   |\n";
        assert_eq!(first_error(said), "error[E0308]: mismatched types --> a.rs:3:4");
        assert_eq!(first_error("error: alone\n\nmore\n"), "error: alone");
        assert!(first_error("").contains("did not say why"));
    }

    #[test]
    fn outcomes_of_several_executables_add_up() {
        let survived = |ran| Outcome::Survived { ran };
        let caught = |ran| Outcome::Caught { ran, failed: vec!["t".to_owned()] };
        assert_eq!(sum(Outcome::NoTests, survived(2)), survived(2));
        assert_eq!(sum(survived(2), survived(3)), survived(5));
        assert_eq!(sum(survived(2), caught(3)), caught(5));
        assert_eq!(sum(caught(2), survived(3)), caught(5));
        assert_eq!(sum(caught(2), Outcome::Hung), Outcome::Hung);
        assert_eq!(sum(Outcome::Aborted, survived(1)), Outcome::Aborted);
        assert_eq!(
            sum(caught(1), caught(1)),
            Outcome::Caught { ran: 2, failed: vec!["t".to_owned(); 2] }
        );
    }

    #[test]
    fn a_process_without_end_is_ended() {
        let spawn = |seconds| Command::new("sleep").arg(seconds).spawn().unwrap();
        assert!(!ended_within(&mut spawn("60"), Duration::from_millis(20)).unwrap());
        assert!(ended_within(&mut spawn("0"), Duration::from_secs(60)).unwrap());
    }
}
