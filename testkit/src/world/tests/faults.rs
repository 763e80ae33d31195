//! What goes wrong with what is told (UM-12).

use std::time::Duration;

use telewire::tl::api::{enums, types};

use super::missed::missed;
use super::{Script, news, updates};
use crate::world::push::{MAX_JOINED, MAX_QUEUED};
use crate::{Habits, PushFault, PushFaults};

/// What Bob is told of messages, when each of them is to have a fault.
fn faulty(faults: &[PushFault]) -> (Script, Vec<enums::Updates>) {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.world.script_pushes(faults.iter().copied());
    for text in ["one", "two", "three"] {
        script.send(ada, bob.user, text);
    }
    let told = script.told().into_iter().map(|(_, told)| told).collect();
    (script, told)
}

fn said(told: &[enums::Updates]) -> Vec<Vec<String>> {
    told.iter()
        .map(|told| match told {
            enums::Updates::UpdatesTooLong => vec!["too long".into()],
            told => news(told).into_iter().map(|(new, ..)| new.message).collect(),
        })
        .collect()
}

#[test]
fn um_12_faults_of_what_is_told_are_by_script() {
    use PushFault::{Drop, Merge, None, Reorder, Repeat, TooLong};
    for (faults, expected) in [
        (vec![], vec![vec!["one"], vec!["two"], vec!["three"]]),
        (vec![None, Drop], vec![vec!["one"], vec!["three"]]),
        (vec![TooLong], vec![vec!["too long"], vec!["two"], vec!["three"]]),
        (vec![Repeat, None, Drop], vec![vec!["one"], vec!["one"], vec!["two"]]),
        (vec![None, Reorder], vec![vec!["two"], vec!["one"], vec!["three"]]),
        (vec![Reorder, Merge], vec![vec!["one", "two"], vec!["three"]]),
    ] {
        assert_eq!(said(&faulty(&faults).1), expected, "{faults:?}");
    }
}

#[test]
fn um_12_what_is_late_comes_when_its_time_has_come() {
    let late = Duration::from_millis(1_500);
    let (mut script, told) = faulty(&[PushFault::Delay(late)]);
    assert_eq!(said(&told), [["two"], ["three"]]);
    assert_eq!(script.world.next_at(), Some(script.unix + late));
    script.unix += Duration::from_millis(1_499);
    assert_eq!(script.told(), []);
    script.unix += Duration::from_millis(1);
    let told: Vec<_> = script.told().into_iter().map(|(_, told)| told).collect();
    assert_eq!(said(&told), [["one"]]);
    assert_eq!(script.world.next_at(), None);
}

#[test]
fn um_12_a_container_of_several_updates_is_taken_apart_unless_it_has_a_number() {
    let mut script = Script::new();
    let bob = script.user("Bob");
    for (seq, parts) in [(0, vec![1, 1]), (5, vec![2])] {
        script.world.script_pushes([PushFault::Split]);
        let typing = |user| {
            let action = enums::SendMessageAction::SendMessageTypingAction;
            types::UpdateUserTyping::new(user, action).into()
        };
        let all = types::Updates::new(vec![typing(1), typing(2)], vec![], vec![], 7, seq);
        script.world.state().push(bob.user, None, |_, _| all.clone().into());
        let told = script.told();
        let lengths = told.iter().map(|(_, told)| updates(told).updates.len());
        assert_eq!(lengths.collect::<Vec<_>>(), parts, "{seq}");
        assert!(told.iter().all(|(_, told)| updates(told).date == 7));
    }
}

#[test]
fn um_12_what_comes_first_does_so_among_what_one_client_is_told() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    script.world.script_pushes([PushFault::None, PushFault::None, PushFault::Reorder]);
    script.send(ada, bob.user, "one");
    script.send(ada, eve.user, "other");
    script.send(ada, bob.user, "two");
    let told = script.told();
    assert_eq!(told.iter().map(|(device, _)| *device).collect::<Vec<_>>(), [bob, bob, eve]);
    assert_eq!(news(&told[0].1)[0].0.message, "two");
}

#[test]
fn um_12_what_waits_is_bounded_whatever_happens_to_it() {
    let reorder = PushFaults { reorder: 1_000, ..PushFaults::default() };
    let merge = PushFaults { merge: 1_000, ..PushFaults::default() };
    for chances in [reorder, merge] {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        script.world.set_push_faults(chances);
        for _ in 0..MAX_QUEUED + 100 {
            script.send(ada, bob.user, "hello");
        }
        let told = script.told();
        assert!(told.len() <= MAX_QUEUED, "{}", told.len());
        let longest = told.iter().map(|(_, all)| updates(all).updates.len()).max();
        assert!(longest.is_some_and(|longest| longest <= MAX_JOINED), "{longest:?}");
    }
}

#[test]
fn um_12_containers_with_a_number_are_not_merged_and_join_their_neighbour_alone() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let numbered = Habits { numbered: 1_000, ..Habits::default() };
    script.world.set_habits(numbered);
    script.world.script_pushes([PushFault::None, PushFault::Merge, PushFault::Drop]);
    script.send(ada, bob.user, "one");
    script.send(ada, bob.user, "two");
    script.send(ada, bob.user, "lost");
    script.world.set_habits(Habits { combined: 1_000, ..numbered });
    script.send(ada, bob.user, "four");
    script.send(ada, bob.user, "five");
    let numbers = script.told().into_iter().map(|(_, told)| match told {
        enums::Updates::Updates(one) => (one.seq, one.seq),
        enums::Updates::UpdatesCombined(some) => (some.seq_start, some.seq),
        other => panic!("{other:?}"),
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [(2, 2), (3, 3), (5, 6)]);
}

/// What comes of sixty messages: their numbers, container by container, in the order in which they come. It says nothing that
/// follows from the seed otherwise, as access hashes do.
fn came(seed: u64, chances: PushFaults) -> Vec<Vec<i32>> {
    let mut script = Script::seeded(seed);
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.world.set_push_faults(chances);
    for _ in 0..60 {
        script.send(ada, bob.user, "hello");
    }
    script.unix += Duration::from_secs(2);
    let came = script.told().into_iter().map(|(_, told)| match told {
        enums::Updates::UpdatesTooLong => vec![0],
        told => news(&told).into_iter().map(|(new, ..)| new.id).collect(),
    });
    let came = came.collect();
    // Whatever became of it, it happened.
    assert_eq!(missed(&mut script, bob, 1, None).new.len(), 60);
    came
}

#[test]
fn um_12_faults_by_chance_follow_from_the_seed() {
    let chances = PushFaults {
        drop: 100,
        too_long: 50,
        repeat: 100,
        delay: 200,
        reorder: 200,
        split: 100,
        merge: 200,
        ..PushFaults::default()
    };
    let plain = came(3, PushFaults::default());
    assert_eq!(plain, (1..=60).map(|id| vec![id]).collect::<Vec<_>>());
    assert_eq!(came(3, chances), came(3, chances));
    // Another seed has others, and none has all of it in order.
    let all: Vec<_> = (3..9).map(|seed| came(seed, chances)).collect();
    assert!(all.iter().all(|one| *one != plain));
    assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn um_12_each_chance_does_what_it_says_and_no_other() {
    let half = 500;
    let ids = |came: &[Vec<i32>]| came.iter().flatten().copied().collect::<Vec<_>>();
    let sorted = |mut ids: Vec<i32>| {
        ids.sort_unstable();
        ids
    };
    let every: Vec<_> = (1..=60).collect();
    let none = PushFaults::default();

    let dropped = came(1, PushFaults { drop: half, ..none });
    let ids_left = ids(&dropped);
    assert!(ids_left.is_sorted() && (10..50).contains(&ids_left.len()), "{ids_left:?}");

    let long = came(1, PushFaults { too_long: half, ..none });
    let count = long.iter().filter(|ids| **ids == [0]).count();
    assert!(long.len() == 60 && (10..50).contains(&count), "{count}");

    let twice = ids(&came(1, PushFaults { repeat: half, ..none }));
    assert!(twice.is_sorted() && (70..110).contains(&twice.len()), "{}", twice.len());

    let reordered = ids(&came(1, PushFaults { reorder: half, ..none }));
    assert!(!reordered.is_sorted());
    assert_eq!(sorted(reordered), every);

    let merged = came(1, PushFaults { merge: half, ..none });
    assert!(merged.len() < 50 && merged.iter().any(|ids| ids.len() > 1));
    assert_eq!(ids(&merged), every);

    // Late ones come all the same when their time has come: here all is taken at once, in the order in which it was told.
    assert_eq!(sorted(ids(&came(1, PushFaults { delay: half, ..none }))), every);
}
