//! Transfers of files, without I/O: which part goes when over which connection, what an answer or an error does, what is written and
//! kept. It speaks types of its own, so that it is built and tested without the API's.
//!
//! ```text
//!                       sizes ── what servers take (FI-02 to FI-06, FI-30, FI-31)
//!  Planner ─┬─ Upload ── parts read, sent, acknowledged       ─┬─ lanes ── windows, pauses, stalls (FI-70 to FI-76)
//!           └─ Download ─ cdn ─ hashes ─ chain ─ writes        ├─ retry ── one table: what an error does
//!                                                              └─ journal ── what another run goes on with (FI-80 to FI-84)
//! ```
//!
//! Begin at [`Planner`]; the rules of Telegram's file transfers stand at the checks that enforce them, as `FI-07`. Sources:
//! [files](https://core.telegram.org/api/files), [references](https://core.telegram.org/api/file-references),
//! [CDNs](https://core.telegram.org/cdn).
//!
//! ```
//! use telewire::crypto::real;
//! use telewire::files::{Answer, Dc, Disk, DiskDone, DownloadSpec, End, Event, Kind, Limits, Location, Planner};
//! use telewire::time::Now;
//!
//! # fn main() -> Result<(), telewire::files::FileError> {
//! let (now, home) = (Now::default(), Dc::new(2)?);
//! let mut planner = Planner::new(real(), home, Limits::default());
//! let location = Location::new(Kind::Document, 7, "", *b"the constructor, as it is sent");
//! let (file, _) = planner.add_download(&DownloadSpec::new(location, home, Some(5)))?;
//!
//! // One request, whose answer is written, and the file gets its name.
//! let outgoing = planner.poll_request(now).expect("a request");
//! planner.handle_answer(now, outgoing.token, Ok(Answer::File { bytes: b"hello".to_vec() }));
//! while let Some(request) = planner.poll_disk() {
//!     if let Disk::Write { offset, bytes } = &request.what {
//!         assert_eq!((*offset, &bytes[..]), (0, &b"hello"[..]));
//!     }
//!     planner.handle_disk(request.token, Ok(DiskDone::Done));
//! }
//! let last = std::iter::from_fn(|| planner.poll_event()).last();
//! assert_eq!(last, Some(Event::Ended { file, end: End::Done }));
//! # Ok(())
//! # }
//! ```

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
