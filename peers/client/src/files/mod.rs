//! Files up and down beside other libraries: 256 MiB, ten thousand of 4 KiB, and answers that take 50 and 150 ms.
//!
//! ```text
//!  measure ─┬─ serve    the data centre: a world, its files, relays that delay     on the first core
//!           ├─ cipher   SHA-256 and IGE of packets of 512 KiB, nothing else        on the second
//!           └─ client   one piece of work of one client, in a new process          on the second
//!                       ours, theirs; telethon_client.py speaks the same lines
//!  table, chart, write: what was measured, as Markdown and as a picture
//! ```
//!
//! ```text
//! cd peers/client && cargo run --release -- files --write
//! ```

mod aims;
mod chart;
mod cipher;
mod client;
mod content;
mod measure;
mod ours;
mod process;
mod relay;
mod rows;
mod serve;
mod table;
mod task;
mod theirs;
mod write;

use crate::runtime;

/// What `files` and its processes are asked for.
pub(crate) fn main(words: &[&str]) {
    match words {
        ["serve", mebibytes, small] => {
            runtime().block_on(serve::run(mebibytes.parse().unwrap(), small.parse().unwrap()));
        }
        ["cipher"] => cipher::run(),
        ["client", "telewire", rest @ ..] => {
            runtime().block_on(client::run::<ours::Ours>(&task::Task::read(rest)));
        }
        ["client", "grammers", rest @ ..] => {
            runtime().block_on(client::run::<theirs::Theirs>(&task::Task::read(rest)));
        }
        _ => {
            let Some(plan) = measure::Plan::read(words) else {
                eprintln!(
                    "usage: telewire-peers-client files [--rounds N] [--mib N] [--small N] [--only TEXT] [--write]"
                );
                std::process::exit(2);
            };
            write::all(&plan, &measure::run(&plan));
        }
    }
}
