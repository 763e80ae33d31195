//! How a command ends without success: a sentence and an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

/// Why a command failed. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// An option, or a file that one names, is wrong.
    #[error("{0}")]
    Input(String),
    /// The connection, the exchange or the server failed.
    #[error("{0}")]
    Run(String),
    /// What was compared differs, and the output says in what.
    #[error("there are differences")]
    Different,
    /// Some of several things went wrong, and each was told when it did; the exit code of the first.
    #[error("something failed, as was told")]
    Told(u8),
    /// Ctrl-C was pressed.
    #[error("interrupted")]
    Interrupted,
    /// Standard output takes no more.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// Tells the user, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.is_silent() && !matches!(self, Self::Different | Self::Interrupted | Self::Told(_))
        {
            // If standard error is closed too, nobody is left to be told.
            let _ = writeln!(io::stderr(), "error: {self}");
        }
        ExitCode::from(self.exit_code())
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) => 2,
            Self::Told(code) => *code,
            // 128 and the number of SIGINT, as shells have it.
            Self::Interrupted => 130,
            _ if self.is_silent() => 0,
            Self::Run(_) | Self::Different | Self::Output(_) => 1,
        }
    }

    /// Whether the reader of the output has had enough, as in `telewire handshake | head -3`.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Tells the user of something that is not as it should be.
pub(crate) fn warn(message: &str) {
    let _ = writeln!(io::stderr(), "warning: {message}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_tell_wrong_input_from_failures_and_from_a_reader_that_left() {
        let output = |kind: io::ErrorKind| Failure::from(io::Error::from(kind));
        for (failure, code) in [
            (Failure::Input("x".into()), 2),
            (Failure::Run("x".into()), 1),
            (Failure::Different, 1),
            (Failure::Told(2), 2),
            (Failure::Interrupted, 130),
            (output(io::ErrorKind::StorageFull), 1),
            (output(io::ErrorKind::BrokenPipe), 0),
        ] {
            assert_eq!(failure.exit_code(), code, "{failure}");
        }
    }
}
