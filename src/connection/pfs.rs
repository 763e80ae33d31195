//! [Perfect forward secrecy](https://core.telegram.org/api/pfs): requests go over temporary keys, which live in memory
//! only, each bound to the permanent key, which is used for nothing else.
//!
//! ```text
//!            exchange          bind                 true
//!  Waiting ─────────> made ───────> session, held ────> session in use ── 75 to 95 % of its life ─┐
//!     ^                ^                   │                   │                                  │
//!     │                └───────────────────┼─────────── exchange beside it <─────────────────────┘
//!     │                                    │            bound when nothing is under way
//!     └─ refused: another, a few times ────┼─── expired, or unknown over two links: another
//!        silence: another, ever more rarely┘
//! ```
//!
//! How a key is made and comes to be used is the same for both kinds, and drawn in `connection/keys.rs`; here stands what is
//! of temporary ones alone.
//!
//! Binding a key unbinds the one before, so the session before is not used from then on; it is taken up again if the
//! binding fails. A key of which the server says that it is not bound (`AUTH_KEY_PERM_EMPTY`) is bound again.
//!
//! Neither key ever replaces the other: a temporary key that is unknown costs itself, and a permanent one that is unknown
//! ends the connection.

use std::time::Duration;

use crate::connection::error::ConnectionError;
use crate::connection::event::Event;
use crate::connection::keys::{Keys, Phase};
use crate::connection::life::Life;
use crate::connection::link::Link;
use crate::connection::machine::Connection;
use crate::crypto::{AuthKey, KeyId};
use crate::handshake::Lifetime;
use crate::rpc::{RpcError, known};
use crate::session::{self, BindError, Session};
use crate::time::Now;

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

/// The longest wait after bindings that were not answered.
const LONGEST: Duration = RENEW_AGAIN;

/// The temporary keys of a connection.
pub(super) struct Temporary {
    lifetime: Duration,
    permanent: Option<AuthKey>,
    /// The life of the session's key.
    life: Option<Life>,
    /// The session before, while the session at hand is being bound.
    former: Option<Box<(Box<Session>, Option<Life>)>>,
    /// The last key that was dropped. What still comes for it is ignored.
    pub(super) dropped: Option<KeyId>,
    /// How often the permanent key was refused since one was bound.
    refusals: u32,
    /// How often a binding was not answered since one was.
    silences: u32,
}

impl Temporary {
    pub(super) fn new(pfs: Pfs, permanent: Option<AuthKey>) -> Self {
        let lifetime = Duration::from_secs(pfs.lifetime.max(SHORTEST).as_secs());
        Self {
            lifetime: lifetime.min(Duration::from_secs(i32::MAX.unsigned_abs().into())),
            permanent,
            life: None,
            former: None,
            dropped: None,
            refusals: 0,
            silences: 0,
        }
    }

    pub(super) fn has_permanent(&self) -> bool {
        self.permanent.is_some()
    }

    pub(super) fn permanent_made(&mut self, auth_key: AuthKey) {
        self.permanent = Some(auth_key);
    }

    pub(super) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// The key that is to be made next.
    pub(super) fn wanted(&self) -> Lifetime {
        match self.permanent {
            // The life is at most so many seconds.
            Some(_) => Lifetime::Temporary {
                expires_in: i32::try_from(self.lifetime.as_secs()).unwrap_or(i32::MAX),
            },
            None => Lifetime::Permanent,
        }
    }

    /// Whether the key that is being bound follows one that can still be used.
    pub(super) fn has_former(&self) -> bool {
        self.former.is_some()
    }

    /// The session at hand is to be replaced, and taken up again if that fails.
    pub(super) fn step_back(&mut self, session: Box<Session>) {
        self.former = Some(Box::new((session, self.life)));
    }

    /// A session begins with another key: it is to be bound.
    pub(super) fn bind(&mut self, session: &mut Session, life: Life, expires_at: Option<Duration>) {
        let Some(permanent) = &self.permanent else { return };
        let expires_at = expires_at.unwrap_or_default().as_secs();
        session.bind(permanent.clone(), i32::try_from(expires_at).unwrap_or(i32::MAX));
        self.life = Some(life);
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

    /// When something is to be done while there is a session; `exchange` is when another key is to be made.
    pub(super) fn due(
        &self,
        session: &Session,
        is_made: bool,
        is_up: bool,
        exchange: Option<Duration>,
    ) -> Option<Duration> {
        let life = self.life?;
        let next = match is_made {
            _ if session.is_binding() => None,
            true if !session.is_held() => Some(life.hold_at()),
            true => Some(life.switch_by()).filter(|_| is_up),
            false => exchange,
        };
        next.into_iter().chain([life.expires()]).min()
    }
}

impl Connection {
    /// Ends the keys whose time is over.
    pub(super) fn expire(&mut self, now: Now) {
        let Some(temporary) = &self.keys.temporary else { return };
        let is_over = |life: Life| now.mono >= life.expires();
        if matches!(self.keys.phase, Phase::Keyed(_)) && temporary.life.is_some_and(is_over) {
            self.drop_temporary(now, Duration::ZERO);
        }
        self.keys.made.take_if(|made| made.expires_at.is_some() && is_over(made.life));
    }

    /// Whether a temporary key that was made may take over now: when nothing is under way over the one in use, or when that
    /// is at its end. Shortly before that new requests wait for it.
    pub(super) fn may_switch(&mut self, now: Now) -> bool {
        let life = self.keys.temporary.as_ref().and_then(|temporary| temporary.life);
        let is_ready = match &mut self.keys.phase {
            Phase::Waiting(_) => true,
            Phase::Keyed(session) => {
                if life.is_some_and(|life| now.mono >= life.hold_at()) {
                    session.hold(true);
                }
                !session.is_under_way() || life.is_some_and(|life| now.mono >= life.switch_by())
            }
            Phase::Over => false,
        };
        is_ready && matches!(self.link, Link::Up(_))
    }

    /// The session took a packet: was it the answer to its binding?
    pub(super) fn advance_binding(&mut self, now: Now) {
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
                temporary.refusals = 0;
                temporary.silences = 0;
                if let Some(former) = temporary.former.take() {
                    temporary.dropped = Some(former.0.key_id());
                }
                self.keys.exchange_at = life.renew_at(&mut *self.entropy);
                self.keys.prove();
            }
            (Some(Err(error)), _) => return self.not_bound(now, error),
            _ => {}
        }
        self.pursue(now);
    }

    /// The server did not bind the key. Another is made, unless the fault is the permanent key's.
    fn not_bound(&mut self, now: Now, error: BindError) {
        let is_young = self.keys.is_young(now.mono);
        let Some(temporary) = &mut self.keys.temporary else { return };
        let is_renewal = temporary.former.is_some();
        let rpc = if let BindError::Rpc(error) = &error { Some(error) } else { None };
        // A flood wait says how long.
        let mut after = rpc.and_then(RpcError::ordered_wait).unwrap_or_default();
        if rpc.is_some_and(|error| error.name == known::ENCRYPTED_MESSAGE_INVALID) {
            temporary.refusals += 1;
            // Whether a key of those that a binding needs may not be known everywhere yet.
            let is_young = is_young || temporary.life.is_some_and(|life| life.is_young(now.mono));
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
        } else if error == BindError::Silence {
            temporary.silences = temporary.silences.saturating_add(1);
            after = Duration::from_secs(1 << temporary.silences.min(16)).min(LONGEST);
        } else if self.keys.refused() {
            return self.end(ConnectionError::NotBound(error));
        }
        self.fall_back(now, after);
        if is_renewal {
            self.events.push_back(Event::NotRenewed { why: ConnectionError::NotBound(error) });
        }
        self.pursue(now);
    }

    /// The server does not know the session's key, which is said to be so over several links: it costs itself, and the
    /// permanent one was not used and is not meant. Whether that is the end: if no temporary key could ever be bound, several
    /// times.
    pub(super) fn temporary_unknown(&mut self, now: Now) -> bool {
        let Keys { phase: Phase::Keyed(session), temporary: Some(temporary), is_proven, .. } =
            &self.keys
        else {
            return false;
        };
        let is_refusal = session.is_binding() && !is_proven;
        let is_young = temporary.life.is_some_and(|life| life.is_young(now.mono));
        if is_refusal && self.keys.refused() {
            return true;
        }
        self.drop_temporary(now, if is_young { YOUNG_AGAIN } else { Duration::ZERO });
        false
    }

    /// A key that is being made or bound beside one in use is given up for a while.
    pub(super) fn postpone(&mut self, now: Now, why: ConnectionError) {
        if self.keys.exchange.is_none() {
            self.fall_back(now, RENEW_AGAIN);
        }
        self.not_renewed(now, why);
    }

    /// A renewal failed before there was a key. The session goes on, and there is time for others.
    pub(super) fn not_renewed(&mut self, now: Now, why: ConnectionError) {
        self.keys.exchange = None;
        self.keys.exchange_at = now.mono.saturating_add(RENEW_AGAIN);
        self.events.push_back(Event::NotRenewed { why });
    }

    /// Drops a key that was not bound. The session before takes the requests back; without one they wait for another key.
    fn fall_back(&mut self, now: Now, after: Duration) {
        self.drain_session();
        let is_up = matches!(self.link, Link::Up(_));
        let Keys { phase, temporary: Some(temporary), exchange_at, doubts, .. } = &mut self.keys
        else {
            return;
        };
        let Phase::Keyed(session) = phase else { return };
        temporary.dropped = Some(session.key_id());
        *exchange_at = now.mono.saturating_add(after);
        *doubts = 0;
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
                Phase::Keyed(session)
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
