//! All numbers that were chosen: by us, or by what another client does where the documentation says nothing. One place to change
//! them in, once a real account has told more.

use std::time::Duration;

/// How long a gap waits for what is missing (UP-17). Documented: 0.5 s. It starts when the first update is held.
///
/// The same holds if one event alone is missing (UP-18): TDLib asks for it after 50 ms, by a request of its own. That is one call as
/// well, and half of the gaps of 50 ms fill themselves on a mobile link.
pub(super) const GAP_WAIT: Duration = Duration::from_millis(500);

/// After so much silence the difference is asked for (UP-25; documented). TDLib compares the state, which says nothing of channels.
pub(super) const SILENCE: Duration = Duration::from_secs(15 * 60);

/// The difference is asked for from so many seconds before the date (UP-82). The server names the channels that have changed since then, and
/// what it has dated before may be on its way still: the answer of a call of ours, or what was overtaken. A channel of which all was told
/// costs nothing if it is named with its position, and a call without.
pub(super) const OVERLAP: i32 = 60;

/// The first pause after a difference that failed; it doubles up to the second (the table of errors; TDLib's).
pub(super) const BACKOFF: Duration = Duration::from_secs(1);

/// The longest pause after a difference that failed.
pub(super) const MAX_BACKOFF: Duration = Duration::from_secs(64);

/// So many differences of a box fail before only an update, a session that begins, a common difference or the silence has it tried
/// again: a server that always fails must not be asked for ever.
pub(super) const MAX_TRIES: u32 = 8;

/// So many answers without progress, while more is said to follow, before there is a pause (UP-29, UP-53).
pub(super) const MAX_STUCK: u32 = 3;

/// So many answers that bring nothing while something is held, before what is held becomes the base (UP-34): it must end.
pub(super) const MAX_EMPTY: u32 = 3;

/// The updates of a box that are held (UP-24). Beyond it they are dropped, and the difference brings them.
pub(super) const MAX_HELD: usize = 1_000;

/// The bytes of the updates of a box that are held, as they came.
pub(super) const MAX_HELD_BYTES: usize = 1 << 20;

/// The bytes of deliveries that wait for their reader, as they came (UP-86). Then updates are left to a difference later.
pub(super) const MAX_WAITING_BYTES: usize = 4 << 20;

/// The bytes that a delivery takes besides its content.
pub(super) const WEIGHT: usize = 128;

/// Channels whose differences run at a time (UP-50; TDLib's).
pub(super) const MAX_ASKED: usize = 10;

/// Channels that are polled while they are open (UP-54; documented).
pub(super) const MAX_POLLED: usize = 10;

/// How many events a difference of a channel may bring (UP-52): for people, and for bots (documented).
pub(super) const CHANNEL_LIMIT: i32 = 100;
/// See [`CHANNEL_LIMIT`].
pub(super) const CHANNEL_LIMIT_BOTS: i32 = 100_000;

/// The limit to begin with once a common difference could not be read (UP-63); before, there is none.
pub(super) const COMMON_LIMIT: i32 = 128;

/// An opened channel is polled so often if the server does not say (UP-54; documented).
pub(super) const POLL: Duration = Duration::from_secs(1);

/// Common positions that are so much lower have the difference asked (UP-22; TDLib's).
pub(super) const COMMON_FALL: i64 = 19_999;

/// Common positions, and those of `qts`, that are so much lower are a new base (UP-22; TDLib's).
pub(super) const COMMON_RESET: i64 = 1_000_009;

/// Positions of a channel that are so much lower are a new base (UP-22; TDLib's).
pub(super) const CHANNEL_RESET: i64 = 99_999;

/// What jumps so far ahead is none (UP-22; TDLib's).
pub(super) const LEAP: i64 = 1 << 30;

/// After a channel's difference, what is still so far ahead is dropped and told (UP-58; TDLib's).
pub(super) const CHANNEL_REACH: i64 = 10_000;

/// Updates without a count of which equal ones are known again (UP-14), in each box.
pub(super) const REMEMBERED: usize = 16;

/// New messages that are known again by their numbers (UP-85; mtcute's).
pub(super) const REMEMBERED_MESSAGES: usize = 100;

/// Messages of secret chats that are known again by their names (UP-85), among those that were told and are not kept yet. One that is told
/// again after more of them does no harm: its chat drops it (SC-43).
pub(super) const REMEMBERED_SECRETS: usize = 1_000;

/// The dates of `updateServiceNotification` that are remembered (UP-13; TDLib's).
pub(super) const REMEMBERED_NOTIFICATIONS: usize = 100;

/// After so many common positions the server is told how far we are (UP-89; TDLib's).
pub(super) const CONFIRM_AFTER: i64 = 100_000;

/// A date that is so much later than the server's clock is none (UP-09; TDLib's).
pub(super) const DATE_AHEAD: u64 = 1;

/// Peers that are remembered. What was not heard of for the longest goes first, and of those whose hash does not hold before all
/// others (UP-73). At some 60 bytes each, 6 MiB.
pub(super) const MAX_PEERS: usize = 100_000;

/// Peers that were asked for by a difference, and were not in it: they are not asked for again (UP-71).
pub(super) const MAX_ASKED_PEERS: usize = 1_000;

/// The messages that are remembered of a peer which is reached through them (UP-74).
pub(super) const MAX_CONTEXTS: usize = 3;
