//! Albums (FI-19): several files in one group of messages.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::files::{TransferError, Uploaded};
use crate::client::peers::PeerRef;
use crate::client::text::Text;
use crate::client::verbs::sent::messages_with;
use crate::files::albums::{Album, AlbumStep};
use crate::net::OsEntropy;
use crate::tl::api::enums::{Document, InputFile, InputMedia, MessageMedia, Photo};
use crate::tl::api::functions::messages;
use crate::tl::api::types;

type Media = dyn Fn(InputFile, Option<InputFile>) -> InputMedia + Send + Sync;

/// A file of an album.
pub struct AlbumItem {
    uploaded: Uploaded,
    media: Box<Media>,
    caption: Text,
}

impl AlbumItem {
    /// A photo, or whatever else the function makes of the file and of the thumb that it was uploaded with: a video, with how long it
    /// is. In an album are photos and videos, or files of one kind.
    pub fn new<M: Into<InputMedia>>(
        uploaded: Uploaded,
        media: impl Fn(InputFile, Option<InputFile>) -> M + Send + Sync + 'static,
    ) -> Self {
        let media = move |file, thumb| media(file, thumb).into();
        Self { uploaded, media: Box::new(media), caption: Text::default() }
    }

    /// A photo.
    #[must_use]
    pub fn photo(uploaded: Uploaded) -> Self {
        Self::new(uploaded, |file, _| types::InputMediaUploadedPhoto::new(file))
    }

    /// A file as it is, with the thumb that it was uploaded with.
    pub fn document(uploaded: Uploaded, mime_type: impl Into<String>) -> Self {
        let (mime_type, name) = (mime_type.into(), uploaded.name().to_owned());
        Self::new(uploaded, move |file, thumb| {
            let name = types::DocumentAttributeFilename::new(name.clone()).into();
            let new = types::InputMediaUploadedDocument::new(file, mime_type.clone(), vec![name]);
            types::InputMediaUploadedDocument { thumb, force_file: true, ..new }
        })
    }

    /// What is said with it.
    #[must_use]
    pub fn caption(self, text: impl Into<Text>) -> Self {
        Self { caption: text.into(), ..self }
    }
}

impl fmt::Debug for AlbumItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlbumItem").field("uploaded", &self.uploaded).finish_non_exhaustive()
    }
}

/// An album that is to be sent: await it.
#[derive(Debug)]
#[must_use = "nothing is sent before it is awaited"]
pub struct SendAlbum {
    client: Client,
    peer: PeerRef,
    items: Vec<AlbumItem>,
    reply_to: Option<i32>,
    schedule: Option<i32>,
    silent: bool,
}

impl Client {
    /// Sends one to ten files that were [uploaded](Client::upload) as an album; gives its messages in their order.
    ///
    /// ```no_run
    /// use telewire::client::files::Source;
    /// use telewire::client::verbs::AlbumItem;
    ///
    /// # async fn example(client: telewire::client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let cat = client.upload(Source::path("cat.jpg")).photo().await?;
    /// let dog = client.upload(Source::path("dog.jpg")).photo().await?;
    /// client.send_album("@ada", [AlbumItem::photo(cat).caption("both"), AlbumItem::photo(dog)]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// When it is dropped before it is ready, it may have been sent.
    ///
    /// # Errors
    ///
    /// [`TransferError::Items`]; [`TransferError::Client`], as `GROUPED_MEDIA_INVALID` when files of these kinds do not go together.
    ///
    /// Source: <https://core.telegram.org/api/files#albums-grouped-media>.
    pub fn send_album(
        &self,
        peer: impl Into<PeerRef>,
        items: impl IntoIterator<Item = AlbumItem>,
    ) -> SendAlbum {
        SendAlbum {
            client: self.clone(),
            peer: peer.into(),
            items: items.into_iter().collect(),
            reply_to: None,
            schedule: None,
            silent: false,
        }
    }
}

impl SendAlbum {
    /// In answer to a message of the same chat.
    pub fn reply_to(self, id: i32) -> Self {
        Self { reply_to: Some(id), ..self }
    }

    /// Without a sound at whoever gets it.
    pub fn silent(self) -> Self {
        Self { silent: true, ..self }
    }

    /// At a time, in seconds since 1970.
    pub fn schedule(self, unix: i32) -> Self {
        Self { schedule: Some(unix), ..self }
    }

    async fn send(mut self) -> Result<Vec<types::Message>, TransferError> {
        let mut entropy = OsEntropy::new().map_err(|error| Error::Io(error.kind()))?;
        let count = self.items.len();
        let mut album = Album::new(count, &mut entropy).map_err(|_| TransferError::Items(count))?;
        let peer = self.client.resolve(&self.peer).await?;
        let mut call = messages::SendMultiMedia {
            silent: self.silent,
            reply_to: self.reply_to.map(|id| types::InputReplyToMessage::new(id).into()),
            schedule_date: self.schedule,
            ..messages::SendMultiMedia::new(peer.clone(), Vec::new())
        };
        for (item, random_id) in self.items.iter_mut().zip(album.random_ids()) {
            let (message, entities) = self.client.marked(std::mem::take(&mut item.caption)).await?;
            let new =
                types::InputSingleMedia::new(InputMedia::InputMediaEmpty, *random_id, message);
            call.multi_media.push(types::InputSingleMedia { entities, ..new });
        }
        loop {
            match album.step() {
                AlbumStep::UploadMedia(number) => {
                    let item = self.items.get_mut(number);
                    let single = call.multi_media.get_mut(number);
                    if let (Some(AlbumItem { uploaded, media, .. }), Some(single)) = (item, single)
                    {
                        single.media = given(&self.client, &peer, uploaded, &**media).await?;
                    }
                    album.handle_media(number);
                }
                AlbumStep::Send => {
                    let answer = self.client.ask(&call).await;
                    let result = match &answer {
                        Ok(_) => Ok(()),
                        Err(error) => match error.rpc() {
                            Some(rpc) => Err(rpc.clone()),
                            None => return answer.map(|_| Vec::new()).map_err(Into::into),
                        },
                    };
                    let goes_on = album.handle_sent(result).is_ok();
                    match answer {
                        Ok(answer) => {
                            let messages = messages_with(&answer, album.random_ids());
                            for item in self.items {
                                item.uploaded.finish().await;
                            }
                            return Ok(messages);
                        }
                        Err(error) if !goes_on => return Err(error.into()),
                        // One of them is given anew.
                        Err(_) => {}
                    }
                }
                AlbumStep::Done => return Ok(Vec::new()),
            }
        }
    }
}

impl IntoFuture for SendAlbum {
    type Output = Result<Vec<types::Message>, TransferError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// What an item is called by once the server has put it together.
async fn given(
    client: &Client,
    peer: &crate::tl::api::enums::InputPeer,
    uploaded: &mut Uploaded,
    media: &Media,
) -> Result<InputMedia, TransferError> {
    let answer = uploaded.give(|file, thumb| {
        let call = messages::UploadMedia::new(peer.clone(), media(file, thumb));
        let client = client.clone();
        async move { client.invoke(&call).await }
    });
    let there = match answer.await? {
        MessageMedia::MessageMediaPhoto(of) => match of.photo {
            Some(Photo::Photo(photo)) => {
                let types::Photo { id, access_hash, file_reference, .. } = *photo;
                let id = types::InputPhoto { id, access_hash, file_reference }.into();
                Some(types::InputMediaPhoto::new(id).into())
            }
            _ => None,
        },
        MessageMedia::MessageMediaDocument(of) => match of.document {
            Some(Document::Document(document)) => {
                let types::Document { id, access_hash, file_reference, .. } = *document;
                let id = types::InputDocument { id, access_hash, file_reference }.into();
                Some(types::InputMediaDocument::new(id).into())
            }
            _ => None,
        },
        _ => None,
    };
    Ok(there.ok_or(Error::Missing { what: "the file" })?)
}
