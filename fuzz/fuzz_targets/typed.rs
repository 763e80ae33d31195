//! The target `typed` of `tests/fuzz_corpus/targets.rs`.

#![no_main]

#[path = "../../tests/fuzz_corpus/targets.rs"]
#[allow(dead_code, reason = "it has the other targets too")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::typed(bytes));
