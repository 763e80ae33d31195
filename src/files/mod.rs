//! Transfers of files, without I/O.
mod cdn;
mod digest;
mod error;
mod hashes;
pub mod journal;
mod lanes;
mod location;
pub mod names;
mod output;
mod progress;
pub mod references;
mod request;
pub mod retry;
pub mod sealed;
pub mod sizes;
mod spans;
pub mod thumbs;

pub use error::{DiskError, FileError};
pub use lanes::{Class, Direction, Lane, Limits, Link, SMALL_FILE, SMALL_QUEUE};
pub use location::{Dc, Kind, Location};
pub use output::{
    Begin, Control, Disk, DiskDone, DiskRequest, End, Event, Failure, FileId, InputFile, Outgoing,
    Sending, Token,
};
pub use progress::Progress;
pub use request::{Answer, Chunk, FileHash, FileToken, Redirect, Request};
