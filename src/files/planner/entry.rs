//! What the planner knows of a transfer, of a request under way, and of what a data centre waits for.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::files::download::{Ask, Download};
use crate::files::error::FileError;
use crate::files::lanes::{Class, Direction, Lane, Link, Spacing};
use crate::files::location::Dc;
use crate::files::output::FileId;
use crate::files::progress::Teller;
use crate::files::references::Source;
use crate::files::retry::Asked;
use crate::files::upload::Upload;
use crate::rpc::RpcError;

/// A transfer.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) transfer: Transfer,
    pub(super) class: Class,
    pub(super) is_large: bool,
    pub(super) phase: Phase,
    /// What the lanes know of it to be in hand.
    pub(super) accounted: Option<(Lane, u64)>,
    pub(super) spacing: Spacing,
    pub(super) teller: Teller,
    /// FI-75: how long may be waited, and was.
    pub(super) max_wait: Option<Duration>,
    pub(super) waited: Duration,
    /// FI-76: how often its connections stalled since a part came.
    pub(super) stalls: u32,
    /// FI-34 (CF-16).
    pub(super) hops: u32,
    pub(super) journal_busy: bool,
    pub(super) journal_due: bool,
    /// FI-80: what was written since.
    pub(super) unjournaled: u64,
    pub(super) fresh: Fresh,
    /// What was asked for once: it is not asked for again.
    pub(super) asked_for: BTreeSet<(Dc, Need)>,
}

#[derive(Debug)]
pub(super) enum Transfer {
    Up(Box<Upload>),
    Down(Box<Download>),
}

impl Transfer {
    pub(super) fn has_journal(&self) -> bool {
        match self {
            Self::Up(upload) => upload.has_journal,
            Self::Down(download) => download.has_journal,
        }
    }
}

/// How far a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Working,
    /// All parts are at the server; its file is not used yet.
    Uploaded,
    /// All is written; the disk gives it its name.
    Finishing,
}

/// FI-61: fresh locations.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    pub(super) sources: Vec<Source>,
    /// How many of them were tried for the one that is wanted.
    pub(super) tried: usize,
    pub(super) is_wanted: bool,
    pub(super) at: Option<Duration>,
    /// How many there were.
    pub(super) count: u32,
    /// FI-38: for which the peer or set is looked up again.
    pub(super) reloaded: Option<RpcError>,
    /// Whether the last source gave what was there already.
    pub(super) was_same: bool,
}

/// What a data centre has to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    Login,
    Config,
}

/// FI-34, FI-35: nothing is sent to a data centre until something was done.
#[derive(Debug, Default)]
pub(super) struct Barrier {
    pub(super) waits: bool,
    /// How often it was done.
    pub(super) count: u32,
    pub(super) error: Option<FileError>,
}

/// A request under way.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) file: FileId,
    pub(super) link: Link,
    pub(super) bytes: u64,
    pub(super) what: What,
    /// FI-50: whether the answer may be a redirect, and of which round it is.
    pub(super) may_redirect: bool,
    pub(super) round: u32,
    pub(super) is_at_cdn: bool,
    /// Which location it had, and after what it was sent.
    pub(super) fresh: u32,
    pub(super) barrier: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Save(u32),
    Get(Ask),
}

impl Asking {
    pub(super) fn asked(&self) -> Asked {
        match self.what {
            What::Save(_) => Asked::SavePart,
            What::Get(Ask::Part(_)) if self.is_at_cdn => Asked::CdnFile,
            What::Get(Ask::Part(_)) => Asked::GetFile,
            What::Get(Ask::Hashes(_)) if !self.is_at_cdn => Asked::Hashes,
            What::Get(_) => Asked::OfToken,
        }
    }
}

impl Entry {
    pub(super) fn direction(&self) -> Direction {
        match self.transfer {
            Transfer::Up(_) => Direction::Up,
            Transfer::Down(_) => Direction::Down,
        }
    }

    /// The data centre in whose queue it is: the account's own up (FI-12), the file's down.
    pub(super) fn dc(&self, home: Dc) -> Dc {
        match &self.transfer {
            Transfer::Up(_) => home,
            Transfer::Down(download) => download.dc,
        }
    }

    /// The data centres that it has to do with.
    pub(super) fn dcs(&self, home: Dc) -> impl Iterator<Item = Dc> + use<> {
        let dcs = match &self.transfer {
            Transfer::Up(_) => [home, home],
            Transfer::Down(download) => [download.dc, download.parts_dc()],
        };
        dcs.into_iter()
    }
}
