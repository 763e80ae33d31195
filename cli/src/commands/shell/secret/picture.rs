//! What two people compare of a secret chat's key: in colours, in characters, and as a file.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use png::{BitDepth, ColorType, Encoder};
use telewire::secret::{COLOURS, KeyHash, PICTURE_SIDE};

/// How many pixels of a file one of the picture's is on each side: phones show it some 240 wide.
const SCALE: usize = 20;

/// The picture for a terminal with colours, two characters for each pixel.
pub(in crate::commands::shell) fn painted(hash: &KeyHash) -> String {
    let mut lines = Vec::new();
    for row in hash.picture() {
        let pixels = row.iter().map(|pixel| {
            let [red, green, blue] = colour(*pixel);
            format!("\u{1b}[48;2;{red};{green};{blue}m  ")
        });
        lines.push(pixels.collect::<String>() + "\u{1b}[0m");
    }
    lines.join("\n")
}

/// The picture as telegram-cli drew it.
pub(in crate::commands::shell) fn plain(hash: &KeyHash) -> String {
    hash.to_string().trim_end_matches('\n').to_owned()
}

/// Its rows, a digit from 0 to 3 for each pixel.
pub(in crate::commands::shell) fn digits(hash: &KeyHash) -> Vec<String> {
    hash.picture().iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// Writes it as a PNG file.
pub(in crate::commands::shell) fn write_png(hash: &KeyHash, path: &Path) -> io::Result<()> {
    let mut bytes = Vec::new();
    for row in hash.picture() {
        let line: Vec<u8> = row.iter().flat_map(|pixel| colour(*pixel).repeat(SCALE)).collect();
        bytes.extend(line.repeat(SCALE));
    }
    let side = u32::try_from(PICTURE_SIDE.saturating_mul(SCALE)).unwrap_or_default();
    let mut encoder = Encoder::new(BufWriter::new(File::create(path)?), side, side);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(io::Error::other)?;
    writer.write_image_data(&bytes).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)
}

fn colour(pixel: u8) -> [u8; 3] {
    COLOURS.get(usize::from(pixel)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash() -> KeyHash {
        KeyHash(std::array::from_fn(|place| u8::try_from(place * 37 % 256).unwrap()))
    }

    #[test]
    fn each_form_is_the_same_picture() {
        let (picture, painted) = (hash().picture(), painted(&hash()));
        let lines: Vec<_> = painted.lines().collect();
        assert_eq!((lines.len(), plain(&hash()).lines().count()), (12, 12));
        for (line, row) in lines.iter().zip(&picture) {
            let shown: Vec<_> = line.split("\u{1b}[48;2;").skip(1).collect();
            for (shown, pixel) in shown.iter().zip(row) {
                let [red, green, blue] = COLOURS[usize::from(*pixel)];
                assert!(shown.starts_with(&format!("{red};{green};{blue}m  ")), "{shown}");
            }
            assert_eq!(shown.len(), 12);
        }
        let rows = picture.map(|row| row.map(|pixel| pixel.to_string()).concat());
        assert_eq!(digits(&hash()), rows);
    }

    #[test]
    fn the_file_is_read_by_others_as_the_picture() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.png");
        write_png(&hash(), &path).unwrap();
        let decoder = png::Decoder::new(std::io::BufReader::new(File::open(&path).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((info.width, info.height), (240, 240));
        let picture = hash().picture();
        for y in 0..240 {
            for x in 0..240 {
                let at = (y * 240 + x) * 3;
                let expected = COLOURS[usize::from(picture[y / 20][x / 20])];
                assert_eq!(bytes[at..at + 3], expected, "{x} {y}");
            }
        }
    }
}
