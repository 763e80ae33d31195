//! Text as HTML.

use std::borrow::Cow;

use crate::client::text::Text;
use crate::client::text::entity::place;
use crate::tl::api::enums::{InputUser, MessageEntity};

/// An entity that has a tag.
struct Piece<'a> {
    from: usize,
    to: usize,
    tag: Tag<'a>,
}

/// What it begins with, and what it ends with.
#[derive(Clone)]
struct Tag<'a> {
    start: Cow<'a, str>,
    end: &'static str,
}

/// Writes tags that contain one another: where entities overlap, the inner one ends and begins again.
pub(super) fn html(text: &Text) -> String {
    let mut pieces: Vec<Piece<'_>> = text.entities.iter().filter_map(piece).collect();
    pieces.sort_by_key(|piece| (piece.from, usize::MAX - piece.to));
    let mut coming = pieces.into_iter().peekable();
    let (mut out, mut open) = (String::with_capacity(text.text.len()), Vec::<Piece<'_>>::new());
    let mut unit = 0;
    for char in text.text.chars() {
        close(&mut out, &mut open, unit);
        // What begins within a character begins with it.
        while let Some(piece) = coming.next_if(|piece| piece.from <= unit) {
            if piece.to > unit {
                out.push_str(&piece.tag.start);
                open.push(piece);
            }
        }
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            char => out.push(char),
        }
        unit += char.len_utf16();
    }
    while let Some(piece) = open.pop() {
        out.push_str(piece.tag.end);
    }
    out
}

/// Ends what ends before a unit.
fn close(out: &mut String, open: &mut Vec<Piece<'_>>, unit: usize) {
    let Some(first) = open.iter().position(|piece| piece.to <= unit) else { return };
    let inner = open.split_off(first);
    for piece in inner.iter().rev() {
        out.push_str(piece.tag.end);
    }
    for piece in inner {
        if piece.to > unit {
            out.push_str(&piece.tag.start);
            open.push(piece);
        }
    }
}

fn piece(entity: &MessageEntity) -> Option<Piece<'_>> {
    let (offset, length) = place(entity);
    let from = usize::try_from(offset).ok()?;
    let to = from.checked_add(usize::try_from(length).ok()?)?;
    Some(Piece { from, to, tag: tag(entity)? })
}

fn tag(entity: &MessageEntity) -> Option<Tag<'_>> {
    let tag = |start: &'static str, end| Some(Tag { start: start.into(), end });
    let with = |start: String, end| Some(Tag { start: start.into(), end });
    match entity {
        MessageEntity::MessageEntityBold(_) => tag("<b>", "</b>"),
        MessageEntity::MessageEntityItalic(_) => tag("<i>", "</i>"),
        MessageEntity::MessageEntityUnderline(_) => tag("<u>", "</u>"),
        MessageEntity::MessageEntityStrike(_) => tag("<s>", "</s>"),
        MessageEntity::MessageEntitySpoiler(_) => tag("<tg-spoiler>", "</tg-spoiler>"),
        MessageEntity::MessageEntityCode(_) => tag("<code>", "</code>"),
        MessageEntity::MessageEntityPre(pre) if pre.language.is_empty() => tag("<pre>", "</pre>"),
        MessageEntity::MessageEntityPre(pre) => with(
            format!("<pre><code class=\"language-{}\">", quoted(&pre.language)),
            "</code></pre>",
        ),
        MessageEntity::MessageEntityTextUrl(link) => {
            with(format!("<a href=\"{}\">", quoted(&link.url)), "</a>")
        }
        MessageEntity::MessageEntityMentionName(mention) => {
            with(format!("<a href=\"tg://user?id={}\">", mention.user_id), "</a>")
        }
        MessageEntity::InputMessageEntityMentionName(mention) => match &mention.user_id {
            InputUser::InputUser(user) => {
                with(format!("<a href=\"tg://user?id={}\">", user.user_id), "</a>")
            }
            _ => None,
        },
        MessageEntity::MessageEntityCustomEmoji(emoji) => {
            with(format!("<tg-emoji emoji-id=\"{}\">", emoji.document_id), "</tg-emoji>")
        }
        MessageEntity::MessageEntityBlockquote(quote) if quote.collapsed => {
            tag("<blockquote expandable>", "</blockquote>")
        }
        MessageEntity::MessageEntityBlockquote(_) => tag("<blockquote>", "</blockquote>"),
        // Clients find these by themselves.
        _ => None,
    }
}

fn quoted(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}
