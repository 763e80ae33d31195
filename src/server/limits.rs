//! What a data centre keeps at most. Clients cause all of it, so none of it may grow without end.

/// What a data centre keeps at most. Of what is more than that, the oldest goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Keys. The one that was used longest ago goes, with its sessions; one that has expired before all others.
    pub keys: usize,
    /// Sessions of a key. The one that was used longest ago goes.
    pub sessions: usize,
    /// Bytes that a session keeps until they are acknowledged. What goes cannot be asked for again.
    pub kept_bytes: usize,
    /// Bytes that wait in a session for a link that takes them. What goes and is kept can be asked for.
    pub queued_bytes: usize,
    /// Requests of a session whose answer is held back, or that wait for another. One more answer is not held back, and one
    /// more request that would wait is refused with `FLOOD_WAIT_1`.
    pub delayed: usize,
    /// Bytes that wait in a link which nobody reads, beside its session's. Then it is closed.
    pub link_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            keys: KEYS,
            sessions: SESSIONS,
            kept_bytes: KEPT_BYTES,
            queued_bytes: QUEUED_BYTES,
            delayed: DELAYED,
            link_bytes: LINK_BYTES,
        }
    }
}

/// A test of many clients has thousands; each takes half a kibibyte.
const KEYS: usize = 16_384;

/// Clients have one, and a few more for downloads.
const SESSIONS: usize = 64;

/// The largest answer, eight times.
const KEPT_BYTES: usize = 8 << 20;

/// As much as is kept.
const QUEUED_BYTES: usize = KEPT_BYTES;

/// As many as a container has.
const DELAYED: usize = 1_024;

/// Sixteen thousand quick acknowledgements.
const LINK_BYTES: usize = 64 << 10;
