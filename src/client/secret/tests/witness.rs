//! A copy of what was kept is put back: the witness gives it away (SC-84).

use super::*;

struct Copy {
    world: World,
    chat: SecretChatId,
    rows: SecretRows,
}

impl Copy {
    /// Two who talk, and a copy of what she keeps.
    fn new() -> Self {
        let mut world = World::new();
        let chat = world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
        world.say(0, chat, "before");
        world.run();
        let rows = world.ends[0].rows.clone();
        Self { world, chat, rows }
    }

    fn put_back(&mut self) {
        self.world.ends[0].rows = self.rows.clone();
        self.world.ends[0].kill();
    }
}

#[test]
fn sc_84_a_copy_that_is_put_back_closes_the_chat_and_nothing_is_said_in_it() {
    let mut copy = Copy::new();
    copy.world.say(0, copy.chat, "since");
    copy.world.run();
    copy.put_back();
    let said = copy.world.ends[0].desk.say(copy.chat, |chat, e| {
        chat.send(now(), Message::text("under a number of before"), None, e)
    });
    assert!(said.is_err(), "{said:?}");
    copy.world.run();
    assert_eq!(copy.world.ends[0].endings(), [Closed::StoreBehind]);
    assert_eq!(copy.world.ends[1].endings(), [Closed::Theirs]);
    assert_eq!(copy.world.ends[1].texts(), ["before", "since"]);
    // It is over: the next program has nothing to close, and the next chat has another number.
    copy.world.ends[0].kill();
    assert!(copy.world.ends[0].desk.next_event(None).is_none());
    let next = copy.world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
    assert!(next > copy.chat);
}

#[test]
fn sc_84_a_copy_of_the_last_state_goes_on() {
    let mut copy = Copy::new();
    copy.put_back();
    copy.world.say(0, copy.chat, "since");
    copy.world.run();
    assert_eq!(copy.world.ends[1].texts(), ["before", "since"]);
    assert!(copy.world.ends[0].endings().is_empty());
}

#[test]
fn sc_84_a_chat_that_was_begun_since_is_told_to_be_over_and_its_number_is_of_no_other() {
    let mut copy = Copy::new();
    copy.world.server = Server::default();
    let lost = copy.world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
    copy.world.run();
    copy.put_back();
    let (mut told, mut last) = (Vec::new(), None);
    copy.world.ends[0].settle();
    while let Some(event) = copy.world.ends[0].desk.next_event(last) {
        last = Some(event.number);
        told.push((event.chat, event.what));
    }
    let over = Event::Closed { why: Closed::StoreBehind, delete_history: false };
    assert_eq!(told, [(lost, over)]);
    // The one of before did not go on meanwhile.
    assert_eq!(copy.world.ends[0].desk.look(|id, _| id), [copy.chat]);
    copy.world.ends[0].settle();
    copy.world.ends[0].kill();
    let next = copy.world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
    assert!(next > lost, "{next:?} {lost:?}");
}

/// However often it is killed while that is so: the chat is closed, that is told, and nothing is said in it.
#[test]
fn sc_84_a_kill_at_any_step_does_not_have_a_copy_that_was_put_back_pass() {
    let mut killed = 0;
    for steps in 0..40 {
        let mut copy = Copy::new();
        copy.world.say(0, copy.chat, "since");
        copy.world.run();
        // One that the copy knows nothing of.
        let lost = copy.world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
        copy.world.ends[0].settle();
        copy.put_back();
        let lives = copy.world.ends[0].lives;
        copy.world.ends[0].steps_left = Some(steps);
        let sent = copy.world.server.sent.clone();
        copy.world.run();
        let said = copy.world.ends[0].desk.say(copy.chat, |chat, e| {
            chat.send(now(), Message::text("under a number of before"), None, e)
        });
        assert_eq!(said, Err(SecretError::NoSuchChat), "{steps}");
        let mut told = copy.world.ends[0].endings_by_chat();
        told.sort_unstable_by_key(|(chat, _)| *chat);
        let why = Closed::StoreBehind;
        assert_eq!(told, [(copy.chat, why), (lost, why)], "{steps}");
        assert_eq!(copy.world.ends[1].endings(), [Closed::Theirs], "{steps}");
        assert_eq!(copy.world.ends[1].texts(), ["before", "since"], "{steps}");
        assert_eq!(copy.world.server.sent, sent, "{steps}");
        // Nothing stays, and it is not told again.
        assert_eq!(copy.world.ends[0].witness.keys().copied().collect::<Vec<_>>(), [0]);
        killed += copy.world.ends[0].lives - lives;
        copy.world.ends[0].kill();
        copy.world.ends[0].settle();
        assert_eq!(copy.world.ends[0].desk.next_event(None), None, "{steps}");
    }
    assert!(killed > 12, "{killed}");
}

/// What the server was told since the copy was made is in no row: it is told that the chat is over whatever the rows say.
#[test]
fn sc_84_a_copy_of_each_state_of_a_chat_is_closed_at_the_server_too() {
    let talk = || {
        let mut world = World::new();
        world.ends[0].desk.create(BOB, name(BOB), now()).unwrap();
        world.run();
        world
    };
    for side in 0..2 {
        let end = &talk().ends[side];
        let mut behind = 0;
        for (rows, witness) in &end.history {
            if *witness == end.witness {
                continue;
            }
            behind += 1;
            let mut world = talk();
            world.ends[side].rows = rows.clone();
            world.ends[side].kill();
            world.run();
            assert_eq!(world.ends[side].endings(), [Closed::StoreBehind], "{side} {behind}");
            assert_eq!(world.ends[1 - side].endings(), [Closed::Theirs], "{side} {behind}");
        }
        assert!(behind > 4, "{behind}");
    }
}

/// A disk that was full, a kill, or a hand may have left the witness without what the rows say.
#[test]
fn sc_84_a_witness_that_knows_less_is_told_before_anything_new_is_stored() {
    for known in [None, Some(0)] {
        let mut copy = Copy::new();
        copy.world.say(0, copy.chat, "since");
        copy.world.run();
        let end = &mut copy.world.ends[0];
        let right = end.witness.clone();
        assert_eq!(right.keys().copied().collect::<Vec<_>>(), [0, copy.chat.0]);
        end.witness = right.keys().filter_map(|chat| Some((*chat, known?))).collect();
        end.kill();
        end.settle();
        assert_eq!(end.witness, right);
        // One that knows all is left alone.
        end.kill();
        assert_eq!(end.desk.unsaved(), []);
    }
}

/// Ended chats leave nothing in the witness but the number of the last one.
#[test]
fn sc_84_the_witness_has_what_there_is_and_no_more() {
    let mut copy = Copy::new();
    let chats: Vec<i32> = copy.world.ends[0].witness.keys().copied().collect();
    assert_eq!(chats, [0, copy.chat.0]);
    copy.world.close(0, copy.chat);
    copy.world.run();
    let chats: Vec<i32> = copy.world.ends[0].witness.keys().copied().collect();
    assert_eq!(chats, [0]);
}
