//! What is seen of a transfer: a bar, lines of JSON, or nothing before its end.

use std::future::IntoFuture;
use std::io::{self, IsTerminal, Write};
use std::pin::pin;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use telewire::client::files::Progress;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::commands::shell::fault::Fault;
use crate::commands::shell::show::clean_line;
use crate::failure::Failure;

/// How often it is looked how far a transfer is.
const LOOK: Duration = Duration::from_millis(200);

/// The bar; of what has no size that is known, how much has come; and what it is while nothing comes. 80 columns are enough.
const BAR: &str = "{prefix:!24} {wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}";
const NO_SIZE: &str = "{prefix:!24} {spinner} {bytes} {binary_bytes_per_sec}";
const WAITS: &str = "{prefix:!24} {bytes}/{total_bytes} {msg}";
const NO_SIZE_WAITS: &str = "{prefix:!24} {bytes} {msg}";

/// What a transfer tells.
pub(super) struct Told {
    pub(super) progress: watch::Receiver<Progress>,
    pub(super) waits: watch::Receiver<Option<Duration>>,
}

/// Where transfers are seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub(super) is_json: bool,
    /// What happens after an interruption.
    pub(super) goes_on: &'static str,
}

impl View {
    /// Waits for the end of a transfer, and shows how far it is. `name` is what the user calls it.
    pub(super) async fn watch<F: IntoFuture>(
        self,
        name: &str,
        mut told: Told,
        transfer: F,
    ) -> Result<F::Output, Failure> {
        let mut shown = Shown::new(self, name);
        let first = *told.progress.borrow();
        if first.total.is_some() {
            shown.tick(Some(first))?;
        }
        let mut transfer = pin!(transfer.into_future());
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let end = loop {
            tokio::select! {
                biased;
                end = &mut transfer => break end,
                Ok(()) = told.waits.changed() => {
                    let wait = *told.waits.borrow_and_update();
                    shown.wait(wait.unwrap_or_default())?;
                }
                _ = looks.tick() => {
                    let has_more = told.progress.has_changed().unwrap_or(false);
                    let progress = *told.progress.borrow_and_update();
                    shown.tick(has_more.then_some(progress))?;
                }
            }
        };
        // What was told last may not have been seen.
        if told.progress.has_changed().unwrap_or(true) {
            let progress = *told.progress.borrow();
            shown.tick(Some(progress))?;
        }
        Ok(end)
    }

    /// A line on standard output, for people or for programs.
    pub(super) fn line(self, text: &str, json: &Value) -> Result<(), Failure> {
        let mut out = io::stdout();
        match self.is_json {
            true => writeln!(out, "{json}")?,
            false => writeln!(out, "{text}")?,
        }
        Ok(out.flush()?)
    }

    /// Ctrl-C was pressed.
    pub(super) fn interrupted(self) -> Result<(), Failure> {
        if self.is_json {
            return self.line("", &json!({"event": "interrupted"}));
        }
        let _ = writeln!(io::stderr(), "interrupted: {}", self.goes_on);
        Ok(())
    }

    /// That something did not come to its end.
    pub(super) fn fault(self, name: &str, fault: &Fault) -> Result<(), Failure> {
        if self.is_json {
            let json = json!({"event": "error", "file": name, "error": fault.to_json()});
            return self.line("", &json);
        }
        // If standard error is closed too, nobody is left to be told.
        let _ = writeln!(io::stderr(), "error: {fault}");
        Ok(())
    }
}

/// One transfer, as it is seen.
struct Shown<'a> {
    view: View,
    name: &'a str,
    bar: Option<ProgressBar>,
    told: Option<Progress>,
    /// Until when the server lets nothing through.
    until: Option<Instant>,
}

impl<'a> Shown<'a> {
    fn new(view: View, name: &'a str) -> Self {
        let has_bar = !view.is_json && io::stderr().is_terminal();
        let bar = has_bar.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_prefix(clean_line(name));
            bar
        });
        Self { view, name, bar, told: None, until: None }
    }

    /// Some time has passed, and it may be further.
    fn tick(&mut self, progress: Option<Progress>) -> Result<(), Failure> {
        let progress = progress.filter(|progress| self.told != Some(*progress));
        if let Some(Progress { done, total }) = progress {
            let is_first = self.told.is_none_or(|told| told.done == 0);
            self.told = progress;
            if self.view.is_json {
                let json =
                    json!({"event": "progress", "file": self.name, "done": done, "total": total});
                self.view.line("", &json)?;
            }
            if let Some(bar) = &self.bar {
                match total {
                    Some(total) => bar.set_length(total),
                    None => bar.unset_length(),
                }
                bar.set_position(done);
                // What was there already came at no rate.
                if is_first {
                    bar.reset_eta();
                }
            }
        }
        if let Some(bar) = &self.bar {
            let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
            let left = left.filter(|left| !left.is_zero());
            let template = match (self.told.and_then(|told| told.total), left) {
                (Some(_), None) => BAR,
                (None, None) => NO_SIZE,
                (Some(_), Some(_)) => WAITS,
                (None, Some(_)) => NO_SIZE_WAITS,
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            let seconds = left.map_or(0, |left| left.as_secs().saturating_add(1));
            bar.set_message(waits(seconds));
            bar.tick();
        }
        Ok(())
    }

    fn wait(&mut self, wait: Duration) -> Result<(), Failure> {
        self.until = Instant::now().checked_add(wait);
        let seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
        if self.view.is_json {
            let json = json!({"event": "wait", "file": self.name, "seconds": seconds});
            return self.view.line("", &json);
        }
        if self.bar.is_none() {
            // It would look like one that does nothing.
            let _ = writeln!(io::stderr(), "{}: {}", clean_line(self.name), waits(seconds));
        }
        self.tick(None)
    }
}

fn waits(seconds: u64) -> String {
    format!("waits {seconds} s: the server orders it")
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            // What is printed next has the line for itself.
            bar.finish_and_clear();
        }
    }
}
