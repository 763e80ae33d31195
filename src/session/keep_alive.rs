//! Whether the peer is still there.
//!
//! A link may break without either side being told (CF-01). So whoever waits asks, and gives the link up when there is no
//! answer; and a server that hears nothing for long is asked to close the link itself.

use std::time::Duration;

/// How long the server keeps a link on which it hears nothing; the
/// [documentation](https://core.telegram.org/mtproto/service_messages#deferred-connection-closure--ping) has 75 s for
/// pings every 60 s.
pub(super) const DISCONNECT_DELAY: i32 = 75;

/// How long nothing may come while an answer is waited for, before the peer is asked.
const QUIET: Duration = Duration::from_secs(10);

/// How long a pong may take, at least.
const PONG_WITHIN: Duration = Duration::from_secs(10);

/// How long a pong may be owed while other things come: a link may be broken one way only, or carry something large.
const OWED_FOR: Duration = Duration::from_secs(60);

/// How often a ping is sent at most, whatever comes.
const PING_APART: Duration = Duration::from_secs(5);

/// What is known of the peer being there.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct KeepAlive {
    every: Option<Duration>,
    last_heard: Duration,
    /// The first ping that went out since something came.
    unanswered: Option<Duration>,
    last_ping: Option<Duration>,
    /// Whether another is wanted as soon as it may be.
    is_hurried: bool,
    round_trip: Option<Duration>,
    /// When the last ping was sent that was answered.
    answered: Option<Duration>,
    /// When the first ping was made that was not.
    owed: Option<Duration>,
}

impl KeepAlive {
    /// Pings every so often; `None` for never.
    pub(super) fn new(every: Option<Duration>) -> Self {
        Self { every, ..Self::default() }
    }

    /// There is a link. A first ping tells the server where the session is.
    pub(super) fn handle_connected(&mut self, mono: Duration) {
        *self = Self { last_heard: mono, round_trip: self.round_trip, ..Self::new(self.every) };
    }

    /// Something authentic came, or bytes moved.
    pub(super) fn heard(&mut self, mono: Duration) {
        self.last_heard = mono;
        self.unanswered = None;
    }

    /// A pong came to a ping that was sent at this time.
    pub(super) fn ponged(&mut self, sent: Duration, mono: Duration) {
        self.round_trip = Some(mono.saturating_sub(sent));
        self.answered = Some(sent);
        self.owed = None;
    }

    /// When the last ping was sent that the server answered, zero for none; `None` if no pings are sent.
    pub(super) fn answered(&self) -> Option<Duration> {
        self.every.map(|_| self.answered.unwrap_or_default())
    }

    /// How long the last ping and its pong took.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// A ping was made. It goes out when the link takes it.
    pub(super) fn asked(&mut self, mono: Duration) {
        self.last_ping = Some(mono);
        self.is_hurried = false;
        self.owed.get_or_insert(mono);
    }

    /// A ping went out.
    pub(super) fn pinged(&mut self, mono: Duration) {
        self.unanswered.get_or_insert(mono);
    }

    /// A ping is wanted soon: its pong tells the server's time, or the one before was refused.
    pub(super) fn hurry(&mut self) {
        self.is_hurried = true;
    }

    /// When the next ping is to be sent; sooner if an answer is waited for.
    pub(super) fn next_ping(&self, is_waiting: bool) -> Option<Duration> {
        let every = self.every?;
        let Some(last) = self.last_ping else { return Some(self.last_heard) };
        let regular = last.saturating_add(every);
        if self.is_hurried {
            return Some(regular.min(last.saturating_add(PING_APART)));
        }
        if !is_waiting {
            return Some(regular);
        }
        let quiet = self.last_heard.saturating_add(QUIET).max(last.saturating_add(PING_APART));
        Some(regular.min(quiet))
    }

    /// When the link is given up, unless something comes: after two and a half round trips, and some seconds at least; and
    /// much later even if something does, but no pong.
    pub(super) fn gives_up(&self) -> Option<Duration> {
        let patience = self.round_trip.map_or(PONG_WITHIN, |trip| PONG_WITHIN.max(trip * 5 / 2));
        let silent = self.unanswered.map(|sent| sent.saturating_add(patience));
        let owed = self.owed.map(|sent| sent.saturating_add(patience.max(OWED_FOR)));
        self.every.and(silent.into_iter().chain(owed).min())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn connected() -> KeepAlive {
        let mut alive = KeepAlive::new(Some(seconds(60)));
        alive.handle_connected(seconds(100));
        alive
    }

    fn ping(alive: &mut KeepAlive, at: u64) {
        alive.asked(seconds(at));
        alive.pinged(seconds(at));
    }

    #[test]
    fn a_ping_that_the_link_does_not_take_is_not_waited_for_as_long_as_one_that_it_took() {
        let mut alive = connected();
        alive.asked(seconds(100));
        assert_eq!(alive.gives_up(), Some(seconds(160)));
        alive.pinged(seconds(130));
        assert_eq!(alive.gives_up(), Some(seconds(140)));
    }

    #[test]
    fn another_link_forgets_what_was_asked_and_not_how_long_answers_take() {
        let mut alive = connected();
        ping(&mut alive, 100);
        alive.ponged(seconds(100), seconds(103));
        ping(&mut alive, 110);
        alive.handle_connected(seconds(200));
        assert_eq!(alive.round_trip(), Some(seconds(3)));
        assert_eq!(alive.answered(), Some(Duration::ZERO));
        assert_eq!(alive.gives_up(), connected().gives_up().map(|at| at + seconds(100)));
    }

    #[test]
    fn pings_are_five_seconds_apart_however_much_one_is_wanted() {
        let mut alive = connected();
        ping(&mut alive, 100);
        alive.hurry();
        assert_eq!(alive.next_ping(false), Some(seconds(105)));
        ping(&mut alive, 105);
        assert_eq!(alive.next_ping(false), Some(seconds(165)));
    }

    #[test]
    fn the_first_ping_is_sent_at_once_and_then_every_minute() {
        let mut alive = connected();
        assert_eq!(alive.next_ping(false), Some(seconds(100)));
        ping(&mut alive, 100);
        assert_eq!(alive.next_ping(false), Some(seconds(160)));
        assert_eq!(KeepAlive::new(None).next_ping(true), None);
    }

    #[test]
    fn cf_01_who_waits_asks_sooner_and_gives_up() {
        let mut alive = connected();
        ping(&mut alive, 100);
        assert_eq!(alive.gives_up(), Some(seconds(110)));
        alive.heard(seconds(101));
        assert_eq!(alive.gives_up(), Some(seconds(160)), "the pong is still owed");
        alive.ponged(seconds(100), seconds(101));
        assert_eq!((alive.gives_up(), alive.answered()), (None, Some(seconds(100))));
        assert_eq!(alive.next_ping(true), Some(seconds(111)));
        ping(&mut alive, 111);
        // Another ping does not lengthen the wait.
        ping(&mut alive, 116);
        assert_eq!(alive.gives_up(), Some(seconds(121)));
    }

    #[test]
    fn a_slow_link_gets_more_time() {
        let mut alive = connected();
        alive.ponged(seconds(100), seconds(108));
        ping(&mut alive, 200);
        assert_eq!(alive.gives_up(), Some(seconds(220)));
    }
}
