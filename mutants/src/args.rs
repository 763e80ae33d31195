//! The options.

use clap::Parser;

/// Removes each check of telewire in turn, and sees that its test fails.
///
/// The lists are the JSON files of `mutants/`; each entry names a file, a text in it, what to put instead, and the tests
/// that must fail then. All work is done on a copy of the repository in `target/mutants/tree`.
#[derive(Debug, Default, Parser)]
#[command(name = "telewire-mutants", after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Takes only lists whose file name contains this, such as `handshake`
    #[arg(long, value_name = "FILTER")]
    pub(crate) list: Option<String>,
    /// Takes only mutants whose id contains this, such as `kx_05`
    #[arg(long, value_name = "SUBSTRING")]
    pub(crate) only: Option<String>,
    /// Takes only so many of them, drawn at random
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) sample: Option<u32>,
    /// The seed of the sample; equal seeds draw equal samples
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Starts no mutant later than so many minutes after the first; those not tried are no failure
    #[arg(long, value_name = "M")]
    pub(crate) minutes: Option<u64>,
    /// Goes on after a mutant that is not caught; this is the default
    #[arg(long, overrides_with = "fail_fast")]
    pub(crate) keep_going: bool,
    /// Stops at the first mutant that is not caught
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Builds nothing: shows what would be tried, and whether each entry still fits the sources
    #[arg(long)]
    pub(crate) dry_run: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run -p telewire-mutants
      tries every mutant of every list
  cargo run -p telewire-mutants -- --only kx_05
      tries those of one rule
  cargo run -p telewire-mutants -- --sample 40 --seed 7 --minutes 4
      tries forty, always the same for one seed, and begins none four minutes after the first
  cargo run -p telewire-mutants -- --dry-run
      says in a moment whether every entry still fits the sources

Exit code:
  0  every mutant that was tried was caught
  1  one survived, or an entry is out of date, or the tests fail without any mutant
  2  the options are wrong";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Args;

    #[test]
    fn the_options_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn without_options_everything_is_tried() {
        let args = Args::try_parse_from(["telewire-mutants"]).unwrap();
        assert_eq!((args.list, args.only, args.sample, args.minutes), (None, None, None, None));
        assert!(!args.fail_fast && !args.dry_run);
    }

    #[test]
    fn the_later_of_two_contrary_options_counts() {
        let parse = |options: [&str; 3]| Args::try_parse_from(options).unwrap().fail_fast;
        assert!(!parse(["telewire-mutants", "--fail-fast", "--keep-going"]));
        assert!(parse(["telewire-mutants", "--keep-going", "--fail-fast"]));
    }

    #[test]
    fn an_empty_sample_is_a_usage_error() {
        let error = Args::try_parse_from(["telewire-mutants", "--sample", "0"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }
}
