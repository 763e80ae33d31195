//! Text with its marks: what a message says, and where it is bold, a link, code.
//!
//! ```text
//!  "**hi**"    ── Text::markdown ──┐                          ┌── send_message, edit_message, save_draft
//!  "<b>hi</b>" ── Text::html ──────┼──> Text { text, entities }
//!  "hi"        ── Text::from ──────┘          │               └── Text::split, for what is longer than a message
//!                                             └── to_html
//! ```
//!
//! Offsets and lengths of entities are counted in UTF-16 units, as the server does: an emoji beyond the first plane has two. They lie on
//! borders of characters, within the text. Source: <https://core.telegram.org/api/entities>.
//!
//! This module knows the types of the API and nothing else of the client.

#[cfg(any(feature = "markdown", feature = "html"))]
mod builder;
mod entity;
#[cfg(feature = "html")]
mod html;
#[cfg(feature = "markdown")]
mod markdown;
#[cfg(test)]
mod tests;
mod write;

use crate::client::text::entity::{place, set_place};
use crate::tl::api::enums::MessageEntity;
use crate::tl::api::types;

/// The most UTF-16 units that one message has. Source: `message_length_max` of <https://core.telegram.org/api/config>.
pub const MAX_MESSAGE_UNITS: usize = 4_096;

/// The most UTF-16 units below a photo or a file. Source: `caption_length_max` of <https://core.telegram.org/api/config>.
pub const MAX_CAPTION_UNITS: usize = 1_024;

/// A text with its marks.
///
/// ```
/// use telewire::client::text::Text;
///
/// let plain = Text::from("2 * 3 * 4");
/// assert_eq!(plain.text, "2 * 3 * 4");
/// # #[cfg(feature = "markdown")]
/// assert_eq!(Text::markdown("**hello** _world_").to_html(), "<b>hello</b> <i>world</i>");
/// # #[cfg(feature = "html")]
/// assert_eq!(Text::html("<b>hello</b> &amp; bye").text, "hello & bye");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Text {
    /// What is said.
    pub text: String,
    /// Where it is marked, by offset.
    pub entities: Vec<MessageEntity>,
}

impl Text {
    /// With marks that are at hand already, those of another message for example.
    #[must_use]
    pub fn new(text: impl Into<String>, entities: Vec<MessageEntity>) -> Self {
        Self { text: text.into(), entities }
    }

    /// From Markdown: CommonMark with `~~strikes~~`, `||spoilers||`, and `<u>underlines</u>`. Lists keep their bullets, headings are bold,
    /// `[a name](tg://user?id=7)` mentions somebody, `![👍](tg://emoji?id=7)` is an emoji of one's own. Every text means something: what is
    /// no mark stays as it is. White space at both ends is gone, as the server would have it.
    #[cfg(feature = "markdown")]
    #[cfg_attr(docsrs, doc(cfg(feature = "markdown")))]
    #[must_use]
    pub fn markdown(source: &str) -> Self {
        markdown::read(source)
    }

    /// From HTML with the tags that bots have: `b`, `i`, `u`, `s`, `tg-spoiler`, `code`, `pre`, `a`, `blockquote`, `tg-emoji` and their other
    /// names; besides, `br`, `p` and `div` end lines. Of other tags the text stays. What is left open ends with the text.
    /// Source: <https://core.telegram.org/bots/api#html-style>.
    #[cfg(feature = "html")]
    #[cfg_attr(docsrs, doc(cfg(feature = "html")))]
    #[must_use]
    pub fn html(source: &str) -> Self {
        html::read(source)
    }

    /// As HTML that [`html`](Self::html) reads. What clients find by themselves (links that are written out, hashtags, names) has no tag.
    #[must_use]
    pub fn to_html(&self) -> String {
        write::html(self)
    }

    /// How long it is in UTF-16 units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.text.encode_utf16().count()
    }

    /// Without white space at its ends: the server takes it away, and what is marked moves with it.
    #[must_use]
    pub fn trimmed(self) -> Self {
        let (from, to) = ends(&self.text);
        self.part(from, to)
    }

    /// In parts of so many units at most, each trimmed: cut at the last line's end, or else at the last white space, or else between
    /// characters. Marks go on in the next part. A limit below 2 counts as 2, the longest character.
    #[must_use]
    pub fn split(self, limit: usize) -> Vec<Self> {
        let limit = limit.max(2);
        let mut rest = self.trimmed();
        let mut parts = Vec::new();
        while let Some(end) = cut(&rest.text, limit) {
            let (head, tail) = (rest.clone().part(0, end).trimmed(), rest.part(end, usize::MAX));
            parts.push(head);
            rest = tail.trimmed();
        }
        parts.push(rest);
        parts
    }

    /// What stands between two bytes, which are borders of characters; `to` may be beyond the end.
    fn part(self, from: usize, to: usize) -> Self {
        let to = to.min(self.text.len());
        let is_whole = from == 0 && to == self.text.len();
        let Some(text) = self.text.get(from..to).filter(|_| !is_whole) else { return self };
        let units = |bytes: &str| i64::try_from(bytes.encode_utf16().count()).unwrap_or(i64::MAX);
        let first = units(self.text.get(..from).unwrap_or_default());
        let last = first.saturating_add(units(text));
        let text = text.to_owned();
        let clip = |mut entity: MessageEntity| {
            let (offset, length) = place(&entity);
            let (from, to) = (i64::from(offset), i64::from(offset) + i64::from(length));
            let (from, to) = (from.max(first), to.min(last));
            let offset = i32::try_from(from.checked_sub(first)?).ok()?;
            let length = i32::try_from(to.checked_sub(from)?).ok().filter(|length| *length > 0)?;
            set_place(&mut entity, offset, length);
            Some(entity)
        };
        let entities = self.entities.into_iter().filter_map(clip).collect();
        Self { text, entities }
    }
}

/// Where a text begins and ends without its white space, in bytes.
fn ends(text: &str) -> (usize, usize) {
    let from = text.len() - text.trim_start().len();
    (from, text.trim_end().len().max(from))
}

/// Where to cut a text that is longer than a limit, in bytes.
fn cut(text: &str, limit: usize) -> Option<usize> {
    let mut units = 0;
    let over = text.char_indices().find(|(_, char)| {
        units += char.len_utf16();
        units > limit
    });
    let (over, next) = over?;
    let head = text.get(..over)?;
    // Exactly between two words.
    if next.is_whitespace() {
        return Some(over);
    }
    let line = head.rfind('\n').filter(|at| *at > 0);
    Some(line.or_else(|| head.rfind(char::is_whitespace).filter(|at| *at > 0)).unwrap_or(over))
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text, Vec::new())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(text, Vec::new())
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self::new(text.as_str(), Vec::new())
    }
}

/// What a message says, with its marks.
impl From<&types::Message> for Text {
    fn from(message: &types::Message) -> Self {
        Self::new(message.message.as_str(), message.entities.clone().unwrap_or_default())
    }
}

/// What a message says, with its marks.
impl From<&Box<types::Message>> for Text {
    fn from(message: &Box<types::Message>) -> Self {
        Self::from(&**message)
    }
}
