//! What differs between two lists of parameters.

use std::collections::BTreeMap;

use crate::diff::Change;
use crate::raw::RawParam;

/// The changes: in the order of the new list, then those that are gone in the order of the old one.
pub(super) fn changes(old: &[RawParam], new: &[RawParam]) -> Vec<Change> {
    let places: BTreeMap<&str, usize> =
        old.iter().enumerate().map(|(place, param)| (param.name.as_str(), place)).collect();
    let stayed: Vec<usize> =
        new.iter().filter_map(|param| places.get(param.name.as_str()).copied()).collect();
    let mut in_order = longest_rising(&stayed).into_iter();
    let mut changes = Vec::new();
    for param in new {
        let before = places.get(param.name.as_str()).and_then(|place| old.get(*place));
        let Some(before) = before else {
            changes.push(Change::Added { param: param.name.clone(), ty: param.ty.clone() });
            continue;
        };
        changes.extend(type_change(before, param));
        if in_order.next() == Some(false) {
            changes.push(Change::Moved { param: param.name.clone() });
        }
    }
    let is_gone = |param: &&RawParam| !new.iter().any(|other| other.name == param.name);
    changes.extend(
        old.iter()
            .filter(is_gone)
            .map(|param| Change::Removed { param: param.name.clone(), ty: param.ty.clone() }),
    );
    changes
}

fn type_change(old: &RawParam, new: &RawParam) -> Option<Change> {
    if old.ty == new.ty {
        return None;
    }
    let param = new.name.clone();
    let ((old_flag, old_value), (new_flag, new_value)) = (parts(&old.ty), parts(&new.ty));
    Some(match (old_flag, new_flag) {
        _ if old_value != new_value => {
            Change::Type { param, old: old.ty.clone(), new: new.ty.clone() }
        }
        (None, Some(_)) => Change::BecameOptional { param, ty: new.ty.clone() },
        (Some(_), None) => Change::BecameRequired { param, ty: new.ty.clone() },
        _ => Change::Flag { param, old: old.ty.clone(), new: new.ty.clone() },
    })
}

/// The flag, if any, and the type of the value: `flags.0?int`.
fn parts(ty: &str) -> (Option<&str>, &str) {
    ty.split_once('?').map_or((None, ty), |(flag, value)| (Some(flag), value))
}

/// Which items belong to a longest rising subsequence: the fewest others have moved. Patience sorting.
fn longest_rising(items: &[usize]) -> Vec<bool> {
    let at = |place: usize| items.get(place).copied().unwrap_or_default();
    // The place of the smallest end of a rising sequence, by its length; and what stands before each item in it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let length = ends.partition_point(|end| at(*end) < *item);
        before.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter)).copied());
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut rising = vec![false; items.len()];
    let mut next = ends.last().copied();
    while let Some(place) = next {
        if let Some(mark) = rising.get_mut(place) {
            *mark = true;
        }
        next = before.get(place).copied().flatten();
    }
    rising
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl_text;

    fn lines(old: &str, new: &str) -> Vec<String> {
        let params = |text: &str| {
            tl_text::parse(&format!("x {text} = X;")).unwrap().constructors.remove(0).params
        };
        changes(&params(old), &params(new)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_way_of_changing_is_told_apart() {
        for (old, new, expected) in [
            ("a:int", "a:int", &[][..]),
            ("a:int", "a:int b:long", &["+ b:long"]),
            ("a:int b:long", "b:long", &["- a:int"]),
            ("a:int", "a:long", &["~ a: int -> long"]),
            ("flags:# a:int", "flags:# a:flags.0?int", &["~ a: became optional, flags.0?int"]),
            ("flags:# a:flags.0?int", "flags:# a:int", &["~ a: became required, int"]),
            (
                "flags:# a:flags.0?int",
                "flags:# a:flags.1?int",
                &["~ a: other flag, flags.0?int -> flags.1?int"],
            ),
            (
                "flags:# a:flags.0?int",
                "flags:# a:flags.0?true",
                &["~ a: flags.0?int -> flags.0?true"],
            ),
            ("flags:# a:int", "flags:# a:flags.0?long", &["~ a: int -> flags.0?long"]),
            ("a:int b:int c:int", "c:int a:int b:int", &["~ c: moved"]),
            ("a:int b:int c:int", "a:int x:int b:int c:int", &["+ x:int"]),
            ("a:int b:int", "b:long a:int", &["~ b: int -> long", "~ b: moved"]),
            ("a:int b:int", "c:int", &["+ c:int", "- a:int", "- b:int"]),
        ] {
            let lines = lines(old, new);
            // Of two that changed places, either has moved.
            let other = expected.iter().map(|line| line.replace("b: moved", "a: moved"));
            assert!(lines == expected || lines == other.collect::<Vec<_>>(), "{old}: {lines:?}");
        }
    }

    #[test]
    fn the_longest_rising_sequence_is_found() {
        for (items, expected) in [
            (&[][..], 0),
            (&[5], 1),
            (&[3, 2, 1], 1),
            (&[1, 2, 3], 3),
            (&[9, 1, 8, 2, 7, 3], 3),
            (&[2, 0, 1, 5, 3, 4], 4),
        ] {
            let rising = longest_rising(items);
            let kept: Vec<usize> = items
                .iter()
                .zip(&rising)
                .filter(|(_, keep)| **keep)
                .map(|(item, _)| *item)
                .collect();
            assert_eq!(kept.len(), expected, "{items:?}");
            assert!(kept.windows(2).all(|pair| pair[0] < pair[1]), "{items:?}: {kept:?}");
        }
    }
}
