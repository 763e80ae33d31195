//! What can be heard about a message of ours, from the server, from the link, from the clock, and from the caller.

/// Something that was heard about the message that a request is in now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Word {
    /// The link took it, in the packet that was just sealed.
    Sent,
    /// `msgs_ack` names it.
    Ack,
    /// The answer to our `msgs_state_req`: 1, nothing is known of it; it may have been forgotten.
    StateUnknown,
    /// The same: 2, it was not received, though one sent later was.
    StateNotReceived,
    /// The same: 3, it was not received, and none sent later was.
    StateNotYet,
    /// The same: 2 or 3, of a message so old that the server takes no copy of it any more.
    StateTooOld,
    /// The same: 4, it was received.
    StateReceived,
    /// The same: 4 and 64, it was received and its answer was made.
    StateAnswered,
    /// The same, with bits that no state has.
    StateNonsense,
    /// `msgs_all_info`, which nobody asked for: 4, it was received.
    AllInfoReceived,
    /// `msgs_all_info` with anything else, which may have crossed with the message.
    AllInfoOther,
    /// `msg_detailed_info` names it: its answer was made.
    DetailedInfo,
    /// `msg_new_detailed_info`, which names an answer only.
    NewDetailedInfo,
    /// `msg_resend_req` names it.
    ResendReq,
    /// `bad_server_salt` (48).
    BadSalt,
    /// `bad_msg_notification` 16: its id is too low.
    Bad16,
    /// 17: its id is too high.
    Bad17,
    /// 18: its id is not divisible by four.
    Bad18,
    /// 19: its container came before.
    Bad19,
    /// 20: it is too old to say whether it was received.
    Bad20,
    /// 32: its sequence number is too low.
    Bad32,
    /// 33: its sequence number is too high.
    Bad33,
    /// 34: its sequence number is odd and must be even.
    Bad34,
    /// 35: its sequence number is even and must be odd.
    Bad35,
    /// 64: its container is malformed.
    Bad64,
    /// Any other code.
    BadOther,
    /// `new_session_created` as the server's first word in a session. The packet, which went over this link, is from before
    /// the session.
    SessionBegun,
    /// The same, and a copy of the message went over another link.
    SessionBegunElsewhere,
    /// `new_session_created` after the server had spoken: it has forgotten a session that the message may have run in.
    SessionForgotten,
    /// `rpc_result`, or another answer.
    Result,
    /// `rpc_result` with an `rpc_error`.
    Error,
    /// The same, with `AUTH_KEY_PERM_EMPTY`: the temporary key is not bound, so it did not run.
    ErrorUnbound,
    /// The answer to `rpc_drop_answer`: `rpc_answer_unknown`.
    AnswerUnknown,
    /// The same: `rpc_answer_dropped_running`.
    AnswerDroppedRunning,
    /// The same: `rpc_answer_dropped`.
    AnswerDropped,
    /// A quick acknowledgement, which is not authentic.
    QuickAck,
    /// The link has answered something that was sent after our question about the message, and not the question.
    PassedOver,
    /// It was waited for long enough, and no question about it is open.
    Due,
    /// A question about it was open for long enough, while the server answered pings.
    Silence,
    /// There is another link.
    NewLink,
    /// The server knows no such key, as it said of the one packet that each link had carried, from the first that the message went over
    /// to the last: nobody has read it.
    Disowned,
    /// We begin another session, so this one's word will not be heard.
    GivenUp,
    /// A copy of it waits, and would overtake the request that it is to run after.
    Overtakes,
    /// The caller takes the request back.
    Cancel,
    /// The caller's deadline has come.
    Deadline,
    /// The connection is closed.
    Close,
}

impl Word {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 46] = [
        Self::Sent,
        Self::Ack,
        Self::StateUnknown,
        Self::StateNotReceived,
        Self::StateNotYet,
        Self::StateTooOld,
        Self::StateReceived,
        Self::StateAnswered,
        Self::StateNonsense,
        Self::AllInfoReceived,
        Self::AllInfoOther,
        Self::DetailedInfo,
        Self::NewDetailedInfo,
        Self::ResendReq,
        Self::BadSalt,
        Self::Bad16,
        Self::Bad17,
        Self::Bad18,
        Self::Bad19,
        Self::Bad20,
        Self::Bad32,
        Self::Bad33,
        Self::Bad34,
        Self::Bad35,
        Self::Bad64,
        Self::BadOther,
        Self::SessionBegun,
        Self::SessionBegunElsewhere,
        Self::SessionForgotten,
        Self::Result,
        Self::Error,
        Self::ErrorUnbound,
        Self::AnswerUnknown,
        Self::AnswerDroppedRunning,
        Self::AnswerDropped,
        Self::QuickAck,
        Self::PassedOver,
        Self::Due,
        Self::Silence,
        Self::NewLink,
        Self::Disowned,
        Self::GivenUp,
        Self::Overtakes,
        Self::Cancel,
        Self::Deadline,
        Self::Close,
    ];

    /// What a `bad_msg_notification` says. 20 alone leaves open whether the message ran; 19 says that its container was taken
    /// before; all others say that it did not run.
    pub(in crate::session) fn bad_msg(code: i32) -> Self {
        match code {
            16 => Self::Bad16,
            17 => Self::Bad17,
            18 => Self::Bad18,
            19 => Self::Bad19,
            20 => Self::Bad20,
            32 => Self::Bad32,
            33 => Self::Bad33,
            34 => Self::Bad34,
            35 => Self::Bad35,
            64 => Self::Bad64,
            _ => Self::BadOther,
        }
    }

    /// What a byte of `msgs_state_info` says of a message that was sent so long ago that no copy of it is taken, or not.
    pub(in crate::session) fn state(state: u8, is_too_old: bool) -> Self {
        match state & HOW_FAR {
            1 => Self::StateUnknown,
            2 | 3 if is_too_old => Self::StateTooOld,
            2 => Self::StateNotReceived,
            3 => Self::StateNotYet,
            4 if state & ANSWERED != 0 => Self::StateAnswered,
            4 => Self::StateReceived,
            _ => Self::StateNonsense,
        }
    }

    /// What a byte of `msgs_all_info` says. It may have crossed with the message, so only that it was received is believed.
    pub(in crate::session) fn all_info(state: u8) -> Self {
        if state & HOW_FAR == 4 { Self::AllInfoReceived } else { Self::AllInfoOther }
    }
}

/// The bits of a message's state that say how far it came.
const HOW_FAR: u8 = 7;

/// The bit that says that its answer was made.
const ANSWERED: u8 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_of_a_refusal_is_a_word_of_its_own() {
        let codes = [
            (16, Word::Bad16),
            (17, Word::Bad17),
            (18, Word::Bad18),
            (19, Word::Bad19),
            (20, Word::Bad20),
            (32, Word::Bad32),
            (33, Word::Bad33),
            (34, Word::Bad34),
            (35, Word::Bad35),
            (64, Word::Bad64),
        ];
        for code in -1..100 {
            let named = codes.iter().find(|(of, _)| *of == code);
            let word = named.map_or(Word::BadOther, |(_, word)| *word);
            assert_eq!(Word::bad_msg(code), word, "{code}");
        }
    }

    /// The three lowest bits say how far a message came, 64 that its answer was made; what others say changes nothing.
    #[test]
    fn sm_each_byte_of_a_state_is_a_word() {
        for byte in 0..=255_u8 {
            for is_too_old in [false, true] {
                let word = match (byte & 7, byte & 64) {
                    (1, _) => Word::StateUnknown,
                    (2 | 3, _) if is_too_old => Word::StateTooOld,
                    (2, _) => Word::StateNotReceived,
                    (3, _) => Word::StateNotYet,
                    (4, 0) => Word::StateReceived,
                    (4, _) => Word::StateAnswered,
                    _ => Word::StateNonsense,
                };
                assert_eq!(Word::state(byte, is_too_old), word, "{byte}, {is_too_old}");
            }
            let is_received = byte & 7 == 4;
            let word = if is_received { Word::AllInfoReceived } else { Word::AllInfoOther };
            assert_eq!(Word::all_info(byte), word, "{byte}");
        }
    }
}
