//! The number that a server sends when it cannot answer with a message.

/// A [transport error]: sent by the server in place of a packet when it has no key or no wish to
/// send an encrypted one.
///
/// ```text
///  0        4
/// +--------+
/// |  code  |   int, negative: -404 stands for the HTTP status 404
/// +--------+
/// ```
///
/// It is neither encrypted nor authenticated: anyone on the way can send one.
///
/// [transport error]: https://core.telegram.org/mtproto/mtproto-transports#transport-errors
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("transport error {0} ({meaning})", meaning = self.meaning())]
pub struct TransportError(
    /// The code as it was sent, so normally negative.
    pub i32,
);

impl TransportError {
    /// -403: stands for whatever HTTP would have answered 403 to.
    pub const FORBIDDEN: Self = Self(-403);
    /// -404: the server does not know the authorization key; also, a query of the key exchange or a
    /// field of the packet is wrong.
    pub const AUTH_KEY_NOT_FOUND: Self = Self(-404);
    /// -429: too many connections from this address in a short time; also, too many messages in a
    /// container or ids in a service message.
    pub const FLOOD: Self = Self(-429);
    /// -444: the data centre that was asked for, of a proxy or in the key exchange, is not one that
    /// this server is or knows.
    pub const INVALID_DC: Self = Self(-444);

    /// What the code means, in a few words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::FORBIDDEN => "forbidden",
            Self::AUTH_KEY_NOT_FOUND => "authorization key or query not found",
            Self::FLOOD => "too many connections or messages",
            Self::INVALID_DC => "invalid data centre",
            _ => "of no known meaning",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_named_with_its_meaning() {
        let shown = |code| TransportError(code).to_string();
        assert_eq!(shown(-404), "transport error -404 (authorization key or query not found)");
        assert_eq!(shown(-403), "transport error -403 (forbidden)");
        assert_eq!(shown(-429), "transport error -429 (too many connections or messages)");
        assert_eq!(shown(-444), "transport error -444 (invalid data centre)");
    }

    #[test]
    fn tl_17_any_code_can_be_shown() {
        for code in [i32::MIN, -1, 404, i32::MAX] {
            let shown = TransportError(code).to_string();
            assert_eq!(shown, format!("transport error {code} (of no known meaning)"));
        }
    }
}
