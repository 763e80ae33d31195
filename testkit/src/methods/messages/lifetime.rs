//! How long what is said stays.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::SetHistoryTtl;
use telewire::tl::api::{enums, types};

use crate::methods::Registry;
use crate::world::{Caller, Content, Peer, State, What, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(set_history_ttl);
}

const DAY: i32 = 86_400;

/// A year, in whole days: what TDLib holds to be valid (`setChatMessageAutoDeleteTime`).
const MOST: i32 = 365 * DAY;

/// All who are in the chat hear of it: by a service message, and by an update that has no position.
fn set_history_ttl(
    state: &mut State,
    caller: &Caller,
    request: SetHistoryTtl,
) -> Result<enums::Updates, RpcError> {
    let (me, period) = (caller.me, request.period);
    let peer = state.input_peer(caller, &request.peer)?;
    let may = match peer {
        Peer::User(user) if user == me => return Err(invalid("PEER_ID_INVALID")),
        Peer::User(_) => state.may_write(me, peer).map(|()| true)?,
        Peer::Chat(id) => state.own_chat(me, id)?.is_admin(me),
        Peer::Channel(id) => state.open_channel(caller, id)?.can(me, |rights| rights.change_info),
    };
    if !may {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    if !(0..=MOST).contains(&period) || period % DAY != 0 {
        return Err(invalid("TTL_PERIOD_INVALID"));
    }
    if state.lifetimes.period(me, peer).unwrap_or(0) == period {
        return Err(invalid("CHAT_NOT_MODIFIED"));
    }
    state.lifetimes.set_period(me, peer, period);
    let (actor, action) = (caller.actor(), types::MessageActionSetMessagesTtl::new(period));
    let has = |peer: Peer| -> enums::Update {
        let ttl_period = Some(period).filter(|period| *period > 0);
        types::UpdatePeerHistoryTtl { peer: peer.to_tl(), ttl_period }.into()
    };
    let told = match peer {
        Peer::User(user) => {
            let sent = state.put(actor, peer, Content::action(action), None);
            for (hears, with) in [(me, peer), (user, Peer::User(me))] {
                state.tell_all(hears, actor, |view| {
                    view.name(with);
                    has(with)
                });
            }
            let mut view = state.view(caller.viewer());
            let new = view.event(Peer::User(me), &What::New(sent.id), sent.pts, 1);
            view.updates(new.into_iter().collect(), sent.date)
        }
        Peer::Chat(id) => {
            let sent = state.happen_in_chat(caller, id, action, None);
            state.tell_chat(caller, id, || has(peer));
            state.chat_news(caller.viewer(), id, sent, true)
        }
        Peer::Channel(id) => {
            let sent = state.happen_in_channel(caller, id, action);
            state.tell_box(peer, actor, |view| {
                view.name(peer);
                has(peer)
            });
            state.channel_happened(caller.viewer(), id, sent)
        }
    };
    Ok(match told {
        enums::Updates::Updates(mut told) => {
            told.updates.push(has(peer));
            (*told).into()
        }
        told => told,
    })
}
