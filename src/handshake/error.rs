//! Why a key exchange failed: a variant for each rule that can be broken.

use std::fmt;

use crate::crypto::{DhError, DhGen, FactorError, RsaPadError};
use crate::message_id::MessageId;
use crate::tl::DecodeError;

/// Why a key exchange failed. None of them echoes a nonce or anything secret (KX-22).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// KX-01: the packet cannot hold a plain message.
    #[error("a plain message has 20 bytes at least, this packet has {length}")]
    PacketTooShort {
        /// The bytes of the packet.
        length: usize,
    },
    /// KX-01, KX-21: the packet is encrypted, which it cannot be yet.
    #[error("an encrypted message cannot come before there is a key")]
    Encrypted,
    /// KX-01: the message id is not that of an answer.
    #[error("{id} is not the id of an answer")]
    MessageId {
        /// The id.
        id: MessageId,
    },
    /// KX-01: the length of the message is not positive, not divisible by 4, or more than the packet has.
    #[error("a message of {length} bytes does not fit a packet with {left} bytes for it")]
    MessageLength {
        /// The length as the message gives it.
        length: i32,
        /// The bytes left in the packet.
        left: usize,
    },
    /// KX-01: there are bytes behind the message.
    #[error("{count} bytes stand behind the message")]
    BytesAfterMessage {
        /// How many.
        count: usize,
    },
    /// KX-01: there is more behind the TL value than servers are known to append.
    #[error("{count} bytes stand behind the value inside the message")]
    BytesAfterValue {
        /// How many.
        count: usize,
    },
    /// The message is no TL value.
    #[error("{stage} is malformed: {source}")]
    Decode {
        /// The answer that was read.
        stage: Stage,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// KX-21: a message came that does not fit the state of the exchange.
    #[error("constructor {id:08x} came where {stage} was awaited")]
    Unexpected {
        /// What was awaited.
        stage: Stage,
        /// The constructor that came.
        id: u32,
    },
    /// KX-21: a message came while none was awaited.
    #[error("a message came while none was awaited")]
    NotAwaited,
    /// KX-03, KX-10, KX-12, KX-18: the client's nonce is not the one that was sent.
    #[error("the nonce of {stage} is another")]
    Nonce {
        /// The answer it stands in.
        stage: Stage,
    },
    /// KX-10, KX-12, KX-18: the server's nonce is not the one of this exchange.
    #[error("the server nonce of {stage} is another")]
    ServerNonce {
        /// The answer it stands in.
        stage: Stage,
    },
    /// KX-04: the server lists more keys than any has.
    #[error("the server lists {count} keys")]
    TooManyFingerprints {
        /// How many.
        count: usize,
    },
    /// KX-04: the server has none of our keys.
    #[error("the server has none of our keys; check that its environment and the key file fit")]
    NoKnownKey,
    /// KX-05: `pq` is no product of two primes that can be found.
    #[error("pq is refused: {0}")]
    Pq(#[from] FactorError),
    /// KX-07: the inner data could not be encrypted.
    #[error("the inner data could not be encrypted: {0}")]
    RsaPad(#[from] RsaPadError),
    /// KX-09: the server refused the query, and proved that it is the server.
    #[error("the server refused the key exchange")]
    Refused,
    /// KX-09: somebody refused the query without the proof.
    #[error("the key exchange was refused without proof")]
    RefusedWithoutProof,
    /// KX-10: the encrypted answer has an impossible length.
    #[error("an encrypted answer of {length} bytes is refused")]
    AnswerLength {
        /// Its bytes.
        length: usize,
    },
    /// KX-12: the encrypted answer is not what its hash says. That it did not parse gives the same error.
    #[error("the encrypted answer is not authentic")]
    AnswerHash,
    /// KX-13 to KX-15: a Diffie-Hellman number is refused.
    #[error("a Diffie-Hellman number is refused: {0}")]
    Dh(#[from] DhError),
    /// KX-16: no exponent gave an acceptable number.
    #[error("no exponent gives an acceptable public number")]
    NoExponent,
    /// KX-18: the last answer is not authentic.
    #[error("the hash of {answer:?} is wrong")]
    DhGenHash {
        /// Which of the three answers.
        answer: DhGen,
    },
    /// KX-18: the server refused the key.
    #[error("the server refused the key")]
    DhGenFail,
    /// KX-18: the server refused each of several keys.
    #[error("the server asked for another key {count} times")]
    TooManyRetries {
        /// How often.
        count: u32,
    },
    /// KX-20: the exchange took too long.
    #[error("no key within the time allowed; {stage} was awaited")]
    Deadline {
        /// What was awaited.
        stage: Stage,
    },
}

/// The answers of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// `resPQ`
    ResPq,
    /// `server_DH_params_ok`
    ServerDhParams,
    /// `server_DH_inner_data`, inside of it
    ServerDhInnerData,
    /// `dh_gen_ok`, `dh_gen_retry` or `dh_gen_fail`
    DhGen,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ResPq => "resPQ",
            Self::ServerDhParams => "Server_DH_Params",
            Self::ServerDhInnerData => "server_DH_inner_data",
            Self::DhGen => "Set_client_DH_params_answer",
        })
    }
}
