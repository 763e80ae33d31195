//! Why a transfer ends before its end.

use crate::rpc::RpcError;

/// Why a transfer failed. What was written of a download stays, and can be gone on with, unless the variant says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// FI-08: servers keep no empty files.
    #[error("the file is empty: send one with at least a byte")]
    Empty,
    /// FI-02, FI-30: servers take no parts of this size.
    #[error(
        "parts of {part_size} bytes are not taken: choose a power of two of at least 1 KiB up, 4 KiB down"
    )]
    PartSize {
        /// The bytes of a part.
        part_size: u32,
    },
    /// FI-03: the file is larger than the account may send.
    #[error(
        "the file has {parts} parts, and at most {max_parts} are taken: choose larger parts, or a smaller file"
    )]
    TooManyParts {
        /// How many it has.
        parts: u64,
        /// How many it may have.
        max_parts: u32,
    },
    /// FI-06: photos have to be small, and of a size that is known.
    #[error("this kind of file is sent only if its size is known, and is 10 MiB at most")]
    NotSmall,
    /// FI-30: no request begins there.
    #[error("no request may begin at offset {offset}")]
    OffsetInvalid {
        /// Where it was to begin.
        offset: u64,
    },
    /// FI-30: no request asks for so much.
    #[error("no request may ask for {limit} bytes")]
    LimitInvalid {
        /// How much was to be asked for.
        limit: u32,
    },
    /// FI-30: a request would cross a multiple of 1 MiB.
    #[error("a request for {limit} bytes at {offset} crosses a multiple of 1 MiB")]
    CrossesBoundary {
        /// Where it was to begin.
        offset: u64,
        /// How much was to be asked for.
        limit: u32,
    },
    /// FI-31: the range has no bytes, or ends behind the file.
    #[error("the range from {from} to {to} is not in the file")]
    Range {
        /// Its first byte.
        from: u64,
        /// The byte behind its last.
        to: u64,
    },
    /// FI-40, FI-41: this kind of location does not allow that.
    #[error("this location cannot be fetched so: {why}")]
    Location {
        /// What it does not allow.
        why: &'static str,
    },
    /// FI-18: servers take no such thumb.
    #[error("this thumb is not taken: {why}")]
    Thumb {
        /// What it is to be.
        why: &'static str,
    },
    /// FI-32: an answer had fewer bytes than there are, twice.
    #[error("the server gave {got} bytes at {offset} where {expected} are")]
    Short {
        /// Where the part begins.
        offset: u64,
        /// How many bytes came.
        got: u64,
        /// How many there are.
        expected: u64,
    },
    /// FI-32, FI-33: an answer had more bytes than were asked for, or than the file has.
    #[error(
        "the server gave {got} bytes at {offset} where {expected} are: they are not this file's"
    )]
    Long {
        /// Where the part begins.
        offset: u64,
        /// How many bytes came.
        got: u64,
        /// How many there are, at most.
        expected: u64,
    },
    /// FI-33: one answer said where the file ends, and another one has bytes behind that.
    #[error("the file ended at {end}, and has bytes up to {seen}")]
    BeyondEnd {
        /// The end that was told.
        end: u64,
        /// How far it has bytes.
        seen: u64,
    },
    /// FI-41: the server told two sizes.
    #[error("the size of the file was {was}, and is {is}")]
    SizeChanged {
        /// What it was first.
        was: u64,
        /// What it is now.
        is: u64,
    },
    /// An answer of another kind than what was asked for.
    #[error("the server answered something else than was asked for")]
    Unexpected,
    /// FI-34: it named a number that no data centre has.
    #[error("the server sent us to data centre {number}, which there is not")]
    UnknownDc {
        /// The number.
        number: i64,
    },
    /// FI-34 (CF-16): it was moved too often.
    #[error("the file was moved to other data centres more than {hops} times")]
    TooManyHops {
        /// How often at most.
        hops: u32,
    },
    /// FI-50: a redirect to a CDN that nobody had allowed.
    #[error("the server sent us to a CDN, though the request did not allow it")]
    UnexpectedRedirect,
    /// FI-51: what a redirect says cannot be used.
    #[error("the redirect to a CDN is malformed: {what}")]
    Redirect {
        /// What is wrong with it.
        what: &'static str,
    },
    /// FI-51, FI-55: a token of a CDN is longer than the smallest part of a file.
    #[error("a token of the CDN has {length} bytes, which is more than is kept")]
    Token {
        /// How many.
        length: usize,
    },
    /// FI-53: hashes that cannot be, as they overlap or are of another length.
    #[error("the hashes of the file's ranges make no sense at {offset}")]
    Hashes {
        /// Where.
        offset: u64,
    },
    /// FI-53: nobody tells the hash of a range.
    #[error("there is no hash for the bytes at {offset}, so that they cannot be checked")]
    NoHash {
        /// Where.
        offset: u64,
    },
    /// FI-42, FI-54: the bytes are not those that were sent. Nothing of the range was written.
    #[error("the bytes at {offset} do not have the hash that they should have")]
    WrongHash {
        /// Where the range begins.
        offset: u64,
    },
    /// FI-55: a CDN did not get a part, however often it was given it.
    #[error("the CDN has not got the bytes at {offset}, after {times} times")]
    NotReuploaded {
        /// Where the part begins.
        offset: u64,
        /// How often it was tried.
        times: u32,
    },
    /// FI-61: the reference expired, and there is no fresh one.
    #[error("the file reference has expired, and no source gave a fresh one")]
    NoReference,
    /// FI-61: a fresh reference is refused, or expired within a minute.
    #[error("the file reference was refused again soon after it was fetched anew")]
    ReferenceRefused,
    /// FI-61: what a source gave is another file.
    #[error("the fresh reference is that of another file")]
    OtherFile,
    /// FI-10: the server said often that it did not keep a part.
    #[error("the server did not keep part {part}, after {times} times")]
    NotKept {
        /// The part, counted from 0.
        part: u32,
        /// How often it was tried.
        times: u32,
    },
    /// FI-14: the server says that parts are missing, again and again, or names one that there is not.
    #[error("the server misses part {part}, which was sent or is none")]
    PartMissing {
        /// The part, counted from 0.
        part: i64,
    },
    /// FI-15: the file on the disk is not what it was.
    #[error("the file was changed while it was sent")]
    SourceChanged,
    /// FI-14: parts have to be sent again, and a stream cannot be read twice.
    #[error("the server wants parts again, and what they were read from cannot be read twice")]
    SourceGone,
    /// FI-75: a wait that is longer than any server orders, or than the caller allows.
    #[error("the server orders a wait of {seconds} s, which is too long")]
    Wait {
        /// How long.
        seconds: i64,
    },
    /// FI-76: nothing came, over several connections.
    #[error("nothing came for the file, over {times} connections")]
    Stalled {
        /// How many.
        times: u32,
    },
    /// Errors of the server's own did not end.
    #[error("the server failed {times} times for one part, at last with {error}")]
    ServerFailed {
        /// How often.
        times: u32,
        /// The last one.
        error: RpcError,
    },
    /// Connections ended too often.
    #[error("the connection ended {times} times under one part")]
    Lost {
        /// How often.
        times: u32,
    },
    /// An error that nothing can be done about.
    #[error("the server answered {0}")]
    Rpc(#[from] RpcError),
    /// The answer could not be read, or the call could not be made.
    #[error("the answer could not be read")]
    Malformed,
    /// FI-82: the disk failed. What was written before is as usable as it was.
    #[error("the disk failed: {0}")]
    Disk(DiskError),
    /// FI-40: the wait of a live stream is over before it begins.
    #[error("a part of a live stream is refused for {seconds} s, and worth nothing after them")]
    Late {
        /// How long.
        seconds: i64,
    },
    /// No such transfer, or it has ended.
    #[error("there is no such transfer")]
    Unknown,
}

/// What a disk, or another place that bytes come from and go to, says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiskError {
    /// Nothing more fits.
    #[error("it is full")]
    Full,
    /// Fewer bytes were written than were to be.
    #[error("it took a part of the bytes only")]
    ShortWrite,
    /// FI-82: there is a file with the final name.
    #[error("a file with the final name exists")]
    Exists,
    /// Something else.
    #[error("{0:?}")]
    Io(std::io::ErrorKind),
}
