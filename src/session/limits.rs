//! How much a session takes on.

/// How many requests a session takes. Who makes more is told [`CallError::Full`](crate::rpc::CallError::Full), instead of
/// filling the memory (P4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests that wait to be sent, 8,192 by default: as many as one acknowledgement can name.
    pub queued: usize,
    /// Requests that have not ended, 65,536 by default: as many as one answer about their state can name, eight times.
    pub calls: usize,
    /// Bytes of requests that have not ended, 256 MiB by default: what uploads with a few windows of some megabytes need, and
    /// what a program can miss.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { queued: 8_192, calls: 65_536, bytes: 256 << 20 }
    }
}
