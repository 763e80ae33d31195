//! The schemas of many layers, from one list of definitions with their layers.
//!
//! ```text
//! // LAYERS 135 136 139 …                                      the layers that were seen
//! 135 176 phoneCall#967f7c67 flags:# … = PhoneCall;            first layer, last layer, a definition
//! ---functions---
//! 135 230 help.getConfig#c4f9186b = Config;
//! ```
//!
//! A layer that was not seen reads and writes as the next lower one. Nothing but the lines is looked at before a layer is asked
//! for; then its schema is made, and kept for those who ask again.
//!
//! A name can have two ids in one layer, when a definition was sent before it was everybody's: both are read, and the one with
//! the narrower range is what is written, for it is what the layer brought.

#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use crate::Error;
use crate::dynamic::Codec;
use crate::ir::{Name, Schema};
use crate::raw::{RawDefinition, RawSchema};
use crate::{resolve, tl_text};

/// Many layers of a schema.
///
/// ```
/// use telewire_codegen::layers::Layers;
///
/// let text = "// LAYERS 1 3\n1 1 a#11111111 = A;\n3 3 a#22222222 x:int = A;";
/// let layers = Layers::parse(text)?;
/// assert_eq!(layers.range(), 1..=3);
/// // Layer 2 was not seen.
/// assert_eq!(layers.at(2)?.constructors[0].id, 0x1111_1111);
/// assert_eq!(layers.at(3)?.constructors[0].id, 0x2222_2222);
/// # Ok::<(), telewire_codegen::layers::LayersError>(())
/// ```
#[derive(Debug)]
pub struct Layers<'t> {
    /// Those that were seen, in ascending order, with what was made of them.
    seen: Vec<(u32, OnceLock<Schema>)>,
    lines: Vec<Line<'t>>,
    /// The last layer of each id.
    latest: HashMap<u32, u32>,
}

/// A definition, and the layers that have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'t> {
    /// The first layer that has it.
    pub first: u32,
    /// The last layer that has it.
    pub last: u32,
    /// Whether it is a function.
    pub is_function: bool,
    /// The definition as a line of TL.
    pub tl: &'t str,
}

/// Why a list of layers, or a layer of it, is not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayersError {
    /// A line is not of the form.
    #[error("line {number} is not `FIRST LAST name#id … = Type;`, with layers of the list: {text}")]
    Line {
        /// Which, from 1.
        number: usize,
        /// The line.
        text: String,
    },
    /// The first line does not list the layers.
    #[error("the first line is not `// LAYERS` with the layers in ascending order")]
    Head,
    /// There is no such layer.
    #[error("layer {layer} is not known: there are layers {first} to {last}")]
    Unknown {
        /// The layer.
        layer: u32,
        /// The first that is known.
        first: u32,
        /// The last that is known.
        last: u32,
    },
    /// The definitions of a layer are no schema.
    #[error("layer {layer}: {source}")]
    Schema {
        /// The layer.
        layer: u32,
        /// What is wrong with it.
        source: Error,
    },
}

impl<'t> Layers<'t> {
    /// Takes a list, in the form that the [module](self) shows.
    ///
    /// # Errors
    ///
    /// [`LayersError::Head`] and [`LayersError::Line`]. Definitions are read with their layer.
    pub fn parse(text: &'t str) -> Result<Self, LayersError> {
        let mut rest = (1..).zip(text.lines());
        let head = rest.next().and_then(|(_, line)| line.strip_prefix("// LAYERS "));
        let layers = head.ok_or(LayersError::Head)?.split_whitespace().map(str::parse);
        let layers: Vec<u32> = layers.collect::<Result<_, _>>().map_err(|_| LayersError::Head)?;
        if layers.is_empty() || !layers.is_sorted_by(|one, next| one < next) {
            return Err(LayersError::Head);
        }
        let (mut lines, mut is_function) = (Vec::new(), false);
        for (number, text) in rest {
            match text.trim() {
                "" => {}
                "---functions---" => is_function = true,
                line => {
                    let line = Line::parse(line, is_function).filter(|line| {
                        let is_seen = |layer| layers.binary_search(layer).is_ok();
                        line.first <= line.last && is_seen(&line.first) && is_seen(&line.last)
                    });
                    let text = text.to_owned();
                    lines.push(line.ok_or(LayersError::Line { number, text })?);
                }
            }
        }
        let seen = layers.into_iter().map(|layer| (layer, OnceLock::new())).collect();
        let mut latest = HashMap::new();
        for (id, line) in lines.iter().filter_map(|line: &Line<'_>| Some((line.id()?, line))) {
            let last = latest.entry(id).or_insert(line.last);
            *last = line.last.max(*last);
        }
        Ok(Self { seen, lines, latest })
    }

    /// The layers that can be asked for.
    pub fn range(&self) -> RangeInclusive<u32> {
        let of = |seen: Option<&(u32, _)>| seen.map_or(0, |(layer, _)| *layer);
        of(self.seen.first())..=of(self.seen.last())
    }

    /// The layers that were seen, in ascending order. The others are as the next lower one.
    pub fn seen(&self) -> impl Iterator<Item = u32> {
        self.seen.iter().map(|(layer, _)| *layer)
    }

    /// The schema of a layer, whose [`layer`](Schema::layer) is the one that was seen. It is made when it is first asked for, which
    /// takes some tens of milliseconds and 4 to 7 MiB for one of Telegram's layers, and is kept.
    ///
    /// # Errors
    ///
    /// [`LayersError::Unknown`] and [`LayersError::Schema`].
    pub fn at(&self, layer: u32) -> Result<&Schema, LayersError> {
        let range = self.range();
        let place = self.seen.partition_point(|(seen, _)| *seen <= layer).checked_sub(1);
        let seen = place.and_then(|place| self.seen.get(place));
        let Some((seen, schema)) = seen.filter(|_| range.contains(&layer)) else {
            let (first, last) = range.into_inner();
            return Err(LayersError::Unknown { layer, first, last });
        };
        if let Some(schema) = schema.get() {
            return Ok(schema);
        }
        let made = self.make(*seen);
        let made = made.map_err(|source| LayersError::Schema { layer: *seen, source })?;
        // Whoever was faster has made the same.
        Ok(schema.get_or_init(|| made))
    }

    /// A codec of a layer.
    ///
    /// # Errors
    ///
    /// As [`at`](Self::at).
    pub fn codec(&self, layer: u32) -> Result<Codec<'_>, LayersError> {
        self.at(layer).map(Codec::new)
    }

    /// What has a name, by the layers that it was in.
    pub fn history<'s>(&'s self, name: &str) -> Vec<&'s Line<'t>> {
        let mut lines: Vec<_> = self.lines.iter().filter(|line| line.name() == name).collect();
        lines.sort_by_key(|line| (line.is_function, line.first, line.last));
        lines
    }

    /// The latest layer that has an id, of a constructor or a function.
    pub fn latest_with_id(&self, id: u32) -> Option<u32> {
        self.latest.get(&id).copied()
    }

    fn make(&self, layer: u32) -> Result<Schema, Error> {
        let mut lines: Vec<_> =
            self.lines.iter().filter(|line| (line.first..=line.last).contains(&layer)).collect();
        // Of two with a name, the narrower is found first.
        lines.sort_by_key(|line| (line.is_function, line.last.saturating_sub(line.first)));
        let mut text = String::new();
        let mut is_function = false;
        let mut counts: HashMap<(bool, &str), u32> = HashMap::new();
        let mut second = Vec::new();
        for line in lines {
            text.push_str(if line.is_function && !is_function { "---functions---\n" } else { "" });
            is_function = line.is_function;
            let name = line.name();
            let count = counts.entry((is_function, name)).or_default();
            *count += 1;
            // The second of two with one name is called otherwise, as a schema has one of each.
            match line.tl.strip_prefix(name).filter(|_| *count > 1) {
                Some(rest) => {
                    text.push_str(&format!("{name}Alias{count}{rest}"));
                    second.extend(line.id().map(|id| (id, name.to_owned())));
                }
                None => text.push_str(line.tl),
            }
            text.push('\n');
        }
        let mut raw = tl_text::parse(&text)?;
        raw.layer = Some(layer);
        let second =
            second.into_iter().map(|(id, name)| own_line(&raw, id, name)).collect::<Vec<_>>();
        let mut schema = resolve::Resolver::new(&raw).believe_ids().resolve()?;
        put_back(&mut schema, &second);
        Ok(schema)
    }
}

impl<'t> Line<'t> {
    fn parse(text: &'t str, is_function: bool) -> Option<Self> {
        let (first, rest) = text.split_once(' ')?;
        let (last, tl) = rest.split_once(' ')?;
        Some(Self { first: first.parse().ok()?, last: last.parse().ok()?, is_function, tl })
    }

    /// The name of the definition.
    pub fn name(&self) -> &'t str {
        self.head().0
    }

    /// The id of the definition.
    pub fn id(&self) -> Option<u32> {
        u32::from_str_radix(self.head().1, 16).ok()
    }

    fn head(&self) -> (&'t str, &'t str) {
        let head = self.tl.split_once(' ').map_or(self.tl, |(head, _)| head);
        head.split_once('#').unwrap_or((head, ""))
    }
}

/// What a definition was before it was called otherwise.
type Second = (u32, String, String);

/// The second of two with one name: its id, its name, and its line under that.
fn own_line(raw: &RawSchema, id: u32, name: String) -> Second {
    let mut definitions = raw.constructors.iter().chain(&raw.functions);
    let definition = definitions.find(|definition| definition.id == Some(id));
    let line =
        definition.map(|found| RawDefinition { name: name.clone(), ..found.clone() }.to_tl());
    (id, name, line.unwrap_or_default())
}

/// Gives them their names back.
fn put_back(schema: &mut Schema, second: &[Second]) {
    let constructors = schema.constructors.iter_mut().map(|c| (c.id, &mut c.name, &mut c.tl));
    let functions = schema.functions.iter_mut().map(|f| (f.id, &mut f.name, &mut f.tl));
    let mut all: HashMap<u32, (&mut Name, &mut String)> =
        constructors.chain(functions).map(|(id, name, tl)| (id, (name, tl))).collect();
    for (id, name, tl) in second {
        if let Some((of, line)) = all.get_mut(id) {
            of.tl.clone_from(name);
            line.clone_from(tl);
        }
    }
}
