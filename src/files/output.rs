//! What the planner says to whoever drives it.

use std::time::Duration;

use crate::files::error::FileError;
use crate::files::journal::{JournalError, Kept};
use crate::files::lanes::{Direction, Link};
use crate::files::location::Dc;
use crate::files::progress::Progress;
use crate::files::references::Source;
use crate::files::request::{Chunk, Request};

/// A transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub(crate) u64);

/// What an answer, or the result of a disk, is told with. None is used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub(crate) u64);

/// A request that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// What its answer is told with.
    pub token: Token,
    /// Whose it is.
    pub file: FileId,
    /// Over which connection.
    pub link: Link,
    /// What is asked.
    pub request: Request,
}

/// Something to do with a disk, or with what stands for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskRequest {
    /// What its result is told with.
    pub token: Token,
    /// Whose it is.
    pub file: FileId,
    /// What to do.
    pub what: Disk,
}

/// What to do with a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disk {
    /// Read so many bytes; fewer only if the file, or the stream, ends.
    Read {
        /// Where. A stream is read on.
        offset: u64,
        /// How many.
        length: usize,
    },
    /// Write all bytes into the partial file.
    Write {
        /// Where in it.
        offset: u64,
        /// What.
        bytes: Chunk,
    },
    /// FI-80, FI-84: put this in the place of the journal, as a whole.
    Journal {
        /// What.
        bytes: Kept,
    },
    /// FI-82: the file is complete: cut it to its length, sync it, give it its name, remove the journal.
    Finish {
        /// The length.
        length: u64,
    },
    /// Remove the partial file and the journal. There is no result.
    Discard,
}

/// The result of a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiskDone {
    /// It is done.
    Done,
    /// What was read.
    Read {
        /// The bytes.
        bytes: Vec<u8>,
        /// FI-15: how long the file is now, if it is one.
        length: Option<u64>,
    },
}

/// Something to do with connections and calls. Nothing is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Control {
    /// FI-85: nobody waits for the answer to this request any more.
    Drop(Token),
    /// FI-76: nothing comes over this connection: close it, and open another one.
    Replace(Link),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// FI-86: how far a transfer is.
    Progress {
        /// Which.
        file: FileId,
        /// How far.
        progress: Progress,
    },
    /// FI-75: the server orders a wait. One event for each.
    Waiting {
        /// The data centre.
        dc: Dc,
        /// In which direction nothing is sent.
        direction: Direction,
        /// Until when, on the monotonic clock.
        until: Duration,
    },
    /// FI-61, FI-62: a fresh location is wanted. Tell it by [`Planner::handle_location`](super::Planner::handle_location).
    LocationWanted {
        /// Which file's.
        file: FileId,
        /// Where it may come from.
        source: Source,
    },
    /// FI-34: the file is at another data centre. Remember it for the file.
    Moved {
        /// Which.
        file: FileId,
        /// Where.
        dc: Dc,
    },
    /// The login has to be taken to a data centre again. Tell the end by [`Planner::handle_ready`](super::Planner::handle_ready).
    LoginWanted {
        /// Which.
        dc: Dc,
    },
    /// FI-35: an address of a data centre is wrong: drop it, and ask `help.getConfig`. Tell the end by
    /// [`Planner::handle_ready`](super::Planner::handle_ready).
    ConfigWanted {
        /// Which.
        dc: Dc,
    },
    /// FI-10: all parts of an upload are at the server. Give the file to a method that takes an `InputFile`, then tell the end by
    /// [`Planner::handle_sent`](super::Planner::handle_sent) or [`Planner::handle_send_error`](super::Planner::handle_send_error).
    Uploaded {
        /// Which.
        file: FileId,
        /// What is to be sent.
        sent: InputFile,
    },
    /// FI-86: a transfer has ended. It is the last of its events, and there is one.
    Ended {
        /// Which.
        file: FileId,
        /// How.
        end: End,
    },
}

/// What `inputFile` and `inputFileBig` have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// The id of all parts.
    pub file_id: i64,
    /// How many there are.
    pub parts: u32,
    /// FI-04: whether it is an `inputFileBig`.
    pub is_big: bool,
    /// FI-09: MD5 in hexadecimal, or nothing. An `inputFileBig` has none.
    pub md5: String,
}

/// How a transfer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// It is complete.
    Done,
    /// FI-85: it was cancelled.
    Cancelled,
    /// It failed.
    Failed(FileError),
}

/// How a transfer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// From its first byte.
    Anew,
    /// FI-81, FI-84: from its first byte, since what was kept of it does not fit. The partial file is to be emptied.
    AnewBecause(JournalError),
    /// With what is there already.
    Resumed {
        /// How many bytes are.
        bytes: u64,
    },
}

/// How a request went.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The server answered with an error.
    Rpc(crate::rpc::RpcError),
    /// The connection ended, or nobody knows what became of the request. It may be made again: each of these may run twice (FI-11).
    Lost,
    /// The answer could not be read, or the request could not be sent.
    Malformed,
}

/// FI-14: what became of an upload whose file a method has refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sending {
    /// Parts are sent again. Call the method again when [`Event::Uploaded`] has come again for all of the uploads.
    Resends,
    /// The error is none of the uploads': the method's caller has to see to it.
    NotOurs,
    /// The uploads have ended with this.
    Failed(FileError),
}
