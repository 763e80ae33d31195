//! Transfers of files, without I/O.
pub mod albums;
mod cdn;
mod digest;
mod download;
mod error;
mod hashes;
pub mod journal;
mod lanes;
mod location;
pub mod names;
mod output;
mod planner;
mod progress;
pub mod references;
mod request;
pub mod retry;
pub mod sealed;
pub mod sizes;
mod spans;
#[cfg(test)]
mod tests;
pub mod thumbs;
mod upload;

pub use download::DownloadSpec;
pub use error::{DiskError, FileError};
pub use lanes::{Class, Direction, Lane, Limits, Link, SMALL_FILE, SMALL_QUEUE};
pub use location::{Dc, Kind, Location};
pub use output::{
    Begin, Control, Disk, DiskDone, DiskRequest, End, Event, Failure, FileId, InputFile, Outgoing,
    Sending, Token,
};
pub use planner::Planner;
pub use progress::Progress;
pub use request::{Answer, Chunk, FileHash, FileToken, Redirect, Request};
pub use upload::{SENDERS, UploadSpec};
