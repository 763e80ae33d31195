//! Files, sent and saved.

use telewire::tl::api::enums::MessageMedia;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn files_are_sent_as_what_they_are_and_saved_as_they_were() {
    let scene = Scene::new().await;
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let file = scene.file("data.bin", &bytes);
    scene.ok(&["send_document", "@babbage", &file, "a", "caption"]).await;
    scene.ok(&["send_file", "@babbage", &scene.file("song.mp3", &bytes)]).await;
    let seen = scene.seen("@lovelace").await;
    assert_eq!(seen[0].message, "a caption");
    for message in &seen {
        assert!(
            matches!(&message.media, Some(MessageMedia::MessageMediaDocument(_))),
            "{message:?}"
        );
        let got = scene.bob.download(message).to_bytes().await.unwrap();
        assert_eq!(got, bytes);
    }
    // Bob's comes to Ada's folder.
    let history = scene.json(&["history", "@babbage", "2"]).await;
    assert_eq!(history[0]["media"]["name"], "data.bin");
    let id = history[0]["id"].as_str().unwrap();
    std::fs::remove_file(scene.path("data.bin")).unwrap();
    let shown = scene.ok(&["load_document", id]).await;
    let path = shown.trim().strip_prefix("Saved to ").unwrap();
    assert_eq!(std::fs::read(path).unwrap(), bytes);
    let said = scene.fails(&["load_photo", id], 1).await;
    assert_eq!(said, "there is nothing of that kind in the message");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_sends_nothing() {
    let scene = Scene::new().await;
    let missing = scene.path("missing");
    for command in [
        "send_photo",
        "send_video",
        "send_audio",
        "send_document",
        "send_file",
        "post_photo",
        "chat_set_photo",
    ] {
        let said = scene.fails(&[command, "@babbage", text(&missing)], 2).await;
        assert!(said.contains("missing: No such file"), "{said}");
    }
    let said = scene.fails(&["set_profile_photo", text(scene.folder.path())], 2).await;
    assert!(said.ends_with(": this is no file"), "{said}");
    assert!(scene.called().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn places_give_their_link_instead_of_a_file() {
    let scene = Scene::new().await;
    scene.ok(&["send_location", "@babbage", "1.5", "2.5"]).await;
    let history = scene.json(&["history", "@babbage", "1"]).await;
    let id = history[0]["id"].as_str().unwrap();
    let shown = scene.ok(&["load_file", id]).await;
    assert_eq!(shown, "https://www.openstreetmap.org/?mlat=1.5&mlon=2.5\n");
}
