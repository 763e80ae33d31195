//! What an error of the server means for a chat: one table.

use std::time::Duration;

use crate::rpc::RpcError;
use crate::secret::limits::RETRY_AFTER;

/// A call of the chat, as its failure is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called {
    Config,
    Request,
    Accept,
    Discard,
    /// A person's message or action.
    Message,
    /// A control message.
    Control,
    /// What changes nothing: typing, marks of reading.
    Aside,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reaction {
    /// The same again, after that.
    Later(Duration),
    /// It is as good as done.
    Done,
    /// The chat is refused.
    Refused,
    /// Another device has it, or it is gone.
    Elsewhere,
    /// The other side has closed it.
    Gone,
    /// The place of the message is given to its own deletion (SC-48).
    Replace,
    /// The chat cannot go on without it.
    Fatal,
}

/// Judges an error.
pub(super) fn judge(called: Called, error: &RpcError) -> Reaction {
    use {Called as C, Reaction as R};
    if let Some(wait) = error.ordered_wait() {
        return R::Later(wait);
    }
    let code = error.code;
    match (called, error.name.as_str()) {
        (
            C::Accept,
            "ENCRYPTION_ALREADY_ACCEPTED" | "ENCRYPTION_ALREADY_DECLINED" | "ENCRYPTION_DECLINED",
        ) => R::Elsewhere,
        // What is gone cannot be discarded again.
        (C::Discard, "ENCRYPTION_ALREADY_DECLINED" | "ENCRYPTION_ID_INVALID") => R::Done,
        (C::Message | C::Control, "ENCRYPTION_DECLINED") => R::Gone,
        // The answer of the first time was lost.
        (_, "RANDOM_ID_DUPLICATE") => R::Done,
        _ if error.name == "MSG_WAIT_FAILED" || !(0..500).contains(&code) => R::Later(RETRY_AFTER),
        (C::Message | C::Control, _) if code == 403 => R::Gone,
        (C::Message, _) => R::Replace,
        (C::Control, _) => R::Fatal,
        (C::Config | C::Request | C::Accept, _) => R::Refused,
        // The server knows no such chat, or will not: again would bring the same.
        (C::Discard | C::Aside, _) => R::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::MAX_ORDERED_WAIT;

    const ALL: [Called; 7] = [
        Called::Config,
        Called::Request,
        Called::Accept,
        Called::Discard,
        Called::Message,
        Called::Control,
        Called::Aside,
    ];

    /// A row for each error, a column for each call in the order of `ALL`.
    #[test]
    fn sc_82_each_error_of_each_call_has_its_reaction() {
        use Reaction as R;
        let later = R::Later(RETRY_AFTER);
        let (no, ok, re, fa) = (R::Refused, R::Done, R::Replace, R::Fatal);
        for (code, name, row) in [
            (400, "DH_G_A_INVALID", [no, no, no, ok, re, fa, ok]),
            (400, "USER_ID_INVALID", [no, no, no, ok, re, fa, ok]),
            (403, "USER_PRIVACY_RESTRICTED", [no, no, no, ok, R::Gone, R::Gone, ok]),
            (400, "ENCRYPTION_ALREADY_ACCEPTED", [no, no, R::Elsewhere, ok, re, fa, ok]),
            (400, "ENCRYPTION_ALREADY_DECLINED", [no, no, R::Elsewhere, ok, re, fa, ok]),
            (500, "ENCRYPTION_OCCUPY_FAILED", [later; 7]),
            (400, "ENCRYPTION_DECLINED", [no, no, R::Elsewhere, ok, R::Gone, R::Gone, ok]),
            (400, "ENCRYPTION_ID_INVALID", [no, no, no, ok, re, fa, ok]),
            (400, "DATA_INVALID", [no, no, no, ok, re, fa, ok]),
            (400, "CHAT_ID_INVALID", [no, no, no, ok, re, fa, ok]),
            (400, "FILE_PART_1_MISSING", [no, no, no, ok, re, fa, ok]),
            (400, "MD5_CHECKSUM_INVALID", [no, no, no, ok, re, fa, ok]),
            (420, "FLOOD_WAIT_17", [R::Later(Duration::from_secs(17)); 7]),
            (420, "SLOWMODE_WAIT_17", [R::Later(Duration::from_secs(17)); 7]),
            // Neither at once, for ever, nor never.
            (420, "FLOOD_WAIT_0", [R::Later(Duration::from_secs(1)); 7]),
            (420, "FLOOD_WAIT_9223372036854775807", [R::Later(MAX_ORDERED_WAIT); 7]),
            (400, "MSG_WAIT_FAILED", [later; 7]),
            (500, "INTERNAL", [later; 7]),
            (-503, "Timeout", [later; 7]),
            (400, "RANDOM_ID_DUPLICATE", [ok; 7]),
            (400, "MAX_DATE_INVALID", [no, no, no, ok, re, fa, ok]),
            (400, "MAX_QTS_INVALID", [no, no, no, ok, re, fa, ok]),
            (420, "FLOOD_WAIT_", [no, no, no, ok, re, fa, ok]),
        ] {
            let judged = ALL.map(|called| judge(called, &RpcError::parse(code, name)));
            assert_eq!(judged, row, "{name}");
        }
    }
}
