//! Files, up and down: [`Client::upload`](super::Client::upload) and [`Client::download`](super::Client::download).
//!
//! ```text
//!  Download, Upload ── what is wanted          Engine ── one task; it drives files::Planner, which decides
//!  RemoteFile       ── where a file is           ├── call     requests over connections of their own (FI-71)
//!  Source           ── what is sent              ├── local    disk, memory, readers and writers; partial: the file until it is complete
//!                                                └── refresh  fresh references, logins elsewhere
//! ```

mod call;
mod download;
mod encrypting;
mod engine;
mod error;
mod local;
mod partial;
mod refresh;
mod remote;
mod upload;

pub use crate::files::{Chunk, Progress};
pub use download::{Download, FileStream};
pub(super) use engine::Transfers;
pub use error::TransferError;
pub use remote::RemoteFile;
pub use upload::{Source, Upload, Uploaded};
