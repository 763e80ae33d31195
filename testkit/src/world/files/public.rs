//! What tests say of files.

use std::time::Duration;

use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::tl::api::types::DocumentAttributeFilename;

use crate::world::files::chances::{DownloadFault, FileFaults, UploadFault};
use crate::world::files::{File, FileMedia, Is, pictures};
use crate::world::{Actor, Content, Media, Peer, World, invalid, seconds};

/// Files. Their numbers are those of `document` and `photo`, as clients see them.
impl World {
    /// Puts a document into a data centre; gives its number. [`send_file`](Self::send_file) shows it to somebody.
    pub fn put_file(&self, dc: DcId, name: &str, mime_type: &str, bytes: Vec<u8>) -> i64 {
        let named = DocumentAttributeFilename { file_name: name.to_owned() };
        let is = Is::Document { mime_type: mime_type.to_owned(), attributes: vec![named.into()] };
        let mut state = self.state();
        let date = seconds(state.clock);
        let id = state.keep_file(dc, date, is, bytes.into(), None);
        if let Some(file) = state.files.file_mut(id) {
            file.dc = dc;
        }
        id
    }

    /// Puts a photo into a data centre, with one size; gives its number.
    ///
    /// # Errors
    ///
    /// As `messages.sendMedia`: `PHOTO_EXT_INVALID`, `IMAGE_PROCESS_FAILED`, `PHOTO_INVALID_DIMENSIONS`.
    pub fn put_photo(&self, dc: DcId, name: &str, bytes: Vec<u8>) -> Result<i64, RpcError> {
        let content = bytes.into();
        let (width, height) = pictures::photo(name, &content)?;
        let mut state = self.state();
        let date = seconds(state.clock);
        let id = state.keep_file(dc, date, Is::Photo { width, height }, content, None);
        if let Some(file) = state.files.file_mut(id) {
            file.dc = dc;
        }
        Ok(id)
    }

    /// Has somebody send a file that is there to somebody, at a unix time, as [`say`](Self::say) does with a text. Gives the number that
    /// the message has for whoever sends it.
    ///
    /// # Errors
    ///
    /// `MEDIA_INVALID`: there is no such file; `USER_ID_INVALID` when one of them is nobody.
    pub fn send_file(
        &self,
        from: i64,
        to: i64,
        file: i64,
        caption: &str,
        unix: Duration,
    ) -> Result<i32, RpcError> {
        self.with(|state| {
            if state.files.file(file).is_none() {
                return Err(invalid("MEDIA_INVALID"));
            }
            if [from, to].iter().any(|id| state.people.user(*id).is_none()) {
                return Err(invalid("USER_ID_INVALID"));
            }
            state.pass(unix.saturating_add(state.ahead));
            let actor = Actor { user: from, date: seconds(state.clock), key: None };
            let media = Some(Media::File(Box::new(FileMedia::new(file))));
            let content = Content { text: caption.to_owned(), media, ..Content::default() };
            Ok(state.send_to(actor, Peer::User(to), content, None)?.id)
        })
    }

    /// The bytes of a file; `None` if there is none of that number.
    #[must_use]
    pub fn file(&self, file: i64) -> Option<Vec<u8>> {
        let content = self.state().files.file(file)?.content.clone();
        Some(content.all())
    }

    /// Moves a file to another data centre: the one that it was in answers `FILE_MIGRATE_X`. Says whether there is one.
    pub fn move_file(&self, file: i64, dc: DcId) -> bool {
        self.state().files.file_mut(file).map(|file| file.dc = dc).is_some()
    }

    /// Where files live that are uploaded from now on; `None` is where whoever uploads them is.
    pub fn set_dc_of_files(&self, dc: Option<DcId>) {
        self.state().files.dc = dc;
    }

    /// Makes all [references](https://core.telegram.org/api/file_reference) old that were given until now, to one file or to all:
    /// `FILE_REFERENCE_EXPIRED`. Whoever is shown a file again has a new one.
    pub fn expire_references(&self, file: Option<i64>) {
        let mut state = self.state();
        match file {
            Some(file) => drop(state.files.file_mut(file).map(File::expire)),
            None => {
                let expired = &mut state.files.references.expired;
                *expired = expired.wrapping_add(1);
            }
        }
    }

    /// How long references last: at least so long, and at most twice; for ever, unless it is said.
    pub fn set_reference_lifetime(&self, lifetime: Option<Duration>) {
        self.state().files.references.lifetime = lifetime;
    }

    /// What goes wrong with calls about files, by chance, from now on.
    pub fn set_file_faults(&self, chances: FileFaults) {
        self.state().files.faults.chances = chances;
    }

    /// What happens to the next parts that are asked for, one after the other, whatever the chances are.
    pub fn script_downloads(&self, faults: impl IntoIterator<Item = DownloadFault>) {
        self.state().files.faults.downloads.extend(faults);
    }

    /// What happens to the next parts that are saved, one after the other, whatever the chances are.
    pub fn script_uploads(&self, faults: impl IntoIterator<Item = UploadFault>) {
        self.state().files.faults.uploads.extend(faults);
    }
}
