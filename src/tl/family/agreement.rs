//! The generated types and the second reader agree: on arbitrary values, on their truncations, on their flipped bytes.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use telewire_codegen::dynamic::{Arbitrary, Codec, Target, Value};

use super::{Case, Family, through_dynamic};

/// How many values are made of each definition: one as small as can be, and others.
const VALUES: usize = 4;

/// How many parts a value has, about.
const BUDGET: usize = 24;

/// How many bytes of each value are changed, one after the other.
const FLIPS: usize = 24;

/// Calls `check` for some values of each definition, with a generator of its own.
fn each(check: impl Fn(&Codec<'_>, &Target<'_>, &Case, &[u8], &mut ChaCha8Rng)) {
    let family = Family::new();
    let codec = family.codec();
    let arbitrary = Arbitrary::new(&codec);
    for (definition, case) in family.members(&codec) {
        let target = Target::from(definition);
        let mut random = ChaCha8Rng::seed_from_u64(definition.id().into());
        for turn in 0..VALUES {
            let budget = if turn == 0 { 0 } else { BUDGET };
            let value: Value = arbitrary.value(definition, &mut || random.next_u64(), budget);
            let bytes = codec.encode_as(&target, &value).unwrap();
            check(&codec, &target, case, &bytes, &mut random);
        }
    }
}

#[test]
fn every_definition_is_read_and_written_without_a_change() {
    each(|_, _, case, bytes, _| {
        let (written, length) = (case.through)(bytes)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", case.name, hex::encode(bytes)));
        assert_eq!(hex::encode(&written), hex::encode(bytes), "{}", case.name);
        assert_eq!(length, bytes.len(), "{}", case.name);
    });
}

#[test]
fn every_truncation_of_every_definition_is_an_error_in_both() {
    each(|codec, target, case, bytes, _| {
        // An `Object` at the end has any length that an id fits into.
        let definition = codec.with_id(case.id)[0];
        let is_open = ["!X", "result:Object"].iter().any(|end| definition.tl().contains(end));
        for cut in 0..bytes.len() {
            let is_read = agree(codec, target, case, &bytes[..cut]);
            assert!(!is_read || is_open, "{} cut at {cut}: {}", case.name, hex::encode(bytes));
        }
    });
}

#[test]
fn flipped_bytes_are_refused_by_both_or_read_the_same_by_both() {
    each(|codec, target, case, bytes, random| {
        let mut bytes = bytes.to_vec();
        for _ in 0..FLIPS {
            let place = random.next_u32() as usize % bytes.len();
            let flip = match random.next_u32() % 4 {
                0 => 0xff,
                1 => 1 << (random.next_u32() % 8),
                _ => random.next_u32() as u8,
            };
            bytes[place] ^= flip;
            agree(codec, target, case, &bytes);
            bytes[place] ^= flip;
        }
    });
}

/// Whether both read these bytes; what they read must be the same.
fn agree(codec: &Codec<'_>, target: &Target<'_>, case: &Case, bytes: &[u8]) -> bool {
    let generated = (case.through)(bytes);
    let dynamic = through_dynamic(codec, target, bytes);
    match (generated, dynamic) {
        (Ok((generated, _)), Some(dynamic)) => {
            assert_eq!(generated, dynamic, "{}", case.name);
            true
        }
        (Err(_), None) => false,
        (generated, _) => panic!("{}: {generated:?}: {}", case.name, hex::encode(bytes)),
    }
}
