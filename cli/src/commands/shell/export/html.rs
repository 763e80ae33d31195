//! The page of an export. It is made of the lines that are there, so that it is whole at any time.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use serde_json::Value;
use tempfile::NamedTempFile;

use super::folder::Folder;
use crate::commands::shell::fault::Fault;
use crate::date;

/// Nothing in it runs, and nothing is fetched from elsewhere, whatever others wrote.
const HEAD: &str = r#"<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; media-src 'self' file:">
<style>
body { max-width: 48em; margin: auto; padding: 1em; font: 16px/1.4 sans-serif; color-scheme: light dark }
article { margin: .6em 0 } article.out { padding-left: 3em }
header { font-size: 80%; opacity: .7 } .text { white-space: pre-wrap; overflow-wrap: anywhere }
img, video { max-width: 100%; max-height: 30em } tg-spoiler { background: #8886 }
</style>
"#;

/// What browsers show of a file, by the end of its name. Source: IANA's registry of media types.
const PICTURES: [&str; 5] = [".jpg", ".jpeg", ".png", ".gif", ".webp"];
const FILMS: [&str; 2] = [".mp4", ".webm"];

/// Writes it in the place of the one before.
pub(super) fn write(folder: &Folder, title: &str) -> Result<(), Fault> {
    let path = folder.path().join("messages.html");
    let wrong = |error: io::Error| Fault::Failed(format!("{}: {error}", path.display()));
    let file = NamedTempFile::new_in(folder.path()).map_err(wrong)?;
    let mut out = BufWriter::new(file);
    let title = escaped(title);
    writeln!(out, "{HEAD}<title>{title}</title></head><body><h1 dir=\"auto\">{title}</h1>")
        .map_err(wrong)?;
    for line in folder.lines().map_err(wrong)? {
        let line: Value = serde_json::from_str(&line.map_err(wrong)?).map_err(Fault::failed)?;
        out.write_all(article(&line).as_bytes()).map_err(wrong)?;
    }
    out.write_all(b"</body></html>\n").map_err(wrong)?;
    let file = out.into_inner().map_err(|error| wrong(error.into_error()))?;
    file.persist(&path).map_err(|error| wrong(error.error))?;
    Ok(())
}

/// A message.
fn article(line: &Value) -> String {
    let text = |pointer: &str| line.pointer(pointer).and_then(Value::as_str);
    let number = |name: &str| line.get(name).and_then(Value::as_i64);
    let id = line.pointer("/raw/id").and_then(Value::as_i64).unwrap_or_default();
    let from = text("/from/name").or(text("/from/id")).unwrap_or_default();
    let out = if line.get("out") == Some(&Value::Bool(true)) { " class=\"out\"" } else { "" };
    let date = date::utc(number("date").unwrap_or_default());
    let mut html =
        format!("<article id=\"m{id}\"{out}>\n<header><b dir=\"auto\">{}</b> ", escaped(from));
    // Writing into a text cannot fail.
    let _ = write!(html, "<a href=\"#m{id}\">{date}</a>");
    if number("edit_date").is_some() {
        html.push_str(" edited");
    }
    if let Some(name) = text("/fwd_from/name").or(text("/fwd_from/id")) {
        let _ = write!(html, " forwarded from <b dir=\"auto\">{}</b>", escaped(name));
    }
    if let Some(reply) = number("reply_id") {
        let _ = write!(html, " <a href=\"#m{reply}\">in answer to {reply}</a>");
    }
    html.push_str("</header>\n");
    if let Some(action) = text("/action/type") {
        let _ = writeln!(html, "<i>{}</i>", escaped(action));
    }
    match (text("/file"), text("/file_error"), text("/media/type")) {
        (Some(file), _, _) => html.push_str(&shown(file)),
        (None, Some(why), _) => {
            let _ = writeln!(html, "<i>a file that could not be had: {}</i>", escaped(why));
        }
        (None, None, Some(kind)) => {
            let _ = writeln!(html, "<i>{}</i>", escaped(kind));
        }
        (None, None, None) => {}
    }
    if let Some(marked) = text("/html") {
        let _ = writeln!(html, "<div class=\"text\" dir=\"auto\">{marked}</div>");
    }
    html.push_str("</article>\n");
    html
}

/// A file of the folder's.
fn shown(file: &str) -> String {
    let (url, lower) = (url(file), file.to_ascii_lowercase());
    let is = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
    if is(&PICTURES) {
        return format!("<a href=\"{url}\"><img src=\"{url}\" alt=\"\" loading=\"lazy\"></a>\n");
    }
    if is(&FILMS) {
        return format!("<video src=\"{url}\" controls preload=\"none\"></video>\n");
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    format!("<a href=\"{url}\" dir=\"auto\">{}</a>\n", escaped(name))
}

/// A path as a relative URL.
fn url(path: &str) -> String {
    let mut url = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            char => html.push(char),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_others_wrote_is_text() {
        let line = json!({
            "from": {"id": "user#5", "name": "<script>\"&"}, "date": 0, "out": true, "reply_id": 3,
            "fwd_from": {"id": "user#6"}, "html": "<b>bold</b> &lt;i&gt;", "raw": {"id": 7},
            "file_error": "<no>",
        });
        let html = article(&line);
        assert_eq!(
            html,
            "<article id=\"m7\" class=\"out\">\n\
             <header><b dir=\"auto\">&lt;script&gt;&quot;&amp;</b> <a href=\"#m7\">1970-01-01 00:00:00</a> \
             forwarded from <b dir=\"auto\">user#6</b> <a href=\"#m3\">in answer to 3</a></header>\n\
             <i>a file that could not be had: &lt;no&gt;</i>\n\
             <div class=\"text\" dir=\"auto\"><b>bold</b> &lt;i&gt;</div>\n</article>\n"
        );
    }

    #[test]
    fn files_are_shown_by_their_names_whatever_these_are() {
        assert!(shown("files/7/a b\".JPG").contains("<img src=\"files/7/a%20b%22.JPG\""));
        assert!(shown("files/7/f.mp4").starts_with("<video src=\"files/7/f.mp4\""));
        let named = shown("files/7/<x>é.txt");
        assert!(named.contains("href=\"files/7/%3Cx%3E%C3%A9.txt\""), "{named}");
        assert!(named.contains(">&lt;x&gt;é.txt</a>"), "{named}");
    }
}
