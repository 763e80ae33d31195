//! How much of the heap a value takes while it is read, for each byte of it.

use allocation_counter::measure;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use telewire_codegen::dynamic::{Arbitrary, Codec, Definition, Nesting, Target, Value};

use super::{Case, Family};
use crate::tl::MAX_DEPTH;
use crate::tl::vector::VECTOR;

/// How many bytes of the heap there may be for each byte that is read, and how many besides.
const PER_BYTE: u64 = 64;
const BESIDES: u64 = 1024;

/// How many items long vectors get.
const LENGTHS: [usize; 3] = [1, 5, 100];

#[track_caller]
fn check(case: &Case, what: &str, bytes: &[u8]) {
    let taken = measure(|| {
        (case.reads)(bytes);
    });
    let most = PER_BYTE * bytes.len() as u64 + BESIDES;
    let (taken, length) = (taken.bytes_max, bytes.len());
    assert!(taken <= most, "{}, {what}: {taken} bytes for {length}", case.name);
}

/// Calls `check` for each definition.
fn each(check: impl Fn(&Codec<'_>, &Arbitrary<'_, '_>, Definition<'_>, &Case)) {
    let family = Family::new();
    let codec = family.codec();
    let arbitrary = Arbitrary::new(&codec);
    for (definition, case) in family.members(&codec) {
        check(&codec, &arbitrary, definition, case);
    }
}

/// Checks the value, and the same with vectors that claim all they may.
fn check_with_claims(case: &Case, what: &str, bytes: &[u8]) {
    check(case, what, bytes);
    for room in [0, 400, 4096] {
        for item in [1, 4, 8, 16, 40] {
            let mut claiming = bytes.to_vec();
            claiming.resize(bytes.len() + room, 0);
            for place in 0..bytes.len().saturating_sub(7) {
                if bytes[place..].starts_with(&VECTOR.to_le_bytes()) {
                    let count = (claiming.len() - place - 8) / item;
                    claiming[place + 4..place + 8].copy_from_slice(&(count as u32).to_le_bytes());
                }
            }
            check(
                case,
                &format!("{what}, {room} bytes more, each item claimed with {item}"),
                &claiming,
            );
        }
    }
}

#[test]
fn tl_20_the_heap_is_bounded_by_the_bytes_for_values_of_every_definition() {
    each(|codec, arbitrary, definition, case| {
        let mut random = ChaCha8Rng::seed_from_u64(definition.id().into());
        for budget in [0, 24, 200] {
            let value = arbitrary.value(definition, &mut || random.next_u64(), budget);
            let bytes = codec.encode_as(&Target::from(definition), &value).unwrap();
            check_with_claims(case, "arbitrary", &bytes);
        }
    });
}

#[test]
fn tl_20_the_heap_is_bounded_by_the_bytes_for_vectors_of_the_smallest_items() {
    let count = std::cell::Cell::new(0);
    each(|codec, arbitrary, definition, case| {
        // All that may be there is there, and vectors are empty.
        let whole = arbitrary.value(definition, &mut || 0, 1_000);
        let Value::Object(whole) = whole else { panic!("{}", definition.name()) };
        for (place, (name, value)) in whole.fields.iter().enumerate() {
            if !matches!(value, Value::Vector(_)) {
                continue;
            }
            for item in smallest_items(codec, arbitrary, definition, name) {
                for length in LENGTHS {
                    let mut long = whole.clone();
                    long.fields[place].1 = Value::Vector(vec![item.clone(); length]);
                    let target = Target::from(definition);
                    let bytes = codec.encode_as(&target, &Value::Object(long)).unwrap();
                    check(case, &format!("{length} items of {name}: {item}"), &bytes);
                    assert!((case.reads)(&bytes));
                    count.set(count.get() + 1);
                }
            }
        }
    });
    let least = if cfg!(feature = "api") { 3_000 } else { 30 };
    assert!(count.get() >= least, "{}", count.get());
}

/// The smallest values of what a vector holds: one of each constructor.
fn smallest_items(
    codec: &Codec<'_>,
    arbitrary: &Arbitrary<'_, '_>,
    definition: Definition<'_>,
    param: &str,
) -> Vec<Value> {
    let mut params = definition.tl().split(' ').filter_map(|word| word.split_once(':'));
    let (_, ty) = params.find(|(name, _)| *name == param).unwrap();
    let (_, item) = ty.split_once('<').unwrap();
    let item = item.trim_end_matches(['>', ';']).trim_start_matches('%');
    let is_one = |d: &&Definition<'_>| {
        let is_own = d.schema() == definition.schema() && !d.is_function();
        is_own && (d.ty() == item || d.name() == item)
    };
    let own = codec.definitions().iter().filter(is_one);
    let own: Vec<Value> = own.map(|d| arbitrary.value(*d, &mut || 0, 0)).collect();
    match item {
        "string" => vec![Value::String(String::new().into())],
        "bytes" => vec![Value::Bytes(Vec::new())],
        _ if ty.matches('<').count() > 1 => vec![Value::Vector(Vec::new())],
        _ => own,
    }
}

#[test]
fn tl_20_the_heap_is_bounded_by_the_bytes_for_nested_values_and_their_claims() {
    let family = Family::new();
    let codec = family.codec();
    let mut count = 0;
    for (schema, cases) in family.cases.iter().enumerate() {
        for way in Nesting::all(&codec, schema) {
            let id = way.bytes(1).first_chunk().map(|id| u32::from_le_bytes(*id));
            let case = cases.iter().find(|case| Some(case.id) == id).unwrap();
            for times in [1, 20, usize::from(MAX_DEPTH) - 2, 1_000] {
                check_with_claims(
                    case,
                    &format!("{:?} {times} times", way.steps),
                    &way.bytes(times),
                );
                count += 1;
            }
        }
    }
    let least = if cfg!(feature = "api") { 200 } else { 16 };
    assert!(count >= least, "{count}");
}

#[test]
fn tl_20_the_heap_is_bounded_by_the_bytes_for_what_others_wrote() {
    for (name, bytes) in [
        ("resPQ", &include_bytes!("../../../tests/fixtures/res_pq.bin")[..]),
        ("msg_container", include_bytes!("../../../tests/fixtures/msg_container_20.bin")),
        #[cfg(feature = "api")]
        ("messages.messages", include_bytes!("../../../tests/fixtures/messages_messages.bin")),
    ] {
        let family = Family::new();
        let case = family.cases.iter().copied().flatten().find(|case| case.name == name).unwrap();
        assert!((case.reads)(bytes), "{name}");
        check_with_claims(case, "a fixture", bytes);
    }
}
