//! Secret chats: Ada's commands, and what the other end of her chats has of them.

use telewire::client::files::Source;
use telewire::client::secret::{SecretChatId, SecretChats, SecretEvents};
use telewire::secret::{Action, Closed, Event, KeyHash, Message, Position, file};
use tokio::task::JoinHandle;

use super::*;
use crate::terminal::Terminal;

/// The other end: Bob's secret chats.
pub(super) struct Other {
    pub(super) chats: SecretChats,
    events: SecretEvents,
    _pump: JoinHandle<()>,
}

impl Other {
    /// What happens next, but for what every message brings along.
    async fn next(&mut self) -> (SecretChatId, Event) {
        loop {
            let event = done(self.events.next()).await.expect("it was closed");
            match event.what {
                Event::PeerLayer(_) | Event::Acknowledged { .. } | Event::Sent { .. } => {}
                what => return (event.chat, what),
            }
        }
    }

    pub(super) async fn offered(&mut self) -> SecretChatId {
        let (chat, event) = self.next().await;
        assert!(matches!(event, Event::Offered { .. }), "{event:?}");
        chat
    }

    pub(super) async fn ready(&mut self) -> KeyHash {
        match self.next().await {
            (_, Event::Ready { hash }) => hash,
            (_, other) => panic!("{other:?}"),
        }
    }

    async fn message(&mut self) -> (i64, Message, Position) {
        match self.next().await {
            (_, Event::Message { random_id, message, place }) => (random_id, *message, place),
            (_, other) => panic!("{other:?}"),
        }
    }

    async fn action(&mut self) -> Action {
        match self.next().await {
            (_, Event::Action { action, .. }) => action,
            (_, other) => panic!("{other:?}"),
        }
    }

    async fn closed(&mut self) -> Closed {
        match self.next().await {
            (_, Event::Closed { why, .. }) => why,
            (_, other) => panic!("{other:?}"),
        }
    }

    async fn say(&self, chat: SecretChatId, message: Message) -> i64 {
        let said = done(self.chats.send(chat, message)).await;
        done(self.chats.settle()).await;
        said
    }
}

impl Scene {
    pub(super) async fn other(&self) -> Other {
        let chats = done(self.bob.secret_chats()).await;
        let (events, mut updates) = (chats.events(), self.bob.updates());
        done(self.bob.connect()).await;
        let taking = chats.clone();
        let pump = tokio::spawn(async move {
            while let Ok(Some(update)) = updates.next().await {
                if taking.take(&update).await.is_err() {
                    break;
                }
            }
        });
        Other { chats, events, _pump: pump }
    }

    /// A chat that Ada asked for and Bob accepted: how she types it, and its number on his side.
    async fn chat(&self, bob: &mut Other) -> (String, SecretChatId) {
        let made = self.json(&["create_secret_chat", "@babbage"]).await;
        let of_bob = bob.offered().await;
        done(bob.chats.accept(of_bob)).await;
        bob.ready().await;
        (made["id"].as_str().unwrap().to_owned(), of_bob)
    }

    /// What Ada's history of a chat has.
    async fn said(&self, chat: &str) -> Vec<String> {
        let history = self.json(&["history", chat]).await;
        let all = history.as_array().unwrap().iter();
        all.map(|one| one["text"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_is_asked_for_compared_and_closed() {
    let scene = Scene::new().await;
    let mut bob = scene.other().await;
    let made = scene.json(&["create_secret_chat", "@babbage"]).await;
    let chat = made["id"].as_str().unwrap();
    assert_eq!((chat, &made["state"]), ("secret_chat#1", &"waits".into()));
    assert_eq!(made["user"]["id"], format!("user#{}", scene.bob_id));
    let of_bob = bob.offered().await;
    let said = scene.fails(&["visualize_key", chat], 1).await;
    assert_eq!(said, "secret_chat#1 has no key yet: it was not accepted by the other side");
    // What is said before waits, also for another process.
    let early = scene.json(&["msg", chat, "before you were there"]).await;
    assert_eq!((&early["id"], &early["state"]), (&"secret_chat#1/1".into(), &"waiting".into()));
    done(bob.chats.accept(of_bob)).await;
    let hash = bob.ready().await;
    let listed = scene.json(&["secret_chat_list"]).await;
    assert_eq!((&listed[0]["state"], &listed[0]["verified"]), (&"ready".into(), &false.into()));
    assert_eq!(bob.message().await.1.text, "before you were there");
    assert_eq!(scene.json(&["history", chat]).await[0]["state"], "sent");
    // What he says next tells that he has it.
    bob.say(of_bob, Message::text("I am")).await;
    assert_eq!(scene.json(&["history", chat]).await[0]["state"], "there");

    let png = scene.path("key.png");
    let ran = scene.run_with(&["visualize_key", chat], &["--png", text(&png)], "").await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let drawn = format!("{hash}{}\n", hash.hex_rows().join("\n"));
    assert!(ran.out.starts_with(&drawn), "{}", ran.out);
    assert!(ran.out.contains("`verify_key secret_chat#1`"), "{}", ran.out);
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
    let told = scene.json(&["visualize_key", chat]).await;
    assert_eq!(told["key"], serde_json::json!(hash.hex_rows()));
    let rows = hash.picture().map(|row| row.map(|pixel| pixel.to_string()).concat());
    assert_eq!(told["picture"], serde_json::json!(rows));
    scene.ok(&["verify_key", chat]).await;
    assert_eq!(scene.json(&["secret_chat_list"]).await[0]["verified"], true);
    scene.ok(&["verify_key", chat, "0"]).await;
    assert_eq!(scene.json(&["secret_chat_list"]).await[0]["verified"], false);

    scene.ok(&["close_secret_chat", chat]).await;
    assert_eq!(bob.closed().await, Closed::Theirs);
    assert_eq!(scene.json(&["secret_chat_list"]).await, serde_json::json!([]));
    // Its history stays, and the next chat has another number.
    assert_eq!(scene.said(chat).await, ["before you were there", "I am"]);
    let said = scene.fails(&["msg", chat, "too late"], 1).await;
    assert_eq!(said, "secret_chat#1 has ended: we closed the chat");
    let next = scene.json(&["create_secret_chat", "@babbage"]).await;
    assert_eq!(next["id"], "secret_chat#2");
}

/// SC-06: a person accepts, and nothing else does.
#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_somebody_asks_for_is_accepted_or_declined() {
    let scene = Scene::new().await;
    // From now on she is there.
    scene.ok(&["secret_chat_list"]).await;
    let mut bob = scene.other().await;
    let of_bob = done(bob.chats.create("@lovelace")).await;
    done(bob.chats.settle()).await;
    let shown = scene.ok(&["secret_chat_list"]).await;
    assert_eq!(shown, "secret_chat#1 !Bob: is offered: `accept_secret_chat secret_chat#1`\n");
    let accepted = scene.json(&["accept_secret_chat", "!Bob"]).await;
    assert_eq!((&accepted["id"], &accepted["state"]), (&"secret_chat#1".into(), &"ready".into()));
    let hash = bob.ready().await;
    let told = scene.json(&["visualize_key", "secret_chat#1"]).await;
    assert_eq!(told["key"], serde_json::json!(hash.hex_rows()));
    let again = scene.fails(&["accept_secret_chat", "secret_chat#1"], 1).await;
    assert_eq!(again, "there is nothing to accept");
    bob.say(of_bob, Message::text("hello")).await;
    let shown = scene.ok(&["history", "!Bob"]).await;
    assert!(
        shown.starts_with("[secret_chat#1/1] ") && shown.ends_with(" Bob >>> hello\n"),
        "{shown}"
    );
    // Another one is declined.
    done(bob.chats.create("@lovelace")).await;
    done(bob.chats.settle()).await;
    scene.ok(&["close_secret_chat", "secret_chat#2"]).await;
    assert_eq!(bob.closed().await, Closed::Theirs);
    // And one is closed there, with all that was said.
    done(bob.chats.close(of_bob, true)).await;
    done(bob.chats.settle()).await;
    assert_eq!(scene.said("secret_chat#1").await, [""; 0]);
    let kept = std::fs::read_to_string(scene.path("telewire.session.secret")).unwrap();
    assert!(!kept.contains("hello"), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_other_commands_do_reaches_the_other_end() {
    let scene = Scene::new().await;
    let mut bob = scene.other().await;
    let (chat, of_bob) = scene.chat(&mut bob).await;
    let chat = chat.as_str();
    // Texts with marks, and answers.
    let ran = scene.shell(&["--json"], &format!("[html] msg {chat} <b>bold</b> words")).await;
    let first = ran.lines()[0]["result"].clone();
    assert_eq!((ran.code, &first["state"]), (0, &"sent".into()), "{}", ran.out);
    let (first_id, message, _) = bob.message().await;
    assert_eq!((message.text.as_str(), message.entities.len()), ("bold words", 1));
    scene.ok(&["reply", first["id"].as_str().unwrap(), "an", "answer"]).await;
    let (_, message, _) = bob.message().await;
    assert_eq!((message.text.as_str(), message.reply_to), ("an answer", Some(first_id)));
    let asked = bob.say(of_bob, Message::text("a question")).await;
    let history = scene.json(&["history", chat]).await;
    let question = history[2]["id"].as_str().unwrap().to_owned();
    assert_eq!((&history[2]["text"], &history[2]["out"]), (&"a question".into(), &false.into()));
    assert_eq!(history[1]["reply_id"], 1);
    scene.ok(&["reply", &question, "yes"]).await;
    assert_eq!(bob.message().await.1.reply_to, Some(asked));
    scene.ok(&["send_location", chat, "1.5", "2.5"]).await;
    assert!(bob.message().await.1.media.is_some());
    scene.ok(&["send_contact", chat, "+99966", "Some", "Body"]).await;
    assert!(bob.message().await.1.media.is_some());
    scene.ok(&["send_text", chat, &scene.file("n.txt", "a note")]).await;
    assert_eq!(bob.message().await.1.text, "a note");
    // What is looked for is here alone.
    let _ = scene.called();
    let found = scene.json(&["search", chat, "QUESTION"]).await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(scene.json(&["get_message", &question]).await[0]["text"], "a question");
    assert!(!scene.called().iter().any(|call| call.starts_with("messages.")));
    // Who types, and what was read.
    scene.ok(&["send_typing", chat]).await;
    assert_eq!(bob.next().await.1, Event::Typing);
    scene.ok(&["send_typing_abort", chat]).await;
    scene.ok(&["mark_read", chat]).await;
    let read = bob.next().await.1;
    assert!(matches!(read, Event::Read { .. }), "{read:?}");
    // Timers: what comes later vanishes, once it was read.
    scene.ok(&["set_ttl", chat, "1"]).await;
    assert_eq!(bob.action().await, Action::SetTtl(1));
    let timed = bob.say(of_bob, Message::text("vanishes")).await;
    scene.ok(&["mark_read", chat]).await;
    let mut heard = Vec::new();
    while !heard.contains(&Event::Expired { random_id: timed }) {
        heard.push(bob.next().await.1);
    }
    assert!(heard.iter().any(
        |event| matches!(event, Event::Action { action: Action::Read(ids), .. } if *ids == [timed])
    ));
    // What is deleted is gone on both sides, and in the file.
    scene.ok(&["delete_msg", first["id"].as_str().unwrap()]).await;
    let deleted = loop {
        match bob.next().await.1 {
            Event::Action { action: Action::Delete(ids), .. } => break ids,
            Event::Read { .. } | Event::Expired { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(deleted, [first_id]);
    let kept = std::fs::read_to_string(scene.path("telewire.session.secret")).unwrap();
    assert!(!kept.contains("bold words") && kept.contains("a question"), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_both_ways() {
    let scene = Scene::new().await;
    let mut bob = scene.other().await;
    let (chat, of_bob) = scene.chat(&mut bob).await;
    let chat = chat.as_str();
    let bytes: Vec<u8> = (0..=255).cycle().take(70_001).collect();
    let note = scene.file("data.bin", &bytes);
    let picture = scene.file("p.png", super::typed::red(320, 200));
    for (command, of) in [
        ("send_document", &note),
        ("send_file", &note),
        ("send_photo", &picture),
        ("send_video", &note),
        ("send_audio", &note),
    ] {
        scene.ok(&[command, chat, of, "below", "it"]).await;
        let (_, message, place) = bob.message().await;
        let media = message.media.unwrap();
        assert_eq!(file::caption(&media), "below it", "{command}");
        let got = done(bob.chats.download(&media, &place).unwrap().to_bytes()).await;
        assert_eq!(got, std::fs::read(of).unwrap(), "{command}");
        // SC-76: a picture has a small one with it.
        assert_eq!(file::thumb(&media).is_some(), of == &picture, "{command}");
    }
    // His is hers, under the name that he gave it.
    let media = file::document("../letter.txt", "text/plain");
    done(bob.chats.send_file(of_bob, Message::media(media), Source::bytes(*b"dear Ada"))).await;
    done(bob.chats.settle()).await;
    let photo = Message::media(file::photo(320, 200));
    done(bob.chats.send_file(of_bob, photo, Source::bytes(super::files::picture()))).await;
    done(bob.chats.settle()).await;
    let history = scene.json(&["history", chat, "2"]).await;
    assert_eq!(history[0]["media"]["name"], "letter.txt");
    let (letter, photo) = (history[0]["id"].as_str().unwrap(), history[1]["id"].as_str().unwrap());
    for command in ["load_document", "load_file"] {
        let shown = scene.ok(&[command, letter]).await;
        let path = shown.trim().strip_prefix("Saved to ").unwrap();
        assert_eq!(path, text(&scene.path("letter.txt")));
        assert_eq!(std::fs::read(path).unwrap(), b"dear Ada");
        std::fs::remove_file(path).unwrap();
    }
    let shown = scene.ok(&["load_photo", photo]).await;
    let path = shown.trim().strip_prefix("Saved to ").unwrap();
    assert_eq!(std::fs::read(path).unwrap(), super::files::picture());
    // The small picture is in the message, and is not the file.
    let media = file::document("drawing.png", "image/png");
    let small = file::Thumb { bytes: &[0xff, 0xd8, 0xff, 0xe0, 1], width: 9, height: 5 };
    let drawing = Message::media(file::with_thumb(media, small).unwrap());
    done(bob.chats.send_file(of_bob, drawing, Source::bytes(*b"a drawing"))).await;
    done(bob.chats.settle()).await;
    let history = scene.json(&["history", chat, "1"]).await;
    let shown = scene.ok(&["load_document_thumb", history[0]["id"].as_str().unwrap()]).await;
    let path = shown.trim().strip_prefix("Saved to ").unwrap();
    assert_eq!(std::fs::read(path).unwrap(), small.bytes);
    let said = scene.fails(&["load_document_thumb", letter], 1).await;
    assert_eq!(said, "there is nothing of that kind in the message");
    let said = scene.fails(&["load_photo", letter], 1).await;
    assert_eq!(said, "there is nothing of that kind in the message");
    let mine = scene.fails(&["load_file", "secret_chat#1/1"], 1).await;
    assert_eq!(mine, "it was sent from here: nothing of it is fetched");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_uses_say_so_and_send_nothing() {
    let scene = Scene::new().await;
    let mut bob = scene.other().await;
    let (chat, _) = scene.chat(&mut bob).await;
    // Both ends have said what they say of themselves.
    scene.ok(&["secret_chat_list"]).await;
    drop(scene.called());
    for (words, code, why) in [
        (&["create_secret_chat", "me"][..], 1, "secret chats are with another user"),
        (&["create_secret_chat", &chat], 2, "create_secret_chat: "),
        (&["accept_secret_chat", "@babbage"], 2, "accept_secret_chat: <chat> is a secret chat"),
        (&["accept_secret_chat", "secret_chat#9"], 1, "there is no secret_chat#9"),
        (&["visualize_key", "secret_chat#9"], 1, "there is no secret_chat#9"),
        (&["verify_key", "secret_chat#9"], 1, "there is no secret_chat#9"),
        (&["verify_key", &chat, "2"], 2, "verify_key: "),
        (&["set_ttl", "secret_chat#9", "5"], 1, "there is no secret_chat#9"),
        (&["set_ttl", &chat, "-1"], 2, "set_ttl: "),
        (&["close_secret_chat", "secret_chat#9"], 1, "there is no secret_chat#9"),
        (&["close_secret_chat", &chat, "all"], 2, "close_secret_chat: there is `delete`"),
        (&["secret_chat_list", "x"], 2, "secret_chat_list: `x` is too much"),
        (&["msg", "secret_chat#9", "x"], 1, "there is no secret_chat#9"),
        (&["history", "secret_chat#9"], 1, "there is no secret_chat#9"),
        (&["fwd", &chat, "12"], 2, "fwd: this is not done in secret chats"),
        (&["post", &chat, "x"], 2, "post: "),
        (&["delete_msg", "secret_chat#1/99"], 1, "there is no message secret_chat#1/99"),
        (&["send_file", &chat, "/nowhere"], 2, "/nowhere: "),
    ] {
        let said = scene.fails(words, code).await;
        assert!(said.starts_with(why), "{words:?}: {said}");
    }
    let called = scene.called();
    let sends = |call: &&str| call.starts_with("messages.") && call.contains("ncr");
    assert!(!called.iter().any(sends), "{called:?}");
    assert_eq!(scene.said(&chat).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_hear_what_happens_in_secret_chats() {
    let scene = Scene::new().await;
    let listening = scene.listen(&["--watch"]).await;
    let mut watcher = super::socket::Connection::open(&listening.path).await;
    // It is served by now.
    let answer = watcher.ask(r#"{"id": 1, "words": ["version"]}"#).await;
    assert_eq!(answer["id"], 1);
    let mut bob = scene.other().await;
    let of_bob = done(bob.chats.create("@lovelace")).await;
    let told = watcher.update("secret_chat_offered").await;
    let chat = told["chat"]["id"].as_str().unwrap().to_owned();
    assert_eq!(told["user"]["id"], format!("user#{}", scene.bob_id));
    watcher.say(&format!(r#"{{"id": 2, "words": ["accept_secret_chat", "{chat}"]}}"#)).await;
    let hash = bob.ready().await;
    let told = watcher.update("secret_chat_ready").await;
    assert_eq!(told["key"], serde_json::json!(hash.hex_rows()));
    bob.say(of_bob, Message::text("hello")).await;
    let told = watcher.update("secret_message").await;
    assert_eq!(told["message"]["text"], "hello");
    done(bob.chats.typing(of_bob, true)).await;
    watcher.update("secret_typing").await;
    let gone = bob.say(of_bob, Message::text("unsaid")).await;
    watcher.update("secret_message").await;
    done(bob.chats.delete(of_bob, vec![gone])).await;
    let told = watcher.update("secret_messages_deleted").await;
    assert_eq!(told["messages"], serde_json::json!([format!("{chat}/2")]));
    done(bob.chats.close(of_bob, true)).await;
    let told = watcher.update("secret_chat_closed").await;
    assert_eq!(told["why"], "the other side closed the chat");
    drop(watcher);
    listening.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_prompt_it_is_told_above_and_the_key_is_shown_in_colour() {
    let scene = Scene::new().await;
    let options = scene.options();
    let all: Vec<_> = std::iter::once("shell").chain(options.iter().map(String::as_str)).collect();
    // From now on she is there, and hears what happens, sooner or later.
    scene.ok(&["secret_chat_list"]).await;
    let terminal = Terminal::start(&all);
    let mut bob = scene.other().await;
    let of_bob = done(bob.chats.create("@lovelace")).await;
    done(bob.chats.settle()).await;
    let terminal = spawn_blocking(move || {
        terminal.wait_for("Bob asks for secret_chat#1");
        terminal.press("accept_secret_chat secret_chat#1\r");
        terminal.wait_for("is ready; compare its key");
        terminal.press("visualize_key secret_chat#1\r");
        terminal
    });
    let terminal = terminal.await.unwrap();
    let hash = bob.ready().await;
    bob.say(of_bob, Message::text("hello from Bob")).await;
    let (code, shown) = spawn_blocking(move || {
        terminal.wait_for(&hash.hex_rows()[3]);
        terminal.wait_for("hello from Bob");
        let shown = terminal.shown();
        assert!(shown.contains("\u{1b}[48;2;") && shown.contains("if both sides see the same"));
        terminal.press("\u{4}");
        terminal.end()
    })
    .await
    .unwrap();
    assert_eq!(code, Some(0), "{shown}");
}
