//! Names of files: those that servers tell, and those that are sent (FI-83, FI-18, FI-80).

use crate::crypto::{Entropy, EntropyExt, real};
pub use crate::local_name::local_name as local;
use crate::local_name::{NAMELESS, shortened};

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
    partial(name, u64::from_le_bytes(entropy.array()))
}

/// FI-80: the first of these names that a download to `name` tries. It is always the same, so that what an earlier one left is found
/// without a look at everything in the folder.
#[must_use]
pub fn first_temporary(name: &str) -> String {
    let [a, b, c, d, e, f, g, h, ..] = real().sha256(&[name.as_bytes()]);
    partial(name, u64::from_le_bytes([a, b, c, d, e, f, g, h]))
}

fn partial(name: &str, suffix: u64) -> String {
    let stem = shortened(name);
    format!(".{stem}.{suffix:016x}{PARTIAL}")
}

/// What the names of partial files end in.
pub const PARTIAL: &str = ".part";

/// What a photo's name may end in.
const PICTURES: [&str; 5] = [".jpg", ".jpeg", ".png", ".webp", ".gif"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SeededEntropy;

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
        // File systems take 255 bytes.
        for character in ["a", "ä", "語", "😀"] {
            let name = local(&format!("{}.jpeg", character.repeat(300)));
            assert!(temporary(&name, &mut entropy).len() <= 255);
            assert!(first_temporary(&name).len() <= 255);
        }
        // Names that are cut to the same have others.
        let long = ["a", "b"].map(|end| first_temporary(&("a".repeat(300) + end)));
        assert_ne!(long[0], long[1]);
    }
}
