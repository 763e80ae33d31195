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
