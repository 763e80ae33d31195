//! What is said.

use telewire::tl::api::enums::{MessageEntity, MessageMedia, MessageReplyHeader, Peer};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn msg_sends_a_text_and_nothing_else() {
    let scene = Scene::new().await;
    assert_eq!(scene.ok(&["msg", "@babbage", "hello", "there"]).await, "");
    assert_eq!(scene.called(), ["contacts.resolveUsername", "messages.sendMessage"]);
    let sent = scene.json(&["send", "@babbage", "two  blanks"]).await;
    assert_eq!((&sent["text"], &sent["out"]), (&"two  blanks".into(), &true.into()));
    let ran = scene.run_with(&["msg", "@babbage", "-"], &[], "from\ninput\n").await;
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    assert_eq!(scene.texts("@lovelace").await, ["hello there", "two  blanks", "from\ninput"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn modifiers_change_what_is_sent() {
    let scene = Scene::new().await;
    let first = scene.heard("first").await;
    let lines = format!(
        "[html] msg @babbage <b>bold</b> text\n[reply={first}] msg @babbage \"a\\nb\"\n[x3] msg @babbage again\n"
    );
    let ran = scene.shell(&[], &lines).await;
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let seen = scene.seen("@lovelace").await;
    let texts: Vec<_> = seen.iter().map(|message| message.message.as_str()).collect();
    assert_eq!(texts, ["first", "bold text", "a\nb", "again", "again", "again"]);
    let [MessageEntity::MessageEntityBold(_)] = &seen[1].entities.as_ref().unwrap()[..] else {
        panic!("{:?}", seen[1])
    };
    assert!(seen[2].reply_to.is_some() && seen[3].reply_to.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn reply_answers_a_message() {
    let scene = Scene::new().await;
    let first = scene.heard("question").await;
    scene.ok(&["reply", &first, "answer"]).await;
    assert_eq!(scene.called(), ["messages.getMessages", "messages.sendMessage"]);
    scene.ok(&["reply", &format!("@babbage/{first}"), "more"]).await;
    scene.ok(&["reply_location", &first, "51.5", "-0.1"]).await;
    scene.ok(&["reply_contact", &first, "+99966", "Charles", "Babbage"]).await;
    let seen = scene.seen("@lovelace").await;
    assert_eq!(seen.len(), 5);
    for message in &seen[1..] {
        let Some(MessageReplyHeader::MessageReplyHeader(reply)) = &message.reply_to else {
            panic!("{message:?}")
        };
        assert_eq!(reply.reply_to_msg_id, Some(seen[0].id));
    }
    assert!(matches!(seen[3].media, Some(MessageMedia::MessageMediaGeo(_))));
    assert!(matches!(seen[4].media, Some(MessageMedia::MessageMediaContact(_))));
    let said = scene.fails(&["reply", "999", "answer"], 1).await;
    assert_eq!(said, "there is no message 999");
}

#[tokio::test(flavor = "multi_thread")]
async fn places_and_contacts_are_sent() {
    let scene = Scene::new().await;
    scene.ok(&["send_location", "@babbage", "51.5", "-0.1"]).await;
    scene.ok(&["send_contact", "@babbage", "+99966", "Charles", "Babbage"]).await;
    let seen = scene.seen("@lovelace").await;
    let Some(MessageMedia::MessageMediaGeo(geo)) = &seen[0].media else { panic!("{seen:?}") };
    let enums::GeoPoint::GeoPoint(point) = &geo.geo else { panic!("{geo:?}") };
    assert_eq!((point.lat, point.long), (51.5, -0.1));
    let Some(MessageMedia::MessageMediaContact(contact)) = &seen[1].media else {
        panic!("{seen:?}")
    };
    assert_eq!((contact.first_name.as_str(), contact.last_name.as_str()), ("Charles", "Babbage"));
    let said = scene.fails(&["send_location", "@babbage", "91", "5"], 2).await;
    assert!(said.starts_with("send_location: a latitude goes from -90 to 90"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_files_text_is_sent_in_parts() {
    let scene = Scene::new().await;
    let file = scene.file("long.txt", "word ".repeat(1_000));
    scene.ok(&["send_text", "@babbage", &file]).await;
    let texts = scene.texts("@lovelace").await;
    assert_eq!(texts.len(), 2);
    assert!(texts.iter().all(|text| text.encode_utf16().count() <= 4_096));
    let missing = scene.path("missing");
    let said = scene.fails(&["send_text", "@babbage", text(&missing)], 2).await;
    assert!(said.contains("missing: cannot be read"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_goes_to_each() {
    let scene = Scene::new().await;
    let carol = scene.also("Carol", "carol").await;
    scene.ok(&["broadcast", "@babbage", "@carol", "to all"]).await;
    assert_eq!(scene.texts("@lovelace").await, ["to all"]);
    let seen = seen_by(&carol, "@lovelace").await;
    assert_eq!(seen.iter().map(|one| one.message.as_str()).collect::<Vec<_>>(), ["to all"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_forwarded_with_and_without_their_author() {
    let scene = Scene::new().await;
    let carol = scene.also("Carol", "carol").await;
    let (one, two) = (scene.heard("one").await, scene.heard("two").await);
    scene.ok(&["fwd", "@carol", &one, &format!("@babbage/{two}")]).await;
    scene.ok(&["fwd_media", "@carol", &one]).await;
    let seen = seen_by(&carol, "@lovelace").await;
    let texts: Vec<_> = seen.iter().map(|message| message.message.as_str()).collect();
    assert_eq!(texts, ["one", "two", "one"]);
    for message in &seen[..2] {
        let from = message.fwd_from.as_ref().unwrap().from_id.as_ref();
        assert!(matches!(from, Some(Peer::PeerUser(user)) if user.user_id == scene.bob_id));
    }
    assert!(seen[2].fwd_from.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_sends_buttons() {
    let scene = Scene::new().await;
    let bot = scene.world.bot("Engine bot");
    scene.world.set_username(bot.id(), "enginebot").unwrap();
    let session = scene.path("bot.session");
    let store = FileStore::open(&session).unwrap();
    let client = scene.world.client().store(store).build().await.unwrap();
    timeout(PATIENCE, client.log_in_bot(bot.token().unwrap())).await.unwrap().unwrap();
    client.close().await;
    drop(client);
    done(scene.bob.start_bot("@enginebot", "")).await;
    let line = "msg_kbd @babbage \"yes,no thanks;later\" Shall we?";
    let mut options = scene.options();
    options[3] = text(&session).to_owned();
    let ran = spawn_blocking(move || {
        let options = options.iter().map(String::as_str);
        let all: Vec<_> = ["shell", "-e", line].into_iter().chain(options).collect();
        Process::start_with(&all, "").wait()
    });
    let ran = ran.await.unwrap();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let seen = scene.seen("@enginebot").await;
    let last = seen.last().unwrap();
    assert_eq!(last.message, "Shall we?");
    let Some(enums::ReplyMarkup::ReplyKeyboardMarkup(keyboard)) = &last.reply_markup else {
        panic!("{last:?}")
    };
    let counts: Vec<_> = keyboard.rows.iter().map(|row| row.buttons.len()).collect();
    assert_eq!(counts, [2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_are_in_the_channels_own_name() {
    let scene = Scene::new().await;
    let made = scene.json(&["create_channel", "News", "about"]).await;
    let channel = made["id"].as_str().unwrap().to_owned();
    scene.ok(&["channel_set_username", &channel, "adasnews"]).await;
    let file = scene.file("text", "of a file");
    scene.ok(&["post", "@adasnews", "news"]).await;
    scene.ok(&["post_text", "@adasnews", &file]).await;
    scene.ok(&["post_location", "@adasnews", "1", "2"]).await;
    let seen = scene.seen("@adasnews").await;
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert_eq!((seen[0].message.as_str(), seen[1].message.as_str()), ("news", "of a file"));
    assert!(seen.iter().all(|message| message.post));
}
