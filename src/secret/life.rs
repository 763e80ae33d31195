//! The life of a chat: its states, and one function that leads from each to the next (SC-05).
//!
//! ```text
//!  create ─> Configuring ─> Computing ─> Requesting ─> Waiting ─> Deriving ─────────┐
//!            getDhConfig    g^a          requestEncryption  encryptedChat: g_b      v
//!                                                                                 Ready
//!  Offered ─> AcceptConfiguring ─> AcceptComputing ─> Accepting ────────────────────^
//!  encryptedChatRequested;   getDhConfig     g^b, key     acceptEncryption
//!  a person decides (SC-06)
//!
//!  any ─> Closed                                       keys wiped, for ever
//! ```

/// Where a chat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The server is asked for prime and generator (SC-01).
    Configuring,
    /// `g^a` is being taken.
    Computing,
    /// `messages.requestEncryption` is on its way (SC-04).
    Requesting,
    /// The other side has not accepted yet.
    Waiting,
    /// The key is being computed (SC-08).
    Deriving,
    /// The other side asks; a person has to accept (SC-06).
    Offered,
    /// Accepted: the server is asked for prime and generator.
    AcceptConfiguring,
    /// `g^b` and the key are being computed.
    AcceptComputing,
    /// `messages.acceptEncryption` is on its way (SC-07).
    Accepting,
    /// There is a key.
    Ready,
    /// The end.
    Closed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Configuring,
        Self::Computing,
        Self::Requesting,
        Self::Waiting,
        Self::Deriving,
        Self::Offered,
        Self::AcceptConfiguring,
        Self::AcceptComputing,
        Self::Accepting,
        Self::Ready,
        Self::Closed,
    ];

    /// Its number in a stored chat.
    pub(super) fn code(self) -> u8 {
        let place = Self::ALL.iter().position(|state| *state == self);
        place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
    }

    /// The state with this number.
    pub(super) fn of_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// What happens to a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Word {
    /// Prime and generator are there, and good.
    Group,
    /// A first power is there, and good.
    Power,
    /// The key is there, and it is that of the other side: by its fingerprint, or by a packet of it.
    Key,
    /// The person accepts.
    Accept,
    /// The server says `encryptedChatWaiting`.
    SaidWaiting,
    /// The server says `encryptedChatRequested`.
    SaidRequested,
    /// The server says `encryptedChat`.
    SaidChat,
    /// Anything that ends the chat, whoever wants it.
    End,
}

#[cfg(test)]
impl Word {
    pub(super) const ALL: [Self; 8] = [
        Self::Group,
        Self::Power,
        Self::Key,
        Self::Accept,
        Self::SaidWaiting,
        Self::SaidRequested,
        Self::SaidChat,
        Self::End,
    ];
}

/// The state that follows, or nothing where the word is ignored: what a server says out of its turn changes nothing, least of all the
/// key of a chat that is ready (SC-05).
pub(super) fn next(state: State, word: Word) -> Option<State> {
    use State as S;
    use Word as W;
    Some(match (state, word) {
        (S::Closed, _) => return None,
        (_, W::End) => S::Closed,
        (S::Configuring, W::Group) => S::Computing,
        (S::Computing, W::Power) => S::Requesting,
        (S::Requesting, W::SaidWaiting) => S::Waiting,
        // The other side may have accepted before the answer of the call is here.
        (S::Requesting | S::Waiting, W::SaidChat) => S::Deriving,
        // The acceptor has the key already: that the other side uses it, says more than the server can.
        (S::Deriving | S::Accepting, W::Key) => S::Ready,
        (S::Offered, W::Accept) => S::AcceptConfiguring,
        (S::AcceptConfiguring, W::Group) => S::AcceptComputing,
        (S::AcceptComputing, W::Power) => S::Accepting,
        (S::Accepting, W::SaidChat) => S::Ready,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state and every word; what is not listed is ignored.
    #[test]
    fn sc_05_each_state_and_each_word() {
        use {State as S, Word as W};
        let steps = [
            (S::Configuring, W::Group, S::Computing),
            (S::Computing, W::Power, S::Requesting),
            (S::Requesting, W::SaidWaiting, S::Waiting),
            (S::Requesting, W::SaidChat, S::Deriving),
            (S::Waiting, W::SaidChat, S::Deriving),
            (S::Deriving, W::Key, S::Ready),
            (S::Accepting, W::Key, S::Ready),
            (S::Offered, W::Accept, S::AcceptConfiguring),
            (S::AcceptConfiguring, W::Group, S::AcceptComputing),
            (S::AcceptComputing, W::Power, S::Accepting),
            (S::Accepting, W::SaidChat, S::Ready),
        ];
        for state in State::ALL {
            for word in Word::ALL {
                let step = steps.iter().find(|(from, by, _)| (*from, *by) == (state, word));
                let end = (word == W::End && state != S::Closed).then_some(S::Closed);
                assert_eq!(
                    next(state, word),
                    step.map(|(_, _, to)| *to).or(end),
                    "{state:?} {word:?}"
                );
            }
        }
    }

    #[test]
    fn each_state_has_a_number() {
        for state in State::ALL {
            assert_eq!(State::of_code(state.code()), Some(state));
        }
        assert_eq!(State::of_code(11), None);
    }
}
