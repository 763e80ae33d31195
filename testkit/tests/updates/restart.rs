//! What comes after a restart (UP-81, UP-83, UP-84).

use telewire::updates::{CatchUp, Why};

use super::*;

#[tokio::test]
async fn up_81_after_a_restart_what_happened_meanwhile_comes_first_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("bob");
    let mut scene = Scene::new(1).await;
    let bob = scene.bob(&session).await;
    let mut updates = bob.updates();
    scene.say("one").await;
    assert_eq!(next_text(&mut updates).await, ("one".into(), Arrival::Live));
    scene.say("two").await;
    // It was asked for, so "one" is committed, and "two" is not.
    assert_eq!(next_text(&mut updates).await.0, "two");
    patient(bob.close()).await;
    drop((updates, bob));
    for text in ["three", "four"] {
        scene.say(text).await;
    }
    let bob = scene.bob(&session).await;
    let mut updates = bob.updates();
    patient(bob.connect()).await.unwrap();
    for expected in ["two", "three", "four"] {
        assert_eq!(next_text(&mut updates).await, (expected.into(), Arrival::CaughtUp));
    }
    scene.say("five").await;
    assert_eq!(next_text(&mut updates).await, ("five".into(), Arrival::Live));
}

#[tokio::test]
async fn up_83_what_was_not_committed_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("bob");
    let mut scene = Scene::new(2).await;
    let bob = scene.bob(&session).await;
    let mut updates = bob.updates().with_explicit_commits();
    let mut seen = Vec::new();
    for text in ["one", "two", "three"] {
        scene.say(text).await;
        let delivery = patient(async {
            loop {
                let update = updates.next().await.unwrap().unwrap();
                match super::text(&update) {
                    Some(_) => return update,
                    None => updates.commit(&update),
                }
            }
        });
        seen.push(delivery.await);
    }
    // The third and the first, but not the second.
    for which in [2, 0, 0] {
        updates.commit(&seen[which]);
    }
    patient(updates.flush()).await.unwrap();
    patient(bob.close()).await;
    drop((updates, bob));
    let bob = scene.bob(&session).await;
    let mut updates = bob.updates();
    for expected in ["two", "three"] {
        assert_eq!(next_text(&mut updates).await, (expected.into(), Arrival::CaughtUp));
    }
}

#[tokio::test]
async fn from_now_on_leaves_out_what_was_and_tells_that_once() {
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("bob");
    let mut scene = Scene::new(3).await;
    let bob = scene.bob(&session).await;
    let mut updates = bob.updates();
    scene.say("one").await;
    assert_eq!(next_text(&mut updates).await.0, "one");
    patient(bob.close()).await;
    drop((updates, bob));
    for text in ["two", "three"] {
        scene.say(text).await;
    }
    let bob = scene.bob(&session).await;
    let mut updates = bob.updates_from(CatchUp::FromNow);
    let first = patient(updates.next()).await.unwrap().unwrap();
    assert!(matches!(first.event, Event::Lost { why: Why::Skipped, .. }), "{first:?}");
    // It may come with what is asked for at the beginning; what follows does not.
    scene.say("four").await;
    assert_eq!(next_text(&mut updates).await.0, "four");
    scene.say("five").await;
    assert_eq!(next_text(&mut updates).await, ("five".into(), Arrival::Live));
}
