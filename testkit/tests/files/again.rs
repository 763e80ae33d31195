//! What is looked up again, as it carries no reference: photos of peers, thumbs of sticker sets (FI-38).

use telewire::client::files::{RemoteFile, Source, TransferError};
use telewire::files::FileError;
use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::GetStickerSet;
use telewire::tl::api::functions::photos::{DeletePhotos, UploadProfilePhoto};
use telewire::tl::api::functions::upload::GetFile;
use telewire::tl::api::{enums, groups, types};

use crate::support::{TWO, Two, bytes, patient, served_with, two};

/// The head of a PNG file, and something behind it.
fn picture(number: u8) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 0, 1, 64, 0, 0, 0, 200, 8, 2, 0, 0, 0]);
    png.extend(vec![number; 70_000]);
    png
}

impl Two {
    /// Ada's new photo.
    async fn poses(&self, content: Vec<u8>) -> i64 {
        let file = patient(self.adas.upload(Source::bytes(content)).photo()).await.unwrap();
        let set = |file| {
            let request = UploadProfilePhoto { file: Some(file), ..UploadProfilePhoto::new() };
            let client = self.adas.clone();
            async move { client.invoke(&request).await }
        };
        let set = patient(file.send(set)).await.unwrap();
        let enums::Photo::Photo(photo) = set.photo else { panic!() };
        photo.id
    }

    async fn hides(&self, photo: i64) {
        let named = types::InputPhoto::new(photo, 0, Vec::new().into());
        let request = DeletePhotos::new(vec![named.into()]);
        assert_eq!(patient(self.adas.invoke(&request)).await.unwrap(), [photo]);
    }
}

#[tokio::test]
async fn fi_38_a_photo_that_its_owner_has_replaced_is_the_new_one_or_an_error() {
    let two = two().await;
    let first = two.poses(picture(1)).await;
    let old = patient(two.bobs.peer_photo("@lovelace")).await.unwrap().unwrap();
    assert_eq!(patient(two.bobs.download(old.clone()).to_bytes()).await.unwrap(), picture(1));
    let second = two.poses(picture(2)).await;
    // It is there still.
    assert_eq!(patient(two.bobs.download(old.clone()).to_bytes()).await.unwrap(), picture(1));
    two.hides(first).await;
    assert_eq!(patient(two.bobs.download(old.clone()).to_bytes()).await.unwrap(), picture(2));
    two.hides(second).await;
    let error = patient(two.bobs.download(old).to_bytes()).await.unwrap_err();
    let gone = RpcError::parse(400, "FILE_ID_INVALID");
    assert!(
        matches!(&error, TransferError::File(FileError::Rpc(rpc)) if *rpc == gone),
        "{error:?}"
    );
}

/// By a location of one's own, too.
#[tokio::test]
async fn fi_38_a_sticker_sets_thumb_is_that_of_its_new_version() {
    let content = bytes(30_000);
    let now = content.clone();
    let two = served_with(&[TWO], move |_, _, dispatcher| {
        let now = now.clone();
        dispatcher.on(move |_, request: GetFile| {
            let is_new = matches!(&request.location,
                enums::InputFileLocation::InputStickerSetThumb(of) if of.thumb_version == 2);
            if !is_new {
                return Err(RpcError::parse(400, "FILE_ID_INVALID"));
            }
            let from = usize::try_from(request.offset).unwrap().min(now.len());
            let to = from.saturating_add(usize::try_from(request.limit).unwrap()).min(now.len());
            let bytes = now[from..to].to_vec().into();
            let r#type = enums::storage::FileType::FileWebp;
            Ok(types::upload::File { r#type, mtime: 0, bytes }.into())
        });
        dispatcher.on(|_, _: GetStickerSet| {
            let set = types::StickerSet::new(1, 1, "cats".into(), "cats".into(), 0, 0);
            let thumbs =
                groups::StickerSetThumbs { thumbs: Vec::new(), thumb_dc_id: 2, thumb_version: 2 };
            let set = types::StickerSet { thumbs: Some(thumbs), ..set };
            let found = types::messages::StickerSet::new(set, vec![], vec![], vec![]);
            Ok(enums::messages::StickerSet::from(found))
        });
    })
    .await;
    let stickerset = types::InputStickerSetShortName::new("cats".into()).into();
    let location = types::InputStickerSetThumb::new(stickerset, 1).into();
    let file = RemoteFile::at(&location, 2, None);
    assert!(patient(two.bobs.download(file).to_bytes()).await.unwrap() == content);
}
