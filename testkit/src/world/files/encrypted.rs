//! Files of secret chats (FI-22, SC-76): what their ends encrypted, kept like others.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{self, InputEncryptedFile, InputFile};
use telewire::tl::api::types;

use crate::world::files::Is;
use crate::world::{Caller, State, Viewer, invalid};

impl State {
    /// The number of the file that a request sends.
    ///
    /// # Errors
    ///
    /// Those of [uploads](crate::world::files::uploads::Uploads::file); `FILE_EMTPY`: it names none, `FILE_ID_INVALID`: there is none, or
    /// the access hash is another's.
    pub(crate) fn input_encrypted_file(
        &mut self,
        caller: &Caller,
        file: &InputEncryptedFile,
    ) -> Result<i64, RpcError> {
        let (upload, key_fingerprint): (InputFile, i32) = match file {
            InputEncryptedFile::InputEncryptedFile(of) => {
                let named = self.encrypted_file(caller.viewer(), of.id);
                let is_it = matches!(&named, enums::EncryptedFile::EncryptedFile(file) if file.access_hash == of.access_hash);
                return is_it.then_some(of.id).ok_or_else(|| invalid("FILE_ID_INVALID"));
            }
            InputEncryptedFile::InputEncryptedFileUploaded(of) => {
                let file = types::InputFile {
                    id: of.id,
                    parts: of.parts,
                    name: String::new(),
                    md5_checksum: of.md5_checksum.clone(),
                };
                (file.into(), of.key_fingerprint)
            }
            InputEncryptedFile::InputEncryptedFileBigUploaded(of) => {
                let (id, parts, name) = (of.id, of.parts, String::new());
                (types::InputFileBig { id, parts, name }.into(), of.key_fingerprint)
            }
            // So Telegram writes it.
            _ => return Err(invalid("FILE_EMTPY")),
        };
        let (content, _) = self.files.uploads.file(caller.me, &upload, self.clock)?;
        let is = Is::Encrypted { key_fingerprint };
        Ok(self.keep_file(caller.context.dc(), caller.date(), is, content, None))
    }

    /// A file of a secret chat, as a login sees it.
    pub(crate) fn encrypted_file(&self, viewer: Viewer, id: i64) -> enums::EncryptedFile {
        let file = self.files.file(id);
        let of = file.and_then(|file| match file.is {
            Is::Encrypted { key_fingerprint } => Some((file, key_fingerprint)),
            _ => None,
        });
        let Some((file, key_fingerprint)) = of else {
            return enums::EncryptedFile::EncryptedFileEmpty;
        };
        types::EncryptedFile {
            id,
            access_hash: self.file_hash(viewer, id),
            size: i64::try_from(file.content.size()).unwrap_or(i64::MAX),
            dc_id: file.dc.number.into(),
            key_fingerprint,
        }
        .into()
    }
}
