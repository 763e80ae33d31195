//! What those see of a private channel who are out of it.

use telewire::tl::api::functions::channels::{
    EditBanned, GetMessages as GetChannelMessages, LeaveChannel, UpdateUsername,
};
use telewire::tl::api::functions::messages::{
    DeleteHistory, GetAllDrafts, GetDialogUnreadMarks, GetPeerDialogs, GetPinnedDialogs,
    MarkDialogUnread, ReorderPinnedDialogs, SaveDraft, ToggleDialogPin,
};
use telewire::tl::api::{enums, types};

use super::{Device, Script};
use crate::world::Peer;

fn named(script: &mut Script, device: Device, peer: Peer) -> enums::InputDialogPeer {
    types::InputDialogPeer { peer: script.place(device, peer) }.into()
}

fn pin_dialog(script: &mut Script, device: Device, peer: Peer) -> Result<bool, String> {
    let peer = named(script, device, peer);
    script.ask(device, &ToggleDialogPin { pinned: true, peer })
}

fn pinned(script: &mut Script, device: Device) -> types::messages::PeerDialogs {
    script.ask(device, &GetPinnedDialogs { folder_id: 0 }).unwrap()
}

fn leave(script: &mut Script, device: Device, id: i64) {
    let channel = script.input_channel(device, id);
    script.ask(device, &LeaveChannel { channel }).unwrap();
}

fn throw_out(script: &mut Script, by: Device, id: i64, other: Device) {
    let channel = script.input_channel(by, id);
    let participant = script.place(by, Peer::User(other.user));
    let banned_rights =
        types::ChatBannedRights { view_messages: true, ..types::ChatBannedRights::new(0) };
    script.ask(by, &EditBanned { channel, participant, banned_rights }).unwrap();
}

#[test]
fn a_private_channel_is_no_more_among_the_pinned_chats_of_whoever_is_out_of_it() {
    for way in ["left", "thrown out"] {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let id = script.channel(ada, &[bob], false);
        let channel = Peer::Channel(id);
        script.say(ada, channel, "hello").unwrap();
        pin_dialog(&mut script, bob, channel).unwrap();
        assert_eq!(pinned(&mut script, bob).messages.len(), 1);
        match way {
            "left" => leave(&mut script, bob, id),
            _ => throw_out(&mut script, ada, id, bob),
        }
        script.say(ada, channel, "secret").unwrap();
        let shown = pinned(&mut script, bob);
        assert_eq!((shown.dialogs, shown.messages), (vec![], vec![]), "{way}");
        // Its place is free, and it is none of those that are put in order.
        assert_eq!(script.world.state().account(bob.user).pinned, [], "{way}");
    }
}

#[test]
fn what_an_account_began_in_a_channel_goes_with_it() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let peer = script.place(bob, Peer::Channel(id));
    script.ask(bob, &SaveDraft::new(peer, "dear".into())).unwrap();
    let peer = named(&mut script, bob, Peer::Channel(id));
    script.ask(bob, &MarkDialogUnread { unread: true, ..MarkDialogUnread::new(peer) }).unwrap();
    leave(&mut script, bob, id);
    let drafts = script.ask(bob, &GetAllDrafts).unwrap();
    assert_eq!(super::updates(&drafts).updates, []);
    assert_eq!(script.ask(bob, &GetDialogUnreadMarks::new()).unwrap(), []);
}

#[test]
fn only_chats_of_the_list_are_pinned_each_once_and_stay_in_it_alone() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[], false);
    let channel = script.input_channel(ada, id);
    script.ask(ada, &UpdateUsername { channel, username: "open_to_all".into() }).unwrap();
    script.send(bob, eve.user, "hello");
    let order = [Peer::User(eve.user), Peer::Channel(id), Peer::User(eve.user)];
    for force in [true, false] {
        let order = order.map(|peer| named(&mut script, bob, peer)).to_vec();
        let request = ReorderPinnedDialogs { force, folder_id: 0, order };
        script.ask(bob, &request).unwrap();
        assert_eq!(script.world.state().account(bob.user).pinned, [Peer::User(eve.user)]);
    }
    // Six times the same is one.
    let order = vec![named(&mut script, bob, Peer::User(eve.user)); 6];
    script.ask(bob, &ReorderPinnedDialogs { force: true, folder_id: 0, order }).unwrap();
    assert_eq!(pinned(&mut script, bob).dialogs.len(), 1);
    // A chat that is empty is in no list.
    let peer = script.place(bob, Peer::User(eve.user));
    script.ask(bob, &DeleteHistory::new(peer, 0)).unwrap();
    assert_eq!(pinned(&mut script, bob).dialogs, []);
}

#[test]
fn a_chat_that_is_empty_takes_no_place_of_the_pinned_ones() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let others: Vec<Device> = (0..7).map(|at| script.user(&format!("Bob{at}"))).collect();
    for other in &others {
        script.send(ada, other.user, "hello");
    }
    for other in &others[..5] {
        pin_dialog(&mut script, ada, Peer::User(other.user)).unwrap();
    }
    let sixth = Peer::User(others[5].user);
    let refused = pin_dialog(&mut script, ada, sixth).unwrap_err();
    assert_eq!(refused, "400 PINNED_DIALOGS_TOO_MUCH");
    let peer = script.place(ada, Peer::User(others[0].user));
    script.ask(ada, &DeleteHistory::new(peer, 0)).unwrap();
    pin_dialog(&mut script, ada, sixth).unwrap();
    assert_eq!(pinned(&mut script, ada).dialogs.len(), 5);
    let seventh = Peer::User(others[6].user);
    assert_eq!(pin_dialog(&mut script, ada, seventh).unwrap_err(), refused);
}

#[test]
fn a_message_of_a_channel_is_shown_to_those_alone_who_may_read_it() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[], false);
    script.say(ada, Peer::Channel(id), "secret").unwrap();
    let shown = |script: &mut Script, device: Device| {
        let state = script.world.state();
        let by = state.auth.logins[&crate::world::Key { dc: super::HOME, key: device.key }].by;
        let viewer = crate::world::Viewer { user: device.user, by };
        state.view(viewer).message_in(Peer::Channel(id), 2)
    };
    assert!(matches!(shown(&mut script, ada), enums::Message::Message(_)));
    assert!(matches!(shown(&mut script, bob), enums::Message::MessageEmpty(_)));
    // Whoever asks for it is refused besides.
    let channel = script.input_channel(bob, id);
    let request = GetChannelMessages { channel, id: vec![types::InputMessageId { id: 2 }.into()] };
    assert_eq!(script.ask(bob, &request).unwrap_err(), "400 CHANNEL_PRIVATE");
    let peers = vec![named(&mut script, bob, Peer::Channel(id))];
    assert_eq!(script.ask(bob, &GetPeerDialogs { peers }).unwrap_err(), "400 CHANNEL_PRIVATE");
}
