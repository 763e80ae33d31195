//! `account.*`: one's profile, whether one is there, and how one wants to be told of messages. Logins are in `accounts`.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::account::{
    CheckUsername, GetContactSignUpNotification, GetContentSettings, GetGlobalPrivacySettings,
    GetNotifySettings, RegisterDevice, UnregisterDevice, UpdateNotifySettings, UpdateProfile,
    UpdateStatus, UpdateUsername,
};
use telewire::tl::api::{enums, types};

use crate::methods::Registry;
use crate::world::{Caller, NotifyFor, Peer, State, invalid, is_username};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(update_status);
    registry.people(update_profile);
    registry.people(check_username);
    registry.people(update_username);
    registry.people(register_device);
    registry.people(unregister_device);
    registry.people(get_notify_settings);
    registry.people(update_notify_settings);
    registry.people(|_, _, _: GetContactSignUpNotification| Ok(false));
    registry.people(|_, _, _: GetGlobalPrivacySettings| Ok(types::GlobalPrivacySettings::new()));
    registry.people(|_, _, _: GetContentSettings| Ok(types::account::ContentSettings::new()));
}

/// Characters of a name and of what one says of oneself: <https://core.telegram.org/method/account.updateProfile>.
const MAX_NAME: usize = 64;
const MAX_ABOUT: usize = 70;

/// The kinds of tokens are numbered up to here: <https://core.telegram.org/method/account.registerDevice>.
const TOKEN_KINDS: std::ops::RangeInclusive<i32> = 1..=13;

/// Devices of an account, more than anybody has.
const MAX_DEVICES: usize = 100;

/// Bytes of a token: those of browsers are objects with two keys.
const MAX_TOKEN: usize = 4_096;

fn update_status(
    state: &mut State,
    caller: &Caller,
    request: UpdateStatus,
) -> Result<bool, RpcError> {
    state.set_presence(caller, !request.offline);
    Ok(true)
}

fn update_profile(
    state: &mut State,
    caller: &Caller,
    request: UpdateProfile,
) -> Result<enums::User, RpcError> {
    let UpdateProfile { first_name, last_name, about } = request;
    let first_name = first_name.map(|name| name.trim().to_owned());
    if first_name.as_deref().is_some_and(|name| name.is_empty() || is_long(name, MAX_NAME)) {
        return Err(invalid("FIRSTNAME_INVALID"));
    }
    if about.as_deref().is_some_and(|about| is_long(about, MAX_ABOUT)) {
        return Err(invalid("ABOUT_TOO_LONG"));
    }
    if let Some(user) = state.people.user_mut(caller.me) {
        if let Some(name) = first_name {
            user.first_name = name;
        }
        if let Some(name) = last_name {
            user.last_name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        }
        if let Some(about) = about {
            user.about = Some(about).filter(|about| !about.is_empty());
        }
    }
    state.renamed(caller)
}

fn is_long(text: &str, most: usize) -> bool {
    text.chars().count() > most
}

impl State {
    /// Tells how an account is called now, and gives it.
    fn renamed(&mut self, caller: &Caller) -> Result<enums::User, RpcError> {
        let me = self.people.user(caller.me).ok_or_else(|| invalid("USER_ID_INVALID"))?;
        let usernames = me.username.iter().map(|username| types::Username {
            editable: true,
            active: true,
            ..types::Username::new(username.clone())
        });
        let update = types::UpdateUserName {
            user_id: me.id,
            first_name: me.first_name.clone(),
            last_name: me.last_name.clone().unwrap_or_default(),
            usernames: usernames.collect(),
        };
        self.tell_acquainted(caller, &update.into());
        let shown = self.view(caller.viewer()).user(caller.me);
        shown.ok_or_else(|| invalid("USER_ID_INVALID"))
    }

    /// What a setting is about.
    fn notify_for(
        &self,
        caller: &Caller,
        peer: &enums::InputNotifyPeer,
    ) -> Result<NotifyFor, RpcError> {
        Ok(match peer {
            enums::InputNotifyPeer::InputNotifyPeer(of) => {
                NotifyFor::Peer(self.input_peer(caller, &of.peer)?)
            }
            enums::InputNotifyPeer::InputNotifyForumTopic(topic) => {
                let peer = self.input_peer(caller, &topic.peer)?;
                let Peer::Channel(id) = peer else { return Err(invalid("PEER_ID_INVALID")) };
                let channel = self.channels.channel(id);
                if !channel.is_some_and(|all| all.topics.contains_key(&topic.top_msg_id)) {
                    return Err(invalid("TOPIC_ID_INVALID"));
                }
                NotifyFor::Topic(peer, topic.top_msg_id)
            }
            enums::InputNotifyPeer::InputNotifyUsers => NotifyFor::Users,
            enums::InputNotifyPeer::InputNotifyChats => NotifyFor::Chats,
            enums::InputNotifyPeer::InputNotifyBroadcasts => NotifyFor::Broadcasts,
            _ => return Err(invalid("PEER_ID_INVALID")),
        })
    }
}

fn check_username(
    state: &mut State,
    caller: &Caller,
    request: CheckUsername,
) -> Result<bool, RpcError> {
    if !is_username(&request.username) {
        return Err(invalid("USERNAME_INVALID"));
    }
    Ok(state.people.named(&request.username).is_none_or(|other| other == Peer::User(caller.me)))
}

fn update_username(
    state: &mut State,
    caller: &Caller,
    request: UpdateUsername,
) -> Result<enums::User, RpcError> {
    let now = state.people.user(caller.me).and_then(|user| user.username.as_deref());
    if now.unwrap_or_default() == request.username {
        return Err(invalid("USERNAME_NOT_MODIFIED"));
    }
    state.set_username(caller.me, &request.username)?;
    state.renamed(caller)
}

fn register_device(
    state: &mut State,
    caller: &Caller,
    request: RegisterDevice,
) -> Result<bool, RpcError> {
    if !TOKEN_KINDS.contains(&request.token_type) {
        return Err(invalid("TOKEN_TYPE_INVALID"));
    }
    if request.token.is_empty() {
        return Err(invalid("TOKEN_EMPTY"));
    }
    if request.token.len() > MAX_TOKEN {
        return Err(invalid("TOKEN_INVALID"));
    }
    let devices = &mut state.account(caller.me).devices;
    let device = (request.token_type, request.token);
    devices.retain(|other| *other != device);
    // The one that was told of first goes.
    if devices.len() >= MAX_DEVICES {
        devices.pop_front();
    }
    devices.push_back(device);
    Ok(true)
}

fn unregister_device(
    state: &mut State,
    caller: &Caller,
    request: UnregisterDevice,
) -> Result<bool, RpcError> {
    let device = (request.token_type, request.token);
    let devices = &mut state.account(caller.me).devices;
    let place = devices.iter().position(|other| *other == device);
    place.and_then(|place| devices.remove(place)).ok_or_else(|| invalid("TOKEN_INVALID"))?;
    Ok(true)
}

fn get_notify_settings(
    state: &mut State,
    caller: &Caller,
    request: GetNotifySettings,
) -> Result<types::PeerNotifySettings, RpcError> {
    Ok(state.notify_settings(caller.me, state.notify_for(caller, &request.peer)?))
}

/// What is not said stays as it was. One's other logins hear of it.
fn update_notify_settings(
    state: &mut State,
    caller: &Caller,
    request: UpdateNotifySettings,
) -> Result<bool, RpcError> {
    let about = state.notify_for(caller, &request.peer)?;
    let said = request.settings;
    let was = state.notify_settings(caller.me, about);
    let sound = said.sound;
    let notify_settings = types::PeerNotifySettings {
        show_previews: said.show_previews.or(was.show_previews),
        silent: said.silent.or(was.silent),
        mute_until: said.mute_until.or(was.mute_until),
        ios_sound: sound.clone().or(was.ios_sound),
        android_sound: sound.clone().or(was.android_sound),
        other_sound: sound.or(was.other_sound),
        stories_muted: said.stories_muted.or(was.stories_muted),
        stories_hide_sender: said.stories_hide_sender.or(was.stories_hide_sender),
        ..was
    };
    state.account(caller.me).notify.insert(about, notify_settings.clone());
    let peer = match about {
        NotifyFor::Peer(peer) => types::NotifyPeer { peer: peer.to_tl() }.into(),
        NotifyFor::Topic(peer, top_msg_id) => {
            types::NotifyForumTopic { peer: peer.to_tl(), top_msg_id }.into()
        }
        NotifyFor::Users => enums::NotifyPeer::NotifyUsers,
        NotifyFor::Chats => enums::NotifyPeer::NotifyChats,
        NotifyFor::Broadcasts => enums::NotifyPeer::NotifyBroadcasts,
    };
    let update: enums::Update = types::UpdateNotifySettings { peer, notify_settings }.into();
    let date = caller.date();
    state.push(caller.me, Some(caller.context.key), |state, viewer| {
        state.view(viewer).updates(vec![update.clone()], date)
    });
    Ok(true)
}
