//! A name on this machine's disk for what somebody else calls a file (FI-83, SC-78): one for all who take files.

/// FI-83, SC-78: a name in a folder for what a server calls a file: its last component, without what a file system or a shell would read
/// otherwise. The file's extension stays. Where nothing is left of it, `file`.
///
/// ```
/// # #[cfg(feature = "files")] {
/// use telewire::files::names::local;
///
/// assert_eq!(local("../../etc/passwd"), "passwd");
/// assert_eq!(local("C:\\autoexec.bat"), "autoexec.bat");
/// assert_eq!(local("con.txt"), "_con.txt");
/// assert_eq!(local(".."), "file");
/// # }
/// ```
#[must_use]
pub fn local_name(told: &str) -> String {
    let last = told.rsplit(['/', '\\', ':']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| !is_treacherous(*c))
        .map(|c| if is_reserved(c) { '_' } else { c })
        .collect();
    // Windows drops dots and spaces at the end; those at the begin would hide the file.
    let kept = kept.trim_matches([' ', '.', '\u{a0}']).trim();
    let kept = shortened(kept);
    if kept.is_empty() {
        return NAMELESS.into();
    }
    if is_device(&kept) { format!("_{kept}") } else { kept }
}

/// What a file without a name is called.
pub(crate) const NAMELESS: &str = "file";

/// The longest name, in bytes: file systems take 255, and a partial file's name is 24 longer.
const MAX_NAME: usize = 200;

/// Control characters; and those that turn the direction of text or show nothing, which make `exe.jpg` of `gpj.exe`.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// What Windows takes in no name.
fn is_reserved(c: char) -> bool {
    matches!(c, '<' | '>' | '"' | '|' | '?' | '*')
}

/// Names that are devices on Windows, whatever their extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|n| {
        let mut chars = n.chars();
        matches!((chars.next(), chars.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    })
}

/// The name, cut in its stem so that the extension stays.
pub(crate) fn shortened(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 16 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let mut room = MAX_NAME - extension.len();
    while !stem.is_char_boundary(room) {
        room -= 1;
    }
    format!("{}{extension}", stem.get(..room).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fi_83_no_name_leaves_its_folder() {
        for (told, name) in [
            ("picture.jpg", "picture.jpg"),
            ("/etc/passwd", "passwd"),
            ("../../.ssh/authorized_keys", "authorized_keys"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("C:boot.ini", "boot.ini"),
            ("notes.txt:hidden", "hidden"),
            ("a/b/", "file"),
            ("", "file"),
            (".", "file"),
            ("..", "file"),
            ("...", "file"),
            (" . . ", "file"),
            (".bashrc", "bashrc"),
            ("name. . .", "name"),
            ("a\0b\nc\x1b[31m", "abc[31m"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("what?*<>|\".txt", "what______.txt"),
            ("con", "_con"),
            ("NUL.tar.gz", "_NUL.tar.gz"),
            ("com1.txt", "_com1.txt"),
            ("LPT9", "_LPT9"),
            ("COM¹", "_COM¹"),
            ("com10.txt", "com10.txt"),
            ("console.txt", "console.txt"),
            ("фото.jpg", "фото.jpg"),
        ] {
            assert_eq!(local_name(told), name, "{told:?}");
        }
    }

    /// Every string of up to five of the characters that matter.
    #[test]
    fn fi_83_every_short_name_is_one_component_that_hides_nothing() {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..5 {
            last = last
                .iter()
                .flat_map(|name| "./\\: \0nul\u{202e}".chars().map(move |c| format!("{name}{c}")))
                .collect();
            all.extend(last.iter().cloned());
        }
        for told in all {
            let name = local_name(&told);
            assert!(
                !name.is_empty() && !name.starts_with('.') && !name.ends_with(['.', ' ']),
                "{told:?} {name:?}"
            );
            assert!(!name.contains(['/', '\\', ':', '\0', '\u{202e}']), "{told:?} {name:?}");
            assert!(!is_device(&name), "{told:?} {name:?}");
            assert_eq!(std::path::Path::new(&name).components().count(), 1);
        }
    }

    #[test]
    fn sc_78_what_is_not_seen_or_turns_what_is_seen_around_is_no_part_of_a_name() {
        for c in ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}').chain(
            "\u{061c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\u{2066}\u{2067}\u{2068}\u{2069}\u{feff}"
                .chars(),
        ) {
            assert_eq!(local_name(&format!("{c}photo{c}gpj.exe{c}")), "photogpj.exe", "{c:?}");
        }
    }

    #[test]
    fn fi_83_long_names_keep_their_extension() {
        for character in ["a", "ä", "語", "😀"] {
            let told = format!("{}.jpeg", character.repeat(300));
            let name = local_name(&told);
            assert!(name.len() <= MAX_NAME && name.ends_with(".jpeg") && name.len() > MAX_NAME - 8);
        }
        assert_eq!(local_name(&"a".repeat(300)).len(), MAX_NAME);
        assert_eq!(local_name(&format!("a.{}", "b".repeat(300))).len(), MAX_NAME);
    }
}
