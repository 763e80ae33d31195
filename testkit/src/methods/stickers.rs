//! `messages.*` about stickers, effects and folders: there are none, and clients ask for them when they start.

use telewire::tl::api::functions::messages::{
    GetAllStickers, GetAvailableEffects, GetDialogFilters, GetEmojiStickers, GetFavedStickers,
    GetFeaturedStickers, GetMaskStickers, GetRecentStickers, GetSavedGifs, GetStickers,
};
use telewire::tl::api::types::messages as types;

use crate::methods::Registry;

/// The hash of a list of nothing.
const HASH: i64 = 0;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(|_, _, _: GetAllStickers| Ok(no_sets().into()));
    registry.people(|_, _, _: GetMaskStickers| Ok(no_sets().into()));
    registry.people(|_, _, _: GetEmojiStickers| Ok(no_sets().into()));
    registry.people(|_, _, _: GetFeaturedStickers| {
        let (sets, unread) = (Vec::new(), Vec::new());
        let none = types::FeaturedStickers { premium: false, hash: HASH, count: 0, sets, unread };
        Ok(none.into())
    });
    registry.people(|_, _, _: GetRecentStickers| {
        let (packs, stickers, dates) = (Vec::new(), Vec::new(), Vec::new());
        Ok(types::RecentStickers { hash: HASH, packs, stickers, dates }.into())
    });
    registry.people(|_, _, _: GetFavedStickers| {
        let (packs, stickers) = (Vec::new(), Vec::new());
        Ok(types::FavedStickers { hash: HASH, packs, stickers }.into())
    });
    registry.people(|_, _, _: GetSavedGifs| {
        Ok(types::SavedGifs { hash: HASH, gifs: Vec::new() }.into())
    });
    registry.people(|_, _, _: GetStickers| {
        Ok(types::Stickers { hash: HASH, stickers: Vec::new() }.into())
    });
    registry.people(|_, _, _: GetAvailableEffects| {
        let (effects, documents) = (Vec::new(), Vec::new());
        Ok(types::AvailableEffects { hash: 0, effects, documents }.into())
    });
    registry.people(|_, _, _: GetDialogFilters| {
        Ok(types::DialogFilters { tags_enabled: false, filters: Vec::new() })
    });
}

fn no_sets() -> types::AllStickers {
    types::AllStickers { hash: HASH, sets: Vec::new() }
}
