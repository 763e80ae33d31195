//! Buttons of bots.

use crate::tl::Bytes;
use crate::tl::api::enums::{ButtonType, InlineButtonType, ReplyMarkup};
use crate::tl::api::types;

/// A button below a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Button {
    text: String,
    kind: InlineButtonType,
}

impl Button {
    /// Of any kind.
    #[must_use]
    pub fn new(text: impl Into<String>, kind: impl Into<InlineButtonType>) -> Self {
        Self { text: text.into(), kind: kind.into() }
    }

    /// That tells the bot some data when it is pressed, up to 64 bytes. Source: <https://core.telegram.org/api/bots/buttons>.
    #[must_use]
    pub fn callback(text: impl Into<String>, data: impl Into<Vec<u8>>) -> Self {
        let data = Bytes::from(data.into());
        Self::new(text, types::InlineButtonTypeCallback { requires_password: false, data })
    }

    /// That opens a link.
    #[must_use]
    pub fn url(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self::new(text, types::InlineButtonTypeUrl { url: url.into() })
    }

    /// That has one choose a chat, and asks the bot something there.
    #[must_use]
    pub fn switch_inline(text: impl Into<String>, query: impl Into<String>) -> Self {
        Self::new(text, types::InlineButtonTypeSwitchInline::new(query.into()))
    }
}

/// Buttons below a message, in rows.
///
/// ```
/// use telewire::client::verbs::{Button, inline_keyboard};
///
/// let keyboard = inline_keyboard([[Button::callback("Yes", *b"yes"), Button::url("Why?", "https://example.org")]]);
/// ```
#[must_use]
pub fn inline_keyboard<R: IntoIterator<Item = Button>>(
    rows: impl IntoIterator<Item = R>,
) -> ReplyMarkup {
    let button = |button: Button| types::KeyboardInlineButton::new(button.text, button.kind);
    let row =
        |row: R| types::KeyboardInlineButtonRow { buttons: row.into_iter().map(button).collect() };
    let rows = rows.into_iter().map(row).collect();
    types::ReplyInlineMarkup { force_reply: false, rows }.into()
}

/// Texts to choose from in place of the keyboard, in rows.
///
/// ```
/// let keyboard = telewire::client::verbs::reply_keyboard([["Yes", "No"]]);
/// ```
#[must_use]
pub fn reply_keyboard<R, B>(rows: impl IntoIterator<Item = R>) -> ReplyMarkup
where
    R: IntoIterator<Item = B>,
    B: Into<String>,
{
    let button = |text: B| types::KeyboardButton::new(text.into(), ButtonType::ButtonTypeDefault);
    let row = |row: R| types::KeyboardButtonRow { buttons: row.into_iter().map(button).collect() };
    let rows = rows.into_iter().map(row).collect();
    types::ReplyKeyboardMarkup { resize: true, ..types::ReplyKeyboardMarkup::new(rows) }.into()
}
