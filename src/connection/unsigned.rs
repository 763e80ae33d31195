//! What the four bytes of a transport error are worth.
//!
//! Nobody signs them, so whoever is on the way can send them. They are checked against what the key, of which they may
//! speak, has said over this very link: a key that has spoken here is known here, whatever they say.
//!
//! ```text
//!                                                         -404         -444         -429    others
//!  NoKey       the permanent key is being made            Refusal      WrongDc      Mend    Mend
//!  Unkept      it was made, and waits to be kept          Mend         Mend         Mend    Mend
//!  Never       a stored key that has not spoken yet       Doubt        Doubt        Mend    Mend
//!  Young       made within a minute, over another link    Mend         Mend         Mend    Mend
//!  Before      it has spoken, over another link           Doubt        Mend         Mend    Mend
//!  Here        it has spoken over this link               Mend         Mend         Mend    Mend
//!  First       a temporary key is being made, and the     Refusal      Refusal      Mend    Mend
//!              permanent one has not shown that it is known
//!  Next        a temporary key is being made, and it has  Mend         Mend         Mend    Mend
//!  Beside      another is being made beside one in use    Postpone     Postpone     Mend    Mend
//!  Binding     the first one is being bound               Doubt        Mend         Mend    Mend
//!  BindingNext another is being bound, one can be used    Postpone     Postpone     Mend    Mend
//! ```
//!
//! In every cell the link ends, and another is dialled: after -429 (CF-15) in some seconds. Besides that
//!
//! | | |
//! | --- | --- |
//! | `Mend` | nothing happens. |
//! | `Refusal` | the exchange counts as refused; the fifth time the connection is over (KX-09). |
//! | `Doubt` | it is counted. The second in a row, over links on which the key has said nothing, is believed: a temporary key is dropped, and with a permanent one the connection is over. |
//! | `Postpone` | the other key is given up for a minute; the one in use stays. |
//! | `WrongDc` | the connection is over at once: there is nothing to be lost yet, and the user wants to know. |
//!
//! The refusal or doubt that decides is heard out: the link is kept for [`HEAR_OUT`], and if anything follows that the key has
//! signed, or the exchange goes on, the four bytes were a lie. So bytes that are only injected decide nothing. So are those of which
//! follows, once the key is known to be unknown, that what went over the link did not run: errors overtake answers.

use std::time::Duration;

use crate::connection::error::Disconnected;
use crate::connection::keys::{Keys, Phase};
use crate::connection::link::{Link, Wire};
use crate::connection::machine::Connection;
use crate::framing::TransportError;
use crate::time::Now;

/// How long the contrary of a transport error that decides may take: what a slow network needs for an answer.
pub(super) const HEAR_OUT: Duration = Duration::from_secs(2);

/// How often in a row a key may be said to be unknown, or of another data centre, over links on which it has said nothing.
pub(super) const MAX_DOUBTS: u32 = 2;

/// Of what the four bytes may speak, and what is known of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    NoKey,
    Unkept,
    Never,
    Young,
    Before,
    Here,
    First,
    Next,
    Beside,
    Binding,
    BindingNext,
}

/// What they are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    Mend,
    Refusal,
    Doubt,
    Postpone,
    WrongDc,
}

/// The table.
pub(super) fn worth(standing: Standing, error: TransportError) -> Worth {
    use Standing::{
        Before, Beside, Binding, BindingNext, First, Here, Never, Next, NoKey, Unkept, Young,
    };
    let is_unknown = error == TransportError::AUTH_KEY_NOT_FOUND;
    if !is_unknown && error != TransportError::INVALID_DC {
        return Worth::Mend;
    }
    match standing {
        NoKey if is_unknown => Worth::Refusal,
        NoKey => Worth::WrongDc,
        First => Worth::Refusal,
        Never => Worth::Doubt,
        Before | Binding if is_unknown => Worth::Doubt,
        Beside | BindingNext => Worth::Postpone,
        Unkept | Young | Before | Here | Next | Binding => Worth::Mend,
    }
}

impl Keys {
    /// What is known of the youngest thing that was sent over a link: of that the bytes speak, and if not, another answer
    /// will tell.
    pub(super) fn standing(&self, wire: &Wire, now: Now) -> Standing {
        let is_temporary = self.temporary.is_some();
        let session = match &self.phase {
            Phase::Keyed(session) => session,
            _ if self.made.is_some() => return Standing::Unkept,
            _ if !self.has_permanent() => return Standing::NoKey,
            _ if self.is_proven => return Standing::Next,
            _ => return Standing::First,
        };
        let is_second = self.temporary.as_ref().is_some_and(|it| it.has_former());
        if self.exchange.is_some() {
            Standing::Beside
        } else if wire.has_heard(session.key_id()) {
            Standing::Here
        } else if session.is_binding() {
            if is_second { Standing::BindingNext } else { Standing::Binding }
        } else if !is_temporary && self.is_young(now.mono) {
            Standing::Young
        } else if is_temporary || self.is_proven {
            Standing::Before
        } else {
            Standing::Never
        }
    }
}

impl Connection {
    /// Whether a link that ended so was one over which the server has said that it reads nothing of the session's, and nothing else: of
    /// the one packet that it had got then.
    pub(super) fn is_disowned(&self, now: Now, why: &Disconnected) -> bool {
        use TransportError as Error;
        let Disconnected::Transport(Error::AUTH_KEY_NOT_FOUND | Error::INVALID_DC) = why else {
            return false;
        };
        // A temporary key may be unknown for as long as the clocks are wrong, and be known again over the same link.
        let (Link::Up(wire), None) = (&self.link, &self.keys.temporary) else { return false };
        let standing = self.keys.standing(wire, now);
        let is_unheard = matches!(standing, Standing::Never | Standing::Young | Standing::Before);
        is_unheard && wire.has_one_packet_refused()
    }

    /// Four bytes came.
    pub(super) fn handle_error(&mut self, now: Now, error: TransportError) {
        let decides = self.decides(now, error);
        let Link::Up(wire) = &mut self.link else { return };
        wire.note_error();
        // One that is being heard out is not made worse by others.
        if wire.is_accused() {
            return;
        }
        if let Phase::Keyed(session) = &mut self.keys.phase {
            session.handle_transport_error();
        }
        let why = Disconnected::Transport(error);
        let is_heard_out = decides || self.is_disowned(now, &why);
        match &mut self.link {
            Link::Up(wire) if is_heard_out => {
                wire.accuse(error, now.mono.saturating_add(HEAR_OUT));
            }
            _ => self.drop_link(now, why),
        }
    }

    /// Whether it would be the last that is needed.
    fn decides(&self, now: Now, error: TransportError) -> bool {
        let Link::Up(wire) = &self.link else { return false };
        match worth(self.keys.standing(wire, now), error) {
            Worth::Doubt => self.keys.doubts + 1 >= MAX_DOUBTS,
            Worth::Refusal => self.keys.is_last_try(),
            Worth::Mend | Worth::Postpone | Worth::WrongDc => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDINGS: [Standing; 11] = [
        Standing::NoKey,
        Standing::Unkept,
        Standing::Never,
        Standing::Young,
        Standing::Before,
        Standing::Here,
        Standing::First,
        Standing::Next,
        Standing::Beside,
        Standing::Binding,
        Standing::BindingNext,
    ];

    /// The table is the one that is drawn.
    #[test]
    fn cf_04_every_cell_is_as_drawn() {
        let drawn = include_str!("unsigned.rs");
        let row = |standing: Standing| {
            let name = format!("//!  {standing:?} ");
            drawn.lines().find(|line| line.starts_with(&name)).unwrap()
        };
        let codes = [-404, -444, -429, -403, -1, i32::MIN, 404, 0, i32::MAX];
        for standing in STANDINGS {
            // What stands behind the sentence, in four columns.
            let mut cells: Vec<&str> = row(standing).rsplitn(5, "  ").collect();
            cells.clear();
            cells.extend(row(standing).split_whitespace().rev().take(4));
            cells.reverse();
            for code in codes {
                let column = match code {
                    -404 => 0,
                    -444 => 1,
                    -429 => 2,
                    _ => 3,
                };
                let is = format!("{:?}", worth(standing, TransportError(code)));
                assert_eq!(is, cells[column], "{standing:?} {code}");
            }
        }
    }
}
