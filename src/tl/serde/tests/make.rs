//! Values of any definition, made from a seed by the table.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::crypto::{EntropyExt, SeededEntropy};
use crate::tl::line::{self, Kind, name_in};
use crate::tl::vector::VECTOR;
use crate::tl::{Bytes, Schema, Serialize};

/// From here on vectors are empty, and of the constructors of a type one of the shortest is taken.
const MAX_DEPTH: usize = 3;

pub(super) struct Maker<'s> {
    schema: &'s Schema,
    entropy: SeededEntropy,
}

impl<'s> Maker<'s> {
    pub(super) fn new(schema: &'s Schema, seed: u64) -> Self {
        Self { schema, entropy: SeededEntropy::new(seed) }
    }

    /// The bytes of a definition.
    pub(super) fn definition(&mut self, name: &str) -> Vec<u8> {
        let (id, line) = self.schema.by_name(name).unwrap();
        let mut out = id.to_le_bytes().to_vec();
        self.fields(line, 0, &mut out);
        out
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::from(u16::from_le_bytes(self.entropy.array())) % bound.max(1)
    }

    fn fields(&mut self, line: &'static str, depth: usize, out: &mut Vec<u8>) {
        let mut words: Vec<(&str, u32)> = Vec::new();
        let mut lengths: Vec<(&str, usize)> = Vec::new();
        for param in line::params(line) {
            if let Some((word, bit)) = param.condition {
                let (_, value) = words.iter().find(|(name, _)| *name == word).unwrap();
                if value >> bit & 1 == 0 {
                    continue;
                }
            }
            match param.kind {
                Kind::Word => {
                    let used = line::params(line).filter_map(|p| p.condition);
                    let used = used.filter(|(word, _)| *word == param.name);
                    let mask = used.fold(0, |mask, (_, bit)| mask | 1 << bit);
                    let random = u32::from_le_bytes(self.entropy.array());
                    let thin = u32::from_le_bytes(self.entropy.array());
                    // Deep down only what must be there.
                    let word = if depth > MAX_DEPTH { 0 } else { random & thin & mask };
                    words.push((param.name, word));
                    out.extend(word.to_le_bytes());
                }
                Kind::Length => {
                    let length = 4 * (1 + self.below(3));
                    lengths.push((param.name, length));
                    out.extend((length as i32).to_le_bytes());
                }
                Kind::Measured(length) => {
                    let (_, length) = lengths.iter().find(|(name, _)| *name == length).unwrap();
                    out.extend(self.bytes(*length));
                }
                Kind::Flag => {}
                Kind::Value(ty) => self.value(ty, depth, out),
            }
        }
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.entropy.array::<1>()[0]).collect()
    }

    fn value(&mut self, ty: &'static str, depth: usize, out: &mut Vec<u8>) {
        match ty {
            "int" => out.extend(self.bytes(4)),
            "long" => out.extend(self.bytes(8)),
            "double" => (f64::from(i32::from_le_bytes(self.entropy.array())) / 8.0).serialize(out),
            "int128" => out.extend(self.bytes(16)),
            "int256" => out.extend(self.bytes(32)),
            "int512" => out.extend(self.bytes(64)),
            "bytes" => {
                let length = self.below(9);
                Bytes::from(self.bytes(length)).serialize(out);
            }
            "string" => {
                let length = self.below(9);
                let text: String = "äb\"\\\n\u{1f600}xyz".chars().take(length).collect();
                text.serialize(out);
            }
            "Bool" => (self.below(2) == 0).serialize(out),
            "Object" | "!X" => out.extend(self.bytes(8)),
            ty => match (line::vector(ty), line::bare_name(ty)) {
                (Some((is_boxed, item)), _) => {
                    if is_boxed {
                        out.extend(VECTOR.to_le_bytes());
                    }
                    let count = if depth > MAX_DEPTH { 0 } else { self.below(3) };
                    (count as i32).serialize(out);
                    for _ in 0..count {
                        self.value(item, depth + 1, out);
                    }
                }
                (None, Some(name)) => {
                    self.fields(self.schema.line_of_bare(name).unwrap(), depth + 1, out);
                }
                (None, None) => self.boxed(ty, depth + 1, out),
            },
        }
    }

    fn boxed(&mut self, ty: &str, depth: usize, out: &mut Vec<u8>) {
        let mut all: Vec<_> = constructors_of(self.schema, ty).collect();
        all.sort_by_key(|(_, line)| line::params(line).filter(|p| p.condition.is_none()).count());
        let choices = if depth > MAX_DEPTH { 1 } else { all.len() };
        let (id, line) = all[self.below(choices)];
        out.extend(id.to_le_bytes());
        self.fields(line, depth, out);
    }
}

/// The constructors of a type. In the table functions stand beside them, and end with what they return.
pub(super) fn constructors_of(
    schema: &Schema,
    ty: &str,
) -> impl Iterator<Item = (u32, &'static str)> {
    let ends = format!(" = {ty}");
    schema.lines().filter(move |(_, line)| line.ends_with(&ends) && !is_function(name_in(line)))
}

fn is_function(name: &str) -> bool {
    static FUNCTIONS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let files = [
            include_str!("../../../../schema/mtproto.json"),
            include_str!("../../../../schema/wrappers.json"),
            include_str!("../../../../schema/api.json"),
        ];
        let names = files.iter().flat_map(|text| {
            let file: serde_json::Value = serde_json::from_str(text).unwrap();
            let methods = file["methods"].as_array().unwrap().clone();
            methods.into_iter().map(|method| method["method"].as_str().unwrap().to_owned())
        });
        names.collect()
    });
    FUNCTIONS.contains(name)
}
