//! Pictures in the terminal: where it says by its environment that it has kitty's or iTerm's protocol or sixels, by those, and by half
//! blocks elsewhere. `TELEWIRE_PICTURES` says otherwise. And small ones, for messages.

use std::io::{self, IsTerminal};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageReader, Limits};
use telewire::secret::file::MAX_THUMB_SIDE;
use viuer::Config;

/// The environment variable that says how pictures are shown.
const PICTURES: &str = "TELEWIRE_PICTURES";

/// The longest side of a picture that is shown, in pixels: Telegram's photos have 2,560 at most.
const MAX_SIDE: u32 = 10_000;

/// The most that a picture may take while it is read: one of 16 megapixels does.
const MAX_BYTES: u64 = 64 << 20;

/// The most rows that a picture takes, so that what was said before stays to be seen.
const MAX_ROWS: u16 = 24;

/// Of a hundred: what is so small is looked at before the file is there.
const THUMB_QUALITY: u8 = 60;

/// How a terminal shows pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Kitty,
    Iterm,
    Sixels,
    Blocks,
    Off,
}

/// Shows a picture in the terminal; whether it did. What is no picture that can be read, and output that is no terminal's, are left to
/// other programs.
pub(super) fn show(path: &Path) -> bool {
    let way = way(|name| std::env::var(name).ok());
    if way == Way::Off || !io::stdout().is_terminal() {
        return false;
    }
    read(path).is_some_and(|picture| viuer::print(&picture, &config(way)).is_ok())
}

fn read(path: &Path) -> Option<DynamicImage> {
    let mut reader = ImageReader::open(path).ok()?.with_guessed_format().ok()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    reader.decode().ok()
}

/// A picture small enough to be in the message of a file: a JPEG, its width and its height.
pub(super) fn thumb(path: &Path) -> Option<(Vec<u8>, i32, i32)> {
    let side = MAX_THUMB_SIDE.unsigned_abs();
    // It would have no transparent pixels, and one that is smaller is not made larger.
    let picture = read(path)?.to_rgb8();
    let (width, height) = picture.dimensions();
    let picture = DynamicImage::from(picture);
    let picture = match width.max(height) > side {
        true => picture.thumbnail(side, side),
        false => picture,
    };
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, THUMB_QUALITY);
    picture.write_with_encoder(encoder).ok()?;
    let (width, height) = (picture.width().try_into().ok()?, picture.height().try_into().ok()?);
    Some((bytes, width, height))
}

/// What a terminal is not known to have it is not asked for: one that never answers would have the program wait for ever.
fn way(variable: impl Fn(&str) -> Option<String>) -> Way {
    match variable(PICTURES).as_deref() {
        Some("kitty") => return Way::Kitty,
        Some("iterm") => return Way::Iterm,
        Some("sixel" | "sixels") => return Way::Sixels,
        Some("blocks") => return Way::Blocks,
        Some("off" | "none" | "0") => return Way::Off,
        _ => {}
    }
    let term = variable("TERM").unwrap_or_default();
    let program = variable("TERM_PROGRAM").unwrap_or_default();
    let no_color = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_kitty = term.contains("kitty") || term.contains("ghostty");
    if term == "dumb" || no_color {
        Way::Off
    } else if is_kitty || program == "ghostty" || variable("KITTY_WINDOW_ID").is_some() {
        Way::Kitty
    } else if matches!(program.as_str(), "iTerm.app" | "WezTerm" | "mintty") {
        Way::Iterm
    } else if ["foot", "mlterm", "yaft", "contour"].iter().any(|name| term.starts_with(name)) {
        Way::Sixels
    } else {
        Way::Blocks
    }
}

fn config(way: Way) -> Config {
    // A terminal that does not say how large it is has none.
    let (columns, rows) = match viuer::terminal_size() {
        (0, _) | (_, 0) => (80, MAX_ROWS),
        size => size,
    };
    let rows = (rows / 2).clamp(1, MAX_ROWS);
    Config {
        absolute_offset: false,
        transparent: true,
        use_kitty: way == Way::Kitty,
        use_iterm: way == Way::Iterm,
        use_sixel: way == Way::Sixels,
        // The picture keeps its shape within both.
        width: Some(columns.into()),
        height: Some(rows.into()),
        ..Config::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_says_what_it_has() {
        for (set, expected) in [
            (&[("TERM", "xterm-256color")][..], Way::Blocks),
            (&[], Way::Blocks),
            (&[("TERM", "dumb")], Way::Off),
            (&[("TERM", "xterm"), ("NO_COLOR", "1")], Way::Off),
            (&[("TERM", "xterm"), ("NO_COLOR", "")], Way::Blocks),
            (&[("TERM", "xterm-kitty")], Way::Kitty),
            (&[("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")], Way::Kitty),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Way::Iterm),
            (&[("TERM", "foot-extra")], Way::Sixels),
            (&[("TERM", "xterm-kitty"), (PICTURES, "blocks")], Way::Blocks),
            (&[("TERM", "xterm-kitty"), (PICTURES, "off")], Way::Off),
            (&[("TERM", "dumb"), (PICTURES, "sixel")], Way::Sixels),
            (&[("TERM", "foot"), (PICTURES, "")], Way::Sixels),
        ] {
            let variable = |wanted: &str| {
                let found = set.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(way(variable), expected, "{set:?}");
        }
    }

    #[test]
    fn sc_76_a_small_picture_fits_a_square_of_90_and_keeps_its_shape() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        for (size, small) in
            [((900, 300), (90, 30)), ((1, 5_000), (1, 90)), ((90, 90), (90, 90)), ((2, 3), (2, 3))]
        {
            image::RgbaImage::new(size.0, size.1).save(&path).unwrap();
            let (bytes, width, height) = thumb(&path).unwrap();
            assert_eq!((width, height), small, "{size:?}");
            let read = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg);
            let read = read.unwrap();
            assert_eq!((read.width(), read.height()), (small.0 as u32, small.1 as u32));
        }
        std::fs::write(&path, "no picture").unwrap();
        assert!(thumb(&path).is_none());
    }

    #[test]
    fn only_what_is_a_picture_and_not_too_large_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        image::RgbImage::new(3, 2).save(&path).unwrap();
        assert_eq!(read(&path).map(|picture| (picture.width(), picture.height())), Some((3, 2)));
        // Its name says nothing.
        let other = folder.path().join("a.txt");
        std::fs::rename(&path, &other).unwrap();
        assert!(read(&other).is_some());
        let whole = std::fs::read(&other).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            // Of a PNG the end may be missing.
            let _ = read(&path);
        }
        image::GrayImage::new(MAX_SIDE + 1, 1).save(&path).unwrap();
        assert!(read(&path).is_none());
        assert!(read(folder.path()).is_none() && read(Path::new("/nowhere/x")).is_none());
    }
}
