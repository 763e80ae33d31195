//! Text from HTML. Tags and character references are the tokenizer's affair, which reads as browsers do; here stands what they mean.

use html5gum::{HtmlString, StartTag, Token, Tokenizer};

use crate::client::text::Text;
use crate::client::text::builder::{Builder, Mark};

pub(super) fn read(source: &str) -> Text {
    let mut builder = Builder::default();
    // A string may come in parts.
    let mut bytes = Vec::new();
    for token in Tokenizer::new(source) {
        let Ok(token) = token;
        if let Token::String(part) = token {
            bytes.extend_from_slice(&part.value);
            continue;
        }
        flush(&mut builder, &mut bytes);
        match token {
            Token::StartTag(tag) => start(&mut builder, &tag),
            Token::EndTag(tag) => end(&mut builder, &tag.name),
            _ => {}
        }
    }
    flush(&mut builder, &mut bytes);
    builder.finish()
}

fn flush(builder: &mut Builder, bytes: &mut Vec<u8>) {
    builder.push(&String::from_utf8_lossy(bytes));
    bytes.clear();
}

fn start(builder: &mut Builder, tag: &StartTag<()>) {
    let mark = match tag.name.as_slice() {
        b"b" | b"strong" => Mark::Bold,
        b"i" | b"em" => Mark::Italic,
        b"u" | b"ins" => Mark::Underline,
        b"s" | b"strike" | b"del" => Mark::Strike,
        b"tg-spoiler" => Mark::Spoiler,
        b"span" if attribute(tag, "class").as_deref() == Some("tg-spoiler") => Mark::Spoiler,
        b"code" => match builder.last_open() {
            // <pre><code class="language-rust">: one mark.
            Some(Mark::Pre(language)) if language.is_empty() => {
                let class = attribute(tag, "class").unwrap_or_default();
                class.strip_prefix("language-").unwrap_or_default().clone_into(language);
                return;
            }
            _ => Mark::Code,
        },
        b"pre" => Mark::Pre(attribute(tag, "language").unwrap_or_default()),
        b"a" => match attribute(tag, "href").filter(|url| !url.is_empty()) {
            Some(url) => Mark::of_link(&url),
            None => return,
        },
        b"tg-emoji" => match attribute(tag, "emoji-id").and_then(|id| id.parse().ok()) {
            Some(id) => Mark::Emoji(id),
            None => return,
        },
        b"blockquote" => Mark::Quote { collapsed: attribute(tag, "expandable").is_some() },
        b"br" => return builder.push("\n"),
        b"p" | b"div" => return builder.line(),
        _ => return,
    };
    builder.open(mark);
}

fn end(builder: &mut Builder, name: &HtmlString) {
    match name.as_slice() {
        b"b" | b"strong" => builder.close(|mark| *mark == Mark::Bold),
        b"i" | b"em" => builder.close(|mark| *mark == Mark::Italic),
        b"u" | b"ins" => builder.close(|mark| *mark == Mark::Underline),
        b"s" | b"strike" | b"del" => builder.close(|mark| *mark == Mark::Strike),
        b"tg-spoiler" | b"span" => builder.close(|mark| *mark == Mark::Spoiler),
        // In a `pre` there may be none of its own.
        b"code" => builder.close(|mark| *mark == Mark::Code),
        b"pre" => builder.close(|mark| matches!(mark, Mark::Pre(_))),
        b"a" => {
            builder.close(|mark| matches!(mark, Mark::Link(_) | Mark::Mention(_) | Mark::Emoji(_)))
        }
        b"tg-emoji" => builder.close(|mark| matches!(mark, Mark::Emoji(_))),
        b"blockquote" => builder.close(|mark| matches!(mark, Mark::Quote { .. })),
        b"p" | b"div" => builder.line(),
        _ => {}
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(&value.value).into_owned())
}
