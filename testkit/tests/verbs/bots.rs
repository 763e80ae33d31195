//! Bots: started, asked, pressed; and their answers.

use telewire::client::Updates;
use telewire::client::verbs::{Button, article, inline_keyboard, reply_keyboard};
use telewire::updates::{Event, PeerId};

use super::*;

/// Ada, and a bot.
struct Talk {
    scene: Scene,
    bot: Client,
    heard: Updates,
}

impl Talk {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let echo = scene.world.bot("Echo");
        let bot = log_in(&scene.world, &echo).await;
        let heard = bot.updates();
        Self { scene, bot, heard }
    }

    /// The next update of a kind.
    async fn next<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        patient(async {
            loop {
                let update = self.heard.next().await.unwrap().unwrap();
                if let Some(found) = wanted(&update.event) {
                    return found;
                }
            }
        })
        .await
    }
}

#[tokio::test]
async fn a_bot_is_started_with_what_a_link_gave() {
    let talk = Talk::new().await;
    done(talk.scene.ada.start_bot("@echo_bot", "from_a_link")).await;
    assert_eq!(talk.scene.called(), ["contacts.resolveUsername", "messages.startBot"]);
    assert_eq!(texts(&talk.scene.ada, "@echo_bot").await, ["/start from_a_link"]);
    let error = refused(talk.scene.ada.start_bot("@babbage", "")).await;
    assert!(error.is("BOT_INVALID"), "{error}");
}

#[tokio::test]
async fn a_bot_answers_whoever_wrote_by_the_id_alone() {
    let mut talk = Talk::new().await;
    done(talk.scene.ada.send_message("@echo_bot", "hello")).await;
    let message = talk
        .next(|event| match event {
            Event::Update(enums::Update::UpdateNewMessage(new)) => Some(new.message.clone()),
            Event::Message(message) => Some(message.clone()),
            _ => None,
        })
        .await;
    let said = said(message);
    done(talk.bot.send_message(&said, said.message.clone()).reply_to(said.id)).await;
    assert_eq!(texts(&talk.scene.ada, "@echo_bot").await, ["hello", "hello"]);
    let error = refused(talk.bot.send_message(PeerId::User(99), "hello")).await;
    assert!(error.rpc().is_some(), "{error}");
}

#[tokio::test]
async fn a_button_is_pressed_and_answered() {
    let mut talk = Talk::new().await;
    done(talk.scene.ada.start_bot("@echo_bot", "")).await;
    let ada = PeerId::User(talk.scene.ada_id);
    let keyboard = inline_keyboard([[
        Button::callback("Yes", *b"yes"),
        Button::url("Why?", "https://example.org"),
    ]]);
    done(talk.bot.send_message(ada, "Really?").keyboard(keyboard)).await;
    let asked = latest(&talk.scene.ada, "@echo_bot").await;
    assert!(matches!(asked.reply_markup, Some(enums::ReplyMarkup::ReplyInlineMarkup(_))));
    let presser = talk.scene.ada.clone();
    let pressing = tokio::spawn(async move { presser.press("@echo_bot", asked.id, *b"yes").await });
    let query = talk
        .next(|event| match event {
            Event::Update(enums::Update::UpdateBotCallbackQuery(query)) => Some(query.clone()),
            _ => None,
        })
        .await;
    assert_eq!(query.data.as_deref(), Some(&b"yes"[..]));
    done(talk.bot.answer_callback(query.query_id).alert("Right")).await;
    let answer = patient(pressing).await.unwrap().unwrap();
    assert_eq!((answer.alert, answer.message.as_deref()), (true, Some("Right")));
    done(talk.bot.edit_keyboard(
        &query.peer,
        query.msg_id,
        inline_keyboard([[Button::callback("No", *b"no")]]),
    ))
    .await;
    let changed = latest(&talk.scene.ada, "@echo_bot").await;
    let Some(enums::ReplyMarkup::ReplyInlineMarkup(markup)) = changed.reply_markup else {
        panic!()
    };
    assert_eq!(
        (changed.message.as_str(), markup.rows[0].buttons[0].text.as_str()),
        ("Really?", "No")
    );
    let error = refused(talk.bot.answer_callback(7).text("late")).await;
    assert!(error.is("QUERY_ID_INVALID"), "{error}");
    let error = refused(talk.scene.ada.press("@echo_bot", changed.id, *b"other")).await;
    assert!(error.rpc().is_some(), "{error}");
}

#[tokio::test]
async fn a_keyboard_of_texts_is_shown() {
    let talk = Talk::new().await;
    done(talk.scene.ada.start_bot("@echo_bot", "")).await;
    let ada = PeerId::User(talk.scene.ada_id);
    done(talk.bot.send_message(ada, "Which?").keyboard(reply_keyboard([["One", "Two"]]))).await;
    let seen = latest(&talk.scene.ada, "@echo_bot").await;
    let Some(enums::ReplyMarkup::ReplyKeyboardMarkup(markup)) = seen.reply_markup else {
        panic!("{seen:?}")
    };
    assert_eq!(markup.rows[0].buttons[1].text, "Two");
}

#[tokio::test]
async fn an_inline_query_is_answered_and_its_result_sent() {
    let mut talk = Talk::new().await;
    let asker = talk.scene.ada.clone();
    let asking =
        tokio::spawn(
            async move { asker.inline_results("@echo_bot", "@babbage", "cats", "").await },
        );
    let query = talk
        .next(|event| match event {
            Event::Update(enums::Update::UpdateBotInlineQuery(query)) => Some(query.clone()),
            _ => None,
        })
        .await;
    assert_eq!(query.query, "cats");
    done(talk.bot.answer_inline(query.query_id, [article("1", "A cat", "meow")])).await;
    let results = patient(asking).await.unwrap().unwrap();
    assert_eq!(results.results.len(), 1);
    talk.scene.called();
    let sent = done(talk.scene.ada.send_inline_result("@babbage", results.query_id, "1")).await;
    assert_eq!(talk.scene.called(), ["messages.sendInlineBotResult"]);
    assert_eq!(sent.message, "meow");
    assert_eq!(texts(&talk.scene.bob, "@lovelace").await, ["meow"]);
    let error = refused(talk.scene.ada.send_inline_result("@babbage", results.query_id, "2")).await;
    assert!(error.rpc().is_some(), "{error}");
}

#[tokio::test]
async fn commands_are_said_and_shown() {
    let talk = Talk::new().await;
    done(talk.bot.set_commands([("start", "Begins"), ("help", "Says what it can")])).await;
    let own = done(talk.bot.commands()).await;
    assert_eq!(own.len(), 2);
    let info = done(talk.scene.ada.full_user("@echo_bot")).await.full_user.bot_info.unwrap();
    let commands = info.commands.unwrap();
    assert_eq!(commands[1].command, "help");
    done(talk.bot.reset_commands()).await;
    assert!(done(talk.bot.commands()).await.is_empty());
    let error = refused(talk.bot.set_commands([("No Such", "x")])).await;
    assert!(error.is("BOT_COMMAND_INVALID"), "{error}");
    let error = refused(talk.scene.ada.set_commands([("start", "x")])).await;
    assert!(error.is("USER_BOT_REQUIRED"), "{error}");
}
