//! Names of files: those that servers tell, and those that are sent (FI-83, FI-18, FI-80).

use crate::crypto::{Entropy, EntropyExt};

/// FI-83: a name in a folder for what a server calls a file: its last component, without what a file system or a shell would read
/// otherwise. The file's extension stays. Where nothing is left of it, `file`.
///
/// ```
/// use telewire::files::names::local;
///
/// assert_eq!(local("../../etc/passwd"), "passwd");
/// assert_eq!(local("C:\\autoexec.bat"), "autoexec.bat");
/// assert_eq!(local("con.txt"), "_con.txt");
/// assert_eq!(local(".."), "file");
/// ```
#[must_use]
pub fn local(told: &str) -> String {
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

/// FI-18: the name that is sent with a file: the last component of its path. A photo's has to end in what a picture's ends in.
#[must_use]
pub fn sent(path: &str, is_photo: bool) -> String {
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    let ends_well = |name: &str| {
        let lower = name.to_ascii_lowercase();
        PICTURES.iter().any(|end| lower.strip_suffix(end).is_some_and(|stem| !stem.is_empty()))
    };
    if is_photo && !ends_well(&name) {
        let stem = if name.is_empty() { NAMELESS } else { &name };
        return format!("{stem}.jpg");
    }
    name
}

/// FI-80: the name of what a download is written to until it is complete: in the folder of `name`, and of no other download.
pub fn temporary(name: &str, entropy: &mut (impl Entropy + ?Sized)) -> String {
    let suffix = u64::from_le_bytes(entropy.array());
    let stem = shortened(name);
    format!(".{stem}.{suffix:016x}{PARTIAL}")
}

/// What the names of partial files end in.
pub const PARTIAL: &str = ".part";

/// What a file without a name is called.
const NAMELESS: &str = "file";

/// What a photo's name may end in.
const PICTURES: [&str; 5] = [".jpg", ".jpeg", ".png", ".webp", ".gif"];

/// The longest name, in bytes: file systems take 255, and a partial file's name is 24 longer.
const MAX_NAME: usize = 200;

/// Control characters; and those that turn the direction of text or show nothing, which make `exe.jpg` of `gpj.exe`.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
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
fn shortened(name: &str) -> String {
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
    use crate::crypto::SeededEntropy;

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
            assert_eq!(local(told), name, "{told:?}");
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
            let name = local(&told);
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
    fn fi_83_long_names_keep_their_extension() {
        for character in ["a", "ä", "語", "😀"] {
            let told = format!("{}.jpeg", character.repeat(300));
            let name = local(&told);
            assert!(name.len() <= MAX_NAME && name.ends_with(".jpeg") && name.len() > MAX_NAME - 8);
            assert!(temporary(&name, &mut SeededEntropy::new(1)).len() <= 255);
        }
        assert_eq!(local(&"a".repeat(300)).len(), MAX_NAME);
        assert_eq!(local(&format!("a.{}", "b".repeat(300))).len(), MAX_NAME);
    }

    #[test]
    fn fi_18_a_sent_name_is_the_last_component_and_a_photos_ends_as_pictures_do() {
        for (path, name) in
            [("/home/me/a.txt", "a.txt"), ("C:\\me\\a.txt", "a.txt"), ("a\nb", "ab"), ("", "")]
        {
            assert_eq!(sent(path, false), name);
        }
        for (path, name) in [
            ("a.JPG", "a.JPG"),
            ("a.png", "a.png"),
            ("/x/a.webp", "a.webp"),
            ("a.txt", "a.txt.jpg"),
            ("a", "a.jpg"),
            (".jpg", ".jpg.jpg"),
            ("", "file.jpg"),
        ] {
            assert_eq!(sent(path, true), name, "{path}");
        }
    }

    #[test]
    fn fi_80_partial_files_have_names_of_their_own() {
        let mut entropy = SeededEntropy::new(1);
        let names: std::collections::BTreeSet<_> =
            (0..1_000).map(|_| temporary("a.txt", &mut entropy)).collect();
        assert_eq!(names.len(), 1_000);
        assert!(names.iter().all(|name| name.starts_with(".a.txt.") && name.ends_with(PARTIAL)));
    }
}
