//! What is sent besides texts of one's own: forwards, reactions, polls, places, dice, and what is to be sent later.

use std::time::Duration;

use telewire::tl::Bytes;
use telewire::tl::api::functions::messages::{
    DeleteMessages, DeleteScheduledMessages, EditMessage, ForwardMessages, GetMessagesReactions,
    GetPollResults, GetScheduledHistory, GetScheduledMessages, Search, SendMedia, SendMessage,
    SendReaction, SendScheduledMessages, SendVote, UpdatePinnedMessage,
};
use telewire::tl::api::{enums, types};

use super::{Device, Script, ids, message, news, told_to, updates};

fn two() -> (Script, Device, Device, Device, enums::InputPeer) {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let peer = script.input_peer(ada, bob.user);
    (script, ada, bob, eve, peer)
}

fn user(user_id: i64) -> enums::Peer {
    types::PeerUser { user_id }.into()
}

#[test]
fn what_is_forwarded_says_who_wrote_it_first() {
    let (mut script, ada, bob, eve, _) = two();
    script.send(ada, bob.user, "one");
    script.send(ada, bob.user, "two");
    script.told();
    script.unix += Duration::from_secs(60);
    let (from, to) = (script.input_peer(bob, ada.user), script.input_peer(bob, eve.user));
    let request = ForwardMessages::new(from.clone(), vec![1, 2], vec![7, 8], to.clone());
    let answer = script.ask(bob, &request).unwrap();
    assert_eq!(news(&answer).len(), 2);
    let got = script.history(eve, bob.user);
    let texts: Vec<_> = got.iter().map(|message| message.message.as_str()).collect();
    assert_eq!(texts, ["two", "one"]);
    let Some(header) = &got[0].fwd_from else { panic!() };
    assert_eq!((header.from_id.as_ref(), header.date), (Some(&user(ada.user)), 1_700_000_000));
    assert_eq!(got[0].date, 1_700_000_060);
    // Once more, and it is still of whoever wrote it; or of nobody.
    let (from_bob, to_ada) = (script.input_peer(eve, bob.user), script.input_peer(eve, ada.user));
    let again = ForwardMessages::new(from_bob.clone(), vec![1], vec![1], to_ada.clone());
    script.ask(eve, &again).unwrap();
    let got = script.history(ada, eve.user);
    let Some(header) = &got[0].fwd_from else { panic!() };
    assert_eq!(header.from_id, Some(user(ada.user)));
    let bare = ForwardMessages { drop_author: true, random_id: vec![2], ..again };
    script.ask(eve, &bare).unwrap();
    assert_eq!(script.history(ada, eve.user)[0].fwd_from, None);
    // Nobody edits what another wrote.
    let mine = EditMessage { message: Some("x".into()), ..EditMessage::new(to.clone(), 3) };
    assert_eq!(script.ask(bob, &mine), Err("403 MESSAGE_AUTHOR_REQUIRED".into()));
    for (ids, numbers, error) in [
        (vec![], vec![], "400 MESSAGE_IDS_EMPTY"),
        (vec![1], vec![1, 2], "400 RANDOM_ID_INVALID"),
        (vec![1, 99], vec![1, 2], "400 MESSAGE_ID_INVALID"),
    ] {
        let request = ForwardMessages::new(from.clone(), ids, numbers, to.clone());
        assert_eq!(script.ask(bob, &request), Err(error.into()));
    }
    assert_eq!(script.history(eve, bob.user).len(), 2);
}

#[test]
fn a_reaction_is_seen_by_both_and_one_s_own_is_marked() {
    let (mut script, ada, bob, _, peer) = two();
    script.send(ada, bob.user, "hello");
    script.told();
    let emoji = |emoticon: &str| -> enums::Reaction {
        types::ReactionEmoji { emoticon: emoticon.into() }.into()
    };
    let to_ada = script.input_peer(bob, ada.user);
    let react = |peer: &enums::InputPeer, id, reaction: Vec<enums::Reaction>| SendReaction {
        reaction: Some(reaction),
        ..SendReaction::new(peer.clone(), id)
    };
    script.ask(bob, &react(&to_ada, 1, vec![emoji("👍")])).unwrap();
    let told = told_to(&mut script, ada.user);
    let enums::Update::UpdateMessageReactions(told) = &told[0] else { panic!("{told:?}") };
    assert_eq!((&told.peer, told.msg_id), (&user(bob.user), 1));
    assert_eq!(
        (told.reactions.results[0].count, told.reactions.results[0].chosen_order),
        (1, None)
    );
    script.ask(ada, &react(&peer, 1, vec![emoji("👍")])).unwrap();
    let seen = |script: &mut Script, device, peer: &enums::InputPeer| {
        let request = GetMessagesReactions { peer: peer.clone(), id: vec![1] };
        let answer = script.ask(device, &request).unwrap();
        let enums::Update::UpdateMessageReactions(seen) = &updates(&answer).updates[0] else {
            panic!()
        };
        let results = seen.reactions.results.iter();
        results.map(|result| (result.count, result.chosen_order)).collect::<Vec<_>>()
    };
    assert_eq!(seen(&mut script, bob, &to_ada), [(2, Some(0))]);
    assert!(script.history(ada, bob.user)[0].reactions.is_some());
    // Who said so is told besides, the latest first.
    let shown = script.history(ada, bob.user)[0].reactions.clone().unwrap();
    let who = shown.recent_reactions.as_ref().unwrap().iter();
    let who: Vec<_> = who.map(|recent| (recent.peer_id.clone(), recent.my)).collect();
    assert_eq!(who, [(user(ada.user), true), (user(bob.user), false)]);
    // It is no event of the box.
    assert_eq!((script.pts(ada), script.pts(bob)), (2, 2));
    script.ask(bob, &react(&to_ada, 1, vec![])).unwrap();
    assert_eq!(seen(&mut script, bob, &to_ada), [(1, None)]);
    for (id, reaction, error) in [
        (1, vec![], "400 MESSAGE_NOT_MODIFIED"),
        (9, vec![emoji("👍")], "400 MESSAGE_ID_INVALID"),
        (1, vec![emoji("x")], "400 REACTION_INVALID"),
        (1, vec![emoji("👍"), emoji("👎")], "400 REACTIONS_TOO_MANY"),
    ] {
        assert_eq!(script.ask(bob, &react(&to_ada, id, reaction)), Err(error.into()));
    }
    let nobody = types::InputPeerUser { user_id: 1, access_hash: 1 };
    let wrong = GetMessagesReactions { peer: nobody.into(), id: vec![1] };
    assert_eq!(script.ask(bob, &wrong), Err("400 PEER_ID_INVALID".into()));
}

fn words(text: &str) -> types::TextWithEntities {
    types::TextWithEntities { text: text.into(), entities: Vec::new() }
}

fn poll(question: &str, answers: &[(&str, &str)]) -> types::InputMediaPoll {
    let answers = answers.iter().map(|(text, option)| {
        types::PollAnswer::new(words(text), Bytes::from(option.as_bytes().to_vec())).into()
    });
    types::InputMediaPoll::new(types::Poll::new(0, words(question), answers.collect(), 0))
}

fn send(peer: &enums::InputPeer, media: impl Into<enums::InputMedia>, random_id: i64) -> SendMedia {
    SendMedia::new(peer.clone(), media.into(), String::new(), random_id)
}

fn media(script: &mut Script, device: Device, with: i64) -> enums::MessageMedia {
    script.history(device, with)[0].media.clone().unwrap()
}

fn standing(answer: &enums::Updates) -> (Option<i32>, Vec<(bool, i32)>) {
    let enums::Update::UpdateMessagePoll(poll) = &updates(answer).updates[0] else { panic!() };
    let results =
        poll.results.results.iter().flatten().map(|result| {
            (result.chosen, result.voters.as_ref().map_or(0, |voters| voters.voters))
        });
    (poll.results.total_voters, results.collect())
}

#[test]
fn a_poll_is_voted_in_and_each_sees_what_they_chose() {
    let (mut script, ada, bob, _, peer) = two();
    script.ask(ada, &send(&peer, poll("Tea?", &[("yes", "y"), ("no", "n")]), 1)).unwrap();
    script.told();
    let enums::MessageMedia::MessageMediaPoll(shown) = media(&mut script, bob, ada.user) else {
        panic!()
    };
    assert_eq!((shown.poll.question.text.as_str(), shown.poll.creator), ("Tea?", false));
    assert_eq!(shown.results.results, None);
    let to_ada = script.input_peer(bob, ada.user);
    let vote = |options: &[&str]| {
        let options = options.iter().map(|option| Bytes::from(option.as_bytes().to_vec()));
        SendVote { peer: to_ada.clone(), msg_id: 1, options: options.collect() }
    };
    let answer = script.ask(bob, &vote(&["y"])).unwrap();
    assert_eq!(standing(&answer), (Some(1), vec![(true, 1), (false, 0)]));
    let told = script.told();
    assert_eq!((told.len(), told[0].0), (1, ada));
    // Who did not vote sees how many did.
    assert_eq!(standing(&told[0].1), (Some(1), vec![]));
    script.ask(bob, &vote(&["n"])).unwrap();
    let results = GetPollResults { peer: to_ada.clone(), msg_id: 1, poll_hash: 0 };
    let answer = script.ask(bob, &results).unwrap();
    assert_eq!(standing(&answer), (Some(1), vec![(false, 0), (true, 1)]));
    script.ask(bob, &vote(&[])).unwrap();
    assert_eq!(standing(&script.ask(bob, &results).unwrap()), (Some(0), vec![]));
    assert_eq!(script.ask(bob, &vote(&["y", "n"])), Err("400 OPTIONS_TOO_MUCH".into()));
    assert_eq!(script.ask(bob, &vote(&["x"])), Err("400 OPTION_INVALID".into()));
    // Whoever sent it closes it.
    let closed = types::InputMediaPoll {
        poll: types::Poll { closed: true, ..types::Poll::new(0, words("Tea?"), vec![], 0) },
        ..poll("Tea?", &[])
    };
    let close = EditMessage { media: Some(closed.into()), ..EditMessage::new(peer.clone(), 1) };
    script.ask(ada, &close).unwrap();
    assert_eq!(script.ask(bob, &vote(&["y"])), Err("400 MESSAGE_POLL_CLOSED".into()));
    assert_eq!(standing(&script.ask(bob, &results).unwrap()).1.len(), 2);
    script.send(ada, bob.user, "no poll");
    let wrong = GetPollResults { msg_id: 2, ..results };
    assert_eq!(script.ask(bob, &wrong), Err("400 MESSAGE_ID_INVALID".into()));
    assert_eq!(
        script.ask(bob, &SendVote { msg_id: 2, ..vote(&["y"]) }),
        Err("400 MESSAGE_ID_INVALID".into())
    );
}

#[test]
fn a_quiz_is_answered_once_and_then_tells_what_is_right() {
    let (mut script, ada, bob, _, peer) = two();
    let quiz = |correct: Option<Vec<i32>>| {
        let mut quiz = poll("2 + 2?", &[("3", "a"), ("4", "b")]);
        quiz.poll.quiz = true;
        types::InputMediaPoll { correct_answers: correct, ..quiz }
    };
    for (correct, error) in [
        (None, "400 QUIZ_CORRECT_ANSWERS_EMPTY"),
        (Some(vec![0, 1]), "400 QUIZ_CORRECT_ANSWERS_TOO_MUCH"),
        (Some(vec![2]), "400 QUIZ_CORRECT_ANSWER_INVALID"),
    ] {
        assert_eq!(script.ask(ada, &send(&peer, quiz(correct), 1)), Err(error.into()));
    }
    script.ask(ada, &send(&peer, quiz(Some(vec![1])), 1)).unwrap();
    let to_ada = script.input_peer(bob, ada.user);
    let vote = SendVote { peer: to_ada, msg_id: 1, options: vec![Bytes::from(b"a".to_vec())] };
    let answer = script.ask(bob, &vote).unwrap();
    let enums::Update::UpdateMessagePoll(poll) = &updates(&answer).updates[0] else { panic!() };
    let right = poll.results.results.iter().flatten().map(|result| result.correct);
    assert_eq!(right.collect::<Vec<_>>(), [false, true]);
    assert_eq!(script.ask(bob, &vote), Err("400 REVOTE_NOT_ALLOWED".into()));
}

#[test]
fn polls_that_are_none_are_refused() {
    let (mut script, ada, bob, _, peer) = two();
    for (poll, error) in [
        (poll(" ", &[("a", "a")]), "400 POLL_QUESTION_INVALID"),
        (poll("?", &[]), "400 POLL_ANSWERS_INVALID"),
        (poll("?", &[("a", "a"); 13]), "400 POLL_ANSWERS_INVALID"),
        (poll("?", &[("", "a")]), "400 POLL_ANSWER_INVALID"),
        (poll("?", &[("a", "a"), ("b", "a")]), "400 POLL_OPTION_DUPLICATE"),
    ] {
        assert_eq!(script.ask(ada, &send(&peer, poll, 1)), Err(error.into()));
    }
    assert_eq!(script.history(bob, ada.user), []);
}

#[test]
fn places_contacts_and_dice_arrive_as_they_were_sent() {
    let (mut script, ada, bob, eve, peer) = two();
    let phone = script.world.person(eve.user).unwrap().phone().unwrap().to_owned();
    let point = types::InputGeoPoint::new(52.5, 13.4);
    let geo = types::InputMediaGeoPoint { geo_point: point.clone().into() };
    script.ask(ada, &send(&peer, geo, 1)).unwrap();
    let enums::MessageMedia::MessageMediaGeo(shown) = media(&mut script, bob, ada.user) else {
        panic!()
    };
    let enums::GeoPoint::GeoPoint(shown) = shown.geo else { panic!() };
    assert_eq!((shown.lat, shown.long), (52.5, 13.4));
    let contact = types::InputMediaContact {
        phone_number: format!("+{phone}"),
        first_name: "Eve".into(),
        last_name: String::new(),
        vcard: String::new(),
    };
    script.ask(ada, &send(&peer, contact, 2)).unwrap();
    let enums::MessageMedia::MessageMediaContact(shown) = media(&mut script, bob, ada.user) else {
        panic!()
    };
    assert_eq!((shown.user_id, shown.first_name.as_str()), (eve.user, "Eve"));
    let mut values = Vec::new();
    for number in 0..40 {
        let dice = types::InputMediaDice { emoticon: "🎲".into() };
        script.ask(ada, &send(&peer, dice, 100 + number)).unwrap();
        let enums::MessageMedia::MessageMediaDice(mine) = media(&mut script, ada, bob.user) else {
            panic!()
        };
        let enums::MessageMedia::MessageMediaDice(theirs) = media(&mut script, bob, ada.user)
        else {
            panic!()
        };
        assert_eq!(mine, theirs);
        assert!((1..=6).contains(&mine.value));
        values.push(mine.value);
    }
    values.sort_unstable();
    values.dedup();
    assert_eq!(values.len(), 6);
    let venue = types::InputMediaVenue {
        geo_point: point.into(),
        title: "Café".into(),
        address: "1, High Street".into(),
        provider: String::new(),
        venue_id: String::new(),
        venue_type: String::new(),
    };
    script.ask(ada, &send(&peer, venue, 3)).unwrap();
    let shown = media(&mut script, bob, ada.user);
    assert!(
        matches!(shown, enums::MessageMedia::MessageMediaVenue(venue) if venue.title == "Café")
    );
    let nowhere = types::InputGeoPoint::new(91.0, 0.0);
    let nowhere = types::InputMediaGeoPoint { geo_point: nowhere.into() };
    let unknown = types::InputMediaDice { emoticon: "x".into() };
    for (media, error) in [
        (nowhere.into(), "400 MEDIA_EMPTY"),
        (unknown.into(), "400 EMOTICON_INVALID"),
        (enums::InputMedia::InputMediaEmpty, "400 MEDIA_EMPTY"),
    ] {
        assert_eq!(script.ask(ada, &send(&peer, media, 9)), Err(error.into()));
    }
}

#[test]
fn what_is_scheduled_is_sent_when_its_time_has_come() {
    let mut script = Script::new();
    let person = script.world.user("Ada");
    let (ada, desktop) = (script.device(&person), script.device(&person));
    let bob = script.user("Bob");
    let peer = script.input_peer(ada, bob.user);
    let later = |seconds, random_id| SendMessage {
        schedule_date: Some(1_700_000_000 + seconds),
        ..SendMessage::new(peer.clone(), format!("in {seconds} s"), random_id)
    };
    let answer = script.ask(ada, &later(60, 7)).unwrap();
    let [number, new] = updates(&answer).updates.as_slice() else { panic!() };
    assert_eq!(*number, types::UpdateMessageId { id: 1, random_id: 7 }.into());
    let enums::Update::UpdateNewScheduledMessage(new) = new else { panic!("{new:?}") };
    let waiting = message(new.message.clone());
    assert_eq!((waiting.id, waiting.date, waiting.out), (1, 1_700_000_060, true));
    let told = script.told();
    assert_eq!((told.len(), told[0].0), (1, desktop));
    script.ask(ada, &later(30, 8)).unwrap();
    let history = GetScheduledHistory { peer: script.input_peer(desktop, bob.user), hash: 0 };
    assert_eq!(ids(script.ask(desktop, &history).unwrap()), [1, 2]);
    assert_eq!(script.history(bob, ada.user), []);
    script.told();
    script.unix += Duration::from_secs(29);
    assert_eq!(script.told(), []);
    assert_eq!(script.world.next_at(), Some(Duration::from_secs(1_700_000_030)));
    script.unix += Duration::from_secs(1);
    let told = script.told();
    let mut to_bob = told.iter().filter(|(device, _)| *device == bob).map(|(_, told)| told);
    let (got, pts, _) = news(to_bob.next_back().unwrap()).remove(0);
    assert_eq!((got.message.as_str(), got.date, pts), ("in 30 s", 1_700_000_030, 2));
    assert!(got.from_scheduled);
    let gone =
        told.iter().filter(|(device, _)| *device == ada).find_map(|(_, told)| {
            match &updates(told).updates[0] {
                enums::Update::UpdateDeleteScheduledMessages(gone) => Some(gone.clone()),
                _ => None,
            }
        });
    let gone = gone.unwrap();
    assert_eq!((gone.messages, gone.sent_messages), (vec![2], Some(vec![1])));
    assert_eq!(ids(script.ask(desktop, &history).unwrap()), [1]);
    // A call brings the time too.
    script.unix += Duration::from_secs(30);
    assert_eq!(script.history(bob, ada.user).len(), 2);
    assert_eq!(script.world.next_at(), None);
}

#[test]
fn what_is_scheduled_is_sent_before_its_time_or_never() {
    let (mut script, ada, bob, eve, peer) = two();
    let later = |random_id, date| SendMessage {
        schedule_date: Some(date),
        ..SendMessage::new(peer.clone(), "later".into(), random_id)
    };
    for number in 1..=3 {
        script.ask(ada, &later(number, 1_700_000_600)).unwrap();
    }
    script.told();
    let send = SendScheduledMessages { peer: peer.clone(), id: vec![1] };
    let answer = script.ask(ada, &send).unwrap();
    assert_eq!(news(&answer)[0].0.id, 1);
    assert_eq!(script.history(bob, ada.user).len(), 1);
    assert_eq!(script.ask(ada, &send), Err("400 MESSAGE_ID_INVALID".into()));
    let delete = DeleteScheduledMessages { peer: peer.clone(), id: vec![2, 99] };
    let answer = script.ask(ada, &delete).unwrap();
    let enums::Update::UpdateDeleteScheduledMessages(gone) = &updates(&answer).updates[0] else {
        panic!()
    };
    assert_eq!((gone.messages.as_slice(), &gone.sent_messages), ([2].as_slice(), &None));
    let some = GetScheduledMessages { peer: peer.clone(), id: vec![1, 2, 3] };
    assert_eq!(ids(script.ask(ada, &some).unwrap()), [3]);
    let before = script.world.snapshot();
    script.ask(ada, &DeleteScheduledMessages { id: vec![3], ..delete }).unwrap();
    assert_eq!(script.world.next_at(), None);
    script.world.restore(before);
    script.told();
    script.unix += Duration::from_secs(600);
    script.told();
    assert_eq!(script.history(bob, ada.user).len(), 2);
    // What is for now or before is sent at once.
    script.ask(ada, &later(9, 1_700_000_000)).unwrap();
    assert_eq!(script.history(bob, ada.user).len(), 3);
    let far = later(10, 1_700_000_600 + 365 * 86_400 + 1);
    assert_eq!(script.ask(ada, &far), Err("400 SCHEDULE_DATE_TOO_LATE".into()));
    for number in 0..100 {
        script.ask(ada, &later(100 + number, 1_700_001_000)).unwrap();
    }
    assert_eq!(script.ask(ada, &later(11, 1_700_001_000)), Err("400 SCHEDULE_TOO_MUCH".into()));
    let echo = script.bot("Echo");
    let peer = script.input_peer(echo, ada.user);
    let by_bot = SendMessage {
        schedule_date: Some(1_800_000_000),
        ..SendMessage::new(peer.clone(), "x".into(), 1)
    };
    assert_eq!(script.ask(echo, &by_bot), Err("400 SCHEDULE_BOT_NOT_ALLOWED".into()));
    let refused = "400 BOT_METHOD_INVALID";
    let some = GetScheduledMessages { peer: peer.clone(), id: vec![1] };
    assert_eq!(script.ask(echo, &some), Err(refused.into()));
    let history = GetScheduledHistory { peer: peer.clone(), hash: 0 };
    assert_eq!(script.ask(echo, &history), Err(refused.into()));
    let delete = DeleteScheduledMessages { peer, id: vec![1] };
    assert_eq!(script.ask(echo, &delete), Err(refused.into()));
    // Nobody else sees what waits.
    let theirs = GetScheduledHistory { peer: script.input_peer(eve, ada.user), hash: 0 };
    assert_eq!(ids(script.ask(eve, &theirs).unwrap()), Vec::<i32>::new());
}

#[test]
fn um_11_what_is_scheduled_again_waits_once() {
    let (mut script, ada, bob, _, peer) = two();
    script.send(ada, bob.user, "hello");
    let request = SendMessage {
        schedule_date: Some(1_700_000_060),
        ..SendMessage::new(peer.clone(), "later".into(), 7)
    };
    let first = script.ask(ada, &request).unwrap();
    assert_eq!(script.ask(ada, &request).unwrap(), first);
    let forward = ForwardMessages {
        schedule_date: Some(1_700_000_060),
        ..ForwardMessages::new(peer.clone(), vec![1], vec![8], peer.clone())
    };
    let forwarded = script.ask(ada, &forward).unwrap();
    assert_eq!(script.ask(ada, &forward).unwrap(), forwarded);
    let history = GetScheduledHistory { peer, hash: 0 };
    assert_eq!(ids(script.ask(ada, &history).unwrap()), [2, 1]);
    script.unix += Duration::from_secs(60);
    let got = script.history(bob, ada.user);
    assert_eq!((got.len(), got[0].fwd_from.is_some()), (3, true));
    // It was sent, and is answered as when it was not.
    assert_eq!(script.ask(ada, &request).unwrap(), first_at(&first, 1_700_000_060));
    assert_eq!(script.history(bob, ada.user).len(), 3);
}

/// The same, told at another time.
fn first_at(first: &enums::Updates, date: i32) -> enums::Updates {
    types::Updates { date, ..updates(first).clone() }.into()
}

#[test]
fn what_is_scheduled_is_changed_until_it_is_sent() {
    let (mut script, ada, bob, _, peer) = two();
    let request = SendMessage {
        schedule_date: Some(1_700_000_060),
        ..SendMessage::new(peer.clone(), "later".into(), 7)
    };
    script.ask(ada, &request).unwrap();
    let change = |id, text: &str, date| EditMessage {
        message: Some(text.into()),
        schedule_date: Some(date),
        ..EditMessage::new(peer.clone(), id)
    };
    let answer = script.ask(ada, &change(1, "sooner", 1_700_000_030)).unwrap();
    let enums::Update::UpdateNewScheduledMessage(new) = &updates(&answer).updates[0] else {
        panic!()
    };
    let new = message(new.message.clone());
    assert_eq!((new.id, new.message.as_str(), new.date), (1, "sooner", 1_700_000_030));
    for (id, text, date, error) in [
        (1, "sooner", 1_700_000_030, "400 MESSAGE_NOT_MODIFIED"),
        (1, " ", 1_700_000_030, "400 MESSAGE_EMPTY"),
        (1, "x", 1_700_000_000, "400 SCHEDULE_DATE_INVALID"),
        (2, "x", 1_700_000_030, "400 MESSAGE_ID_INVALID"),
    ] {
        assert_eq!(script.ask(ada, &change(id, text, date)), Err(error.into()));
    }
    script.unix += Duration::from_secs(30);
    assert_eq!(script.history(bob, ada.user)[0].message, "sooner");
    assert_eq!(script.world.next_at(), None);
}

#[test]
fn marks_of_a_text_are_those_that_were_given_and_those_that_the_server_finds() {
    let (mut script, ada, bob, eve, peer) = two();
    let named = script.input_user(ada, eve.user);
    let mention = |user: types::InputUser, offset, length| -> enums::MessageEntity {
        let user_id = user.into();
        types::InputMessageEntityMentionName { offset, length, user_id }.into()
    };
    let bold = |offset, length| types::MessageEntityBold { offset, length }.into();
    let say = |random_id, entities: Vec<enums::MessageEntity>| SendMessage {
        entities: Some(entities),
        ..SendMessage::new(peer.clone(), "😀 Eve /go".into(), random_id)
    };
    let given = vec![bold(3, 3), mention(named.clone(), 3, 3)];
    script.ask(ada, &say(1, given)).unwrap();
    // Who is mentioned is brought along.
    let told = script.told();
    let who = updates(&told[0].1).users.iter().map(enums::User::id);
    assert_eq!(who.collect::<Vec<_>>(), [ada.user, eve.user]);
    let marks = script.history(bob, ada.user)[0].entities.clone().unwrap();
    let who = types::MessageEntityMentionName { offset: 3, length: 3, user_id: eve.user };
    let command = types::MessageEntityBotCommand { offset: 7, length: 3 };
    assert_eq!(marks, [bold(3, 3), who.into(), command.into()]);
    // What was marked is not marked again.
    let code: enums::MessageEntity = types::MessageEntityCode { offset: 7, length: 3 }.into();
    script.ask(ada, &say(2, vec![code.clone()])).unwrap();
    assert_eq!(script.history(bob, ada.user)[0].entities, Some(vec![code]));
    let nobody = types::InputUser { access_hash: 1, ..named };
    for (entities, error) in [
        (vec![bold(3, 8)], "400 ENTITY_BOUNDS_INVALID"),
        (vec![bold(-1, 2)], "400 ENTITY_BOUNDS_INVALID"),
        (vec![bold(1, 0)], "400 ENTITY_BOUNDS_INVALID"),
        (vec![bold(i32::MAX, i32::MAX)], "400 ENTITY_BOUNDS_INVALID"),
        (vec![bold(0, 1); 101], "400 ENTITIES_TOO_LONG"),
        (vec![mention(nobody, 0, 2)], "400 ENTITY_MENTION_USER_INVALID"),
    ] {
        assert_eq!(script.ask(ada, &say(3, entities)), Err(error.into()));
    }
    assert_eq!(script.history(bob, ada.user).len(), 2);
}

#[test]
fn messages_are_found_by_what_they_carry() {
    let (mut script, ada, bob, _, peer) = two();
    let geo = types::InputMediaGeoPoint { geo_point: types::InputGeoPoint::new(1.0, 2.0).into() };
    script.ask(ada, &send(&peer, geo, 1)).unwrap();
    let contact = types::InputMediaContact {
        phone_number: "1".into(),
        first_name: "Eve".into(),
        last_name: String::new(),
        vcard: String::new(),
    };
    script.ask(ada, &send(&peer, contact, 2)).unwrap();
    script.ask(ada, &send(&peer, poll("Tea?", &[("yes", "y")]), 3)).unwrap();
    let link = types::MessageEntityUrl { offset: 0, length: 19 };
    let link = SendMessage {
        entities: Some(vec![link.into()]),
        ..SendMessage::new(peer.clone(), "https://example.com".into(), 4)
    };
    script.ask(ada, &link).unwrap();
    let pin = UpdatePinnedMessage { pm_oneside: true, ..UpdatePinnedMessage::new(peer.clone(), 3) };
    script.ask(ada, &pin).unwrap();
    use enums::MessagesFilter as Filter;
    for (filter, found) in [
        (Filter::InputMessagesFilterGeo, vec![1]),
        (Filter::InputMessagesFilterContacts, vec![2]),
        (Filter::InputMessagesFilterPoll, vec![3]),
        (Filter::InputMessagesFilterUrl, vec![4]),
        (Filter::InputMessagesFilterPinned, vec![3]),
        (Filter::InputMessagesFilterPhotos, vec![]),
        (Filter::InputMessagesFilterEmpty, vec![4, 3, 2, 1]),
    ] {
        let request =
            Search::new(peer.clone(), String::new(), filter.clone(), 0, 0, 0, 0, 100, 0, 0, 0);
        assert_eq!(ids(script.ask(ada, &request).unwrap()), found, "{filter:?}");
    }
    // Bob pinned nothing.
    let to_ada = script.input_peer(bob, ada.user);
    let pinned = Filter::InputMessagesFilterPinned;
    let request = Search::new(to_ada, String::new(), pinned, 0, 0, 0, 0, 100, 0, 0, 0);
    assert_eq!(ids(script.ask(bob, &request).unwrap()), Vec::<i32>::new());
}

#[test]
fn what_is_scheduled_goes_with_a_snapshot() {
    let (mut script, ada, bob, _, peer) = two();
    let request = SendMessage {
        schedule_date: Some(1_700_000_060),
        ..SendMessage::new(peer, "later".into(), 1)
    };
    let before = script.world.snapshot();
    script.ask(ada, &request).unwrap();
    let after = script.world.snapshot();
    script.world.restore(before);
    script.unix += Duration::from_secs(60);
    assert_eq!(script.history(bob, ada.user), []);
    script.world.restore(after);
    assert_eq!(script.history(bob, ada.user).len(), 1);
    script.ask(ada, &DeleteMessages { revoke: true, id: vec![1] }).unwrap();
    assert_eq!(script.history(bob, ada.user), []);
}

#[test]
fn um_11_what_is_known_again_by_its_numbers_is_what_clients_repeat() {
    use telewire::tl::api::functions::messages;
    use telewire::tl::{Function, Repeat};
    assert_eq!(messages::SendMessage::REPEAT, Repeat::Keyed);
    assert_eq!(messages::SendMedia::REPEAT, Repeat::Keyed);
    // A number for each of several, or in each.
    assert_eq!(messages::ForwardMessages::REPEAT, Repeat::Keyed);
    assert_eq!(messages::SendQuickReplyMessages::REPEAT, Repeat::Keyed);
    assert_eq!(messages::SendMultiMedia::REPEAT, Repeat::Keyed);
    // One that only some forms of what it takes have is none.
    assert_eq!(messages::SetTyping::REPEAT, Repeat::Once);
    assert_eq!(messages::DeleteMessages::REPEAT, Repeat::Once);
}
