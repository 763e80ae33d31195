//! What becomes of a mutant.

/// What became of a mutant, or of the tests without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Tests ran, and these failed.
    Caught { ran: usize, failed: Vec<String> },
    /// Tests ran, and none failed.
    Survived { ran: usize },
    /// The entry does not fit the source; the sentence says why.
    Stale(String),
    /// It does not compile; the first error.
    NotCompiled(String),
    /// No test has such a name.
    NoTests,
    /// The tests came to no end.
    Hung,
    /// The process of the tests ended without a result.
    Aborted,
}

impl Outcome {
    pub(crate) fn is_caught(&self) -> bool {
        matches!(self, Self::Caught { .. })
    }

    /// One word for it. What needs somebody's attention is in capitals.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Caught { .. } => "caught",
            Self::Survived { .. } => "SURVIVED",
            Self::Stale(_) => "STALE",
            Self::NotCompiled(_) => "NOT COMPILED",
            Self::NoTests => "NO TESTS",
            Self::Hung => "HUNG",
            Self::Aborted => "ABORTED",
        }
    }

    /// The tests that failed, or what to do.
    pub(crate) fn details(&self, test: &str) -> String {
        match self {
            Self::Caught { ran, failed } => {
                let first = failed.first().map_or("", |name| short(name));
                format!("{} of {ran} failed: {first}", failed.len())
            }
            Self::Survived { ran } => format!(
                "all {ran} tests named `{test}` pass without this check; strengthen them, or drop the \
                 entry if the change is equivalent"
            ),
            Self::Stale(problem) => problem.clone(),
            Self::NotCompiled(error) => format!("{error}; write a replacement that compiles"),
            Self::NoTests => {
                format!("no test has `{test}` in its name; name the test that must fail")
            }
            Self::Hung => format!(
                "the tests named `{test}` came to no end; let the change leave a way out of the loop"
            ),
            Self::Aborted => format!(
                "the process that ran `{test}` died without a result; apply the change by hand and \
                 look"
            ),
        }
    }
}

/// The last two parts of a path are enough to find a test.
fn short(name: &str) -> &str {
    let mut parts = name.rmatch_indices("::");
    match parts.nth(1) {
        Some((place, separator)) => name.get(place + separator.len()..).unwrap_or(name),
        None => name,
    }
}

/// What a test process printed, as an outcome; `None` if there is no result in it.
pub(crate) fn read(printed: &str) -> Option<Outcome> {
    let result = printed.lines().find_map(|line| line.strip_prefix("test result: "))?;
    let count = |word: &str| {
        let before = result.split(word).next()?;
        before.rsplit(' ').find(|part| !part.is_empty())?.parse::<usize>().ok()
    };
    let (passed, failures) = (count(" passed;")?, count(" failed;")?);
    let failed: Vec<String> = printed.lines().filter_map(failed_test).map(str::to_owned).collect();
    let ran = passed + failures;
    Some(match (ran, failures) {
        (0, _) => Outcome::NoTests,
        (_, 0) => Outcome::Survived { ran },
        _ => Outcome::Caught { ran, failed },
    })
}

/// The name in `test NAME ... FAILED`.
fn failed_test(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED").map(|name| {
        // A test that should have panicked says so behind its name.
        name.strip_suffix(" - should panic").unwrap_or(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(passed: usize, failed: usize) -> String {
        let word = if failed == 0 { "ok" } else { "FAILED" };
        format!(
            "test result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 9 \
             filtered out; finished in 0.06s\n"
        )
    }

    #[test]
    fn one_failed_test_is_enough() {
        let printed = format!(
            "\nrunning 3 tests\ntest a::kx_1 ... ok\ntest a::kx_2 ... FAILED\n\
             test a::kx_3 - should panic ... FAILED\n\nfailures:\n    a::kx_2\n\n{}",
            result(1, 2)
        );
        let failed = vec!["a::kx_2".to_owned(), "a::kx_3".to_owned()];
        assert_eq!(read(&printed), Some(Outcome::Caught { ran: 3, failed }));
    }

    #[test]
    fn tests_that_pass_let_a_mutant_survive() {
        let printed = format!("running 2 tests\ntest a ... ok\ntest b ... ok\n{}", result(2, 0));
        assert_eq!(read(&printed), Some(Outcome::Survived { ran: 2 }));
    }

    #[test]
    fn no_tests_and_no_result_are_neither() {
        assert_eq!(read(&result(0, 0)), Some(Outcome::NoTests));
        assert_eq!(read("running 1 test\n"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn only_what_is_caught_is_in_small_letters() {
        let caught = Outcome::Caught { ran: 1, failed: vec!["a::b::c::d".to_owned()] };
        assert_eq!((caught.word(), caught.is_caught()), ("caught", true));
        assert_eq!(caught.details("d"), "1 of 1 failed: c::d");
        for other in [
            Outcome::Survived { ran: 1 },
            Outcome::Stale("gone".to_owned()),
            Outcome::NotCompiled("error".to_owned()),
            Outcome::NoTests,
            Outcome::Hung,
            Outcome::Aborted,
        ] {
            assert!(!other.is_caught());
            assert_eq!(other.word(), other.word().to_uppercase());
            assert!(!other.details("kx_03").is_empty());
        }
    }

    #[test]
    fn names_are_shortened_to_two_parts() {
        assert_eq!([short("a::b::c"), short("b::c"), short("c")], ["b::c", "b::c", "c"]);
    }
}
