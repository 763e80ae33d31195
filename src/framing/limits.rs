//! How long packets may be, and why.

/// The longest packet that a client accepts, and the longest that an [`Encoder`](super::Encoder)
/// writes: 16 MiB.
///
/// The abridged framing could announce 64 MiB (2^24 - 1 words of four bytes) and the others 2 GiB.
/// TDLib writes no packet of 2^24 bytes and the largest honest answer is a file part of 1 MiB, so
/// 16 MiB is far above anything needed and still a bound that a connection can afford.
pub const CLIENT_LIMIT: usize = 16 * MIB;

/// The longest packet that a server accepts: 1 MiB for a message, and 128 KiB of room.
///
/// The room is for what travels with it: the encryption envelope (56 bytes, and padding up to
/// 1024), the wrappers of the first query, and a container's other messages, of which an
/// acknowledgement of 8192 messages alone takes 64 KiB.
pub const SERVER_LIMIT: usize = MIB + MIB / 8;

/// The shortest message there is: `auth_key_id`, `message_id` and the length of a plain-text
/// message with no body. Encrypted ones are longer still.
///
/// Anything shorter is an error, an acknowledgement or nothing at all. TDLib draws this line at 16
/// bytes; 20 also covers a four-byte error with the most padding there can be (4 + 15).
pub(super) const MIN_MESSAGE: usize = 8 + 8 + 4;

/// The shortest packet that says anything: one number.
pub(super) const MIN_PACKET: usize = 4;

/// The most bytes that padded intermediate adds to a packet.
pub(super) const MAX_PADDING: usize = 15;

const MIB: usize = 1 << 20;
