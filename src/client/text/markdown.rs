//! Text from Markdown. What is a mark, CommonMark says and its parser knows; here stands what of it a message can show.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::client::text::Text;
use crate::client::text::builder::{Builder, Mark};

pub(super) fn read(source: &str) -> Text {
    let mut reader = Reader::default();
    for event in Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH) {
        reader.event(event);
    }
    reader.pair_spoilers();
    reader.builder.finish()
}

#[derive(Debug, Default)]
struct Reader {
    builder: Builder,
    /// The lists that are open, with the number of the next item.
    lists: Vec<Option<u64>>,
    /// An item has begun, and what comes first in it stands beside its bullet.
    is_at_bullet: bool,
    /// Where `||` stands in the paragraph at hand.
    bars: Vec<usize>,
    is_code: bool,
}

/// So deep are lists shown to be in one another; more is shown as this.
const MAX_INDENT: usize = 8;

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.builder.open(Mark::Code);
                self.builder.push(&code);
                self.builder.close(|mark| *mark == Mark::Code);
            }
            Event::InlineHtml(tag) => self.tag(&tag),
            Event::Html(text) => self.builder.push(&text),
            Event::SoftBreak | Event::HardBreak => self.builder.push("\n"),
            Event::Rule => {
                self.block();
                self.builder.push("———");
            }
            // What the options leave out.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.builder.push(&text);
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.block(),
            Tag::Heading { .. } => {
                self.block();
                self.builder.open(Mark::Bold);
            }
            Tag::BlockQuote(_) => {
                self.block();
                self.builder.open(Mark::Quote { collapsed: false });
                // Its first paragraph begins where it begins.
                self.is_at_bullet = true;
            }
            Tag::CodeBlock(kind) => {
                self.block();
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or(""),
                    CodeBlockKind::Indented => "",
                };
                self.builder.open(Mark::Pre(language.to_owned()));
                self.is_code = true;
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Emphasis => self.builder.open(Mark::Italic),
            Tag::Strong => self.builder.open(Mark::Bold),
            Tag::Strikethrough => self.builder.open(Mark::Strike),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.builder.open(Mark::of_link(&dest_url));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.pair_spoilers(),
            TagEnd::Heading(_) => {
                self.pair_spoilers();
                self.builder.close(|mark| *mark == Mark::Bold);
            }
            TagEnd::BlockQuote(_) => {
                self.is_at_bullet = false;
                self.builder.close(|mark| matches!(mark, Mark::Quote { .. }));
            }
            TagEnd::CodeBlock => {
                self.is_code = false;
                // It belongs to the fence.
                self.builder.unline();
                self.builder.close(|mark| matches!(mark, Mark::Pre(_)));
            }
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::Item => {
                self.is_at_bullet = false;
                self.pair_spoilers();
            }
            TagEnd::Emphasis => self.builder.close(|mark| *mark == Mark::Italic),
            TagEnd::Strong => self.builder.close(|mark| *mark == Mark::Bold),
            TagEnd::Strikethrough => self.builder.close(|mark| *mark == Mark::Strike),
            TagEnd::Link | TagEnd::Image => self
                .builder
                .close(|mark| matches!(mark, Mark::Link(_) | Mark::Mention(_) | Mark::Emoji(_))),
            _ => {}
        }
    }

    /// A block begins: an empty line before it, or a new line within a list.
    fn block(&mut self) {
        match std::mem::take(&mut self.is_at_bullet) {
            true => {}
            false if self.lists.is_empty() => self.builder.gap(),
            false => self.builder.line(),
        }
    }

    fn item(&mut self) {
        self.builder.line();
        let depth = self.lists.len().saturating_sub(1).min(MAX_INDENT);
        self.builder.push(&"  ".repeat(depth));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.builder.push(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            _ => self.builder.push("• "),
        }
        self.is_at_bullet = true;
    }

    fn text(&mut self, text: &str) {
        self.is_at_bullet = false;
        if self.is_code {
            return self.builder.push(text);
        }
        let start = self.builder.len();
        self.bars.extend(text.match_indices("||").map(|(at, _)| start + at));
        self.builder.push(text);
    }

    fn tag(&mut self, tag: &str) {
        match tag {
            "<u>" => self.builder.open(Mark::Underline),
            "</u>" => self.builder.close(|mark| *mark == Mark::Underline),
            "<tg-spoiler>" => self.builder.open(Mark::Spoiler),
            "</tg-spoiler>" => self.builder.close(|mark| *mark == Mark::Spoiler),
            // What is no mark stays as it was written.
            other => self.text(other),
        }
    }

    /// A paragraph is over: between each two `||` there is a spoiler, and a last one alone is text.
    fn pair_spoilers(&mut self) {
        let bars = std::mem::take(&mut self.bars);
        let mut bars = bars.into_iter();
        while let (Some(from), Some(to)) = (bars.next(), bars.next()) {
            // `||||` hides nothing.
            if from + 2 < to {
                self.builder.span(from + 2, to, Mark::Spoiler);
                self.builder.cut(from, from + 2);
                self.builder.cut(to, to + 2);
            }
        }
    }
}
