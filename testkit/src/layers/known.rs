//! The layers, each made when a client of it comes.

use std::sync::{LazyLock, OnceLock};

use telewire::schema::HISTORY_TL;
use telewire_codegen::dynamic::{Codec, Common};
use telewire_codegen::layers::Layers;

/// A layer.
#[derive(Debug)]
pub(super) struct Layer {
    /// Its number; of one that nobody has a copy of, the next lower one's.
    number: u32,
    pub(super) codec: Codec<'static>,
    /// What it says as the newest does.
    pub(super) common: Common,
}

impl Layer {
    pub(super) fn is(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

/// Whether a layer can be had.
pub(super) fn has(layer: i32) -> bool {
    number(layer).is_some()
}

/// A layer, if it can be had.
pub(super) fn layer(layer: i32) -> Option<&'static Layer> {
    let layer = number(layer)?;
    let place = MADE.partition_point(|(seen, _)| *seen <= layer).checked_sub(1)?;
    let (number, made) = MADE.get(place)?;
    // The newest must not ask for itself.
    let is_newest = MADE.last().is_some_and(|(last, _)| last == number);
    let newest = if is_newest { None } else { newest() };
    let make = || {
        let codec = LAYERS.as_ref()?.codec(*number).ok()?;
        let common = newest.map(|newest| Common::of(&codec, &newest.codec)).unwrap_or_default();
        Some(Layer { number: *number, codec, common })
    };
    made.get_or_init(make).as_ref()
}

/// The one that handlers are written in.
pub(super) fn newest() -> Option<&'static Layer> {
    layer(MADE.last()?.0.try_into().ok()?)
}

/// The number of the last layer that has an id.
pub(super) fn latest_with_id(id: u32) -> Option<i32> {
    LAYERS.as_ref()?.latest_with_id(id)?.try_into().ok()
}

/// Whether a client of a layer speaks as handlers do, and nothing has to be made for it.
pub(super) fn is_newest(layer: i32) -> bool {
    let last = MADE.last().map(|(last, _)| i64::from(*last));
    last == Some(layer.into())
}

fn number(layer: i32) -> Option<u32> {
    let layer = layer.try_into().ok()?;
    LAYERS.as_ref()?.range().contains(&layer).then_some(layer)
}

/// A test reads all of them.
static LAYERS: LazyLock<Option<Layers<'static>>> = LazyLock::new(|| Layers::parse(HISTORY_TL).ok());

/// Those that there are copies of, in ascending order.
static MADE: LazyLock<Vec<(u32, OnceLock<Option<Layer>>)>> = LazyLock::new(|| {
    let seen = LAYERS.as_ref().into_iter().flat_map(Layers::seen);
    seen.map(|layer| (layer, OnceLock::new())).collect()
});
