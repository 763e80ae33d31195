//! Albums (FI-19): several files in one message group.
//!
//! ```text
//!  each item ── messages.uploadMedia ──> messages.sendMultiMedia with a random_id each ──> sent
//!                                            ^      │ FILE_REFERENCE_3_EXPIRED
//!                                            └── item 3 anew, the same random_ids
//! ```

use std::collections::BTreeSet;

use crate::crypto::{Entropy, EntropyExt};
use crate::files::retry::is_reference;
use crate::rpc::RpcError;

/// FI-19: how many items an album has at most.
pub const MAX_ITEMS: usize = 10;

/// How often an item's reference is fetched anew.
const MAX_REFRESHES: u32 = 2;

/// Why an album is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlbumError {
    /// It has no items, or more than ten.
    #[error("an album has 1 to 10 items, and this one {0}")]
    Items(usize),
    /// The server refused it.
    #[error("the server answered {0}")]
    Rpc(#[from] RpcError),
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlbumStep {
    /// `messages.uploadMedia` with the file of an item, whose answer has the `inputMediaPhoto` or `inputMediaDocument`.
    UploadMedia(usize),
    /// `messages.sendMultiMedia` with all of them.
    Send,
    /// Nothing: it is sent.
    Done,
}

/// An album that is sent.
#[derive(Debug)]
pub struct Album {
    /// One for each item, for all attempts.
    random_ids: Vec<i64>,
    /// The items that have to be given to `messages.uploadMedia`.
    missing: BTreeSet<usize>,
    refreshes: Vec<u32>,
    is_sent: bool,
}

impl Album {
    /// Of so many items.
    ///
    /// # Errors
    ///
    /// [`AlbumError::Items`].
    pub fn new(items: usize, entropy: &mut (impl Entropy + ?Sized)) -> Result<Self, AlbumError> {
        if !(1..=MAX_ITEMS).contains(&items) {
            return Err(AlbumError::Items(items));
        }
        let random_ids = (0..items).map(|_| i64::from_le_bytes(entropy.array())).collect();
        Ok(Self {
            random_ids,
            missing: (0..items).collect(),
            refreshes: vec![0; items],
            is_sent: false,
        })
    }

    /// The `random_id` of each item, the same for each attempt: so that none is sent twice.
    #[must_use]
    pub fn random_ids(&self) -> &[i64] {
        &self.random_ids
    }

    /// What is to be done next.
    #[must_use]
    pub fn step(&self) -> AlbumStep {
        match self.missing.first() {
            Some(item) => AlbumStep::UploadMedia(*item),
            None if self.is_sent => AlbumStep::Done,
            None => AlbumStep::Send,
        }
    }

    /// `messages.uploadMedia` has answered for an item.
    pub fn handle_media(&mut self, item: usize) {
        self.missing.remove(&item);
    }

    /// `messages.sendMultiMedia` has answered.
    ///
    /// # Errors
    ///
    /// [`AlbumError::Rpc`] for what is no expired reference of an item, and for one that expires again and again.
    pub fn handle_sent(&mut self, answer: Result<(), RpcError>) -> Result<(), AlbumError> {
        let Err(error) = answer else {
            self.is_sent = true;
            return Ok(());
        };
        // The number is the item's: that one alone is fetched anew.
        let item = error
            .value
            .filter(|_| is_reference(error.code, &error.name))
            .and_then(|n| usize::try_from(n).ok());
        let refreshes = item.and_then(|item| Some((item, self.refreshes.get_mut(item)?)));
        match refreshes {
            Some((item, times)) if *times < MAX_REFRESHES => {
                *times += 1;
                self.missing.insert(item);
                Ok(())
            }
            _ => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SeededEntropy;

    fn album(items: usize) -> Album {
        let mut album = Album::new(items, &mut SeededEntropy::new(1)).unwrap();
        for item in 0..items {
            assert_eq!(album.step(), AlbumStep::UploadMedia(item));
            album.handle_media(item);
        }
        assert_eq!(album.step(), AlbumStep::Send);
        album
    }

    #[test]
    fn fi_19_an_album_has_one_to_ten_items() {
        for items in [0, 11, usize::MAX] {
            assert_eq!(
                Album::new(items, &mut SeededEntropy::new(1)).unwrap_err(),
                AlbumError::Items(items)
            );
        }
        for items in 1..=10 {
            let mut album = album(items);
            let ids: BTreeSet<i64> = album.random_ids().iter().copied().collect();
            assert_eq!(ids.len(), items);
            assert_eq!(album.handle_sent(Ok(())), Ok(()));
            assert_eq!(album.step(), AlbumStep::Done);
        }
    }

    #[test]
    fn fi_19_the_item_whose_reference_expired_is_fetched_anew_and_no_other() {
        for items in 1..=10 {
            for item in 0..items {
                let mut album = album(items);
                let ids = album.random_ids().to_vec();
                let expired = RpcError::parse(400, &format!("FILE_REFERENCE_{item}_EXPIRED"));
                for _ in 0..MAX_REFRESHES {
                    assert_eq!(album.handle_sent(Err(expired.clone())), Ok(()));
                    assert_eq!(album.step(), AlbumStep::UploadMedia(item));
                    album.handle_media(item);
                    assert_eq!((album.step(), album.random_ids()), (AlbumStep::Send, &ids[..]));
                }
                assert_eq!(album.handle_sent(Err(expired.clone())), Err(expired.into()));
            }
        }
    }

    #[test]
    fn fi_19_other_errors_end_it() {
        for (code, message) in [
            (400, "FILE_REFERENCE_3_EXPIRED"),
            (400, "FILE_REFERENCE_EXPIRED"),
            (500, "FILE_REFERENCE_0_EXPIRED"),
            (400, "MEDIA_INVALID"),
            (400, "FILE_REFERENCE_9223372036854775807_EXPIRED"),
        ] {
            let error = RpcError::parse(code, message);
            assert_eq!(album(3).handle_sent(Err(error.clone())), Err(error.into()));
        }
    }
}
