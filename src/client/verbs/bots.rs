//! Talking to bots, and being one.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::text::Text;
use crate::client::verbs::sent::messages_with;
use crate::tl::Bytes;
use crate::tl::api::enums::{BotCommandScope, InputBotInlineResult};
use crate::tl::api::functions::{bots, messages};
use crate::tl::api::types;

/// An answer to whoever pressed a button: await it.
#[derive(Debug, Clone)]
#[must_use = "nobody is answered before it is awaited"]
pub struct AnswerCallback {
    client: Client,
    call: messages::SetBotCallbackAnswer,
}

impl AnswerCallback {
    /// With a text that is shown for a moment.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.call.message = Some(text.into());
        self
    }

    /// With a text that stays until it is read.
    pub fn alert(mut self, text: impl Into<String>) -> Self {
        self.call.alert = true;
        self.text(text)
    }

    /// With a page that opens.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.call.url = Some(url.into());
        self
    }

    /// That holds for so many seconds, in which the bot is not asked again.
    pub fn cached(mut self, seconds: i32) -> Self {
        self.call.cache_time = seconds;
        self
    }

    async fn send(self) -> Result<(), Error> {
        self.client.invoke(&self.call).await.map(drop)
    }
}

awaited!(AnswerCallback => ());

/// An answer to an inline query: await it.
#[derive(Debug, Clone)]
#[must_use = "nobody is answered before it is awaited"]
pub struct AnswerInline {
    client: Client,
    call: messages::SetInlineBotResults,
}

impl AnswerInline {
    /// As pictures beside one another.
    pub fn gallery(mut self) -> Self {
        self.call.gallery = true;
        self
    }

    /// For whoever asked alone.
    pub fn personal(mut self) -> Self {
        self.call.private = true;
        self
    }

    /// That holds for so many seconds; 300 by default.
    pub fn cached(mut self, seconds: i32) -> Self {
        self.call.cache_time = seconds;
        self
    }

    /// And there is more: the next query says this.
    pub fn next_offset(mut self, offset: impl Into<String>) -> Self {
        self.call.next_offset = Some(offset.into());
        self
    }

    async fn send(self) -> Result<(), Error> {
        self.client.invoke(&self.call).await.map(drop)
    }
}

awaited!(AnswerInline => ());

/// How long answers to inline queries hold. Source: <https://core.telegram.org/bots/api#answerinlinequery>.
const CACHED: i32 = 300;

/// A result of an inline query that has a title and sends a text.
#[must_use]
pub fn article(
    id: impl Into<String>,
    title: impl Into<String>,
    text: impl Into<Text>,
) -> InputBotInlineResult {
    let Text { text, entities } = text.into().trimmed();
    let entities = Some(entities).filter(|entities| !entities.is_empty());
    let message = types::InputBotInlineMessageText {
        entities,
        ..types::InputBotInlineMessageText::new(text)
    };
    types::InputBotInlineResult {
        title: Some(title.into()),
        ..types::InputBotInlineResult::new(id.into(), "article".into(), message.into())
    }
    .into()
}

impl Client {
    /// Starts a bot in a private chat with it, with what a link gave or `""`.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `BOT_INVALID`, `START_PARAM_INVALID`.
    pub async fn start_bot(
        &self,
        bot: impl Into<PeerRef>,
        parameter: impl Into<String>,
    ) -> Result<(), Error> {
        let peer = self.resolve(bot).await?;
        self.start_in(PeerRef::Input(peer.clone()), peer.into(), parameter.into()).await
    }

    /// Adds a bot to a group and starts it there, with what a link gave or `""`.
    ///
    /// # Errors
    ///
    /// As [`start_bot`](Self::start_bot).
    pub async fn start_bot_in(
        &self,
        group: impl Into<PeerRef>,
        bot: impl Into<PeerRef>,
        parameter: impl Into<String>,
    ) -> Result<(), Error> {
        self.start_in(bot.into(), group.into(), parameter.into()).await
    }

    async fn start_in(
        &self,
        bot: PeerRef,
        peer: PeerRef,
        start_param: String,
    ) -> Result<(), Error> {
        let bot = self.resolve_user(bot).await?;
        let peer = self.resolve(peer).await?;
        let random_id = self.random_id();
        self.ask(&messages::StartBot { bot, peer, random_id, start_param }).await.map(drop)
    }

    /// Presses a button of a message and waits for what the bot says.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `BOT_RESPONSE_TIMEOUT`, `DATA_INVALID`, `MESSAGE_ID_INVALID`.
    pub async fn press(
        &self,
        peer: impl Into<PeerRef>,
        id: i32,
        data: impl Into<Vec<u8>>,
    ) -> Result<types::messages::BotCallbackAnswer, Error> {
        let peer = self.resolve(peer).await?;
        let call = messages::GetBotCallbackAnswer {
            data: Some(Bytes::from(data.into())),
            ..messages::GetBotCallbackAnswer::new(peer, id)
        };
        self.invoke(&call).await
    }

    /// Asks a bot something inline, in a chat; `offset` is what the answer before gave, or `""`.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `BOT_INLINE_DISABLED`, `BOT_RESPONSE_TIMEOUT`.
    pub async fn inline_results(
        &self,
        bot: impl Into<PeerRef>,
        peer: impl Into<PeerRef>,
        query: impl Into<String>,
        offset: impl Into<String>,
    ) -> Result<types::messages::BotResults, Error> {
        let (bot, peer) = (bot.into(), peer.into());
        let (query, offset) = (query.into(), offset.into());
        let bot = self.resolve_user(bot).await?;
        let peer = self.resolve(peer).await?;
        self.ask(&messages::GetInlineBotResults::new(bot, peer, query, offset)).await
    }

    /// Sends a result of an inline query.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `RESULT_ID_INVALID`, `QUERY_ID_INVALID`.
    pub async fn send_inline_result(
        &self,
        peer: impl Into<PeerRef>,
        query_id: i64,
        id: impl Into<String>,
    ) -> Result<types::Message, Error> {
        let peer = self.resolve(peer).await?;
        let random_id = self.random_id();
        let call = messages::SendInlineBotResult::new(peer, random_id, query_id, id.into());
        let answer = self.ask(&call).await?;
        let sent = messages_with(&answer, &[random_id]).pop();
        sent.ok_or(Error::Missing { what: "the message" })
    }

    /// Answers whoever pressed a button, by the number of
    /// [`UpdateBotCallbackQuery`](crate::tl::api::types::UpdateBotCallbackQuery). For bots.
    ///
    /// # Errors
    ///
    /// `QUERY_ID_INVALID` when it is too late.
    pub fn answer_callback(&self, query_id: i64) -> AnswerCallback {
        let call = messages::SetBotCallbackAnswer::new(query_id, 0);
        AnswerCallback { client: self.clone(), call }
    }

    /// Answers an inline query, by the number of [`UpdateBotInlineQuery`](crate::tl::api::types::UpdateBotInlineQuery). For bots.
    /// [`article`] makes the simplest results.
    ///
    /// # Errors
    ///
    /// `QUERY_ID_INVALID` when it is too late, `RESULT_ID_DUPLICATE`.
    pub fn answer_inline(
        &self,
        query_id: i64,
        results: impl IntoIterator<Item = InputBotInlineResult>,
    ) -> AnswerInline {
        let results = results.into_iter().collect();
        let call = messages::SetInlineBotResults::new(query_id, results, CACHED);
        AnswerInline { client: self.clone(), call }
    }

    /// Says which commands the bot has, for everybody: name and description.
    ///
    /// # Errors
    ///
    /// `BOT_COMMAND_INVALID`, `BOT_COMMAND_DESCRIPTION_INVALID`.
    pub async fn set_commands<N: Into<String>, D: Into<String>>(
        &self,
        commands: impl IntoIterator<Item = (N, D)>,
    ) -> Result<(), Error> {
        let one =
            |(name, description): (N, D)| types::BotCommand::new(name.into(), description.into());
        let commands = commands.into_iter().map(one).collect();
        self.set_commands_for(BotCommandScope::BotCommandScopeDefault, "", commands).await
    }

    /// The same for some alone, and in a language or `""`.
    ///
    /// # Errors
    ///
    /// As [`set_commands`](Self::set_commands).
    pub async fn set_commands_for(
        &self,
        scope: impl Into<BotCommandScope>,
        lang_code: &str,
        commands: Vec<types::BotCommand>,
    ) -> Result<(), Error> {
        let (scope, lang_code) = (scope.into(), lang_code.to_owned());
        self.invoke(&bots::SetBotCommands { scope, lang_code, commands }).await.map(drop)
    }

    /// Which commands the bot has, for everybody.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn commands(&self) -> Result<Vec<types::BotCommand>, Error> {
        let (scope, lang_code) = (BotCommandScope::BotCommandScopeDefault, String::new());
        self.invoke(&bots::GetBotCommands { scope, lang_code }).await
    }

    /// Has the bot have no commands, for everybody.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn reset_commands(&self) -> Result<(), Error> {
        let (scope, lang_code) = (BotCommandScope::BotCommandScopeDefault, String::new());
        self.invoke(&bots::ResetBotCommands { scope, lang_code }).await.map(drop)
    }
}
