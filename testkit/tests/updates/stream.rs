//! What the stream promises besides.

use telewire::client::{Error, InvokeOptions, Purpose};
use telewire::tl::api::functions::help::GetNearestDc;
use telewire::updates::PeerId;
use telewire_testkit::PushFaults;

use super::*;

#[tokio::test]
async fn there_is_one_reader_at_a_time_and_the_next_goes_on_where_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::new(1).await;
    let bob = scene.bob(&folder.path().join("bob")).await;
    let mut updates = bob.updates();
    scene.say("one").await;
    assert_eq!(next_text(&mut updates).await.0, "one");
    let mut other = bob.updates();
    assert_eq!(patient(other.next()).await, Err(Error::AlreadyListening));
    drop(updates);
    // What the first one had not committed comes again.
    assert_eq!(next_text(&mut other).await.0, "one");
    scene.say("two").await;
    assert_eq!(next_text(&mut other).await.0, "two");
}

#[tokio::test]
async fn readers_that_share_a_stream_have_all_of_it_and_the_slowest_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::new(4).await;
    let session = folder.path().join("bob");
    let bob = scene.bob(&session).await;
    let mut updates = bob.updates();
    scene.say("zero").await;
    assert_eq!(next_text(&mut updates).await.0, "zero");
    let [mut fast, mut slow, gone] = updates.split();
    // Another reader is none of them.
    assert_eq!(patient(bob.updates().next()).await, Err(Error::AlreadyListening));
    for text in ["one", "two", "three"] {
        scene.say(text).await;
        assert_eq!(next_text(&mut fast).await.0, text);
    }
    // One that took nothing, and is waited for no longer.
    drop(gone);
    for text in ["one", "two"] {
        assert_eq!(next_text(&mut slow).await.0, text);
    }
    patient(slow.flush()).await.unwrap();
    // "two" is not committed by both.
    patient(bob.close()).await;
    drop((fast, slow, bob));
    let bob = scene.bob(&session).await;
    let [mut first, mut second] = bob.updates().split();
    for expected in ["two", "three"] {
        assert_eq!(next_text(&mut second).await, (expected.into(), Arrival::CaughtUp));
    }
    // In tasks of their own, until one is alone.
    let task = tokio::spawn(async move { next_text(&mut first).await.0 });
    assert_eq!(patient(task).await.unwrap(), "two");
    scene.say("four").await;
    assert_eq!(next_text(&mut second).await.0, "four");
}

#[tokio::test]
async fn up_67_what_we_send_ourselves_comes_once_and_as_ours() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::new(2).await;
    let mut adas = scene.ada.updates();
    let bob = scene.bob(&folder.path().join("bob")).await;
    let mut bobs = bob.updates();
    for number in 0..5 {
        scene.say(&format!("from ada {number}")).await;
        let own = patient(async {
            loop {
                let update = adas.next().await.unwrap().unwrap();
                if text(&update).is_some() {
                    return update;
                }
            }
        });
        let own = own.await;
        assert_eq!((text(&own), own.is_own), (Some(format!("from ada {number}")), true));
        assert_eq!(next_text(&mut bobs).await.0, format!("from ada {number}"));
    }
    // Whom an update mentions can be named.
    let peer = bob.input_peer(PeerId::User(scene.ada.user().unwrap().id)).expect("she was met");
    let answer = SendMessage::new(peer, "from bob".into(), 77);
    patient(bob.invoke(&answer)).await.unwrap();
    assert_eq!(next_text(&mut adas).await.0, "from bob");
}

/// Nothing is to come there, and what does is in no order with the rest: a difference brings all of it.
#[tokio::test]
async fn up_88_what_comes_over_another_connection_has_a_difference_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::new(3).await;
    let bob = scene.bob(&folder.path().join("bob")).await;
    let mut updates = bob.updates();
    scene.say("begin").await;
    assert_eq!(next_text(&mut updates).await.0, "begin");
    let dc = scene.world.data_centre(bob.home()).unwrap();
    let before: Vec<_> = dc.lock().sessions().collect();
    let download = InvokeOptions { purpose: Purpose::Download, ..Default::default() };
    patient(bob.invoke_with(&GetNearestDc {}, &download)).await.unwrap();
    let (key, session) = dc.lock().sessions().find(|place| !before.contains(place)).unwrap();
    // What would show that something is missing does not come either.
    scene.world.set_push_faults(PushFaults { drop: 1000, ..Default::default() });
    scene.say("dropped").await;
    scene.world.set_push_faults(PushFaults::default());
    let stray = types::UpdateShort { update: types::UpdateConfig {}.into(), date: 1 };
    let stray: enums::Updates = stray.into();
    assert!(dc.lock().push(dc.now(), key, session, &stray));
    let update = patient(updates.next()).await.unwrap().unwrap();
    assert_eq!(text(&update).as_deref(), Some("dropped"), "{update:?}");
}

#[tokio::test]
async fn outside_of_a_runtime_there_is_an_error_and_no_panic() {
    let world = patient(World::start()).await.unwrap();
    let client = patient(world.client().build()).await.unwrap();
    let other = client.clone();
    let outside = std::thread::spawn(move || {
        // Made outside, used inside.
        other.updates()
    });
    let mut updates = outside.join().unwrap();
    patient(client.close()).await;
    assert_eq!(patient(updates.next()).await, Ok(None));
}
