//! What is measured: a row for each piece of work and client.

/// Whose client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Telewire,
    Grammers,
    Telethon,
}

/// A piece of work of one client.
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) who: Who,
    pub(crate) verb: &'static str,
    /// A large file's name; `small` are the small ones.
    pub(crate) what: &'static str,
    /// What is otherwise than usual; `-` is nothing.
    pub(crate) option: &'static str,
    /// The relay that it goes over.
    pub(crate) delay: Option<usize>,
    pub(crate) says: &'static str,
}

impl Row {
    pub(crate) fn is_small(&self) -> bool {
        self.what == "small"
    }
}

const fn row(
    id: &'static str,
    who: Who,
    [verb, what, option]: [&'static str; 3],
    says: &'static str,
) -> Row {
    Row { id, who, verb, what, option, delay: None, says }
}

const fn late(delay: usize, id: &'static str, who: Who, verb: &'static str) -> Row {
    let (what, says) = match who {
        Who::Telewire => ("whole", "telewire"),
        // Smaller files, as a round would take minutes: where nothing but the delay counts, rates do not depend on the size.
        Who::Grammers => ("quarter", "grammers, of a quarter of the file"),
        Who::Telethon => ("little", "Telethon, of a 32nd of the file"),
    };
    Row { id, who, verb, what, option: "-", delay: Some(delay), says }
}

use Who::{Grammers, Telethon, Telewire};

pub(crate) const ROWS: &[Row] = &[
    row("down", Telewire, ["down", "whole", "-"], "telewire, 4 connections"),
    row("down/one", Telewire, ["down", "whole", "one"], "telewire, 1 connection"),
    row(
        "down/spaced",
        Telewire,
        ["down", "whole", "spaced"],
        "telewire, first requests spaced, as shipped",
    ),
    row(
        "down/verify",
        Telewire,
        ["down", "whole", "verify"],
        "telewire, all bytes checked by the server's hashes",
    ),
    row("down/grammers", Grammers, ["down", "whole", "-"], "grammers, `download_media`"),
    row(
        "down/telethon",
        Telethon,
        ["down", "whole", "-"],
        "Telethon, `download_media`: parts of 256 KiB",
    ),
    row("down/telethon-512", Telethon, ["down", "whole", "512"], "Telethon, parts of 512 KiB"),
    row(
        "down/telethon-senders",
        Telethon,
        ["down", "whole", "senders"],
        "Telethon, 4 senders as FastTelethon has them",
    ),
    row("read", Telewire, ["read", "whole", "-"], "telewire, `stream`"),
    row("read/grammers", Grammers, ["read", "whole", "-"], "grammers, `iter_download`"),
    row("read/telethon", Telethon, ["read", "whole", "-"], "Telethon, `iter_download`"),
    row("up", Telewire, ["up", "whole", "-"], "telewire, 4 connections"),
    row("up/one", Telewire, ["up", "whole", "one"], "telewire, 1 connection"),
    row(
        "up/spaced",
        Telewire,
        ["up", "whole", "spaced"],
        "telewire, first requests spaced, as shipped",
    ),
    row(
        "up/grammers",
        Grammers,
        ["up", "whole", "-"],
        "grammers, `upload_file`: each part deflated in vain",
    ),
    row(
        "up/grammers-plain",
        Grammers,
        ["up", "whole", "plain"],
        "grammers, 4 bare senders that deflate nothing",
    ),
    row(
        "up/telethon",
        Telethon,
        ["up", "whole", "-"],
        "Telethon, `upload_file`: each part deflated in vain",
    ),
    row(
        "up/telethon-plain",
        Telethon,
        ["up", "whole", "plain"],
        "Telethon, with deflate taken out",
    ),
    row("up/telethon-512", Telethon, ["up", "whole", "512"], "Telethon, parts of 512 KiB"),
    row(
        "up/telethon-senders",
        Telethon,
        ["up", "whole", "senders"],
        "Telethon, 4 senders as FastTelethon has them",
    ),
    row(
        "small/down",
        Telewire,
        ["down", "small", "-"],
        "telewire, 5 of them under way, as shipped",
    ),
    row("small/down/wide", Telewire, ["down", "small", "wide"], "telewire, all 16 under way"),
    row("small/down/grammers", Grammers, ["down", "small", "-"], "grammers, `download_media`"),
    row("small/down/telethon", Telethon, ["down", "small", "-"], "Telethon, `download_media`"),
    row(
        "small/read",
        Telewire,
        ["read", "small", "-"],
        "telewire, `stream`, 5 under way, as shipped",
    ),
    row(
        "small/read/wide",
        Telewire,
        ["read", "small", "wide"],
        "telewire, `stream`, all 16 under way",
    ),
    row("small/read/grammers", Grammers, ["read", "small", "-"], "grammers, `iter_download`"),
    row("small/read/telethon", Telethon, ["read", "small", "-"], "Telethon, `iter_download`"),
    row("small/up", Telewire, ["up", "small", "-"], "telewire, 5 of them under way, as shipped"),
    row("small/up/wide", Telewire, ["up", "small", "wide"], "telewire, all 16 under way"),
    row("small/up/grammers", Grammers, ["up", "small", "-"], "grammers, `upload_file`"),
    row("small/up/telethon", Telethon, ["up", "small", "-"], "Telethon, `upload_file`"),
    late(0, "down@50", Telewire, "down"),
    late(0, "down@50/grammers", Grammers, "down"),
    late(0, "down@50/telethon", Telethon, "down"),
    late(0, "up@50", Telewire, "up"),
    late(0, "up@50/grammers", Grammers, "up"),
    late(0, "up@50/telethon", Telethon, "up"),
    late(1, "down@150", Telewire, "down"),
    late(1, "down@150/grammers", Grammers, "down"),
    late(1, "down@150/telethon", Telethon, "down"),
    late(1, "up@150", Telewire, "up"),
    late(1, "up@150/grammers", Grammers, "up"),
    late(1, "up@150/telethon", Telethon, "up"),
];

/// The rows that belong together, by how their ids begin; what they do.
pub(crate) const GROUPS: [(&str, &str); 10] = [
    ("down", "down, into a file"),
    ("read", "down, into memory, one piece after the other"),
    ("up", "up, from a file"),
    ("small/down", "small files down, 16 at a time, into files"),
    ("small/read", "small files down, 16 at a time, into memory"),
    ("small/up", "small files up, 16 at a time, from files"),
    ("down@50", "down, each answer 50 ms late"),
    ("up@50", "up, each answer 50 ms late"),
    ("down@150", "down, each answer 150 ms late"),
    ("up@150", "up, each answer 150 ms late"),
];
