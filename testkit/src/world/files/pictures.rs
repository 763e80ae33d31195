//! What of a picture a server has to know: that it is one, and how large.

use telewire::rpc::RpcError;

use crate::world::files::Blob;
use crate::world::invalid;

/// The kinds of pictures that photos are made of, by the endings of their names.
const ENDINGS: [&str; 7] = ["jpg", "jpeg", "png", "gif", "webp", "bmp", "tiff"];

/// Width and height together: <https://core.telegram.org/bots/api#sendphoto>.
const MAX_SIDES: i32 = 10_000;

/// How many times a side may be the other, as there.
const MAX_RATIO: i32 = 20;

/// FI-18: how large a photo is.
///
/// # Errors
///
/// `PHOTO_EXT_INVALID`: its name is not that of a picture; `IMAGE_PROCESS_FAILED`: it is none; `PHOTO_INVALID_DIMENSIONS`.
pub(super) fn photo(name: &str, content: &Blob) -> Result<(i32, i32), RpcError> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    if !ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
        return Err(invalid("PHOTO_EXT_INVALID"));
    }
    let (width, height) = size(content).ok_or_else(|| invalid("IMAGE_PROCESS_FAILED"))?;
    let is_empty = width == 0 || height == 0;
    let is_large = width.saturating_add(height) > MAX_SIDES;
    let (short, long) = (width.min(height), width.max(height));
    if is_empty || is_large || long > short.saturating_mul(MAX_RATIO) {
        return Err(invalid("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok((width, height))
}

/// Width and height of a picture; `None` of what is none.
pub(super) fn size(content: &Blob) -> Option<(i32, i32)> {
    let size = imagesize::blob_size(&content.all()).ok()?;
    Some((i32::try_from(size.width).ok()?, i32::try_from(size.height).ok()?))
}

/// Whether it is what thumbnails have to be.
pub(super) fn is_jpeg(content: &Blob) -> bool {
    content.read(0, 3) == [0xff, 0xd8, 0xff]
}
