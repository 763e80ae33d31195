//! Questions to whoever is at the terminal; or, without one, to standard input, a line for each.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::Failure;

/// Asks.
pub(super) struct Questions {
    is_terminal: bool,
}

impl Questions {
    pub(super) fn new() -> Self {
        Self { is_terminal: io::stdin().is_terminal() }
    }

    /// Asks for something that may be seen.
    pub(super) fn ask(&mut self, question: &str) -> Result<String, Failure> {
        let mut out = io::stdout();
        write!(out, "{question}: ")?;
        out.flush()?;
        let mut line = String::new();
        let count = io::stdin().lock().read_line(&mut line).map_err(|error| unheard(&error))?;
        if !self.is_terminal {
            writeln!(out)?;
        }
        if count == 0 {
            return Err(Failure::Input(format!("there was no answer to `{question}`")));
        }
        Ok(line.trim().to_owned())
    }

    /// Asks for something that nobody else should see: it does not appear while it is typed.
    pub(super) fn ask_hidden(&mut self, question: &str) -> Result<String, Failure> {
        if !self.is_terminal {
            return self.ask(question);
        }
        let answer = rpassword::prompt_password(format!("{question}: "));
        answer.map(|text| text.trim().to_owned()).map_err(|error| unheard(&error))
    }
}

fn unheard(error: &io::Error) -> Failure {
    Failure::Run(format!("no answer can be read: {error}"))
}
