//! What text and its marks are put together from. It counts in bytes; entities are counted in UTF-16 units at the end, in one go.

use std::cmp::Reverse;

use crate::client::text::{Text, ends};
use crate::tl::api::enums::MessageEntity;
use crate::tl::api::types;

/// The marks that texts can be written with. Of several in the same place the first in this order is the outer one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Quote {
        collapsed: bool,
    },
    Bold,
    Italic,
    Underline,
    Strike,
    Spoiler,
    Link(String),
    Mention(i64),
    Emoji(i64),
    Code,
    /// In a language, or in `""`.
    Pre(String),
}

/// A mark, and the bytes between which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    from: usize,
    to: usize,
    mark: Mark,
}

#[derive(Debug, Default)]
pub(super) struct Builder {
    text: String,
    open: Vec<(usize, Mark)>,
    /// How many marks are open besides, which were too many.
    ignored: usize,
    spans: Vec<Span>,
    /// Bytes that are taken out at the end, in their order.
    cuts: Vec<(usize, usize)>,
}

/// The most marks that are open at a time: closing one looks at all of them. The server keeps 100 entities of a message in all
/// (<https://core.telegram.org/api/entities>).
const MAX_OPEN: usize = 100;

impl Builder {
    #[cfg(feature = "markdown")]
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Begins a new line, unless one has begun.
    pub(super) fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    #[cfg(feature = "markdown")]
    /// Leaves an empty line, unless there is one.
    pub(super) fn gap(&mut self) {
        self.line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    #[cfg(feature = "markdown")]
    /// Takes back the end of a line.
    pub(super) fn unline(&mut self) {
        if self.text.ends_with('\n') {
            self.text.pop();
        }
    }

    pub(super) fn open(&mut self, mark: Mark) {
        match self.open.len() {
            MAX_OPEN => self.ignored = self.ignored.saturating_add(1),
            _ => self.open.push((self.text.len(), mark)),
        }
    }

    /// Ends the last mark that is open and is of a kind.
    pub(super) fn close(&mut self, is: impl Fn(&Mark) -> bool) {
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        if let Some(at) = self.open.iter().rposition(|(_, mark)| is(mark)) {
            let (from, mark) = self.open.remove(at);
            self.span(from, self.text.len(), mark);
        }
    }

    #[cfg(feature = "html")]
    /// Gives the innermost mark another form, as a language that is told inside of it.
    pub(super) fn last_open(&mut self) -> Option<&mut Mark> {
        self.open.last_mut().map(|(_, mark)| mark)
    }

    pub(super) fn span(&mut self, from: usize, to: usize, mark: Mark) {
        self.spans.push(Span { from, to, mark });
    }

    #[cfg(feature = "markdown")]
    /// Takes out bytes, which come after those that were taken out before.
    pub(super) fn cut(&mut self, from: usize, to: usize) {
        self.cuts.push((from, to));
    }

    pub(super) fn finish(mut self) -> Text {
        while !self.open.is_empty() {
            self.ignored = 0;
            self.close(|_| true);
        }
        self.take_out();
        let (first, last) = ends(&self.text);
        let mut spans: Vec<Span> = Vec::new();
        for mut span in std::mem::take(&mut self.spans) {
            (span.from, span.to) = (span.from.max(first), span.to.min(last));
            let marked = self.text.get(span.from..span.to).unwrap_or_default();
            let shows = match span.mark {
                Mark::Code | Mark::Pre(_) => !marked.is_empty(),
                // Of white space alone nothing is seen.
                _ => !marked.trim().is_empty(),
            };
            if shows {
                spans.push(span);
            }
        }
        // The outer ones first.
        spans.sort_by(|one, other| {
            let place = |span: &Span| (span.from, Reverse(span.to));
            place(one).cmp(&place(other)).then_with(|| one.mark.cmp(&other.mark))
        });
        spans.dedup();
        let units = units(self.text.get(first..last).unwrap_or_default());
        let unit = |byte: usize| units.get(byte.saturating_sub(first)).copied().unwrap_or_default();
        let entities = spans.into_iter().map(|Span { from, to, mark }| {
            let (offset, end) = (unit(from), unit(to));
            mark.entity(offset, end.saturating_sub(offset))
        });
        let entities = entities.collect();
        Text::new(self.text.get(first..last).unwrap_or_default(), entities)
    }

    fn take_out(&mut self) {
        if self.cuts.is_empty() {
            return;
        }
        let (mut text, mut before) = (String::with_capacity(self.text.len()), 0);
        // Where each cut was, and how much is gone after it.
        let mut gone = Vec::with_capacity(self.cuts.len());
        let mut sum = 0_usize;
        for (from, to) in &self.cuts {
            text.push_str(self.text.get(before..*from).unwrap_or_default());
            before = *to;
            sum = sum.saturating_add(to.saturating_sub(*from));
            gone.push((*from, *to, sum));
        }
        text.push_str(self.text.get(before..).unwrap_or_default());
        let moved = |byte: usize| {
            let cuts = gone.partition_point(|(_, to, _)| *to <= byte);
            let all = cuts.checked_sub(1).and_then(|last| gone.get(last)).map_or(0, |cut| cut.2);
            // Within a cut: where it was.
            let within = gone.get(cuts).map_or(0, |(from, ..)| byte.saturating_sub(*from));
            byte.saturating_sub(all).saturating_sub(within)
        };
        for span in &mut self.spans {
            (span.from, span.to) = (moved(span.from), moved(span.to));
        }
        self.text = text;
    }
}

/// How many UTF-16 units stand before each byte of a text, and before its end.
fn units(text: &str) -> Vec<i32> {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut before = 0_i32;
    for char in text.chars() {
        units.extend(std::iter::repeat_n(before, char.len_utf8()));
        before = before.saturating_add(if char.len_utf16() == 2 { 2 } else { 1 });
    }
    units.push(before);
    units
}

impl Mark {
    /// A link, or what the links of Telegram's own mean.
    pub(super) fn of_link(url: &str) -> Self {
        let number = |start| url.strip_prefix(start).and_then(|id| id.parse().ok());
        match (number("tg://user?id="), number("tg://emoji?id=")) {
            (Some(user), _) => Self::Mention(user),
            (_, Some(emoji)) => Self::Emoji(emoji),
            _ => Self::Link(url.to_owned()),
        }
    }

    fn entity(self, offset: i32, length: i32) -> MessageEntity {
        match self {
            Self::Bold => types::MessageEntityBold { offset, length }.into(),
            Self::Italic => types::MessageEntityItalic { offset, length }.into(),
            Self::Underline => types::MessageEntityUnderline { offset, length }.into(),
            Self::Strike => types::MessageEntityStrike { offset, length }.into(),
            Self::Spoiler => types::MessageEntitySpoiler { offset, length }.into(),
            Self::Code => types::MessageEntityCode { offset, length }.into(),
            Self::Pre(language) => types::MessageEntityPre { offset, length, language }.into(),
            Self::Link(url) => types::MessageEntityTextUrl { offset, length, url }.into(),
            Self::Mention(user_id) => {
                types::MessageEntityMentionName { offset, length, user_id }.into()
            }
            Self::Emoji(document_id) => {
                types::MessageEntityCustomEmoji { offset, length, document_id }.into()
            }
            Self::Quote { collapsed } => {
                types::MessageEntityBlockquote { collapsed, offset, length }.into()
            }
        }
    }
}
