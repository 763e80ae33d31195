//! `telewire handshake`: a key exchange to watch.
//!
//! ```text
//!  Args ─ Target ─> talk ── Happening ──> Watch ──┬─ Text or Json ── standard output
//!                    │                    (Stage) └─ Record ──────── a file
//!                    └─ telewire::net, and a data centre of its own
//! ```

mod advice;
mod args;
mod embedded;
mod happening;
mod json;
mod record;
mod talk;
pub(crate) mod target;
mod text;
mod watch;
mod way;

use std::io;
use std::time::Instant;

pub(crate) use args::{Args, Hidden};
use happening::{Happening, Report};
use json::Json;
use record::Record;
use target::Target;
use text::Text;
use watch::Watch;

use crate::failure::Failure;

/// Does it all. `start` is when the program began.
pub(crate) fn run(args: &Args, start: Instant) -> Result<(), Failure> {
    let mut target = Target::choose(args)?;
    let record = args.record.as_deref().map(Record::open).transpose()?;
    let out = io::stdout().lock();
    let report: Box<dyn Report> = if args.json {
        Box::new(Json::new(out, args.show_secrets))
    } else {
        Box::new(Text::new(out, args.verbose, args.show_secrets))
    };
    let mut watch = Watch::new(report, record, start);
    let runtime = super::runtime()?;
    let mut result = runtime.block_on(talk::talk_in_time(args, &mut target, &mut watch));
    // What is still being computed is not waited for.
    runtime.shutdown_background();
    if let Err(failure) = &result
        && !failure.is_silent()
    {
        let failed = Happening::Failed { stage: watch.stage(), why: failure.to_string() };
        // The failure itself counts, not that it could not be printed.
        let _ = watch.tell(&failed);
    }
    if let Some(record) = watch.into_record() {
        result = result.and(record.save());
    }
    result
}
