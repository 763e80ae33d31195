//! Questions to whoever is at the terminal; or, without one, to standard input, a line for each.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::Failure;

/// Asks.
pub(crate) struct Questions {
    is_terminal: bool,
}

impl Questions {
    pub(crate) fn new() -> Self {
        Self { is_terminal: io::stdin().is_terminal() }
    }

    /// Asks for something that may be seen.
    pub(super) fn ask(&mut self, question: &str) -> Result<String, Failure> {
        Ok(self.ask_line(question)?.trim().to_owned())
    }

    /// Asks for something that nobody else should see: it does not appear while it is typed.
    pub(crate) fn ask_hidden(&mut self, question: &str) -> Result<String, Failure> {
        Ok(self.ask_password(question)?.trim().to_owned())
    }

    /// Asks for something that nobody else should see, and of which every space counts.
    pub(crate) fn ask_password(&mut self, question: &str) -> Result<String, Failure> {
        if !self.is_terminal {
            return self.ask_line(question);
        }
        rpassword::prompt_password(format!("{question}: ")).map_err(|error| match error.kind() {
            // Ctrl-D and Ctrl-C, which the library takes for itself while it hides what is typed.
            io::ErrorKind::UnexpectedEof => unanswered(question),
            io::ErrorKind::Interrupted => Failure::Interrupted,
            _ => unheard(&error),
        })
    }

    /// A line as it is typed, without its end.
    fn ask_line(&mut self, question: &str) -> Result<String, Failure> {
        let mut out = io::stdout();
        write!(out, "{question}: ")?;
        out.flush()?;
        let mut line = String::new();
        let count = io::stdin().lock().read_line(&mut line).map_err(|error| unheard(&error))?;
        if !self.is_terminal {
            writeln!(out)?;
        }
        if count == 0 {
            return Err(unanswered(question));
        }
        Ok(without_end(&line).to_owned())
    }
}

fn unanswered(question: &str) -> Failure {
    Failure::Input(format!("there was no answer to `{question}`"))
}

fn without_end(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

pub(super) fn unheard(error: &io::Error) -> Failure {
    Failure::Run(format!("no answer can be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_loses_its_end_and_nothing_else() {
        for (line, expected) in [
            ("", ""),
            ("\n", ""),
            ("secret", "secret"),
            ("secret\n", "secret"),
            ("secret\r\n", "secret"),
            (" \tsecret \u{a0}\n", " \tsecret \u{a0}"),
            ("  \n", "  "),
            ("secret\n\n", "secret\n"),
            ("secret\r\r\n", "secret\r"),
        ] {
            assert_eq!(without_end(line), expected, "{line:?}");
        }
    }
}
