//! Files of secret chats, encrypted on their way and decrypted on theirs (FI-22, FI-39, SC-76, SC-77).

use crate::client::files::{Download, RemoteFile, Source};
use crate::client::secret::chats::SecretChats;
use crate::client::secret::desk::Desk;
use crate::client::secret::error::SecretError;
use crate::client::secret::event::SecretChatId;
use crate::net::OsEntropy;
use crate::secret::file::{self, FileError, FileKey};
use crate::secret::{InputFile, Message, Position, ServerFile, State};
use crate::tl::api::enums::InputFileLocation;
use crate::tl::api::types;
use crate::tl::secret::enums::DecryptedMessageMedia;

impl SecretChats {
    /// Sends a file, and gives the name of the message. What it is shown as is the message's media, of which key and size are put in
    /// here: [`document`](file::document), [`photo`](file::photo), or another form of a file. A reader of unknown length cannot be
    /// sent.
    ///
    /// ```no_run
    /// use telewire::client::files::Source;
    /// use telewire::client::secret::{SecretChatId, SecretChats, SecretError};
    /// use telewire::secret::{Message, file};
    ///
    /// # async fn example(chats: SecretChats, chat: SecretChatId) -> Result<(), SecretError> {
    /// let notes = Message::media(file::document("notes.txt", "text/plain"));
    /// chats.send_file(chat, notes, Source::path("notes.txt")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); [`SecretError::Transfer`], [`SecretError::File`].
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, the upload ends; the message may have been said if it was over.
    pub async fn send_file(
        &self,
        chat: SecretChatId,
        mut message: Message,
        source: Source,
    ) -> Result<i64, SecretError> {
        let media = message.media.take().ok_or(FileError::None)?;
        // Before anything is uploaded: whether it is a file, and whether it could be said.
        let mut entropy = OsEntropy::new().map_err(|e| crate::client::Error::Io(e.kind()))?;
        let key = FileKey::random(&mut entropy);
        file::keyed(media.clone(), &key, 1)?;
        if self.get(chat).await?.state == State::Closed {
            return Err(SecretError::NoSuchChat);
        }
        let uploaded = self.client().upload(source).encrypted(key.chain()).await?;
        let (input, size) = uploaded.sizes();
        let (id, key_fingerprint) = (input.file_id, key.fingerprint());
        let parts = i32::try_from(input.parts).unwrap_or(i32::MAX);
        let file = match input.is_big {
            true => InputFile::UploadedBig { id, parts, key_fingerprint },
            false => {
                let md5_checksum = input.md5.clone();
                InputFile::Uploaded { id, parts, md5_checksum, key_fingerprint }
            }
        };
        message.media = Some(file::keyed(media, &key, size.unwrap_or_default())?);
        let say = move |desk: &mut Desk<OsEntropy>, now| {
            desk.say(chat, |chat, e| chat.send(now, message, Some(file), e))
        };
        let said = self.ask(say).await?;
        uploaded.finish().await;
        Ok(said)
    }

    /// Fetches the file of a message that came, decrypted: `media` and `file` are of its
    /// [event](crate::secret::Event::Message). What does not agree is found before anything is asked for (SC-77); that nobody has
    /// changed the bytes is not found at all, so do not read the file where it can do harm. By default its name on the disk is its
    /// sender's, made harmless (SC-78).
    ///
    /// # Errors
    ///
    /// [`SecretError::File`].
    pub fn download(
        &self,
        media: &DecryptedMessageMedia,
        place: &Position,
    ) -> Result<Download, SecretError> {
        self.download_file(media, &place.file.ok_or(FileError::None)?)
    }

    /// The same of what was kept of it.
    ///
    /// # Errors
    ///
    /// [`SecretError::File`].
    pub fn download_file(
        &self,
        media: &DecryptedMessageMedia,
        at: &ServerFile,
    ) -> Result<Download, SecretError> {
        let checked = file::check(media, at)?;
        let (id, access_hash) = (at.id, at.access_hash);
        let location: InputFileLocation =
            types::InputEncryptedFileLocation { id, access_hash }.into();
        let remote = RemoteFile::at(&location, at.dc_id, u64::try_from(checked.size).ok());
        let name = file::name(media).map_or_else(|| format!("{id}.jpg"), str::to_owned);
        Ok(self.client().download(remote.named(name)).decrypted(checked.key.chain()))
    }
}
