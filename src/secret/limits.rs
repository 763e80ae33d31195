//! The numbers of secret chats, each with its reason.

use std::time::Duration;

/// The layer that we speak (SC-30): no constructor is known of a later one, whatever a client announces.
pub const OUR_LAYER: i32 = 144;

/// The least layer that is written: the first of MTProto 2.0 (SC-25, SC-30).
pub const FLOOR_LAYER: i32 = 73;

/// What a peer is held to speak before it has said (SC-30).
pub(super) const FIRST_LAYER: i32 = 46;

/// The layer that says `size` as a `long`: files above 2,000 MiB (SC-32).
pub(super) const LARGE_FILES_LAYER: i32 = 143;

/// The largest file that goes into the `int` of layers before 143 (SC-32).
pub const MAX_OLD_FILE: i64 = 2_000 << 20;

/// The largest file that is accepted from a peer (SC-77).
pub const MAX_FILE: i64 = 4 << 30;

/// The largest packet that is looked at (SC-22): what the framing carries from a server.
pub const MAX_PACKET: usize = 1 << 20;

/// The least random bytes of a layer (SC-23): short messages could be recognised else.
pub const MIN_RANDOM_BYTES: usize = 15;

/// The random bytes of the layers that we write (SC-23): as many as TDLib's.
pub(super) const RANDOM_BYTES: usize = 31;

/// Messages that wait for the chat to be ready (SC-10): more than a person writes meanwhile.
pub const MAX_WAITING: usize = 1_000;

/// Messages that wait behind a gap (SC-45): as many as one resend may ask for.
pub const MAX_QUEUED: usize = 1_000;

/// The bytes of all that wait behind a gap (SC-45), and of all that wait for the key (SC-10).
pub const MAX_QUEUED_BYTES: usize = 16 << 20;

/// The messages that one resend may ask for (SC-46): TDLib closes a chat for more.
pub const MAX_RESEND: u32 = 1_000;

/// Messages that the peer has not acknowledged yet: they are kept for resends (SC-47), so somebody has to say stop.
pub const MAX_UNACKNOWLEDGED: usize = 10_000;

/// A key serves for so many messages, in and out (SC-50).
pub const REKEY_AFTER: u32 = 100;

/// And for so long, if it served at all (SC-50).
pub const REKEY_AFTER_TIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How often an exponent is drawn again because its public number is out of range (SC-03). Once is as likely as 2^-63.
pub(super) const MAX_REDRAWS: u32 = 3;

/// The longest timer of a message, in seconds (SC-70): a year.
pub const MAX_TTL: i32 = 366 * 24 * 60 * 60;

/// How long a call waits that the server could not serve, if it does not say itself how long.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The first number that the wire has no room for: `2 * raw + x` is an `int` (SC-40).
pub(super) const END_OF_NUMBERS: u32 = 1 << 30;
