//! [Perfect forward secrecy](https://core.telegram.org/api/pfs): requests go over temporary keys, which live in memory
//! only, each bound to the permanent key, which is used for nothing else.
//!
//! ```text
//!                        exchange            bind                 true
//!  Waiting, permanent key ─────> fresh key ───────> session, held ────> session in use ── 75 to 95 % of its life ─┐
//!      ^                            ^                   │                    │                                    │
//!      │                            └───────────────────┼──────────── exchange beside it <───────────────────────┘
//!      │                                                │             bound when nothing is under way
//!      └──── refused: another, a few times ─────────────┴──── -404, or expired: another
//! ```
//!
//! Binding a key unbinds the one before, so the session before is not used from then on; it is taken up again if the
//! binding fails. A key of which the server says that it is not bound (`AUTH_KEY_PERM_EMPTY`) is bound again.
//!
//! Neither key ever replaces the other: a temporary key that is unknown costs itself, and a permanent one that is unknown
//! ends the connection.

use std::time::Duration;

use crate::connection::error::ConnectionError;
use crate::connection::event::Event;
use crate::connection::keys::{Keys, Phase, clock};
use crate::connection::life::Life;
use crate::connection::link::Link;
use crate::connection::machine::Connection;
use crate::crypto::{AuthKey, KeyId};
use crate::framing::TransportError;
use crate::handshake::{Lifetime, Outcome};
use crate::ids::Salt;
use crate::rpc::known;
use crate::session::{self, BindError, Session};
use crate::time::{Now, ServerClock};

/// How temporary keys are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pfs {
    /// How long each is valid, in whole seconds; a minute at least.
    pub lifetime: Duration,
}

impl Default for Pfs {
    fn default() -> Self {
        Self { lifetime: LIFETIME }
    }
}

/// A day, as the official clients have it: long enough that exchanges are rare, and what was said yesterday is safe.
const LIFETIME: Duration = Duration::from_secs(24 * 3_600);

/// The shortest life: an exchange and its binding must fit into its last quarter.
const SHORTEST: Duration = Duration::from_secs(60);

/// How often the permanent key may be refused in a row. The waits double from two seconds, so the last is after 62: longer
/// than the minute in which a new key may not be known everywhere.
const MAX_REFUSALS: u32 = 5;

/// How long after a failed renewal the next begins. The last twentieth of a day has room for seventy.
const RENEW_AGAIN: Duration = Duration::from_secs(60);

/// How long nothing is exchanged after a key that was hardly used became unknown: four bytes that nobody signed must not
/// keep us taking powers all the time.
const YOUNG_AGAIN: Duration = Duration::from_secs(2);

/// The temporary keys of a connection.
pub(super) struct Temporary {
    lifetime: Duration,
    permanent: Option<AuthKey>,
    /// The life of the session's key.
    life: Option<Life>,
    /// When another exchange is to begin.
    exchange_at: Duration,
    /// A key that is not bound yet, because requests are under way over the one before.
    fresh: Option<Box<Fresh>>,
    /// The session before, while the session at hand is being bound.
    former: Option<Box<(Session, Option<Life>)>>,
    /// The last key that was dropped. What still comes for it is ignored.
    pub(super) dropped: Option<KeyId>,
    /// How often the permanent key was refused since one was bound.
    refusals: u32,
}

struct Fresh {
    auth_key: AuthKey,
    salt: Salt,
    clock: ServerClock,
    /// By the server's clock.
    expires_at: Duration,
    life: Life,
}

impl Temporary {
    pub(super) fn new(pfs: Pfs, permanent: Option<AuthKey>) -> Self {
        let lifetime = Duration::from_secs(pfs.lifetime.max(SHORTEST).as_secs());
        Self {
            lifetime: lifetime.min(Duration::from_secs(i32::MAX.unsigned_abs().into())),
            permanent,
            life: None,
            exchange_at: Duration::ZERO,
            fresh: None,
            former: None,
            dropped: None,
            refusals: 0,
        }
    }

    pub(super) fn has_permanent(&self) -> bool {
        self.permanent.is_some()
    }

    pub(super) fn permanent_made(&mut self, auth_key: AuthKey) {
        self.permanent = Some(auth_key);
    }

    /// Takes a packet of the session before, which the server uses until it has bound the other key; whether it was one.
    pub(super) fn handle_former(
        &mut self,
        now: Now,
        key: Option<KeyId>,
        packet: &mut [u8],
        max_padding: usize,
    ) -> bool {
        let Some(former) = &mut self.former else { return false };
        if key != Some(former.0.key_id()) {
            return false;
        }
        // One that breaks a rule is counted there; that session is at its end.
        let _ = former.0.handle_packet(now, packet, max_padding);
        true
    }

    /// What the session before has told.
    pub(super) fn poll_former(&mut self) -> Option<session::Event> {
        self.former.as_mut()?.0.poll_event()
    }

    /// The session before, for the link's comings and goings.
    pub(super) fn handle_disconnected(&mut self) {
        if let Some(former) = &mut self.former {
            former.0.handle_disconnected();
        }
    }

    fn exchange(&self) -> Lifetime {
        match self.permanent {
            // The life is at most so many seconds.
            Some(_) => Lifetime::Temporary {
                expires_in: i32::try_from(self.lifetime.as_secs()).unwrap_or(i32::MAX),
            },
            None => Lifetime::Permanent,
        }
    }
}

impl Keys {
    /// When something is to be done about temporary keys.
    pub(super) fn due(&self, is_up: bool) -> Option<Duration> {
        let temporary = self.temporary.as_ref()?;
        // An exchange begins over a link.
        let exchange = Some(temporary.exchange_at).filter(|_| is_up && self.exchange.is_none());
        match (&self.phase, temporary.life) {
            (Phase::Waiting(_), _) => exchange,
            (Phase::Keyed(session), Some(life)) => {
                let next = match &temporary.fresh {
                    _ if session.is_binding() => None,
                    Some(_) if !session.is_held() => Some(life.hold_at()),
                    Some(_) => Some(life.switch_by()).filter(|_| is_up),
                    None => exchange,
                };
                next.into_iter().chain([life.expires()]).min()
            }
            _ => None,
        }
    }
}

impl Connection {
    /// Does what is due: an exchange, a binding, the end of a key.
    pub(super) fn pursue_temporary(&mut self, now: Now) {
        let is_up = matches!(self.link, Link::Up(_));
        let Keys { phase, exchange, temporary, .. } = &mut self.keys;
        let Some(temporary) = temporary else { return };
        if let (Phase::Keyed(_), Some(life)) = (&phase, temporary.life)
            && now.mono >= life.expires()
        {
            self.drop_temporary(now, Duration::ZERO);
            return self.pursue_temporary(now);
        }
        let is_ready = match phase {
            Phase::Waiting(_) => true,
            Phase::Keyed(session) if session.is_binding() => return,
            Phase::Keyed(session) => {
                let life = temporary.life.filter(|_| temporary.fresh.is_some());
                if life.is_some_and(|life| now.mono >= life.hold_at()) {
                    session.hold(true);
                }
                !session.is_under_way() || life.is_some_and(|life| now.mono >= life.switch_by())
            }
            Phase::Over => return,
        };
        if !is_up {
            return;
        }
        if temporary.fresh.as_ref().is_some_and(|fresh| now.mono >= fresh.life.expires()) {
            temporary.fresh = None;
        }
        if temporary.fresh.is_some() {
            if is_ready {
                self.begin_binding(now);
            }
        } else if exchange.is_none() && now.mono >= temporary.exchange_at {
            let lifetime = temporary.exchange();
            self.begin_exchange(now, lifetime);
        }
    }

    /// An exchange gave a temporary key.
    pub(super) fn temporary_made(&mut self, now: Now, outcome: Outcome) {
        let clock = clock(now, &outcome);
        if let Some(temporary) = &mut self.keys.temporary {
            let life = Life::new(outcome.server_time.mono, temporary.lifetime);
            let Outcome { auth_key, salt, expires_at, .. } = outcome;
            let expires_at = expires_at.unwrap_or_default();
            let fresh = Fresh { auth_key, salt, clock, expires_at, life };
            temporary.fresh = Some(Box::new(fresh));
        }
        self.pursue(now);
    }

    /// The requests go to the fresh key's session, which holds them back until it is bound.
    fn begin_binding(&mut self, now: Now) {
        self.drain_session();
        let Keys { phase, temporary, .. } = &mut self.keys;
        let Some(temporary) = temporary else { return };
        let (Some(fresh), Some(permanent)) = (temporary.fresh.take(), &temporary.permanent) else {
            return;
        };
        let former_life = temporary.life.replace(fresh.life);
        let calls = match std::mem::replace(phase, Phase::Over) {
            Phase::Waiting(calls) => *calls,
            Phase::Keyed(mut session) => {
                let calls = session.take_calls();
                session.hold(false);
                temporary.former = Some(Box::new((*session, former_life)));
                calls
            }
            Phase::Over => return,
        };
        let expires_at = i32::try_from(fresh.expires_at.as_secs()).unwrap_or(i32::MAX);
        let mut session = Session::new(
            self.config.suite.clone(),
            fresh.auth_key,
            fresh.salt,
            fresh.clock,
            calls,
            self.config.upkeep,
            &mut *self.entropy,
        );
        session.bind(permanent.clone(), expires_at);
        session.handle_connected(now);
        *phase = Phase::Keyed(Box::new(session));
    }

    /// The session took a packet: was it the answer to its binding?
    pub(super) fn advance_temporary(&mut self, now: Now) {
        let Keys { phase: Phase::Keyed(session), temporary: Some(temporary), .. } = &mut self.keys
        else {
            return;
        };
        match (session.poll_bound(), temporary.life) {
            (Some(Ok(())), Some(life)) => {
                self.events.push_back(Event::KeyBound {
                    key: session.key_id(),
                    expires_in: life.expires().saturating_sub(now.mono),
                });
                temporary.exchange_at = life.renew_at(&mut *self.entropy);
                temporary.refusals = 0;
                if let Some(former) = temporary.former.take() {
                    temporary.dropped = Some(former.0.key_id());
                }
                self.exchanges_failed = 0;
            }
            (Some(Err(error)), _) => return self.not_bound(now, error),
            _ => {}
        }
        self.pursue_temporary(now);
    }

    /// The server did not bind the key. Another is made, unless the fault is the permanent key's.
    fn not_bound(&mut self, now: Now, error: BindError) {
        let Some(temporary) = &mut self.keys.temporary else { return };
        let is_renewal = temporary.former.is_some();
        let rpc = if let BindError::Rpc(error) = &error { Some(error) } else { None };
        // A flood wait says how long.
        let flood = rpc.filter(|error| error.code == 420).and_then(|error| error.value);
        let mut after = Duration::from_secs(flood.and_then(|s| s.try_into().ok()).unwrap_or(0));
        if rpc.is_some_and(|error| error.name == known::ENCRYPTED_MESSAGE_INVALID) {
            temporary.refusals += 1;
            // Whether a key of those that a binding needs may not be known everywhere yet.
            let lives = [temporary.life, self.keys.made];
            let is_young = lives.into_iter().flatten().any(|life| life.is_young(now.mono));
            let is_final = temporary.refusals > MAX_REFUSALS || !is_young;
            // A key that is bound shows that the permanent one is known.
            if is_final && !is_renewal {
                return self.end(ConnectionError::KeyUnknown);
            }
            after = Duration::from_secs(1 << temporary.refusals.min(MAX_REFUSALS));
            if is_final {
                after = after.max(RENEW_AGAIN);
            }
        } else if is_renewal {
            after = after.max(RENEW_AGAIN);
        } else if self.exchange_failed() {
            return self.end(ConnectionError::NotBound(error));
        }
        self.fall_back(now, after);
        if is_renewal {
            self.events.push_back(Event::NotRenewed { why: ConnectionError::NotBound(error) });
        }
        self.pursue_temporary(now);
    }

    /// The server answered -404: some temporary key is unknown, and four bytes do not say which. It is the youngest, since
    /// another answer will tell if it was not; the permanent key was not used and is not meant.
    pub(super) fn temporary_unknown(
        &mut self,
        now: Now,
        error: TransportError,
    ) -> Option<ConnectionError> {
        let why = ConnectionError::Refused(error);
        let Keys { phase: Phase::Keyed(session), exchange, temporary: Some(temporary), .. } =
            &mut self.keys
        else {
            return None;
        };
        if exchange.is_some() {
            self.not_renewed(now, why);
        } else if !session.is_binding() {
            let is_young = temporary.life.is_some_and(|life| life.is_young(now.mono));
            self.drop_temporary(now, if is_young { YOUNG_AGAIN } else { Duration::ZERO });
        } else if temporary.former.is_some() {
            self.fall_back(now, RENEW_AGAIN);
            self.events.push_back(Event::NotRenewed { why });
        } else if self.exchange_failed() {
            return Some(why);
        } else {
            self.fall_back(now, Duration::ZERO);
        }
        None
    }

    /// A renewal failed before there was a key. The session goes on, and there is time for others.
    pub(super) fn not_renewed(&mut self, now: Now, why: ConnectionError) {
        self.keys.exchange = None;
        if let Some(temporary) = &mut self.keys.temporary {
            temporary.exchange_at = now.mono.saturating_add(RENEW_AGAIN);
        }
        self.events.push_back(Event::NotRenewed { why });
    }

    /// Drops a key that was not bound. The session before takes the requests back; without one they wait for another key.
    fn fall_back(&mut self, now: Now, after: Duration) {
        self.drain_session();
        let is_up = matches!(self.link, Link::Up(_));
        let Keys { phase, temporary: Some(temporary), .. } = &mut self.keys else { return };
        let Phase::Keyed(session) = phase else { return };
        temporary.dropped = Some(session.key_id());
        temporary.exchange_at = now.mono.saturating_add(after);
        temporary.life = None;
        let calls = session.take_calls();
        *phase = match temporary.former.take() {
            Some(former) => {
                let (mut session, life) = *former;
                temporary.life = life;
                session.put_calls(calls);
                if is_up {
                    session.handle_connected(now);
                }
                Phase::Keyed(Box::new(session))
            }
            None => Phase::Waiting(Box::new(calls)),
        };
    }

    /// The session's key is not to be used any more: it expired, or the server does not know it. Requests wait for another.
    fn drop_temporary(&mut self, now: Now, after: Duration) {
        if let Some(temporary) = &mut self.keys.temporary {
            temporary.former = None;
        }
        self.fall_back(now, after);
    }
}
