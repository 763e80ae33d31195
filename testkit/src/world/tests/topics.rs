//! Topics of forums.

use telewire::tl::api::functions::channels::{CreateChannel, DeleteMessages, ToggleForum};
use telewire::tl::api::functions::messages::{
    CreateForumTopic, DeleteTopicHistory, EditForumTopic, GetForumTopics, GetForumTopicsById,
    GetReplies, SendMessage, UpdatePinnedForumTopic,
};
use telewire::tl::api::{enums, types};

use super::places::{Said, chats, new_here, said};
use super::{Device, Script, updates};
use crate::world::Peer;

fn forum(script: &mut Script, founder: Device, others: &[Device]) -> i64 {
    let id = script.channel(founder, others, false);
    toggle(script, founder, id, true).unwrap();
    script.told();
    id
}

fn toggle(script: &mut Script, by: Device, id: i64, enabled: bool) -> Result<(), String> {
    let channel = script.input_channel(by, id);
    script.ask(by, &ToggleForum { channel, enabled, tabs: false }).map(drop)
}

fn create(script: &mut Script, by: Device, id: i64, title: &str) -> Result<i32, String> {
    let peer = script.place(by, Peer::Channel(id));
    let random_id = i64::from(u32::from_le_bytes(script.world.state().random()));
    let request = CreateForumTopic::new(peer, title.into(), random_id);
    let answer = script.ask(by, &request)?;
    // Sent again, it is the same.
    assert_eq!(script.ask(by, &request)?, answer);
    Ok(new_here(&answer)[0].0.0)
}

fn reply(
    script: &mut Script,
    by: Device,
    id: i64,
    to: i32,
    text: &str,
) -> Result<types::Message, String> {
    let peer = script.place(by, Peer::Channel(id));
    let random_id = i64::from(u32::from_le_bytes(script.world.state().random()));
    let to = types::InputReplyToMessage::new(to);
    let request =
        SendMessage { reply_to: Some(to.into()), ..SendMessage::new(peer, text.into(), random_id) };
    let answer = script.ask(by, &request)?;
    let enums::Update::UpdateNewChannelMessage(new) = &updates(&answer).updates[1] else {
        panic!()
    };
    Ok(super::message(new.message.clone()))
}

fn header(message: &types::Message) -> (bool, Option<i32>, Option<i32>) {
    match &message.reply_to {
        Some(enums::MessageReplyHeader::MessageReplyHeader(header)) => {
            (header.forum_topic, header.reply_to_msg_id, header.reply_to_top_id)
        }
        None => (false, None, None),
        other => panic!("{other:?}"),
    }
}

/// Titles, and the last message of each.
fn topics(script: &mut Script, by: Device, id: i64, q: &str) -> Result<Vec<(String, i32)>, String> {
    let peer = script.place(by, Peer::Channel(id));
    let request = GetForumTopics { q: Some(q.into()), ..GetForumTopics::new(peer, 0, 0, 0, 10) };
    let found = script.ask(by, &request)?;
    assert_eq!(found.count as usize, found.topics.len());
    let topics = found.topics.iter().map(|topic| match topic {
        enums::ForumTopic::ForumTopic(topic) => (topic.title.clone(), topic.top_message),
        other => panic!("{other:?}"),
    });
    Ok(topics.collect())
}

fn replies(script: &mut Script, by: Device, id: i64, topic: i32) -> Result<Vec<Said>, String> {
    let peer = script.place(by, Peer::Channel(id));
    let request = GetReplies {
        peer,
        msg_id: topic,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    match script.ask(by, &request)? {
        enums::messages::Messages::ChannelMessages(all) => {
            Ok(all.messages.iter().map(said).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_supergroup_becomes_a_forum_by_its_owner() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let news = script.channel(ada, &[bob], true);
    let missing = topics(&mut script, ada, id, "");
    assert_eq!(missing, Err("400 CHANNEL_FORUM_MISSING".into()));
    let required = Err("400 CHAT_ADMIN_REQUIRED".into());
    assert_eq!(toggle(&mut script, bob, id, true), required);
    assert_eq!(toggle(&mut script, ada, news, true), Err("400 CHANNEL_INVALID".into()));
    toggle(&mut script, ada, id, true).unwrap();
    let told = script.told();
    let enums::Chat::Channel(shown) = &chats(&told[0].1)[0] else { panic!() };
    assert!(told[0].0 == bob && shown.forum);
    // What was said before is in the first topic.
    assert_eq!(topics(&mut script, bob, id, "").unwrap(), [("General".into(), 2)]);
    assert_eq!(toggle(&mut script, ada, id, true), Err("400 CHAT_NOT_MODIFIED".into()));
    // Or it is one from the beginning.
    let request = CreateChannel {
        megagroup: true,
        forum: true,
        ..CreateChannel::new("Forum".into(), String::new())
    };
    let answer = script.ask(ada, &request).unwrap();
    let enums::Chat::Channel(shown) = &chats(&answer)[0] else { panic!() };
    assert!(shown.forum);
}

#[test]
fn a_topic_begins_with_a_message_and_has_what_is_said_in_it() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = forum(&mut script, ada, &[bob]);
    let topic = create(&mut script, ada, id, "Engines").unwrap();
    let told = script.told();
    assert_eq!(new_here(&told[0].1)[0].0, (topic, false, "TopicCreate".into()));
    assert_eq!(told.len(), 1);
    assert_eq!(create(&mut script, ada, id, " "), Err("400 TOPIC_TITLE_EMPTY".into()));
    let first = reply(&mut script, bob, id, topic, "first").unwrap();
    assert_eq!(header(&first), (true, Some(topic), None));
    let answer = reply(&mut script, ada, id, first.id, "second").unwrap();
    assert_eq!(header(&answer), (true, Some(first.id), Some(topic)));
    // What is said to nobody is in the first topic, which is not named.
    script.say(bob, Peer::Channel(id), "in general").unwrap();
    let told = script.told();
    let enums::Update::UpdateNewChannelMessage(new) = &updates(&told[2].1).updates[0] else {
        panic!()
    };
    let general = super::message(new.message.clone());
    assert_eq!(header(&general), (false, None, None));
    let inside = [(answer.id, false, "second".into()), (first.id, true, "first".into())];
    assert_eq!(replies(&mut script, bob, id, topic).unwrap(), inside);
    assert_eq!(replies(&mut script, bob, id, 99), Err("400 TOPIC_ID_INVALID".into()));
    // What is gone is in no topic.
    let gone = reply(&mut script, bob, id, topic, "gone").unwrap().id;
    let named = script.input_channel(bob, id);
    script.ask(bob, &DeleteMessages { channel: named, id: vec![gone] }).unwrap();
    assert_eq!(replies(&mut script, bob, id, topic).unwrap(), inside);
    let all = topics(&mut script, bob, id, "").unwrap();
    assert_eq!(all, [("General".into(), general.id), ("Engines".into(), answer.id)]);
    assert_eq!(topics(&mut script, bob, id, "eng").unwrap(), [("Engines".into(), answer.id)]);
    let peer = script.place(bob, Peer::Channel(id));
    let by_id = GetForumTopicsById { peer: peer.clone(), topics: vec![topic, 99] };
    let found = script.ask(bob, &by_id).unwrap();
    let enums::ForumTopic::ForumTopic(shown) = &found.topics[0] else { panic!() };
    assert_eq!((shown.unread_count, shown.from_id.clone()), (0, Peer::User(ada.user).to_tl()));
    assert_eq!(found.topics[1], types::ForumTopicDeleted { id: 99 }.into());
    let none = GetForumTopicsById { peer, topics: vec![] };
    assert_eq!(script.ask(bob, &none).unwrap_err(), "400 TOPICS_EMPTY");
}

#[test]
fn a_topic_is_changed_and_closed_by_who_began_it_and_by_admins() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = forum(&mut script, ada, &[bob, eve]);
    let topic = create(&mut script, bob, id, "Engines").unwrap();
    let edit = |script: &mut Script, by, topic_id, title: Option<&str>, closed| {
        let peer = script.place(by, Peer::Channel(id));
        let title = title.map(str::to_owned);
        let request = EditForumTopic { title, closed, ..EditForumTopic::new(peer, topic_id) };
        script.ask(by, &request).map(drop)
    };
    for (by, topic, title, error) in [
        (eve, topic, "Looms", "400 CHAT_ADMIN_REQUIRED"),
        (bob, 99, "Looms", "400 TOPIC_ID_INVALID"),
        (bob, topic, "Engines", "400 TOPIC_NOT_MODIFIED"),
        (bob, topic, "", "400 TOPIC_TITLE_EMPTY"),
    ] {
        assert_eq!(edit(&mut script, by, topic, Some(title), None), Err(error.into()));
    }
    script.told();
    edit(&mut script, bob, topic, Some("Looms"), None).unwrap();
    let told = script.told();
    assert_eq!(new_here(&told[0].1)[0].0.2, "TopicEdit");
    assert_eq!(topics(&mut script, eve, id, "loom").unwrap().len(), 1);
    edit(&mut script, ada, topic, None, Some(true)).unwrap();
    let closed = reply(&mut script, eve, id, topic, "hello").unwrap_err();
    assert_eq!(closed, "400 TOPIC_CLOSED");
    for by in [bob, ada] {
        reply(&mut script, by, id, topic, "hello").unwrap();
    }
    edit(&mut script, bob, topic, None, Some(false)).unwrap();
    reply(&mut script, eve, id, topic, "hello").unwrap();
    let peer = script.place(eve, Peer::Channel(id));
    let to = types::InputReplyToMessage {
        top_msg_id: Some(99),
        ..types::InputReplyToMessage::new(topic)
    };
    let request =
        SendMessage { reply_to: Some(to.into()), ..SendMessage::new(peer, "x".into(), 5) };
    assert_eq!(script.ask(eve, &request).unwrap_err(), "400 TOPIC_DELETED");
}

#[test]
fn topics_are_pinned_and_deleted_by_admins() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = forum(&mut script, ada, &[bob]);
    let looms = create(&mut script, bob, id, "Looms").unwrap();
    let engines = create(&mut script, bob, id, "Engines").unwrap();
    script.say(bob, Peer::Channel(id), "in general").unwrap();
    script.told();
    let pin = |script: &mut Script, by, topic_id, pinned| {
        let peer = script.place(by, Peer::Channel(id));
        script.ask(by, &UpdatePinnedForumTopic { peer, topic_id, pinned }).map(drop)
    };
    let required = || "400 CHAT_ADMIN_REQUIRED".to_owned();
    assert_eq!(pin(&mut script, bob, looms, true), Err(required()));
    pin(&mut script, ada, looms, true).unwrap();
    let told = script.told();
    let enums::Update::UpdatePinnedForumTopic(update) = &updates(&told[0].1).updates[0] else {
        panic!()
    };
    assert_eq!((update.topic_id, update.pinned), (looms, true));
    let titles = |script: &mut Script| {
        let topics = topics(script, bob, id, "").unwrap();
        topics.into_iter().map(|(title, _)| title).collect::<Vec<_>>()
    };
    assert_eq!(titles(&mut script), ["Looms", "General", "Engines"]);
    assert_eq!(pin(&mut script, ada, looms, true), Err("400 TOPIC_NOT_MODIFIED".into()));
    pin(&mut script, ada, looms, false).unwrap();
    assert_eq!(titles(&mut script), ["General", "Engines", "Looms"]);
    let inside = reply(&mut script, bob, id, engines, "hello").unwrap().id;
    script.told();
    let delete = |script: &mut Script, by, top_msg_id| {
        let peer = script.place(by, Peer::Channel(id));
        let done = script.ask(by, &DeleteTopicHistory { peer, top_msg_id })?;
        Ok::<_, String>(done.pts_count)
    };
    assert_eq!(delete(&mut script, bob, engines), Err(required()));
    assert_eq!(delete(&mut script, ada, 1), Err("400 TOPIC_ID_INVALID".into()));
    assert_eq!(delete(&mut script, ada, engines), Ok(2));
    let told = script.told();
    let enums::Update::UpdateDeleteChannelMessages(gone) = &updates(&told[0].1).updates[0] else {
        panic!()
    };
    assert_eq!(gone.messages, [engines, inside]);
    assert_eq!(titles(&mut script), ["General", "Looms"]);
}

#[test]
fn what_is_in_no_topic_is_in_the_first_whenever_it_was_said() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let place = Peer::Channel(id);
    let in_general = |script: &mut Script| {
        let said = replies(script, bob, id, 1).unwrap();
        said.into_iter().map(|(_, _, text)| text).collect::<Vec<_>>()
    };
    script.say(bob, place, "before").unwrap();
    toggle(&mut script, ada, id, true).unwrap();
    assert_eq!(in_general(&mut script), ["before", "ChatAddUser"]);
    let topic = create(&mut script, ada, id, "Engines").unwrap();
    reply(&mut script, bob, id, topic, "inside").unwrap();
    script.say(bob, place, "after").unwrap();
    let eve = script.user("Eve");
    script.invite(ada, id, eve).unwrap();
    let all = ["ChatAddUser", "after", "before", "ChatAddUser"];
    assert_eq!(in_general(&mut script), all);
    // What is said while there are no topics is there when there are some again; who is in one stays there.
    toggle(&mut script, ada, id, false).unwrap();
    script.say(bob, place, "meanwhile").unwrap();
    toggle(&mut script, ada, id, true).unwrap();
    assert_eq!(in_general(&mut script), [&["meanwhile"], &all[..]].concat());
    let inside = replies(&mut script, bob, id, topic).unwrap();
    assert_eq!(inside[0].2, "inside");
    // One that is a forum from the beginning has the message about that in it.
    let request = CreateChannel {
        megagroup: true,
        forum: true,
        ..CreateChannel::new("Forum".into(), String::new())
    };
    let answer = script.ask(ada, &request).unwrap();
    let id = chats(&answer)[0].id();
    assert_eq!(topics(&mut script, ada, id, "").unwrap(), [("General".into(), 1)]);
}

#[test]
fn what_begins_a_topic_is_told_as_it_is_in_the_history() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = forum(&mut script, ada, &[bob]);
    let peer = script.place(ada, Peer::Channel(id));
    let request = CreateForumTopic::new(peer.clone(), "Engines".into(), 1);
    let answer = script.ask(ada, &request).unwrap();
    let of = |all: &enums::Updates| {
        updates(all).updates.iter().find_map(|update| match update {
            enums::Update::UpdateNewChannelMessage(new) => Some(new.message.clone()),
            _ => None,
        })
    };
    let told = of(&script.told()[0].1).unwrap();
    let enums::Message::MessageService(first) = &told else { panic!("{told:?}") };
    // It replies to nothing, and not to itself.
    assert_eq!(first.reply_to, None);
    let found = script.ask(ada, &GetForumTopicsById { peer, topics: vec![first.id] }).unwrap();
    let enums::ForumTopic::ForumTopic(topic) = &found.topics[0] else { panic!() };
    assert_eq!((topic.id, topic.top_message), (first.id, first.id));
    assert_eq!(Some(&found.messages[0]), of(&answer).as_ref());
}

#[test]
fn pages_of_topics_have_each_once_whatever_is_pinned() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let id = forum(&mut script, ada, &[]);
    let all: Vec<_> =
        (0..7).map(|number| create(&mut script, ada, id, &format!("T{number}")).unwrap()).collect();
    let peer = script.place(ada, Peer::Channel(id));
    // The oldest are pinned: their last messages are older than those of all others.
    for topic_id in &all[..3] {
        let (peer, pinned) = (peer.clone(), true);
        script.ask(ada, &UpdatePinnedForumTopic { peer, topic_id: *topic_id, pinned }).unwrap();
    }
    let page = |script: &mut Script, offset_id, offset_topic, limit| {
        let request = GetForumTopics::new(peer.clone(), 0, offset_id, offset_topic, limit);
        let found = script.ask(ada, &request).unwrap();
        assert_eq!(found.count, 8);
        let topics = found.topics.iter().map(|topic| match topic {
            enums::ForumTopic::ForumTopic(topic) => (topic.id, topic.top_message),
            other => panic!("{other:?}"),
        });
        topics.collect::<Vec<_>>()
    };
    let whole = page(&mut script, 0, 0, 100);
    assert_eq!(whole.len(), 8);
    for limit in 1..=8 {
        let mut pages = Vec::new();
        let (mut message, mut topic) = (0, 0);
        for _ in 0..=8 {
            let next = page(&mut script, message, topic, limit);
            let Some(last) = next.last().copied() else { break };
            (topic, message) = last;
            pages.extend(next);
        }
        assert_eq!(pages, whole, "{limit}");
    }
    // By the message alone, which those that are pinned are not counted by.
    assert_eq!(page(&mut script, whole[4].1, 0, 100), whole[5..]);
}
