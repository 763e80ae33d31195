//! What can be wrong with a stream that is to look like TLS.

/// A rule of fake TLS that was broken. There is no way on: close the connection, or hand it to whom it seems to want.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FakeTlsError {
    /// The stream does not begin with a ClientHello.
    #[error("the stream does not begin with a ClientHello of TLS")]
    NoClientHello,
    /// No secret makes this digest: it is true TLS, or from somebody who does not know the secret.
    #[error("the digest of the ClientHello is of none of the secrets")]
    ClientDigest,
    /// The client's clock is too far from the server's, or an old ClientHello is sent again.
    #[error("the ClientHello was made {seconds} s from now")]
    Clock {
        /// By how much it is off, ahead or behind.
        seconds: u64,
    },
    /// This ClientHello was sent before.
    #[error("the ClientHello was sent before")]
    Replay,
    /// So many clients came that no more can be told from replays.
    #[error("too many ClientHellos in a short time")]
    Crowd,
    /// The server closed the connection instead of answering the ClientHello.
    #[error("closed without an answer to the hello: {REFUSED}")]
    NoAnswer,
    /// The server's answer has other records than ServerHello, ChangeCipherSpec and data.
    #[error("the answer is no ServerHello, ChangeCipherSpec and data: {REFUSED}")]
    NoServerHello,
    /// The server's answer was made by somebody who does not know the secret.
    #[error("the digest of the server is another: {REFUSED}")]
    ServerDigest,
    /// A record of another type than application data.
    #[error("a record of type {kind:#04x} where data comes")]
    RecordType {
        /// The type.
        kind: u8,
    },
    /// A record of another version than TLS 1.2, which 1.3 writes too.
    #[error("a record of version {major}.{minor} where 3.3 is written")]
    RecordVersion {
        /// The first byte of it.
        major: u8,
        /// The second byte.
        minor: u8,
    },
    /// ChangeCipherSpec at another place than before the client's first data, or another one.
    #[error("a ChangeCipherSpec out of order")]
    ChangeCipherSpec,
    /// A record without a byte.
    #[error("an empty record")]
    EmptyRecord,
    /// A record that is longer than TLS allows.
    #[error("a record of {length} bytes: at most {limit} are allowed")]
    LongRecord {
        /// Its length as announced.
        length: usize,
        /// The most that is allowed.
        limit: usize,
    },
}

/// What a proxy says when it closes, or hands a client on to the website that it hides behind.
const REFUSED: &str = "the proxy does not know the secret, or this machine's clock is minutes off, which proxies do not take";
