//! Whether people are there.

use telewire::tl::api::enums::{Update, UserStatus};
use telewire::tl::api::types;

use crate::world::{Caller, State};

/// When somebody was there. Bots never say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Unknown,
    /// Until a moment, unless it is said again.
    Online(i32),
    /// Since a moment.
    Offline(i32),
}

/// How long somebody is there who says so: `online_cloud_timeout_ms` of `help.getConfig`.
const ONLINE: i32 = 300;

impl Presence {
    pub(crate) fn to_tl(self) -> Option<UserStatus> {
        match self {
            Self::Unknown => None,
            Self::Online(expires) => Some(types::UserStatusOnline { expires }.into()),
            Self::Offline(was_online) => Some(types::UserStatusOffline { was_online }.into()),
        }
    }
}

impl State {
    /// Somebody came or went: those who know them hear of it.
    pub(crate) fn set_presence(&mut self, caller: &Caller, is_online: bool) {
        let date = caller.date();
        let presence = if is_online {
            Presence::Online(date.saturating_add(ONLINE))
        } else {
            Presence::Offline(date)
        };
        let Some(user) = self.people.user_mut(caller.me) else { return };
        user.presence = presence;
        let Some(status) = presence.to_tl() else { return };
        let update = types::UpdateUserStatus { user_id: caller.me, status };
        // UM-09: bots are not told who is there.
        let others = self.acquainted(caller.me).into_iter().filter(|user| !self.is_bot(*user));
        let others = others.collect();
        self.tell_about(caller, others, &update.into());
    }

    /// Tells whoever knows an account about it, and its other logins.
    pub(crate) fn tell_acquainted(&mut self, caller: &Caller, update: &Update) {
        let others = self.acquainted(caller.me);
        self.tell_about(caller, others, update);
    }

    /// Tells some about an account, and its other logins.
    pub(crate) fn tell_about(&mut self, caller: &Caller, others: Vec<i64>, update: &Update) {
        let (me, date) = (caller.me, caller.date());
        for user in others.into_iter().chain([me]) {
            self.push(user, Some(caller.context.key), |state, viewer| {
                let mut view = state.view(viewer);
                view.name(crate::world::Peer::User(me));
                view.updates(vec![update.clone()], date)
            });
        }
    }
}
