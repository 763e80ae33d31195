//! Why the server refuses a key exchange.

use crate::crypto::{DhError, Fingerprint, RsaPadError};
use crate::message_id::MessageId;
use crate::tl::DecodeError;

/// Why the server refuses a key exchange. The client is only told that it does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// KX-01: the packet is no plain message.
    #[error("a packet of {length} bytes is no plain message")]
    Envelope {
        /// The bytes of the packet.
        length: usize,
    },
    /// KX-01: the packet is encrypted.
    #[error("the packet is encrypted")]
    Encrypted,
    /// KX-01: the id is not that of a client's message.
    #[error("{id} is not the id of a client's message")]
    MessageId {
        /// The id.
        id: MessageId,
    },
    /// The message is no TL value, or bytes follow it (TL-14).
    #[error("malformed: {0}")]
    Decode(#[from] DecodeError),
    /// KX-21: the message does not fit the state.
    #[error("constructor {id:08x} does not fit the state of the exchange")]
    Unexpected {
        /// What came.
        id: u32,
    },
    /// The client's nonce is another.
    #[error("the nonce is another")]
    Nonce,
    /// The server's nonce is another.
    #[error("the server nonce is another")]
    ServerNonce,
    /// KX-05: the factors are not those of `pq` in their shortest form.
    #[error("the factors are wrong or padded")]
    Factors,
    /// KX-04: the key is not ours.
    #[error("no key has the fingerprint {0}")]
    UnknownKey(Fingerprint),
    /// KX-07: the encrypted data has not 256 bytes.
    #[error("{length} encrypted bytes are not 256")]
    EncryptedLength {
        /// How many it has.
        length: usize,
    },
    /// KX-07: the encrypted data is not authentic.
    #[error("the encrypted data is refused: {0}")]
    Rsa(#[from] RsaPadError),
    /// KX-06: the inner data does not repeat `pq` and its factors.
    #[error("the inner data names other numbers")]
    InnerPq,
    /// KX-06: the inner data is for another data centre.
    #[error("the inner data is for data centre {dc}")]
    Dc {
        /// Which.
        dc: i32,
    },
    /// KX-06: a temporary key must live for some time, and not for ever.
    #[error("a temporary key cannot live for {seconds} seconds")]
    Lifetime {
        /// How long it should.
        seconds: i32,
    },
    /// KX-17: the client's encrypted half has an impossible length.
    #[error("{length} encrypted bytes cannot hold client_DH_inner_data")]
    AnswerLength {
        /// Its bytes.
        length: usize,
    },
    /// KX-17: the client's half is not authentic.
    #[error("client_DH_inner_data is not authentic")]
    AnswerHash,
    /// KX-17: the retry id is not that of the key refused before.
    #[error("the retry id is another")]
    RetryId,
    /// KX-15: the client's number is refused.
    #[error("a Diffie-Hellman number is refused: {0}")]
    Dh(#[from] DhError),
    /// The exchange has failed or ended before.
    #[error("the exchange is over")]
    Over,
}
