//! New keys for a chat that goes on: the states of an exchange, and one function that leads from each to the next (SC-50 to SC-56).
//!
//! ```text
//!  ours                                                    theirs
//!  Idle ─> Drawing ─> Requested ─> Deriving ─> Idle        Idle ─> Answering ─> Accepted ─> Switched ─> Idle
//!          g^a        RequestKey   AcceptKey:  CommitKey           RequestKey:  AcceptKey   a packet    CommitKey
//!                     sent         key         sent, by            key          sent        of the new
//!                                              the old key                                  key
//! ```
//!
//! Who has sent `AcceptKey` must take packets of the new key at any moment, and who has sent `CommitKey` cannot go back (SC-52).
//!
//! Source: [perfect forward secrecy](https://core.telegram.org/api/end-to-end/pfs).

use std::cmp::Ordering;

use crate::crypto::{AuthKey, Secret};

/// The exchange that is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Rekey {
    /// None.
    #[default]
    Idle,
    /// Ours: `g^a` is being taken; the peer knows nothing of it.
    Drawing { exchange: i64, exponent: Box<Secret<256>> },
    /// Ours: the peer was asked.
    Requested { exchange: i64, exponent: Box<Secret<256>>, ours: Box<[u8; 256]> },
    /// Ours: the peer has answered, the key is being computed.
    Deriving { exchange: i64, exponent: Box<Secret<256>>, theirs: Box<[u8; 256]>, claimed: i64 },
    /// Theirs: `g^b` and the key are being computed.
    Answering { exchange: i64, exponent: Box<Secret<256>>, theirs: Box<[u8; 256]> },
    /// Theirs: our answer is made; the new key may be used by the peer at any moment.
    Accepted { exchange: i64, key: AuthKey },
    /// Theirs: the peer has used the new key, its `CommitKey` is missing.
    Switched { exchange: i64 },
}

/// What is said of keys, without what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// `RequestKey`.
    Request { exchange: i64 },
    /// `AcceptKey`.
    Accept { exchange: i64 },
    /// `AbortKey`.
    Abort { exchange: i64 },
    /// `CommitKey`; whether the fingerprint is that of the new key.
    Commit { exchange: i64, fits: bool },
    /// An authentic packet of the new key.
    NewKey,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Nothing.
    Ignore,
    /// Answer the peer's request; an exchange of ours is given up, if there is one (SC-53).
    Answer,
    /// Give up the exchange, and say nothing (SC-53, SC-54).
    GiveUp,
    /// Say `AbortKey` of the exchange that the peer named (SC-54, SC-56).
    Refuse,
    /// Compute the key of the exchange of ours.
    Derive,
    /// Use the new key from now on; `CommitKey` is still missing.
    Switch,
    /// Use the new key from now on, and forget the old one.
    SwitchAndForget,
    /// Forget the old key, as the new one is in use already.
    Forget,
}

/// What follows when the peer says something of keys. `old_is_needed` says that the key before is still kept (SC-50).
pub(super) fn hear(state: &Rekey, word: Word, old_is_needed: bool) -> Deed {
    use {Deed as D, Rekey as R, Word as W};
    match (state, word) {
        (R::Idle, W::Request { .. }) if old_is_needed => D::Refuse,
        // Nobody has heard of an exchange that is still being drawn.
        (R::Idle | R::Drawing { .. }, W::Request { .. }) => D::Answer,
        // SC-53: both ask at once, and the larger number goes on, compared as signed.
        (R::Requested { exchange: ours, .. }, W::Request { exchange }) => match ours.cmp(&exchange)
        {
            Ordering::Greater => D::Ignore,
            Ordering::Less => D::Answer,
            Ordering::Equal => D::GiveUp,
        },
        // One exchange at a time: a second one is refused, the same one again is nothing.
        (state, W::Request { exchange }) if state.exchange() == Some(exchange) => D::Ignore,
        (_, W::Request { .. }) => D::Refuse,
        (R::Requested { exchange: ours, .. }, W::Accept { exchange }) if *ours == exchange => {
            D::Derive
        }
        // SC-54: of another exchange than the one we wait for.
        (R::Requested { .. } | R::Deriving { .. }, W::Accept { .. }) => D::Ignore,
        // SC-52: nothing takes back what we have accepted.
        (state, W::Accept { exchange }) if state.exchange() == Some(exchange) => D::Ignore,
        // SC-56: nobody asked. After our `CommitKey` there is no way back, so of the exchange before nothing is said.
        (R::Idle, W::Accept { .. }) if old_is_needed => D::Ignore,
        (_, W::Accept { .. }) => D::Refuse,
        (
            R::Requested { exchange: ours, .. } | R::Accepted { exchange: ours, .. },
            W::Abort { exchange },
        ) if *ours == exchange => D::GiveUp,
        (
            R::Answering { exchange: ours, .. } | R::Deriving { exchange: ours, .. },
            W::Abort { exchange },
        ) if *ours == exchange => D::GiveUp,
        (_, W::Abort { .. }) => D::Ignore,
        (R::Accepted { exchange: ours, .. }, W::Commit { exchange, fits: true })
            if *ours == exchange =>
        {
            D::SwitchAndForget
        }
        (R::Switched { exchange: ours }, W::Commit { exchange, fits: true })
            if *ours == exchange =>
        {
            D::Forget
        }
        (_, W::Commit { .. }) => D::Ignore,
        (R::Accepted { .. }, W::NewKey) => D::Switch,
        (_, W::NewKey) => D::Ignore,
    }
}

impl Rekey {
    /// The exchange that is open.
    pub(super) fn exchange(&self) -> Option<i64> {
        match self {
            Self::Idle => None,
            Self::Drawing { exchange, .. }
            | Self::Requested { exchange, .. }
            | Self::Deriving { exchange, .. }
            | Self::Answering { exchange, .. }
            | Self::Accepted { exchange, .. }
            | Self::Switched { exchange } => Some(*exchange),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(exchange: i64) -> Vec<Rekey> {
        let exponent = || Secret::boxed(&[1; 256]);
        let number = || Box::new([2; 256]);
        vec![
            Rekey::Idle,
            Rekey::Drawing { exchange, exponent: exponent() },
            Rekey::Requested { exchange, exponent: exponent(), ours: number() },
            Rekey::Deriving { exchange, exponent: exponent(), theirs: number(), claimed: 1 },
            Rekey::Answering { exchange, exponent: exponent(), theirs: number() },
            Rekey::Accepted { exchange, key: AuthKey::copy_of(&[3; 256]) },
            Rekey::Switched { exchange },
        ]
    }

    /// A row for each word, a column for each state in the order of `states`; ours is 5.
    #[test]
    fn sc_51_sc_54_and_sc_56_each_state_and_each_word() {
        use {Deed as D, Word as W};
        let (i, r, g) = (D::Ignore, D::Refuse, D::GiveUp);
        let table: [(Word, [Deed; 7]); 11] = [
            (W::Request { exchange: 4 }, [D::Answer, D::Answer, i, r, r, r, r]),
            (W::Request { exchange: 5 }, [D::Answer, D::Answer, g, i, i, i, i]),
            (W::Request { exchange: 6 }, [D::Answer, D::Answer, D::Answer, r, r, r, r]),
            (W::Accept { exchange: 5 }, [r, i, D::Derive, i, i, i, i]),
            (W::Accept { exchange: 6 }, [r, r, i, i, r, r, r]),
            (W::Abort { exchange: 5 }, [i, i, g, g, g, g, i]),
            (W::Abort { exchange: 6 }, [i; 7]),
            (W::Commit { exchange: 5, fits: true }, [i, i, i, i, i, D::SwitchAndForget, D::Forget]),
            (W::Commit { exchange: 5, fits: false }, [i; 7]),
            (W::Commit { exchange: 6, fits: true }, [i; 7]),
            (W::NewKey, [i, i, i, i, i, D::Switch, i]),
        ];
        for (word, row) in table {
            for (state, deed) in states(5).iter().zip(row) {
                assert_eq!(hear(state, word, false), deed, "{state:?} {word:?}");
            }
        }
    }

    #[test]
    fn sc_50_while_the_key_before_is_needed_no_exchange_begins_and_ours_is_not_taken_back() {
        let hear = |word| hear(&Rekey::Idle, word, true);
        assert_eq!(hear(Word::Request { exchange: 1 }), Deed::Refuse);
        assert_eq!(hear(Word::Accept { exchange: 1 }), Deed::Ignore);
    }

    #[test]
    fn sc_53_the_numbers_of_a_collision_are_compared_as_signed_ones() {
        let numbers = [i64::MIN, -2, -1, 0, 1, i64::MAX];
        for ours in numbers {
            let state = &states(ours)[2];
            for theirs in numbers {
                let deed = match ours.cmp(&theirs) {
                    Ordering::Greater => Deed::Ignore,
                    Ordering::Less => Deed::Answer,
                    Ordering::Equal => Deed::GiveUp,
                };
                assert_eq!(hear(state, Word::Request { exchange: theirs }, false), deed);
            }
        }
    }
}
