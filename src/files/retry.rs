//! What an error does: one table, read by one function. The planner does what it says.
//!
//! | error | of | reaction |
//! | --- | --- | --- |
//! | 420 `FLOOD_WAIT_X`, `FLOOD_PREMIUM_WAIT_X` | any | the data centre's direction pauses (FI-75) |
//! | 500 and above, negative codes, `WORKER_BUSY_TOO_LONG_RETRY` | any | the same again after 1 s, doubling to 60 s |
//! | 303 `FILE_MIGRATE_X` | getFile, hashes, web | the file moves (FI-34) |
//! | 400 `FILE_REFERENCE_…`, 406 `FILEREF_UPGRADE_NEEDED` | getFile, hashes, sends | a fresh reference (FI-60) |
//! | `FILE_TOKEN_INVALID`, `REQUEST_TOKEN_INVALID` | what has a token | getFile again (FI-56) |
//! | `FILE_ID_INVALID`, `LOCATION_INVALID` | getFile, hashes | a peer's or set's location anew, once (FI-38); else the end |
//! | `FILE_PART_X_MISSING` | sends | part X again (FI-14) |
//! | `FILE_PART_INVALID`, `FILE_PART_LENGTH_INVALID` | sends | all again, once (FI-14) |
//! | `FILE_PART_SIZE_CHANGED` | parts up, sends | all again under another id, once |
//! | 401 `AUTH_KEY_UNREGISTERED` | not home, no CDN | the login is taken there again, once |
//! | 403 `MTPROTO_CLUSTER_INVALID` | any | `help.getConfig`, and again, once (FI-35) |
//! | anything else | any | the end; what there is of a download is kept |

use std::time::Duration;

use crate::files::location::Kind;
use crate::rpc::{MAX_ORDERED_WAIT, RpcError, known};

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Asked {
    /// `upload.saveFilePart`, `upload.saveBigFilePart`.
    SavePart,
    /// What an `InputFile` is given to: `messages.sendMedia` and others (FI-20).
    Send,
    /// `upload.getFile`, `upload.getWebFile`.
    GetFile,
    /// `upload.getFileHashes`.
    Hashes,
    /// `upload.getCdnFile`, at the CDN.
    CdnFile,
    /// `upload.reuploadCdnFile`, `upload.getCdnFileHashes`, at the file's data centre.
    OfToken,
}

impl Asked {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::SavePart, Self::Send, Self::GetFile, Self::Hashes, Self::CdnFile, Self::OfToken];
}

/// What else the reaction depends on.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// What was asked.
    pub asked: Asked,
    /// The kind of the location, of a download.
    pub kind: Option<Kind>,
    /// Whether the data centre is the one that the account lives in.
    pub is_home: bool,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reaction {
    /// FI-75: nothing is sent in this direction to this data centre for so long; then the same again.
    Pause(Duration),
    /// The same again, after a wait that doubles.
    Again,
    /// FI-34: the file is at another data centre.
    Migrate(i64),
    /// FI-60: a fresh reference is needed.
    Refresh,
    /// FI-38: the peer or the set is looked up again.
    Reload,
    /// FI-56: the token is worth nothing any more.
    RenewToken,
    /// FI-14: a part is sent again.
    SendPart(i64),
    /// FI-14: everything is sent again, once, under another id.
    SendAll,
    /// The login is taken to the data centre again.
    TransferLogin,
    /// FI-35: the addresses are asked for again.
    AskConfig,
    /// The end: our bug, a limit, or what nobody can mend.
    Fail,
    /// FI-75: a wait that is none, or longer than any that servers order.
    WaitTooLong(i64),
    /// FI-40: a part of a live stream is worth nothing after a wait.
    Late(i64),
}

/// FI-75: the longest wait that is waited, in seconds: the longest that is taken for one.
#[allow(clippy::cast_possible_wrap, reason = "14 days")]
pub const MAX_WAIT: i64 = MAX_ORDERED_WAIT.as_secs() as i64;

/// FI-56: not in the list of known errors.
const REQUEST_TOKEN_INVALID: &str = "REQUEST_TOKEN_INVALID";

/// FI-35: a data centre's address serves another cluster. Not in the list of known errors.
const CLUSTER_INVALID: &str = "MTPROTO_CLUSTER_INVALID";

/// What an error does.
#[must_use]
pub fn reaction(error: &RpcError, context: Context) -> Reaction {
    let Context { asked, kind, is_home } = context;
    let at_master = matches!(asked, Asked::GetFile | Asked::Hashes);
    match (error.code, error.name.as_str(), error.value) {
        (420, known::FLOOD_WAIT_X | known::FLOOD_PREMIUM_WAIT_X, Some(seconds)) => {
            match error.ordered_wait() {
                Some(_) if kind == Some(Kind::GroupCall) => Reaction::Late(seconds),
                Some(wait) if seconds <= MAX_WAIT => Reaction::Pause(wait),
                _ => Reaction::WaitTooLong(seconds),
            }
        }
        (500.. | ..0, _, _) | (_, known::WORKER_BUSY_TOO_LONG_RETRY | known::TIMEOUT, _) => {
            Reaction::Again
        }
        (303, known::FILE_MIGRATE_X, Some(number)) if at_master => Reaction::Migrate(number),
        (400 | 406, name, _) if is_reference(error.code, name) => match asked {
            Asked::Send => Reaction::Refresh,
            _ if at_master && kind.is_some_and(Kind::has_reference) => Reaction::Refresh,
            _ => Reaction::Fail,
        },
        (400, known::FILE_TOKEN_INVALID | REQUEST_TOKEN_INVALID, _)
            if matches!(asked, Asked::CdnFile | Asked::OfToken) =>
        {
            Reaction::RenewToken
        }
        (400, known::FILE_ID_INVALID | known::LOCATION_INVALID, _)
            if at_master && kind.is_some_and(Kind::is_reloaded) =>
        {
            Reaction::Reload
        }
        (400, known::FILE_PART_X_MISSING, Some(part)) if asked == Asked::Send => {
            Reaction::SendPart(part)
        }
        (400, known::FILE_PART_INVALID | known::FILE_PART_LENGTH_INVALID, _)
            if asked == Asked::Send =>
        {
            Reaction::SendAll
        }
        (400, known::FILE_PART_SIZE_CHANGED, _)
            if matches!(asked, Asked::SavePart | Asked::Send) =>
        {
            Reaction::SendAll
        }
        (401, known::AUTH_KEY_UNREGISTERED, _) if !is_home && asked != Asked::CdnFile => {
            Reaction::TransferLogin
        }
        (403, CLUSTER_INVALID, _) => Reaction::AskConfig,
        _ => Reaction::Fail,
    }
}

/// FI-60: whether an error says that a reference is worth nothing any more. At sends some carry the index of what they mean.
#[must_use]
pub fn is_reference(code: i32, name: &str) -> bool {
    let prefixed = name.starts_with("FILE_REFERENCE_");
    (code == 400 && prefixed) || (code == 406 && name == known::FILEREF_UPGRADE_NEEDED)
}

/// The wait before an error of the server's own is tried again: 1 s, doubling to 60 s.
#[must_use]
pub fn backoff(times: u32) -> Duration {
    Duration::from_secs(1_u64.checked_shl(times.saturating_sub(1)).unwrap_or(60).clamp(1, 60))
}

/// How often one part is tried again after such errors, one after the other, or after connections that ended: some five minutes.
pub const MAX_SERVER_ERRORS: u32 = 10;

#[cfg(test)]
mod tests;
