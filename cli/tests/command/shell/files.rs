//! Files, sent and saved.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use telewire::client::files::Source;
use telewire::tl::api::enums::MessageMedia;

use super::*;

/// The head of a PNG file of 320 by 200, and something behind it: as much as a server looks at.
pub(super) fn picture() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 0, 1, 64, 0, 0, 0, 200, 8, 2, 0, 0, 0]);
    png.extend([7; 3_000]);
    png
}

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

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_file_is_sent_answered_with_and_posted() {
    let scene = Scene::new().await;
    let first = scene.heard("question").await;
    let made = scene.json(&["create_channel", "News", "about"]).await;
    let channel = made["id"].as_str().unwrap();
    scene.ok(&["channel_set_username", channel, "adasnews"]).await;
    let file = scene.file("some.png", picture());
    for kind in ["photo", "video", "audio", "document", "file"] {
        scene.ok(&[&format!("send_{kind}"), "@babbage", &file, kind]).await;
        scene.ok(&[&format!("reply_{kind}"), &first, &file]).await;
        scene.ok(&[&format!("post_{kind}"), "@adasnews", &file, kind]).await;
    }
    let seen = scene.seen("@lovelace").await;
    assert_eq!(seen.len(), 11);
    for (kind, pair) in
        ["photo", "video", "audio", "document", "file"].iter().zip(seen[1..].chunks(2))
    {
        assert_eq!(pair[0].message, *kind);
        assert!(pair[0].reply_to.is_none() && pair[1].reply_to.is_some(), "{kind}");
        for message in pair {
            let is_photo = matches!(&message.media, Some(MessageMedia::MessageMediaPhoto(_)));
            // By its name, it is a photo.
            assert_eq!(is_photo, matches!(*kind, "photo" | "file"), "{kind}: {message:?}");
        }
    }
    let posted = scene.seen("@adasnews").await;
    assert_eq!(posted.len(), 5);
    assert!(posted.iter().all(|message| message.post && message.media.is_some()));
    // What Bob sends comes as a file of Ada's.
    let photo = scene.json(&["history", "@babbage", "20"]).await;
    let id = photo[1]["id"].as_str().unwrap();
    let shown = scene.ok(&["load_photo", id]).await;
    let path = shown.trim().strip_prefix("Saved to ").unwrap();
    assert!(!std::fs::read(path).unwrap().is_empty());
    let said = scene.fails(&["load_video", id], 1).await;
    assert_eq!(said, "there is nothing of that kind in the message");
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_of_people_groups_and_channels_are_changed_and_saved() {
    let scene = Scene::new().await;
    let file = scene.file("some.png", picture());
    let made = scene.json(&["create_group_chat", "Engines", "@babbage"]).await;
    let chat = made["id"].as_str().unwrap();
    let made = scene.json(&["create_channel", "News", "about"]).await;
    let channel = made["id"].as_str().unwrap();
    scene.ok(&["channel_set_username", channel, "adasnews"]).await;
    let said = scene.fails(&["load_chat_photo", chat], 1).await;
    assert_eq!(said, "there is no photo to be seen");
    scene.ok(&["set_profile_photo", &file]).await;
    scene.ok(&["chat_set_photo", chat, &file]).await;
    scene.ok(&["channel_set_photo", "@adasnews", &file]).await;
    let full = done(scene.bob.full_user("@lovelace")).await;
    assert!(full.full_user.profile_photo.is_some());
    let dialogs = done(scene.bob.dialogs().collect()).await;
    let has_photo = |chat: &enums::Chat| match chat {
        enums::Chat::Chat(chat) => matches!(chat.photo, enums::ChatPhoto::ChatPhoto(_)),
        enums::Chat::Channel(of) => matches!(of.photo, enums::ChatPhoto::ChatPhoto(_)),
        _ => false,
    };
    assert!(dialogs.iter().filter_map(|dialog| dialog.chat.as_ref()).any(has_photo));
    let full = done(scene.bob.full_chat("@adasnews")).await;
    assert!(full.chats.iter().any(has_photo));
    for words in
        [["load_user_photo", "me"], ["load_chat_photo", chat], ["load_channel_photo", "@adasnews"]]
    {
        let shown = scene.ok(&words).await;
        let path = shown.trim().strip_prefix("Saved to ").unwrap();
        assert!(!std::fs::read(path).unwrap().is_empty(), "{words:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_viewed_is_opened_without_a_shell_in_between() {
    let scene = Scene::new().await;
    let evil = "a;touch pwned;$(touch pwned) '#.txt";
    scene.ok(&["send_document", "@babbage", &scene.file(evil, "text")]).await;
    std::fs::remove_file(scene.path(evil)).unwrap();
    let history = scene.json(&["history", "@babbage", "1"]).await;
    let id = history[0]["id"].as_str().unwrap().to_owned();
    // In the place of the desktop's program: it tells what it was given.
    let (opener, told) = (scene.path("xdg-open"), scene.path("told"));
    std::fs::write(
        &opener,
        "#!/bin/sh\nprintf '%s|' \"$@\" > \"$TOLD.new\" && mv \"$TOLD.new\" \"$TOLD\"\n",
    )
    .unwrap();
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", text(scene.folder.path()), std::env::var("PATH").unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_telewire"));
    command.arg("view_document").args(scene.options()).arg("--").arg(&id);
    command.env("PATH", path).env("TOLD", &told).current_dir(scene.folder.path());
    let output = spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let start = std::time::Instant::now();
    while !told.exists() {
        assert!(start.elapsed() < PATIENCE, "nothing was opened");
        tokio::time::sleep(crate::support::LOOK).await;
    }
    let told = std::fs::read_to_string(&told).unwrap();
    let (opened, rest) = told.split_once('|').unwrap();
    assert_eq!((std::fs::read_to_string(opened).unwrap().as_str(), rest), ("text", ""));
    assert!(opened.starts_with('/') && !scene.path("pwned").exists(), "{opened}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_picture_of_a_document_is_saved() {
    let scene = Scene::new().await;
    let mut jpeg =
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08".to_vec();
    jpeg.extend([0, 60, 0, 80, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    jpeg.extend([7; 500]);
    let upload = async |bytes: Vec<u8>, name: &str| {
        let uploaded = scene.bob.upload(Source::bytes(bytes)).name(name).await.unwrap();
        uploaded.input_file()
    };
    let name = types::DocumentAttributeFilename::new("data.bin".into());
    let media = types::InputMediaUploadedDocument {
        thumb: Some(upload(jpeg.clone(), "thumb.jpg").await),
        ..types::InputMediaUploadedDocument::new(
            upload(vec![1; 2_000], "data.bin").await,
            "application/octet-stream".into(),
            vec![name.into()],
        )
    };
    done(scene.bob.send_message("@lovelace", "").media(media)).await;
    let history = scene.json(&["history", "@babbage", "1"]).await;
    let id = history[0]["id"].as_str().unwrap();
    for kind in ["video", "document", "file"] {
        let shown = scene.ok(&[&format!("load_{kind}_thumb"), id]).await;
        let path = shown.trim().strip_prefix("Saved to ").unwrap();
        assert_eq!(std::fs::read(path).unwrap(), jpeg, "{kind}");
    }
    scene.ok(&["send_document", "@babbage", &scene.file("plain.txt", "text")]).await;
    let history = scene.json(&["history", "@babbage", "1"]).await;
    let said = scene.fails(&["load_file_thumb", history[0]["id"].as_str().unwrap()], 1).await;
    assert_eq!(said, "there is nothing of that kind in the message");
}
