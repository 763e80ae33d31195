use super::*;
use crate::tl::api::enums::{self, ChatPhoto};

fn person(id: i64, hash: Option<i64>, is_min: bool) -> types::User {
    types::User { access_hash: hash, min: is_min, ..types::User::new(id) }
}

fn hear(cache: &mut PeerCache, user: types::User) -> Option<i64> {
    let mut peers = Peers { users: vec![User::User(Box::new(user))], chats: vec![] };
    cache.hear(&mut peers, |_, _| {});
    let User::User(user) = peers.users.remove(0) else { panic!() };
    user.access_hash
}

fn hash_of(cache: &PeerCache, id: i64) -> Option<i64> {
    match cache.input_peer(PeerId::User(id))? {
        InputPeer::InputPeerUser(user) => Some(user.access_hash),
        _ => None,
    }
}

fn channel(id: i64, hash: Option<i64>, is_min: bool) -> Chat {
    let photo = ChatPhoto::ChatPhotoEmpty;
    let channel = types::Channel::new(id, String::new(), photo, 0);
    Chat::Channel(Box::new(types::Channel { access_hash: hash, min: is_min, ..channel }))
}

fn message_in(of: i64, id: i32, from: i64) -> Message {
    let place = Peer::PeerChannel(types::PeerChannel::new(of));
    let from = Peer::PeerUser(types::PeerUser::new(from));
    let message = types::Message::new(id, place, 0, String::new());
    Message::Message(Box::new(types::Message { from_id: Some(from), ..message }))
}

#[test]
fn up_72_what_counts_less_never_replaces_what_counts_more() {
    let mut cache = PeerCache::default();
    assert_eq!(hear(&mut cache, person(5, Some(10), true)), Some(10));
    assert_eq!(hash_of(&cache, 5), None, "a min hash names nobody");
    hear(&mut cache, person(5, Some(20), false));
    assert_eq!(hash_of(&cache, 5), Some(20));
    // UP-76: what is delivered has the full one.
    assert_eq!(hear(&mut cache, person(5, Some(10), true)), Some(20));
    assert_eq!(hear(&mut cache, person(5, None, true)), Some(20));
    assert_eq!(hash_of(&cache, 5), Some(20));
    // With the bit of a phone and none there, it is a full one.
    let user = types::User { phone: Some(String::new()), ..person(6, Some(30), true) };
    hear(&mut cache, user);
    assert_eq!(hash_of(&cache, 6), Some(30));
    let user = types::User { phone: Some("1".into()), ..person(8, Some(30), true) };
    hear(&mut cache, user);
    assert_eq!(hash_of(&cache, 8), None);
}

#[test]
fn up_73_kinds_overlap_and_nothing_empty_erases() {
    let mut cache = PeerCache::default();
    let empty_user = User::UserEmpty(types::UserEmpty::new(5));
    let empty_chat = Chat::ChatEmpty(types::ChatEmpty::new(5));
    let forbidden =
        Chat::ChannelForbidden(Box::new(types::ChannelForbidden::new(6, 66, String::new())));
    hear(&mut cache, person(5, Some(50), false));
    let mut peers = Peers {
        users: vec![empty_user],
        chats: vec![channel(5, Some(55), false), empty_chat, channel(5, None, true), forbidden],
    };
    cache.hear(&mut peers, |_, _| {});
    assert_eq!(hash_of(&cache, 5), Some(50));
    let named = |id| cache.input_peer(id);
    assert_eq!(
        named(PeerId::Channel(5)),
        Some(InputPeer::InputPeerChannel(types::InputPeerChannel::new(5, 55)))
    );
    assert_eq!(
        named(PeerId::Channel(6)),
        Some(InputPeer::InputPeerChannel(types::InputPeerChannel::new(6, 66)))
    );
    assert_eq!(
        named(PeerId::Chat(5)),
        Some(InputPeer::InputPeerChat(types::InputPeerChat::new(5)))
    );
    assert_eq!(named(PeerId::User(6)), None);
}

#[test]
fn up_74_and_up_75_a_message_leads_to_whom_it_mentions_until_it_is_deleted() {
    let mut cache = PeerCache::default();
    let mut peers = Peers { users: vec![], chats: vec![channel(7, Some(70), false)] };
    cache.hear(&mut peers, |_, _| {});
    for id in 1..=5 {
        cache.contexts(&message_in(7, id, 9));
    }
    let leads = |cache: &PeerCache| match cache.input_peer(PeerId::User(9)) {
        Some(InputPeer::InputPeerUserFromMessage(from)) => Some(from.msg_id),
        None => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(leads(&cache), Some(5));
    cache.deleted(7, &[5, 1]);
    cache.deleted(8, &[4]);
    assert_eq!(leads(&cache), Some(4));
    cache.deleted(7, &[3, 4]);
    assert_eq!(leads(&cache), None);
    // A channel that cannot be named leads nowhere.
    cache.contexts(&message_in(8, 5, 9));
    assert_eq!(leads(&cache), None);
    // The full hash replaces it, and no message replaces that.
    hear(&mut cache, person(9, Some(90), false));
    cache.contexts(&message_in(7, 8, 9));
    assert_eq!(hash_of(&cache, 9), Some(90));
}

#[test]
fn up_74_bots_name_everybody_and_people_name_some_without_a_hash() {
    let mut cache = PeerCache::default();
    assert_eq!(hash_of(&cache, 777_000), Some(0));
    assert_eq!(hash_of(&cache, 12), None);
    cache.account(Some(12), true);
    assert_eq!(hash_of(&cache, 13), Some(0));
    assert_eq!(cache.input_peer(PeerId::User(12)), Some(InputPeer::InputPeerSelf));
    assert!(cache.input_channel(4).is_some());
}

#[test]
fn up_71_what_is_missing_is_asked_for_once_and_by_people_only() {
    let mut cache = PeerCache::default();
    let mut peers = Peers { users: vec![], chats: vec![channel(7, Some(70), false)] };
    cache.hear(&mut peers, |_, _| {});
    assert!(!cache.suffices(&message_in(7, 1, 9)));
    assert!(cache.suffices(&message_in(7, 2, 9)), "it was asked for");
    hear(&mut cache, person(10, Some(1), true));
    assert!(!cache.suffices(&message_in(7, 3, 10)), "a min one is not enough");
    hear(&mut cache, person(11, Some(1), false));
    assert!(cache.suffices(&message_in(7, 3, 11)));
    cache.account(None, true);
    assert!(cache.suffices(&message_in(7, 3, 99)));
}

#[test]
fn up_73_peers_are_bounded_and_those_without_a_hash_go_first() {
    let mut cache = PeerCache::default();
    for id in 1..=1_000 {
        cache.contexts(&message_in(7, 1, id));
    }
    let most = i64::try_from(MAX_PEERS).unwrap();
    for id in 2_000..2_000 + most {
        hear(&mut cache, person(id, Some(id), false));
        assert!(cache.known.len() <= MAX_PEERS);
    }
    assert!(cache.known.keys().all(|id| matches!(id, PeerId::User(2_000..))));
    assert_eq!(hash_of(&cache, 2_000 + most - 1), Some(2_000 + most - 1));
    let (_, forgotten) = cache.take_news();
    assert!(forgotten.len() >= 1_000);
}

#[test]
fn up_76_what_is_learnt_is_kept_once() {
    let mut cache = PeerCache::default();
    hear(&mut cache, person(5, Some(50), false));
    hear(&mut cache, person(5, Some(50), false));
    let known = KnownPeer { id: PeerId::User(5), access_hash: Some(50), contexts: vec![] };
    assert_eq!(cache.take_news(), (vec![known.clone()], vec![]));
    assert!(!format!("{known:?}").contains("50"), "a hash is not printed");
    hear(&mut cache, person(5, Some(50), false));
    assert!(!cache.has_news());
    assert_eq!(hash_of(&PeerCache::load([known]), 5), Some(50));
}

#[test]
fn up_71_all_that_a_message_lacks_is_asked_for_at_once() {
    let mentions = |ids: std::ops::Range<i64>| {
        let entity = |id| {
            let name = types::MessageEntityMentionName::new(0, 1, id);
            enums::MessageEntity::MessageEntityMentionName(name)
        };
        let place = Peer::PeerUser(types::PeerUser::new(7));
        let message = types::Message::new(1, place, 0, String::new());
        Message::Message(Box::new(types::Message {
            entities: Some(ids.map(entity).collect()),
            ..message
        }))
    };
    let most = i64::try_from(MAX_ASKED_PEERS).unwrap();
    let mut cache = PeerCache::default();
    hear(&mut cache, person(7, Some(70), false));
    assert!(!cache.suffices(&mentions(100..103)));
    assert!(cache.suffices(&mentions(100..103)), "all three were asked for");
    // As many as can be remembered, of which some were asked for before.
    assert!(!cache.suffices(&mentions(101..101 + most)));
    assert!(cache.suffices(&mentions(101..101 + most)));
    assert_eq!(cache.asked.len(), MAX_ASKED_PEERS);
    // One more: nobody asks for them.
    assert!(cache.suffices(&mentions(5_000..5_001 + most)));
    assert!(!cache.suffices(&mentions(5_000..5_001)));
    assert_eq!(cache.asked.len(), MAX_ASKED_PEERS);
}
