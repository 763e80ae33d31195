//! What happened in a channel of late: `channels.getAdminLog`.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::ChannelAdminLogEventAction as Action;
use telewire::tl::api::enums::ChannelParticipant as Participant;
use telewire::tl::api::functions::channels::GetAdminLog;
use telewire::tl::api::types;

use crate::methods::channels::members::is_called;
use crate::methods::{Registry, distinct};
use crate::world::{Caller, Deed, Logged, State};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(get_admin_log);
}

/// Events of one answer.
const MAX_PART: usize = 100;

fn get_admin_log(
    state: &mut State,
    caller: &Caller,
    request: GetAdminLog,
) -> Result<types::channels::AdminLogResults, RpcError> {
    let channel = state.managed_channel(caller, &request.channel, |_| true)?;
    let admins = request.admins.as_ref();
    let admins = admins.map(|all| all.iter().map(|user| state.input_user(caller, user)));
    let admins = admins.map(Iterator::collect::<Result<Vec<_>, _>>).transpose()?;
    let admins: Option<Vec<i64>> = admins.map(|all| distinct(all).collect());
    let filter = request.events_filter.as_ref();
    let query = request.q.trim().to_lowercase();
    let is_meant = |event: &&Logged| {
        let by = state.people.user(event.user);
        (request.max_id == 0 || event.id < request.max_id)
            && event.id > request.min_id
            && admins.as_ref().is_none_or(|admins| admins.contains(&event.user))
            && filter.is_none_or(|filter| is_of(filter, &event.what))
            && (by.is_some_and(|user| is_called(user, &query)) || says(&event.what, &query))
    };
    let limit = usize::try_from(request.limit).unwrap_or(0).min(MAX_PART);
    let found = channel.log.since(caller.date()).filter(is_meant).take(limit);
    let mut view = state.view(caller.viewer());
    view.name(channel.peer());
    let events = found.map(|event| view.logged(channel, event)).collect();
    let (chats, users) = (view.chats(), view.users());
    Ok(types::channels::AdminLogResults { events, chats, users })
}

/// Whether a message that it is about says what is looked for.
fn says(what: &Deed, query: &str) -> bool {
    let posts = match what {
        Deed::Plain(_) => return false,
        Deed::Edited(_, old, new) => [Some(old), Some(new)],
        Deed::Deleted(_, post) | Deed::Pinned(_, post, _) | Deed::Closed(_, post) => {
            [Some(post), None]
        }
    };
    posts.into_iter().flatten().any(|post| post.content.text.to_lowercase().contains(query))
}

/// Whether it is of the kinds that are asked for.
fn is_of(filter: &types::ChannelAdminLogEventsFilter, what: &Deed) -> bool {
    use Action as Of;
    let action = match what {
        Deed::Edited(..) | Deed::Closed(..) => return filter.edit,
        Deed::Deleted(..) => return filter.delete,
        Deed::Pinned(..) => return filter.pinned,
        Deed::Plain(action) => action,
    };
    match action {
        Of::ChannelAdminLogEventActionParticipantJoin => filter.join,
        Of::ChannelAdminLogEventActionParticipantLeave => filter.leave,
        Of::ChannelAdminLogEventActionParticipantInvite(_) => filter.invite,
        Of::ChannelAdminLogEventActionParticipantToggleBan(ban) => {
            let (old, new) = (banned(&ban.prev_participant), banned(&ban.new_participant));
            let (is_out, was_out) = (new == Some(true), old == Some(true));
            (filter.kick && is_out && !was_out)
                || (filter.unkick && was_out && !is_out)
                || (filter.ban && new == Some(false))
                || (filter.unban && old == Some(false) && new.is_none())
        }
        Of::ChannelAdminLogEventActionParticipantToggleAdmin(change) => {
            let is_admin =
                |who: &Participant| matches!(who, Participant::ChannelParticipantAdmin(_));
            if is_admin(&change.new_participant) { filter.promote } else { filter.demote }
        }
        Of::ChannelAdminLogEventActionToggleSlowMode(_)
        | Of::ChannelAdminLogEventActionDefaultBannedRights(_) => filter.settings,
        _ => filter.info,
    }
}

/// Whether somebody is banned, and whether they are out.
fn banned(participant: &Participant) -> Option<bool> {
    match participant {
        Participant::ChannelParticipantBanned(ban) => Some(ban.banned_rights.view_messages),
        _ => None,
    }
}
