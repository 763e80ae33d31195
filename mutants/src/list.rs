//! The lists of mutants: their form, and which of them are meant.

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path};

use serde::Deserialize;

use crate::args::Args;
use crate::sample::sample;

/// One change that removes or weakens one check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutant {
    /// Its name: the rule, and what distinguishes it.
    pub(crate) id: String,
    /// What the change does, as a sentence.
    pub(crate) what: String,
    /// The file that is changed, from the root of the repository.
    pub(crate) file: String,
    /// A text that occurs there exactly once.
    pub(crate) find: String,
    /// What stands there instead.
    pub(crate) replace: String,
    /// How the tests are built.
    #[serde(default)]
    pub(crate) command: Tests,
    /// A part of the names of the tests of which one must fail.
    pub(crate) test: String,
    /// Of a rule of updates that a unit test is the witness for: why the simulation does not notice.
    #[serde(default)]
    pub(crate) unseen: Option<String>,
}

/// The tests that can be run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tests {
    /// The unit tests of telewire, with the server.
    #[default]
    Lib,
    /// The same, and what is in `tests/`.
    All,
    /// The unit tests of telewire with the engine of updates.
    Updates,
    /// The tests of the generator.
    Codegen,
    /// The schedules of the simulation.
    Sim,
}

impl Tests {
    /// What cargo is told.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Lib => {
                &["-p", "telewire", "--no-default-features", "--features", "server", "--lib"]
            }
            Self::All => {
                &["-p", "telewire", "--no-default-features", "--features", "server", "--tests"]
            }
            Self::Updates => {
                &["-p", "telewire", "--no-default-features", "--features", "updates", "--lib"]
            }
            Self::Codegen => &["-p", "telewire-codegen", "--tests"],
            Self::Sim => &["-p", "telewire-sim", "--lib"],
        }
    }
}

/// The mutants of every list in a folder whose name the options admit, in the order of the lists.
pub(crate) fn load(folder: &Path, args: &Args) -> Result<Vec<Mutant>, String> {
    let failed =
        |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
        let path = entry.map_err(|error| failed(folder, &error))?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_meant = args.list.as_deref().is_none_or(|filter| name.contains(filter));
        if path.extension().is_some_and(|extension| extension == "json") && is_meant {
            paths.push(path);
        }
    }
    paths.sort();
    let mut mutants = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        mutants.extend(parse(&text).map_err(|error| failed(&path, &error))?);
    }
    check_ids(&mutants)?;
    Ok(mutants)
}

/// The mutants of one list.
pub(crate) fn parse(text: &str) -> Result<Vec<Mutant>, String> {
    let mutants: Vec<Mutant> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    mutants.iter().try_for_each(check)?;
    Ok(mutants)
}

/// Those that the options name; a sample is in random order, so that a limit of time cuts no list off.
pub(crate) fn select(mutants: Vec<Mutant>, args: &Args) -> Vec<Mutant> {
    let is_meant =
        |mutant: &Mutant| args.only.as_deref().is_none_or(|only| mutant.id.contains(only));
    let mutants: Vec<Mutant> = mutants.into_iter().filter(is_meant).collect();
    match args.sample {
        Some(count) => sample(mutants, count, args.seed),
        None => mutants,
    }
}

fn check(mutant: &Mutant) -> Result<(), String> {
    let Mutant { id, what, file, find, replace, test, .. } = mutant;
    let is_inside =
        Path::new(file).components().all(|component| matches!(component, Component::Normal(_)));
    let problem = if id.is_empty() || what.is_empty() {
        "needs an id and a sentence that says what it does"
    } else if test.is_empty() {
        "needs a part of the name of the test that must fail"
    } else if file.is_empty() || !is_inside {
        "needs a file inside of the repository"
    } else if find.is_empty() || find == replace {
        "needs a text to find and another to put there"
    } else {
        return Ok(());
    };
    Err(format!("the mutant `{id}` {problem}"))
}

/// Ids are unique over all lists, since `--only` selects by them.
fn check_ids(mutants: &[Mutant]) -> Result<(), String> {
    let mut ids = HashSet::new();
    match mutants.iter().find(|mutant| !ids.insert(&mutant.id)) {
        Some(twice) => Err(format!("two mutants have the id `{}`; rename one", twice.id)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{
        "id": "kx_03", "what": "the nonce is not compared", "file": "src/a.rs",
        "find": "if a", "replace": "if false", "test": "kx_03"
    }"#;

    fn mutant(id: &str) -> Mutant {
        Mutant { id: id.to_owned(), ..parse(&format!("[{ENTRY}]")).unwrap().remove(0) }
    }

    fn changed(change: impl FnOnce(&mut Mutant)) -> Result<(), String> {
        let mut mutant = mutant("kx_03");
        change(&mut mutant);
        check(&mutant)
    }

    #[test]
    fn an_entry_names_its_command_or_means_the_tests_of_the_library() {
        assert_eq!(mutant("kx_03").command, Tests::Lib);
        let named = ENTRY.replace("\"test\"", "\"command\": \"codegen\", \"test\"");
        assert_eq!(parse(&format!("[{named}]")).unwrap()[0].command, Tests::Codegen);
    }

    #[test]
    fn an_entry_with_too_little_too_much_or_an_unknown_command_is_refused() {
        for (from, to) in [
            (r#""test": "kx_03""#, r#""test": """#),
            (r#""id": "kx_03", "#, ""),
            (r#""test""#, r#""reason": "none", "test""#),
            (r#""test""#, r#""command": "rm", "test""#),
        ] {
            assert!(parse(&format!("[{}]", ENTRY.replace(from, to))).is_err(), "{to}");
        }
        assert!(parse("{}").is_err());
    }

    #[test]
    fn a_file_outside_of_the_repository_is_refused() {
        for file in ["", "/etc/passwd", "../a.rs", "src/../../a.rs"] {
            assert!(changed(|mutant| mutant.file = file.to_owned()).is_err(), "{file}");
        }
        assert_eq!(changed(|_| {}), Ok(()));
    }

    #[test]
    fn a_change_that_changes_nothing_is_refused() {
        let error = changed(|mutant| mutant.replace = mutant.find.clone()).unwrap_err();
        assert_eq!(error, "the mutant `kx_03` needs a text to find and another to put there");
        assert!(changed(|mutant| mutant.find.clear()).is_err());
        // That a text is only removed is a change.
        assert_eq!(changed(|mutant| mutant.replace.clear()), Ok(()));
    }

    #[test]
    fn an_id_stands_for_one_mutant() {
        assert_eq!(check_ids(&[mutant("a"), mutant("b")]), Ok(()));
        assert!(check_ids(&[mutant("a"), mutant("b"), mutant("a")]).is_err());
    }

    #[test]
    fn options_select_by_id_and_then_draw() {
        let all = || (0..20).map(|n| mutant(&format!("kx_{n:02}"))).collect::<Vec<_>>();
        let with = |only: Option<&str>, sample| {
            let args = Args { only: only.map(str::to_owned), sample, ..Args::default() };
            select(all(), &args).len()
        };
        assert_eq!((with(None, None), with(Some("kx_1"), None)), (20, 10));
        assert_eq!((with(Some("kx_1"), Some(3)), with(Some("kx_1"), Some(30))), (3, 10));
        assert_eq!(with(Some("em_"), None), 0);
    }

    #[test]
    fn of_a_rule_of_updates_that_the_simulation_does_not_notice_it_is_said_why() {
        let args = Args { list: Some("updates".to_owned()), ..Args::default() };
        let mutants = load(Path::new(env!("CARGO_MANIFEST_DIR")), &args).unwrap();
        assert!(!mutants.is_empty());
        for mutant in mutants {
            assert_eq!(mutant.unseen.is_none(), mutant.command == Tests::Sim, "{}", mutant.id);
        }
    }

    /// The lists of this folder, against the sources as they are.
    #[test]
    fn every_entry_fits_the_sources() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = folder.parent().unwrap();
        for mutant in load(folder, &Args::default()).unwrap() {
            let fits = crate::edit::mutated(root, &mutant).map(|_| ());
            assert_eq!(fits, Ok(()), "{}", mutant.id);
        }
    }
}
