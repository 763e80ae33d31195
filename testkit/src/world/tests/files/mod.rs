//! Files, up and down, in several data centres.

mod downloads;
mod faults;
mod media;
mod photos;
mod uploads;

use telewire::crypto::KeyId;
use telewire::ids::{DcId, SessionId};
use telewire::server::{Caller, Dispatcher};
use telewire::time::Now;
use telewire::tl::api::functions::auth::{ExportAuthorization, ImportAuthorization};
use telewire::tl::api::functions::messages::SendMedia;
use telewire::tl::api::functions::upload::{GetFile, SaveBigFilePart, SaveFilePart};
use telewire::tl::api::{enums, types};
use telewire::tl::{Deserialize, Function};

use super::{Device, Script, errors};

const KIB: usize = 1_024;
const MIB: usize = 1_024 * KIB;

/// Bytes without a pattern, so that no part is another's.
fn bytes(count: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// A picture as far as a server looks at it, with something behind.
fn png(width: u32, height: u32, more: usize) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend(width.to_be_bytes());
    png.extend(height.to_be_bytes());
    png.extend([8, 2, 0, 0, 0]);
    png.extend(bytes(more));
    png
}

/// The same, of the kind that thumbnails are.
fn jpeg(width: u16, height: u16, more: usize) -> Vec<u8> {
    let mut jpeg =
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08".to_vec();
    jpeg.extend(height.to_be_bytes());
    jpeg.extend(width.to_be_bytes());
    jpeg.extend([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    jpeg.extend(bytes(more));
    jpeg
}

fn small_part(file_id: i64, file_part: i32, size: usize) -> SaveFilePart {
    SaveFilePart { file_id, file_part, bytes: vec![7; size].into() }
}

fn big_part(file_id: i64, file_part: i32, file_total_parts: i32, size: usize) -> SaveBigFilePart {
    SaveBigFilePart { file_id, file_part, file_total_parts, bytes: vec![7; size].into() }
}

fn input_file(id: i64, parts: i32, name: &str) -> types::InputFile {
    types::InputFile { id, parts, name: name.into(), md5_checksum: String::new() }
}

fn document(file: impl Into<enums::InputFile>) -> types::InputMediaUploadedDocument {
    types::InputMediaUploadedDocument::new(file.into(), "text/plain".into(), Vec::new())
}

impl Script {
    /// Saves a file in parts of 64 KiB.
    fn save(&mut self, device: Device, file_id: i64, name: &str, all: &[u8]) -> types::InputFile {
        let mut parts = 0;
        for part in all.chunks(64 * KIB) {
            let request = SaveFilePart { file_id, file_part: parts, bytes: part.into() };
            assert_eq!(self.ask(device, &request), Ok(true));
            parts += 1;
        }
        input_file(file_id, parts, name)
    }

    fn send_media(
        &mut self,
        from: Device,
        to: i64,
        media: impl Into<enums::InputMedia>,
    ) -> Result<enums::Updates, String> {
        self.keys += 1;
        let peer = self.input_peer(from, to);
        self.ask(from, &SendMedia::new(peer, media.into(), String::new(), self.keys))
    }

    /// What a message that came last from somebody carries.
    fn last_media(&mut self, device: Device, with: i64) -> enums::MessageMedia {
        self.history(device, with)[0].media.clone().unwrap()
    }

    fn last_document(&mut self, device: Device, with: i64) -> types::Document {
        let enums::MessageMedia::MessageMediaDocument(media) = self.last_media(device, with) else {
            panic!()
        };
        let Some(enums::Document::Document(document)) = media.document else { panic!() };
        *document
    }

    fn last_photo(&mut self, device: Device, with: i64) -> types::Photo {
        let enums::MessageMedia::MessageMediaPhoto(media) = self.last_media(device, with) else {
            panic!()
        };
        photo_of(media.photo.unwrap())
    }

    fn get(
        &mut self,
        device: Device,
        location: &enums::InputFileLocation,
        offset: i64,
        limit: i32,
    ) -> Result<Vec<u8>, String> {
        let answer = self.ask(device, &GetFile::new(location.clone(), offset, limit))?;
        Ok(bytes_of(answer))
    }

    /// A file from its begin to its end.
    fn get_all(
        &mut self,
        device: Device,
        location: &enums::InputFileLocation,
        limit: i32,
    ) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let part = self.get(device, location, all.len() as i64, limit).unwrap();
            let is_last = part.len() < limit as usize;
            all.extend(part);
            if is_last {
                return all;
            }
        }
    }
}

fn photo_of(photo: enums::Photo) -> types::Photo {
    match photo {
        enums::Photo::Photo(photo) => *photo,
        other => panic!("{other:?}"),
    }
}

fn bytes_of(file: enums::upload::File) -> Vec<u8> {
    match file {
        enums::upload::File::File(file) => file.bytes.into_vec(),
        other => panic!("{other:?}"),
    }
}

fn at(document: &types::Document, thumb_size: &str) -> enums::InputFileLocation {
    let types::Document { id, access_hash, file_reference, .. } = document.clone();
    let thumb_size = thumb_size.into();
    types::InputDocumentFileLocation { id, access_hash, file_reference, thumb_size }.into()
}

fn at_photo(photo: &types::Photo, thumb_size: &str) -> enums::InputFileLocation {
    let types::Photo { id, access_hash, file_reference, .. } = photo.clone();
    let thumb_size = thumb_size.into();
    types::InputPhotoFileLocation { id, access_hash, file_reference, thumb_size }.into()
}

fn named(document: &types::Document) -> types::InputMediaDocument {
    let types::Document { id, access_hash, file_reference, .. } = document.clone();
    let id = types::InputDocument { id, access_hash, file_reference };
    types::InputMediaDocument::new(id.into())
}

fn named_photo(photo: &types::Photo) -> types::InputMediaPhoto {
    types::InputMediaPhoto::new(input_photo(photo).into())
}

fn input_photo(photo: &types::Photo) -> types::InputPhoto {
    let types::Photo { id, access_hash, file_reference, .. } = photo.clone();
    types::InputPhoto { id, access_hash, file_reference }
}

/// Two people, and a file of Ada's that Bob has.
fn sent(all: &[u8]) -> (Script, Device, Device, types::Document) {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let file = script.save(ada, 1, "notes.txt", all);
    script.send_media(ada, bob.user, document(file)).unwrap();
    let got = script.last_document(bob, ada.user);
    (script, ada, bob, got)
}

/// Another data centre of a world.
struct Elsewhere {
    dc: DcId,
    dispatcher: Dispatcher,
}

impl Elsewhere {
    fn new(script: &Script, dc: DcId) -> Self {
        let mut dispatcher = Dispatcher::new();
        script.world.register(dc, &mut dispatcher);
        script.world.set_address(dc, ([127, 0, 0, 1], 1).into());
        Self { dc, dispatcher }
    }

    fn ask<F: Function>(
        &mut self,
        script: &Script,
        device: Device,
        request: &F,
    ) -> Result<F::Return, String> {
        let Device { key, session, .. } = device;
        let now = Now { mono: script.unix, unix: script.unix };
        let caller = Caller { key, session, now, layer: None, wants_updates: false };
        let answer = self.dispatcher.answer(caller, &request.to_bytes()).map_err(|error| {
            assert!(errors::is_known(&error), "Telegram has no {error:?}");
            format!("{} {}", error.code, error.message())
        })?;
        Ok(F::Return::from_bytes(&answer).unwrap())
    }

    /// A device that is logged in at home is here too.
    fn admit(&mut self, script: &mut Script, device: Device) -> Device {
        let export = ExportAuthorization { dc_id: self.dc.number.into() };
        let exported = script.ask(device, &export).unwrap();
        let here = Device { key: KeyId(-device.key.0), session: SessionId(-7), ..device };
        let import = ImportAuthorization { id: exported.id, bytes: exported.bytes };
        self.ask(script, here, &import).unwrap();
        here
    }
}
