//! What happens during an exchange, for those who want to watch.

use crate::crypto::{DhGen, Fingerprint, KeyId, Secret};
use crate::ids::Salt;

/// A step of an exchange. Values are in wire order, as on the page
/// [Creating an Authorization Key: an example](https://core.telegram.org/mtproto/samples-auth_key); what is secret is
/// wrapped and not printed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// A packet was sent. Packets of an exchange are plain or encrypted for the server; nothing in them is secret.
    Sent {
        /// The packet.
        packet: Vec<u8>,
    },
    /// A packet came.
    Received {
        /// The packet.
        packet: Vec<u8>,
    },
    /// The client begins.
    ReqPq {
        /// Its nonce.
        nonce: [u8; 16],
    },
    /// The server answers.
    ResPq {
        /// Its nonce.
        server_nonce: [u8; 16],
        /// The number to be factorised.
        pq: u64,
        /// The keys that it has.
        fingerprints: Vec<Fingerprint>,
    },
    /// The client has the factors and sends its secret, encrypted.
    ReqDhParams {
        /// The smaller factor.
        p: u64,
        /// The larger factor.
        q: u64,
        /// The key that was chosen.
        fingerprint: Fingerprint,
        /// The secret.
        new_nonce: Secret<32>,
    },
    /// The server sends its half of the Diffie-Hellman exchange.
    ServerDhParams {
        /// The generator.
        g: i32,
        /// The prime, 256 bytes.
        dh_prime: Box<[u8; 256]>,
        /// Whether it is the well-known one, which need not be tested.
        is_known_prime: bool,
        /// The server's public number.
        g_a: Box<[u8; 256]>,
        /// The server's clock, in seconds since 1970.
        server_time: i32,
    },
    /// The client sends its half.
    SetClientDhParams {
        /// Which attempt this is, from 0.
        attempt: u32,
        /// The client's public number.
        g_b: Box<[u8; 256]>,
    },
    /// The server has answered.
    DhGen {
        /// How.
        answer: DhGen,
    },
    /// There is a key.
    Finished {
        /// Its id.
        auth_key_id: KeyId,
        /// The key.
        auth_key: Box<Secret<256>>,
        /// The first salt.
        server_salt: Salt,
        /// By how many seconds the server's clock is ahead of the local one.
        time_offset: i64,
    },
}
