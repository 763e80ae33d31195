//! Each way in which pushes go wrong, for a private chat and a supergroup.

use std::collections::BTreeMap;

use telewire::tl::api::functions::channels::{CreateChannel, InviteToChannel};
use telewire::updates::BoxId;
use telewire_testkit::PushFaults;
use tokio::task::JoinSet;

use super::*;

/// Messages to each chat.
const MESSAGES: usize = 25;

/// Ada makes a supergroup, with Bob in it.
async fn group(scene: &Scene) -> (i64, enums::InputPeer) {
    let create =
        CreateChannel { megagroup: true, ..CreateChannel::new("group".into(), String::new()) };
    let made = patient(scene.ada.invoke(&create)).await.unwrap();
    let enums::Updates::Updates(made) = made else { panic!("{made:?}") };
    let enums::Chat::Channel(channel) = &made.chats[0] else { panic!("{made:?}") };
    let (id, hash) = (channel.id, channel.access_hash.unwrap());
    let enums::InputPeer::InputPeerUser(bob) = &scene.to_bob else { panic!() };
    let bob = types::InputUser::new(bob.user_id, bob.access_hash);
    let input = types::InputChannel::new(id, hash);
    let invite = InviteToChannel::new(input.into(), vec![bob.into()]);
    patient(scene.ada.invoke(&invite)).await.unwrap();
    (id, types::InputPeerChannel::new(id, hash).into())
}

async fn through(name: &'static str, faults: PushFaults, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::new(seed).await;
    let bob = scene.bob(&folder.path().join("bob")).await;
    let mut updates = bob.updates();
    // He is there before she writes.
    scene.say("begin").await;
    while next_text(&mut updates).await.0 != "begin" {}
    let (channel, group) = group(&scene).await;
    scene.say_to(group.clone(), "begin").await;
    while next_text(&mut updates).await.0 != "begin" {}
    scene.world.set_push_faults(faults);
    for number in 0..MESSAGES {
        scene.say(&number.to_string()).await;
        scene.say_to(group.clone(), &number.to_string()).await;
    }
    scene.world.set_push_faults(PushFaults::default());
    scene.say("end").await;
    scene.say_to(group, "end").await;
    let mut told: BTreeMap<BoxId, Vec<String>> = BTreeMap::new();
    while told.values().filter(|of| of.last().is_some_and(|text| text == "end")).count() < 2 {
        let update = patient(updates.next()).await.unwrap().expect("the client was closed");
        assert!(!matches!(update.event, Event::Lost { .. }), "{name}: {update:?}");
        if let (Some(text), Some(line)) = (text(&update), update.line) {
            told.entry(line).or_default().push(text);
        }
    }
    let mut expected: Vec<String> = (0..MESSAGES).map(|number| number.to_string()).collect();
    expected.push("end".into());
    // UM-13 (a) and (b): each once, in order, and none is missing.
    assert_eq!(told[&BoxId::Common], expected, "{name}, in private");
    assert_eq!(told[&BoxId::Channel(channel)], expected, "{name}, in the group");
    patient(bob.close()).await;
}

#[tokio::test]
async fn um_12_and_um_13_through_each_fault_every_message_comes_once_and_in_order() {
    let none = PushFaults::default();
    let all = [
        ("nothing", none),
        ("loss", PushFaults { drop: 300, ..none }),
        ("too long", PushFaults { too_long: 300, ..none }),
        ("doubles", PushFaults { repeat: 500, ..none }),
        ("delays", PushFaults { delay: 300, ..none }),
        ("other orders", PushFaults { reorder: 500, ..none }),
        ("splits", PushFaults { split: 500, ..none }),
        ("merges", PushFaults { merge: 500, ..none }),
        ("channels too long", PushFaults { channel_too_long: 300, ..none }),
        ("persons in short", PushFaults { min: 500, ..none }),
        (
            "all of it",
            PushFaults {
                drop: 100,
                too_long: 100,
                repeat: 100,
                delay: 100,
                reorder: 100,
                split: 100,
                merge: 100,
                channel_too_long: 100,
                min: 100,
            },
        ),
    ];
    let mut tasks = JoinSet::new();
    for (seed, (name, faults)) in (1..).zip(all) {
        tasks.spawn(through(name, faults, seed));
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}
