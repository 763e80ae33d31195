use super::*;
#[cfg(all(feature = "markdown", feature = "html"))]
use crate::crypto::{EntropyExt, SeededEntropy};

/// What an entity is, where it begins, and how long it is.
fn shape(text: &Text) -> Vec<(&'static str, i32, i32)> {
    let name = |entity: &MessageEntity| match entity {
        MessageEntity::MessageEntityBold(_) => "bold",
        MessageEntity::MessageEntityItalic(_) => "italic",
        MessageEntity::MessageEntityUnderline(_) => "underline",
        MessageEntity::MessageEntityStrike(_) => "strike",
        MessageEntity::MessageEntitySpoiler(_) => "spoiler",
        MessageEntity::MessageEntityCode(_) => "code",
        MessageEntity::MessageEntityPre(_) => "pre",
        MessageEntity::MessageEntityTextUrl(_) => "link",
        MessageEntity::MessageEntityMentionName(_) => "mention",
        MessageEntity::MessageEntityCustomEmoji(_) => "emoji",
        MessageEntity::MessageEntityBlockquote(_) => "quote",
        other => panic!("{other:?}"),
    };
    let shape = |entity| {
        let (offset, length) = place(entity);
        (name(entity), offset, length)
    };
    text.entities.iter().map(shape).collect()
}

/// An entity of each kind that is no mark, for what must not depend on the kind.
fn bold(offset: i32, length: i32) -> MessageEntity {
    types::MessageEntityBold { offset, length }.into()
}

/// All that holds of a text, whoever wrote it: each entity is within it, on borders of characters, and not empty.
#[cfg(any(feature = "markdown", feature = "html"))]
fn check(text: &Text) {
    let borders: Vec<i32> = text
        .text
        .chars()
        .scan(0, |unit, char| {
            let at = *unit;
            *unit += char.len_utf16() as i32;
            Some(at)
        })
        .chain([text.units() as i32])
        .collect();
    for entity in &text.entities {
        let (offset, length) = place(entity);
        assert!(length > 0, "{text:?}");
        assert!(borders.contains(&offset) && borders.contains(&(offset + length)), "{text:?}");
    }
    assert_eq!(text.text, text.text.trim(), "{text:?}");
    assert_eq!(text.clone().trimmed(), *text);
}

#[test]
fn a_text_is_trimmed_and_its_marks_move() {
    let text = Text::new(" \n👍 hi \u{3000}", vec![bold(0, 3), bold(2, 2), bold(5, 4), bold(7, 2)]);
    let trimmed = text.trimmed();
    assert_eq!(trimmed.text, "👍 hi");
    assert_eq!(shape(&trimmed), [("bold", 0, 1), ("bold", 0, 2), ("bold", 3, 2)]);
    assert_eq!(Text::from(" \n ").trimmed(), Text::default());
    // What makes no sense is no panic.
    for (offset, length) in [(-1, 5), (0, i32::MAX), (i32::MAX, i32::MAX), (i32::MIN, i32::MIN)] {
        let _ = Text::new(" a ", vec![bold(offset, length)]).trimmed().split(2);
        let _ = Text::new(" a ", vec![bold(offset, length)]).to_html();
    }
}

#[test]
fn a_long_text_is_cut_where_lines_and_words_end() {
    let parts = |text: &str, limit| -> Vec<String> {
        Text::from(text).split(limit).into_iter().map(|part| part.text).collect()
    };
    assert_eq!(parts("one two", 7), ["one two"]);
    assert_eq!(parts("one two", 6), ["one", "two"]);
    assert_eq!(parts("one two", 3), ["one", "two"]);
    assert_eq!(parts("a b\nc d", 6), ["a b", "c d"]);
    assert_eq!(parts("onetwo", 3), ["one", "two"]);
    assert_eq!(parts("👍👍👍", 3), ["👍", "👍", "👍"]);
    assert_eq!(parts("👍👍👍", 0), ["👍", "👍", "👍"]);
    assert_eq!(parts("", 3), [""]);
    let long = "word ".repeat(2_000);
    for part in parts(&long, MAX_MESSAGE_UNITS) {
        assert!(part.encode_utf16().count() <= MAX_MESSAGE_UNITS);
    }
    let marked = Text::new("one 👍 two", vec![bold(0, 10), bold(4, 2)]).split(4);
    let shapes: Vec<_> = marked.iter().map(|part| (part.text.as_str(), shape(part))).collect();
    let expected = [
        ("one", vec![("bold", 0, 3)]),
        ("👍", vec![("bold", 0, 2), ("bold", 0, 2)]),
        ("two", vec![("bold", 0, 3)]),
    ];
    assert_eq!(shapes, expected);
}

#[test]
fn overlapping_marks_are_written_as_tags_that_contain_one_another() {
    let italic = types::MessageEntityItalic { offset: 2, length: 3 };
    let text = Text::new("ab<&>", vec![bold(0, 4), italic.into()]);
    assert_eq!(text.to_html(), "<b>ab<i>&lt;&amp;</i></b><i>&gt;</i>");
}

#[cfg(feature = "markdown")]
mod markdown {
    use super::*;

    #[test]
    fn marks_have_their_entities() {
        for (source, text, expected) in [
            ("plain", "plain", vec![]),
            ("**bold**", "bold", vec![("bold", 0, 4)]),
            ("*it* _it_", "it it", vec![("italic", 0, 2), ("italic", 3, 2)]),
            ("__bold__", "bold", vec![("bold", 0, 4)]),
            ("**a _b_**", "a b", vec![("bold", 0, 3), ("italic", 2, 1)]),
            ("***both***", "both", vec![("bold", 0, 4), ("italic", 0, 4)]),
            ("~~no~~", "no", vec![("strike", 0, 2)]),
            ("||hidden||", "hidden", vec![("spoiler", 0, 6)]),
            ("a||b||c||d", "abc||d", vec![("spoiler", 1, 1)]),
            ("||a **b||c**", "a bc", vec![("spoiler", 0, 3), ("bold", 2, 2)]),
            ("||||", "||||", vec![]),
            ("a || b", "a || b", vec![]),
            ("||a\n\nb||", "||a\n\nb||", vec![]),
            ("`||a||`", "||a||", vec![("code", 0, 5)]),
            ("`a*b*`", "a*b*", vec![("code", 0, 4)]),
            ("<u>under</u>", "under", vec![("underline", 0, 5)]),
            ("1 < 2 <x>", "1 < 2 <x>", vec![]),
            ("```rust\nlet a;\n```", "let a;", vec![("pre", 0, 6)]),
            ("[a](https://x.org)", "a", vec![("link", 0, 1)]),
            ("[a](tg://user?id=7)", "a", vec![("mention", 0, 1)]),
            ("![👍](tg://emoji?id=7)", "👍", vec![("emoji", 0, 2)]),
            ("# Head\n\ntext", "Head\n\ntext", vec![("bold", 0, 4)]),
            ("> quote\n> more\n\nend", "quote\nmore\n\nend", vec![("quote", 0, 10)]),
            ("- a\n- b\n  - c", "• a\n• b\n  • c", vec![]),
            ("3. a\n4. b", "3. a\n4. b", vec![]),
            ("a\nb", "a\nb", vec![]),
            ("a  \nb", "a\nb", vec![]),
            ("2 \\* 3", "2 * 3", vec![]),
            ("👍 **👍👍**", "👍 👍👍", vec![("bold", 3, 4)]),
            ("&amp; &#128077; **x**", "& 👍 x", vec![("bold", 5, 1)]),
            ("", "", vec![]),
            ("a\n\n---\n\nb", "a\n\n———\n\nb", vec![]),
        ] {
            let read = Text::markdown(source);
            assert_eq!((read.text.as_str(), shape(&read)), (text, expected), "{source}");
            check(&read);
        }
    }

    #[test]
    fn a_fence_has_its_language() {
        let read = Text::markdown("```rust,ignore extra\na\n\nb\n```\nafter");
        assert_eq!(read.text, "a\n\nb\n\nafter");
        let [MessageEntity::MessageEntityPre(pre)] = read.entities.as_slice() else { panic!() };
        assert_eq!((pre.language.as_str(), pre.offset, pre.length), ("rust,ignore", 0, 4));
    }
}

#[cfg(feature = "html")]
mod html {
    use super::*;

    #[test]
    fn tags_have_their_entities() {
        for (source, text, expected) in [
            ("a < b & c > d", "a < b & c > d", vec![]),
            ("<b>x</b><strong>y</strong>", "xy", vec![("bold", 0, 1), ("bold", 1, 1)]),
            ("<i>a<em>b</em></i>", "ab", vec![("italic", 0, 2), ("italic", 1, 1)]),
            ("<u>a</u><ins>b</ins>", "ab", vec![("underline", 0, 1), ("underline", 1, 1)]),
            (
                "<s>a</s><del>b</del><strike>c</strike>",
                "abc",
                vec![("strike", 0, 1), ("strike", 1, 1), ("strike", 2, 1)],
            ),
            (
                "<tg-spoiler>a</tg-spoiler><span class=\"tg-spoiler\">b</span>",
                "ab",
                vec![("spoiler", 0, 1), ("spoiler", 1, 1)],
            ),
            ("<span>a</span>", "a", vec![]),
            ("<code>a&lt;b</code>", "a<b", vec![("code", 0, 3)]),
            ("<pre>a</pre>", "a", vec![("pre", 0, 1)]),
            ("<a href='https://x.org?a=1&amp;b=2'>x</a>", "x", vec![("link", 0, 1)]),
            ("<a>x</a>", "x", vec![]),
            ("<A HREF=tg://user?id=5>x</A>", "x", vec![("mention", 0, 1)]),
            ("<tg-emoji emoji-id=5>👍</tg-emoji>", "👍", vec![("emoji", 0, 2)]),
            ("<blockquote expandable>a</blockquote>", "a", vec![("quote", 0, 1)]),
            ("a<br>b<br/>c", "a\nb\nc", vec![]),
            ("<p>a</p><p>b</p>", "a\nb", vec![]),
            // Crossed, left open, closed twice, unknown.
            ("<b>a<i>b</b>c</i>", "abc", vec![("bold", 0, 2), ("italic", 1, 2)]),
            ("<b>a<i>b", "ab", vec![("bold", 0, 2), ("italic", 1, 1)]),
            ("a</b></i>b", "ab", vec![]),
            ("<x>a</x><!-- c -->b<!doctype html>", "ab", vec![]),
            ("<b> </b>a", "a", vec![]),
            ("👍<b>👍</b>", "👍👍", vec![("bold", 2, 2)]),
            ("<b>  a  </b>", "a", vec![("bold", 0, 1)]),
            ("<title><b>a</b></title>", "a", vec![("bold", 0, 1)]),
        ] {
            let read = Text::html(source);
            assert_eq!((read.text.as_str(), shape(&read)), (text, expected), "{source}");
            check(&read);
        }
    }

    #[test]
    fn what_follows_a_tag_is_not_marked() {
        for tag in [
            "b",
            "strong",
            "i",
            "em",
            "u",
            "ins",
            "s",
            "strike",
            "del",
            "tg-spoiler",
            "span class='tg-spoiler'",
            "code",
            "pre",
            "a href='https://x.org'",
            "a href='tg://user?id=5'",
            "tg-emoji emoji-id=5",
            "blockquote",
            "blockquote expandable",
        ] {
            let name = tag.split(' ').next().unwrap();
            let read = Text::html(&format!("a<{tag}>b</{name}>c"));
            let places: Vec<_> = shape(&read).into_iter().map(|(_, at, long)| (at, long)).collect();
            assert_eq!((read.text.as_str(), places), ("abc", vec![(1, 1)]), "{tag}");
        }
    }

    #[test]
    fn each_mark_is_written_as_its_tag() {
        for source in [
            "a<b>b</b>c",
            "<i>a</i>",
            "<u>a</u>",
            "<s>a</s>",
            "<tg-spoiler>a</tg-spoiler>",
            "<code>a&lt;&amp;&gt;\"b</code>",
            "<pre>a</pre>",
            "<pre><code class=\"language-c&amp;&quot;\">a</code></pre>",
            "<a href=\"https://x.org/?a&amp;b&quot;\">x</a>",
            "<a href=\"tg://user?id=5\">x</a>",
            "<tg-emoji emoji-id=\"5\">👍</tg-emoji>",
            "<blockquote>a</blockquote>",
            "<blockquote expandable>a</blockquote>",
            "<b>a<i>b</i></b><i>c</i>",
        ] {
            assert_eq!(Text::html(source).to_html(), source);
        }
        // What clients find by themselves has no tag, nor has what is nowhere.
        let hashtag = MessageEntity::MessageEntityHashtag(types::MessageEntityHashtag::new(0, 2));
        for entity in [hashtag, bold(0, 0), bold(3, 9), bold(-1, 2)] {
            assert_eq!(Text::new("#a", vec![entity]).to_html(), "#a");
        }
        let text = String::from("a");
        assert_eq!(Text::from(&text), Text::from("a"));
    }

    #[test]
    fn a_block_has_the_language_that_is_said_first() {
        for source in [
            "<pre language=x>a</pre>",
            "<pre language=x><code class=language-c>a</code></pre>",
            "<pre><code class=language-x>a</code></pre>",
        ] {
            let read = Text::html(source);
            let pre = read.entities.iter().find_map(|entity| match entity {
                MessageEntity::MessageEntityPre(pre) => Some(pre.language.as_str()),
                _ => None,
            });
            assert_eq!(pre, Some("x"), "{source}");
        }
    }

    #[test]
    fn a_block_of_code_in_a_language_is_one_mark() {
        let read = Text::html("<pre><code class=\"language-c\">a</code></pre>");
        let [MessageEntity::MessageEntityPre(pre)] = read.entities.as_slice() else {
            panic!("{read:?}")
        };
        assert_eq!((pre.language.as_str(), pre.length), ("c", 1));
    }

    /// Marks that contain one another, at random.
    fn nested(seed: &mut SeededEntropy, depth: u32) -> String {
        const TAGS: [&str; 9] = [
            "b",
            "i",
            "u",
            "s",
            "tg-spoiler",
            "code",
            "blockquote",
            "blockquote expandable",
            "a href=\"https://x.org/?a&amp;b&quot;\"",
        ];
        const WORDS: [&str; 6] = ["a", "👍", " ", "\n", "&lt;&amp;", "\u{301}é"];
        let mut out = String::new();
        for _ in 0..seed.array::<1>()[0] % 4 + 1 {
            let [what, which] = seed.array();
            if what % 3 == 0 && depth > 0 {
                let tag = TAGS[usize::from(which) % TAGS.len()];
                let name = tag.split(' ').next().unwrap();
                out += &format!("<{tag}>{}</{name}>", nested(seed, depth - 1));
            } else {
                out += WORDS[usize::from(which) % WORDS.len()];
            }
        }
        out
    }

    #[test]
    fn what_was_read_is_read_again_from_what_is_written() {
        let mut seed = SeededEntropy::new(7);
        for _ in 0..2_000 {
            let read = Text::html(&nested(&mut seed, 4));
            check(&read);
            assert_eq!(Text::html(&read.to_html()), read, "{}", read.to_html());
        }
    }
}

/// Texts that nobody would write: pieces that mean something, in any order.
#[cfg(all(feature = "markdown", feature = "html"))]
#[test]
fn any_text_is_read_and_its_marks_are_on_borders() {
    const PIECES: [&str; 44] = [
        "*",
        "**",
        "_",
        "__",
        "~~",
        "||",
        "|",
        "`",
        "```",
        "```x\n",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "# ",
        "[",
        "](",
        ")",
        "![",
        "tg://user?id=9",
        "tg://emoji?id=",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<pre><code class=language-x>",
        "</code></pre>",
        "<a href=",
        "</a>",
        "<",
        ">",
        "&",
        "&#0;",
        "&#xD800;",
        "&amp",
        "\\",
        "👍",
        "é",
        "\u{301}",
        "\u{200d}",
        "\0",
        "\r\n",
        " ",
    ];
    let mut seed = SeededEntropy::new(11);
    for _ in 0..5_000 {
        let [length] = seed.array();
        let source: String = (0..length % 24)
            .map(|_| PIECES[usize::from(seed.array::<1>()[0]) % PIECES.len()])
            .collect();
        for text in [Text::markdown(&source), Text::html(&source)] {
            check(&text);
            for part in text.clone().split(5) {
                assert!(part.units() <= 5);
                check(&part);
            }
            check(&Text::html(&text.to_html()));
        }
    }
}

/// As deep and as long as one likes: it takes time for its length, and no stack.
#[cfg(all(feature = "markdown", feature = "html"))]
#[test]
fn marks_that_are_deep_in_one_another_are_read() {
    for (start, end) in [("<b>", "</b>"), ("<b>", "</i>"), ("> ", ""), ("**", "**"), ("[", "](x)")]
    {
        let source = start.repeat(20_000) + "x" + &end.repeat(20_000);
        check(&Text::markdown(&source));
        check(&Text::html(&source));
    }
}
