//! Every way in which a value can contain another of its type: how deep it may be gone, and what that takes.

use std::thread;

use telewire_codegen::dynamic::Nesting;

use super::Family;
use crate::tl::{DecodeErrorKind, MAX_DEPTH};

/// The stack on which the deepest value must be read, written and dropped, optimised or not: a quarter of what a thread of std
/// has.
const STACK: usize = 512 << 10;

/// Each way with a function that reads its bytes.
fn each(check: impl Fn(&Nesting, &dyn Fn(&[u8]) -> Result<(), DecodeErrorKind>)) -> usize {
    let family = Family::new();
    let codec = family.codec();
    let mut count = 0;
    for (schema, cases) in family.cases.iter().enumerate() {
        for way in Nesting::all(&codec, schema) {
            // One level is read by the type of its outermost constructor.
            let id = way.bytes(1).first_chunk().map(|id| u32::from_le_bytes(*id));
            let case = cases.iter().find(|case| Some(case.id) == id).unwrap();
            check(&way, &|bytes| match (case.through)(bytes) {
                Ok((written, _)) => {
                    assert_eq!(written, bytes);
                    Ok(())
                }
                Err(error) => Err(error.kind()),
            });
            count += 1;
        }
    }
    count
}

#[test]
fn tl_03_the_deepest_values_of_every_recursive_type_need_little_stack() {
    let check = || {
        each(|way, read| {
            let budget = usize::from(MAX_DEPTH);
            let deepest = (1..=budget).rev().find(|times| read(&way.bytes(*times)).is_ok());
            // Each type on the way costs a level, and so may the innermost value.
            let least = (budget - 2) / way.steps.len();
            assert!(deepest >= Some(least), "{way:?}: {deepest:?}");
            let most = budget / way.steps.len();
            assert!(deepest <= Some(most), "{way:?}: {deepest:?}");
        })
    };
    let count = thread::Builder::new().stack_size(STACK).spawn(check).unwrap().join().unwrap();
    let least = if cfg!(feature = "api") { 50 } else { 4 };
    assert!(count >= least, "{count}");
}

#[test]
fn tl_03_ten_thousand_levels_are_an_error_in_every_recursive_type() {
    each(|way, read| {
        for times in [usize::from(MAX_DEPTH) + 1, 10_000] {
            assert_eq!(read(&way.bytes(times)), Err(DecodeErrorKind::TooDeep), "{way:?}");
        }
    });
}
